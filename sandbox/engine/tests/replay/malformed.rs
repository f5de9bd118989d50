//! Transcripts that are not what the format says: an error that names the
//! place, or a difference, and never a panic.

use crate::leaves::{at, one_of_each_shape};
use crate::shared;
use sealwright_engine::replay::{replay, Transcript};
use serde_json::{json, Value};

fn error_of(value: Value) -> Option<String> {
    let transcript = match Transcript::from_value(value) {
        Ok(transcript) => transcript,
        Err(error) => return Some(error.to_string()),
    };
    let report = replay(&transcript, &[]);
    report.err().map(|error| error.to_string())
}

#[test]
fn no_value_of_any_type_makes_it_panic() {
    for name in ["07-context.json", "29-patch-state.json"] {
        let Some(original) = shared(name) else {
            return;
        };
        for (shape, path) in one_of_each_shape(&original) {
            for wrong in [
                json!(null),
                json!("no such thing"),
                json!(u64::MAX),
                json!([{}]),
            ] {
                let mut value = original.clone();
                *at(&mut value, &path) = wrong.clone();
                let outcome = std::panic::catch_unwind(|| error_of(value));
                assert!(outcome.is_ok(), "{name} {shape}: {wrong} makes it panic");
            }
        }
    }
}

#[test]
fn errors_name_the_place() {
    let Some(original) = shared("29-patch-state.json") else {
        return;
    };
    let two_shards = json!({"V2": {
        "boundary_accounts": ["mm"], "shard_ids": [0, 1],
        "id_to_index_map": {"0": 0, "1": 1}, "index_to_id_map": {"0": 0, "1": 1},
        "shards_split_map": null, "shards_parent_map": null, "version": 0,
    }});
    let cases = [
        ("/format", json!(2), "format: this is not format 1"),
        (
            "/blocks",
            json!([]),
            "blocks: there must be a genesis block",
        ),
        (
            "/blocks/3/height",
            json!(2),
            "blocks[3].height: not above 2",
        ),
        ("/blocks/3/hash", json!("0"), "blocks[3].hash: "),
        (
            "/node/protocol_version",
            json!(12),
            "node.protocol_version: version 12 is not served",
        ),
        (
            "/genesis/config/shard_layout",
            two_shards,
            "genesis.config.shard_layout: 2 shards",
        ),
        (
            "/genesis/config/num_block_producer_seats",
            json!(257),
            "genesis.config.num_block_producer_seats: 257 seats",
        ),
        (
            "/genesis/config/epoch_length",
            json!(0),
            "genesis.config.epoch_length: must be positive",
        ),
        (
            "/interventions/0/kind",
            json!("restart"),
            "interventions[0].kind: \"restart\" is not known",
        ),
        (
            "/interventions/0/visible_after_height",
            json!(99),
            "interventions: records are patched",
        ),
    ];
    for (pointer, wrong, expected) in cases {
        let mut value = original.clone();
        *value.pointer_mut(pointer).expect("it is there") = wrong;
        let error = error_of(value).expect("an error");
        assert!(error.starts_with(expected), "{pointer}: {error}");
    }
}
