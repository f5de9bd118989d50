//! `block`, `chunk`, `EXPERIMENTAL_congestion_level`, `gas_price`.

use super::errors::{block_error, to_answer, Answer};
use super::params::{pair, parse, single};
use crate::Chain;
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::chunks::{ChunkReference, RpcChunkError};
use near_jsonrpc_primitives::types::congestion::RpcCongestionLevelResponse;
use near_jsonrpc_primitives::types::gas_price::RpcGasPriceRequest;
use near_primitives::hash::CryptoHash;
use near_primitives::types::{BlockId, BlockReference, ShardId};
use near_primitives::views::GasPriceView;
use serde_json::Value;

pub fn block(chain: &Chain, params: Value) -> Answer {
    let reference = match single::<BlockId>(&params) {
        Some(block_id) => BlockReference::BlockId(block_id?),
        None => parse(params)?,
    };
    to_answer(&chain.block(&reference).map_err(block_error)?)
}

pub fn chunk(chain: &Chain, params: Value) -> Answer {
    let reference = chunk_reference(params)?;
    let is_by_hash = matches!(reference, ChunkReference::ChunkHash { .. });
    let block = block_of(chain, reference)?;
    let mut chunk = chain.chunk(&block).map_err(block_error)?;
    if is_by_hash {
        // A node answers with the chunk as it came: not yet included anywhere.
        chunk.header.height_included = 0;
    }
    to_answer(&chunk)
}

pub fn congestion_level(chain: &Chain, params: Value) -> Answer {
    let block = block_of(chain, chunk_reference(params)?)?;
    let congestion_level = chain.congestion_level(&block).map_err(block_error)?;
    to_answer(&RpcCongestionLevelResponse { congestion_level })
}

/// The block that a chunk is in.
fn block_of(chain: &Chain, reference: ChunkReference) -> Result<BlockReference, RpcError> {
    match reference {
        ChunkReference::BlockShardId { block_id, shard_id } => {
            if shard_id != ShardId::new(0) {
                return Err(RpcChunkError::InvalidShardId { shard_id }.into());
            }
            Ok(BlockReference::BlockId(block_id))
        }
        ChunkReference::ChunkHash { chunk_id } => match chain.block_of_chunk(&chunk_id) {
            Some(block_hash) => Ok(BlockReference::BlockId(BlockId::Hash(block_hash))),
            None => Err(RpcChunkError::UnknownChunk {
                chunk_hash: chunk_id.into(),
            }
            .into()),
        },
    }
}

fn chunk_reference(params: Value) -> Result<ChunkReference, RpcError> {
    if let Some(chunk_id) = single::<CryptoHash>(&params) {
        return Ok(ChunkReference::ChunkHash {
            chunk_id: chunk_id?,
        });
    }
    if let Some(block_and_shard) = pair(&params) {
        let (block_id, shard_id) = block_and_shard?;
        return Ok(ChunkReference::BlockShardId { block_id, shard_id });
    }
    parse(params)
}

pub fn gas_price(chain: &Chain, params: Value) -> Answer {
    let block_id = match single::<Option<BlockId>>(&params) {
        Some(block_id) => block_id?,
        None => parse::<RpcGasPriceRequest>(params)?.block_id,
    };
    let reference = block_id.map_or_else(BlockReference::latest, BlockReference::BlockId);
    let gas_price = chain.gas_price(&reference).map_err(block_error)?;
    to_answer(&GasPriceView { gas_price })
}
