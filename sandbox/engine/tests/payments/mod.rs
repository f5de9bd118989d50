//! Two accounts that pay each other: a small load for tests of what is kept.

use near_crypto::{InMemorySigner, KeyType};
use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::action::{Action, TransferAction};
use near_primitives::hash::CryptoHash;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::{SignedTransaction, Transaction, TransactionV0};
use near_primitives::types::{AccountId, Balance, BlockId, BlockReference};
use sealwright_engine::Config;

pub fn id(name: &str) -> AccountId {
    name.parse().unwrap()
}

pub fn config() -> Config {
    let mut records = Vec::new();
    for name in ["client", "node"] {
        let amount = Balance::from_near(100);
        let account = Account::new(amount, Balance::ZERO, AccountContract::None, 0);
        let account_id = id(name);
        records.push(StateRecord::Account {
            account_id,
            account,
        });
        let signer = InMemorySigner::from_seed(id(name), KeyType::ED25519, name);
        let key = AccessKey::full_access();
        records.push(StateRecord::access_key(id(name), signer.public_key(), key));
    }
    Config {
        records,
        ..Config::default()
    }
}

/// The client's `nonce`-th transfer, which names a block by its hash.
pub fn transfer(nonce: u64, block_hash: CryptoHash) -> SignedTransaction {
    let signer = InMemorySigner::from_seed(id("client"), KeyType::ED25519, "client");
    let deposit = Balance::from_millinear(1);
    let tx = Transaction::V0(TransactionV0 {
        signer_id: id("client"),
        public_key: signer.public_key(),
        nonce,
        receiver_id: id("node"),
        block_hash,
        actions: vec![Action::Transfer(TransferAction { deposit })],
    });
    let (hash, _) = tx.get_hash_and_size();
    SignedTransaction::new(signer.sign(hash.as_ref()), tx)
}

pub fn at(height: u64) -> BlockReference {
    BlockReference::BlockId(BlockId::Height(height))
}
