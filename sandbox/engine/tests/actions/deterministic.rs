//! Deterministic accounts (NEP-616).

use crate::support::wasm::{contract, write};
use crate::support::*;
use near_primitives::account::AccessKey;
use near_primitives::action::delegate::{DelegateAction, SignedDelegateAction};
use near_primitives::action::{
    Action, DeterministicStateInitAction, GlobalContractDeployMode, GlobalContractIdentifier,
};
use near_primitives::deterministic_account_id::{
    DeterministicAccountStateInit, DeterministicAccountStateInitV1,
};
use near_primitives::errors::*;
use near_primitives::types::Balance;
use near_primitives::utils::derive_near_deterministic_account_id;

const NONE: Balance = Balance::ZERO;

fn state(data: &[(&[u8], &[u8])]) -> DeterministicAccountStateInit {
    let entries = data
        .iter()
        .map(|(key, value)| (key.to_vec(), value.to_vec()));
    DeterministicAccountStateInit::V1(DeterministicAccountStateInitV1 {
        code: GlobalContractIdentifier::AccountId(id("alice")),
        data: entries.collect(),
    })
}

fn init(state_init: &DeterministicAccountStateInit, deposit: Balance) -> Action {
    Action::DeterministicStateInit(Box::new(DeterministicStateInitAction {
        state_init: state_init.clone(),
        deposit,
    }))
}

/// Alice has deployed a contract that any account may use.
fn world(version: u32) -> World {
    let mut world = World::new(version);
    let code = contract(&[("run", vec![write(b"k", b"ran")])]);
    let deploy = deploy_global(code, GlobalContractDeployMode::AccountId);
    world.send("alice", "alice", vec![deploy]).ok();
    world
}

#[test]
fn account_starts_with_its_code_and_data_and_keeps_no_deposit_it_does_not_need() {
    let mut world = world(86);
    let state = state(&[(b"owner", b"bob")]);
    let name = derive_near_deterministic_account_id(&state).to_string();
    let actions = vec![init(&state, near(1)), call("run", NONE)];
    world.send("bob", &name, actions).ok();
    assert_eq!(world.stored(&name, b"owner").unwrap(), b"bob");
    assert_eq!(world.stored(&name, b"k").unwrap(), b"ran");
    let account = world.account(&name);
    // The record, its name for the code, and the two entries.
    assert_eq!(account.storage_usage, 100 + 5 + (5 + 3 + 40) + (1 + 3 + 40));
    assert!(account.amount < Balance::from_millinear(1));
}

#[test]
fn second_init_changes_nothing_and_gives_the_deposit_back() {
    let mut world = world(86);
    let state = state(&[(b"k", b"first")]);
    let name = derive_near_deterministic_account_id(&state).to_string();
    world
        .send("bob", &name, vec![init(&state, NONE), call("run", NONE)])
        .ok();
    let before = world.account("carol").amount;
    let done = world.send("carol", &name, vec![init(&state, near(3))]).ok();
    assert_eq!(world.stored(&name, b"k").unwrap(), b"ran");
    let refund = before.saturating_sub(world.account("carol").amount);
    assert!(
        refund < Balance::from_millinear(10),
        "only gas was paid: {refund}"
    );
    assert_eq!(done.receipts.len(), 3, "the deposit's refund and the gas's");
}

#[test]
fn deposit_must_cover_large_data() {
    let mut world = world(86);
    let large = state(&[(b"k", &[7; 2_000])]);
    let name = derive_near_deterministic_account_id(&large).to_string();
    let lacking = Balance::from_yoctonear(10u128.pow(19) * (100 + 5 + 1 + 2_000 + 40));
    let done = world.send("bob", &name, vec![init(&large, Balance::from_millinear(5))]);
    let error = ActionErrorKind::LackBalanceForState {
        account_id: id(&name),
        amount: lacking,
    };
    assert_eq!(done.failure(), (Some(0), error));
    assert!(!world.exists(&name));
    world.send("bob", &name, vec![init(&large, near(1))]).ok();
    assert_eq!(world.account(&name).amount, lacking);
}

#[test]
fn who_brings_the_state_does_not_own_the_account() {
    let mut world = world(86);
    let state = state(&[]);
    let name = derive_near_deterministic_account_id(&state).to_string();
    let theft = add_key(key("bob"), AccessKey::full_access());
    let done = world.send("bob", &name, vec![init(&state, NONE), theft]);
    assert!(matches!(
        done.failure(),
        (Some(1), ActionErrorKind::ActorNoPermission { .. })
    ));
    assert!(!world.exists(&name));
}

#[test]
fn id_must_be_the_hash_of_the_state() {
    let mut world = world(86);
    let (one, other) = (state(&[]), state(&[(b"k", b"v")]));
    let name = derive_near_deterministic_account_id(&other).to_string();
    let error = world.refusal("bob", &name, vec![init(&one, NONE)]);
    assert!(matches!(
        error,
        InvalidTxError::ActionsValidation(
            ActionsValidationError::InvalidDeterministicStateInitReceiver { .. }
        )
    ));
}

#[test]
fn keys_of_the_state_have_the_length_of_storage_keys() {
    let mut world = world(86);
    let state = state(&[(&[1; 2_049], b"")]);
    let name = derive_near_deterministic_account_id(&state).to_string();
    let error = ActionsValidationError::DeterministicStateInitKeyLengthExceeded {
        length: 2_049,
        limit: 2_048,
    };
    assert_eq!(
        world.refusal("bob", &name, vec![init(&state, NONE)]),
        InvalidTxError::ActionsValidation(error)
    );
}

#[test]
fn state_can_be_delegated_from_version_85_on() {
    let send = |version| {
        let mut world = world(version);
        let state = state(&[]);
        let name = derive_near_deterministic_account_id(&state);
        let delegate = DelegateAction {
            sender_id: id("carol"),
            receiver_id: name.clone(),
            actions: vec![init(&state, NONE).try_into().unwrap()],
            nonce: world.next_nonce(),
            max_block_height: 1_000,
            public_key: key("carol"),
        };
        let signed = SignedDelegateAction::sign(&signer("carol", "carol"), delegate);
        let tx = world.sign("bob", "carol", vec![signed.into()]);
        let sent = world.chain.submit(tx);
        world.settle();
        (sent.is_ok(), world.exists(name.as_str()))
    };
    assert_eq!(send(84), (false, false), "the wrong receiver is looked at");
    assert_eq!(send(85), (true, true));
}
