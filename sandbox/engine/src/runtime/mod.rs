//! What one block does to the state: nearcore's receipt runtime, rebuilt.

mod access_keys;
mod action_receipt;
mod action_validation;
mod actions;
mod bandwidth;
mod chunk;
mod contracts;
pub mod costs;
mod delegate;
mod deterministic;
mod dispatch;
mod external;
mod faulty;
mod faulty_call;
pub mod fees;
mod function_call;
mod gas_key_charge;
pub mod gas_keys;
pub mod global_contracts;
pub mod impersonation;
mod implicit_accounts;
pub mod imports;
mod listen;
pub mod observe;
mod outcome;
mod outgoing;
mod promised;
mod promises;
mod receipts;
mod refunds;
mod result;
mod staking;
mod state_init;
mod storage;
mod traffic;
mod universal;
pub mod validation;
pub mod verifier;
mod view;
mod yields;

pub use chunk::{apply_chunk, apply_missing_chunk, ChunkResult, Created};
pub use contracts::ContractCache;
pub use staking::StakeSettlement;
pub use traffic::Traffic;
pub use view::{call_view, ViewError, ViewOutcome};

use crate::mocks::MockTable;
use near_parameters::RuntimeConfig;
use near_primitives::epoch_info::EpochInfo;
use near_primitives::hash::CryptoHash;
use near_primitives::types::{Balance, BlockHeight, Gas, ProtocolVersion};
use near_vm_runner::logic::{VMContext, VMOutcome};
use std::sync::Arc;

/// How many receipts wait in a state for their turn: delayed or buffered ones.
pub fn queued_receipts(state: &crate::state::Trie) -> u64 {
    let buffered = outgoing::buffered_indices(state);
    let buffered = buffered.shard_buffers.values();
    receipts::delayed_indices(state).len() + buffered.map(|queue| queue.len()).sum::<u64>()
}

/// What every receipt of a block sees of the block.
pub struct BlockContext {
    pub config: Arc<RuntimeConfig>,
    pub protocol_version: ProtocolVersion,
    pub chain_id: String,
    pub height: BlockHeight,
    pub timestamp_ns: u64,
    pub gas_price: Balance,
    pub random_value: CryptoHash,
    /// Compute time after which receipts are delayed.
    pub gas_limit: Gas,
    /// Who validates, and the epoch's height.
    pub epoch: Arc<EpochInfo>,
    /// Least stake that can be proposed.
    pub minimum_stake: Balance,
    /// Set for an epoch's first block.
    pub settlement: Option<StakeSettlement>,
    /// Of the last chunk.
    pub traffic: Traffic,
    pub trie_extra_depth: u64,
    pub contracts: Arc<ContractCache>,
    /// Methods that a test answers instead of their contracts.
    pub mocks: Option<Arc<MockTable>>,
    /// Who watches contracts; shared, and usually idle.
    pub observer: Arc<observe::Observer>,
    /// Notes what is missing here and may be had from another network.
    pub wanted: Option<imports::Wanted>,
}

impl BlockContext {
    /// The outcome of a method that a test answers; `receipt_id` is none in a
    /// view.
    fn mocked(
        &self,
        method_name: &str,
        vm_context: &VMContext,
        receipt_id: Option<CryptoHash>,
    ) -> Option<VMOutcome> {
        let mocks = self.mocks.as_ref()?;
        mocks.answer(method_name, vm_context, receipt_id)
    }
}
