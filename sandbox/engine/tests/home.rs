//! A home goes on where its chain ended, however that was.

mod payments;

use near_primitives::hash::CryptoHash;
use near_primitives::types::{Balance, BlockReference};
use payments::{at, id, transfer};
use sealwright_engine::node::{KeptChain, Node, Store};
use sealwright_engine::{Chain, Config};
use std::path::Path;

fn open(home: &Path) -> Node {
    open_with(home, payments::config())
}

fn open_with(home: &Path, config: Config) -> Node {
    Node::new(KeptChain::at_home(Store::open(home, config).unwrap()))
}

/// Sends the n-th transfer and makes the blocks in which it runs.
fn pay(node: &Node, nonce: u64) -> CryptoHash {
    let hash = submit(node, nonce);
    node.write(|chain| chain.produce_blocks(3));
    hash
}

fn submit(node: &Node, nonce: u64) -> CryptoHash {
    let tx = transfer(nonce, node.read(|chain| chain.head().hash));
    node.write(|chain| chain.submit(tx)).unwrap()
}

/// What of a chain can be seen from outside, in one text.
fn sight(chain: &Chain) -> String {
    let head = chain.head();
    let blocks = (0..=head.height).map(|height| {
        let block = chain.block(&at(height)).ok();
        let chunk = chain.chunk(&at(height)).ok();
        let balance = chain.view_account(&id("node"), &at(height)).ok();
        let balance = balance.map(|found| found.value.amount);
        serde_json::to_string(&(block, chunk, balance)).unwrap()
    });
    let blocks: Vec<_> = blocks.collect();
    let pool: Vec<_> = chain.pool().map(|tx| tx.get_hash()).collect();
    let supply = chain.total_supply_check();
    assert!(supply.holds());
    format!(
        "{head:?} {} {pool:?} {supply:?} {blocks:#?}",
        chain.state_root()
    )
}

#[test]
fn everything_that_can_be_seen_is_the_same_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(folder.path());
    let paid = pay(&node, 1);
    node.write(|chain| chain.fast_forward(30));
    pay(&node, 2);
    node.write(|chain| chain.set_time(chain.chain().head().timestamp_ns + 5_000_000_000_000));
    submit(&node, 3);
    submit(&node, 4);
    let (before, outcome) = node.read(|chain| (sight(chain), chain.final_outcome(&paid)));
    drop(node);

    let node = open(folder.path());
    assert_eq!(node.read(sight), before);
    assert_eq!(node.read(|chain| chain.final_outcome(&paid)), outcome);
    let receipt = outcome.unwrap().receipts[0].receipt_id;
    assert_eq!(
        node.read(|chain| chain.transaction_of_receipt(&receipt)),
        Some(paid)
    );
    // And it goes on as the chain would have that never stopped.
    let mut other = Chain::new(payments::config());
    let send = |chain: &mut Chain, nonce| {
        let tx = transfer(nonce, chain.head().hash);
        chain.submit(tx).unwrap();
    };
    send(&mut other, 1);
    other.produce_blocks(3);
    other.fast_forward(30);
    other.produce_block();
    send(&mut other, 2);
    other.produce_blocks(3);
    other.set_time(other.head().timestamp_ns + 5_000_000_000_000);
    send(&mut other, 3);
    send(&mut other, 4);
    other.produce_blocks(4);
    node.write(|chain| chain.produce_blocks(4));
    assert_eq!(node.read(sight), sight(&other));
}

#[test]
fn a_long_chain_is_read_from_the_archive_and_opens_with_little_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(folder.path());
    let paid = pay(&node, 1);
    node.write(|chain| chain.produce_blocks(2_500));
    pay(&node, 2);
    node.write(|chain| chain.produce_blocks(700));
    let outcome = node.read(|chain| chain.final_outcome(&paid));
    assert!(outcome.is_some(), "long forgotten in memory");
    let early = node.read(|chain| sight_at(chain, 3));
    drop(node);

    let node = open(folder.path());
    assert_eq!(node.read(|chain| chain.final_outcome(&paid)), outcome);
    assert_eq!(node.read(|chain| sight_at(chain, 3)), early);
    let mut other = Chain::new(payments::config());
    let tx = transfer(1, other.head().hash);
    other.submit(tx).unwrap();
    other.produce_blocks(3);
    assert_eq!(sight_at(&other, 3), early);
}

fn sight_at(chain: &Chain, height: u64) -> String {
    let block = chain.block(&at(height)).unwrap();
    let amount = chain
        .view_account(&id("node"), &at(height))
        .unwrap()
        .value
        .amount;
    format!("{} {amount}", serde_json::to_string(&block).unwrap())
}

#[test]
fn rollback_is_kept_whatever_was_folded_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(folder.path());
    pay(&node, 1);
    let early = node.read(Chain::snapshot);
    pay(&node, 2);
    node.write(|chain| chain.produce_blocks(1_200));
    let late = node.read(Chain::snapshot);
    let undone = pay(&node, 3);

    node.write(|chain| chain.rollback(&early));
    let other = pay(&node, 5);
    let early_sight = node.read(sight);
    drop(node);
    let node = open(folder.path());
    assert_eq!(node.read(sight), early_sight);
    assert!(node.read(|chain| chain.final_outcome(&undone)).is_none());
    assert!(node.read(|chain| chain.final_outcome(&other)).is_some());

    // Forward again, to a branch that the file does not hold any more.
    node.write(|chain| chain.rollback(&late));
    let amount = |chain: &Chain| {
        let found = chain.view_account(&id("node"), &BlockReference::latest());
        found.unwrap().value.amount
    };
    let expected = Balance::from_near(100)
        .checked_add(Balance::from_millinear(2))
        .unwrap();
    assert_eq!(node.read(amount), expected);
    let root = node.read(Chain::state_root);
    drop(node);
    let node = open(folder.path());
    assert_eq!(
        (node.read(amount), node.read(Chain::state_root)),
        (expected, root)
    );
    assert!(node.read(|chain| chain.final_outcome(&other)).is_none());
}

#[test]
fn blocks_older_than_the_history_leave_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        history: 600,
        ..payments::config()
    };
    let node = open_with(folder.path(), config.clone());
    let paid = pay(&node, 1);
    node.write(|chain| chain.produce_blocks(3_000));
    drop(node);
    let node = open_with(folder.path(), config);
    assert!(node.read(|chain| chain.block(&at(3)).is_err() && chain.final_outcome(&paid).is_none()));
    assert!(node.read(|chain| chain.block(&at(2_900)).is_ok()));
    assert!(
        node.read(|chain| chain.block(&at(0)).is_ok()),
        "genesis stays"
    );
}

#[test]
fn a_home_has_one_user() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(folder.path());
    let error = Store::open(folder.path(), payments::config())
        .err()
        .unwrap();
    assert!(error.to_string().contains("another sandbox"), "{error}");
    drop(node);
    open(folder.path());
}

#[test]
fn a_journal_of_another_kind_is_not_taken_for_ours() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    std::fs::write(folder.path().join("chain.redb"), b"something else").unwrap();
    assert!(Store::open(folder.path(), payments::config()).is_err());
}
