//! Transactions: into the pool, and what became of them.

use super::{outcome, Chain};
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::BlockHeight;
use near_primitives::views::{ExecutionOutcomeWithIdView, FinalExecutionOutcomeWithReceiptView};
use std::sync::Arc;

impl Chain {
    /// Checks a transaction against the head's state and pools it for the next
    /// block. Sending one that is pooled or executed again changes nothing.
    ///
    /// # Errors
    /// The rule it breaks. Actions the engine does not offer (docs/spec) are
    /// `ActionsValidation(UnsupportedProtocolFeature)`.
    pub fn submit(&mut self, transaction: SignedTransaction) -> Result<CryptoHash, InvalidTxError> {
        let hash = transaction.get_hash();
        if self.is_pooled(&hash) || self.live.transaction(&hash).is_some() {
            return Ok(hash);
        }
        self.check(&transaction)?;
        self.live.rejected.remove(&hash);
        self.live.pooled.insert(hash, ());
        self.live.pool.push_back(Arc::new(transaction));
        Ok(hash)
    }

    /// Whether this transaction waits in the pool.
    pub fn is_pooled(&self, tx_hash: &CryptoHash) -> bool {
        self.live.pooled.contains_key(tx_hash)
    }

    /// What waits for the next block, in order of submission.
    pub fn pool(&self) -> impl Iterator<Item = &SignedTransaction> {
        self.live.pool.iter().map(|tx| &**tx)
    }

    /// Why a transaction that was pooled never got into a block: what came
    /// before it took its nonce or its money, or it grew too old.
    pub fn rejection(&self, tx_hash: &CryptoHash) -> Option<&InvalidTxError> {
        self.live.rejected.get(tx_hash).map(|(_, error)| error)
    }

    /// Hashes of the transactions in the blocks above a height, oldest first.
    pub fn transactions_after(&self, height: BlockHeight) -> Vec<CryptoHash> {
        let blocks = self.live.blocks.range(height + 1..);
        let transactions = blocks.flat_map(|(_, block)| &block.transactions);
        transactions.map(|tx| tx.get_hash()).collect()
    }

    /// What a transaction and all its receipts did so far. `None`: unknown, or
    /// still in the pool. Refunds are part of it; receipts that have not run
    /// have no outcome yet and the status is `Started`.
    pub fn final_outcome(
        &self,
        tx_hash: &CryptoHash,
    ) -> Option<FinalExecutionOutcomeWithReceiptView> {
        outcome::final_view(&self.live, tx_hash)
    }

    /// Whether every receipt of this transaction, refunds too, has run. A
    /// yielded callback that waits for its resume has not.
    pub fn is_finished(&self, tx_hash: &CryptoHash) -> bool {
        outcome::is_finished(&self.live, tx_hash)
    }

    /// The outcome of a transaction or a receipt, with its merkle proof.
    pub fn execution_outcome(&self, id: &CryptoHash) -> Option<ExecutionOutcomeWithIdView> {
        outcome::view(&self.live, id)
    }

    /// A receipt that exists or existed, data receipts and refunds too.
    pub fn receipt(&self, receipt_id: &CryptoHash) -> Option<Arc<Receipt>> {
        self.live.receipt(receipt_id).map(|known| known.receipt)
    }

    /// The transaction whose receipt tree contains this receipt.
    pub fn transaction_of_receipt(&self, receipt_id: &CryptoHash) -> Option<CryptoHash> {
        self.live.receipt(receipt_id).map(|known| known.tx_hash)
    }

    /// Transactions that wait for a block.
    pub fn pool_size(&self) -> usize {
        self.live.pool.len()
    }
}
