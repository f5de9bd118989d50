//! What a transaction did, read without JSON until somebody wants JSON.

use near_primitives::hash::CryptoHash;
use near_primitives::views::{
    ExecutionOutcomeView, FinalExecutionOutcomeWithReceiptView, FinalExecutionStatus,
};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sealwright_engine::node::Node;
use sealwright_engine::Chain;
use std::sync::Arc;

#[pyclass(frozen)]
pub struct NativeOutcome {
    node: Arc<Node>,
    view: FinalExecutionOutcomeWithReceiptView,
    #[pyo3(get)]
    finished: bool,
}

impl NativeOutcome {
    /// `chain` is the node's.
    pub fn of(node: &Arc<Node>, chain: &Chain, hash: &CryptoHash) -> Option<Self> {
        let view = chain.final_outcome(hash)?;
        Some(Self {
            node: node.clone(),
            view,
            finished: chain.is_finished(hash),
        })
    }

    pub fn is_finished(&self) -> bool {
        self.finished
    }

    fn outcomes(&self) -> impl Iterator<Item = &ExecutionOutcomeView> {
        let outcome = &self.view.final_outcome;
        std::iter::once(&outcome.transaction_outcome)
            .chain(&outcome.receipts_outcome)
            .map(|executed| &executed.outcome)
    }
}

#[pymethods]
impl NativeOutcome {
    #[getter]
    fn hash(&self) -> String {
        self.view.final_outcome.transaction.hash.to_string()
    }

    #[getter]
    fn succeeded(&self) -> bool {
        matches!(
            self.view.final_outcome.status,
            FinalExecutionStatus::SuccessValue(_)
        )
    }

    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        match &self.view.final_outcome.status {
            FinalExecutionStatus::SuccessValue(value) => PyBytes::new(py, value),
            _ => PyBytes::new(py, b""),
        }
    }

    /// nearcore's JSON of the error.
    #[getter]
    fn failure(&self) -> Option<String> {
        match &self.view.final_outcome.status {
            FinalExecutionStatus::Failure(error) => {
                Some(serde_json::to_string(error).expect("errors have a JSON form"))
            }
            _ => None,
        }
    }

    #[getter]
    fn logs(&self) -> Vec<&str> {
        self.outcomes()
            .flat_map(|outcome| &outcome.logs)
            .map(String::as_str)
            .collect()
    }

    #[getter]
    fn gas_burnt(&self) -> u64 {
        self.outcomes()
            .map(|outcome| outcome.gas_burnt.as_gas())
            .sum()
    }

    #[getter]
    fn tokens_burnt(&self) -> u128 {
        self.outcomes()
            .map(|outcome| outcome.tokens_burnt.as_yoctonear())
            .sum()
    }

    /// JSON of what a trace shows beside the view; None where the chain was
    /// rolled back to before the transaction.
    fn facts(&self, py: Python<'_>) -> Option<String> {
        let executed = &self.view.final_outcome.transaction_outcome;
        py.detach(|| {
            let facts = self.node.read(|chain| chain.trace_facts(&executed.id))?;
            let is_this_history = facts.block_hash == executed.block_hash;
            is_this_history.then(|| serde_json::to_string(&facts).expect("facts have a JSON form"))
        })
    }

    /// nearcore's JSON, receipts included.
    fn view(&self, py: Python<'_>) -> String {
        py.detach(|| serde_json::to_string(&self.view).expect("outcomes have a JSON form"))
    }
}
