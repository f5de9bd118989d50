//! Watching contracts through instrumented builds.

use crate::errors::misuse;
use near_primitives::hash::hash;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sealwright_engine::runtime::observe::{Build, Kind, Observation, Observer, When};
use std::sync::Arc;

/// What chains see of watched contracts; one may serve many chains.
#[pyclass(frozen)]
pub struct NativeObserver {
    pub(crate) observer: Arc<Observer>,
}

#[pymethods]
impl NativeObserver {
    #[new]
    fn new() -> Self {
        Self {
            observer: Arc::default(),
        }
    }

    /// Watches contracts with the code `released` through the build `instrumented` of `kind` (lines or gas):
    /// every call, or those that fail.
    fn add(
        &self,
        released: &[u8],
        instrumented: Vec<u8>,
        kind: &str,
        always: bool,
    ) -> PyResult<()> {
        let kind = match kind {
            "lines" => Kind::Lines,
            "gas" => Kind::Gas,
            _ => return Err(misuse(format!("no instrumented build is called {kind}"))),
        };
        let when = if always {
            When::Always
        } else {
            When::OnFailure
        };
        self.observer
            .add(hash(released), Build::new(instrumented, kind, when));
        Ok(())
    }

    /// What was seen since the last time, as dictionaries.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let seen = self.observer.take();
        seen.into_iter().map(|each| as_dict(py, each)).collect()
    }
}

fn as_dict(py: Python<'_>, seen: Observation) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    let kind = match seen.kind {
        Kind::Lines => "lines",
        Kind::Gas => "gas",
    };
    dict.set_item("kind", kind)?;
    dict.set_item("account_id", seen.account_id.as_str())?;
    dict.set_item("code_hash", seen.code_hash.0)?;
    dict.set_item("method", seen.method_name)?;
    dict.set_item("receipt_id", seen.receipt_id.map(|id| id.to_string()))?;
    dict.set_item("gas_burnt", seen.gas_burnt.as_gas())?;
    dict.set_item("instrumented_gas", seen.instrumented_gas.as_gas())?;
    dict.set_item("loading_gas", seen.loading_gas.as_gas())?;
    dict.set_item("failed", seen.failed)?;
    dict.set_item("agrees", seen.agrees)?;
    dict.set_item("messages", seen.messages)?;
    Ok(dict)
}
