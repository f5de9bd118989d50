//! Blocks that are no longer in memory.

use super::block::Block;
use crate::state::Change;
use near_primitives::hash::CryptoHash;
use near_primitives::types::BlockHeight;
use std::sync::Arc;

/// What a hash names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    Block,
    Chunk,
    /// A transaction or a receipt, found in the block where it ran.
    Outcome,
    /// A receipt, found in the block that made it.
    Receipt,
}

/// Where a chain with a home looks for what it does not hold in memory.
///
/// What cannot be read is not there; the archive remembers why.
pub trait Archive: Send + Sync {
    fn block(&self, height: BlockHeight) -> Option<Arc<Block>>;

    /// The height of the block in which this is.
    fn height_of(&self, name: Name, hash: &CryptoHash) -> Option<BlockHeight>;

    /// What the state after this block differs in from the one before it.
    fn changes(&self, height: BlockHeight) -> Option<Vec<Change>>;
}
