//! Everything about a chain that changes, in structures that share what two
//! copies have in common: a copy is a snapshot.
//!
//! Of the past it holds the last blocks (see `retention`); what an archive
//! keeps beyond them is read from there.

use super::archive::{Archive, Name};
use super::block::Block;
use super::by_hash::ByHash;
use super::epoch::Epochs;
use crate::faults::Faults;
use crate::mocks::Mocks;
use crate::runtime::imports::Imports;
use crate::state::Trie;
use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::merkle::PartialMerkleTree;
use near_primitives::receipt::Receipt;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::{ExecutionOutcomeWithId, SignedTransaction};
use near_primitives::types::{Balance, BlockHeight};
use std::sync::Arc;

/// Where an outcome is: the block and its place in it.
#[derive(Clone, Copy)]
pub struct Place {
    pub height: BlockHeight,
    pub index: usize,
}

#[derive(Clone, BorshSerialize, BorshDeserialize)]
pub struct KnownReceipt {
    pub receipt: Arc<Receipt>,
    /// The transaction it descends from.
    pub tx_hash: CryptoHash,
}

/// An outcome in its block.
pub struct Outcome {
    pub block: Arc<Block>,
    pub index: usize,
}

impl Outcome {
    pub fn get(&self) -> &ExecutionOutcomeWithId {
        &self.block.outcomes[self.index]
    }
}

/// Tokens that entered or left since genesis, yocto.
#[derive(Clone, Copy, Default, BorshSerialize, BorshDeserialize)]
pub struct Ledger {
    pub burnt: Balance,
    pub minted: Balance,
    pub removed: Balance,
}

#[derive(Clone)]
pub struct Live {
    /// Kept however far the chain has come.
    pub genesis: Arc<Block>,
    /// The last blocks, the head among them.
    pub blocks: imbl::OrdMap<BlockHeight, Arc<Block>>,
    /// States after these blocks.
    pub states: imbl::OrdMap<BlockHeight, Trie>,
    /// Hashes of older blocks that transactions may still name.
    pub forgotten: imbl::OrdMap<BlockHeight, CryptoHash>,
    /// Of `blocks` and `forgotten`.
    pub heights: ByHash<BlockHeight>,
    pub chunks: ByHash<BlockHeight>,
    pub outcomes: ByHash<Place>,
    /// Receipts that `blocks` made, and older ones that have not run yet.
    pub receipts: ByHash<KnownReceipt>,
    /// Transactions that were pooled and then failed the state's checks, and
    /// the block that should have taken them.
    pub rejected: ByHash<(BlockHeight, InvalidTxError)>,
    pub archive: Option<Arc<dyn Archive>>,
    /// Up to here the archive has every block.
    pub archived: BlockHeight,
    pub state: Trie,
    pub pool: imbl::Vector<Arc<SignedTransaction>>,
    pub pooled: ByHash<()>,
    /// Receipts for the next chunk.
    pub incoming: imbl::Vector<Arc<Receipt>>,
    pub patch: imbl::Vector<Arc<StateRecord>>,
    /// What a test makes go wrong.
    pub faults: Option<Box<Faults>>,
    /// Methods that a test answers.
    pub mocks: Mocks,
    /// Impersonated transactions so far: their nonces.
    pub impersonated: u64,
    /// Over the hashes of all blocks, for the next header.
    pub block_tree: PartialMerkleTree,
    /// Heights to leave out before the next block.
    pub skip: u64,
    /// The next block's least time, nanoseconds.
    pub not_before_ns: u64,
    pub ledger: Ledger,
    pub epochs: Epochs,
    /// What genesis held.
    pub initial_supply: Balance,
    /// Another network that state comes from, and what came.
    pub imports: Option<Imports>,
}

impl Live {
    pub fn new(genesis: Block, state: Trie, epochs: Epochs, initial_supply: Balance) -> Self {
        let genesis = Arc::new(genesis);
        let mut live = Self::empty(genesis.clone(), epochs, initial_supply);
        live.append(genesis, state);
        live
    }

    /// Without any block: one must be appended.
    pub fn empty(genesis: Arc<Block>, epochs: Epochs, initial_supply: Balance) -> Self {
        Self {
            not_before_ns: genesis.timestamp_ns,
            genesis,
            blocks: imbl::OrdMap::new(),
            states: imbl::OrdMap::new(),
            forgotten: imbl::OrdMap::new(),
            heights: ByHash::default(),
            chunks: ByHash::default(),
            outcomes: ByHash::default(),
            receipts: ByHash::default(),
            rejected: ByHash::default(),
            archive: None,
            archived: 0,
            state: Trie::default(),
            pool: imbl::Vector::new(),
            pooled: ByHash::default(),
            incoming: imbl::Vector::new(),
            patch: imbl::Vector::new(),
            faults: None,
            mocks: Mocks::default(),
            impersonated: 0,
            block_tree: PartialMerkleTree::default(),
            skip: 0,
            ledger: Ledger::default(),
            epochs,
            initial_supply,
            imports: None,
        }
    }

    pub fn head(&self) -> &Arc<Block> {
        let (_, head) = self.blocks.get_max().expect("the head is always there");
        head
    }

    pub fn at(&self, height: BlockHeight) -> Option<Arc<Block>> {
        if height == self.genesis.height {
            return Some(self.genesis.clone());
        }
        let found = self.blocks.get(&height).cloned();
        found.or_else(|| self.archive.as_ref()?.block(height))
    }

    pub fn height_of(&self, hash: &CryptoHash) -> Option<BlockHeight> {
        self.find(Name::Block, hash, self.heights.get(hash).copied())
    }

    pub fn height_of_chunk(&self, hash: &CryptoHash) -> Option<BlockHeight> {
        self.find(Name::Chunk, hash, self.chunks.get(hash).copied())
    }

    fn find(
        &self,
        name: Name,
        hash: &CryptoHash,
        in_memory: Option<BlockHeight>,
    ) -> Option<BlockHeight> {
        in_memory.or_else(|| self.archive.as_ref()?.height_of(name, hash))
    }

    pub fn by_hash(&self, hash: &CryptoHash) -> Option<Arc<Block>> {
        self.at(self.height_of(hash)?)
    }

    /// Whether the two blocks that a block's header speaks of are known.
    pub fn has_predecessors(&self, block: &Block) -> bool {
        let Some(prev) = block.prev_height else {
            return true;
        };
        self.at(prev).is_some_and(|prev| {
            prev.prev_height
                .is_none_or(|height| self.at(height).is_some())
        })
    }

    pub fn outcome(&self, id: &CryptoHash) -> Option<Outcome> {
        if let Some(place) = self.outcomes.get(id) {
            let block = self.blocks.get(&place.height)?.clone();
            let index = place.index;
            return Some(Outcome { block, index });
        }
        let archive = self.archive.as_ref()?;
        let block = archive.block(archive.height_of(Name::Outcome, id)?)?;
        let index = block.outcomes.iter().position(|found| found.id == *id)?;
        Some(Outcome { block, index })
    }

    /// A transaction that was executed.
    pub fn transaction(&self, hash: &CryptoHash) -> Option<Arc<SignedTransaction>> {
        let Outcome { block, index } = self.outcome(hash)?;
        let is_it = |tx: &&Arc<SignedTransaction>| tx.hash() == hash;
        // Their outcomes come first, in the same order.
        let expected = block.transactions.get(index).filter(is_it);
        expected
            .or_else(|| block.transactions.iter().find(is_it))
            .cloned()
    }

    pub fn receipt(&self, id: &CryptoHash) -> Option<KnownReceipt> {
        if let Some(known) = self.receipts.get(id) {
            return Some(known.clone());
        }
        let archive = self.archive.as_ref()?;
        let block = archive.block(archive.height_of(Name::Receipt, id)?)?;
        let mut created = block.created.iter();
        created
            .find(|known| known.receipt.receipt_id() == id)
            .cloned()
    }

    /// The state after a block, where it is still known. From an archive it
    /// costs as many steps as there are blocks up to the first one in memory.
    pub fn state_at(&self, height: BlockHeight) -> Option<Trie> {
        if let Some(state) = self.states.get(&height) {
            return Some(state.clone());
        }
        let archive = self.archive.as_ref()?;
        let (oldest, state) = self.states.get_min()?;
        let (mut at, mut state) = (*oldest, state.clone());
        while at > height {
            for change in archive.changes(at)? {
                change.undo(&mut state);
            }
            at = self.at(at)?.prev_height?;
        }
        (at == height).then_some(state)
    }

    /// The state root after a block whose state is still kept.
    pub fn state_root(&self, block: &Block) -> CryptoHash {
        *block.state_root.get_or_init(|| {
            self.states
                .get(&block.height)
                .map_or_else(CryptoHash::default, Trie::root_hash)
        })
    }
}
