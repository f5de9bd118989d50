//! The VM without the engine, for benchmarks.

use crate::errors::misuse;
use near_crypto::{KeyType, SecretKey};
use pyo3::prelude::*;
use sealwright_engine::bare::time_calls;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

/// Seconds for `count` calls of the last of `calls` (method, input) on the VM
/// alone, each of the others having run once before.
#[pyfunction]
pub fn bare_vm_seconds(
    py: Python<'_>,
    code: &[u8],
    calls: Vec<(String, Vec<u8>)>,
    count: u32,
    protocol_version: u32,
    cache_dir: PathBuf,
) -> PyResult<f64> {
    let time = py.detach(|| time_calls(code, &calls, count, protocol_version, &cache_dir));
    Ok(time.map_err(misuse)?.as_secs_f64())
}

/// Seconds for `count` checks of a transaction's signature (ed25519).
#[pyfunction]
pub fn signature_seconds(py: Python<'_>, count: u32) -> f64 {
    let secret = SecretKey::from_seed(KeyType::ED25519, "bench");
    let public = secret.public_key();
    let hash = [7; 32];
    let signature = secret.sign(&hash);
    py.detach(|| {
        let started = Instant::now();
        let valid = (0..count).filter(|_| signature.verify(black_box(&hash), &public));
        let valid = valid.count();
        assert_eq!(valid, count as usize, "a good signature is accepted");
        started.elapsed().as_secs_f64()
    })
}
