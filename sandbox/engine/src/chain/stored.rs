//! A chain as bytes: what a home and a file keep of it.

use super::block::Block;
use super::epoch::Epochs;
use super::history::{KnownReceipt, Ledger, Live};
use crate::state::{Change, Trie};
use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::hash::CryptoHash;
use near_primitives::merkle::PartialMerkleTree;
use near_primitives::receipt::Receipt;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{Balance, BlockHeight};
use std::collections::HashSet;
use std::io;
use std::sync::Arc;

/// A block and what it did to the state; `None` where that is not known any
/// more.
#[derive(BorshSerialize, BorshDeserialize)]
pub struct Stored {
    pub block: Arc<Block>,
    pub changes: Option<Vec<Change>>,
}

/// Everything about a chain's present that is neither state nor block.
#[derive(BorshSerialize, BorshDeserialize)]
pub struct Rest {
    pub head: BlockHeight,
    block_tree: PartialMerkleTree,
    /// `None`: what the head sent.
    incoming: Option<Vec<Arc<Receipt>>>,
    /// JSON, as nearcore writes records.
    patch: Vec<u8>,
    impersonated: u64,
    skip: u64,
    not_before_ns: u64,
    ledger: Ledger,
    initial_supply: Balance,
}

/// What a file needs beyond the blocks it holds: an archive has it.
#[derive(BorshSerialize, BorshDeserialize)]
pub struct Older {
    forgotten: Vec<(BlockHeight, CryptoHash)>,
    /// Made by forgotten blocks, and still to run.
    waiting: Vec<KnownReceipt>,
}

impl Rest {
    pub fn initial_supply(&self) -> Balance {
        self.initial_supply
    }
}

impl Live {
    /// A block that is in memory, as it is stored.
    pub fn stored(&self, block: &Arc<Block>) -> Stored {
        // So that it is known when the state is not.
        self.state_root(block);
        let states = block
            .prev_height
            .map(|prev| (self.states.get(&prev), self.states.get(&block.height)));
        let changes = match states {
            Some((Some(before), Some(after))) => Some(after.changes_since(before)),
            _ => None,
        };
        let block = block.clone();
        Stored { block, changes }
    }

    pub fn rest(&self) -> Rest {
        // Named one by one: a new field must find its place here, in `restore`
        // or in `older`, or be one that follows from the blocks.
        let Self {
            genesis: _,
            blocks: _,
            states: _,
            forgotten: _,
            block_tree,
            heights: _,
            chunks: _,
            outcomes: _,
            receipts: _,
            rejected: _,
            archive: _,
            archived: _,
            state: _,
            pool: _,
            pooled: _,
            incoming,
            patch,
            // A plan, mocks and another network end with their process.
            faults,
            mocks: _,
            imports: _,
            // Stored apart: they follow from the blocks.
            epochs: _,
            impersonated,
            skip,
            not_before_ns,
            ledger,
            initial_supply,
        } = self;
        // What a plan holds back arrives when it has ended.
        let held = faults.iter().flat_map(|faults| faults.held());
        let held: Vec<_> = held.map(|receipt| Arc::new(receipt.clone())).collect();
        let sent = &self.head().outgoing;
        let is_sent = held.is_empty()
            && incoming.len() == sent.len()
            && incoming.iter().zip(sent).all(|(a, b)| Arc::ptr_eq(a, b));
        let all = incoming.iter().cloned().chain(held);
        let records: Vec<&StateRecord> = patch.iter().map(|record| &**record).collect();
        Rest {
            head: self.head().height,
            block_tree: block_tree.clone(),
            incoming: (!is_sent).then(|| all.collect()),
            patch: serde_json::to_vec(&records).expect("records have a JSON form"),
            impersonated: *impersonated,
            skip: *skip,
            not_before_ns: *not_before_ns,
            ledger: *ledger,
            initial_supply: *initial_supply,
        }
    }

    /// A chain whose head and only block in memory is `head`.
    pub fn restore(genesis: Arc<Block>, head: Arc<Block>, state: Trie, epochs: Epochs) -> Self {
        let mut live = Self::empty(genesis, epochs, Balance::ZERO);
        live.append(head, state);
        live
    }

    /// # Errors
    /// The patch is not made of records.
    pub fn set_rest(&mut self, rest: Rest) -> io::Result<()> {
        let records: Vec<StateRecord> = serde_json::from_slice(&rest.patch)?;
        let incoming = rest
            .incoming
            .unwrap_or_else(|| self.head().outgoing.clone());
        self.block_tree = rest.block_tree;
        self.incoming = incoming.into_iter().collect();
        self.patch = records.into_iter().map(Arc::new).collect();
        self.impersonated = rest.impersonated;
        self.skip = rest.skip;
        self.not_before_ns = rest.not_before_ns;
        self.ledger = rest.ledger;
        self.initial_supply = rest.initial_supply;
        Ok(())
    }

    /// Replaces the pool. What waits in it was not rejected.
    pub fn set_pool(&mut self, pool: impl IntoIterator<Item = Arc<SignedTransaction>>) {
        self.pool = pool.into_iter().collect();
        self.pooled.clear();
        for tx in &self.pool {
            self.pooled.insert(tx.get_hash(), ());
            self.rejected.remove(tx.hash());
        }
    }

    pub fn older(&self) -> Older {
        let created = self.blocks.values().flat_map(|block| &block.created);
        let made: HashSet<_> = created.map(|known| *known.receipt.receipt_id()).collect();
        let waiting = self.receipts.iter().filter(|(id, _)| !made.contains(*id));
        Older {
            forgotten: self
                .forgotten
                .iter()
                .map(|(height, hash)| (*height, *hash))
                .collect(),
            waiting: waiting.map(|(_, known)| known.clone()).collect(),
        }
    }

    pub fn set_older(&mut self, older: Older) {
        for (height, hash) in older.forgotten {
            self.forgotten.insert(height, hash);
            self.heights.insert(hash, height);
        }
        for known in older.waiting {
            self.receipts.insert(*known.receipt.receipt_id(), known);
        }
    }
}

/// Borsh of a value that may not have been computed.
pub(super) mod once {
    use super::{io, BorshDeserialize, BorshSerialize};
    use std::sync::OnceLock;

    pub fn serialize<T: BorshSerialize, W: io::Write>(
        cell: &OnceLock<T>,
        writer: &mut W,
    ) -> io::Result<()> {
        cell.get().serialize(writer)
    }

    pub fn deserialize<T: BorshDeserialize, R: io::Read>(
        reader: &mut R,
    ) -> io::Result<OnceLock<T>> {
        let value: Option<T> = BorshDeserialize::deserialize_reader(reader)?;
        Ok(value.map_or_else(OnceLock::new, OnceLock::from))
    }
}
