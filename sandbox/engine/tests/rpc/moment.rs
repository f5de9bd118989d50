//! At which head the node was when it was asked.
//!
//! Most answers name a block; others are the same at many heads, and are asked
//! for at the last head that is known of their file.

use crate::exchange::Exchange;
use base64::prelude::{Engine as _, BASE64_STANDARD};
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::SignedTransaction;
use sealwright_engine::replay::Transcript;
use serde_json::Value;
use std::collections::HashMap;

/// A head at which the first half of the recorded chain is final.
const SETTLED: u64 = 198;

/// A head at which the transactions of `invalid_transactions` were refused.
const REFUSING: u64 = 255;

pub struct Moments {
    /// Heights of all blocks; a moment is an index among them.
    heights: Vec<u64>,
    /// Where a block is, by its hash.
    blocks: HashMap<CryptoHash, usize>,
    /// Where a transaction is.
    included: HashMap<CryptoHash, usize>,
}

impl Moments {
    pub fn of(transcript: &Transcript) -> Self {
        let blocks = transcript
            .field()
            .get("blocks")
            .value()
            .as_array()
            .expect("blocks");
        let (mut included, mut by_hash) = (HashMap::new(), HashMap::new());
        for (at, block) in blocks.iter().enumerate() {
            let hash = block["hash"].as_str().expect("a hash");
            by_hash.insert(hash.parse().expect("a hash"), at);
            for tx in block["transactions"].as_array().into_iter().flatten() {
                let hash = tx["hash"]
                    .as_str()
                    .expect("a hash")
                    .parse()
                    .expect("a hash");
                included.insert(hash, at);
            }
        }
        let heights = blocks
            .iter()
            .map(|block| block["height"].as_u64().expect("a height"));
        Self {
            heights: heights.collect(),
            blocks: by_hash,
            included,
        }
    }

    pub fn default(&self) -> usize {
        self.at(SETTLED)
    }

    fn at(&self, height: u64) -> usize {
        self.heights.partition_point(|known| *known <= height) - 1
    }

    pub fn of_exchange(&self, exchange: &Exchange) -> Option<usize> {
        if exchange.file == "invalid_transactions" {
            return Some(self.of_refusal(exchange));
        }
        if matches!(
            exchange.rpc_method(),
            "send_tx" | "broadcast_tx_commit" | "broadcast_tx_async"
        ) {
            return self.of_sending(exchange);
        }
        let json = &exchange.response["json"];
        let result = if json["result"].is_null() {
            json
        } else {
            &json["result"]
        };
        let stated = [
            &result["sync_info"]["latest_block_height"],
            &result["head_height"],
            &result["current_validators"][0]["num_expected_blocks"],
        ];
        if let Some(head) = stated.into_iter().find_map(Value::as_u64) {
            return Some(self.at(head));
        }
        let named = [
            &result["block_height"],
            &result["header"]["height"],
            &json["error"]["cause"]["info"]["block_height"],
        ];
        let named = self.at(named.into_iter().find_map(Value::as_u64)?);
        let params = exchange.params();
        let newer = match params["finality"].as_str() {
            Some("optimistic") => 0,
            Some("near-final") => 1,
            Some("final") => 2,
            // Requests by path read the head.
            _ if exchange.file == "query_legacy" => 0,
            _ => return None,
        };
        Some(named + newer)
    }

    /// A transaction was signed for a recent block, except where that was the
    /// point.
    fn of_refusal(&self, exchange: &Exchange) -> usize {
        if exchange.name.starts_with("Expired (old") {
            return self.heights.len() - 1;
        }
        let named = signed(exchange).and_then(|tx| self.blocks.get(tx.transaction.block_hash()));
        named.map_or(0, |at| at + 1).max(self.at(REFUSING))
    }

    /// The head before the block with the transaction. One that was sent a
    /// second time was final by then.
    fn of_sending(&self, exchange: &Exchange) -> Option<usize> {
        let included = self.included.get(&signed(exchange)?.get_hash())?;
        Some(match exchange.name.ends_with("again") {
            true => included + 10,
            false => included - 1,
        })
    }
}

/// The transaction that a request sends.
fn signed(exchange: &Exchange) -> Option<SignedTransaction> {
    let params = exchange.params();
    let encoded = params["signed_tx_base64"].as_str().or(params[0].as_str())?;
    let bytes = BASE64_STANDARD.decode(encoded).ok()?;
    borsh::from_slice(&bytes).ok()
}
