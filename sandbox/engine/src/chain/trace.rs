//! What nearcore's view of a transaction's outcome leaves out and a trace
//! shows: blocks, receipts that have not run, answers to yields, changes of the
//! state with what was there before, faults and mocks.

use super::history::{KnownReceipt, Live, Outcome};
use super::Chain;
use crate::faults::Fired;
use crate::runtime::impersonation;
use crate::state::access::Records;
use crate::state::{keys, Trie};
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{Receipt, ReceiptEnum};
use near_primitives::serialize::to_base64;
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{
    AccountId, BlockHeight, StateChangeCause, StateChangeValue, StateChangeWithCause,
};
use near_primitives::views::{AccountView, ReceiptView, StateChangeWithCauseView};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Everything that a trace adds to a transaction's outcome.
#[derive(Serialize)]
pub struct TraceFacts {
    /// Hash of the block that took the transaction: names the history in which
    /// all of this happened.
    pub block_hash: CryptoHash,
    pub impersonated: bool,
    pub yield_timeout_blocks: BlockHeight,
    pub blocks: BTreeMap<CryptoHash, BlockFacts>,
    pub receipts: BTreeMap<CryptoHash, ReceiptFacts>,
    pub changes: Vec<ChangeFacts>,
    pub faults: Vec<Fired>,
    /// Receipts that a mock answered.
    pub mocked: Vec<CryptoHash>,
}

#[derive(Serialize)]
pub struct BlockFacts {
    pub height: BlockHeight,
    pub timestamp_ns: u64,
}

/// A receipt of the tree, refunds and receipts to oneself among them.
#[derive(Serialize)]
pub struct ReceiptFacts {
    pub view: ReceiptView,
    /// Where it is as long as it has not run: `sent`, `data`, `yield`, `queue`
    /// (the chunk was full), `held` (by a fault).
    pub waits: Option<&'static str>,
    /// What let a yielded callback run.
    pub resumed: Option<ResumeFacts>,
}

#[derive(Serialize)]
pub struct ResumeFacts {
    pub receipt_id: CryptoHash,
    pub timed_out: bool,
    /// The transaction that answered, or the yield's own for a timeout.
    pub tx_hash: CryptoHash,
    /// Base64; none for a timeout.
    pub data: Option<String>,
}

/// One change of the state.
#[derive(Serialize)]
pub struct ChangeFacts {
    pub block_hash: CryptoHash,
    /// nearcore's view: cause, type, change.
    #[serde(flatten)]
    pub change: StateChangeWithCauseView,
    pub before: Option<Before>,
}

/// What a changed record held before, where it held something.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Before {
    Account(Box<AccountView>),
    /// Base64.
    Data(String),
}

impl Chain {
    /// What a trace of a transaction needs beside its outcome; `None` for an
    /// unknown transaction.
    pub fn trace_facts(&self, tx_hash: &CryptoHash) -> Option<TraceFacts> {
        let live = &self.live;
        let tx = live.transaction(tx_hash)?;
        let block = live.outcome(tx_hash)?.block;
        let mut ids = vec![*tx_hash];
        descend(live, tx_hash, &mut ids);
        let limits = &self.fixed.runtime.wasm_config.limit_config;
        let mocked: HashSet<_> = live.mocks.receipts().into_iter().collect();
        Some(TraceFacts {
            block_hash: block.hash,
            impersonated: impersonation::is_impersonated(&tx),
            yield_timeout_blocks: limits.yield_timeout_length_in_blocks,
            blocks: blocks(live, &ids),
            receipts: receipts(live, &ids),
            changes: changes(live, &ids),
            faults: ids.iter().flat_map(|id| self.faults_of(id)).collect(),
            mocked: ids.into_iter().filter(|id| mocked.contains(id)).collect(),
        })
    }
}

/// All receipts below an id, also those that have not run.
fn descend(live: &Live, id: &CryptoHash, found: &mut Vec<CryptoHash>) {
    let Some(outcome) = live.outcome(id) else {
        return;
    };
    for child in &outcome.get().outcome.receipt_ids {
        found.push(*child);
        descend(live, child, found);
    }
}

fn blocks(live: &Live, ids: &[CryptoHash]) -> BTreeMap<CryptoHash, BlockFacts> {
    let found = ids.iter().filter_map(|id| live.outcome(id));
    let facts = found.map(|Outcome { block, .. }| {
        let facts = BlockFacts {
            height: block.height,
            timestamp_ns: block.timestamp_ns,
        };
        (block.hash, facts)
    });
    facts.collect()
}

fn receipts(live: &Live, ids: &[CryptoHash]) -> BTreeMap<CryptoHash, ReceiptFacts> {
    let known = ids.iter().filter_map(|id| live.receipt(id));
    let facts = known.map(|known| {
        let receipt = &*known.receipt;
        let facts = ReceiptFacts {
            view: receipt.clone().into(),
            waits: waits(live, receipt),
            resumed: resumed(live, receipt),
        };
        (*receipt.receipt_id(), facts)
    });
    facts.collect()
}

fn waits(live: &Live, receipt: &Receipt) -> Option<&'static str> {
    let id = receipt.receipt_id();
    let is_it = |other: &Receipt| other.receipt_id() == id;
    if live.outcome(id).is_some() {
        return None;
    }
    let held = live.faults.iter().flat_map(|faults| faults.held());
    let postponed = TrieKey::PostponedReceipt {
        receiver_id: receipt.receiver_id().clone(),
        receipt_id: *id,
    };
    Some(if held.into_iter().any(is_it) {
        "held"
    } else if live.incoming.iter().any(|sent| is_it(sent)) {
        "sent"
    } else if yield_of(receipt).is_some() {
        "yield"
    } else if live.state.get(&postponed.to_vec()).is_some() {
        "data"
    } else {
        "queue"
    })
}

/// The data a yielded callback waits for.
fn yield_of(receipt: &Receipt) -> Option<CryptoHash> {
    match receipt.receipt() {
        ReceiptEnum::PromiseYield(action) => action.input_data_ids.first().copied(),
        ReceiptEnum::PromiseYieldV2(action) => action.input_data_ids.first().copied(),
        _ => None,
    }
}

/// The first answer to a yield that was sent before its callback ran.
fn resumed(live: &Live, receipt: &Receipt) -> Option<ResumeFacts> {
    let data_id = yield_of(receipt)?;
    let mut before = live.outcome(receipt.receipt_id())?.block.prev_height;
    while let Some(block) = before.and_then(|height| live.at(height)) {
        // The callback runs as soon as one arrives: the first of the last block
        // that sent any.
        let mut created = block.created.iter();
        if let Some(answer) = created.find_map(|known| answer(known, data_id)) {
            return Some(answer);
        }
        before = block.prev_height;
    }
    None
}

fn answer(known: &KnownReceipt, data_id: CryptoHash) -> Option<ResumeFacts> {
    match known.receipt.receipt() {
        ReceiptEnum::PromiseResume(data) if data.data_id == data_id => Some(ResumeFacts {
            receipt_id: *known.receipt.receipt_id(),
            timed_out: data.data.is_none(),
            tx_hash: known.tx_hash,
            data: data.data.as_deref().map(to_base64),
        }),
        _ => None,
    }
}

fn changes(live: &Live, ids: &[CryptoHash]) -> Vec<ChangeFacts> {
    let ids: HashSet<_> = ids.iter().copied().collect();
    let heights: BTreeMap<_, _> = ids
        .iter()
        .filter_map(|id| live.outcome(id))
        .map(|Outcome { block, .. }| (block.height, block))
        .collect();
    let mut found = Vec::new();
    for block in heights.into_values() {
        let before = block.prev_height.and_then(|height| live.state_at(height));
        let mut past = Past {
            before,
            ..Past::default()
        };
        for change in block.changes.all() {
            let before = past.replace(&change);
            if cause_of(&change).is_some_and(|id| ids.contains(&id)) {
                found.push(ChangeFacts {
                    block_hash: block.hash,
                    change: change.into(),
                    before,
                });
            }
        }
    }
    found
}

fn cause_of(change: &StateChangeWithCause) -> Option<CryptoHash> {
    match &change.cause {
        StateChangeCause::TransactionProcessing { tx_hash } => Some(*tx_hash),
        StateChangeCause::ActionReceiptProcessingStarted { receipt_hash }
        | StateChangeCause::ActionReceiptGasReward { receipt_hash }
        | StateChangeCause::ReceiptProcessing { receipt_hash }
        | StateChangeCause::PostponedReceipt { receipt_hash } => Some(*receipt_hash),
        _ => None,
    }
}

/// What records held before each change of a block.
#[derive(Default)]
struct Past {
    before: Option<Trie>,
    accounts: HashMap<AccountId, Option<AccountView>>,
    data: HashMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Past {
    fn replace(&mut self, change: &StateChangeWithCause) -> Option<Before> {
        match &change.value {
            StateChangeValue::AccountUpdate {
                account_id,
                account,
            } => self.replace_account(account_id, Some(account.clone().into())),
            StateChangeValue::AccountDeletion { account_id } => {
                self.replace_account(account_id, None)
            }
            StateChangeValue::DataUpdate {
                account_id,
                key,
                value,
            } => self.replace_data(account_id, key, Some(value.to_vec())),
            StateChangeValue::DataDeletion { account_id, key } => {
                self.replace_data(account_id, key, None)
            }
            _ => None,
        }
    }

    fn replace_account(
        &mut self,
        account_id: &AccountId,
        next: Option<AccountView>,
    ) -> Option<Before> {
        let before = match self.accounts.insert(account_id.clone(), next) {
            Some(last) => last,
            None => self.before.as_ref()?.account(account_id).map(Into::into),
        };
        before.map(|account| Before::Account(Box::new(account)))
    }

    fn replace_data(
        &mut self,
        account_id: &AccountId,
        key: &[u8],
        next: Option<Vec<u8>>,
    ) -> Option<Before> {
        let key = keys::data(account_id, key);
        let stored = || Some(self.before.as_ref()?.get(&key)?.to_vec());
        let first = (!self.data.contains_key(&key)).then(stored).flatten();
        let last = self.data.insert(key, next).flatten();
        last.or(first).map(|value| Before::Data(to_base64(&value)))
    }
}
