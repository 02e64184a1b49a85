//! The hash chain: an append-only log whose every line vouches for all lines before it.
//!
//! A line is one JSON object `{"seq":…,"at_ns":…,"event":…,"prev":"…","hash":"…"}` where `hash` is
//! SHA-256 over the bytes of the line before `,"hash":`, and `prev` is the previous line's hash
//! (64 zeros for the first). The verifier works on bytes: what is not exactly as it was written is
//! refused. Cutting lines off the end cannot be seen from the log alone: keep the last hash
//! elsewhere (the status page does, and an evidence bundle signs it).

use crate::Digest;
use crate::event::Event;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::{self, BufRead, Write};

const HASH_FIELD: &str = ",\"hash\":\"";
/// Longest line a verifier reads, in bytes.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// One recorded event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Record {
    /// Position, from 0 without gaps.
    pub seq: u64,
    /// Wall-clock time in nanoseconds since 1970-01-01 UTC, as the machine believed it.
    pub at_ns: u64,
    /// What happened.
    pub event: Event,
    /// Hash of the previous line.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub prev: Digest,
}

/// Appends records to a writer.
#[derive(Debug)]
pub struct Chain<W> {
    out: W,
    next: u64,
    last: Digest,
}

impl<W: Write> Chain<W> {
    /// Starts a new chain on an empty log.
    pub fn new(out: W) -> Self {
        Self {
            out,
            next: 0,
            last: Digest::default(),
        }
    }

    /// Appends one event and hands the line to the writer in a single call.
    ///
    /// # Errors
    /// Whatever the writer reports; the chain then still expects the same position.
    pub fn append(&mut self, at_ns: u64, event: Event) -> io::Result<()> {
        let record = Record {
            seq: self.next,
            at_ns,
            event,
            prev: self.last,
        };
        let mut line = serde_json::to_string(&record).map_err(io::Error::other)?;
        line.pop();
        let hash = Digest::of(line.as_bytes());
        line.push_str(HASH_FIELD);
        line.push_str(&hash.to_string());
        line.push_str("\"}\n");
        self.out.write_all(line.as_bytes())?;
        self.next += 1;
        self.last = hash;
        Ok(())
    }

    /// The hash of the last line; zeros before the first.
    pub fn last(&self) -> Digest {
        self.last
    }

    /// Number of lines so far.
    pub fn len(&self) -> u64 {
        self.next
    }

    /// True before the first line.
    pub fn is_empty(&self) -> bool {
        self.next == 0
    }

    /// The writer, for flushing and syncing.
    pub fn writer(&mut self) -> &mut W {
        &mut self.out
    }
}

/// What is wrong with a log, and on which line (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for Broken {}

/// Reads one line of a log given what must precede it.
///
/// # Errors
/// What is wrong with the line.
pub fn read_line(line: &str, seq: u64, prev: Digest) -> Result<(Record, Digest), Broken> {
    let broken = |reason: &str| Broken {
        line: seq + 1,
        reason: reason.to_owned(),
    };
    let at = line.rfind(HASH_FIELD).ok_or_else(|| broken("no hash"))?;
    let (head, tail) = line.split_at(at);
    let hash = tail
        .strip_prefix(HASH_FIELD)
        .and_then(|t| t.strip_suffix("\"}"));
    let hash: Digest = hash
        .and_then(|h| h.parse().ok())
        .ok_or_else(|| broken("the hash is malformed"))?;
    if Digest::of(head.as_bytes()) != hash {
        return Err(broken("the hash does not match the line"));
    }
    // Whoever altered it can have made the hash fit, too.
    let record: Record = serde_json::from_str(&format!("{head}}}"))
        .map_err(|_| broken("its hash fits, but it is no record that this version reads"))?;
    if record.seq != seq {
        return Err(broken(&format!("number {} where {seq} is due", record.seq)));
    }
    if record.prev != prev {
        return Err(broken("it does not follow the line before it"));
    }
    Ok((record, hash))
}

/// Verifies a whole log in bounded memory, handing each record to `each`; returns the number of
/// lines and the last hash.
///
/// # Errors
/// The first line that is wrong; a read error counts as a broken line.
pub fn verify(
    mut log: impl BufRead,
    mut each: impl FnMut(&Record),
) -> Result<(u64, Digest), Broken> {
    let (mut seq, mut prev) = (0, Digest::default());
    let mut buffer = Vec::new();
    loop {
        let broken = |reason: String| Broken {
            line: seq + 1,
            reason,
        };
        buffer.clear();
        let mut limited = io::Read::take(&mut log, LINE_BYTES_MAX as u64 + 1);
        let length = limited
            .read_until(b'\n', &mut buffer)
            .map_err(|error| broken(error.to_string()))?;
        if length == 0 {
            return Ok((seq, prev));
        }
        if buffer.pop() != Some(b'\n') {
            return Err(broken("the line is cut off or too long".to_owned()));
        }
        let line = std::str::from_utf8(&buffer).map_err(|_| broken("not UTF-8".to_owned()))?;
        let (record, hash) = read_line(line, seq, prev)?;
        each(&record);
        seq += 1;
        prev = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> Vec<u8> {
        let mut chain = Chain::new(Vec::new());
        for (at, text) in ["one", "two \"hash\":\"x\"", "three"].iter().enumerate() {
            let event = Event::Log {
                subject: "a".into(),
                epoch: 1,
                text: (*text).to_owned(),
            };
            chain.append(at as u64, event).unwrap();
        }
        std::mem::take(chain.writer())
    }

    #[test]
    fn an_untouched_log_verifies() {
        let bytes = log();
        let mut seen = 0;
        let (lines, last) = verify(&bytes[..], |_| seen += 1).unwrap();
        assert_eq!((lines, seen), (3, 3));
        assert_ne!(last, Digest::default());
    }

    #[test]
    fn every_altered_byte_is_found() {
        let bytes = log();
        for at in 0..bytes.len() {
            for flip in [1, 0x20, 0x80] {
                let mut altered = bytes.clone();
                altered[at] ^= flip;
                assert!(verify(&altered[..], |_| ()).is_err(), "byte {at} ^ {flip}");
            }
        }
    }

    #[test]
    fn removed_doubled_and_swapped_lines_are_found() {
        let bytes = log();
        let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
        for order in [
            vec![1, 2],
            vec![0, 2],
            vec![0, 0, 1, 2],
            vec![0, 2, 1],
            vec![1, 0, 2],
        ] {
            let log: Vec<u8> = order.iter().flat_map(|i| lines[*i].to_vec()).collect();
            assert!(verify(&log[..], |_| ()).is_err(), "{order:?}");
        }
        assert!(verify(&bytes[..bytes.len() - 1], |_| ()).is_err());
    }

    #[test]
    fn a_newer_kind_of_event_is_read_as_other() {
        let event: Event = serde_json::from_str(r#"{"kind":"teleported","to":"x"}"#).unwrap();
        assert_eq!(event, Event::Other);
    }

    #[test]
    fn a_log_of_an_older_vocabulary_verifies_and_is_shown_in_its_own_words() {
        let zeros = "0".repeat(64);
        let old = [
            format!(
                r#"{{"kind":"run-started","version":3,"system":"s","plan":"{zeros}","model":"{zeros}","mechanisms":[],"intended":["users: one"]}}"#
            ),
            r#"{"kind":"in-force","mechanisms":["users: one"]}"#.to_owned(),
        ];
        let (mut log, mut prev) = (String::new(), Digest::default());
        for (seq, event) in old.iter().enumerate() {
            let line = format!(r#"{{"seq":{seq},"at_ns":1,"event":{event},"prev":"{prev}""#);
            prev = Digest::of(line.as_bytes());
            log.push_str(&format!("{line}{HASH_FIELD}{prev}\"}}\n"));
        }
        let mut said = Vec::new();
        let mut read = |record: Record| match record.event {
            Event::RunStarted { intended: own, .. } | Event::InForce { mechanisms: own } => {
                said.extend(own.iter().map(ToString::to_string));
            }
            other => panic!("{other:?}"),
        };
        verify(log.as_bytes(), |record| read(record.clone())).unwrap();
        assert_eq!(said, ["users: one", "users: one"]);
    }
}
