//! Backup and restore, from one kind of database to the other, and files that are no backups.

use crate::append::new;
use crate::attach::{bytes, fetch};
use crate::place::{Place, attach, execute, raw, run};
use crate::verify::{filled, verify};
use record::Digest;
use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use store::{Kind, Ledger};

on_both! {
    a_backup_holds_everything_and_can_be_restored
    a_backup_is_one_moment_while_others_write
    nothing_that_is_there_is_replaced
    a_ledger_that_does_not_verify_is_not_backed_up
    what_is_altered_is_not_restored
}

async fn a_backup_holds_everything_and_can_be_restored(place: Arc<Place>) {
    let ledger = filled(&place.address().await).await;
    let file = place.path("backup");
    let head = ledger.backup(&file).await.unwrap();
    assert_eq!(head, ledger.head().await.unwrap());
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let address = place.address().await;
    assert_eq!(Ledger::restore(&file, &address).await.unwrap(), head);
    let restored = Ledger::open(&address).await.unwrap();
    let report = verify(&restored).await;
    assert_eq!(
        (report.head, report.attachments, report.faults),
        (head, 2, vec![])
    );
    assert_eq!((report.snapshots, report.views), (0, 0));
    let all = ledger.read_all(0, 100).await.unwrap();
    assert_eq!(restored.read_all(0, 100).await.unwrap(), all);
    let attached = bytes(store::CHUNK_BYTES + 5000);
    assert!(fetch(&restored, Digest::of(&attached)).await.unwrap() == attached);
    // Everything is to be made again, and it goes on from there.
    assert_eq!(
        restored
            .stale("portfolio", "2026-01-01", "", 9)
            .await
            .unwrap()
            .len(),
        2
    );
    restored.append(vec![new("alpha", 20, "1")]).await.unwrap();
    assert_eq!(verify(&restored).await.faults, []);

    let empty = Ledger::create(&place.address().await).await.unwrap();
    empty.backup(&place.path("empty")).await.unwrap();
    let address = place.address().await;
    Ledger::restore(&place.path("empty"), &address)
        .await
        .unwrap();
    assert_eq!(
        verify(&Ledger::open(&address).await.unwrap()).await.faults,
        []
    );
}

#[test]
fn backups_are_the_same_for_both_databases() {
    run(Place::postgres(), async |server| {
        let files = Place::sqlite();
        let first = files.path("first");
        let head = filled(&files.address().await)
            .await
            .backup(&first)
            .await
            .unwrap();
        let (mut from, mut at) = (first.clone(), 0);
        for place in [&*server, &files, &*server] {
            let address = place.address().await;
            assert_eq!(Ledger::restore(&from, &address).await.unwrap(), head);
            let ledger = Ledger::open(&address).await.unwrap();
            assert_eq!(verify(&ledger).await.faults, []);
            from = files.path(&format!("again {at}"));
            at += 1;
            ledger.backup(&from).await.unwrap();
            assert!(fs::read(&from).unwrap() == fs::read(&first).unwrap());
        }
    });
}

async fn a_backup_is_one_moment_while_others_write(place: Arc<Place>) {
    let ledger = filled(&place.address().await).await;
    let other = ledger.clone();
    let writer = tokio::spawn(async move {
        for at in 0..100 {
            let batch = vec![new("alpha", 20, "1"), new("beta", 20, &at.to_string())];
            other.append(batch).await.unwrap();
            attach(&other, &mut Cursor::new(at.to_string()), 9)
                .await
                .unwrap();
        }
    });
    let (mut heads, mut made) = (BTreeSet::new(), 0);
    while !writer.is_finished() {
        made += 1;
        let file = place.path(&format!("backup {made}"));
        let head = ledger.backup(&file).await.unwrap();
        assert!(head.seq.is_multiple_of(2));
        if heads.insert(head.seq) && heads.len() <= 5 {
            let address = place.address().await;
            Ledger::restore(&file, &address).await.unwrap();
            let report = verify(&Ledger::open(&address).await.unwrap()).await;
            assert_eq!((report.head, report.faults), (head, vec![]));
        }
    }
    writer.await.unwrap();
    assert_eq!(verify(&ledger).await.faults, []);
}

async fn nothing_that_is_there_is_replaced(place: Arc<Place>) {
    let address = place.address().await;
    let ledger = filled(&address).await;
    let file = place.path("backup");
    fs::write(&file, "precious").unwrap();
    assert_eq!(ledger.backup(&file).await.unwrap_err().kind, Kind::Exists);
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    let good = place.path("good");
    let head = ledger.backup(&good).await.unwrap();
    ledger.append(vec![new("alpha", 20, "1")]).await.unwrap();
    assert_eq!(
        Ledger::restore(&good, &address).await.unwrap_err().kind,
        Kind::Exists
    );
    assert_eq!(ledger.head().await.unwrap().seq, head.seq + 1);
    assert_eq!(verify(&ledger).await.faults, []);
    let nowhere = place.path("no/such/backup");
    assert_eq!(
        ledger.backup(&nowhere).await.unwrap_err().kind,
        Kind::Failed
    );
    let error = Ledger::restore(&nowhere, &place.address().await)
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Failed);
    no_parts(&place.directory);
}

/// No file is left half-written.
fn no_parts(directory: &Path) {
    for file in fs::read_dir(directory).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(!name.contains("part"), "{name}");
    }
}

async fn a_ledger_that_does_not_verify_is_not_backed_up(place: Arc<Place>) {
    let address = place.address().await;
    let ledger = filled(&address).await;
    let mut on = raw(&address).await;
    let file = place.path("backup");
    for (damage, repair) in [
        (
            "UPDATE ledger_entry SET author = 'Eve' WHERE seq = 9",
            "UPDATE ledger_entry SET author = 'Ada' WHERE seq = 9",
        ),
        ("UPDATE ledger SET seq = 39", "UPDATE ledger SET seq = 40"),
        (
            "UPDATE ledger SET attachments = 3",
            "UPDATE ledger SET attachments = 2",
        ),
        (
            "UPDATE ledger_attachment SET size = 11 WHERE number = 1",
            "UPDATE ledger_attachment SET size = 10 WHERE number = 1",
        ),
    ] {
        execute(&mut on, damage).await;
        assert_eq!(
            ledger.backup(&file).await.unwrap_err().kind,
            Kind::Altered,
            "{damage}"
        );
        assert!(!file.exists());
        execute(&mut on, repair).await;
    }
    ledger.backup(&file).await.unwrap();
    no_parts(&place.directory);
}

/// A small ledger's backup.
async fn small(place: &Place) -> Vec<u8> {
    let ledger = Ledger::create(&place.address().await).await.unwrap();
    ledger
        .append(vec![new("a", 0, "{\"x\":1}"), new("b", 0, "\"ä\"")])
        .await
        .unwrap();
    ledger.append(vec![new("a", 1, "[null]")]).await.unwrap();
    for content in ["hello\n", ""] {
        attach(&ledger, &mut Cursor::new(content), 10)
            .await
            .unwrap();
    }
    let file = place.path("small");
    ledger.backup(&file).await.unwrap();
    fs::read(&file).unwrap()
}

/// Text with the last line made to fit, as somebody would who knows the format.
fn signed(text: &str) -> Vec<u8> {
    let at = text.trim_end().rfind('\n').unwrap() + 1;
    let (before, end) = text.split_at(at);
    let (start, _) = end.rsplit_once("\"digest\":").unwrap();
    let digest = Digest::of(before.as_bytes());
    format!("{before}{start}\"digest\":\"{digest}\"}}}}\n").into_bytes()
}

async fn what_is_altered_is_not_restored(place: Arc<Place>) {
    let good = small(&place).await;
    let text = String::from_utf8(good.clone()).unwrap();
    assert_eq!(signed(&text), good);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let zeros = "0".repeat(64);
    let hash = |line: &str| line.rsplit_once("\"hash\":\"").unwrap().1[..64].to_owned();
    let other = Digest::of(b"other").to_string();
    let file = place.path("altered");
    let swapped = [lines[0], lines[2], lines[1], lines[3]].concat() + &lines[4..].concat();
    let missing = [lines[0], lines[1], lines[2]].concat() + &lines[4..].concat();
    let doubled = [lines[0], lines[1], lines[1]].concat() + &lines[2..].concat();
    let entries_last = [&lines[..3], &lines[4..8], &lines[3..4], &lines[8..]]
        .concat()
        .concat();
    let mut cases = vec![
        swapped,
        missing,
        doubled,
        entries_last,
        text.replace("Ada", "Eve"),
        text.replace("[null]", "[null"),
        text.replace("\"system\":\"b\"", "\"system\":\"a\""),
        text.replace("\"system\":\"b\"", "\"system\":\"\""),
        text.replace("\"base\":1", "\"base\":2"),
        text.replace("\"base\":1", "\"base\":-1"),
        text.replace("\"base\":1", "\"base\":18446744073709551615"),
        text.replace("\"seq\":2", "\"seq\":3"),
        text.replace(&hash(lines[3]), &other),
        text.replace(&hash(lines[3]), &zeros),
        text.replace("hello", "hallo"),
        text.replace("\"size\":6", "\"size\":5"),
        text.replace("\"size\":6", "\"size\":18446744073709551615"),
        text.replace("\"size\":6", "\"size\":9223372036854775807"),
        text.replace("\"number\":2", "\"number\":3"),
        text.replace("\"attachments\":2", "\"attachments\":1"),
        text.replace("{\"entry\"", "{\"entries\""),
        text.replace("\"key\"", "\"other\":0,\"key\""),
        text.replace("{\"attachment\"", " {\"attachment\""),
        text.replace(
            "{\"attachment\"",
            &("[".repeat(100_000) + "{\"attachment\""),
        ),
        text.replace(
            "\"body\":\"",
            &("\"body\":\"".to_owned() + &"y".repeat(7 << 20)),
        ),
    ];
    for case in &mut cases {
        assert!(*case != text);
        *case = String::from_utf8(signed(case)).unwrap();
    }
    cases.push(text.clone() + "x");
    cases.push(text.clone() + &text);
    let address = place.address().await;
    for case in cases {
        fs::write(&file, &case).unwrap();
        let error = Ledger::restore(&file, &address).await.unwrap_err();
        assert!(
            matches!(error.kind, Kind::Altered | Kind::Invalid),
            "{error} {case:.2000}"
        );
        let kind = Ledger::open(&address).await.unwrap_err().kind;
        assert!(
            matches!(kind, Kind::Missing | Kind::NotALedger),
            "{case:.2000}"
        );
    }
    for other in ["", "{}", "hello", "SQLite format 3\0"] {
        fs::write(&file, other).unwrap();
        let error = Ledger::restore(&file, &place.address().await)
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::NotALedger);
    }
    fs::write(&file, text.replace("\"version\":1", "\"version\":2")).unwrap();
    let error = Ledger::restore(&file, &place.address().await)
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Newer);
    no_parts(&place.directory);
}

#[test]
fn every_altered_byte_of_a_backup_is_found() {
    run(Place::sqlite(), async |place| {
        let good = small(&place).await;
        let file = place.path("altered");
        let target = place.path("target");
        let address = target.display().to_string();
        for at in 0..good.len() {
            let mut altered = good.clone();
            match at % 3 {
                0 => altered.truncate(at),
                1 => altered[at] ^= 1 << (at / 3 % 8),
                _ => drop(altered.remove(at)),
            }
            fs::write(&file, altered).unwrap();
            let error = Ledger::restore(&file, &address).await.unwrap_err();
            let kinds = [Kind::Altered, Kind::NotALedger, Kind::Newer];
            assert!(kinds.contains(&error.kind), "byte {at}: {error}");
            assert!(!target.exists());
        }
        no_parts(&place.directory);
        fs::write(&file, &good).unwrap();
        Ledger::restore(&file, &address).await.unwrap();
    });
}
