//! Universal accounts, from version 88 on.

use crate::support::wasm::{contract, write};
use crate::support::*;
use near_primitives::account::{AccessKey, AccountState};
use near_primitives::action::{
    Action, GlobalContractDeployMode, GlobalContractIdentifier, UniversalStateInitAction,
};
use near_primitives::errors::*;
use near_primitives::types::Balance;
use near_primitives::universal_state_init::{
    RawStateInit, UniversalStateInit, UniversalStateInitV1,
};
use near_primitives::utils::derive_universal_account_id;

const NONE: Balance = Balance::ZERO;

/// A state with one key, and Alice's global contract or none.
fn state(seed: &str, with_code: bool) -> RawStateInit {
    let alice = GlobalContractIdentifier::AccountId(id("alice"));
    UniversalStateInit::V1(UniversalStateInitV1 {
        code: with_code.then_some(alice),
        data: [(b"owner".to_vec(), seed.as_bytes().to_vec())].into(),
        access_keys: [key(seed).into()].into(),
    })
    .to_raw()
}

fn name_of(state: &RawStateInit) -> String {
    derive_universal_account_id(state).to_string()
}

fn init(state_init: &RawStateInit, deposit: Balance) -> Action {
    Action::UniversalStateInit(Box::new(UniversalStateInitAction {
        state_init: state_init.clone(),
        deposit,
    }))
}

fn world() -> World {
    let mut world = World::new(88);
    let code = contract(&[("run", vec![write(b"k", b"ran")])]);
    let deploy = deploy_global(code, GlobalContractDeployMode::AccountId);
    world.send("alice", "alice", vec![deploy]).ok();
    world
}

#[test]
fn account_starts_with_its_code_data_and_keys() {
    let mut world = world();
    let state = state("owner", true);
    let name = name_of(&state);
    let actions = vec![transfer(near(2)), init(&state, NONE), call("run", NONE)];
    world.send("bob", &name, actions).ok();
    assert_eq!(world.stored(&name, b"owner").unwrap(), b"owner");
    assert_eq!(world.stored(&name, b"k").unwrap(), b"ran");
    let account = world.account(&name);
    let bytes = 100 + 5 + (5 + 5 + 40) + (33 + 9 + 40) + (1 + 3 + 40);
    assert_eq!(account.storage_usage, bytes);
    let nonce = world.fresh_nonce();
    let own = signer(&name, "owner");
    let tx = world.sign_with(&own, "bob", nonce, vec![transfer(near(1))]);
    world.run(tx).ok();
}

#[test]
fn funded_account_waits_for_its_state() {
    let mut world = world();
    let state = state("owner", false);
    let name = name_of(&state);
    world.send("bob", &name, vec![transfer(near(2))]).ok();
    let account = world.account(&name);
    assert_eq!(account.state, AccountState::Uninitialized);
    assert_eq!((account.amount, account.storage_usage), (near(2), 100));
    let done = world.send("bob", &name, vec![call("run", NONE)]);
    let account_id = id(&name);
    let error = ActionErrorKind::AccountNotInitialized { account_id };
    assert_eq!(done.failure(), (Some(0), error));
    world.send("bob", &name, vec![transfer(near(1))]).ok();
    assert_eq!(world.account(&name).amount, near(3));
}

#[test]
fn first_transaction_of_a_funded_account_brings_its_state_once() {
    let mut world = world();
    let state = state("owner", false);
    let name = name_of(&state);
    world.send("bob", &name, vec![transfer(near(2))]).ok();
    let current = world.account(&name).bootstrap_nonce.expect("it waits");
    let own = signer(&name, "owner");
    let actions = vec![init(&state, NONE)];
    let skipping = world.sign_with(&own, &name, current + 2, actions.clone());
    assert!(matches!(
        world.chain.submit(skipping),
        Err(InvalidTxError::InvalidNonce { .. })
    ));
    let stranger = world.sign_with(&signer(&name, "thief"), &name, current + 1, actions.clone());
    assert!(matches!(
        world.chain.submit(stranger),
        Err(InvalidTxError::InvalidAccessKeyError(
            InvalidAccessKeyError::AccessKeyNotFound { .. }
        ))
    ));
    let tx = world.sign_with(&own, &name, current + 1, actions.clone());
    world.run(tx).ok();
    assert_eq!(world.account(&name).state, AccountState::Initialized);
    // Another transaction with the same nonce is spent, too.
    let again = world.sign_with(&own, "bob", current + 1, vec![]);
    assert!(matches!(
        world.chain.submit(again),
        Err(InvalidTxError::InvalidNonce { .. })
    ));
}

#[test]
fn failed_first_transaction_spends_its_nonce() {
    let mut world = world();
    let missing = GlobalContractIdentifier::AccountId(id("carol"));
    let state = UniversalStateInit::V1(UniversalStateInitV1 {
        code: Some(missing.clone()),
        data: Default::default(),
        access_keys: [key("owner").into()].into(),
    })
    .to_raw();
    let name = name_of(&state);
    world.send("bob", &name, vec![transfer(near(2))]).ok();
    let current = world.account(&name).bootstrap_nonce.unwrap();
    let own = signer(&name, "owner");
    let tx = world.sign_with(&own, &name, current + 1, vec![init(&state, NONE)]);
    let done = world.run(tx);
    let error = ActionErrorKind::GlobalContractDoesNotExist {
        identifier: missing,
    };
    assert_eq!(done.failure(), (Some(0), error));
    assert_eq!(world.account(&name).bootstrap_nonce, Some(current + 1));
}

#[test]
fn who_brings_the_state_does_not_own_the_account() {
    let mut world = world();
    let state = state("owner", false);
    let name = name_of(&state);
    let theft = add_key(key("bob"), AccessKey::full_access());
    let done = world.send("bob", &name, vec![init(&state, NONE), theft]);
    assert!(matches!(
        done.failure(),
        (Some(1), ActionErrorKind::ActorNoPermission { .. })
    ));
}

#[test]
fn repeated_state_gives_the_whole_deposit_back() {
    let mut world = world();
    let state = state("owner", false);
    let name = name_of(&state);
    world.send("bob", &name, vec![init(&state, NONE)]).ok();
    let before = world.account(&name).amount;
    world.send("carol", &name, vec![init(&state, near(1))]).ok();
    assert_eq!(world.account(&name).amount, before);
}

#[test]
fn state_must_match_the_id_and_be_written_in_one_way() {
    let mut world = world();
    let state = state("owner", false);
    let mut refusal = |receiver: &str, state: &RawStateInit| match world.refusal(
        "bob",
        receiver,
        vec![init(state, NONE)],
    ) {
        InvalidTxError::ActionsValidation(error) => error,
        other => panic!("{other}"),
    };
    assert!(matches!(
        refusal("carol", &state),
        ActionsValidationError::InvalidUniversalStateInitReceiver { .. }
    ));
    let mut trailing = state.clone();
    trailing.0.push(0);
    let malformed = ActionsValidationError::MalformedUniversalStateInit;
    assert_eq!(refusal(&name_of(&trailing), &trailing), malformed);
    // Two equal entries decode, but are not written like this again.
    let entry = [1u32.to_le_bytes().as_slice(), b"k", &0u32.to_le_bytes()].concat();
    let twice = [
        &[0, 0],
        2u32.to_le_bytes().as_slice(),
        &entry,
        &entry,
        &[0; 4],
    ]
    .concat();
    let twice = RawStateInit(twice);
    assert_eq!(refusal(&name_of(&twice), &twice), malformed);
}

#[test]
fn earlier_versions_know_no_universal_accounts() {
    let state = state("owner", false);
    let name = name_of(&state);
    for version in [86, 87] {
        let mut world = World::new(version);
        let error = world.refusal("bob", &name, vec![init(&state, NONE)]);
        let expected = ActionsValidationError::UnsupportedProtocolFeature {
            protocol_feature: "UniversalAccounts".into(),
            version,
        };
        assert_eq!(error, InvalidTxError::ActionsValidation(expected));
    }
    let done = World::new(86).send("bob", &name, vec![transfer(near(1))]);
    assert!(matches!(
        done.failure().1,
        ActionErrorKind::AccountDoesNotExist { .. }
    ));
    let error = World::new(87).refusal("bob", &name, vec![transfer(near(1))]);
    let account_id = id(&name);
    let expected = ActionsValidationError::TransferToUniversalAccountNotAllowed { account_id };
    assert_eq!(error, InvalidTxError::ActionsValidation(expected));
}
