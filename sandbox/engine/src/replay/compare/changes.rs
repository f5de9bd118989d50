//! What a block changed in the state, and why.

use super::{Block, Kind};
use crate::replay::report::Report;
use near_primitives::types::{BlockReference, StateChangeValue, StateChangeWithCause};
use near_primitives::views::StateChangeWithCauseView;
use serde_json::{json, Value};

/// The three lists that are recorded. A block without them was not asked.
pub fn compare(block: &Block, report: &mut Report) {
    let recorded = block.recorded.get("state_changes");
    let Ok(changes) = block.chain.state_changes(&BlockReference::latest()) else {
        return;
    };
    if recorded.is_null() {
        return;
    }
    let mut lists = [Vec::new(), Vec::new(), Vec::new()];
    for change in changes.all() {
        if let Some(list) = list_of(&change) {
            lists[list].push(json!(StateChangeWithCauseView::from(change)));
        }
    }
    let [accounts, access_keys, data] = lists;
    for (kind, name, engine) in [
        (Kind::AccountChanges, "account_changes", accounts),
        (
            Kind::AccessKeyChanges,
            "all_access_key_changes",
            access_keys,
        ),
        (Kind::DataChanges, "data_changes", data),
    ] {
        let place = || format!("block {} {name}", block.height);
        let recorded = recorded.get(name);
        report.compare(kind, place, recorded.value(), &Value::Array(engine));
    }
}

/// Changes of code are not recorded.
fn list_of(change: &StateChangeWithCause) -> Option<usize> {
    match change.value {
        StateChangeValue::AccountUpdate { .. } | StateChangeValue::AccountDeletion { .. } => {
            Some(0)
        }
        StateChangeValue::AccessKeyUpdate { .. }
        | StateChangeValue::AccessKeyDeletion { .. }
        | StateChangeValue::GasKeyNonceUpdate { .. } => Some(1),
        StateChangeValue::DataUpdate { .. } | StateChangeValue::DataDeletion { .. } => Some(2),
        StateChangeValue::ContractCodeUpdate { .. }
        | StateChangeValue::ContractCodeDeletion { .. } => None,
    }
}
