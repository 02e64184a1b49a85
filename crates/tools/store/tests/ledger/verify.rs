//! Whatever is altered is found.

use crate::append::new;
use crate::attach::bytes;
use crate::place::{Place, attach, execute, raw, run};
use record::Digest;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};
use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::sync::Arc;
use store::{CHUNK_BYTES, Entry, Head, Item, Ledger, Page, Report, View};

on_both! {
    an_untouched_ledger_verifies
    every_altered_column_is_found
    rows_that_are_gone_or_added_are_found
    faults_name_their_place
    an_anchor_finds_what_the_ledger_alone_cannot
    verifying_while_others_write
}

/// A ledger with something in every table.
pub async fn filled(address: &str) -> Ledger {
    let ledger = Ledger::create(address).await.unwrap();
    for at in 0..20 {
        let body = format!(
            "{{\"level\":{},\"note\":\"{}\"}}",
            at % 5,
            "n".repeat(at * 20)
        );
        let batch = ["alpha", "beta"].map(|system| new(system, at as u64, &body));
        ledger.append(batch.to_vec()).await.unwrap();
    }
    for length in [10, CHUNK_BYTES + 5000] {
        attach(&ledger, &mut Cursor::new(bytes(length)), u64::MAX)
            .await
            .unwrap();
    }
    for at in [5, 15] {
        let body = format!("{{\"fold\":{at}}}");
        ledger
            .put_snapshot("alpha", at, "fold 1", &body)
            .await
            .unwrap();
    }
    let item = |at: u64| Item {
        sort: format!("sort {at}"),
        body: format!("body {at}"),
        facets: BTreeMap::from([
            ("level".into(), (at % 2).to_string()),
            ("x".into(), "y".into()),
        ]),
    };
    let view = |system: &str| View {
        view: "portfolio".into(),
        system: system.into(),
        made_from: 20,
        valid_until: Some("2026-12-31".into()),
        items: (0..3).map(|at| (format!("item {at}"), item(at))).collect(),
    };
    ledger
        .put_views(&[view("alpha"), view("beta")])
        .await
        .unwrap();
    ledger
}

pub async fn verify(ledger: &Ledger) -> Report {
    ledger.verify(None, &mut |_, _| ()).await.unwrap()
}

async fn an_untouched_ledger_verifies(place: Arc<Place>) {
    let empty = Ledger::create(&place.address().await).await.unwrap();
    assert_eq!(verify(&empty).await, Report::default());
    let ledger = filled(&place.address().await).await;
    let mut calls = Vec::new();
    let report = ledger
        .verify(None, &mut |done, all| calls.push((done, all)))
        .await
        .unwrap();
    assert_eq!(report.faults, []);
    assert_eq!(
        (report.attachments, report.snapshots, report.views),
        (2, 2, 2)
    );
    assert_eq!(report.head, ledger.head().await.unwrap());
    assert_eq!(calls.last(), Some(&(40, 40)));
}

const TABLES: [&str; 10] = [
    "ledger",
    "ledger_entry",
    "ledger_stream",
    "ledger_attachment",
    "ledger_chunk",
    "ledger_snapshot",
    "ledger_view",
    "ledger_item",
    "ledger_facet",
    "ledger_tally",
];

/// Column and type of a table.
async fn columns(on: &mut AnyConnection, table: &str, server: bool) -> Vec<(String, String)> {
    let sql = match server {
        true => format!(
            "SELECT column_name::text, data_type::text FROM information_schema.columns WHERE table_name = '{table}'"
        ),
        false => format!("SELECT name, type FROM pragma_table_info('{table}')"),
    };
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(on).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// In each column of each table, one row is altered and put back.
async fn every_altered_column_is_found(place: Arc<Place>) {
    let address = place.address().await;
    let ledger = filled(&address).await;
    let mut on = raw(&address).await;
    let server = place.cluster.is_some();
    let row = if server { "ctid" } else { "rowid" };
    let mut altered = 0;
    for table in TABLES {
        let columns = columns(&mut on, table, server).await;
        assert!(columns.len() > 1, "{table}");
        for (column, kind) in columns {
            let (old, changes) = match kind.to_lowercase().as_str() {
                "integer" | "bigint" => ("*", vec![format!("{column} + 1"), "77".to_owned()]),
                "text" => (
                    "*",
                    vec![
                        format!("{column} || 'x'"),
                        "''".to_owned(),
                        "'x'".to_owned(),
                    ],
                ),
                _ if server => (
                    "*",
                    vec![
                        format!("set_byte({column}, 0, get_byte({column}, 0) # 1)"),
                        format!("substr({column}, 2)"),
                        format!("{column} || '\\x00'"),
                    ],
                ),
                _ => (
                    "*",
                    vec![
                        "x'00'".to_owned(),
                        format!("substr({column}, 2)"),
                        "zeroblob(32)".to_owned(),
                    ],
                ),
            };
            for change in changes {
                // The last row of the table in some order, by all its columns.
                let copy = format!("CREATE TABLE kept AS SELECT {old} FROM {table}");
                execute(&mut on, &copy).await;
                let one = match (server, keyed(table)) {
                    (false, Some(key)) => {
                        format!("({key}) = (SELECT {key} FROM {table} ORDER BY {key} DESC LIMIT 1)")
                    }
                    _ => format!("{row} = (SELECT max({row}) FROM {table})"),
                };
                let sql = format!("UPDATE {table} SET {column} = {change} WHERE {one}");
                let done = sqlx::query(AssertSqlSafe(sql.clone()))
                    .execute(&mut on)
                    .await;
                if let Err(error) = done {
                    // The database itself refuses what its keys and checks exclude.
                    let said = error.to_string();
                    assert!(said.contains("onstraint"), "{sql}: {said}");
                    execute(&mut on, "DROP TABLE kept").await;
                    continue;
                }
                altered += 1;
                execute(&mut on, "ALTER TABLE kept RENAME TO kept_elsewhere").await;
                let different = format!(
                    "SELECT 1 FROM (SELECT * FROM {table} EXCEPT SELECT * FROM kept_elsewhere) d LIMIT 1"
                );
                let different = sqlx::query(AssertSqlSafe(different))
                    .fetch_optional(&mut on)
                    .await
                    .unwrap();
                execute(&mut on, "ALTER TABLE kept_elsewhere RENAME TO kept").await;
                let report = verify(&ledger).await;
                let faults: Vec<_> = report
                    .faults
                    .iter()
                    .filter(|f| !f.what.contains("`kept`"))
                    .collect();
                assert_eq!(faults.is_empty(), different.is_none(), "{sql}: {faults:?}");
                execute(&mut on, &format!("DELETE FROM {table}")).await;
                execute(&mut on, &format!("INSERT INTO {table} SELECT * FROM kept")).await;
                execute(&mut on, "DROP TABLE kept").await;
            }
        }
    }
    assert_eq!(verify(&ledger).await.faults, []);
    assert!(altered > 60, "{altered}");
}

/// The key of a table that SQLite keeps without row numbers.
fn keyed(table: &str) -> Option<&'static str> {
    match table {
        "ledger_stream" => Some("system"),
        "ledger_view" => Some("view, system"),
        "ledger_item" => Some("view, system, item"),
        "ledger_facet" => Some("view, system, item, facet"),
        "ledger_tally" => Some("view, facet, value"),
        _ => None,
    }
}

async fn rows_that_are_gone_or_added_are_found(place: Arc<Place>) {
    let address = place.address().await;
    let ledger = filled(&address).await;
    let mut on = raw(&address).await;
    for table in TABLES {
        execute(
            &mut on,
            &format!("CREATE TABLE kept AS SELECT * FROM {table}"),
        )
        .await;
        let (first, all) = match table {
            "ledger_entry" => ("seq = 1", "seq > 0"),
            "ledger_attachment" => ("number = 2", "number > 0"),
            "ledger_chunk" => ("attachment = 2 AND part = 1", "part >= 0"),
            "ledger" => ("one = 1", "one = 1"),
            "ledger_snapshot" => ("", ""),
            "ledger_tally" => ("value = 'y'", "n > 0"),
            "ledger_item" | "ledger_facet" => {
                ("system = 'beta' AND item = 'item 2'", "system > ''")
            }
            _ => ("system = 'beta'", "system > ''"),
        };
        // A snapshot that is gone is only a longer fold.
        for condition in [first, all]
            .into_iter()
            .filter(|condition| !condition.is_empty())
        {
            let gone = execute(&mut on, &format!("DELETE FROM {table} WHERE {condition}")).await;
            assert!(gone > 0, "{table} {condition}");
            let report = verify(&ledger).await;
            let faults = report
                .faults
                .iter()
                .filter(|f| !f.what.contains("`kept`"))
                .count();
            assert!(faults > 0, "{table} {condition}");
            execute(&mut on, &format!("DELETE FROM {table}")).await;
            execute(&mut on, &format!("INSERT INTO {table} SELECT * FROM kept")).await;
        }
        execute(&mut on, "DROP TABLE kept").await;
    }
    let blob = match place.cluster {
        Some(_) => "'\\x00'",
        None => "x'00'",
    };
    for (add, remove) in [
        (
            format!(
                "INSERT INTO ledger_entry SELECT 41, 'gamma', 1, at_ns, author, base, key, body, prev, {blob} FROM ledger_entry WHERE seq = 1"
            ),
            "DELETE FROM ledger_entry WHERE seq = 41",
        ),
        (
            "INSERT INTO ledger_stream VALUES ('gamma', 0)".into(),
            "DELETE FROM ledger_stream WHERE head = 0",
        ),
        (
            format!("INSERT INTO ledger_chunk VALUES (3, 0, {blob})"),
            "DELETE FROM ledger_chunk WHERE attachment = 3",
        ),
        (
            format!("INSERT INTO ledger_chunk VALUES (2, 2, {blob})"),
            "DELETE FROM ledger_chunk WHERE part = 2",
        ),
        (
            format!("INSERT INTO ledger_attachment VALUES (0, {blob}, 0)"),
            "DELETE FROM ledger_attachment WHERE number = 0",
        ),
        (
            format!("INSERT INTO ledger_attachment VALUES (-1, {blob}, 0)"),
            "DELETE FROM ledger_attachment WHERE number = -1",
        ),
        (
            "INSERT INTO ledger_item VALUES ('other', 'alpha', 'i', 's', 'b')".into(),
            "DELETE FROM ledger_item WHERE view = 'other'",
        ),
        (
            "INSERT INTO ledger_item VALUES ('portfolio', 'alpha', 'i', 's', 'b')".into(),
            "DELETE FROM ledger_item WHERE item = 'i'",
        ),
        (
            "INSERT INTO ledger_tally VALUES ('portfolio', 'level', '9', 1)".into(),
            "DELETE FROM ledger_tally WHERE value = '9'",
        ),
    ] {
        execute(&mut on, &add).await;
        assert!(!verify(&ledger).await.faults.is_empty(), "{add}");
        execute(&mut on, remove).await;
        assert_eq!(verify(&ledger).await.faults, [], "{remove}");
    }
}

async fn faults_name_their_place(place: Arc<Place>) {
    let address = place.address().await;
    let ledger = filled(&address).await;
    let mut on = raw(&address).await;
    execute(&mut on, "UPDATE ledger_entry SET body = '0' WHERE seq = 7").await;
    execute(
        &mut on,
        "DELETE FROM ledger_entry WHERE seq IN (10, 20, 21)",
    )
    .await;
    execute(
        &mut on,
        "UPDATE ledger_attachment SET size = 11 WHERE number = 1",
    )
    .await;
    execute(
        &mut on,
        "UPDATE ledger_item SET body = 'better' WHERE system = 'beta' AND item = 'item 1'",
    )
    .await;
    let report = verify(&ledger).await;
    let shown: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    for due in [
        "entry 7 (`alpha`, 4): it was altered",
        "entry 10: it is missing",
        "entries 20 to 21: they are missing",
        "stream `alpha`: its entries are not numbered without gaps up to its head",
        "view `portfolio` of `beta`: it was altered, or made from other entries",
    ] {
        assert!(shown.iter().any(|fault| fault == due), "{due}: {shown:#?}");
    }
    assert!(
        shown
            .iter()
            .any(|fault| fault.starts_with("attachment 1 (`")),
        "{shown:#?}"
    );
    assert_eq!(
        report.faults.iter().filter(|fault| fault.derived).count(),
        1
    );
    let entry = ledger.read("alpha", 3, 1).await.unwrap().remove(0);
    assert_ne!(entry.digest(), entry.hash);
}

async fn an_anchor_finds_what_the_ledger_alone_cannot(place: Arc<Place>) {
    let address = place.address().await;
    let ledger = filled(&address).await;
    ledger.clear_derived().await.unwrap();
    let anchor = ledger.head().await.unwrap();
    let mut on = raw(&address).await;
    // The last entry is cut off with all traces.
    execute(&mut on, "DELETE FROM ledger_entry WHERE seq = 40").await;
    execute(
        &mut on,
        "UPDATE ledger_stream SET head = 19 WHERE system = 'beta'",
    )
    .await;
    execute(
        &mut on,
        "UPDATE ledger SET seq = 39, hash = (SELECT hash FROM ledger_entry WHERE seq = 39)",
    )
    .await;
    assert_eq!(verify(&ledger).await.faults, []);
    let report = ledger.verify(Some(anchor), &mut |_, _| ()).await.unwrap();
    assert_eq!(
        report.faults[0].to_string(),
        "head: 40 entries were here earlier, 39 are left"
    );
    // And another one is put in its place.
    ledger
        .append(vec![new("beta", 19, "\"another\"")])
        .await
        .unwrap();
    assert_eq!(verify(&ledger).await.faults, []);
    let report = ledger.verify(Some(anchor), &mut |_, _| ()).await.unwrap();
    let shown = report.faults[0].to_string();
    assert_eq!(
        shown,
        "entry 40 (`beta`, 20): it is not the one that was here earlier"
    );
    let now = ledger.head().await.unwrap();
    ledger.append(vec![new("beta", 20, "1")]).await.unwrap();
    assert_eq!(
        ledger
            .verify(Some(now), &mut |_, _| ())
            .await
            .unwrap()
            .faults,
        []
    );
}

async fn verifying_while_others_write(place: Arc<Place>) {
    let address = place.address().await;
    let ledger = filled(&address).await;
    let other = ledger.clone();
    let writer = tokio::spawn(async move {
        for at in 0..60 {
            let batch = (0..10).map(|_| new("beta", 20, "1")).collect();
            other.append(batch).await.unwrap();
            let file = format!("file {at}");
            attach(&other, &mut Cursor::new(file), 100).await.unwrap();
        }
    });
    while !writer.is_finished() {
        assert_eq!(verify(&ledger).await.faults, []);
    }
    writer.await.unwrap();
    assert_eq!(verify(&ledger).await.head.seq, 640);
}

/// Everything a ledger can be asked for.
#[derive(Debug, PartialEq)]
struct Answers {
    head: Head,
    entries: Vec<Entry>,
    streams: Vec<Vec<Entry>>,
    systems: Vec<store::Stream>,
    attachments: Vec<Option<Digest>>,
    snapshots: Vec<Option<store::Snapshot>>,
    page: Vec<store::Row>,
    facet: Vec<store::Row>,
    tally: Vec<store::Tally>,
    stale: Vec<store::Stream>,
}

async fn answers(ledger: &Ledger) -> store::Result<Answers> {
    let (mut attachments, mut streams) = (Vec::new(), Vec::new());
    for length in [10, CHUNK_BYTES + 5000] {
        let digest = Digest::of(&bytes(length));
        let mut out = Vec::new();
        let found = ledger.attachment(digest, &mut out).await;
        attachments.push(found.is_ok().then(|| Digest::of(&out)));
    }
    for system in ["alpha", "beta", "gamma"] {
        streams.push(ledger.read(system, 0, 100).await?);
    }
    let page = Page {
        view: "portfolio",
        limit: 100,
        ..Page::default()
    };
    Ok(Answers {
        head: ledger.head().await?,
        entries: ledger.read_all(0, 100).await?,
        streams,
        systems: ledger.systems("", "", 10).await?,
        attachments,
        snapshots: vec![
            ledger.snapshot("alpha", "fold 1", 9).await?,
            ledger.snapshot("alpha", "fold 1", 99).await?,
        ],
        page: ledger.page(&page).await?,
        facet: ledger
            .page(&Page {
                facet: Some(("level", "1")),
                ..page
            })
            .await?,
        tally: ledger.tally("portfolio").await?,
        stale: ledger.stale("portfolio", "2027-01-01", "", 10).await?,
    })
}

/// One bit is turned in the file, at places all over it: either opening or verifying tells, or every
/// answer is what it was.
#[test]
fn a_turned_bit_anywhere_in_the_file_is_found_or_changes_nothing() {
    run(Place::sqlite(), async |place| {
        let path = place.path("ledger");
        let address = path.display().to_string();
        let ledger = filled(&address).await;
        let due = answers(&ledger).await.unwrap();
        assert!(due.attachments.iter().all(Option::is_some) && due.page.len() == 6);
        ledger.close().await;
        let untouched = fs::read(&path).unwrap();
        let (mut found, mut harmless, mut at) = (0, 0, 0);
        let mut places: Vec<usize> = (0..108).collect();
        while at < untouched.len() {
            places.push(at);
            // A prime, so that all parts of a page have their turn; sparse in the bytes of attachments.
            at += if at < untouched.len() / 2 { 241 } else { 509 };
        }
        for at in places {
            let mut turned = untouched.clone();
            turned[at] ^= 1 << (at % 8);
            let copy = place.path("copy");
            for suffix in ["", "-wal", "-shm"] {
                let _gone = fs::remove_file(place.path(&format!("copy{suffix}")));
            }
            fs::write(&copy, &turned).unwrap();
            let Ok(ledger) = Ledger::open(&copy.display().to_string()).await else {
                found += 1;
                continue;
            };
            match ledger.verify(None, &mut |_, _| ()).await {
                Ok(report) if report.faults.is_empty() => {
                    let now = answers(&ledger).await;
                    assert!(now.as_ref() == Ok(&due), "byte {at}: {now:?}");
                    harmless += 1;
                }
                _ => found += 1,
            }
            ledger.close().await;
        }
        assert!(found > 500 && harmless > 0, "{found} {harmless}");
    });
}

#[test]
fn a_trigger_that_was_planted_is_found() {
    run(Place::sqlite(), async |place| {
        let address = place.address().await;
        let ledger = filled(&address).await;
        let mut on = raw(&address).await;
        let trigger = "CREATE TRIGGER planted AFTER INSERT ON ledger_entry BEGIN DELETE FROM ledger_view; END";
        execute(&mut on, trigger).await;
        let shown = verify(&ledger).await.faults[0].to_string();
        assert_eq!(shown, "file: `planted` is not a table of a ledger");
    });
}

#[test]
fn a_file_that_was_cut_short_is_found() {
    run(Place::sqlite(), async |place| {
        let path = place.path("ledger");
        let address = path.display().to_string();
        filled(&address).await.close().await;
        let untouched = fs::read(&path).unwrap();
        for part in 0..16 {
            fs::write(&path, &untouched[..untouched.len() * part / 16]).unwrap();
            let Ok(ledger) = Ledger::open(&address).await else {
                continue;
            };
            assert!(!verify(&ledger).await.faults.is_empty(), "{part}");
            ledger.close().await;
        }
    });
}
