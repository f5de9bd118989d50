//! Replays what a real node did and compares everything it would answer.
//!
//! The transcripts lie beside the repository (`../shared/golden`, or the folder
//! that `SEALWRIGHT_GOLDEN` names); without them the tests say so and pass.

use sealwright_engine::replay::{self, Report, Transcript};
use std::path::PathBuf;

fn folder() -> PathBuf {
    match std::env::var_os("SEALWRIGHT_GOLDEN") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden"),
    }
}

/// The transcripts by their names; none without the folder.
fn transcripts() -> Vec<(String, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder().join("transcripts")) else {
        return vec![];
    };
    let files = entries.filter_map(|entry| {
        let path = entry.ok()?.path();
        let name = path
            .file_name()?
            .to_str()?
            .split_once(".json")?
            .0
            .to_owned();
        Some((name, path))
    });
    files.collect()
}

fn report(path: &std::path::Path) -> Report {
    let transcript = Transcript::open(path).expect("a transcript");
    replay::replay(&transcript, &[]).expect("a well-formed transcript")
}

fn agrees(name: &str) {
    let Some((_, path)) = transcripts().into_iter().find(|(found, _)| found == name) else {
        eprintln!("no transcripts found: {name} skipped");
        return;
    };
    let report = report(&path);
    assert!(report.agrees(), "{report}");
    assert!(report.outcomes > 0, "{name} compares nothing");
}

macro_rules! scenarios {
    ($($test:ident $name:literal)*) => {
        $(#[test] fn $test() { agrees($name); })*

        #[test]
        fn every_transcript_is_replayed() {
            let known = [$($name),*];
            for (name, _) in transcripts() {
                assert!(known.contains(&name.as_str()), "{name} is not");
            }
        }
    };
}

scenarios! {
    transfers "01-transfers"
    account_life "02-account-life"
    delete_account "03-delete-account"
    access_keys "04-access-keys"
    gas_keys "05-gas-keys"
    function_calls "06-function-calls"
    context "07-context"
    crypto "08-crypto"
    bad_wasm "09-bad-wasm"
    storage_trie "10-storage-trie"
    storage_sizes "11-storage-sizes"
    storage_staking "12-storage-staking"
    cross_contract "13-cross-contract"
    promise_and "14-promise-and"
    batches "15-batches"
    gas_weights "16-gas-weights"
    refund_to "17-refund-to"
    recursion "18-recursion"
    yield_resume "19-yield-resume"
    yield_timeout "20-yield-timeout"
    limits "21-limits"
    delegate "22-delegate"
    global_contracts "23-global-contracts"
    deterministic "24-deterministic"
    stake "25-stake"
    gas_price "26-gas-price"
    mixed_load "27-mixed-load"
    python_contract "28-python-contract"
    patch_state "29-patch-state"
}
