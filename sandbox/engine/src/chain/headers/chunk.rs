//! A chunk's header and body.

use super::erasure::Erasure;
use super::{Headers, SHARD};
use crate::chain::block::Block;
use crate::chain::Config;
use crate::runtime::Traffic;
use near_crypto::{KeyType, Signature};
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::sharding::{ChunkHash, ShardChunk, ShardChunkHeader, ShardChunkHeaderV3};
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, Gas, StateRoot};
use near_primitives::validator_signer::EmptyValidatorSigner;
use std::sync::Arc;

/// What a chunk's header says of the chunk before it: what applying it did.
struct Results {
    state_root: StateRoot,
    outcome_root: CryptoHash,
    outgoing_root: CryptoHash,
    gas_used: Gas,
    burnt: Balance,
    proposals: Arc<[ValidatorStake]>,
    traffic: Traffic,
}

impl Headers<'_> {
    /// The header of the chunk in a block: its own or the one it repeats.
    pub fn chunk_header(&self, block: &Block) -> ShardChunkHeader {
        self.at_chunk(block, |block| {
            let mut header = if block.prev_height.is_some() {
                self.new_chunk(block)
            } else {
                genesis_chunk(self.config, self.live.state_root(block))
            };
            header.height_included = block.height;
            header.hash = ChunkHash(block.chunk_hash);
            ShardChunkHeader::V3(header)
        })
    }

    /// The chunk itself.
    pub fn chunk(&self, block: &Block) -> ShardChunk {
        let header = self.chunk_header(block);
        self.at_chunk(block, |block| {
            let transactions = block.transactions.iter().map(|tx| (**tx).clone());
            let incoming = self.incoming(block);
            let receipts = incoming.iter().map(|receipt| (**receipt).clone());
            ShardChunk::new(header, transactions.collect(), receipts.collect())
        })
    }

    /// What arrives in a block: what the chunk before it sent.
    fn incoming(&self, block: &Block) -> Vec<Arc<Receipt>> {
        self.previous(block).map_or_else(Vec::new, |previous| {
            self.at_chunk(&previous, |sent| sent.outgoing.clone())
        })
    }

    /// What a block's header says of the state before its chunk.
    pub fn stated_root(&self, block: &Block) -> CryptoHash {
        let root = self.at_chunk(block, |block| match self.previous(block) {
            Some(before) => self.live.state_root(&before),
            None => self.live.state_root(block),
        });
        near_primitives::merkle::merklize(&[root]).0
    }

    /// The header of a block's own chunk.
    fn new_chunk(&self, block: &Block) -> ShardChunkHeaderV3 {
        let results = self.results_before(block);
        let body = body_bytes(&block.transactions, &self.incoming(block));
        let mut header = ShardChunkHeaderV3::new(
            block.prev_hash,
            results.state_root,
            results.outcome_root,
            self.tools.erasure.root(&body),
            body.len() as u64,
            block.height,
            SHARD,
            results.gas_used,
            self.config.gas_limit,
            results.burnt,
            results.outgoing_root,
            block.transactions_root(),
            results.proposals.to_vec(),
            results.traffic.congestion(),
            results.traffic.bandwidth_requests,
            None,
            &EmptyValidatorSigner::default().into(),
            self.config.protocol_version,
        );
        header.signature = self.tools.signer.sign_bytes(block.chunk_hash.as_ref());
        header
    }

    /// A block without a chunk states again what the last chunk came to.
    fn results_before(&self, block: &Block) -> Results {
        let previous = self.previous(block);
        let previous = previous.as_deref().unwrap_or(block);
        self.at_chunk(previous, |applied| Results {
            state_root: self.live.state_root(previous),
            outcome_root: applied.proofs().root,
            outgoing_root: applied.outgoing_root(),
            gas_used: previous.gas_used,
            burnt: previous.burnt,
            proposals: previous.proposals.clone(),
            traffic: previous.traffic.clone(),
        })
    }
}

/// The chunk of genesis (nearcore: core/primitives/src/genesis/chunk.rs).
pub fn genesis_chunk(config: &Config, state_root: StateRoot) -> ShardChunkHeaderV3 {
    let (body, traffic) = (body_bytes(&[], &[]), Traffic::default());
    let mut header = ShardChunkHeaderV3::new(
        CryptoHash::default(),
        state_root,
        CryptoHash::default(),
        Erasure::of_genesis().root(&body),
        body.len() as u64,
        config.genesis_height,
        SHARD,
        Gas::ZERO,
        config.gas_limit,
        Balance::ZERO,
        CryptoHash::default(),
        CryptoHash::default(),
        vec![],
        traffic.congestion(),
        traffic.bandwidth_requests,
        None,
        &EmptyValidatorSigner::default().into(),
        config.protocol_version,
    );
    header.signature = Signature::empty(KeyType::ED25519);
    header
}

fn body_bytes(transactions: &[Arc<SignedTransaction>], receipts: &[Arc<Receipt>]) -> Vec<u8> {
    borsh::to_vec(&(transactions, receipts)).expect("writing to memory")
}
