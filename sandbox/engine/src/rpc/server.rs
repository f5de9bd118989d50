//! A running server: its threads, its address, its connections, its end.

use super::http::router;
use super::metrics::Counters;
use super::patience::{Limits, Patient};
use crate::node::{produce_until_stopped, BlockMode, Node};
use axum::extract::Request;
use axum::response::Response;
use axum::Router;
use hyper::server::conn::http1;
use hyper::service::Service as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::{watch, OwnedSemaphorePermit, Semaphore};

/// How to serve a chain.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Port 0 takes a free one.
    pub address: SocketAddr,
    pub blocks: BlockMode,
    /// No block is older than the machine's clock when it is made.
    pub follow_clock: bool,
    pub limits: Limits,
}

/// What every request can reach.
#[derive(Clone)]
pub(super) struct Context {
    pub node: Arc<Node>,
    pub address: Arc<str>,
    pub counters: Arc<Counters>,
    pub longest_wait: Duration,
    pub longest_body: Duration,
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
        let service = service(node, &address.to_string(), &config.limits);
        runtime.spawn(accept(listener, service, config.limits, stopped));
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
            runtime.shutdown_timeout(Duration::from_millis(200));
        }
    }
}

/// Requests in, answers out, without a network. Methods that wait need somebody
/// who makes blocks.
#[derive(Clone)]
pub struct Service {
    router: Router,
    counters: Arc<Counters>,
}

impl Service {
    /// Answers one request.
    pub async fn answer(&self, request: Request) -> Response {
        let router = TowerToHyperService::new(self.router.clone());
        match router.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// The service of a chain that calls itself `address`.
pub fn service(node: Arc<Node>, address: &str, limits: &Limits) -> Service {
    let counters = Arc::new(Counters::default());
    let context = Context {
        node,
        address: address.into(),
        counters: counters.clone(),
        longest_wait: limits.wait,
        longest_body: limits.body,
    };
    Service {
        router: router(context),
        counters,
    }
}

async fn accept(
    listener: TcpListener,
    service: Service,
    limits: Limits,
    mut stopped: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors: existing connections go on, and end.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        match places.clone().try_acquire_owned() {
            Ok(place) => {
                tokio::spawn(serve(stream, service.clone(), limits, place));
            }
            Err(_) => {
                let refused = &service.counters.refused_connections;
                refused.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(refuse(stream));
            }
        }
    }
}

async fn serve(stream: TcpStream, service: Service, limits: Limits, place: OwnedSemaphorePermit) {
    service.counters.connections.fetch_add(1, Ordering::Relaxed);
    // Answers are small and waited for.
    let _ = stream.set_nodelay(true);
    let stream = TokioIo::new(Patient::new(stream, limits.write));
    let router = TowerToHyperService::new(service.router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .serve_connection(stream, router);
    // A client that breaks off, stalls or speaks no HTTP ends its connection.
    let _ = connection.await;
    service.counters.connections.fetch_sub(1, Ordering::Relaxed);
    drop(place);
}

async fn refuse(mut stream: TcpStream) {
    const TOO_MANY: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let write = stream.write_all(TOO_MANY);
    let _ = tokio::time::timeout(Duration::from_secs(1), write).await;
}
