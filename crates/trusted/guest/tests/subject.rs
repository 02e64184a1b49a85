//! A subject against its real ports, with the test at the far ends.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

use channel::loopback::{FarEnd, partition};
use channel::pulse::{LOG_BYTES_MAX, Progress, PulseReader};
use channel::table::{Direction, PortSpec, TableSpec};
use channel::{Incarnation, Kind, Reader, Received, Shape, Writer, clock};
use guest::{
    BadMessage, Decoder, Encoder, Error, Message, OnStale, PERIOD_NS_DEFAULT, Reading, Sent,
    Subject,
};

use std::cell::RefCell;

const SECOND_NS: u64 = 1_000_000_000;
/// Shorter than the machine has been running.
const MINUTE_NS: u64 = 60 * SECOND_NS;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Level(u16);

impl Message for Level {
    const SCHEMA: u64 = 0x1e7e1;
    const BYTES: usize = 2;

    fn encode(&self, out: &mut [u8]) {
        Encoder::new(out).put(&self.0);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let level = input.get_in("level", 0..=1500)?;
        input.finish()?;
        Ok(Self(level))
    }
}

fn port(name: &str, direction: Direction, kind: Kind) -> PortSpec<'_> {
    let (message_bytes, depth) = match kind {
        Kind::Sampling => (2, 1),
        Kind::DropOldest | Kind::Credit => (2, 4),
        Kind::Event => (0, 0),
    };
    PortSpec {
        name,
        direction,
        shape: Shape {
            kind,
            message_bytes,
            depth,
            schema: Level::SCHEMA,
        },
        data_address: 0,
        credit_address: 0,
        max_age_ns: MINUTE_NS,
        on_stale: OnStale::Hold,
    }
}

fn spec<'a>(ports: &'a [PortSpec<'a>]) -> TableSpec<'a> {
    TableSpec {
        subject: "filler",
        incarnation: Incarnation { epoch: 2, mark: 5 },
        period_ns: 1_000_000,
        pulse_address: 0,
        ports,
        grants: &[],
        settings: &[("limit", "1500"), ("word", "many")],
    }
}

fn subject(spec: &TableSpec<'_>) -> (Subject, Vec<FarEnd>, PulseReader) {
    let (ports, ends, pulse) = partition(spec).unwrap();
    (Subject::with_ports(ports).unwrap(), ends, pulse)
}

/// A subject with one in-port `level`.
fn with_input(port: PortSpec<'_>) -> (Subject, Writer, PulseReader) {
    let (subject, mut ends, pulse) = subject(&spec(&[port]));
    let Some(FarEnd::Writer(writer)) = ends.pop() else {
        panic!("the far end of an in-port writes");
    };
    (subject, writer, pulse)
}

/// A subject with one out-port `report`.
fn with_output(kind: Kind) -> (Subject, Reader, PulseReader) {
    let (subject, mut ends, pulse) = subject(&spec(&[port("report", Direction::Out, kind)]));
    let Some(FarEnd::Reader(reader)) = ends.pop() else {
        panic!("the far end of an out-port reads");
    };
    (subject, reader, pulse)
}

fn send(writer: &mut Writer, level: u16, sent_ns: u64) {
    assert_eq!(writer.send(&level.to_le_bytes(), sent_ns), Sent::Ok);
}

#[test]
fn outside_of_a_partition_there_is_no_subject() {
    let error = Subject::take().err().unwrap();
    assert_eq!(error.code(), "not-in-partition");
    assert_eq!(
        error.to_string(),
        "not-in-partition: the program was not started as a partition; \
         a subject is started by the supervisor of its system"
    );
}

#[test]
fn a_subject_knows_what_the_table_says() {
    let (subject, ..) = subject(&spec(&[]));
    assert_eq!((subject.name(), subject.epoch()), ("filler", 2));
    assert_eq!(subject.period_ns(), 1_000_000);
    assert_eq!(subject.setting("limit"), Some("1500"));
    assert_eq!(subject.setting("nothing"), None);
    assert_eq!(subject.setting_or("limit", 1_u16), Ok(1500));
    assert_eq!(subject.setting_or("nothing", 1_u16), Ok(1));
    let error = subject.setting_or("word", 1_u16).unwrap_err();
    assert_eq!(error.code(), "malformed-setting");
    let without_period = TableSpec {
        period_ns: 0,
        ..spec(&[])
    };
    let (subject, ..) = self::subject(&without_period);
    assert_eq!(subject.period_ns(), PERIOD_NS_DEFAULT);
}

#[test]
fn a_reading_is_fresh_until_it_is_too_old() {
    let sampling = port("level", Direction::In, Kind::Sampling);
    let (mut subject, mut writer, _) = with_input(sampling);
    let mut level = subject.input::<Level>("level").unwrap();
    assert_eq!(level.read(), Reading::Never);
    let now_ns = clock::now_ns();
    send(&mut writer, 1, now_ns);
    send(&mut writer, 700, now_ns);
    match level.read() {
        Reading::Fresh {
            value,
            age_ns,
            epoch,
            sequence,
            lost,
            new,
        } => {
            assert_eq!(value, Level(700));
            assert!(age_ns < MINUTE_NS);
            assert_eq!((epoch, sequence, lost, new), (1, 1, 1, true));
        }
        other => panic!("{other:?}"),
    }
    let again = level.read();
    assert!(
        matches!(
            again,
            Reading::Fresh {
                new: false,
                lost: 0,
                ..
            }
        ),
        "{again:?}"
    );
    send(&mut writer, 800, now_ns.saturating_sub(2 * MINUTE_NS));
    assert_eq!(
        level.read(),
        Reading::Stale {
            last: Some(Level(800)),
            on_stale: OnStale::Hold
        }
    );
}

#[test]
fn a_time_stamp_in_the_future_counts_from_now() {
    let (mut subject, mut writer, _) = with_input(port("level", Direction::In, Kind::Sampling));
    let mut level = subject.input::<Level>("level").unwrap();
    send(&mut writer, 700, u64::MAX);
    let arrival = level.receive().unwrap();
    assert!(arrival.since_ns <= clock::now_ns());
}

#[test]
fn silence_for_longer_than_the_age_is_stale() {
    let mut silent = port("level", Direction::In, Kind::Sampling);
    silent.max_age_ns = 1;
    silent.on_stale = OnStale::Stop;
    let (mut subject, _writer, _) = with_input(silent);
    let mut level = subject.input::<Level>("level").unwrap();
    clock::sleep_until(clock::now_ns() + 1_000);
    let stale = Reading::Stale {
        last: None,
        on_stale: OnStale::Stop,
    };
    assert_eq!(level.read(), stale);
}

#[test]
fn a_port_without_age_never_goes_stale() {
    let mut ageless = port("level", Direction::In, Kind::Sampling);
    ageless.max_age_ns = 0;
    let (mut subject, mut writer, _) = with_input(ageless);
    let mut level = subject.input::<Level>("level").unwrap();
    assert_eq!(level.read(), Reading::Never);
    send(&mut writer, 700, 0);
    assert_eq!(level.read().fresh(), Some(Level(700)));
}

#[test]
fn the_model_says_what_to_do_with_stale_data() {
    let stale = |on_stale| Reading::Stale {
        last: Some(1),
        on_stale,
    };
    assert_eq!(stale(OnStale::Hold).act(9), Some(1));
    assert_eq!(stale(OnStale::SafeValue).act(9), Some(9));
    assert_eq!(stale(OnStale::Stop).act(9), None);
    assert_eq!(stale(OnStale::Hold).fresh(), None);
    assert_eq!(Reading::<i32>::Never.act(9), None);
}

#[test]
fn a_queue_gives_every_message_and_a_reading_the_newest() {
    for kind in [Kind::Credit, Kind::DropOldest] {
        let (mut subject, mut writer, _) = with_input(port("level", Direction::In, kind));
        let mut level = subject.input::<Level>("level").unwrap();
        let now_ns = clock::now_ns();
        (1..=3).for_each(|value| send(&mut writer, value, now_ns));
        assert_eq!(level.receive().map(|arrival| arrival.value), Some(Level(1)));
        assert_eq!(level.read().fresh(), Some(Level(3)));
        assert_eq!(level.receive(), None);
    }
}

#[test]
fn a_message_that_is_none_is_counted_and_passed_over() {
    let (mut subject, mut writer, pulse) = with_input(port("level", Direction::In, Kind::Credit));
    let mut level = subject.input::<Level>("level").unwrap();
    send(&mut writer, 1501, 0);
    assert_eq!(writer.send(&[1], 0), Sent::Ok);
    send(&mut writer, 5, 0);
    assert_eq!(level.receive().map(|arrival| arrival.value), Some(Level(5)));
    assert_eq!(level.malformed(), 2);
    subject.beat();
    assert_eq!(pulse.progress(Progress::Faults), 2);
    assert_eq!(pulse.progress(Progress::Received), 3);
}

/// A writer that does not rest: each time its reader looks at a message, two more are sent, of which
/// every `good`th is a message of the type.
struct Restless {
    writer: Writer,
    good: u64,
    looks: u32,
}

thread_local! {
    static RESTLESS: RefCell<Option<Restless>> = const { RefCell::new(None) };
}

impl Restless {
    fn send(&mut self) {
        for _ in 0..2 {
            let good = self.writer.written().is_multiple_of(self.good);
            let _ = self.writer.send(&u16::from(good).to_le_bytes(), 1);
        }
    }

    /// How often its reader looked since the last answer.
    fn looks() -> u32 {
        RESTLESS.with_borrow_mut(|restless| std::mem::take(&mut restless.as_mut().unwrap().looks))
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Fed;

impl Message for Fed {
    const SCHEMA: u64 = Level::SCHEMA;
    const BYTES: usize = 2;

    fn encode(&self, out: &mut [u8]) {
        Encoder::new(out).put(&1_u16);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        RESTLESS.with_borrow_mut(|restless| {
            let restless = restless.as_mut().unwrap();
            restless.looks += 1;
            restless.send();
        });
        Decoder::new(bytes).get_in("level", 1_u16..=1).map(|_| Fed)
    }
}

#[test]
fn reading_ends_although_the_writer_keeps_writing() {
    let depth = 256;
    for kind in [Kind::Sampling, Kind::DropOldest, Kind::Credit] {
        for good in [1, 2, 100, u64::MAX] {
            let mut spec = port("level", Direction::In, kind);
            if kind != Kind::Sampling {
                spec.shape.depth = depth;
            }
            let looks_max = spec.shape.depth;
            let (mut subject, writer, _) = with_input(spec);
            let mut restless = Restless {
                writer,
                good,
                looks: 0,
            };
            (0..depth).for_each(|_| restless.send());
            RESTLESS.set(Some(restless));
            let mut input = subject.input::<Fed>("level").unwrap();
            for _ in 0..3 {
                let before = input.malformed();
                let taken = input.drain().count();
                let looks = Restless::looks();
                assert!((1..=looks_max).contains(&looks), "{kind:?} {good}: {looks}");
                // What was there was looked at, and each of it was taken or counted.
                assert_eq!(looks, looks_max, "{kind:?} {good}");
                let malformed = input.malformed() - before;
                assert_eq!(taken as u64 + malformed, looks.into(), "{kind:?} {good}");
                input.read();
                assert!(Restless::looks() <= looks_max, "{kind:?} {good}");
                input.receive();
                assert!(Restless::looks() <= looks_max, "{kind:?} {good}");
                let few = input.drain().take(3).count();
                assert!(few <= 3);
                assert!(Restless::looks() <= looks_max, "{kind:?} {good}");
            }
        }
    }
}

#[test]
fn what_a_drain_does_not_take_stays() {
    let (mut subject, mut writer, _) = with_input(port("level", Direction::In, Kind::Credit));
    let mut level = subject.input::<Level>("level").unwrap();
    let now_ns = clock::now_ns();
    (1..=4).for_each(|value| send(&mut writer, value, now_ns));
    let values = |level: &mut guest::Input<Level>, count| -> Vec<u16> {
        let arrivals = level.drain().take(count);
        arrivals.map(|arrival| arrival.value.0).collect()
    };
    assert_eq!(values(&mut level, 2), [1, 2]);
    assert_eq!(values(&mut level, 9), [3, 4]);
    assert_eq!(values(&mut level, 9), []);
    let again = matches!(
        level.read(),
        Reading::Fresh {
            value: Level(4),
            new: false,
            ..
        }
    );
    assert!(again, "the newest value is known to a reading");
}

#[test]
fn an_output_sends_until_the_queue_is_full() {
    let (mut subject, mut reader, pulse) = with_output(Kind::Credit);
    let mut report = subject.output::<Level>("report").unwrap();
    for _ in 0..4 {
        assert_eq!(report.send(&Level(7)), Sent::Ok);
    }
    assert_eq!(report.send(&Level(7)), Sent::Full);
    assert_eq!(report.written(), 4);
    let mut out = [0; 2];
    let received = reader.receive(&mut out);
    assert!(matches!(received, Received::Message { epoch: 2, .. }));
    assert_eq!(out, [7, 0]);
    subject.beat();
    assert_eq!(pulse.beats(), 1);
    assert_eq!(pulse.progress(Progress::Sent), 4);
    assert_eq!(pulse.progress(Progress::Refused), 1);
}

#[test]
fn events_pass() {
    let ports = [
        port("in", Direction::In, Kind::Event),
        port("out", Direction::Out, Kind::Event),
    ];
    let (mut subject, ends, _) = subject(&spec(&ports));
    let mut input = subject.event_input("in").unwrap();
    subject.event_output("out").unwrap().signal();
    for end in ends {
        match end {
            FarEnd::Writer(mut writer) => writer.signal(),
            FarEnd::Reader(mut reader) => assert_eq!(reader.events(), 1),
        }
    }
    assert_eq!((input.count(), input.count()), (1, 0));
}

/// The code of the error that asking for the in-port as `Level` gives.
fn refusal(port: PortSpec<'_>) -> &'static str {
    let (mut subject, ..) = with_input(port);
    subject.input::<Level>("level").err().unwrap().code()
}

#[test]
fn a_port_of_another_schema_is_refused() {
    let mut other = port("level", Direction::In, Kind::Sampling);
    other.shape.schema = 1;
    assert_eq!(refusal(other), "schema-mismatch");
}

#[test]
fn a_port_of_another_size_is_refused() {
    let mut other = port("level", Direction::In, Kind::Sampling);
    other.shape.message_bytes = 3;
    assert_eq!(refusal(other), "message-size-mismatch");
}

#[test]
fn a_port_of_another_kind_is_refused() {
    assert_eq!(
        refusal(port("level", Direction::In, Kind::Event)),
        "port-kind-mismatch"
    );
    let (mut subject, ..) = with_input(port("level", Direction::In, Kind::Sampling));
    let error = subject.event_input("level").err().unwrap();
    assert_eq!(error.code(), "port-kind-mismatch");
}

#[test]
fn an_unknown_or_taken_port_is_refused_by_name() {
    let (mut subject, ..) = with_input(port("level", Direction::In, Kind::Sampling));
    let error = subject.input::<Level>("lvel").err().unwrap();
    assert_eq!(
        error.to_string(),
        "no-such-port: `lvel`: there is no such port or grant; \
         compare the name with the subject in the model"
    );
    let error = subject.output::<Level>("level").err().unwrap();
    assert_eq!(error.code(), "wrong-direction");
    assert!(subject.input::<Level>("level").is_ok());
    let error = subject.input::<Level>("level").err().unwrap();
    assert_eq!(error.code(), "already-taken");
    assert_eq!(subject.grant("plc").err().unwrap().code(), "no-such-port");
}

#[test]
fn log_lines_become_records() {
    let (subject, _, mut pulse) = subject(&spec(&[]));
    subject.log("one\ntwo");
    subject.log("x".repeat(LOG_BYTES_MAX + 1));
    subject.log("y".repeat(LOG_BYTES_MAX * 100));
    let mut out = [0; LOG_BYTES_MAX];
    let mut lengths = Vec::new();
    while let Some(record) = pulse.next_log(&mut out) {
        lengths.push(record.len);
    }
    assert_eq!(lengths[..4], [3, 3, 256, 1]);
    assert_eq!(lengths[4..], [256; 8], "one text cannot flood the log");
}

#[test]
fn turns_come_at_multiples_of_the_period_and_beat() {
    let (mut subject, _, pulse) = subject(&spec(&[]));
    let mut turns = Vec::new();
    let outcome = subject.every(|subject, tick| {
        assert_eq!(subject.name(), "filler");
        turns.push(tick);
        if turns.len() == 5 {
            return Err(Error::new("enough", "", "five turns"));
        }
        Ok(())
    });
    assert_eq!(outcome.unwrap_err().code(), "enough");
    assert_eq!(pulse.beats(), 4, "the turn that failed is no sign of life");
    for (number, tick) in turns.iter().enumerate() {
        assert_eq!(tick.number, number as u64);
        assert_eq!(tick.due_ns % 1_000_000, 0);
        assert!(tick.now_ns >= tick.due_ns);
    }
    for pair in turns.windows(2) {
        let passed = (pair[1].due_ns - pair[0].due_ns) / 1_000_000;
        assert_eq!(passed, pair[1].missed + 1);
    }
}
