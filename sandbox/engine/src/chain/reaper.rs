//! Frees large structures on another thread, so that dropping the last
//! reference to an old state costs its owner nothing.

use std::sync::mpsc::{channel, Sender};
use std::sync::OnceLock;

type Garbage = Box<dyn Send>;

static REAPER: OnceLock<Sender<Garbage>> = OnceLock::new();

/// Drops a value later, elsewhere.
pub fn drop_later(value: impl Send + 'static) {
    let reaper = REAPER.get_or_init(|| {
        let (sender, receiver) = channel::<Garbage>();
        std::thread::Builder::new()
            .name("sealwright-reaper".into())
            .spawn(move || receiver.into_iter().for_each(drop))
            .expect("a thread can be started");
        sender
    });
    // Without the thread (after a fork) the value comes back and is dropped here.
    let _ = reaper.send(Box::new(value));
}
