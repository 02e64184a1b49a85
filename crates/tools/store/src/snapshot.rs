//! Snapshots: what a fold had become at some position of a stream, so that it can go on from there.
//!
//! A snapshot is a cache. Its digest covers its fields and the chain's hash at its position, so one
//! that was altered, or made from other entries, is not taken for true.

use crate::database::{self, Value, digest, int, signed, text};
use crate::entry::{Canonical, bounded, name};
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use record::Digest;
use sqlx::AnyConnection;

/// Longest body of a snapshot, in bytes.
pub const SNAPSHOT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a fold had become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last position in the system's stream that is in it.
    pub stream: u64,
    /// Its text, as it was put.
    pub body: String,
}

impl Ledger {
    /// Keeps what a fold over a system's stream up to a position has become; `format` names the
    /// fold and its version. One that is there already for the same position is replaced.
    ///
    /// # Errors
    /// The stream has no such position; a bound is exceeded; the database fails.
    pub async fn put_snapshot(
        &self,
        system: &str,
        stream: u64,
        format: &str,
        body: &str,
    ) -> Result<()> {
        name("format", format)?;
        bounded("body", body, 0, SNAPSHOT_BYTES_MAX)?;
        let mut write = self.database.write().await?;
        let tx = &mut *write.tx;
        let hash = match hash_at(tx, system, stream).await? {
            Some(hash) if stream > 0 => hash,
            _ => return Err(Error::invalid(format!("`{system}` has no entry {stream}"))),
        };
        let digest = digest_of(system, format, stream, hash, body);
        let position = signed(stream)?.into();
        let row = vec![
            system.into(),
            format.into(),
            position,
            body.into(),
            digest.into(),
        ];
        let into = "ledger_snapshot (system, format, stream, body, digest)";
        let after = "ON CONFLICT (system, format, stream) DO UPDATE SET body = excluded.body, digest = excluded.digest";
        database::insert(tx, into, 5, after, vec![row]).await?;
        write.commit().await
    }

    /// The latest snapshot at or below a position that verifies; none is no error, the fold then
    /// begins at the first entry.
    ///
    /// # Errors
    /// The database fails.
    pub async fn snapshot(&self, system: &str, format: &str, at: u64) -> Result<Option<Snapshot>> {
        let mut on = self.database.ask().await?;
        let mut below = signed(at)?;
        loop {
            let sql = "SELECT stream, body, digest FROM ledger_snapshot WHERE system = $1 AND format = $2 AND stream <= $3 ORDER BY stream DESC LIMIT 1";
            let values: [Value; 3] = [system.into(), format.into(), below.into()];
            let Some(row) = database::row(&mut on, sql, &values).await? else {
                return Ok(None);
            };
            let (stream, body, found) = (int(&row, 0)?, text(&row, 1)?, digest(&row, 2)?);
            let hash = hash_at(&mut on, system, stream).await?.unwrap_or_default();
            if digest_of(system, format, stream, hash, &body) == found {
                return Ok(Some(Snapshot { stream, body }));
            }
            below = signed(stream)? - 1;
        }
    }
}

/// The chain's hash at a position of a stream: zeros at 0, none beyond its end.
pub(crate) async fn hash_at(
    on: &mut AnyConnection,
    system: &str,
    stream: u64,
) -> Result<Option<Digest>> {
    if stream == 0 {
        return Ok(Some(Digest::default()));
    }
    let sql = "SELECT hash FROM ledger_entry WHERE system = $1 AND stream = $2";
    let row = database::row(on, sql, &[system.into(), signed(stream)?.into()]).await?;
    row.map(|row| digest(&row, 0)).transpose()
}

pub(crate) fn digest_of(
    system: &str,
    format: &str,
    stream: u64,
    hash: Digest,
    body: &str,
) -> Digest {
    let mut canonical = Canonical::new("bulkhead ledger snapshot 1\n");
    canonical.text(system).text(format).number(stream);
    canonical.digest(hash).text(body);
    canonical.end()
}
