//! Receipts by their ids, and those that a block sent on.

use super::{Block, Kind};
use crate::replay::field::Field;
use crate::replay::report::Report;
use crate::replay::Malformed;
use crate::Chain;
use near_primitives::hash::CryptoHash;
use near_primitives::types::{BlockId, BlockReference};
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

/// Every receipt that the node showed, and that it showed every one: whatever
/// ran or was sent on.
pub fn all(chain: &Chain, all: &Field, report: &mut Report) -> Result<(), Malformed> {
    let recorded = all.get("receipts");
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
    for block in all.get("blocks").items()? {
        let reference = BlockReference::BlockId(BlockId::Height(block.get("height").number()?));
        for receipt in chain.receipts_in(&reference).unwrap_or_default() {
            let id = receipt.receipt_id().to_string();
            let shown = recorded.get(&id);
            if shown.is_null() {
                let engine = json!(ReceiptView::from((*receipt).clone()));
                report.compare(
                    Kind::Receipts,
                    || format!("receipt {id}"),
                    shown.value(),
                    &engine,
                );
            }
        }
    }
    Ok(())
}
