//! Calls that a fault plan starves of gas or ends at a host function.

use super::external::CallExternal;
use super::function_call::{self, Call};
use super::result::ActionResult;
use crate::faults::{host_calls, Fault, Strike};
use near_primitives::action::FunctionCallAction;
use near_primitives::types::Gas;
use near_vm_runner::logic::errors::{FunctionCallError, WasmTrap};
use near_vm_runner::logic::{GasCounter, VMOutcome};

/// The gas a call runs with.
pub fn prepaid_gas(strike: &Strike, call: &FunctionCallAction) -> Gas {
    match strike.fault_of(&call.method_name) {
        Some(Fault::Starve { gas }) => call.gas.min(*gas),
        _ => call.gas,
    }
}

/// Runs a call, and notes in its result whether a host function was reached at
/// which it is to end.
pub fn execute(
    external: &mut CallExternal,
    call: &Call,
    strike: Option<&Strike>,
    result: &mut ActionResult,
) -> VMOutcome {
    let fault = strike.and_then(|strike| strike.fault_of(call.method_name));
    let (nth, traps) = match fault {
        Some(Fault::CutGas { host_call }) => (*host_call, false),
        Some(Fault::Trap { host_call }) => (*host_call, true),
        _ => return function_call::execute(external, call),
    };
    let Some(gas) = gas_before(nth, external, call) else {
        return function_call::execute(external, call);
    };
    let counter = counter(external, call, gas);
    let mut outcome = function_call::execute_with(external, call, counter);
    result.fault_was_reached = outcome.aborted.is_some();
    if traps && result.fault_was_reached {
        outcome.aborted = Some(FunctionCallError::WasmTrap(WasmTrap::Unreachable));
    }
    outcome
}

/// Gas the call uses before its n-th host function; the runs that find out
/// leave no trace in the state.
fn gas_before(nth: u64, external: &CallExternal, call: &Call) -> Option<Gas> {
    host_calls::gas_before(nth, call.vm_context.prepaid_gas, |gas| {
        let mut state = external.state.clone();
        let mut probe = CallExternal::new(
            external.context,
            &mut state,
            external.account_id,
            external.action_hash,
            external.proof_before,
        );
        let counter = counter(&probe, call, gas);
        function_call::execute_with(&mut probe, call, counter);
    })
}

fn counter(external: &CallExternal, call: &Call, gas: Gas) -> GasCounter {
    let config = &external.context.config.wasm_config;
    GasCounter::new(
        config.ext_costs.clone(),
        config.limit_config.max_gas_burnt,
        config.regular_op_cost,
        gas,
        call.vm_context.is_view(),
    )
}
