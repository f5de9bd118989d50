use super::*;
use crate::state::Trie;
use std::collections::BTreeMap;

fn value(text: &str) -> Value {
    text.as_bytes().into()
}

fn trie(entries: &[(&str, &str)]) -> Trie {
    let mut trie = Trie::default();
    for (key, text) in entries {
        trie.insert(key.as_bytes(), value(text));
    }
    trie
}

fn change(key: &str, before: Option<&str>, after: Option<&str>) -> Change {
    Change {
        key: key.into(),
        before: before.map(value),
        after: after.map(value),
    }
}

#[test]
fn changes_name_what_was_added_removed_and_replaced() {
    let older = trie(&[("a", "1"), ("ab", "2"), ("abc", "3"), ("q", "4")]);
    let mut newer = older.clone();
    newer.insert(b"abc", value("new"));
    newer.insert(b"abd", value("5"));
    newer.remove(b"q");
    newer.remove(b"a");
    let expected = [
        change("a", Some("1"), None),
        change("abc", Some("3"), Some("new")),
        change("abd", None, Some("5")),
        change("q", Some("4"), None),
    ];
    assert_eq!(newer.changes_since(&older), expected);
    assert_eq!(newer.changes_since(&newer), []);
    assert_eq!(newer.changes_since(&Trie::default()).len(), 3);
    assert_eq!(Trie::default().changes_since(&older).len(), 4);
}

/// Numbers that look random (a linear congruence).
fn numbers() -> impl Iterator<Item = u64> {
    std::iter::successors(Some(7u64), |n| {
        Some(n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1))
    })
    .map(|n| n >> 33)
}

#[test]
fn changes_redo_and_undo_whatever_happened() {
    let mut numbers = numbers();
    let mut next = |below: u64| numbers.next().unwrap() % below;
    let mut state = Trie::default();
    for _ in 0..50 {
        let older = state.clone();
        for _ in 0..next(40) {
            // Short keys over few letters: many are prefixes of others.
            let key: Vec<u8> = (0..next(5)).map(|_| b'a' + next(3) as u8 * 16).collect();
            match next(3) {
                0 => state.remove(&key),
                n => state.insert(&key, value(&format!("{n}{}", next(3)))),
            }
        }
        let changes = state.changes_since(&older);
        let (mut redone, mut undone) = (older.clone(), state.clone());
        for change in &changes {
            change.redo(&mut redone);
            change.undo(&mut undone);
        }
        assert_eq!(redone.root_hash(), state.root_hash());
        assert_eq!(undone.root_hash(), older.root_hash());
        let all = |trie: &Trie| {
            trie.with_prefix(b"")
                .into_iter()
                .collect::<BTreeMap<_, _>>()
        };
        let (before, after) = (all(&older), all(&state));
        let differing = before.keys().chain(after.keys());
        let differing = differing.filter(|key| before.get(*key) != after.get(*key));
        let unique: std::collections::BTreeSet<_> = differing.collect();
        assert_eq!(changes.len(), unique.len(), "nothing is named in vain");
    }
}
