//! Global contracts (NEP-591).

use crate::support::wasm::{contract, write};
use crate::support::*;
use near_primitives::account::AccessKey;
use near_primitives::action::{GlobalContractDeployMode as Mode, GlobalContractIdentifier};
use near_primitives::errors::ActionErrorKind;
use near_primitives::hash::{hash, CryptoHash};
use near_primitives::state_record::StateRecord;
use near_primitives::types::Balance;
use sealwright_engine::chain::QueryError;

const NONE: Balance = Balance::ZERO;

fn code(value: &[u8]) -> Vec<u8> {
    contract(&[("run", vec![write(b"k", value)])])
}

fn by_account(name: &str) -> GlobalContractIdentifier {
    GlobalContractIdentifier::AccountId(id(name))
}

fn by_hash(code: &[u8]) -> GlobalContractIdentifier {
    GlobalContractIdentifier::CodeHash(hash(code))
}

#[test]
fn code_costs_its_bytes_and_is_there_in_the_next_block() {
    let mut world = World::new(86);
    let first = code(b"1");
    let tx = world.sign(
        "alice",
        "alice",
        vec![deploy_global(first.clone(), Mode::CodeHash)],
    );
    let hash = world.chain.submit(tx).unwrap();
    world.blocks(1);
    let view = |world: &World| {
        let found = world
            .chain
            .view_global_contract_code(by_hash(&first), &latest());
        found.map(|found| found.value.code)
    };
    assert!(matches!(
        view(&world),
        Err(QueryError::NoGlobalContractCode { .. })
    ));
    let burnt = world.done(&hash).receipts[0].outcome.tokens_burnt;
    // 0.0001 NEAR a byte.
    let price = Balance::from_yoctonear(100_000_000_000_000_000_000 * first.len() as u128);
    assert!(burnt > price && burnt < price.saturating_add(Balance::from_millinear(1)));
    world.blocks(1);
    assert_eq!(view(&world).unwrap(), first);
}

#[test]
fn update_reaches_the_users_of_the_account_but_not_of_the_hash() {
    let mut world = World::new(86);
    let (first, second) = (code(b"1"), code(b"2"));
    for mode in [Mode::CodeHash, Mode::AccountId] {
        world
            .send("alice", "alice", vec![deploy_global(first.clone(), mode)])
            .ok();
    }
    world
        .send("bob", "bob", vec![use_global(by_hash(&first))])
        .ok();
    world
        .send("carol", "carol", vec![use_global(by_account("alice"))])
        .ok();
    world
        .send(
            "alice",
            "alice",
            vec![deploy_global(second.clone(), Mode::AccountId)],
        )
        .ok();
    for user in ["bob", "carol"] {
        world.send("dave", user, vec![call("run", NONE)]).ok();
    }
    assert_eq!(world.stored("bob", b"k").unwrap(), b"1");
    assert_eq!(world.stored("carol", b"k").unwrap(), b"2");
    let found = world.chain.view_code(&id("carol"), &latest()).unwrap();
    assert_eq!(found.value.code, second);
}

#[test]
fn last_of_two_deployments_in_one_block_stays() {
    let mut world = World::new(86);
    let (first, second) = (code(b"1"), code(b"2"));
    let actions = vec![
        deploy_global(first, Mode::AccountId),
        deploy_global(second.clone(), Mode::AccountId),
    ];
    world.send("alice", "alice", actions).ok();
    let found = world
        .chain
        .view_global_contract_code(by_account("alice"), &latest())
        .unwrap();
    assert_eq!(found.value.code, second);
}

#[test]
fn users_are_billed_for_the_name_alone() {
    let mut world = World::new(86);
    let shared = code(b"1");
    let usage = world.account("bob").storage_usage;
    for mode in [Mode::CodeHash, Mode::AccountId] {
        world
            .send("alice", "alice", vec![deploy_global(shared.clone(), mode)])
            .ok();
    }
    let mut after = |action| {
        world.send("bob", "bob", vec![action]).ok();
        world.account("bob").storage_usage - usage
    };
    assert_eq!(after(deploy(shared.clone())), shared.len() as u64);
    assert_eq!(after(use_global(by_hash(&shared))), 32);
    assert_eq!(after(use_global(by_account("alice"))), 5);
    assert_eq!(after(deploy(shared.clone())), shared.len() as u64);
}

#[test]
fn code_that_was_never_deployed_cannot_be_used() {
    let mut world = World::new(86);
    for identifier in [
        by_account("carol"),
        GlobalContractIdentifier::CodeHash(CryptoHash::default()),
    ] {
        let done = world.send("bob", "bob", vec![use_global(identifier.clone())]);
        let error = ActionErrorKind::GlobalContractDoesNotExist { identifier };
        assert_eq!(done.failure(), (Some(0), error));
    }
}

#[test]
fn only_the_account_itself_deploys_and_uses() {
    let mut world = World::new(86);
    for action in [
        deploy_global(code(b"1"), Mode::AccountId),
        use_global(by_account("alice")),
    ] {
        let done = world.send("bob", "alice", vec![action]);
        assert!(matches!(
            done.failure().1,
            ActionErrorKind::ActorNoPermission { .. }
        ));
    }
}

#[test]
fn price_must_be_there() {
    let some = Balance::from_millinear(20);
    let access_key = StateRecord::access_key(id("poor"), key("poor"), AccessKey::full_access());
    let mut world = World::with(86, vec![account_record("poor", some, 0), access_key]);
    let large = vec![0; 1_000];
    let done = world.send("poor", "poor", vec![deploy_global(large, Mode::CodeHash)]);
    let error = ActionErrorKind::LackBalanceForState {
        account_id: id("poor"),
        amount: Balance::from_millinear(100),
    };
    assert_eq!(done.failure(), (Some(0), error));
}
