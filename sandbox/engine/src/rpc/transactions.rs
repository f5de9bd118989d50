//! `send_tx`, `broadcast_tx_*`, `tx`: the methods that wait for blocks.

use super::errors::{handler_error, to_answer, Answer};
use super::params::{pair, parse, single_transaction};
use crate::node::Node;
use crate::Chain;
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::transactions::{
    RpcSendTransactionRequest, RpcTransactionError, RpcTransactionResponse,
    RpcTransactionStatusRequest, TransactionInfo,
};
use near_primitives::hash::CryptoHash;
use near_primitives::views::{
    FinalExecutionOutcomeViewEnum, FinalExecutionOutcomeWithReceiptView, TxExecutionStatus,
};
use serde_json::Value;
use std::time::Duration;

/// `broadcast_tx_async`: the hash of any transaction that can be decoded, even
/// of one that is refused.
pub fn broadcast_async(node: &Node, params: Value) -> Answer {
    let transaction = send_request(params)?.signed_transaction;
    let hash = transaction.get_hash();
    // What became of it is asked with `tx`; there is nobody to tell here.
    let _ = node.write(|chain| chain.submit(transaction));
    to_answer(&hash)
}

/// `send_tx`, and `broadcast_tx_commit`, which is the same with its default.
/// It waits no longer than `longest`.
pub async fn send(node: &Node, params: Value, longest: Duration) -> Answer {
    let RpcSendTransactionRequest {
        signed_transaction,
        wait_until,
    } = send_request(params)?;
    let hash = node
        .write(|chain| chain.submit(signed_transaction))
        .map_err(|context| RpcTransactionError::InvalidTransaction { context })?;
    if wait_until == TxExecutionStatus::None {
        return to_answer(&RpcTransactionResponse {
            final_execution_outcome: None,
            final_execution_status: TxExecutionStatus::None,
        });
    }
    wait(node, &hash, wait_until, false, longest).await
}

/// `tx` and `EXPERIMENTAL_tx_status`. The sender is not looked at: there is one
/// shard.
pub async fn status(node: &Node, params: Value, with_receipts: bool, longest: Duration) -> Answer {
    let RpcTransactionStatusRequest {
        transaction_info,
        wait_until,
    } = status_request(params)?;
    let hash = match &transaction_info {
        TransactionInfo::Transaction { signed_tx } => signed_tx.get_hash(),
        TransactionInfo::TransactionId { tx_hash, .. } => *tx_hash,
    };
    if wait_until != TxExecutionStatus::None {
        return wait(node, &hash, wait_until, with_receipts, longest).await;
    }
    let found = node.read(|chain| progress(chain, &hash));
    match found {
        Some((status, outcome)) => response(status, Some(outcome), with_receipts),
        None if node.read(|chain| chain.is_pooled(&hash)) => {
            response(TxExecutionStatus::None, None, with_receipts)
        }
        None => Err(RpcTransactionError::UnknownTransaction {
            requested_transaction_hash: hash,
        }
        .into()),
    }
}

fn send_request(params: Value) -> Result<RpcSendTransactionRequest, RpcError> {
    match single_transaction(&params) {
        Some(transaction) => Ok(RpcSendTransactionRequest {
            signed_transaction: transaction?,
            wait_until: TxExecutionStatus::default(),
        }),
        None => parse(params),
    }
}

fn status_request(params: Value) -> Result<RpcTransactionStatusRequest, RpcError> {
    let transaction_info = if let Some(hash_and_sender) = pair(&params) {
        let (tx_hash, sender_account_id) = hash_and_sender?;
        TransactionInfo::TransactionId {
            tx_hash,
            sender_account_id,
        }
    } else if let Some(transaction) = single_transaction(&params) {
        TransactionInfo::from_signed_tx(transaction?)
    } else {
        return parse(params);
    };
    Ok(RpcTransactionStatusRequest {
        transaction_info,
        wait_until: TxExecutionStatus::default(),
    })
}

async fn wait(
    node: &Node,
    hash: &CryptoHash,
    wanted: TxExecutionStatus,
    with_receipts: bool,
    longest: Duration,
) -> Answer {
    let mut changes = node.changes();
    let reached = tokio::time::timeout(longest, async {
        loop {
            changes.borrow_and_update();
            let found = node.read(|chain| match chain.rejection(hash) {
                Some(reason) => Err(reason.clone()),
                None => Ok(progress(chain, hash)),
            });
            match found {
                Ok(Some((status, outcome))) if satisfies(&status, &wanted) => {
                    return Ok(Some((status, outcome)));
                }
                // Valid when it was pooled, but not when its block was made.
                Err(context) => return Err(RpcTransactionError::InvalidTransaction { context }),
                Ok(_) => {}
            }
            if changes.changed().await.is_err() {
                return Ok(None);
            }
        }
    });
    match reached.await {
        // A node knows of a transaction before it has run, and that is when it
        // answers who waits for no more: without an outcome.
        Ok(Ok(Some((status, _)))) if wanted == TxExecutionStatus::Included && !has_run(&status) => {
            response(status, None, with_receipts)
        }
        Ok(Ok(Some((status, outcome)))) => response(status, Some(outcome), with_receipts),
        Ok(Err(invalid)) => Err(invalid.into()),
        Ok(Ok(None)) | Err(_) => Err(handler_error("TIMEOUT_ERROR", None, "Timeout")),
    }
}

/// How far a transaction has come, and what it did (nearcore:
/// view_client_actor.rs, `get_tx_execution_status`).
fn progress(
    chain: &Chain,
    hash: &CryptoHash,
) -> Option<(TxExecutionStatus, FinalExecutionOutcomeWithReceiptView)> {
    let outcome = chain.final_outcome(hash)?;
    let executed = &outcome.final_outcome;
    let is_final = chain.is_final(&executed.transaction_outcome.block_hash);
    let has_run = chain.is_finished(hash) || only_refunds_are_left(chain, &outcome);
    let all_final = || {
        let mut receipts = executed.receipts_outcome.iter();
        chain.is_finished(hash) && receipts.all(|done| chain.is_final(&done.block_hash))
    };
    let status = match (has_run, is_final) {
        (false, false) => TxExecutionStatus::Included,
        (false, true) => TxExecutionStatus::IncludedFinal,
        (true, false) => TxExecutionStatus::ExecutedOptimistic,
        (true, true) if all_final() => TxExecutionStatus::Final,
        (true, true) => TxExecutionStatus::Executed,
    };
    Some((status, outcome))
}

fn only_refunds_are_left(chain: &Chain, outcome: &FinalExecutionOutcomeWithReceiptView) -> bool {
    let outcome = &outcome.final_outcome;
    let executed =
        || std::iter::once(&outcome.transaction_outcome).chain(&outcome.receipts_outcome);
    let made = executed().flat_map(|done| &done.outcome.receipt_ids);
    made.filter(|id| executed().all(|done| done.id != **id))
        .all(|id| {
            chain
                .receipt(id)
                .is_some_and(|receipt| receipt.predecessor_id().is_system())
        })
}

fn has_run(status: &TxExecutionStatus) -> bool {
    use TxExecutionStatus::{Executed, ExecutedOptimistic, Final};
    matches!(status, ExecutedOptimistic | Executed | Final)
}

/// Whether a status is what was waited for or more. The states are no ladder: a
/// transaction may run before its block is final or after.
fn satisfies(status: &TxExecutionStatus, wanted: &TxExecutionStatus) -> bool {
    use TxExecutionStatus::{
        Executed, ExecutedOptimistic, Final, Included, IncludedFinal, None as Nothing,
    };
    match wanted {
        Nothing => true,
        Included => *status != Nothing,
        ExecutedOptimistic => has_run(status),
        IncludedFinal => matches!(status, IncludedFinal | Executed | Final),
        Executed => matches!(status, Executed | Final),
        Final => *status == Final,
    }
}

fn response(
    status: TxExecutionStatus,
    outcome: Option<FinalExecutionOutcomeWithReceiptView>,
    with_receipts: bool,
) -> Answer {
    let final_execution_outcome = outcome.map(|outcome| {
        if with_receipts {
            FinalExecutionOutcomeViewEnum::FinalExecutionOutcomeWithReceipt(outcome)
        } else {
            FinalExecutionOutcomeViewEnum::FinalExecutionOutcome(outcome.final_outcome)
        }
    });
    to_answer(&RpcTransactionResponse {
        final_execution_outcome,
        final_execution_status: status,
    })
}
