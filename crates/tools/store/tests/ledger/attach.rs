//! Attachments.

use crate::place::{Place, attach, execute, raw};
use record::Digest;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use store::{CHUNK_BYTES, Kind, Ledger};

on_both! {
    attachments_come_back_as_they_were
    attachments_are_bounded_and_checked
    large_ones_are_kept_in_chunks
}

/// Bytes that do not repeat within a chunk.
pub fn bytes(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(next).collect()
}

pub async fn fetch(ledger: &Ledger, digest: Digest) -> store::Result<Vec<u8>> {
    let mut out = Vec::new();
    let size = ledger.attachment(digest, &mut out).await?;
    assert_eq!(size, out.len() as u64);
    Ok(out)
}

async fn attachments_come_back_as_they_were(place: Arc<Place>) {
    let address = place.address().await;
    let ledger = Ledger::create(&address).await.unwrap();
    let lengths = [
        0,
        1,
        CHUNK_BYTES - 1,
        CHUNK_BYTES,
        CHUNK_BYTES + 1,
        3 * CHUNK_BYTES,
    ];
    for length in lengths.into_iter().chain(lengths) {
        let bytes = bytes(length);
        let digest = attach(&ledger, &mut Cursor::new(&bytes), u64::MAX)
            .await
            .unwrap();
        assert_eq!(digest, Digest::of(&bytes));
        assert!(fetch(&ledger, digest).await.unwrap() == bytes, "{length}");
    }
    // Putting one a second time has stored nothing.
    let report = ledger.verify(None, &mut |_, _| ()).await.unwrap();
    assert_eq!(
        (report.attachments, report.faults),
        (lengths.len() as u64, Vec::new())
    );
    let nobody = fetch(&ledger, Digest::of(b"nobody")).await.unwrap_err();
    assert_eq!(nobody.kind, Kind::Missing);

    // Two at once.
    let other = ledger.clone();
    let twin = tokio::spawn(async move { attach(&other, &mut Cursor::new(b"twin"), 4).await });
    let one = attach(&ledger, &mut Cursor::new(b"twin"), 4).await.unwrap();
    assert_eq!(twin.await.unwrap().unwrap(), one);
    let report = ledger.verify(None, &mut |_, _| ()).await.unwrap();
    assert_eq!(
        (report.attachments, report.faults),
        (lengths.len() as u64 + 1, Vec::new())
    );
}

/// A file that is another one when it is read again.
struct Changing(Cursor<Vec<u8>>);

impl Read for Changing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Changing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.get_mut()[0] += 1;
        self.0.seek(to)
    }
}

async fn attachments_are_bounded_and_checked(place: Arc<Place>) {
    let address = place.address().await;
    let ledger = Ledger::create(&address).await.unwrap();
    let mut file = Cursor::new(b"12345".to_vec());
    assert_eq!(
        attach(&ledger, &mut file, 4).await.unwrap_err().kind,
        Kind::Invalid
    );
    assert_eq!(
        attach(&ledger, &mut Changing(file.clone()), 5)
            .await
            .unwrap_err()
            .kind,
        Kind::Invalid
    );
    let report = ledger.verify(None, &mut |_, _| ()).await.unwrap();
    assert_eq!((report.attachments, report.faults), (0, Vec::new()));
    let digest = attach(&ledger, &mut file, 5).await.unwrap();

    let mut raw = raw(&address).await;
    let blob = |hex: &str| match place.cluster {
        Some(_) => format!("'\\x{hex}'"),
        None => format!("x'{hex}'"),
    };
    for damage in [
        format!("UPDATE ledger_chunk SET bytes = {}", blob("3132333436")),
        format!("UPDATE ledger_chunk SET bytes = {}", blob("31")),
        "DELETE FROM ledger_chunk".into(),
    ] {
        assert_eq!(execute(&mut raw, &damage).await, 1);
        assert_eq!(
            fetch(&ledger, digest).await.unwrap_err().kind,
            Kind::Altered,
            "{damage}"
        );
    }
}

async fn large_ones_are_kept_in_chunks(place: Arc<Place>) {
    let address = place.address().await;
    let ledger = Ledger::create(&address).await.unwrap();
    let bytes = bytes(20 * 1024 * 1024 + 17);
    let digest = attach(&ledger, &mut Cursor::new(&bytes), u64::MAX)
        .await
        .unwrap();
    let mut raw = raw(&address).await;
    let sql = "SELECT max(length(bytes)) * 1, count(*) FROM ledger_chunk";
    let row = sqlx::query(sql).fetch_one(&mut raw).await.unwrap();
    let largest: i64 = sqlx::Row::get(&row, 0);
    let parts: i64 = sqlx::Row::get(&row, 1);
    assert_eq!((largest, parts), (CHUNK_BYTES as i64, 81));
    assert!(fetch(&ledger, digest).await.unwrap() == bytes);
}
