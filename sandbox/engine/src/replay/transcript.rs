//! Transcript files: JSON, plain or gzipped.

use super::field::Field;
use super::strip::{strip, Stripped};
use super::Malformed;
use serde_json::Value;
use std::io::Read;
use std::path::Path;

/// The format this module reads.
const FORMAT: u64 = 1;

/// The first bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A whole transcript: inputs and answers.
pub struct Transcript {
    value: Value,
}

impl Transcript {
    /// Reads a file; whether it is gzipped is told by its first bytes.
    ///
    /// # Errors
    /// It cannot be read, is not JSON or no transcript of this format.
    pub fn open(path: &Path) -> Result<Self, Malformed> {
        let bytes = std::fs::read(path).map_err(|error| Malformed(error.to_string()))?;
        if !bytes.starts_with(&GZIP) {
            return Self::from_json(&bytes);
        }
        let mut json = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_end(&mut json)
            .map_err(|error| Malformed(format!("not a whole gzip file: {error}")))?;
        Self::from_json(&json)
    }

    /// # Errors
    /// Not JSON or no transcript of this format.
    pub fn from_json(json: &[u8]) -> Result<Self, Malformed> {
        let value = serde_json::from_slice(json)
            .map_err(|error| Malformed(format!("not JSON: {error}")))?;
        Self::from_value(value)
    }

    /// # Errors
    /// No transcript of this format.
    pub fn from_value(value: Value) -> Result<Self, Malformed> {
        let format = Field::root(&value).get("format");
        if format.number()? != FORMAT {
            return Err(format.wrong(&format!("this is not format {FORMAT}")));
        }
        Ok(Self { value })
    }

    pub fn field(&self) -> Field<'_> {
        Field::root(&self.value)
    }

    /// What an engine may see of it.
    pub(super) fn stripped(&self) -> Result<Stripped, Malformed> {
        strip(&self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_formats_and_other_files_are_refused() {
        let refused = |json: &str| Transcript::from_json(json.as_bytes()).err().unwrap().0;
        assert!(refused("{").starts_with("not JSON"));
        assert_eq!(refused("[]"), "format is missing");
        assert_eq!(refused(r#"{"format": 2}"#), "format: this is not format 1");
    }
}
