//! What an address that leads nowhere gets, and that no message holds a password.

use crate::append::new;
use crate::cluster::PASSWORD;
use crate::place::{Place, execute, raw, run};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use store::{Kind, Ledger};

#[test]
fn a_new_file_is_its_owners_alone() {
    run(Place::sqlite(), async |place| {
        let odd = place.path("ledger of ä%20?mode=memory#.db");
        let ledger = Ledger::create(&odd.display().to_string()).await.unwrap();
        ledger.append(vec![new("a", 0, "1")]).await.unwrap();
        let files: Vec<_> = fs::read_dir(&place.directory).unwrap().flatten().collect();
        assert!(files.iter().any(|file| file.path() == odd));
        for file in files {
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        ledger.close().await;
        let left: Vec<_> = fs::read_dir(&place.directory).unwrap().flatten().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    });
}

#[test]
fn files_that_are_no_ledger_stay_as_they_are() {
    run(Place::sqlite(), async |place| {
        let path = place.path("other");
        let address = path.display().to_string();
        fs::write(&path, "").unwrap();
        let mut other = raw(&address).await;
        execute(&mut other, "CREATE TABLE ledger (a)").await;
        sqlx::Connection::close(other).await.unwrap();
        let database = fs::read(&path).unwrap();
        for content in [&b""[..], b"hello", &[0; 8192], &database] {
            fs::write(&path, content).unwrap();
            let error = Ledger::open(&address).await.unwrap_err();
            assert_eq!(error.kind, Kind::NotALedger, "{error}");
            assert_eq!(
                Ledger::create(&address).await.unwrap_err().kind,
                Kind::Exists
            );
            assert_eq!(fs::read(&path).unwrap(), content);
        }
        let directory = place.directory.display().to_string();
        assert_eq!(
            Ledger::open(&directory).await.unwrap_err().kind,
            Kind::NotALedger
        );
        let nowhere = place.path("no/such/directory").display().to_string();
        assert_eq!(
            Ledger::create(&nowhere).await.unwrap_err().kind,
            Kind::Failed
        );
        assert_eq!(
            Ledger::open(&nowhere).await.unwrap_err().kind,
            Kind::Missing
        );
    });
}

#[test]
fn the_log_of_an_earlier_file_is_not_taken_for_a_new_ones() {
    run(Place::sqlite(), async |place| {
        fs::write(place.path("new-wal"), "old").unwrap();
        let error = Ledger::create(&place.path("new").display().to_string()).await;
        assert_eq!(error.unwrap_err().kind, Kind::Exists);
        assert!(!place.path("new").exists());
    });
}

#[test]
fn by_tcp_by_name_and_by_socket_it_is_the_same_ledger() {
    run(Place::postgres(), async |place| {
        let address = place.address().await;
        let database = address.rsplit_once('/').unwrap().1;
        Ledger::create(&address).await.unwrap();
        let cluster = place.cluster.as_ref().unwrap();
        let named = address.replace("127.0.0.1", "localhost");
        for (way, seq) in [cluster.socket_url(database), named, address.clone()]
            .iter()
            .zip(1..)
        {
            let ledger = Ledger::open(way).await.unwrap();
            let appended = ledger.append(vec![new("a", 0, "1")]).await.unwrap();
            assert_eq!(appended.head.seq, seq);
        }
    });
}

#[test]
fn servers_that_refuse_or_are_not_there() {
    run(Place::postgres(), async |place| {
        let address = place.address().await;
        let wrong = format!("x{PASSWORD}");
        let (host, _) = address.rsplit_once('/').unwrap();
        let port: String = host.rsplit_once(':').unwrap().1.to_owned();
        let database = address.rsplit_once('/').unwrap().1;
        let socket = place.cluster.as_ref().unwrap().socket_url(database);
        let cases = [
            (
                address.replace(PASSWORD, &wrong),
                Kind::Unreachable,
                "password authentication failed",
            ),
            (
                format!("{host}/nobody_made_this"),
                Kind::Missing,
                "there is no database",
            ),
            (
                address.replace(&format!(":{port}/"), ":1/"),
                Kind::Unreachable,
                "cannot reach",
            ),
            (
                address.replace(&port, "port"),
                Kind::Unreachable,
                "cannot be read",
            ),
            (
                address.replace("127.0.0.1", "name.invalid"),
                Kind::Unreachable,
                "cannot reach",
            ),
            (
                format!("{address}?sslmode=require"),
                Kind::Unreachable,
                "cannot reach",
            ),
            (
                socket.replace(PASSWORD, &wrong),
                Kind::Unreachable,
                "password authentication failed",
            ),
            (
                format!("{address}?sslmode=sideways"),
                Kind::Unreachable,
                "cannot be read",
            ),
        ];
        for (address, kind, words) in cases {
            for error in [
                Ledger::open(&address).await.unwrap_err(),
                Ledger::create(&address).await.unwrap_err(),
            ] {
                let shown = format!("{error} {error:?}");
                assert_eq!(error.kind, kind, "{shown}");
                assert!(error.message.contains(words), "{words}: {shown}");
                assert!(!shown.contains(PASSWORD), "{shown}");
            }
        }
        let ledger = Ledger::create(&address).await.unwrap();
        assert!(!format!("{ledger:?}").contains(PASSWORD));
    });
}

#[test]
fn a_database_that_does_not_keep_unicode_is_refused() {
    run(Place::postgres(), async |place| {
        let cluster = place.cluster.as_ref().unwrap();
        let mut admin = raw(&cluster.url("postgres")).await;
        execute(
            &mut admin,
            "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0",
        )
        .await;
        let error = Ledger::create(&cluster.url("latin")).await.unwrap_err();
        assert_eq!(error.kind, Kind::Invalid, "{error}");
        execute(&mut admin, "DROP DATABASE latin WITH (FORCE)").await;
    });
}
