//! Reading states at a block reference.

use super::block::Block;
use super::{AtBlock, Chain, QueryError};
use crate::runtime::gas_keys;
use crate::state::access::Records;
use crate::state::{keys, BlockChanges, Trie};
use near_crypto::{PublicKey, PublicKeyHandle};
use near_primitives::receipt::Receipt;
use near_primitives::types::{AccountId, BlockId, BlockReference, SyncCheckpoint};
use near_primitives::views::{
    AccessKeyInfoView, AccessKeyList, AccessKeyView, AccountView, GasKeyNoncesView, StateItem,
    ViewStateResult,
};
use std::sync::Arc;

pub(super) type Answer<T> = Result<AtBlock<T>, QueryError>;

/// A block and the state after it.
pub(super) struct Place {
    pub block: Arc<Block>,
    pub state: Trie,
}

impl Place {
    pub fn answer<T>(&self, value: T) -> Answer<T> {
        Ok(AtBlock {
            value,
            block_height: self.block.height,
            block_hash: self.block.hash,
        })
    }

    pub fn unknown_account(&self, account_id: &AccountId) -> QueryError {
        QueryError::UnknownAccount {
            requested_account_id: account_id.clone(),
            block_height: self.block.height,
            block_hash: self.block.hash,
        }
    }

    pub fn no_code(&self, account_id: &AccountId) -> QueryError {
        QueryError::NoContractCode {
            contract_account_id: account_id.clone(),
            block_height: self.block.height,
            block_hash: self.block.hash,
        }
    }
}

impl Chain {
    pub(super) fn find_block(&self, reference: &BlockReference) -> Result<Arc<Block>, QueryError> {
        let live = &self.live;
        let found = match reference {
            BlockReference::Finality(finality) => Some(self.block_at(finality)),
            BlockReference::BlockId(BlockId::Height(height)) => live.at(*height),
            BlockReference::BlockId(BlockId::Hash(hash)) => live.by_hash(hash),
            BlockReference::SyncCheckpoint(
                SyncCheckpoint::Genesis | SyncCheckpoint::EarliestAvailable,
            ) => Some(live.genesis.clone()),
        };
        found
            .filter(|block| live.has_predecessors(block))
            .ok_or_else(|| QueryError::UnknownBlock {
                block_reference: reference.clone(),
            })
    }

    pub(super) fn place(&self, reference: &BlockReference) -> Result<Place, QueryError> {
        let block = match self.find_block(reference) {
            Ok(block) => block,
            Err(unknown) => return Err(self.forgotten(reference).unwrap_or(unknown)),
        };
        match self.live.state_at(block.height) {
            Some(state) => Ok(Place { block, state }),
            None => Err(QueryError::GarbageCollectedBlock {
                block_height: block.height,
                block_hash: block.hash,
            }),
        }
    }

    /// The error for a block of which no more than the hash is known.
    fn forgotten(&self, reference: &BlockReference) -> Option<QueryError> {
        let live = &self.live;
        let block_height = match reference {
            BlockReference::BlockId(BlockId::Height(height)) => *height,
            BlockReference::BlockId(BlockId::Hash(hash)) => *live.heights.get(hash)?,
            _ => return None,
        };
        let in_memory = || live.blocks.get(&block_height).map(|block| block.hash);
        let hash = live.forgotten.get(&block_height).copied();
        Some(QueryError::GarbageCollectedBlock {
            block_height,
            block_hash: hash.or_else(in_memory)?,
        })
    }

    /// # Errors
    /// `UnknownBlock`, `GarbageCollectedBlock`, `UnknownAccount`.
    pub fn view_account(
        &self,
        account_id: &AccountId,
        reference: &BlockReference,
    ) -> Answer<AccountView> {
        let place = self.place(reference)?;
        match place.state.account(account_id) {
            Some(account) => place.answer(account.into()),
            None => Err(place.unknown_account(account_id)),
        }
    }

    /// # Errors
    /// As `view_account`, and `UnknownAccessKey` (also for unknown accounts).
    pub fn view_access_key(
        &self,
        account_id: &AccountId,
        public_key: &PublicKey,
        reference: &BlockReference,
    ) -> Answer<AccessKeyView> {
        let place = self.place(reference)?;
        match place
            .state
            .access_key(account_id, &PublicKeyHandle::from(public_key))
        {
            Some(access_key) => place.answer(access_key.into()),
            None => Err(QueryError::UnknownAccessKey {
                public_key: public_key.clone(),
                block_height: place.block.height,
                block_hash: place.block.hash,
            }),
        }
    }

    /// Empty for an unknown account, as on a real node.
    ///
    /// # Errors
    /// `UnknownBlock`, `GarbageCollectedBlock`.
    pub fn view_access_keys(
        &self,
        account_id: &AccountId,
        reference: &BlockReference,
    ) -> Answer<AccessKeyList> {
        let place = self.place(reference)?;
        let list = place.state.access_keys(account_id).into_iter();
        let list =
            list.map(|(handle, access_key)| AccessKeyInfoView::new(handle, access_key.into()));
        place.answer(list.collect())
    }

    /// The nonces of a gas key, by index.
    ///
    /// # Errors
    /// `UnknownBlock`, `GarbageCollectedBlock`, `UnknownGasKey` (also for keys
    /// of another kind and unknown accounts).
    pub fn view_gas_key_nonces(
        &self,
        account_id: &AccountId,
        public_key: &PublicKey,
        reference: &BlockReference,
    ) -> Answer<GasKeyNoncesView> {
        let place = self.place(reference)?;
        match gas_keys::nonces(&place.state, account_id, &public_key.into()) {
            Some(nonces) => place.answer(GasKeyNoncesView { nonces }),
            None => Err(QueryError::UnknownGasKey {
                public_key: public_key.clone(),
                block_height: place.block.height,
                block_hash: place.block.hash,
            }),
        }
    }

    /// Keys with this prefix and their values, in key order; without proof, see
    /// `prove_state`.
    ///
    /// # Errors
    /// As `view_account`.
    pub fn view_state(
        &self,
        account_id: &AccountId,
        prefix: &[u8],
        reference: &BlockReference,
    ) -> Answer<ViewStateResult> {
        let place = self.place(reference)?;
        if place.state.account(account_id).is_none() {
            return Err(place.unknown_account(account_id));
        }
        let own = keys::data(account_id, &[]).len();
        let found = place.state.with_prefix(&keys::data(account_id, prefix));
        let values = found.into_iter().map(|(key, value)| StateItem {
            key: key[own..].to_vec().into(),
            value: value.to_vec().into(),
        });
        let result = ViewStateResult {
            values: values.collect(),
            proof: vec![],
            last_key: None,
        };
        place.answer(result)
    }

    /// Receipts that ran in a block, in order, then those it sent on.
    ///
    /// # Errors
    /// `UnknownBlock`.
    pub fn receipts_in(&self, reference: &BlockReference) -> Result<Vec<Arc<Receipt>>, QueryError> {
        let block = self.find_block(reference)?;
        let known = |id| Some(self.live.receipts.get(id)?.receipt.clone());
        let ran = block
            .outcomes
            .iter()
            .filter_map(|outcome| known(&outcome.id));
        Ok(ran.chain(block.outgoing.iter().cloned()).collect())
    }

    /// What a block changed in the state and why, in nearcore's order.
    ///
    /// # Errors
    /// `UnknownBlock`.
    pub fn state_changes(
        &self,
        reference: &BlockReference,
    ) -> Result<Arc<BlockChanges>, QueryError> {
        Ok(self.find_block(reference)?.changes.clone())
    }

    /// The trie nodes that prove what `view_state` answers.
    ///
    /// # Errors
    /// As `view_state`.
    pub fn prove_state(
        &self,
        account_id: &AccountId,
        prefix: &[u8],
        reference: &BlockReference,
    ) -> Result<Vec<Arc<[u8]>>, QueryError> {
        let place = self.place(reference)?;
        Ok(place.state.proof_of_prefix(&keys::data(account_id, prefix)))
    }
}
