//! Recorded requests with their answers, and ours.

use axum::http::HeaderMap;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

pub struct Exchange {
    /// The file it is recorded in.
    pub file: String,
    pub name: String,
    pub request: Value,
    pub response: Value,
}

/// Every file's exchanges, in the order in which they were recorded.
pub fn files(folder: &Path) -> Vec<Vec<Exchange>> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    paths.iter().map(|path| file(path)).collect()
}

fn file(path: &Path) -> Vec<Exchange> {
    let text = std::fs::read_to_string(path).expect("a text file");
    let recorded: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let name = path.file_stem().expect("a name").to_string_lossy();
    let exchanges = recorded.into_iter().map(|mut exchange| Exchange {
        file: name.clone().into_owned(),
        name: exchange["name"].as_str().expect("a name").trim().to_owned(),
        request: exchange["request"].take(),
        response: exchange["response"].take(),
    });
    exchanges.collect()
}

impl Exchange {
    pub fn method(&self) -> String {
        self.request["method"]
            .as_str()
            .expect("a method")
            .to_owned()
    }

    pub fn path(&self) -> &str {
        self.request["path"].as_str().expect("a path")
    }

    /// The JSON-RPC method, where there is one.
    pub fn rpc_method(&self) -> &str {
        self.request["json"]["method"].as_str().unwrap_or_default()
    }

    pub fn params(&self) -> &Value {
        &self.request["json"]["params"]
    }

    /// Whether the method waits for blocks.
    pub fn waits(&self) -> bool {
        matches!(
            self.rpc_method(),
            "send_tx" | "broadcast_tx_commit" | "tx" | "EXPERIMENTAL_tx_status"
        ) || self.name.ends_with("by send_tx")
    }

    pub fn request_headers(&self) -> Vec<(&str, &str)> {
        let headers = self.request["headers"].as_object().expect("headers").iter();
        headers
            .map(|(name, value)| (name.as_str(), value.as_str().expect("text")))
            .collect()
    }

    /// The body as it was sent. Of long ones only the size is recorded.
    pub fn body(&self) -> Vec<u8> {
        if self.name == "body over 10 MiB" {
            return vec![b' '; 10 * 1024 * 1024 + 1];
        }
        if let Some(text) = self.request["text"].as_str() {
            return text.as_bytes().to_vec();
        }
        if let Some(bytes) = self.left_out() {
            return vec![b' '; bytes];
        }
        match &self.request["json"] {
            Value::Null => vec![],
            json => serde_json::to_vec(json).expect("JSON"),
        }
    }

    /// The size of a request that is not recorded: it stands for the parameters.
    fn left_out(&self) -> Option<usize> {
        let said = self
            .params()
            .as_str()?
            .strip_suffix(" bytes in all, left out")?;
        Some(said.parse().expect("a size"))
    }
}

/// What we answered, in the form of a recording.
pub struct Given {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub json: Option<Value>,
    pub text: String,
}

impl Given {
    pub fn new(exchange: &Exchange, status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let mut named = BTreeMap::new();
        for (name, value) in headers {
            named.insert(name.to_string(), value.to_str().expect("text").to_owned());
        }
        // The HTTP layer below states the length.
        if exchange.method() != "HEAD" {
            named.insert("content-length".to_owned(), body.len().to_string());
        }
        let text = String::from_utf8(body.to_vec()).expect("text");
        Self {
            status,
            headers: named,
            json: serde_json::from_str(&text).ok(),
            text,
        }
    }
}
