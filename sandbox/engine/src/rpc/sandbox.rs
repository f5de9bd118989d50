//! `sandbox_patch_state`, `sandbox_fast_forward`: both make the block in which
//! they show before they answer.

use super::errors::Answer;
use super::params::parse;
use crate::node::Node;
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::sandbox::{
    RpcSandboxFastForwardRequest, RpcSandboxPatchStateRequest,
};
use serde_json::{json, Value};

pub fn patch_state(node: &Node, params: Value) -> Answer {
    let request: RpcSandboxPatchStateRequest = parse(params)?;
    node.write(|chain| chain.patch_state(request.records));
    Ok(json!({}))
}

/// The longest jump: heights and times stay far from their ends.
const LONGEST_JUMP: u64 = 1 << 32;

pub fn fast_forward(node: &Node, params: Value) -> Answer {
    let request: RpcSandboxFastForwardRequest = parse(params)?;
    if request.delta_height > LONGEST_JUMP {
        let reason = format!("Failed parsing args: delta_height is at most {LONGEST_JUMP}");
        return Err(RpcError::parse_error(reason));
    }
    node.write(|chain| chain.fast_forward(request.delta_height));
    Ok(json!({}))
}
