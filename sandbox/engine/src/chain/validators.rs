//! Who validates: what the RPC's `validators` methods answer.

use super::Chain;
use near_jsonrpc_primitives::types::validator::RpcValidatorError;
use near_primitives::types::{BlockHeight, BlockId, BlockReference, EpochId, EpochReference};
use near_primitives::views::validator_stake_view::ValidatorStakeView;
use near_primitives::views::EpochValidatorInfo;

impl Chain {
    /// The validators of an epoch: what the `validators` method answers.
    ///
    /// # Errors
    /// `UnknownEpoch`; by block, `ValidatorInfoUnavailable` unless the block is
    /// the last of its epoch.
    pub fn validators(
        &self,
        reference: &EpochReference,
    ) -> Result<EpochValidatorInfo, RpcValidatorError> {
        let head = self.live.head();
        let epoch_id = match reference {
            EpochReference::Latest => head.epoch_id,
            EpochReference::EpochId(epoch_id) => *epoch_id,
            EpochReference::BlockId(block_id) => self.epoch_ended_by(block_id)?,
        };
        if epoch_id == head.epoch_id {
            return Ok(self.live.epochs.current_validators());
        }
        let past = self.live.epochs.past_validators(&epoch_id);
        past.ok_or(RpcValidatorError::UnknownEpoch)
    }

    /// The epoch whose last block this is; the head's is not over before the
    /// next block.
    fn epoch_ended_by(&self, block_id: &BlockId) -> Result<EpochId, RpcValidatorError> {
        let block = self
            .find_block(&BlockReference::BlockId(block_id.clone()))
            .map_err(|_| RpcValidatorError::UnknownEpoch)?;
        // The choice that an epoch's end makes is named after its last block.
        let ends_epoch = self.live.epochs.info(&EpochId(block.hash)).is_some();
        let is_edge = block.height == self.live.head().height || block.prev_height.is_none();
        if ends_epoch && !is_edge {
            return Ok(block.epoch_id);
        }
        Err(RpcValidatorError::ValidatorInfoUnavailable)
    }

    /// Block producers, by stake, of the epoch after a block's: what
    /// `EXPERIMENTAL_validators_ordered` answers.
    ///
    /// # Errors
    /// `UnknownEpoch`: no such block.
    pub fn validators_ordered(
        &self,
        reference: &BlockReference,
    ) -> Result<Vec<ValidatorStakeView>, RpcValidatorError> {
        let unknown = |_| RpcValidatorError::UnknownEpoch;
        let block = self.find_block(reference).map_err(unknown)?;
        let producers = self.live.epochs.block_producers(&block.next_epoch_id);
        producers.ok_or(RpcValidatorError::UnknownEpoch)
    }

    /// Height of the first block of the head's epoch.
    pub fn epoch_start_height(&self) -> BlockHeight {
        self.live.epochs.start_height()
    }
}
