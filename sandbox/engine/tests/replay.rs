//! Replay's own tests: it reports whatever differs, and never panics.
//!
//! They alter transcripts of a real node (`../shared/golden`, or the folder that
//! `SEALWRIGHT_GOLDEN` names); without them the tests say so and pass.

#[path = "replay/leaves.rs"]
mod leaves;
#[path = "replay/malformed.rs"]
mod malformed;
#[path = "replay/twins.rs"]
mod twins;

use serde_json::Value;
use std::io::Read;
use std::path::PathBuf;

/// A transcript of the shared folder; `None` where there is none.
fn shared(name: &str) -> Option<Value> {
    let folder = match std::env::var_os("SEALWRIGHT_GOLDEN") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden"),
    };
    let Ok(bytes) = std::fs::read(folder.join("transcripts").join(name)) else {
        eprintln!("no transcripts found: {name} skipped");
        return None;
    };
    let mut json = Vec::new();
    if name.ends_with(".gz") {
        let mut plain = flate2::read::GzDecoder::new(bytes.as_slice());
        plain.read_to_end(&mut json).expect("a gzip file");
    } else {
        json = bytes;
    }
    Some(serde_json::from_slice(&json).expect("a transcript"))
}
