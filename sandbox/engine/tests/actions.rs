//! Actions as their users see them, one rule a test. Every block is checked for
//! lost or invented tokens.

#[path = "support/mod.rs"]
mod support;

#[path = "actions/deterministic.rs"]
mod deterministic;
#[path = "actions/gas_keys.rs"]
mod gas_keys;
#[path = "actions/global_contracts.rs"]
mod global_contracts;
#[path = "actions/patches.rs"]
mod patches;
#[path = "actions/universal.rs"]
mod universal;
#[path = "actions/versions.rs"]
mod versions;
