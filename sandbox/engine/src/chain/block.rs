//! A block: what went into it, what it did, the state after it.

use super::history::KnownReceipt;
use super::stored;
use crate::runtime::Traffic;
use crate::state::BlockChanges;
use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::{hash, CryptoHash};
use near_primitives::merkle::{merklize, MerklePath};
use near_primitives::receipt::Receipt;
use near_primitives::transaction::{ExecutionOutcomeWithId, SignedTransaction};
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, BlockHeight, EpochHeight, EpochId, Gas, ShardId};
use std::sync::{Arc, OnceLock};

#[derive(Clone, BorshSerialize, BorshDeserialize)]
pub struct Block {
    pub height: BlockHeight,
    pub hash: CryptoHash,
    pub prev_hash: CryptoHash,
    pub prev_height: Option<BlockHeight>,
    /// Blocks up to this one, genesis among them.
    pub ordinal: u64,
    pub timestamp_ns: u64,
    pub random_value: CryptoHash,
    /// For this block's transactions and receipts.
    pub gas_price: Balance,
    /// What the header states: the price for the next block.
    pub next_gas_price: Balance,
    pub epoch_id: EpochId,
    pub next_epoch_id: EpochId,
    pub epoch_height: EpochHeight,
    pub total_supply: Balance,
    /// The last block with full finality, and with one approval (Doomslug).
    pub last_final: CryptoHash,
    pub last_ds_final: CryptoHash,
    /// Root over the hashes of all blocks before this one.
    pub merkle_root: CryptoHash,
    pub has_chunk: bool,
    /// Of this block's own chunk; zeros where it repeats another's.
    pub chunk_hash: CryptoHash,
    pub transactions: Vec<Arc<SignedTransaction>>,
    pub outcomes: Vec<ExecutionOutcomeWithId>,
    pub outgoing: Vec<Arc<Receipt>>,
    /// What the block changed in the state, patches among it.
    pub changes: Arc<BlockChanges>,
    /// Every receipt made here, those of `outgoing` among them.
    pub created: Vec<KnownReceipt>,
    /// Transactions that were to be part of it and failed the state's checks.
    pub rejected: Vec<(CryptoHash, InvalidTxError)>,
    /// Of the last chunk, which is an older block's where this one has none;
    /// so are the three below. The next chunk's header states all four.
    pub gas_used: Gas,
    /// Net of rewards and subsidies.
    pub burnt: Balance,
    /// Stakes proposed.
    pub proposals: Arc<[ValidatorStake]>,
    pub traffic: Traffic,
    #[borsh(
        serialize_with = "stored::once::serialize",
        deserialize_with = "stored::once::deserialize"
    )]
    pub state_root: OnceLock<CryptoHash>,
    #[borsh(skip)]
    pub proofs: OnceLock<Proofs>,
}

/// The merkle tree over a block's outcomes.
#[derive(Clone)]
pub struct Proofs {
    pub root: CryptoHash,
    pub paths: Vec<MerklePath>,
}

impl Block {
    pub fn proofs(&self) -> &Proofs {
        self.proofs.get_or_init(|| {
            let leaves: Vec<_> = self
                .outcomes
                .iter()
                .map(ExecutionOutcomeWithId::to_hashes)
                .collect();
            let (root, paths) = merklize(&leaves);
            Proofs { root, paths }
        })
    }

    /// Over one leaf: all receipts for the single shard (nearcore,
    /// `build_receipts_hashes`).
    pub fn outgoing_root(&self) -> CryptoHash {
        let shard = ShardId::new(0);
        let receipts: Vec<&Receipt> = self.outgoing.iter().map(|receipt| &**receipt).collect();
        merklize(&[CryptoHash::hash_borsh((shard, receipts))]).0
    }

    pub fn transactions_root(&self) -> CryptoHash {
        merklize(&self.transactions).0
    }
}

/// The hash of a block that the engine makes itself: of its inputs, so that
/// equal histories have equal hashes.
pub fn block_hash(
    prev_hash: &CryptoHash,
    height: BlockHeight,
    timestamp_ns: u64,
    transactions: &[Arc<SignedTransaction>],
) -> CryptoHash {
    let mut bytes = b"block".to_vec();
    bytes.extend_from_slice(prev_hash.as_bytes());
    bytes.extend_from_slice(&height.to_le_bytes());
    bytes.extend_from_slice(&timestamp_ns.to_le_bytes());
    for tx in transactions {
        bytes.extend_from_slice(tx.hash().as_bytes());
    }
    hash(&bytes)
}

/// The hash of the chunk in a block that the engine makes itself.
pub fn chunk_hash(block_hash: &CryptoHash) -> CryptoHash {
    hash(&[b"chunk", block_hash.as_bytes().as_slice()].concat())
}

/// What a block's VRF would give.
pub fn random_value(seed: &[u8], height: BlockHeight) -> CryptoHash {
    let mut bytes = b"random".to_vec();
    bytes.extend_from_slice(&(seed.len() as u64).to_le_bytes());
    bytes.extend_from_slice(seed);
    bytes.extend_from_slice(&height.to_le_bytes());
    hash(&bytes)
}
