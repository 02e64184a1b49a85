//! Restoring a backup into a new ledger, of either kind.
//!
//! The file is taken for hostile: nothing of it is believed, lines and parts are bounded, and every
//! entry goes through what appending checks. The ledger appears when all of it has been verified.

use crate::address::Address;
use crate::attachment::{CHUNK_BYTES, begin, put_chunk};
use crate::backup::{EntryLine, FIRST, FIRST_OF_ANY, Line};
use crate::database::{Database, Write};
use crate::entry::{BODY_BYTES_MAX, Head, New};
use crate::error::{Error, Kind, Result};
use crate::ledger::{Ledger, place};
use crate::part::Part;
use record::Digest;
use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Longest line: a body of which every byte is escaped, and the rest.
const LINE_BYTES_MAX: usize = 6 * BODY_BYTES_MAX + 64 * 1024;
/// Entries that are stored together, and bytes of their lines.
const BATCH: (usize, usize) = (5_000, 8 * 1024 * 1024);

impl Ledger {
    /// Restores a backup into a new ledger: a file that is not there yet, or a database of a server
    /// without a ledger. All or nothing. Views and snapshots are to be made again.
    ///
    /// # Errors
    /// There is a ledger already; the file is not a backup, was altered or cut off; the database
    /// fails.
    pub async fn restore(from: &Path, address: &str) -> Result<Head> {
        let address = Address::parse(address)?;
        let file = File::open(from).map_err(|error| Error::file(from, "open", &error))?;
        let mut backup = Backup {
            file: BufReader::with_capacity(256 * 1024, file),
            hash: Sha256::new(),
            path: from,
        };
        backup.first()?;
        match &address {
            Address::Server(_) => {
                let database = Database::connect(address).await?;
                let done = restore(&database, &mut backup).await;
                database.close().await;
                done
            }
            Address::File(path) => {
                address.must_be_free()?;
                let aside = Part::named(path)?;
                let database = Database::connect(Address::File(aside.path().to_owned())).await?;
                let done = match restore(&database, &mut backup).await {
                    Ok(head) => database.keep_log().await.map(|()| head),
                    Err(error) => Err(error),
                };
                database.close().await;
                let head = done?;
                aside.finish()?;
                Ok(head)
            }
        }
    }
}

/// One transaction: tables and all.
async fn restore(database: &Database, backup: &mut Backup<'_, impl BufRead>) -> Result<Head> {
    let mut write = database.write().await?;
    database.make_tables_in(&mut write).await?;
    let head = fill(&mut write, backup).await?;
    write.commit().await?;
    Ok(head)
}

async fn fill(write: &mut Write, backup: &mut Backup<'_, impl BufRead>) -> Result<Head> {
    let on = &mut *write.tx;
    let mut head = Head::default();
    let mut batch = Batch::default();
    let mut attachments = 0;
    loop {
        let before = Digest(backup.hash.clone().finalize().into());
        let text = backup.line()?;
        let line = serde_json::from_str(&text);
        let line: Line = line.map_err(|_| backup.wrong("a line is not one of a backup"))?;
        if line.text()? != text {
            return Err(backup.wrong("a line is not as it was written"));
        }
        match line {
            Line::Entry(entry) if attachments == 0 => {
                batch.bytes += text.len();
                batch.entries.push(entry);
                if batch.entries.len() >= BATCH.0 || batch.bytes >= BATCH.1 {
                    head = batch.put(on, head, backup).await?;
                }
            }
            Line::Entry(_) => return Err(backup.wrong("an entry comes after an attachment")),
            Line::Attachment {
                number,
                digest,
                size,
            } => {
                head = batch.put(on, head, backup).await?;
                attachments += 1;
                if number != attachments || begin(on, digest, size).await? != number {
                    return Err(backup.wrong("the attachments are not in order"));
                }
                attachment(on, backup, number, digest, size).await?;
            }
            Line::End {
                seq,
                hash,
                attachments: count,
                digest,
            } => {
                head = batch.put(on, head, backup).await?;
                if (head, attachments, before) != (Head { seq, hash }, count, digest) {
                    return Err(backup.wrong("it does not end as it should"));
                }
                if backup.more()? {
                    return Err(backup.wrong("something comes after its end"));
                }
                return Ok(head);
            }
        }
    }
}

async fn attachment(
    on: &mut AnyConnection,
    backup: &mut Backup<'_, impl BufRead>,
    number: u64,
    digest: Digest,
    size: u64,
) -> Result<()> {
    let (mut left, mut part, mut hash) = (size, 0, Sha256::new());
    while left > 0 {
        let due = left.min(CHUNK_BYTES as u64);
        let chunk = backup.bytes(due)?;
        hash.update(&chunk);
        put_chunk(on, number, part, chunk).await?;
        left -= due;
        part += 1;
    }
    if backup.bytes(1)? != b"\n" || Digest(hash.finalize().into()) != digest {
        return Err(backup.wrong(&format!("attachment {number} was altered")));
    }
    Ok(())
}

/// Entries read and not stored yet.
#[derive(Default)]
struct Batch {
    entries: Vec<EntryLine>,
    bytes: usize,
}

impl Batch {
    /// Puts them in their places and compares those with what they claim.
    async fn put<R: BufRead>(
        &mut self,
        on: &mut AnyConnection,
        head: Head,
        backup: &Backup<'_, R>,
    ) -> Result<Head> {
        self.bytes = 0;
        if self.entries.is_empty() {
            return Ok(head);
        }
        let (mut claims, mut batch) = (Vec::new(), Vec::new());
        for entry in self.entries.drain(..) {
            claims.push((entry.seq, entry.stream, entry.hash));
            batch.push(New {
                system: entry.system,
                author: entry.author,
                at_ns: entry.at_ns,
                base: entry.base,
                key: entry.key,
                body: entry.body,
            });
        }
        let placed = place(on, head, &[], batch)
            .await
            .map_err(|error| match error.kind {
                Kind::Invalid => backup.wrong(&error.message),
                _ => error,
            })?;
        let mut head = head;
        for (placed, (seq, stream, hash)) in placed.iter().zip(claims) {
            if (placed.seq, placed.stream, placed.hash) != (seq, stream, hash) {
                return Err(backup.wrong(&format!("entry {} was altered", placed.seq)));
            }
            head = Head { seq, hash };
        }
        Ok(head)
    }
}

/// The file being read, and the hash of all that was read.
struct Backup<'a, R> {
    file: R,
    hash: Sha256,
    path: &'a Path,
}

impl<R: BufRead> Backup<'_, R> {
    fn wrong(&self, why: &str) -> Error {
        let message = format!(
            "the backup `{}` cannot be restored: {why}",
            self.path.display()
        );
        let help = "nothing was restored; use another backup";
        Error::new(Kind::Altered, message, help)
    }

    fn failed(&self, error: &std::io::Error) -> Error {
        Error::file(self.path, "read", error)
    }

    /// The first line says what the file is.
    fn first(&mut self) -> Result<()> {
        let mut first = Vec::new();
        let mut limited = (&mut self.file).take(FIRST.len() as u64);
        let read = limited.read_to_end(&mut first);
        read.map_err(|error| self.failed(&error))?;
        let shown = self.path.display();
        if first == FIRST.as_bytes() {
            self.hash.update(&first);
            return Ok(());
        }
        if first.starts_with(FIRST_OF_ANY.as_bytes()) {
            let message = format!("`{shown}` has a format that this version does not know");
            let help = "use the version of Bulkhead that made it, or a later one";
            return Err(Error::new(Kind::Newer, message, help));
        }
        let message = format!("`{shown}` is not a backup of a ledger");
        Err(Error::new(
            Kind::NotALedger,
            message,
            "check the name of the file",
        ))
    }

    /// The next line with its end.
    fn line(&mut self) -> Result<String> {
        let mut line = Vec::new();
        let mut limited = (&mut self.file).take(LINE_BYTES_MAX as u64);
        let read = limited.read_until(b'\n', &mut line);
        read.map_err(|error| self.failed(&error))?;
        self.hash.update(&line);
        if line.last() != Some(&b'\n') {
            return Err(self.wrong("it is cut off, or a line is too long"));
        }
        String::from_utf8(line).map_err(|_| self.wrong("a line is not UTF-8"))
    }

    /// Exactly so many bytes; the caller bounds their number.
    fn bytes(&mut self, count: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut limited = (&mut self.file).take(count);
        let read = limited.read_to_end(&mut bytes);
        read.map_err(|error| self.failed(&error))?;
        self.hash.update(&bytes);
        match bytes.len() as u64 == count {
            true => Ok(bytes),
            false => Err(self.wrong("it is cut off")),
        }
    }

    fn more(&mut self) -> Result<bool> {
        let left = self.file.fill_buf().map(|left| !left.is_empty());
        left.map_err(|error| self.failed(&error))
    }
}
