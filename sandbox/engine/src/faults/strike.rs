//! A plan at work: counting matches, what fired, what did not.

use super::facts::{Facts, Moment};
use super::hold::{EarlyTimeout, Held};
use super::plan::{Fault, FaultPlan};
use super::possible::judge;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::types::{AccountId, BlockHeight};
use serde::Serialize;
use std::sync::Arc;

/// A fault that struck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fired {
    /// Its place in the plan.
    pub rule: usize,
    pub fault: Fault,
    pub receipt_id: CryptoHash,
    pub predecessor_id: AccountId,
    pub receiver_id: AccountId,
    pub height: BlockHeight,
    /// Whether it could have happened on NEAR, and why.
    pub possible: bool,
    pub reason: &'static str,
}

/// A rule that has not struck, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfinished {
    pub rule: usize,
    pub reason: String,
}

/// What became of a plan so far.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub plan: FaultPlan,
    pub fired: Vec<Fired>,
    pub unfinished: Vec<Unfinished>,
    /// Receipts that are being delayed.
    pub held: Vec<CryptoHash>,
}

/// A fault to be carried out on a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    fired: Fired,
    /// The only method that it is for.
    method: Option<String>,
}

impl Strike {
    pub fn fault(&self) -> &Fault {
        &self.fired.fault
    }

    /// The fault, where it is for calls of this method.
    pub fn fault_of(&self, method_name: &str) -> Option<&Fault> {
        let is_for = |only: &String| only == method_name;
        self.method
            .as_ref()
            .is_none_or(is_for)
            .then_some(&self.fired.fault)
    }

    /// Whether only the run of the code shows if it strikes.
    pub fn depends_on_the_run(&self) -> bool {
        matches!(self.fault(), Fault::CutGas { .. } | Fault::Trap { .. })
    }
}

#[derive(Clone, Copy, Default)]
struct Count {
    /// Receipts that agreed with all but `nth`.
    matched: u64,
    struck: u64,
    /// Left out because they could not happen on NEAR.
    impossible: u64,
}

/// An installed plan. Part of a chain's state: copies are snapshots.
#[derive(Clone, Default)]
pub struct Faults {
    plan: Option<Arc<FaultPlan>>,
    counts: Vec<Count>,
    fired: imbl::Vector<Fired>,
    pub(super) held: imbl::Vector<Held>,
    pub(super) early: imbl::Vector<EarlyTimeout>,
}

impl Faults {
    /// Replaces the plan and forgets what the last one did. Receipts that it
    /// delayed go on waiting.
    pub fn install(&mut self, plan: FaultPlan) {
        self.counts = vec![Count::default(); plan.rules.len()];
        self.fired.clear();
        self.plan = Some(Arc::new(plan));
    }

    /// Ends the plan; what it delayed arrives in the next block.
    pub fn clear(&mut self) {
        self.plan = None;
        self.counts.clear();
        self.release_all();
    }

    /// Nothing is planned and nothing waits.
    pub fn is_over(&self) -> bool {
        self.plan.is_none() && self.held.is_empty() && self.early.is_empty()
    }

    /// The fault that a receipt suffers at this moment, booked as fired.
    pub fn strike(&mut self, receipt: &Receipt, moment: Moment, height: u64) -> Option<Strike> {
        let strike = self.aim(receipt, moment, height)?;
        self.confirm(strike.clone());
        Some(strike)
    }

    /// As [`Faults::strike`], for faults that may turn out not to be reached:
    /// [`Faults::confirm`] books them.
    pub fn aim(&mut self, receipt: &Receipt, moment: Moment, height: u64) -> Option<Strike> {
        let plan = self.plan.clone()?;
        let facts = Facts::of(receipt, height);
        let mut found = None;
        for (index, rule) in plan.rules.iter().enumerate() {
            if !facts.agree(rule, moment) {
                continue;
            }
            let count = &mut self.counts[index];
            count.matched += 1;
            let is_due = found.is_none()
                && rule.when.nth.is_none_or(|nth| nth == count.matched)
                && rule.times.is_none_or(|times| count.struck < times)
                && plan.is_chosen(index, receipt.receipt_id());
            if !is_due {
                continue;
            }
            let verdict = judge(&rule.fault, &facts);
            if plan.only_possible && !verdict.possible {
                count.impossible += 1;
                continue;
            }
            found = Some(Strike {
                fired: Fired {
                    rule: index,
                    fault: rule.fault.clone(),
                    receipt_id: *receipt.receipt_id(),
                    predecessor_id: receipt.predecessor_id().clone(),
                    receiver_id: receipt.receiver_id().clone(),
                    height,
                    possible: verdict.possible,
                    reason: verdict.reason,
                },
                method: rule.when.method.clone(),
            });
        }
        found
    }

    pub fn confirm(&mut self, strike: Strike) {
        self.counts[strike.fired.rule].struck += 1;
        self.fired.push_back(strike.fired);
    }

    /// What this plan did to a receipt.
    pub fn fired_on(&self, receipt_id: &CryptoHash) -> Vec<Fired> {
        let on = |fired: &&Fired| fired.receipt_id == *receipt_id;
        self.fired.iter().filter(on).cloned().collect()
    }

    pub fn report(&self) -> Option<Report> {
        let plan = self.plan.as_deref()?.clone();
        let reasons = plan.rules.iter().zip(&self.counts).enumerate();
        let unfinished =
            reasons
                .filter(|(_, (_, count))| count.struck == 0)
                .map(|(rule, (what, count))| Unfinished {
                    rule,
                    reason: why_not(what.when.nth, *count),
                });
        Some(Report {
            unfinished: unfinished.collect(),
            fired: self.fired.iter().cloned().collect(),
            held: self.held().map(|receipt| *receipt.receipt_id()).collect(),
            plan,
        })
    }
}

fn why_not(nth: Option<u64>, count: Count) -> String {
    match (count, nth) {
        (Count { matched: 0, .. }, _) => "no receipt matched".into(),
        (Count { impossible, .. }, _) if impossible > 0 => {
            format!("{impossible} times it could not have happened on NEAR")
        }
        (Count { matched, .. }, Some(nth)) if matched < nth => {
            format!("only {matched} receipts matched")
        }
        (Count { matched, .. }, _) => {
            format!(
                "{matched} receipts matched, but chance or the number of host calls spared them"
            )
        }
    }
}
