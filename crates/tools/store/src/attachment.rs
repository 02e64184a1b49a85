//! Attachments: files that entries refer to by their digest.
//!
//! They are kept in chunks, so that neither we nor the databases ever hold a whole one. They are
//! numbered without gaps and counted in the ledger's single row: one that is gone is missed.

use crate::database::{self, Value, blob, int, signed};
use crate::entry::New;
use crate::error::{Error, Kind, Result};
use crate::ledger::{Appended, Ledger, append_in};
use record::Digest;
use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;
use std::io::{Read, Seek, Write};

/// Bytes of a chunk; only the last one of an attachment has fewer.
pub const CHUNK_BYTES: usize = 256 * 1024;

/// A file whose bytes are known and not kept yet.
#[derive(Debug)]
pub struct Measured<F> {
    file: F,
    digest: Digest,
    size: u64,
}

impl<F: Read + Seek + Send> Measured<F> {
    /// Reads a file from its beginning.
    ///
    /// # Errors
    /// More than `most` bytes; the file cannot be read.
    pub fn of(mut file: F, most: u64) -> Result<Self> {
        let (digest, size) = measure(&mut file, most)?;
        Ok(Self { file, digest, size })
    }

    /// SHA-256 of all bytes.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Keeps the bytes unless they are kept already. The file is read again from its beginning.
    async fn keep(&mut self, on: &mut AnyConnection) -> Result<()> {
        if find(on, self.digest).await?.is_some() {
            return Ok(());
        }
        self.file.rewind().map_err(|error| unread(&error))?;
        let number = begin(on, self.digest, self.size).await?;
        let (mut hash, mut part) = (Sha256::new(), 0);
        loop {
            let chunk = read_chunk(&mut self.file)?;
            if chunk.is_empty() {
                break;
            }
            hash.update(&chunk);
            put_chunk(on, number, part, chunk).await?;
            part += 1;
            if part > self.size.div_ceil(CHUNK_BYTES as u64) {
                break;
            }
        }
        match Digest(hash.finalize().into()) == self.digest {
            true => Ok(()),
            false => Err(Error::invalid("the file changed while it was read")),
        }
    }
}

impl Ledger {
    /// As [`Ledger::append`], and keeps the file that the batch refers to: both or neither.
    ///
    /// # Errors
    /// As there; the file cannot be read, or has changed since it was measured.
    pub async fn append_with<F: Read + Seek + Send>(
        &self,
        file: &mut Measured<F>,
        batch: Vec<New>,
    ) -> Result<Appended> {
        let mut write = self.database.write().await?;
        let tx = &mut *write.tx;
        file.keep(tx).await?;
        let appended = append_in(tx, &[], batch).await?;
        write.commit().await?;
        Ok(appended)
    }

    /// Writes the bytes of an attachment and returns their number. They are hashed on the way: on an
    /// error what was written is to be thrown away.
    ///
    /// # Errors
    /// There is no such attachment; it was altered; writing or the database fails.
    pub async fn attachment(&self, digest: Digest, out: &mut (impl Write + Send)) -> Result<u64> {
        let mut on = self.database.ask().await?;
        let Some((number, size)) = find(&mut on, digest).await? else {
            let message = format!("there is no attachment `{digest}`");
            return Err(Error::new(Kind::Missing, message, "check the digest"));
        };
        let mut reading = Reading::new(number, size);
        while let Some(chunk) = reading.next(&mut on).await? {
            out.write_all(&chunk).map_err(|error| {
                let help = "check the permissions and the space on the device";
                Error::new(
                    Kind::Failed,
                    format!("cannot write the attachment: {error}"),
                    help,
                )
            })?;
        }
        match reading.end() {
            found if found == digest => Ok(size),
            _ => Err(Error::altered(format!(
                "the attachment `{digest}` was altered"
            ))),
        }
    }
}

/// An attachment being read, chunk by chunk.
pub(crate) struct Reading {
    number: u64,
    left: u64,
    part: u64,
    hash: Sha256,
}

impl Reading {
    pub(crate) fn new(number: u64, size: u64) -> Self {
        Self {
            number,
            left: size,
            part: 0,
            hash: Sha256::new(),
        }
    }

    /// The next chunk; none after the last.
    pub(crate) async fn next(&mut self, on: &mut AnyConnection) -> Result<Option<Vec<u8>>> {
        if self.left == 0 {
            return Ok(None);
        }
        let sql = "SELECT bytes FROM ledger_chunk WHERE attachment = $1 AND part = $2";
        let values = [signed(self.number)?.into(), signed(self.part)?.into()];
        let due = self.left.min(CHUNK_BYTES as u64);
        let row = database::row(on, sql, &values).await?;
        let chunk = row
            .map(|row| blob(&row, 0))
            .transpose()?
            .unwrap_or_default();
        if chunk.len() as u64 != due {
            let (number, part) = (self.number, self.part);
            let length = chunk.len();
            return Err(Error::altered(format!(
                "part {part} of attachment {number} has {length} bytes instead of {due}"
            )));
        }
        self.hash.update(&chunk);
        self.left -= due;
        self.part += 1;
        Ok(Some(chunk))
    }

    /// The digest of all that was read.
    pub(crate) fn end(self) -> Digest {
        Digest(self.hash.finalize().into())
    }
}

/// Number and size of an attachment, if it is kept.
async fn find(on: &mut AnyConnection, digest: Digest) -> Result<Option<(u64, u64)>> {
    let sql = "SELECT number, size FROM ledger_attachment WHERE digest = $1";
    let row = database::row(on, sql, &[digest.into()]).await?;
    row.map(|row| Ok((int(&row, 0)?, int(&row, 1)?)))
        .transpose()
}

/// Gives a new attachment its number; its chunks follow in the same transaction.
pub(crate) async fn begin(on: &mut AnyConnection, digest: Digest, size: u64) -> Result<u64> {
    let sql = "UPDATE ledger SET attachments = attachments + 1 WHERE one = 1";
    database::run(on, sql, &[]).await?;
    let row = database::row(on, "SELECT attachments FROM ledger WHERE one = 1", &[]).await?;
    let row = row.ok_or_else(|| Error::altered("the ledger has lost its head"))?;
    let number = int(&row, 0)?;
    let sql = "INSERT INTO ledger_attachment (number, digest, size) VALUES ($1, $2, $3)";
    let values = [signed(number)?.into(), digest.into(), signed(size)?.into()];
    database::run(on, sql, &values).await?;
    Ok(number)
}

pub(crate) async fn put_chunk(
    on: &mut AnyConnection,
    number: u64,
    part: u64,
    bytes: Vec<u8>,
) -> Result<()> {
    let sql = "INSERT INTO ledger_chunk (attachment, part, bytes) VALUES ($1, $2, $3)";
    let values = [
        signed(number)?.into(),
        signed(part)?.into(),
        Value::Blob(bytes),
    ];
    database::run(on, sql, &values).await.map(drop)
}

/// The digest and the number of a file's bytes.
fn measure(file: &mut (impl Read + Seek), most: u64) -> Result<(Digest, u64)> {
    file.rewind().map_err(|error| unread(&error))?;
    let (mut hash, mut size) = (Sha256::new(), 0);
    loop {
        let chunk = read_chunk(file)?;
        if chunk.is_empty() {
            return Ok((Digest(hash.finalize().into()), size));
        }
        size += chunk.len() as u64;
        if size > most {
            return Err(Error::invalid(format!(
                "the file has more than {most} bytes"
            )));
        }
        hash.update(&chunk);
    }
}

/// The next [`CHUNK_BYTES`], fewer only at the end.
fn read_chunk(file: &mut impl Read) -> Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(CHUNK_BYTES);
    let mut limited = file.take(CHUNK_BYTES as u64);
    let read = limited.read_to_end(&mut chunk);
    read.map_err(|error| unread(&error))?;
    Ok(chunk)
}

fn unread(error: &std::io::Error) -> Error {
    let message = format!("cannot read the file: {error}");
    Error::new(Kind::Failed, message, "check the file and its permissions")
}
