//! What a chain is made from.

use near_crypto::PublicKey;
use near_primitives::hash::CryptoHash;
use near_primitives::state_record::StateRecord;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{
    AccountId, Balance, BlockHeight, BlockHeightDelta, Gas, ProtocolVersion,
};
use num_rational::Rational32;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A validator at genesis. Its stake must be `locked` in the account's record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ValidatorConfig {
    pub account_id: AccountId,
    pub public_key: PublicKey,
    /// Yocto.
    pub stake: Balance,
}

impl ValidatorConfig {
    pub(super) fn proposal(&self) -> ValidatorStake {
        let public_key = self.public_key.clone();
        ValidatorStake::new(self.account_id.clone(), public_key, self.stake)
    }
}

/// A chunk has one erasure-coded part a seat, and the code is over bytes.
pub const MAX_BLOCK_PRODUCER_SEATS: u64 = 256;

/// When a block is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FinalityRule {
    /// When it is made: nobody has to wait for the blocks after it.
    Instant,
    /// When two blocks follow it at consecutive heights, as on a network with
    /// one validator (Nightshade's finality gadget over Doomslug).
    Doomslug,
}

/// Everything that determines a chain: equal configs and equal inputs give
/// equal block hashes, receipt ids and random seeds.
///
/// Its serialised form leaves out what a chain that exists does not need: the
/// genesis records and the folder of this machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Config {
    /// Selects fees, limits and features from `RuntimeConfigStore` (84 to 88).
    pub protocol_version: ProtocolVersion,
    pub chain_id: String,
    /// What `final` and `near-final` name, and when a transaction is `FINAL`.
    pub finality: FinalityRule,
    /// Fields of genesis.json that say more or other than this configuration.
    pub genesis_fields: serde_json::Map<String, serde_json::Value>,
    pub genesis_height: BlockHeight,
    /// Nanoseconds since 1970.
    pub genesis_time_ns: u64,
    /// Time between two blocks, nanoseconds; at least 1.
    pub block_interval_ns: u64,
    /// Compute limit of a chunk: receipts beyond it are delayed.
    pub gas_limit: Gas,
    /// Yocto per gas, as are all prices.
    pub min_gas_price: Balance,
    pub max_gas_price: Balance,
    pub gas_price_adjustment_rate: Rational32,
    /// Blocks after which a transaction that names an older block is `Expired`.
    pub transaction_validity_period: BlockHeightDelta,
    /// Blocks.
    pub epoch_length: BlockHeightDelta,
    /// Source of block hashes and random values.
    pub seed: Vec<u8>,
    /// The genesis block's hash; `None`: made from everything above.
    pub genesis_hash: Option<CryptoHash>,
    /// The genesis state. `storage_usage` of accounts is computed, not taken.
    #[serde(skip)]
    pub records: Vec<StateRecord>,
    pub validators: Vec<ValidatorConfig>,
    /// At most [`MAX_BLOCK_PRODUCER_SEATS`].
    pub num_block_producer_seats: u64,
    /// The treasury's share of the inflation. (The rate of the inflation is
    /// the protocol's, 1/40 a year.)
    pub protocol_reward_rate: Rational32,
    /// `None`: the first validator, which then earns no treasury's share.
    pub protocol_treasury_account: Option<AccountId>,
    /// Folder for compiled contracts, shared by all chains and processes that
    /// name it. `None`: a folder under the system's temporary folder.
    #[serde(skip)]
    pub cache_dir: Option<PathBuf>,
    /// Trie nodes added to the cost of every storage write and removal, to
    /// model the deeper trie of a large network.
    pub trie_extra_depth: u64,
    /// Most gas a view call may burn; also what ends a looping view.
    pub max_gas_burnt_view: Gas,
    /// How many blocks are remembered with their states, transactions,
    /// outcomes and receipts. What is older is unknown or, where a state is
    /// asked for, a `GarbageCollectedBlock`.
    pub history: u64,
    /// At most about so many outcomes are remembered in memory, whatever
    /// `history` says: whole blocks are forgotten.
    pub history_outcomes: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            protocol_version: 86,
            chain_id: "sandbox".into(),
            finality: FinalityRule::Instant,
            genesis_fields: serde_json::Map::new(),
            genesis_height: 0,
            genesis_time_ns: 1_767_225_600_000_000_000, // 2026-01-01T00:00:00Z
            block_interval_ns: 1_000_000_000,
            gas_limit: Gas::from_teragas(1000),
            min_gas_price: Balance::from_yoctonear(100_000_000),
            max_gas_price: Balance::from_yoctonear(10_000_000_000_000_000_000_000),
            gas_price_adjustment_rate: Rational32::new(1, 100),
            transaction_validity_period: 100,
            epoch_length: 500,
            seed: Vec::new(),
            genesis_hash: None,
            records: Vec::new(),
            validators: Vec::new(),
            num_block_producer_seats: 50,
            protocol_reward_rate: Rational32::new(1, 10),
            protocol_treasury_account: None,
            cache_dir: None,
            trie_extra_depth: 0,
            max_gas_burnt_view: Gas::from_teragas(300),
            history: 10_000,
            history_outcomes: 100_000,
        }
    }
}

impl Config {
    /// Whether hashes and roots are given: blocks of a chain that a node made.
    pub fn is_replay(&self) -> bool {
        self.genesis_hash.is_some()
    }
}
