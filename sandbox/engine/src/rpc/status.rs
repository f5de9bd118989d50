//! `status` and `EXPERIMENTAL_split_storage_info`: what clients read to learn the chain's name, head and health.

use crate::Chain;
use near_primitives::types::{BlockId, BlockReference};
use serde_json::{json, Value};

pub fn status(chain: &Chain, address: &str) -> Value {
    let config = chain.config();
    let head = chain.head();
    let validator = config.validators.first();
    let public_key = validator.map(|validator| validator.public_key.clone());
    let account_id = validator.map(|validator| validator.account_id.clone());
    let genesis_hash = chain.genesis_hash();
    let epoch_start = chain.epoch_start_height();
    json!({
        "version": version(),
        "chain_id": config.chain_id,
        "protocol_version": config.protocol_version,
        "latest_protocol_version": config.protocol_version,
        "rpc_addr": address,
        "validators": account_id.iter().map(|id| json!({ "account_id": id })).collect::<Value>(),
        "sync_info": {
            "latest_block_hash": head.hash,
            "latest_block_height": head.height,
            "latest_state_root": chain.stated_state_root(),
            "latest_block_time": iso_time(head.timestamp_ns),
            "syncing": false,
            "earliest_block_hash": genesis_hash,
            "earliest_block_height": config.genesis_height,
            "earliest_block_time": iso_time(genesis_time(chain)),
            "epoch_id": head.epoch_id,
            "epoch_start_height": epoch_start,
        },
        "validator_account_id": account_id,
        "validator_public_key": public_key,
        "node_public_key": public_key,
        "node_key": public_key,
        "uptime_sec": (head.timestamp_ns - genesis_time(chain)) / 1_000_000_000,
        "genesis_hash": genesis_hash,
    })
}

fn genesis_time(chain: &Chain) -> u64 {
    let genesis = BlockReference::BlockId(BlockId::Hash(chain.genesis_hash()));
    chain
        .block(&genesis)
        .map_or(chain.config().genesis_time_ns, |block| {
            block.header.timestamp_nanosec
        })
}

/// What is said of the node's build.
pub fn version() -> Value {
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "build": "sealwright-sandbox",
        "commit": "unknown",
        "rustc_version": "unknown",
    })
}

/// `EXPERIMENTAL_split_storage_info`: there is no cold storage.
pub fn storage(chain: &Chain) -> Value {
    json!({
        "head_height": chain.head().height,
        "final_head_height": chain.final_height(),
        "cold_head_height": null,
        "hot_db_kind": "RPC",
    })
}

/// RFC 3339 with nanoseconds, in UTC.
fn iso_time(timestamp_ns: u64) -> String {
    let time = near_primitives::utils::from_timestamp(timestamp_ns);
    time.format("%Y-%m-%dT%H:%M:%S%.9fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::iso_time;

    #[test]
    fn iso_time_writes_leap_days_and_nanoseconds() {
        assert_eq!(iso_time(0), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(
            iso_time(1_709_164_800_000_000_001),
            "2024-02-29T00:00:00.000000001Z"
        );
        assert_eq!(
            iso_time(1_795_324_637_471_253_951),
            "2026-11-22T05:17:17.471253951Z"
        );
    }
}
