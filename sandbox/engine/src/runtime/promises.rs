//! Receipts that a running call makes.

use near_primitives::action::{Action, FunctionCallAction};
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{
    ActionReceiptV2, DataReceipt, DataReceiver, Receipt, ReceiptEnum, ReceiptV0,
    VersionedActionReceipt,
};
use near_primitives::types::{AccountId, Gas};

/// A receipt under construction.
pub struct Promise {
    pub receiver_id: AccountId,
    pub refund_to: Option<AccountId>,
    pub is_yield: bool,
    pub output_data_receivers: Vec<DataReceiver>,
    pub input_data_ids: Vec<CryptoHash>,
    pub actions: Vec<Action>,
}

impl Promise {
    pub fn new(receiver_id: AccountId, input_data_ids: Vec<CryptoHash>, is_yield: bool) -> Self {
        Self {
            receiver_id,
            refund_to: None,
            is_yield,
            output_data_receivers: Vec::new(),
            input_data_ids,
            actions: Vec::new(),
        }
    }

    /// Contracts' receipts are of version 2 even where refunds go their usual
    /// way; transactions' and delegates' are of version 1.
    fn into_receipt(self, predecessor_id: &AccountId, parent: &VersionedActionReceipt) -> Receipt {
        let receipt = ActionReceiptV2 {
            signer_id: parent.signer_id().clone(),
            refund_to: self.refund_to,
            signer_public_key: parent.signer_public_key().clone(),
            gas_price: parent.gas_price(),
            output_data_receivers: self.output_data_receivers,
            input_data_ids: self.input_data_ids,
            actions: self.actions,
        };
        let receipt = match self.is_yield {
            true => ReceiptEnum::PromiseYieldV2(receipt),
            false => ReceiptEnum::ActionV2(receipt),
        };
        unnumbered(predecessor_id, self.receiver_id, receipt)
    }
}

/// A receipt whose id is given when its parent is done.
pub fn unnumbered(
    predecessor_id: &AccountId,
    receiver_id: AccountId,
    receipt: ReceiptEnum,
) -> Receipt {
    Receipt::V0(ReceiptV0 {
        predecessor_id: predecessor_id.clone(),
        receiver_id,
        receipt_id: CryptoHash::default(),
        receipt,
    })
}

struct Weighted {
    promise: usize,
    action: usize,
    weight: u64,
}

#[derive(Default)]
pub struct Promises {
    list: Vec<Promise>,
    resumes: Vec<DataReceipt>,
    weighted: Vec<Weighted>,
}

impl Promises {
    pub fn push(&mut self, promise: Promise) -> u64 {
        self.list.push(promise);
        self.list.len() as u64 - 1
    }

    /// Panics on an index that the VM did not get from here.
    pub fn get(&self, index: u64) -> &Promise {
        &self.list[index as usize]
    }

    pub fn get_mut(&mut self, index: u64) -> &mut Promise {
        &mut self.list[index as usize]
    }

    pub fn append(&mut self, index: u64, action: Action) {
        self.get_mut(index).actions.push(action);
    }

    pub fn append_call(&mut self, index: u64, call: FunctionCallAction, weight: u64) {
        let promise = index as usize;
        if weight > 0 {
            let action = self.list[promise].actions.len();
            self.weighted.push(Weighted {
                promise,
                action,
                weight,
            });
        }
        self.append(index, Action::FunctionCall(Box::new(call)));
    }

    pub fn resume(&mut self, data_id: CryptoHash, data: Vec<u8>) {
        self.resumes.push(DataReceipt {
            data_id,
            data: Some(data),
        });
    }

    /// Splits unused gas over the weighted calls, the remainder to the last.
    /// Returns what was given away.
    pub fn distribute(&mut self, unused: Gas) -> Gas {
        let total: u128 = self
            .weighted
            .iter()
            .map(|call| u128::from(call.weight))
            .sum();
        let unused = unused.as_gas();
        let Some(last) = self.weighted.len().checked_sub(1) else {
            return Gas::ZERO;
        };
        let mut left = unused;
        for (i, call) in self.weighted.iter().enumerate() {
            let share = u128::from(unused) * u128::from(call.weight) / total;
            let share = if i == last { left } else { share as u64 };
            left -= share;
            let action = &mut self.list[call.promise].actions[call.action];
            if let Action::FunctionCall(call) = action {
                let gas = call.gas.checked_add(Gas::from_gas(share));
                call.gas = gas.expect("a share of prepaid gas");
            }
        }
        Gas::from_gas(unused)
    }

    /// Ids of the data that new yields wait for.
    pub fn yields(&self) -> Vec<CryptoHash> {
        let yields = self.list.iter().filter(|promise| promise.is_yield);
        yields.map(|promise| promise.input_data_ids[0]).collect()
    }

    /// The receipts, actions before resumes.
    pub fn into_receipts(
        self,
        account_id: &AccountId,
        parent: &VersionedActionReceipt,
    ) -> Vec<Receipt> {
        let actions = self
            .list
            .into_iter()
            .map(|promise| promise.into_receipt(account_id, parent));
        let resumes = self.resumes.into_iter().map(|data| {
            unnumbered(
                account_id,
                account_id.clone(),
                ReceiptEnum::PromiseResume(data),
            )
        });
        actions.chain(resumes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use near_primitives::types::Balance;

    fn call(gas: u64) -> FunctionCallAction {
        FunctionCallAction {
            method_name: "m".into(),
            args: vec![],
            gas: Gas::from_gas(gas),
            deposit: Balance::ZERO,
        }
    }

    fn gas_of(promises: &Promises) -> Vec<u64> {
        let actions = promises.list.iter().flat_map(|promise| &promise.actions);
        actions
            .map(|action| action.get_prepaid_gas().as_gas())
            .collect()
    }

    #[test]
    fn unused_gas_goes_by_weight_and_the_remainder_to_the_last() {
        let mut promises = Promises::default();
        let index = promises.push(Promise::new("a.near".parse().unwrap(), vec![], false));
        promises.append_call(index, call(5), 1);
        promises.append_call(index, call(0), 0);
        promises.append_call(index, call(0), 2);
        assert_eq!(promises.distribute(Gas::from_gas(11)), Gas::from_gas(11));
        assert_eq!(gas_of(&promises), [8, 0, 8]);
    }

    #[test]
    fn without_weights_nothing_is_given_away() {
        let mut promises = Promises::default();
        let index = promises.push(Promise::new("a.near".parse().unwrap(), vec![], false));
        promises.append_call(index, call(5), 0);
        assert_eq!(promises.distribute(Gas::from_gas(11)), Gas::ZERO);
        assert_eq!(gas_of(&promises), [5]);
    }
}
