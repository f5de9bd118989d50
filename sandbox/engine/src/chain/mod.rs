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
//! | `chain::{outcome, query, contracts, views, supply}` | reading it |
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
mod query;
mod reaper;
mod records;
mod retention;
mod stored;
mod supply;
mod trace;
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
use crate::runtime::{verifier, ContractCache};
use epoch::EpochRules;
pub(crate) use epoch::Epochs;
pub(crate) use history::{KnownReceipt, Live};
pub use near_jsonrpc_primitives::types::query::RpcQueryError as QueryError;
use near_parameters::{RuntimeConfig, RuntimeConfigStore};
use near_primitives::congestion_info::CongestionControl;
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{
    AccountId, Balance, BlockHeight, BlockReference, Gas, ProtocolVersion,
};
use near_primitives::views::{
    BlockView, ChunkView, ExecutionOutcomeWithIdView, FinalExecutionOutcomeWithReceiptView,
};
use std::sync::atomic::{AtomicU64, Ordering};
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

    // Transactions.

    /// Checks a transaction against the head's state and pools it for the next
    /// block. Sending one that is pooled or executed again changes nothing.
    ///
    /// # Errors
    /// The rule it breaks. Actions the engine does not offer (docs/spec) are
    /// `ActionsValidation(UnsupportedProtocolFeature)`.
    pub fn submit(&mut self, transaction: SignedTransaction) -> Result<CryptoHash, InvalidTxError> {
        let hash = transaction.get_hash();
        if self.is_pooled(&hash) || self.live.transaction(&hash).is_some() {
            return Ok(hash);
        }
        self.check(&transaction)?;
        self.live.rejected.remove(&hash);
        self.live.pooled.insert(hash, ());
        self.live.pool.push_back(Arc::new(transaction));
        Ok(hash)
    }

    /// Whether this transaction waits in the pool.
    pub fn is_pooled(&self, tx_hash: &CryptoHash) -> bool {
        self.live.pooled.contains_key(tx_hash)
    }

    /// What waits for the next block, in order of submission.
    pub fn pool(&self) -> impl Iterator<Item = &SignedTransaction> {
        self.live.pool.iter().map(|tx| &**tx)
    }

    /// Why a transaction that was pooled never got into a block: what came
    /// before it took its nonce or its money, or it grew too old.
    pub fn rejection(&self, tx_hash: &CryptoHash) -> Option<&InvalidTxError> {
        self.live.rejected.get(tx_hash).map(|(_, error)| error)
    }

    /// Hashes of the transactions in the blocks above a height, oldest first.
    pub fn transactions_after(&self, height: BlockHeight) -> Vec<CryptoHash> {
        let blocks = self.live.blocks.range(height + 1..);
        let transactions = blocks.flat_map(|(_, block)| &block.transactions);
        transactions.map(|tx| tx.get_hash()).collect()
    }

    /// What a transaction and all its receipts did so far. `None`: unknown, or
    /// still in the pool. Refunds are part of it; receipts that have not run
    /// have no outcome yet and the status is `Started`.
    pub fn final_outcome(
        &self,
        tx_hash: &CryptoHash,
    ) -> Option<FinalExecutionOutcomeWithReceiptView> {
        outcome::final_view(&self.live, tx_hash)
    }

    /// Whether every receipt of this transaction, refunds too, has run. A
    /// yielded callback that waits for its resume has not.
    pub fn is_finished(&self, tx_hash: &CryptoHash) -> bool {
        outcome::is_finished(&self.live, tx_hash)
    }

    /// The outcome of a transaction or a receipt, with its merkle proof.
    pub fn execution_outcome(&self, id: &CryptoHash) -> Option<ExecutionOutcomeWithIdView> {
        outcome::view(&self.live, id)
    }

    /// A receipt that exists or existed, data receipts and refunds too.
    pub fn receipt(&self, receipt_id: &CryptoHash) -> Option<Arc<Receipt>> {
        self.live.receipt(receipt_id).map(|known| known.receipt)
    }

    /// The transaction whose receipt tree contains this receipt.
    pub fn transaction_of_receipt(&self, receipt_id: &CryptoHash) -> Option<CryptoHash> {
        self.live.receipt(receipt_id).map(|known| known.tx_hash)
    }

    // Blocks and time.

    /// Makes one block: takes the whole pool, runs what is due.
    pub fn produce_block(&mut self) -> Head {
        self.make_next()
    }

    /// Makes `count` blocks, one after the other; queues fire in each.
    pub fn produce_blocks(&mut self, count: u64) -> Head {
        for _ in 0..count {
            self.make_next();
            if self.import_error.is_some() {
                break;
            }
        }
        self.head()
    }

    /// Makes one block with a given header (replay). A transaction that breaks a
    /// rule is left out, and `rejection` says why.
    pub fn produce_block_from(&mut self, mut input: BlockInput) -> Head {
        let context = self.next_context(&input);
        let (mut transactions, mut refused) = (Vec::new(), Vec::new());
        for tx in std::mem::take(&mut input.transactions) {
            match verifier::check_form(&context, &tx) {
                Ok(()) => transactions.push(Arc::new(tx)),
                Err(reason) => refused.push((tx.get_hash(), reason)),
            }
        }
        self.make(input, transactions, refused)
    }

    /// Jumps like a real node's sandbox: the next block is at `head + 1 +
    /// delta`, the heights between have no block, time advances with them. What
    /// fell due fires in the blocks that follow.
    pub fn fast_forward(&mut self, delta: u64) {
        self.live.skip = self.live.skip.saturating_add(delta);
    }

    /// The height of the block that comes next.
    pub fn next_height(&self) -> BlockHeight {
        let head = self.live.head();
        head.height.saturating_add(1).saturating_add(self.live.skip)
    }

    /// No transaction waits and no receipt is on its way, delayed or buffered. Yields
    /// that wait for a resume do not count.
    pub fn is_idle(&self) -> bool {
        self.live.pool.is_empty()
            && self.live.incoming.is_empty()
            && crate::runtime::queued_receipts(&self.live.state) == 0
            && self.held_receipts().next().is_none()
    }

    /// The next block's time will be at least this, in nanoseconds. Time moves
    /// only forward: an earlier time than the next block's changes nothing.
    pub fn set_time(&mut self, timestamp_ns: u64) {
        self.live.not_before_ns = self.live.not_before_ns.max(timestamp_ns);
    }

    /// Records that overwrite the state; they show after the next block.
    /// Accounts, keys, code and data can be patched, receipts cannot.
    pub fn patch_state(&mut self, records: Vec<StateRecord>) {
        self.live.patch.extend(records.into_iter().map(Arc::new));
    }

    // Queries. `final`, `near-final` and `optimistic` all name the head.

    pub fn head(&self) -> Head {
        let head = self.live.head();
        Head {
            height: head.height,
            hash: head.hash,
            prev_hash: head.prev_hash,
            timestamp_ns: head.timestamp_ns,
            epoch_id: head.epoch_id,
            epoch_height: head.epoch_height,
            gas_price: head.gas_price,
            next_gas_price: head.next_gas_price,
            total_supply: head.total_supply,
        }
    }

    /// The state root after the head, computed when asked for.
    pub fn state_root(&self) -> CryptoHash {
        self.live.state_root(self.live.head())
    }

    /// What ran in the head, in execution order: transactions first.
    pub fn outcomes(&self) -> Vec<ExecutionOutcomeWithIdView> {
        let outcomes = &self.live.head().outcomes;
        outcomes
            .iter()
            .filter_map(|outcome| outcome::view(&self.live, &outcome.id))
            .collect()
    }

    /// Receipts that the head sent on, in order.
    pub fn outgoing(&self) -> &[Arc<Receipt>] {
        &self.live.head().outgoing
    }

    /// What applying the head came to.
    pub fn totals(&self) -> Totals {
        let head = self.live.head();
        Totals {
            gas_used: head.gas_used,
            burnt: head.burnt,
            outcome_root: head.proofs().root,
            outgoing_receipts_root: head.outgoing_root(),
            congestion_info: head.traffic.congestion(),
        }
    }

    pub fn genesis_hash(&self) -> CryptoHash {
        self.live.genesis.hash
    }

    /// # Errors
    /// `UnknownBlock`.
    pub fn block(&self, reference: &BlockReference) -> Result<BlockView, QueryError> {
        let block = self.find_block(reference)?;
        Ok(self.block_view(&block))
    }

    /// The chunk of the single shard in a block.
    ///
    /// # Errors
    /// `UnknownBlock`.
    pub fn chunk(&self, reference: &BlockReference) -> Result<ChunkView, QueryError> {
        let block = self.find_block(reference)?;
        Ok(self.chunk_view(&block))
    }

    /// # Errors
    /// `UnknownBlock`.
    pub fn block_hash(&self, reference: &BlockReference) -> Result<CryptoHash, QueryError> {
        Ok(self.find_block(reference)?.hash)
    }

    /// The root that the head's header states: of the state before its chunk.
    pub fn stated_state_root(&self) -> CryptoHash {
        self.headers().stated_root(self.live.head())
    }

    /// How congested the chunk of a block says its shard is, from 0 to 1.
    ///
    /// # Errors
    /// `UnknownBlock`.
    pub fn congestion_level(&self, reference: &BlockReference) -> Result<f64, QueryError> {
        let block = self.find_block(reference)?;
        let info = self.headers().chunk_header(&block).congestion_info();
        let config = self.fixed.runtime.congestion_control_config;
        Ok(CongestionControl::new(config, info, 0).congestion_level())
    }

    /// Transactions that wait for a block.
    pub fn pool_size(&self) -> usize {
        self.live.pool.len()
    }

    /// The hashes that follow from the headers of a block and of its chunk. They
    /// are the chain's own hashes on a replayed chain; blocks of our own carry
    /// hashes that are cheaper to make.
    ///
    /// # Errors
    /// `UnknownBlock`.
    pub fn computed_hashes(
        &self,
        reference: &BlockReference,
    ) -> Result<(CryptoHash, CryptoHash), QueryError> {
        let block = self.find_block(reference)?;
        Ok(self.headers().computed_hashes(&block))
    }

    /// The block whose chunk has this hash.
    pub fn block_of_chunk(&self, chunk_hash: &CryptoHash) -> Option<CryptoHash> {
        let height = self.live.height_of_chunk(chunk_hash)?;
        Some(self.live.at(height)?.hash)
    }

    /// Price for the block after the referenced one, in yocto per gas (what a
    /// node's `gas_price` answers).
    ///
    /// # Errors
    /// `UnknownBlock`.
    pub fn gas_price(&self, reference: &BlockReference) -> Result<Balance, QueryError> {
        Ok(self.find_block(reference)?.next_gas_price)
    }

    /// Gas the last `call_function` burnt.
    pub fn last_view_gas(&self) -> Gas {
        Gas::from_gas(self.last_view_gas.load(Ordering::Relaxed))
    }

    /// All accounts of the head's state, in order of their ids.
    pub fn accounts(&self) -> Vec<AccountId> {
        supply::accounts(&self.live.state)
    }

    /// The head's state as records: what genesis and patches take.
    pub fn records(&self) -> Vec<StateRecord> {
        records::of(&self.live.state)
    }

    /// Counts every token. Builds with debug assertions do it after each block.
    pub fn total_supply_check(&self) -> SupplyCheck {
        supply::check(&self.fixed.runtime, &self.live)
    }
}

/// Built once a process: the store holds every version.
fn runtime_config(version: ProtocolVersion) -> Arc<RuntimeConfig> {
    static STORE: OnceLock<RuntimeConfigStore> = OnceLock::new();
    let store = STORE.get_or_init(|| RuntimeConfigStore::new(None));
    store.get_config(version).clone()
}
