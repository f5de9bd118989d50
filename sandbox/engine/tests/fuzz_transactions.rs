//! Mutated signed transactions go through decoding, the pool and a block: none
//! panics, and tokens are conserved.
//!
//! `SEALWRIGHT_FUZZ_SEED` and `SEALWRIGHT_FUZZ_CASES` choose other and more
//! cases; a failure names the seed of its case.

mod serving;

use near_crypto::Signer;
use near_primitives::account::AccessKey;
use near_primitives::action::{
    Action, AddKeyAction, CreateAccountAction, DeleteAccountAction, DeleteKeyAction,
    DeployContractAction, FunctionCallAction, TransferAction,
};
use near_primitives::transaction::{SignedTransaction, Transaction, TransactionV0};
use near_primitives::types::{AccountId, Balance, Gas};
use sealwright_engine::Chain;
use serving::{fuzz_budget, mutate_bytes, signer, Random, ACCOUNTS};
use std::collections::BTreeMap;

const CASES: u64 = 60_000;

/// Every so often a fresh chain, so that cases stay apart.
const CASES_A_CHAIN: u64 = 500;

fn action(random: &mut Random) -> Action {
    let key = signer(ACCOUNTS[random.below(ACCOUNTS.len())]).public_key();
    match random.below(7) {
        0 => Action::CreateAccount(CreateAccountAction {}),
        1 => Action::Transfer(TransferAction {
            deposit: Balance::from_yoctonear(u128::from(random.next())),
        }),
        2 => Action::AddKey(Box::new(AddKeyAction {
            public_key: key,
            access_key: AccessKey::full_access(),
        })),
        3 => Action::DeleteKey(Box::new(DeleteKeyAction { public_key: key })),
        4 => Action::DeployContract(DeployContractAction {
            code: b"\0asm\x01\0\0\0".to_vec(),
        }),
        5 => Action::FunctionCall(Box::new(FunctionCallAction {
            method_name: "run".to_owned(),
            args: vec![1, 2, 3],
            gas: Gas::from_gas(random.next() >> 20),
            deposit: Balance::from_yoctonear(u128::from(random.next())),
        })),
        _ => Action::DeleteAccount(DeleteAccountAction {
            beneficiary_id: "bob.near".parse().expect("an account id"),
        }),
    }
}

fn transaction(random: &mut Random, chain: &Chain, nonce: u64) -> Vec<u8> {
    let signer: Signer = signer(ACCOUNTS[random.below(ACCOUNTS.len())]);
    let names = [
        "alice.near",
        "bob.near",
        "registrar",
        "new.near",
        "sub.alice.near",
    ];
    let receiver: AccountId = random.pick(&names).parse().expect("an account id");
    let actions = (0..random.below(4)).map(|_| action(random)).collect();
    let tx = Transaction::V0(TransactionV0 {
        signer_id: signer.get_account_id(),
        public_key: signer.public_key(),
        nonce,
        receiver_id: receiver,
        block_hash: chain.head().hash,
        actions,
    });
    let (hash, _) = tx.get_hash_and_size();
    let signed = SignedTransaction::new(signer.sign(hash.as_ref()), tx);
    borsh::to_vec(&signed).expect("Borsh")
}

/// What became of one case.
fn run(random: &mut Random, chain: &mut Chain, nonce: u64) -> &'static str {
    let mut bytes = transaction(random, chain, nonce);
    if !random.one_in(4) {
        mutate_bytes(random, &mut bytes);
    }
    let Ok(tx) = borsh::from_slice::<SignedTransaction>(&bytes) else {
        return "no transaction";
    };
    match chain.submit(tx) {
        Err(_) => "refused",
        Ok(_) => {
            chain.produce_blocks(1 + random.below(3) as u64);
            "run"
        }
    }
}

#[test]
fn no_transaction_panics_or_makes_tokens() {
    let (seed, cases) = fuzz_budget(CASES);
    let mut chain = serving::chain(10);
    let mut ends: BTreeMap<&str, u64> = BTreeMap::new();
    for case in 0..cases {
        if case % CASES_A_CHAIN == 0 {
            chain = serving::chain(10);
        }
        let case_seed = seed.wrapping_add(case);
        let mut random = Random(case_seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        // Above what keys added in this chain start with, below the bound of the
        // next block.
        let nonce = chain.head().height * 1_000_000 + 1 + case % 500_000;
        let end = run(&mut random, &mut chain, nonce);
        *ends.entry(end).or_default() += 1;
        let supply = chain.total_supply_check();
        assert!(supply.holds(), "seed {case_seed}: {supply:?}");
    }
    println!("transaction fuzz: seed {seed}, {cases} cases, {ends:?}");
    for end in ["no transaction", "refused", "run"] {
        assert!(ends.contains_key(end), "no case ended with {end}");
    }
}
