//! Which transactions are valid, and what they cost their signer.

use super::costs::{self, TransactionCost};
use super::delegate::delegated;
use super::{gas_key_charge, gas_keys, impersonation, universal, validation, BlockContext};
use crate::state::access::Records;
use crate::state::StateUpdate;
use near_crypto::{KeyType, PublicKeyHandle};
use near_parameters::cost::SignatureKind;
use near_parameters::{ParameterCost, RuntimeConfig};
use near_primitives::account::{AccessKey, AccessKeyPermission, Account, FunctionCallPermission};
use near_primitives::action::Action;
use near_primitives::errors::{InvalidAccessKeyError, InvalidTxError};
use near_primitives::transaction::{
    NonceMode, SignedTransaction, Transaction, ValidatedTransaction,
};
use near_primitives::types::{AccountId, Balance, BlockHeight, Nonce, NonceIndex};

/// Accounts this small need no storage stake (NEP-448). Bytes.
const ZERO_BALANCE_STORAGE_LIMIT: u64 = 770;

/// A valid transaction's effect on its signer.
pub struct Charge {
    pub account: Account,
    pub key: ChargedKey,
    pub cost: TransactionCost,
}

/// The key that authorised a transaction, as it is afterwards.
pub enum ChargedKey {
    /// With its nonce, and its allowance if it has one.
    AccessKey(AccessKey),
    /// With its balance; one of its nonces changes, too.
    GasKey(AccessKey, NonceIndex),
    /// No key: the id of the signer stands for the state that the transaction
    /// brings (see `universal`).
    Bootstrap,
    /// No key: a test acts for the signer.
    Impersonated,
}

impl Charge {
    /// Writes it to the state.
    pub fn book(&self, state: &mut StateUpdate, tx: &Transaction) {
        let signer_id = tx.signer_id();
        state.set_account(signer_id, &self.account);
        let handle = PublicKeyHandle::from(tx.public_key());
        match &self.key {
            ChargedKey::Bootstrap | ChargedKey::Impersonated => {}
            ChargedKey::AccessKey(access_key) => {
                state.set_access_key(signer_id, &handle, access_key);
            }
            ChargedKey::GasKey(access_key, index) => {
                state.set_access_key(signer_id, &handle, access_key);
                gas_keys::set_nonce(state, signer_id, &handle, *index, tx.nonce().nonce());
            }
        }
    }
}

/// The checks that need no state: actions, size, signature.
pub fn check_form(context: &BlockContext, tx: &SignedTransaction) -> Result<(), InvalidTxError> {
    check_actions_and_size(context, tx)?;
    let hash = tx.get_hash();
    let key = tx.transaction.public_key();
    // Nobody can send what only `Chain::impersonate` may put into the pool.
    if impersonation::is_impersonated(tx) || !tx.signature.verify(hash.as_ref(), key) {
        return Err(InvalidTxError::InvalidSignature);
    }
    Ok(())
}

/// As [`check_form`], without the signature.
pub fn check_actions_and_size(
    context: &BlockContext,
    tx: &SignedTransaction,
) -> Result<(), InvalidTxError> {
    let config = &context.config;
    validation::check_actions(
        &config.wasm_config.limit_config,
        tx.transaction.actions(),
        tx.transaction.receiver_id(),
        context.protocol_version,
    )
    .map_err(InvalidTxError::ActionsValidation)?;
    ValidatedTransaction::check_valid_for_config(config, tx, context.protocol_version)
}

/// The checks against the state, in nearcore's order; the state is not changed.
pub fn charge(
    context: &BlockContext,
    state: &impl Records,
    signed: &SignedTransaction,
) -> Result<Charge, InvalidTxError> {
    let tx = &signed.transaction;
    let signer_id = tx.signer_id();
    let account = state
        .account(signer_id)
        .ok_or_else(|| InvalidTxError::SignerDoesNotExist {
            signer_id: signer_id.clone(),
        })?;
    let cost = cost_of(context, signed)?;
    let handle = PublicKeyHandle::from(tx.public_key());
    let (account, key) = match (
        state.access_key(signer_id, &handle),
        tx.nonce().nonce_index(),
    ) {
        _ if impersonation::is_impersonated(signed) => {
            let account = impersonation::charge(context, account, tx, &cost)?;
            (account, ChargedKey::Impersonated)
        }
        (None, _) if universal::is_bootstrap(context, &account, tx) => {
            let account = universal::charge_bootstrap(context, account, tx, &cost)?;
            (account, ChargedKey::Bootstrap)
        }
        (None, _) => return Err(not_found(signed)),
        (Some(access_key), None) => charge_access_key(context, account, access_key, tx, &cost)?,
        (Some(access_key), Some(index)) => {
            let current = gas_keys::nonce(state, signer_id, &handle, index);
            gas_key_charge::charge(context, account, access_key, current, tx, &cost)?
        }
    };
    Ok(Charge { account, key, cost })
}

/// An ordinary key: gas and deposits come from the account.
fn charge_access_key(
    context: &BlockContext,
    mut account: Account,
    mut access_key: AccessKey,
    tx: &Transaction,
    cost: &TransactionCost,
) -> Result<(Account, ChargedKey), InvalidTxError> {
    if let Some(info) = access_key.gas_key_info() {
        return Err(InvalidTxError::InvalidNonceIndex {
            tx_nonce_index: None,
            num_nonces: info.num_nonces,
        });
    }
    let nonce = tx.nonce().nonce();
    check_nonce(nonce, access_key.nonce, tx.nonce_mode(), context.height)?;
    if account.amount() < cost.total {
        return Err(not_enough(&account, tx.signer_id(), cost.total));
    }
    charge_allowance(&mut access_key, tx, cost)?;
    let rest = amount_after(&context.config, &account, tx.signer_id(), cost.total)?;
    if let AccessKeyPermission::FunctionCall(permission) = &access_key.permission {
        check_permission(permission, tx.receiver_id(), tx.actions())?;
    }
    account.set_amount(rest);
    access_key.nonce = nonce;
    Ok((account, ChargedKey::AccessKey(access_key)))
}

fn not_found(signed: &SignedTransaction) -> InvalidTxError {
    InvalidAccessKeyError::AccessKeyNotFound {
        account_id: signed.transaction.signer_id().clone(),
        public_key: Box::new(signed.transaction.public_key().clone()),
    }
    .into()
}

pub fn check_nonce(
    tx_nonce: Nonce,
    ak_nonce: Nonce,
    mode: NonceMode,
    height: BlockHeight,
) -> Result<(), InvalidTxError> {
    let follows = match mode {
        NonceMode::Monotonic => tx_nonce > ak_nonce,
        NonceMode::Strict => Some(tx_nonce) == ak_nonce.checked_add(1),
    };
    if !follows {
        return Err(InvalidTxError::InvalidNonce { tx_nonce, ak_nonce });
    }
    let upper_bound = nonce_bound(height);
    if tx_nonce >= upper_bound {
        return Err(InvalidTxError::NonceTooLarge {
            tx_nonce,
            upper_bound,
        });
    }
    Ok(())
}

/// Nonces at or above this are not accepted in a block.
pub fn nonce_bound(height: BlockHeight) -> Nonce {
    height * AccessKey::ACCESS_KEY_NONCE_RANGE_MULTIPLIER
}

/// The nonce a key made in a block starts with: above any it had before.
pub fn initial_nonce(height: BlockHeight) -> Nonce {
    nonce_bound(height.saturating_sub(1))
}

pub fn cost_of(
    context: &BlockContext,
    signed: &SignedTransaction,
) -> Result<TransactionCost, InvalidTxError> {
    let tx = &signed.transaction;
    let cost = costs::transaction_cost(
        &context.config,
        tx.actions(),
        tx.signer_id() == tx.receiver_id(),
        tx.receiver_id(),
        context.gas_price,
        signature_cost(&context.config, tx.public_key().key_type(), tx.actions()),
    )?;
    Ok(cost)
}

/// Verification beyond what the receipt fee covers: the signer's signature and
/// those of delegates.
fn signature_cost(config: &RuntimeConfig, own: KeyType, actions: &[Action]) -> ParameterCost {
    let of = |key_type: KeyType| {
        let kind = match key_type {
            KeyType::ED25519 => SignatureKind::Ed25519,
            KeyType::SECP256K1 => SignatureKind::Secp256k1,
            KeyType::MLDSA65 => SignatureKind::MlDsa65,
        };
        config.fees.signature_verification_costs[kind]
    };
    let delegates = actions.iter().filter_map(delegated);
    delegates.fold(of(own), |sum, inner| {
        let cost = of(inner.public_key().key_type());
        sum.checked_add(cost).expect("a few signatures")
    })
}

fn not_enough(account: &Account, signer_id: &AccountId, cost: Balance) -> InvalidTxError {
    InvalidTxError::NotEnoughBalance {
        signer_id: signer_id.clone(),
        balance: account.amount(),
        cost,
    }
}

/// What is left of an account's amount, which must still cover its storage.
pub fn amount_after(
    config: &RuntimeConfig,
    account: &Account,
    signer_id: &AccountId,
    cost: Balance,
) -> Result<Balance, InvalidTxError> {
    let rest = account
        .amount()
        .checked_sub(cost)
        .ok_or_else(|| not_enough(account, signer_id, cost))?;
    check_storage_stake(config, account, rest).map_err(|amount| {
        let signer_id = signer_id.clone();
        InvalidTxError::LackBalanceForState { signer_id, amount }
    })?;
    Ok(rest)
}

fn charge_allowance(
    access_key: &mut AccessKey,
    tx: &Transaction,
    cost: &TransactionCost,
) -> Result<(), InvalidAccessKeyError> {
    if let AccessKeyPermission::FunctionCall(FunctionCallPermission {
        allowance: Some(allowance),
        ..
    }) = &mut access_key.permission
    {
        *allowance = allowance.checked_sub(cost.total).ok_or_else(|| {
            InvalidAccessKeyError::NotEnoughAllowance {
                account_id: tx.signer_id().clone(),
                public_key: Box::new(tx.public_key().clone()),
                allowance: *allowance,
                cost: cost.total,
            }
        })?;
    }
    Ok(())
}

/// What a function-call key may sign.
pub fn check_permission(
    permission: &FunctionCallPermission,
    receiver_id: &AccountId,
    actions: &[Action],
) -> Result<(), InvalidAccessKeyError> {
    let [Action::FunctionCall(call)] = actions else {
        return Err(InvalidAccessKeyError::RequiresFullAccess);
    };
    if call.deposit > Balance::ZERO {
        return Err(InvalidAccessKeyError::DepositWithFunctionCall);
    }
    check_target(permission, receiver_id, actions)
}

/// Contract and method that a function-call key is for.
pub fn check_target(
    permission: &FunctionCallPermission,
    receiver_id: &AccountId,
    actions: &[Action],
) -> Result<(), InvalidAccessKeyError> {
    if receiver_id.as_str() != permission.receiver_id {
        return Err(InvalidAccessKeyError::ReceiverMismatch {
            tx_receiver: receiver_id.clone(),
            ak_receiver: permission.receiver_id.clone(),
        });
    }
    let names = &permission.method_names;
    match actions {
        [Action::FunctionCall(call)] if !names.is_empty() && !names.contains(&call.method_name) => {
            let method_name = call.method_name.clone();
            Err(InvalidAccessKeyError::MethodNameMismatch { method_name })
        }
        _ => Ok(()),
    }
}

/// Whether an account with this amount covers its storage.
///
/// # Errors
/// What is missing, in yocto.
pub fn check_storage_stake(
    config: &RuntimeConfig,
    account: &Account,
    amount: Balance,
) -> Result<(), Balance> {
    let required = config
        .storage_amount_per_byte()
        .saturating_mul(u128::from(account.storage_usage()));
    let available = amount.saturating_add(account.locked());
    match required.checked_sub(available) {
        None => Ok(()),
        Some(_) if account.storage_usage() <= ZERO_BALANCE_STORAGE_LIMIT => Ok(()),
        Some(missing) if missing > Balance::ZERO => Err(missing),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
#[path = "verifier_tests.rs"]
mod tests;
