//! The chain with a record of everything that was put into it.

use super::journal::{Input, Journal};
use crate::runtime::imports::Imports;
use crate::runtime::observe::Observer;
use crate::{Chain, Snapshot};
use base64::prelude::{Engine as _, BASE64_STANDARD};
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::AccountId;
use std::sync::Arc;

/// A moment to go back to: the chain's snapshot and the journal's length.
#[derive(Clone)]
pub struct Mark {
    snapshot: Snapshot,
    journal_bytes: u64,
}

/// A chain whose inputs go to a journal, where it has one.
///
/// The chain is deterministic, so its inputs are all that must be kept to have
/// it again: state, history, queues and hashes follow from them.
pub struct RecordedChain {
    pub(super) chain: Chain,
    pub(super) journal: Option<Journal>,
}

impl RecordedChain {
    pub fn new(chain: Chain) -> Self {
        Self {
            chain,
            journal: None,
        }
    }

    /// Replays what the journal holds and adds to it from then on.
    pub fn resume(mut chain: Chain, mut journal: Journal) -> std::io::Result<Self> {
        journal.replay(&mut chain)?;
        Ok(Self {
            chain,
            journal: Some(journal),
        })
    }

    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Lets an observer see what contracts do, see [`Chain::observe`].
    pub fn observe(&mut self, observer: Arc<Observer>) {
        self.chain.observe(observer);
    }

    /// Lets missing state come from another network, see [`Chain::import_from`].
    pub fn import_from(&mut self, imports: Imports) {
        self.chain.import_from(imports);
    }

    /// See [`Chain::import_account`].
    ///
    /// # Errors
    /// The network's.
    pub fn import_account(&mut self, account_id: &AccountId) -> Result<(), String> {
        self.chain.import_account(account_id)
    }

    /// See [`Chain::take_import_error`].
    pub fn take_import_error(&mut self) -> Option<String> {
        self.chain.take_import_error()
    }

    /// Pools a transaction, see [`Chain::submit`].
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn submit(&mut self, transaction: SignedTransaction) -> Result<CryptoHash, InvalidTxError> {
        let encoded = self.journal.is_some().then(|| {
            BASE64_STANDARD
                .encode(borsh::to_vec(&transaction).expect("a transaction has a Borsh form"))
        });
        let hash = self.chain.submit(transaction)?;
        if let Some(encoded) = encoded {
            self.record(Input::Transaction(encoded));
        }
        Ok(hash)
    }

    pub fn produce_blocks(&mut self, count: u64) {
        self.chain.produce_blocks(count);
        self.record(Input::Blocks(count));
    }

    /// Jumps ahead and makes the block the chain lands on.
    pub fn fast_forward(&mut self, delta: u64) {
        self.chain.fast_forward(delta);
        self.chain.produce_block();
        self.record(Input::FastForward(delta));
        self.record(Input::Blocks(1));
    }

    pub fn set_time(&mut self, timestamp_ns: u64) {
        self.chain.set_time(timestamp_ns);
        self.record(Input::SetTime(timestamp_ns));
    }

    /// Overwrites records and makes the block in which they show.
    pub fn patch_state(&mut self, records: Vec<StateRecord>) {
        self.record(Input::PatchState(records.clone()));
        self.chain.patch_state(records);
        self.produce_blocks(1);
    }

    pub fn mark(&self) -> Mark {
        let journal_bytes = self.journal.as_ref().map_or(0, Journal::bytes);
        Mark {
            snapshot: self.chain.snapshot(),
            journal_bytes,
        }
    }

    pub fn rollback(&mut self, mark: &Mark) {
        self.chain.rollback(&mark.snapshot);
        if let Some(journal) = &mut self.journal {
            journal.truncate(mark.journal_bytes);
        }
    }

    /// Shows another moment of this chain. The journal learns nothing of it: for
    /// chains that are only looked at, as replayed ones.
    pub fn show(&mut self, snapshot: &Snapshot) {
        self.chain.rollback(snapshot);
    }

    /// The first error of writing the journal since the last call, which ends
    /// the recording.
    pub fn journal_error(&mut self) -> Option<std::io::Error> {
        self.journal.as_mut().and_then(Journal::take_error)
    }

    fn record(&mut self, input: Input) {
        if let Some(journal) = &mut self.journal {
            journal.append(&input);
        }
    }
}
