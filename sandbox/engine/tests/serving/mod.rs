//! A small chain to serve, and numbers that follow from a seed.

// Each test binary uses its part.
#![allow(dead_code)]

use near_crypto::{InMemorySigner, KeyType, Signer};
use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::state_record::StateRecord;
use near_primitives::types::{AccountId, Balance};
use sealwright_engine::node::{KeptChain, Node};
use sealwright_engine::{Chain, Config};
use std::sync::Arc;

pub const NEAR: u128 = 10u128.pow(24);

pub const ACCOUNTS: [&str; 3] = ["alice.near", "bob.near", "registrar"];

pub fn signer(account_id: &str) -> Signer {
    let account_id: AccountId = account_id.parse().expect("an account id");
    InMemorySigner::from_seed(account_id.clone(), KeyType::ED25519, account_id.as_str())
}

/// Accounts with one full access key each; alice.near holds `data` bytes.
pub fn records(data: usize) -> Vec<StateRecord> {
    let mut records = Vec::new();
    for name in ACCOUNTS {
        let account_id: AccountId = name.parse().expect("an account id");
        let amount = Balance::from_yoctonear(1_000_000 * NEAR);
        let account = Account::new(amount, Balance::ZERO, AccountContract::None, 0);
        let public_key = signer(name).public_key();
        records.push(StateRecord::Account {
            account_id: account_id.clone(),
            account,
        });
        records.push(StateRecord::AccessKey {
            account_id,
            public_key: public_key.into(),
            access_key: AccessKey::full_access(),
        });
    }
    records.push(StateRecord::Data {
        account_id: "alice.near".parse().expect("an account id"),
        data_key: b"key".to_vec().into(),
        value: vec![7; data].into(),
    });
    records
}

pub fn chain(data: usize) -> Chain {
    Chain::new(Config {
        records: records(data),
        ..Config::default()
    })
}

pub fn node(data: usize) -> Arc<Node> {
    Arc::new(Node::new(KeptChain::new(chain(data))))
}

/// SplitMix64: every case follows from the seed.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`, which is not zero.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// `(seed, cases)`: fixed, or from `SEALWRIGHT_FUZZ_SEED` and
/// `SEALWRIGHT_FUZZ_CASES` for longer runs and for running a case again.
pub fn fuzz_budget(cases: u64) -> (u64, u64) {
    let number = |name: &str| std::env::var(name).ok()?.parse().ok();
    (
        number("SEALWRIGHT_FUZZ_SEED").unwrap_or(1),
        number("SEALWRIGHT_FUZZ_CASES").unwrap_or(cases),
    )
}

/// Some bytes are changed, left out, doubled or cut off.
pub fn mutate_bytes(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            return;
        }
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes[at] = random.next() as u8,
            1 => bytes[at] ^= 1 << random.below(8),
            2 => drop(bytes.remove(at)),
            3 => bytes.insert(at, random.next() as u8),
            4 => bytes.truncate(at),
            _ => {
                let end = at + random.below(bytes.len() - at) + 1;
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
}
