//! What is remembered of a new block, and what is forgotten for it.
//!
//! A chain holds its last blocks with their states, outcomes and receipts, and
//! forgets whole blocks, oldest first. A receipt that still waits for its
//! inputs outlives the block that made it.

use super::block::Block;
use super::config::Config;
use super::history::{KnownReceipt, Live, Place};
use super::reaper;
use crate::state::Trie;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::ReceiptEnum;
use near_primitives::types::{BlockHeight, BlockHeightDelta};
use std::sync::Arc;

/// A header speaks of the block before it and, as the last final one, of the
/// block before that: so many more are held than are served.
const PREDECESSORS: u64 = 2;

/// Blocks in memory where an archive holds the others.
const BESIDE_AN_ARCHIVE: u64 = 1_000;

/// How much of the past a chain holds in memory.
#[derive(Debug, Clone, Copy)]
pub struct Depth {
    pub blocks: u64,
    pub outcomes: u64,
    /// How long the hash of a forgotten block stays known.
    pub hashes: BlockHeightDelta,
}

impl Depth {
    pub fn of(config: &Config, has_archive: bool) -> Self {
        let most = if has_archive {
            BESIDE_AN_ARCHIVE
        } else {
            u64::MAX
        };
        Self {
            blocks: config.history.clamp(1, most),
            outcomes: config.history_outcomes,
            hashes: config.transaction_validity_period,
        }
    }
}

impl Live {
    /// Makes a block the head and its state the current one.
    pub fn append(&mut self, block: Arc<Block>, state: Trie) {
        self.states.insert(block.height, state.clone());
        self.state = state;
        self.append_without_state(block);
    }

    /// Remembers a block; the current state stays.
    pub fn append_without_state(&mut self, block: Arc<Block>) {
        let height = block.height;
        self.heights.insert(block.hash, height);
        self.block_tree.insert(block.hash);
        if block.has_chunk {
            self.chunks.insert(block.chunk_hash, height);
        }
        for (index, outcome) in block.outcomes.iter().enumerate() {
            self.outcomes.insert(outcome.id, Place { height, index });
        }
        for known in &block.created {
            self.receipts
                .insert(*known.receipt.receipt_id(), known.clone());
        }
        for (hash, error) in &block.rejected {
            self.rejected.insert(*hash, (height, error.clone()));
        }
        self.blocks.insert(height, block);
    }

    /// Forgets the oldest blocks until no more are left than `depth` asks for.
    pub fn forget(&mut self, depth: &Depth) {
        while self.is_deeper_than(depth) {
            self.forget_oldest();
        }
        let oldest = self.head().height.saturating_sub(depth.hashes);
        while let Some((height, hash)) = self.forgotten.get_min() {
            if *height >= oldest {
                break;
            }
            let (height, hash) = (*height, *hash);
            self.forgotten.remove(&height);
            self.heights.remove(&hash);
        }
    }

    fn is_deeper_than(&self, depth: &Depth) -> bool {
        let oldest = self.blocks.get_min().map_or(0, |(height, _)| *height);
        if self.archive.is_some() && oldest > self.archived {
            return false;
        }
        let blocks = self.blocks.len() as u64;
        blocks > depth.blocks.saturating_add(PREDECESSORS)
            || (blocks > 1 + PREDECESSORS && self.outcomes.len() as u64 > depth.outcomes)
    }

    fn forget_oldest(&mut self) {
        let Some((height, block)) = self.blocks.get_min().cloned() else {
            return;
        };
        self.blocks.remove(&height);
        self.chunks.remove(&block.chunk_hash);
        self.forgotten.insert(height, block.hash);
        for outcome in &block.outcomes {
            self.outcomes.remove(&outcome.id);
            self.receipts.remove(&outcome.id);
        }
        for known in block.created.iter().filter(|known| !has_outcome(known)) {
            self.receipts.remove(known.receipt.receipt_id());
        }
        for (hash, _) in &block.rejected {
            self.forget_rejection(hash, height);
        }
        // Large ones are freed elsewhere.
        reaper::drop_later((self.states.remove(&height), block));
    }

    /// Unless the transaction was sent again since.
    fn forget_rejection(&mut self, hash: &CryptoHash, height: BlockHeight) {
        if self.rejected.get(hash).is_some_and(|(at, _)| *at == height) {
            self.rejected.remove(hash);
        }
    }
}

/// Data arrives without leaving an outcome.
fn has_outcome(known: &KnownReceipt) -> bool {
    matches!(
        known.receipt.receipt(),
        ReceiptEnum::Action(_)
            | ReceiptEnum::ActionV2(_)
            | ReceiptEnum::PromiseYield(_)
            | ReceiptEnum::PromiseYieldV2(_)
    )
}
