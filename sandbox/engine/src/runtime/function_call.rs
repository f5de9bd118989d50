//! The FunctionCall action.

use super::contracts::{ContractCache, StoredContract};
use super::external::CallExternal;
use super::result::{add, ActionResult};
use super::{faulty_call, global_contracts, observe, yields, BlockContext};
use crate::faults::Strike;
use crate::state::access::Records;
use crate::state::StateUpdate;
use near_parameters::vm::Config;
use near_parameters::RuntimeFeesConfig;
use near_primitives::account::{Account, AccountContract};
use near_primitives::action::{FunctionCallAction, GlobalContractIdentifier};
use near_primitives::config::ViewConfig;
use near_primitives::errors::{self, ActionErrorKind};
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{Receipt, VersionedActionReceipt};
use near_primitives::types::{AccountId, Gas};
use near_primitives::utils::create_random_seed;
use near_primitives::version::ProtocolFeature;
use near_vm_runner::logic::errors::{CompilationError, FunctionCallError, VMRunnerError};
use near_vm_runner::logic::types::PromiseResult;
use near_vm_runner::logic::{GasCounter, VMContext, VMOutcome};
use near_vm_runner::{prepare, run};
use std::sync::Arc;

/// The receipt a call belongs to.
pub struct Caller<'a> {
    pub receipt: &'a Receipt,
    pub action: &'a VersionedActionReceipt<'a>,
    /// In `input_data_ids` order; `None`: the promise failed.
    pub inputs: &'a [Option<Vec<u8>>],
    /// The last action's value is the receipt's.
    pub is_last_action: bool,
    /// What a test makes go wrong with it.
    pub strike: Option<&'a Strike>,
    /// Storage proof of the chunk before this receipt, bytes.
    pub proof_before: usize,
}

/// Runs a call and books it on the account.
pub fn function_call(
    context: &BlockContext,
    state: &mut StateUpdate,
    account: &mut Account,
    caller: &Caller,
    call: &FunctionCallAction,
    action_hash: CryptoHash,
    result: &mut ActionResult,
) {
    let account_id = caller.receipt.receiver_id();
    let vm_context = vm_context(context, account, caller, call, action_hash);
    // Before version 86 every call had the limit for itself.
    let per_receipt =
        ProtocolFeature::EnforcePerReceiptStorageProofLimit.enabled(context.protocol_version);
    let proof_before = match per_receipt {
        true => caller.proof_before,
        false => state.recorded_bytes(),
    };
    let mut external = CallExternal::new(context, state, account_id, action_hash, proof_before);
    let receipt_id = *caller.receipt.receipt_id();
    external.receipt_id = Some(receipt_id);
    let mut outcome = match context.mocked(&call.method_name, &vm_context, Some(receipt_id)) {
        Some(outcome) => outcome,
        None => {
            let call = Call {
                account,
                method_name: &call.method_name,
                vm_context: &vm_context,
            };
            faulty_call::execute(&mut external, &call, caller.strike, result)
        }
    };
    let unused = vm_context.prepaid_gas.saturating_sub(outcome.used_gas);
    outcome.used_gas = add(outcome.used_gas, external.promises.distribute(unused));

    result.gas_used = add(result.gas_used, outcome.used_gas);
    result.gas_burnt = add(result.gas_burnt, outcome.burnt_gas);
    result.gas_burnt_for_function_call = outcome.burnt_gas;
    result.compute_usage = result.compute_usage.saturating_add(outcome.compute_usage);
    result.logs.append(&mut outcome.logs);
    result.profile = Some(Box::new(outcome.profile));
    if let Some(error) = outcome.aborted {
        result.fail(ActionErrorKind::FunctionCallError(stored_error(error)));
        return;
    }
    let promises = external.promises;
    let timeout = context
        .config
        .wasm_config
        .limit_config
        .yield_timeout_length_in_blocks;
    for data_id in promises.yields() {
        yields::enqueue_timeout(state, account_id, data_id, context.height + timeout);
    }
    account.set_amount(outcome.balance);
    account.set_storage_usage(outcome.storage_usage);
    result.subsidy = outcome.subsidized_amount;
    result.new_receipts = promises.into_receipts(account_id, caller.action);
    result.result = Ok(outcome.return_data);
}

fn vm_context(
    context: &BlockContext,
    account: &Account,
    caller: &Caller,
    call: &FunctionCallAction,
    action_hash: CryptoHash,
) -> VMContext {
    let Caller {
        receipt, action, ..
    } = caller;
    let prepaid_gas = caller
        .strike
        .map_or(call.gas, |strike| faulty_call::prepaid_gas(strike, call));
    let receivers = match caller.is_last_action {
        true => action.output_data_receivers(),
        false => &[],
    };
    let promise_results = caller.inputs.iter().map(|input| match input {
        Some(value) => PromiseResult::Successful(value.as_slice().into()),
        None => PromiseResult::Failed,
    });
    VMContext {
        current_account_id: receipt.receiver_id().clone(),
        signer_account_id: action.signer_id().clone(),
        signer_account_pk: borsh::to_vec(action.signer_public_key()).expect("writing to memory"),
        predecessor_account_id: receipt.predecessor_id().clone(),
        refund_to_account_id: receipt.balance_refund_receiver().clone(),
        input: call.args.as_slice().into(),
        promise_results: promise_results.collect(),
        block_height: context.height,
        block_timestamp: context.timestamp_ns,
        epoch_height: context.epoch.epoch_height(),
        account_balance: account.amount(),
        account_locked_balance: account.locked(),
        storage_usage: account.storage_usage(),
        account_contract: account.contract().into_owned(),
        attached_deposit: call.deposit,
        prepaid_gas,
        random_seed: create_random_seed(action_hash, context.random_value),
        view_config: None,
        output_data_receivers: receivers.iter().map(|r| r.receiver_id.clone()).collect(),
    }
}

/// The context of a view: called by nobody, on the contract itself.
pub fn view_context(
    context: &BlockContext,
    account_id: &AccountId,
    account: &Account,
    args: &[u8],
    random_seed: CryptoHash,
    max_gas_burnt: Gas,
) -> VMContext {
    VMContext {
        current_account_id: account_id.clone(),
        signer_account_id: account_id.clone(),
        signer_account_pk: vec![],
        predecessor_account_id: account_id.clone(),
        refund_to_account_id: account_id.clone(),
        input: args.into(),
        promise_results: vec![].into(),
        block_height: context.height,
        block_timestamp: context.timestamp_ns,
        epoch_height: context.epoch.epoch_height(),
        account_balance: account.amount(),
        account_locked_balance: account.locked(),
        storage_usage: account.storage_usage(),
        account_contract: account.contract().into_owned(),
        attached_deposit: near_primitives::types::Balance::ZERO,
        prepaid_gas: max_gas_burnt,
        random_seed: random_seed.0.to_vec(),
        view_config: Some(ViewConfig { max_gas_burnt }),
        output_data_receivers: vec![],
    }
}

/// A method of an account's contract, and what it is called with.
pub struct Call<'a> {
    pub account: &'a Account,
    pub method_name: &'a str,
    pub vm_context: &'a VMContext,
}

/// Runs the account's contract on the VM, and lets an observer see it.
///
/// Panics where nearcore would crash for reasons of its own: the VM failed.
pub fn execute(external: &mut CallExternal, call: &Call) -> VMOutcome {
    let watch = observe::watch(external, call);
    let counter = call
        .vm_context
        .make_gas_counter(&external.context.config.wasm_config);
    let outcome = execute_with(external, call, counter);
    if let Some(watch) = watch {
        watch.observe(external, call, &outcome);
    }
    outcome
}

/// Runs the contract with a gas counter that need not hold all that the
/// contract believes it has.
pub fn execute_with(external: &mut CallExternal, call: &Call, counter: GasCounter) -> VMOutcome {
    let Some(contract) = called_contract(external, call) else {
        return no_code(external.account_id);
    };
    let config = external.context.config.wasm_config.clone();
    let fees = external.context.config.fees.clone();
    run_contract(external, &contract, call, config, fees, counter)
}

/// The code that a call runs.
pub fn called_contract(external: &CallExternal, call: &Call) -> Option<StoredContract> {
    let contracts = &external.context.contracts;
    stored_contract(contracts, external.state, external.account_id, call.account)
}

/// Runs code in the contract's place, at given prices. Panics as `execute` does.
pub fn run_contract(
    external: &mut CallExternal,
    contract: &StoredContract,
    call: &Call,
    config: Arc<Config>,
    fees: Arc<RuntimeFeesConfig>,
    counter: GasCounter,
) -> VMOutcome {
    let cache = Some(external.context.contracts.compiled());
    let prepared = prepare(contract, config, cache, counter, call.method_name);
    match run(prepared, external, call.vm_context, fees) {
        Ok(outcome) => outcome,
        Err(VMRunnerError::ContractCodeNotPresent) => no_code(external.account_id),
        Err(VMRunnerError::InconsistentStateError(_)) => inconsistent_usage(),
        Err(error) => panic!("the VM failed: {error}"),
    }
}

/// A record that `patch_state` wrote states fewer bytes than the account frees,
/// or too many to count. A real node stops here; we fail the call.
fn inconsistent_usage() -> VMOutcome {
    let msg = "the account's storage_usage does not fit its data: a patch gave a wrong figure";
    VMOutcome::nop_outcome(FunctionCallError::LoadingError { msg: msg.into() })
}

fn no_code(account_id: &AccountId) -> VMOutcome {
    let account_id = account_id.as_str().into();
    let error = CompilationError::CodeDoesNotExist { account_id };
    VMOutcome::nop_outcome(FunctionCallError::CompilationError(error))
}

fn stored_contract(
    contracts: &ContractCache,
    state: &StateUpdate,
    account_id: &AccountId,
    account: &Account,
) -> Option<StoredContract> {
    match &*account.contract() {
        AccountContract::None => None,
        AccountContract::Local(hash) => Some(StoredContract {
            hash: *hash,
            code: state.code(account_id),
        }),
        AccountContract::Global(hash) => Some(StoredContract {
            hash: *hash,
            code: global_contracts::code(state, &GlobalContractIdentifier::CodeHash(*hash)),
        }),
        AccountContract::GlobalByAccount(deployer_id) => {
            let identifier = GlobalContractIdentifier::AccountId(deployer_id.clone());
            let code = global_contracts::code(state, &identifier)?;
            Some(StoredContract {
                hash: contracts.hash_of(&code),
                code: Some(code),
            })
        }
    }
}

/// The VM's error in the form that outcomes keep.
pub fn stored_error(error: FunctionCallError) -> errors::FunctionCallError {
    use errors::FunctionCallError as Stored;
    match error {
        FunctionCallError::CompilationError(error) => {
            Stored::CompilationError(stored_compilation_error(error))
        }
        FunctionCallError::LinkError { msg } => {
            Stored::ExecutionError(format!("Link Error: {msg}"))
        }
        FunctionCallError::MethodResolveError(error) => {
            use near_vm_runner::logic::errors::MethodResolveError as Vm;
            Stored::MethodResolveError(match error {
                Vm::MethodEmptyName => errors::MethodResolveError::MethodEmptyName,
                Vm::MethodNotFound => errors::MethodResolveError::MethodNotFound,
                Vm::MethodInvalidSignature => errors::MethodResolveError::MethodInvalidSignature,
            })
        }
        FunctionCallError::WasmTrap(_)
        | FunctionCallError::HostError(_)
        | FunctionCallError::LoadingError { .. } => Stored::ExecutionError(error.to_string()),
    }
}

fn stored_compilation_error(error: CompilationError) -> errors::CompilationError {
    use errors::CompilationError as Stored;
    match error {
        CompilationError::CodeDoesNotExist { account_id } => Stored::CodeDoesNotExist {
            account_id: account_id.parse().expect("the VM names the called account"),
        },
        CompilationError::PrepareError(error) => {
            // Both enums have the same Borsh form.
            let bytes = borsh::to_vec(&error).expect("writing to memory");
            Stored::PrepareError(borsh::from_slice(&bytes).expect("equal encodings"))
        }
        CompilationError::WasmerCompileError { msg }
        | CompilationError::WasmtimeCompileError { msg } => Stored::WasmerCompileError { msg },
    }
}
