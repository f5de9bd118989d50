//! Blocks, chunks and configurations in nearcore's views.

use super::block::Block;
use super::Chain;
use crate::runtime::Traffic;
use near_crypto::{KeyType, Signature};
use near_parameters::RuntimeConfigView;
use near_primitives::hash::CryptoHash;
use near_primitives::types::{AccountId, Balance, ShardId};
use near_primitives::views::{BlockHeaderView, BlockView, ChunkHeaderView, ChunkView, ReceiptView};
use serde_json::{json, Value};
use std::sync::Arc;

const SHARD: u64 = 0;

impl Chain {
    /// Who is named as the author of blocks.
    fn author(&self) -> AccountId {
        match self.fixed.config.validators.first() {
            Some(validator) => validator.account_id.clone(),
            None => "validator.test".parse().expect("a valid id"),
        }
    }

    pub(super) fn block_view(&self, block: &Block) -> BlockView {
        let chunk = self.chunk_header(block);
        BlockView {
            author: self.author(),
            header: self.header(block),
            chunks: vec![chunk],
        }
    }

    /// The block that the header of this one reports on.
    fn previous(&self, block: &Block) -> Option<Arc<Block>> {
        self.live.at(block.prev_height?)
    }

    fn header(&self, block: &Block) -> BlockHeaderView {
        let prev = self.previous(block);
        let root = |of: &dyn Fn(&Block) -> CryptoHash| {
            prev.as_ref().map_or_else(CryptoHash::default, |b| of(b))
        };
        // Final: the last block that two others follow at consecutive heights.
        let before = prev.as_deref().and_then(|prev| self.previous(prev));
        BlockHeaderView {
            height: block.height,
            prev_height: block.prev_height,
            epoch_id: block.epoch_id.0,
            next_epoch_id: block.next_epoch_id.0,
            hash: block.hash,
            prev_hash: block.prev_hash,
            prev_state_root: root(&|prev| self.live.state_root(prev)),
            block_body_hash: Some(block.transactions_root()),
            chunk_receipts_root: root(&Block::outgoing_root),
            chunk_headers_root: block.chunk_hash(),
            chunk_tx_root: block.transactions_root(),
            outcome_root: root(&Block::outcome_root),
            chunks_included: u64::from(block.has_chunk),
            timestamp: block.timestamp_ns,
            timestamp_nanosec: block.timestamp_ns,
            random_value: block.random_value,
            chunk_mask: vec![block.has_chunk],
            gas_price: block.next_gas_price,
            block_ordinal: Some(block.ordinal),
            total_supply: block.total_supply,
            last_final_block: before.map_or_else(CryptoHash::default, |b| b.hash),
            last_ds_final_block: prev.as_ref().map_or_else(CryptoHash::default, |b| b.hash),
            next_bp_hash: self.genesis_hash(),
            block_merkle_root: block.hash,
            latest_protocol_version: self.fixed.config.protocol_version,
            ..BlockHeaderView::default()
        }
    }

    fn chunk_header(&self, block: &Block) -> ChunkHeaderView {
        let prev = self.previous(block);
        let root = |of: &dyn Fn(&Block) -> CryptoHash| {
            prev.as_ref().map_or_else(CryptoHash::default, |b| of(b))
        };
        let traffic = prev
            .as_ref()
            .map_or_else(Traffic::default, |prev| prev.traffic.clone());
        ChunkHeaderView {
            chunk_hash: block.chunk_hash(),
            prev_block_hash: block.prev_hash,
            outcome_root: root(&|prev| prev.proofs().root),
            prev_state_root: root(&|prev| self.live.state_root(prev)),
            encoded_merkle_root: CryptoHash::default(),
            encoded_length: block.transactions.iter().map(|tx| tx.get_size()).sum(),
            height_created: block.height,
            height_included: block.height,
            shard_id: ShardId::new(SHARD),
            gas_used: prev
                .as_ref()
                .map_or_else(Default::default, |prev| prev.gas_used),
            gas_limit: self.fixed.config.gas_limit,
            rent_paid: Balance::ZERO,
            validator_reward: Balance::ZERO,
            balance_burnt: prev.as_ref().map_or(Balance::ZERO, |prev| prev.burnt),
            outgoing_receipts_root: root(&Block::outgoing_root),
            tx_root: block.transactions_root(),
            validator_proposals: prev.as_ref().map_or_else(Vec::new, |prev| {
                prev.proposals.iter().cloned().map(Into::into).collect()
            }),
            congestion_info: Some(traffic.congestion().into()),
            bandwidth_requests: Some(traffic.bandwidth_requests),
            proposed_split: Some(None),
            signature: Signature::empty(KeyType::ED25519),
        }
    }

    pub(super) fn chunk_view(&self, block: &Block) -> ChunkView {
        let transactions = block.transactions.iter().map(|tx| (**tx).clone().into());
        // What arrives in a block is what the one before it sent.
        let previous = self.previous(block);
        let receipts = previous.iter().flat_map(|prev| &prev.outgoing);
        ChunkView {
            author: self.author(),
            header: self.chunk_header(block),
            transactions: transactions.collect(),
            receipts: receipts
                .map(|receipt| ReceiptView::from((**receipt).clone()))
                .collect(),
        }
    }

    /// genesis.json of this chain, without records, in nearcore's form.
    pub fn genesis_config(&self) -> Value {
        let config = &self.fixed.config;
        let epochs = &self.fixed.epoch_rules.config;
        let treasury = self.fixed.epoch_rules.treasury.clone();
        let treasury = treasury.unwrap_or_else(|| self.author());
        let genesis = &self.live.genesis;
        let rate = config.gas_price_adjustment_rate;
        let time = near_primitives::utils::from_timestamp(config.genesis_time_ns);
        let validators = config.validators.iter().map(|validator| {
            json!({
                "account_id": validator.account_id,
                "public_key": validator.public_key,
                "amount": validator.stake,
            })
        });
        json!({
            "protocol_version": config.protocol_version,
            "genesis_time": time.format("%Y-%m-%dT%H:%M:%S%.9fZ").to_string(),
            "chain_id": config.chain_id,
            "genesis_height": config.genesis_height,
            "num_block_producer_seats": config.num_block_producer_seats,
            "dynamic_resharding": false,
            "protocol_upgrade_stake_threshold": [4, 5],
            "epoch_length": config.epoch_length,
            "gas_limit": config.gas_limit.as_gas(),
            "min_gas_price": config.min_gas_price,
            "max_gas_price": config.max_gas_price,
            "block_producer_kickout_threshold": epochs.block_producer_kickout_threshold,
            "chunk_producer_kickout_threshold": epochs.chunk_producer_kickout_threshold,
            "chunk_validator_only_kickout_threshold": epochs.chunk_validator_only_kickout_threshold,
            "target_validator_mandates_per_shard": epochs.target_validator_mandates_per_shard,
            "online_min_threshold": [9, 10],
            "online_max_threshold": [99, 100],
            "gas_price_adjustment_rate": [rate.numer(), rate.denom()],
            "validators": validators.collect::<Vec<_>>(),
            "transaction_validity_period": config.transaction_validity_period,
            "protocol_reward_rate": config.protocol_reward_rate,
            "max_inflation_rate": epochs.max_inflation_rate,
            "total_supply": genesis.total_supply,
            "num_blocks_per_year": 31_536_000,
            "protocol_treasury_account": treasury,
            "fishermen_threshold": "10000000000000000000000000",
            "minimum_stake_divisor": 10,
            "shard_layout": single_shard(),
            "shuffle_shard_assignment_for_chunk_producers": false,
            "minimum_validators_per_shard": 1,
            "max_kickout_stake_perc": 100,
            "minimum_stake_ratio": [1, 6250],
            "use_production_config": false,
            "num_chunk_producer_seats": epochs.num_chunk_producer_seats,
            "num_chunk_validator_seats": epochs.num_chunk_validator_seats,
            "chunk_producer_assignment_changes_limit": 5,
        })
    }

    /// Protocol config in force: genesis plus `RuntimeConfigView`.
    pub fn protocol_config(&self) -> Value {
        let mut config = self.genesis_config();
        if let Some(fields) = config.as_object_mut() {
            fields.retain(|name, _| !GENESIS_ONLY.contains(&name.as_str()));
        }
        let runtime = RuntimeConfigView::from((*self.fixed.runtime).clone());
        config["runtime_config"] = serde_json::to_value(runtime).expect("a configuration is JSON");
        config
    }
}

/// Fields of genesis.json that a protocol config does not repeat.
const GENESIS_ONLY: [&str; 6] = [
    "chunk_producer_assignment_changes_limit",
    "num_chunk_producer_seats",
    "num_chunk_validator_seats",
    "total_supply",
    "use_production_config",
    "validators",
];

fn single_shard() -> Value {
    json!({"V2": {
        "boundary_accounts": [],
        "shard_ids": [SHARD],
        "id_to_index_map": {"0": 0},
        "index_to_id_map": {"0": 0},
        "shards_split_map": null,
        "shards_parent_map": null,
        "version": 0,
    }})
}
