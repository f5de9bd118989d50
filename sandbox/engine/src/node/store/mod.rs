//! A home: a folder that keeps a chain beyond its process.
//!
//! | module | concern |
//! |---|---|
//! | `journal` | a file of frames, one a change of the chain: fast to write |
//! | `database` | all blocks and the state as of the last fold: fast to open |
//! | `tables` | the form of the database |
//! | `archive` | reading blocks that are no longer in memory |
//! | `step` | what a frame holds |
//!
//! Every change is appended to the journal before anyone learns of it. From
//! time to time the journal is folded into the database and begins anew, so
//! opening costs what the state costs, however long the chain is.

mod archive;
mod database;
mod journal;
#[cfg(test)]
mod kill_tests;
mod step;
mod tables;

use crate::chain::{Chain, Config, Live};
use database::Database;
use journal::Journal;
use std::io;
use std::path::Path;
use std::sync::Arc;
use step::Step;

/// The journal is folded when it holds so many blocks or bytes.
const FOLD_BLOCKS: u64 = 500;
const FOLD_BYTES: u64 = 4 << 20;

/// What keeps a chain in a folder.
pub struct Store {
    database: Arc<Database>,
    journal: Journal,
    /// Frames ever written.
    sequence: u64,
    /// The chain that the database holds.
    folded: Live,
    /// The chain that database and journal hold together.
    kept: Live,
    history: u64,
}

impl Drop for Store {
    fn drop(&mut self) {
        // Before the journal's lock goes.
        self.database.close();
    }
}

impl Store {
    /// The chain that a folder keeps, or a new one where it keeps none.
    ///
    /// # Errors
    /// The files cannot be used, or hold something else.
    pub fn open(folder: &Path, config: Config) -> io::Result<(Chain, Self)> {
        std::fs::create_dir_all(folder)?;
        // Its lock keeps others away from both files.
        let (journal, frames) = Journal::open(&folder.join("journal"))?;
        let database = Arc::new(Database::open(&folder.join("chain.redb"))?);
        let history = config.history;
        let (mut chain, sequence) = match database.load()? {
            Some(folded) => {
                let sequence = folded.sequence;
                (Chain::restored(config, step::restore(folded)?), sequence)
            }
            None => {
                let chain = Chain::new(config);
                database.fold(None, chain.live(), 0, history)?;
                (chain, 0)
            }
        };
        chain.attach(database.clone());
        let mut store = Self {
            folded: chain.live().clone(),
            kept: chain.live().clone(),
            database,
            journal,
            sequence,
            history,
        };
        store.replay(&mut chain, &frames)?;
        Ok((chain, store))
    }

    fn replay(&mut self, chain: &mut Chain, frames: &[Vec<u8>]) -> io::Result<()> {
        for frame in frames {
            let step: Step = borsh::from_slice(frame)?;
            // A fold was the last thing done before the process was killed.
            if step.sequence <= self.sequence {
                continue;
            }
            self.sequence = step.sequence;
            chain.redo(step)?;
        }
        self.kept = chain.live().clone();
        Ok(())
    }

    /// Writes down what the chain did since the last time.
    pub fn catch_up(&mut self, chain: &mut Chain) -> io::Result<()> {
        if self.kept.is_same_moment(chain.live()) {
            return Ok(());
        }
        let is_long = self.journal.bytes() > FOLD_BYTES
            || chain.live().head().ordinal > self.folded.head().ordinal + FOLD_BLOCKS;
        match Step::between(&self.kept, chain.live(), self.sequence + 1) {
            Some(step) if !is_long => {
                self.journal.append(&borsh::to_vec(&step)?)?;
                self.sequence += 1;
                self.kept = chain.live().clone();
                Ok(())
            }
            _ => self.fold(chain),
        }
    }

    fn fold(&mut self, chain: &mut Chain) -> io::Result<()> {
        let live = chain.live();
        self.database
            .fold(Some(&self.folded), live, self.sequence, self.history)?;
        self.journal.clear()?;
        chain.set_archived();
        self.folded = chain.live().clone();
        self.kept = self.folded.clone();
        Ok(())
    }
}
