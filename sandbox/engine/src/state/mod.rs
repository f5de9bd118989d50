//! State: a persistent trie in NEAR's format, and one chunk's changes to it.

pub mod access;
mod hash;
pub mod keys;
mod nibbles;
pub mod storage_usage;
pub mod trie;
pub mod update;

pub use trie::{Trie, Value};
pub use update::StateUpdate;
