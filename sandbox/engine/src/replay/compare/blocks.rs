//! What headers state of a block: prices, supply, epochs, sums, roots.

use super::{Block, Kind};
use crate::replay::field::Field;
use crate::replay::report::Report;
use crate::Chain;
use near_primitives::types::BlockReference;
use near_primitives::views::CongestionInfoView;
use serde_json::{json, Value};

pub fn compare(block: &Block, report: &mut Report) {
    header(block, report);
    if let Some(due) = block.due_height {
        let place = || format!("block {} height after a fast-forward", block.height);
        report.compare(Kind::Blocks, place, &json!(block.height), &json!(due));
    }
    let recorded = block.recorded;
    let included = recorded.get("chunk").get("height_included");
    if included.value() == block.height {
        chunk_gas(block, report);
    }
    let after = recorded.get("after");
    // Figures that no later chunk stated are those of an older block.
    if after.get("included").value() == true && included.value() == block.height {
        sums(block, &after, report);
    }
}

fn header(block: &Block, report: &mut Report) {
    let mut check = |kind, name: &str, engine: Value| {
        let place = || format!("block {} {name}", block.height);
        report.compare(kind, place, block.recorded.get(name).value(), &engine);
    };
    let head = block.chain.head();
    check(Kind::Blocks, "prev_hash", json!(head.prev_hash));
    check(Kind::GasPrice, "gas_price", json!(head.gas_price));
    check(Kind::GasPrice, "next_gas_price", json!(head.next_gas_price));
    check(Kind::TotalSupply, "total_supply", json!(head.total_supply));
    check(Kind::Epoch, "epoch_id", json!(head.epoch_id));
}

fn chunk_gas(block: &Block, report: &mut Report) {
    let Ok(chunk) = block.chain.chunk(&BlockReference::latest()) else {
        return;
    };
    let engine = json!({
        "gas_used": chunk.header.gas_used,
        "gas_limit": chunk.header.gas_limit,
    });
    let recorded = block.recorded.get("chunk");
    for name in ["gas_used", "gas_limit"] {
        let place = || format!("block {} chunk.{name}", block.height);
        report.compare(
            Kind::ChunkGas,
            place,
            recorded.get(name).value(),
            &engine[name],
        );
    }
}

/// What the next chunk's header states about this block's.
fn sums(block: &Block, after: &Field, report: &mut Report) {
    let totals = block.chain.totals();
    for (kind, name, engine) in [
        (Kind::GasUsed, "gas_used", json!(totals.gas_used)),
        (Kind::BalanceBurnt, "balance_burnt", json!(totals.burnt)),
        (
            Kind::OutcomeRoot,
            "outcome_root",
            json!(totals.outcome_root),
        ),
        (
            Kind::OutgoingRoot,
            "outgoing_receipts_root",
            json!(totals.outgoing_receipts_root),
        ),
        (
            Kind::Congestion,
            "congestion_info",
            json!(CongestionInfoView::from(totals.congestion_info)),
        ),
    ] {
        let place = || format!("block {} after.{name}", block.height);
        report.compare(kind, place, after.get(name).value(), &engine);
    }
}

/// The epoch at the end; and that every token is held, in flight or accounted
/// for.
pub fn end(chain: &Chain, all: &Field, report: &mut Report) {
    let epoch = all.get("epoch_height");
    let engine = json!(chain.head().epoch_height);
    report.compare(
        Kind::Epoch,
        || "epoch_height".to_owned(),
        epoch.value(),
        &engine,
    );
    let check = chain.total_supply_check();
    let engine = if check.holds() {
        json!("holds")
    } else {
        json!(format!("{check:?}"))
    };
    let place = || format!("block {}", chain.head().height);
    report.compare(Kind::Conservation, place, &json!("holds"), &engine);
}
