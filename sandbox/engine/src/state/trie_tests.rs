//! The trie against a map, and its shapes.

use super::*;
use std::collections::BTreeMap;

fn value(text: &str) -> Value {
    text.as_bytes().into()
}

/// Keys that share prefixes, contain each other and differ late.
fn sample_keys() -> Vec<Vec<u8>> {
    let mut keys = vec![b"".to_vec(), b"a".to_vec(), b"ab".to_vec(), b"abc".to_vec()];
    for i in 0..200u32 {
        keys.push(i.wrapping_mul(2_654_435_761).to_be_bytes().to_vec());
        keys.push(format!("prefix/{i}").into_bytes());
    }
    keys
}

fn build(keys: impl Iterator<Item = Vec<u8>>) -> Trie {
    let mut trie = Trie::default();
    for key in keys {
        let text = format!("value of {key:?}");
        trie.insert(&key, value(&text));
    }
    trie
}

#[test]
fn behaves_like_a_map() {
    let mut trie = Trie::default();
    let mut model = BTreeMap::new();
    for (i, key) in sample_keys().into_iter().enumerate() {
        let text = value(&i.to_string());
        trie.insert(&key, text.clone());
        model.insert(key, text);
    }
    for (i, key) in sample_keys().iter().enumerate() {
        if i % 3 == 0 {
            trie.remove(key);
            model.remove(key);
        }
    }
    for key in sample_keys() {
        assert_eq!(trie.get(&key), model.get(&key));
    }
    assert_eq!(
        trie.with_prefix(b""),
        model.clone().into_iter().collect::<Vec<_>>()
    );
    let under: Vec<_> = model
        .into_iter()
        .filter(|(key, _)| key.starts_with(b"prefix/1"))
        .collect();
    assert_eq!(trie.with_prefix(b"prefix/1"), under);
}

#[test]
fn order_of_writes_does_not_matter() {
    let forwards = build(sample_keys().into_iter());
    let backwards = build(sample_keys().into_iter().rev());
    assert_eq!(forwards.root_hash(), backwards.root_hash());
}

#[test]
fn removal_restores_the_shape() {
    let before = build(sample_keys().into_iter().skip(100));
    let mut after = build(sample_keys().into_iter());
    let kept: Vec<_> = sample_keys().split_off(100);
    for key in sample_keys() {
        if !kept.contains(&key) {
            after.remove(&key);
        }
    }
    assert_eq!(before.root_hash(), after.root_hash());
}

#[test]
fn copies_are_independent() {
    let original = build(sample_keys().into_iter());
    let root = original.root_hash();
    let mut copy = original.clone();
    copy.insert(b"abc", value("changed"));
    copy.remove(b"ab");
    assert_eq!(original.root_hash(), root);
    assert!(original.get(b"ab").is_some());
    assert_ne!(copy.root_hash(), root);
}

#[test]
fn visit_counts_nodes_on_the_path() {
    let mut trie = Trie::default();
    let count = |trie: &Trie, key: &[u8]| {
        let mut nodes = 0;
        trie.visit(key, |_| nodes += 1);
        nodes
    };
    assert_eq!(count(&trie, b"a"), 0);
    trie.insert(b"a", value("1"));
    assert_eq!(count(&trie, b"a"), 1);
    trie.insert(b"b", value("2"));
    // Extension over the shared nibble, branch, leaf.
    assert_eq!(count(&trie, b"a"), 3);
    assert_eq!(count(&trie, b"c"), 2);
    assert_eq!(count(&trie, b"\xff"), 1);
}
