//! How many bytes of receipts a chunk may send (nearcore,
//! runtime/bandwidth_scheduler). With one shard there is one link, from the
//! shard to itself, and what remains goes to it in any case: all that differs
//! from block to block is whether the link is open. The scheduler's state is
//! part of the state root, so it is kept as every node keeps it.

use crate::state::access::Records;
use crate::state::StateUpdate;
use near_parameters::RuntimeConfig;
use near_primitives::bandwidth_scheduler::{
    Bandwidth, BandwidthRequestValues, BandwidthRequests, BandwidthSchedulerParams,
    BandwidthSchedulerState, BandwidthSchedulerStateV1, LinkAllowance,
};
use near_primitives::hash::{hash, CryptoHash};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{ShardId, StateChangeCause};
use std::num::NonZeroU64;

pub const SHARD: ShardId = ShardId::new(0);

pub fn params(config: &RuntimeConfig) -> BandwidthSchedulerParams {
    BandwidthSchedulerParams::new(NonZeroU64::MIN, config)
}

/// Runs the scheduler for one block: the bytes that may be sent. Where a chunk
/// is missing, what was sent before has not arrived, so nothing may follow it.
pub fn schedule(
    config: &RuntimeConfig,
    state: &mut StateUpdate,
    requests: &BandwidthRequests,
    is_missing: bool,
) -> Bandwidth {
    let params = params(config);
    let BandwidthSchedulerState::V1(before) = stored(state);
    let allowance = before.link_allowances.first();
    let allowance = allowance.map_or(0, |link| link.allowance);
    let mut link = Link {
        allowance: allowance
            .saturating_add(params.max_shard_bandwidth)
            .min(params.max_allowance),
        budget: params.max_shard_bandwidth,
    };
    let mut granted = 0;
    if !is_missing {
        link.grant(params.base_bandwidth);
        for increase in increases(&params, requests) {
            if !link.grant(increase) {
                break;
            }
        }
        // The rest of the budget costs no allowance.
        granted = params.max_shard_bandwidth;
    }
    let after = BandwidthSchedulerStateV1 {
        link_allowances: vec![LinkAllowance {
            sender: SHARD,
            receiver: SHARD,
            allowance: link.allowance,
        }],
        sanity_check_hash: checksum(&before.sanity_check_hash),
    };
    let after = BandwidthSchedulerState::V1(after);
    state.set_record(&TrieKey::BandwidthSchedulerState, &after);
    state.commit(StateChangeCause::BandwidthSchedulerStateUpdate);
    granted
}

fn stored(state: &StateUpdate) -> BandwidthSchedulerState {
    let found = state.record(&TrieKey::BandwidthSchedulerState);
    found.unwrap_or_else(|| {
        BandwidthSchedulerState::V1(BandwidthSchedulerStateV1 {
            link_allowances: Vec::new(),
            sanity_check_hash: CryptoHash::default(),
        })
    })
}

/// Chains the inputs of all runs: the shards.
fn checksum(before: &CryptoHash) -> CryptoHash {
    let shards = CryptoHash::hash_borsh([SHARD].as_slice());
    hash(&[before.as_bytes().as_slice(), shards.as_bytes()].concat())
}

struct Link {
    /// Falls when the link is used, and gives way to others then.
    allowance: Bandwidth,
    /// Of the shard, in this block.
    budget: Bandwidth,
}

impl Link {
    fn grant(&mut self, bytes: Bandwidth) -> bool {
        let Some(left) = self.budget.checked_sub(bytes) else {
            return false;
        };
        self.budget = left;
        self.allowance = self.allowance.saturating_sub(bytes);
        true
    }
}

/// The steps by which the last chunk asked for more than the base.
fn increases(params: &BandwidthSchedulerParams, requests: &BandwidthRequests) -> Vec<Bandwidth> {
    let BandwidthRequests::V1(requests) = requests;
    let Some(request) = requests.requests.first() else {
        return Vec::new();
    };
    let bitmap = &request.requested_values_bitmap;
    let values = BandwidthRequestValues::new(params).values;
    let mut granted = params.base_bandwidth;
    let mut steps = Vec::new();
    for (i, value) in values.into_iter().enumerate() {
        if bitmap.get_bit(i) && value > granted {
            steps.push(value - granted);
            granted = value;
        }
    }
    steps
}
