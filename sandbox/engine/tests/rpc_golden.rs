//! Our answers beside the recorded ones of a real node, on the same chain.
//!
//! The chain of `golden/rpc/transcript.json.gz` is replayed; every recorded
//! request goes through the whole HTTP service at the moment at which the node
//! was asked, and status, headers and body must be equal. Values that neither
//! the transcript nor the validator's test key determine are in one table
//! (`rpc/undetermined.rs`): there the value must be present and of its type.
//!
//! Without the recordings (`../shared/golden`, or what `SEALWRIGHT_GOLDEN`
//! names) the test says so and passes.

#[path = "rpc/exchange.rs"]
mod exchange;
#[path = "rpc/moment.rs"]
mod moment;
#[path = "rpc/undetermined.rs"]
mod undetermined;

use axum::body::Body;
use axum::http::Request;
use exchange::{Exchange, Given};
use moment::Moments;
use sealwright_engine::node::{KeptChain, Node};
use sealwright_engine::replay::{self, Transcript};
use sealwright_engine::rpc::{service, Limits, Service};
use sealwright_engine::Snapshot;
use std::future::{poll_fn, Future};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use undetermined::Verdict;

/// Where the recorded node listened; it names the address in its answers.
const ADDRESS: &str = "127.0.0.1:4230";

/// How many recorded pairs there are: none may get lost.
const EXCHANGES: usize = 328;

/// How long a request waits here for what never comes; the node's ten seconds
/// are a default (`Limits::wait`).
const WAIT: Duration = Duration::from_millis(300);

fn folder() -> PathBuf {
    let golden = match std::env::var_os("SEALWRIGHT_GOLDEN") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden"),
    };
    golden.join("rpc")
}

/// The replayed chain behind a service, and its past moments.
struct Replayed {
    node: Arc<Node>,
    service: Service,
    snapshots: Vec<Snapshot>,
}

impl Replayed {
    fn open(transcript: &Transcript) -> Self {
        let (chain, snapshots) = replay::moments(transcript).expect("a well-formed transcript");
        let node = Arc::new(Node::new(KeptChain::new(chain)));
        let limits = Limits {
            wait: WAIT,
            ..Limits::default()
        };
        Self {
            service: service(node.clone(), ADDRESS, &limits),
            node,
            snapshots,
        }
    }

    fn show(&self, moment: usize) {
        self.node.write(|chain| chain.show(&self.snapshots[moment]));
    }

    /// Asks at a moment. While the answer waits for blocks, the recorded ones
    /// come, one by one.
    async fn ask(&self, exchange: &Exchange, moment: usize) -> Given {
        self.show(moment);
        let mut answer = pin!(self.service.answer(request(exchange)));
        if exchange.waits() {
            for next in moment + 1..self.snapshots.len() {
                let polled = poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await;
                if let Poll::Ready(response) = polled {
                    return given(exchange, response).await;
                }
                self.show(next);
            }
        }
        let response = answer.await;
        given(exchange, response).await
    }
}

fn request(exchange: &Exchange) -> Request<Body> {
    let body = exchange.body();
    let mut request = Request::builder()
        .method(exchange.method().as_str())
        .uri(exchange.path());
    for (name, value) in exchange.request_headers() {
        request = request.header(name, value);
    }
    if !body.is_empty() {
        request = request.header("content-length", body.len());
    }
    request.body(Body::from(body)).expect("a request")
}

async fn given(exchange: &Exchange, response: axum::response::Response) -> Given {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    Given::new(exchange, status, &headers, &body.expect("a body"))
}

#[test]
fn every_recorded_answer_is_given() {
    let Ok(transcript) = Transcript::open(&folder().join("transcript.json.gz")) else {
        eprintln!("no recordings at {}: skipped", folder().display());
        return;
    };
    let moments = Moments::of(&transcript);
    let replayed = Replayed::open(&transcript);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let (mut verdict, mut count) = (Verdict::default(), 0);
    for exchanges in exchange::files(&folder()) {
        let mut moment = moments.default();
        for exchange in exchanges {
            moment = moments.of_exchange(&exchange).unwrap_or(moment);
            let given = runtime.block_on(replayed.ask(&exchange, moment));
            verdict.judge(&exchange, &given);
            count += 1;
        }
    }
    println!("{verdict}");
    assert_eq!(count, EXCHANGES, "some recordings are missing");
    assert!(
        verdict.differences.is_empty(),
        "\n{}",
        verdict.differences.join("\n")
    );
    let unused = verdict.unused();
    assert!(
        unused.is_empty(),
        "the table names what is determined: {unused:?}"
    );
}
