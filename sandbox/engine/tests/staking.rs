//! Stakes through the epochs of a chain of our own.

use near_crypto::{InMemorySigner, KeyType, Signer};
use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::action::{Action, StakeAction};
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::{SignedTransaction, Transaction, TransactionV0};
use near_primitives::types::{
    AccountId, Balance, BlockReference, EpochReference, ValidatorKickoutReason,
};
use near_primitives::views::{EpochValidatorInfo, FinalExecutionStatus};
use sealwright_engine::{Chain, Config, ValidatorConfig};

const EPOCH: u64 = 20;

fn id(name: &str) -> AccountId {
    name.parse().unwrap()
}

fn signer(name: &str) -> Signer {
    InMemorySigner::from_seed(id(name), KeyType::ED25519, name)
}

fn account(name: &str, near: u128, locked: u128) -> [StateRecord; 2] {
    let (amount, locked) = (Balance::from_near(near), Balance::from_near(locked));
    let account = Account::new(amount, locked, AccountContract::None, 182);
    let account_id = id(name);
    let public_key = signer(name).public_key();
    let key = StateRecord::access_key(account_id.clone(), public_key, AccessKey::full_access());
    [
        StateRecord::Account {
            account_id,
            account,
        },
        key,
    ]
}

fn chain() -> Chain {
    let records = [
        account("validator", 10, 1_000_000),
        account("staker", 2_000_000, 0),
        account("treasury", 1, 0),
    ];
    Chain::new(Config {
        records: records.concat(),
        validators: vec![ValidatorConfig {
            account_id: id("validator"),
            public_key: signer("validator").public_key(),
            stake: Balance::from_near(1_000_000),
        }],
        protocol_treasury_account: Some(id("treasury")),
        epoch_length: EPOCH,
        ..Config::default()
    })
}

fn view(chain: &Chain, name: &str) -> (Balance, Balance) {
    let account = chain.view_account(&id(name), &BlockReference::latest());
    let account = account.unwrap().value;
    (account.amount, account.locked)
}

fn stake(chain: &mut Chain, name: &str, nonce: u64, near: u128) {
    let signer = signer(name);
    let action = StakeAction {
        stake: Balance::from_near(near),
        public_key: signer.public_key(),
    };
    let tx = Transaction::V0(TransactionV0 {
        signer_id: id(name),
        public_key: signer.public_key(),
        nonce,
        receiver_id: id(name),
        block_hash: chain.head().hash,
        actions: vec![Action::Stake(Box::new(action))],
    });
    let (hash, _) = tx.get_hash_and_size();
    let signed = SignedTransaction::new(signer.sign(hash.as_ref()), tx);
    let hash = chain.submit(signed).unwrap();
    chain.produce_blocks(3);
    let outcome = chain.final_outcome(&hash).unwrap().final_outcome;
    let succeeded = matches!(outcome.status, FinalExecutionStatus::SuccessValue(_));
    assert!(succeeded, "{:?}", outcome.status);
}

fn info(chain: &Chain) -> EpochValidatorInfo {
    chain.validators(&EpochReference::Latest).unwrap()
}

fn names(info: &EpochValidatorInfo) -> Vec<&str> {
    let validators = info.current_validators.iter();
    validators.map(|v| v.account_id.as_str()).collect()
}

fn to_epoch(chain: &mut Chain, number: u64) {
    let first = 1 + (number - 1) * EPOCH;
    chain.produce_blocks(first - chain.head().height);
    assert_eq!(info(chain).epoch_start_height, first);
}

#[test]
fn a_staker_validates_two_epochs_later_and_earns() {
    let mut chain = chain();
    stake(&mut chain, "staker", 1, 1_500_000);
    assert_eq!(view(&chain, "staker").1, Balance::from_near(1_500_000));
    let proposals = info(&chain).current_proposals;
    assert_eq!(proposals[0].account_id(), &id("staker"));

    to_epoch(&mut chain, 2);
    assert_eq!(names(&info(&chain)), ["validator"]);
    assert_eq!(info(&chain).next_validators[0].account_id, id("staker"));
    to_epoch(&mut chain, 3);
    assert_eq!(names(&info(&chain)), ["staker", "validator"]);

    let before = view(&chain, "staker").1;
    to_epoch(&mut chain, 4);
    let reward = view(&chain, "staker").1.checked_sub(before).unwrap();
    let paid = info(&chain);
    to_epoch(&mut chain, 5);
    assert_eq!(paid.validator_reward_paid_prev_epoch.len(), 2);
    let paid = info(&chain).validator_reward_paid_prev_epoch;
    assert_eq!(paid[&id("staker")], reward);
    assert!(reward > paid[&id("validator")], "by stake");
    assert!(chain.total_supply_check().holds());
}

#[test]
fn unstaked_near_returns_when_no_epoch_counts_on_it() {
    let mut chain = chain();
    stake(&mut chain, "staker", 1, 1_500_000);
    to_epoch(&mut chain, 3);
    stake(&mut chain, "staker", 2, 0);
    // It validates in epochs 3 and 4 and was chosen for 5 by epoch 3's end.
    for epoch in [4, 5] {
        to_epoch(&mut chain, epoch);
        assert!(view(&chain, "staker").1 >= Balance::from_near(1_500_000));
    }
    assert_eq!(names(&info(&chain)), ["validator"]);
    to_epoch(&mut chain, 6);
    assert_eq!(view(&chain, "staker").1, Balance::ZERO);
    assert!(view(&chain, "staker").0 > Balance::from_near(1_999_999));
    assert!(chain.total_supply_check().holds());
}

#[test]
fn the_supply_grows_by_what_an_epoch_earned() {
    let mut chain = chain();
    let supply = |chain: &Chain| {
        let latest = BlockReference::latest();
        chain.block(&latest).unwrap().header.total_supply
    };
    chain.produce_blocks(EPOCH);
    let (before, treasury) = (supply(&chain), view(&chain, "treasury").0);
    chain.produce_block();
    let minted = supply(&chain).checked_sub(before).unwrap();
    // A fortieth of 3,000,011 NEAR a year, for 20 seconds.
    let expected = before.as_yoctonear() / 40 * 20 / (365 * 24 * 60 * 60);
    assert!(minted.as_yoctonear().abs_diff(expected) < 100, "{minted}");
    let paid = view(&chain, "treasury").0.checked_sub(treasury).unwrap();
    assert!(paid.as_yoctonear().abs_diff(expected / 10) < 100, "{paid}");
    let check = chain.total_supply_check();
    assert!(check.holds());
    assert!(check.minted.as_yoctonear().abs_diff(expected) < 100);
}

#[test]
fn a_jump_over_epochs_ends_one_and_kicks_out_who_was_absent() {
    let mut chain = chain();
    stake(&mut chain, "staker", 1, 1_500_000);
    to_epoch(&mut chain, 3);
    chain.fast_forward(1_000_000_000);
    chain.produce_blocks(4);
    // The jump's block is final two blocks later; then the epoch ends.
    let head = chain.head();
    assert_eq!(info(&chain).epoch_start_height, head.height);
    assert_eq!(head.epoch_height, 3);
    let kickouts = info(&chain).prev_epoch_kickout;
    assert_eq!(kickouts.len(), 1, "one of the two stays");
    assert!(matches!(
        kickouts[0].reason,
        ValidatorKickoutReason::NotEnoughBlocks { .. }
    ));
    chain.produce_blocks(EPOCH);
    assert_eq!(info(&chain).current_validators.len(), 1);
    assert!(chain.total_supply_check().holds());
}

#[test]
fn past_epochs_are_known_by_id_and_by_their_last_block() {
    let mut chain = chain();
    let first = chain.head().epoch_id;
    to_epoch(&mut chain, 2);
    let by_id = chain.validators(&EpochReference::EpochId(first)).unwrap();
    assert_eq!(by_id.epoch_start_height, 1);
    assert_eq!(by_id.current_validators[0].num_produced_blocks, EPOCH);
    let by_block = |height| {
        use near_primitives::types::BlockId;
        chain.validators(&EpochReference::BlockId(BlockId::Height(height)))
    };
    assert_eq!(by_block(EPOCH).unwrap(), by_id);
    assert!(by_block(EPOCH - 1).is_err());
}

#[test]
fn snapshots_keep_epochs() {
    let mut chain = chain();
    chain.produce_blocks(EPOCH - 1);
    let snapshot = chain.snapshot();
    to_epoch(&mut chain, 3);
    let there = info(&chain);
    chain.rollback(&snapshot);
    assert_eq!(info(&chain).epoch_start_height, 1);
    to_epoch(&mut chain, 3);
    assert_eq!(info(&chain), there);
}
