//! Receipts that leave a chunk: sent as far as the bandwidth goes, the rest
//! buffered in the state (nearcore, runtime/congestion_control.rs `ReceiptSink`
//! and core/store trie/outgoing_metadata.rs).

use super::bandwidth::{self, SHARD};
use super::chunk::Chunk;
use super::traffic;
use crate::state::access::Records;
use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::bandwidth_scheduler::{
    BandwidthRequest, BandwidthRequests, BandwidthRequestsV1,
};
use near_primitives::receipt::{
    BufferedReceiptIndices, Receipt, ReceiptOrStateStoredReceipt, StateStoredReceipt,
    StateStoredReceiptMetadata, TrieQueueIndices,
};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::StateChangeCause;
use std::convert::Infallible;
use std::sync::Arc;

/// Bytes up to which buffered receipts are counted together.
const GROUP_BYTES: u64 = 100_000;

/// Receipts that lie next to each other in the buffer.
#[derive(BorshSerialize, BorshDeserialize)]
enum Group {
    V0 { size: u64, gas: u128 },
}

/// The queue of groups.
#[derive(BorshSerialize, BorshDeserialize)]
enum Groups {
    V0 {
        indices: TrieQueueIndices,
        total_size: u64,
        total_gas: u128,
        total_receipts_num: u64,
    },
}

impl Chunk<'_> {
    /// Sends a receipt, or buffers it where the bandwidth is used up. A smaller
    /// one that comes later may still be sent.
    pub fn send_or_buffer(&mut self, receipt: Arc<Receipt>) {
        let metadata = traffic::footprint(&self.context.config, &receipt);
        if self.takes_bandwidth(metadata.congestion_size) {
            self.outgoing.push(receipt);
        } else {
            self.buffer(&receipt, metadata);
        }
    }

    /// Sends what earlier chunks had to buffer, in order.
    pub fn send_buffered(&mut self) {
        let mut buffered = self.buffered();
        let indices = buffered.shard_buffers.entry(SHARD).or_default();
        let before = indices.first_index;
        while indices.len() > 0 {
            let key = buffered_key(indices.first_index);
            let stored: ReceiptOrStateStoredReceipt =
                self.state.record(&key).expect("the queue has no gaps");
            let receipt = stored.into_receipt();
            let metadata = traffic::footprint(&self.context.config, &receipt);
            if !self.takes_bandwidth(metadata.congestion_size) {
                break;
            }
            self.state.remove_record(&key);
            indices.first_index += 1;
            self.leave_group(&metadata);
            self.traffic.leave_buffer(&metadata);
            self.outgoing.push(Arc::new(receipt));
        }
        if indices.first_index != before {
            self.state
                .set_record(&TrieKey::BufferedReceiptIndices, &buffered);
            self.state.commit(StateChangeCause::UpdatedDelayedReceipts);
        }
    }

    /// What the next chunk needs to send all that is buffered.
    pub fn bandwidth_requests(&self) -> BandwidthRequests {
        let params = bandwidth::params(&self.context.config);
        let sizes = self.group_sizes().into_iter();
        let sizes = sizes.map(|size| Ok::<_, Infallible>(size.min(params.max_receipt_size)));
        let Ok(request) = BandwidthRequest::make_from_receipt_sizes(SHARD, sizes, &params);
        BandwidthRequests::V1(BandwidthRequestsV1 {
            requests: request.into_iter().collect(),
        })
    }

    fn takes_bandwidth(&mut self, size: u64) -> bool {
        let limits = &self.context.config.wasm_config.limit_config;
        // Receipts above the limit must not be stuck for ever.
        let size = size.min(limits.max_receipt_size);
        match self.bandwidth_left.checked_sub(size) {
            Some(left) => {
                self.bandwidth_left = left;
                true
            }
            None => false,
        }
    }

    fn buffer(&mut self, receipt: &Receipt, metadata: StateStoredReceiptMetadata) {
        self.traffic.enter_buffer(&metadata);
        self.join_group(&metadata);
        let mut buffered = self.buffered();
        let indices = buffered.shard_buffers.entry(SHARD).or_default();
        let key = buffered_key(indices.next_available_index);
        indices.next_available_index += 1;
        let stored = StateStoredReceipt::new_borrowed(receipt, metadata);
        self.state.set_record(&key, &stored);
        self.state
            .set_record(&TrieKey::BufferedReceiptIndices, &buffered);
        self.state.commit(StateChangeCause::UpdatedDelayedReceipts);
    }

    fn buffered(&self) -> BufferedReceiptIndices {
        buffered_indices(&self.state)
    }

    fn groups(&self) -> Option<Groups> {
        self.state.record(&groups_key())
    }

    fn join_group(&mut self, metadata: &StateStoredReceiptMetadata) {
        let Groups::V0 {
            mut indices,
            mut total_size,
            mut total_gas,
            mut total_receipts_num,
        } = self.groups().unwrap_or(Groups::V0 {
            indices: TrieQueueIndices::default(),
            total_size: 0,
            total_gas: 0,
            total_receipts_num: 0,
        });
        let added = metadata.congestion_size;
        let gas = u128::from(metadata.congestion_gas.as_gas());
        total_size += added;
        total_gas += gas;
        total_receipts_num += 1;
        let last = (indices.len() > 0).then(|| group_key(indices.next_available_index - 1));
        let last = last.and_then(|key| {
            let Group::V0 { size, gas } = self.state.record(&key)?;
            (size + added <= GROUP_BYTES).then_some((key, size, gas))
        });
        match last {
            Some((key, size, gas_before)) => {
                let group = Group::V0 {
                    size: size + added,
                    gas: gas_before + gas,
                };
                self.state.set_record(&key, &group);
            }
            None => {
                let key = group_key(indices.next_available_index);
                indices.next_available_index += 1;
                self.state.set_record(&key, &Group::V0 { size: added, gas });
            }
        }
        let groups = Groups::V0 {
            indices,
            total_size,
            total_gas,
            total_receipts_num,
        };
        self.state.set_record(&groups_key(), &groups);
    }

    fn leave_group(&mut self, metadata: &StateStoredReceiptMetadata) {
        let Some(Groups::V0 {
            mut indices,
            total_size,
            total_gas,
            total_receipts_num,
        }) = self.groups()
        else {
            return;
        };
        let left = metadata.congestion_size;
        let gas_left = u128::from(metadata.congestion_gas.as_gas());
        let key = group_key(indices.first_index);
        let Group::V0 { size, gas } = self.state.record(&key).expect("the queue has no gaps");
        if size == left {
            self.state.remove_record(&key);
            indices.first_index += 1;
        } else {
            let group = Group::V0 {
                size: size - left,
                gas: gas - gas_left,
            };
            self.state.set_record(&key, &group);
        }
        let groups = Groups::V0 {
            indices,
            total_size: total_size - left,
            total_gas: total_gas - gas_left,
            total_receipts_num: total_receipts_num - 1,
        };
        self.state.set_record(&groups_key(), &groups);
    }

    fn group_sizes(&self) -> Vec<u64> {
        let Some(Groups::V0 { indices, .. }) = self.groups() else {
            return Vec::new();
        };
        let groups = indices.first_index..indices.next_available_index;
        groups
            .map(|index| {
                let Group::V0 { size, .. } = self
                    .state
                    .record(&group_key(index))
                    .expect("the queue has no gaps");
                size
            })
            .collect()
    }
}

pub fn buffered_indices(state: &impl Records) -> BufferedReceiptIndices {
    state
        .record(&TrieKey::BufferedReceiptIndices)
        .unwrap_or_default()
}

fn buffered_key(index: u64) -> TrieKey {
    TrieKey::BufferedReceipt {
        receiving_shard: SHARD,
        index,
    }
}

fn groups_key() -> TrieKey {
    TrieKey::BufferedReceiptGroupsQueueData {
        receiving_shard: SHARD,
    }
}

fn group_key(index: u64) -> TrieKey {
    TrieKey::BufferedReceiptGroupsQueueItem {
        receiving_shard: SHARD,
        index,
    }
}
