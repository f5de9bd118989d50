//! Replays what a real node did and compares every outcome.
//!
//! The transcripts lie beside the repository (`../shared/golden`, or the folder
//! that `SEALWRIGHT_GOLDEN` names); without them the tests say so and pass.

#[path = "golden/compare.rs"]
mod compare;
#[path = "golden/replay.rs"]
mod replay;
#[path = "golden/transcript.rs"]
mod transcript;

use replay::Replay;
use transcript::Transcript;

/// Scenarios that need actions the engine refuses, and why.
const EXCLUDED: [(&str, &str); 1] = [("25-stake", "Stake is not offered")];

/// Scenarios that are replayed up to the first action the engine refuses.
const UP_TO: [(&str, u64, &str); 2] = [
    ("02-account-life", 98, "then a transaction with Stake"),
    ("15-batches", 57, "then a promise with Stake"),
];

fn replay(name: &str) {
    let Some(transcript) = Transcript::open(name) else {
        eprintln!("no transcripts found: {name} skipped");
        return;
    };
    let last = UP_TO
        .iter()
        .find(|(partial, ..)| *partial == name)
        .map(|(_, last, _)| *last);
    let differences = Replay::new(&transcript).run(last);
    let shown: Vec<_> = differences.iter().take(12).cloned().collect();
    assert!(
        differences.is_empty(),
        "{name}: {} differences\n{}",
        differences.len(),
        shown.join("\n")
    );
}

macro_rules! scenarios {
    ($($test:ident $name:literal)*) => {
        $(#[test] fn $test() { replay($name); })*

        #[test]
        fn every_transcript_is_replayed_or_excluded() {
            let known = [$($name),*];
            for name in transcript::names() {
                let excluded = EXCLUDED.iter().any(|(excluded, _)| *excluded == name);
                assert!(excluded || known.contains(&name.as_str()), "{name} is neither");
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
    gas_price "26-gas-price"
    mixed_load "27-mixed-load"
    python_contract "28-python-contract"
    patch_state "29-patch-state"
}
