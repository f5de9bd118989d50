//! Receipts by their ids, and those that a block sent on.

use super::{Block, Kind};
use crate::replay::field::Field;
use crate::replay::report::Report;
use crate::replay::Malformed;
use crate::Chain;
use near_primitives::hash::CryptoHash;
use near_primitives::views::ReceiptView;
use serde_json::{json, Value};

/// Ids in order; local receipts are never among them.
pub fn outgoing(block: &Block, report: &mut Report) {
    let engine = block.chain.outgoing().iter();
    let engine: Vec<_> = engine.map(|receipt| receipt.receipt_id()).collect();
    let recorded = match block.recorded.get("outgoing_receipts").value() {
        Value::Null => json!([]),
        ids => ids.clone(),
    };
    let place = || format!("block {} outgoing_receipts", block.height);
    report.compare(Kind::OutgoingReceipts, place, &recorded, &json!(engine));
}

/// Every receipt that the node showed.
pub fn all(chain: &Chain, recorded: &Field, report: &mut Report) -> Result<(), Malformed> {
    for (id, recorded) in recorded.members()? {
        let hash: CryptoHash = id
            .parse()
            .map_err(|error| recorded.wrong(&format!("not a receipt id: {error}")))?;
        let engine = chain
            .receipt(&hash)
            .map(|found| ReceiptView::from((*found).clone()));
        let place = || format!("receipt {id}");
        report.compare(Kind::Receipts, place, recorded.value(), &json!(engine));
    }
    Ok(())
}
