//! How many bytes an account is billed for.

use near_crypto::PublicKey;
use near_parameters::StorageUsageConfig;
use near_primitives::account::{AccessKey, Account};
use near_primitives::state_record::StateRecord;
use near_primitives::types::{AccountId, NonceIndex, StorageUsage};
use std::collections::HashMap;

/// Bytes an access key takes: the key, the record and the overhead of both.
pub fn of_access_key(
    config: &StorageUsageConfig,
    key_len: usize,
    access_key: &AccessKey,
) -> StorageUsage {
    let record_len = borsh::object_length(access_key).expect("access keys are small");
    (key_len + record_len) as u64 + config.num_extra_bytes_record
}

/// Bytes a gas key's nonces take, which lie behind its record.
pub fn of_gas_key_nonces(
    config: &StorageUsageConfig,
    key_len: usize,
    num_nonces: NonceIndex,
) -> StorageUsage {
    let one = (key_len + size_of::<NonceIndex>() + AccessKey::NONCE_VALUE_LEN) as u64
        + config.num_extra_bytes_record;
    one * u64::from(num_nonces)
}

/// Bytes a public key takes in the trie.
pub fn key_len(public_key: &PublicKey) -> usize {
    near_crypto::PublicKeyHandle::from(public_key).trie_id_len()
}

/// Storage usage of every account in a set of genesis records.
pub fn of_records(
    config: &StorageUsageConfig,
    records: &[StateRecord],
) -> HashMap<AccountId, StorageUsage> {
    let mut usage = HashMap::new();
    for record in records {
        let (account_id, bytes) = match record {
            StateRecord::Account {
                account_id,
                account,
            } => (
                account_id,
                config.num_bytes_account + identifier_usage(account),
            ),
            StateRecord::Data {
                account_id,
                data_key,
                value,
            } => {
                let bytes = data_key.len() + value.len();
                (account_id, bytes as u64 + config.num_extra_bytes_record)
            }
            StateRecord::Contract { account_id, code } => (account_id, code.len() as u64),
            StateRecord::AccessKey {
                account_id,
                public_key,
                access_key,
            } => {
                let bytes = of_access_key(config, public_key.trie_id_len(), access_key);
                (account_id, bytes)
            }
            StateRecord::GasKeyNonce {
                account_id,
                public_key,
                ..
            } => {
                let bytes = of_gas_key_nonces(config, public_key.trie_id_len(), 1);
                (account_id, bytes)
            }
            _ => continue,
        };
        *usage.entry(account_id.clone()).or_insert(0) += bytes;
    }
    usage
}

/// Bytes billed for the reference to a global contract.
pub fn identifier_usage(account: &Account) -> StorageUsage {
    account.contract().identifier_storage_usage()
}
