//! Transcript files.

use serde::Deserialize;
use serde_json::Value;
use std::io::Read;
use std::path::PathBuf;

#[derive(Deserialize)]
pub struct Transcript {
    pub genesis: Genesis,
    pub node: Node,
    pub node_config: Value,
    pub blocks: Vec<Block>,
    pub rejected: Vec<Value>,
    pub interventions: Vec<Value>,
    pub views: Vec<Value>,
    #[serde(rename = "final")]
    pub end: Value,
}

#[derive(Deserialize)]
pub struct Genesis {
    pub config: Value,
    pub records: Value,
}

#[derive(Deserialize)]
pub struct Node {
    pub protocol_version: u32,
}

#[derive(Deserialize)]
pub struct Block {
    pub height: u64,
    pub hash: String,
    pub timestamp_ns: String,
    pub random_value: String,
    pub gas_price: String,
    pub next_gas_price: String,
    pub total_supply: String,
    pub chunk: Value,
    pub after: Value,
    pub transactions: Vec<Value>,
    pub outcomes: Vec<Value>,
    #[serde(default)]
    pub outgoing_receipts: Vec<String>,
}

fn folder() -> PathBuf {
    match std::env::var_os("SEALWRIGHT_GOLDEN") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden"),
    }
}

/// The scenarios that are there; none without the folder.
pub fn names() -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder().join("transcripts")) else {
        return vec![];
    };
    let files = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    files
        .filter_map(|file| Some(file.split_once(".json")?.0.to_owned()))
        .collect()
}

impl Transcript {
    pub fn open(name: &str) -> Option<Self> {
        let plain = folder().join(format!("transcripts/{name}.json"));
        let text = match std::fs::read_to_string(&plain) {
            Ok(text) => text,
            Err(_) => {
                let file = std::fs::File::open(plain.with_extension("json.gz")).ok()?;
                let mut text = String::new();
                flate2::read::GzDecoder::new(file)
                    .read_to_string(&mut text)
                    .expect("a gzip file");
                text
            }
        };
        Some(serde_json::from_str(&text).expect("a transcript"))
    }
}
