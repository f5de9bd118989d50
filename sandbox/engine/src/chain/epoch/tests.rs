//! Choice of validators, uptime, rewards, kick-outs.

use super::kickouts::kickouts;
use super::performance::{Performance, Produced};
use super::rewards::{rewards, uptime, Rewards};
use super::selection::{first_epoch, next_epoch, Candidates, Kickouts};
use super::EpochRules;
use crate::chain::{Config, ValidatorConfig};
use near_crypto::{KeyType, PublicKey};
use near_primitives::epoch_info::EpochInfo;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{
    AccountId, Balance, BlockChunkValidatorStats, ChunkStats, ValidatorKickoutReason,
    ValidatorStats,
};
use std::collections::HashMap;

const YEAR_NS: u64 = 365 * 24 * 60 * 60 * 1_000_000_000;

fn id(name: &str) -> AccountId {
    name.parse().unwrap()
}

fn proposal(name: &str, near: u128) -> ValidatorStake {
    let public_key = PublicKey::from_seed(KeyType::ED25519, name);
    ValidatorStake::new(id(name), public_key, Balance::from_near(near))
}

fn rules() -> EpochRules {
    let validator = ValidatorConfig {
        account_id: id("major"),
        public_key: PublicKey::from_seed(KeyType::ED25519, "major"),
        stake: Balance::from_near(1),
    };
    EpochRules::of(&Config {
        validators: vec![validator],
        protocol_treasury_account: Some(id("treasury")),
        epoch_length: 10,
        ..Config::default()
    })
}

fn two(rules: &EpochRules) -> EpochInfo {
    first_epoch(rules, vec![proposal("minor", 25), proposal("major", 75)])
}

fn names(epoch: &EpochInfo) -> Vec<String> {
    let validators = epoch.validators_iter();
    validators.map(|v| v.account_id().to_string()).collect()
}

fn stats(blocks: (u64, u64), chunks: (u64, u64), endorsed: (u64, u64)) -> BlockChunkValidatorStats {
    BlockChunkValidatorStats {
        block_stats: ValidatorStats {
            produced: blocks.0,
            expected: blocks.1,
        },
        chunk_stats: ChunkStats::new(chunks.0, chunks.1, endorsed.0, endorsed.1),
    }
}

#[test]
fn seats_go_to_the_highest_stakes_and_too_small_ones_get_none() {
    let rules = rules();
    let proposals = vec![
        proposal("dust", 1),
        proposal("bb", 5000),
        proposal("aa", 5000),
    ];
    let epoch = first_epoch(&rules, proposals);
    // 1 of 10,001 is less than 160 of a million.
    assert_eq!(names(&epoch), ["aa", "bb"]);
    let price = Balance::from_near(10_000).as_yoctonear().div_ceil(6249);
    assert_eq!(epoch.seat_price().as_yoctonear(), price);
    assert_eq!(epoch.stake_change()[&id("dust")], Balance::ZERO);
}

#[test]
fn a_full_house_costs_more_than_its_last_seat() {
    let mut rules = rules();
    rules.config.num_block_producer_seats = 2;
    rules.config.num_chunk_producer_seats = 2;
    rules.config.num_chunk_validator_seats = 2;
    let proposals = ["aa", "bb", "cc"].map(|name| proposal(name, 5));
    let epoch = first_epoch(&rules, proposals.to_vec());
    assert_eq!(names(&epoch), ["aa", "bb"]);
    let price = Balance::from_near(5).as_yoctonear() + 1;
    assert_eq!(epoch.seat_price().as_yoctonear(), price);
}

#[test]
fn rewards_are_staked_and_the_kicked_out_are_left_out() {
    let rules = rules();
    let rewards = Rewards {
        paid: HashMap::from([(id("major"), Balance::from_near(2))]),
        minted: Balance::from_near(2),
    };
    let candidates = Candidates {
        proposals: vec![proposal("new", 30)],
        kickouts: Kickouts::from([(id("minor"), ValidatorKickoutReason::Unstaked)]),
        rewards,
    };
    let epoch = next_epoch(&rules, [7; 32], &two(&rules), candidates);
    assert_eq!(names(&epoch), ["major", "new"]);
    assert_eq!(epoch.stake_change()[&id("major")], Balance::from_near(77));
    assert_eq!(epoch.stake_change()[&id("minor")], Balance::ZERO);
    assert_eq!(epoch.epoch_height(), 2);
}

#[test]
fn without_candidates_the_validators_go_on() {
    let rules = rules();
    let gone = |name| (id(name), ValidatorKickoutReason::Unstaked);
    let candidates = Candidates {
        proposals: vec![],
        kickouts: Kickouts::from([gone("major"), gone("minor")]),
        rewards: Rewards::default(),
    };
    let epoch = next_epoch(&rules, [7; 32], &two(&rules), candidates);
    assert_eq!(names(&epoch), ["major", "minor"]);
    assert_eq!(epoch.epoch_height(), 2);
}

#[test]
fn uptime_is_the_mean_of_what_was_expected() {
    let share = |stats: &BlockChunkValidatorStats, cutoff| {
        let (up, of) = uptime(stats, cutoff);
        (up * 1000u64 / of).as_u64()
    };
    let all = stats((98, 100), (76, 100), (42, 100));
    assert_eq!(share(&all, None), 720);
    // All or nothing.
    assert_eq!(share(&all, Some(30)), 913);
    assert_eq!(share(&all, Some(50)), 580);
    assert_eq!(share(&stats((0, 0), (3, 4), (0, 0)), Some(80)), 750);
    assert_eq!(share(&stats((0, 0), (0, 0), (0, 0)), None), 0);
}

#[test]
fn inflation_is_shared_by_stake_and_uptime() {
    let rules = rules();
    let by_account = HashMap::from([
        (id("major"), stats((100, 100), (100, 100), (100, 100))),
        // 94.5 %: half-way between the thresholds of 90 % and 99 %.
        (id("minor"), stats((945, 1000), (945, 1000), (0, 0))),
    ]);
    let supply = Balance::from_near(4000);
    let rewards = rewards(&rules, &two(&rules), &by_account, supply, YEAR_NS);
    // 100 NEAR in a year: 10 for the treasury, 90 for the validators.
    assert_eq!(rewards.paid[&id("treasury")], Balance::from_near(10));
    assert_eq!(rewards.paid[&id("major")], Balance::from_millinear(67_500));
    assert_eq!(rewards.paid[&id("minor")], Balance::from_millinear(11_250));
    assert_eq!(rewards.minted, Balance::from_millinear(88_750));
}

fn after(rules: &EpochRules, epoch: &EpochInfo, blocks: &[(u64, u64)]) -> Performance {
    let mut performance = Performance::of(epoch);
    for (prev_height, height) in blocks {
        let block = Produced {
            prev_height: *prev_height,
            height: *height,
            has_chunk: true,
            proposals: &[],
        };
        performance.add(rules, epoch, &block);
    }
    performance
}

#[test]
fn of_all_absent_validators_the_best_one_stays() {
    let rules = rules();
    let epoch = two(&rules);
    let performance = after(&rules, &epoch, &[(0, 1), (1, 2), (2, 500)]);
    let out = kickouts(&rules, &epoch, &epoch, &performance);
    assert_eq!(out.len(), 1, "{out:?}");
    let (_, reason) = out.into_iter().next().unwrap();
    assert!(matches!(
        reason,
        ValidatorKickoutReason::NotEnoughBlocks { .. }
    ));
}

#[test]
fn who_produces_every_block_stays() {
    let rules = rules();
    let epoch = two(&rules);
    let blocks: Vec<_> = (0..100).map(|height| (height, height + 1)).collect();
    let performance = after(&rules, &epoch, &blocks);
    assert!(kickouts(&rules, &epoch, &epoch, &performance).is_empty());
    let produced = |id| performance.stats(id).block_stats.produced;
    assert_eq!(produced(0) + produced(1), 100);
    assert!(produced(0) > produced(1), "three quarters of the stake");
}
