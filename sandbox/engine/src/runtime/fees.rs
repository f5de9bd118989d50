//! What one action costs, in gas and compute time.

use super::costs::total_send_fees;
use super::delegate::delegated;
use near_crypto::PublicKey;
use near_parameters::cost::{
    gas_key_add_key_exec_fee, gas_key_add_key_send_fee, gas_key_transfer_exec_fee,
    gas_key_transfer_send_fee, transfer_exec_fee, transfer_send_fee,
    universal_state_init_content_terms, universal_state_init_size_terms,
};
use near_parameters::{ActionCosts, ParameterCost, RuntimeConfig};
use near_primitives::account::AccessKeyPermission;
use near_primitives::action::{Action, AddKeyAction};
use near_primitives::types::AccountId;
use near_primitives::universal_state_init::state_init_counts;

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
            let len = sent_len(config, &to.public_key);
            gas_key_transfer_send_fee(&config.fees, sir, len).total()
        }
        Action::WithdrawFromGasKey(from) => {
            let len = sent_len(config, &from.public_key);
            gas_key_transfer_send_fee(&config.fees, sir, len).total()
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
                let len = add.public_key.trie_id_len();
                let extra =
                    gas_key_add_key_exec_fee(&config.fees, receiver_id.len(), len, info.num_nonces);
                plus(key_fee(add, &of), extra.total())
            }
        },
        Action::TransferToGasKey(to) => {
            let len = to.public_key.trie_id_len();
            gas_key_transfer_exec_fee(&config.fees, receiver_id.len(), len).total()
        }
        Action::WithdrawFromGasKey(from) => {
            let len = from.public_key.trie_id_len();
            gas_key_transfer_exec_fee(&config.fees, receiver_id.len(), len).total()
        }
        Action::Delegate(_) | Action::DelegateV2(_) => of(ActionCosts::delegate),
        _ => common_fee(action, &of),
    }
}

/// Bytes of a gas key that sending pays for. The two lengths differ for ML-DSA
/// keys only, of which the state keeps a hash.
fn sent_len(config: &RuntimeConfig, public_key: &PublicKey) -> usize {
    match config.wasm_config.fix_ml_dsa_cost_charging {
        true => public_key.len(),
        false => public_key.trie_id_len(),
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
        Action::UniversalStateInit(init) => {
            let size = universal_state_init_size_terms(init.state_init.0.len() as u64);
            let content = universal_state_init_content_terms(state_init_counts(&init.state_init));
            let terms = size.into_iter().chain(content);
            terms.fold(ParameterCost::ZERO, |sum, (cost, count)| {
                plus(sum, times(of(cost), count as usize))
            })
        }
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

pub fn plus(left: ParameterCost, right: ParameterCost) -> ParameterCost {
    left.checked_add(right)
        .expect("sizes are limited, so fees cannot overflow")
}

fn times(cost: ParameterCost, count: usize) -> ParameterCost {
    cost.checked_mul(count as u64)
        .expect("sizes are limited, so fees cannot overflow")
}

pub fn receipt_exec_fee(config: &RuntimeConfig) -> ParameterCost {
    config.fees.fee(ActionCosts::new_action_receipt).exec_fee()
}
