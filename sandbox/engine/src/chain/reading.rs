//! What can be read of the head and of the blocks that are held.
//!
//! `final`, `near-final` and `optimistic` all name the head.

use super::{outcome, records, supply, Chain, Head, QueryError, SupplyCheck, Totals};
use near_primitives::congestion_info::CongestionControl;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::state_record::StateRecord;
use near_primitives::types::{AccountId, Balance, BlockReference, Gas};
use near_primitives::views::{BlockView, ChunkView, ExecutionOutcomeWithIdView};
use std::sync::atomic::Ordering;
use std::sync::Arc;

impl Chain {
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
