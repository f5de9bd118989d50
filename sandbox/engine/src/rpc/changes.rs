//! `changes` and `EXPERIMENTAL_changes`, `block_effects` and
//! `EXPERIMENTAL_changes_in_block`: what a block changed in the state, and why.

use super::errors::{block_error, to_answer, Answer};
use super::params::parse;
use crate::Chain;
use near_jsonrpc_primitives::types::changes::{
    RpcStateChangesInBlockByTypeRequest, RpcStateChangesInBlockByTypeResponse,
    RpcStateChangesInBlockRequest, RpcStateChangesInBlockResponse,
};
use near_primitives::types::{BlockId, BlockReference, StateChangesRequest};
use near_primitives::views::{StateChangeKindView, StateChangeWithCauseView};
use serde_json::Value;

/// Changes of one kind of record, with values and causes.
pub fn by_type(chain: &Chain, params: Value) -> Answer {
    let request: RpcStateChangesInBlockByTypeRequest = parse(params)?;
    let block_hash = chain
        .block_hash(&request.block_reference)
        .map_err(block_error)?;
    let changes = chain.state_changes(&at(block_hash)).map_err(block_error)?;
    let wanted = StateChangesRequest::from(request.state_changes_request);
    let found = changes.requested(&wanted).into_iter();
    to_answer(&RpcStateChangesInBlockResponse {
        block_hash,
        changes: found.map(StateChangeWithCauseView::from).collect(),
    })
}

/// Which records of which accounts changed.
pub fn in_block(chain: &Chain, params: Value) -> Answer {
    let request: RpcStateChangesInBlockRequest = parse(params)?;
    let block_hash = chain
        .block_hash(&request.block_reference)
        .map_err(block_error)?;
    let changes = chain.state_changes(&at(block_hash)).map_err(block_error)?;
    to_answer(&RpcStateChangesInBlockByTypeResponse {
        block_hash,
        changes: changes
            .kinds()
            .into_iter()
            .map(StateChangeKindView::from)
            .collect(),
    })
}

fn at(block_hash: near_primitives::hash::CryptoHash) -> BlockReference {
    BlockReference::BlockId(BlockId::Hash(block_hash))
}
