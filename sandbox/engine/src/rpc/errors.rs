//! nearcore's error objects where its published types do not make them.

use crate::chain::QueryError;
use near_jsonrpc_primitives::errors::{RpcError, RpcErrorKind, RpcRequestValidationErrorKind};
use near_primitives::types::{BlockId, BlockReference};
use serde_json::{json, Value};

/// A method's answer.
pub type Answer = Result<Value, RpcError>;

/// Serialises a method's result.
pub fn to_answer(result: &impl serde::Serialize) -> Answer {
    serde_json::to_value(result).map_err(|error| RpcError::serialization_error(error.to_string()))
}

/// An error of `query` and its like.
pub fn query_error(error: QueryError) -> RpcError {
    match error {
        QueryError::UnknownBlock { block_reference } => {
            let data = block_not_found(&block_reference, "BLOCK HEADER", "");
            let info = json!({ "block_reference": block_reference });
            handler_error("UNKNOWN_BLOCK", Some(info), data)
        }
        other => other.into(),
    }
}

/// An unknown block in a method other than `query`; other errors stay.
pub fn block_error(error: QueryError) -> RpcError {
    match error {
        QueryError::UnknownBlock { block_reference } => {
            let data = block_not_found(&block_reference, "BLOCK", " \n Cause: Unknown");
            handler_error("UNKNOWN_BLOCK", Some(json!({})), data)
        }
        other => other.into(),
    }
}

fn block_not_found(reference: &BlockReference, by_hash: &str, after_hash: &str) -> String {
    match reference {
        BlockReference::BlockId(BlockId::Height(height)) => {
            format!("DB Not Found Error: BLOCK HEIGHT: {height} \n Cause: Unknown")
        }
        BlockReference::BlockId(BlockId::Hash(hash)) => {
            format!("DB Not Found Error: {by_hash}: {hash}{after_hash}")
        }
        other => format!("DB Not Found Error: {other:?}"),
    }
}

/// A handler error by its parts.
pub fn handler_error(name: &str, info: Option<Value>, data: impl Into<Value>) -> RpcError {
    let cause = match info {
        Some(info) => json!({ "name": name, "info": info }),
        None => json!({ "name": name }),
    };
    RpcError {
        error_struct: Some(RpcErrorKind::HandlerError(Box::new(cause))),
        code: -32_000,
        message: "Server error".to_owned(),
        data: Some(Box::new(data.into())),
    }
}

/// The name of the cause of a handler error.
pub fn cause_name(error: &RpcError) -> Option<&str> {
    match &error.error_struct {
        Some(RpcErrorKind::HandlerError(cause)) => cause["name"].as_str(),
        _ => None,
    }
}

/// Whether the request itself is to blame.
pub fn is_bad_request(error: &RpcError) -> bool {
    matches!(
        error.error_struct,
        Some(RpcErrorKind::RequestValidationError(
            RpcRequestValidationErrorKind::MethodNotFound { .. }
                | RpcRequestValidationErrorKind::ParseError { .. }
        ))
    )
}

/// Whether this node is to blame.
pub fn is_internal(error: &RpcError) -> bool {
    matches!(
        error.error_struct,
        None | Some(RpcErrorKind::InternalError(_))
    )
}
