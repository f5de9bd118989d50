//! Raw trie keys of the records that every call reads, built without cloning
//! account ids. The rest goes through `TrieKey`.

use near_crypto::PublicKeyHandle;
use near_primitives::trie_key::{col, ACCESS_KEY_SEPARATOR, ACCOUNT_DATA_SEPARATOR};
use near_primitives::types::AccountId;

pub fn account(account_id: &AccountId) -> Vec<u8> {
    one(col::ACCOUNT, account_id, None, &[])
}

pub fn code(account_id: &AccountId) -> Vec<u8> {
    one(col::CONTRACT_CODE, account_id, None, &[])
}

/// Prefix of all access keys of an account.
pub fn access_keys(account_id: &AccountId) -> Vec<u8> {
    one(col::ACCESS_KEY, account_id, Some(ACCESS_KEY_SEPARATOR), &[])
}

pub fn access_key(account_id: &AccountId, key: &PublicKeyHandle) -> Vec<u8> {
    let mut raw = access_keys(account_id);
    borsh::to_writer(&mut raw, key).expect("writing to memory");
    raw
}

/// A contract's own key; with an empty one, the prefix of all its data.
pub fn data(account_id: &AccountId, key: &[u8]) -> Vec<u8> {
    one(
        col::CONTRACT_DATA,
        account_id,
        Some(ACCOUNT_DATA_SEPARATOR),
        key,
    )
}

fn one(column: u8, account_id: &AccountId, separator: Option<u8>, rest: &[u8]) -> Vec<u8> {
    let mut raw = Vec::with_capacity(account_id.len() + rest.len() + 48);
    raw.push(column);
    raw.extend_from_slice(account_id.as_bytes());
    raw.extend(separator);
    raw.extend_from_slice(rest);
    raw
}

#[cfg(test)]
mod tests {
    use super::*;
    use near_crypto::{KeyType, PublicKey};
    use near_primitives::trie_key::TrieKey;

    #[test]
    fn equal_to_trie_keys() {
        let account_id: AccountId = "market.near".parse().unwrap();
        let handle = PublicKeyHandle::from(PublicKey::from_seed(KeyType::ED25519, "k"));
        let expected = TrieKey::Account {
            account_id: account_id.clone(),
        };
        assert_eq!(account(&account_id), expected.to_vec());
        let expected = TrieKey::ContractCode {
            account_id: account_id.clone(),
        };
        assert_eq!(code(&account_id), expected.to_vec());
        let expected = TrieKey::access_key(account_id.clone(), handle.clone());
        assert_eq!(access_key(&account_id, &handle), expected.to_vec());
        let key = b"STATE".to_vec();
        let expected = TrieKey::ContractData {
            account_id: account_id.clone(),
            key,
        };
        assert_eq!(data(&account_id, b"STATE"), expected.to_vec());
    }
}
