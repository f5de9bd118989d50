//! The block loop: transactions, then receipts until the limit is reached.

use super::traffic::Traffic;
use super::{bandwidth, staking, verifier, BlockContext};
use crate::faults::Faults;
use crate::state::{BlockChanges, StateUpdate, Trie};
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::transaction::{
    ExecutionOutcome, ExecutionOutcomeWithId, ExecutionStatus, SignedTransaction,
};
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, Compute, Gas, StateChangeCause};
use near_primitives::utils::create_receipt_id_from_transaction;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// A receipt and the transaction or receipt that made it.
pub struct Created {
    pub parent: CryptoHash,
    pub receipt: Arc<Receipt>,
}

/// What a block's chunk did.
pub struct ChunkResult {
    pub state: Trie,
    pub changes: BlockChanges,
    /// In execution order: transactions first.
    pub outcomes: Vec<ExecutionOutcomeWithId>,
    /// Sent on to the next block, in order.
    pub outgoing: Vec<Arc<Receipt>>,
    /// Everything new, local and instant receipts too.
    pub created: Vec<Created>,
    pub rejected: Vec<(CryptoHash, InvalidTxError)>,
    pub gas_used: Gas,
    /// Net of rewards to contracts.
    pub burnt: Balance,
    pub minted: Balance,
    /// The fault plan that was at work, with what it has done.
    pub faults: Option<Box<Faults>>,
    /// Paid to validators and the treasury.
    pub rewards: Balance,
    /// Stakes proposed, one an account.
    pub proposals: Vec<ValidatorStake>,
    pub traffic: Traffic,
}

/// A chunk being applied.
pub(super) struct Chunk<'a> {
    pub context: &'a BlockContext,
    pub state: StateUpdate,
    pub outcomes: Vec<ExecutionOutcomeWithId>,
    pub outgoing: Vec<Arc<Receipt>>,
    pub instant: VecDeque<Arc<Receipt>>,
    pub created: Vec<Created>,
    pub rejected: Vec<(CryptoHash, InvalidTxError)>,
    pub gas_used: Gas,
    pub compute_used: Compute,
    pub burnt: Balance,
    pub minted: Balance,
    pub faults: Option<Box<Faults>>,
    pub rewards: Balance,
    pub proposals: Vec<ValidatorStake>,
    /// Receipts that wait.
    pub traffic: Traffic,
    /// Bytes of receipts that may still be sent.
    pub bandwidth_left: u64,
}

/// Applies transactions whose form has been checked, and the receipts that the
/// previous block sent.
pub fn apply_chunk(
    context: &BlockContext,
    state: Trie,
    transactions: &[Arc<SignedTransaction>],
    incoming: Vec<Arc<Receipt>>,
    faults: Option<Box<Faults>>,
) -> ChunkResult {
    let mut chunk = Chunk::begin(context, state, faults, false);
    chunk.send_buffered();
    let due = chunk.delays_that_end();
    let local = chunk.convert_transactions(transactions);
    let local = chunk.admit(local);
    chunk.process_or_delay(local);
    chunk.process_delayed();
    chunk.process_or_delay(due);
    let incoming = chunk.admit(incoming);
    chunk.process_or_delay(incoming);
    chunk.fire_timeouts();
    chunk.finish()
}

/// A block without a chunk: only what every block does to the state.
pub fn apply_missing_chunk(
    context: &BlockContext,
    state: Trie,
    faults: Option<Box<Faults>>,
) -> ChunkResult {
    let chunk = Chunk::begin(context, state, faults, true);
    let traffic = context.traffic.clone();
    ChunkResult {
        traffic,
        ..chunk.finish()
    }
}

impl<'a> Chunk<'a> {
    fn begin(
        context: &'a BlockContext,
        state: Trie,
        faults: Option<Box<Faults>>,
        is_missing: bool,
    ) -> Self {
        let mut chunk = Self {
            context,
            state: StateUpdate::new(state),
            outcomes: Vec::new(),
            outgoing: Vec::new(),
            instant: VecDeque::new(),
            created: Vec::new(),
            rejected: Vec::new(),
            gas_used: Gas::ZERO,
            compute_used: 0,
            burnt: Balance::ZERO,
            minted: Balance::ZERO,
            rewards: Balance::ZERO,
            proposals: Vec::new(),
            traffic: context.traffic.clone(),
            bandwidth_left: 0,
            faults,
        };
        if let Some(settlement) = &context.settlement {
            chunk.settle_stakes(settlement);
        }
        let requests = &context.traffic.bandwidth_requests;
        chunk.bandwidth_left =
            bandwidth::schedule(&context.config, &mut chunk.state, requests, is_missing);
        chunk
    }

    fn finish(mut self) -> ChunkResult {
        self.traffic.bandwidth_requests = self.bandwidth_requests();
        let (state, changes) = self.state.finish();
        ChunkResult {
            state,
            changes,
            outcomes: self.outcomes,
            outgoing: self.outgoing,
            created: self.created,
            rejected: self.rejected,
            gas_used: self.gas_used,
            // A subsidy is new money that the chunk's burn is reduced by.
            burnt: self.burnt,
            minted: self.minted,
            faults: self.faults,
            rewards: self.rewards,
            proposals: staking::last_proposals(self.proposals),
            traffic: self.traffic,
        }
    }

    pub fn is_full(&self) -> bool {
        self.compute_used >= self.context.gas_limit.as_gas()
    }

    /// Turns transactions into receipts; the local ones (signer = receiver) run
    /// in this block.
    fn convert_transactions(
        &mut self,
        transactions: &[Arc<SignedTransaction>],
    ) -> Vec<Arc<Receipt>> {
        let mut local = Vec::new();
        let mut seen = HashSet::new();
        for tx in transactions {
            if !seen.insert(tx.get_hash()) {
                continue;
            }
            match self.convert(tx) {
                Ok(receipt) if receipt.receiver_id() == receipt.predecessor_id() => {
                    local.push(receipt);
                }
                Ok(receipt) => self.send_or_buffer(receipt),
                Err(error) => self.rejected.push((tx.get_hash(), error)),
            }
        }
        local
    }

    fn convert(&mut self, signed: &SignedTransaction) -> Result<Arc<Receipt>, InvalidTxError> {
        let tx = &signed.transaction;
        let tx_hash = signed.get_hash();
        let charge = verifier::charge(self.context, &self.state, signed)?;
        charge.book(&mut self.state, tx);
        self.state
            .commit(StateChangeCause::TransactionProcessing { tx_hash });

        let receipt_id = create_receipt_id_from_transaction(&tx_hash, self.context.height);
        let cost = charge.cost;
        self.burnt = self.burnt.saturating_add(cost.burnt_amount);
        self.push_outcome(
            tx_hash,
            ExecutionOutcome {
                receipt_ids: vec![receipt_id],
                gas_burnt: cost.burnt.gas,
                compute_usage: Some(cost.burnt.compute),
                tokens_burnt: cost.burnt_amount,
                executor_id: tx.signer_id().clone(),
                status: ExecutionStatus::SuccessReceiptId(receipt_id),
                ..ExecutionOutcome::default()
            },
        );
        let receipt = Arc::new(Receipt::from_tx(
            receipt_id,
            tx.signer_id().clone(),
            tx.receiver_id().clone(),
            tx.public_key().clone(),
            cost.receipt_price,
            tx.actions().to_vec(),
        ));
        self.created.push(Created {
            parent: tx_hash,
            receipt: receipt.clone(),
        });
        Ok(receipt)
    }

    pub fn push_outcome(&mut self, id: CryptoHash, outcome: ExecutionOutcome) {
        self.gas_used = super::result::add(self.gas_used, outcome.gas_burnt);
        let compute = outcome.compute_usage.unwrap_or_default();
        self.compute_used = self.compute_used.saturating_add(compute);
        self.outcomes.push(ExecutionOutcomeWithId { id, outcome });
    }
}
