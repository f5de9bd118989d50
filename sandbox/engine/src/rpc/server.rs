//! A running server: its threads, its address, its end.

use super::http::router;
use crate::node::{produce_until_stopped, BlockMode, Node};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// How to serve a chain.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Port 0 takes a free one.
    pub address: SocketAddr,
    pub blocks: BlockMode,
    /// No block is older than the machine's clock when it is made.
    pub follow_clock: bool,
}

/// What every request can reach.
#[derive(Clone)]
pub(super) struct Context {
    pub node: Arc<Node>,
    pub address: String,
}

/// JSON-RPC and block production on threads of their own, until dropped.
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    runtime: Option<Runtime>,
}

impl Server {
    /// Listens before it returns: requests sent from then on are answered.
    ///
    /// # Errors
    /// The address cannot be taken.
    pub fn start(node: Arc<Node>, config: &ServerConfig) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox-rpc")
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind(config.address))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let producer = produce_until_stopped(
            node.clone(),
            config.blocks,
            config.follow_clock,
            stopped.clone(),
        );
        runtime.spawn(producer);
        runtime.spawn(serve(
            listener,
            Context {
                node,
                address: address.to_string(),
            },
            stopped,
        ));
        Ok(Self {
            address,
            stop,
            runtime: Some(runtime),
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(runtime) = self.runtime.take() {
            // A request that waits for a block would wait in vain.
            runtime.shutdown_timeout(std::time::Duration::from_millis(200));
        }
    }
}

async fn serve(listener: TcpListener, context: Context, mut stopped: watch::Receiver<bool>) {
    let end = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    let served = axum::serve(listener, router(context))
        .with_graceful_shutdown(end)
        .await;
    debug_assert!(
        served.is_ok(),
        "axum::serve returns only when it is told to"
    );
}
