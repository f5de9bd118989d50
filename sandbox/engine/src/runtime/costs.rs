//! What several actions cost together, what a receipt and a transaction cost,
//! and the tokens they carry.

use super::delegate::delegated;
use super::fees::{exec_fee, plus, receipt_exec_fee, send_fee};
use near_parameters::{ActionCosts, ParameterCost, RuntimeConfig};
use near_primitives::action::delegate::VersionedDelegateActionRef;
use near_primitives::action::Action;
use near_primitives::errors::IntegerOverflowError;
use near_primitives::receipt::{Receipt, VersionedReceiptEnum};
use near_primitives::types::{AccountId, Balance, Gas};

type Checked<T> = Result<T, IntegerOverflowError>;

/// Price of gas. Fails only beyond 2^128 yocto.
pub fn price_of(gas: Gas, gas_price: Balance) -> Checked<Balance> {
    gas_price
        .checked_mul(u128::from(gas.as_gas()))
        .ok_or(IntegerOverflowError)
}

pub fn total_send_fees(
    config: &RuntimeConfig,
    actions: &[Action],
    sir: bool,
    receiver_id: &AccountId,
) -> ParameterCost {
    actions.iter().fold(ParameterCost::ZERO, |sum, action| {
        plus(sum, send_fee(config, action, sir, receiver_id))
    })
}

/// Execution fees of a receipt's actions; for delegates also those of the
/// receipt they turn into.
pub fn total_exec_fees(
    config: &RuntimeConfig,
    actions: &[Action],
    receiver_id: &AccountId,
) -> ParameterCost {
    actions.iter().fold(ParameterCost::ZERO, |sum, action| {
        let own = exec_fee(config, action, receiver_id);
        let cost = delegated(action).map_or(own, |inner| {
            let fees = total_exec_fees(config, &inner.get_actions(), inner.receiver_id());
            plus(plus(own, fees), receipt_exec_fee(config))
        });
        plus(sum, cost)
    })
}

/// Send fees of the actions inside delegates: prepaid by the relayer, burnt
/// when the delegate runs.
pub fn prepaid_send_fees(config: &RuntimeConfig, actions: &[Action]) -> ParameterCost {
    let delegates = actions.iter().filter_map(delegated);
    delegates.fold(ParameterCost::ZERO, |sum, inner| {
        plus(sum, inner_send_fees(config, inner))
    })
}

/// What sending a delegate's actions on costs.
pub fn inner_send_fees(config: &RuntimeConfig, inner: VersionedDelegateActionRef) -> ParameterCost {
    let sir = inner.sender_id() == inner.receiver_id();
    total_send_fees(config, &inner.get_actions(), sir, inner.receiver_id())
}

/// Gas attached to function calls, those inside delegates too.
pub fn total_prepaid_gas(actions: &[Action]) -> Checked<Gas> {
    actions.iter().try_fold(Gas::ZERO, |sum, action| {
        let own = match delegated(action) {
            Some(inner) => total_prepaid_gas(&inner.get_actions())?,
            None => action.get_prepaid_gas(),
        };
        sum.checked_add(own).ok_or(IntegerOverflowError)
    })
}

/// Tokens attached to actions, those inside delegates too.
pub fn total_deposit(actions: &[Action]) -> Checked<Balance> {
    actions.iter().try_fold(Balance::ZERO, |sum, action| {
        let own = match delegated(action) {
            Some(inner) => total_deposit(&inner.get_actions())?,
            None => action.get_deposit_balance(),
        };
        sum.checked_add(own).ok_or(IntegerOverflowError)
    })
}

/// Gas that a receipt still needs: what was bought for it and not yet burnt.
pub fn required_gas(
    config: &RuntimeConfig,
    actions: &[Action],
    receiver_id: &AccountId,
) -> Checked<Gas> {
    let fees = total_exec_fees(config, actions, receiver_id).gas;
    total_prepaid_gas(actions)?
        .checked_add(prepaid_send_fees(config, actions).gas)
        .and_then(|gas| gas.checked_add(fees))
        .and_then(|gas| gas.checked_add(receipt_exec_fee(config).gas))
        .ok_or(IntegerOverflowError)
}

/// Tokens travelling with a receipt: its deposits and the gas bought for it.
pub fn tokens_in_flight(config: &RuntimeConfig, receipt: &Receipt) -> Checked<Balance> {
    let (VersionedReceiptEnum::Action(action) | VersionedReceiptEnum::PromiseYield(action)) =
        receipt.versioned_receipt()
    else {
        return Ok(Balance::ZERO);
    };
    let deposit = total_deposit(action.actions())?;
    if receipt.predecessor_id().is_system() {
        return Ok(deposit);
    }
    let gas = required_gas(config, action.actions(), receipt.receiver_id())?;
    let bought = price_of(gas, action.gas_price())?;
    deposit.checked_add(bought).ok_or(IntegerOverflowError)
}

/// What a transaction costs.
pub struct TransactionCost {
    pub burnt: ParameterCost,
    /// The price the rest of the gas is bought at.
    pub receipt_price: Balance,
    /// Tokens burnt by the conversion into a receipt.
    pub burnt_amount: Balance,
    pub gas_cost: Balance,
    pub deposit: Balance,
    /// Gas and deposits.
    pub total: Balance,
}

pub fn transaction_cost(
    config: &RuntimeConfig,
    actions: &[Action],
    sir: bool,
    receiver_id: &AccountId,
    gas_price: Balance,
    signature: ParameterCost,
) -> Checked<TransactionCost> {
    let receipt = config
        .fees
        .fee(ActionCosts::new_action_receipt)
        .send_fee(sir);
    let burnt = receipt
        .checked_add_result(total_send_fees(config, actions, sir, receiver_id))?
        .checked_add_result(signature)?;
    let remaining = required_gas(config, actions, receiver_id)?;
    let receipt_price = gas_price.max(config.min_gas_purchase_price);
    let burnt_amount = price_of(burnt.gas, gas_price)?;
    let bought = price_of(remaining, receipt_price)?;
    let gas_cost = burnt_amount
        .checked_add(bought)
        .ok_or(IntegerOverflowError)?;
    let deposit = total_deposit(actions)?;
    let total = gas_cost.checked_add(deposit).ok_or(IntegerOverflowError)?;
    Ok(TransactionCost {
        burnt,
        receipt_price,
        burnt_amount,
        gas_cost,
        deposit,
        total,
    })
}
