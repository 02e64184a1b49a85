//! The ledger itself: opening it, appending to it, reading it.

use crate::address::Address;
use crate::database::{self, Database, Value, digest, int, signed, text};
use crate::entry::{BATCH_BYTES_MAX, BATCH_MAX, COLUMNS, Entry, Head, New, name};
use crate::error::{Error, Kind, Result};
use crate::part::{Part, sweep};
use record::Digest;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Most rows of one answer, whatever is asked for.
pub const LIMIT_MAX: u32 = 10_000;

/// A ledger, open. Clones share its connections; all of it may be used by many tasks at once.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(crate) database: Database,
}

/// What a batch has become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The position of each entry of the batch, in its order: in the ledger, in its stream.
    pub positions: Vec<(u64, u64)>,
    /// The end of the ledger after the batch.
    pub head: Head,
}

/// A system of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Its name.
    pub system: String,
    /// The last position of its stream, which is the number of its entries.
    pub head: u64,
}

impl Ledger {
    /// Opens a ledger: a path, `sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
    ///
    /// # Errors
    /// Nothing there, not a ledger, a later format, a server that does not answer.
    pub async fn open(address: &str) -> Result<Self> {
        let address = Address::parse(address)?;
        if let Address::File(path) = &address {
            sweep(path);
        }
        address.must_exist()?;
        let database = Database::connect(address).await?;
        database.must_be_ledger().await?;
        Ok(Self { database })
    }

    /// Creates an empty ledger: a file that is not there yet (readable by its owner alone), or
    /// tables in a database of a server that is there already.
    ///
    /// # Errors
    /// There is a file or a ledger already; it cannot be made.
    pub async fn create(address: &str) -> Result<Self> {
        let address = Address::parse(address)?;
        let Address::File(path) = &address else {
            return Self::create_at(address).await;
        };
        // Made aside: who is killed here leaves nothing that looks like a ledger and is none.
        address.must_be_free()?;
        let aside = Part::named(path)?;
        let made = Self::create_at(Address::File(aside.path().to_owned())).await?;
        made.close().await;
        aside.finish()?;
        let database = Database::connect(address).await?;
        Ok(Self { database })
    }

    async fn create_at(address: Address) -> Result<Self> {
        let database = Database::connect(address).await?;
        database.make_tables().await?;
        Ok(Self { database })
    }

    /// Closes all connections; nothing can be asked any more. A SQLite ledger that nobody else has open is
    /// then one file again.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// Appends a batch: all of it or, on any error, nothing. When it returns, the entries survive a
    /// crash of the program and of the machine. Others may append at the same time: each batch gets
    /// its place as a whole.
    ///
    /// # Errors
    /// An entry out of bounds, or one that claims to have seen what is not there; locked for too
    /// long; the database fails.
    pub async fn append(&self, batch: Vec<New>) -> Result<Appended> {
        self.append_if(&[], batch).await
    }

    /// As [`Ledger::append`], but only if the streams of the systems named end exactly where given
    /// (0: no entry).
    ///
    /// # Errors
    /// As there, and [`Kind::Moved`] if a stream ends elsewhere.
    pub async fn append_if(&self, expected: &[(&str, u64)], batch: Vec<New>) -> Result<Appended> {
        let mut write = self.database.write().await?;
        let appended = append_in(&mut write.tx, expected, batch).await?;
        write.commit().await?;
        Ok(appended)
    }

    /// The end of the ledger.
    ///
    /// # Errors
    /// The database fails.
    pub async fn head(&self) -> Result<Head> {
        last(&mut *self.database.ask().await?).await
    }

    /// The entries of one system after a position in its stream, in order.
    ///
    /// # Errors
    /// The database fails; a value was altered.
    pub async fn read(&self, system: &str, after: u64, limit: u32) -> Result<Vec<Entry>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM ledger_entry WHERE system = $1 AND stream > $2 ORDER BY stream LIMIT $3"
        );
        let values = [system.into(), signed(after)?.into(), limit_of(limit)];
        let rows = database::rows(&mut *self.database.ask().await?, &sql, &values).await?;
        rows.iter().map(Entry::from_row).collect()
    }

    /// The entries of all systems after a position in the ledger, in order.
    ///
    /// # Errors
    /// The database fails; a value was altered.
    pub async fn read_all(&self, after: u64, limit: u32) -> Result<Vec<Entry>> {
        entries(&mut *self.database.ask().await?, after, limit).await
    }

    /// The systems whose names begin with `prefix`, after a name, in the order of their bytes.
    ///
    /// # Errors
    /// The database fails; a value was altered.
    pub async fn systems(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<Stream>> {
        let mut sql =
            "SELECT system, head FROM ledger_stream WHERE system > $1 AND system >= $2".to_owned();
        let mut values = vec![after.into(), prefix.into(), limit_of(limit)];
        if let Some(end) = after_prefix(prefix) {
            sql.push_str(" AND system < $4");
            values.push(Value::Text(end));
        }
        sql.push_str(" ORDER BY system LIMIT $3");
        let rows = database::rows(&mut *self.database.ask().await?, &sql, &values).await?;
        let stream = |row| {
            Ok(Stream {
                system: text(row, 0)?,
                head: int(row, 1)?,
            })
        };
        rows.iter().map(stream).collect()
    }

    /// Where the stream of one system ends; 0 if it has no entry.
    ///
    /// # Errors
    /// The database fails; a value was altered.
    pub async fn stream_head(&self, system: &str) -> Result<u64> {
        let found = heads(&mut *self.database.ask().await?, [system].into_iter()).await?;
        Ok(found.get(system).copied().unwrap_or_default())
    }
}

/// Appends a batch in a transaction.
pub(crate) async fn append_in(
    on: &mut AnyConnection,
    expected: &[(&str, u64)],
    batch: Vec<New>,
) -> Result<Appended> {
    let head = last(on).await?;
    let placed = place(on, head, expected, batch).await?;
    let end = placed.last().map_or(head, |last| Head {
        seq: last.seq,
        hash: last.hash,
    });
    Ok(Appended {
        positions: placed.iter().map(|one| (one.seq, one.stream)).collect(),
        head: end,
    })
}

/// Where an entry of a batch has come to be.
pub(crate) struct Placed {
    pub(crate) seq: u64,
    pub(crate) stream: u64,
    pub(crate) hash: Digest,
}

/// Stores a batch after `head`, in a transaction.
pub(crate) async fn place(
    on: &mut AnyConnection,
    head: Head,
    expected: &[(&str, u64)],
    batch: Vec<New>,
) -> Result<Vec<Placed>> {
    batch.iter().try_for_each(New::check)?;
    let bytes: usize = batch.iter().map(|new| new.key.len() + new.body.len()).sum();
    if batch.len() > BATCH_MAX || bytes > BATCH_BYTES_MAX {
        return Err(Error::invalid(format!(
            "a batch has at most {BATCH_MAX} entries and {BATCH_BYTES_MAX} bytes"
        )));
    }
    let named = expected.iter().map(|(system, _)| *system);
    let mut streams = heads(on, named.chain(batch.iter().map(|new| &*new.system))).await?;
    for (system, head) in expected {
        let found = streams.get(*system).copied().unwrap_or_default();
        if found != *head {
            return Err(Error::new(
                Kind::Moved,
                format!("`{system}` is at entry {found} and not at {head}: somebody else wrote"),
                "read what is new and try again",
            ));
        }
    }
    let mut head = head;
    let (mut placed, mut rows) = (Vec::new(), Vec::new());
    let mut moved: BTreeMap<String, u64> = BTreeMap::new();
    for new in batch {
        let stream = streams.entry(new.system.clone()).or_default();
        if new.base > *stream {
            return Err(Error::invalid(format!(
                "an entry of `{}` claims to have seen entry {} of {stream}",
                new.system, new.base
            )));
        }
        *stream += 1;
        moved.insert(new.system.clone(), *stream);
        let entry = Entry::place(new, head.seq + 1, *stream, head.hash);
        head = Head {
            seq: entry.seq,
            hash: entry.hash,
        };
        placed.push(Placed {
            seq: entry.seq,
            stream: entry.stream,
            hash: entry.hash,
        });
        rows.push(entry.into_row()?);
    }
    if !rows.is_empty() {
        let into = format!("ledger_entry ({COLUMNS})");
        database::insert(on, &into, 10, "", rows).await?;
        set_heads(on, moved).await?;
        let values = [signed(head.seq)?.into(), head.hash.into()];
        let sql = "UPDATE ledger SET seq = $1, hash = $2 WHERE one = 1";
        database::run(on, sql, &values).await?;
    }
    Ok(placed)
}

/// The last entry and its hash, as the ledger's single row has it.
pub(crate) async fn last(on: &mut AnyConnection) -> Result<Head> {
    let row = database::row(on, "SELECT seq, hash FROM ledger WHERE one = 1", &[]).await?;
    let row = row.ok_or_else(|| Error::altered("the ledger has lost its head"))?;
    Ok(Head {
        seq: int(&row, 0)?,
        hash: digest(&row, 1)?,
    })
}

async fn entries(on: &mut AnyConnection, after: u64, limit: u32) -> Result<Vec<Entry>> {
    let sql = format!("SELECT {COLUMNS} FROM ledger_entry WHERE seq > $1 ORDER BY seq LIMIT $2");
    let rows = database::rows(on, &sql, &[signed(after)?.into(), limit_of(limit)]).await?;
    rows.iter().map(Entry::from_row).collect()
}

/// Where the streams of some systems end; those without entries are left out.
async fn heads(
    on: &mut AnyConnection,
    systems: impl Iterator<Item = &str>,
) -> Result<BTreeMap<String, u64>> {
    let systems: Vec<&str> = systems.collect::<BTreeSet<_>>().into_iter().collect();
    systems
        .iter()
        .try_for_each(|system| name("system", system))?;
    let mut heads = BTreeMap::new();
    let mut rest = &*systems;
    for at_once in [100, 10, 1] {
        let places: Vec<String> = (1..=at_once).map(|place| format!("${place}")).collect();
        let places = places.join(", ");
        let sql = format!("SELECT system, head FROM ledger_stream WHERE system IN ({places})");
        while let Some((some, others)) = rest.split_at_checked(at_once) {
            let values: Vec<Value> = some.iter().map(|system| Value::from(*system)).collect();
            for row in database::rows(on, &sql, &values).await? {
                heads.insert(text(&row, 0)?, int(&row, 1)?);
            }
            rest = others;
        }
    }
    Ok(heads)
}

async fn set_heads(on: &mut AnyConnection, heads: BTreeMap<String, u64>) -> Result<()> {
    let row = |(system, head)| Ok(vec![Value::Text(system), signed(head)?.into()]);
    let rows = heads.into_iter().map(row).collect::<Result<Vec<_>>>()?;
    let after = "ON CONFLICT (system) DO UPDATE SET head = excluded.head";
    database::insert(on, "ledger_stream (system, head)", 2, after, rows).await
}

pub(crate) fn limit_of(limit: u32) -> Value {
    Value::Int(i64::from(limit.min(LIMIT_MAX)))
}

/// The least text that is greater than all that begin with `prefix`; none if there is no such text.
pub(crate) fn after_prefix(prefix: &str) -> Option<String> {
    let mut end = prefix.to_owned();
    while let Some(last) = end.pop() {
        // The ranges of characters step over the surrogates.
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}
