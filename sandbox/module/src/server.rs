//! JSON-RPC over an engine's chain.

use crate::errors::misuse;
use parking_lot::Mutex;
use pyo3::prelude::*;
use sealwright_engine::node::{BlockMode, Node};
use sealwright_engine::rpc::{Limits, Server, ServerConfig};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

#[pyclass(frozen)]
pub struct NativeServer {
    server: Mutex<Option<Server>>,
    #[pyo3(get)]
    url: String,
}

impl NativeServer {
    pub fn start(
        node: Arc<Node>,
        host: &str,
        port: u16,
        block_interval_ms: Option<u64>,
        on_demand: bool,
        follow_clock: bool,
    ) -> PyResult<Self> {
        let ip: IpAddr = host
            .parse()
            .map_err(|_| misuse(format!("{host:?} is no IP address")))?;
        if block_interval_ms == Some(0) {
            return Err(misuse("the block interval is at least one millisecond"));
        }
        let every = block_interval_ms.map(Duration::from_millis);
        let blocks = BlockMode { on_demand, every };
        let config = ServerConfig {
            address: SocketAddr::new(ip, port),
            blocks,
            follow_clock,
            limits: Limits::default(),
        };
        let server = Server::start(node, &config)?;
        let url = format!("http://{}", server.address());
        Ok(Self {
            server: Mutex::new(Some(server)),
            url,
        })
    }
}

impl Drop for NativeServer {
    fn drop(&mut self) {
        // The thread that makes blocks may want the GIL for a mock before it ends.
        Python::attach(|py| self.close(py));
    }
}

#[pymethods]
impl NativeServer {
    /// Stops listening and making blocks; a second time changes nothing.
    fn close(&self, py: Python<'_>) {
        py.detach(|| drop(self.server.lock().take()));
    }
}
