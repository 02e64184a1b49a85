//! Backups: one portable file, the same for both databases.
//!
//! It is lines of JSON: a first line that says what it is, the entries in order, the attachments in
//! order, each followed by its bytes and a line feed, and a last line that covers all before it:
//!
//! ```text
//! {"bulkhead":"ledger backup","version":1}
//! {"entry":{"seq":1,"system":"…","stream":1,"at_ns":…,"author":"…","base":0,"key":"…","body":"…","hash":"…"}}
//! {"attachment":{"number":1,"digest":"…","size":5}}
//! hello
//! {"end":{"seq":1,"hash":"…","attachments":1,"digest":"…"}}
//! ```
//!
//! `digest` is SHA-256 of all bytes before the last line. What is derived is not in it.

use crate::address::Address;
use crate::attachment::Reading;
use crate::database::{self, digest, int, signed};
use crate::entry::{COLUMNS, Entry, Head};
use crate::error::{Error, Result};
use crate::ledger::{Ledger, last};
use crate::part::Part;
use futures_util::TryStreamExt as _;
use record::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The first line of every backup of this version.
pub(crate) const FIRST: &str = "{\"bulkhead\":\"ledger backup\",\"version\":1}\n";
/// What the first line of a backup of any version begins with.
pub(crate) const FIRST_OF_ANY: &str = "{\"bulkhead\":\"ledger backup\",\"version\":";

/// A line after the first.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Line {
    Entry(EntryLine),
    Attachment {
        number: u64,
        digest: Digest,
        size: u64,
    },
    End {
        seq: u64,
        hash: Digest,
        attachments: u64,
        digest: Digest,
    },
}

/// An entry; the hash before it is that of the line before it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryLine {
    pub(crate) seq: u64,
    pub(crate) system: String,
    pub(crate) stream: u64,
    pub(crate) at_ns: u64,
    pub(crate) author: String,
    pub(crate) base: u64,
    pub(crate) key: String,
    pub(crate) body: String,
    pub(crate) hash: Digest,
}

impl Line {
    /// Its only spelling.
    pub(crate) fn text(&self) -> Result<String> {
        let text = serde_json::to_string(self);
        let text = text.map_err(|_| Error::invalid("a line of the backup cannot be written"))?;
        Ok(text + "\n")
    }
}

impl Ledger {
    /// Writes a backup of the ledger as it is now, while others may write, to a file that is not
    /// there yet. It appears whole or not at all, and only its owner may read it. Returns the head
    /// that is in it.
    ///
    /// # Errors
    /// There is such a file; the ledger does not verify; writing or the database fails.
    pub async fn backup(&self, to: &Path) -> Result<Head> {
        let aside = Part::nameless(to)?;
        if matches!(&self.database.address, Address::File(own) if own == to) {
            return Err(Error::invalid("a ledger cannot be its own backup"));
        }
        let mut out = Out {
            file: BufWriter::with_capacity(256 * 1024, aside.file()?),
            hash: Sha256::new(),
            path: to,
        };
        out.put(FIRST.as_bytes())?;
        let mut tx = self.database.read().await?;
        let head = entries(&mut tx, &mut out).await?;
        let attachments = attachments(&mut tx, &mut out).await?;
        let end = Line::End {
            seq: head.seq,
            hash: head.hash,
            attachments,
            digest: Digest(out.hash.clone().finalize().into()),
        };
        out.put(end.text()?.as_bytes())?;
        out.flush()?;
        aside.finish()?;
        Ok(head)
    }
}

/// The file being written, and the hash of all that is in it.
struct Out<'a, W: Write> {
    file: W,
    hash: Sha256,
    path: &'a Path,
}

impl<W: Write> Out<'_, W> {
    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.hash.update(bytes);
        let done = self.file.write_all(bytes);
        done.map_err(|error| self.failed(&error))
    }

    fn flush(&mut self) -> Result<()> {
        let done = self.file.flush();
        done.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::file(self.path, "write", error)
    }
}

async fn entries(on: &mut AnyConnection, out: &mut Out<'_, impl Write>) -> Result<Head> {
    let due = last(on).await?;
    let mut head = Head::default();
    let sql = format!("SELECT {COLUMNS} FROM ledger_entry ORDER BY seq");
    let mut rows = database::query(&sql, &[]).fetch(on);
    while let Some(row) = rows.try_next().await? {
        let entry = Entry::from_row(&row)?;
        let follows = entry.seq == head.seq + 1 && entry.prev == head.hash;
        if !follows || entry.digest() != entry.hash {
            return Err(Error::altered(format!(
                "entry {} does not verify",
                entry.seq
            )));
        }
        head = Head {
            seq: entry.seq,
            hash: entry.hash,
        };
        let line = Line::Entry(EntryLine {
            seq: entry.seq,
            system: entry.system,
            stream: entry.stream,
            at_ns: entry.at_ns,
            author: entry.author,
            base: entry.base,
            key: entry.key,
            body: entry.body,
            hash: entry.hash,
        });
        out.put(line.text()?.as_bytes())?;
    }
    match head == due {
        true => Ok(head),
        false => Err(Error::altered("the entries do not end at the head")),
    }
}

async fn attachments(on: &mut AnyConnection, out: &mut Out<'_, impl Write>) -> Result<u64> {
    let sql = "SELECT attachments FROM ledger WHERE one = 1";
    let count = database::row(on, sql, &[]).await?;
    let count = count
        .map(|row| int(&row, 0))
        .transpose()?
        .unwrap_or_default();
    for number in 1..=count {
        let sql = "SELECT digest, size FROM ledger_attachment WHERE number = $1";
        let row = database::row(on, sql, &[signed(number)?.into()]).await?;
        let gone = || Error::altered(format!("attachment {number} is missing"));
        let row = row.ok_or_else(gone)?;
        let (digest, size) = (digest(&row, 0)?, int(&row, 1)?);
        let line = Line::Attachment {
            number,
            digest,
            size,
        };
        out.put(line.text()?.as_bytes())?;
        let mut reading = Reading::new(number, size);
        while let Some(chunk) = reading.next(on).await? {
            out.put(&chunk)?;
        }
        if reading.end() != digest {
            return Err(Error::altered(format!(
                "attachment {number} does not verify"
            )));
        }
        out.put(b"\n")?;
    }
    Ok(count)
}
