//! Accounts and storage of another network, fetched when they are first asked for.
//!
//! The engine never waits for a network in the middle of a block. While a block runs, whatever is asked for and
//! not here yet is noted, and the run goes on as if it did not exist; then the block is taken back, the missing
//! things are fetched and written, and the block is made again, until nothing is missing. What came from the
//! network is in the state then as if it had always been there: it can be changed, removed, and rolled back.

use near_primitives::state_record::StateRecord;
use near_primitives::types::AccountId;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where imported things come from. Errors are texts for people.
pub trait Source: Send + Sync {
    /// An account; `None` where the network has none of that name.
    fn account(&self, account_id: &AccountId) -> Result<Option<ImportedAccount>, String>;

    /// Values of storage keys, `None` where there is none.
    fn values(
        &self,
        account_id: &AccountId,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, String>;
}

pub struct ImportedAccount {
    pub records: Vec<StateRecord>,
    /// Whether all its storage is among them.
    pub whole: bool,
}

/// What is known of the other network. Copies share what they have in common.
#[derive(Clone)]
pub struct Imports {
    pub source: Arc<dyn Source>,
    /// Whether accounts that are unknown here are looked for there.
    pub all_accounts: bool,
    /// Accounts that were looked for.
    pub accounts: imbl::HashSet<AccountId>,
    /// Accounts whose storage is fetched by key, with the keys that were looked for.
    pub keys: imbl::HashMap<AccountId, imbl::HashSet<Vec<u8>>>,
}

impl Imports {
    pub fn new(source: Arc<dyn Source>, all_accounts: bool) -> Self {
        Self {
            source,
            all_accounts,
            accounts: imbl::HashSet::new(),
            keys: imbl::HashMap::new(),
        }
    }

    fn wants_account(&self, account_id: &AccountId) -> bool {
        self.all_accounts && !account_id.is_system() && !self.accounts.contains(account_id)
    }

    fn wants_key(&self, account_id: &AccountId, key: &[u8]) -> bool {
        let known = self.keys.get(account_id);
        known.is_some_and(|known| !known.contains(key))
    }
}

/// What a run asked for and did not find.
#[derive(Default)]
pub struct Missing {
    pub accounts: BTreeSet<AccountId>,
    pub keys: BTreeSet<(AccountId, Vec<u8>)>,
}

impl Missing {
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.keys.is_empty()
    }
}

/// One run's view of the imports.
pub struct Wanted {
    imports: Imports,
    missing: Mutex<Missing>,
}

impl Wanted {
    pub fn new(imports: Imports) -> Self {
        Self {
            imports,
            missing: Mutex::default(),
        }
    }

    /// An account that is not in the state was asked for.
    pub fn account(&self, account_id: &AccountId) {
        if self.imports.wants_account(account_id) {
            self.missing.lock().accounts.insert(account_id.clone());
        }
    }

    /// A storage key that is not in the state was asked for.
    pub fn key(&self, account_id: &AccountId, key: &[u8]) {
        if self.imports.wants_key(account_id, key) {
            let mut missing = self.missing.lock();
            missing.keys.insert((account_id.clone(), key.to_vec()));
        }
    }

    pub fn into_missing(self) -> Missing {
        self.missing.into_inner()
    }

    pub fn into_parts(self) -> (Imports, Missing) {
        (self.imports, self.missing.into_inner())
    }
}
