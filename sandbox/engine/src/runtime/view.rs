//! View calls: a contract run against a state that it cannot change.

use super::external::CallExternal;
use super::function_call::{execute, stored_error, view_context, Call};
use super::BlockContext;
use crate::state::access::Records;
use crate::state::{StateUpdate, Trie};
use near_primitives::errors::FunctionCallError;
use near_primitives::hash::{hash, CryptoHash};
use near_primitives::types::{AccountId, Gas};
use near_vm_runner::logic::ReturnData;

pub enum ViewError {
    UnknownAccount,
    NoCode,
    Failed {
        /// As nearcore words it.
        message: String,
        error: FunctionCallError,
    },
}

pub struct ViewOutcome {
    pub value: Vec<u8>,
    pub logs: Vec<String>,
}

/// Runs a view method on the state after a block. The gas limit also ends
/// views that never return.
pub fn call_view(
    context: &BlockContext,
    state: &Trie,
    state_root: CryptoHash,
    account_id: &AccountId,
    method_name: &str,
    args: &[u8],
    max_gas_burnt: Gas,
) -> (Result<ViewOutcome, ViewError>, Gas) {
    let Some(account) = state.account(account_id) else {
        if let Some(wanted) = &context.wanted {
            wanted.account(account_id);
        }
        return (Err(ViewError::UnknownAccount), Gas::ZERO);
    };
    let seed = view_seed(state_root);
    let vm_context = view_context(context, account_id, &account, args, seed, max_gas_burnt);
    let mocked = context.mocked(method_name, &vm_context, None);
    if mocked.is_none() && account.contract().is_none() {
        return (Err(ViewError::NoCode), Gas::ZERO);
    }
    let mut update = StateUpdate::new(state.clone());
    let mut external =
        CallExternal::new(context, &mut update, account_id, CryptoHash::default(), 0);
    let outcome = mocked.unwrap_or_else(|| {
        let call = Call {
            account: &account,
            method_name,
            vm_context: &vm_context,
        };
        execute(&mut external, &call)
    });
    let burnt = outcome.burnt_gas;
    if let Some(error) = outcome.aborted {
        let message = format!("wasm execution failed with error: {error:?}");
        let error = stored_error(error);
        return (Err(ViewError::Failed { message, error }), burnt);
    }
    let value = match outcome.return_data {
        ReturnData::Value(value) => value,
        ReturnData::ReceiptIndex(_) | ReturnData::None => Vec::new(),
    };
    (
        Ok(ViewOutcome {
            value,
            logs: outcome.logs,
        }),
        burnt,
    )
}

fn view_seed(state_root: CryptoHash) -> CryptoHash {
    let mut bytes = [0; 64];
    bytes[32..].copy_from_slice(state_root.as_bytes());
    hash(&bytes)
}
