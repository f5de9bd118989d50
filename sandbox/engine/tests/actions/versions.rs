//! What the protocol versions 84 to 88 do differently, beyond their prices and
//! limits (which come from `RuntimeConfigStore`).

use crate::support::wasm::{contract, log, remove, write, Host};
use crate::support::*;
use near_crypto::{InMemorySigner, KeyType, PublicKeyHandle, Signer};
use near_primitives::account::{
    AccessKey, AccessKeyPermission, Account, AccountContract, FunctionCallPermission,
};
use near_primitives::action::delegate::{
    DelegateAction, DelegateActionV2, SignedDelegateAction, VersionedSignedDelegateAction,
};
use near_primitives::action::{
    Action, DeterministicStateInitAction, GlobalContractDeployMode, GlobalContractIdentifier,
};
use near_primitives::deterministic_account_id::{
    DeterministicAccountStateInit, DeterministicAccountStateInitV1,
};
use near_primitives::errors::*;
use near_primitives::hash::{hash, CryptoHash};
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::TransactionNonce;
use near_primitives::types::{Balance, Gas, ProtocolVersion};
use near_primitives::utils::derive_near_deterministic_account_id;
use near_primitives::views::ExecutionOutcomeView;
use sealwright_engine::BlockInput;

const NONE: Balance = Balance::ZERO;
const PRICE: u128 = 100_000_000;

fn unsupported(feature: &str, version: ProtocolVersion) -> InvalidTxError {
    InvalidTxError::ActionsValidation(ActionsValidationError::UnsupportedProtocolFeature {
        protocol_feature: feature.into(),
        version,
    })
}

/// The outcome of a transfer that is bought at `PRICE` and runs at another.
fn transfer_at(version: ProtocolVersion, price: u128) -> (ExecutionOutcomeView, World) {
    let mut world = World::new(version);
    let tx = world.sign("alice", "bob", vec![transfer(near(1))]);
    let hash = tx.get_hash();
    let mut transactions = vec![tx];
    for gas_price in [PRICE, price] {
        let head = world.chain.head();
        let input = BlockInput {
            height: head.height + 1,
            hash: near_primitives::hash::hash(head.hash.as_ref()),
            timestamp_ns: head.timestamp_ns + 1,
            random_value: CryptoHash::default(),
            gas_price: Balance::from_yoctonear(gas_price),
            transactions: std::mem::take(&mut transactions),
            has_chunk: true,
        };
        world.chain.produce_block_from(input);
        assert!(world.chain.total_supply_check().holds());
    }
    let outcome = world.done(&hash).receipts[0].outcome.clone();
    (outcome, world)
}

#[test]
fn gas_is_burnt_at_the_price_it_was_bought_for_in_84_and_at_the_lower_from_85_on() {
    let burnt = |version, price| {
        let (outcome, _) = transfer_at(version, price);
        outcome.tokens_burnt.as_yoctonear() / u128::from(outcome.gas_burnt.as_gas())
    };
    for price in [PRICE / 2, PRICE * 3] {
        assert_eq!(burnt(84, price), PRICE);
        // Bought for the least purchase price, which is above both.
        assert_eq!(burnt(85, price), price);
    }
    assert_eq!(burnt(85, PRICE * 100), PRICE * 10);
}

#[test]
fn price_that_fell_is_not_refunded_in_84() {
    let (outcome, world) = transfer_at(84, PRICE / 2);
    assert!(outcome.receipt_ids.is_empty(), "no gas was left");
    assert!(world.chain.outgoing().is_empty());
}

#[test]
fn outcomes_name_the_contracts_from_85_on() {
    let metadata = |version| {
        let done = World::new(version).send("alice", "bob", vec![transfer(near(1))]);
        serde_json::to_value(&done.receipts[0].outcome.metadata).unwrap()
    };
    assert_eq!(metadata(84)["version"], 3);
    assert_eq!(metadata(85)["version"], 4);
    assert_eq!(metadata(85)["contracts"].as_array().unwrap().len(), 1);
}

#[test]
fn gas_keys_and_indexed_nonces_begin_with_85() {
    let mut world = World::new(84);
    let add = add_key(key("gas"), AccessKey::gas_key_full_access(1));
    assert_eq!(
        world.refusal("alice", "alice", vec![add]),
        unsupported("GasKeys", 84)
    );
    let own = signer("alice", "alice");
    let tx = world.sign_indexed(&own, "bob", 9, 0, vec![]);
    let error = InvalidTxError::InvalidTransactionVersion;
    assert_eq!(world.chain.submit(tx), Err(error));
}

#[test]
fn post_quantum_keys_begin_with_85_and_cost_their_verification() {
    let quantum: Signer = InMemorySigner::from_seed(id("alice"), KeyType::MLDSA65, "quantum");
    let add = || add_key(quantum.public_key(), AccessKey::full_access());
    let error = unsupported("PostQuantumSignatures", 84);
    assert_eq!(World::new(84).refusal("alice", "alice", vec![add()]), error);

    let mut world = World::new(86);
    let usage = world.account("alice").storage_usage;
    world.send("alice", "alice", vec![add()]).ok();
    // The state keeps a hash: as long as an ed25519 key.
    assert_eq!(world.account("alice").storage_usage, usage + 33 + 9 + 40);
    let keys = world
        .chain
        .view_access_keys(&id("alice"), &latest())
        .unwrap();
    let handle = PublicKeyHandle::from(quantum.public_key());
    assert!(keys
        .value
        .keys
        .iter()
        .any(|known| known.public_key == handle));
    let nonce = world.fresh_nonce();
    let tx = world.sign_with(&quantum, "bob", nonce, vec![transfer(near(1))]);
    let done = world.run(tx).ok();
    let ordinary = world.send("alice", "bob", vec![transfer(near(1))]);
    let extra = done
        .transaction
        .outcome
        .gas_burnt
        .checked_sub(ordinary.transaction.outcome.gas_burnt);
    assert_eq!(extra, Some(Gas::from_gigagas(100)));
}

/// Carol delegates a call to Bob with a key that allows other methods on
/// another contract, and attaches a deposit.
fn delegate_with_deposit(version: ProtocolVersion) -> ActionErrorKind {
    let mut world = World::new(version);
    let permission = AccessKeyPermission::FunctionCall(FunctionCallPermission {
        allowance: None,
        receiver_id: "dave".into(),
        method_names: vec![],
    });
    let limited = AccessKey {
        nonce: 0,
        permission,
    };
    world
        .send("carol", "carol", vec![add_key(key("limited"), limited)])
        .ok();
    let delegate = DelegateAction {
        sender_id: id("carol"),
        receiver_id: id("bob"),
        actions: vec![call("run", near(1)).try_into().unwrap()],
        nonce: world.fresh_nonce(),
        max_block_height: 1_000,
        public_key: key("limited"),
    };
    let signed = SignedDelegateAction::sign(&signer("carol", "limited"), delegate);
    world
        .send("alice", "carol", vec![signed.into()])
        .failure()
        .1
}

#[test]
fn deposit_of_a_limited_delegate_is_reported_first_from_85_on() {
    let expected = ActionErrorKind::DelegateActionAccessKeyError(
        InvalidAccessKeyError::DepositWithFunctionCall,
    );
    assert_eq!(delegate_with_deposit(85), expected);
    assert!(matches!(
        delegate_with_deposit(84),
        ActionErrorKind::DelegateActionAccessKeyError(
            InvalidAccessKeyError::ReceiverMismatch { .. }
        )
    ));
}

#[test]
fn delegate_v2_lives_in_85_and_86() {
    let send = |version| {
        let mut world = World::new(version);
        let delegate = DelegateActionV2 {
            sender_id: id("alice"),
            receiver_id: id("carol"),
            actions: vec![transfer(near(1)).try_into().unwrap()],
            nonce: TransactionNonce::from_nonce(world.next_nonce()),
            max_block_height: 1_000,
            public_key: key("alice"),
        };
        let own = signer("alice", "alice");
        let signed = VersionedSignedDelegateAction::sign(&own, delegate.into());
        let tx = world.sign("bob", "alice", vec![signed.into()]);
        world.chain.submit(tx).map(|hash| {
            world.settle();
            world.done(&hash).ok();
        })
    };
    assert_eq!(send(84), Err(unsupported("DelegateV2", 84)));
    assert_eq!((send(85), send(86)), (Ok(()), Ok(())));
    let removed = ActionsValidationError::RemovedProtocolFeature {
        protocol_feature: "DelegateV2".into(),
        version: 87,
    };
    assert_eq!(send(87), Err(InvalidTxError::ActionsValidation(removed)));
}

#[test]
fn contracts_earn_a_share_of_the_gas_up_to_86() {
    let earned = |version| {
        let mut world = World::new(version);
        let code = contract(&[("run", vec![log(b"hello")])]);
        world.send("bob", "bob", vec![deploy(code)]).ok();
        let before = world.account("bob").amount;
        world.send("alice", "bob", vec![call("run", NONE)]).ok();
        world.account("bob").amount.saturating_sub(before)
    };
    assert!(earned(86) > NONE);
    assert_eq!(earned(87), NONE);
}

#[test]
fn empty_method_names_are_refused_from_87_on() {
    let done = World::new(86).send("alice", "bob", vec![call("", NONE)]);
    assert!(matches!(
        done.failure().1,
        ActionErrorKind::FunctionCallError(_)
    ));
    let error = World::new(87).refusal("alice", "bob", vec![call("", NONE)]);
    let expected = ActionsValidationError::FunctionCallEmptyMethodName;
    assert_eq!(error, InvalidTxError::ActionsValidation(expected));
}

#[test]
fn entries_of_a_state_are_limited_from_87_on() {
    let entries = (0..1_501u16).map(|i| (i.to_le_bytes().to_vec(), vec![]));
    let state_init = DeterministicAccountStateInit::V1(DeterministicAccountStateInitV1 {
        code: GlobalContractIdentifier::AccountId(id("alice")),
        data: entries.collect(),
    });
    let name = derive_near_deterministic_account_id(&state_init).to_string();
    let init = Action::DeterministicStateInit(Box::new(DeterministicStateInitAction {
        state_init,
        deposit: near(1),
    }));
    let mut world = World::new(86);
    let tx = world.sign("bob", &name, vec![init.clone()]);
    assert!(world.chain.submit(tx).is_ok());
    let error = World::new(87).refusal("bob", &name, vec![init]);
    let expected = ActionsValidationError::TotalNumberOfStateInitEntriesExceeded {
        number_of_entries: 1_501,
        limit: 1_500,
    };
    assert_eq!(error, InvalidTxError::ActionsValidation(expected));
}

/// A contract whose `sweep` removes so many keys, none of which exists.
fn sweeper(removals: usize) -> Vec<u8> {
    let sweep: Vec<Host> = (0..removals).map(|_| remove(b"k")).collect();
    contract(&[("sweep", sweep), ("put", vec![write(b"k", b"v")])])
}

fn sweep() -> Action {
    call_with("sweep", NONE, Gas::from_teragas(300))
}

/// Every removal counts 2,000 bytes of the 4,000,000 of a storage proof.
#[test]
fn storage_proof_is_limited_per_call_up_to_85_and_per_receipt_from_86_on() {
    let run = |version, removals| {
        let mut world = World::new(version);
        world
            .send("bob", "bob", vec![deploy(sweeper(removals))])
            .ok();
        let done = world.send("alice", "bob", vec![sweep(), sweep()]);
        match done.receipts[0].outcome.status {
            near_primitives::views::ExecutionStatusView::Failure(_) => done.failure().0,
            _ => None,
        }
    };
    assert_eq!(run(85, 1_000), None);
    assert_eq!(run(85, 1_200), None);
    assert_eq!(run(85, 2_001), Some(0));
    assert_eq!(run(86, 1_000), None);
    assert_eq!(run(86, 1_200), Some(1));
}

#[test]
fn storage_proof_of_all_actions_is_limited_from_87_on() {
    let run = |version| {
        let code = sweeper(1_950);
        let mut records = vec![StateRecord::Account {
            account_id: id("eve"),
            account: Account::new(near(10), NONE, AccountContract::Local(hash(&code)), 0),
        }];
        records.push(StateRecord::Contract {
            account_id: id("eve"),
            code,
        });
        let own = AccessKey::full_access();
        records.push(StateRecord::access_key(id("eve"), key("eve"), own));
        records.extend((0..100u8).map(|i| StateRecord::Data {
            account_id: id("eve"),
            data_key: vec![i].into(),
            value: vec![].into(),
        }));
        let mut world = World::with(version, records);
        let done = world.send("eve", "eve", vec![sweep(), delete_account("bob")]);
        match done.receipts[0].outcome.status {
            near_primitives::views::ExecutionStatusView::Failure(_) => Some(done.failure()),
            _ => None,
        }
    };
    assert_eq!(run(86), None);
    let error = ActionErrorKind::ReceiptStorageProofSizeExceeded { limit: 4_000_000 };
    assert_eq!(run(87), Some((Some(1), error)));
}

#[test]
fn name_of_a_global_contract_does_not_keep_an_account_from_being_deleted_from_85_on() {
    let run = |version| {
        let mut world = World::new(version);
        let code = contract(&[("run", vec![])]);
        let deploy = deploy_global(code, GlobalContractDeployMode::AccountId);
        world.send("alice", "alice", vec![deploy]).ok();
        let by_account = GlobalContractIdentifier::AccountId(id("alice"));
        world.send("bob", "bob", vec![use_global(by_account)]).ok();
        let contract = AccountContract::GlobalByAccount(id("alice"));
        let account = Account::new(near(100), NONE, contract, 10_003);
        let account_id = id("bob");
        world.chain.patch_state(vec![StateRecord::Account {
            account_id,
            account,
        }]);
        world.blocks(1);
        world.send("bob", "bob", vec![delete_account("carol")]);
        world.exists("bob")
    };
    assert!(run(84), "its state counts as large");
    assert!(!run(85));
}
