//! Opening, appending and reading.

use crate::place::Place;
use record::Digest;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Entry, Head, Kind, Ledger, New};

on_both! {
    entries_are_read_as_they_were_appended
    a_batch_is_taken_as_a_whole_or_not_at_all
    appending_on_condition
    what_is_out_of_bounds_is_refused
    many_writers_lose_nothing
    systems_are_found_by_the_beginning_of_their_names
    creating_and_opening
}

pub fn new(system: &str, base: u64, body: &str) -> New {
    New {
        system: system.into(),
        author: "Ada".into(),
        at_ns: 1_764_000_000_000_000_000,
        base,
        key: "practice/threat-modeling".into(),
        body: body.into(),
    }
}

async fn entries_are_read_as_they_were_appended(place: Arc<Place>) {
    let ledger = Ledger::create(&place.address().await).await.unwrap();
    assert_eq!(ledger.head().await.unwrap(), Head::default());
    let body = "{\"note\": \"ä \\u0000 \u{1F512}\",\n \"level\":2}";
    let batch = vec![new("a", 0, body), new("b", 0, "1"), new("a", 1, "[]")];
    let appended = ledger.append(batch.clone()).await.unwrap();
    assert_eq!(appended.positions, [(1, 1), (2, 1), (3, 2)]);
    let more: Vec<New> = (0..300).map(|at| new("b", 1, &at.to_string())).collect();
    let head = ledger.append(more).await.unwrap().head;

    let all = ledger.read_all(0, 1000).await.unwrap();
    let mut prev = Digest::default();
    for (entry, seq) in all.iter().zip(1..) {
        assert_eq!((entry.seq, entry.prev), (seq, prev));
        assert_eq!(entry.hash, oracle(entry));
        prev = entry.hash;
    }
    assert_eq!(
        head,
        Head {
            seq: 303,
            hash: prev
        }
    );
    assert_eq!(ledger.head().await.unwrap(), head);
    let first = Entry {
        seq: 1,
        stream: 1,
        system: "a".into(),
        author: batch[0].author.clone(),
        at_ns: batch[0].at_ns,
        base: 0,
        key: batch[0].key.clone(),
        body: body.into(),
        prev: Digest::default(),
        hash: all[0].hash,
    };
    assert_eq!(all[0], first);
    let of = |system: &str| -> Vec<Entry> {
        all.iter().filter(|e| e.system == system).cloned().collect()
    };
    assert_eq!(ledger.read("a", 0, 10).await.unwrap(), of("a"));
    assert_eq!(ledger.read("b", 290, 5).await.unwrap(), of("b")[290..295]);
    assert_eq!(ledger.read("c", 0, 10).await.unwrap(), []);
    assert_eq!(ledger.read_all(301, 1000).await.unwrap(), all[301..]);
}

/// The hash as the documentation defines it, made another way.
fn oracle(entry: &Entry) -> Digest {
    let mut bytes = b"bulkhead ledger entry 1\n".to_vec();
    bytes.extend(entry.prev.0);
    let number = |bytes: &mut Vec<u8>, number: u64| bytes.extend(number.to_be_bytes());
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    };
    number(&mut bytes, entry.seq);
    text(&mut bytes, &entry.system);
    number(&mut bytes, entry.stream);
    number(&mut bytes, entry.at_ns);
    text(&mut bytes, &entry.author);
    number(&mut bytes, entry.base);
    text(&mut bytes, &entry.key);
    text(&mut bytes, &entry.body);
    Digest::of(&bytes)
}

async fn a_batch_is_taken_as_a_whole_or_not_at_all(place: Arc<Place>) {
    let ledger = Ledger::create(&place.address().await).await.unwrap();
    ledger.append(vec![new("a", 0, "1")]).await.unwrap();
    let head = ledger.head().await.unwrap();
    // The second claims to have seen what is not there.
    let error = ledger
        .append(vec![new("a", 1, "2"), new("a", 9, "3")])
        .await;
    assert_eq!(error.unwrap_err().kind, Kind::Invalid);
    assert_eq!(ledger.head().await.unwrap(), head);
    assert_eq!(ledger.read_all(0, 10).await.unwrap().len(), 1);
    let nothing = ledger.append(Vec::new()).await.unwrap();
    assert_eq!((nothing.head, nothing.positions), (head, Vec::new()));
    ledger.append(vec![new("a", 1, "2")]).await.unwrap();
    assert_eq!(ledger.head().await.unwrap().seq, 2);
}

async fn appending_on_condition(place: Arc<Place>) {
    let ledger = Ledger::create(&place.address().await).await.unwrap();
    ledger
        .append_if(&[("a", 0)], vec![new("a", 0, "1")])
        .await
        .unwrap();
    let late = ledger
        .append_if(&[("a", 0)], vec![new("a", 0, "2")])
        .await
        .unwrap_err();
    assert_eq!(late.kind, Kind::Moved);
    assert!(
        late.message.contains("`a` is at entry 1 and not at 0"),
        "{late}"
    );
    ledger
        .append_if(&[("a", 1), ("b", 0)], vec![new("a", 1, "2")])
        .await
        .unwrap();
    assert_eq!(ledger.stream_head("a").await.unwrap(), 2);
    assert_eq!(ledger.stream_head("b").await.unwrap(), 0);

    // Of many that expect the same, one is taken.
    let racers = (0..8).map(|at| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            ledger
                .append_if(&[("c", 0)], vec![new("c", 0, &at.to_string())])
                .await
        })
    });
    let mut taken = 0;
    for racer in racers.collect::<Vec<_>>() {
        match racer.await.unwrap() {
            Ok(_) => taken += 1,
            Err(error) => assert_eq!(error.kind, Kind::Moved),
        }
    }
    assert_eq!((taken, ledger.stream_head("c").await.unwrap()), (1, 1));
}

async fn what_is_out_of_bounds_is_refused(place: Arc<Place>) {
    let ledger = Ledger::create(&place.address().await).await.unwrap();
    let long = "x".repeat(2000);
    let huge = format!("\"{}\"", "x".repeat(store::BODY_BYTES_MAX));
    let good = || new("a", 0, "1");
    let wrong = [
        New {
            system: String::new(),
            ..good()
        },
        New {
            system: long.clone(),
            ..good()
        },
        New {
            system: "a\nb".into(),
            ..good()
        },
        New {
            author: String::new(),
            ..good()
        },
        New {
            key: long,
            ..good()
        },
        New {
            key: "a\0b".into(),
            ..good()
        },
        New {
            body: String::new(),
            ..good()
        },
        New {
            body: "{".into(),
            ..good()
        },
        New {
            body: "1 2".into(),
            ..good()
        },
        New {
            body: huge,
            ..good()
        },
        New {
            at_ns: u64::MAX,
            ..good()
        },
        New {
            base: u64::MAX,
            ..good()
        },
    ];
    for new in wrong {
        let shown = format!("{new:.200?}");
        let error = ledger.append(vec![good(), new]).await.unwrap_err();
        assert_eq!(error.kind, Kind::Invalid, "{shown}");
    }
    assert_eq!(ledger.head().await.unwrap(), Head::default());
    assert!(ledger.read("a", u64::MAX, 1).await.is_err());
}

async fn many_writers_lose_nothing(place: Arc<Place>) {
    let address = place.address().await;
    Ledger::create(&address).await.unwrap().close().await;
    // Each writer has connections of its own, as another process would.
    let writers = (0..6).map(|writer| {
        let address = address.clone();
        tokio::spawn(async move {
            let ledger = Ledger::open(&address).await.unwrap();
            let mut mine = Vec::new();
            for round in 0..20 {
                let body = |part| format!("[{writer},{round},{part}]");
                let batch = (0..3).map(|part| new("shared", 0, &body(part)));
                let own = new(&format!("own-{writer}"), round, &body(3));
                let appended = ledger.append(batch.chain([own]).collect()).await.unwrap();
                assert_eq!(appended.positions[3].1, round + 1);
                mine.push((appended.positions[0], body(0)));
            }
            mine
        })
    });
    let mut acknowledged = BTreeMap::new();
    for writer in writers.collect::<Vec<_>>() {
        acknowledged.extend(writer.await.unwrap());
    }
    let ledger = Ledger::open(&address).await.unwrap();
    let all = ledger.read_all(0, 1000).await.unwrap();
    assert_eq!(all.len(), 6 * 20 * 4);
    let mut streams: BTreeMap<&str, u64> = BTreeMap::new();
    let mut prev = Digest::default();
    for (entry, seq) in all.iter().zip(1..) {
        let stream = streams.entry(&entry.system).or_default();
        *stream += 1;
        assert_eq!((entry.seq, entry.stream, entry.prev), (seq, *stream, prev));
        prev = entry.hash;
    }
    assert_eq!(acknowledged.len(), 120);
    for ((seq, stream), body) in acknowledged {
        let entry = &all[seq as usize - 1];
        assert_eq!(
            (&*entry.system, entry.stream, &entry.body),
            ("shared", stream, &body)
        );
        // A batch stays together.
        let last = &all[seq as usize + 2];
        assert!(last.system.starts_with("own-"));
        assert_eq!(last.body, body.replace(",0]", ",3]"));
    }
}

async fn systems_are_found_by_the_beginning_of_their_names(place: Arc<Place>) {
    let ledger = Ledger::create(&place.address().await).await.unwrap();
    let names = [
        "Z",
        "line",
        "line-1",
        "line-2",
        "linf",
        "ä",
        "\u{10FFFF}",
        "\u{10FFFF}x",
        "a_b",
    ];
    let batch = names.iter().map(|name| new(name, 0, "0")).collect();
    ledger.append(batch).await.unwrap();
    let mut sorted = names;
    sorted.sort_unstable();
    for prefix in ["", "line", "line-", "ä", "\u{10FFFF}", "nobody", "Z", "a_"] {
        for after in ["", "line", "line-1", "zz"] {
            let found = ledger.systems(prefix, after, 100).await.unwrap();
            let found: Vec<String> = found.into_iter().map(|stream| stream.system).collect();
            let due = sorted
                .iter()
                .filter(|name| name.starts_with(prefix) && **name > after);
            assert_eq!(found, due.copied().collect::<Vec<_>>(), "{prefix} {after}");
        }
    }
    assert_eq!(ledger.systems("", "", 2).await.unwrap().len(), 2);
}

async fn creating_and_opening(place: Arc<Place>) {
    let address = place.address().await;
    let error = Ledger::open(&address).await.unwrap_err();
    let server = place.cluster.is_some();
    assert_eq!(
        error.kind,
        if server {
            Kind::NotALedger
        } else {
            Kind::Missing
        }
    );
    Ledger::create(&address)
        .await
        .unwrap()
        .append(vec![new("a", 0, "1")])
        .await
        .unwrap();
    assert_eq!(
        Ledger::create(&address).await.unwrap_err().kind,
        Kind::Exists
    );
    let ledger = Ledger::open(&address).await.unwrap();
    assert_eq!(ledger.head().await.unwrap().seq, 1);
    let mut raw = crate::place::raw(&address).await;
    crate::place::execute(&mut raw, "UPDATE ledger SET format = 2").await;
    let error = Ledger::open(&address).await.unwrap_err();
    assert_eq!(error.kind, Kind::Newer);
    assert!(
        error
            .message
            .ends_with("has format 2, which this version does not know")
    );
}
