//! State roots: the proof that every column of the state agrees.

use super::Kind;
use crate::replay::field::Field;
use crate::replay::report::Report;
use crate::replay::Malformed;
use crate::Chain;
use serde_json::json;

/// Compares the state before a block's chunk: what the chunk says it starts
/// from, and what it makes the blocks before it state since the last chunk.
/// (A block without a chunk changes the state, too, and a genesis block has one.)
pub fn before(
    chain: &Chain,
    blocks: &[Field],
    index: usize,
    report: &mut Report,
) -> Result<(), Malformed> {
    if index > 0 && !has_chunk(&blocks[index])? {
        return Ok(());
    }
    let root = json!(chain.state_root());
    let started_from = blocks[index].get("chunk");
    let started_from = started_from.get("prev_state_root");
    let height = blocks[index].get("height").number()?;
    let place = || format!("block {height} chunk.prev_state_root");
    report.compare(Kind::StateRoot, place, started_from.value(), &root);
    for block in blocks[..index].iter().rev() {
        let height = block.get("height").number()?;
        let stated = block.get("after");
        let stated = stated.get("state_root");
        let place = || format!("block {height} after.state_root");
        report.compare(Kind::StateRoot, place, stated.value(), &root);
        if has_chunk(block)? {
            break;
        }
    }
    Ok(())
}

/// The state after the last block, as the chunk after it states it.
pub fn end(chain: &Chain, blocks: &[Field], report: &mut Report) {
    let Some(last) = blocks.last() else { return };
    let after = last.get("after");
    if after.get("included").value() == true {
        let place = || format!("block {} after.state_root", chain.head().height);
        let root = json!(chain.state_root());
        report.compare(
            Kind::StateRoot,
            place,
            after.get("state_root").value(),
            &root,
        );
    }
}

fn has_chunk(block: &Field) -> Result<bool, Malformed> {
    let included: u64 = block.get("chunk").get("height_included").number()?;
    Ok(included == block.get("height").number()?)
}
