//! A writer that stores what the input says, anywhere, at any time: every call of the reader ends, no
//! message exceeds its bounds, and an honest writer that attaches afterwards heals the channel. The
//! same bytes as a port table: refused, or read within its bounds.
#![no_main]

use channel::table::{PORTS_MAX, Table};
use channel::{Incarnation, Kind, Latest, Reader, Received, Shape, Writer, format};
use libfuzzer_sys::fuzz_target;
use std::sync::atomic::{AtomicU64, Ordering};

const MESSAGE_BYTES: u32 = 24;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(table) = Table::decode(bytes) {
        assert!(table.ports().count() <= PORTS_MAX);
        assert!(table.ports().all(|port| port.shape.data_bytes().is_ok()));
        assert!(table.grants().all(|grant| grant.fd >= 0));
        table.settings().count();
    }
    let Some((first, steps)) = bytes.split_first() else {
        return;
    };
    let (kind, message_bytes, depth) = match first % 4 {
        0 => (Kind::Sampling, MESSAGE_BYTES, 1),
        1 => (Kind::DropOldest, MESSAGE_BYTES, u32::from(first >> 2) % 5 + 1),
        2 => (Kind::Credit, MESSAGE_BYTES, u32::from(first >> 2) % 5 + 1),
        _ => (Kind::Event, 0, 0),
    };
    let shape = Shape {
        kind,
        message_bytes,
        depth,
        schema: 0,
    };
    let mut fresh = vec![0; shape.data_bytes().unwrap()];
    format(&shape, &mut fresh);
    let words = fresh.as_chunks().0.iter();
    let data: Vec<_> = words
        .map(|word| AtomicU64::new(u64::from_ne_bytes(*word)))
        .collect();
    let credit: Vec<_> = (0..512).map(|_| AtomicU64::new(0)).collect();
    let (start, page) = (
        data.as_ptr().cast_mut().cast(),
        credit.as_ptr().cast_mut().cast(),
    );
    // SAFETY: the vectors have the sizes of the segments, outlive the ends, and are only accessed
    // atomically; there is one writer and one reader at a time.
    let attach_writer = |epoch| unsafe {
        let incarnation = Incarnation { epoch, mark: epoch };
        Writer::attach(start, page, shape, incarnation).unwrap()
    };
    // SAFETY: as above.
    let attach_reader = || unsafe { Reader::attach(start, page, shape).unwrap() };
    let (mut writer, mut reader) = (attach_writer(1), attach_reader());
    for step in steps.chunks(10) {
        let (place, value) = step.split_at(step.len().min(2));
        let mut wide = [0; 8];
        wide[..value.len()].copy_from_slice(value);
        match place {
            [0xff, _] => writer = attach_writer(2),
            [0xfe, _] => reader = attach_reader(),
            [0xfd, _] => {
                // Only a reader stores credit: this one lied, and then ended.
                credit[0].store(u64::from_le_bytes(wide), Ordering::Relaxed);
                reader = attach_reader();
            }
            [0xf0..=0xff, length] => {
                let _ = writer.send(&[7; 32][..usize::from(*length % 32)], 0);
                writer.signal();
            }
            [high, low] => {
                let word = usize::from(u16::from_be_bytes([*high, *low]));
                data[word % data.len().min(96)].store(u64::from_le_bytes(wide), Ordering::Relaxed);
            }
            _ => {}
        }
        let mut out = [0xee; 64];
        if let Received::Message { len, .. } = reader.receive(&mut out) {
            assert!(len <= message_bytes as usize);
        }
        if let Latest::Value { len, .. } = reader.latest(&mut out) {
            assert!(len <= message_bytes as usize);
        }
        assert!(
            out[message_bytes as usize..]
                .iter()
                .all(|byte| *byte == 0xee)
        );
        reader.events();
    }
    heals(&mut attach_writer(3), &mut reader);
    heals(&mut attach_writer(4), &mut attach_reader());
});

fn heals(writer: &mut Writer, reader: &mut Reader) {
    if writer.shape().kind == Kind::Event {
        reader.events();
        writer.signal();
        assert_eq!(reader.events(), 1);
        return;
    }
    let mut marker = [0xc3; 23];
    marker[..8].copy_from_slice(&writer.written().to_le_bytes());
    let mut out = [0; MESSAGE_BYTES as usize];
    for number in 0..100 {
        let _ = writer.send(&marker, number);
        let received = reader.receive(&mut out);
        if matches!(received, Received::Message { len: 23, .. }) && out[..23] == marker {
            return;
        }
    }
    panic!("the channel did not heal");
}
