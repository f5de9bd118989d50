//! Python functions that answer for contracts.
//!
//! A mock is asked in the middle of a block: the thread that makes the block
//! holds the chain's lock, has released the GIL, and takes it for the answer.
//! Nothing here waits for the chain with the GIL held, so that thread always
//! gets it.

use near_primitives::types::Gas;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sealwright_engine::mocks::{Answer, Behaviour, MockCall, Question, Reply};

/// A function from a question to `(value, panic, logs, gas)`. What it raises
/// becomes the call's panic.
pub struct PythonMock(pub Py<PyAny>);

/// account, method, args, predecessor, signer, deposit, gas, height, time in
/// nanoseconds, promise results, receipt id.
type QuestionTuple<'py> = (
    (String, String, Bound<'py, PyBytes>),
    (String, String, u128, u64),
    (u64, u64, Vec<Option<Bound<'py, PyBytes>>>, Option<String>),
);

type ReplyTuple = (Vec<u8>, Option<String>, Vec<String>, u64);

/// The question; value, panic, logs, gas of the reply.
pub type MockCallTuple<'py> = (
    QuestionTuple<'py>,
    (
        Option<Bound<'py, PyBytes>>,
        Option<String>,
        Vec<String>,
        u64,
    ),
);

impl Behaviour for PythonMock {
    fn reply(&self, question: &Question) -> Reply {
        Python::attach(|py| match self.ask(py, question) {
            Ok((value, panic, logs, gas)) => Reply {
                answer: panic.map_or(Answer::Value(value), Answer::Panic),
                logs,
                gas: Gas::from_gas(gas),
            },
            Err(error) => Reply {
                answer: Answer::Panic(format!("the mock failed: {error}")),
                logs: Vec::new(),
                gas: Gas::ZERO,
            },
        })
    }
}

impl PythonMock {
    fn ask(&self, py: Python<'_>, question: &Question) -> PyResult<ReplyTuple> {
        self.0
            .call1(py, (question_tuple(py, question),))?
            .extract(py)
    }
}

fn question_tuple<'py>(py: Python<'py>, question: &Question) -> QuestionTuple<'py> {
    let bytes = |value: &[u8]| PyBytes::new(py, value);
    let results = question.promise_results.iter();
    (
        (
            question.account_id.to_string(),
            question.method_name.clone(),
            bytes(&question.args),
        ),
        (
            question.predecessor_id.to_string(),
            question.signer_id.to_string(),
            question.deposit.as_yoctonear(),
            question.gas.as_gas(),
        ),
        (
            question.block_height,
            question.block_timestamp_ns,
            results.map(|result| result.as_deref().map(bytes)).collect(),
            question.receipt_id.map(|id| id.to_string()),
        ),
    )
}

pub fn call_tuple<'py>(py: Python<'py>, call: MockCall) -> MockCallTuple<'py> {
    let (value, panic) = match &call.reply.answer {
        Answer::Value(value) => (Some(PyBytes::new(py, value)), None),
        Answer::Panic(text) => (None, Some(text.clone())),
    };
    let gas = call.reply.gas.as_gas();
    (
        question_tuple(py, &call.question),
        (value, panic, call.reply.logs, gas),
    )
}
