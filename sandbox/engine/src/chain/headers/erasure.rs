//! A chunk's body travels in erasure-coded parts; its header states the merkle
//! root over them (nearcore: core/primitives/src/reed_solomon.rs).

use crate::chain::Config;
use near_primitives::hash::CryptoHash;
use near_primitives::merkle::merklize;
use reed_solomon_erasure::galois_8::ReedSolomon;

/// The root over the parts of a chunk's encoded body.
pub fn root(body: &[u8], (data_parts, parity_parts): (usize, usize)) -> CryptoHash {
    let coder = ReedSolomon::new(data_parts, parity_parts).expect("at least one part of each kind");
    let part_bytes = body.len().div_ceil(data_parts);
    let padded: Vec<u8> = body
        .iter()
        .copied()
        .chain(std::iter::repeat(0))
        .take(part_bytes * data_parts)
        .collect();
    let mut parts: Vec<Vec<u8>> = padded
        .chunks_exact(part_bytes)
        .map(<[u8]>::to_vec)
        .collect();
    parts.resize(data_parts + parity_parts, vec![0; part_bytes]);
    coder.encode(&mut parts).expect("parts of one length");
    merklize(&parts).0
}

/// How many data and parity parts a chunk has: one part a block producer seat,
/// a third of them enough to restore it (nearcore: epoch manager's
/// `num_total_parts`, `num_data_parts`).
pub fn parts(config: &Config) -> (usize, usize) {
    // The code is over bytes: 256 parts at most.
    let total = config.num_block_producer_seats.clamp(2, 256) as usize;
    let data = if total <= 3 { 1 } else { (total - 1) / 3 };
    (data, total - data)
}

/// Genesis chunks have parts of their own.
pub const GENESIS_PARTS: (usize, usize) = (1, 2);
