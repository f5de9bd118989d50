//! Blocks and chunks as nearcore's own types: headers with every root, approval
//! and signature that follows from the chain and the validator's test key.
//!
//! | module | concern |
//! |---|---|
//! | `chunk` | a chunk's header and body |
//! | `block` | a block's header and body, its VRF, approvals and endorsements |
//! | `erasure` | the merkle root over a chunk's erasure-coded parts |
//! | `validator` | who signs: the test key of a validator |
//!
//! Nothing here is stored: a header is computed when somebody asks for it. The
//! hashes of blocks and chunks are the chain's (they are given in a replay and
//! cheap in our own blocks); on a replayed chain the computed header hashes to
//! the given one, which `tests/headers.rs` proves for every recorded block.

mod block;
mod chunk;
mod erasure;
mod validator;

pub use chunk::genesis_chunk;

use super::block::Block;
use super::history::Live;
use super::Config;
use erasure::Erasure;
use near_primitives::hash::CryptoHash;
use near_primitives::types::ShardId;
use near_primitives::validator_signer::ValidatorSigner;
use std::sync::Arc;

/// The only shard.
pub const SHARD: ShardId = ShardId::new(0);

/// What all headers of a chain are made with.
pub struct Tools {
    signer: ValidatorSigner,
    erasure: Erasure,
}

impl Tools {
    /// # Panics
    /// With more seats than [`super::MAX_BLOCK_PRODUCER_SEATS`].
    pub fn of(config: &Config) -> Self {
        Self {
            signer: validator::signer(config),
            erasure: Erasure::of_seats(config.num_block_producer_seats),
        }
    }
}

/// A chain seen as the source of headers.
pub struct Headers<'a> {
    pub live: &'a Live,
    pub config: &'a Config,
    pub tools: &'a Tools,
}

impl Headers<'_> {
    /// The hashes that the headers of a block and of its chunk hash to.
    pub fn computed_hashes(&self, block: &Block) -> (CryptoHash, CryptoHash) {
        let (header, body) = self.computed(block);
        (*header.hash(), body.chunks()[0].compute_hash().0)
    }

    /// The block before this one; `None` for genesis.
    fn previous(&self, block: &Block) -> Option<Arc<Block>> {
        self.live.at(block.prev_height?)
    }

    /// Looks at the latest block up to this one that has a chunk of its own: a
    /// block without one repeats that chunk.
    fn at_chunk<R>(&self, block: &Block, look: impl FnOnce(&Block) -> R) -> R {
        let mut found = None;
        while !found.as_deref().unwrap_or(block).has_chunk {
            match self.previous(found.as_deref().unwrap_or(block)) {
                Some(previous) => found = Some(previous),
                None => break,
            }
        }
        look(found.as_deref().unwrap_or(block))
    }
}
