//! Measures the engine: calls a second, snapshots, cold start.
//!
//!     cargo run --release --example measure -- CONTRACT.wasm METHOD [ARGS [INIT]]

use near_crypto::{InMemorySigner, KeyType, Signer};
use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::action::{Action, FunctionCallAction};
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::{SignedTransaction, Transaction, TransactionV0};
use near_primitives::types::{AccountId, Balance, BlockReference, Gas};
use sealwright_engine::{Chain, Config};
use std::time::Instant;

const CALLS: u64 = 1_000;
const ACCOUNTS: u32 = 10_000;

fn account(id: &AccountId, near: u128) -> StateRecord {
    let amount = Balance::from_near(near);
    let account = Account::new(amount, Balance::ZERO, AccountContract::None, 0);
    StateRecord::Account {
        account_id: id.clone(),
        account,
    }
}

fn key(signer: &Signer, id: &AccountId) -> StateRecord {
    StateRecord::access_key(id.clone(), signer.public_key(), AccessKey::full_access())
}

struct Caller {
    chain: Chain,
    signer: Signer,
    user: AccountId,
    contract: AccountId,
    nonce: u64,
}

impl Caller {
    fn new(wasm: Vec<u8>) -> Self {
        let user: AccountId = "user.near".parse().unwrap();
        let contract: AccountId = "contract.near".parse().unwrap();
        let signer: Signer = InMemorySigner::from_seed(user.clone(), KeyType::ED25519, "user");
        let mut records = vec![account(&user, 1_000_000), key(&signer, &user)];
        records.push(account(&contract, 1_000));
        records.push(StateRecord::Contract {
            account_id: contract.clone(),
            code: wasm,
        });
        for i in 0..ACCOUNTS {
            let id: AccountId = format!("account-{i}.near").parse().unwrap();
            records.push(key(&signer, &id));
            records.push(account(&id, 10));
        }
        let chain = Chain::new(Config {
            records,
            transaction_validity_period: 1_000_000,
            ..Config::default()
        });
        Self {
            chain,
            signer,
            user,
            contract,
            nonce: 0,
        }
    }

    fn sign(&mut self, method: &str, args: &str) -> SignedTransaction {
        self.nonce += 1;
        let call = FunctionCallAction {
            method_name: method.into(),
            args: args.into(),
            gas: Gas::from_teragas(30),
            deposit: Balance::ZERO,
        };
        let tx = Transaction::V0(TransactionV0 {
            signer_id: self.user.clone(),
            public_key: self.signer.public_key(),
            nonce: self.nonce,
            receiver_id: self.contract.clone(),
            block_hash: self.chain.head().hash,
            actions: vec![Action::FunctionCall(Box::new(call))],
        });
        let (hash, _) = tx.get_hash_and_size();
        SignedTransaction::new(self.signer.sign(hash.as_ref()), tx)
    }

    fn call(&mut self, tx: SignedTransaction) {
        let hash = self.chain.submit(tx).expect("a valid transaction");
        while !self.chain.is_idle() {
            self.chain.produce_block();
        }
        assert!(self.chain.is_finished(&hash));
        let outcome = self.chain.final_outcome(&hash).expect("it ran");
        let status = &outcome.final_outcome.status;
        assert!(
            format!("{status:?}").starts_with("SuccessValue"),
            "{status:?}"
        );
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let wasm = std::fs::read(args.next().expect("a contract")).expect("a readable file");
    let method = args.next().expect("a method");
    let input = args.next().unwrap_or_default();
    let started = Instant::now();
    let mut caller = Caller::new(wasm);
    println!("chain with {ACCOUNTS} accounts: {:?}", started.elapsed());
    if let Some(init) = args.next() {
        let tx = caller.sign(&init, "{}");
        caller.call(tx);
    }
    let tx = caller.sign(&method, &input);
    caller.call(tx);
    println!("first call done after {:?}", started.elapsed());

    for _ in 0..5 {
        let signed: Vec<_> = (0..CALLS).map(|_| caller.sign(&method, &input)).collect();
        let started = Instant::now();
        for tx in signed {
            caller.call(tx);
        }
        let per_second = CALLS as f64 / started.elapsed().as_secs_f64();
        println!("one at a time: {per_second:.0} calls/s");
    }
    batched(&mut caller, &method, &input);
    views(&mut caller, &method, &input);
    snapshots(&mut caller, &method, &input);
    assert!(caller.chain.total_supply_check().holds());
}

/// Hundred calls in a block.
fn batched(caller: &mut Caller, method: &str, input: &str) {
    for _ in 0..5 {
        let signed: Vec<_> = (0..CALLS).map(|_| caller.sign(method, input)).collect();
        let started = Instant::now();
        for batch in signed.chunks(100) {
            for tx in batch {
                caller
                    .chain
                    .submit(tx.clone())
                    .expect("a valid transaction");
            }
            while !caller.chain.is_idle() {
                caller.chain.produce_block();
            }
        }
        let per_second = CALLS as f64 / started.elapsed().as_secs_f64();
        println!("hundred a block: {per_second:.0} calls/s");
    }
}

/// The same method as a view where it is one; a refused write counts, too.
fn views(caller: &mut Caller, method: &str, input: &str) {
    let started = Instant::now();
    for _ in 0..CALLS {
        let latest = BlockReference::latest();
        let args = input.as_bytes();
        let _ = caller
            .chain
            .call_function(&caller.contract, method, args, &latest);
    }
    let per_second = CALLS as f64 / started.elapsed().as_secs_f64();
    println!("views: {per_second:.0}/s");
}

/// Snapshot, first write after it, rollback of 1,000 changed keys.
fn snapshots(caller: &mut Caller, method: &str, input: &str) {
    for round in 0..5u32 {
        let started = Instant::now();
        let snapshot = caller.chain.snapshot();
        let taken = started.elapsed();
        let change = |from: u32, count: u32| -> Vec<StateRecord> {
            let ids = (from..from + count).map(|i| format!("account-{i}.near").parse().unwrap());
            ids.map(|id: AccountId| account(&id, 11 + u128::from(round)))
                .collect()
        };
        let one = change(0, 1);
        let started = Instant::now();
        caller.chain.patch_state(one);
        caller.chain.produce_block();
        let first_write = started.elapsed();
        caller.chain.patch_state(change(0, 1_000));
        let started = Instant::now();
        caller.chain.produce_block();
        let thousand = started.elapsed();
        let nonce = caller.nonce;
        let tx = caller.sign(method, input);
        caller.call(tx);
        caller.nonce = nonce;
        let started = Instant::now();
        caller.chain.rollback(&snapshot);
        let back = started.elapsed();
        println!("snapshot {taken:?}, first write {first_write:?}, 1,000 keys {thousand:?}, rollback {back:?}");
    }
}
