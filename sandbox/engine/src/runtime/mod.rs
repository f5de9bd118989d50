//! What one block does to the state: nearcore's receipt runtime, rebuilt.

mod access_keys;
mod action_receipt;
mod action_validation;
mod actions;
mod chunk;
mod contracts;
pub mod costs;
mod delegate;
mod deterministic;
mod dispatch;
mod external;
pub mod fees;
mod function_call;
mod gas_key_charge;
pub mod gas_keys;
pub mod global_contracts;
mod implicit_accounts;
mod outcome;
mod promised;
mod promises;
mod receipts;
mod refunds;
mod result;
mod state_init;
mod storage;
mod universal;
pub mod validation;
pub mod verifier;
mod view;
mod yields;

pub use chunk::{apply_chunk, ChunkResult, Created};
pub use contracts::ContractCache;
pub use view::{call_view, ViewError};

use near_parameters::RuntimeConfig;
use near_primitives::hash::CryptoHash;
use near_primitives::types::{AccountId, Balance, BlockHeight, EpochHeight, Gas, ProtocolVersion};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many receipts of a state are delayed.
pub fn delayed_receipts(state: &crate::state::Trie) -> u64 {
    receipts::delayed_indices(state).len()
}

/// What every receipt of a block sees of the block.
pub struct BlockContext {
    pub config: Arc<RuntimeConfig>,
    pub protocol_version: ProtocolVersion,
    pub chain_id: String,
    pub height: BlockHeight,
    pub timestamp_ns: u64,
    pub epoch_height: EpochHeight,
    pub gas_price: Balance,
    pub random_value: CryptoHash,
    /// Compute time after which receipts are delayed.
    pub gas_limit: Gas,
    pub validators: Arc<BTreeMap<AccountId, Balance>>,
    pub trie_extra_depth: u64,
    pub contracts: Arc<ContractCache>,
}
