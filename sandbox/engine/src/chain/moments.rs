//! Moments of a chain: snapshots, rollback, branches, chains made from what was
//! kept of one.

use super::archive::Archive;
use super::block::Block;
use super::config::Config;
use super::history::Live;
use super::{reaper, Chain, Fixed};
use crate::runtime::imports::Missing;
use crate::state::Trie;
use std::sync::atomic::AtomicU64;
use std::sync::Arc;

/// A whole chain at a moment: state, blocks, outcomes, pool, queues, clock.
/// Taking, keeping and dropping one is O(1).
#[derive(Clone)]
pub struct Snapshot {
    live: Option<Arc<Live>>,
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if let Some(live) = self.live.take().and_then(Arc::into_inner) {
            reaper::drop_later(live);
        }
    }
}

const _: fn() = || {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Snapshot>();
};

impl Chain {
    /// O(1), by structure.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            live: Some(Arc::new(self.live.clone())),
        }
    }

    /// Back to a snapshot of this chain: state, history, pool, queues, clock.
    /// What was dropped is freed on another thread.
    pub fn rollback(&mut self, snapshot: &Snapshot) {
        if let Some(live) = &snapshot.live {
            let dropped = std::mem::replace(&mut self.live, Live::clone(live));
            reaper::drop_later(dropped);
        }
    }

    /// Another chain that goes on from this moment, independent of this one.
    /// O(1): the two share what neither has changed. Of the past it has what
    /// is in memory.
    pub fn branch(&self) -> Self {
        let mut live = self.live.clone();
        live.archive = None;
        let mut branch = Self::with(self.fixed.clone(), live);
        branch.observer = self.observer.clone();
        branch
    }

    /// A chain that was kept.
    pub(crate) fn restored(config: Config, live: Live) -> Self {
        Self::with(Arc::new(Fixed::new(config)), live)
    }

    pub(super) fn with(fixed: Arc<Fixed>, live: Live) -> Self {
        Self {
            fixed,
            observer: Arc::default(),
            live,
            last_view_gas: AtomicU64::new(0),
            missing: Missing::default(),
            import_error: None,
        }
    }

    pub(crate) fn live(&self) -> &Live {
        &self.live
    }

    /// Changes what is known, without making a block.
    pub(crate) fn update<R>(&mut self, change: impl FnOnce(&mut Live) -> R) -> R {
        change(&mut self.live)
    }

    /// Makes a block that was made before the head, with the state after it.
    pub(crate) fn put_back(&mut self, block: Arc<Block>, state: Trie) {
        let prev = self.live.head().clone();
        let rules = &self.fixed.epoch_rules;
        self.live.epochs.add(rules, &prev, &block);
        self.live.append(block, state);
    }

    /// Lets the chain find in an archive what it forgets from now on, as far
    /// as [`Chain::set_archived`] says.
    pub(crate) fn attach(&mut self, archive: Arc<dyn Archive>) {
        self.live.archive = Some(archive);
    }

    /// The archive has all blocks up to the head.
    pub(crate) fn set_archived(&mut self) {
        self.live.archived = self.live.head().height;
    }
}

impl Live {
    /// Whether nothing happened between the two.
    pub fn is_same_moment(&self, other: &Self) -> bool {
        Arc::ptr_eq(self.head(), other.head())
            && self.pool.ptr_eq(&other.pool)
            && self.incoming.ptr_eq(&other.incoming)
            && self.patch.ptr_eq(&other.patch)
            && self.skip == other.skip
            && self.not_before_ns == other.not_before_ns
    }
}
