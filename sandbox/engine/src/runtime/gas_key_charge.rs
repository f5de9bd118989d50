//! Transactions signed with a gas key: gas is paid by the key, deposits by the
//! account.

use super::costs::TransactionCost;
use super::verifier::{check_nonce, check_permission, check_storage_stake, ChargedKey};
use super::BlockContext;
use near_primitives::account::{AccessKey, AccessKeyPermission, Account};
use near_primitives::errors::{DepositCostFailureReason, InvalidTxError};
use near_primitives::transaction::Transaction;
use near_primitives::types::{Balance, Nonce, NonceIndex};

/// `current`: the nonce that the transaction names by its index, if there is
/// one.
///
/// A transaction whose deposits the account cannot pay is refused as a whole;
/// no chunk producer takes one (nearcore's runtime would burn the gas).
pub fn charge(
    context: &BlockContext,
    account: Account,
    mut access_key: AccessKey,
    current: Option<Nonce>,
    tx: &Transaction,
    cost: &TransactionCost,
) -> Result<(Account, ChargedKey), InvalidTxError> {
    let index = tx.nonce().nonce_index().expect("a nonce with an index");
    let current = current.ok_or_else(|| invalid_index(&access_key, index))?;
    let nonce = tx.nonce().nonce();
    check_nonce(nonce, current, tx.nonce_mode(), context.height)?;
    let info = access_key
        .gas_key_info_mut()
        .expect("only gas keys have such nonces");
    info.balance = info.balance.checked_sub(cost.gas_cost).ok_or_else(|| {
        InvalidTxError::NotEnoughGasKeyBalance {
            signer_id: tx.signer_id().clone(),
            balance: info.balance,
            cost: cost.gas_cost,
        }
    })?;
    if let AccessKeyPermission::GasKeyFunctionCall(_, permission) = &access_key.permission {
        check_permission(permission, tx.receiver_id(), tx.actions())?;
    }
    let account = pay_deposits(context, account, tx, cost)?;
    Ok((account, ChargedKey::GasKey(access_key, index)))
}

fn invalid_index(access_key: &AccessKey, index: NonceIndex) -> InvalidTxError {
    InvalidTxError::InvalidNonceIndex {
        tx_nonce_index: Some(index),
        num_nonces: access_key.gas_key_info().map_or(0, |info| info.num_nonces),
    }
}

fn pay_deposits(
    context: &BlockContext,
    mut account: Account,
    tx: &Transaction,
    cost: &TransactionCost,
) -> Result<Account, InvalidTxError> {
    let refused =
        |balance: Balance, cost: Balance, reason| InvalidTxError::NotEnoughBalanceForDeposit {
            signer_id: tx.signer_id().clone(),
            balance,
            cost,
            reason,
        };
    let Some(rest) = account.amount().checked_sub(cost.deposit) else {
        let reason = DepositCostFailureReason::NotEnoughBalance;
        return Err(refused(account.amount(), cost.deposit, reason));
    };
    if let Err(missing) = check_storage_stake(&context.config, &account, rest) {
        let reason = DepositCostFailureReason::LackBalanceForState;
        return Err(refused(rest, missing, reason));
    }
    account.set_amount(rest);
    Ok(account)
}
