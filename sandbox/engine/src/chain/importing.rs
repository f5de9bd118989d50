//! Making blocks and answering views while state comes from another network
//! (see `runtime::imports`).

use super::{genesis, supply, Chain, Head, QueryError};
use crate::runtime::imports::{Imports, Missing, Wanted};
use crate::runtime::BlockContext;
use crate::state::access::Records;
use crate::state::{StateUpdate, Trie};
use near_primitives::state_record::StateRecord;
use near_primitives::types::{AccountId, Balance, StateChangeCause};

/// What a fetch brought: records to write, and what is known now.
pub(super) struct Fetched {
    pub records: Vec<StateRecord>,
    imports: Imports,
}

impl Chain {
    /// From now on what is missing here comes from there; of the accounts that are not whole storage is fetched
    /// by key.
    pub fn import_from(&mut self, imports: Imports) {
        self.live.imports = Some(imports);
    }

    pub fn imports(&self) -> Option<&Imports> {
        self.live.imports.as_ref()
    }

    /// Why the last block could not be made, once; the chain is as it was before it.
    pub fn take_import_error(&mut self) -> Option<String> {
        self.import_error.take()
    }

    /// Makes the next block, again and again until nothing is missing in it. Where the network fails no block is
    /// made, see `take_import_error`.
    pub(super) fn make_with_imports(&mut self) -> Head {
        self.import_error = None;
        loop {
            let before = self.live.clone();
            let head = self.make_pooled();
            let missing = std::mem::take(&mut self.missing);
            if missing.is_empty() {
                return head;
            }
            self.live = before;
            if let Err(error) = self.fetch_into_state(missing) {
                self.import_error = Some(error);
                return self.head();
            }
        }
    }

    /// Reads a state, again and again until nothing is missing in it. What is fetched for it stays out of the
    /// state: a view changes nothing.
    ///
    /// # Errors
    /// The network's.
    pub(super) fn read_with_imports<T>(
        &self,
        mut context: BlockContext,
        state: &Trie,
        read: impl Fn(&BlockContext, &Trie) -> T,
    ) -> Result<T, QueryError> {
        let mut state = state.clone();
        loop {
            let answer = read(&context, &state);
            let Some(wanted) = context.wanted.take() else {
                return Ok(answer);
            };
            let (imports, missing) = wanted.into_parts();
            if missing.is_empty() {
                return Ok(answer);
            }
            let fetched = fetch(imports, missing)
                .map_err(|error_message| QueryError::InternalError { error_message })?;
            state = written(&state, &fetched.records).0;
            context.wanted = Some(Wanted::new(fetched.imports));
        }
    }

    /// Fetches an account that a transaction or a query is about to name.
    ///
    /// # Errors
    /// The network's.
    pub fn import_account(&mut self, account_id: &AccountId) -> Result<(), String> {
        let Some(imports) = self.live.imports.clone() else {
            return Ok(());
        };
        let wanted = Wanted::new(imports);
        if self.live.state.account(account_id).is_none() {
            wanted.account(account_id);
        }
        let (_, missing) = wanted.into_parts();
        match missing.is_empty() {
            true => Ok(()),
            false => self.fetch_into_state(missing),
        }
    }

    fn fetch_into_state(&mut self, missing: Missing) -> Result<(), String> {
        let Some(imports) = self.live.imports.clone() else {
            return Ok(());
        };
        let fetched = fetch(imports, missing)?;
        let (state, minted) = written(&self.live.state, &fetched.records);
        let head = self.live.head().height;
        self.live.ledger.minted = supply::sum([self.live.ledger.minted, minted]);
        self.live.states.insert(head, state.clone());
        self.live.state = state;
        self.live.imports = Some(fetched.imports);
        Ok(())
    }
}

/// Asks the network for what was missing; all of it or nothing.
pub(super) fn fetch(mut imports: Imports, missing: Missing) -> Result<Fetched, String> {
    let source = imports.source.clone();
    let mut records = Vec::new();
    for account_id in missing.accounts {
        if let Some(account) = source.account(&account_id)? {
            records.extend(account.records);
            if !account.whole {
                imports
                    .keys
                    .insert(account_id.clone(), imbl::HashSet::new());
            }
        }
        imports.accounts.insert(account_id);
    }
    for (account_id, data_keys) in by_account(missing.keys) {
        let values = source.values(&account_id, &data_keys)?;
        let known = imports.keys.entry(account_id.clone()).or_default();
        for (data_key, value) in data_keys.into_iter().zip(values) {
            known.insert(data_key.clone());
            if let Some(value) = value {
                records.push(StateRecord::Data {
                    account_id: account_id.clone(),
                    data_key: data_key.into(),
                    value: value.into(),
                });
            }
        }
    }
    Ok(Fetched { records, imports })
}

fn by_account(
    keys: impl IntoIterator<Item = (AccountId, Vec<u8>)>,
) -> Vec<(AccountId, Vec<Vec<u8>>)> {
    let mut grouped: Vec<(AccountId, Vec<Vec<u8>>)> = Vec::new();
    for (account_id, key) in keys {
        match grouped.last_mut() {
            Some((last, keys)) if *last == account_id => keys.push(key),
            _ => grouped.push((account_id, vec![key])),
        }
    }
    grouped
}

/// A state with more records, and the tokens that they brought.
pub(super) fn written(state: &Trie, records: &[StateRecord]) -> (Trie, Balance) {
    let mut update = StateUpdate::new(state.clone());
    let mut minted = Balance::ZERO;
    for record in records {
        let before = supply::held_by(&update, record);
        genesis::put(&mut update, record);
        let after = supply::held_by(&update, record);
        minted = supply::sum([minted, after.saturating_sub(before)]);
    }
    update.commit(StateChangeCause::Migration);
    (update.finish().0, minted)
}
