//! Replays of recorded chains.

use crate::engine::Engine;
use crate::errors::misuse;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use sealwright_engine::node::KeptChain;
use sealwright_engine::replay::{self, Kind, Transcript};
use std::path::{Path, PathBuf};

/// Feeds a transcript to a fresh engine and compares all answers: whether they
/// agree, the report as text and as JSON. Differences of the kinds named in
/// `ignored` do not count. Raises ValueError where the file cannot be read.
#[pyfunction]
#[pyo3(name = "replay")]
pub fn replay_transcript(
    py: Python<'_>,
    path: PathBuf,
    ignored: Vec<String>,
) -> PyResult<(bool, String, String)> {
    let mut kinds = Vec::new();
    for name in ignored {
        let kind = Kind::named(&name).ok_or_else(|| misuse(format!("{name} is no kind")))?;
        kinds.push(kind);
    }
    let report = py.detach(|| replay::replay(&Transcript::open(&path)?, &kinds));
    let report = report.map_err(|malformed| PyValueError::new_err(malformed.to_string()))?;
    let json = serde_json::to_string(&report).map_err(misuse)?;
    Ok((report.agrees(), report.to_string(), json))
}

/// The names of everything that a replay compares.
#[pyfunction]
pub fn replay_kinds() -> Vec<String> {
    Kind::ALL.into_iter().map(Kind::name).collect()
}

/// The chain that a transcript's inputs make.
pub fn engine_of(path: &Path) -> PyResult<Engine> {
    let chain = Transcript::open(path).and_then(|transcript| replay::chain(&transcript));
    Ok(Engine::over(KeptChain::new(chain.map_err(misuse)?)))
}
