//! Validators in nearcore's views (epoch-manager `get_validator_info`).

use super::{Epochs, Named, Past};
use near_primitives::epoch_info::EpochInfo;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{
    BlockChunkValidatorStats, BlockHeight, EpochId, ShardId, ValidatorId, ValidatorStats,
};
use near_primitives::views::validator_stake_view::ValidatorStakeView;
use near_primitives::views::{
    CurrentEpochValidatorInfo, EpochValidatorInfo, NextEpochValidatorInfo, ValidatorKickoutView,
};

impl Epochs {
    pub fn start_height(&self) -> BlockHeight {
        self.start_height
    }

    /// The current epoch so far.
    pub fn current_validators(&self) -> EpochValidatorInfo {
        let epoch = &self.current.info;
        let current = epoch.validators_iter().zip(0..).map(|(validator, id)| {
            let stats = self.performance.stats(id);
            let mut view = validator_view(validator, stats);
            // A shard is listed where something was expected for it, with its
            // share of the sums: all of them, as there is only one.
            let chunks = stats.chunk_stats.production_stats();
            let endorsed = stats.chunk_stats.endorsement_stats();
            (
                view.shards_produced,
                view.num_produced_chunks_per_shard,
                view.num_expected_chunks_per_shard,
            ) = per_shard(chunks);
            (
                view.shards_endorsed,
                view.num_produced_endorsements_per_shard,
                view.num_expected_endorsements_per_shard,
            ) = per_shard(endorsed);
            view
        });
        self.view(
            epoch,
            current.collect(),
            &self.next,
            self.start_height,
            &self.performance,
        )
    }

    /// An epoch that has ended; `None` where no such one is known.
    pub fn past_validators(&self, id: &EpochId) -> Option<EpochValidatorInfo> {
        let past = self.past.get(&id.0)?;
        let epoch = self.info(id)?;
        let Past {
            start_height,
            performance,
            next_id,
        } = &**past;
        let producers = epoch.chunk_producers_settlement().concat();
        let current = epoch.validators_iter().zip(0..).map(|(validator, id)| {
            let mut view = validator_view(validator, performance.stats(id));
            // A node forgets the shares of past epochs.
            view.shards_produced = shard_of(&producers, id);
            view.num_produced_chunks_per_shard = vec![0; view.shards_produced.len()];
            view.num_expected_chunks_per_shard = vec![0; view.shards_produced.len()];
            view
        });
        let next = Named {
            id: *next_id,
            info: self.info(next_id)?.clone(),
        };
        Some(self.view(epoch, current.collect(), &next, *start_height, performance))
    }

    fn view(
        &self,
        epoch: &EpochInfo,
        current_validators: Vec<CurrentEpochValidatorInfo>,
        next: &Named,
        epoch_start_height: BlockHeight,
        performance: &super::Performance,
    ) -> EpochValidatorInfo {
        let next = &next.info;
        let producers = next.chunk_producers_settlement().concat();
        let next_validators = next.validators_iter().zip(0..).map(|(validator, id)| {
            let (account_id, public_key, stake) = validator.destructure();
            NextEpochValidatorInfo {
                account_id,
                public_key,
                stake,
                shards: shard_of(&producers, id),
            }
        });
        let kickouts = next.validator_kickout().iter();
        let mut prev_epoch_kickout: Vec<_> = kickouts
            .map(|(account_id, reason)| ValidatorKickoutView {
                account_id: account_id.clone(),
                reason: reason.clone(),
            })
            .collect();
        prev_epoch_kickout.sort_by(|left, right| left.account_id.cmp(&right.account_id));
        EpochValidatorInfo {
            current_validators,
            next_validators: next_validators.collect(),
            current_fishermen: vec![],
            next_fishermen: vec![],
            current_proposals: performance.proposals().cloned().map(Into::into).collect(),
            prev_epoch_kickout,
            epoch_start_height,
            epoch_height: epoch.epoch_height(),
            validator_reward_paid_prev_epoch: epoch.validator_reward().clone(),
        }
    }

    /// Block producers of an epoch, by stake.
    pub fn block_producers(&self, id: &EpochId) -> Option<Vec<ValidatorStakeView>> {
        let epoch = self.info(id)?;
        let producers = epoch.block_producers_settlement().iter();
        Some(
            producers
                .map(|id| epoch.get_validator(*id).into())
                .collect(),
        )
    }
}

fn validator_view(
    validator: ValidatorStake,
    stats: &BlockChunkValidatorStats,
) -> CurrentEpochValidatorInfo {
    let (account_id, public_key, stake) = validator.destructure();
    let chunks = &stats.chunk_stats;
    CurrentEpochValidatorInfo {
        account_id,
        public_key,
        is_slashed: false,
        stake,
        shards_produced: vec![],
        num_produced_blocks: stats.block_stats.produced,
        num_expected_blocks: stats.block_stats.expected,
        num_produced_chunks: chunks.produced(),
        num_expected_chunks: chunks.expected(),
        num_produced_chunks_per_shard: vec![],
        num_expected_chunks_per_shard: vec![],
        num_produced_endorsements: chunks.endorsement_stats().produced,
        num_expected_endorsements: chunks.endorsement_stats().expected,
        num_produced_endorsements_per_shard: vec![],
        num_expected_endorsements_per_shard: vec![],
        shards_endorsed: vec![],
    }
}

fn per_shard(stats: &ValidatorStats) -> (Vec<ShardId>, Vec<u64>, Vec<u64>) {
    if stats.expected == 0 {
        return (vec![], vec![], vec![]);
    }
    (
        vec![ShardId::new(0)],
        vec![stats.produced],
        vec![stats.expected],
    )
}

fn shard_of(producers: &[ValidatorId], id: ValidatorId) -> Vec<ShardId> {
    match producers.contains(&id) {
        true => vec![ShardId::new(0)],
        false => vec![],
    }
}
