//! Entries of the ledger, their bounds, and the bytes that are hashed.
//!
//! The hash of an entry is SHA-256 over its canonical bytes: a fixed first line, then each field.
//! Numbers are eight bytes, the highest first; texts are UTF-8 after their length in bytes, a
//! number; digests are 32 bytes:
//!
//! ```text
//! "bulkhead ledger entry 1\n" prev seq system stream at_ns author base key body
//! ```
//!
//! `prev` is the hash of the entry before it in the whole ledger, zeros before the first. As every
//! field is either of fixed length or tells its own, no two entries have the same bytes.

use crate::database::{Value, digest, int, signed, text};
use crate::error::{Error, Result};
use record::Digest;
use sha2::{Digest as _, Sha256};
use sqlx::any::AnyRow;

/// Longest name of a system, author or format, in bytes.
pub const NAME_BYTES_MAX: usize = 256;
/// Longest key, in bytes.
pub const KEY_BYTES_MAX: usize = 1024;
/// Longest body of an entry, in bytes.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Most entries of a batch.
pub const BATCH_MAX: usize = 100_000;
/// Most bytes of a batch, all bodies and keys together.
pub const BATCH_BYTES_MAX: usize = 64 * 1024 * 1024;

/// An entry to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// The system it belongs to, 1 to [`NAME_BYTES_MAX`] bytes.
    pub system: String,
    /// Who says it, 1 to [`NAME_BYTES_MAX`] bytes.
    pub author: String,
    /// Wall-clock time in nanoseconds since 1970-01-01 UTC, as the author's machine believed it.
    pub at_ns: u64,
    /// The last position in the system's stream that the author had seen; 0 for none.
    pub base: u64,
    /// What it is about, up to [`KEY_BYTES_MAX`] bytes; not interpreted here.
    pub key: String,
    /// One JSON value as text, up to [`BODY_BYTES_MAX`] bytes; kept byte for byte, not interpreted.
    pub body: String,
}

/// An entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Position in the ledger, from 1 without gaps.
    pub seq: u64,
    /// The system it belongs to.
    pub system: String,
    /// Position in its system's stream, from 1 without gaps.
    pub stream: u64,
    /// Wall-clock time in nanoseconds since 1970-01-01 UTC, as the author's machine believed it.
    pub at_ns: u64,
    /// Who says it.
    pub author: String,
    /// The last position in the system's stream that the author had seen; 0 for none.
    pub base: u64,
    /// What it is about.
    pub key: String,
    /// One JSON value as text.
    pub body: String,
    /// Hash of the entry before it in the ledger; zeros before the first.
    pub prev: Digest,
    /// Its own hash.
    pub hash: Digest,
}

/// The end of the ledger: keep it elsewhere to see later that nothing was cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub seq: u64,
    /// Hash of the last entry; zeros if there is none.
    pub hash: Digest,
}

/// The columns of an entry in the order of [`Entry::from_row`].
pub(crate) const COLUMNS: &str = "seq, system, stream, at_ns, author, base, key, body, prev, hash";

impl New {
    /// Checks the bounds.
    pub(crate) fn check(&self) -> Result<()> {
        name("system", &self.system)?;
        name("author", &self.author)?;
        bounded("key", &self.key, 0, KEY_BYTES_MAX)?;
        bounded("body", &self.body, 1, BODY_BYTES_MAX)?;
        if serde_json::from_str::<serde::de::IgnoredAny>(&self.body).is_err() {
            return Err(Error::invalid("the body of an entry is not JSON"));
        }
        Ok(())
    }
}

impl Entry {
    /// Puts a new entry in its place.
    pub(crate) fn place(new: New, seq: u64, stream: u64, prev: Digest) -> Self {
        let mut entry = Self {
            seq,
            system: new.system,
            stream,
            at_ns: new.at_ns,
            author: new.author,
            base: new.base,
            key: new.key,
            body: new.body,
            prev,
            hash: Digest::default(),
        };
        entry.hash = entry.digest();
        entry
    }

    /// The hash its fields should have.
    pub fn digest(&self) -> Digest {
        let mut hash = Canonical::new("bulkhead ledger entry 1\n");
        hash.digest(self.prev).number(self.seq).text(&self.system);
        hash.number(self.stream)
            .number(self.at_ns)
            .text(&self.author);
        hash.number(self.base).text(&self.key).text(&self.body);
        hash.end()
    }

    pub(crate) fn from_row(row: &AnyRow) -> Result<Self> {
        Ok(Self {
            seq: int(row, 0)?,
            system: text(row, 1)?,
            stream: int(row, 2)?,
            at_ns: int(row, 3)?,
            author: text(row, 4)?,
            base: int(row, 5)?,
            key: text(row, 6)?,
            body: text(row, 7)?,
            prev: digest(row, 8)?,
            hash: digest(row, 9)?,
        })
    }

    pub(crate) fn into_row(self) -> Result<Vec<Value>> {
        Ok(vec![
            signed(self.seq)?.into(),
            Value::Text(self.system),
            signed(self.stream)?.into(),
            signed(self.at_ns)?.into(),
            Value::Text(self.author),
            signed(self.base)?.into(),
            Value::Text(self.key),
            Value::Text(self.body),
            self.prev.into(),
            self.hash.into(),
        ])
    }
}

/// A name: not empty, bounded, without control characters.
pub(crate) fn name(what: &str, text: &str) -> Result<()> {
    bounded(what, text, 1, NAME_BYTES_MAX)?;
    match text.chars().any(char::is_control) {
        true => Err(Error::invalid(format!("the {what} has control characters"))),
        false => Ok(()),
    }
}

/// A text within its bounds, without the null character, which PostgreSQL cannot keep.
pub(crate) fn bounded(what: &str, text: &str, least: usize, most: usize) -> Result<()> {
    let wrong = |why: String| Err(Error::invalid(format!("the {what} {why}")));
    if text.len() < least {
        return wrong("is empty".to_owned());
    }
    if text.len() > most {
        return wrong(format!("has {} bytes, more than {most}", text.len()));
    }
    if text.contains('\0') {
        return wrong("has a null character".to_owned());
    }
    Ok(())
}

/// Canonical bytes on their way into a hash.
pub(crate) struct Canonical(Sha256);

impl Canonical {
    pub(crate) fn new(first: &str) -> Self {
        Self(Sha256::new_with_prefix(first))
    }

    pub(crate) fn number(&mut self, number: u64) -> &mut Self {
        self.0.update(number.to_be_bytes());
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.number(text.len() as u64);
        self.0.update(text);
        self
    }

    pub(crate) fn digest(&mut self, digest: Digest) -> &mut Self {
        self.0.update(digest.0);
        self
    }

    pub(crate) fn end(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}
