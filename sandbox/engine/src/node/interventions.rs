//! Interventions in a shared chain. A home keeps none of them, so a chain that
//! has one refuses them: what goes on from it would be another chain.

use super::KeptChain;
use crate::faults::FaultPlan;
use crate::mocks::{Behaviour, MockId};
use near_primitives::action::Action;
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::types::AccountId;
use std::sync::Arc;

/// Why an intervention was refused.
pub enum Refusal {
    /// The chain is kept in a home.
    Kept,
    /// The plan makes no sense.
    Plan(String),
    Transaction(InvalidTxError),
}

impl KeptChain {
    /// See [`crate::Chain::install_faults`].
    ///
    /// # Errors
    /// `Kept`, `Plan`.
    pub fn install_faults(&mut self, plan: FaultPlan) -> Result<(), Refusal> {
        self.refuse_if_kept()?;
        self.chain.install_faults(plan).map_err(Refusal::Plan)
    }

    pub fn clear_faults(&mut self) {
        self.chain.clear_faults();
    }

    /// See [`crate::Chain::install_mock`].
    ///
    /// # Errors
    /// `Kept`.
    pub fn install_mock(
        &mut self,
        account_id: AccountId,
        method_name: String,
        behaviour: Arc<dyn Behaviour>,
    ) -> Result<MockId, Refusal> {
        self.refuse_if_kept()?;
        Ok(self.chain.install_mock(account_id, method_name, behaviour))
    }

    pub fn remove_mock(&mut self, id: MockId) {
        self.chain.remove_mock(id);
    }

    /// See [`crate::Chain::impersonate`].
    ///
    /// # Errors
    /// `Kept`, `Transaction`.
    pub fn impersonate(
        &mut self,
        signer_id: AccountId,
        receiver_id: AccountId,
        actions: Vec<Action>,
    ) -> Result<CryptoHash, Refusal> {
        self.refuse_if_kept()?;
        self.chain
            .impersonate(signer_id, receiver_id, actions)
            .map_err(Refusal::Transaction)
    }

    fn refuse_if_kept(&self) -> Result<(), Refusal> {
        match self.store {
            Some(_) => Err(Refusal::Kept),
            None => Ok(()),
        }
    }
}
