//! `query` in its three forms: named, by path, and as EXPERIMENTAL methods.

use super::errors::{handler_error, query_error, to_answer, Answer};
use super::params::{pair, parse};
use crate::chain::{AtBlock, QueryError};
use crate::node::Node;
use crate::Chain;
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::query::RpcQueryRequest;
use near_primitives::action::GlobalContractIdentifier;
use near_primitives::types::{BlockReference, StoreKey};
use near_primitives::views::{QueryRequest, ViewStateResult};
use serde_json::{json, Value};
use std::num::NonZeroU32;

/// The request type of an EXPERIMENTAL method that asks one thing.
pub fn request_type_of_method(method: &str) -> Option<&'static str> {
    Some(match method {
        "EXPERIMENTAL_view_account" => "view_account",
        "EXPERIMENTAL_view_code" => "view_code",
        "EXPERIMENTAL_view_state" => "view_state",
        "EXPERIMENTAL_view_access_key" => "view_access_key",
        "EXPERIMENTAL_view_access_key_list" => "view_access_key_list",
        "EXPERIMENTAL_view_gas_key_nonces" => "view_gas_key_nonces",
        "EXPERIMENTAL_call_function" => "call_function",
        _ => return None,
    })
}

/// `query`. A contract's error and an unknown access key are *results* with a
/// field `error`, as on every NEAR node.
pub fn query(node: &Node, params: Value) -> Answer {
    let request = match pair::<String, String>(&params) {
        Some(path_and_data) => {
            let (path, data) = path_and_data?;
            from_path(&path, &data)?
        }
        None => parse(params)?,
    };
    let is_call = matches!(request.request, QueryRequest::CallFunction { .. });
    run(node, request).or_else(|error| legacy_answer(error, is_call))
}

/// The EXPERIMENTAL methods report every error as an error.
pub fn experimental(node: &Node, request_type: &str, mut params: Value) -> Answer {
    if let Some(fields) = params.as_object_mut() {
        fields.insert("request_type".to_owned(), request_type.into());
    }
    run(node, parse(params)?).map_err(|error| match error {
        QueryError::ContractExecutionError {
            error,
            block_height,
            block_hash,
            ..
        } => {
            let data = format!("Function call returned an error: {error:?}");
            let info = json!({
                "vm_error": error, "block_height": block_height, "block_hash": block_hash,
            });
            handler_error("CONTRACT_EXECUTION_ERROR", Some(info), data)
        }
        other => query_error(other),
    })
}

/// Contracts run without the chain's lock.
fn run(node: &Node, request: RpcQueryRequest) -> Result<Value, QueryError> {
    match request.request {
        QueryRequest::CallFunction {
            account_id,
            method_name,
            args,
        } => {
            let at = &request.block_reference;
            let view = node.read(|chain| match chain.imports() {
                None => chain.prepare_view(at).map(Ok),
                // What it fetches is for the chain to know.
                Some(_) => Ok(Err(chain.call_function(
                    &account_id,
                    &method_name,
                    &args,
                    at,
                ))),
            })?;
            flat(match view {
                Ok(view) => view.call(&account_id, &method_name, &args).0?,
                Err(answer) => answer?,
            })
        }
        other => node.read(|chain| read(chain, other, &request.block_reference)),
    }
}

fn read(chain: &Chain, request: QueryRequest, at: &BlockReference) -> Result<Value, QueryError> {
    match request {
        QueryRequest::ViewAccount { account_id } => flat(chain.view_account(&account_id, at)?),
        QueryRequest::ViewCode { account_id } => flat(chain.view_code(&account_id, at)?),
        QueryRequest::ViewState {
            account_id,
            prefix,
            after_key,
            limit,
            include_proof,
        } => {
            let mut found = chain.view_state(&account_id, &prefix, at)?;
            page(&mut found.value, after_key.as_ref(), limit);
            if include_proof {
                found.value.proof = chain.prove_state(&account_id, &prefix, at)?;
            }
            flat(found)
        }
        QueryRequest::ViewAccessKey {
            account_id,
            public_key,
        } => flat(chain.view_access_key(&account_id, &public_key, at)?),
        QueryRequest::ViewAccessKeyList { account_id, .. } => {
            flat(chain.view_access_keys(&account_id, at)?)
        }
        QueryRequest::CallFunction {
            account_id,
            method_name,
            args,
        } => flat(chain.call_function(&account_id, &method_name, &args, at)?),
        QueryRequest::ViewGasKeyNonces {
            account_id,
            public_key,
        } => flat(chain.view_gas_key_nonces(&account_id, &public_key, at)?),
        QueryRequest::ViewGlobalContractCode { code_hash } => {
            let identifier = GlobalContractIdentifier::CodeHash(code_hash);
            flat(chain.view_global_contract_code(identifier, at)?)
        }
        QueryRequest::ViewGlobalContractCodeByAccountId { account_id } => {
            let identifier = GlobalContractIdentifier::AccountId(account_id);
            flat(chain.view_global_contract_code(identifier, at)?)
        }
    }
}

/// The fields of the answer and of its block in one object.
fn flat(answer: AtBlock<impl serde::Serialize>) -> Result<Value, QueryError> {
    let mut value = to_answer(&answer.value).map_err(|error| QueryError::InternalError {
        error_message: error.message,
    })?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert("block_height".to_owned(), answer.block_height.into());
        fields.insert(
            "block_hash".to_owned(),
            answer.block_hash.to_string().into(),
        );
    }
    Ok(value)
}

/// Cuts a listing to `limit` entries after a key, and says where it goes on.
fn page(found: &mut ViewStateResult, after: Option<&StoreKey>, limit: Option<NonZeroU32>) {
    if let Some(after) = after {
        found.values.retain(|item| *item.key > **after);
    }
    let limit = limit.map_or(usize::MAX, |limit| limit.get() as usize);
    if found.values.len() > limit {
        found.values.truncate(limit);
        found.last_key = found.values.last().map(|item| item.key.clone());
    }
}

fn legacy_answer(error: QueryError, is_call: bool) -> Answer {
    let (text, block_height, block_hash) = match error {
        QueryError::ContractExecutionError {
            vm_error,
            block_height,
            block_hash,
            ..
        } => (vm_error, block_height, block_hash),
        QueryError::UnknownAccessKey {
            public_key,
            block_height,
            block_hash,
        } => {
            let text = format!("access key {public_key} does not exist while viewing");
            (text, block_height, block_hash)
        }
        QueryError::NoContractCode {
            contract_account_id,
            block_height,
            block_hash,
        } if is_call => {
            let text = format!(
                "wasm execution failed with error: \
                 CompilationError(CodeDoesNotExist {{ account_id: \"{contract_account_id}\" }})"
            );
            (text, block_height, block_hash)
        }
        other => return Err(query_error(other)),
    };
    Ok(json!({
        "error": text, "logs": [], "block_height": block_height, "block_hash": block_hash,
    }))
}

/// The old form `["account/alice.near", ""]`; its second part is base58.
fn from_path(path: &str, data: &str) -> Result<RpcQueryRequest, RpcError> {
    let parts: Vec<&str> = path.splitn(4, '/').collect();
    let data = bs58::decode(data)
        .into_vec()
        .map_err(|error| refuse(error.to_string()))?;
    let account_id = parts.get(1).copied().unwrap_or_default();
    let account_id = account_id
        .parse()
        .map_err(|error| refuse(format!("{error}")))?;
    let request = match parts.as_slice() {
        ["account", _] => QueryRequest::ViewAccount { account_id },
        ["access_key", _] => QueryRequest::ViewAccessKeyList {
            account_id,
            after_key: None,
            limit: None,
        },
        ["access_key", _, public_key] => QueryRequest::ViewAccessKey {
            account_id,
            public_key: public_key
                .parse()
                .map_err(|error| refuse(format!("{error}")))?,
        },
        ["code", _] => QueryRequest::ViewCode { account_id },
        ["contract", _] => QueryRequest::ViewState {
            account_id,
            prefix: data.into(),
            after_key: None,
            limit: None,
            include_proof: false,
        },
        ["call", _, method_name] => QueryRequest::CallFunction {
            account_id,
            method_name: (*method_name).to_owned(),
            args: data.into(),
        },
        _ => return Err(refuse(format!("Unknown path {path}"))),
    };
    Ok(RpcQueryRequest {
        block_reference: BlockReference::latest(),
        request,
    })
}

fn refuse(reason: String) -> RpcError {
    RpcError::parse_error(reason)
}
