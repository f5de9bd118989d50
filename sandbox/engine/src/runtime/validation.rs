//! Rules for lists of actions, and for receipts, that need no state.

use super::action_validation::{check_action, check_limit, unsupported};
use super::costs;
use near_parameters::vm::LimitConfig;
use near_primitives::action::{Action, StateInitCounts};
use near_primitives::errors::{ActionsValidationError, ReceiptValidationError};
use near_primitives::receipt::{Receipt, VersionedReceiptEnum};
use near_primitives::types::{AccountId, ProtocolVersion};
use near_primitives::version::ProtocolFeature;

type Checked = Result<(), ActionsValidationError>;

/// The rules for the actions of one transaction, receipt or delegate.
pub fn check_actions(
    limits: &LimitConfig,
    actions: &[Action],
    receiver_id: &AccountId,
    version: ProtocolVersion,
) -> Checked {
    let count = actions.len() as u64;
    if count > limits.max_actions_per_receipt {
        return Err(ActionsValidationError::TotalNumberOfActionsExceeded {
            total_number_of_actions: count,
            limit: limits.max_actions_per_receipt,
        });
    }
    if !ProtocolFeature::PostQuantumSignatures.enabled(version)
        && actions.iter().any(Action::post_quantum_signatures_required)
    {
        return Err(unsupported("PostQuantumSignatures", version));
    }
    check_counts(limits, actions)?;
    let mut has_delegate = false;
    for (i, action) in actions.iter().enumerate() {
        if matches!(action, Action::DeleteAccount(_)) && i + 1 < actions.len() {
            return Err(ActionsValidationError::DeleteActionMustBeFinal);
        }
        if action.is_delegate() && std::mem::replace(&mut has_delegate, true) {
            return Err(ActionsValidationError::DelegateActionMustBeOnlyOne);
        }
        check_action(limits, action, receiver_id, version)?;
    }
    check_prepaid_gas(limits, actions)
}

/// What a receipt may hold in all: deployments, and the entries and keys of
/// state inits.
fn check_counts(limits: &LimitConfig, actions: &[Action]) -> Checked {
    let number_of_deploy_actions = count_deploys(actions);
    if number_of_deploy_actions > limits.max_deploy_actions_per_receipt {
        return Err(ActionsValidationError::TotalNumberOfDeployActionsExceeded {
            number_of_deploy_actions,
            limit: limits.max_deploy_actions_per_receipt,
        });
    }
    let counts = actions.iter().map(Action::state_init_counts);
    let inits = counts.fold(StateInitCounts::ZERO, StateInitCounts::saturating_add);
    if inits.entries > limits.max_state_init_entries {
        return Err(
            ActionsValidationError::TotalNumberOfStateInitEntriesExceeded {
                number_of_entries: inits.entries,
                limit: limits.max_state_init_entries,
            },
        );
    }
    if inits.keys > limits.max_universal_state_init_keys {
        return Err(ActionsValidationError::TotalNumberOfStateInitKeysExceeded {
            number_of_keys: inits.keys,
            limit: limits.max_universal_state_init_keys,
        });
    }
    Ok(())
}

fn check_prepaid_gas(limits: &LimitConfig, actions: &[Action]) -> Checked {
    let total_prepaid_gas =
        costs::total_prepaid_gas(actions).map_err(|_| ActionsValidationError::IntegerOverflow)?;
    if total_prepaid_gas > limits.max_total_prepaid_gas {
        return Err(ActionsValidationError::TotalPrepaidGasExceeded {
            total_prepaid_gas,
            limit: limits.max_total_prepaid_gas,
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
            check_actions(limits, action.actions(), receipt.receiver_id(), version)
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
