//! Pulse and ports, with the loopback in place of a loader.
#![cfg(feature = "std")]
#![cfg(not(feature = "loom"))]

use channel::loopback::{FarEnd, pair, partition};
use channel::pulse::format_pulse;
use channel::pulse::{
    LAST_BYTES_MAX, LOG_BYTES_MAX, LOG_DEPTH, PULSE_BYTES, Progress, PulseReader, PulseWriter,
};
use channel::table::{Direction, GrantKind, GrantSpec, OnStale, PortSpec, TableSpec, encode};
use channel::{Fault, Grant, Incarnation, Kind, Ports, Received, Sent, Shape};
use std::io::{Read, Write};
use std::os::fd::IntoRawFd;

const SHAPE: Shape = Shape {
    kind: Kind::Credit,
    message_bytes: 8,
    depth: 2,
    schema: 0,
};

fn port(name: &str, direction: Direction) -> PortSpec<'_> {
    PortSpec {
        name,
        direction,
        shape: SHAPE,
        data_address: 0,
        credit_address: 0,
        max_age_ns: 0,
        on_stale: OnStale::Hold,
    }
}

const fn incarnation(epoch: u64) -> Incarnation {
    Incarnation { epoch, mark: epoch }
}

const SPEC: TableSpec<'static> = TableSpec {
    subject: "filler",
    incarnation: incarnation(7),
    period_ns: 0,
    pulse_address: 0,
    ports: &[],
    grants: &[],
    settings: &[],
};

#[test]
fn outside_of_a_partition_there_are_no_ports() {
    assert_eq!(Ports::take().err(), Some(Fault::NotInPartition));
    // Nothing was taken by the attempt.
    assert_eq!(Ports::take().err(), Some(Fault::NotInPartition));
}

#[test]
fn a_port_is_had_once_and_in_its_direction() {
    let ports = [port("in", Direction::In), port("out", Direction::Out)];
    let spec = TableSpec {
        ports: &ports,
        ..SPEC
    };
    let (mut ports, ends, _) = partition(&spec).unwrap();
    assert_eq!(ports.reader("out").err(), Some(Fault::Direction));
    assert_eq!(ports.writer("in").err(), Some(Fault::Direction));
    assert_eq!(ports.writer("nothing").err(), Some(Fault::Unknown));
    let (mut reader, _) = ports.reader("in").unwrap();
    let (mut writer, _) = ports.writer("out").unwrap();
    assert_eq!(ports.reader("in").err(), Some(Fault::Taken));
    assert_eq!(ports.writer("out").err(), Some(Fault::Taken));
    let mut out = [0; 8];
    for end in ends {
        match end {
            FarEnd::Writer(mut far) => {
                assert_eq!(far.send(b"to it", 1), Sent::Ok);
                let received = reader.receive(&mut out);
                assert!(matches!(received, Received::Message { len: 5, .. }));
                assert_eq!(&out[..5], b"to it");
            }
            FarEnd::Reader(mut far) => {
                assert_eq!(writer.send(b"from", 1), Sent::Ok);
                let received = far.receive(&mut out);
                assert!(matches!(
                    received,
                    Received::Message {
                        len: 4,
                        epoch: 7,
                        ..
                    }
                ));
                assert_eq!(&out[..4], b"from");
            }
        }
    }
}

#[test]
fn an_in_port_and_an_out_port_may_share_a_name() {
    let ports = [port("same", Direction::In), port("same", Direction::Out)];
    let spec = TableSpec {
        ports: &ports,
        ..SPEC
    };
    let (mut ports, _, _) = partition(&spec).unwrap();
    assert!(ports.writer("same").is_ok());
    assert!(ports.reader("same").is_ok());
    assert_eq!(ports.writer("same").err(), Some(Fault::Taken));
}

#[test]
fn a_pair_is_a_channel() {
    let (mut writer, mut reader) = pair(SHAPE, incarnation(3)).unwrap();
    assert_eq!(writer.send(&[1], 0), Sent::Ok);
    assert!(matches!(
        reader.receive(&mut [0; 8]),
        Received::Message { epoch: 3, .. }
    ));
    let impossible = Shape { depth: 0, ..SHAPE };
    assert_eq!(pair(impossible, incarnation(1)).err(), Some(Fault::Shape));
}

#[test]
fn a_malformed_table_gives_no_ports() {
    // SAFETY: the table is refused, so nothing in it is used.
    let ports = unsafe { Ports::from_table(b"no table") };
    assert_eq!(ports.err(), Some(Fault::Table));
}

#[test]
fn a_grant_is_had_once_as_an_owned_file() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let pulse = pulse();
    let spec = TableSpec {
        pulse_address: pulse as usize,
        grants: &[GrantSpec {
            name: "log",
            kind: GrantKind::Append,
            fd: std::os::fd::OwnedFd::from(reader).into_raw_fd(),
            quota_bytes: 100,
        }],
        ..SPEC
    };
    let table = vec![0; 4096].leak();
    encode(&spec, table).unwrap();
    // SAFETY: the pulse is fresh memory of its size, the descriptor is owned by nobody else.
    let mut ports = unsafe { Ports::from_table(table) }.unwrap();
    let Ok(Grant::Append {
        mut file,
        quota_bytes: 100,
    }) = ports.grant("log")
    else {
        panic!("a file with its quota");
    };
    writer.write_all(b"x").unwrap();
    assert_eq!(file.read(&mut [0; 8]).unwrap(), 1);
    assert_eq!(ports.grant("log").err(), Some(Fault::Taken));
    assert_eq!(ports.grant("plc").err(), Some(Fault::Unknown));
    assert!(ports.pulse().is_ok());
    assert_eq!(ports.pulse().err(), Some(Fault::Taken));
}

#[repr(C, align(4096))]
struct PulseMemory([u8; PULSE_BYTES]);

fn pulse() -> *mut u8 {
    let memory = Box::leak(Box::new(PulseMemory([0xff; PULSE_BYTES])));
    format_pulse(&mut memory.0);
    memory.0.as_mut_ptr()
}

#[test]
fn beats_and_counters_survive_a_restart() {
    let data = pulse();
    // SAFETY: fresh memory of the pulse's size, one writer at a time.
    let (mut writer, reader) = unsafe {
        (
            PulseWriter::attach(data, incarnation(1)).unwrap(),
            PulseReader::attach(data).unwrap(),
        )
    };
    assert_eq!(reader.beats(), 0);
    writer.beat();
    writer.beat();
    for (value, progress) in Progress::ALL.into_iter().enumerate() {
        writer.set(progress, value as u64 + 10);
    }
    assert_eq!(reader.beats(), 2);
    // SAFETY: as above; the first writer is not used any more.
    let mut writer = unsafe { PulseWriter::attach(data, incarnation(2)).unwrap() };
    writer.beat();
    assert_eq!(reader.beats(), 3);
    for (value, progress) in Progress::ALL.into_iter().enumerate() {
        assert_eq!(reader.progress(progress), value as u64 + 10);
    }
}

#[test]
fn log_records_arrive_in_order_and_losses_are_counted() {
    let data = pulse();
    // SAFETY: fresh memory of the pulse's size, one writer.
    let (mut writer, mut reader) = unsafe {
        (
            PulseWriter::attach(data, incarnation(4)).unwrap(),
            PulseReader::attach(data).unwrap(),
        )
    };
    let mut out = [0; LOG_BYTES_MAX];
    assert_eq!(reader.next_log(&mut out), None);
    writer.log("ready", 5);
    let record = reader.next_log(&mut out).unwrap();
    assert_eq!(&out[..record.len], b"ready");
    assert_eq!((record.epoch, record.sent_ns, record.lost), (4, 5, 0));
    for number in 0..LOG_DEPTH + 3 {
        writer.log(&number.to_string(), 6);
    }
    let record = reader.next_log(&mut out).unwrap();
    assert_eq!((&out[..record.len], record.lost), (&b"3"[..], 3));
    assert_eq!(reader.lost(), 3);
    assert_eq!(reader.faults(), 0);
    assert_eq!(
        std::iter::from_fn(|| reader.next_log(&mut out)).count(),
        LOG_DEPTH as usize - 1
    );
}

#[test]
fn a_long_log_record_is_cut_at_a_character() {
    let data = pulse();
    // SAFETY: fresh memory of the pulse's size, one writer.
    let (mut writer, mut reader) = unsafe {
        (
            PulseWriter::attach(data, incarnation(1)).unwrap(),
            PulseReader::attach(data).unwrap(),
        )
    };
    let mut out = [0; 300];
    writer.log(&"ü".repeat(LOG_BYTES_MAX), 0);
    assert_eq!(reader.next_log(&mut out).unwrap().len, LOG_BYTES_MAX);
    writer.log(&format!("x{}", "ü".repeat(LOG_BYTES_MAX)), 0);
    let record = reader.next_log(&mut out).unwrap();
    assert_eq!(record.len, LOG_BYTES_MAX - 1);
    assert!(str::from_utf8(&out[..record.len]).is_ok());
}

#[test]
fn last_words_are_bounded_and_of_one_incarnation() {
    let data = pulse();
    // SAFETY: fresh memory of the pulse's size, one writer at a time.
    let (mut writer, reader) = unsafe {
        (
            PulseWriter::attach(data, incarnation(1)).unwrap(),
            PulseReader::attach(data).unwrap(),
        )
    };
    let mut out = [0; LAST_BYTES_MAX];
    assert_eq!(reader.last_words(1, &mut out), None);
    writer.last_words("panicked");
    assert_eq!(reader.last_words(1, &mut out), Some(8));
    assert_eq!(&out[..8], b"panicked");
    assert_eq!(reader.last_words(2, &mut out), None);
    assert_eq!(reader.last_words(1, &mut [0; 7]), None);
    writer.last_words(&format!("x{}", "ü".repeat(LAST_BYTES_MAX)));
    assert_eq!(reader.last_words(1, &mut out), Some(LAST_BYTES_MAX - 1));
    // A length that is not the writer's is none.
    for length in [0, LAST_BYTES_MAX as u64 + 1, u64::MAX] {
        // SAFETY: the word is within the pulse, aligned, and only accessed atomically.
        let word = unsafe { &*data.add(65 * 8).cast::<std::sync::atomic::AtomicU64>() };
        word.store(length, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(reader.last_words(1, &mut [0; 4096]), None, "{length}");
    }
    writer.last_words("again");
    // SAFETY: as above; the first writer is not used any more.
    let _second = unsafe { PulseWriter::attach(data, incarnation(1)).unwrap() };
    assert_eq!(reader.last_words(1, &mut out), None);
    assert_eq!(reader.refused_bytes(1), None);
}
