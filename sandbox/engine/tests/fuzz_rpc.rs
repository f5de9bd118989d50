//! Random and mutated requests: every one is answered, none breaks the server.
//!
//! `SEALWRIGHT_FUZZ_SEED` and `SEALWRIGHT_FUZZ_CASES` choose other and more
//! cases; a failure names the seed of its case.

mod serving;

use axum::body::Body;
use axum::http::Request;
use sealwright_engine::rpc::{service, Limits, Service, METHODS};
use serde_json::{json, Value};
use serving::{fuzz_budget, mutate_bytes, node, signer, Random};
use std::collections::BTreeMap;
use std::time::Duration;

const CASES: u64 = 100_000;

/// The statuses that the specification names.
const STATUSES: [u16; 9] = [200, 400, 404, 405, 408, 413, 415, 422, 500];

/// Parameters that are right for some method, to start from.
fn seeds() -> Vec<Value> {
    let key = signer("alice.near").public_key().to_string();
    let hash = "11111111111111111111111111111111";
    let at = |fields: Value| {
        let mut fields = fields;
        fields["finality"] = json!("final");
        fields
    };
    vec![
        Value::Null,
        json!([]),
        json!({}),
        json!([null]),
        json!([0]),
        json!([hash]),
        json!([hash, "alice.near"]),
        json!({"block_id": 0}),
        json!({"block_id": hash}),
        json!({"finality": "optimistic"}),
        json!({"sync_checkpoint": "genesis"}),
        json!({"block_id": 0, "shard_id": 0}),
        json!({"chunk_id": hash}),
        json!({"epoch_id": hash}),
        json!({"latest": null}),
        json!({"receipt_id": hash}),
        json!({"tx_hash": hash, "sender_account_id": "alice.near", "wait_until": "NONE"}),
        json!({"signed_tx_base64": "CgAAAGFsaWNlLnRlc3Q=", "wait_until": "FINAL"}),
        json!({"block_hash": hash, "light_client_head": hash}),
        json!({"last_block_hash": hash}),
        json!({"type": "receipt", "receipt_id": hash, "receiver_id": "alice.near", "light_client_head": hash}),
        json!({"changes_type": "data_changes", "account_ids": ["alice.near"], "key_prefix_base64": "", "block_id": 0}),
        json!({"changes_type": "all_access_key_changes", "account_ids": ["alice.near"], "block_id": 0}),
        at(json!({"request_type": "view_account", "account_id": "alice.near"})),
        at(json!({"request_type": "view_code", "account_id": "alice.near"})),
        at(
            json!({"request_type": "view_access_key", "account_id": "alice.near", "public_key": key}),
        ),
        at(json!({"request_type": "view_access_key_list", "account_id": "alice.near"})),
        at(
            json!({"request_type": "view_gas_key_nonces", "account_id": "alice.near", "public_key": key}),
        ),
        at(
            json!({"request_type": "view_state", "account_id": "alice.near", "prefix_base64": "", "include_proof": true, "limit": 3}),
        ),
        at(
            json!({"request_type": "call_function", "account_id": "alice.near", "method_name": "get", "args_base64": ""}),
        ),
        at(json!({"request_type": "view_global_contract_code", "code_hash": hash})),
        json!(["call/alice.near/get", ""]),
        json!(["contract/alice.near", "k"]),
        json!({"delta_height": 2}),
        json!({"records": [{"Data": {"account_id": "alice.near", "data_key": "a2V5", "value": "dg=="}}]}),
        json!({"records": [{"Account": {"account_id": "new.near", "account": {"amount": "1", "locked": "0", "code_hash": hash, "storage_usage": 182, "version": "V1"}}}]}),
    ]
}

fn random_value(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 9 } else { 11 }) {
        0 => Value::Null,
        1 => json!(random.one_in(2)),
        2 => json!(random.next()),
        3 => json!(-(random.below(1000) as i64)),
        4 => json!(random.next() as f64 / 3.0),
        5 => json!(random.next().to_string()),
        6 => json!("x".repeat(random.below(2000))),
        7 => json!("\u{0}\u{202e}é💥"),
        8 => json!("340282366920938463463374607431768211455"),
        9 => (0..random.below(4))
            .map(|_| random_value(random, depth - 1))
            .collect(),
        _ => {
            json!({ "finality": random_value(random, depth - 1), "block_id": random_value(random, depth - 1) })
        }
    }
}

/// Puts something else somewhere into a value.
fn mutate(random: &mut Random, value: &mut Value) {
    match value {
        Value::Object(fields) if !fields.is_empty() && !random.one_in(6) => {
            let name = fields
                .keys()
                .nth(random.below(fields.len()))
                .cloned()
                .expect("a field");
            match random.below(4) {
                0 => drop(fields.remove(&name)),
                1 => drop(fields.insert(format!("{name}s"), Value::Null)),
                _ => mutate(random, &mut fields[&name]),
            }
        }
        Value::Array(items) if !items.is_empty() && !random.one_in(6) => {
            let at = random.below(items.len());
            match random.below(4) {
                0 => drop(items.remove(at)),
                1 => items.push(Value::Null),
                _ => mutate(random, &mut items[at]),
            }
        }
        other => *other = random_value(random, 2),
    }
}

fn body(random: &mut Random, seeds: &[Value]) -> Vec<u8> {
    let mut params = random.pick(seeds).clone();
    for _ in 0..random.below(3) {
        mutate(random, &mut params);
    }
    let id = random_value(random, 1);
    let mut request =
        json!({"jsonrpc": "2.0", "id": id, "method": random.pick(&METHODS), "params": params});
    if random.one_in(20) {
        mutate(random, &mut request);
    }
    let mut bytes = serde_json::to_vec(&request).expect("JSON");
    if random.one_in(8) {
        mutate_bytes(random, &mut bytes);
    }
    if random.one_in(200) {
        bytes = "[".repeat(random.below(100_000)).into_bytes();
    }
    bytes
}

fn request(random: &mut Random, seeds: &[Value]) -> Request<Body> {
    let body = body(random, seeds);
    let path = if random.one_in(40) {
        *random.pick(&[
            "/status",
            "/metrics",
            "/health",
            "/nothing",
            "/openapi.json",
        ])
    } else {
        "/"
    };
    let method = if random.one_in(40) {
        *random.pick(&["GET", "PUT", "OPTIONS", "HEAD"])
    } else {
        "POST"
    };
    let kind = if random.one_in(60) {
        "text/plain"
    } else {
        "application/json"
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", kind);
    request.body(Body::from(body)).expect("a request")
}

/// The status of an answer that is as the specification says.
async fn status(service: &Service, request: Request<Body>) -> Result<u16, String> {
    let is_call = request.method() == "POST" && request.uri() == "/";
    let response = service.answer(request).await;
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").cloned();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    let text = String::from_utf8(body.map_err(|error| error.to_string())?.to_vec());
    let text = text.map_err(|error| error.to_string())?;
    if !STATUSES.contains(&status) || text.contains("panicked") {
        return Err(format!("{status} {text}"));
    }
    if is_call && kind.is_some_and(|kind| kind == "application/json") {
        let answer: Value =
            serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        let (result, error) = (answer.get("result"), answer.get("error"));
        let is_named =
            error.is_none_or(|error| error["name"].is_string() && error["code"].is_i64());
        if answer["jsonrpc"] != "2.0" || result.is_some() == error.is_some() || !is_named {
            return Err(format!("no JSON-RPC answer: {text}"));
        }
    }
    Ok(status)
}

#[test]
fn every_request_is_answered() {
    let (seed, cases) = fuzz_budget(CASES);
    let limits = Limits {
        wait: Duration::from_millis(1),
        ..Limits::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let (runtime, seeds) = (runtime.expect("a runtime"), seeds());
    let mut statuses = BTreeMap::new();
    let mut service_of = service(node(100), "127.0.0.1:3030", &limits);
    for case in 0..cases {
        // Patches and jumps change a chain; each stretch starts with a fresh one.
        if case % 1000 == 0 {
            service_of = service(node(100), "127.0.0.1:3030", &limits);
        }
        let mut random = Random(seed.wrapping_add(case).wrapping_mul(0x2545_f491_4f6c_dd1d));
        let request = request(&mut random, &seeds);
        match runtime.block_on(status(&service_of, request)) {
            Ok(status) => *statuses.entry(status).or_insert(0u64) += 1,
            Err(reason) => panic!("seed {} with 1 case: {reason}", seed.wrapping_add(case)),
        }
    }
    println!("rpc fuzz: seed {seed}, {cases} cases, answers by status {statuses:?}");
    assert!(statuses.contains_key(&200), "nothing was understood");
    assert!(statuses.contains_key(&400), "nothing was refused");
}
