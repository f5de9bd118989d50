//! Conservation and refunds under random transactions of every kind.
//!
//! The cases are the same in every run; `PROPTEST_CASES` asks for more of them.

#[path = "support/mod.rs"]
mod support;

#[path = "properties/conservation.rs"]
mod conservation;
#[path = "properties/refunds.rs"]
mod refunds;
