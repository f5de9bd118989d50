//! View calls apart from the chain: what one needs is copied out in O(1), so a
//! contract runs while the chain goes on.

use super::block::Block;
use super::query::Answer;
use super::{AtBlock, BlockInput, Chain, QueryError};
use crate::runtime::{call_view, BlockContext, ViewError, ViewOutcome};
use crate::state::Trie;
use near_primitives::hash::CryptoHash;
use near_primitives::types::{AccountId, BlockReference, Gas};
use near_primitives::views::CallResult;
use std::sync::atomic::Ordering;
use std::sync::Arc;

/// The state after a block, ready to be called.
pub struct ViewCall {
    block: Arc<Block>,
    state: Trie,
    state_root: CryptoHash,
    context: BlockContext,
    max_gas_burnt: Gas,
}

impl Chain {
    /// For chains that import nothing: a view that wants state from another
    /// network has to be made by `call_function`.
    ///
    /// # Errors
    /// `UnknownBlock`, `GarbageCollectedBlock`.
    pub fn prepare_view(&self, reference: &BlockReference) -> Result<ViewCall, QueryError> {
        let place = self.place(reference)?;
        Ok(ViewCall {
            context: self.view_context(&place.block),
            state_root: self.live.state_root(&place.block),
            max_gas_burnt: self.fixed.config.max_gas_burnt_view,
            block: place.block,
            state: place.state,
        })
    }

    /// Runs a view method. It sees the state after the block and the block's
    /// height and time, and may burn at most `max_gas_burnt_view`.
    ///
    /// # Errors
    /// As `view_account`, `NoContractCode`, and `ContractExecutionError`, which
    /// is also what a view that never ends gets (`GasLimitExceeded`).
    pub fn call_function(
        &self,
        account_id: &AccountId,
        method_name: &str,
        args: &[u8],
        reference: &BlockReference,
    ) -> Answer<CallResult> {
        let place = self.place(reference)?;
        let root = self.live.state_root(&place.block);
        let limit = self.fixed.config.max_gas_burnt_view;
        let context = self.view_context(&place.block);
        let (result, burnt) = self.read_with_imports(context, &place.state, |context, state| {
            call_view(context, state, root, account_id, method_name, args, limit)
        })?;
        self.last_view_gas.store(burnt.as_gas(), Ordering::Relaxed);
        answer(&place.block, result, account_id)
    }

    /// What a view at a block sees of the chain.
    fn view_context(&self, block: &Block) -> BlockContext {
        let epoch = self.live.epochs.info(&block.epoch_id);
        let epoch = epoch.expect("every block's epoch is known").clone();
        let input = BlockInput {
            height: block.height,
            hash: block.hash,
            timestamp_ns: block.timestamp_ns,
            random_value: block.random_value,
            gas_price: block.gas_price,
            transactions: vec![],
            has_chunk: true,
        };
        self.context(&input, epoch)
    }
}

impl ViewCall {
    /// The method's answer and the gas it burnt; errors as `Chain::call_function`.
    pub fn call(
        &self,
        account_id: &AccountId,
        method_name: &str,
        args: &[u8],
    ) -> (Answer<CallResult>, Gas) {
        let (result, burnt) = call_view(
            &self.context,
            &self.state,
            self.state_root,
            account_id,
            method_name,
            args,
            self.max_gas_burnt,
        );
        (answer(&self.block, result, account_id), burnt)
    }
}

fn answer(
    block: &Block,
    result: Result<ViewOutcome, ViewError>,
    account_id: &AccountId,
) -> Answer<CallResult> {
    let (block_height, block_hash) = (block.height, block.hash);
    match result {
        Ok(outcome) => Ok(AtBlock {
            value: CallResult {
                result: outcome.value,
                logs: outcome.logs,
            },
            block_height,
            block_hash,
        }),
        Err(ViewError::UnknownAccount) => Err(QueryError::UnknownAccount {
            requested_account_id: account_id.clone(),
            block_height,
            block_hash,
        }),
        Err(ViewError::NoCode) => Err(QueryError::NoContractCode {
            contract_account_id: account_id.clone(),
            block_height,
            block_hash,
        }),
        Err(ViewError::Failed { message, error }) => Err(QueryError::ContractExecutionError {
            vm_error: message,
            error,
            block_height,
            block_hash,
        }),
    }
}
