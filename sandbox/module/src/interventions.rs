//! Faults, mocks and impersonation.

use crate::actions::{self, account};
use crate::engine::Engine;
use crate::errors::{misuse, refused};
use crate::mocks::{call_tuple, MockCallTuple, PythonMock};
use crate::outcome::NativeOutcome;
use crate::transactions::make_blocks_until_it_ends;
use near_primitives::hash::CryptoHash;
use near_primitives::types::Gas;
use pyo3::prelude::*;
use sealwright_engine::faults::{kinds, FaultPlan};
use sealwright_engine::mocks::{Answer, Behaviour, Fixed, Reply};
use sealwright_engine::node::{KeptChain, Node, Refusal};
use std::sync::Arc;

fn refusal(why: Refusal) -> PyErr {
    match why {
        Refusal::Kept => misuse(
            "a sandbox with a home keeps its transactions only: faults, mocks and impersonation \
             need one without",
        ),
        Refusal::Plan(reason) => misuse(reason),
        Refusal::Transaction(reason) => refused(&reason),
    }
}

/// JSON of what kinds of faults there are: kind, possible, reason.
#[pyfunction]
pub fn fault_kinds() -> String {
    serde_json::to_string(&kinds()).expect("kinds have a JSON form")
}

/// What a test does to an engine's chain that no user could.
#[pyclass(frozen)]
pub struct NativeInterventions {
    node: Arc<Node>,
}

#[pymethods]
impl NativeInterventions {
    #[new]
    fn new(engine: &Engine) -> Self {
        Self {
            node: engine.node.clone(),
        }
    }

    /// `plan` is JSON.
    fn install_faults(&self, py: Python<'_>, plan: &str) -> PyResult<()> {
        let plan: FaultPlan = serde_json::from_str(plan).map_err(misuse)?;
        py.detach(|| self.node.write(|chain| chain.install_faults(plan)))
            .map_err(refusal)
    }

    fn clear_faults(&self, py: Python<'_>) {
        py.detach(|| self.node.write(KeptChain::clear_faults));
    }

    /// JSON of what became of the plan; None without one.
    fn fault_report(&self, py: Python<'_>) -> Option<String> {
        let report = py.detach(|| self.node.read(sealwright_engine::Chain::fault_report));
        report.map(|report| serde_json::to_string(&report).expect("reports have a JSON form"))
    }

    /// A mock that always gives the same reply: `value`, or a panic with `panic`.
    #[allow(clippy::too_many_arguments)]
    #[pyo3(signature = (account_id, method, value, panic, logs, gas))]
    fn mock(
        &self,
        py: Python<'_>,
        account_id: &str,
        method: &str,
        value: &[u8],
        panic: Option<String>,
        logs: Vec<String>,
        gas: u64,
    ) -> PyResult<u64> {
        let answer = panic.map_or_else(|| Answer::Value(value.to_vec()), Answer::Panic);
        let gas = Gas::from_gas(gas);
        self.install(
            py,
            account_id,
            method,
            Arc::new(Fixed(Reply { answer, logs, gas })),
        )
    }

    /// A mock that asks `function(question) -> (value, panic, logs, gas)`, see
    /// [`PythonMock`].
    fn mock_with(
        &self,
        py: Python<'_>,
        account_id: &str,
        method: &str,
        function: Py<PyAny>,
    ) -> PyResult<u64> {
        self.install(py, account_id, method, Arc::new(PythonMock(function)))
    }

    fn remove_mock(&self, py: Python<'_>, id: u64) {
        py.detach(|| self.node.write(|chain| chain.remove_mock(id)));
    }

    /// Calls that a mock answered, in order.
    fn mock_calls<'py>(&self, py: Python<'py>, id: u64) -> Vec<MockCallTuple<'py>> {
        let calls = py.detach(|| self.node.read(|chain| chain.mock_calls(id)));
        calls.into_iter().map(|call| call_tuple(py, call)).collect()
    }

    /// Pools a transaction that acts for an account without its key.
    fn impersonate(
        &self,
        py: Python<'_>,
        signer_id: &str,
        receiver_id: &str,
        actions: &str,
    ) -> PyResult<String> {
        let hash = self.pool_impersonated(py, signer_id, receiver_id, actions)?;
        Ok(hash.to_string())
    }

    /// The same, and makes blocks until it has ended.
    fn run_impersonated(
        &self,
        py: Python<'_>,
        signer_id: &str,
        receiver_id: &str,
        actions: &str,
        max_blocks: u64,
    ) -> PyResult<NativeOutcome> {
        let hash = self.pool_impersonated(py, signer_id, receiver_id, actions)?;
        py.detach(|| make_blocks_until_it_ends(&self.node, hash, max_blocks))
    }
}

impl NativeInterventions {
    fn install(
        &self,
        py: Python<'_>,
        account_id: &str,
        method: &str,
        behaviour: Arc<dyn Behaviour>,
    ) -> PyResult<u64> {
        let account_id = account(account_id)?;
        let method = method.to_owned();
        py.detach(|| {
            self.node
                .write(|chain| chain.install_mock(account_id, method, behaviour))
        })
        .map_err(refusal)
    }

    fn pool_impersonated(
        &self,
        py: Python<'_>,
        signer_id: &str,
        receiver_id: &str,
        actions: &str,
    ) -> PyResult<CryptoHash> {
        let (signer_id, receiver_id) = (account(signer_id)?, account(receiver_id)?);
        let actions = actions::from_json(actions)?;
        py.detach(|| {
            self.node
                .write(|chain| chain.impersonate(signer_id, receiver_id, actions))
        })
        .map_err(refusal)
    }
}
