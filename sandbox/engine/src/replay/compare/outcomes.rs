//! What ran in a block, in which order, and what it did.

use super::{Block, Kind};
use crate::replay::report::Report;
use crate::replay::Malformed;
use serde_json::{json, Value};
use std::collections::{BTreeSet, HashMap};

pub fn compare(block: &Block, report: &mut Report) -> Result<(), Malformed> {
    let recorded = block.recorded.get("outcomes").items()?;
    let mut engine = HashMap::new();
    let mut order = Vec::new();
    for outcome in block.chain.outcomes() {
        order.push(json!({"id": outcome.id, "block_hash": outcome.block_hash}));
        engine.insert(outcome.id.to_string(), json!(outcome.outcome));
    }
    let place = || format!("block {} outcomes", block.height);
    let recorded_order = recorded.iter().map(|outcome| {
        json!({
            "id": outcome.get("id").value(),
            "block_hash": outcome.get("block_hash").value(),
        })
    });
    report.compare(
        Kind::Order,
        place,
        &recorded_order.collect(),
        &Value::Array(order),
    );
    report.outcomes += recorded.len() as u64;
    for outcome in &recorded {
        let id = outcome.get("id").text()?;
        // One that the engine lacks is a difference in order already.
        if let Some(engine) = engine.get(id) {
            fields(
                block.height,
                id,
                outcome.get("outcome").value(),
                engine,
                report,
            );
        }
    }
    taken(block, report)
}

/// Every transaction of the block must have run.
fn taken(block: &Block, report: &mut Report) -> Result<(), Malformed> {
    for tx in block.recorded.get("transactions").items()? {
        report.transactions += 1;
        let hash = tx.get("hash").parse()?;
        let engine = match block.chain.rejection(&hash) {
            Some(reason) => Value::from(reason.to_string()),
            None if block.chain.execution_outcome(&hash).is_none() => json!("not known"),
            None => json!("taken"),
        };
        let place = || {
            let label = tx.get("label").value().as_str().unwrap_or_default();
            format!("block {} transaction {hash} {label:?}", block.height)
        };
        report.compare(Kind::Transactions, place, &json!("taken"), &engine);
    }
    Ok(())
}

fn fields(height: u64, id: &str, recorded: &Value, engine: &Value, report: &mut Report) {
    let names = |value: &Value| -> BTreeSet<String> {
        let object = value.as_object();
        object.map_or_else(BTreeSet::new, |object| object.keys().cloned().collect())
    };
    for name in names(recorded).union(&names(engine)) {
        let (left, right) = (&recorded[name], &engine[name]);
        let place = || format!("block {height} outcome {id} {name}");
        match kind_of(name) {
            Kind::GasProfile => {
                let (left, right) = (normalised(left), normalised(right));
                report.compare(Kind::GasProfile, place, &left, &right);
            }
            kind => report.compare(kind, place, left, right),
        }
    }
}

fn kind_of(field: &str) -> Kind {
    match field {
        "receipt_ids" => Kind::ReceiptIds,
        "status" => Kind::Status,
        "logs" => Kind::Logs,
        "gas_burnt" => Kind::GasBurnt,
        "tokens_burnt" => Kind::TokensBurnt,
        "metadata" => Kind::GasProfile,
        _ => Kind::Outcome,
    }
}

/// A gas profile as a set: by category and cost, gas in one notation.
fn normalised(metadata: &Value) -> Value {
    let mut metadata = metadata.clone();
    if let Some(costs) = metadata["gas_profile"].as_array_mut() {
        for cost in costs.iter_mut() {
            if let Some(gas) = cost["gas_used"].as_u64() {
                cost["gas_used"] = json!(gas.to_string());
            }
        }
        costs.sort_by_key(|cost| (cost["cost_category"].to_string(), cost["cost"].to_string()));
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_compared_as_sets() {
        let cost =
            |name: &str, gas: Value| json!({"cost_category": "C", "cost": name, "gas_used": gas});
        let profile = |costs: [Value; 2]| json!({"version": 3, "gas_profile": costs});
        let recorded = profile([cost("B", json!("2")), cost("A", json!("1"))]);
        let engine = profile([cost("A", json!(1)), cost("B", json!(2))]);
        assert_eq!(normalised(&recorded), normalised(&engine));
        let other = profile([cost("A", json!(1)), cost("B", json!(3))]);
        assert_ne!(normalised(&recorded), normalised(&other));
    }
}
