//! Who may not go on validating (nearcore, epoch-manager
//! `collect_blocks_info`, `compute_validators_to_reward_and_kickout`).

use super::performance::Performance;
use super::rewards::uptime;
use super::selection::Kickouts;
use super::EpochRules;
use near_primitives::epoch_info::EpochInfo;
use near_primitives::types::{
    AccountId, Balance, BlockChunkValidatorStats, ValidatorKickoutReason,
};
use primitive_types::U256;
use std::cmp::Ordering;
use std::collections::HashSet;

/// Everyone who leaves after this epoch: by unstaking, or by being absent too
/// often. Of all validators one always stays.
pub fn kickouts(
    rules: &EpochRules,
    epoch: &EpochInfo,
    next: &EpochInfo,
    performance: &Performance,
) -> Kickouts {
    let mut kickouts = Kickouts::new();
    for proposal in performance.proposals() {
        let account_id = proposal.account_id();
        let staked = next.stake_change().get(account_id);
        if proposal.stake().is_zero() && staked.is_some_and(|stake| !stake.is_zero()) {
            kickouts.insert(account_id.clone(), ValidatorKickoutReason::Unstaked);
        }
    }
    kickouts.extend(absent(rules, epoch, next.validator_kickout(), performance));
    kickouts
}

/// Whether a validator that leaves for this reason loses its reward, too.
pub fn forfeits_reward(reason: &ValidatorKickoutReason) -> bool {
    matches!(
        reason,
        ValidatorKickoutReason::NotEnoughBlocks { .. }
            | ValidatorKickoutReason::NotEnoughChunks { .. }
            | ValidatorKickoutReason::NotEnoughChunkEndorsements { .. }
    )
}

fn absent(
    rules: &EpochRules,
    epoch: &EpochInfo,
    already_out: &Kickouts,
    performance: &Performance,
) -> Kickouts {
    let exempt = exempted(rules, epoch, already_out, performance);
    let mut kickouts = Kickouts::new();
    let mut someone_stays = false;
    let mut best: Option<(u64, AccountId)> = None;
    for (validator, id) in epoch.validators_iter().zip(0..) {
        let account_id = validator.account_id();
        let stats = performance.stats(id);
        let is_out = already_out.contains_key(account_id);
        let produced = stats.block_stats.produced;
        if !is_out && best.as_ref().is_none_or(|(most, _)| produced > *most) {
            best = Some((produced, account_id.clone()));
        }
        let reason = reason_to_go(rules, stats).filter(|_| !exempt.contains(account_id));
        match reason {
            Some(reason) => {
                kickouts.insert(account_id.clone(), reason);
            }
            None => someone_stays |= !is_out || exempt.contains(account_id),
        }
    }
    if let (false, Some((_, account_id))) = (someone_stays, best) {
        kickouts.remove(&account_id);
    }
    kickouts
}

fn reason_to_go(
    rules: &EpochRules,
    stats: &BlockChunkValidatorStats,
) -> Option<ValidatorKickoutReason> {
    use ValidatorKickoutReason as Reason;
    let config = &rules.config;
    let blocks = &stats.block_stats;
    let chunks = stats.chunk_stats.production_stats();
    let endorsed = stats.chunk_stats.endorsement_stats();
    if blocks.less_than(config.block_producer_kickout_threshold) {
        return Some(Reason::NotEnoughBlocks {
            produced: blocks.produced,
            expected: blocks.expected,
        });
    }
    if chunks.less_than(config.chunk_producer_kickout_threshold) {
        return Some(Reason::NotEnoughChunks {
            produced: chunks.produced,
            expected: chunks.expected,
        });
    }
    let only_endorses = blocks.expected == 0 && chunks.expected == 0;
    if only_endorses && endorsed.less_than(config.chunk_validator_only_kickout_threshold) {
        return Some(Reason::NotEnoughChunkEndorsements {
            produced: endorsed.produced,
            expected: endorsed.expected,
        });
    }
    None
}

/// The best validators are never kicked out, as many as hold the stake that
/// must stay (none where all of it may go, as on every chain of ours).
fn exempted(
    rules: &EpochRules,
    epoch: &EpochInfo,
    already_out: &Kickouts,
    performance: &Performance,
) -> HashSet<AccountId> {
    let stays = 100u8.saturating_sub(rules.config.validator_max_kickout_stake_perc);
    let total = epoch
        .validators_iter()
        .fold(U256::zero(), |sum, v| sum + v.stake().as_yoctonear());
    let must_stay = Balance::from_yoctonear((total * stays / 100).as_u128());
    let mut ordered: Vec<_> = epoch.validators_iter().zip(0..).collect();
    ordered.sort_by(|(left, left_id), (right, right_id)| {
        by_uptime(performance.stats(*left_id), performance.stats(*right_id))
            .then_with(|| left.stake().cmp(&right.stake()))
            .then_with(|| left.account_id().cmp(right.account_id()))
    });
    let mut exempted = HashSet::new();
    let mut stake = Balance::ZERO;
    for (validator, _) in ordered.into_iter().rev() {
        if stake >= must_stay {
            break;
        }
        if !already_out.contains_key(validator.account_id()) {
            stake = stake.saturating_add(validator.stake());
            exempted.insert(validator.take_account_id());
        }
    }
    exempted
}

fn by_uptime(left: &BlockChunkValidatorStats, right: &BlockChunkValidatorStats) -> Ordering {
    let (left, left_of) = uptime(left, None);
    let (right, right_of) = uptime(right, None);
    (left * right_of).cmp(&(right * left_of))
}
