//! The gas at which a call reaches its n-th host function.
//!
//! The VM announces every host function it enters as a `tracing` span; nobody
//! outside it can stop there. But a call is deterministic: with less gas it
//! does the same until gas is used up. The least gas with which the n-th host
//! function is still entered is therefore the gas used before it, found by
//! bisection.

use near_primitives::types::Gas;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use tracing_core::span::{Attributes, Id, Record};
use tracing_core::{callsite, dispatcher, Dispatch, Event, Metadata, Subscriber};

/// Target of the VM's span for a host function.
const HOST_FUNCTION: &str = "vm::host_function";

/// Gas used when the call enters its `nth` host function (counted from 1);
/// `None` where it makes fewer. `run` runs the call from the same start with so
/// much gas.
pub fn gas_before(nth: u64, prepaid: Gas, mut run: impl FnMut(Gas)) -> Option<Gas> {
    let entered = Arc::new(AtomicU64::new(0));
    let dispatch = Dispatch::new(Counter(entered.clone()));
    let found = dispatcher::with_default(&dispatch, || {
        let mut is_reached = |gas: u64| {
            entered.store(0, Ordering::Relaxed);
            run(Gas::from_gas(gas));
            entered.load(Ordering::Relaxed) >= nth
        };
        let (mut short, mut enough) = (0, prepaid.as_gas());
        if !is_reached(enough) {
            return None;
        }
        while enough - short > 1 {
            let middle = short + (enough - short) / 2;
            if is_reached(middle) {
                enough = middle;
            } else {
                short = middle;
            }
        }
        Some(Gas::from_gas(enough))
    });
    drop(dispatch);
    // Spans nobody counts must cost nothing again.
    callsite::rebuild_interest_cache();
    found
}

/// Counts the spans of host functions.
struct Counter(Arc<AtomicU64>);

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == HOST_FUNCTION
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        self.0.fetch_add(1, Ordering::Relaxed);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
