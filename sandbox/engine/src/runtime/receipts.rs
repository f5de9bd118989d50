//! Receipts on their way: arrival, waiting for inputs, the delayed queue.

use super::chunk::{Chunk, Created};
use super::traffic;
use crate::state::access::Records;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{
    DataReceipt, DelayedReceiptIndices, Receipt, ReceiptOrStateStoredReceipt, ReceivedData,
    StateStoredReceipt, VersionedActionReceipt, VersionedReceiptEnum,
};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{AccountId, StateChangeCause};
use std::borrow::Cow;
use std::sync::Arc;

impl Chunk<'_> {
    /// Runs receipts in order; once the chunk is full the rest is delayed.
    pub fn process_or_delay(&mut self, receipts: Vec<Arc<Receipt>>) {
        for receipt in receipts {
            if self.is_full() {
                self.delay(&receipt);
            } else {
                self.process(&receipt);
            }
        }
    }

    pub fn process_delayed(&mut self) {
        let mut indices = delayed_indices(&self.state);
        let before = indices.first_index;
        while indices.len() > 0 && !self.is_full() {
            let key = TrieKey::DelayedReceipt {
                index: indices.first_index,
            };
            let stored: ReceiptOrStateStoredReceipt =
                self.state.record(&key).expect("the queue has no gaps");
            self.state.remove_record(&key);
            self.state.commit(StateChangeCause::UpdatedDelayedReceipts);
            indices.first_index += 1;
            let receipt = stored.into_receipt();
            let metadata = traffic::footprint(&self.context.config, &receipt);
            self.traffic.leave_delayed(&metadata);
            self.process(&Arc::new(receipt));
        }
        if indices.first_index != before {
            self.state
                .set_record(&TrieKey::DelayedReceiptIndices, &indices);
            self.state.commit(StateChangeCause::UpdatedDelayedReceipts);
        }
    }

    fn delay(&mut self, receipt: &Receipt) {
        let mut indices = delayed_indices(&self.state);
        let key = TrieKey::DelayedReceipt {
            index: indices.next_available_index,
        };
        indices.next_available_index += 1;
        let metadata = traffic::footprint(&self.context.config, receipt);
        self.traffic.enter_delayed(&metadata);
        if self.context.config.use_state_stored_receipt {
            self.state
                .set_record(&key, &StateStoredReceipt::new_borrowed(receipt, metadata));
        } else {
            let stored = ReceiptOrStateStoredReceipt::Receipt(Cow::Borrowed(receipt));
            self.state.set_record(&key, &stored);
        }
        self.state
            .set_record(&TrieKey::DelayedReceiptIndices, &indices);
        self.state.commit(StateChangeCause::UpdatedDelayedReceipts);
    }

    /// Runs a receipt and what it sends to itself at once (yields, deletions).
    pub fn process(&mut self, receipt: &Arc<Receipt>) {
        self.process_one(receipt);
        while let Some(instant) = self.instant.pop_front() {
            self.process_one(&instant);
        }
    }

    fn process_one(&mut self, receipt: &Arc<Receipt>) {
        match receipt.versioned_receipt() {
            VersionedReceiptEnum::Action(action) => self.arrive(receipt, &action),
            VersionedReceiptEnum::Data(data) => self.deliver(receipt, &data),
            VersionedReceiptEnum::PromiseYield(_) => self.store_yield(receipt),
            VersionedReceiptEnum::PromiseResume(data) => {
                self.resume_yield(receipt.receiver_id(), &data);
            }
            VersionedReceiptEnum::GlobalContractDistribution(code) => {
                self.apply_distribution(receipt, &code);
            }
        }
    }

    /// An action receipt runs when all its inputs are there, else it waits.
    fn arrive(&mut self, receipt: &Receipt, action: &VersionedActionReceipt) {
        let receiver_id = receipt.receiver_id();
        let mut missing: u32 = 0;
        for data_id in action.input_data_ids() {
            if !self
                .state
                .contains(&received_key(receiver_id, data_id).to_vec())
            {
                missing += 1;
                self.state
                    .set_record(&waiting_key(receiver_id, data_id), receipt.receipt_id());
            }
        }
        if missing == 0 {
            self.apply_action_receipt(receipt, action);
            return;
        }
        let receipt_id = *receipt.receipt_id();
        self.state
            .set_record(&count_key(receiver_id, receipt_id), &missing);
        self.state
            .set_record(&postponed_key(receiver_id, receipt_id), receipt);
        self.state.commit(postponed(receipt));
    }

    /// Stores data for a receipt; the last one missing lets it run.
    fn deliver(&mut self, receipt: &Receipt, data: &DataReceipt) {
        let receiver_id = receipt.receiver_id();
        self.store_received(receiver_id, data);
        let waiting = waiting_key(receiver_id, &data.data_id);
        let Some(receipt_id) = self.state.record::<CryptoHash>(&waiting) else {
            self.state.commit(postponed(receipt));
            return;
        };
        self.state.remove_record(&waiting);
        let count = count_key(receiver_id, receipt_id);
        let missing: u32 = self
            .state
            .record(&count)
            .expect("a waiting receipt is counted");
        if missing > 1 {
            self.state.set_record(&count, &(missing - 1));
            self.state.commit(postponed(receipt));
            return;
        }
        self.state.remove_record(&count);
        let key = postponed_key(receiver_id, receipt_id);
        let waiting: Receipt = self
            .state
            .record(&key)
            .expect("a waiting receipt is stored");
        self.state.remove_record(&key);
        self.run(&waiting);
    }

    pub fn store_received(&mut self, receiver_id: &AccountId, data: &DataReceipt) {
        let received = ReceivedData {
            data: data.data.clone(),
        };
        self.state
            .set_record(&received_key(receiver_id, &data.data_id), &received);
    }

    /// Applies a receipt that had to wait.
    pub fn run(&mut self, receipt: &Receipt) {
        if let VersionedReceiptEnum::Action(action) | VersionedReceiptEnum::PromiseYield(action) =
            receipt.versioned_receipt()
        {
            self.apply_action_receipt(receipt, &action);
        }
    }

    /// Takes the inputs of a receipt that is about to run, in order.
    pub fn take_inputs(
        &mut self,
        receiver_id: &AccountId,
        action: &VersionedActionReceipt,
    ) -> Vec<Option<Vec<u8>>> {
        let mut inputs = Vec::with_capacity(action.input_data_ids().len());
        for data_id in action.input_data_ids() {
            let key = received_key(receiver_id, data_id);
            let received: ReceivedData = self.state.record(&key).expect("all inputs are there");
            self.state.remove_record(&key);
            inputs.push(received.data);
        }
        inputs
    }

    /// Sends a new receipt: to the next block, or to itself at once.
    pub fn send(&mut self, parent: CryptoHash, receipt: Receipt) {
        let receipt = Arc::new(receipt);
        self.created.push(Created {
            parent,
            receipt: receipt.clone(),
        });
        if receipt.is_instant_receipt() {
            self.instant.push_back(receipt);
        } else {
            self.send_or_buffer(receipt);
        }
    }
}

/// Why records of a receipt that waits change.
pub fn postponed(receipt: &Receipt) -> StateChangeCause {
    StateChangeCause::PostponedReceipt {
        receipt_hash: *receipt.receipt_id(),
    }
}

pub fn delayed_indices(state: &impl Records) -> DelayedReceiptIndices {
    state
        .record(&TrieKey::DelayedReceiptIndices)
        .unwrap_or_default()
}

fn received_key(receiver_id: &AccountId, data_id: &CryptoHash) -> TrieKey {
    TrieKey::ReceivedData {
        receiver_id: receiver_id.clone(),
        data_id: *data_id,
    }
}

fn waiting_key(receiver_id: &AccountId, data_id: &CryptoHash) -> TrieKey {
    TrieKey::PostponedReceiptId {
        receiver_id: receiver_id.clone(),
        data_id: *data_id,
    }
}

fn count_key(receiver_id: &AccountId, receipt_id: CryptoHash) -> TrieKey {
    TrieKey::PendingDataCount {
        receiver_id: receiver_id.clone(),
        receipt_id,
    }
}

fn postponed_key(receiver_id: &AccountId, receipt_id: CryptoHash) -> TrieKey {
    TrieKey::PostponedReceipt {
        receiver_id: receiver_id.clone(),
        receipt_id,
    }
}
