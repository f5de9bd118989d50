//! What transactions and receipts did, in nearcore's views.

use super::history::{Live, Outcome};
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::{ExecutionOutcomeWithIdAndProof, ExecutionStatus};
use near_primitives::views::{
    ExecutionOutcomeWithIdView, FinalExecutionOutcomeView, FinalExecutionOutcomeWithReceiptView,
    FinalExecutionStatus, ReceiptView,
};

pub fn view(live: &Live, id: &CryptoHash) -> Option<ExecutionOutcomeWithIdView> {
    let Outcome { block, index } = live.outcome(id)?;
    let with_proof = ExecutionOutcomeWithIdAndProof {
        proof: block.proofs().paths[index].clone(),
        block_hash: block.hash,
        outcome_with_id: block.outcomes[index].clone(),
    };
    Some(with_proof.into())
}

/// An id and the receipts below it that have outcomes, depth first, and whether
/// none is missing.
fn descendants(live: &Live, id: &CryptoHash, found: &mut Vec<CryptoHash>) -> bool {
    let Some(outcome) = live.outcome(id) else {
        return false;
    };
    found.push(*id);
    let mut complete = true;
    for child in &outcome.get().outcome.receipt_ids {
        complete &= descendants(live, child, found);
    }
    complete
}

pub fn is_finished(live: &Live, tx_hash: &CryptoHash) -> bool {
    live.transaction(tx_hash).is_some() && descendants(live, tx_hash, &mut Vec::new())
}

pub fn final_view(
    live: &Live,
    tx_hash: &CryptoHash,
) -> Option<FinalExecutionOutcomeWithReceiptView> {
    let tx = live.transaction(tx_hash)?;
    let mut ids = Vec::new();
    descendants(live, tx_hash, &mut ids);
    ids.remove(0);
    let receipts_outcome: Vec<_> = ids.iter().filter_map(|id| view(live, id)).collect();
    let transaction_outcome = view(live, tx_hash)?;
    let is_local = tx.transaction.signer_id() == tx.transaction.receiver_id();
    let first = transaction_outcome.outcome.receipt_ids.first().copied();
    // Nodes show no local receipts here.
    let shown = ids.iter().filter(|id| !(is_local && Some(**id) == first));
    let receipts = shown
        .filter_map(|id| live.receipt(id))
        .map(|known| ReceiptView::from((*known.receipt).clone()))
        .collect();
    let final_outcome = FinalExecutionOutcomeView {
        status: final_status(live, tx_hash),
        transaction: (*tx).clone().into(),
        transaction_outcome,
        receipts_outcome,
    };
    Some(FinalExecutionOutcomeWithReceiptView {
        final_outcome,
        receipts,
    })
}

/// The result at the end of the chain of receipts that the first one names.
fn final_status(live: &Live, tx_hash: &CryptoHash) -> FinalExecutionStatus {
    let mut id = *tx_hash;
    while let Some(outcome) = live.outcome(&id) {
        match &outcome.get().outcome.status {
            ExecutionStatus::SuccessReceiptId(next) => id = *next,
            ExecutionStatus::SuccessValue(value) => {
                return FinalExecutionStatus::SuccessValue(value.clone());
            }
            ExecutionStatus::Failure(error) => {
                return FinalExecutionStatus::Failure(error.clone());
            }
            ExecutionStatus::Unknown => break,
        }
    }
    FinalExecutionStatus::Started
}
