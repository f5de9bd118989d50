//! The chain, and the home that keeps it where it has one.

use super::store::Store;
use crate::runtime::imports::Imports;
use crate::runtime::observe::Observer;
use crate::{Chain, Snapshot};
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::AccountId;
use std::io;
use std::sync::Arc;

/// Blocks made in one go before they are written down.
const BLOCKS_AT_ONCE: u64 = 100;

/// A chain whose changes go to a home, where it has one.
pub struct KeptChain {
    pub(super) chain: Chain,
    /// Dropped at the first failure to write, which ends the keeping.
    pub(super) store: Option<Store>,
    error: Option<io::Error>,
}

impl KeptChain {
    pub fn new(chain: Chain) -> Self {
        Self {
            chain,
            store: None,
            error: None,
        }
    }

    /// A chain that [`Store::open`] gave, with its store.
    pub fn at_home((chain, store): (Chain, Store)) -> Self {
        Self {
            chain,
            store: Some(store),
            error: None,
        }
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
        self.chain.submit(transaction)
    }

    pub fn produce_blocks(&mut self, count: u64) {
        for made in 1..=count {
            self.chain.produce_block();
            if made % BLOCKS_AT_ONCE == 0 {
                self.keep();
            }
        }
    }

    /// Jumps ahead and makes the block the chain lands on.
    pub fn fast_forward(&mut self, delta: u64) {
        self.chain.fast_forward(delta);
        self.chain.produce_block();
    }

    pub fn set_time(&mut self, timestamp_ns: u64) {
        self.chain.set_time(timestamp_ns);
    }

    /// Overwrites records and makes the block in which they show.
    pub fn patch_state(&mut self, records: Vec<StateRecord>) {
        self.chain.patch_state(records);
        self.chain.produce_block();
    }

    pub fn rollback(&mut self, snapshot: &Snapshot) {
        self.chain.rollback(snapshot);
    }

    /// Shows another moment of a chain that is only looked at, as replayed ones.
    pub fn show(&mut self, snapshot: &Snapshot) {
        self.chain.rollback(snapshot);
    }

    /// Writes down what changed. Nobody must learn of a change before.
    pub(super) fn keep(&mut self) {
        let Some(store) = &mut self.store else { return };
        if let Err(error) = store.catch_up(&mut self.chain) {
            self.error = Some(error);
            self.store = None;
        }
    }

    /// Gives the home back: the chain goes on without one.
    ///
    /// # Errors
    /// The failure that had ended the keeping before, once.
    pub fn leave_home(&mut self) -> io::Result<()> {
        self.keep();
        self.store = None;
        self.error.take().map_or(Ok(()), Err)
    }
}
