//! A file of frames, each whole or not there.
//!
//! A frame is `u32le length ‖ first 8 bytes of sha256(payload) ‖ payload`, handed
//! to the operating system in one write. A process that is killed while it
//! writes leaves at most one frame that is cut short, which the next one drops.

use near_primitives::hash::hash;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

const HEADER: usize = 12;

pub struct Journal {
    file: File,
    bytes: u64,
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is being started may
        // have a copy of it still.
        let _ = self.file.unlock();
    }
}

impl Journal {
    /// Opens or creates the file, and gives the payloads of its whole frames. It
    /// is locked as long as the journal lives.
    ///
    /// # Errors
    /// It cannot be used, or another journal has it open.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<Vec<u8>>)> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::Error::other("another sandbox keeps its chain there"),
            TryLockError::Error(error) => error,
        })?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        let (frames, bytes) = frames(&content);
        let mut journal = Self { file, bytes };
        journal.cut(bytes)?;
        Ok((journal, frames))
    }

    pub fn append(&mut self, payload: &[u8]) -> io::Result<()> {
        let length = u32::try_from(payload.len()).map_err(io::Error::other)?;
        let mut frame = Vec::with_capacity(HEADER + payload.len());
        frame.extend_from_slice(&length.to_le_bytes());
        frame.extend_from_slice(&checksum(payload));
        frame.extend_from_slice(payload);
        self.file.write_all(&frame)?;
        self.bytes += frame.len() as u64;
        Ok(())
    }

    pub fn clear(&mut self) -> io::Result<()> {
        self.cut(0)
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.file.set_len(bytes)?;
        self.file.seek(SeekFrom::Start(bytes))?;
        self.bytes = bytes;
        Ok(())
    }
}

fn checksum(payload: &[u8]) -> [u8; 8] {
    let hash = hash(payload);
    let (first, _) = hash.as_bytes().split_at(8);
    first.try_into().expect("eight bytes")
}

/// Payloads up to the first frame that is not whole, and where that begins.
fn frames(content: &[u8]) -> (Vec<Vec<u8>>, u64) {
    let mut frames = Vec::new();
    let mut rest = content;
    while let Some((payload, after)) = next(rest) {
        frames.push(payload.to_vec());
        rest = after;
    }
    (frames, (content.len() - rest.len()) as u64)
}

fn next(content: &[u8]) -> Option<(&[u8], &[u8])> {
    let (header, rest) = content.split_at_checked(HEADER)?;
    let (length, sum) = header.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (payload, after) = rest.split_at_checked(length)?;
    (checksum(payload) == sum).then_some((payload, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_end_at_the_first_that_is_cut_or_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (mut journal, _) = Journal::open(&path).unwrap();
        for payload in [b"one".as_slice(), b"", b"three"] {
            journal.append(payload).unwrap();
        }
        let whole = std::fs::read(&path).unwrap();
        let expected = [b"one".to_vec(), vec![], b"three".to_vec()];

        std::fs::write(&path, [whole.as_slice(), b"\x05\0\0"].concat()).unwrap();
        drop(journal);
        let (mut journal, found) = Journal::open(&path).unwrap();
        assert_eq!(found, expected);
        assert!(Journal::open(&path).is_err(), "it has one user");
        journal.append(b"four").unwrap();
        drop(journal);
        let (_, found) = Journal::open(&path).unwrap();
        assert_eq!(found.last().unwrap(), b"four");

        let mut damaged = whole.clone();
        *damaged.last_mut().unwrap() ^= 1;
        std::fs::write(&path, &damaged).unwrap();
        let (journal, found) = Journal::open(&path).unwrap();
        assert_eq!(found, expected[..2]);
        assert_eq!(journal.bytes(), std::fs::metadata(&path).unwrap().len());
    }
}
