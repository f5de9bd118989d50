//! Persistent maps from hashes.

use near_primitives::hash::CryptoHash;
use std::hash::{BuildHasherDefault, Hasher};

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
