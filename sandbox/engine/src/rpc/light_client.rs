//! `next_light_client_block`, `light_client_proof` and its EXPERIMENTAL name,
//! `EXPERIMENTAL_light_client_block_proof`.

use super::errors::{to_answer, Answer};
use super::params::{parse, single};
use crate::chain::NoProof;
use crate::Chain;
use near_jsonrpc_primitives::types::light_client::{
    RpcLightClientBlockProofRequest, RpcLightClientBlockProofResponse,
    RpcLightClientExecutionProofRequest, RpcLightClientExecutionProofResponse,
    RpcLightClientNextBlockError, RpcLightClientNextBlockRequest, RpcLightClientNextBlockResponse,
    RpcLightClientProofError,
};
use near_primitives::hash::CryptoHash;
use near_primitives::types::TransactionOrReceiptId;
use serde_json::Value;
use std::sync::Arc;

pub fn next_block(chain: &Chain, params: Value) -> Answer {
    let last = match single::<CryptoHash>(&params) {
        Some(last) => last?,
        None => parse::<RpcLightClientNextBlockRequest>(params)?.last_block_hash,
    };
    let block = chain.next_light_client_block(&last).map_err(|_| {
        let error_message = format!("BLOCK HEADER: {last}");
        RpcLightClientNextBlockError::UnknownBlock { error_message }
    })?;
    to_answer(&RpcLightClientNextBlockResponse {
        light_client_block: block.map(Arc::new),
    })
}

/// The proof of an outcome. Who sent or received it is not looked at: there is
/// one shard.
pub fn execution_proof(chain: &Chain, params: Value) -> Answer {
    let request: RpcLightClientExecutionProofRequest = parse(params)?;
    let id = match request.id {
        TransactionOrReceiptId::Transaction {
            transaction_hash, ..
        } => transaction_hash,
        TransactionOrReceiptId::Receipt { receipt_id, .. } => receipt_id,
    };
    let proof = chain.outcome_proof(&id).map_err(no_proof)?;
    let (block_header_lite, block_proof) = chain
        .block_proof(&proof.block_hash, &request.light_client_head)
        .map_err(no_proof)?;
    to_answer(&RpcLightClientExecutionProofResponse {
        outcome_proof: proof.outcome,
        outcome_root_proof: proof.root_proof,
        block_header_lite,
        block_proof,
    })
}

pub fn block_proof(chain: &Chain, params: Value) -> Answer {
    let request: RpcLightClientBlockProofRequest = parse(params)?;
    let (block_header_lite, block_proof) = chain
        .block_proof(&request.block_hash, &request.light_client_head)
        .map_err(no_proof)?;
    to_answer(&RpcLightClientBlockProofResponse {
        block_header_lite,
        block_proof,
    })
}

fn no_proof(reason: NoProof) -> RpcLightClientProofError {
    match reason {
        NoProof::UnknownOutcome(transaction_or_receipt_id) => {
            RpcLightClientProofError::UnknownTransactionOrReceipt {
                transaction_or_receipt_id,
            }
        }
        NoProof::NotConfirmed(transaction_or_receipt_id) => {
            RpcLightClientProofError::NotConfirmed {
                transaction_or_receipt_id,
            }
        }
        NoProof::UnknownBlock(hash) => RpcLightClientProofError::UnknownBlock {
            error_message: format!("BLOCK HEADER: {hash}"),
        },
        NoProof::AheadOfHead { block, head } => RpcLightClientProofError::InternalError {
            error_message: format!("block {block} is ahead of head block {head}"),
        },
    }
}
