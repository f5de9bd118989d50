//! A chain in one file.
//!
//! `magic ‖ u32le version ‖ Borsh of [Saved] ‖ sha256 of all that`. It holds what
//! is in memory: the state, the last blocks, the pool and the clock.

use super::epoch::Epochs;
use super::history::Live;
use super::stored::{Older, Rest, Stored};
use super::{Chain, Config};
use crate::state::{Trie, Value};
use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::hash::hash;
use near_primitives::transaction::SignedTransaction;
use std::path::PathBuf;
use std::sync::Arc;

const MAGIC: &[u8; 16] = b"sealwright chain";
/// Raised whenever [`Saved`] or what it holds changes its form.
const VERSION: u32 = 1;
const CHECKSUM: usize = 32;

/// Why bytes are no saved chain.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FileError {
    #[error("it is no saved chain")]
    Foreign,
    #[error("it has format {0}, this version reads format {VERSION}")]
    Version(u32),
    #[error("it is damaged: its checksum does not fit")]
    Damaged,
    #[error("it is damaged: {0}")]
    Malformed(String),
}

/// A chain that was read and not opened yet.
#[derive(BorshSerialize, BorshDeserialize)]
pub struct Saved {
    /// JSON of the [`Config`].
    config: Vec<u8>,
    genesis: Stored,
    state: Vec<(Vec<u8>, Value)>,
    /// The last blocks, oldest first.
    blocks: Vec<Stored>,
    epochs: Epochs,
    rest: Rest,
    older: Older,
    pool: Vec<Arc<SignedTransaction>>,
}

impl Chain {
    /// The whole chain as bytes.
    pub fn save(&self) -> Vec<u8> {
        let live = &self.live;
        let saved = Saved {
            config: serde_json::to_vec(&self.fixed.config).expect("it has a JSON form"),
            genesis: live.stored(&live.genesis),
            state: live.state.with_prefix(b""),
            blocks: live
                .blocks
                .values()
                .map(|block| live.stored(block))
                .collect(),
            epochs: live.epochs.clone(),
            rest: live.rest(),
            older: live.older(),
            pool: live.pool.iter().cloned().collect(),
        };
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        borsh::to_writer(&mut bytes, &saved).expect("writing to memory");
        let checksum = hash(&bytes);
        bytes.extend_from_slice(checksum.as_bytes());
        bytes
    }

    /// A chain that goes on where a saved one ended, with compiled contracts in
    /// a folder of this machine (see [`Config::cache_dir`]).
    ///
    /// # Errors
    /// What was saved contradicts itself.
    pub fn open(saved: Saved, cache_dir: Option<PathBuf>) -> Result<Self, FileError> {
        let config: Config = serde_json::from_slice(&saved.config).map_err(malformed)?;
        let config = Config {
            cache_dir,
            ..config
        };
        Ok(Self::restored(config, saved.into_live()?))
    }
}

impl Saved {
    /// # Errors
    /// The bytes are not what [`Chain::save`] wrote.
    pub fn read(bytes: &[u8]) -> Result<Self, FileError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(FileError::Foreign)?;
        let (version, rest) = rest.split_first_chunk().ok_or(FileError::Damaged)?;
        let version = u32::from_le_bytes(*version);
        if version != VERSION {
            return Err(FileError::Version(version));
        }
        let length = rest.len().checked_sub(CHECKSUM).ok_or(FileError::Damaged)?;
        let (payload, checksum) = rest.split_at(length);
        if hash(&bytes[..bytes.len() - CHECKSUM]).as_bytes() != checksum {
            return Err(FileError::Damaged);
        }
        borsh::from_slice(payload).map_err(malformed)
    }

    fn into_live(self) -> Result<Live, FileError> {
        let states = self.states();
        let mut live = Live::empty(self.genesis.block, self.epochs, self.rest.initial_supply());
        for (stored, state) in self.blocks.into_iter().zip(states) {
            match state {
                Some(state) => live.append(stored.block, state),
                None => live.append_without_state(stored.block),
            }
        }
        if live.blocks.is_empty() {
            return Err(malformed("it has no block"));
        }
        live.set_older(self.older);
        live.set_rest(self.rest).map_err(malformed)?;
        live.set_pool(self.pool);
        Ok(live)
    }

    /// The state after each block, as far back as its changes are known.
    fn states(&self) -> Vec<Option<Trie>> {
        let mut state = Trie::default();
        for (key, value) in &self.state {
            state.insert(key, value.clone());
        }
        let mut known = Some(state);
        let mut states = Vec::with_capacity(self.blocks.len());
        for stored in self.blocks.iter().rev() {
            states.push(known.clone());
            known = known
                .zip(stored.changes.as_ref())
                .map(|(mut state, changes)| {
                    changes.iter().for_each(|change| change.undo(&mut state));
                    state
                });
        }
        states.reverse();
        states
    }
}

fn malformed(reason: impl ToString) -> FileError {
    FileError::Malformed(reason.to_string())
}
