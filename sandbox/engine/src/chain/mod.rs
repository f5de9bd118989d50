//! The node: pool, blocks, history, queries.
//!
//! Module map of the engine
//!
//! | module | concern |
//! |---|---|
//! | `state::{nibbles, trie, hash, update, access}` | persistent NEAR trie, roots on demand, one chunk's pending changes, typed records |
//! | `runtime::{fees, validation, verifier}` | costs and rules for transactions, actions, receipts |
//! | `runtime::{chunk, receipts, action_receipt, refunds}` | the block loop and what a receipt does |
//! | `runtime::{actions, function_call, external, promises}` | one action each; the VM's view of the chain |
//! | `chain::{block, history, pool, query, outcome}` | blocks, what they left, transactions waiting, views |
//! | `rpc` | JSON-RPC over `Chain` |
//!
//! A chain is `Send` and single-threaded: share it behind a mutex. Everything
//! it holds is persistent (structurally shared), so a [`Snapshot`] is a copy of
//! a few pointers.

mod config;

pub use config::{Config, ValidatorConfig};

use near_crypto::PublicKey;
pub use near_jsonrpc_primitives::types::query::RpcQueryError as QueryError;
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{
    AccountId, Balance, BlockHeight, BlockReference, EpochHeight, EpochId, Gas,
};
use near_primitives::views::{
    AccessKeyList, AccessKeyView, AccountView, BlockView, CallResult, ChunkView, ContractCodeView,
    EpochValidatorInfo, ExecutionOutcomeWithIdView, FinalExecutionOutcomeWithReceiptView,
    ViewStateResult,
};

/// The last block, in brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub height: BlockHeight,
    pub hash: CryptoHash,
    pub prev_hash: CryptoHash,
    pub timestamp_ns: u64,
    pub state_root: CryptoHash,
    pub epoch_id: EpochId,
    pub epoch_height: EpochHeight,
}

/// An answer and the block it was read at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtBlock<T> {
    pub value: T,
    pub block_height: BlockHeight,
    pub block_hash: CryptoHash,
}

/// The conservation rule of docs/spec/sandbox-engine.md, in yocto.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplyCheck {
    /// What accounts, stakes and gas keys hold.
    pub held: Balance,
    /// Deposits and prepaid gas of receipts that have not run yet.
    pub in_flight: Balance,
    /// Burnt since genesis, net of rewards to contracts.
    pub burnt: Balance,
    /// Given since genesis: subsidies, patches that added tokens.
    pub minted: Balance,
    /// Taken by `patch_state` since genesis.
    pub removed: Balance,
    /// What genesis held.
    pub initial: Balance,
}

impl SupplyCheck {
    /// Whether nothing was created or lost.
    pub fn holds(&self) -> bool {
        todo!()
    }
}

/// A header given from outside (replay of a recorded chain).
#[derive(Debug, Clone)]
pub struct BlockInput {
    /// Must be above the head's.
    pub height: BlockHeight,
    pub hash: CryptoHash,
    pub timestamp_ns: u64,
    pub random_value: CryptoHash,
    /// The price for this block's transactions and receipts.
    pub gas_price: Balance,
    /// In chunk order. The pool is not consulted.
    pub transactions: Vec<SignedTransaction>,
    /// `false`: the block has no chunk, nothing is applied in it.
    pub has_chunk: bool,
}

/// A whole chain at a moment: state, blocks, outcomes, pool, queues, clock.
/// Taking, keeping and dropping one is O(1).
#[derive(Clone)]
pub struct Snapshot {}

/// An embedded NEAR node.
pub struct Chain {}

impl Chain {
    /// Builds the genesis block. Panics when the protocol version is not
    /// served by `RuntimeConfigStore` or the cache folder cannot be made.
    pub fn new(_config: Config) -> Self {
        todo!()
    }

    pub fn config(&self) -> &Config {
        todo!()
    }

    // Transactions.

    /// Checks a transaction against the head's state and pools it for the next
    /// block. Sending one that is pooled or executed again changes nothing.
    ///
    /// # Errors
    /// The rule it breaks. Actions the engine does not offer (docs/spec) are
    /// `ActionsValidation(UnsupportedProtocolFeature)`.
    pub fn submit(
        &mut self,
        _transaction: SignedTransaction,
    ) -> Result<CryptoHash, InvalidTxError> {
        todo!()
    }

    /// Whether this transaction waits in the pool.
    pub fn is_pooled(&self, _tx_hash: &CryptoHash) -> bool {
        todo!()
    }

    /// What a transaction and all its receipts did so far. `None`: unknown, or
    /// still in the pool. Refunds are part of it; receipts that have not run
    /// have no outcome yet and the status is `Started`.
    pub fn final_outcome(
        &self,
        _tx_hash: &CryptoHash,
    ) -> Option<FinalExecutionOutcomeWithReceiptView> {
        todo!()
    }

    /// Whether every receipt of this transaction, refunds too, has run. A
    /// yielded callback that waits for its resume has not.
    pub fn is_finished(&self, _tx_hash: &CryptoHash) -> bool {
        todo!()
    }

    /// The outcome of a transaction or a receipt, with its merkle proof.
    pub fn execution_outcome(&self, _id: &CryptoHash) -> Option<ExecutionOutcomeWithIdView> {
        todo!()
    }

    /// A receipt that exists or existed, data receipts and refunds too.
    pub fn receipt(&self, _receipt_id: &CryptoHash) -> Option<&Receipt> {
        todo!()
    }

    /// The transaction whose receipt tree contains this receipt.
    pub fn transaction_of_receipt(&self, _receipt_id: &CryptoHash) -> Option<CryptoHash> {
        todo!()
    }

    // Blocks and time.

    /// Makes one block: takes the whole pool, runs what is due.
    pub fn produce_block(&mut self) -> Head {
        todo!()
    }

    /// Makes `count` blocks, one after the other; queues fire in each.
    pub fn produce_blocks(&mut self, _count: u64) -> Head {
        todo!()
    }

    /// Makes one block with a given header (replay).
    pub fn produce_block_from(&mut self, _input: BlockInput) -> Head {
        todo!()
    }

    /// Jumps like a real node's sandbox: the next block is at `head + 1 +
    /// delta`, the heights between have no block, time advances with them. What
    /// fell due fires in the blocks that follow.
    pub fn fast_forward(&mut self, _delta: u64) {
        todo!()
    }

    /// No transaction waits and no receipt is on its way or delayed. Yields
    /// that wait for a resume do not count.
    pub fn is_idle(&self) -> bool {
        todo!()
    }

    /// The next block's time will be at least this, in nanoseconds. Time moves
    /// only forward: an earlier time than the next block's changes nothing.
    pub fn set_time(&mut self, _timestamp_ns: u64) {
        todo!()
    }

    /// Records that overwrite the state; they show after the next block.
    pub fn patch_state(&mut self, _records: Vec<StateRecord>) {
        todo!()
    }

    // Snapshots.

    /// O(1), by structure.
    pub fn snapshot(&self) -> Snapshot {
        todo!()
    }

    /// Back to a snapshot of this chain: state, history, pool, queues, clock.
    /// What was dropped is freed on another thread.
    pub fn rollback(&mut self, _snapshot: &Snapshot) {
        todo!()
    }

    // Queries. `final`, `near-final` and `optimistic` all name the head.

    pub fn head(&self) -> Head {
        todo!()
    }

    pub fn genesis_hash(&self) -> CryptoHash {
        todo!()
    }

    /// # Errors
    /// `UnknownBlock`.
    pub fn block(&self, _reference: &BlockReference) -> Result<BlockView, QueryError> {
        todo!()
    }

    /// The chunk of the single shard in a block.
    ///
    /// # Errors
    /// `UnknownBlock`.
    pub fn chunk(&self, _reference: &BlockReference) -> Result<ChunkView, QueryError> {
        todo!()
    }

    /// The block whose chunk has this hash.
    pub fn block_of_chunk(&self, _chunk_hash: &CryptoHash) -> Option<CryptoHash> {
        todo!()
    }

    /// Price for the block after the referenced one, in yocto per gas (what a
    /// node's `gas_price` answers).
    ///
    /// # Errors
    /// `UnknownBlock`.
    pub fn gas_price(&self, _reference: &BlockReference) -> Result<Balance, QueryError> {
        todo!()
    }

    /// # Errors
    /// `UnknownBlock`, `GarbageCollectedBlock`, `UnknownAccount`.
    pub fn view_account(
        &self,
        _account_id: &AccountId,
        _reference: &BlockReference,
    ) -> Result<AtBlock<AccountView>, QueryError> {
        todo!()
    }

    /// # Errors
    /// As `view_account`, and `UnknownAccessKey` (also for unknown accounts).
    pub fn view_access_key(
        &self,
        _account_id: &AccountId,
        _public_key: &PublicKey,
        _reference: &BlockReference,
    ) -> Result<AtBlock<AccessKeyView>, QueryError> {
        todo!()
    }

    /// Empty for an unknown account, as on a real node.
    ///
    /// # Errors
    /// `UnknownBlock`, `GarbageCollectedBlock`.
    pub fn view_access_keys(
        &self,
        _account_id: &AccountId,
        _reference: &BlockReference,
    ) -> Result<AtBlock<AccessKeyList>, QueryError> {
        todo!()
    }

    /// Keys with this prefix and their values, in key order, without proof.
    ///
    /// # Errors
    /// As `view_account`.
    pub fn view_state(
        &self,
        _account_id: &AccountId,
        _prefix: &[u8],
        _reference: &BlockReference,
    ) -> Result<AtBlock<ViewStateResult>, QueryError> {
        todo!()
    }

    /// # Errors
    /// As `view_account`, and `NoContractCode`.
    pub fn view_code(
        &self,
        _account_id: &AccountId,
        _reference: &BlockReference,
    ) -> Result<AtBlock<ContractCodeView>, QueryError> {
        todo!()
    }

    /// Runs a view method. It sees the state after the block and the block's
    /// height and time, and may burn at most `max_gas_burnt_view`.
    ///
    /// # Errors
    /// As `view_account`, `NoContractCode`, and `ContractExecutionError`, which
    /// is also what a view that never ends gets (`GasLimitExceeded`).
    pub fn call_function(
        &self,
        _account_id: &AccountId,
        _method_name: &str,
        _args: &[u8],
        _reference: &BlockReference,
    ) -> Result<AtBlock<CallResult>, QueryError> {
        todo!()
    }

    /// Gas the last `call_function` burnt.
    pub fn last_view_gas(&self) -> Gas {
        todo!()
    }

    pub fn validators(&self) -> EpochValidatorInfo {
        todo!()
    }

    /// All accounts of the head's state, in order of their ids.
    pub fn accounts(&self) -> Vec<AccountId> {
        todo!()
    }

    /// genesis.json of this chain, without records, in nearcore's form.
    pub fn genesis_config(&self) -> serde_json::Value {
        todo!()
    }

    /// Protocol config in force: genesis plus `RuntimeConfigView`.
    pub fn protocol_config(&self) -> serde_json::Value {
        todo!()
    }

    /// Counts every token. Builds with debug assertions do it after each block.
    pub fn total_supply_check(&self) -> SupplyCheck {
        todo!()
    }
}
