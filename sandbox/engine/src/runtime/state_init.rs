//! What the two state inits share: data that comes with the account, and the
//! deposit that covers its storage.

use super::result::ActionResult;
use super::verifier;
use crate::state::{keys, StateUpdate};
use near_parameters::RuntimeConfig;
use near_primitives::account::Account;
use near_primitives::errors::ActionErrorKind;
use near_primitives::receipt::Receipt;
use near_primitives::types::{AccountId, Balance};
use std::collections::BTreeMap;

/// Writes an account's first data and bills it. The account has none yet.
pub fn install_data(
    config: &RuntimeConfig,
    state: &mut StateUpdate,
    account_id: &AccountId,
    account: &mut Account,
    data: &BTreeMap<Vec<u8>, Vec<u8>>,
) {
    let per_record = config.fees.storage_usage_config.num_extra_bytes_record;
    let mut usage = account.storage_usage();
    for (key, value) in data {
        let bytes = (key.len() + value.len()) as u64 + per_record;
        usage = usage.saturating_add(bytes);
        state.set(keys::data(account_id, key), value.as_slice().into());
    }
    account.set_storage_usage(usage);
}

/// Takes from the deposit what the account's storage lacks and refunds the
/// rest. A deposit that does not cover it fails the action.
pub fn settle_deposit(
    config: &RuntimeConfig,
    receipt: &Receipt,
    account: &mut Account,
    deposit: Balance,
    result: &mut ActionResult,
) {
    let missing = match verifier::check_storage_stake(config, account, account.amount()) {
        Ok(()) => Balance::ZERO,
        Err(missing) => missing,
    };
    let Some(rest) = deposit.checked_sub(missing) else {
        return result.fail(ActionErrorKind::LackBalanceForState {
            account_id: receipt.receiver_id().clone(),
            amount: missing,
        });
    };
    account.set_amount(account.amount().saturating_add(missing));
    refund_deposit(receipt, rest, result);
}

pub fn refund_deposit(receipt: &Receipt, refund: Balance, result: &mut ActionResult) {
    if refund > Balance::ZERO {
        let to = receipt.balance_refund_receiver();
        result
            .new_receipts
            .push(Receipt::new_balance_refund(to, refund));
    }
}
