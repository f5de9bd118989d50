//! The engine's answers against the node's, one file a kind of thing.
//!
//! | module | compares |
//! |---|---|
//! | `kind` | the list of everything that is compared |
//! | `outcomes` | what ran in a block, in which order, and what it did |
//! | `blocks` | what headers state: prices, supply, epochs, sums, roots |
//! | `roots` | the state before each chunk |
//! | `receipts` | receipts, and those a block sent on |
//! | `changes` | what a block changed in the state, and why |
//! | `questions`, `views`, `refusals` | what the node was asked while a block was its head |
//! | `accounts` | the final state |

mod accounts;
mod blocks;
mod changes;
mod kind;
mod outcomes;
mod questions;
mod receipts;
mod refusals;
mod roots;
mod views;

pub use kind::Kind;

use super::feed::Feed;
use super::field::Field;
use super::report::Report;
use super::{Malformed, Transcript};
use crate::Chain;
use questions::Questions;

/// One block's answers: the engine's head and what is recorded of it.
struct Block<'a> {
    chain: &'a Chain,
    recorded: &'a Field<'a>,
    height: u64,
    /// Where a fast-forward before it must land.
    due_height: Option<u64>,
}

pub fn run(transcript: &Transcript, ignored: &[Kind]) -> Result<Report, Malformed> {
    let all = transcript.field();
    let blocks = all.get("blocks").items()?;
    let mut questions = Questions::new(&all, &blocks)?;
    let mut feed = Feed::new(&transcript.stripped()?)?;
    let mut report = Report::new(all.get("name").value().as_str(), ignored);
    for (index, recorded) in blocks.iter().enumerate() {
        roots::before(feed.chain(), &blocks, index, &mut report)?;
        let due_height = if index > 0 {
            feed.step().flatten()
        } else {
            None
        };
        let height = recorded.get("height").number()?;
        let chain = feed.chain();
        let block = Block {
            chain,
            recorded,
            height,
            due_height,
        };
        report.blocks += 1;
        outcomes::compare(&block, &mut report)?;
        receipts::outgoing(&block, &mut report);
        changes::compare(&block, &mut report);
        blocks::compare(&block, &mut report);
        questions.ask(chain, height, &mut report)?;
    }
    roots::end(feed.chain(), &blocks, &mut report);
    questions.end(&mut report);
    receipts::all(feed.chain(), &all, &mut report)?;
    accounts::compare(feed.chain(), &all.get("final"), &mut report)?;
    blocks::end(feed.chain(), &all, &mut report);
    Ok(report)
}
