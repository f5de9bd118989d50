//! What transactions and receipts did, in nearcore's views.

use super::history::Live;
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::{ExecutionOutcomeWithIdAndProof, ExecutionStatus};
use near_primitives::views::{
    ExecutionOutcomeWithIdView, FinalExecutionOutcomeView, FinalExecutionOutcomeWithReceiptView,
    FinalExecutionStatus, ReceiptView,
};

pub fn view(live: &Live, id: &CryptoHash) -> Option<ExecutionOutcomeWithIdView> {
    let place = live.outcomes.get(id)?;
    let block = live.at(place.height)?;
    let with_proof = ExecutionOutcomeWithIdAndProof {
        proof: block.proofs().paths[place.index].clone(),
        block_hash: block.hash,
        outcome_with_id: block.outcomes[place.index].clone(),
    };
    Some(with_proof.into())
}

/// The receipts below an id that have outcomes, depth first, and whether any
/// is still missing.
fn descendants(live: &Live, id: &CryptoHash, found: &mut Vec<CryptoHash>) -> bool {
    let Some((_, outcome)) = live.outcome(id) else {
        return false;
    };
    outcome
        .outcome
        .receipt_ids
        .iter()
        .fold(true, |complete, child| {
            if live.outcomes.contains_key(child) {
                found.push(*child);
            }
            descendants(live, child, found) && complete
        })
}

pub fn is_finished(live: &Live, tx_hash: &CryptoHash) -> bool {
    live.transactions.contains_key(tx_hash) && descendants(live, tx_hash, &mut Vec::new())
}

pub fn final_view(
    live: &Live,
    tx_hash: &CryptoHash,
) -> Option<FinalExecutionOutcomeWithReceiptView> {
    let tx = live.transactions.get(tx_hash)?;
    let mut ids = Vec::new();
    descendants(live, tx_hash, &mut ids);
    let receipts_outcome: Vec<_> = ids.iter().filter_map(|id| view(live, id)).collect();
    let transaction_outcome = view(live, tx_hash)?;
    let is_local = tx.transaction.signer_id() == tx.transaction.receiver_id();
    let first = transaction_outcome.outcome.receipt_ids.first().copied();
    // Nodes show no local receipts here.
    let shown = ids.iter().filter(|id| !(is_local && Some(**id) == first));
    let receipts = shown
        .filter_map(|id| live.receipts.get(id))
        .map(|known| ReceiptView::from((*known.receipt).clone()))
        .collect();
    let final_outcome = FinalExecutionOutcomeView {
        status: final_status(live, tx_hash),
        transaction: (**tx).clone().into(),
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
    while let Some((_, outcome)) = live.outcome(&id) {
        match &outcome.outcome.status {
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
