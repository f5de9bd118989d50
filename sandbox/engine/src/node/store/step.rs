//! From one moment of a chain to a later one.

use super::database::Folded;
use crate::chain::{Chain, Live, Rest, Stored};
use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::transaction::SignedTransaction;
use std::io;
use std::sync::Arc;

/// What a frame of the journal holds.
#[derive(BorshSerialize, BorshDeserialize)]
pub struct Step {
    /// One more than the frame before it.
    pub sequence: u64,
    blocks: Vec<Stored>,
    rest: Rest,
    /// How many transactions of the pool are still in it, from the front.
    pool_kept: u64,
    pool_added: Vec<Arc<SignedTransaction>>,
}

impl Step {
    /// `None` where `now` does not follow from `before` by blocks that are all
    /// in memory: after a rollback.
    pub fn between(before: &Live, now: &Live, sequence: u64) -> Option<Self> {
        let head = before.head();
        let is_ancestor = now.blocks.get(&head.height)?.hash == head.hash;
        let new = now.blocks.range(head.height + 1..);
        let blocks: Vec<_> = new.map(|(_, block)| now.stored(block)).collect();
        let is_whole = blocks.iter().all(|stored| stored.changes.is_some());
        if !is_ancestor || !is_whole {
            return None;
        }
        let still = |(one, other): &(&Arc<_>, &Arc<_>)| Arc::ptr_eq(one, other);
        let kept = before.pool.iter().zip(&now.pool).take_while(still).count();
        Some(Self {
            sequence,
            blocks,
            rest: now.rest(),
            pool_kept: kept as u64,
            pool_added: now.pool.iter().skip(kept).cloned().collect(),
        })
    }
}

/// The chain as of the last fold.
pub fn restore(folded: Folded) -> io::Result<Live> {
    let Folded {
        genesis,
        head,
        state,
        epochs,
        rest,
        pool,
        sequence: _,
    } = folded;
    let mut live = Live::restore(genesis.block, head.block, state, epochs);
    live.archived = rest.head;
    live.set_rest(rest)?;
    live.set_pool(pool);
    Ok(live)
}

impl Chain {
    /// Does again what a frame recorded.
    pub(super) fn redo(&mut self, step: Step) -> io::Result<()> {
        for Stored { block, changes } in step.blocks {
            let mut state = self.live().state.clone();
            for change in changes.iter().flatten() {
                change.redo(&mut state);
            }
            self.put_back(block, state);
        }
        self.update(|live| {
            live.set_rest(step.rest)?;
            let kept = live.pool.iter().take(step.pool_kept as usize).cloned();
            let pool: Vec<_> = kept.chain(step.pool_added).collect();
            live.set_pool(pool);
            Ok(())
        })
    }
}
