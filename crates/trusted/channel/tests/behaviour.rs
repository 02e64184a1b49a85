//! What each kind of channel does for honest ends, against a plain model of it.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]
#![cfg(not(feature = "loom"))]

#[expect(dead_code, reason = "these tests damage little")]
mod common;

use channel::{Kind, Latest, Received, Sent, Shape, ShapeError};
use common::{Memory, incarnation, shape};
use proptest::prelude::*;
use std::collections::VecDeque;

/// What a test does to a channel.
#[derive(Clone, Debug)]
enum Step {
    Send(Vec<u8>),
    Receive,
    RestartWriter,
    RestartReader,
}

fn steps(with_reader_restart: bool) -> impl Strategy<Value = Vec<Step>> {
    let message = prop::collection::vec(any::<u8>(), 0..=21);
    let step = prop_oneof![
        4 => message.prop_map(Step::Send),
        4 => Just(Step::Receive),
        1 => Just(Step::RestartWriter),
        u32::from(with_reader_restart) => Just(Step::RestartReader),
    ];
    prop::collection::vec(step, 1..120)
}

/// A message as the model keeps it: number, epoch, time, bytes.
type Kept = (u64, u64, u64, Vec<u8>);

/// Runs the steps on a queue and on its model and compares every answer.
fn check_queue(kind: Kind, depth: u32, steps: &[Step]) -> Result<(), TestCaseError> {
    let memory = Memory::new(shape(kind, 21, depth));
    let (mut writer, mut reader) = (memory.writer(1), memory.reader());
    let mut model: VecDeque<Kept> = VecDeque::new();
    let (mut epoch, mut written, mut lost, mut total_lost) = (1, 0, 0, 0);
    for (now, step) in steps.iter().enumerate() {
        let now = now as u64;
        match step {
            Step::Send(message) => {
                let full = kind == Kind::Credit && model.len() == depth as usize;
                let expected = if full { Sent::Full } else { Sent::Ok };
                prop_assert_eq!(writer.send(message, now), expected);
                if !full {
                    model.push_back((written, epoch, now, message.clone()));
                    written += 1;
                }
                if model.len() > depth as usize {
                    model.pop_front();
                    lost += 1;
                }
            }
            Step::Receive => {
                let mut out = [0xee; 32];
                let received = reader.receive(&mut out);
                let Some((sequence, epoch, sent_ns, message)) = model.pop_front() else {
                    prop_assert_eq!(received, Received::Empty);
                    continue;
                };
                let expected = Received::Message {
                    len: message.len(),
                    epoch,
                    sent_ns,
                    sequence,
                    lost,
                };
                prop_assert_eq!(received, expected);
                prop_assert_eq!(&out[..message.len()], &message[..]);
                prop_assert!(out[message.len()..].iter().all(|byte| *byte == 0xee));
                total_lost += lost;
                lost = 0;
            }
            Step::RestartWriter => {
                epoch += 1;
                writer = memory.writer(epoch);
            }
            Step::RestartReader => {
                reader = memory.reader();
            }
        }
        prop_assert_eq!(writer.written(), written);
        prop_assert_eq!(memory.observer().written(), written);
        prop_assert_eq!(memory.observer().epoch(), epoch);
    }
    prop_assert_eq!(writer.faults(), 0);
    prop_assert_eq!(reader.counters().faults, 0);
    if !steps.iter().any(|step| matches!(step, Step::RestartReader)) {
        prop_assert_eq!(reader.counters().lost, total_lost);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_credit_queue_is_a_bounded_queue(depth in 1_u32..9, steps in steps(true)) {
        check_queue(Kind::Credit, depth, &steps)?;
    }

    #[test]
    fn a_lossy_queue_is_a_queue_that_forgets(depth in 1_u32..9, steps in steps(false)) {
        check_queue(Kind::DropOldest, depth, &steps)?;
    }

    #[test]
    fn a_sampling_channel_holds_the_newest_value(steps in steps(true)) {
        let memory = Memory::new(shape(Kind::Sampling, 21, 1));
        let (mut writer, mut reader) = (memory.writer(1), memory.reader());
        let mut newest: Option<Kept> = None;
        let (mut epoch, mut seen) = (1, 0);
        for (now, step) in steps.iter().enumerate() {
            match step {
                Step::Send(message) => {
                    let sequence = newest.map_or(0, |(sequence, ..)| sequence + 1);
                    prop_assert_eq!(writer.send(message, now as u64), Sent::Ok);
                    newest = Some((sequence, epoch, now as u64, message.clone()));
                }
                Step::Receive => {
                    let mut out = [0; 21];
                    let latest = reader.latest(&mut out);
                    let Some((sequence, epoch, sent_ns, message)) = &newest else {
                        prop_assert_eq!(latest, Latest::Never);
                        prop_assert_eq!(reader.receive(&mut out), Received::Empty);
                        continue;
                    };
                    let fresh = *sequence >= seen;
                    prop_assert_eq!(latest, Latest::Value {
                        len: message.len(),
                        epoch: *epoch,
                        sent_ns: *sent_ns,
                        sequence: *sequence,
                        lost: if fresh { sequence - seen } else { 0 },
                        fresh,
                    });
                    prop_assert_eq!(&out[..message.len()], &message[..]);
                    prop_assert_eq!(
                        memory.observer().latest(&mut out),
                        Some((message.len(), *sent_ns))
                    );
                    prop_assert_eq!(reader.receive(&mut out), Received::Empty, "seen already");
                    seen = sequence + 1;
                }
                Step::RestartWriter => {
                    epoch += 1;
                    writer = memory.writer(epoch);
                }
                Step::RestartReader => {
                    reader = memory.reader();
                    // It begins with the newest value.
                    seen = newest.as_ref().map_or(0, |(sequence, ..)| *sequence);
                }
            }
        }
        prop_assert_eq!((writer.faults(), reader.counters().faults), (0, 0));
    }

    #[test]
    fn an_event_channel_counts(counts in prop::collection::vec(0_u64..5, 1..20)) {
        let memory = Memory::new(shape(Kind::Event, 0, 0));
        let mut reader = memory.reader();
        for (epoch, count) in counts.iter().enumerate() {
            let mut writer = memory.writer(epoch as u64 + 1);
            (0..*count).for_each(|_| writer.signal());
            prop_assert_eq!(reader.events(), *count);
            prop_assert_eq!(reader.epoch(), epoch as u64 + 1);
            prop_assert_eq!(writer.faults(), 0);
        }
        prop_assert_eq!(reader.counters().received, counts.iter().sum::<u64>());
    }
}

#[test]
fn a_restarted_reader_of_a_lossy_queue_sees_what_is_still_there() {
    let memory = Memory::new(shape(Kind::DropOldest, 8, 4));
    let mut writer = memory.writer(1);
    for number in 0..6_u8 {
        assert_eq!(writer.send(&[number], 0), Sent::Ok);
    }
    let mut out = [0; 8];
    for mut reader in [memory.reader(), memory.reader()] {
        for number in 2..6_u8 {
            assert!(matches!(
                reader.receive(&mut out),
                Received::Message { len: 1, .. }
            ));
            assert_eq!(out[0], number);
        }
        assert_eq!(reader.receive(&mut out), Received::Empty);
    }
}

#[test]
fn a_writer_that_ends_in_the_middle_of_a_message_costs_only_what_it_overwrote() {
    let memory = Memory::new(shape(Kind::DropOldest, 8, 4));
    let mut first = memory.writer(1);
    let mut reader = memory.reader();
    for number in 0..4_u8 {
        assert_eq!(first.send(&[number; 8], 0), Sent::Ok);
    }
    // Message 4 takes the place of message 0: what is stored of it when the writer is killed.
    memory.set(32, 5);
    memory.set(32 + 4, 0xdead);
    let mut second = memory.writer(2);
    assert_eq!(second.faults(), 0, "that is no damage");
    let mut receive = || match reader.receive(&mut [0; 8]) {
        Received::Message { sequence, lost, .. } => Some((sequence, lost)),
        _ => None,
    };
    assert_eq!(receive(), Some((1, 1)));
    assert_eq!(receive(), Some((2, 0)));
    assert_eq!(receive(), Some((3, 0)));
    assert_eq!(receive(), None);
    assert_eq!(second.send(&[4; 8], 0), Sent::Ok);
    assert_eq!(receive(), Some((4, 0)));
    assert_eq!(reader.counters().faults, 0);
}

#[test]
fn a_message_too_long_is_not_sent() {
    for kind in [Kind::Sampling, Kind::DropOldest, Kind::Credit] {
        let memory = Memory::new(shape(kind, 8, 4));
        let mut writer = memory.writer(1);
        assert_eq!(writer.send(&[0; 9], 0), Sent::TooLong);
        assert_eq!(writer.written(), 0);
        assert_eq!(memory.reader().receive(&mut [0; 8]), Received::Empty);
    }
}

#[test]
fn a_message_longer_than_the_buffer_is_dropped_as_a_fault() {
    for kind in [Kind::DropOldest, Kind::Credit] {
        let memory = Memory::new(shape(kind, 8, 4));
        let (mut writer, mut reader) = (memory.writer(1), memory.reader());
        assert_eq!(writer.send(&[1; 8], 0), Sent::Ok);
        assert_eq!(writer.send(&[2; 4], 0), Sent::Ok);
        let mut out = [0; 4];
        assert_eq!(reader.receive(&mut out), Received::Fault);
        assert!(matches!(
            reader.receive(&mut out),
            Received::Message { lost: 1, .. }
        ));
        assert_eq!(out, [2; 4]);
    }
}

#[test]
fn an_event_carries_no_message_and_a_message_is_no_event() {
    let event = Memory::new(shape(Kind::Event, 0, 0));
    assert_eq!(event.writer(1).send(&[], 0), Sent::TooLong);
    let mut out = [0; 8];
    assert_eq!(event.reader().receive(&mut out), Received::Empty);
    let queue = Memory::new(shape(Kind::DropOldest, 8, 4));
    let mut writer = queue.writer(1);
    writer.signal();
    assert_eq!((writer.faults(), writer.written()), (1, 0));
    assert_eq!(queue.reader().events(), 0);
    assert_eq!(queue.reader().latest(&mut out), Latest::Never);
}

#[test]
fn impossible_shapes_are_refused() {
    let check = |kind, message_bytes, depth| {
        let shape = Shape {
            kind,
            message_bytes,
            depth,
            schema: 0,
        };
        shape.data_bytes().unwrap_err()
    };
    assert_eq!(check(Kind::Sampling, 0, 1), ShapeError::MessageBytes);
    assert_eq!(check(Kind::Event, 1, 0), ShapeError::MessageBytes);
    assert_eq!(
        check(Kind::DropOldest, u32::MAX, 1),
        ShapeError::MessageBytes
    );
    assert_eq!(check(Kind::Sampling, 8, 2), ShapeError::Depth);
    assert_eq!(check(Kind::Event, 0, 1), ShapeError::Depth);
    assert_eq!(check(Kind::Credit, 8, 0), ShapeError::Depth);
    assert_eq!(check(Kind::DropOldest, 8, u32::MAX), ShapeError::Depth);
    assert_eq!(check(Kind::Credit, 1 << 24, 1 << 16), ShapeError::TooLarge);
}

#[test]
fn segments_are_whole_pages() {
    for kind in common::KINDS {
        for (message_bytes, depth) in [(1, 1), (64, 16), (65_536, 3), (4_096, 1_000)] {
            let shape = shape(kind, message_bytes, depth);
            let bytes = shape.data_bytes().unwrap();
            assert_eq!(bytes % channel::PAGE, 0);
            assert!(bytes >= shape.depth as usize * shape.message_bytes as usize);
            let credit = if kind == Kind::Credit { 4096 } else { 0 };
            assert_eq!(shape.credit_bytes(), credit);
        }
    }
}

#[test]
fn missing_segments_are_refused() {
    use channel::{Fault, Observer, Reader, Writer};
    let shape = shape(Kind::Credit, 8, 4);
    let memory = Memory::new(shape);
    let data = memory.data.as_ptr().cast::<u8>();
    let null = core::ptr::null_mut::<u8>();
    // SAFETY: each call is refused before any access; the memory is large enough otherwise.
    unsafe {
        let odd = data.wrapping_add(4);
        assert_eq!(
            Writer::attach(null, null, shape, incarnation(1)).err(),
            Some(Fault::Address)
        );
        assert_eq!(
            Writer::attach(data.cast_mut(), null, shape, incarnation(1)).err(),
            Some(Fault::Address)
        );
        assert_eq!(
            Reader::attach(null, null, shape).err(),
            Some(Fault::Address)
        );
        assert_eq!(
            Reader::attach(data, null, shape).err(),
            Some(Fault::Address)
        );
        assert_eq!(Observer::attach(odd, shape).err(), Some(Fault::Address));
    }
}
