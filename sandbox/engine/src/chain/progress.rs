//! Blocks and time: how a chain goes on.

use super::{BlockInput, Chain, Head};
use crate::runtime::verifier;
use near_primitives::state_record::StateRecord;
use near_primitives::types::BlockHeight;
use std::sync::Arc;

impl Chain {
    /// Makes one block: takes the whole pool, runs what is due.
    pub fn produce_block(&mut self) -> Head {
        self.make_next()
    }

    /// Makes `count` blocks, one after the other; queues fire in each.
    pub fn produce_blocks(&mut self, count: u64) -> Head {
        for _ in 0..count {
            self.make_next();
            if self.import_error.is_some() {
                break;
            }
        }
        self.head()
    }

    /// Makes one block with a given header (replay). A transaction that breaks a
    /// rule is left out, and `rejection` says why.
    pub fn produce_block_from(&mut self, mut input: BlockInput) -> Head {
        let context = self.next_context(&input);
        let (mut transactions, mut refused) = (Vec::new(), Vec::new());
        for tx in std::mem::take(&mut input.transactions) {
            match verifier::check_form(&context, &tx) {
                Ok(()) => transactions.push(Arc::new(tx)),
                Err(reason) => refused.push((tx.get_hash(), reason)),
            }
        }
        self.make(input, transactions, refused)
    }

    /// Jumps like a real node's sandbox: the next block is at `head + 1 +
    /// delta`, the heights between have no block, time advances with them. What
    /// fell due fires in the blocks that follow.
    pub fn fast_forward(&mut self, delta: u64) {
        self.live.skip = self.live.skip.saturating_add(delta);
    }

    /// The height of the block that comes next.
    pub fn next_height(&self) -> BlockHeight {
        let head = self.live.head();
        head.height.saturating_add(1).saturating_add(self.live.skip)
    }

    /// No transaction waits and no receipt is on its way, delayed or buffered. Yields
    /// that wait for a resume do not count.
    pub fn is_idle(&self) -> bool {
        self.live.pool.is_empty()
            && self.live.incoming.is_empty()
            && crate::runtime::queued_receipts(&self.live.state) == 0
            && self.held_receipts().next().is_none()
    }

    /// The next block's time will be at least this, in nanoseconds. Time moves
    /// only forward: an earlier time than the next block's changes nothing.
    pub fn set_time(&mut self, timestamp_ns: u64) {
        self.live.not_before_ns = self.live.not_before_ns.max(timestamp_ns);
    }

    /// Records that overwrite the state; they show after the next block.
    /// Accounts, keys, code and data can be patched, receipts cannot.
    pub fn patch_state(&mut self, records: Vec<StateRecord>) {
        self.live.patch.extend(records.into_iter().map(Arc::new));
    }
}
