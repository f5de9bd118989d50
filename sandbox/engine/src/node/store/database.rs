//! The database file: a chain as of the last fold, and all blocks before it.
//!
//! redb commits are atomic, so a process that is killed leaves the chain as of
//! one fold or the next. Nothing is synced to the disk itself: a home survives
//! the end of its process, not a loss of power.

use super::tables::{names, ABOUT, BLOCKS, FORMAT, NAMES, STATE};
use crate::chain::{Epochs, Live, Rest, Stored};
use crate::state::Trie;
use near_primitives::transaction::SignedTransaction;
use parking_lot::RwLock;
use redb::backends::FileBackend;
use redb::{
    ReadTransaction, ReadableDatabase, ReadableTable, StorageBackend, Table, WriteTransaction,
};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Of pages read from the file.
const CACHE_BYTES: usize = 16 << 20;

/// redb's file without its syncs: what is written is with the operating
/// system, which outlives this process.
#[derive(Debug)]
struct Unsynced(FileBackend);

impl StorageBackend for Unsynced {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }
}

pub struct Database {
    /// Taken out when it is closed: snapshots may hold on to the archive, but
    /// the file is someone else's then.
    redb: RwLock<Option<redb::Database>>,
}

/// What the last fold left.
pub struct Folded {
    pub genesis: Stored,
    pub head: Stored,
    pub state: Trie,
    pub epochs: Epochs,
    pub rest: Rest,
    pub pool: Vec<Arc<SignedTransaction>>,
    /// Frames of the journal up to this one are part of it.
    pub sequence: u64,
}

/// A failure of the database as an error of its file.
pub fn failed(error: impl Into<redb::Error>) -> io::Error {
    match error.into() {
        redb::Error::Io(error) => error,
        other => io::Error::other(other),
    }
}

impl Database {
    /// Opens or creates the file.
    ///
    /// # Errors
    /// It cannot be read, or is no database.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let backend = Unsynced(FileBackend::new(file).map_err(failed)?);
        let redb = redb::Builder::new()
            .set_cache_size(CACHE_BYTES)
            .create_with_backend(backend)
            .map_err(failed)?;
        Ok(Self {
            redb: RwLock::new(Some(redb)),
        })
    }

    /// Lets go of the file, at once. What is read later is not there.
    pub fn close(&self) {
        drop(self.redb.write().take());
    }

    /// # Errors
    /// The file cannot be read, or is closed.
    pub(super) fn begin_read(&self) -> io::Result<ReadTransaction> {
        match &*self.redb.read() {
            Some(redb) => redb.begin_read().map_err(failed),
            None => Err(closed()),
        }
    }

    fn begin_write(&self) -> io::Result<WriteTransaction> {
        match &*self.redb.read() {
            Some(redb) => redb.begin_write().map_err(failed),
            None => Err(closed()),
        }
    }

    /// The chain as of the last fold; `None` where there was none.
    ///
    /// # Errors
    /// As of reading; `InvalidData` for a format that is not ours.
    pub fn load(&self) -> io::Result<Option<Folded>> {
        let read = self.begin_read()?;
        let about = match read.open_table(ABOUT) {
            Ok(about) => about,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let field = |name: &str| -> io::Result<Vec<u8>> {
            let value = about.get(name).map_err(failed)?;
            Ok(value.map_or_else(Vec::new, |value| value.value().to_vec()))
        };
        let format: u32 = borsh::from_slice(&field("format")?)?;
        if format != FORMAT {
            let reason = format!("it has format {format}, this version reads format {FORMAT}");
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        let rest: Rest = borsh::from_slice(&field("rest")?)?;
        let blocks = read.open_table(BLOCKS).map_err(failed)?;
        let first = blocks.first().map_err(failed)?.ok_or_else(no_block)?;
        let head = blocks
            .get(rest.head)
            .map_err(failed)?
            .ok_or_else(no_block)?;
        let mut state = Trie::default();
        for entry in read
            .open_table(STATE)
            .map_err(failed)?
            .iter()
            .map_err(failed)?
        {
            let (key, value) = entry.map_err(failed)?;
            state.insert(key.value(), value.value().into());
        }
        Ok(Some(Folded {
            genesis: borsh::from_slice(first.1.value())?,
            head: borsh::from_slice(head.value())?,
            state,
            epochs: borsh::from_slice(&field("epochs")?)?,
            rest,
            pool: borsh::from_slice(&field("pool")?)?,
            sequence: borsh::from_slice(&field("sequence")?)?,
        }))
    }

    /// Makes the file hold `now`, which follows from `before`, the chain that
    /// it holds, by blocks or by a rollback. Blocks more than `history` behind
    /// the head are dropped.
    pub fn fold(
        &self,
        before: Option<&Live>,
        now: &Live,
        sequence: u64,
        history: u64,
    ) -> io::Result<()> {
        let write = self.begin_write()?;
        fold_state(&write, before, now)?;
        {
            let mut blocks = write.open_table(BLOCKS).map_err(failed)?;
            let mut names = write.open_table(NAMES).map_err(failed)?;
            let fork = match before {
                Some(before) => common_height(&blocks, before, now)?,
                None => None,
            };
            drop_after(&mut blocks, &mut names, fork)?;
            add_after(&mut blocks, &mut names, now, fork)?;
            drop_older(&mut blocks, &mut names, now, history)?;
        }
        {
            let mut about = write.open_table(ABOUT).map_err(failed)?;
            let pool: Vec<_> = now.pool.iter().collect();
            for (name, value) in [
                ("format", borsh::to_vec(&FORMAT)?),
                ("sequence", borsh::to_vec(&sequence)?),
                ("rest", borsh::to_vec(&now.rest())?),
                ("epochs", borsh::to_vec(&now.epochs)?),
                ("pool", borsh::to_vec(&pool)?),
            ] {
                about.insert(name, value.as_slice()).map_err(failed)?;
            }
        }
        write.commit().map_err(failed)
    }
}

fn closed() -> io::Error {
    io::Error::other("the home was left")
}

fn no_block() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a block is missing")
}

type Blocks<'a> = Table<'a, u64, &'static [u8]>;
type Names<'a> = Table<'a, &'static [u8], u64>;

fn fold_state(write: &WriteTransaction, before: Option<&Live>, now: &Live) -> io::Result<()> {
    let mut table = write.open_table(STATE).map_err(failed)?;
    let nothing = Trie::default();
    let older = before.map_or(&nothing, |before| &before.state);
    for change in now.state.changes_since(older) {
        match &change.after {
            Some(value) => drop(
                table
                    .insert(change.key.as_slice(), &**value)
                    .map_err(failed)?,
            ),
            None => drop(table.remove(change.key.as_slice()).map_err(failed)?),
        }
    }
    Ok(())
}

/// The highest block that is in the file and in `now`; `None`: not even genesis.
fn common_height(blocks: &Blocks<'_>, before: &Live, now: &Live) -> io::Result<Option<u64>> {
    let mut newest_first = before.blocks.iter().rev();
    let common = newest_first.find(|(height, block)| {
        now.blocks
            .get(height)
            .is_some_and(|known| known.hash == block.hash)
    });
    if let Some((height, _)) = common {
        return Ok(Some(*height));
    }
    // Their blocks in memory do not meet: they may do so further down.
    let Some(parent) = now
        .blocks
        .get_min()
        .and_then(|(_, block)| block.prev_height)
    else {
        return Ok(None);
    };
    let (_, oldest) = now.blocks.get_min().expect("it has a parent");
    let stored = blocks.get(parent).map_err(failed)?;
    let is_parent = match stored {
        Some(stored) => decode(stored.value())?.block.hash == oldest.prev_hash,
        None => false,
    };
    Ok(Some(if is_parent {
        parent
    } else {
        now.genesis.height
    }))
}

/// Removes what a rollback undid.
fn drop_after(blocks: &mut Blocks<'_>, names: &mut Names<'_>, fork: Option<u64>) -> io::Result<()> {
    let from = fork.map_or(0, |height| height + 1);
    while let Some((height, stored)) = first_from(blocks, from)? {
        drop_block(blocks, names, height, &stored)?;
    }
    Ok(())
}

fn first_from(blocks: &Blocks<'_>, from: u64) -> io::Result<Option<(u64, Stored)>> {
    let mut range = blocks.range(from..).map_err(failed)?;
    let Some(entry) = range.next() else {
        return Ok(None);
    };
    let (height, stored) = entry.map_err(failed)?;
    Ok(Some((height.value(), decode(stored.value())?)))
}

fn drop_block(
    blocks: &mut Blocks<'_>,
    names: &mut Names<'_>,
    height: u64,
    stored: &Stored,
) -> io::Result<()> {
    for name in super::tables::names(&stored.block) {
        names.remove(name.as_slice()).map_err(failed)?;
    }
    blocks.remove(height).map_err(failed)?;
    Ok(())
}

fn add_after(
    blocks: &mut Blocks<'_>,
    table: &mut Names<'_>,
    now: &Live,
    fork: Option<u64>,
) -> io::Result<()> {
    if fork.is_none() {
        let genesis = now.stored(&now.genesis);
        let stored = borsh::to_vec(&genesis)?;
        blocks
            .insert(now.genesis.height, stored.as_slice())
            .map_err(failed)?;
    }
    // In the order of the table, which is faster.
    let mut found = BTreeMap::new();
    let from = fork.map_or(0, |height| height + 1);
    for (height, block) in now.blocks.range(from..) {
        let stored = borsh::to_vec(&now.stored(block))?;
        blocks.insert(height, stored.as_slice()).map_err(failed)?;
        found.extend(names(block).map(|name| (name, *height)));
    }
    for (name, height) in found {
        table.insert(name.as_slice(), height).map_err(failed)?;
    }
    Ok(())
}

fn drop_older(
    blocks: &mut Blocks<'_>,
    names: &mut Names<'_>,
    now: &Live,
    history: u64,
) -> io::Result<()> {
    let head = now.head().ordinal;
    while let Some((height, stored)) = first_from(blocks, now.genesis.height + 1)? {
        // Two more than are served: headers speak of their predecessors.
        if stored.block.ordinal + history + 2 > head {
            break;
        }
        drop_block(blocks, names, height, &stored)?;
    }
    Ok(())
}

pub(super) fn decode(stored: &[u8]) -> io::Result<Stored> {
    borsh::from_slice(stored)
}
