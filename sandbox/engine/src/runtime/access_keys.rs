//! AddKey and DeleteKey, and the gas refund that fills an allowance again.

use super::actions::Subject;
use super::result::ActionResult;
use super::{verifier, BlockContext};
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
    state.set_access_key(account_id, &handle, &access_key);
    let config = &context.config.fees.storage_usage_config;
    let bytes = storage_usage::of_access_key(config, handle.trie_id_len(), &access_key);
    let account = subject.existing();
    account.set_storage_usage(account.storage_usage() + bytes);
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
    state.remove(keys::access_key(account_id, &handle));
    let config = &context.config.fees.storage_usage_config;
    let bytes = storage_usage::of_access_key(config, handle.trie_id_len(), &access_key);
    let account = subject.existing();
    account.set_storage_usage(account.storage_usage().saturating_sub(bytes));
}

/// Gives a function-call key back the gas it did not use.
pub fn refund_allowance(
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
