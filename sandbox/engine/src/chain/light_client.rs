//! What a light client asks: the newest final block it can verify, and proofs
//! that lead from an outcome to a block it trusts.
//!
//! Finality is read from the headers here, also where blocks are final when
//! they are made: a light client wants the approvals of the blocks after.
//! Source: nearcore, chain/client/src/view_client_actor.rs and
//! chain/chain/src/lightclient.rs; https://nomicon.io/ChainSpec/LightClient.

use super::block::Block;
use super::Chain;
use near_primitives::block_header::BlockHeader;
use near_primitives::hash::CryptoHash;
use near_primitives::merkle::{combine_hash, merklize, Direction, MerklePath, MerklePathItem};
use near_primitives::views::validator_stake_view::ValidatorStakeView;
use near_primitives::views::{
    ExecutionOutcomeWithIdView, LightClientBlockLiteView, LightClientBlockView,
};
use std::sync::Arc;

/// Why there is no proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoProof {
    /// The transaction or receipt has no outcome.
    UnknownOutcome(CryptoHash),
    /// It ran, but no block has stated its outcome yet.
    NotConfirmed(CryptoHash),
    UnknownBlock(CryptoHash),
    /// The block comes after the head that the client trusts.
    AheadOfHead {
        block: CryptoHash,
        head: CryptoHash,
    },
}

/// An outcome, and the way from it to the header that states its root.
pub struct OutcomeProof {
    /// Its block is the one that states the outcome.
    pub outcome: ExecutionOutcomeWithIdView,
    /// From the chunk's outcomes to the header's.
    pub root_proof: MerklePath,
    pub block_hash: CryptoHash,
}

impl Chain {
    /// The last final block with what proves it, for a client that knows
    /// `last`; `None` where it knows that block already.
    ///
    /// # Errors
    /// `last` is not known.
    pub fn next_light_client_block(
        &self,
        last: &CryptoHash,
    ) -> Result<Option<LightClientBlockView>, NoProof> {
        let known = self.known_block(last)?.height;
        let newest = self.live.by_hash(&self.live.head().last_final);
        let Some(newest) = newest.filter(|newest| newest.height > known) else {
            return Ok(None);
        };
        let (Some(next), headers) = (self.after(&newest), self.headers()) else {
            return Ok(None);
        };
        let Some(after_next) = self.after(&next) else {
            return Ok(None);
        };
        let (header, _) = headers.computed(&newest);
        let (next_header, _) = headers.computed(&next);
        let (inner_lite, inner_rest) = (
            next_header.inner_lite_bytes(),
            next_header.inner_rest_bytes(),
        );
        let lite = LightClientBlockLiteView::from(header);
        let producers = headers.next_producers(&newest).into_iter();
        Ok(Some(LightClientBlockView {
            prev_block_hash: lite.prev_block_hash,
            next_block_inner_hash: BlockHeader::compute_inner_hash(&inner_lite, &inner_rest),
            inner_lite: lite.inner_lite,
            inner_rest_hash: lite.inner_rest_hash,
            next_bps: Some(producers.map(ValidatorStakeView::from).collect()),
            approvals_after_next: headers.approvals(&after_next),
        }))
    }

    /// The outcome of a transaction or a receipt and the block that states it:
    /// the next one with a chunk of its own.
    ///
    /// # Errors
    /// It has no outcome, or no block states it yet.
    pub fn outcome_proof(&self, id: &CryptoHash) -> Result<OutcomeProof, NoProof> {
        let outcome = self.execution_outcome(id);
        let mut outcome = outcome.ok_or(NoProof::UnknownOutcome(*id))?;
        let ran = self.known_block(&outcome.block_hash)?;
        let mut stating = self.after(&ran).ok_or(NoProof::NotConfirmed(*id))?;
        while !stating.has_chunk {
            stating = self.after(&stating).ok_or(NoProof::NotConfirmed(*id))?;
        }
        let (_, mut paths) = merklize(&[ran.proofs().root]);
        outcome.block_hash = stating.hash;
        Ok(OutcomeProof {
            outcome,
            root_proof: paths.remove(0),
            block_hash: stating.hash,
        })
    }

    /// A block's header, and its place under the root that `head` states of all
    /// blocks before it.
    ///
    /// # Errors
    /// One of them is not known, or the block is not before the head.
    pub fn block_proof(
        &self,
        block: &CryptoHash,
        head: &CryptoHash,
    ) -> Result<(LightClientBlockLiteView, MerklePath), NoProof> {
        let (proven, trusted) = (self.known_block(block)?, self.known_block(head)?);
        if proven.ordinal >= trusted.ordinal {
            let (block, head) = (*block, *head);
            return Err(NoProof::AheadOfHead { block, head });
        }
        let before = self.live.blocks.range(..trusted.height);
        let hashes: Vec<_> = before.map(|(_, block)| block.hash).collect();
        // Blocks that were forgotten leave no way to the root.
        if hashes.len() as u64 != trusted.ordinal - 1 {
            return Err(NoProof::UnknownBlock(self.genesis_hash()));
        }
        let path = path_in(hashes, (proven.ordinal - 1) as usize);
        let (header, _) = self.headers().computed(&proven);
        Ok((header.into(), path))
    }

    fn known_block(&self, hash: &CryptoHash) -> Result<Arc<Block>, NoProof> {
        self.live.by_hash(hash).ok_or(NoProof::UnknownBlock(*hash))
    }

    fn after(&self, block: &Block) -> Option<Arc<Block>> {
        let mut later = self.live.blocks.range(block.height + 1..);
        later.next().map(|(_, block)| block.clone())
    }
}

/// The path of a leaf in the tree over all blocks: leaves are hashes as they
/// are, a node without a sibling moves up unchanged.
fn path_in(mut level: Vec<CryptoHash>, mut index: usize) -> MerklePath {
    let mut path = Vec::new();
    while level.len() > 1 {
        if let Some(&hash) = level.get(index ^ 1) {
            let direction = if index.is_multiple_of(2) {
                Direction::Right
            } else {
                Direction::Left
            };
            path.push(MerklePathItem { hash, direction });
        }
        let pairs = level.chunks(2).map(|pair| match pair {
            [left, right] => combine_hash(left, right),
            single => single[0],
        });
        level = pairs.collect();
        index /= 2;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::path_in;
    use near_primitives::hash::hash;
    use near_primitives::merkle::{compute_root_from_path, PartialMerkleTree};

    #[test]
    fn every_leaf_leads_to_the_root_that_headers_state() {
        let leaves: Vec<_> = (0u8..23).map(|i| hash(&[i])).collect();
        let mut tree = PartialMerkleTree::default();
        for size in 1..=leaves.len() {
            tree.insert(leaves[size - 1]);
            for index in 0..size {
                let path = path_in(leaves[..size].to_vec(), index);
                assert_eq!(compute_root_from_path(&path, leaves[index]), tree.root());
            }
        }
    }
}
