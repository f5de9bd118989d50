//! The node: pool, blocks, history, queries.
//!
//! Module map of the engine
//!
//! | module | concern |
//! |---|---|
//! | `state::{trie, nibbles, hash}` | the persistent NEAR trie, roots on demand |
//! | `state::{update, access, keys, storage_usage}` | one chunk's pending changes, typed records, bytes billed |
//! | `runtime::{fees, costs}` | what an action, a receipt, a transaction cost |
//! | `runtime::{action_validation, validation, verifier, gas_key_charge}` | rules for actions, receipts, transactions |
//! | `runtime::{chunk, receipts, yields}` | the block loop, receipts on their way, timeouts |
//! | `runtime::{action_receipt, dispatch, result, refunds, outcome}` | what a receipt does and what it leaves behind |
//! | `runtime::{actions, access_keys, gas_keys, delegate, implicit_accounts}` | actions on accounts and keys |
//! | `runtime::{global_contracts, deterministic, universal, state_init}` | shared code, accounts that come with their state |
//! | `runtime::{function_call, external, storage, promised, promises, contracts, view}` | contracts, and the VM's view of the chain |
//! | `chain::{config, genesis, block, production, pool}` | making blocks |
//! | `chain::{epoch, validators}` | validators, their performance, rewards, stakes that return |
//! | `chain::{history, by_hash, retention, archive, reaper}` | what blocks left, how long it is held, what lies beyond |
//! | `chain::{moments, stored, file}` | snapshots, branches; a chain as bytes and as a file |
//! | `chain::{transactions, progress}` | what goes in, and how it goes on |
//! | `chain::{reading, outcome, query, contracts, views, supply}` | reading it |
//!
//! A chain is `Send` and single-threaded: share it behind a mutex. Everything
//! it holds is persistent (structurally shared), so a [`Snapshot`] is a copy of
//! a few pointers.

mod archive;
mod block;
mod by_hash;
mod config;
mod contracts;
mod epoch;
mod file;
mod finality;
mod genesis;
mod headers;
mod history;
mod importing;
mod interventions;
mod light_client;
mod moments;
mod outcome;
mod pool;
mod production;
mod progress;
mod query;
mod reading;
mod reaper;
mod records;
mod retention;
mod stored;
mod supply;
mod trace;
mod transactions;
mod types;
mod validators;
mod view_call;
mod views;

pub(crate) use archive::{Archive, Name};
pub(crate) use block::Block;
pub use config::{Config, FinalityRule, ValidatorConfig, MAX_BLOCK_PRODUCER_SEATS};
pub use file::{FileError, Saved};
pub use light_client::{NoProof, OutcomeProof};
pub use moments::Snapshot;
pub(crate) use stored::{Rest, Stored};
pub use trace::TraceFacts;
pub use types::{AtBlock, BlockInput, Head, SupplyCheck, Totals};
pub use view_call::ViewCall;

use crate::runtime::imports::Missing;
use crate::runtime::observe::Observer;
use crate::runtime::ContractCache;
use epoch::EpochRules;
pub(crate) use epoch::Epochs;
pub(crate) use history::{KnownReceipt, Live};
pub use near_jsonrpc_primitives::types::query::RpcQueryError as QueryError;
use near_parameters::{RuntimeConfig, RuntimeConfigStore};
use near_primitives::types::ProtocolVersion;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

/// What never changes in a chain.
struct Fixed {
    config: Config,
    runtime: Arc<RuntimeConfig>,
    epoch_rules: EpochRules,
    header_tools: headers::Tools,
    contracts: Arc<ContractCache>,
}

impl Fixed {
    fn new(config: Config) -> Self {
        let folder = config
            .cache_dir
            .clone()
            .unwrap_or_else(|| std::env::temp_dir().join("sealwright-compiled"));
        let contracts = ContractCache::open(&folder)
            .unwrap_or_else(|error| panic!("cannot open {}: {error}", folder.display()));
        Self {
            runtime: runtime_config(config.protocol_version),
            epoch_rules: EpochRules::of(&config),
            header_tools: headers::Tools::of(&config),
            contracts,
            config,
        }
    }
}

/// An embedded NEAR node.
pub struct Chain {
    fixed: Arc<Fixed>,
    observer: Arc<Observer>,
    live: Live,
    last_view_gas: AtomicU64,
    /// What the last block asked another network for.
    missing: Missing,
    import_error: Option<String>,
}

const _: fn() = || {
    fn is_send<T: Send>() {}
    is_send::<Chain>();
};

impl Chain {
    /// Builds the genesis block.
    ///
    /// # Panics
    /// The protocol version is not served by `RuntimeConfigStore`, there are
    /// more seats than [`MAX_BLOCK_PRODUCER_SEATS`], or the cache folder cannot
    /// be made.
    pub fn new(config: Config) -> Self {
        let fixed = Fixed::new(config);
        let Fixed {
            config, runtime, ..
        } = &fixed;
        let state = genesis::state_of(&runtime.fees.storage_usage_config, &config.records);
        let supply = supply::held(&state);
        let block = genesis::block(config, runtime, &state, supply);
        let validators = config.validators.iter().map(ValidatorConfig::proposal);
        let epochs = Epochs::genesis(&fixed.epoch_rules, validators.collect(), &block);
        let live = Live::new(block, state, epochs, supply);
        Self::with(Arc::new(fixed), live)
    }

    /// Lets an observer see what contracts do, from the next block or view on.
    pub fn observe(&mut self, observer: Arc<Observer>) {
        self.observer = observer;
    }

    pub fn config(&self) -> &Config {
        &self.fixed.config
    }
}

/// Built once a process: the store holds every version.
fn runtime_config(version: ProtocolVersion) -> Arc<RuntimeConfig> {
    static STORE: OnceLock<RuntimeConfigStore> = OnceLock::new();
    let store = STORE.get_or_init(|| RuntimeConfigStore::new(None));
    store.get_config(version).clone()
}
