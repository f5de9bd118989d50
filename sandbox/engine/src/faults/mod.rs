//! Faults: what a test makes go wrong, on purpose and the same way each time.
//!
//! A [`FaultPlan`] is data (JSON in and out): rules that say when something
//! goes wrong and what. An installed plan is part of the chain: it is in every
//! snapshot, and equal plans on equal chains give equal blocks. A chain without
//! a plan pays one test of an `Option` a receipt.
//!
//! | module | concern |
//! |---|---|
//! | `plan` | rules and their JSON form |
//! | `facts` | what a rule can look at in a receipt, and whether it matches |
//! | `possible` | what could happen on NEAR, and why the rest could not |
//! | `strike` | a plan at work: counting matches, what fired, what did not |
//! | `hold` | receipts that arrive later |
//! | `host_calls` | the gas at which a call reaches its n-th host function |
//!
//! docs/spec/sandbox-faults.md specifies all of it.

mod facts;
mod hold;
pub mod host_calls;
mod plan;
mod possible;
mod strike;

pub use facts::{Facts, Moment, ReceiptClass};
pub use plan::{Failure, Fault, FaultPlan, Rule, When};
pub use possible::{kinds, FaultKind};
pub use strike::{Faults, Fired, Report, Strike, Unfinished};

#[cfg(test)]
mod tests;
