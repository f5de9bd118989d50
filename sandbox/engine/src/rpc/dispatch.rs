//! Method names and their handlers.

use super::errors::Answer;
use super::server::Context;
use super::{blocks, network, query, receipts, sandbox, status, transactions};
use crate::node::Node;
use near_jsonrpc_primitives::errors::RpcError;
use serde_json::{json, Value};

/// Answers any method; those that wait for blocks wait here.
pub async fn answer(context: &Context, method: &str, params: Value) -> Answer {
    match method {
        "broadcast_tx_async" => transactions::broadcast_async(&context.node, params),
        "broadcast_tx_commit" | "send_tx" => transactions::send(&context.node, params).await,
        "tx" => transactions::status(&context.node, params, false).await,
        "EXPERIMENTAL_tx_status" => transactions::status(&context.node, params, true).await,
        _ => {
            let (node, address) = (context.node.clone(), context.address.clone());
            let method = method.to_owned();
            // Views run contracts and patches make blocks: not on the threads
            // that answer requests.
            tokio::task::spawn_blocking(move || answer_now(&node, &address, &method, params))
                .await
                .unwrap_or_else(|error| Err(RpcError::new_internal_error(None, error.to_string())))
        }
    }
}

/// Answers the methods that do not wait. `address` is what `status` names.
pub fn answer_now(node: &Node, address: &str, method: &str, params: Value) -> Answer {
    match method {
        "health" => Ok(Value::Null),
        "sandbox_patch_state" => sandbox::patch_state(node, params),
        "sandbox_fast_forward" => sandbox::fast_forward(node, params),
        _ => node.read(|chain| match method {
            "status" => Ok(status::status(chain, address)),
            "query" => query::query(chain, params),
            "block" => blocks::block(chain, params),
            "chunk" => blocks::chunk(chain, params),
            "gas_price" => blocks::gas_price(chain, params),
            "validators" => network::validators(chain, params),
            "EXPERIMENTAL_validators_ordered" => network::validators_ordered(chain, params),
            "genesis_config" | "EXPERIMENTAL_genesis_config" => Ok(chain.genesis_config()),
            "EXPERIMENTAL_protocol_config" => network::protocol_config(chain, params),
            "network_info" => Ok(network::network_info()),
            "maintenance_windows" | "EXPERIMENTAL_maintenance_windows" => Ok(json!([])),
            "EXPERIMENTAL_receipt" => receipts::receipt(chain, params),
            "EXPERIMENTAL_receipt_to_tx" => receipts::receipt_to_tx(chain, params),
            _ => match query::request_type_of_method(method) {
                Some(request_type) => query::experimental(chain, request_type, params),
                None => Err(RpcError::method_not_found(method.to_owned())),
            },
        }),
    }
}
