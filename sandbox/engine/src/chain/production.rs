//! Making blocks.

use super::block::{self, Block};
use super::epoch;
use super::history::KnownReceipt;
use super::retention::Depth;
use super::{finality, genesis, pool, supply, BlockInput, Chain, Head};
use crate::runtime::imports::Wanted;
use crate::runtime::{
    apply_chunk, apply_missing_chunk, verifier, BlockContext, ChunkResult, Created, Traffic,
};
use crate::state::{BlockChanges, StateUpdate, Trie};
use near_primitives::account::AccessKey;
use near_primitives::epoch_info::EpochInfo;
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{Balance, BlockHeight, Gas, StateChangeCause};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// Transactions no block took, and why.
type Rejections = Vec<(CryptoHash, InvalidTxError)>;

impl Chain {
    /// The header of the block that comes next.
    pub(super) fn next_input(&self) -> BlockInput {
        let live = &self.live;
        let head = live.head();
        let height = self.next_height();
        let steps = height - head.height;
        let elapsed = self.fixed.config.block_interval_ns.saturating_mul(steps);
        let timestamp_ns = head
            .timestamp_ns
            .saturating_add(elapsed)
            .max(live.not_before_ns);
        BlockInput {
            height,
            hash: CryptoHash::default(),
            timestamp_ns,
            random_value: block::random_value(&self.fixed.config.seed, height),
            gas_price: head.next_gas_price,
            transactions: Vec::new(),
            has_chunk: true,
        }
    }

    /// Takes the pool and makes the next block.
    pub(super) fn make_next(&mut self) -> Head {
        match self.live.imports {
            None => self.make_pooled(),
            Some(_) => self.make_with_imports(),
        }
    }

    pub(super) fn make_pooled(&mut self) -> Head {
        let mut input = self.next_input();
        let pooled = std::mem::take(&mut self.live.pool);
        self.live.pooled.clear();
        let transactions = pool::in_order(pooled.into_iter());
        let (transactions, expired) = self.split_expired(transactions, input.height);
        let head = self.live.head().hash;
        input.hash = block::block_hash(&head, input.height, input.timestamp_ns, &transactions);
        self.make(input, transactions, expired)
    }

    /// Those a block at this height may take, and the others.
    fn split_expired(
        &self,
        mut transactions: Vec<Arc<SignedTransaction>>,
        height: BlockHeight,
    ) -> (Vec<Arc<SignedTransaction>>, Rejections) {
        let mut expired = Vec::new();
        transactions.retain(|tx| match self.check_age(tx, height) {
            Ok(()) => true,
            Err(error) => {
                expired.push((tx.get_hash(), error));
                false
            }
        });
        (transactions, expired)
    }

    /// Whether the block a transaction names is known and recent.
    pub(super) fn check_age(
        &self,
        tx: &SignedTransaction,
        height: BlockHeight,
    ) -> Result<(), InvalidTxError> {
        let base = self
            .live
            .height_of(tx.transaction.block_hash())
            .ok_or(InvalidTxError::Expired)?;
        if height - base > self.fixed.config.transaction_validity_period {
            return Err(InvalidTxError::Expired);
        }
        Ok(())
    }

    pub(super) fn make(
        &mut self,
        input: BlockInput,
        transactions: Vec<Arc<SignedTransaction>>,
        expired: Rejections,
    ) -> Head {
        let rules = &self.fixed.epoch_rules;
        let live = &self.live;
        let mut context = self.next_context(&input);
        context.traffic = live.head().traffic.clone();
        context.settlement = live.epochs.settlement_due(rules, live.head());
        let state = live.state.clone();
        let faults = self.live.faults.take();
        let mut result = if input.has_chunk {
            let incoming = std::mem::take(&mut self.live.incoming);
            apply_chunk(
                &context,
                state,
                &transactions,
                incoming.into_iter().collect(),
                faults,
            )
        } else {
            apply_missing_chunk(&context, state, faults)
        };
        result.rejected.extend(expired);
        self.missing = context.wanted.map(Wanted::into_missing).unwrap_or_default();
        self.append(input, transactions, result)
    }

    /// What the next block's transactions and receipts see.
    pub(super) fn next_context(&self, input: &BlockInput) -> BlockContext {
        let (current, next) = self.live.epochs.of_next_block();
        let mut context = self.context(input, current.info.clone());
        context.minimum_stake = epoch::minimum_stake(&self.fixed.epoch_rules, next);
        context
    }

    pub(super) fn context(&self, input: &BlockInput, epoch: Arc<EpochInfo>) -> BlockContext {
        let fixed = &self.fixed;
        BlockContext {
            config: fixed.runtime.clone(),
            protocol_version: fixed.config.protocol_version,
            chain_id: fixed.config.chain_id.clone(),
            height: input.height,
            timestamp_ns: input.timestamp_ns,
            gas_price: input.gas_price,
            random_value: input.random_value,
            gas_limit: fixed.config.gas_limit,
            epoch,
            minimum_stake: Balance::ZERO,
            settlement: None,
            traffic: Traffic::default(),
            trie_extra_depth: fixed.config.trie_extra_depth,
            contracts: fixed.contracts.clone(),
            mocks: self.live.mocks.shared(),
            observer: self.observer.clone(),
            wanted: self.live.imports.clone().map(Wanted::new),
        }
    }

    fn append(
        &mut self,
        input: BlockInput,
        transactions: Vec<Arc<SignedTransaction>>,
        mut result: ChunkResult,
    ) -> Head {
        self.live.faults = result.faults.take().filter(|faults| !faults.is_over());
        self.live.incoming.extend(result.outgoing.iter().cloned());
        let ledger = &mut self.live.ledger;
        ledger.burnt = supply::sum([ledger.burnt, result.burnt]);
        ledger.minted = supply::sum([ledger.minted, result.minted, result.rewards]);
        self.apply_patch(&mut result.state, &mut result.changes);

        let prev = self.live.head().clone();
        let state = result.state.clone();
        let block = self.next_block(input, &prev, transactions, result);
        let live = &mut self.live;
        live.skip = 0;
        live.epochs.add(&self.fixed.epoch_rules, &prev, &block);
        live.append(Arc::new(block), state);
        let has_archive = live.archive.is_some();
        live.forget(&Depth::of(&self.fixed.config, has_archive));
        debug_assert!(supply::check(&self.fixed.runtime, live).holds());
        self.head()
    }

    fn next_block(
        &self,
        input: BlockInput,
        prev: &Block,
        transactions: Vec<Arc<SignedTransaction>>,
        result: ChunkResult,
    ) -> Block {
        let (epoch, next_epoch) = self.live.epochs.of_next_block();
        let created = self.known(&transactions, result.created);
        let rejected: HashSet<_> = result.rejected.iter().map(|(hash, _)| *hash).collect();
        let has_outcome = |tx: &Arc<SignedTransaction>| !rejected.contains(tx.hash());
        let mut block = Block {
            height: input.height,
            hash: input.hash,
            prev_hash: prev.hash,
            prev_height: Some(prev.height),
            ordinal: prev.ordinal + 1,
            timestamp_ns: input.timestamp_ns,
            random_value: input.random_value,
            gas_price: input.gas_price,
            next_gas_price: self.next_gas_price(&input, prev.gas_used),
            epoch_id: epoch.id,
            next_epoch_id: next_epoch.id,
            epoch_height: epoch.info.epoch_height(),
            total_supply: supply::sum([prev.total_supply, self.live.epochs.minted()]),
            last_final: finality::last_final(prev, input.height),
            last_ds_final: finality::last_ds_final(prev, input.height),
            merkle_root: self.live.block_tree.root(),
            has_chunk: input.has_chunk,
            chunk_hash: CryptoHash::default(),
            transactions: transactions.into_iter().filter(has_outcome).collect(),
            outcomes: result.outcomes,
            outgoing: result.outgoing,
            changes: Arc::new(result.changes),
            created,
            rejected: result.rejected,
            gas_used: prev.gas_used,
            burnt: prev.burnt,
            proposals: prev.proposals.clone(),
            traffic: result.traffic,
            state_root: OnceLock::new(),
            proofs: OnceLock::new(),
        };
        if input.has_chunk {
            block.total_supply = block.total_supply.saturating_sub(prev.burnt);
            block.gas_used = result.gas_used;
            // A subsidy is new money that the chunk's burn is reduced by.
            block.burnt = result.burnt.saturating_sub(result.minted);
            block.proposals = result.proposals.into();
        }
        block.chunk_hash = self.chunk_hash(&block);
        block
    }

    /// New receipts with the transactions they descend from.
    fn known(
        &self,
        transactions: &[Arc<SignedTransaction>],
        created: Vec<Created>,
    ) -> Vec<KnownReceipt> {
        let hashes = transactions.iter().map(|tx| tx.get_hash());
        let mut new: HashMap<_, _> = hashes.map(|hash| (hash, hash)).collect();
        let known = created.into_iter().map(|Created { parent, receipt }| {
            let of_parent = || Some(self.live.receipt(&parent)?.tx_hash);
            let tx_hash = new.get(&parent).copied().or_else(of_parent);
            let tx_hash = tx_hash.unwrap_or(parent);
            new.insert(*receipt.receipt_id(), tx_hash);
            KnownReceipt { receipt, tx_hash }
        });
        known.collect()
    }

    /// Of our own, or the one that a replayed chain's header hashes to.
    fn chunk_hash(&self, block: &Block) -> CryptoHash {
        match (block.has_chunk, self.fixed.config.is_replay()) {
            (false, _) => CryptoHash::default(),
            (true, false) => block::chunk_hash(&block.hash),
            (true, true) => self.headers().chunk_header(block).compute_hash().0,
        }
    }

    /// A block's price follows the gas of the chunk its header carries: the
    /// previous block's.
    fn next_gas_price(&self, input: &BlockInput, prev_gas_used: Gas) -> Balance {
        if !input.has_chunk {
            return input.gas_price;
        }
        let config = &self.fixed.config;
        near_primitives::block::Block::compute_next_gas_price_checked(
            input.gas_price,
            prev_gas_used,
            config.gas_limit,
            config.gas_price_adjustment_rate,
            config.min_gas_price,
            config.max_gas_price,
        )
        .unwrap_or(config.max_gas_price)
    }

    /// Writes patched records over the state after a block.
    fn apply_patch(&mut self, after: &mut Trie, changes: &mut BlockChanges) {
        let patch = std::mem::take(&mut self.live.patch);
        if patch.is_empty() {
            return;
        }
        let mut state = StateUpdate::new(after.clone());
        let ledger = &mut self.live.ledger;
        for record in &patch {
            let before = supply::held_by(&state, record);
            genesis::put(&mut state, record);
            let after = supply::held_by(&state, record);
            ledger.minted = supply::sum([ledger.minted, after.saturating_sub(before)]);
            ledger.removed = supply::sum([ledger.removed, before.saturating_sub(after)]);
        }
        // nearcore's name for changes that no transaction made.
        state.commit(StateChangeCause::Migration);
        let (patched, its_changes) = state.finish();
        *after = patched;
        changes.extend(its_changes);
    }

    /// All checks a transaction can fail before a block takes it.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn check(&self, tx: &SignedTransaction) -> Result<(), InvalidTxError> {
        let mut context = self.next_context(&self.next_input());
        self.check_age(tx, context.height)?;
        verifier::check_form(&context, tx)?;
        match verifier::charge(&context, &self.live.state, tx) {
            // Of several broken rules a node names this one last: it looks at it
            // when the chunk is made.
            Err(last @ InvalidTxError::NonceTooLarge { .. }) => {
                context.height = u64::MAX / AccessKey::ACCESS_KEY_NONCE_RANGE_MULTIPLIER;
                match verifier::charge(&context, &self.live.state, tx) {
                    Ok(_) | Err(InvalidTxError::NonceTooLarge { .. }) => Err(last),
                    Err(first) => Err(first),
                }
            }
            checked => checked.map(|_| ()),
        }
    }
}
