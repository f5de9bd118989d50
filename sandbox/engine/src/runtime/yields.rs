//! Yielded callbacks: stored until they are resumed or time out.

use super::chunk::Chunk;
use super::receipts::postponed;
use crate::state::access::Records;
use crate::state::StateUpdate;
use near_primitives::hash::{CryptoHash, YieldId};
use near_primitives::receipt::{
    DataReceipt, PromiseYieldIndices, PromiseYieldTimeout, Receipt, ReceiptEnum, ReceiptV0,
    VersionedReceiptEnum,
};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{AccountId, BlockHeight, PromiseYieldStatus, StateChangeCause};
use near_primitives::utils::create_receipt_id_from_receipt_id;

impl Chunk<'_> {
    pub fn store_yield(&mut self, receipt: &Receipt) {
        let VersionedReceiptEnum::PromiseYield(action) = receipt.versioned_receipt() else {
            return;
        };
        let data_id = action.input_data_ids()[0];
        self.tell_of_yield(receipt, data_id);
        self.state
            .set_record(&yield_key(receipt.receiver_id(), data_id), receipt);
        self.state.commit(postponed(receipt));
    }

    /// Runs the callback that waits for this data. Late and repeated resumes
    /// find none and are dropped.
    pub fn resume_yield(&mut self, receiver_id: &AccountId, data: &DataReceipt) {
        let key = yield_key(receiver_id, data.data_id);
        let Some(receipt) = self.state.record::<Receipt>(&key) else {
            return;
        };
        self.state.remove_record(&key);
        forget(&mut self.state, receiver_id, data.data_id);
        self.store_received(receiver_id, data);
        self.run(&receipt);
    }

    /// Sends an empty resume to every callback whose time has come and that was
    /// not resumed; it arrives in the next block.
    pub fn fire_timeouts(&mut self) {
        let mut indices = yield_indices(&self.state);
        let before = indices.first_index;
        let mut sent = 0;
        while indices.len() > 0 && !self.is_full() {
            let key = TrieKey::PromiseYieldTimeout {
                index: indices.first_index,
            };
            let timeout: PromiseYieldTimeout =
                self.state.record(&key).expect("the queue has no gaps");
            if timeout.expires_at > self.context.height {
                break;
            }
            self.state.remove_record(&key);
            indices.first_index += 1;
            sent += usize::from(self.time_out(&timeout.account_id, timeout.data_id, sent));
        }
        self.fire_early_timeouts(sent);
        if indices.first_index != before {
            self.state
                .set_record(&TrieKey::PromiseYieldIndices, &indices);
        }
        self.state.commit(StateChangeCause::UpdatedDelayedReceipts);
    }

    /// Sends a yield its timeout, the `index`-th of this block; `false` where
    /// it waits no more.
    pub fn time_out(&mut self, account_id: &AccountId, data_id: CryptoHash, index: usize) -> bool {
        let key = yield_key(account_id, data_id);
        let Some(waiting) = self.state.record::<Receipt>(&key) else {
            return false;
        };
        let height = self.context.height;
        let resume = Receipt::V0(ReceiptV0 {
            predecessor_id: account_id.clone(),
            receiver_id: account_id.clone(),
            receipt_id: create_receipt_id_from_receipt_id(&data_id, height, index),
            receipt: ReceiptEnum::PromiseResume(DataReceipt {
                data_id,
                data: None,
            }),
        });
        self.send(*waiting.receipt_id(), resume);
        true
    }
}

/// Whether a yield still waits for its answer.
pub fn waits(state: &StateUpdate, account_id: &AccountId, data_id: CryptoHash) -> bool {
    state.contains(&yield_key(account_id, data_id).to_vec())
}

/// Puts a new yield into the timeout queue.
pub fn enqueue_timeout(
    state: &mut StateUpdate,
    account_id: &AccountId,
    data_id: CryptoHash,
    expires_at: BlockHeight,
) {
    let mut indices = yield_indices(state);
    let timeout = PromiseYieldTimeout {
        account_id: account_id.clone(),
        data_id,
        expires_at,
    };
    let key = TrieKey::PromiseYieldTimeout {
        index: indices.next_available_index,
    };
    state.set_record(&key, &timeout);
    indices.next_available_index += 1;
    state.set_record(&TrieKey::PromiseYieldIndices, &indices);
}

/// Notes a new yield as one that may be resumed.
pub fn open(state: &mut StateUpdate, account_id: &AccountId, data_id: CryptoHash) {
    state.set_record(
        &status_key(account_id, data_id),
        &PromiseYieldStatus::Yielded,
    );
}

/// Notes that a yield was resumed, which may happen more than once before the
/// callback runs; `false` when there is none to resume.
pub fn begin_resume(state: &mut StateUpdate, account_id: &AccountId, data_id: CryptoHash) -> bool {
    let key = status_key(account_id, data_id);
    let waits = state.record::<PromiseYieldStatus>(&key).is_some();
    if waits {
        state.set_record(&key, &PromiseYieldStatus::ResumeInitiated);
    }
    waits
}

/// Binds a contract's own name to a yield.
pub fn name(
    state: &mut StateUpdate,
    account_id: &AccountId,
    yield_id: YieldId,
    data_id: CryptoHash,
) {
    state.set_record(&id_key(account_id, yield_id), &data_id);
    state.set_record(&name_key(account_id, data_id), &yield_id);
}

/// The yield a contract's own name stands for.
pub fn named(state: &StateUpdate, account_id: &AccountId, yield_id: YieldId) -> Option<CryptoHash> {
    state.record(&id_key(account_id, yield_id))
}

fn forget(state: &mut StateUpdate, account_id: &AccountId, data_id: CryptoHash) {
    state.remove_record(&status_key(account_id, data_id));
    let name = name_key(account_id, data_id);
    if let Some(yield_id) = state.record(&name) {
        state.remove_record(&name);
        state.remove_record(&id_key(account_id, yield_id));
    }
}

fn yield_indices(state: &StateUpdate) -> PromiseYieldIndices {
    state
        .record(&TrieKey::PromiseYieldIndices)
        .unwrap_or_default()
}

fn yield_key(receiver_id: &AccountId, data_id: CryptoHash) -> TrieKey {
    TrieKey::PromiseYieldReceipt {
        receiver_id: receiver_id.clone(),
        data_id,
    }
}

fn status_key(receiver_id: &AccountId, data_id: CryptoHash) -> TrieKey {
    TrieKey::PromiseYieldStatus {
        receiver_id: receiver_id.clone(),
        data_id,
    }
}

fn id_key(receiver_id: &AccountId, yield_id: YieldId) -> TrieKey {
    TrieKey::YieldIdToDataId {
        receiver_id: receiver_id.clone(),
        yield_id,
    }
}

fn name_key(receiver_id: &AccountId, data_id: CryptoHash) -> TrieKey {
    TrieKey::DataIdToYieldId {
        receiver_id: receiver_id.clone(),
        data_id,
    }
}
