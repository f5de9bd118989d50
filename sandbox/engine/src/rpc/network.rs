//! `validators`, `EXPERIMENTAL_protocol_config`, `network_info`: a network of
//! one node.

use super::errors::{block_error, to_answer, Answer};
use super::params::{parse, single};
use crate::Chain;
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::config::RpcProtocolConfigRequest;
use near_jsonrpc_primitives::types::validator::{RpcValidatorError, RpcValidatorsOrderedRequest};
use near_primitives::types::{BlockId, BlockReference, EpochReference};
use serde_json::{json, Value};

/// Validators of the current epoch, whatever epoch is named: it has always
/// been the same one. By block a node knows them only at an epoch's last block.
pub fn validators(chain: &Chain, params: Value) -> Answer {
    let reference = match single::<Option<BlockId>>(&params) {
        Some(block_id) => block_id?.map_or(EpochReference::Latest, EpochReference::BlockId),
        None => parse(params)?,
    };
    match reference {
        EpochReference::BlockId(block_id) => {
            let known = chain.block(&BlockReference::BlockId(block_id)).is_ok();
            Err(if known {
                RpcValidatorError::ValidatorInfoUnavailable.into()
            } else {
                RpcValidatorError::UnknownEpoch.into()
            })
        }
        EpochReference::Latest | EpochReference::EpochId(_) => to_answer(&chain.validators()),
    }
}

pub fn validators_ordered(chain: &Chain, params: Value) -> Answer {
    let request: RpcValidatorsOrderedRequest = parse(params)?;
    if let Some(block_id) = request.block_id {
        chain
            .block(&BlockReference::BlockId(block_id))
            .map_err(|_| RpcError::from(RpcValidatorError::UnknownEpoch))?;
    }
    let stakes = chain
        .validators()
        .current_validators
        .into_iter()
        .map(|validator| {
            json!({
                "validator_stake_struct_version": "V1",
                "account_id": validator.account_id,
                "public_key": validator.public_key,
                "stake": validator.stake,
            })
        });
    Ok(stakes.collect())
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
