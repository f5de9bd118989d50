//! The chain as its users see it: pool, time, snapshots, determinism, views.

use near_crypto::{InMemorySigner, KeyType, PublicKey, Signer};
use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::action::{Action, DeployContractAction, StakeAction, TransferAction};
use near_primitives::errors::{ActionsValidationError, InvalidTxError};
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::{SignedTransaction, Transaction, TransactionV0};
use near_primitives::types::{AccountId, Balance, BlockReference, Finality};
use near_primitives::views::FinalExecutionStatus;
use sealwright_engine::chain::QueryError;
use sealwright_engine::{Chain, Config};

/// `(module (memory (export "memory") 1) (func (export "spin") (loop (br 0))))`
const SPINNING: &[u8] = &[
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 17, 2, 6, 109,
    101, 109, 111, 114, 121, 2, 0, 4, 115, 112, 105, 110, 0, 0, 10, 9, 1, 7, 0, 3, 64, 12, 0, 11,
    11,
];

fn id(name: &str) -> AccountId {
    name.parse().unwrap()
}

fn signer(name: &str) -> Signer {
    InMemorySigner::from_seed(id(name), KeyType::ED25519, name)
}

fn account(name: &str, near: u128) -> StateRecord {
    let amount = Balance::from_near(near);
    let account = Account::new(amount, Balance::ZERO, AccountContract::None, 182);
    StateRecord::Account {
        account_id: id(name),
        account,
    }
}

fn records() -> Vec<StateRecord> {
    let mut records = vec![account("spinner", 10)];
    records.push(StateRecord::Contract {
        account_id: id("spinner"),
        code: SPINNING.to_vec(),
    });
    for name in ["client", "node"] {
        records.push(account(name, 100));
        let public_key = signer(name).public_key();
        records.push(StateRecord::access_key(
            id(name),
            public_key,
            AccessKey::full_access(),
        ));
    }
    records
}

fn chain() -> Chain {
    Chain::new(Config {
        records: records(),
        ..Config::default()
    })
}

fn sign(
    chain: &Chain,
    from: &str,
    to: &str,
    nonce: u64,
    actions: Vec<Action>,
) -> SignedTransaction {
    let signer = signer(from);
    let tx = Transaction::V0(TransactionV0 {
        signer_id: id(from),
        public_key: signer.public_key(),
        nonce,
        receiver_id: id(to),
        block_hash: chain.head().hash,
        actions,
    });
    let (hash, _) = tx.get_hash_and_size();
    SignedTransaction::new(signer.sign(hash.as_ref()), tx)
}

fn transfer(chain: &Chain, nonce: u64, near: u128) -> SignedTransaction {
    let deposit = Balance::from_near(near);
    let actions = vec![Action::Transfer(TransferAction { deposit })];
    sign(chain, "client", "node", nonce, actions)
}

fn amount(chain: &Chain, name: &str) -> Balance {
    chain
        .view_account(&id(name), &latest())
        .unwrap()
        .value
        .amount
}

fn latest() -> BlockReference {
    BlockReference::Finality(Finality::Final)
}

#[test]
fn transfer_arrives_and_every_token_is_accounted_for() {
    let mut chain = chain();
    let tx = transfer(&chain, 1, 5);
    let hash = chain.submit(tx.clone()).unwrap();
    assert!(chain.is_pooled(&hash) && chain.final_outcome(&hash).is_none());
    chain.produce_block();
    let started = chain.final_outcome(&hash).unwrap().final_outcome;
    assert_eq!(started.status, FinalExecutionStatus::Started);
    assert!(chain.total_supply_check().holds() && !chain.is_finished(&hash));
    while !chain.is_idle() {
        chain.produce_block();
        assert!(chain.total_supply_check().holds());
    }
    assert!(chain.is_finished(&hash));
    let done = chain.final_outcome(&hash).unwrap();
    assert_eq!(
        done.final_outcome.status,
        FinalExecutionStatus::SuccessValue(vec![])
    );
    assert_eq!(amount(&chain, "node"), Balance::from_near(105));
    let receipt_id = done.receipts[0].receipt_id;
    assert_eq!(chain.transaction_of_receipt(&receipt_id), Some(hash));
    assert_eq!(
        chain.submit(tx),
        Ok(hash),
        "sending it again changes nothing"
    );
    assert!(chain.is_idle());
}

#[test]
fn pool_sorts_one_keys_nonces_and_says_why_it_dropped_one() {
    let mut chain = chain();
    let later = chain.submit(transfer(&chain, 2, 60)).unwrap();
    let first = chain.submit(transfer(&chain, 1, 60)).unwrap();
    chain.produce_blocks(3);
    assert!(chain.is_finished(&first));
    assert!(matches!(
        chain.rejection(&later),
        Some(InvalidTxError::NotEnoughBalance { .. })
    ));
}

#[test]
fn equal_inputs_give_equal_hashes() {
    let run = || {
        let mut chain = chain();
        let hash = chain.submit(transfer(&chain, 1, 5)).unwrap();
        chain.produce_blocks(5);
        (chain.head(), chain.state_root(), chain.final_outcome(&hash))
    };
    assert_eq!(run(), run());
    let other = Chain::new(Config {
        records: records(),
        seed: b"x".to_vec(),
        ..Config::default()
    });
    assert_ne!(other.genesis_hash(), chain().genesis_hash());
}

#[test]
fn rollback_restores_state_history_pool_and_clock() {
    let mut chain = chain();
    chain.produce_blocks(2);
    let pooled = chain.submit(transfer(&chain, 1, 5)).unwrap();
    let (head, root) = (chain.head(), chain.state_root());
    let snapshot = chain.snapshot();
    chain.set_time(head.timestamp_ns + 1_000_000_000_000);
    chain.fast_forward(50);
    chain.patch_state(vec![account("node", 7)]);
    chain.produce_blocks(3);
    assert!(chain.final_outcome(&pooled).is_some());
    chain.rollback(&snapshot);
    assert_eq!((chain.head(), chain.state_root()), (head.clone(), root));
    assert!(chain.is_pooled(&pooled) && chain.final_outcome(&pooled).is_none());
    assert_eq!(amount(&chain, "node"), Balance::from_near(100));
    let (height, time) = (head.height, head.timestamp_ns);
    let next = chain.produce_block();
    assert_eq!(next.height, height + 1);
    assert_eq!(next.timestamp_ns, time + chain.config().block_interval_ns);
    assert!(chain.total_supply_check().holds());
}

#[test]
fn time_moves_only_forward_and_with_the_heights() {
    let mut chain = chain();
    let start = chain.head();
    let interval = chain.config().block_interval_ns;
    chain.set_time(0);
    assert_eq!(
        chain.produce_block().timestamp_ns,
        start.timestamp_ns + interval
    );
    chain.set_time(start.timestamp_ns + 100 * interval);
    assert_eq!(
        chain.produce_block().timestamp_ns,
        start.timestamp_ns + 100 * interval
    );
    chain.fast_forward(200);
    let landed = chain.produce_block();
    assert_eq!(landed.height, start.height + 203);
    assert_eq!(landed.timestamp_ns, start.timestamp_ns + 301 * interval);
}

#[test]
fn old_transactions_expire() {
    let mut chain = chain();
    let tx = transfer(&chain, 1, 5);
    chain.fast_forward(200);
    chain.produce_block();
    assert_eq!(chain.submit(tx), Err(InvalidTxError::Expired));
}

#[test]
fn receipts_beyond_the_bandwidth_wait_for_the_next_block() {
    let mut chain = chain();
    let sizes = [1_400_000; 4];
    let hashes = sizes.iter().zip(1..).map(|(size, nonce)| {
        let deploy = DeployContractAction {
            code: vec![0; *size],
        };
        let actions = vec![Action::DeployContract(deploy)];
        let tx = sign(&chain, "client", "node", nonce, actions);
        chain.submit(tx).unwrap()
    });
    let hashes: Vec<_> = hashes.collect();
    let waiting = |chain: &Chain| chain.totals().congestion_info.receipt_bytes();

    // 4.5 MB may leave in one block.
    chain.produce_block();
    assert_eq!(chain.outgoing().len(), 3);
    assert!(waiting(&chain) > 1_400_000);
    assert!(chain.total_supply_check().holds());
    let last = chain.final_outcome(&hashes[3]).unwrap().final_outcome;
    let receipt = last.transaction_outcome.outcome.receipt_ids[0];
    chain.produce_block();
    assert_eq!(*chain.outgoing()[0].receipt_id(), receipt);
    assert_eq!(waiting(&chain), 0);
    while !chain.is_idle() {
        chain.produce_block();
    }
    assert!(hashes.iter().all(|hash| chain.is_finished(hash)));
    assert!(chain.total_supply_check().holds());
}

#[test]
fn a_stake_needs_an_ed25519_key() {
    let mut chain = chain();
    let public_key = PublicKey::from_seed(KeyType::SECP256K1, "client");
    let stake = StakeAction {
        stake: Balance::from_near(1),
        public_key: public_key.clone(),
    };
    let actions = vec![Action::Stake(Box::new(stake))];
    let tx = sign(&chain, "client", "client", 1, actions);
    let public_key = Box::new(public_key);
    let expected = ActionsValidationError::UnsuitableStakingKey { public_key };
    assert_eq!(
        chain.submit(tx),
        Err(InvalidTxError::ActionsValidation(expected))
    );
}

#[test]
fn patches_show_after_the_next_block_and_are_booked() {
    let mut chain = chain();
    chain.patch_state(vec![account("node", 107), account("new", 3)]);
    assert_eq!(amount(&chain, "node"), Balance::from_near(100));
    chain.produce_block();
    assert_eq!(amount(&chain, "node"), Balance::from_near(107));
    let check = chain.total_supply_check();
    assert!(check.holds());
    assert_eq!(check.minted, Balance::from_near(10));
}

#[test]
fn endless_view_ends_with_an_error() {
    let chain = chain();
    let error = chain
        .call_function(&id("spinner"), "spin", b"", &latest())
        .unwrap_err();
    match error {
        QueryError::ContractExecutionError { vm_error, .. } => {
            assert!(vm_error.contains("GasLimitExceeded"), "{vm_error}");
        }
        other => panic!("{other}"),
    }
    assert!(chain.last_view_gas() <= chain.config().max_gas_burnt_view);
}

#[test]
fn old_states_are_readable_until_they_are_dropped() {
    let config = Config {
        records: records(),
        history: 5,
        ..Config::default()
    };
    let mut chain = Chain::new(config);
    chain.submit(transfer(&chain, 1, 5)).unwrap();
    chain.produce_blocks(4);
    let at = |height: u64| BlockReference::BlockId(near_primitives::types::BlockId::Height(height));
    let node = |chain: &Chain, height| {
        chain
            .view_account(&id("node"), &at(height))
            .map(|found| found.value.amount)
    };
    assert_eq!(node(&chain, 1).unwrap(), Balance::from_near(100));
    assert_eq!(node(&chain, 2).unwrap(), Balance::from_near(105));
    chain.produce_blocks(4);
    assert!(matches!(
        node(&chain, 2),
        Err(QueryError::GarbageCollectedBlock { .. })
    ));
    assert!(matches!(
        node(&chain, 99),
        Err(QueryError::UnknownBlock { .. })
    ));
}
