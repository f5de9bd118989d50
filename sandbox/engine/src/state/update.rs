//! One chunk's changes over the state it starts from.
//!
//! Changes are *pending* while a receipt runs, and become *committed* when it
//! succeeds or vanish when it fails. The trie itself stays as it was at the
//! chunk's start: the cost of storage writes is counted against it.

use super::changes::{BlockChanges, History, Written};
use super::trie::{Trie, Value, Visited};
use near_primitives::hash::{hash, CryptoHash};
use near_primitives::types::StateChangeCause;
use rustc_hash::FxBuildHasher;
use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

type FxHashSet<T> = HashSet<T, FxBuildHasher>;
type Pending = HashMap<Vec<u8>, Option<Value>, FxBuildHasher>;
type Committed = HashMap<Vec<u8>, History, FxBuildHasher>;

/// Trie nodes a write had to read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NodesRead {
    /// Nodes no receipt of this chunk had touched before.
    pub first: u64,
    pub again: u64,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Touched {
    Inner(usize),
    Leaf(Vec<u8>, CryptoHash),
    Value(CryptoHash),
}

#[derive(Clone)]
pub struct StateUpdate {
    base: Trie,
    committed: Committed,
    pending: Pending,
    /// Filled by reads, hence behind a cell.
    touched: RefCell<FxHashSet<Touched>>,
    proof: RefCell<StorageProof>,
}

/// A point to which the running receipt's changes can be followed back (see `StateUpdate::moment`).
pub struct Moment {
    pending: Pending,
    counted: Option<(FxHashSet<Touched>, StorageProof)>,
}

/// What a removal counts in the storage proof.
const BYTES_PER_REMOVAL: usize = 2000;

/// Values read from the trie; filled by reads, hence behind a cell.
#[derive(Clone, Default)]
struct StorageProof {
    keys: FxHashSet<Vec<u8>>,
    bytes: usize,
}

impl StateUpdate {
    pub fn new(base: Trie) -> Self {
        Self {
            base,
            committed: Committed::default(),
            pending: Pending::default(),
            touched: RefCell::default(),
            proof: RefCell::default(),
        }
    }

    pub fn get(&self, key: &[u8]) -> Option<Value> {
        match self.changed(key) {
            Some(change) => change.clone(),
            None => self.base.get(key).cloned(),
        }
    }

    fn changed(&self, key: &[u8]) -> Option<&Option<Value>> {
        let committed = || Some(self.committed.get(key)?.last());
        self.pending.get(key).or_else(committed)
    }

    pub fn contains(&self, key: &[u8]) -> bool {
        match self.changed(key) {
            Some(change) => change.is_some(),
            None => self.base.get(key).is_some(),
        }
    }

    pub fn set(&mut self, key: Vec<u8>, value: Value) {
        self.pending.insert(key, Some(value));
    }

    pub fn remove(&mut self, key: Vec<u8>) {
        self.pending.insert(key, None);
    }

    /// Keeps the pending changes and notes what caused them.
    pub fn commit(&mut self, cause: StateChangeCause) {
        for (key, value) in self.pending.drain() {
            let cause = cause.clone();
            let written = Written { value, cause };
            match self.committed.entry(key) {
                Entry::Occupied(mut known) => known.get_mut().push(written),
                Entry::Vacant(new) => {
                    new.insert(History::new(written));
                }
            }
        }
    }

    /// Drops the pending changes.
    pub fn rollback(&mut self) {
        self.pending.clear();
    }

    /// The trie nodes on the way to a key, the read of its value among them.
    /// None when this chunk changed the key already: it is served from memory.
    pub fn nodes_read(&self, key: &[u8]) -> NodesRead {
        let mut nodes = NodesRead::default();
        if self.changed(key).is_some() {
            return nodes;
        }
        let mut touched = self.touched.borrow_mut();
        let mut count = |node: Touched| {
            if touched.insert(node) {
                nodes.first += 1;
            } else {
                nodes.again += 1;
            }
        };
        let value = self.base.visit(key, |node| match node {
            Visited::Inner(address) => count(Touched::Inner(address)),
            Visited::Leaf(path, value) => count(Touched::Leaf(path.to_vec(), hash(value))),
        });
        if let Some(value) = value {
            count(Touched::Value(hash(value)));
        }
        nodes
    }

    /// Notes that a contract read this key's value. If it came from the trie it
    /// is part of the chunk's storage proof, and known to later writes.
    pub fn note_read(&self, key: &[u8], value: &Value) {
        if self.changed(key).is_some() {
            return;
        }
        self.touched
            .borrow_mut()
            .insert(Touched::Value(hash(value)));
        self.add_to_proof(key, value);
    }

    /// Notes that a write replaced this key's value.
    pub fn note_replaced(&self, key: &[u8], value: &Value) {
        if self.changed(key).is_none() {
            self.add_to_proof(key, value);
        }
    }

    /// Notes that a contract's key was removed: nearcore adds an upper bound for
    /// what a removal may add to the proof (core/store, `record_key_removal`).
    pub fn note_removed(&self) {
        self.proof.borrow_mut().bytes += BYTES_PER_REMOVAL;
    }

    fn add_to_proof(&self, key: &[u8], value: &Value) {
        let mut proof = self.proof.borrow_mut();
        if proof.keys.insert(key.to_vec()) {
            proof.bytes += value.len();
        }
    }

    /// The chunk's storage proof so far, in bytes: values and removals, without
    /// trie nodes.
    pub fn recorded_bytes(&self) -> usize {
        self.proof.borrow().bytes
    }

    /// All keys with a prefix as they are now, in key order.
    pub fn with_prefix(&self, prefix: &[u8]) -> BTreeMap<Vec<u8>, Value> {
        let mut found: BTreeMap<_, _> = self.base.with_prefix(prefix).into_iter().collect();
        let committed = self.committed.iter().map(|(key, past)| (key, past.last()));
        let changes = committed.chain(&self.pending);
        for (key, change) in changes.filter(|(key, _)| key.starts_with(prefix)) {
            match change {
                Some(value) => found.insert(key.clone(), value.clone()),
                None => found.remove(key),
            };
        }
        found
    }

    /// Remembers this point of the running receipt. With `counted` also which trie nodes are known by now, so
    /// that what runs from here again pays the same for them.
    pub fn moment(&self, counted: bool) -> Moment {
        Moment {
            pending: self.pending.clone(),
            counted: counted.then(|| (self.touched.borrow().clone(), self.proof.borrow().clone())),
        }
    }

    /// A copy of the state as it was at a moment of the receipt that is still running.
    pub fn at(&self, moment: &Moment) -> Self {
        let (touched, proof) = moment.counted.clone().unwrap_or_default();
        Self {
            base: self.base.clone(),
            committed: self.committed.clone(),
            pending: moment.pending.clone(),
            touched: RefCell::new(touched),
            proof: RefCell::new(proof),
        }
    }

    /// The state after the chunk, and what changed. Pending changes must have
    /// been settled.
    pub fn finish(self) -> (Trie, BlockChanges) {
        debug_assert!(self.pending.is_empty(), "a receipt was left unsettled");
        let mut trie = self.base;
        for (key, history) in &self.committed {
            match history.last() {
                Some(value) => trie.insert(key, value.clone()),
                None => trie.remove(key),
            }
        }
        (trie, BlockChanges::new(self.committed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        text.as_bytes().into()
    }

    fn with(entries: &[(&str, &str)]) -> StateUpdate {
        let mut trie = Trie::default();
        for (key, text) in entries {
            trie.insert(key.as_bytes(), value(text));
        }
        StateUpdate::new(trie)
    }

    #[test]
    fn rollback_drops_only_what_is_pending() {
        let mut update = with(&[("a", "1"), ("b", "2")]);
        update.set(b"a".to_vec(), value("kept"));
        update.commit(StateChangeCause::InitialState);
        update.set(b"a".to_vec(), value("lost"));
        update.remove(b"b".to_vec());
        update.rollback();
        assert_eq!(update.get(b"a"), Some(value("kept")));
        assert_eq!(update.get(b"b"), Some(value("2")));
        assert_eq!(update.finish().0.get(b"a"), Some(&value("kept")));
    }

    #[test]
    fn writes_pay_for_nodes_once_and_changed_keys_for_none() {
        let mut update = with(&[("a", "1"), ("b", "2")]);
        // Extension, branch, leaf and the value.
        assert_eq!(update.nodes_read(b"a"), NodesRead { first: 4, again: 0 });
        // Extension and branch are known; leaf and value are not.
        assert_eq!(update.nodes_read(b"b"), NodesRead { first: 2, again: 2 });
        assert_eq!(update.nodes_read(b"c"), NodesRead { first: 0, again: 2 });
        update.set(b"a".to_vec(), value("3"));
        assert_eq!(update.nodes_read(b"a"), NodesRead::default());
        update.rollback();
        assert_eq!(update.nodes_read(b"a"), NodesRead { first: 0, again: 4 });
    }

    #[test]
    fn a_moment_is_a_copy_of_what_was_then() {
        let mut update = with(&[("a", "1"), ("b", "2")]);
        update.set(b"c".to_vec(), value("committed"));
        update.commit(StateChangeCause::InitialState);
        update.set(b"a".to_vec(), value("pending"));
        update.nodes_read(b"b");
        let moment = update.moment(true);
        update.set(b"a".to_vec(), value("later"));
        update.remove(b"c".to_vec());

        let mut copy = update.at(&moment);
        assert_eq!(copy.get(b"a"), Some(value("pending")));
        assert_eq!(copy.get(b"c"), Some(value("committed")));
        assert_eq!(copy.nodes_read(b"b").first, 0);
        copy.set(b"b".to_vec(), value("elsewhere"));
        assert_eq!(update.get(b"b"), Some(value("2")));
        let uncounted = update.at(&update.moment(false));
        assert_ne!(uncounted.nodes_read(b"b").first, 0);
    }

    #[test]
    fn prefix_sees_changes() {
        let mut update = with(&[("p1", "1"), ("p2", "2"), ("q", "3")]);
        update.remove(b"p1".to_vec());
        update.commit(StateChangeCause::InitialState);
        update.set(b"p3".to_vec(), value("4"));
        let keys: Vec<_> = update.with_prefix(b"p").into_keys().collect();
        assert_eq!(keys, [b"p2".to_vec(), b"p3".to_vec()]);
    }
}
