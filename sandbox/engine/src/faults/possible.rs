//! What could happen on NEAR, seen by those who cannot know the code of the
//! accounts that they send to, and why the rest could not.

use super::facts::{Facts, ReceiptClass};
use super::plan::Fault;
use near_primitives::account::id::AccountType;
use near_primitives::types::AccountId;
use serde::Serialize;

/// Whether a fault could happen to a receipt on NEAR, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub possible: bool,
    pub reason: &'static str,
}

const FOREIGN: &str = "nobody knows what the receiver's code does by then, or whether it is there";
const CALLERS_GAS: &str = "whoever sends a call chooses its gas";
const OWN: &str = "an account's receipt to itself runs its own code with gas reserved for it";
const VANISHED: &str = "the beneficiary may be deleted before the transfer arrives";
const REFUND: &str =
    "only an account that was deleted loses a refund, and it has nothing else to lose";
const IMPLICIT: &str = "a transfer makes an implicit account again";
const SELF_TRANSFER: &str = "who sends to itself is there";
const CONGESTION: &str = "a congested shard or a missed chunk lets receipts wait";
const EXACT_TIMEOUT: &str = "a yield waits its full number of blocks";
const LATE_ANSWER: &str =
    "an answer given while the timeout is on its way is accepted and comes too late";

/// Judges a fault that is about to strike.
pub fn judge(fault: &Fault, facts: &Facts) -> Verdict {
    let (possible, reason) = match fault {
        Fault::Fail { .. } | Fault::RefuseTransfer {} if facts.class == ReceiptClass::Refund => {
            (false, REFUND)
        }
        Fault::RefuseTransfer {} => transfer(facts),
        Fault::Fail { .. } if !facts.has_call() && facts.transfer_index().is_some() => {
            transfer(facts)
        }
        Fault::Fail { .. } | Fault::Trap { .. } => foreign(facts, FOREIGN),
        Fault::Starve { .. } | Fault::CutGas { .. } => foreign(facts, CALLERS_GAS),
        Fault::Delay { .. } => (true, CONGESTION),
        Fault::TimeOutEarly { .. } => (false, EXACT_TIMEOUT),
        Fault::ResumeLate {} => (true, LATE_ANSWER),
    };
    Verdict { possible, reason }
}

fn foreign(facts: &Facts, reason: &'static str) -> (bool, &'static str) {
    match facts.is_own() {
        true => (false, OWN),
        false => (true, reason),
    }
}

fn transfer(facts: &Facts) -> (bool, &'static str) {
    let receiver_id = facts.receipt.receiver_id();
    if facts.receipt.predecessor_id() == receiver_id {
        (false, SELF_TRANSFER)
    } else if is_implicit(receiver_id) {
        (false, IMPLICIT)
    } else {
        (true, VANISHED)
    }
}

fn is_implicit(account_id: &AccountId) -> bool {
    account_id.get_account_type() != AccountType::NamedAccount
}

/// A kind of fault, for those who choose.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct FaultKind {
    pub kind: &'static str,
    /// `always`, `sometimes` (it depends on the receipt) or `never`.
    pub possible: &'static str,
    pub reason: &'static str,
}

/// All kinds of faults.
pub fn kinds() -> [FaultKind; 8] {
    [
        ("fail", "sometimes", FOREIGN),
        ("starve", "sometimes", CALLERS_GAS),
        ("cut_gas", "sometimes", CALLERS_GAS),
        ("trap", "sometimes", FOREIGN),
        ("refuse_transfer", "sometimes", VANISHED),
        ("delay", "always", CONGESTION),
        ("time_out_early", "never", EXACT_TIMEOUT),
        ("resume_late", "always", LATE_ANSWER),
    ]
    .map(|(kind, possible, reason)| FaultKind {
        kind,
        possible,
        reason,
    })
}
