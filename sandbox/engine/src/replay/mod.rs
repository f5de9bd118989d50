//! Replaying what a real node did, and comparing everything it would answer.
//!
//! A *transcript* is a file that states a chain from genesis on: its inputs
//! (genesis, block headers, transactions, interventions) and the node's answers
//! (outcomes, receipts, state changes, roots, final state). The engine gets a
//! copy that holds the inputs alone; what it makes of them is compared with the
//! answers. docs/spec/sandbox-replay.md specifies format and comparison.
//!
//! | module | concern |
//! |---|---|
//! | `transcript`, `field` | reading a file; its values by their paths, with clear errors |
//! | `strip` | the copy without answers |
//! | `genesis`, `feed` | a node's genesis.json as a `Config`; the blocks, one after the other |
//! | `compare` | the engine's answers against the node's, one file a kind of thing |
//! | `report` | what was compared, and the first difference of each kind |

mod compare;
mod feed;
mod field;
mod genesis;
mod report;
mod strip;
mod transcript;

pub use compare::Kind;
pub use report::{Difference, Report, Tally};
pub use transcript::Transcript;

use crate::{Chain, Snapshot};
use feed::Feed;

/// A transcript that cannot be replayed: no such file, no JSON, or a value that
/// is not what the format says.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

/// Feeds a transcript to a fresh engine and compares all answers. Differences
/// of the ignored kinds are shown and do not count.
///
/// # Errors
/// The transcript is malformed.
pub fn replay(transcript: &Transcript, ignored: &[Kind]) -> Result<Report, Malformed> {
    compare::run(transcript, ignored)
}

/// The chain of [`chain`], and its snapshot after every block, genesis first.
///
/// # Errors
/// The transcript is malformed.
pub fn moments(transcript: &Transcript) -> Result<(Chain, Vec<Snapshot>), Malformed> {
    let mut feed = Feed::new(&transcript.stripped()?)?;
    let mut moments = vec![feed.chain().snapshot()];
    while feed.step().is_some() {
        moments.push(feed.chain().snapshot());
    }
    Ok((feed.into_chain(), moments))
}

/// The chain that a transcript's inputs make, with every state readable. It
/// leaves out transactions that the engine refuses.
///
/// # Errors
/// The transcript is malformed.
pub fn chain(transcript: &Transcript) -> Result<Chain, Malformed> {
    let mut feed = Feed::new(&transcript.stripped()?)?;
    while feed.step().is_some() {}
    Ok(feed.into_chain())
}
