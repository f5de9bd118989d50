//! Chains in files.

use crate::errors::misuse;
use pyo3::PyResult;
use sealwright_engine::chain::{Chain, Saved};
use std::path::{Path, PathBuf};

/// Replaces a file at once: another process sees the old one or the new one.
pub fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let written = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// # Errors
/// `OSError` where the file cannot be read, misuse where it is no saved chain.
pub fn read(path: &Path, cache_dir: Option<PathBuf>) -> PyResult<Chain> {
    let bytes = std::fs::read(path)?;
    Saved::read(&bytes)
        .and_then(|saved| Chain::open(saved, cache_dir))
        .map_err(|error| misuse(format!("{}: {error}", path.display())))
}
