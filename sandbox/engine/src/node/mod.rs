//! A chain that several threads share: in-process calls and JSON-RPC work on
//! the same one.
//!
//! | module | concern |
//! |---|---|
//! | `kept` | the chain, and the home that keeps it where it has one |
//! | `store` | a home: a folder that keeps a chain beyond its process |
//! | `interventions` | faults, mocks and impersonation, refused where a home is kept |
//! | `producer` | blocks on demand or at an interval |

mod interventions;
mod kept;
mod producer;
mod store;

pub use interventions::Refusal;
pub use kept::KeptChain;
pub use producer::{produce_until_stopped, BlockMode};
pub use store::Store;

use crate::mocks::is_answering;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

/// A chain behind a lock, and news of its changes.
///
/// Waiters never poll: they hold a receiver of [`Node::changes`] and look again
/// when it tells them to.
pub struct Node {
    chain: Mutex<KeptChain>,
    changes: watch::Sender<u64>,
}

impl Node {
    pub fn new(chain: KeptChain) -> Self {
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

    /// Changes the chain under the lock, has the home keep it where it has one,
    /// then wakes everyone who waits.
    ///
    /// # Panics
    /// As [`Node::read`].
    pub fn write<R>(&self, change: impl FnOnce(&mut KeptChain) -> R) -> R {
        let answer = {
            let mut chain = self.lock();
            let answer = change(&mut chain);
            chain.keep();
            answer
        };
        self.changes
            .send_modify(|count| *count = count.wrapping_add(1));
        answer
    }

    fn lock(&self) -> MutexGuard<'_, KeptChain> {
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
