//! A contract's reads and writes of its own storage, and what they cost in trie
//! nodes: writes and removals pay for the key's path in the trie as of the
//! chunk's start, reads go through flat storage and pay for none.

use super::external::CallExternal;
use crate::state::{keys, Value};
use near_vm_runner::logic::{StorageAccessTracker, VMLogicError, ValuePtr};

type Answer<T> = Result<T, VMLogicError>;

struct StoredValue(Value);

impl ValuePtr for StoredValue {
    fn len(&self) -> u32 {
        self.0.len() as u32
    }

    fn deref(&self, _: &mut dyn StorageAccessTracker) -> Answer<Vec<u8>> {
        Ok(self.0.to_vec())
    }
}

impl CallExternal<'_> {
    /// Writes a value and returns the one it replaces.
    pub fn write(
        &mut self,
        tracker: &mut dyn StorageAccessTracker,
        key: &[u8],
        value: &[u8],
    ) -> Answer<Option<Vec<u8>>> {
        let full = keys::data(self.account_id, key);
        let evicted = self.replaced(key, &full);
        if let Some(evicted) = &evicted {
            tracker.deref_write_evicted_value_bytes(evicted.len() as u64)?;
        }
        self.charge_nodes(tracker, &full)?;
        self.state.set(full, value.into());
        Ok(evicted.map(|value| value.to_vec()))
    }

    pub fn read(&self, key: &[u8]) -> Option<Box<dyn ValuePtr>> {
        let full = keys::data(self.account_id, key);
        let Some(value) = self.state.get(&full) else {
            self.note_missing(key);
            return None;
        };
        self.state.note_read(&full, &value);
        Some(Box::new(StoredValue(value)))
    }

    pub fn has_key(&self, key: &[u8]) -> bool {
        let found = self.state.contains(&keys::data(self.account_id, key));
        if !found {
            self.note_missing(key);
        }
        found
    }

    /// A key is not in the state; another network may have it.
    fn note_missing(&self, key: &[u8]) {
        if let Some(wanted) = &self.context.wanted {
            wanted.key(self.account_id, key);
        }
    }

    /// Removes a value and returns it.
    pub fn remove(
        &mut self,
        tracker: &mut dyn StorageAccessTracker,
        key: &[u8],
    ) -> Answer<Option<Vec<u8>>> {
        let full = keys::data(self.account_id, key);
        let removed = self.replaced(key, &full);
        if let Some(removed) = &removed {
            tracker.deref_removed_value_bytes(removed.len() as u64)?;
        }
        self.charge_nodes(tracker, &full)?;
        self.state.note_removed();
        self.state.remove(full);
        Ok(removed.map(|value| value.to_vec()))
    }

    /// Charges for the trie nodes that a write to this key reads.
    fn charge_nodes(&mut self, tracker: &mut dyn StorageAccessTracker, key: &[u8]) -> Answer<()> {
        let nodes = self.state.nodes_read(key);
        if nodes.first + nodes.again == 0 {
            return Ok(());
        }
        tracker.trie_node_touched(nodes.first + self.context.trie_extra_depth)?;
        tracker.cached_trie_node_access(nodes.again)
    }

    /// The value that a write replaces.
    fn replaced(&self, key: &[u8], full: &[u8]) -> Option<Value> {
        let Some(value) = self.state.get(full) else {
            self.note_missing(key);
            return None;
        };
        self.state.note_replaced(full, &value);
        Some(value)
    }
}
