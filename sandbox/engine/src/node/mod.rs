//! A chain that several threads share: in-process calls and JSON-RPC work on
//! the same one.
//!
//! | module | concern |
//! |---|---|
//! | `inputs` | the chain with a record of everything that was put into it |
//! | `interventions` | faults, mocks and impersonation, refused where a home is kept |
//! | `journal` | that record as a file, and its replay |
//! | `producer` | blocks on demand or at an interval |

mod inputs;
mod interventions;
mod journal;
mod producer;

pub use inputs::{Mark, RecordedChain};
pub use interventions::Refusal;
pub use journal::Journal;
pub use producer::{produce_until_stopped, BlockMode};

use crate::mocks::is_answering;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

/// A chain behind a lock, and news of its changes.
///
/// Waiters never poll: they hold a receiver of [`Node::changes`] and look again
/// when it tells them to.
pub struct Node {
    chain: Mutex<RecordedChain>,
    changes: watch::Sender<u64>,
}

impl Node {
    pub fn new(chain: RecordedChain) -> Self {
        Self {
            chain: Mutex::new(chain),
            changes: watch::Sender::new(0),
        }
    }

    /// Reads under the lock. Blocks while another thread makes a block.
    ///
    /// # Panics
    /// Inside a mock: its thread holds the lock already.
    pub fn read<R>(&self, look: impl FnOnce(&crate::Chain) -> R) -> R {
        look(self.lock().chain())
    }

    /// Changes the chain under the lock, then wakes everyone who waits.
    ///
    /// # Panics
    /// As [`Node::read`].
    pub fn write<R>(&self, change: impl FnOnce(&mut RecordedChain) -> R) -> R {
        let answer = change(&mut self.lock());
        self.changes
            .send_modify(|count| *count = count.wrapping_add(1));
        answer
    }

    fn lock(&self) -> MutexGuard<'_, RecordedChain> {
        assert!(
            !is_answering(),
            "a mock's function cannot use a sandbox: the block it runs in is not done"
        );
        self.chain.lock()
    }

    /// Grows with every change, so that equal numbers mean that nothing happened between.
    pub fn revision(&self) -> u64 {
        *self.changes.borrow()
    }

    /// A receiver that learns of every change made after this call.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
