//! Method names and their handlers.

use super::errors::Answer;
use super::server::Context;
use super::{
    blocks, changes, client_config, light_client, network, query, receipts, sandbox, status,
    transactions,
};
use crate::node::Node;
use near_jsonrpc_primitives::errors::RpcError;
use serde_json::{json, Value};

/// Answers any method; those that wait for blocks wait here.
pub async fn answer(context: &Context, method: &str, params: Value) -> Answer {
    let (node, wait) = (&context.node, context.longest_wait);
    match method {
        "broadcast_tx_async" => transactions::broadcast_async(node, params),
        "broadcast_tx_commit" | "send_tx" => transactions::send(node, params, wait).await,
        "tx" => transactions::status(node, params, false, wait).await,
        "EXPERIMENTAL_tx_status" => transactions::status(node, params, true, wait).await,
        _ => {
            let (node, address) = (node.clone(), context.address.clone());
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
        "query" => query::query(node, params),
        "sandbox_patch_state" => sandbox::patch_state(node, params),
        "sandbox_fast_forward" => sandbox::fast_forward(node, params),
        _ => match query::request_type_of_method(method) {
            Some(request_type) => query::experimental(node, request_type, params),
            None => node.read(|chain| read(chain, address, method, params)),
        },
    }
}

/// The methods that only read the chain.
fn read(chain: &crate::Chain, address: &str, method: &str, params: Value) -> Answer {
    match method {
        "block" => blocks::block(chain, params),
        "chunk" => blocks::chunk(chain, params),
        "gas_price" => blocks::gas_price(chain, params),
        "EXPERIMENTAL_congestion_level" => blocks::congestion_level(chain, params),
        "changes" | "EXPERIMENTAL_changes" => changes::by_type(chain, params),
        "block_effects" | "EXPERIMENTAL_changes_in_block" => changes::in_block(chain, params),
        "EXPERIMENTAL_receipt" => receipts::receipt(chain, params),
        "EXPERIMENTAL_receipt_to_tx" => receipts::receipt_to_tx(chain, params),
        "next_light_client_block" => light_client::next_block(chain, params),
        "light_client_proof" | "EXPERIMENTAL_light_client_proof" => {
            light_client::execution_proof(chain, params)
        }
        "EXPERIMENTAL_light_client_block_proof" => light_client::block_proof(chain, params),
        "validators" => network::validators(chain, params),
        "EXPERIMENTAL_validators_ordered" => network::validators_ordered(chain, params),
        "maintenance_windows" | "EXPERIMENTAL_maintenance_windows" => Ok(json!([])),
        "network_info" => Ok(network::network_info()),
        "status" => Ok(status::status(chain, address)),
        "EXPERIMENTAL_split_storage_info" => Ok(status::storage(chain)),
        "client_config" => Ok(client_config::client_config(chain, address)),
        "genesis_config" | "EXPERIMENTAL_genesis_config" => Ok(chain.genesis_config()),
        "EXPERIMENTAL_protocol_config" => network::protocol_config(chain, params),
        _ => Err(RpcError::method_not_found(method.to_owned())),
    }
}
