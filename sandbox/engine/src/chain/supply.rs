//! Conservation: every token is held, in flight or accounted for.

use super::history::Live;
use super::SupplyCheck;
use crate::runtime::costs;
use crate::state::access::{decode, Records};
use crate::state::Trie;
use borsh::BorshDeserialize;
use near_crypto::PublicKeyHandle;
use near_parameters::RuntimeConfig;
use near_primitives::account::{AccessKey, Account};
use near_primitives::receipt::{Receipt, ReceiptOrStateStoredReceipt};
use near_primitives::state_record::StateRecord;
use near_primitives::trie_key::col;
use near_primitives::types::{AccountId, Balance};

impl SupplyCheck {
    /// Whether nothing was created or lost.
    pub fn holds(&self) -> bool {
        let now = sum([self.held, self.in_flight, self.burnt, self.removed]);
        now == sum([self.initial, self.minted])
    }
}

pub fn check(config: &RuntimeConfig, live: &Live) -> SupplyCheck {
    SupplyCheck {
        held: held(&live.state),
        in_flight: in_flight(config, live),
        burnt: live.ledger.burnt,
        minted: live.ledger.minted,
        removed: live.ledger.removed,
        initial: live.initial_supply,
    }
}

/// What accounts, stakes and gas keys of a state hold.
pub fn held(state: &Trie) -> Balance {
    let accounts = state
        .with_prefix(&[col::ACCOUNT])
        .into_iter()
        .map(|(_, value)| {
            let account: Account = decode(Some(value)).expect("a value is there");
            account.amount().saturating_add(account.locked())
        });
    let gas_keys = state
        .with_prefix(&[col::ACCESS_KEY])
        .into_iter()
        .map(|(key, value)| {
            // Nonces of gas keys share the column.
            if is_nonce(&key) {
                return Balance::ZERO;
            }
            let access_key: AccessKey = decode(Some(value)).expect("a value is there");
            access_key
                .gas_key_info()
                .map_or(Balance::ZERO, |info| info.balance)
        });
    sum(accounts.chain(gas_keys))
}

/// What the account or key that a record stands for holds in a state.
pub fn held_by(state: &impl Records, record: &StateRecord) -> Balance {
    match record {
        StateRecord::Account { account_id, .. } => {
            state.account(account_id).map_or(Balance::ZERO, |account| {
                account.amount().saturating_add(account.locked())
            })
        }
        StateRecord::AccessKey {
            account_id,
            public_key,
            ..
        } => state
            .access_key(account_id, public_key)
            .and_then(|access_key| Some(access_key.gas_key_info()?.balance))
            .unwrap_or(Balance::ZERO),
        _ => Balance::ZERO,
    }
}

fn is_nonce(key: &[u8]) -> bool {
    let separator = key[1..].iter().position(|byte| *byte == col::ACCESS_KEY);
    let mut rest = &key[separator.map_or(key.len(), |at| at + 2)..];
    PublicKeyHandle::deserialize(&mut rest).is_err() || !rest.is_empty()
}

fn in_flight(config: &RuntimeConfig, live: &Live) -> Balance {
    let tokens = |receipt: &Receipt| {
        costs::tokens_in_flight(config, receipt).expect("checked when it was sent")
    };
    let sent = live.incoming.iter().map(|receipt| tokens(receipt));
    let held = live.faults.iter().flat_map(|faults| faults.held());
    let held = held.map(&tokens);
    let waiting = [col::POSTPONED_RECEIPT, col::PROMISE_YIELD_RECEIPT]
        .into_iter()
        .flat_map(|column| live.state.with_prefix(&[column]))
        .map(|(_, value)| tokens(&decode(Some(value)).expect("a value is there")));
    let queued = live
        .state
        .with_prefix(&[col::DELAYED_RECEIPT_OR_INDICES])
        .into_iter()
        .chain(live.state.with_prefix(&[col::BUFFERED_RECEIPT]))
        .filter(|(key, _)| key.len() > 1)
        .map(|(_, value)| {
            let stored: ReceiptOrStateStoredReceipt =
                decode(Some(value)).expect("a value is there");
            tokens(stored.get_receipt())
        });
    sum(sent.chain(held).chain(waiting).chain(queued))
}

pub fn sum(amounts: impl IntoIterator<Item = Balance>) -> Balance {
    amounts.into_iter().fold(Balance::ZERO, |sum, amount| {
        sum.checked_add(amount).expect("below 2^128 yocto")
    })
}

/// All accounts of a state, in order.
pub fn accounts(state: &Trie) -> Vec<AccountId> {
    state
        .with_prefix(&[col::ACCOUNT])
        .into_iter()
        .filter_map(|(key, _)| std::str::from_utf8(&key[1..]).ok()?.parse().ok())
        .collect()
}
