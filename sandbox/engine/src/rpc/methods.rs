//! Every method that is served, and what it is asked with.
//!
//! docs/spec/sandbox-rpc.md lists the same names (a test compares).

use serde_json::{json, Value};

pub const METHODS: [&str; 41] = [
    "EXPERIMENTAL_call_function",
    "EXPERIMENTAL_changes",
    "EXPERIMENTAL_changes_in_block",
    "EXPERIMENTAL_congestion_level",
    "EXPERIMENTAL_genesis_config",
    "EXPERIMENTAL_light_client_block_proof",
    "EXPERIMENTAL_light_client_proof",
    "EXPERIMENTAL_maintenance_windows",
    "EXPERIMENTAL_protocol_config",
    "EXPERIMENTAL_receipt",
    "EXPERIMENTAL_receipt_to_tx",
    "EXPERIMENTAL_split_storage_info",
    "EXPERIMENTAL_tx_status",
    "EXPERIMENTAL_validators_ordered",
    "EXPERIMENTAL_view_access_key",
    "EXPERIMENTAL_view_access_key_list",
    "EXPERIMENTAL_view_account",
    "EXPERIMENTAL_view_code",
    "EXPERIMENTAL_view_gas_key_nonces",
    "EXPERIMENTAL_view_state",
    "block",
    "block_effects",
    "broadcast_tx_async",
    "broadcast_tx_commit",
    "changes",
    "chunk",
    "client_config",
    "gas_price",
    "genesis_config",
    "health",
    "light_client_proof",
    "maintenance_windows",
    "network_info",
    "next_light_client_block",
    "query",
    "sandbox_fast_forward",
    "sandbox_patch_state",
    "send_tx",
    "status",
    "tx",
    "validators",
];

/// GET /openapi.json: the methods as one path each, as nearcore's document has
/// them, without the types of parameters and answers (docs/spec/sandbox-rpc.md
/// describes those).
pub fn openapi() -> Value {
    let paths = METHODS.iter().map(|method| {
        let request = json!({"type": "object", "required": ["jsonrpc", "id", "method"], "properties": {
            "jsonrpc": {"enum": ["2.0"]}, "id": {}, "method": {"enum": [method]}, "params": {},
        }});
        let path = json!({"post": {
            "operationId": method,
            "requestBody": {"required": true, "content": {"application/json": {"schema": request}}},
            "responses": {"200": {"description": "A JSON-RPC answer"}},
        }});
        (format!("/{method}"), path)
    });
    json!({
        "openapi": "3.0.0",
        "info": {"title": "NEAR Protocol JSON RPC API", "version": env!("CARGO_PKG_VERSION")},
        "paths": Value::Object(paths.collect()),
    })
}
