//! What an action receipt leaves behind: the outcome's status and metadata, and
//! the data that others wait for.

use super::promises::unnumbered;
use super::result::ActionResult;
use near_primitives::account::{Account, AccountContract};
use near_primitives::errors::TxExecutionError;
use near_primitives::profile_data_v3::ProfileDataV3;
use near_primitives::receipt::{DataReceipt, Receipt, ReceiptEnum, VersionedActionReceipt};
use near_primitives::transaction::{ExecutionMetadata, ExecutionMetadataV4, ExecutionStatus};
use near_primitives::types::{AccountId, ProtocolVersion};
use near_primitives::utils::create_receipt_id_from_receipt_id;
use near_primitives::version::ProtocolFeature;
use near_vm_runner::logic::ReturnData;

/// `contracts`: the code of the receiver before each action that ran.
pub fn metadata(
    version: ProtocolVersion,
    result: &mut ActionResult,
    mut contracts: Vec<AccountContract>,
    actions: usize,
) -> ExecutionMetadata {
    let profile = Box::new(stored_profile(*result.profile.take().unwrap_or_default()));
    if !ProtocolFeature::ExecutionMetadataV4.enabled(version) {
        return ExecutionMetadata::V3(profile);
    }
    contracts.resize(actions, AccountContract::None);
    ExecutionMetadata::V4(Box::new(ExecutionMetadataV4 {
        profile: *profile,
        contracts,
    }))
}

/// The VM's profile in the form that outcomes keep.
fn stored_profile(profile: near_vm_runner::ProfileDataV3) -> ProfileDataV3 {
    ProfileDataV3 {
        actions_profile: profile.actions_profile,
        wasm_ext_profile: profile.wasm_ext_profile,
        wasm_gas: profile.wasm_gas,
    }
}

pub fn contract_of(account: &Option<Account>) -> AccountContract {
    account.as_ref().map_or(AccountContract::None, |account| {
        account.contract().into_owned()
    })
}

/// Passes the receipt's value on: to those who wait for it, or to the receipt
/// that will produce it.
pub fn route_data(
    account_id: &AccountId,
    action: &VersionedActionReceipt,
    result: &mut ActionResult,
) {
    let receivers = action.output_data_receivers();
    if receivers.is_empty() {
        return;
    }
    let data = match &result.result {
        Ok(ReturnData::ReceiptIndex(index)) => {
            let receipt = &mut result.new_receipts[*index as usize];
            match receipt.receipt_mut() {
                ReceiptEnum::Action(new) | ReceiptEnum::PromiseYield(new) => {
                    new.output_data_receivers.extend_from_slice(receivers);
                }
                ReceiptEnum::ActionV2(new) | ReceiptEnum::PromiseYieldV2(new) => {
                    new.output_data_receivers.extend_from_slice(receivers);
                }
                _ => unreachable!("a call returns only promises"),
            }
            return;
        }
        Ok(ReturnData::Value(value)) => Some(value.clone()),
        Ok(ReturnData::None) => Some(Vec::new()),
        Err(_) => None,
    };
    result.new_receipts.extend(receivers.iter().map(|receiver| {
        let data = DataReceipt {
            data_id: receiver.data_id,
            data: data.clone(),
        };
        unnumbered(
            account_id,
            receiver.receiver_id.clone(),
            ReceiptEnum::Data(data),
        )
    }));
}

pub fn status(
    receipt: &Receipt,
    height: u64,
    result: Result<ReturnData, near_primitives::errors::ActionError>,
) -> ExecutionStatus {
    match result {
        Ok(ReturnData::ReceiptIndex(index)) => {
            let id =
                create_receipt_id_from_receipt_id(receipt.receipt_id(), height, index as usize);
            ExecutionStatus::SuccessReceiptId(id)
        }
        Ok(ReturnData::Value(value)) => ExecutionStatus::SuccessValue(value),
        Ok(ReturnData::None) => ExecutionStatus::SuccessValue(Vec::new()),
        Err(error) => ExecutionStatus::Failure(TxExecutionError::ActionError(error)),
    }
}
