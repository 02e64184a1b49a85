//! Looking at a running system, read-only, by its run directory.
//!
//! A run directory may have been touched by others: everything in it is bounded and checked.

use crate::{Failure, files};
use record::Digest;
use record::chain::{self, Broken, LINE_BYTES_MAX, Record};
use runtime::status::Status;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Largest status page that is read, in bytes.
const STATUS_BYTES_MAX: u64 = 16 << 20;
/// Most bytes of the log that one poll reads.
const POLL_BYTES_MAX: u64 = 4 << 20;

/// Run directories of all systems that have one here, sorted by name.
pub fn run_directories() -> Vec<(String, PathBuf)> {
    let base = runtime::rundir::run_dirs();
    let Ok(entries) = std::fs::read_dir(&base) else {
        return Vec::new();
    };
    let mut found: Vec<(String, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter(|entry| is_running(&entry.path()))
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                entry.path(),
            )
        })
        .collect();
    found.sort();
    found
}

/// Whether a supervisor holds the lock of a run directory.
pub fn is_running(run_directory: &Path) -> bool {
    let Ok(lock) = files::open(&run_directory.join("lock")) else {
        return false;
    };
    matches!(
        lock.try_lock_shared(),
        Err(std::fs::TryLockError::WouldBlock)
    )
}

/// Reads the status page of a run directory.
///
/// # Errors
/// Nothing runs there, or what is there cannot be used.
pub fn status(run_directory: &Path) -> Result<Status, Failure> {
    let path = run_directory.join("status.json");
    let bytes = files::read(&path, STATUS_BYTES_MAX)?;
    Status::parse(&bytes).ok_or_else(|| {
        Failure::unusable(
            format!("`{}` is not a status page", path.display()),
            "it was written by another version or altered; stop the system and start it again",
        )
    })
}

/// Follows an event log and verifies it on the way.
pub struct Events {
    path: PathBuf,
    /// Once it was there; it can be read to its end also when its directory is removed, and what has
    /// its name then is another run's.
    file: Option<File>,
    read_bytes: u64,
    rest: Vec<u8>,
    seq: u64,
    prev: Digest,
}

impl Events {
    /// Follows the log of a run directory from its start.
    pub fn follow(run_directory: &Path) -> Self {
        let path = run_directory.join("events.jsonl");
        Self {
            path,
            file: None,
            read_bytes: 0,
            rest: Vec::new(),
            seq: 0,
            prev: Digest::default(),
        }
    }

    /// The lines that were added since the last call, each with its text; nothing if there is no
    /// log yet.
    ///
    /// # Errors
    /// The first line that does not follow from the lines before it.
    pub fn poll(&mut self) -> Result<Vec<(Record, String)>, Broken> {
        let broken = |seq: u64, reason: String| Broken {
            line: seq + 1,
            reason,
        };
        if self.file.is_none() {
            self.file = files::open(&self.path).ok();
        }
        let Some(mut file) = self.file.as_ref() else {
            return Ok(Vec::new());
        };
        let mut fresh = Vec::new();
        file.seek(SeekFrom::Start(self.read_bytes))
            .and_then(|_| file.take(POLL_BYTES_MAX).read_to_end(&mut fresh))
            .map_err(|error| broken(self.seq, files::reason(&error)))?;
        self.read_bytes += fresh.len() as u64;
        self.rest.extend_from_slice(&fresh);
        let mut records = Vec::new();
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n');
        let whole: Vec<u8> = self.rest.drain(..whole.map_or(0, |end| end + 1)).collect();
        for line in whole.split_inclusive(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line =
                std::str::from_utf8(line).map_err(|_| broken(self.seq, "not UTF-8".to_owned()))?;
            let (record, hash) = chain::read_line(line, self.seq, self.prev)?;
            self.seq += 1;
            self.prev = hash;
            records.push((record, line.to_owned()));
        }
        if self.rest.len() > LINE_BYTES_MAX {
            return Err(broken(self.seq, "the line is too long".to_owned()));
        }
        Ok(records)
    }
}
