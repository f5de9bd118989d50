//! What a test does to a chain that no user could: faults, mocks, acting for
//! an account without its key.

use super::Chain;
use crate::faults::{FaultPlan, Faults, Fired, Report};
use crate::mocks::{Behaviour, MockCall, MockId};
use crate::runtime::{impersonation, verifier};
use near_primitives::action::Action;
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::transaction::{Transaction, TransactionV0};
use near_primitives::types::AccountId;
use std::sync::Arc;

impl Chain {
    // Faults.

    /// Lets a plan go to work with the next block, in place of the last one.
    ///
    /// # Errors
    /// Says what in the plan makes no sense.
    pub fn install_faults(&mut self, plan: FaultPlan) -> Result<(), String> {
        plan.check()?;
        self.live.faults.get_or_insert_default().install(plan);
        Ok(())
    }

    /// Ends the plan. Receipts that it delayed arrive in the next block.
    pub fn clear_faults(&mut self) {
        if let Some(faults) = &mut self.live.faults {
            faults.clear();
        }
        self.live.faults = self.live.faults.take().filter(|faults| !faults.is_over());
    }

    /// What became of the plan so far; `None` without one.
    pub fn fault_report(&self) -> Option<Report> {
        self.live.faults.as_deref().and_then(Faults::report)
    }

    /// What the plan at work did to a receipt.
    pub fn faults_of(&self, receipt_id: &CryptoHash) -> Vec<Fired> {
        let faults = self.live.faults.as_deref();
        faults.map_or_else(Vec::new, |faults| faults.fired_on(receipt_id))
    }

    pub(super) fn held_receipts(&self) -> impl Iterator<Item = &Receipt> {
        self.live.faults.iter().flat_map(|faults| faults.held())
    }

    // Mocks.

    /// Puts a mock before a method of an account, in place of the one that was
    /// there. The account must exist when it is called, its contract need not.
    pub fn install_mock(
        &mut self,
        account_id: AccountId,
        method_name: String,
        behaviour: Arc<dyn Behaviour>,
    ) -> MockId {
        self.live.mocks.install(account_id, method_name, behaviour)
    }

    /// Takes a mock away; one that is gone changes nothing.
    pub fn remove_mock(&mut self, id: MockId) {
        self.live.mocks.remove(id);
    }

    /// What a mock answered, in order.
    pub fn mock_calls(&self, id: MockId) -> Vec<MockCall> {
        self.live.mocks.calls(id)
    }

    // Impersonation.

    /// Pools a transaction that acts for an account without its key. It is
    /// checked, charged and carried out as any other, but for signature, key
    /// and nonce.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn impersonate(
        &mut self,
        signer_id: AccountId,
        receiver_id: AccountId,
        actions: Vec<Action>,
    ) -> Result<CryptoHash, InvalidTxError> {
        let transaction = Transaction::V0(TransactionV0 {
            signer_id,
            public_key: impersonation::empty_key(),
            nonce: self.live.impersonated + 1,
            receiver_id,
            block_hash: self.live.head().hash,
            actions,
        });
        let signed = impersonation::marked(transaction);
        let context = self.next_context(&self.next_input());
        verifier::check_actions_and_size(&context, &signed)?;
        verifier::charge(&context, &self.live.state, &signed)?;
        self.live.impersonated += 1;
        let hash = signed.get_hash();
        self.live.pooled.insert(hash, ());
        self.live.pool.push_back(Arc::new(signed));
        Ok(hash)
    }
}
