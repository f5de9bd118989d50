//! Frees large structures on another thread, so that dropping the last
//! reference to an old state costs its owner nothing.

use std::sync::mpsc::{channel, Sender};
use std::sync::OnceLock;
use std::time::Duration;

type Garbage = Box<dyn Send>;

static REAPER: OnceLock<Sender<Garbage>> = OnceLock::new();

/// Drops a value later, elsewhere.
pub fn drop_later(value: impl Send + 'static) {
    let reaper = REAPER.get_or_init(|| {
        let (sender, receiver) = channel::<Garbage>();
        std::thread::Builder::new()
            .name("sealwright-reaper".into())
            .spawn(move || {
                while let Ok(garbage) = receiver.recv() {
                    // The thread that woke us goes on first.
                    std::thread::sleep(Duration::from_millis(1));
                    drop(garbage);
                    receiver.try_iter().for_each(drop);
                }
            })
            .expect("a thread can be started");
        sender
    });
    // A forked child has no such thread: there the memory goes with the process.
    let _ = reaper.send(Box::new(value));
}
