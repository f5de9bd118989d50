//! Trie nodes that prove what a state holds below a key.
//!
//! A proof is a list of encoded nodes, the root first: whoever knows the state
//! root hashes them again and follows the key. Values are not among them.
//! Source: nearcore, core/store/src/trie/iterator.rs (`remember_visited_nodes`).

use super::nibbles;
use super::trie::{Kind, Node, Trie};
use std::sync::Arc;

impl Trie {
    /// The nodes on the way to a prefix and all nodes below it, each before its
    /// children. Where the prefix leaves the trie, the nodes that show it.
    pub fn proof_of_prefix(&self, prefix: &[u8]) -> Vec<Arc<[u8]>> {
        let mut nodes = Vec::new();
        if let Some(root) = &self.root {
            walk(root, &nibbles::unpack(prefix), &mut nodes);
        }
        nodes
    }
}

fn walk(node: &Node, path: &[u8], nodes: &mut Vec<Arc<[u8]>>) {
    nodes.push(node.encoded().into());
    match &node.kind {
        Kind::Leaf { .. } => {}
        Kind::Extension { path: step, child } => {
            let shared = nibbles::common_prefix(step, path);
            // The prefix ends within the step, or goes on below it.
            if shared == path.len() || shared == step.len() {
                walk(child, &path[shared..], nodes);
            }
        }
        Kind::Branch { children, .. } => match path.split_first() {
            Some((first, rest)) => {
                if let Some(child) = &children[*first as usize] {
                    walk(child, rest, nodes);
                }
            }
            None => {
                for child in children.iter().flatten() {
                    walk(child, &[], nodes);
                }
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::Trie;
    use near_primitives::hash::{hash, CryptoHash};
    use std::collections::HashSet;

    fn trie() -> Trie {
        let mut trie = Trie::default();
        for key in ["abc", "abd", "ab", "xyz", "abcde"] {
            trie.insert(key.as_bytes(), key.as_bytes().into());
        }
        trie
    }

    fn proof(prefix: &[u8]) -> Vec<Vec<u8>> {
        let proof = trie().proof_of_prefix(prefix);
        proof.into_iter().map(|node| node.to_vec()).collect()
    }

    #[test]
    fn starts_at_the_root_and_every_node_is_named_by_one_before_it() {
        let nodes = proof(b"ab");
        assert_eq!(hash(&nodes[0]), trie().root_hash());
        for (at, node) in nodes.iter().enumerate().skip(1) {
            let name: CryptoHash = hash(node);
            let named = nodes[..at]
                .iter()
                .any(|parent| parent.windows(32).any(|window| window == name.as_bytes()));
            assert!(named, "node {at} hangs in the air");
        }
    }

    #[test]
    fn covers_what_lies_below_and_nothing_beside_it() {
        let all: HashSet<_> = proof(b"").into_iter().collect();
        let below: HashSet<_> = proof(b"abc").into_iter().collect();
        assert!(below.is_subset(&all));
        assert!(below.len() < all.len());
        let value = hash(b"xyz");
        let shows_other = |node: &Vec<u8>| node.windows(32).any(|w| w == value.as_bytes());
        assert!(all.iter().any(shows_other));
        assert!(!below.iter().any(shows_other));
    }

    #[test]
    fn an_absent_prefix_is_shown_by_the_nodes_that_lead_away_from_it() {
        assert!(!proof(b"q").is_empty());
        assert!(proof(b"q").len() < proof(b"").len());
        assert!(Trie::default().proof_of_prefix(b"q").is_empty());
    }
}
