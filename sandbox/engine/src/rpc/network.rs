//! `validators`, `EXPERIMENTAL_protocol_config`, `network_info`: a network of
//! one node.

use super::errors::{block_error, to_answer, Answer};
use super::params::{parse, single};
use crate::Chain;
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::config::RpcProtocolConfigRequest;
use near_jsonrpc_primitives::types::validator::RpcValidatorsOrderedRequest;
use near_primitives::types::{BlockId, BlockReference, EpochReference};
use serde_json::{json, Value};

/// Validators of an epoch. By block a node knows them only at an epoch's last
/// block.
pub fn validators(chain: &Chain, params: Value) -> Answer {
    let reference = match single::<Option<BlockId>>(&params) {
        Some(block_id) => block_id?.map_or(EpochReference::Latest, EpochReference::BlockId),
        None => parse(params)?,
    };
    to_answer(&chain.validators(&reference).map_err(RpcError::from)?)
}

pub fn validators_ordered(chain: &Chain, params: Value) -> Answer {
    let request: RpcValidatorsOrderedRequest = parse(params)?;
    let reference = request
        .block_id
        .map_or_else(BlockReference::latest, BlockReference::BlockId);
    to_answer(
        &chain
            .validators_ordered(&reference)
            .map_err(RpcError::from)?,
    )
}

pub fn protocol_config(chain: &Chain, params: Value) -> Answer {
    let request: RpcProtocolConfigRequest = parse(params)?;
    chain.block(&request.block_reference).map_err(block_error)?;
    Ok(chain.protocol_config())
}

pub fn network_info() -> Value {
    json!({
        "active_peers": [],
        "num_active_peers": 0,
        "peer_max_count": 40,
        "sent_bytes_per_sec": 0,
        "received_bytes_per_sec": 0,
        "known_producers": [],
    })
}
