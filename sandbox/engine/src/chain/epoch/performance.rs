//! What validators were expected to produce in the current epoch and what they
//! did (nearcore, epoch-manager/epoch_info_aggregator.rs).

use super::EpochRules;
use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::epoch_info::EpochInfo;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{
    AccountId, BlockChunkValidatorStats, BlockHeight, ChunkStats, ShardId, ValidatorId,
    ValidatorStats,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A jump over more heights than this counts as one over the last of them, so
/// that a long fast-forward costs no time.
const MAX_SKIPPED: u64 = 100_000;

/// A block as its epoch sees it.
pub struct Produced<'a> {
    pub prev_height: BlockHeight,
    pub height: BlockHeight,
    pub has_chunk: bool,
    /// Stake proposals that its chunk's header carries.
    pub proposals: &'a [ValidatorStake],
}

/// Sums over the blocks of an epoch so far; copies share them.
#[derive(Clone, Default, BorshSerialize, BorshDeserialize)]
pub struct Performance {
    /// By validator id.
    stats: Arc<Vec<BlockChunkValidatorStats>>,
    /// The last proposal of each account.
    proposals: Arc<BTreeMap<AccountId, ValidatorStake>>,
}

impl Performance {
    pub fn of(epoch: &EpochInfo) -> Self {
        let nothing = BlockChunkValidatorStats {
            block_stats: ValidatorStats::default(),
            chunk_stats: ChunkStats::default(),
        };
        Self {
            stats: Arc::new(vec![nothing; epoch.validators_len()]),
            proposals: Arc::default(),
        }
    }

    pub fn proposals(&self) -> impl Iterator<Item = &ValidatorStake> {
        self.proposals.values()
    }

    pub fn stats(&self, id: ValidatorId) -> &BlockChunkValidatorStats {
        &self.stats[id as usize]
    }

    pub fn by_account(&self, epoch: &EpochInfo) -> HashMap<AccountId, BlockChunkValidatorStats> {
        let accounts = epoch.validators_iter().map(|v| v.account_id().clone());
        accounts.zip(self.stats.iter().cloned()).collect()
    }

    pub fn add(&mut self, rules: &EpochRules, epoch: &EpochInfo, block: &Produced) {
        if !block.proposals.is_empty() {
            let proposals = Arc::make_mut(&mut self.proposals);
            for proposal in block.proposals {
                proposals.insert(proposal.account_id().clone(), proposal.clone());
            }
        }
        match self.stats.len() {
            0 => {}
            1 => self.add_to_only_one(block),
            _ => self.add_to_sampled(rules, epoch, block),
        }
    }

    /// The usual case: whoever is asked for, it is the only validator.
    fn add_to_only_one(&mut self, block: &Produced) {
        let stats = &mut Arc::make_mut(&mut self.stats)[0];
        stats.block_stats.expected += block.height - block.prev_height;
        stats.block_stats.produced += 1;
        count_chunk(&mut stats.chunk_stats, block.has_chunk);
        count_endorsement(&mut stats.chunk_stats, block.has_chunk);
    }

    fn add_to_sampled(&mut self, rules: &EpochRules, epoch: &EpochInfo, block: &Produced) {
        let stats = Arc::make_mut(&mut self.stats);
        let first = (block.prev_height + 1).max(block.height.saturating_sub(MAX_SKIPPED));
        for height in first..=block.height {
            let id = epoch.sample_block_producer(height);
            let stats = &mut stats[id as usize].block_stats;
            stats.expected += 1;
            stats.produced += u64::from(height == block.height);
        }
        // Chunks are assigned by the height that should have come next.
        let height = block.prev_height + 1;
        let shard_id = ShardId::new(0);
        if let Some(id) = epoch.sample_chunk_producer(&rules.layout, shard_id, height) {
            count_chunk(&mut stats[id as usize].chunk_stats, block.has_chunk);
        }
        for (id, _) in epoch.sample_chunk_validators(height).into_iter().flatten() {
            count_endorsement(&mut stats[id as usize].chunk_stats, block.has_chunk);
        }
    }
}

fn count_chunk(stats: &mut ChunkStats, produced: bool) {
    *stats.expected_mut() += 1;
    *stats.produced_mut() += u64::from(produced);
}

/// Whoever is asked to endorse a chunk that was made does it: there is no
/// network in which endorsements could get lost.
fn count_endorsement(stats: &mut ChunkStats, produced: bool) {
    let stats = stats.endorsement_stats_mut();
    stats.expected += 1;
    stats.produced += u64::from(produced);
}
