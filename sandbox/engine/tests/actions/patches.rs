//! Records that `patch_state` wrote and that do not fit the rest of the state.

use crate::support::wasm::{contract, remove, write};
use crate::support::*;
use near_primitives::account::{Account, AccountContract};
use near_primitives::errors::{ActionErrorKind, FunctionCallError};
use near_primitives::hash::hash;
use near_primitives::state_record::StateRecord;
use near_primitives::types::Balance;

const NONE: Balance = Balance::ZERO;

/// Bob's contract has stored 100 bytes; then his `storage_usage` is patched.
fn patched(storage_usage: u64) -> World {
    let mut world = World::new(86);
    let code = contract(&[
        ("put", vec![write(b"k", &[7; 100])]),
        ("take", vec![remove(b"k")]),
        ("idle", vec![]),
    ]);
    world
        .send("bob", "bob", vec![deploy(code.clone()), call("put", NONE)])
        .ok();
    let contract = AccountContract::Local(hash(&code));
    let account = Account::new(near(500), NONE, contract, storage_usage);
    let account_id = id("bob");
    world.chain.patch_state(vec![StateRecord::Account {
        account_id,
        account,
    }]);
    world.blocks(1);
    world
}

fn execution_error(done: &Done) -> String {
    match done.failure().1 {
        ActionErrorKind::FunctionCallError(FunctionCallError::ExecutionError(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn too_small_a_usage_fails_the_call_that_frees_more() {
    let mut world = patched(10);
    let done = world.send("alice", "bob", vec![call("take", NONE)]);
    let text = execution_error(&done);
    assert!(text.contains("storage_usage does not fit"), "{text}");
    assert!(world.stored("bob", b"k").is_some(), "nothing was removed");
    world.send("alice", "bob", vec![call("idle", NONE)]).ok();
    assert_eq!(
        world.account("bob").storage_usage,
        10,
        "it does not wrap around"
    );
}

#[test]
fn too_large_a_usage_fails_the_call_that_adds_to_it() {
    let mut world = patched(u64::MAX);
    let code = contract(&[("more", vec![write(b"other", b"v")])]);
    let record = StateRecord::Contract {
        account_id: id("bob"),
        code,
    };
    world.chain.patch_state(vec![record]);
    world.blocks(1);
    let done = world.send("alice", "bob", vec![call("more", NONE)]);
    assert!(execution_error(&done).contains("storage_usage does not fit"));
}

#[test]
fn removing_keys_and_code_never_goes_below_zero() {
    let mut world = patched(1);
    let code = contract(&[("put", vec![])]);
    let extra = add_key(
        key("extra"),
        near_primitives::account::AccessKey::full_access(),
    );
    world
        .send("bob", "bob", vec![deploy(code.clone()), extra])
        .ok();
    assert_eq!(world.account("bob").storage_usage, code.len() as u64 + 82);
    world
        .send(
            "bob",
            "bob",
            vec![delete_key(key("bob")), delete_key(key("extra"))],
        )
        .ok();
    assert_eq!(
        world.account("bob").storage_usage,
        (code.len() as u64).saturating_sub(82)
    );
}
