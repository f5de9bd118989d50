//! How failures cross the border: one exception with a kind and a JSON text.

use near_primitives::errors::InvalidTxError;
use pyo3::exceptions::PyException;
use pyo3::{create_exception, PyErr};
use sealwright_engine::chain::QueryError;
use serde_json::json;

create_exception!(
    _engine,
    EngineError,
    PyException,
    "args: (kind, text). kind is refused, view_failed, account_unknown, unfinished, rpc, import or misuse."
);

fn error(kind: &'static str, text: String) -> PyErr {
    EngineError::new_err((kind, text))
}

/// A transaction broke a rule; the text is nearcore's JSON of it.
pub fn refused(reason: &InvalidTxError) -> PyErr {
    error(
        "refused",
        serde_json::to_string(reason).expect("errors have a JSON form"),
    )
}

/// A transaction has receipts left to run; the text is its hash.
pub fn unfinished(hash: String) -> PyErr {
    error("unfinished", hash)
}

/// An argument that is not what it should be.
pub fn misuse(reason: impl std::fmt::Display) -> PyErr {
    error("misuse", reason.to_string())
}

/// Another network did not answer; the text is `CODE: text`.
pub fn import_failed(reason: impl std::fmt::Display) -> PyErr {
    error("import", reason.to_string())
}

/// A JSON-RPC error object.
pub fn rpc(answer: &impl serde::Serialize) -> PyErr {
    error(
        "rpc",
        serde_json::to_string(answer).expect("errors have a JSON form"),
    )
}

/// A view failed; the text is nearcore's JSON of a function call's error.
pub fn view(failure: QueryError) -> PyErr {
    match failure {
        QueryError::UnknownAccount {
            requested_account_id,
            ..
        } => error("account_unknown", requested_account_id.to_string()),
        QueryError::ContractExecutionError { error: cause, .. } => error(
            "view_failed",
            json!({ "FunctionCallError": cause }).to_string(),
        ),
        QueryError::NoContractCode {
            contract_account_id,
            ..
        } => {
            let cause = json!({ "CodeDoesNotExist": { "account_id": contract_account_id } });
            error("view_failed", cause.to_string())
        }
        QueryError::InternalError { error_message } => import_failed(error_message),
        other => misuse(other),
    }
}
