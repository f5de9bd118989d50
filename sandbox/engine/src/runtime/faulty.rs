//! Where a fault plan takes hold of a chunk. Without a plan each of these
//! costs the test of an `Option`.

use super::chunk::Chunk;
use super::result::ActionResult;
use super::{fees, yields};
use crate::faults::{Failure, Fault, Moment, Strike};
use near_primitives::action::Action;
use near_primitives::errors::{ActionErrorKind, FunctionCallError};
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{Receipt, VersionedActionReceipt};
use std::sync::Arc;

const PANIC: &str = "Smart contract panicked: ";
const DEFAULT_PANIC: &str = "FAULT_INJECTED: this receipt was made to fail";

impl Chunk<'_> {
    /// Receipts whose delay ends with this block.
    pub fn delays_that_end(&mut self) -> Vec<Arc<Receipt>> {
        let Some(faults) = &mut self.faults else {
            return Vec::new();
        };
        let state = &self.state;
        faults.due(self.context.height, |account_id, data_id| {
            yields::waits(state, account_id, data_id)
        })
    }

    /// Receipts that arrive now; the others are kept back.
    pub fn admit(&mut self, receipts: Vec<Arc<Receipt>>) -> Vec<Arc<Receipt>> {
        match &mut self.faults {
            None => receipts,
            Some(faults) => faults.admit(receipts, self.context.height),
        }
    }

    /// The fault that a receipt is about to suffer. Those that depend on the
    /// run of its code are booked by [`Chunk::confirm`].
    pub fn aim(&mut self, receipt: &Receipt) -> Option<Strike> {
        let height = self.context.height;
        let faults = self.faults.as_mut()?;
        let strike = faults.aim(receipt, Moment::Execution, height)?;
        if !strike.depends_on_the_run() {
            faults.confirm(strike.clone());
        }
        Some(strike)
    }

    pub fn confirm(&mut self, strike: &Strike) {
        if let Some(faults) = &mut self.faults {
            faults.confirm(strike.clone());
        }
    }

    /// Tells the plan of a yield that begins to wait.
    pub fn tell_of_yield(&mut self, receipt: &Receipt, data_id: CryptoHash) {
        if let Some(faults) = &mut self.faults {
            faults.yielded(receipt, data_id, self.context.height);
        }
    }

    /// Ends the yields whose time a plan has cut short; `sent` timeouts of this
    /// block went before.
    pub fn fire_early_timeouts(&mut self, mut sent: usize) {
        let height = self.context.height;
        let Some(faults) = &mut self.faults else {
            return;
        };
        for early in faults.early_timeouts(height) {
            sent += usize::from(self.time_out(&early.account_id, early.data_id, sent));
        }
    }

    /// The result of a receipt that is made to fail: it pays for its first
    /// action, or for those up to its transfer, and does nothing.
    pub fn made_to_fail(
        &self,
        fault: &Fault,
        receipt: &Receipt,
        action: &VersionedActionReceipt,
    ) -> Option<ActionResult> {
        let actions = action.actions();
        let (index, kind) = match fault {
            Fault::Fail { error } => (0, chosen(error.as_ref(), receipt, actions)),
            Fault::RefuseTransfer {} => (first_transfer(actions)?, vanished(receipt)),
            _ => return None,
        };
        let config = &self.context.config;
        let mut result = ActionResult::paying(fees::receipt_exec_fee(config));
        for action in actions.iter().take(index + 1) {
            let fee = fees::exec_fee(config, action, receipt.receiver_id());
            result.merge(ActionResult::paying(fee));
        }
        result.fail(kind);
        if let Err(error) = &mut result.result {
            error.index = Some(index as u64);
        }
        Some(result)
    }
}

fn first_transfer(actions: &[Action]) -> Option<usize> {
    let is_transfer = |action: &Action| matches!(action, Action::Transfer(_));
    actions.iter().position(is_transfer)
}

fn chosen(error: Option<&Failure>, receipt: &Receipt, actions: &[Action]) -> ActionErrorKind {
    let calls = actions
        .iter()
        .any(|action| matches!(action, Action::FunctionCall(_)));
    match error {
        Some(Failure::Action(kind)) => kind.clone(),
        Some(Failure::Panic(text)) => panic_of(text),
        None if calls => panic_of(DEFAULT_PANIC),
        None => vanished(receipt),
    }
}

fn panic_of(text: &str) -> ActionErrorKind {
    let message = format!("{PANIC}{text}");
    ActionErrorKind::FunctionCallError(FunctionCallError::ExecutionError(message))
}

fn vanished(receipt: &Receipt) -> ActionErrorKind {
    let account_id = receipt.receiver_id().clone();
    ActionErrorKind::AccountDoesNotExist { account_id }
}
