//! What validators and the treasury earn in an epoch (nearcore,
//! epoch-manager/reward_calculator.rs and validator_stats.rs).

use super::EpochRules;
use near_primitives::epoch_info::EpochInfo;
use near_primitives::num_rational::Rational32;
use near_primitives::types::{AccountId, Balance, BlockChunkValidatorStats, ValidatorStats};
use primitive_types::{U256, U512};
use std::collections::HashMap;

const NS_PER_YEAR: u64 = 365 * 24 * 60 * 60 * 1_000_000_000;

/// New tokens of one epoch.
#[derive(Clone, Default)]
pub struct Rewards {
    pub paid: HashMap<AccountId, Balance>,
    /// Their sum.
    pub minted: Balance,
}

/// Inflation for the time an epoch took, shared by the treasury and, by stake
/// and uptime, the validators in `stats`. What the absent do not earn is not
/// minted.
///
/// A validator that is also the treasury gets the validator's reward alone,
/// though the treasury's share counts as minted: so a real node does it.
pub fn rewards(
    rules: &EpochRules,
    epoch: &EpochInfo,
    stats: &HashMap<AccountId, BlockChunkValidatorStats>,
    total_supply: Balance,
    duration_ns: u64,
) -> Rewards {
    let Some(treasury) = &rules.treasury else {
        return Rewards::default();
    };
    let (numer, denom) = parts(rules.config.max_inflation_rate);
    let yearly = U256::from(total_supply.as_yoctonear()) * numer;
    let inflation = yearly * duration_ns / (U256::from(NS_PER_YEAR) * denom);
    let (numer, denom) = parts(rules.treasury_share);
    let for_treasury = inflation * numer / denom;
    let for_validators = inflation - for_treasury;

    let mut minted = balance(for_treasury);
    let mut paid = HashMap::from([(treasury.clone(), minted)]);
    let total_stake = epoch
        .validators_iter()
        .fold(U256::zero(), |sum, v| sum + v.stake().as_yoctonear());
    for validator in epoch.validators_iter() {
        let Some(stats) = stats.get(validator.account_id()) else {
            continue;
        };
        let (numer, denom) = paid_share(rules, stats);
        let stake = U512::from(validator.stake().as_yoctonear());
        let reward = U512::from(for_validators) * U512::from(numer) * stake
            / U512::from(denom)
            / U512::from(total_stake);
        let reward = Balance::from_yoctonear(reward.as_u128());
        paid.insert(validator.account_id().clone(), reward);
        minted = minted.saturating_add(reward);
    }
    Rewards { paid, minted }
}

fn balance(amount: U256) -> Balance {
    Balance::from_yoctonear(amount.as_u128())
}

fn parts(rate: Rational32) -> (u64, u64) {
    (*rate.numer() as u64, *rate.denom() as u64)
}

/// The part of a full reward that an uptime earns: none below the lower
/// threshold, all above the upper one, in between in proportion.
fn paid_share(rules: &EpochRules, stats: &BlockChunkValidatorStats) -> (U256, U256) {
    let cutoff = rules.config.chunk_validator_only_kickout_threshold;
    let (up, of) = uptime(stats, Some(cutoff));
    let (low, low_of) = parts(rules.config.online_min_threshold);
    let (high, high_of) = parts(rules.config.online_max_threshold);
    if up * low_of < of * low {
        return (U256::zero(), U256::one());
    }
    let span = U256::from(high * low_of - low * high_of);
    let full = span * of;
    let earned = (up * low_of - of * low) * high_of;
    (earned.min(full), full)
}

/// The mean of a validator's shares of produced blocks, chunks and
/// endorsements, over those it was expected to make any of, as a fraction.
/// With a cutoff in percent, endorsements count as all or nothing.
pub fn uptime(stats: &BlockChunkValidatorStats, cutoff: Option<u8>) -> (U256, U256) {
    let endorsed = stats.chunk_stats.endorsement_stats();
    let endorsed = match cutoff {
        Some(percent) if endorsed.expected > 0 => ValidatorStats {
            produced: u64::from(!endorsed.less_than(percent)),
            expected: 1,
        },
        _ => endorsed.clone(),
    };
    let kinds = [
        &stats.block_stats,
        stats.chunk_stats.production_stats(),
        &endorsed,
    ];
    let expected = || kinds.iter().filter(|kind| kind.expected > 0);
    let common = expected().fold(U256::one(), |product, kind| product * kind.expected);
    let sum = expected().fold(U256::zero(), |sum, kind| {
        sum + common / kind.expected * kind.produced
    });
    (sum, common * expected().count().max(1))
}
