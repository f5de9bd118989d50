//! Blocks, chunks and configurations in nearcore's views.

use super::block::Block;
use super::headers::Headers;
use super::Chain;
use near_parameters::RuntimeConfigView;
use near_primitives::types::AccountId;
use near_primitives::views::{BlockView, ChunkView};
use serde_json::{json, Value};

const SHARD: u64 = 0;

impl Chain {
    pub(super) fn headers(&self) -> Headers<'_> {
        Headers {
            live: &self.live,
            config: &self.fixed.config,
            tools: &self.fixed.header_tools,
        }
    }

    /// Who is named as the author of blocks.
    fn author(&self) -> AccountId {
        match self.fixed.config.validators.first() {
            Some(validator) => validator.account_id.clone(),
            None => "validator.test".parse().expect("a valid id"),
        }
    }

    pub(super) fn block_view(&self, block: &Block) -> BlockView {
        BlockView::from_author_block(self.author(), &self.headers().near_block(block))
    }

    pub(super) fn chunk_view(&self, block: &Block) -> ChunkView {
        ChunkView::from_author_chunk(self.author(), self.headers().chunk(block))
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
        let mut answer = json!({
            "protocol_version": config.protocol_version,
            "genesis_time": time,
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
        });
        // What genesis.json says beyond this configuration.
        for (name, value) in &config.genesis_fields {
            if name != "genesis_time" && answer.get(name).is_some() {
                answer[name] = value.clone();
            }
        }
        answer
    }

    /// Protocol config in force: genesis plus `RuntimeConfigView`.
    pub fn protocol_config(&self) -> Value {
        let mut config = self.genesis_config();
        if let Some(fields) = config.as_object_mut() {
            fields.retain(|name, _| !GENESIS_ONLY.contains(&name.as_str()));
        }
        // Inflation was halved by a protocol upgrade; genesis keeps what it said.
        if config["max_inflation_rate"] == json!([1, 20]) {
            config["max_inflation_rate"] = json!([1, 40]);
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
