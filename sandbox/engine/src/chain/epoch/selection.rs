//! Who validates: the proposals with most stake (nearcore,
//! epoch-manager/validator_selection.rs; NEP-167 and stateless validation).

use super::rewards::Rewards;
use super::EpochRules;
use near_primitives::epoch_info::{EpochInfo, RngSeed};
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{AccountId, Balance, ValidatorId, ValidatorKickoutReason};
use near_primitives::validator_mandates::{ValidatorMandates, ValidatorMandatesConfig};
use primitive_types::U256;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

pub type Kickouts = HashMap<AccountId, ValidatorKickoutReason>;

/// What an epoch left behind for the choice of validators.
pub struct Candidates {
    /// The last proposal of every account that staked.
    pub proposals: Vec<ValidatorStake>,
    /// Who may not go on.
    pub kickouts: Kickouts,
    pub rewards: Rewards,
}

/// The epoch after `previous`. Where nobody is left to validate, `previous`
/// goes on as it is.
pub fn next_epoch(
    rules: &EpochRules,
    seed: RngSeed,
    previous: &EpochInfo,
    candidates: Candidates,
) -> EpochInfo {
    let Candidates {
        proposals,
        mut kickouts,
        rewards,
    } = candidates;
    let mut stakes = Stakes::default();
    stakes.propose(proposals, &kickouts);
    stakes.roll_over(previous, &kickouts, &rewards.paid);

    let seats = Seats::of(rules, &stakes.by_account);
    if seats.validators.is_empty() {
        let mut again = previous.clone();
        *again.epoch_height_mut() += 1;
        return again;
    }
    for left_out in &seats.left_out {
        let account_id = left_out.account_id();
        stakes.changes.insert(account_id.clone(), Balance::ZERO);
        if previous.account_is_validator(account_id) {
            let reason = ValidatorKickoutReason::NotEnoughStake {
                stake: left_out.stake(),
                threshold: seats.price,
            };
            kickouts.insert(account_id.clone(), reason);
        }
    }
    let height = previous.epoch_height() + 1;
    seats.into_epoch(rules, height, seed, stakes.changes, kickouts, rewards)
}

/// The epoch that starts at genesis.
pub fn first_epoch(rules: &EpochRules, validators: Vec<ValidatorStake>) -> EpochInfo {
    let paid = rules.treasury.iter().cloned();
    let rewards = Rewards {
        paid: paid.map(|account_id| (account_id, Balance::ZERO)).collect(),
        minted: Balance::ZERO,
    };
    let mut stakes = Stakes::default();
    stakes.propose(validators, &Kickouts::new());
    let seats = Seats::of(rules, &stakes.by_account);
    for left_out in &seats.left_out {
        let account_id = left_out.account_id().clone();
        stakes.changes.insert(account_id, Balance::ZERO);
    }
    seats.into_epoch(rules, 1, [0; 32], stakes.changes, Kickouts::new(), rewards)
}

#[derive(Default)]
struct Stakes {
    by_account: BTreeMap<AccountId, ValidatorStake>,
    /// What each account that staked or validated has at stake from now on.
    changes: BTreeMap<AccountId, Balance>,
}

impl Stakes {
    fn propose(&mut self, proposals: Vec<ValidatorStake>, kickouts: &Kickouts) {
        for proposal in proposals {
            let account_id = proposal.account_id().clone();
            if kickouts.contains_key(&account_id) {
                self.changes.insert(account_id, Balance::ZERO);
                continue;
            }
            self.changes.insert(account_id.clone(), proposal.stake());
            self.by_account.insert(account_id, proposal);
        }
    }

    /// Validators go on with what they had; the reward is staked, too.
    fn roll_over(
        &mut self,
        previous: &EpochInfo,
        kickouts: &Kickouts,
        rewards: &HashMap<AccountId, Balance>,
    ) {
        for validator in previous.validators_iter() {
            let account_id = validator.account_id().clone();
            if kickouts.contains_key(&account_id) {
                self.changes.insert(account_id, Balance::ZERO);
                continue;
            }
            let stake = self
                .by_account
                .entry(account_id.clone())
                .or_insert(validator);
            if let Some(reward) = rewards.get(&account_id) {
                *stake.stake_mut() = stake.stake().saturating_add(*reward);
            }
            self.changes.insert(account_id, stake.stake());
        }
    }
}

/// Who gets which role.
struct Seats {
    /// All, by role (chunk producers first) and stake; the index is the id.
    validators: Vec<ValidatorStake>,
    chunk_producers: Vec<ValidatorId>,
    block_producers: Vec<ValidatorId>,
    left_out: Vec<ValidatorStake>,
    /// Least stake that would have got a seat.
    price: Balance,
}

impl Seats {
    fn of(rules: &EpochRules, stakes: &BTreeMap<AccountId, ValidatorStake>) -> Self {
        let config = &rules.config;
        let mut ordered: Vec<_> = stakes.values().cloned().collect();
        // Most stake first; of equal ones the smaller name.
        ordered.sort_by_key(|proposal| Reverse(proposal.stake()));
        let ratio = config.minimum_stake_ratio;
        let seats = [
            config.num_chunk_producer_seats,
            config.num_block_producer_seats,
            config.num_chunk_validator_seats,
        ];
        let [chunk, block, endorse] = seats.map(|seats| {
            let ratio = (*ratio.numer() as u64, *ratio.denom() as u64);
            with_enough_stake(&ordered, seats as usize, ratio)
        });
        // All roles take from the top of one list: the longest holds the others.
        let taken = chunk.count.max(block.count).max(endorse.count);
        let left_out = ordered.split_off(taken);
        Self {
            validators: ordered,
            chunk_producers: (0..chunk.count as u64).collect(),
            block_producers: (0..block.count as u64).collect(),
            left_out,
            price: chunk.price.min(block.price).min(endorse.price),
        }
    }

    fn into_epoch(
        self,
        rules: &EpochRules,
        height: u64,
        seed: RngSeed,
        changes: BTreeMap<AccountId, Balance>,
        kickouts: Kickouts,
        rewards: Rewards,
    ) -> EpochInfo {
        let ids = self.validators.iter().zip(0..);
        let mandates = mandates(rules, &self.validators);
        EpochInfo::new(
            height,
            self.validators.clone(),
            ids.map(|(validator, id)| (validator.account_id().clone(), id))
                .collect(),
            self.block_producers,
            vec![self.chunk_producers],
            changes,
            rewards.paid,
            kickouts,
            rewards.minted,
            self.price,
            rules.protocol_version,
            seed,
            mandates,
            rules.layout.clone(),
            None,
        )
    }
}

/// Shares of stake by which chunks are endorsed.
fn mandates(rules: &EpochRules, validators: &[ValidatorStake]) -> ValidatorMandates {
    if validators.is_empty() {
        return ValidatorMandates::default();
    }
    let target = rules.config.target_validator_mandates_per_shard as usize;
    ValidatorMandates::new(ValidatorMandatesConfig::new(target, 1), validators)
}

/// How many of a list have a seat, and what the next seat costs.
struct Filled {
    count: usize,
    price: Balance,
}

/// Fills seats from the top while each one's share of the stake up to it is
/// above a ratio.
fn with_enough_stake(
    ordered: &[ValidatorStake],
    seats: usize,
    (numer, denom): (u64, u64),
) -> Filled {
    let wide = |balance: Balance| U256::from(balance.as_yoctonear());
    let mut total = U256::zero();
    let mut count = 0;
    for proposal in ordered.iter().take(seats) {
        let stake = wide(proposal.stake());
        let with_it = total + stake;
        if stake * denom <= with_it * numer {
            break;
        }
        total = with_it;
        count += 1;
    }
    let price = match ordered[..count].last() {
        Some(last) if count == seats => wide(last.stake()) + 1,
        // What makes total·ratio/(1 - ratio), rounded up.
        _ => (total * numer + (denom - numer - 1)) / (denom - numer),
    };
    Filled {
        count,
        price: Balance::from_yoctonear(price.as_u128()),
    }
}
