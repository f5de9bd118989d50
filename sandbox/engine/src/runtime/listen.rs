//! What a contract says through `sandbox_debug_log`: the VM emits it on tracing target "sandbox".
//!
//! A listener is set for this thread and for the length of one run, so chains on other threads do not mix, and
//! where nobody listens nothing is formatted.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use tracing_core::field::{Field, Visit};
use tracing_core::span::{Attributes, Id, Record};
use tracing_core::{dispatcher, Dispatch, Event, Metadata, Subscriber};

const TARGET: &str = "sandbox";

/// Runs `work` on this thread; its result and what contracts said meanwhile, in order.
pub fn listen<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let dispatch = Dispatch::new(Listener { said: said.clone() });
    let result = dispatcher::with_default(&dispatch, work);
    let messages = std::mem::take(&mut *said.lock().unwrap_or_else(PoisonError::into_inner));
    (result, messages)
}

struct Listener {
    said: Arc<Mutex<Vec<String>>>,
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target() == TARGET
    }

    fn event(&self, event: &Event<'_>) {
        if self.enabled(event.metadata()) {
            event.record(&mut Message(&self.said));
        }
    }

    // No span is enabled.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Message<'a>(&'a Mutex<Vec<String>>);

impl Message<'_> {
    fn add(&self, field: &Field, text: String) {
        if field.name() == "message" {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(text);
        }
    }
}

impl Visit for Message<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, format!("{value:?}"));
    }
}
