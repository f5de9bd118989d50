//! Replays of recorded chains.

use crate::engine::Engine;
use crate::errors::misuse;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use sealwright_engine::node::RecordedChain;
use sealwright_engine::replay::{self, Transcript};
use std::path::{Path, PathBuf};

/// Feeds a transcript to a fresh engine and compares all answers: whether they
/// agree, the report as text and as JSON. Raises ValueError where the file
/// cannot be read.
#[pyfunction]
#[pyo3(name = "replay")]
pub fn replay_transcript(py: Python<'_>, path: PathBuf) -> PyResult<(bool, String, String)> {
    let report = py.detach(|| replay::replay(&Transcript::open(&path)?));
    let report = report.map_err(|malformed| PyValueError::new_err(malformed.to_string()))?;
    let json = serde_json::to_string(&report).map_err(misuse)?;
    Ok((report.agrees(), report.to_string(), json))
}

/// The chain that a transcript's inputs make.
pub fn engine_of(path: &Path) -> PyResult<Engine> {
    let chain = Transcript::open(path).and_then(|transcript| replay::chain(&transcript));
    Ok(Engine::over(RecordedChain::new(chain.map_err(misuse)?)))
}
