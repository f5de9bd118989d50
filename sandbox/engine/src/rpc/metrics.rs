//! GET /metrics: figures of the chain and of this server in Prometheus' text
//! format, under nearcore's names where it has them.

use crate::Chain;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicU64, Ordering};

/// What the server counts. Only methods that exist have a row each, so its size
/// is bounded whatever is asked.
#[derive(Default)]
pub struct Counters {
    requests: Mutex<BTreeMap<&'static str, MethodCount>>,
    pub connections: AtomicU64,
    pub refused_connections: AtomicU64,
}

#[derive(Default, Clone, Copy)]
struct MethodCount {
    requests: u64,
    errors: u64,
}

/// The row of requests whose method does not exist.
const UNKNOWN_METHOD: &str = "unknown";

impl Counters {
    /// Counts one answered request.
    pub fn count(&self, method: &str, is_error: bool) {
        let known = super::methods::METHODS
            .iter()
            .find(|known| **known == method);
        let mut requests = self.requests.lock();
        let row = requests
            .entry(known.copied().unwrap_or(UNKNOWN_METHOD))
            .or_default();
        row.requests += 1;
        row.errors += u64::from(is_error);
    }

    /// The whole page.
    pub fn page(&self, chain: &Chain) -> String {
        let mut page = Page::default();
        page.chain(chain);
        let rows = self.requests.lock().clone();
        page.rows(
            "near_rpc_total_count",
            "counter",
            "Total count of HTTP RPC requests received, by method",
            rows.iter().map(|(method, row)| (*method, row.requests)),
        );
        page.rows(
            "near_rpc_errors_total_count",
            "counter",
            "Total count of errors by method",
            rows.iter().map(|(method, row)| (*method, row.errors)),
        );
        page.one(
            "sealwright_rpc_connections",
            "gauge",
            "Open connections",
            self.connections.load(Ordering::Relaxed),
        );
        page.one(
            "sealwright_rpc_connections_refused_total",
            "counter",
            "Connections that were refused because too many were open",
            self.refused_connections.load(Ordering::Relaxed),
        );
        page.0
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn chain(&mut self, chain: &Chain) {
        let head = chain.head();
        let totals = chain.totals();
        let protocol = chain.config().protocol_version;
        self.one(
            "near_block_height_head",
            "gauge",
            "Height of the current head of the blockchain",
            head.height,
        );
        self.one(
            "near_final_block_height",
            "gauge",
            "Height of the last final block",
            chain.final_height(),
        );
        self.one(
            "near_epoch_height",
            "gauge",
            "Height of the epoch at the head",
            head.epoch_height,
        );
        self.one(
            "near_node_protocol_version",
            "gauge",
            "Max protocol version supported by this node",
            protocol,
        );
        self.one(
            "near_current_protocol_version",
            "gauge",
            "Current protocol version",
            protocol,
        );
        self.one(
            "near_transaction_pool_entries",
            "gauge",
            "Transactions that wait for a block",
            chain.pool_size(),
        );
        self.one(
            "near_chunk_tgas_used",
            "gauge",
            "Teragas used by the head's chunk",
            totals.gas_used.as_teragas(),
        );
        self.one(
            "near_block_gas_price",
            "gauge",
            "Price of gas for the next block, yocto",
            head.next_gas_price.as_yoctonear(),
        );
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn rows<'a>(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        rows: impl Iterator<Item = (&'a str, u64)>,
    ) {
        self.head(name, kind, help);
        for (method, count) in rows {
            let _ = writeln!(self.0, "{name}{{method=\"{method}\"}} {count}");
        }
    }
}
