//! Reading what is no longer in memory.

use super::database::{decode, failed, Database};
use super::tables::{self, BLOCKS, NAMES};
use crate::chain::{Archive, Block, Name, Stored};
use crate::state::Change;
use near_primitives::hash::CryptoHash;
use near_primitives::types::BlockHeight;
use std::io;
use std::sync::Arc;

impl Database {
    fn stored(&self, height: BlockHeight) -> io::Result<Option<Stored>> {
        let read = self.begin_read()?;
        let blocks = read.open_table(BLOCKS).map_err(failed)?;
        let found = blocks.get(height).map_err(failed)?;
        found.map(|stored| decode(stored.value())).transpose()
    }

    fn find(&self, name: Name, hash: &CryptoHash) -> io::Result<Option<BlockHeight>> {
        let read = self.begin_read()?;
        let names = read.open_table(NAMES).map_err(failed)?;
        let key = tables::name(name, hash);
        let found = names.get(key.as_slice()).map_err(failed)?;
        Ok(found.map(|height| height.value()))
    }
}

/// A file that cannot be read holds nothing, as a node's that lost its data.
impl Archive for Database {
    fn block(&self, height: BlockHeight) -> Option<Arc<Block>> {
        Some(self.stored(height).ok()??.block)
    }

    fn height_of(&self, name: Name, hash: &CryptoHash) -> Option<BlockHeight> {
        self.find(name, hash).ok()?
    }

    fn changes(&self, height: BlockHeight) -> Option<Vec<Change>> {
        self.stored(height).ok()??.changes
    }
}
