//! How much of its past a chain remembers.

mod payments;

use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::types::{BlockId, BlockReference};
use payments::{at, id, transfer};
use sealwright_engine::chain::QueryError;
use sealwright_engine::{Chain, Config};

fn chain(history: u64, history_outcomes: u64) -> Chain {
    Chain::new(Config {
        history,
        history_outcomes,
        transaction_validity_period: 20,
        ..payments::config()
    })
}

fn send(chain: &mut Chain, nonce: u64) -> CryptoHash {
    let tx = transfer(nonce, chain.head().hash);
    chain.submit(tx).unwrap()
}

#[test]
fn what_is_older_than_the_history_is_forgotten_with_its_block() {
    let mut chain = chain(5, 1_000);
    let tx = send(&mut chain, 1);
    chain.produce_blocks(3);
    let outcome = chain.final_outcome(&tx).expect("it ran");
    let receipt = outcome.receipts[0].receipt_id;
    let block = chain.block(&at(1)).unwrap();
    assert!(chain.receipt(&receipt).is_some());

    chain.produce_blocks(10);
    assert!(chain.final_outcome(&tx).is_none() && chain.execution_outcome(&receipt).is_none());
    assert!(chain.receipt(&receipt).is_none() && chain.transaction_of_receipt(&receipt).is_none());
    assert!(chain.block_of_chunk(&block.chunks[0].chunk_hash).is_none());
    let hash = BlockReference::BlockId(BlockId::Hash(block.header.hash));
    for reference in [at(1), hash] {
        assert!(matches!(
            chain.block(&reference),
            Err(QueryError::UnknownBlock { .. })
        ));
        assert!(matches!(
            chain.view_account(&id("node"), &reference),
            Err(QueryError::GarbageCollectedBlock {
                block_height: 1,
                ..
            })
        ));
    }
}

#[test]
fn headers_of_remembered_blocks_stay_what_they_were() {
    let mut chain = chain(5, 1_000);
    send(&mut chain, 1);
    chain.produce_blocks(8);
    let before = serde_json::to_value(chain.block(&at(8)).unwrap()).unwrap();
    chain.produce_blocks(4);
    let oldest = serde_json::to_value(chain.block(&at(8)).unwrap()).unwrap();
    assert_eq!(before, oldest);
    assert!(chain.block(&at(7)).is_err());
    assert!(chain.block(&at(0)).is_ok(), "genesis is always there");
}

#[test]
fn many_outcomes_shorten_the_history() {
    let mut chain = chain(1_000, 30);
    for nonce in 1..=40 {
        send(&mut chain, nonce);
        chain.produce_block();
    }
    assert!(chain.block(&at(1)).is_err());
    // Transaction, transfer and refund, about three a block.
    assert!(chain.block(&at(35)).is_ok());
}

#[test]
fn transactions_may_name_forgotten_blocks_as_long_as_they_are_valid() {
    let mut chain = chain(3, 1_000);
    chain.produce_blocks(2);
    let old = chain.head().hash;
    chain.produce_blocks(15);
    assert!(chain.submit(transfer(1, old)).is_ok());
    chain.produce_blocks(10);
    assert_eq!(chain.submit(transfer(2, old)), Err(InvalidTxError::Expired));
}

#[test]
fn rollback_brings_back_what_was_forgotten() {
    let mut chain = chain(5, 1_000);
    let tx = send(&mut chain, 1);
    chain.produce_blocks(3);
    let snapshot = chain.snapshot();
    chain.produce_blocks(50);
    assert!(chain.final_outcome(&tx).is_none());
    chain.rollback(&snapshot);
    assert!(chain.final_outcome(&tx).is_some() && chain.block(&at(2)).is_ok());
}
