//! Parameters: an object, or an array that some methods read by position.

use near_jsonrpc_primitives::errors::RpcError;
use near_primitives::transaction::SignedTransaction;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads the whole of the parameters as one type.
pub fn parse<T: DeserializeOwned>(params: Value) -> Result<T, RpcError> {
    serde_json::from_value(params).map_err(refuse)
}

/// The only element of an array of one.
pub fn single<T: DeserializeOwned>(params: &Value) -> Option<Result<T, RpcError>> {
    match params.as_array()?.as_slice() {
        [only] => Some(T::deserialize(only).map_err(refuse)),
        _ => None,
    }
}

/// The elements of an array of two.
pub fn pair<A: DeserializeOwned, B: DeserializeOwned>(
    params: &Value,
) -> Option<Result<(A, B), RpcError>> {
    match params.as_array()?.as_slice() {
        [first, second] => Some(
            A::deserialize(first)
                .and_then(|first| Ok((first, B::deserialize(second)?)))
                .map_err(refuse),
        ),
        _ => None,
    }
}

/// The only element of an array of one, as base64 of a signed transaction.
pub fn single_transaction(params: &Value) -> Option<Result<SignedTransaction, RpcError>> {
    let encoded = single::<String>(params)?;
    Some(encoded.and_then(|encoded| decode_transaction(&encoded)))
}

fn decode_transaction(encoded: &str) -> Result<SignedTransaction, RpcError> {
    use base64::Engine as _;
    let failed =
        |reason: String| RpcError::parse_error(format!("Failed to decode transaction: {reason}"));
    let bytes = base64::prelude::BASE64_STANDARD
        .decode(encoded)
        .map_err(|error| failed(base64_error(&error)))?;
    borsh::from_slice(&bytes).map_err(|error| failed(error.to_string()))
}

/// As the version that nearcore uses (0.21) words it.
fn base64_error(error: &base64::DecodeError) -> String {
    match error {
        base64::DecodeError::InvalidByte(offset, byte) => {
            format!("Invalid byte {byte}, offset {offset}.")
        }
        base64::DecodeError::InvalidLength(_) => {
            "Encoded text cannot have a 6-bit remainder.".to_owned()
        }
        base64::DecodeError::InvalidLastSymbol(offset, byte) => {
            format!("Invalid last symbol {byte}, offset {offset}.")
        }
        base64::DecodeError::InvalidPadding => "Invalid padding".to_owned(),
    }
}

fn refuse(error: serde_json::Error) -> RpcError {
    // Base64 was worded so in the version that nearcore uses.
    let reason = error
        .to_string()
        .replace("Invalid symbol ", "Invalid byte ");
    RpcError::parse_error(format!("Failed parsing args: {reason}"))
}
