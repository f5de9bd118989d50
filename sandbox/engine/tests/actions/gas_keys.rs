//! Gas keys (NEP-611).

use crate::support::*;
use near_crypto::Signer;
use near_primitives::account::{
    AccessKey, AccessKeyPermission, FunctionCallPermission, GasKeyInfo,
};
use near_primitives::action::delegate::{
    DelegateAction, DelegateActionV2, SignedDelegateAction, VersionedSignedDelegateAction,
};
use near_primitives::action::{Action, TransferToGasKeyAction, WithdrawFromGasKeyAction};
use near_primitives::errors::*;
use near_primitives::transaction::TransactionNonce;
use near_primitives::types::{Balance, NonceIndex};
use near_primitives::views::AccessKeyPermissionView;
use sealwright_engine::chain::QueryError;

const GAS_KEY: &str = "gaskey";

fn gas_signer() -> Signer {
    signer("alice", GAS_KEY)
}

fn fund(amount: Balance) -> Action {
    Action::TransferToGasKey(Box::new(TransferToGasKeyAction {
        public_key: key(GAS_KEY),
        deposit: amount,
    }))
}

fn withdraw(amount: Balance) -> Action {
    Action::WithdrawFromGasKey(Box::new(WithdrawFromGasKeyAction {
        public_key: key(GAS_KEY),
        amount,
    }))
}

/// Alice has a gas key with three nonces and this balance.
fn world(balance: Balance) -> World {
    let mut world = World::new(86);
    let add = add_key(key(GAS_KEY), AccessKey::gas_key_full_access(3));
    world.send("alice", "alice", vec![add, fund(balance)]).ok();
    world
}

fn balance(world: &World) -> Balance {
    let found = world
        .chain
        .view_access_key(&id("alice"), &key(GAS_KEY), &latest())
        .expect("the key exists");
    match found.value.permission {
        AccessKeyPermissionView::GasKeyFullAccess { balance, .. } => balance,
        other => panic!("no gas key: {other:?}"),
    }
}

fn nonces(world: &World) -> Vec<u64> {
    let found = world
        .chain
        .view_gas_key_nonces(&id("alice"), &key(GAS_KEY), &latest());
    found.expect("it is a gas key").value.nonces
}

#[test]
fn nonces_of_one_key_count_independently() {
    let mut world = world(near(1));
    let first = nonces(&world);
    assert_eq!(first.len(), 3);
    let mut sent = Vec::new();
    for index in [2, 0] {
        let nonce = first[0] + 1;
        let tx = world.sign_indexed(&gas_signer(), "bob", nonce, index, vec![transfer(near(1))]);
        sent.push(world.chain.submit(tx).unwrap());
    }
    world.settle();
    for hash in sent {
        world.done(&hash).ok();
    }
    assert_eq!(nonces(&world), [first[0] + 1, first[0], first[0] + 1]);
    let again = world.sign_indexed(&gas_signer(), "bob", first[0] + 1, 2, vec![]);
    assert!(matches!(
        world.chain.submit(again),
        Err(InvalidTxError::InvalidNonce { .. })
    ));
}

#[test]
fn key_pays_the_gas_and_gets_the_refund_and_the_account_pays_the_deposit() {
    let mut world = world(near(1));
    let before = world.account("alice").amount;
    let nonce = world.fresh_nonce();
    let tx = world.sign_indexed(&gas_signer(), "bob", nonce, 0, vec![transfer(near(5))]);
    let done = world.run(tx).ok();
    let burnt = done
        .receipts
        .iter()
        .fold(done.transaction.outcome.tokens_burnt, |sum, receipt| {
            sum.saturating_add(receipt.outcome.tokens_burnt)
        });
    assert_eq!(balance(&world), near(1).saturating_sub(burnt));
    assert_eq!(
        world.account("alice").amount,
        before.saturating_sub(near(5))
    );
}

#[test]
fn refund_of_a_key_that_is_gone_goes_to_the_account() {
    let mut world = world(near(1));
    let nonce = world.fresh_nonce();
    let tx = world.sign_indexed(&gas_signer(), "bob", nonce, 0, vec![transfer(near(1))]);
    let hash = world.chain.submit(tx).unwrap();
    world.blocks(1);
    let delete = world.sign("alice", "alice", vec![delete_key(key(GAS_KEY))]);
    let deleted = world.chain.submit(delete).unwrap();
    world.settle();
    world.done(&deleted).ok();
    let done = world.done(&hash).ok();
    assert_eq!(done.receipts.len(), 2, "the refund ran");
}

#[test]
fn gas_key_needs_an_index_in_its_range_and_other_keys_none() {
    let mut world = world(near(1));
    let nonce = world.fresh_nonce();
    let error = |tx_nonce_index, num_nonces| InvalidTxError::InvalidNonceIndex {
        tx_nonce_index,
        num_nonces,
    };
    let too_high = world.sign_indexed(&gas_signer(), "bob", nonce, 3, vec![]);
    assert_eq!(world.chain.submit(too_high), Err(error(Some(3), 3)));
    let none = world.sign_with(&gas_signer(), "bob", nonce, vec![]);
    assert_eq!(world.chain.submit(none), Err(error(None, 3)));
    let ordinary = world.sign_indexed(&signer("alice", "alice"), "bob", nonce, 0, vec![]);
    assert_eq!(world.chain.submit(ordinary), Err(error(Some(0), 0)));
}

#[test]
fn neither_balance_pays_for_the_other() {
    let mut poor_key = world(Balance::from_yoctonear(1));
    let nonce = poor_key.fresh_nonce();
    let tx = poor_key.sign_indexed(&gas_signer(), "bob", nonce, 0, vec![]);
    assert!(matches!(
        poor_key.chain.submit(tx),
        Err(InvalidTxError::NotEnoughGasKeyBalance { .. })
    ));
    let mut poor_account = world(near(900));
    let nonce = poor_account.fresh_nonce();
    let actions = vec![transfer(near(200))];
    let tx = poor_account.sign_indexed(&gas_signer(), "bob", nonce, 0, actions);
    assert!(matches!(
        poor_account.chain.submit(tx),
        Err(InvalidTxError::NotEnoughBalanceForDeposit {
            reason: DepositCostFailureReason::NotEnoughBalance,
            ..
        })
    ));
}

#[test]
fn anybody_may_fund_a_gas_key_and_only_its_account_withdraws() {
    let mut world = world(near(1));
    world.send("bob", "alice", vec![fund(near(2))]).ok();
    assert_eq!(balance(&world), near(3));
    let stolen = world.send("bob", "alice", vec![withdraw(near(1))]);
    assert!(matches!(
        stolen.failure(),
        (Some(0), ActionErrorKind::ActorNoPermission { .. })
    ));
    let before = world.account("alice").amount;
    let done = world.send("alice", "alice", vec![withdraw(near(2))]).ok();
    assert_eq!(balance(&world), near(1));
    let cost = done.transaction.outcome.tokens_burnt;
    let cost = done.receipts.iter().fold(cost, |sum, receipt| {
        sum.saturating_add(receipt.outcome.tokens_burnt)
    });
    let after = before.saturating_add(near(2)).saturating_sub(cost);
    assert_eq!(world.account("alice").amount, after);
    let too_much = world.send("alice", "alice", vec![withdraw(near(2))]);
    assert!(matches!(
        too_much.failure().1,
        ActionErrorKind::InsufficientGasKeyBalance { .. }
    ));
}

#[test]
fn ordinary_key_cannot_be_funded() {
    let mut world = World::new(86);
    let action = Action::TransferToGasKey(Box::new(TransferToGasKeyAction {
        public_key: key("alice"),
        deposit: near(1),
    }));
    let done = world.send("bob", "alice", vec![action]);
    assert!(matches!(
        done.failure().1,
        ActionErrorKind::GasKeyDoesNotExist { .. }
    ));
}

#[test]
fn deleting_a_key_burns_up_to_one_near_and_frees_its_bytes() {
    let mut world = World::new(86);
    let usage = world.account("alice").storage_usage;
    let add = add_key(key(GAS_KEY), AccessKey::gas_key_full_access(2));
    world.send("alice", "alice", vec![add, fund(near(1))]).ok();
    // Key, record and overhead, and for each nonce key, index, value, overhead.
    let bytes = (33 + 27 + 40) + 2 * (33 + 2 + 8 + 40);
    assert_eq!(world.account("alice").storage_usage, usage + bytes);
    let done = world
        .send("alice", "alice", vec![delete_key(key(GAS_KEY))])
        .ok();
    assert!(done.receipts[0].outcome.tokens_burnt > near(1));
    assert_eq!(world.account("alice").storage_usage, usage);
    let error = world
        .chain
        .view_gas_key_nonces(&id("alice"), &key(GAS_KEY), &latest());
    assert!(matches!(error, Err(QueryError::UnknownGasKey { .. })));
}

#[test]
fn richer_keys_are_not_deleted() {
    let rich = near(1).saturating_add(Balance::from_yoctonear(1));
    let mut world = world(rich);
    let done = world.send("alice", "alice", vec![delete_key(key(GAS_KEY))]);
    let expected = ActionErrorKind::GasKeyBalanceTooHigh {
        account_id: id("alice"),
        public_key: Some(Box::new(key(GAS_KEY))),
        balance: rich,
    };
    assert_eq!(done.failure(), (Some(0), expected));
    let done = world.send("alice", "alice", vec![delete_account("bob")]);
    let expected = ActionErrorKind::GasKeyBalanceTooHigh {
        account_id: id("alice"),
        public_key: None,
        balance: rich,
    };
    assert_eq!(done.failure(), (Some(0), expected));
}

#[test]
fn deleting_the_account_burns_its_gas_keys() {
    let mut world = world(near(1));
    let done = world.send("alice", "alice", vec![delete_account("bob")]);
    assert!(done.receipts[0].outcome.tokens_burnt > near(1));
    assert!(!world.exists("alice"));
}

#[test]
fn ill_formed_gas_keys_are_refused() {
    let mut world = World::new(86);
    let mut refusal = |access_key: AccessKey| {
        let error = world.refusal("alice", "alice", vec![add_key(key(GAS_KEY), access_key)]);
        match error {
            InvalidTxError::ActionsValidation(error) => error,
            other => panic!("{other}"),
        }
    };
    let nonces = |requested_nonces: NonceIndex| ActionsValidationError::GasKeyInvalidNumNonces {
        requested_nonces,
        limit: 1024,
    };
    assert_eq!(refusal(AccessKey::gas_key_full_access(0)), nonces(0));
    assert_eq!(refusal(AccessKey::gas_key_full_access(1025)), nonces(1025));
    let info = GasKeyInfo {
        balance: near(1),
        num_nonces: 1,
    };
    let funded = AccessKey {
        nonce: 0,
        permission: AccessKeyPermission::GasKeyFullAccess(info),
    };
    let error = ActionsValidationError::AddGasKeyWithNonZeroBalance { balance: near(1) };
    assert_eq!(refusal(funded), error);
    let permission = FunctionCallPermission {
        allowance: Some(near(1)),
        receiver_id: "bob".into(),
        method_names: vec![],
    };
    let error = ActionsValidationError::GasKeyFunctionCallAllowanceNotAllowed;
    assert_eq!(
        refusal(AccessKey::gas_key_function_call(1, permission)),
        error
    );
}

#[test]
fn limited_gas_key_signs_only_what_it_names() {
    let mut world = World::new(86);
    let permission = FunctionCallPermission {
        allowance: None,
        receiver_id: "bob".into(),
        method_names: vec!["run".into()],
    };
    let add = add_key(
        key(GAS_KEY),
        AccessKey::gas_key_function_call(1, permission),
    );
    world.send("alice", "alice", vec![add, fund(near(1))]).ok();
    let nonce = world.fresh_nonce();
    let none = Balance::ZERO;
    let tx = world.sign_indexed(&gas_signer(), "bob", nonce, 0, vec![call("run", none)]);
    assert!(world.chain.submit(tx).is_ok());
    let tx = world.sign_indexed(&gas_signer(), "bob", nonce, 0, vec![transfer(none)]);
    let error = InvalidAccessKeyError::RequiresFullAccess;
    assert_eq!(
        world.chain.submit(tx),
        Err(InvalidTxError::InvalidAccessKeyError(error))
    );
}

/// What Alice's gas key delegates, relayed by Bob.
fn relay(world: &mut World, nonce: TransactionNonce) -> Done {
    let delegate = DelegateActionV2 {
        sender_id: id("alice"),
        receiver_id: id("carol"),
        actions: vec![transfer(near(1)).try_into().unwrap()],
        nonce,
        max_block_height: 1_000,
        public_key: key(GAS_KEY),
    };
    let signed = VersionedSignedDelegateAction::sign(&gas_signer(), delegate.into());
    world.send("bob", "alice", vec![signed.into()])
}

#[test]
fn delegate_of_a_gas_key_spends_one_of_its_nonces() {
    let mut world = world(near(1));
    let nonce = world.fresh_nonce();
    relay(&mut world, TransactionNonce::from_nonce_and_index(nonce, 1)).ok();
    assert_eq!(nonces(&world)[1], nonce);
    assert_eq!(balance(&world), near(1), "the relayer paid");
    let again = relay(&mut world, TransactionNonce::from_nonce_and_index(nonce, 1));
    assert!(matches!(
        again.failure().1,
        ActionErrorKind::DelegateActionInvalidNonce { .. }
    ));
    let out_of_range = relay(&mut world, TransactionNonce::from_nonce_and_index(nonce, 3));
    let error = ActionErrorKind::DelegateActionInvalidNonceIndex {
        nonce_index: 3,
        num_nonces: 3,
    };
    assert_eq!(out_of_range.failure().1, error);
}

#[test]
fn delegate_names_the_kind_of_its_key() {
    let mut world = world(near(1));
    let nonce = world.fresh_nonce();
    let plain = relay(&mut world, TransactionNonce::from_nonce(nonce));
    let error = |error| ActionErrorKind::DelegateActionAccessKeyError(error);
    let wanted = InvalidAccessKeyError::DelegateActionRequiresNonGasKey;
    assert_eq!(plain.failure().1, error(wanted));
    let delegate = DelegateActionV2 {
        sender_id: id("alice"),
        receiver_id: id("carol"),
        actions: vec![],
        nonce: TransactionNonce::from_nonce_and_index(nonce, 0),
        max_block_height: 1_000,
        public_key: key("alice"),
    };
    let own = signer("alice", "alice");
    let signed = VersionedSignedDelegateAction::sign(&own, delegate.into());
    let done = world.send("bob", "alice", vec![signed.into()]);
    let wanted = InvalidAccessKeyError::DelegateActionRequiresGasKey;
    assert_eq!(done.failure().1, error(wanted));
}

#[test]
fn withdrawal_can_be_delegated_up_to_version_86() {
    let send = |version| {
        let mut world = World::new(version);
        let add = add_key(key(GAS_KEY), AccessKey::gas_key_full_access(1));
        world.send("alice", "alice", vec![add, fund(near(2))]).ok();
        let delegate = DelegateAction {
            sender_id: id("alice"),
            receiver_id: id("alice"),
            actions: vec![withdraw(near(1)).try_into().unwrap()],
            nonce: world.next_nonce(),
            max_block_height: 1_000,
            public_key: key("alice"),
        };
        let signed = SignedDelegateAction::sign(&signer("alice", "alice"), delegate);
        let tx = world.sign("bob", "alice", vec![signed.into()]);
        world.chain.submit(tx)
    };
    assert!(send(86).is_ok());
    let error = ActionsValidationError::WithdrawFromGasKeyNotAllowedInDelegate;
    assert_eq!(send(87), Err(InvalidTxError::ActionsValidation(error)));
}
