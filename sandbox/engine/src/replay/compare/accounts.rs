//! The state after the last block.

use super::Kind;
use crate::replay::field::Field;
use crate::replay::report::Report;
use crate::replay::Malformed;
use crate::Chain;
use near_primitives::types::{AccountId, BlockReference};
use serde_json::{json, Value};
use std::collections::BTreeSet;

pub fn compare(chain: &Chain, recorded: &Field, report: &mut Report) -> Result<(), Malformed> {
    let height = json!(chain.head().height);
    let place = || "final height".to_owned();
    report.compare(
        Kind::Accounts,
        place,
        recorded.get("height").value(),
        &height,
    );
    for (name, recorded) in recorded.get("accounts").members()? {
        let account_id = name
            .parse()
            .map_err(|error| recorded.wrong(&format!("not an account id: {error}")))?;
        account(chain, &account_id, &recorded, report);
    }
    unknown(chain, &recorded.get("accounts"), report);
    Ok(())
}

/// Accounts that the engine has and the node was not seen to have.
fn unknown(chain: &Chain, recorded: &Field, report: &mut Report) {
    for account_id in chain.accounts() {
        if recorded.get(account_id.as_str()).is_null() {
            let place = || format!("final {account_id}");
            report.compare(Kind::Accounts, place, &Value::Null, &json!("there"));
        }
    }
}

fn account(chain: &Chain, account_id: &AccountId, recorded: &Field, report: &mut Report) {
    let latest = BlockReference::latest();
    let engine = chain.view_account(account_id, &latest).ok();
    let engine = json!(engine.map(|account| account.value));
    let account = recorded.get("account");
    let existence = |account: &Value| json!(if account.is_null() { "absent" } else { "there" });
    let place = || format!("final {account_id}");
    report.compare(
        Kind::Accounts,
        place,
        &existence(account.value()),
        &existence(&engine),
    );
    if account.is_null() || engine.is_null() {
        return;
    }
    fields(account_id, account.value(), &engine, report);
    let keys = chain.view_access_keys(account_id, &latest).ok();
    let keys = json!(keys.map(|keys| keys.value.keys));
    let place = || format!("final {account_id} keys");
    report.compare(Kind::AccessKeys, place, recorded.get("keys").value(), &keys);
    let state = chain.view_state(account_id, b"", &latest).ok();
    let state = json!(state.map(|state| state.value.values));
    let place = || format!("final {account_id} state");
    report.compare(Kind::State, place, recorded.get("state").value(), &state);
}

fn fields(account_id: &AccountId, recorded: &Value, engine: &Value, report: &mut Report) {
    let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let (left, right) = (members(recorded), members(engine));
    let names: BTreeSet<_> = left.keys().chain(right.keys()).collect();
    for name in names {
        let kind = match name.as_str() {
            "amount" | "locked" => Kind::Balances,
            "storage_usage" => Kind::StorageUsage,
            "code_hash" | "global_contract_hash" | "global_contract_account_id" => Kind::Code,
            _ => Kind::Accounts,
        };
        let place = || format!("final {account_id} {name}");
        report.compare(kind, place, &recorded[name], &engine[name]);
    }
}
