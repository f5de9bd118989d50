//! Differences between the engine and a transcript, in words.

use crate::transcript::Block;
use near_primitives::types::{AccountId, BlockReference};
use near_primitives::views::ExecutionOutcomeWithIdView;
use sealwright_engine::Chain;
use serde_json::{json, Value};

/// What the engine's head did, against what the node's did.
pub fn block(chain: &Chain, block: &Block, differences: &mut Vec<String>) {
    let height = block.height;
    let got = chain.outcomes();
    for (i, expected) in block.outcomes.iter().enumerate() {
        match got.get(i) {
            Some(got) => outcome(height, got, expected, differences),
            None => differences.push(format!("{height}: outcome {} is missing", expected["id"])),
        }
    }
    for extra in got.iter().skip(block.outcomes.len()) {
        differences.push(format!("{height}: outcome {} is not the node's", extra.id));
    }
    let mut check = |what: &str, got: Value, expected: Value| {
        if got != expected {
            differences.push(format!("{height}: {what} {got} instead of {expected}"));
        }
    };
    let sent: Vec<_> = chain
        .outgoing()
        .iter()
        .map(|r| r.receipt_id().to_string())
        .collect();
    check(
        "outgoing receipts",
        json!(sent),
        json!(block.outgoing_receipts),
    );
    let header = chain
        .block(&BlockReference::latest())
        .expect("the head")
        .header;
    check(
        "next gas price",
        json!(header.gas_price),
        json!(block.next_gas_price),
    );
    check(
        "total supply",
        json!(header.total_supply),
        json!(block.total_supply),
    );
    if block.after["included"] == true && block.chunk["height_included"] == height {
        let totals = chain.totals();
        check(
            "gas used",
            json!(totals.gas_used),
            block.after["gas_used"].clone(),
        );
        check(
            "balance burnt",
            json!(totals.burnt),
            block.after["balance_burnt"].clone(),
        );
        check(
            "outcome root",
            json!(totals.outcome_root),
            block.after["outcome_root"].clone(),
        );
    }
}

fn outcome(
    height: u64,
    got: &ExecutionOutcomeWithIdView,
    expected: &Value,
    differences: &mut Vec<String>,
) {
    let mut got = json!({"id": got.id, "outcome": got.outcome});
    let mut expected = json!({"id": expected["id"], "outcome": expected["outcome"]});
    normalise(&mut got);
    normalise(&mut expected);
    walk(
        &format!("{height}: {}", expected["id"]),
        &got,
        &expected,
        differences,
    );
}

/// Gas is a number here and a string there.
fn normalise(outcome: &mut Value) {
    if let Some(profile) = outcome["outcome"]["metadata"]["gas_profile"].as_array_mut() {
        for cost in profile {
            if let Some(gas) = cost["gas_used"].as_u64() {
                cost["gas_used"] = json!(gas.to_string());
            }
        }
    }
}

fn walk(path: &str, got: &Value, expected: &Value, differences: &mut Vec<String>) {
    match (got, expected) {
        (Value::Object(left), Value::Object(right)) => {
            let names: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
            for name in names {
                let path = format!("{path}.{name}");
                walk(
                    &path,
                    &got[name.as_str()],
                    &expected[name.as_str()],
                    differences,
                );
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (i, (left, right)) in left.iter().zip(right).enumerate() {
                walk(&format!("{path}[{i}]"), left, right, differences);
            }
        }
        _ if got != expected => {
            let mut text = format!("{path}: {got} instead of {expected}");
            text.truncate(text.floor_char_boundary(900));
            differences.push(text);
        }
        _ => {}
    }
}

/// The final accounts: amounts, usage, code, keys, data.
pub fn end(chain: &Chain, expected: &Value, differences: &mut Vec<String>) {
    let latest = BlockReference::latest();
    for (account_id, expected) in expected["accounts"].as_object().expect("accounts") {
        let id: AccountId = account_id.parse().expect("an account id");
        let account = chain.view_account(&id, &latest).ok();
        let mut got = json!({"account": account.map(|account| account.value)});
        if !got["account"].is_null() {
            let keys = chain
                .view_access_keys(&id, &latest)
                .expect("the head")
                .value;
            got["keys"] = json!(keys.keys);
            let state = chain
                .view_state(&id, b"", &latest)
                .expect("it exists")
                .value;
            got["state"] = json!(state.values);
        }
        walk(&format!("final {account_id}"), &got, expected, differences);
    }
}
