//! Rules for one action that need no state.

use super::validation::check_actions;
use near_crypto::key_conversion::is_valid_staking_key;
use near_crypto::PublicKey;
use near_parameters::vm::LimitConfig;
use near_primitives::account::id::AccountType;
use near_primitives::account::{AccessKey, AccessKeyPermission, FunctionCallPermission};
use near_primitives::action::delegate::VersionedDelegateActionRef;
use near_primitives::action::{
    Action, DeterministicStateInitAction, FunctionCallAction, UniversalStateInitAction,
};
use near_primitives::errors::ActionsValidationError;
use near_primitives::types::{AccountId, Balance, ProtocolVersion};
use near_primitives::universal_state_init::{DecodeMode, UniversalStateInit};
use near_primitives::utils::{derive_near_deterministic_account_id, derive_universal_account_id};
use near_primitives::version::ProtocolFeature;

type Checked = Result<(), ActionsValidationError>;

/// The rules for one action sent to `receiver_id`.
pub fn check_action(
    limits: &LimitConfig,
    action: &Action,
    receiver_id: &AccountId,
    version: ProtocolVersion,
) -> Checked {
    match action {
        Action::DeployContract(deploy) => check_code(limits, &deploy.code),
        Action::DeployGlobalContract(deploy) => check_code(limits, &deploy.code),
        Action::FunctionCall(call) => check_call(limits, call, version),
        Action::AddKey(add) => check_new_key(limits, &add.access_key, version),
        Action::Transfer(_) => check_transfer(receiver_id, version),
        Action::TransferToGasKey(_) | Action::WithdrawFromGasKey(_) => {
            require(ProtocolFeature::GasKeys, "GasKeys", version)
        }
        Action::Delegate(signed) => check_delegate(
            limits,
            (&signed.delegate_action).into(),
            receiver_id,
            version,
        ),
        Action::DelegateV2(signed) => {
            check_delegate_v2(version)?;
            check_delegate(
                limits,
                (&signed.delegate_action).into(),
                receiver_id,
                version,
            )
        }
        Action::DeterministicStateInit(init) => check_deterministic(limits, init, receiver_id),
        Action::UniversalStateInit(init) => check_universal(limits, init, receiver_id, version),
        Action::CreateAccount(_)
        | Action::DeleteKey(_)
        | Action::DeleteAccount(_)
        | Action::UseGlobalContract(_) => Ok(()),
        Action::Stake(stake) => check_staking_key(&stake.public_key),
    }
}

/// Validators sign and draw random values with an ed25519 key.
fn check_staking_key(public_key: &PublicKey) -> Checked {
    if is_valid_staking_key(public_key) {
        return Ok(());
    }
    let public_key = Box::new(public_key.clone());
    Err(ActionsValidationError::UnsuitableStakingKey { public_key })
}

fn check_code(limits: &LimitConfig, code: &[u8]) -> Checked {
    check_limit(code.len(), limits.max_contract_size, |size, limit| {
        ActionsValidationError::ContractSizeExceeded { size, limit }
    })
}

fn check_call(
    limits: &LimitConfig,
    call: &FunctionCallAction,
    version: ProtocolVersion,
) -> Checked {
    if call.gas.as_gas() == 0 {
        return Err(ActionsValidationError::FunctionCallZeroAttachedGas);
    }
    if call.method_name.is_empty() && ProtocolFeature::RejectEmptyMethodName.enabled(version) {
        return Err(ActionsValidationError::FunctionCallEmptyMethodName);
    }
    let name = call.method_name.len();
    check_limit(name, limits.max_length_method_name, |length, limit| {
        ActionsValidationError::FunctionCallMethodNameLengthExceeded { length, limit }
    })?;
    let args = call.args.len();
    check_limit(args, limits.max_arguments_length, |length, limit| {
        ActionsValidationError::FunctionCallArgumentsLengthExceeded { length, limit }
    })
}

/// In the version before universal accounts a transfer to one is refused: its
/// receipt might arrive after the change without having paid for the account.
fn check_transfer(receiver_id: &AccountId, version: ProtocolVersion) -> Checked {
    let banned = ProtocolFeature::RejectUniversalAccountTransfers.enabled(version)
        && !ProtocolFeature::UniversalAccounts.enabled(version);
    if banned && receiver_id.get_account_type() == AccountType::UniversalAccount {
        let account_id = receiver_id.clone();
        return Err(ActionsValidationError::TransferToUniversalAccountNotAllowed { account_id });
    }
    Ok(())
}

fn check_new_key(
    limits: &LimitConfig,
    access_key: &AccessKey,
    version: ProtocolVersion,
) -> Checked {
    let permission = access_key.permission.function_call_permission();
    if let Some(permission) = permission {
        check_key_receiver(&permission.receiver_id)?;
        check_method_names(limits, &permission.method_names)?;
    }
    check_gas_key(access_key, permission, version)
}

fn check_gas_key(
    access_key: &AccessKey,
    permission: Option<&FunctionCallPermission>,
    version: ProtocolVersion,
) -> Checked {
    let Some(info) = access_key.gas_key_info() else {
        return Ok(());
    };
    require(ProtocolFeature::GasKeys, "GasKeys", version)?;
    if permission.is_some_and(|permission| permission.allowance.is_some()) {
        return Err(ActionsValidationError::GasKeyFunctionCallAllowanceNotAllowed);
    }
    let limit = AccessKeyPermission::MAX_NONCES_FOR_GAS_KEY;
    if info.num_nonces == 0 || info.num_nonces > limit {
        return Err(ActionsValidationError::GasKeyInvalidNumNonces {
            requested_nonces: info.num_nonces,
            limit,
        });
    }
    if info.balance != Balance::ZERO {
        let balance = info.balance;
        return Err(ActionsValidationError::AddGasKeyWithNonZeroBalance { balance });
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
        let limit = limits.max_length_method_name;
        check_limit(name.len(), limit, |length, limit| {
            ActionsValidationError::AddKeyMethodNameLengthExceeded { length, limit }
        })?;
        total += name.len() + 1;
    }
    let limit = limits.max_number_bytes_method_names;
    check_limit(total, limit, |total_number_of_bytes, limit| {
        ActionsValidationError::AddKeyMethodNamesNumberOfBytesExceeded {
            total_number_of_bytes,
            limit,
        }
    })
}

fn check_delegate_v2(version: ProtocolVersion) -> Checked {
    require(ProtocolFeature::DelegateV2, "DelegateV2", version)?;
    if ProtocolFeature::RejectDelegateV2.enabled(version) {
        return Err(ActionsValidationError::RemovedProtocolFeature {
            protocol_feature: "DelegateV2".into(),
            version,
        });
    }
    Ok(())
}

fn check_delegate(
    limits: &LimitConfig,
    delegate: VersionedDelegateActionRef,
    outer_receiver_id: &AccountId,
    version: ProtocolVersion,
) -> Checked {
    let actions = delegate.get_actions();
    let withdraws = |action: &Action| matches!(action, Action::WithdrawFromGasKey(_));
    if ProtocolFeature::RejectWithdrawFromGasKeyInDelegate.enabled(version)
        && actions.iter().any(withdraws)
    {
        return Err(ActionsValidationError::WithdrawFromGasKeyNotAllowedInDelegate);
    }
    // Before version 85 the wrong receiver was looked at.
    let receiver_id = match ProtocolFeature::FixDelegatedDeterministicStateInit.enabled(version) {
        true => delegate.receiver_id(),
        false => outer_receiver_id,
    };
    check_actions(limits, &actions, receiver_id, version)
}

fn check_deterministic(
    limits: &LimitConfig,
    init: &DeterministicStateInitAction,
    receiver_id: &AccountId,
) -> Checked {
    let derived_id = derive_near_deterministic_account_id(&init.state_init);
    if derived_id != *receiver_id {
        return Err(
            ActionsValidationError::InvalidDeterministicStateInitReceiver {
                receiver_id: receiver_id.clone(),
                derived_id,
            },
        );
    }
    for (key, value) in init.state_init.data() {
        check_limit(key.len(), limits.max_length_storage_key, |length, limit| {
            ActionsValidationError::DeterministicStateInitKeyLengthExceeded { length, limit }
        })?;
        check_limit(
            value.len(),
            limits.max_length_storage_value,
            |length, limit| ActionsValidationError::DeterministicStateInitValueLengthExceeded {
                length,
                limit,
            },
        )?;
    }
    Ok(())
}

fn check_universal(
    limits: &LimitConfig,
    init: &UniversalStateInitAction,
    receiver_id: &AccountId,
    version: ProtocolVersion,
) -> Checked {
    require(
        ProtocolFeature::UniversalAccounts,
        "UniversalAccounts",
        version,
    )?;
    let derived_id = derive_universal_account_id(&init.state_init);
    if derived_id != *receiver_id {
        return Err(ActionsValidationError::InvalidUniversalStateInitReceiver {
            receiver_id: receiver_id.clone(),
            derived_id,
        });
    }
    let strict = ProtocolFeature::CanonicalUniversalStateInit.enabled(version);
    let decoded = UniversalStateInit::from_raw(&init.state_init, DecodeMode::strict_if(strict))
        .map_err(|_| ActionsValidationError::MalformedUniversalStateInit)?;
    for (key, value) in decoded.data() {
        check_limit(key.len(), limits.max_length_storage_key, |length, limit| {
            ActionsValidationError::UniversalStateInitKeyLengthExceeded { length, limit }
        })?;
        check_limit(
            value.len(),
            limits.max_length_storage_value,
            |length, limit| ActionsValidationError::UniversalStateInitValueLengthExceeded {
                length,
                limit,
            },
        )?;
    }
    Ok(())
}

fn require(feature: ProtocolFeature, name: &str, version: ProtocolVersion) -> Checked {
    match feature.enabled(version) {
        true => Ok(()),
        false => Err(unsupported(name, version)),
    }
}

pub fn unsupported(feature: &str, version: ProtocolVersion) -> ActionsValidationError {
    ActionsValidationError::UnsupportedProtocolFeature {
        protocol_feature: feature.into(),
        version,
    }
}

pub fn check_limit<E>(length: usize, limit: u64, error: impl Fn(u64, u64) -> E) -> Result<(), E> {
    if length as u64 > limit {
        return Err(error(length as u64, limit));
    }
    Ok(())
}
