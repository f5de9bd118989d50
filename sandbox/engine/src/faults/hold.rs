//! Receipts that arrive later, and yields that time out before their time.

use super::facts::Moment;
use super::plan::Fault;
use super::strike::Faults;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{Receipt, ReceiptEnum};
use near_primitives::types::{AccountId, BlockHeight};
use std::sync::Arc;

#[derive(Clone)]
pub(super) struct Held {
    receipt: Arc<Receipt>,
    until: Until,
}

#[derive(Clone, Copy)]
enum Until {
    Height(BlockHeight),
    /// The yield that it answers has timed out.
    TimedOut(CryptoHash),
}

/// A yield that a plan ends before its time.
#[derive(Debug, Clone)]
pub struct EarlyTimeout {
    pub account_id: AccountId,
    pub data_id: CryptoHash,
    /// The block in which it times out.
    pub height: BlockHeight,
}

impl Faults {
    /// Receipts whose delay is over, in the order in which they came.
    /// `yields` says whether an account's yield still waits.
    pub fn due(
        &mut self,
        height: BlockHeight,
        yields: impl Fn(&AccountId, CryptoHash) -> bool,
    ) -> Vec<Arc<Receipt>> {
        let (held, due): (imbl::Vector<_>, imbl::Vector<_>) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|held| match held.until {
                Until::Height(release) => height < release,
                Until::TimedOut(data_id) => yields(held.receipt.receiver_id(), data_id),
            });
        self.held = held;
        due.into_iter().map(|held| held.receipt).collect()
    }

    /// Keeps back what is to arrive later. What follows between the same two
    /// accounts waits as long: their receipts stay in order. An answer that
    /// waits for a timeout holds up nothing, or the timeout would wait for it.
    pub fn admit(&mut self, receipts: Vec<Arc<Receipt>>, height: BlockHeight) -> Vec<Arc<Receipt>> {
        let mut admitted = Vec::with_capacity(receipts.len());
        for receipt in receipts {
            match self.hold_until(&receipt, height) {
                Some(until) => self.held.push_back(Held { receipt, until }),
                None => admitted.push(receipt),
            }
        }
        admitted
    }

    fn hold_until(&mut self, receipt: &Receipt, height: BlockHeight) -> Option<Until> {
        let strike = self.strike(receipt, Moment::Arrival, height);
        let own = strike.and_then(|strike| match (strike.fault(), receipt.receipt()) {
            (Fault::Delay { blocks }, _) => Some(Until::Height(height.saturating_add(*blocks))),
            (Fault::ResumeLate {}, ReceiptEnum::PromiseResume(data)) => {
                Some(Until::TimedOut(data.data_id))
            }
            _ => None,
        });
        match (own, self.pair_waits_until(receipt)) {
            (Some(Until::Height(own)), Some(pair)) => Some(Until::Height(own.max(pair))),
            (None, Some(pair)) => Some(Until::Height(pair)),
            (own, _) => own,
        }
    }

    fn pair_waits_until(&self, receipt: &Receipt) -> Option<BlockHeight> {
        let pair = |receipt: &Receipt| {
            (
                receipt.predecessor_id().clone(),
                receipt.receiver_id().clone(),
            )
        };
        let of = pair(receipt);
        let before = self.held.iter().filter(|held| pair(&held.receipt) == of);
        let heights = before.filter_map(|held| match held.until {
            Until::Height(height) => Some(height),
            Until::TimedOut(_) => None,
        });
        heights.max()
    }

    pub(super) fn release_all(&mut self) {
        for held in &mut self.held {
            held.until = Until::Height(0);
        }
    }

    /// Receipts that are being delayed.
    pub fn held(&self) -> impl Iterator<Item = &Receipt> {
        self.held.iter().map(|held| &*held.receipt)
    }

    /// A yield begins to wait: a plan may end it early.
    pub fn yielded(&mut self, receipt: &Receipt, data_id: CryptoHash, height: BlockHeight) {
        let Some(strike) = self.strike(receipt, Moment::Yield, height) else {
            return;
        };
        if let Fault::TimeOutEarly { blocks } = strike.fault() {
            self.early.push_back(EarlyTimeout {
                account_id: receipt.receiver_id().clone(),
                data_id,
                height: height.saturating_add(*blocks),
            });
        }
    }

    /// Yields that a plan ends in this block.
    pub fn early_timeouts(&mut self, height: BlockHeight) -> imbl::Vector<EarlyTimeout> {
        let all = std::mem::take(&mut self.early);
        let (due, later) = all.into_iter().partition(|early| early.height <= height);
        self.early = later;
        due
    }
}
