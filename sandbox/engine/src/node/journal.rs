//! The inputs of a chain as a file of JSON lines, and their replay.
//!
//! A line is whole or it does not count: a process that is killed while it
//! writes loses that one input and nothing else.

use crate::Chain;
use base64::prelude::{Engine as _, BASE64_STANDARD};
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::SignedTransaction;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

/// One thing that was put into the chain.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Input {
    /// Base64 of Borsh.
    Transaction(String),
    Blocks(u64),
    FastForward(u64),
    /// Nanoseconds since 1970.
    SetTime(u64),
    PatchState(Vec<StateRecord>),
}

/// An append-only file of inputs.
pub struct Journal {
    file: File,
    bytes: u64,
    /// Set by the first failure to write, which ends the recording: a journal
    /// with a hole would replay into another chain.
    broken: bool,
    error: Option<io::Error>,
}

impl Journal {
    /// Opens or creates the file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        Ok(Self {
            file,
            bytes: 0,
            broken: false,
            error: None,
        })
    }

    /// Puts every whole line into the chain and cuts off what follows the last.
    ///
    /// # Errors
    /// `InvalidData` where a line is not an input or the chain refuses it.
    pub(super) fn replay(&mut self, chain: &mut Chain) -> io::Result<()> {
        let mut lines = BufReader::new(&self.file);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            apply(chain, serde_json::from_slice(&line)?)?;
            self.bytes += line.len() as u64;
            line.clear();
        }
        self.file.set_len(self.bytes)?;
        self.file.seek(SeekFrom::End(0))?;
        Ok(())
    }

    pub(super) fn append(&mut self, input: &Input) {
        if self.broken {
            return;
        }
        let mut line = serde_json::to_vec(input).expect("an input has a JSON form");
        line.push(b'\n');
        match self.file.write_all(&line) {
            Ok(()) => self.bytes += line.len() as u64,
            Err(error) => self.give_up(error),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn truncate(&mut self, bytes: u64) {
        let cut = self
            .file
            .set_len(bytes)
            .and_then(|()| self.file.seek(SeekFrom::End(0)));
        match cut {
            Ok(_) => self.bytes = bytes,
            Err(error) => self.give_up(error),
        }
    }

    fn give_up(&mut self, error: io::Error) {
        self.broken = true;
        self.error = Some(error);
    }

    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }
}

fn apply(chain: &mut Chain, input: Input) -> io::Result<()> {
    match input {
        Input::Transaction(encoded) => {
            let transaction = decode(&encoded).map_err(invalid)?;
            chain
                .submit(transaction)
                .map_err(|error| invalid(error.to_string()))?;
        }
        Input::Blocks(count) => {
            chain.produce_blocks(count);
        }
        Input::FastForward(delta) => chain.fast_forward(delta),
        Input::SetTime(timestamp_ns) => chain.set_time(timestamp_ns),
        Input::PatchState(records) => chain.patch_state(records),
    }
    Ok(())
}

fn decode(encoded: &str) -> Result<SignedTransaction, String> {
    let bytes = BASE64_STANDARD
        .decode(encoded)
        .map_err(|error| error.to_string())?;
    borsh::from_slice(&bytes).map_err(|error| error.to_string())
}

fn invalid(reason: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
