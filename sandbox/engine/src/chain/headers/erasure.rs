//! A chunk's body travels in erasure-coded parts; its header states the merkle
//! root over them (nearcore: core/primitives/src/reed_solomon.rs).

use near_primitives::hash::CryptoHash;
use near_primitives::merkle::merklize;
use reed_solomon_erasure::galois_8::ReedSolomon;

/// The coder of a chain's chunks. Making one inverts a matrix, so it is kept.
pub struct Erasure(ReedSolomon);

impl Erasure {
    /// Of chunks after genesis: one part a block producer seat, a third of them
    /// enough to restore the chunk (nearcore: epoch manager's `num_total_parts`,
    /// `num_data_parts`).
    ///
    /// # Panics
    /// With more seats than [`crate::chain::MAX_BLOCK_PRODUCER_SEATS`].
    pub fn of_seats(seats: u64) -> Self {
        let total = usize::try_from(seats.max(2)).unwrap_or(usize::MAX);
        let data = if total <= 3 { 1 } else { (total - 1) / 3 };
        Self::new(data, total - data)
    }

    /// Genesis chunks have parts of their own.
    pub fn of_genesis() -> Self {
        Self::new(1, 2)
    }

    fn new(data_parts: usize, parity_parts: usize) -> Self {
        Self(ReedSolomon::new(data_parts, parity_parts).expect("at most 256 parts"))
    }

    /// The root over the parts of a chunk's encoded body.
    pub fn root(&self, body: &[u8]) -> CryptoHash {
        let part_bytes = body.len().div_ceil(self.0.data_shard_count());
        let mut parts: Vec<Vec<u8>> = body.chunks(part_bytes).map(<[u8]>::to_vec).collect();
        if let Some(last) = parts.last_mut() {
            last.resize(part_bytes, 0);
        }
        parts.resize(self.0.total_shard_count(), vec![0; part_bytes]);
        self.0.encode(&mut parts).expect("parts of one length");
        merklize(&parts).0
    }
}
