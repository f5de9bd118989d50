//! State of another network, asked for through Python.

use crate::actions::account;
use crate::engine::Engine;
use crate::errors::import_failed;
use near_primitives::state_record::StateRecord;
use near_primitives::types::AccountId;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sealwright_engine::runtime::imports::{ImportedAccount, Imports, Source};
use serde::Deserialize;
use std::sync::Arc;

/// An object with `account(id) -> str | None` and `values(id, keys) -> list[bytes | None]`.
struct PythonSource(Py<PyAny>);

#[derive(Deserialize)]
struct Account {
    records: Vec<StateRecord>,
    whole: bool,
}

impl Source for PythonSource {
    fn account(&self, account_id: &AccountId) -> Result<Option<ImportedAccount>, String> {
        let found: Option<String> = Python::attach(|py| {
            let answer = self.0.call_method1(py, "account", (account_id.as_str(),));
            answer
                .and_then(|answer| answer.extract(py))
                .map_err(|error| text(py, &error))
        })?;
        let Some(found) = found else {
            return Ok(None);
        };
        let account: Account = serde_json::from_str(&found).map_err(|error| error.to_string())?;
        Ok(Some(ImportedAccount {
            records: account.records,
            whole: account.whole,
        }))
    }

    fn values(
        &self,
        account_id: &AccountId,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, String> {
        Python::attach(|py| {
            let keys: Vec<_> = keys.iter().map(|key| PyBytes::new(py, key)).collect();
            let answer = self
                .0
                .call_method1(py, "values", (account_id.as_str(), keys));
            answer
                .and_then(|answer| answer.extract(py))
                .map_err(|error| text(py, &error))
        })
    }
}

/// What the exception says; Python's side makes its own exception of it again.
fn text(py: Python<'_>, error: &PyErr) -> String {
    error.value(py).to_string()
}

/// Asks `source` for accounts that are unknown here.
#[pyfunction]
pub fn import_accounts(py: Python<'_>, engine: &Engine, source: Py<PyAny>) {
    let imports = Imports::new(Arc::new(PythonSource(source)), true);
    py.detach(|| engine.node.write(|chain| chain.import_from(imports)));
}

/// Asks `source` for storage of an account that is here, by key; a source that the chain has stays.
#[pyfunction]
pub fn import_keys(
    py: Python<'_>,
    engine: &Engine,
    source: Py<PyAny>,
    account_id: &str,
) -> PyResult<()> {
    let account_id = account(account_id)?;
    py.detach(|| {
        engine.node.write(|chain| {
            let known = chain.chain().imports().cloned();
            let mut imports =
                known.unwrap_or_else(|| Imports::new(Arc::new(PythonSource(source)), false));
            imports.keys.insert(account_id, Default::default());
            chain.import_from(imports);
        });
    });
    Ok(())
}

/// Fetches an account if it may be had and is not here.
#[pyfunction]
pub fn import_account(py: Python<'_>, engine: &Engine, account_id: &str) -> PyResult<()> {
    let account_id = account(account_id)?;
    py.detach(|| engine.node.write(|chain| chain.import_account(&account_id)))
        .map_err(import_failed)
}
