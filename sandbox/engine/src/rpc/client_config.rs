//! `client_config`: how a node is set up, in nearcore's form.
//!
//! Most of it tunes work that this node does not do (syncing, peers, garbage
//! collection): those fields have nearcore's defaults, so that what reads them
//! finds them. What this chain knows is put over them.

use crate::rpc::status;
use crate::Chain;
use serde_json::{json, Value};

/// nearcore's defaults (core/chain-configs/src/client_config.rs).
const DEFAULTS: &str = include_str!("client_config.json");

pub fn client_config(chain: &Chain, address: &str) -> Value {
    let mut answer: Value = serde_json::from_str(DEFAULTS).expect("the file is JSON");
    let config = chain.config();
    answer["version"] = status::version();
    answer["chain_id"] = json!(config.chain_id);
    answer["rpc_addr"] = json!(address);
    answer["epoch_length"] = json!(config.epoch_length);
    answer["max_gas_burnt_view"] = json!(config.max_gas_burnt_view);
    answer["num_block_producer_seats"] = json!(config.num_block_producer_seats);
    answer
}
