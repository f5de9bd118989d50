//! Epochs: who validates, what they earn, when stakes return.
//!
//! What happens in epoch T decides T+2: its proposals and its validators'
//! performance choose the validators, its inflation is paid, and stake that
//! nobody counts on any more returns to its owner, both at the first block of
//! T+1. An epoch is named after the last block of the one before the previous.
//!
//! | module | concern |
//! |---|---|
//! | `rules` | the numbers |
//! | `finality` | when an epoch's length counts as reached |
//! | `performance` | blocks, chunks, endorsements, proposals of an epoch |
//! | `kickouts`, `rewards`, `selection` | what an epoch's end comes to |
//! | `info` | nearcore's views |

mod finality;
mod info;
mod kickouts;
mod performance;
mod rewards;
mod rules;
mod selection;
#[cfg(test)]
mod tests;

pub use rules::EpochRules;

use super::block::Block;
use super::by_hash::{self, ByHash};
use crate::runtime::StakeSettlement;
use borsh::{BorshDeserialize, BorshSerialize};
use finality::Finality;
use near_primitives::epoch_info::EpochInfo;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{AccountId, Balance, BlockHeight, EpochId};
use performance::{Performance, Produced};
use selection::Candidates;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An epoch and its name.
#[derive(Clone, BorshSerialize, BorshDeserialize)]
pub struct Named {
    pub id: EpochId,
    pub info: Arc<EpochInfo>,
}

/// An epoch that has ended.
#[derive(Clone, BorshSerialize, BorshDeserialize)]
struct Past {
    start_height: BlockHeight,
    performance: Performance,
    /// Of the epoch after it.
    next_id: EpochId,
}

/// The epochs as of the head; a copy shares everything.
#[derive(Clone, BorshSerialize, BorshDeserialize)]
pub struct Epochs {
    current: Named,
    next: Named,
    /// Known once the head is the current epoch's last block.
    after_next: Option<Named>,
    start_height: BlockHeight,
    /// Time of the last block before the current epoch.
    started_after_ns: u64,
    finality: Finality,
    performance: Performance,
    /// Every epoch that a block belongs to or will.
    #[borsh(
        serialize_with = "by_hash::serialize",
        deserialize_with = "by_hash::deserialize"
    )]
    infos: ByHash<Arc<EpochInfo>>,
    #[borsh(
        serialize_with = "by_hash::serialize",
        deserialize_with = "by_hash::deserialize"
    )]
    past: ByHash<Arc<Past>>,
}

impl Epochs {
    /// The genesis block ends an epoch that never was; the two after it have
    /// the same validators, and the first of them has no name.
    pub fn genesis(rules: &EpochRules, validators: Vec<ValidatorStake>, genesis: &Block) -> Self {
        let info = Arc::new(selection::first_epoch(rules, validators));
        let named = |id| Named {
            id,
            info: info.clone(),
        };
        let first = named(EpochId::default());
        let second = named(EpochId(genesis.hash));
        let infos = [&first, &second].map(|epoch| (epoch.id.0, epoch.info.clone()));
        Self {
            current: first.clone(),
            next: first,
            after_next: Some(second),
            start_height: genesis.height + 1,
            started_after_ns: genesis.timestamp_ns,
            finality: Finality::genesis(genesis.height),
            performance: Performance::of(&info),
            infos: infos.into_iter().collect(),
            past: ByHash::default(),
        }
    }

    pub fn info(&self, id: &EpochId) -> Option<&Arc<EpochInfo>> {
        self.infos.get(&id.0)
    }

    /// The epoch that the next block belongs to, and the one after it.
    pub fn of_next_block(&self) -> (&Named, &Named) {
        match &self.after_next {
            Some(after_next) => (&self.next, after_next),
            None => (&self.current, &self.next),
        }
    }

    /// New tokens that the next block's header adds to the supply.
    pub fn minted(&self) -> Balance {
        let after_next = self.after_next.as_ref();
        after_next.map_or(Balance::ZERO, |epoch| epoch.info.minted_amount())
    }

    /// What is due to stakers if the next block is its epoch's first (nearcore,
    /// `compute_stake_return_info`).
    pub fn settlement_due(&self, rules: &EpochRules, head: &Block) -> Option<StakeSettlement> {
        let after_next = self.after_next.as_ref()?;
        let epochs = [&self.current, &self.next, after_next];
        let changes = epochs.map(|epoch| epoch.info.stake_change());
        let accounts: BTreeSet<_> = changes.iter().flat_map(|change| change.keys()).collect();
        let highest = |account_id: &AccountId| {
            let stakes = changes.iter().filter_map(|change| change.get(account_id));
            stakes.max().copied().unwrap_or(Balance::ZERO)
        };
        let stakes: BTreeMap<_, _> = accounts
            .into_iter()
            .map(|account_id| (account_id.clone(), highest(account_id)))
            .collect();
        let rewards = after_next.info.validator_reward();
        let proposals = head.proposals.iter();
        Some(StakeSettlement {
            stakes,
            rewards: rewards
                .iter()
                .map(|(id, paid)| (id.clone(), *paid))
                .collect(),
            proposals: proposals
                .map(|proposal| (proposal.account_id().clone(), proposal.stake()))
                .collect(),
            treasury: rules.treasury.clone(),
        })
    }

    /// Takes in a new block and the proposals that its chunk's header carries:
    /// the previous chunk's. After an epoch's last block the epoch after the
    /// next is known.
    pub fn add(&mut self, rules: &EpochRules, prev: &Block, block: &Block) {
        if let Some(after_next) = self.after_next.take() {
            self.begin(after_next, prev, block);
        }
        let produced = Produced {
            prev_height: prev.height,
            height: block.height,
            has_chunk: block.has_chunk,
            proposals: if block.has_chunk {
                &prev.proposals
            } else {
                &[]
            },
        };
        self.performance.add(rules, &self.current.info, &produced);
        self.finality = self.finality.next(block.height);
        if self.is_last(rules, block.height) {
            self.finish(rules, block);
        }
    }

    fn is_last(&self, rules: &EpochRules, height: BlockHeight) -> bool {
        let length = rules.config.epoch_length;
        let next_start = self.start_height + length;
        if length <= 3 {
            return height + 1 >= next_start;
        }
        // Two blocks pass before one is final, and the next is to come.
        self.finality.last_final + 3 >= next_start
    }

    fn begin(&mut self, after_next: Named, prev: &Block, first: &Block) {
        if prev.prev_height.is_some() {
            let past = Past {
                start_height: self.start_height,
                performance: self.performance.clone(),
                next_id: self.next.id,
            };
            self.past.insert(self.current.id.0, Arc::new(past));
        }
        self.current = std::mem::replace(&mut self.next, after_next);
        self.start_height = first.height;
        self.started_after_ns = prev.timestamp_ns;
        self.performance = Performance::of(&self.current.info);
    }

    /// The epoch ends with this block.
    fn finish(&mut self, rules: &EpochRules, last: &Block) {
        let epoch = &self.current.info;
        let kickouts = kickouts::kickouts(rules, epoch, &self.next.info, &self.performance);
        let mut stats = self.performance.by_account(epoch);
        for (account_id, reason) in &kickouts {
            if kickouts::forfeits_reward(reason) {
                stats.remove(account_id);
            }
        }
        let duration = last.timestamp_ns.saturating_sub(self.started_after_ns);
        let rewards = rewards::rewards(rules, epoch, &stats, last.total_supply, duration);
        let candidates = Candidates {
            proposals: self.performance.proposals().cloned().collect(),
            kickouts,
            rewards,
        };
        let seed = last.random_value.0;
        let info = Arc::new(selection::next_epoch(
            rules,
            seed,
            &self.next.info,
            candidates,
        ));
        let id = EpochId(last.hash);
        self.infos.insert(id.0, info.clone());
        self.after_next = Some(Named { id, info });
    }
}

/// Least stake that a Stake action of a block may ask for; `next` is the epoch
/// after the block's.
pub fn minimum_stake(rules: &EpochRules, next: &Named) -> Balance {
    let divisor = u128::from(rules.config.minimum_stake_divisor);
    let price = next.info.seat_price();
    price.checked_div(divisor).unwrap_or(Balance::ZERO)
}
