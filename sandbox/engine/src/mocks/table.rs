//! Which methods are mocked, and the calls they answered.

use super::answer::{ask, Behaviour, Question, Reply};
use near_primitives::hash::CryptoHash;
use near_primitives::types::AccountId;
use near_vm_runner::logic::{VMContext, VMOutcome};
use parking_lot::Mutex;
use std::sync::Arc;

/// Names a mock; never given twice in the history that a chain remembers.
pub type MockId = u64;

/// A call that a mock answered.
#[derive(Debug, Clone)]
pub struct MockCall {
    pub mock: MockId,
    pub question: Question,
    pub reply: Reply,
}

#[derive(Clone)]
struct Installed {
    id: MockId,
    behaviour: Arc<dyn Behaviour>,
}

/// The mocks of a chain. A block and the chain share one table; copies of
/// [`Mocks`] do not.
#[derive(Default)]
pub struct MockTable {
    methods: imbl::OrdMap<(AccountId, String), Installed>,
    /// Views record too, and they only read the chain.
    calls: Mutex<imbl::Vector<MockCall>>,
    last_id: MockId,
}

impl Clone for MockTable {
    fn clone(&self) -> Self {
        Self {
            methods: self.methods.clone(),
            calls: Mutex::new(self.calls.lock().clone()),
            last_id: self.last_id,
        }
    }
}

impl MockTable {
    /// The outcome of a mocked method; `None` where the contract is to run.
    pub fn answer(
        &self,
        method_name: &str,
        vm_context: &VMContext,
        receipt_id: Option<CryptoHash>,
    ) -> Option<VMOutcome> {
        let account_id = vm_context.current_account_id.clone();
        let installed = self.methods.get(&(account_id, method_name.to_owned()))?;
        let question = Question::new(vm_context, method_name, receipt_id);
        let (reply, outcome) = ask(&*installed.behaviour, &question, vm_context);
        self.calls.lock().push_back(MockCall {
            mock: installed.id,
            question,
            reply,
        });
        Some(outcome)
    }

    pub fn is_mocked(&self, account_id: &AccountId, method_name: &str) -> bool {
        self.methods
            .contains_key(&(account_id.clone(), method_name.to_owned()))
    }
}

/// A chain's mocks, if it has any. A copy is a snapshot: it records for itself.
#[derive(Default)]
pub struct Mocks(Option<Arc<MockTable>>);

impl Clone for Mocks {
    fn clone(&self) -> Self {
        Self(self.0.as_deref().cloned().map(Arc::new))
    }
}

impl Mocks {
    /// For the length of a block or a view.
    pub fn shared(&self) -> Option<Arc<MockTable>> {
        self.0.clone()
    }

    /// Puts a mock before a method, in place of the one that was there.
    pub fn install(
        &mut self,
        account_id: AccountId,
        method_name: String,
        behaviour: Arc<dyn Behaviour>,
    ) -> MockId {
        let table = Arc::make_mut(self.0.get_or_insert_default());
        table.last_id += 1;
        let id = table.last_id;
        table
            .methods
            .insert((account_id, method_name), Installed { id, behaviour });
        id
    }

    /// Takes a mock away; one that is gone changes nothing.
    pub fn remove(&mut self, id: MockId) {
        let Some(table) = &mut self.0 else {
            return;
        };
        let table = Arc::make_mut(table);
        let found = table
            .methods
            .iter()
            .find(|(_, installed)| installed.id == id);
        if let Some(method) = found.map(|(method, _)| method.clone()) {
            table.methods.remove(&method);
        }
    }

    /// What a mock answered, in order; also after it was taken away.
    pub fn calls(&self, id: MockId) -> Vec<MockCall> {
        let Some(table) = &self.0 else {
            return Vec::new();
        };
        let calls = table.calls.lock();
        calls
            .iter()
            .filter(|call| call.mock == id)
            .cloned()
            .collect()
    }

    /// The receipts whose calls were answered.
    pub fn receipts(&self) -> Vec<CryptoHash> {
        let Some(table) = &self.0 else {
            return Vec::new();
        };
        let calls = table.calls.lock();
        calls
            .iter()
            .filter_map(|call| call.question.receipt_id)
            .collect()
    }

    /// Whether any method is mocked.
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|table| table.methods.is_empty())
    }
}
