//! Which recorded values cannot be equal, and the judgement of an answer.

use crate::exchange::{Exchange, Given};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// `(JSON-RPC method or HTTP path, path in the answer, why)`: what neither the
/// transcript nor the test keys determine. `*` is any one step of a path, a
/// method of `*` is any.
pub const UNDETERMINED: &[(&str, &str, &str)] = &[
    ("status", "version", "the build of the recorded node"),
    ("status", "uptime_sec", "the node's own clock"),
    (
        "status",
        "node_public_key",
        "the node's network key is not among the test keys",
    ),
    ("client_config", "version", "the build of the recorded node"),
    ("/metrics", "text", "counters of another program's work"),
    ("/openapi.json", "text", "not recorded"),
];

/// `(file, exchange, why)`: answered otherwise on purpose.
pub const DELIBERATE: &[(&str, &str, &str)] = &[
    (
        "invalid_transactions",
        "NonceTooLarge by send_tx",
        "refused at once; a node takes it, never runs it and lets the request time out",
    ),
    (
        "invalid_transactions",
        "NonceTooLarge by broadcast_tx_commit",
        "refused at once; a node takes it, never runs it and lets it expire",
    ),
];

/// Fields of `EXPERIMENTAL_protocol_config`'s `runtime_config.wasm_config` that
/// the crates know and the recorded node did not yet: later versions' features.
pub const NEWER: &[&str] = &[
    "ext_costs.sha3_256_base",
    "ext_costs.sha3_256_byte",
    "ext_costs.sha3_384_base",
    "ext_costs.sha3_384_byte",
    "ext_costs.sha3_512_base",
    "ext_costs.sha3_512_byte",
    "ext_costs.ml_dsa_verify_base",
    "ext_costs.ml_dsa_verify_byte",
    "ext_costs.universal_state_init_to_account_id_base",
    "ext_costs.universal_state_init_to_account_id_byte",
    "ml_dsa_verify_host_fn",
    "sha3_host_fns",
    "universal_accounts",
    "limit_config.max_receipt_total_input_size",
    "limit_config.max_universal_state_init_keys",
    "limit_config.max_state_init_entries",
];

#[derive(Default)]
pub struct Verdict {
    pub differences: Vec<String>,
    used: BTreeMap<usize, usize>,
    deliberate: BTreeMap<usize, usize>,
    equal: usize,
    newer: usize,
}

impl Verdict {
    pub fn judge(&mut self, exchange: &Exchange, given: &Given) {
        let is_deliberate =
            |(file, name, _): &(&str, &str, &str)| exchange.file == *file && exchange.name == *name;
        if let Some(row) = DELIBERATE.iter().position(is_deliberate) {
            *self.deliberate.entry(row).or_default() += 1;
            return;
        }
        let before = (self.differences.len(), self.allowed());
        let (ours, theirs) = (u64::from(given.status), &exchange.response["status"]);
        self.same(exchange, "status", &ours.into(), theirs);
        match &exchange.response["json"] {
            // `"json": null` is an answer of `null` only where it is stated.
            Value::Null if exchange.response.get("json").is_none() => self.text(exchange, given),
            recorded => {
                let ours = given.json.clone().unwrap_or(Value::Null);
                self.walk(exchange, "", &ours, recorded);
            }
        }
        self.headers(exchange, given, before.1);
        if self.differences.len() == before.0 {
            self.equal += 1;
        }
    }

    /// How much was let pass so far.
    fn allowed(&self) -> usize {
        self.newer + self.used.values().sum::<usize>()
    }

    fn text(&mut self, exchange: &Exchange, given: &Given) {
        let recorded = &exchange.response["text"];
        self.same(
            exchange,
            "text",
            &Value::from(given.text.as_str()),
            recorded,
        );
    }

    /// The length is compared where every byte is determined.
    fn headers(&mut self, exchange: &Exchange, given: &Given, used_before: usize) {
        let all_determined = self.allowed() == used_before;
        let recorded = exchange.response["headers"].as_object().expect("headers");
        for (name, value) in recorded {
            if name == "content-length" && (!all_determined || exchange.method() == "HEAD") {
                continue;
            }
            let ours = given
                .headers
                .get(name)
                .map_or(Value::Null, |value| value.as_str().into());
            self.same(exchange, &format!("header {name}"), &ours, value);
        }
        for name in given
            .headers
            .keys()
            .filter(|name| !recorded.contains_key(*name))
        {
            self.differ(exchange, &format!("header {name} is not the node's"));
        }
    }

    fn walk(&mut self, exchange: &Exchange, path: &str, ours: &Value, theirs: &Value) {
        if ours == theirs || self.is_undetermined(exchange, path, ours, theirs) {
            return;
        }
        match (ours, theirs) {
            (Value::Object(left), Value::Object(right)) => {
                for name in left
                    .keys()
                    .chain(right.keys().filter(|name| !left.contains_key(*name)))
                {
                    let below = join(path, name);
                    match (left.get(name), right.get(name)) {
                        (Some(left), Some(right)) => self.walk(exchange, &below, left, right),
                        (Some(_), None) if is_newer(&below) => self.newer += 1,
                        (Some(left), None) => {
                            self.differ(exchange, &format!("{below} is not the node's: {left}"))
                        }
                        _ => self.differ(exchange, &format!("{below} is missing: {}", right[name])),
                    }
                }
            }
            (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
                for (at, (left, right)) in left.iter().zip(right).enumerate() {
                    self.walk(exchange, &join(path, &at.to_string()), left, right);
                }
            }
            _ => self.differ(
                exchange,
                &format!("{path}: {} instead of {}", short(ours), short(theirs)),
            ),
        }
    }

    fn same(&mut self, exchange: &Exchange, path: &str, ours: &Value, theirs: &Value) {
        if ours != theirs && !self.is_undetermined(exchange, path, ours, theirs) {
            self.differ(
                exchange,
                &format!("{path}: {} instead of {}", short(ours), short(theirs)),
            );
        }
    }

    fn is_undetermined(
        &mut self,
        exchange: &Exchange,
        path: &str,
        ours: &Value,
        theirs: &Value,
    ) -> bool {
        let path = path.strip_prefix("result.").unwrap_or(path);
        let asked = match exchange.rpc_method() {
            "" => exchange.path().trim_start_matches('/'),
            method => method,
        };
        let row = UNDETERMINED.iter().position(|(method, pattern, _)| {
            (*method == "*" || method.trim_start_matches('/') == asked) && matches(pattern, path)
        });
        let Some(row) = row else {
            return false;
        };
        *self.used.entry(row).or_default() += 1;
        // A body that was not recorded has no type.
        theirs.is_null() || same_type(ours, theirs)
    }

    fn differ(&mut self, exchange: &Exchange, what: &str) {
        let Exchange { file, name, .. } = exchange;
        self.differences.push(format!("{file} [{name}] {what}"));
    }

    /// Rows that no answer needed.
    pub fn unused(&self) -> Vec<&'static str> {
        let rows = UNDETERMINED.iter().enumerate();
        rows.filter(|(row, _)| !self.used.contains_key(row))
            .map(|(_, (_, path, _))| *path)
            .collect()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} answers agree; {} paths are undetermined:",
            self.equal,
            self.used.len()
        )?;
        for (row, times) in &self.used {
            let (method, path, why) = UNDETERMINED[*row];
            writeln!(f, "  {method:24} {path:28} {times:4}x  {why}")?;
        }
        writeln!(f, "{} fields of newer crates", NEWER.len())?;
        writeln!(f, "{} answers differ on purpose:", self.deliberate.len())?;
        for row in self.deliberate.keys() {
            let (file, name, why) = DELIBERATE[*row];
            writeln!(f, "  {file} [{name}]  {why}")?;
        }
        Ok(())
    }
}

fn is_newer(path: &str) -> bool {
    let field = path.strip_prefix("result.runtime_config.wasm_config.");
    field.is_some_and(|field| NEWER.contains(&field))
}

fn join(path: &str, step: &str) -> String {
    if path.is_empty() {
        return step.to_owned();
    }
    format!("{path}.{step}")
}

/// Whether a path is what a pattern names, step by step.
fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut steps) = (pattern.split('.'), path.split('.'));
    loop {
        match (wanted.next(), steps.next()) {
            (None, None) => return true,
            (Some(wanted), Some(step)) if wanted == "*" || wanted == step => {}
            _ => return false,
        }
    }
}

/// Objects must have the same fields with the same types.
fn same_type(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && right.iter().all(|(name, theirs)| {
                    left.get(name).is_some_and(|ours| same_type(ours, theirs))
                })
        }
        _ => std::mem::discriminant(ours) == std::mem::discriminant(theirs),
    }
}

fn short(value: &Value) -> String {
    let mut text = value.to_string();
    if text.len() > 300 {
        text.truncate(text.floor_char_boundary(300));
        text.push('…');
    }
    text
}
