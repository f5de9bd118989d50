//! Reading contract code: an account's own, and global contracts.

use super::query::Answer;
use super::{Chain, QueryError};
use crate::runtime::global_contracts;
use crate::state::access::Records;
use near_primitives::action::GlobalContractIdentifier;
use near_primitives::hash::hash;
use near_primitives::types::{AccountId, BlockReference};
use near_primitives::views::ContractCodeView;

fn view(code: &[u8]) -> ContractCodeView {
    ContractCodeView {
        hash: hash(code),
        code: code.to_vec(),
    }
}

impl Chain {
    /// The code an account runs, be it its own or a global contract.
    ///
    /// # Errors
    /// As `view_account`, and `NoContractCode`.
    pub fn view_code(
        &self,
        account_id: &AccountId,
        reference: &BlockReference,
    ) -> Answer<ContractCodeView> {
        let place = self.place(reference)?;
        let Some(account) = place.state.account(account_id) else {
            return Err(place.unknown_account(account_id));
        };
        let code = match global_contracts::used_by(&account.contract()) {
            Some(identifier) => global_contracts::code(&place.state, &identifier),
            None => place.state.code(account_id),
        };
        match code {
            Some(code) => place.answer(view(&code)),
            None => Err(place.no_code(account_id)),
        }
    }

    /// # Errors
    /// `UnknownBlock`, `GarbageCollectedBlock`, `NoGlobalContractCode`.
    pub fn view_global_contract_code(
        &self,
        identifier: GlobalContractIdentifier,
        reference: &BlockReference,
    ) -> Answer<ContractCodeView> {
        let place = self.place(reference)?;
        match global_contracts::code(&place.state, &identifier) {
            Some(code) => place.answer(view(&code)),
            None => Err(QueryError::NoGlobalContractCode {
                identifier,
                block_height: place.block.height,
                block_hash: place.block.hash,
            }),
        }
    }
}
