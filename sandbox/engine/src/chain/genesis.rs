//! The first block, and the records that states are made or patched from.

use super::block::{self, Block};
use super::config::Config;
use super::headers;
use crate::runtime::Traffic;
use crate::state::access::{decode, encode, WriteRecords};
use crate::state::{keys, storage_usage, Trie};
use near_parameters::{RuntimeConfig, StorageUsageConfig};
use near_primitives::account::{Account, AccountContract};
use near_primitives::hash::{hash, CryptoHash};
use near_primitives::state_record::StateRecord;
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{AccountId, Balance, EpochId, Gas};
use std::sync::{Arc, OnceLock};

/// The state that records describe, with storage usage computed.
pub fn state_of(config: &StorageUsageConfig, records: &[StateRecord]) -> Trie {
    let mut state = Trie::default();
    let is_code = |record: &&StateRecord| matches!(record, StateRecord::Contract { .. });
    let (code, rest): (Vec<_>, Vec<_>) = records.iter().partition(is_code);
    // Code comes last: it puts its hash into the account.
    for record in rest.into_iter().chain(code) {
        put(&mut state, record);
    }
    for (account_id, usage) in storage_usage::of_records(config, records) {
        let key = keys::account(&account_id);
        let account: Option<Account> = decode(state.get(&key).cloned());
        if let Some(mut account) = account {
            account.set_storage_usage(usage);
            state.insert(&key, encode(&account));
        }
    }
    state
}

/// Writes one record as it is; code after its account. Receipts cannot be
/// written this way.
pub fn put(state: &mut impl WriteRecords, record: &StateRecord) {
    match record {
        StateRecord::Account {
            account_id,
            account,
        } => {
            state.write(keys::account(account_id), encode(account));
        }
        StateRecord::Data {
            account_id,
            data_key,
            value,
        } => {
            state.write(keys::data(account_id, data_key), value.as_slice().into());
        }
        StateRecord::Contract { account_id, code } => {
            state.write(keys::code(account_id), code.as_slice().into());
            set_code_hash(state, account_id, hash(code));
        }
        StateRecord::AccessKey {
            account_id,
            public_key,
            access_key,
        } => {
            let key = keys::access_key(account_id, public_key);
            state.write(key, encode(access_key));
        }
        StateRecord::GasKeyNonce {
            account_id,
            public_key,
            index,
            nonce,
        } => {
            let key = TrieKey::gas_key_nonce(account_id.clone(), public_key.clone(), *index);
            state.write(key.to_vec(), encode(nonce));
        }
        StateRecord::PostponedReceipt(_)
        | StateRecord::ReceivedData { .. }
        | StateRecord::DelayedReceipt(_) => {}
    }
}

/// A contract record names no hash; the account must, whatever it said before.
fn set_code_hash(state: &mut impl WriteRecords, account_id: &AccountId, code: CryptoHash) {
    let Some(mut account) = state.account(account_id) else {
        return;
    };
    if account.set_contract(AccountContract::Local(code)).is_ok() {
        state.write(keys::account(account_id), encode(&account));
    }
}

/// Of everything that makes the first state, so that chains can be told apart.
fn block_hash(config: &Config, runtime: &RuntimeConfig, state: &Trie) -> CryptoHash {
    let mut bytes = b"genesis".to_vec();
    bytes.extend_from_slice(config.chain_id.as_bytes());
    bytes.extend_from_slice(&config.genesis_time_ns.to_le_bytes());
    bytes.extend_from_slice(&config.protocol_version.to_le_bytes());
    bytes.extend_from_slice(&runtime.wasm_config.non_crypto_hash().to_le_bytes());
    bytes.extend_from_slice(&config.seed);
    bytes.extend_from_slice(state.root_hash().as_bytes());
    hash(&bytes)
}

fn chunk_hash(config: &Config, block_hash: &CryptoHash, state: &Trie) -> CryptoHash {
    if config.is_replay() {
        headers::genesis_chunk(config, state.root_hash()).hash.0
    } else {
        block::chunk_hash(block_hash)
    }
}

pub fn block(config: &Config, runtime: &RuntimeConfig, state: &Trie, supply: Balance) -> Block {
    let given = config.genesis_hash;
    let hash = given.unwrap_or_else(|| block_hash(config, runtime, state));
    Block {
        height: config.genesis_height,
        hash,
        prev_hash: CryptoHash::default(),
        prev_height: None,
        ordinal: 1,
        timestamp_ns: config.genesis_time_ns,
        random_value: CryptoHash::default(),
        gas_price: config.min_gas_price,
        next_gas_price: config.min_gas_price,
        epoch_id: EpochId::default(),
        next_epoch_id: EpochId(hash),
        epoch_height: 1,
        total_supply: supply,
        last_final: CryptoHash::default(),
        last_ds_final: CryptoHash::default(),
        merkle_root: CryptoHash::default(),
        has_chunk: true,
        chunk_hash: chunk_hash(config, &hash, state),
        transactions: Vec::new(),
        outcomes: Vec::new(),
        outgoing: Vec::new(),
        changes: Arc::default(),
        created: Vec::new(),
        rejected: Vec::new(),
        gas_used: Gas::ZERO,
        burnt: Balance::ZERO,
        proposals: Arc::new([]),
        traffic: Traffic::default(),
        state_root: OnceLock::new(),
        proofs: OnceLock::new(),
    }
}
