//! What a mock is asked and what it answers.

use near_primitives::hash::CryptoHash;
use near_primitives::types::{AccountId, Balance, BlockHeight, Gas};
use near_vm_runner::logic::errors::{FunctionCallError, HostError};
use near_vm_runner::logic::types::PromiseResult;
use near_vm_runner::logic::{ReturnData, VMContext, VMOutcome};
use near_vm_runner::ProfileDataV3;
use std::cell::Cell;

/// A call or view that a mock is to answer.
#[derive(Debug, Clone)]
pub struct Question {
    pub account_id: AccountId,
    pub method_name: String,
    pub args: Vec<u8>,
    pub predecessor_id: AccountId,
    pub signer_id: AccountId,
    pub deposit: Balance,
    pub gas: Gas,
    pub block_height: BlockHeight,
    pub block_timestamp_ns: u64,
    /// What a callback got; `None`: the promise failed.
    pub promise_results: Vec<Option<Vec<u8>>>,
    /// `None`: a view.
    pub receipt_id: Option<CryptoHash>,
}

impl Question {
    pub fn new(vm_context: &VMContext, method_name: &str, receipt_id: Option<CryptoHash>) -> Self {
        let results = vm_context
            .promise_results
            .iter()
            .map(|result| match result {
                PromiseResult::Successful(value) => Some(value.to_vec()),
                PromiseResult::Failed | PromiseResult::NotReady => None,
            });
        Self {
            account_id: vm_context.current_account_id.clone(),
            method_name: method_name.to_owned(),
            args: vm_context.input.to_vec(),
            predecessor_id: vm_context.predecessor_account_id.clone(),
            signer_id: vm_context.signer_account_id.clone(),
            deposit: vm_context.attached_deposit,
            gas: vm_context.prepaid_gas,
            block_height: vm_context.block_height,
            block_timestamp_ns: vm_context.block_timestamp,
            promise_results: results.collect(),
            receipt_id,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Value(Vec<u8>),
    /// The call fails as by a contract's panic with this text.
    Panic(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub answer: Answer,
    pub logs: Vec<String>,
    /// Burnt beyond the fees of the call.
    pub gas: Gas,
}

/// What stands in for a method.
pub trait Behaviour: Send + Sync {
    fn reply(&self, question: &Question) -> Reply;
}

/// The same reply to every question.
pub struct Fixed(pub Reply);

impl Behaviour for Fixed {
    fn reply(&self, _: &Question) -> Reply {
        self.0.clone()
    }
}

thread_local! {
    static ANSWERING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a mock. The chain's lock is held then: whoever
/// would wait for it waits forever.
pub fn is_answering() -> bool {
    ANSWERING.get()
}

struct Answering;

impl Answering {
    fn begin() -> Self {
        ANSWERING.set(true);
        Self
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        ANSWERING.set(false);
    }
}

/// Asks a mock, and books its reply as the VM would book a call.
pub(super) fn ask(
    behaviour: &dyn Behaviour,
    question: &Question,
    vm_context: &VMContext,
) -> (Reply, VMOutcome) {
    let reply = {
        let _answering = Answering::begin();
        behaviour.reply(question)
    };
    let outcome = booked(&reply, vm_context);
    (reply, outcome)
}

fn booked(reply: &Reply, vm_context: &VMContext) -> VMOutcome {
    let prepaid = vm_context.prepaid_gas;
    let gas = reply.gas.min(prepaid);
    let (value, aborted) = match &reply.answer {
        _ if reply.gas > prepaid => (vec![], Some(HostError::GasExceeded)),
        Answer::Value(value) => (value.clone(), None),
        Answer::Panic(text) => {
            let panic_msg = text.clone();
            (vec![], Some(HostError::GuestPanic { panic_msg }))
        }
    };
    let mut profile = ProfileDataV3::default();
    profile.compute_wasm_instruction_cost(gas);
    let balance = vm_context.account_balance;
    VMOutcome {
        balance: balance.saturating_add(vm_context.attached_deposit),
        storage_usage: vm_context.storage_usage,
        return_data: ReturnData::Value(value),
        burnt_gas: gas,
        used_gas: gas,
        compute_usage: gas.as_gas(),
        logs: reply.logs.clone(),
        profile,
        aborted: aborted.map(FunctionCallError::HostError),
        subsidized_amount: near_primitives::types::Balance::ZERO,
    }
}
