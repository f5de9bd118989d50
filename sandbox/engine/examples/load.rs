//! Loads a JSON-RPC server and prints what it took, as one line of JSON.
//!
//! ```text
//! load URL views ACCOUNT METHOD [SECONDS] [CONNECTIONS]   view calls a second
//! load URL commits ACCOUNT [COUNT]                        broadcast_tx_commit, one after the other
//! ```
//!
//! `ACCOUNT` signs with its test key (docs/spec/sandbox.md, Keys). Requests go
//! over kept connections; answers are read whole and must be results.

use base64::prelude::{Engine as _, BASE64_STANDARD};
use ed25519_dalek::SigningKey;
use near_crypto::{ED25519SecretKey, InMemorySigner, SecretKey, Signer};
use near_primitives::action::{Action, TransferAction};
use near_primitives::hash::{hash, CryptoHash};
use near_primitives::transaction::{SignedTransaction, Transaction, TransactionV0};
use near_primitives::types::{AccountId, Balance};
use serde_json::{json, Value};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let report = match arguments.as_slice() {
        [url, "views", account, method, rest @ ..] => {
            let seconds = number(rest, 0, 3)?;
            let connections = number(rest, 1, 8)?;
            views(address(url), account, method, seconds, connections)?
        }
        [url, "commits", account, rest @ ..] => commits(address(url), account, number(rest, 0, 500)?)?,
        _ => return Err("load URL views ACCOUNT METHOD [SECONDS] [CONNECTIONS] | load URL commits ACCOUNT [COUNT]".into()),
    };
    println!("{report}");
    Ok(())
}

fn number(rest: &[&str], at: usize, default: u64) -> Outcome<u64> {
    rest.get(at).map_or(Ok(default), |text| Ok(text.parse()?))
}

fn address(url: &str) -> &str {
    url.trim_start_matches("http://").trim_end_matches('/')
}

/// A kept connection.
struct Client {
    stream: BufReader<TcpStream>,
    body: Vec<u8>,
}

impl Client {
    fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            body: Vec::new(),
        })
    }

    /// Sends a whole HTTP request and reads the answer's body.
    fn send(&mut self, request: &[u8]) -> Outcome<&[u8]> {
        self.stream.get_mut().write_all(request)?;
        let (mut line, mut length) = (String::new(), 0);
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err("the server closed the connection".into());
            }
            if line == "\r\n" {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse()?;
                }
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body)?;
        Ok(&self.body)
    }

    fn call(&mut self, method: &str, params: &Value) -> Outcome<Value> {
        let answer: Value = serde_json::from_slice(self.send(&post(method, params))?)?;
        match answer.get("result") {
            Some(result) if result.get("error").is_none() => Ok(result.clone()),
            _ => Err(answer.to_string().into()),
        }
    }
}

fn post(method: &str, params: &Value) -> Vec<u8> {
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let body = request.to_string();
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nhost: load\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn views(
    address: &str,
    account: &str,
    method: &str,
    seconds: u64,
    connections: u64,
) -> Outcome<Value> {
    let params = json!({
        "request_type": "call_function", "finality": "final",
        "account_id": account, "method_name": method, "args_base64": "",
    });
    // One that fails says why.
    Client::connect(address)?.call("query", &params)?;
    let request = post("query", &params);
    let start = Instant::now();
    let end = start + Duration::from_secs(seconds);
    let counts: Result<Vec<u64>, String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(|| ask_until(address, &request, end).map_err(|error| error.to_string()))
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("no panic"))
            .collect()
    });
    let views: u64 = counts?.iter().sum();
    let rate = views as f64 / start.elapsed().as_secs_f64();
    Ok(json!({"views_per_s": rate.round(), "views": views, "connections": connections}))
}

fn ask_until(address: &str, request: &[u8], end: Instant) -> Outcome<u64> {
    let (mut client, mut count) = (Client::connect(address)?, 0);
    while Instant::now() < end {
        let answer = client.send(request)?;
        if !answer.windows(9).any(|window| window == b"\"result\":") {
            return Err(String::from_utf8_lossy(answer).into());
        }
        count += 1;
    }
    Ok(count)
}

fn commits(address: &str, account: &str, count: u64) -> Outcome<Value> {
    let mut client = Client::connect(address)?;
    let signer = test_signer(account)?;
    let key = json!({
        "request_type": "view_access_key", "finality": "optimistic",
        "account_id": account, "public_key": signer.public_key(),
    });
    let mut nonce = client.call("query", &key)?["nonce"]
        .as_u64()
        .ok_or("no nonce")?;
    let block = client.call("block", &json!({"finality": "final"}))?;
    let block_hash: CryptoHash = block["header"]["hash"].as_str().ok_or("no hash")?.parse()?;
    let mut taken = Vec::new();
    for _ in 0..count {
        nonce += 1;
        let request = transfer(&signer, nonce, block_hash);
        let start = Instant::now();
        client.call("broadcast_tx_commit", &json!([request]))?;
        taken.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    taken.sort_by(f64::total_cmp);
    let at = |share: f64| taken[((taken.len() - 1) as f64 * share) as usize];
    Ok(json!({"median_ms": at(0.5), "p95_ms": at(0.95), "commits": count}))
}

fn transfer(signer: &Signer, nonce: u64, block_hash: CryptoHash) -> String {
    let deposit = Balance::from_yoctonear(1);
    let receiver: AccountId = "near".parse().expect("an account id");
    let tx = Transaction::V0(TransactionV0 {
        signer_id: signer.get_account_id(),
        public_key: signer.public_key(),
        nonce,
        receiver_id: receiver,
        block_hash,
        actions: vec![Action::Transfer(TransferAction { deposit })],
    });
    let (hash, _) = tx.get_hash_and_size();
    let signed = SignedTransaction::new(signer.sign(hash.as_ref()), tx);
    BASE64_STANDARD.encode(borsh::to_vec(&signed).expect("Borsh"))
}

fn test_signer(account: &str) -> Outcome<Signer> {
    let secret = hash(format!("sealwright-test-key:{account}").as_bytes());
    let pair = SigningKey::from_bytes(secret.as_bytes()).to_keypair_bytes();
    let key = SecretKey::ED25519(ED25519SecretKey(pair));
    Ok(InMemorySigner::from_secret_key(account.parse()?, key))
}
