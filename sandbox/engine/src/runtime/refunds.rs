//! What is left when a receipt has run: refunds, burnt tokens, the reward.

use super::result::ActionResult;
use super::{costs, BlockContext};
use near_parameters::ActionCosts;
use near_primitives::receipt::{Receipt, VersionedActionReceipt};
use near_primitives::types::{Balance, Gas};
use near_primitives::version::ProtocolFeature;

#[derive(Default)]
pub struct Settlement {
    /// What the outcome states.
    pub tokens_burnt: Balance,
    /// What leaves the total supply, the reward not yet deducted.
    pub burnt: Balance,
    /// The receiver's share of the gas its code burnt.
    pub reward: Balance,
}

impl Settlement {
    /// Settles a receipt and adds its refunds to what it sends.
    pub fn of(
        context: &BlockContext,
        receipt: &Receipt,
        action: &VersionedActionReceipt,
        result: &mut ActionResult,
    ) -> Self {
        let deposit = costs::total_deposit(action.actions()).expect("checked when it was sent");
        if receipt.predecessor_id().is_system() {
            // A refund costs nothing; one that cannot be delivered is burnt.
            let burnt = if result.failed() {
                deposit
            } else {
                Balance::ZERO
            };
            return Self {
                burnt,
                ..Self::default()
            };
        }
        if result.failed() && deposit > Balance::ZERO {
            let to = receipt.balance_refund_receiver();
            result
                .new_receipts
                .push(Receipt::new_balance_refund(to, deposit));
        }
        settle_gas(context, receipt, action, result)
    }
}

fn settle_gas(
    context: &BlockContext,
    receipt: &Receipt,
    action: &VersionedActionReceipt,
    result: &mut ActionResult,
) -> Settlement {
    let config = &context.config;
    let purchase = action.gas_price();
    let burn = burn_price(context, purchase);
    let bought = costs::required_gas(config, action.actions(), receipt.receiver_id())
        .expect("checked when it was sent");
    let spent = if result.failed() {
        result.gas_burnt
    } else {
        result.gas_used
    };
    let gross = bought
        .checked_sub(spent)
        .expect("a receipt spends no more than was bought");
    let penalty = price(config.fees.gas_penalty_for_gas_refund(gross), burn);
    let surplus = price(result.gas_burnt, purchase.saturating_sub(burn));
    let charge = creation_charge(context, result, burn).min(surplus);
    let refund = price(gross, purchase)
        .saturating_sub(penalty)
        .saturating_add(surplus)
        .saturating_sub(charge);
    if refund > Balance::ZERO {
        let key = action.signer_public_key().clone();
        result
            .new_receipts
            .push(Receipt::new_gas_refund(action.signer_id(), refund, key));
    }
    let burnt = price(result.gas_burnt, burn)
        .saturating_add(penalty)
        .saturating_add(charge)
        .saturating_add(result.tokens_burnt);
    Settlement {
        tokens_burnt: burnt,
        burnt,
        reward: reward(context, result, burn),
    }
}

/// The price gas is burnt at: the lower of the two. Before version 85 the price
/// it was bought at, whatever the block's; nothing came back then but gas that
/// was not used (NEP-536).
fn burn_price(context: &BlockContext, purchase: Balance) -> Balance {
    match ProtocolFeature::AccountCostIncrease.enabled(context.protocol_version) {
        true => purchase.min(context.gas_price),
        false => purchase,
    }
}

/// What creating an account costs beyond the gas for it.
fn creation_charge(context: &BlockContext, result: &ActionResult, burn: Balance) -> Balance {
    if !result.created_account {
        return Balance::ZERO;
    }
    let fee = context
        .config
        .fees
        .fee(ActionCosts::create_account)
        .exec_fee();
    context
        .config
        .account_creation_charge
        .saturating_sub(price(fee.gas, burn))
}

fn reward(context: &BlockContext, result: &ActionResult, burn: Balance) -> Balance {
    let share = context.config.fees.burnt_gas_reward;
    let gas = u128::from(result.gas_burnt_for_function_call.as_gas());
    let rewarded = gas * *share.numer() as u128 / *share.denom() as u128;
    price(Gas::from_gas(rewarded as u64), burn)
}

fn price(gas: Gas, gas_price: Balance) -> Balance {
    costs::price_of(gas, gas_price).expect("below the total supply")
}
