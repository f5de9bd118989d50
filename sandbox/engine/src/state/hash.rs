//! Node hashes and state roots, computed when asked for and kept in the node.

use super::nibbles;
use super::trie::{Kind, Node, Trie, Value};
use near_primitives::hash::{hash, CryptoHash};

/// Accounting weights of NEAR's trie; they enter every node's hash.
const NODE_COST: u64 = 50;
const COST_PER_KEY_BYTE: u64 = 2;
const COST_PER_VALUE_BYTE: u64 = 1;

#[derive(Clone, Copy)]
pub struct Digest {
    hash: CryptoHash,
    /// Of the subtree.
    memory_usage: u64,
}

impl Trie {
    /// The state root. Costs what changed since one was last asked for.
    pub fn root_hash(&self) -> CryptoHash {
        self.root
            .as_ref()
            .map_or_else(CryptoHash::default, |root| root.digest().hash)
    }
}

impl Node {
    fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| self.compute_digest())
    }

    fn compute_digest(&self) -> Digest {
        let (bytes, memory_usage) = self.encode();
        Digest {
            hash: hash(&bytes),
            memory_usage,
        }
    }

    /// The node as it is stored and hashed.
    pub(super) fn encoded(&self) -> Vec<u8> {
        self.encode().0
    }

    fn encode(&self) -> (Vec<u8>, u64) {
        let mut bytes = Vec::with_capacity(128);
        let memory_usage = NODE_COST
            + match &self.kind {
                Kind::Leaf { path, value } => {
                    bytes.push(0);
                    let key = put_path(&mut bytes, path, true);
                    key + put_value(&mut bytes, value)
                }
                Kind::Branch { children, value } => {
                    bytes.push(if value.is_some() { 2 } else { 1 });
                    let own = value.as_ref().map_or(0, |v| put_value(&mut bytes, v));
                    own + put_children(&mut bytes, children)
                }
                Kind::Extension { path, child } => {
                    bytes.push(3);
                    let key = put_path(&mut bytes, path, false);
                    let below = child.digest();
                    bytes.extend_from_slice(below.hash.as_bytes());
                    key + below.memory_usage
                }
            };
        bytes.extend_from_slice(&memory_usage.to_le_bytes());
        (bytes, memory_usage)
    }
}

fn put_path(bytes: &mut Vec<u8>, path: &[u8], is_leaf: bool) -> u64 {
    let encoded = nibbles::encode(path, is_leaf);
    bytes.extend_from_slice(&(encoded.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&encoded);
    encoded.len() as u64 * COST_PER_KEY_BYTE
}

fn put_value(bytes: &mut Vec<u8>, value: &Value) -> u64 {
    bytes.extend_from_slice(&(value.len() as u32).to_le_bytes());
    bytes.extend_from_slice(hash(value).as_bytes());
    value.len() as u64 * COST_PER_VALUE_BYTE + NODE_COST
}

fn put_children(bytes: &mut Vec<u8>, children: &[Option<std::sync::Arc<Node>>; 16]) -> u64 {
    let mut mask = 0u16;
    for (i, child) in children.iter().enumerate() {
        mask |= u16::from(child.is_some()) << i;
    }
    bytes.extend_from_slice(&mask.to_le_bytes());
    let mut memory_usage = 0;
    for child in children.iter().flatten() {
        let below = child.digest();
        bytes.extend_from_slice(below.hash.as_bytes());
        memory_usage += below.memory_usage;
    }
    memory_usage
}
