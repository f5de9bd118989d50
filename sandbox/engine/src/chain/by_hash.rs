//! Persistent maps from hashes, and their Borsh form.

use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::hash::CryptoHash;
use std::collections::BTreeMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::io;

/// Hashes are uniform already: eight of their bytes do.
#[derive(Default)]
pub struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(head) = bytes.first_chunk::<8>() {
            self.0 = u64::from_le_bytes(*head);
        }
    }

    // Slice lengths carry nothing here.
    fn write_usize(&mut self, _: usize) {}
}

pub type ByHash<V> = imbl::GenericHashMap<
    CryptoHash,
    V,
    BuildHasherDefault<FirstBytes>,
    imbl::shared_ptr::DefaultSharedPtr,
>;

pub fn serialize<V: Clone + BorshSerialize, W: io::Write>(
    map: &ByHash<V>,
    writer: &mut W,
) -> io::Result<()> {
    let sorted: BTreeMap<_, _> = map.iter().collect();
    sorted.serialize(writer)
}

pub fn deserialize<V: Clone + BorshDeserialize, R: io::Read>(
    reader: &mut R,
) -> io::Result<ByHash<V>> {
    let sorted: BTreeMap<CryptoHash, V> = BorshDeserialize::deserialize_reader(reader)?;
    Ok(sorted.into_iter().collect())
}
