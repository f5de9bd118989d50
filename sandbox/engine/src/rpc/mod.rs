//! JSON-RPC as nearcore's nodes speak it, over a shared chain.
//!
//! | module | concern |
//! |---|---|
//! | `server` | a running server: its threads, its connections, its end |
//! | `patience` | what a client may take: connections, time |
//! | `http` | routes, HTTP statuses, headers, panics |
//! | `methods`, `dispatch` | the names that are served; method name to handler |
//! | `params`, `errors` | positional and named parameters; nearcore's error objects |
//! | `query`, `blocks`, `changes`, `receipts`, `light_client` | methods that read the chain |
//! | `status`, `network`, `client_config`, `metrics` | what the node says of itself |
//! | `sandbox` | methods that only sandboxes have |
//! | `transactions` | methods that wait |
//!
//! docs/spec/sandbox-rpc.md specifies every method.

mod blocks;
mod changes;
mod client_config;
mod dispatch;
mod errors;
mod http;
mod light_client;
mod methods;
mod metrics;
mod network;
mod params;
mod patience;
mod query;
mod receipts;
mod sandbox;
mod server;
mod status;
mod transactions;

pub use dispatch::answer_now;
pub use methods::METHODS;
pub use patience::Limits;
pub use server::{service, Server, ServerConfig, Service};
