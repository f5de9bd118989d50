//! The copy of a transcript that the engine gets: inputs, no answers.
//!
//! It is made by naming what is kept, so that an answer which this module does
//! not know cannot slip through.

use super::field::Field;
use super::Malformed;
use serde_json::{json, Map, Value};

/// A transcript without answers. Only [`strip`] makes one.
pub struct Stripped(Value);

impl Stripped {
    pub fn field(&self) -> Field<'_> {
        Field::root(&self.0)
    }
}

const OF_GENESIS: [&str; 2] = ["config", "records"];
const OF_BLOCK: [&str; 4] = ["height", "hash", "timestamp_ns", "random_value"];
const OF_TRANSACTION: [&str; 2] = ["label", "signed_tx"];
const OF_INTERVENTION: [&str; 5] = [
    "kind",
    "at_height",
    "delta_height",
    "visible_after_height",
    "records",
];

pub fn strip(transcript: &Value) -> Result<Stripped, Malformed> {
    let all = Field::root(transcript);
    let mut blocks = Vec::new();
    for block in all.get("blocks").items()? {
        blocks.push(strip_block(&block)?);
    }
    let interventions = all.get("interventions").items()?;
    let interventions = interventions.iter().map(|one| keep(one, &OF_INTERVENTION));
    Ok(Stripped(json!({
        "node": keep(&all.get("node"), &["protocol_version"]),
        "node_config": keep(&all.get("node_config"), &["max_gas_burnt_view"]),
        "genesis": keep(&all.get("genesis"), &OF_GENESIS),
        "interventions": interventions.collect::<Vec<_>>(),
        "blocks": blocks,
    })))
}

fn strip_block(block: &Field) -> Result<Value, Malformed> {
    let mut kept = keep(block, &OF_BLOCK);
    let transactions = block.get("transactions").items()?;
    let transactions = transactions.iter().map(|tx| keep(tx, &OF_TRANSACTION));
    kept["transactions"] = transactions.collect();
    // Whether the node had a chunk in time is its fortune, not a rule.
    let included = block.get("chunk").get("height_included").number()?;
    kept["has_chunk"] = json!(included == block.get("height").number()?);
    Ok(kept)
}

fn keep(object: &Field, names: &[&str]) -> Value {
    let kept = names.iter().filter(|name| !object.get(name).is_null());
    let kept: Map<_, _> = kept
        .map(|name| ((*name).to_owned(), object.get(name).value().clone()))
        .collect();
    Value::Object(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_inputs_and_nothing_else() {
        let transcript = json!({
            "name": "n", "final": {}, "receipts": {}, "rejected": [{}], "views": [{}], "keys": {},
            "node": {"version": {}, "protocol_version": 86},
            "genesis": {"config": {"chain_id": "c"}, "records": [], "hash": "h"},
            "blocks": [
                {"height": 0, "chunk": {"height_included": 0, "gas_used": 7}, "gas_price": "1",
                 "outcomes": [{}], "outgoing_receipts": [], "state_changes": {}, "total_supply": "5",
                 "next_gas_price": "1", "after": {"included": false, "state_root": "stale"}},
                {"height": 1, "chunk": {"height_included": 0}, "gas_price": "1"},
                {"height": 2, "chunk": {"height_included": 2}, "gas_price": "2",
                 "transactions": [{"label": "l", "hash": "h", "signed_tx": "t"}]},
            ],
        });
        let expected = json!({
            "node": {"protocol_version": 86},
            "node_config": {},
            "genesis": {"config": {"chain_id": "c"}, "records": []},
            "interventions": [],
            "blocks": [
                {"height": 0, "transactions": [], "has_chunk": true},
                {"height": 1, "transactions": [], "has_chunk": false},
                {"height": 2, "transactions": [{"label": "l", "signed_tx": "t"}], "has_chunk": true},
            ],
        });
        assert_eq!(*strip(&transcript).unwrap().field().value(), expected);
    }
}
