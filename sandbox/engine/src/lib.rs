//! An embedded NEAR node: nearcore's VM, types and fees around our own runtime.
//!
//! [`chain::Chain`] is the whole node: one shard, one validator, no network.
//! Under it lie [`runtime`] (what one block does to the state) and [`state`]
//! (the persistent trie). docs/spec/sandbox-engine.md specifies all three.

pub mod bare;
pub mod chain;
pub mod faults;
pub mod mocks;
pub mod node;
pub mod replay;
pub mod rpc;
pub mod runtime;
pub mod state;

pub use chain::{BlockInput, Chain, Config, Snapshot, ValidatorConfig};
