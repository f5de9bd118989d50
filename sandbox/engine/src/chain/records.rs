//! A state as the records that genesis and patches take.

use crate::state::Trie;
use near_primitives::state_record::StateRecord;

/// Accounts, then codes, access keys and data, each in order of their keys.
/// Receipts that wait are not among them: no genesis and no patch takes them.
pub fn of(state: &Trie) -> Vec<StateRecord> {
    state
        .with_prefix(&[])
        .into_iter()
        .filter_map(|(key, value)| StateRecord::from_raw_key_value(&key, value.to_vec()))
        .filter(|record| {
            matches!(
                record,
                StateRecord::Account { .. }
                    | StateRecord::Contract { .. }
                    | StateRecord::AccessKey { .. }
                    | StateRecord::Data { .. }
            )
        })
        .collect()
}
