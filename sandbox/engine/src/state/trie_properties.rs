//! The trie against a model: a sorted map, and node counts worked out from the
//! set of keys alone.

use super::super::{nibbles, StateUpdate};
use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

/// Few different bytes and lengths: keys share prefixes and end inside others.
fn key() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![0..3u8, Just(0x10), Just(0xff)], 0..5)
}

/// What happens to a key: a value is written, or it is removed.
fn change() -> impl Strategy<Value = (Vec<u8>, Option<Vec<u8>>)> {
    (
        key(),
        proptest::option::weighted(0.7, vec(any::<u8>(), 0..4)),
    )
}

fn apply(trie: &mut Trie, changes: &[(Vec<u8>, Option<Vec<u8>>)]) -> Model {
    let mut model = Model::new();
    for (key, value) in changes {
        match value {
            Some(value) => {
                trie.insert(key, value.as_slice().into());
                model.insert(key.clone(), value.clone());
            }
            None => {
                trie.remove(key);
                model.remove(key);
            }
        }
    }
    model
}

/// Nodes from the root to a key in the trie of these keys, and the read of the
/// value where there is one. `paths` are sorted and share their first `depth`
/// nibbles with the key's.
fn nodes(paths: &[Vec<u8>], key: &[u8], depth: usize) -> u64 {
    let (Some(first), Some(last)) = (paths.first(), paths.last()) else {
        return 0;
    };
    if paths.len() == 1 {
        return 1 + u64::from(first == key);
    }
    let shared = first[depth..].iter().zip(&last[depth..]);
    let shared = shared.take_while(|(left, right)| left == right).count();
    let extension = u64::from(shared > 0);
    let fork = depth + shared;
    if key.len() < fork || key[depth..fork] != first[depth..fork] {
        return extension;
    }
    if key.len() == fork {
        return extension + 1 + u64::from(first == key);
    }
    let below: Vec<_> = paths
        .iter()
        .filter(|path| path.get(fork) == Some(&key[fork]))
        .cloned()
        .collect();
    extension + 1 + nodes(&below, key, fork + 1)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn reads_are_those_of_a_sorted_map(changes in vec(change(), 0..60), prefix in key()) {
        let mut trie = Trie::default();
        let model = apply(&mut trie, &changes);
        for (key, _) in &changes {
            prop_assert_eq!(trie.get(key).map(|value| value.to_vec()), model.get(key).cloned());
        }
        let found = trie.with_prefix(&prefix).into_iter();
        let found: Vec<_> = found.map(|(key, value)| (key, value.to_vec())).collect();
        let wanted = model.into_iter().filter(|(key, _)| key.starts_with(&prefix));
        prop_assert_eq!(found, wanted.collect::<Vec<_>>());
    }

    #[test]
    fn root_depends_on_the_content_alone(
        changes in vec(change(), 0..60),
        seed in any::<u64>(),
    ) {
        let mut trie = Trie::default();
        let model = apply(&mut trie, &changes);
        // The same content, written once each and in another order.
        let mut entries: Vec<_> = model.into_iter().collect();
        let len = entries.len().max(1);
        entries.rotate_left(seed as usize % len);
        let mut rebuilt = Trie::default();
        for (key, value) in entries {
            rebuilt.insert(&key, value.as_slice().into());
        }
        prop_assert_eq!(trie.root_hash(), rebuilt.root_hash());
    }

    #[test]
    fn copies_keep_what_they_had(
        before in vec(change(), 0..40),
        after in vec(change(), 0..40),
    ) {
        let mut trie = Trie::default();
        let model = apply(&mut trie, &before);
        let (copy, root) = (trie.clone(), trie.root_hash());
        apply(&mut trie, &after);
        let kept = copy.with_prefix(&[]).into_iter();
        let kept: Model = kept.map(|(key, value)| (key, value.to_vec())).collect();
        prop_assert_eq!(kept, model);
        prop_assert_eq!(copy.root_hash(), root);
    }

    #[test]
    fn writes_visit_the_nodes_of_the_key_set(
        changes in vec(change(), 0..60),
        probes in vec(key(), 1..10),
    ) {
        let mut trie = Trie::default();
        let model = apply(&mut trie, &changes);
        let paths: Vec<_> = model.keys().map(|key| nibbles::unpack(key)).collect();
        for probe in probes {
            // A new update has visited no node before.
            let counted = StateUpdate::new(trie.clone()).nodes_read(&probe);
            let wanted = nodes(&paths, &nibbles::unpack(&probe), 0);
            prop_assert_eq!(counted.first + counted.again, wanted, "{:?}", probe);
        }
    }
}
