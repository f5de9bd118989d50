//! Stake: the action that offers it, and what returns of it at an epoch's
//! start. NEAR at stake is in the account's `locked`.

use super::actions::Subject;
use super::chunk::Chunk;
use super::result::ActionResult;
use super::BlockContext;
use crate::state::access::Records;
use near_primitives::action::StakeAction;
use near_primitives::errors::ActionErrorKind;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{AccountId, Balance, StateChangeCause};
use std::collections::{BTreeMap, HashSet};

/// Proposes a stake for the epoch after the next (nearcore, `action_stake`). A
/// higher one is locked at once; a lower one, zero too, frees nothing before
/// the epochs that count on the old one are over.
pub fn stake(
    context: &BlockContext,
    subject: &mut Subject,
    action: &StakeAction,
    result: &mut ActionResult,
) {
    let account_id = subject.account_id.clone();
    let account = subject.existing();
    let (balance, locked) = (account.amount(), account.locked());
    let stake = action.stake;
    let increment = stake.saturating_sub(locked);
    let Some(left) = balance.checked_sub(increment) else {
        result.fail(ActionErrorKind::TriesToStake {
            account_id,
            stake,
            locked,
            balance,
        });
        return;
    };
    if stake.is_zero() && locked.is_zero() {
        result.fail(ActionErrorKind::TriesToUnstake { account_id });
        return;
    }
    let minimum_stake = context.minimum_stake;
    if !stake.is_zero() && stake < minimum_stake {
        result.fail(ActionErrorKind::InsufficientStake {
            account_id,
            stake,
            minimum_stake,
        });
        return;
    }
    if stake > locked {
        account.set_amount(left);
        account
            .set_locked(stake)
            .expect("accounts here are initialised");
    }
    let public_key = action.public_key.clone();
    let proposal = ValidatorStake::new(account_id, public_key, stake);
    result.proposals.push(proposal);
}

/// The last proposal of each account, the latest first.
pub fn last_proposals(proposals: Vec<ValidatorStake>) -> Vec<ValidatorStake> {
    let mut seen = HashSet::new();
    let latest = proposals.into_iter().rev();
    latest
        .filter(|proposal| seen.insert(proposal.account_id().clone()))
        .collect()
}

/// What an epoch's first block does to those who staked (nearcore,
/// `ValidatorAccountsUpdate`).
#[derive(Debug, Clone, Default)]
pub struct StakeSettlement {
    /// The most that the last three epochs' choices count on.
    pub stakes: BTreeMap<AccountId, Balance>,
    pub rewards: BTreeMap<AccountId, Balance>,
    /// Proposals of the last chunk, not yet part of those choices.
    pub proposals: BTreeMap<AccountId, Balance>,
    pub treasury: Option<AccountId>,
}

impl Chunk<'_> {
    /// Adds rewards to the stakes, frees what nobody counts on any more, pays
    /// the treasury. A reward that finds no account is burnt.
    pub fn settle_stakes(&mut self, settlement: &StakeSettlement) {
        for account_id in settlement.stakes.keys() {
            let reward = settlement.reward(account_id);
            let Some(mut account) = self.state.account(account_id) else {
                self.count_reward(reward, true);
                continue;
            };
            let locked = account.locked().saturating_add(reward);
            let needed = settlement.needed(account_id);
            // Genesis or a patch may have locked less than is counted on; a
            // node would stop here.
            let freed = locked.saturating_sub(needed);
            let kept = locked.saturating_sub(freed);
            account
                .set_locked(kept)
                .expect("accounts here are initialised");
            account.set_amount(account.amount().saturating_add(freed));
            self.state.set_account(account_id, &account);
            self.count_reward(reward, false);
        }
        self.pay_treasury(settlement);
        self.state.commit(StateChangeCause::ValidatorAccountsUpdate);
    }

    /// A treasury that stakes has got its reward with the others.
    fn pay_treasury(&mut self, settlement: &StakeSettlement) {
        let Some(account_id) = &settlement.treasury else {
            return;
        };
        if settlement.stakes.contains_key(account_id) {
            return;
        }
        let reward = settlement.reward(account_id);
        let account = self.state.account(account_id);
        self.count_reward(reward, account.is_none());
        if let Some(mut account) = account {
            account.set_amount(account.amount().saturating_add(reward));
            self.state.set_account(account_id, &account);
        }
    }

    fn count_reward(&mut self, reward: Balance, is_lost: bool) {
        self.rewards = self.rewards.saturating_add(reward);
        if is_lost {
            self.burnt = self.burnt.saturating_add(reward);
        }
    }
}

impl StakeSettlement {
    fn reward(&self, account_id: &AccountId) -> Balance {
        self.rewards.get(account_id).copied().unwrap_or_default()
    }

    /// What must stay locked.
    fn needed(&self, account_id: &AccountId) -> Balance {
        let counted = self.stakes.get(account_id);
        let proposed = self.proposals.get(account_id);
        counted.max(proposed).copied().unwrap_or_default()
    }
}
