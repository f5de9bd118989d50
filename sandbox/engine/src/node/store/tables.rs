//! The tables of the database.
//!
//! | table | key | value |
//! |---|---|---|
//! | `blocks` | height | Borsh of `chain::record::Stored`: the block, its changes to the state |
//! | `names` | kind ‖ hash | height of the block in which that is |
//! | `state` | trie key | value, after the folded head |
//! | `about` | `format`, `sequence`, `rest`, `epochs`, `pool` | version; frames folded; Borsh of the rest of the chain |

use crate::chain::{Block, KnownReceipt, Name};
use near_primitives::hash::CryptoHash;
use redb::TableDefinition;

pub const BLOCKS: TableDefinition<u64, &[u8]> = TableDefinition::new("blocks");
pub const NAMES: TableDefinition<&[u8], u64> = TableDefinition::new("names");
pub const STATE: TableDefinition<&[u8], &[u8]> = TableDefinition::new("state");
pub const ABOUT: TableDefinition<&str, &[u8]> = TableDefinition::new("about");

/// Raised whenever what the tables hold changes its form.
pub const FORMAT: u32 = 1;

pub fn name(kind: Name, hash: &CryptoHash) -> [u8; 33] {
    let mut key = [0; 33];
    key[0] = match kind {
        Name::Block => b'b',
        Name::Chunk => b'c',
        Name::Outcome => b'o',
        Name::Receipt => b'r',
    };
    key[1..].copy_from_slice(hash.as_bytes());
    key
}

/// Everything that is found in a block by a hash.
pub fn names(block: &Block) -> impl Iterator<Item = [u8; 33]> + '_ {
    let chunk = block.has_chunk.then_some(&block.chunk_hash);
    let chunk = chunk.map(|hash| name(Name::Chunk, hash));
    let own = std::iter::once(name(Name::Block, &block.hash)).chain(chunk);
    let outcomes = block.outcomes.iter();
    let outcomes = outcomes.map(|outcome| name(Name::Outcome, &outcome.id));
    let id = |known: &KnownReceipt| name(Name::Receipt, known.receipt.receipt_id());
    let receipts = block.created.iter().map(id);
    own.chain(outcomes).chain(receipts)
}
