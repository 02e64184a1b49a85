//! Verifying a ledger: every row of every table is read and held against what it must be.

use crate::attachment::{CHUNK_BYTES, Reading};
use crate::database::{self, Value, digest, int, rows, signed, text};
use crate::entry::{COLUMNS, Entry, Head};
use crate::error::{Error, Kind, Result};
use crate::ledger::{Ledger, last};
use crate::schema;
use crate::snapshot::{digest_of, hash_at};
use crate::view::{View, items};
use futures_util::TryStreamExt as _;
use record::Digest;
use sqlx::AnyConnection;
use std::collections::BTreeMap;
use std::fmt;

/// Most faults that are listed; looking ends there.
pub const FAULTS_MAX: usize = 1000;
/// Entries between two calls that tell how far it is.
const STEP: u64 = 10_000;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, in words.
    pub place: String,
    /// What is wrong there.
    pub what: String,
    /// Whether only something derived is wrong, which may be thrown away and made again.
    pub derived: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The end of the ledger as its entries say; keep it elsewhere as the next anchor.
    pub head: Head,
    /// Attachments read.
    pub attachments: u64,
    /// Snapshots read.
    pub snapshots: u64,
    /// Views of systems read.
    pub views: u64,
    /// What is wrong; empty if nothing is.
    pub faults: Vec<Fault>,
}

impl Report {
    fn fault(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.add(place.into(), what.into(), false);
    }

    fn derived(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.add(place.into(), what.into(), true);
    }

    fn add(&mut self, place: String, what: String, derived: bool) {
        // After an error PostgreSQL answers nothing else in this transaction.
        let echo = what.contains("current transaction is aborted");
        if self.faults.len() < FAULTS_MAX && !echo {
            self.faults.push(Fault {
                place,
                what,
                derived,
            });
        }
    }

    fn full(&self) -> bool {
        self.faults.len() >= FAULTS_MAX
    }

    /// What a check could not read is a fault as well; that the database is gone is an error.
    fn settle(&mut self, place: &str, derived: bool, done: Result<()>) -> Result<()> {
        match done {
            Err(error) if matches!(error.kind, Kind::Unreachable | Kind::Locked) => Err(error),
            Err(error) => {
                self.add(place.to_owned(), error.message, derived);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}

impl Ledger {
    /// Reads all of the ledger, as it is now, in bounded memory, while others may write. `anchor` is
    /// a head that was seen earlier and kept elsewhere: with it, entries cut off the end and a chain
    /// made anew are found as well. `progress` is told from time to time how many entries of how
    /// many are done.
    ///
    /// # Errors
    /// The database is gone. What is wrong with the ledger is in the report.
    pub async fn verify(
        &self,
        anchor: Option<Head>,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Report> {
        let mut tx = self.database.read().await?;
        let on = &mut *tx;
        let mut report = Report::default();
        if self.database.is_sqlite() {
            let done = file(on, &mut report).await;
            report.settle("file", false, done)?;
        }
        let done = entries(on, &mut report, anchor, progress).await;
        report.settle("entries", false, done)?;
        let done = streams(on, &mut report).await;
        report.settle("streams", false, done)?;
        let done = attachments(on, &mut report).await;
        report.settle("attachments", false, done)?;
        let done = snapshots(on, &mut report).await;
        report.settle("snapshots", true, done)?;
        let done = views(on, &mut report).await;
        report.settle("views", true, done)?;
        let done = counts(on, &mut report).await;
        report.settle("counts", true, done)?;
        Ok(report)
    }
}

/// SQLite's own check of pages and indexes, and that the tables are ours and nothing else is there:
/// a trigger could change what is written next.
async fn file(on: &mut AnyConnection, report: &mut Report) -> Result<()> {
    for row in rows(on, "PRAGMA integrity_check(100)", &[]).await? {
        let said = text(&row, 0)?;
        if said != "ok" {
            report.fault("file", said.replace('\n', " "));
        }
    }
    let mut due: Vec<String> = schema::sqlite().collect();
    let sql = "SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name LIMIT 1000";
    for row in rows(on, sql, &[]).await? {
        let (name, sql) = (text(&row, 0)?, text(&row, 1)?);
        match due.iter().position(|statement| *statement == sql) {
            Some(at) => drop(due.swap_remove(at)),
            None => report.fault("file", format!("`{name}` is not a table of a ledger")),
        }
    }
    for statement in due {
        let name = statement.split_whitespace().nth(2).unwrap_or_default();
        report.fault("file", format!("the table `{name}` is missing"));
    }
    Ok(())
}

/// The chain, its head, and the anchor.
async fn entries(
    on: &mut AnyConnection,
    report: &mut Report,
    anchor: Option<Head>,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<()> {
    let head = last(on).await?;
    let sql = format!("SELECT {COLUMNS} FROM ledger_entry WHERE seq > $1 ORDER BY seq");
    let (mut done, mut prev) = (0, Digest::default());
    while !report.full() {
        let query = database::query(&sql, &[signed(done)?.into()]);
        let mut stream = query.fetch(&mut *on);
        let stopped = loop {
            let entry = match stream.try_next().await {
                Ok(Some(row)) => Entry::from_row(&row),
                Ok(None) => break None,
                Err(error) => Err(error.into()),
            };
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => break Some(error),
            };
            check(report, &entry, done + 1, prev);
            if anchor.is_some_and(|anchor| anchor.seq == entry.seq && anchor.hash != entry.hash) {
                report.fault(place(&entry), "it is not the one that was here earlier");
            }
            (done, prev) = (entry.seq, entry.hash);
            if done.is_multiple_of(STEP) {
                progress(done, head.seq);
            }
            if report.full() {
                break None;
            }
        };
        drop(stream);
        let Some(error) = stopped else { break };
        // The row cannot be read: go on after it, as long as there can be more.
        report.settle(&format!("entry {}", done + 1), false, Err(error))?;
        done += 1;
        if done >= head.seq {
            break;
        }
    }
    report.head = Head {
        seq: done,
        hash: prev,
    };
    if report.head != head {
        let what = format!("{} entries are there and {} are due", done, head.seq);
        match done == head.seq {
            true => report.fault("head", "its hash is not that of the last entry"),
            false => report.fault("head", what),
        }
    }
    if let Some(anchor) = anchor.filter(|anchor| anchor.seq > done) {
        let what = format!("{} entries were here earlier, {done} are left", anchor.seq);
        report.fault("head", what);
    }
    progress(done, head.seq);
    Ok(())
}

fn place(entry: &Entry) -> String {
    format!("entry {} (`{}`, {})", entry.seq, entry.system, entry.stream)
}

fn check(report: &mut Report, entry: &Entry, due: u64, prev: Digest) {
    if entry.seq > due + 1 {
        let last = entry.seq - 1;
        report.fault(format!("entries {due} to {last}"), "they are missing");
    } else if entry.seq > due {
        report.fault(format!("entry {due}"), "it is missing");
    } else if entry.prev != prev {
        report.fault(place(entry), "it does not follow the entry before it");
    }
    if entry.digest() != entry.hash {
        report.fault(place(entry), "it was altered");
    }
}

/// Each system's stream has no gaps and ends where its head says. The answers are bounded, and what
/// is in them is wrong.
async fn streams(on: &mut AnyConnection, report: &mut Report) -> Result<()> {
    let gaps = "SELECT e.system FROM (SELECT system, count(*) AS n, min(stream) AS low, max(stream) AS high \
            FROM ledger_entry GROUP BY system) e \
        LEFT JOIN ledger_stream s ON s.system = e.system \
        WHERE s.head IS NULL OR s.head <> e.n OR e.low <> 1 OR e.high <> e.n \
        ORDER BY e.system LIMIT 100";
    let extra = "SELECT s.system FROM ledger_stream s \
        WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.system = s.system) \
        ORDER BY s.system LIMIT 100";
    for sql in [gaps, extra] {
        for row in rows(on, sql, &[]).await? {
            let what = "its entries are not numbered without gaps up to its head";
            report.fault(format!("stream `{}`", text(&row, 0)?), what);
        }
    }
    let row = database::row(on, "SELECT format FROM ledger WHERE one = 1", &[]).await?;
    if row.map(|row| int(&row, 0)).transpose()? != Some(schema::FORMAT) {
        report.fault("head", "its format is not the one of this version");
    }
    Ok(())
}

async fn attachments(on: &mut AnyConnection, report: &mut Report) -> Result<()> {
    let sql = "SELECT attachments FROM ledger WHERE one = 1";
    let due = database::row(on, sql, &[]).await?;
    let due = due.map(|row| int(&row, 0)).transpose()?.unwrap_or_default();
    let sql = "SELECT number, digest, size FROM ledger_attachment WHERE number > $1 ORDER BY number LIMIT 1";
    let mut after = Value::Int(i64::MIN);
    while let Some(row) = database::row(on, sql, &[after]).await? {
        let (number, kept, size) = (int(&row, 0)?, digest(&row, 1)?, int(&row, 2)?);
        report.attachments += 1;
        let place = format!("attachment {number} (`{kept}`)");
        if number != report.attachments {
            report.fault(&*place, "those before it are not numbered without gaps");
        }
        let mut reading = Reading::new(number, size);
        let read = loop {
            match reading.next(on).await {
                Ok(Some(_)) => {}
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        match read {
            Ok(()) if reading.end() != kept => report.fault(place, "it was altered"),
            read => report.settle(&place, false, read)?,
        }
        if report.full() {
            return Ok(());
        }
        after = signed(number)?.into();
    }
    if report.attachments != due {
        let what = format!("{} are there and {due} are due", report.attachments);
        report.fault("attachments", what);
    }
    let sql = format!(
        "SELECT c.attachment, c.part FROM ledger_chunk c \
        LEFT JOIN ledger_attachment a ON a.number = c.attachment \
        WHERE a.number IS NULL OR c.part < 0 OR c.part * {CHUNK_BYTES} >= a.size LIMIT 100"
    );
    for row in rows(on, &sql, &[]).await? {
        let place = format!("part {} of attachment {}", int(&row, 1)?, int(&row, 0)?);
        report.fault(place, "it belongs to nothing");
    }
    Ok(())
}

async fn snapshots(on: &mut AnyConnection, report: &mut Report) -> Result<()> {
    let sql = "SELECT system, format, stream, body, digest FROM ledger_snapshot \
        WHERE (system, format, stream) > ($1, $2, $3) ORDER BY system, format, stream LIMIT 1";
    let mut after: [Value; 3] = ["".into(), "".into(), Value::Int(i64::MIN)];
    while let Some(row) = database::row(on, sql, &after).await? {
        let (system, format, stream) = (text(&row, 0)?, text(&row, 1)?, int(&row, 2)?);
        report.snapshots += 1;
        let hash = hash_at(on, &system, stream).await?.unwrap_or_default();
        let due = digest_of(&system, &format, stream, hash, &text(&row, 3)?);
        if due != digest(&row, 4)? {
            let place = format!("snapshot `{format}` of `{system}` at {stream}");
            report.derived(place, "it was altered, or made from other entries");
        }
        if report.full() {
            return Ok(());
        }
        after = [
            Value::Text(system),
            Value::Text(format),
            signed(stream)?.into(),
        ];
    }
    Ok(())
}

async fn views(on: &mut AnyConnection, report: &mut Report) -> Result<()> {
    let sql = "SELECT view, system, made_from, valid_until, digest FROM ledger_view \
        WHERE (view, system) > ($1, $2) ORDER BY view, system LIMIT 500";
    let mut after: [Value; 2] = ["".into(), "".into()];
    loop {
        let page = rows(on, sql, &after).await?;
        for row in &page {
            let (name, system) = (text(row, 0)?, text(row, 1)?);
            after = [Value::from(&*name), Value::from(&*system)];
            report.views += 1;
            let place = format!("view `{name}` of `{system}`");
            let done = view(on, row, name, system).await;
            report.settle(&place, true, done)?;
        }
        if page.is_empty() || report.full() {
            return Ok(());
        }
    }
}

async fn view(
    on: &mut AnyConnection,
    row: &sqlx::any::AnyRow,
    name: String,
    system: String,
) -> Result<()> {
    let (made_from, until, kept) = (int(row, 2)?, text(row, 3)?, digest(row, 4)?);
    let Some(hash) = hash_at(on, &system, made_from).await? else {
        return Err(Error::altered(format!(
            "it was made from entry {made_from}, which is not there"
        )));
    };
    let items = items(on, &name, &system).await?;
    let view = View {
        view: name,
        system,
        made_from,
        valid_until: (!until.is_empty()).then_some(until),
        items,
    };
    match view.digest(hash) == kept {
        true => Ok(()),
        false => Err(Error::altered("it was altered, or made from other entries")),
    }
}

/// Items and facets without a view, and counts that are not those of the facets.
async fn counts(on: &mut AnyConnection, report: &mut Report) -> Result<()> {
    let items = "SELECT i.view, i.system FROM ledger_item i WHERE NOT EXISTS \
        (SELECT 1 FROM ledger_view v WHERE v.view = i.view AND v.system = i.system) LIMIT 100";
    let facets = "SELECT f.view, f.system FROM ledger_facet f WHERE NOT EXISTS \
        (SELECT 1 FROM ledger_item i WHERE i.view = f.view AND i.system = f.system AND i.item = f.item) LIMIT 100";
    let mut places = BTreeMap::new();
    for sql in [items, facets] {
        for row in rows(on, sql, &[]).await? {
            let place = format!("view `{}` of `{}`", text(&row, 0)?, text(&row, 1)?);
            places.insert(place, "rows of it belong to nothing");
        }
    }
    let tallies = "SELECT view, facet, value FROM \
        (SELECT view, facet, value, count(*) AS n FROM ledger_facet GROUP BY view, facet, value \
        UNION ALL SELECT view, facet, value, -n FROM ledger_tally) counted \
        GROUP BY view, facet, value HAVING sum(n) <> 0 LIMIT 100";
    for row in rows(on, tallies, &[]).await? {
        let (view, facet, value) = (text(&row, 0)?, text(&row, 1)?, text(&row, 2)?);
        let place = format!("count of `{facet}` = `{value}` in view `{view}`");
        places.insert(place, "it is not the number of items");
    }
    for (place, what) in places {
        report.derived(place, what);
    }
    Ok(())
}
