//! The persistent trie: leaf, extension and branch nodes behind `Arc`.
//!
//! A copy of a trie is a copy of its root pointer. A write copies only the
//! nodes on its path that another trie still shares, so old states stay valid
//! and cheap. Hashes are computed when a root is asked for (see `hash`).

use super::hash::Digest;
use super::nibbles;
use std::sync::{Arc, OnceLock};

pub type Value = Arc<[u8]>;

#[derive(Clone, Default)]
pub struct Trie {
    pub(super) root: Option<Arc<Node>>,
}

#[derive(Clone)]
pub(super) struct Node {
    pub kind: Kind,
    /// Filled on demand; emptied whenever the node changes.
    pub digest: OnceLock<Digest>,
}

#[derive(Clone)]
pub(super) enum Kind {
    Leaf {
        path: Box<[u8]>,
        value: Value,
    },
    Extension {
        path: Box<[u8]>,
        child: Arc<Node>,
    },
    Branch {
        children: Box<[Option<Arc<Node>>; 16]>,
        value: Option<Value>,
    },
}

impl Node {
    fn new(kind: Kind) -> Arc<Self> {
        Arc::new(Self {
            kind,
            digest: OnceLock::new(),
        })
    }

    fn leaf(path: &[u8], value: Value) -> Arc<Self> {
        Self::new(Kind::Leaf {
            path: path.into(),
            value,
        })
    }

    /// The node alone when there is no path to extend it by.
    fn extended(path: &[u8], child: Arc<Self>) -> Arc<Self> {
        if path.is_empty() {
            return child;
        }
        Self::new(Kind::Extension {
            path: path.into(),
            child,
        })
    }
}

/// A node met on the way to a key.
pub enum Visited<'a> {
    /// A branch or extension, named by its address in this trie.
    Inner(usize),
    /// A leaf, named by what it holds: equal leaves are one stored node.
    Leaf(&'a [u8], &'a Value),
}

impl Trie {
    pub fn get(&self, key: &[u8]) -> Option<&Value> {
        self.find(&nibbles::unpack(key), |_| ())
    }

    /// Looks a key up and shows every node read on the way, root first; the
    /// last one may be the node that proves the key's absence.
    pub fn visit<'a>(&'a self, key: &[u8], seen: impl FnMut(Visited<'a>)) -> Option<&'a Value> {
        self.find(&nibbles::unpack(key), seen)
    }

    fn find<'a>(&'a self, mut path: &[u8], mut seen: impl FnMut(Visited<'a>)) -> Option<&'a Value> {
        let mut node = self.root.as_ref()?;
        loop {
            match &node.kind {
                Kind::Leaf { path: rest, value } => {
                    seen(Visited::Leaf(rest, value));
                    return (path == &**rest).then_some(value);
                }
                Kind::Extension { path: step, child } => {
                    seen(Visited::Inner(Arc::as_ptr(node) as usize));
                    path = path.strip_prefix(&**step)?;
                    node = child;
                }
                Kind::Branch { children, value } => {
                    seen(Visited::Inner(Arc::as_ptr(node) as usize));
                    let Some((first, rest)) = path.split_first() else {
                        return value.as_ref();
                    };
                    node = children[*first as usize].as_ref()?;
                    path = rest;
                }
            }
        }
    }

    pub fn insert(&mut self, key: &[u8], value: Value) {
        insert_into(&mut self.root, &nibbles::unpack(key), value);
    }

    pub fn remove(&mut self, key: &[u8]) {
        let path = nibbles::unpack(key);
        // Absent keys must not copy shared nodes.
        if self.find(&path, |_| ()).is_some() {
            remove(&mut self.root, &path);
        }
    }

    /// Every key with this prefix and its value, in key order.
    pub fn with_prefix(&self, prefix: &[u8]) -> Vec<(Vec<u8>, Value)> {
        let mut found = Vec::new();
        let target = nibbles::unpack(prefix);
        if let Some(root) = &self.root {
            collect(root, &mut Vec::new(), &target, &mut found);
        }
        found
    }
}

fn insert_into(slot: &mut Option<Arc<Node>>, path: &[u8], new: Value) {
    match slot {
        None => *slot = Some(Node::leaf(path, new)),
        Some(node) => insert(node, path, new),
    }
}

fn insert(node: &mut Arc<Node>, path: &[u8], new: Value) {
    if let Kind::Leaf { path: step, .. } | Kind::Extension { path: step, .. } = &node.kind {
        let shared = nibbles::common_prefix(step, path);
        let ends_here = matches!(node.kind, Kind::Leaf { .. }) && path.len() > step.len();
        if shared < step.len() || ends_here {
            *node = split_at(node, shared, path, new);
            return;
        }
    }
    let node = Arc::make_mut(node);
    node.digest = OnceLock::new();
    match &mut node.kind {
        Kind::Leaf { value, .. } => *value = new,
        Kind::Extension { path: step, child } => insert(child, &path[step.len()..], new),
        Kind::Branch { children, value } => match path.split_first() {
            None => *value = Some(new),
            Some((first, rest)) => insert_into(&mut children[*first as usize], rest, new),
        },
    }
}

/// Replaces a leaf or extension by a branch where the new path leaves it.
fn split_at(node: &Arc<Node>, shared: usize, path: &[u8], new: Value) -> Arc<Node> {
    let mut children: Box<[Option<Arc<Node>>; 16]> = Box::default();
    let mut at_branch = None;
    match &node.kind {
        Kind::Leaf { path: old, value } => match old[shared..].split_first() {
            None => at_branch = Some(value.clone()),
            Some((first, rest)) => {
                children[*first as usize] = Some(Node::leaf(rest, value.clone()));
            }
        },
        Kind::Extension { path: old, child } => {
            let rest = &old[shared..];
            children[rest[0] as usize] = Some(Node::extended(&rest[1..], child.clone()));
        }
        Kind::Branch { .. } => unreachable!("branches never split"),
    }
    match path[shared..].split_first() {
        None => at_branch = Some(new),
        Some((first, rest)) => children[*first as usize] = Some(Node::leaf(rest, new)),
    }
    let branch = Node::new(Kind::Branch {
        children,
        value: at_branch,
    });
    Node::extended(&path[..shared], branch)
}

/// Removes a key that is there and joins what can be joined.
fn remove(slot: &mut Option<Arc<Node>>, path: &[u8]) {
    let Some(node) = slot else { return };
    if matches!(node.kind, Kind::Leaf { .. }) {
        *slot = None;
        return;
    }
    let inner = Arc::make_mut(node);
    inner.digest = OnceLock::new();
    match &mut inner.kind {
        Kind::Leaf { .. } => unreachable!("handled above"),
        Kind::Extension { path: step, child } => {
            let mut below = Some(child.clone());
            remove(&mut below, &path[step.len()..]);
            let step = std::mem::take(step);
            *slot = below.map(|below| prepend(&step, &below));
        }
        Kind::Branch { children, value } => {
            match path.split_first() {
                None => *value = None,
                Some((first, rest)) => remove(&mut children[*first as usize], rest),
            }
            if let Some(joined) = collapse(children, value) {
                *slot = joined;
            }
        }
    }
}

/// What a branch becomes when fewer than two things hang on it; `None`: it stays.
fn collapse(
    children: &[Option<Arc<Node>>; 16],
    value: &Option<Value>,
) -> Option<Option<Arc<Node>>> {
    let mut present = (0u8..)
        .zip(children)
        .filter_map(|(i, c)| Some((i, c.as_ref()?)));
    match (present.next(), present.next(), value) {
        (None, _, None) => Some(None),
        (None, _, Some(value)) => Some(Some(Node::leaf(&[], value.clone()))),
        (Some((nibble, child)), None, None) => Some(Some(prepend(&[nibble], child))),
        _ => None,
    }
}

/// A node moved down by a path: leaves and extensions take it in.
fn prepend(path: &[u8], node: &Arc<Node>) -> Arc<Node> {
    match &node.kind {
        Kind::Leaf { path: rest, value } => Node::leaf(&[path, rest].concat(), value.clone()),
        Kind::Extension { path: step, child } => {
            Node::extended(&[path, step].concat(), child.clone())
        }
        Kind::Branch { .. } => Node::extended(path, node.clone()),
    }
}

fn collect(node: &Arc<Node>, at: &mut Vec<u8>, target: &[u8], found: &mut Vec<(Vec<u8>, Value)>) {
    let shared = at.len().min(target.len());
    if at[..shared] != target[..shared] {
        return;
    }
    let depth = at.len();
    match &node.kind {
        Kind::Leaf { path, value } => {
            at.extend_from_slice(path);
            if at.starts_with(target) {
                found.push((nibbles::pack(at), value.clone()));
            }
        }
        Kind::Extension { path, child } => {
            at.extend_from_slice(path);
            collect(child, at, target, found);
        }
        Kind::Branch { children, value } => {
            if let (Some(value), true) = (value, at.starts_with(target)) {
                found.push((nibbles::pack(at), value.clone()));
            }
            for (nibble, child) in (0u8..).zip(children.iter()) {
                if let Some(child) = child {
                    at.push(nibble);
                    collect(child, at, target, found);
                    at.truncate(depth);
                }
            }
        }
    }
    at.truncate(depth);
}

#[cfg(test)]
#[path = "trie_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "trie_properties.rs"]
mod properties;
