//! What actions cost, in gas and compute time, and the tokens they carry.

use super::delegate::delegated;
use near_parameters::cost::{
    gas_key_add_key_exec_fee, gas_key_add_key_send_fee, gas_key_transfer_exec_fee,
    gas_key_transfer_send_fee, transfer_exec_fee, transfer_send_fee,
};
use near_parameters::{ActionCosts, ParameterCost, RuntimeConfig};
use near_primitives::account::AccessKeyPermission;
use near_primitives::action::delegate::VersionedDelegateActionRef;
use near_primitives::action::{Action, AddKeyAction};
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

/// What an action costs its sender when it leaves.
pub fn send_fee(
    config: &RuntimeConfig,
    action: &Action,
    sir: bool,
    receiver_id: &AccountId,
) -> ParameterCost {
    let of = |cost: ActionCosts| config.fees.fee(cost).send_fee(sir);
    match action {
        Action::Transfer(_) => transfer_send_fee(
            &config.fees,
            sir,
            config.wasm_config.eth_implicit_accounts,
            config.wasm_config.universal_accounts,
            receiver_id.get_account_type(),
        ),
        Action::AddKey(add) if add.access_key.gas_key_info().is_some() => plus(
            key_fee(add, &of),
            gas_key_add_key_send_fee(&config.fees, sir),
        ),
        Action::TransferToGasKey(to) => {
            gas_key_transfer_send_fee(&config.fees, sir, to.public_key.len()).total()
        }
        Action::WithdrawFromGasKey(from) => {
            gas_key_transfer_send_fee(&config.fees, sir, from.public_key.len()).total()
        }
        Action::Delegate(_) | Action::DelegateV2(_) => {
            let own = of(ActionCosts::delegate);
            delegated(action).map_or(own, |inner| {
                let actions = inner.get_actions();
                plus(
                    own,
                    total_send_fees(config, &actions, sir, inner.receiver_id()),
                )
            })
        }
        _ => common_fee(action, &of),
    }
}

/// What an action costs its receipt when it runs.
pub fn exec_fee(config: &RuntimeConfig, action: &Action, receiver_id: &AccountId) -> ParameterCost {
    let of = |cost: ActionCosts| config.fees.fee(cost).exec_fee();
    match action {
        Action::Transfer(_) => transfer_exec_fee(
            &config.fees,
            config.wasm_config.eth_implicit_accounts,
            config.wasm_config.universal_accounts,
            receiver_id.get_account_type(),
        ),
        Action::AddKey(add) => match add.access_key.gas_key_info() {
            None => key_fee(add, &of),
            Some(info) => {
                let len = add.public_key.len();
                let extra =
                    gas_key_add_key_exec_fee(&config.fees, receiver_id.len(), len, info.num_nonces);
                plus(key_fee(add, &of), extra.total())
            }
        },
        Action::TransferToGasKey(to) => {
            gas_key_transfer_exec_fee(&config.fees, receiver_id.len(), to.public_key.len()).total()
        }
        Action::WithdrawFromGasKey(from) => {
            let len = from.public_key.len();
            gas_key_transfer_exec_fee(&config.fees, receiver_id.len(), len).total()
        }
        Action::Delegate(_) | Action::DelegateV2(_) => of(ActionCosts::delegate),
        _ => common_fee(action, &of),
    }
}

/// Actions whose send and execution fees have the same form.
fn common_fee(action: &Action, of: &dyn Fn(ActionCosts) -> ParameterCost) -> ParameterCost {
    use ActionCosts as Cost;
    let with_bytes = |base, byte, len: usize| plus(of(base), times(of(byte), len));
    match action {
        Action::CreateAccount(_) => of(Cost::create_account),
        Action::DeployContract(deploy) => with_bytes(
            Cost::deploy_contract_base,
            Cost::deploy_contract_byte,
            deploy.code.len(),
        ),
        Action::FunctionCall(call) => with_bytes(
            Cost::function_call_base,
            Cost::function_call_byte,
            call.method_name.len() + call.args.len(),
        ),
        Action::Stake(_) => of(Cost::stake),
        Action::AddKey(add) => key_fee(add, of),
        Action::DeleteKey(_) => of(Cost::delete_key),
        Action::DeleteAccount(_) => of(Cost::delete_account),
        Action::DeployGlobalContract(deploy) => with_bytes(
            Cost::deploy_global_contract_base,
            Cost::deploy_global_contract_byte,
            deploy.code.len(),
        ),
        Action::UseGlobalContract(used) => with_bytes(
            Cost::use_global_contract_base,
            Cost::use_global_contract_byte,
            used.contract_identifier.len(),
        ),
        Action::DeterministicStateInit(init) => {
            let base = with_bytes(
                Cost::deterministic_state_init_base,
                Cost::deterministic_state_init_byte,
                init.state_init.len_bytes(),
            );
            let entries = init.state_init.data().len();
            plus(
                base,
                times(of(Cost::deterministic_state_init_entry), entries),
            )
        }
        // Refused by validation, so never priced.
        Action::UniversalStateInit(_) => ParameterCost::ZERO,
        Action::Transfer(_)
        | Action::Delegate(_)
        | Action::DelegateV2(_)
        | Action::TransferToGasKey(_)
        | Action::WithdrawFromGasKey(_) => unreachable!("priced by the callers"),
    }
}

/// The part of AddKey's fee that plain keys and gas keys share.
fn key_fee(add: &AddKeyAction, of: &dyn Fn(ActionCosts) -> ParameterCost) -> ParameterCost {
    match &add.access_key.permission {
        AccessKeyPermission::FunctionCall(permission)
        | AccessKeyPermission::GasKeyFunctionCall(_, permission) => {
            let bytes = permission
                .method_names
                .iter()
                .map(|name| name.len() + 1)
                .sum();
            plus(
                of(ActionCosts::add_function_call_key_base),
                times(of(ActionCosts::add_function_call_key_byte), bytes),
            )
        }
        AccessKeyPermission::FullAccess | AccessKeyPermission::GasKeyFullAccess(_) => {
            of(ActionCosts::add_full_access_key)
        }
    }
}

fn plus(left: ParameterCost, right: ParameterCost) -> ParameterCost {
    left.checked_add(right)
        .expect("sizes are limited, so fees cannot overflow")
}

fn times(cost: ParameterCost, count: usize) -> ParameterCost {
    cost.checked_mul(count as u64)
        .expect("sizes are limited, so fees cannot overflow")
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

pub fn receipt_exec_fee(config: &RuntimeConfig) -> ParameterCost {
    config.fees.fee(ActionCosts::new_action_receipt).exec_fee()
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
        total,
    })
}
