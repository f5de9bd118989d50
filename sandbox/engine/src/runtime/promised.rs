//! Actions as a contract asks for them, in the form that receipts carry.

use near_crypto::PublicKey;
use near_primitives::account::{
    AccessKey, AccessKeyPermission, FunctionCallPermission, GasKeyInfo,
};
use near_primitives::action::{
    Action, AddKeyAction, CreateAccountAction, DeleteAccountAction, DeleteKeyAction,
    DeployContractAction, DeployGlobalContractAction, DeterministicStateInitAction,
    GlobalContractDeployMode, StakeAction, TransferAction, TransferToGasKeyAction,
    UniversalStateInitAction, UseGlobalContractAction,
};
use near_primitives::deterministic_account_id::{
    DeterministicAccountStateInit, DeterministicAccountStateInitV1,
};
use near_primitives::types::{AccountId, Balance, Nonce, NonceIndex};
use near_primitives::universal_state_init::RawStateInit;
use near_vm_runner::logic::types::{
    GlobalContractDeployMode as VmDeployMode, GlobalContractIdentifier as VmIdentifier,
};
use near_vm_runner::logic::{HostError, VMLogicError};

pub fn create_account() -> Action {
    Action::CreateAccount(CreateAccountAction {})
}

pub fn deploy(code: Vec<u8>) -> Action {
    Action::DeployContract(DeployContractAction { code })
}

pub fn deploy_global(code: Vec<u8>, mode: VmDeployMode) -> Action {
    let deploy_mode = match mode {
        VmDeployMode::CodeHash => GlobalContractDeployMode::CodeHash,
        VmDeployMode::AccountId => GlobalContractDeployMode::AccountId,
    };
    Action::DeployGlobalContract(DeployGlobalContractAction {
        code: code.into(),
        deploy_mode,
    })
}

pub fn use_global(identifier: VmIdentifier) -> Action {
    Action::UseGlobalContract(Box::new(UseGlobalContractAction {
        contract_identifier: identifier.into(),
    }))
}

/// Data entries follow one by one.
pub fn deterministic_state_init(code: VmIdentifier, deposit: Balance) -> Action {
    let state_init = DeterministicAccountStateInit::V1(DeterministicAccountStateInitV1 {
        code: code.into(),
        data: Default::default(),
    });
    Action::DeterministicStateInit(Box::new(DeterministicStateInitAction {
        state_init,
        deposit,
    }))
}

pub fn universal_state_init(state_init: RawStateInit, deposit: Balance) -> Action {
    Action::UniversalStateInit(Box::new(UniversalStateInitAction {
        state_init,
        deposit,
    }))
}

pub fn transfer(deposit: Balance) -> Action {
    Action::Transfer(TransferAction { deposit })
}

pub fn transfer_to_gas_key(public_key: PublicKey, deposit: Balance) -> Action {
    Action::TransferToGasKey(Box::new(TransferToGasKeyAction {
        public_key,
        deposit,
    }))
}

pub fn stake(stake: Balance, public_key: PublicKey) -> Action {
    Action::Stake(Box::new(StakeAction { stake, public_key }))
}

pub fn add_key(public_key: PublicKey, nonce: Nonce, permission: AccessKeyPermission) -> Action {
    let access_key = AccessKey { nonce, permission };
    Action::AddKey(Box::new(AddKeyAction {
        public_key,
        access_key,
    }))
}

pub fn delete_key(public_key: PublicKey) -> Action {
    Action::DeleteKey(Box::new(DeleteKeyAction { public_key }))
}

pub fn delete_account(beneficiary_id: AccountId) -> Action {
    Action::DeleteAccount(DeleteAccountAction { beneficiary_id })
}

/// A gas key starts without a balance.
pub fn gas_key(num_nonces: NonceIndex) -> GasKeyInfo {
    GasKeyInfo {
        balance: Balance::ZERO,
        num_nonces,
    }
}

pub fn permission(
    allowance: Option<Balance>,
    receiver_id: AccountId,
    method_names: Vec<Vec<u8>>,
) -> Result<FunctionCallPermission, VMLogicError> {
    let method_names = method_names
        .into_iter()
        .map(utf8)
        .collect::<Result<_, _>>()?;
    Ok(FunctionCallPermission {
        allowance,
        receiver_id: receiver_id.into(),
        method_names,
    })
}

/// A method's name. The VM passes it on unchecked.
pub fn utf8(bytes: Vec<u8>) -> Result<String, VMLogicError> {
    String::from_utf8(bytes).map_err(|_| HostError::InvalidMethodName.into())
}
