//! What a block changed and why, in nearcore's order and form.
//!
//! A chunk notes every value that it commits with the transaction or receipt
//! behind it. As in nearcore a key may have several, also equal ones: writing is
//! what counts. Only columns that nodes show are kept: accounts, keys, code,
//! data. Source: core/primitives/src/types.rs, chain/chain/src/store (changes).

use super::{keys, Value};
use borsh::{BorshDeserialize, BorshSerialize};
use near_crypto::PublicKeyHandle;
use near_primitives::trie_key::{col, trie_key_parsers as parsers, TrieKey};
use near_primitives::types::{
    AccountId, RawStateChange, RawStateChangesWithTrieKey, StateChangeCause, StateChanges,
    StateChangesExt, StateChangesKinds, StateChangesKindsExt, StateChangesRequest,
};

/// A value that was committed (`None`: removed), and why.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct Written {
    pub value: Option<Value>,
    pub cause: StateChangeCause,
}

/// The values that one key took in a block, in order.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct History {
    /// Empty for most keys, and then without an allocation.
    earlier: Vec<Written>,
    last: Written,
}

impl History {
    pub fn new(first: Written) -> Self {
        Self {
            earlier: Vec::new(),
            last: first,
        }
    }

    pub fn push(&mut self, next: Written) {
        self.earlier.push(std::mem::replace(&mut self.last, next));
    }

    pub fn last(&self) -> &Option<Value> {
        &self.last.value
    }

    pub fn iter(&self) -> impl Iterator<Item = &Written> {
        self.earlier.iter().chain([&self.last])
    }
}

/// Everything that one block changed, sorted by raw trie key.
#[derive(Debug, Clone, Default, BorshSerialize, BorshDeserialize)]
pub struct BlockChanges(Vec<(Vec<u8>, History)>);

impl BlockChanges {
    /// Columns that nodes do not show are dropped.
    pub fn new(histories: impl IntoIterator<Item = (Vec<u8>, History)>) -> Self {
        let mut shown: Vec<_> = histories
            .into_iter()
            .filter(|(key, _)| is_shown(key))
            .collect();
        shown.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        Self(shown)
    }

    /// Adds what was changed after everything so far.
    pub fn extend(&mut self, later: Self) {
        for (key, history) in later.0 {
            match self.0.binary_search_by(|(known, _)| known.cmp(&key)) {
                Ok(at) => {
                    for written in history.iter() {
                        self.0[at].1.push(written.clone());
                    }
                }
                Err(at) => self.0.insert(at, (key, history)),
            }
        }
    }

    /// All changes: accounts, then code, keys and data, each by account.
    pub fn all(&self) -> StateChanges {
        StateChanges::from_changes(self.0.iter().filter_map(raw))
    }

    /// What EXPERIMENTAL_changes answers.
    pub fn requested(&self, request: &StateChangesRequest) -> StateChanges {
        match request {
            StateChangesRequest::AccountChanges { account_ids } => {
                self.exactly(account_ids.iter().map(keys::account))
            }
            StateChangesRequest::SingleAccessKeyChanges { keys } => {
                self.exactly(keys.iter().map(|key| {
                    keys::access_key(&key.account_id, &PublicKeyHandle::from(&key.public_key))
                }))
            }
            StateChangesRequest::AllAccessKeyChanges { account_ids } => {
                self.below(account_ids.iter().map(keys::access_keys))
            }
            StateChangesRequest::ContractCodeChanges { account_ids } => {
                self.exactly(account_ids.iter().map(keys::code))
            }
            StateChangesRequest::DataChanges {
                account_ids,
                key_prefix,
            } => self.below(account_ids.iter().map(|id| keys::data(id, key_prefix))),
        }
    }

    /// Which records of which accounts changed: what
    /// EXPERIMENTAL_changes_in_block answers.
    pub fn kinds(&self) -> StateChangesKinds {
        StateChangesKinds::from_changes(&mut self.0.iter().filter_map(raw))
    }

    fn exactly(&self, keys: impl Iterator<Item = Vec<u8>>) -> StateChanges {
        let found = keys.filter_map(|key| {
            let at = self.0.binary_search_by(|(known, _)| known.cmp(&key)).ok()?;
            raw(&self.0[at])
        });
        StateChanges::from_changes(found)
    }

    fn below(&self, prefixes: impl Iterator<Item = Vec<u8>>) -> StateChanges {
        let found = prefixes.flat_map(|prefix| {
            let first = self.0.partition_point(|(key, _)| *key < prefix);
            let rest = self.0[first..].iter();
            rest.take_while(move |(key, _)| key.starts_with(&prefix))
        });
        StateChanges::from_changes(found.filter_map(raw))
    }
}

/// One key's changes as nearcore stores them.
fn raw((key, history): &(Vec<u8>, History)) -> Option<RawStateChangesWithTrieKey> {
    let changes = history.iter().map(|written| RawStateChange {
        cause: written.cause.clone(),
        data: written.value.as_ref().map(|value| value.to_vec()),
    });
    Some(RawStateChangesWithTrieKey {
        trie_key: parse(key)?,
        changes: changes.collect(),
    })
}

fn is_shown(key: &[u8]) -> bool {
    matches!(
        key.first(),
        Some(&(col::ACCOUNT | col::CONTRACT_CODE | col::ACCESS_KEY | col::CONTRACT_DATA))
    )
}

/// The typed form of a raw key of the columns that are shown.
fn parse(raw: &[u8]) -> Option<TrieKey> {
    match *raw.first()? {
        col::ACCOUNT => Some(TrieKey::Account {
            account_id: parsers::parse_account_id_from_account_key(raw).ok()?,
        }),
        col::CONTRACT_CODE => Some(TrieKey::ContractCode {
            account_id: parsers::parse_account_id_from_contract_code_key(raw).ok()?,
        }),
        col::ACCESS_KEY => {
            let account_id = parsers::parse_account_id_from_access_key_key(raw).ok()?;
            parse_access_key(raw, account_id)
        }
        col::CONTRACT_DATA => {
            let account_id = parsers::parse_account_id_from_contract_data_key(raw).ok()?;
            let key = parsers::parse_data_key_from_contract_data_key(raw, &account_id).ok()?;
            Some(TrieKey::ContractData {
                key: key.to_vec(),
                account_id,
            })
        }
        _ => None,
    }
}

/// Nonces of gas keys lie behind their key in the same column.
fn parse_access_key(raw: &[u8], account_id: AccountId) -> Option<TrieKey> {
    let handle = parsers::parse_key_handle_from_access_key_key(raw, &account_id).ok()?;
    let index = parsers::parse_nonce_index_from_gas_key_key(raw, &account_id, &handle).ok()?;
    Some(match index {
        Some(index) => TrieKey::gas_key_nonce(account_id, handle, index),
        None => TrieKey::access_key(account_id, handle),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use near_primitives::hash::{hash, CryptoHash};
    use near_primitives::types::StateChangeValue;

    fn cause(text: &str) -> StateChangeCause {
        StateChangeCause::ReceiptProcessing {
            receipt_hash: hash(text.as_bytes()),
        }
    }

    fn written(value: Option<&str>, by: &str) -> Written {
        Written {
            value: value.map(|text| text.as_bytes().into()),
            cause: cause(by),
        }
    }

    fn account(name: &str) -> AccountId {
        name.parse().unwrap()
    }

    fn data(name: &str, key: &str) -> Vec<u8> {
        keys::data(&account(name), key.as_bytes())
    }

    fn sample() -> BlockChanges {
        let mut twice = History::new(written(Some("1"), "first"));
        twice.push(written(None, "second"));
        BlockChanges::new([
            (
                data("b.near", "y"),
                History::new(written(Some("2"), "first")),
            ),
            (data("a.near", "x"), twice),
            (
                vec![col::DELAYED_RECEIPT_OR_INDICES],
                History::new(written(Some("3"), "first")),
            ),
        ])
    }

    fn texts(changes: &StateChanges) -> Vec<(String, CryptoHash)> {
        let texts = changes.iter().map(|change| {
            let StateChangeCause::ReceiptProcessing { receipt_hash } = change.cause else {
                panic!("another cause");
            };
            let text = match &change.value {
                StateChangeValue::DataUpdate { key, value, .. } => {
                    format!("{}={}", text(key), text(value))
                }
                StateChangeValue::DataDeletion { key, .. } => format!("{} gone", text(key)),
                other => panic!("{other:?}"),
            };
            (text, receipt_hash)
        });
        texts.collect()
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    #[test]
    fn values_come_by_key_and_then_in_order() {
        let (first, second) = (hash(b"first"), hash(b"second"));
        let expected = [
            ("x=1".to_owned(), first),
            ("x gone".to_owned(), second),
            ("y=2".to_owned(), first),
        ];
        assert_eq!(texts(&sample().all()), expected);
        assert_eq!(sample().kinds().len(), 2);
    }

    #[test]
    fn requests_select_accounts_and_prefixes() {
        let request = |prefix: &str, names: &[&str]| StateChangesRequest::DataChanges {
            account_ids: names.iter().map(|name| account(name)).collect(),
            key_prefix: prefix.as_bytes().to_vec().into(),
        };
        let count = |request| sample().requested(&request).len();
        assert_eq!(count(request("", &["a.near", "b.near"])), 3);
        assert_eq!(count(request("", &["b.near"])), 1);
        assert_eq!(count(request("y", &["a.near", "b.near"])), 1);
        assert_eq!(count(request("", &["near"])), 0);
    }

    #[test]
    fn later_changes_follow_on() {
        let mut changes = sample();
        let patch = History::new(written(Some("9"), "patch"));
        changes.extend(BlockChanges::new([
            (data("a.near", "x"), patch.clone()),
            (data("c.near", "z"), patch),
        ]));
        let texts: Vec<_> = texts(&changes.all())
            .into_iter()
            .map(|(text, _)| text)
            .collect();
        assert_eq!(texts, ["x=1", "x gone", "x=9", "y=2", "z=9"]);
    }
}
