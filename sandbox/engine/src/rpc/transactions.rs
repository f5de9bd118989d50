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

/// How long nearcore's nodes let a request wait.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

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
pub async fn send(node: &Node, params: Value) -> Answer {
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
    wait(node, &hash, wait_until, false).await
}

/// `tx` and `EXPERIMENTAL_tx_status`. The sender is not looked at: there is one
/// shard.
pub async fn status(node: &Node, params: Value, with_receipts: bool) -> Answer {
    let RpcTransactionStatusRequest {
        transaction_info,
        wait_until,
    } = status_request(params)?;
    let hash = match &transaction_info {
        TransactionInfo::Transaction { signed_tx } => signed_tx.get_hash(),
        TransactionInfo::TransactionId { tx_hash, .. } => *tx_hash,
    };
    if wait_until != TxExecutionStatus::None {
        return wait(node, &hash, wait_until, with_receipts).await;
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
) -> Answer {
    let mut changes = node.changes();
    let reached = tokio::time::timeout(LONGEST_WAIT, async {
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
        Ok(Ok(Some((status, outcome)))) => response(status, Some(outcome), with_receipts),
        Ok(Err(invalid)) => Err(invalid.into()),
        Ok(Ok(None)) | Err(_) => Err(handler_error("TIMEOUT_ERROR", None, "Timeout")),
    }
}

/// How far a transaction has come. A block is final when it is made, so what
/// has run has run finally.
fn progress(
    chain: &Chain,
    hash: &CryptoHash,
) -> Option<(TxExecutionStatus, FinalExecutionOutcomeWithReceiptView)> {
    let outcome = chain.final_outcome(hash)?;
    let status = if chain.is_finished(hash) {
        TxExecutionStatus::Final
    } else if only_refunds_are_left(chain, &outcome) {
        TxExecutionStatus::Executed
    } else {
        TxExecutionStatus::Included
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

/// nearcore's order of the states is not their order in time: an included
/// block is final here, so `INCLUDED_FINAL` asks no more than `INCLUDED`.
fn satisfies(status: &TxExecutionStatus, wanted: &TxExecutionStatus) -> bool {
    let rank = |status: &TxExecutionStatus| match status {
        TxExecutionStatus::None => 0,
        TxExecutionStatus::Included | TxExecutionStatus::IncludedFinal => 1,
        TxExecutionStatus::ExecutedOptimistic | TxExecutionStatus::Executed => 2,
        TxExecutionStatus::Final => 3,
    };
    rank(status) >= rank(wanted)
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
