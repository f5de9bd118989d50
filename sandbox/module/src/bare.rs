//! The VM without the engine, for benchmarks.

use crate::errors::misuse;
use pyo3::prelude::*;
use sealwright_engine::bare::time_calls;
use std::path::PathBuf;

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
