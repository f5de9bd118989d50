//! Which blocks are final.
//!
//! Doomslug: a block has one approval when the next height builds on it, and
//! full finality when two consecutive heights do (nearcore:
//! core/primitives/src/block.rs, `last_ds_final_block`, `last_final_block_for_height`).

use super::block::Block;
use super::{Chain, FinalityRule};
use near_primitives::hash::CryptoHash;
use near_primitives::types::{BlockHeight, Finality};
use std::sync::Arc;

/// What the header of the block at `height` on top of `prev` names.
pub fn last_ds_final(prev: &Block, height: BlockHeight) -> CryptoHash {
    if height == prev.height + 1 {
        prev.hash
    } else {
        prev.last_ds_final
    }
}

/// See [`last_ds_final`].
pub fn last_final(prev: &Block, height: BlockHeight) -> CryptoHash {
    if height == prev.height + 1 && prev.last_ds_final == prev.prev_hash {
        prev.prev_hash
    } else {
        prev.last_final
    }
}

impl Chain {
    /// The newest block of this finality; genesis before there is any.
    pub(super) fn block_at(&self, finality: &Finality) -> Arc<Block> {
        let head = self.live.head();
        let named = match (self.fixed.config.finality, finality) {
            (FinalityRule::Instant, _) | (_, Finality::None) => return head.clone(),
            (FinalityRule::Doomslug, Finality::DoomSlug) => &head.last_ds_final,
            (FinalityRule::Doomslug, Finality::Final) => &head.last_final,
        };
        self.live
            .by_hash(named)
            .unwrap_or_else(|| self.live.genesis.clone())
    }

    pub fn final_height(&self) -> BlockHeight {
        self.block_at(&Finality::Final).height
    }

    /// Whether the block with this hash is final.
    pub fn is_final(&self, block_hash: &CryptoHash) -> bool {
        let last = self.final_height();
        self.live
            .by_hash(block_hash)
            .is_some_and(|block| block.height <= last)
    }
}
