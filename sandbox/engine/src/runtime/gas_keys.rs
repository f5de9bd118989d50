//! Gas keys (NEP-611): access keys with a balance that pays for gas and with
//! several nonces that count independently, so that one key can sign in
//! parallel.
//!
//! The key's record holds balance and number of nonces, its own nonce stays 0;
//! the nonces lie behind the key, one record each.

use super::actions::Subject;
use super::result::ActionResult;
use super::BlockContext;
use crate::state::access::Records;
use crate::state::{storage_usage, StateUpdate};
use near_crypto::{PublicKey, PublicKeyHandle};
use near_parameters::{ExtCosts, RuntimeConfig};
use near_primitives::account::{AccessKey, GasKeyInfo};
use near_primitives::action::{TransferToGasKeyAction, WithdrawFromGasKeyAction};
use near_primitives::errors::ActionErrorKind;
use near_primitives::trie_key::{gas_key_nonce_key_len, TrieKey};
use near_primitives::types::{AccountId, Balance, Compute, Nonce, NonceIndex, StorageUsage};

fn nonce_key(account_id: &AccountId, key: &PublicKeyHandle, index: NonceIndex) -> TrieKey {
    TrieKey::gas_key_nonce(account_id.clone(), key.clone(), index)
}

/// One of a gas key's nonces.
pub fn nonce(
    state: &impl Records,
    account_id: &AccountId,
    key: &PublicKeyHandle,
    index: NonceIndex,
) -> Option<Nonce> {
    state.record(&nonce_key(account_id, key, index))
}

/// All nonces of a gas key, by index. `None`: no gas key.
pub fn nonces(
    state: &impl Records,
    account_id: &AccountId,
    key: &PublicKeyHandle,
) -> Option<Vec<Nonce>> {
    let access_key = state.access_key(account_id, key)?;
    let indexes = 0..access_key.gas_key_info()?.num_nonces;
    indexes
        .map(|index| nonce(state, account_id, key, index))
        .collect()
}

pub fn set_nonce(
    state: &mut StateUpdate,
    account_id: &AccountId,
    key: &PublicKeyHandle,
    index: NonceIndex,
    nonce: Nonce,
) {
    state.set_record(&nonce_key(account_id, key, index), &nonce);
}

/// Writes the nonces of a new gas key.
pub fn open(
    state: &mut StateUpdate,
    account_id: &AccountId,
    key: &PublicKeyHandle,
    info: &GasKeyInfo,
    first: Nonce,
) {
    for index in 0..info.num_nonces {
        set_nonce(state, account_id, key, index, first);
    }
}

/// Removes a gas key's nonces and burns its balance; the bytes they took.
///
/// # Errors
/// `GasKeyBalanceTooHigh` above 1 NEAR: so much is not burnt by mistake.
pub fn close(
    context: &BlockContext,
    state: &mut StateUpdate,
    account_id: &AccountId,
    public_key: &PublicKey,
    info: &GasKeyInfo,
    result: &mut ActionResult,
) -> Result<StorageUsage, ActionErrorKind> {
    check_burnable(account_id, Some(public_key), info.balance)?;
    let key = PublicKeyHandle::from(public_key);
    for index in 0..info.num_nonces {
        state.remove_record(&nonce_key(account_id, &key, index));
    }
    result.burn(info.balance);
    let count = u64::from(info.num_nonces);
    let removals = NonceRemovals {
        count,
        key_bytes: count * gas_key_nonce_key_len(account_id, &key) as u64,
    };
    result.add_compute(removals.compute(&context.config));
    let config = &context.config.fees.storage_usage_config;
    Ok(storage_usage::of_gas_key_nonces(
        config,
        key.trie_id_len(),
        info.num_nonces,
    ))
}

fn check_burnable(
    account_id: &AccountId,
    public_key: Option<&PublicKey>,
    balance: Balance,
) -> Result<(), ActionErrorKind> {
    if balance <= GasKeyInfo::MAX_BALANCE_TO_BURN {
        return Ok(());
    }
    Err(ActionErrorKind::GasKeyBalanceTooHigh {
        account_id: account_id.clone(),
        public_key: public_key.map(|key| Box::new(key.clone())),
        balance,
    })
}

/// Burns what all gas keys of an account hold, before the account is removed.
///
/// # Errors
/// `GasKeyBalanceTooHigh` if they hold more than 1 NEAR together.
pub fn close_all(
    context: &BlockContext,
    state: &StateUpdate,
    account_id: &AccountId,
    result: &mut ActionResult,
) -> Result<(), ActionErrorKind> {
    let mut balance = Balance::ZERO;
    let mut removals = NonceRemovals::default();
    for (key, access_key) in state.access_keys(account_id) {
        let Some(info) = access_key.gas_key_info() else {
            continue;
        };
        balance = balance.saturating_add(info.balance);
        let count = u64::from(info.num_nonces);
        removals.count += count;
        removals.key_bytes += count * gas_key_nonce_key_len(account_id, &key) as u64;
    }
    check_burnable(account_id, None, balance)?;
    result.burn(balance);
    result.add_compute(removals.compute(&context.config));
    Ok(())
}

/// Compute time of removing nonces: no gas is charged for it.
#[derive(Default)]
struct NonceRemovals {
    count: u64,
    key_bytes: u64,
}

impl NonceRemovals {
    fn compute(&self, config: &RuntimeConfig) -> Compute {
        let of = |cost| config.wasm_config.ext_costs.compute_cost(cost);
        let value_bytes = self.count * AccessKey::NONCE_VALUE_LEN as u64;
        of(ExtCosts::storage_remove_base) * self.count
            + of(ExtCosts::storage_remove_key_byte) * self.key_bytes
            + of(ExtCosts::storage_remove_ret_value_byte) * value_bytes
    }
}

/// The TransferToGasKey action: anybody may fund a gas key.
pub fn fund(
    state: &mut StateUpdate,
    account_id: &AccountId,
    action: &TransferToGasKeyAction,
    result: &mut ActionResult,
) {
    if !credit(state, account_id, &action.public_key, action.deposit) {
        result.fail(does_not_exist(account_id, &action.public_key));
    }
}

/// Gives a gas key back the gas it did not use. `false`: no gas key.
pub fn credit(
    state: &mut StateUpdate,
    account_id: &AccountId,
    public_key: &PublicKey,
    amount: Balance,
) -> bool {
    let key = PublicKeyHandle::from(public_key);
    let Some(mut access_key) = state.access_key(account_id, &key) else {
        return false;
    };
    let Some(info) = access_key.gas_key_info_mut() else {
        return false;
    };
    info.balance = info.balance.saturating_add(amount);
    state.set_access_key(account_id, &key, &access_key);
    true
}

/// The WithdrawFromGasKey action: from the key's balance to the account's.
pub fn withdraw(
    state: &mut StateUpdate,
    subject: &mut Subject,
    action: &WithdrawFromGasKeyAction,
    result: &mut ActionResult,
) {
    let account_id = subject.account_id;
    let key = PublicKeyHandle::from(&action.public_key);
    let mut access_key = state.access_key(account_id, &key);
    let Some(info) = access_key.as_mut().and_then(AccessKey::gas_key_info_mut) else {
        result.fail(does_not_exist(account_id, &action.public_key));
        return;
    };
    let Some(rest) = info.balance.checked_sub(action.amount) else {
        result.fail(ActionErrorKind::InsufficientGasKeyBalance {
            account_id: account_id.clone(),
            public_key: Box::new(action.public_key.clone()),
            balance: info.balance,
            required: action.amount,
        });
        return;
    };
    info.balance = rest;
    state.set_access_key(account_id, &key, &access_key.expect("it is a gas key"));
    let account = subject.existing();
    account.set_amount(account.amount().saturating_add(action.amount));
}

fn does_not_exist(account_id: &AccountId, public_key: &PublicKey) -> ActionErrorKind {
    ActionErrorKind::GasKeyDoesNotExist {
        account_id: account_id.clone(),
        public_key: Box::new(public_key.clone()),
    }
}
