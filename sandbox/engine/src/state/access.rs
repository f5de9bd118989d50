//! Typed records in the state.

use super::trie::{Trie, Value};
use super::{keys, StateUpdate};
use borsh::{BorshDeserialize, BorshSerialize};
use near_crypto::PublicKeyHandle;
use near_primitives::account::{AccessKey, Account};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::AccountId;

/// Anything records can be read from: a state, or a chunk's changes to one.
pub trait Records {
    fn raw(&self, key: &[u8]) -> Option<Value>;

    /// Keys with a prefix and their values, in key order.
    fn range(&self, prefix: &[u8]) -> Vec<(Vec<u8>, Value)>;

    fn account(&self, account_id: &AccountId) -> Option<Account> {
        decode(self.raw(&keys::account(account_id)))
    }

    fn access_key(&self, account_id: &AccountId, key: &PublicKeyHandle) -> Option<AccessKey> {
        decode(self.raw(&keys::access_key(account_id, key)))
    }

    /// All keys of an account, in key order.
    fn access_keys(&self, account_id: &AccountId) -> Vec<(PublicKeyHandle, AccessKey)> {
        let prefix = keys::access_keys(account_id);
        let records = self.range(&prefix).into_iter();
        records
            .filter_map(|(key, value)| {
                // Nonces of gas keys lie behind their key; they are no keys.
                let handle = borsh::from_slice(&key[prefix.len()..]).ok()?;
                Some((handle, decode(Some(value))?))
            })
            .collect()
    }

    fn code(&self, account_id: &AccountId) -> Option<Value> {
        self.raw(&keys::code(account_id))
    }

    fn record<T: BorshDeserialize>(&self, key: &TrieKey) -> Option<T> {
        decode(self.raw(&key.to_vec()))
    }
}

impl Records for Trie {
    fn raw(&self, key: &[u8]) -> Option<Value> {
        self.get(key).cloned()
    }

    fn range(&self, prefix: &[u8]) -> Vec<(Vec<u8>, Value)> {
        self.with_prefix(prefix)
    }
}

impl Records for StateUpdate {
    fn raw(&self, key: &[u8]) -> Option<Value> {
        self.get(key)
    }

    fn range(&self, prefix: &[u8]) -> Vec<(Vec<u8>, Value)> {
        self.with_prefix(prefix).into_iter().collect()
    }
}

/// Anything records can be written to as they are.
pub trait WriteRecords: Records {
    fn write(&mut self, key: Vec<u8>, value: Value);
}

impl WriteRecords for Trie {
    fn write(&mut self, key: Vec<u8>, value: Value) {
        self.insert(&key, value);
    }
}

impl WriteRecords for StateUpdate {
    fn write(&mut self, key: Vec<u8>, value: Value) {
        self.set(key, value);
    }
}

impl StateUpdate {
    pub fn set_account(&mut self, account_id: &AccountId, account: &Account) {
        self.set(keys::account(account_id), encode(account));
    }

    pub fn set_access_key(
        &mut self,
        account_id: &AccountId,
        key: &PublicKeyHandle,
        access_key: &AccessKey,
    ) {
        self.set(keys::access_key(account_id, key), encode(access_key));
    }

    pub fn set_record<T: BorshSerialize>(&mut self, key: &TrieKey, record: &T) {
        self.set(key.to_vec(), encode(record));
    }

    pub fn remove_record(&mut self, key: &TrieKey) {
        self.remove(key.to_vec());
    }

    /// Removes an account with its code, keys and data.
    pub fn remove_account(&mut self, account_id: &AccountId) {
        self.remove(keys::account(account_id));
        self.remove(keys::code(account_id));
        for key in self.with_prefix(&keys::access_keys(account_id)).into_keys() {
            self.remove(key);
        }
        for key in self.with_prefix(&keys::data(account_id, &[])).into_keys() {
            self.note_removed();
            self.remove(key);
        }
    }
}

pub fn encode<T: BorshSerialize>(record: &T) -> Value {
    borsh::to_vec(record).expect("writing to memory").into()
}

/// Panics when the state holds something else under this key: only the engine
/// writes these columns.
pub fn decode<T: BorshDeserialize>(value: Option<Value>) -> Option<T> {
    value.map(|bytes| T::try_from_slice(&bytes).expect("state holds well-formed records"))
}
