//! One transaction per rule.

use super::*;
use crate::runtime::ContractCache;
use crate::state::access::encode;
use crate::state::{keys, Trie};
use near_crypto::{InMemorySigner, Signer};
use near_parameters::RuntimeConfigStore;
use near_primitives::account::AccountContract;
use near_primitives::action::{FunctionCallAction, TransferAction};
use near_primitives::errors::ActionsValidationError;
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::{Transaction, TransactionV0};
use near_primitives::types::Gas;
use std::sync::Arc;

const HEIGHT: u64 = 10;

fn context() -> BlockContext {
    let folder = std::env::temp_dir().join("sealwright-compiled");
    BlockContext {
        config: RuntimeConfigStore::new(None).get_config(86).clone(),
        protocol_version: 86,
        chain_id: "test".into(),
        height: HEIGHT,
        timestamp_ns: 1,
        gas_price: Balance::from_yoctonear(100_000_000),
        random_value: CryptoHash::default(),
        gas_limit: Gas::from_teragas(1000),
        epoch: Arc::default(),
        minimum_stake: Balance::ZERO,
        settlement: None,
        traffic: Default::default(),
        trie_extra_depth: 0,
        contracts: ContractCache::open(&folder).unwrap(),
        mocks: None,
        observer: Arc::default(),
        wanted: None,
    }
}

fn client() -> AccountId {
    "client".parse().unwrap()
}

fn signer() -> Signer {
    InMemorySigner::from_seed(client(), KeyType::ED25519, "client")
}

/// A state with one account and one key.
fn state(amount: Balance, storage_usage: u64, permission: AccessKeyPermission) -> Trie {
    let mut state = Trie::default();
    let account = Account::new(amount, Balance::ZERO, AccountContract::None, storage_usage);
    state.insert(&keys::account(&client()), encode(&account));
    let handle = PublicKeyHandle::from(signer().public_key());
    let access_key = AccessKey {
        nonce: 5,
        permission,
    };
    state.insert(&keys::access_key(&client(), &handle), encode(&access_key));
    state
}

fn rich() -> Trie {
    state(Balance::from_near(10), 182, AccessKeyPermission::FullAccess)
}

fn limited(allowance: Option<Balance>) -> Trie {
    let permission = FunctionCallPermission {
        allowance,
        receiver_id: "market".into(),
        method_names: vec!["claim".into()],
    };
    let permission = AccessKeyPermission::FunctionCall(permission);
    state(Balance::from_near(10), 182, permission)
}

fn signed(nonce: Nonce, receiver: &str, actions: Vec<Action>) -> SignedTransaction {
    let tx = Transaction::V0(TransactionV0 {
        signer_id: client(),
        public_key: signer().public_key(),
        nonce,
        receiver_id: receiver.parse().unwrap(),
        block_hash: CryptoHash::default(),
        actions,
    });
    let (hash, _) = tx.get_hash_and_size();
    SignedTransaction::new(signer().sign(hash.as_ref()), tx)
}

fn transfer(deposit: Balance) -> Vec<Action> {
    vec![Action::Transfer(TransferAction { deposit })]
}

fn call(method_name: &str, gas: u64, deposit: u128) -> Vec<Action> {
    vec![Action::FunctionCall(Box::new(FunctionCallAction {
        method_name: method_name.into(),
        args: vec![],
        gas: Gas::from_gas(gas),
        deposit: Balance::from_yoctonear(deposit),
    }))]
}

fn charged(state: &Trie, tx: &SignedTransaction) -> Result<Charge, InvalidTxError> {
    charge(&context(), state, tx)
}

fn refusal(state: &Trie, tx: &SignedTransaction) -> InvalidTxError {
    charged(state, tx).err().expect("it breaks a rule")
}

fn key_refusal(state: &Trie, tx: &SignedTransaction) -> InvalidAccessKeyError {
    match refusal(state, tx) {
        InvalidTxError::InvalidAccessKeyError(error) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn transfer_costs_its_fees_and_its_deposit() {
    let tx = signed(6, "node", transfer(Balance::from_near(1)));
    let charge = charged(&rich(), &tx).unwrap();
    // Send fees at the price, execution fees at the purchase price.
    let fees = 223_182_562_500u128 * 100_000_000 + 223_182_562_500 * 1_000_000_000;
    let cost = Balance::from_near(1).saturating_add(Balance::from_yoctonear(fees));
    assert_eq!(charge.cost.total, cost);
    assert_eq!(
        charge.account.amount(),
        Balance::from_near(10).saturating_sub(cost)
    );
    let ChargedKey::AccessKey(access_key) = charge.key else {
        panic!("an ordinary key");
    };
    assert_eq!(access_key.nonce, 6);
}

#[test]
fn form_is_checked_before_the_state() {
    let context = context();
    let zero_gas = signed(6, "node", call("m", 0, 0));
    assert_eq!(
        check_form(&context, &zero_gas),
        Err(InvalidTxError::ActionsValidation(
            ActionsValidationError::FunctionCallZeroAttachedGas
        ))
    );
    let mut forged = signed(6, "node", transfer(Balance::ZERO));
    forged.signature = signed(7, "node", vec![]).signature;
    assert_eq!(
        check_form(&context, &forged),
        Err(InvalidTxError::InvalidSignature)
    );
    assert_eq!(check_form(&context, &signed(6, "node", vec![])), Ok(()));
}

#[test]
fn signer_and_key_must_exist() {
    let tx = signed(6, "node", vec![]);
    assert!(matches!(
        refusal(&Trie::default(), &tx),
        InvalidTxError::SignerDoesNotExist { .. }
    ));
    let mut keyless = rich();
    let handle = PublicKeyHandle::from(signer().public_key());
    keyless.remove(&keys::access_key(&client(), &handle));
    assert!(matches!(
        key_refusal(&keyless, &tx),
        InvalidAccessKeyError::AccessKeyNotFound { .. }
    ));
}

#[test]
fn nonce_must_grow_within_its_range() {
    let same = signed(5, "node", vec![]);
    assert_eq!(
        refusal(&rich(), &same),
        InvalidTxError::InvalidNonce {
            tx_nonce: 5,
            ak_nonce: 5
        }
    );
    let upper_bound = HEIGHT * 1_000_000;
    let large = signed(upper_bound, "node", vec![]);
    assert_eq!(
        refusal(&rich(), &large),
        InvalidTxError::NonceTooLarge {
            tx_nonce: upper_bound,
            upper_bound
        }
    );
    assert!(charged(&rich(), &signed(upper_bound - 1, "node", vec![])).is_ok());
}

#[test]
fn balance_must_cover_cost_and_storage() {
    let all = signed(6, "node", transfer(Balance::from_near(10)));
    assert!(matches!(
        refusal(&rich(), &all),
        InvalidTxError::NotEnoughBalance { .. }
    ));
    // 2,000 bytes need 0.02 NEAR to stay behind.
    let large = state(
        Balance::from_near(2),
        2_000,
        AccessKeyPermission::FullAccess,
    );
    let too_much = Balance::from_millinear(1_990);
    let tx = signed(6, "node", transfer(too_much));
    assert!(matches!(
        refusal(&large, &tx),
        InvalidTxError::LackBalanceForState { .. }
    ));
    let small = state(Balance::from_near(2), 770, AccessKeyPermission::FullAccess);
    assert!(charged(&small, &tx).is_ok());
}

#[test]
fn limited_key_signs_only_what_it_names() {
    let state = limited(None);
    let gas = 1_000_000_000_000;
    assert!(charged(&state, &signed(6, "market", call("claim", gas, 0))).is_ok());
    let wrong = |receiver, actions| key_refusal(&state, &signed(6, receiver, actions));
    let transfer = transfer(Balance::ZERO);
    assert_eq!(
        wrong("market", transfer),
        InvalidAccessKeyError::RequiresFullAccess
    );
    assert_eq!(
        wrong("market", vec![]),
        InvalidAccessKeyError::RequiresFullAccess
    );
    let deposit = wrong("market", call("claim", gas, 1));
    assert_eq!(deposit, InvalidAccessKeyError::DepositWithFunctionCall);
    let receiver = wrong("other", call("claim", gas, 0));
    assert!(matches!(
        receiver,
        InvalidAccessKeyError::ReceiverMismatch { .. }
    ));
    let method = wrong("market", call("withdraw", gas, 0));
    assert!(matches!(
        method,
        InvalidAccessKeyError::MethodNameMismatch { .. }
    ));
}

#[test]
fn allowance_is_charged_and_can_run_out() {
    let tx = signed(6, "market", call("claim", 1_000_000_000_000, 0));
    let allowance = Balance::from_near(1);
    let charge = charged(&limited(Some(allowance)), &tx).unwrap();
    let ChargedKey::AccessKey(AccessKey {
        permission: AccessKeyPermission::FunctionCall(permission),
        ..
    }) = charge.key
    else {
        panic!("the key stays limited");
    };
    assert_eq!(
        permission.allowance,
        allowance.checked_sub(charge.cost.total)
    );
    assert!(matches!(
        key_refusal(&limited(Some(Balance::from_yoctonear(1))), &tx),
        InvalidAccessKeyError::NotEnoughAllowance { .. }
    ));
}
