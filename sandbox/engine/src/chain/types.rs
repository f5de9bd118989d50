//! What the chain is told and what it answers.

use near_primitives::congestion_info::CongestionInfo;
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{Balance, BlockHeight, EpochHeight, EpochId, Gas};

/// The last block, in brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub height: BlockHeight,
    pub hash: CryptoHash,
    pub prev_hash: CryptoHash,
    pub timestamp_ns: u64,
    pub epoch_id: EpochId,
    pub epoch_height: EpochHeight,
    /// For this block's transactions and receipts, yocto per gas.
    pub gas_price: Balance,
    /// For the block after it: the price that the header states.
    pub next_gas_price: Balance,
    /// Yocto, of all accounts, as the header states it.
    pub total_supply: Balance,
}

/// Sums over one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    pub gas_used: Gas,
    /// Yocto, net of rewards to contracts and of subsidies.
    pub burnt: Balance,
    /// Merkle root over the outcomes, as the next chunk's header states it.
    pub outcome_root: CryptoHash,
    pub outgoing_receipts_root: CryptoHash,
    pub congestion_info: CongestionInfo,
}

/// An answer and the block it was read at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtBlock<T> {
    pub value: T,
    pub block_height: BlockHeight,
    pub block_hash: CryptoHash,
}

/// The conservation rule of docs/spec/sandbox-engine.md, in yocto.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplyCheck {
    /// What accounts, stakes and gas keys hold.
    pub held: Balance,
    /// Deposits and prepaid gas of receipts that have not run yet.
    pub in_flight: Balance,
    /// Burnt since genesis, net of rewards to contracts.
    pub burnt: Balance,
    /// Given since genesis: subsidies, patches that added tokens.
    pub minted: Balance,
    /// Taken by `patch_state` since genesis.
    pub removed: Balance,
    /// What genesis held.
    pub initial: Balance,
}

/// A header given from outside (replay of a recorded chain).
#[derive(Debug, Clone)]
pub struct BlockInput {
    /// Must be above the head's.
    pub height: BlockHeight,
    pub hash: CryptoHash,
    pub timestamp_ns: u64,
    pub random_value: CryptoHash,
    /// The price for this block's transactions and receipts.
    pub gas_price: Balance,
    /// In chunk order. The pool is not consulted, ages are not checked.
    pub transactions: Vec<SignedTransaction>,
    /// `false`: the block has no chunk, nothing is applied in it.
    pub has_chunk: bool,
}
