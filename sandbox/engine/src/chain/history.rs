//! Everything about a chain that changes, in structures that share what two
//! copies have in common: a copy is a snapshot.

use super::block::Block;
use crate::faults::Faults;
use crate::mocks::Mocks;
use crate::state::Trie;
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::{ExecutionOutcomeWithId, SignedTransaction};
use near_primitives::types::{Balance, BlockHeight};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// Hashes are uniform already: eight of their bytes do.
#[derive(Default)]
pub struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(head) = bytes.first_chunk::<8>() {
            self.0 = u64::from_le_bytes(*head);
        }
    }

    // Slice lengths carry nothing here.
    fn write_usize(&mut self, _: usize) {}
}

pub type ByHash<V> = imbl::GenericHashMap<
    CryptoHash,
    V,
    BuildHasherDefault<FirstBytes>,
    imbl::shared_ptr::DefaultSharedPtr,
>;

/// Where an outcome is: the block and its place in it.
#[derive(Clone, Copy)]
pub struct Place {
    pub height: BlockHeight,
    pub index: usize,
}

#[derive(Clone)]
pub struct KnownReceipt {
    pub receipt: Arc<Receipt>,
    /// The transaction it descends from.
    pub tx_hash: CryptoHash,
}

/// Tokens that entered or left since genesis, yocto.
#[derive(Clone, Copy, Default)]
pub struct Ledger {
    pub burnt: Balance,
    pub minted: Balance,
    pub removed: Balance,
}

#[derive(Clone)]
pub struct Live {
    pub blocks: imbl::OrdMap<BlockHeight, Arc<Block>>,
    pub heights: ByHash<BlockHeight>,
    pub chunks: ByHash<BlockHeight>,
    /// States after blocks, as many as are kept.
    pub states: imbl::OrdMap<BlockHeight, Trie>,
    pub state: Trie,
    pub outcomes: ByHash<Place>,
    pub receipts: ByHash<KnownReceipt>,
    /// Executed transactions.
    pub transactions: ByHash<Arc<SignedTransaction>>,
    /// Transactions that were pooled and then failed the state's checks.
    pub rejected: ByHash<InvalidTxError>,
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
    /// Heights to leave out before the next block.
    pub skip: u64,
    /// The next block's least time, nanoseconds.
    pub not_before_ns: u64,
    pub ledger: Ledger,
    /// What genesis held.
    pub initial_supply: Balance,
}

impl Live {
    pub fn new(genesis: Block, state: Trie, initial_supply: Balance) -> Self {
        let mut live = Self {
            blocks: imbl::OrdMap::new(),
            heights: ByHash::default(),
            chunks: ByHash::default(),
            states: imbl::OrdMap::new(),
            state: Trie::default(),
            outcomes: ByHash::default(),
            receipts: ByHash::default(),
            transactions: ByHash::default(),
            rejected: ByHash::default(),
            pool: imbl::Vector::new(),
            pooled: ByHash::default(),
            incoming: imbl::Vector::new(),
            patch: imbl::Vector::new(),
            faults: None,
            mocks: Mocks::default(),
            impersonated: 0,
            skip: 0,
            not_before_ns: genesis.timestamp_ns,
            ledger: Ledger::default(),
            initial_supply,
        };
        live.append(genesis, state, u64::MAX);
        live
    }

    pub fn head(&self) -> &Arc<Block> {
        let (_, head) = self.blocks.get_max().expect("genesis is always there");
        head
    }

    pub fn genesis(&self) -> &Arc<Block> {
        let (_, genesis) = self.blocks.get_min().expect("genesis is always there");
        genesis
    }

    pub fn at(&self, height: BlockHeight) -> Option<&Arc<Block>> {
        self.blocks.get(&height)
    }

    pub fn by_hash(&self, hash: &CryptoHash) -> Option<&Arc<Block>> {
        self.at(*self.heights.get(hash)?)
    }

    pub fn outcome(&self, id: &CryptoHash) -> Option<(&Arc<Block>, &ExecutionOutcomeWithId)> {
        let place = self.outcomes.get(id)?;
        let block = self.at(place.height)?;
        Some((block, &block.outcomes[place.index]))
    }

    /// The state root after a block whose state is still kept.
    pub fn state_root(&self, block: &Block) -> CryptoHash {
        *block.state_root.get_or_init(|| {
            self.states
                .get(&block.height)
                .map_or_else(CryptoHash::default, Trie::root_hash)
        })
    }

    /// Makes a block the head and its state the current one.
    pub fn append(&mut self, block: Block, state: Trie, keep_states: u64) {
        let height = block.height;
        self.heights.insert(block.hash, height);
        self.chunks.insert(block.chunk_hash(), height);
        for (index, outcome) in block.outcomes.iter().enumerate() {
            self.outcomes.insert(outcome.id, Place { height, index });
        }
        for tx in &block.transactions {
            self.transactions.insert(tx.get_hash(), tx.clone());
        }
        self.states.insert(height, state.clone());
        while self.states.len() as u64 > keep_states.max(1) {
            self.forget_oldest_state();
        }
        self.blocks.insert(height, Arc::new(block));
        self.state = state;
    }

    fn forget_oldest_state(&mut self) {
        let Some((height, _)) = self.states.get_min() else {
            return;
        };
        let height = *height;
        // Roots outlive their states.
        if let Some(block) = self.at(height) {
            self.state_root(block);
        }
        if let Some(state) = self.states.remove(&height) {
            super::reaper::drop_later(state);
        }
    }
}
