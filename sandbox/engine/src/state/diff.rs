//! What two tries differ in.
//!
//! Tries that come from one another share what did not change, and shared nodes
//! are passed over: the cost is that of the difference, not of the tries.

use super::nibbles;
use super::trie::{Kind, Node, Trie, Value};
use borsh::{BorshDeserialize, BorshSerialize};
use std::sync::Arc;

/// A key's value in an older and in a newer state; `None` where it has none.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Change {
    pub key: Vec<u8>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Change {
    /// Turns the older state into the newer one.
    pub fn redo(&self, state: &mut Trie) {
        put(state, &self.key, self.after.as_ref());
    }

    /// Turns the newer state into the older one.
    pub fn undo(&self, state: &mut Trie) {
        put(state, &self.key, self.before.as_ref());
    }
}

fn put(state: &mut Trie, key: &[u8], value: Option<&Value>) {
    match value {
        Some(value) => state.insert(key, value.clone()),
        None => state.remove(key),
    }
}

impl Trie {
    /// The changes that lead from `older` to this trie, in key order.
    pub fn changes_since(&self, older: &Self) -> Vec<Change> {
        let mut search = Search {
            path: Vec::new(),
            found: Vec::new(),
        };
        search.compare(Spot::root(older), Spot::root(self));
        search.found
    }
}

/// A place in a trie: a node, and how far along its own path.
#[derive(Clone, Copy)]
struct Spot<'a> {
    node: &'a Arc<Node>,
    at: usize,
}

impl<'a> Spot<'a> {
    fn root(trie: &'a Trie) -> Option<Self> {
        trie.root.as_ref().map(|node| Spot { node, at: 0 })
    }

    fn is(&self, other: &Self) -> bool {
        self.at == other.at && Arc::ptr_eq(self.node, other.node)
    }

    /// The same place, named by the child where an extension ends.
    fn settled(self) -> Self {
        match &self.node.kind {
            Kind::Extension { path, child } if self.at == path.len() => Spot { node: child, at: 0 },
            _ => self,
        }
    }

    /// The nibbles that every key below this place goes on with.
    fn steps(&self) -> &'a [u8] {
        match &self.node.kind {
            Kind::Leaf { path, .. } | Kind::Extension { path, .. } => &path[self.at..],
            Kind::Branch { .. } => &[],
        }
    }

    fn skip(self, steps: usize) -> Self {
        let at = self.at + steps;
        Spot { at, ..self }.settled()
    }

    /// The value of the key that ends here.
    fn value(&self) -> Option<&'a Value> {
        match &self.node.kind {
            Kind::Leaf { value, .. } if self.steps().is_empty() => Some(value),
            Kind::Branch { value, .. } => value.as_ref(),
            _ => None,
        }
    }

    fn child(&self, nibble: u8) -> Option<Self> {
        match &self.node.kind {
            Kind::Branch { children, .. } => {
                let node = children[nibble as usize].as_ref()?;
                Some(Spot { node, at: 0 })
            }
            _ => (self.steps().first() == Some(&nibble)).then(|| self.skip(1)),
        }
    }
}

struct Search {
    path: Vec<u8>,
    found: Vec<Change>,
}

impl Search {
    fn compare(&mut self, before: Option<Spot<'_>>, after: Option<Spot<'_>>) {
        if let (Some(before), Some(after)) = (&before, &after) {
            if before.is(after) {
                return;
            }
        }
        let depth = self.path.len();
        let shared = match (&before, &after) {
            (Some(one), Some(other)) => nibbles::common_prefix(one.steps(), other.steps()),
            (Some(only), None) | (None, Some(only)) => only.steps().len(),
            (None, None) => return,
        };
        if shared > 0 {
            let known = before.as_ref().or(after.as_ref()).expect("one is there");
            self.path.extend_from_slice(&known.steps()[..shared]);
            self.compare_here(
                before.map(|spot| spot.skip(shared)),
                after.map(|spot| spot.skip(shared)),
            );
            self.path.truncate(depth);
        } else {
            self.compare_here(before, after);
        }
    }

    fn compare_here(&mut self, before: Option<Spot<'_>>, after: Option<Spot<'_>>) {
        let old = before.as_ref().and_then(Spot::value);
        let new = after.as_ref().and_then(Spot::value);
        if old != new {
            self.found.push(Change {
                key: nibbles::pack(&self.path),
                before: old.cloned(),
                after: new.cloned(),
            });
        }
        for nibble in 0..16 {
            self.path.push(nibble);
            self.compare(
                before.and_then(|spot| spot.child(nibble)),
                after.and_then(|spot| spot.child(nibble)),
            );
            self.path.pop();
        }
    }
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
