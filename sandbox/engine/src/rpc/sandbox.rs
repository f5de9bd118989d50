//! `sandbox_patch_state`, `sandbox_fast_forward`: both make the block in which
//! they show before they answer.

use super::errors::Answer;
use super::params::parse;
use crate::node::Node;
use near_jsonrpc_primitives::types::sandbox::{
    RpcSandboxFastForwardRequest, RpcSandboxPatchStateRequest,
};
use serde_json::{json, Value};

pub fn patch_state(node: &Node, params: Value) -> Answer {
    let request: RpcSandboxPatchStateRequest = parse(params)?;
    node.write(|chain| chain.patch_state(request.records));
    Ok(json!({}))
}

pub fn fast_forward(node: &Node, params: Value) -> Answer {
    let request: RpcSandboxFastForwardRequest = parse(params)?;
    node.write(|chain| chain.fast_forward(request.delta_height));
    Ok(json!({}))
}
