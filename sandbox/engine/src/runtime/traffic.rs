//! What a chunk tells the next ones about receipts that wait: congestion and
//! bandwidth requests (NEP-539, NEP-584).

use super::costs;
use borsh::{BorshDeserialize, BorshSerialize};
use near_parameters::RuntimeConfig;
use near_primitives::bandwidth_scheduler::BandwidthRequests;
use near_primitives::congestion_info::{CongestionInfo, CongestionInfoV1};
use near_primitives::receipt::{Receipt, StateStoredReceiptMetadata, VersionedReceiptEnum};
use near_primitives::types::Gas;

/// As a chunk's header states it for the chunk before.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Traffic {
    pub congestion: CongestionInfoV1,
    pub bandwidth_requests: BandwidthRequests,
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            congestion: CongestionInfoV1::default(),
            bandwidth_requests: BandwidthRequests::empty(),
        }
    }
}

/// What a stored receipt weighs: its size, and the gas it may use. Only action
/// receipts count gas; others' was spent before or is their callback's.
pub fn footprint(config: &RuntimeConfig, receipt: &Receipt) -> StateStoredReceiptMetadata {
    let congestion_gas = match receipt.versioned_receipt() {
        VersionedReceiptEnum::Action(action) => {
            costs::required_gas(config, action.actions(), receipt.receiver_id())
                .expect("receipts are validated")
        }
        _ => Gas::ZERO,
    };
    let congestion_size = borsh::object_length(receipt).expect("receipts fit in memory") as u64;
    StateStoredReceiptMetadata {
        congestion_gas,
        congestion_size,
    }
}

impl Traffic {
    pub fn congestion(&self) -> CongestionInfo {
        CongestionInfo::V1(self.congestion)
    }

    pub fn enter_delayed(&mut self, receipt: &StateStoredReceiptMetadata) {
        self.congestion.delayed_receipts_gas += gas(receipt);
        self.congestion.receipt_bytes += receipt.congestion_size;
    }

    pub fn leave_delayed(&mut self, receipt: &StateStoredReceiptMetadata) {
        self.congestion.delayed_receipts_gas -= gas(receipt);
        self.congestion.receipt_bytes -= receipt.congestion_size;
    }

    pub fn enter_buffer(&mut self, receipt: &StateStoredReceiptMetadata) {
        self.congestion.buffered_receipts_gas += gas(receipt);
        self.congestion.receipt_bytes += receipt.congestion_size;
    }

    pub fn leave_buffer(&mut self, receipt: &StateStoredReceiptMetadata) {
        self.congestion.buffered_receipts_gas -= gas(receipt);
        self.congestion.receipt_bytes -= receipt.congestion_size;
    }
}

fn gas(receipt: &StateStoredReceiptMetadata) -> u128 {
    receipt.congestion_gas.as_gas().into()
}
