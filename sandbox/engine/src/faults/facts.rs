//! What a rule can look at in a receipt, and whether it matches.

use super::plan::{Fault, Rule, When};
use near_primitives::action::Action;
use near_primitives::receipt::Receipt;
use near_primitives::types::{AccountId, BlockHeight};
use serde::{Deserialize, Serialize};

/// What a receipt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptClass {
    /// Actions that wait for nothing.
    Action,
    /// Actions that wait for the results of others, or for a yield's answer.
    Callback,
    /// What the system gives back.
    Refund,
    /// A result on its way to a callback.
    Data,
    /// An answer to a yield.
    Resume,
    /// A yield's timeout.
    Timeout,
}

/// The moment at which a fault can strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The receipt has come to its receiver's shard.
    Arrival,
    /// All it waited for is there; its actions are about to run.
    Execution,
    /// It is a yield that begins to wait.
    Yield,
}

/// A receipt as rules see it.
pub struct Facts<'a> {
    pub receipt: &'a Receipt,
    pub class: ReceiptClass,
    pub height: BlockHeight,
    actions: &'a [Action],
    signer_id: Option<&'a AccountId>,
}

impl<'a> Facts<'a> {
    pub fn of(receipt: &'a Receipt, height: BlockHeight) -> Self {
        let (class, actions, signer_id) = describe(receipt);
        Self {
            receipt,
            class,
            height,
            actions,
            signer_id,
        }
    }

    pub fn has_call(&self) -> bool {
        let is_call = |action: &Action| matches!(action, Action::FunctionCall(_));
        self.actions.iter().any(is_call)
    }

    pub fn transfer_index(&self) -> Option<usize> {
        let is_transfer = |action: &Action| matches!(action, Action::Transfer(_));
        self.actions.iter().position(is_transfer)
    }

    /// Sent by a contract to itself: its own code decides what becomes of it.
    pub fn is_own(&self) -> bool {
        let receipt = self.receipt;
        receipt.predecessor_id() == receipt.receiver_id()
            && (self.class == ReceiptClass::Callback
                || self.signer_id != Some(receipt.predecessor_id()))
    }

    fn has_action(&self, kind: &str) -> bool {
        self.actions.iter().any(|action| action.as_ref() == kind)
    }

    fn has_method(&self, name: &str) -> bool {
        self.actions.iter().any(|action| match action {
            Action::FunctionCall(call) => call.method_name == name,
            _ => false,
        })
    }

    /// Whether a rule is for this receipt at this moment; its count and its
    /// chance are not asked.
    pub(super) fn agree(&self, rule: &Rule, moment: Moment) -> bool {
        self.can_suffer(&rule.fault, moment) && self.agree_with(&rule.when)
    }

    fn can_suffer(&self, fault: &Fault, moment: Moment) -> bool {
        match fault {
            Fault::Fail { .. } => moment == Moment::Execution,
            Fault::Starve { .. } | Fault::CutGas { .. } | Fault::Trap { .. } => {
                moment == Moment::Execution && self.has_call()
            }
            Fault::RefuseTransfer {} => {
                moment == Moment::Execution && self.transfer_index().is_some()
            }
            Fault::Delay { .. } => moment == Moment::Arrival,
            Fault::ResumeLate {} => moment == Moment::Arrival && self.class == ReceiptClass::Resume,
            Fault::TimeOutEarly { .. } => moment == Moment::Yield,
        }
    }

    fn agree_with(&self, when: &When) -> bool {
        fn agrees<T: PartialEq>(wanted: &Option<T>, found: &T) -> bool {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        }
        let receipt = self.receipt;
        agrees(&when.receipt_id, receipt.receipt_id())
            && agrees(&when.predecessor_id, receipt.predecessor_id())
            && agrees(&when.receiver_id, receipt.receiver_id())
            && agrees(&when.receipt, &self.class)
            && when.from_height.is_none_or(|first| first <= self.height)
            && when.to_height.is_none_or(|last| self.height <= last)
            && when
                .action
                .as_ref()
                .is_none_or(|kind| self.has_action(kind))
            && when
                .method
                .as_ref()
                .is_none_or(|name| self.has_method(name))
    }
}

fn describe(receipt: &Receipt) -> (ReceiptClass, &[Action], Option<&AccountId>) {
    use near_primitives::receipt::ReceiptEnum as Kind;
    let (inputs, actions, signer_id) = match receipt.receipt() {
        Kind::Action(action) | Kind::PromiseYield(action) => {
            (&action.input_data_ids, &action.actions, &action.signer_id)
        }
        Kind::ActionV2(action) | Kind::PromiseYieldV2(action) => {
            (&action.input_data_ids, &action.actions, &action.signer_id)
        }
        Kind::PromiseResume(data) if data.data.is_none() => {
            return (ReceiptClass::Timeout, &[], None);
        }
        Kind::PromiseResume(_) => return (ReceiptClass::Resume, &[], None),
        _ => return (ReceiptClass::Data, &[], None),
    };
    (
        class_of(receipt, !inputs.is_empty()),
        actions,
        Some(signer_id),
    )
}

fn class_of(receipt: &Receipt, waits: bool) -> ReceiptClass {
    if receipt.predecessor_id().is_system() {
        ReceiptClass::Refund
    } else if waits {
        ReceiptClass::Callback
    } else {
        ReceiptClass::Action
    }
}
