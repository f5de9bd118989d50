//! Headers that we compute from a replayed chain and the validator's test key
//! hash to what the node signed.
//!
//! Without the recordings (`../shared/golden`, or what `SEALWRIGHT_GOLDEN`
//! names) the test says so and passes.

use near_primitives::types::{BlockId, BlockReference};
use sealwright_engine::replay::{self, Transcript};
use std::path::PathBuf;

fn folder() -> PathBuf {
    let golden = match std::env::var_os("SEALWRIGHT_GOLDEN") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden"),
    };
    golden.join("transcripts")
}

/// Heights whose computed hashes are not the recorded ones: `(block, chunk)`.
fn wrong(transcript: &Transcript) -> (Vec<u64>, Vec<u64>) {
    let chain = replay::chain(transcript).expect("a well-formed transcript");
    let blocks = transcript
        .field()
        .get("blocks")
        .value()
        .as_array()
        .cloned()
        .expect("blocks");
    let (mut wrong_blocks, mut wrong_chunks) = (vec![], vec![]);
    for block in blocks {
        let height = block["height"].as_u64().expect("a height");
        let reference = BlockReference::BlockId(BlockId::Height(height));
        let (block_hash, chunk_hash) = chain.computed_hashes(&reference).expect("a block");
        if block["hash"] != block_hash.to_string() {
            wrong_blocks.push(height);
        }
        if block["chunk"]["chunk_hash"] != chunk_hash.to_string() {
            wrong_chunks.push(height);
        }
    }
    (wrong_blocks, wrong_chunks)
}

fn hashes(name: &str) {
    let Ok(transcript) = Transcript::open(&folder().join(name)) else {
        eprintln!("no recordings at {}: skipped", folder().display());
        return;
    };
    let (blocks, chunks) = wrong(&transcript);
    assert!(chunks.is_empty(), "{name}: chunks at {chunks:?}");
    // The first block of the epoch: its header most likely states a hash over the
    // epoch manager's records (`epoch_sync_data_hash`), which are not modelled.
    assert_eq!(blocks, [1], "{name}");
}

#[test]
fn transfers() {
    hashes("01-transfers.json.gz");
}

#[test]
fn cross_contract_calls() {
    hashes("13-cross-contract.json.gz");
}

#[test]
fn patches_and_jumps() {
    hashes("29-patch-state.json");
}
