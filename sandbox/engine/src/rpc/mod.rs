//! JSON-RPC as nearcore's nodes speak it, over a shared chain.
//!
//! | module | concern |
//! |---|---|
//! | `server` | a running server: its threads, its address, its end |
//! | `http` | routes, HTTP statuses, headers |
//! | `dispatch` | method name to handler |
//! | `params` | positional and named parameters |
//! | `errors` | nearcore's error objects |
//! | `query`, `blocks`, `status`, `network`, `sandbox`, `receipts` | methods that answer at once |
//! | `transactions` | methods that wait |
//!
//! Every request reads the head: in this node a block is final when it is made.

mod blocks;
mod dispatch;
mod errors;
mod http;
mod network;
mod params;
mod query;
mod receipts;
mod sandbox;
mod server;
mod status;
mod transactions;

pub use dispatch::answer_now;
pub use server::{Server, ServerConfig};
