//! State: a persistent trie in NEAR's format, and one chunk's changes to it.

pub mod access;
pub mod changes;
mod diff;
mod hash;
pub mod keys;
mod nibbles;
mod proof;
pub mod storage_usage;
pub mod trie;
pub mod update;

pub use changes::BlockChanges;
pub use diff::Change;
pub use trie::{Trie, Value};
pub use update::{Moment, StateUpdate};
