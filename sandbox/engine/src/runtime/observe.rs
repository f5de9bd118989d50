//! Contracts watched through instrumented builds.
//!
//! An instrumented build is the same program as a deployed contract and also says where it is. It never takes
//! the contract's place: after a call has run, the build gets the same call on a copy of the state as it was
//! before, and what it says is kept. So watching changes no gas, no outcome and no state, and a chain that
//! nobody watches pays one look at a flag for it.
//!
//! The instrumentation's own work must not change what the program does. A line build runs with cheap wasm
//! instructions and finds more gas left, never less, than the contract did. A gas build is paid in full and
//! reports what it cost by itself; fees for running promised actions are left out, because they are used and
//! not burnt.

use super::contracts::StoredContract;
use super::external::CallExternal;
use super::function_call::{called_contract, run_contract, Call};
use super::listen::listen;
use super::BlockContext;
use crate::state::{Moment, Value};
use near_parameters::vm::Config;
use near_parameters::{ActionCosts, ExtCosts, Fee, RuntimeFeesConfig};
use near_primitives::hash::{hash, CryptoHash};
use near_primitives::types::{AccountId, Gas};
use near_vm_runner::logic::errors::{FunctionCallError, HostError};
use near_vm_runner::logic::{GasCounter, ReturnData, VMContext, VMOutcome};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

/// In a line build, wasm instructions cost this fraction.
const CHEAPER: u32 = 64;
/// How many times a call's gas an instrumented build may use.
const MORE_GAS: u64 = 8;
/// Fees that are burnt whole when a call makes the receipt.
const DATA_RECEIPTS: [ActionCosts; 2] = [
    ActionCosts::new_data_receipt_base,
    ActionCosts::new_data_receipt_byte,
];
/// Observations kept until somebody takes them; older ones are dropped.
const MOST_OBSERVATIONS: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Reports lines and functions.
    Lines,
    /// Reports the gas burnt between functions.
    Gas,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Always,
    /// Only calls that failed are run again.
    OnFailure,
}

/// An instrumented build of a contract.
pub struct Build {
    wasm: Value,
    hash: CryptoHash,
    kind: Kind,
    when: When,
}

impl Build {
    pub fn new(wasm: Vec<u8>, kind: Kind, when: When) -> Self {
        Self {
            hash: hash(&wasm),
            wasm: wasm.into(),
            kind,
            when,
        }
    }
}

/// What an instrumented build said of one call.
#[derive(Debug, Clone)]
pub struct Observation {
    pub kind: Kind,
    pub account_id: AccountId,
    /// Of the deployed contract.
    pub code_hash: CryptoHash,
    pub method_name: String,
    /// `None`: a view.
    pub receipt_id: Option<CryptoHash>,
    /// Of the deployed contract's call; `instrumented_gas` is the build's.
    pub gas_burnt: Gas,
    pub instrumented_gas: Gas,
    /// Gas by which loading the build costs more than loading the contract, as it is larger.
    pub loading_gas: Gas,
    pub failed: bool,
    /// Whether the build ended as the contract did: value or error, and logs. Where it did not (it asked how
    /// much gas is left), what it said is about another run.
    pub agrees: bool,
    pub messages: Vec<String>,
}

/// Which contracts are watched, and what was seen. Chains and threads may share one.
#[derive(Default)]
pub struct Observer {
    watching: AtomicBool,
    builds: RwLock<HashMap<CryptoHash, Vec<Arc<Build>>>>,
    seen: Mutex<Vec<Observation>>,
}

impl Observer {
    /// Watches every account that runs the code of this hash, from now on.
    pub fn add(&self, code_hash: CryptoHash, build: Build) {
        let mut builds = self.builds.write();
        builds.entry(code_hash).or_default().push(Arc::new(build));
        self.watching.store(true, Ordering::Release);
    }

    /// What was seen since the last time, in order.
    pub fn take(&self) -> Vec<Observation> {
        std::mem::take(&mut *self.seen.lock())
    }

    fn builds_of(&self, code_hash: &CryptoHash) -> Option<Vec<Arc<Build>>> {
        self.builds.read().get(code_hash).cloned()
    }

    fn note(&self, observation: Observation) {
        let mut seen = self.seen.lock();
        if seen.len() >= MOST_OBSERVATIONS {
            seen.remove(0);
        }
        seen.push(observation);
    }
}

/// A call about to run on a watched contract.
pub(super) struct Watch {
    code_hash: CryptoHash,
    code_size: usize,
    moment: Moment,
    builds: Vec<Arc<Build>>,
}

/// Before a call: what is needed to repeat it. `None` where nobody watches this contract.
pub(super) fn watch(external: &CallExternal, call: &Call) -> Option<Watch> {
    let observer = &external.context.observer;
    if !observer.watching.load(Ordering::Acquire) {
        return None;
    }
    let contract = called_contract(external, call)?;
    let builds = observer.builds_of(&contract.hash)?;
    let exact = builds.iter().any(|build| build.kind == Kind::Gas);
    Some(Watch {
        code_hash: contract.hash,
        code_size: contract.code.as_ref().map_or(0, |code| code.len()),
        moment: external.state.moment(exact),
        builds,
    })
}

impl Watch {
    /// After the call: runs it again on the instrumented builds.
    pub fn observe(&self, external: &CallExternal, call: &Call, outcome: &VMOutcome) {
        let failed = outcome.aborted.is_some();
        for build in &self.builds {
            let wanted = match (build.kind, build.when) {
                // With more gas it would go on where the contract could not.
                (Kind::Lines, _) if out_of_gas(outcome) => false,
                (_, When::OnFailure) => failed,
                (_, When::Always) => true,
            };
            if !wanted {
                continue;
            }
            let (again, messages) = self.repeat(build, external, call);
            let context = external.context;
            context.observer.note(Observation {
                kind: build.kind,
                account_id: external.account_id.clone(),
                code_hash: self.code_hash,
                method_name: call.method_name.to_owned(),
                receipt_id: external.receipt_id,
                gas_burnt: outcome.burnt_gas,
                instrumented_gas: again.burnt_gas,
                loading_gas: self.loading_gas(build, &context.config.wasm_config),
                failed,
                agrees: same_end(outcome, &again),
                messages,
            });
        }
    }

    fn repeat(
        &self,
        build: &Build,
        external: &CallExternal,
        call: &Call,
    ) -> (VMOutcome, Vec<String>) {
        let context = external.context;
        let contract = StoredContract {
            hash: build.hash,
            code: Some(build.wasm.clone()),
        };
        let (config, fees) = prices(build.kind, context);
        let counter = generous_counter(&config, call.vm_context);
        let mut vm_context = call.vm_context.clone();
        if build.kind == Kind::Gas {
            // A view may not ask how much gas it used.
            vm_context.view_config = None;
        }
        let call = Call {
            vm_context: &vm_context,
            ..*call
        };
        let mut state = external.state.at(&self.moment);
        let (account_id, action_hash) = (external.account_id, external.action_hash);
        let proof_before = external.proof_before.min(state.recorded_bytes());
        let mut copy =
            CallExternal::new(context, &mut state, account_id, action_hash, proof_before);
        let (config, fees) = (Arc::new(config), Arc::new(fees));
        listen(|| run_contract(&mut copy, &contract, &call, config, fees, counter))
    }

    fn loading_gas(&self, build: &Build, config: &Config) -> Gas {
        let per_byte = config.ext_costs.gas_cost(ExtCosts::contract_loading_bytes);
        let more = build.wasm.len().saturating_sub(self.code_size) as u64;
        Gas::from_gas(per_byte.as_gas().saturating_mul(more))
    }
}

/// What the VM charges an instrumented build.
fn prices(kind: Kind, context: &BlockContext) -> (Config, RuntimeFeesConfig) {
    let mut config = Config::clone(&context.config.wasm_config);
    let mut fees = RuntimeFeesConfig::clone(&context.config.fees);
    match kind {
        Kind::Lines => config.regular_op_cost = (config.regular_op_cost / CHEAPER).max(1),
        Kind::Gas => {
            for (cost, fee) in fees.action_fees.iter_mut() {
                // Data receipts are paid for at once.
                if !DATA_RECEIPTS.contains(&cost) {
                    let send = |to_itself| fee.send_fee(to_itself).gas.as_gas();
                    *fee = Fee::new(send(true), send(false), 0);
                }
            }
        }
    }
    (config, fees)
}

fn generous_counter(config: &Config, vm_context: &VMContext) -> GasCounter {
    let limit = match &vm_context.view_config {
        Some(view) => view.max_gas_burnt,
        None => config.limit_config.max_gas_burnt,
    };
    let more = |gas: Gas| Gas::from_gas(gas.as_gas().saturating_mul(MORE_GAS));
    GasCounter::new(
        config.ext_costs.clone(),
        more(limit),
        config.regular_op_cost,
        more(vm_context.prepaid_gas),
        vm_context.is_view(),
    )
}

fn out_of_gas(outcome: &VMOutcome) -> bool {
    matches!(
        outcome.aborted,
        Some(FunctionCallError::HostError(
            HostError::GasExceeded | HostError::GasLimitExceeded
        ))
    )
}

fn same_end(one: &VMOutcome, other: &VMOutcome) -> bool {
    let value = |outcome: &VMOutcome| match &outcome.return_data {
        ReturnData::Value(value) => Some(value.clone()),
        ReturnData::ReceiptIndex(_) | ReturnData::None => None,
    };
    let error = |outcome: &VMOutcome| outcome.aborted.as_ref().map(ToString::to_string);
    value(one) == value(other) && error(one) == error(other) && one.logs == other.logs
}
