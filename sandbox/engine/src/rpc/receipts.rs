//! `EXPERIMENTAL_receipt`, `EXPERIMENTAL_receipt_to_tx`.

use super::errors::{to_answer, Answer};
use super::params::parse;
use crate::Chain;
use near_jsonrpc_primitives::types::receipts::{ReceiptReference, RpcReceiptError};
use near_primitives::views::ReceiptView;
use serde_json::{json, Value};

pub fn receipt(chain: &Chain, params: Value) -> Answer {
    let ReceiptReference { receipt_id } = parse(params)?;
    match chain.receipt(&receipt_id) {
        Some(receipt) => to_answer(&ReceiptView::from((*receipt).clone())),
        None => Err(RpcReceiptError::UnknownReceipt { receipt_id }.into()),
    }
}

pub fn receipt_to_tx(chain: &Chain, params: Value) -> Answer {
    let ReceiptReference { receipt_id } = parse(params)?;
    let found = chain.transaction_of_receipt(&receipt_id).and_then(|transaction_hash| {
        let outcome = chain.final_outcome(&transaction_hash)?;
        let sender_account_id = outcome.final_outcome.transaction.signer_id;
        Some(json!({ "sender_account_id": sender_account_id, "transaction_hash": transaction_hash }))
    });
    found.ok_or_else(|| RpcReceiptError::UnknownReceipt { receipt_id }.into())
}
