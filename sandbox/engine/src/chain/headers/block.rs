//! A block's header and body.

use super::Headers;
use crate::chain::block::Block;
use near_crypto::{vrf, KeyType, Signature};
use near_primitives::block::{Block as NearBlock, BlockV4, Chunks};
use near_primitives::block_body::{BlockBody, ChunkEndorsementSignatures};
use near_primitives::block_header::{compute_bp_hash_from_validator_stakes, Approval, BlockHeader};
use near_primitives::hash::CryptoHash;
use near_primitives::sharding::ShardChunkHeader;
use near_primitives::stateless_validation::chunk_endorsement::ChunkEndorsement;
use near_primitives::stateless_validation::chunk_endorsements_bitmap::ChunkEndorsementsBitmap;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::validator_signer::ValidatorSigner;
use near_primitives::views::validator_stake_view::ValidatorStakeView;

impl Headers<'_> {
    /// The block in nearcore's form, under the chain's own hash.
    pub fn near_block(&self, block: &Block) -> NearBlock {
        let (mut header, body) = self.computed(block);
        put_hash(&mut header, block.hash);
        NearBlock::BlockV4(BlockV4 { header, body })
    }

    /// The header as it follows from the chain, with the hash that follows
    /// from it.
    pub fn computed(&self, block: &Block) -> (BlockHeader, BlockBody) {
        let body = self.body(block);
        let header = self.header_over(block, &body);
        (header, body)
    }

    /// nearcore: core/primitives/src/block.rs, `Block::produce`.
    fn header_over(&self, block: &Block, body: &BlockBody) -> BlockHeader {
        let chunks = Chunks::from_chunk_headers(body.chunks(), block.height);
        let version = self.config.protocol_version;
        let signed = body.chunk_endorsements().iter();
        let endorsed = signed.map(|shard| shard.iter().map(Option::is_some).collect());
        BlockHeader::from_view(
            &block.hash,
            version,
            block.height,
            block.prev_hash,
            body.compute_hash(),
            chunks.compute_state_root(),
            chunks.compute_chunk_prev_outgoing_receipts_root(),
            chunks.compute_chunk_headers_root().0,
            chunks.compute_chunk_tx_root(),
            self.outcome_root(block, &chunks),
            block.timestamp_ns,
            block.random_value,
            proposals(body, block),
            vec![block.has_chunk],
            block.ordinal,
            block.epoch_id,
            self.next_epoch_id(block),
            block.next_gas_price,
            block.total_supply,
            self.signature(block),
            block.last_final,
            block.last_ds_final,
            None,
            self.approvals(block),
            self.next_producers_hash(block),
            block.merkle_root,
            block.prev_height.unwrap_or_default(),
            Some(ChunkEndorsementsBitmap::from_endorsements(
                endorsed.collect(),
            )),
            None,
            None,
            None,
            None,
        )
    }

    /// Nothing ran before genesis: its header names no root at all.
    fn outcome_root(&self, block: &Block, chunks: &Chunks<'_>) -> CryptoHash {
        match block.prev_height {
            Some(_) => chunks.compute_outcome_root(),
            None => CryptoHash::default(),
        }
    }

    fn next_epoch_id(&self, block: &Block) -> near_primitives::types::EpochId {
        if block.prev_height.is_some() {
            block.next_epoch_id
        } else {
            near_primitives::types::EpochId::default()
        }
    }

    fn signature(&self, block: &Block) -> Signature {
        match block.prev_height {
            Some(_) => self.tools.signer.sign_bytes(block.hash.as_ref()),
            None => Signature::empty(KeyType::ED25519),
        }
    }

    /// The validator approves its own blocks.
    pub fn approvals(&self, block: &Block) -> Vec<Option<Box<Signature>>> {
        let Some(prev_height) = block.prev_height else {
            return vec![];
        };
        let signer = &self.tools.signer;
        let approval = Approval::new(block.prev_hash, prev_height, block.height, signer);
        vec![Some(Box::new(approval.signature))]
    }

    fn body(&self, block: &Block) -> BlockBody {
        let chunk = self.chunk_header(block);
        let endorsements = self.endorsements(block, &chunk);
        let (value, proof) = self.vrf(block);
        BlockBody::new(vec![chunk], value, proof, endorsements)
    }

    /// The output of the random beacon and its proof, over the random value of
    /// the block before.
    fn vrf(&self, block: &Block) -> (vrf::Value, vrf::Proof) {
        let signer = &self.tools.signer;
        match (self.previous(block), signer) {
            (Some(previous), ValidatorSigner::InMemory(_)) => {
                signer.compute_vrf_with_proof(previous.random_value.as_ref())
            }
            _ => (vrf::Value([0; 32]), vrf::Proof([0; 64])),
        }
    }

    /// The validator endorses every chunk; nobody endorses that of genesis.
    fn endorsements(
        &self,
        block: &Block,
        chunk: &ShardChunkHeader,
    ) -> Vec<ChunkEndorsementSignatures> {
        if block.prev_height.is_none() {
            return vec![];
        }
        if chunk.height_created() == self.config.genesis_height {
            return vec![vec![]];
        }
        let endorsement = ChunkEndorsement::new(block.epoch_id, chunk, &self.tools.signer);
        vec![vec![Some(Box::new(endorsement.signature()))]]
    }

    /// The block producers of the epoch after a block's.
    pub fn next_producers(&self, block: &Block) -> Vec<ValidatorStake> {
        let producers = self.live.epochs.block_producers(&block.next_epoch_id);
        let producers = producers.unwrap_or_default().into_iter();
        producers
            .map(ValidatorStakeView::into_validator_stake)
            .collect()
    }

    fn next_producers_hash(&self, block: &Block) -> CryptoHash {
        compute_bp_hash_from_validator_stakes(&self.next_producers(block), true)
    }
}

/// A new chunk's proposals are repeated by its block.
fn proposals(body: &BlockBody, block: &Block) -> Vec<ValidatorStake> {
    let new = body.chunks().iter().filter(|_| block.has_chunk);
    new.flat_map(|chunk| chunk.prev_validator_proposals().collect::<Vec<_>>())
        .collect()
}

fn put_hash(header: &mut BlockHeader, hash: CryptoHash) {
    match header {
        BlockHeader::BlockHeaderV5(header) => header.hash = hash,
        BlockHeader::BlockHeaderV6(header) => header.hash = hash,
        BlockHeader::BlockHeaderV8(header) => header.hash = hash,
        _ => unreachable!("no served protocol version makes older headers"),
    }
}
