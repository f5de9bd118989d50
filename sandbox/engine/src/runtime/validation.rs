//! Rules for actions and receipts that need no state.

use super::costs;
use super::delegate::delegated;
use near_parameters::vm::LimitConfig;
use near_primitives::account::AccessKeyPermission;
use near_primitives::action::Action;
use near_primitives::errors::{ActionsValidationError, ReceiptValidationError};
use near_primitives::receipt::{Receipt, VersionedReceiptEnum};
use near_primitives::types::{AccountId, ProtocolVersion};
use near_primitives::version::ProtocolFeature;

type Checked = Result<(), ActionsValidationError>;

/// The rules for the actions of one transaction, receipt or delegate.
pub fn check_actions(
    limits: &LimitConfig,
    actions: &[Action],
    version: ProtocolVersion,
) -> Checked {
    let count = actions.len() as u64;
    if count > limits.max_actions_per_receipt {
        return Err(ActionsValidationError::TotalNumberOfActionsExceeded {
            total_number_of_actions: count,
            limit: limits.max_actions_per_receipt,
        });
    }
    let mut has_delegate = false;
    for (i, action) in actions.iter().enumerate() {
        if matches!(action, Action::DeleteAccount(_)) && i + 1 < actions.len() {
            return Err(ActionsValidationError::DeleteActionMustBeFinal);
        }
        if action.is_delegate() && std::mem::replace(&mut has_delegate, true) {
            return Err(ActionsValidationError::DelegateActionMustBeOnlyOne);
        }
        check_action(limits, action, version)?;
    }
    check_totals(limits, actions)
}

fn check_totals(limits: &LimitConfig, actions: &[Action]) -> Checked {
    let total_prepaid_gas =
        costs::total_prepaid_gas(actions).map_err(|_| ActionsValidationError::IntegerOverflow)?;
    if total_prepaid_gas > limits.max_total_prepaid_gas {
        return Err(ActionsValidationError::TotalPrepaidGasExceeded {
            total_prepaid_gas,
            limit: limits.max_total_prepaid_gas,
        });
    }
    let number_of_deploy_actions = count_deploys(actions);
    if number_of_deploy_actions > limits.max_deploy_actions_per_receipt {
        return Err(ActionsValidationError::TotalNumberOfDeployActionsExceeded {
            number_of_deploy_actions,
            limit: limits.max_deploy_actions_per_receipt,
        });
    }
    Ok(())
}

fn count_deploys(actions: &[Action]) -> u64 {
    let deploys = |action: &&Action| {
        matches!(
            action,
            Action::DeployContract(_) | Action::DeployGlobalContract(_)
        )
    };
    actions.iter().filter(deploys).count() as u64
}

fn check_action(limits: &LimitConfig, action: &Action, version: ProtocolVersion) -> Checked {
    match action {
        Action::DeployContract(deploy) => check_limit(
            deploy.code.len(),
            limits.max_contract_size,
            |size, limit| ActionsValidationError::ContractSizeExceeded { size, limit },
        ),
        Action::FunctionCall(call) => {
            if call.gas.as_gas() == 0 {
                return Err(ActionsValidationError::FunctionCallZeroAttachedGas);
            }
            let name = call.method_name.len();
            check_limit(name, limits.max_length_method_name, |length, limit| {
                ActionsValidationError::FunctionCallMethodNameLengthExceeded { length, limit }
            })?;
            check_limit(
                call.args.len(),
                limits.max_arguments_length,
                |length, limit| ActionsValidationError::FunctionCallArgumentsLengthExceeded {
                    length,
                    limit,
                },
            )
        }
        Action::AddKey(add) => match &add.access_key.permission {
            AccessKeyPermission::FullAccess => Ok(()),
            AccessKeyPermission::FunctionCall(permission) => {
                check_key_receiver(&permission.receiver_id)?;
                check_method_names(limits, &permission.method_names)
            }
            _ => unsupported("gas keys", version),
        },
        Action::DelegateV2(_) if !has_delegate_v2(version) => unsupported("DelegateV2", version),
        Action::Delegate(_) | Action::DelegateV2(_) => {
            let inner = delegated(action).map(|inner| inner.get_actions());
            check_actions(limits, &inner.unwrap_or_default(), version)
        }
        Action::CreateAccount(_)
        | Action::Transfer(_)
        | Action::DeleteKey(_)
        | Action::DeleteAccount(_) => Ok(()),
        other => unsupported(other.as_ref(), version),
    }
}

fn has_delegate_v2(version: ProtocolVersion) -> bool {
    ProtocolFeature::DelegateV2.enabled(version)
        && !ProtocolFeature::RejectDelegateV2.enabled(version)
}

/// The engine does not offer this action (see docs/spec/sandbox-engine.md).
fn unsupported(feature: &str, version: ProtocolVersion) -> Checked {
    Err(ActionsValidationError::UnsupportedProtocolFeature {
        protocol_feature: format!("{feature} (not offered by this sandbox)"),
        version,
    })
}

fn check_limit<E>(length: usize, limit: u64, error: impl Fn(u64, u64) -> E) -> Result<(), E> {
    if length as u64 > limit {
        return Err(error(length as u64, limit));
    }
    Ok(())
}

fn check_key_receiver(receiver_id: &str) -> Checked {
    if receiver_id.parse::<AccountId>().is_ok() {
        return Ok(());
    }
    let account_id = receiver_id.chars().take(AccountId::MAX_LEN * 2).collect();
    Err(ActionsValidationError::InvalidAccountId { account_id })
}

fn check_method_names(limits: &LimitConfig, names: &[String]) -> Checked {
    let mut total = 0;
    for name in names {
        check_limit(
            name.len(),
            limits.max_length_method_name,
            |length, limit| ActionsValidationError::AddKeyMethodNameLengthExceeded {
                length,
                limit,
            },
        )?;
        total += name.len() + 1;
    }
    check_limit(
        total,
        limits.max_number_bytes_method_names,
        |total_number_of_bytes, limit| {
            ActionsValidationError::AddKeyMethodNamesNumberOfBytesExceeded {
                total_number_of_bytes,
                limit,
            }
        },
    )
}

/// The rules for a receipt that a receipt has just made.
pub fn check_new_receipt(
    limits: &LimitConfig,
    receipt: &Receipt,
    version: ProtocolVersion,
) -> Result<(), ReceiptValidationError> {
    let size = borsh::object_length(receipt).expect("receipts fit in memory");
    check_limit(size, limits.max_receipt_size, |size, limit| {
        ReceiptValidationError::ReceiptSizeExceeded { size, limit }
    })?;
    match receipt.versioned_receipt() {
        VersionedReceiptEnum::Action(action) | VersionedReceiptEnum::PromiseYield(action) => {
            let inputs = action.input_data_ids().len();
            check_limit(
                inputs,
                limits.max_number_input_data_dependencies,
                |count, limit| ReceiptValidationError::NumberInputDataDependenciesExceeded {
                    number_of_input_data_dependencies: count,
                    limit,
                },
            )?;
            check_actions(limits, action.actions(), version)
                .map_err(ReceiptValidationError::ActionsValidation)
        }
        VersionedReceiptEnum::Data(data) | VersionedReceiptEnum::PromiseResume(data) => {
            let length = data.data.as_ref().map_or(0, Vec::len);
            check_limit(length, limits.max_length_returned_data, |length, limit| {
                ReceiptValidationError::ReturnedValueLengthExceeded { length, limit }
            })
        }
        VersionedReceiptEnum::GlobalContractDistribution(_) => Ok(()),
    }
}
