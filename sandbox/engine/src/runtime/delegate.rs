//! The Delegate action (NEP-366), both versions: actions that another account
//! pays for.

use super::result::{add, ActionResult};
use super::{costs, gas_keys, promises, verifier, BlockContext};
use crate::state::access::Records;
use crate::state::StateUpdate;
use near_crypto::PublicKeyHandle;
use near_primitives::account::{AccessKey, FunctionCallPermission};
use near_primitives::action::delegate::{
    VersionedDelegateActionRef, VersionedSignedDelegateActionRef,
};
use near_primitives::action::Action;
use near_primitives::errors::{ActionErrorKind, InvalidAccessKeyError};
use near_primitives::receipt::{ActionReceipt, Receipt, ReceiptEnum, VersionedActionReceipt};
use near_primitives::types::{AccountId, Nonce, NonceIndex};
use near_primitives::version::ProtocolFeature;

/// The signed delegate that an action is, in either version.
pub fn signed(action: &Action) -> Option<VersionedSignedDelegateActionRef<'_>> {
    match action {
        Action::Delegate(signed) => Some((&**signed).into()),
        Action::DelegateV2(signed) => Some((&**signed).into()),
        _ => None,
    }
}

/// What a delegate action asks for.
pub fn delegated(action: &Action) -> Option<VersionedDelegateActionRef<'_>> {
    match action {
        Action::Delegate(signed) => Some((&signed.delegate_action).into()),
        Action::DelegateV2(signed) => Some((&signed.delegate_action).into()),
        _ => None,
    }
}

/// Checks the inner signature and sends its actions on, in the sender's name.
pub fn delegate(
    context: &BlockContext,
    state: &mut StateUpdate,
    sender_id: &AccountId,
    parent: &VersionedActionReceipt,
    signed: VersionedSignedDelegateActionRef,
    result: &mut ActionResult,
) {
    let delegate = signed.delegate_action();
    if let Err(error) =
        check(context, sender_id, signed).and_then(|()| use_key(context, state, delegate))
    {
        result.fail(error);
        return;
    }
    let receipt = inner_receipt(sender_id, parent, delegate);
    let actions = delegate.get_actions();
    let config = &context.config;
    let required = costs::required_gas(config, &actions, delegate.receiver_id())
        .expect("the whole transaction's gas was summed before");
    let send = costs::inner_send_fees(config, delegate);
    // The relayer paid both: what the new receipt needs and what sending burns.
    result.gas_used = add(add(result.gas_used, required), send.gas);
    result.gas_burnt = add(result.gas_burnt, send.gas);
    result.compute_usage = result.compute_usage.saturating_add(send.compute);
    result.new_receipts.push(receipt);
}

fn check(
    context: &BlockContext,
    sender_id: &AccountId,
    signed: VersionedSignedDelegateActionRef,
) -> Result<(), ActionErrorKind> {
    let delegate = signed.delegate_action();
    if !signed.verify() {
        return Err(ActionErrorKind::DelegateActionInvalidSignature);
    }
    if context.height > delegate.max_block_height() {
        return Err(ActionErrorKind::DelegateActionExpired);
    }
    if delegate.sender_id() != sender_id {
        return Err(
            ActionErrorKind::DelegateActionSenderDoesNotMatchTxReceiver {
                sender_id: delegate.sender_id().clone(),
                receiver_id: sender_id.clone(),
            },
        );
    }
    Ok(())
}

/// Spends a nonce of the sender's key, if the key allows these actions.
fn use_key(
    context: &BlockContext,
    state: &mut StateUpdate,
    delegate: VersionedDelegateActionRef,
) -> Result<(), ActionErrorKind> {
    let sender_id = delegate.sender_id();
    let handle = PublicKeyHandle::from(delegate.public_key());
    let Some(mut access_key) = state.access_key(sender_id, &handle) else {
        let not_found = InvalidAccessKeyError::AccessKeyNotFound {
            account_id: sender_id.clone(),
            public_key: Box::new(delegate.public_key().clone()),
        };
        return Err(ActionErrorKind::DelegateActionAccessKeyError(not_found));
    };
    let index = delegate.nonce().nonce_index();
    let current = match index {
        None => own_nonce(&access_key)?,
        Some(index) => gas_key_nonce(state, sender_id, &handle, &access_key, index)?,
    };
    let nonce = delegate.nonce().nonce();
    check_nonce(context, nonce, current)?;
    if let Some(permission) = access_key.permission.function_call_permission() {
        check_permission(context, permission, delegate)
            .map_err(ActionErrorKind::DelegateActionAccessKeyError)?;
    }
    match index {
        Some(index) => gas_keys::set_nonce(state, sender_id, &handle, index, nonce),
        None => {
            access_key.nonce = nonce;
            state.set_access_key(sender_id, &handle, &access_key);
        }
    }
    Ok(())
}

fn own_nonce(access_key: &AccessKey) -> Result<Nonce, ActionErrorKind> {
    match access_key.gas_key_info() {
        None => Ok(access_key.nonce),
        Some(_) => Err(ActionErrorKind::DelegateActionAccessKeyError(
            InvalidAccessKeyError::DelegateActionRequiresNonGasKey,
        )),
    }
}

fn gas_key_nonce(
    state: &StateUpdate,
    sender_id: &AccountId,
    handle: &PublicKeyHandle,
    access_key: &AccessKey,
    nonce_index: NonceIndex,
) -> Result<Nonce, ActionErrorKind> {
    let Some(info) = access_key.gas_key_info() else {
        return Err(ActionErrorKind::DelegateActionAccessKeyError(
            InvalidAccessKeyError::DelegateActionRequiresGasKey,
        ));
    };
    gas_keys::nonce(state, sender_id, handle, nonce_index).ok_or(
        ActionErrorKind::DelegateActionInvalidNonceIndex {
            nonce_index,
            num_nonces: info.num_nonces,
        },
    )
}

fn check_nonce(
    context: &BlockContext,
    delegate_nonce: Nonce,
    ak_nonce: Nonce,
) -> Result<(), ActionErrorKind> {
    if delegate_nonce <= ak_nonce {
        return Err(ActionErrorKind::DelegateActionInvalidNonce {
            delegate_nonce,
            ak_nonce,
        });
    }
    let upper_bound = verifier::nonce_bound(context.height);
    if delegate_nonce >= upper_bound {
        return Err(ActionErrorKind::DelegateActionNonceTooLarge {
            delegate_nonce,
            upper_bound,
        });
    }
    Ok(())
}

/// What a function-call key may sign. Before version 85 an attached deposit was
/// reported only if nothing else was wrong.
fn check_permission(
    context: &BlockContext,
    permission: &FunctionCallPermission,
    delegate: VersionedDelegateActionRef,
) -> Result<(), InvalidAccessKeyError> {
    let actions = delegate.get_actions();
    let receiver_id = delegate.receiver_id();
    let checked = verifier::check_permission(permission, receiver_id, &actions);
    let deposit_first = ProtocolFeature::FixDelegateActionDepositWithFunctionCallError
        .enabled(context.protocol_version);
    if deposit_first || checked != Err(InvalidAccessKeyError::DepositWithFunctionCall) {
        return checked;
    }
    verifier::check_target(permission, receiver_id, &actions).and(checked)
}

fn inner_receipt(
    sender_id: &AccountId,
    parent: &VersionedActionReceipt,
    delegate: VersionedDelegateActionRef,
) -> Receipt {
    let receipt = ReceiptEnum::Action(ActionReceipt {
        signer_id: parent.signer_id().clone(),
        signer_public_key: parent.signer_public_key().clone(),
        gas_price: parent.gas_price(),
        output_data_receivers: vec![],
        input_data_ids: vec![],
        actions: delegate.get_actions(),
    });
    promises::unnumbered(sender_id, delegate.receiver_id().clone(), receipt)
}
