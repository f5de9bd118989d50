//! AddKey and DeleteKey, and the gas refund that fills a key again.

use super::actions::Subject;
use super::result::ActionResult;
use super::{gas_keys, verifier, BlockContext};
use crate::state::access::Records;
use crate::state::{keys, storage_usage, StateUpdate};
use near_crypto::{PublicKey, PublicKeyHandle};
use near_primitives::account::AccessKeyPermission;
use near_primitives::action::{AddKeyAction, DeleteKeyAction};
use near_primitives::errors::ActionErrorKind;
use near_primitives::types::{AccountId, Balance};

pub fn add_key(
    context: &BlockContext,
    state: &mut StateUpdate,
    subject: &mut Subject,
    add: &AddKeyAction,
    result: &mut ActionResult,
) {
    let account_id = subject.account_id;
    let handle = PublicKeyHandle::from(&add.public_key);
    if state.access_key(account_id, &handle).is_some() {
        result.fail(ActionErrorKind::AddKeyAlreadyExists {
            account_id: account_id.clone(),
            public_key: Box::new(add.public_key.clone()),
        });
        return;
    }
    let mut access_key = add.access_key.clone();
    access_key.nonce = verifier::initial_nonce(context.height);
    let config = &context.config.fees.storage_usage_config;
    let mut bytes = 0;
    if let Some(info) = add.access_key.gas_key_info() {
        gas_keys::open(state, account_id, &handle, info, access_key.nonce);
        access_key.nonce = 0;
        bytes += storage_usage::of_gas_key_nonces(config, handle.trie_id_len(), info.num_nonces);
    }
    state.set_access_key(account_id, &handle, &access_key);
    bytes += storage_usage::of_access_key(config, handle.trie_id_len(), &access_key);
    let account = subject.existing();
    account.set_storage_usage(account.storage_usage().saturating_add(bytes));
}

pub fn delete_key(
    context: &BlockContext,
    state: &mut StateUpdate,
    subject: &mut Subject,
    delete: &DeleteKeyAction,
    result: &mut ActionResult,
) {
    let account_id = subject.account_id;
    let handle = PublicKeyHandle::from(&delete.public_key);
    let Some(access_key) = state.access_key(account_id, &handle) else {
        result.fail(ActionErrorKind::DeleteKeyDoesNotExist {
            account_id: account_id.clone(),
            public_key: Box::new(delete.public_key.clone()),
        });
        return;
    };
    let config = &context.config.fees.storage_usage_config;
    let mut bytes = storage_usage::of_access_key(config, handle.trie_id_len(), &access_key);
    if let Some(info) = access_key.gas_key_info() {
        match gas_keys::close(context, state, account_id, &delete.public_key, info, result) {
            Ok(freed) => bytes += freed,
            Err(error) => return result.fail(error),
        }
    }
    state.remove(keys::access_key(account_id, &handle));
    let account = subject.existing();
    account.set_storage_usage(account.storage_usage().saturating_sub(bytes));
}

/// Gives the key that signed back the gas it did not use: a gas key its
/// balance, a function-call key its allowance. `true`: the account itself gets
/// nothing.
pub fn refund_gas(
    state: &mut StateUpdate,
    account_id: &AccountId,
    public_key: &PublicKey,
    deposit: Balance,
) -> bool {
    if gas_keys::credit(state, account_id, public_key, deposit) {
        return true;
    }
    refund_allowance(state, account_id, public_key, deposit);
    false
}

fn refund_allowance(
    state: &mut StateUpdate,
    account_id: &AccountId,
    public_key: &PublicKey,
    deposit: Balance,
) {
    let handle = PublicKeyHandle::from(public_key);
    let Some(mut access_key) = state.access_key(account_id, &handle) else {
        return;
    };
    let AccessKeyPermission::FunctionCall(permission) = &mut access_key.permission else {
        return;
    };
    let Some(allowance) = &mut permission.allowance else {
        return;
    };
    *allowance = allowance.saturating_add(deposit);
    state.set_access_key(account_id, &handle, &access_key);
}
