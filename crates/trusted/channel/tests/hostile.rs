//! A peer that stores whatever it likes: every call ends, no message breaks its bounds, breaches are
//! counted, and a restarted honest peer heals the channel.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]
#![cfg(not(feature = "loom"))]

mod common;

use channel::{Kind, Latest, Received, Sent};
use common::{KINDS, Memory, shape};
use proptest::prelude::*;

/// Words that break counters, lengths and sequences.
const VALUES: [u64; 10] = [
    0,
    1,
    2,
    5,
    0xff,
    u32::MAX as u64,
    1 << 61,
    1 << 62,
    1 << 63 | 3,
    u64::MAX,
];
const MESSAGE_BYTES: u32 = 24;
const DEPTH: u32 = 4;

/// A channel in use: three messages or events written, one of them received.
fn used(kind: Kind) -> (Memory, channel::Writer, channel::Reader) {
    let memory = Memory::new(shape(kind, MESSAGE_BYTES, DEPTH));
    let (mut writer, mut reader) = (memory.writer(1), memory.reader());
    for number in 0..3_u8 {
        if kind == Kind::Event {
            writer.signal();
        } else {
            assert_eq!(writer.send(&[number; 24], 1), Sent::Ok);
        }
        if number == 0 {
            reader.receive(&mut [0; 24]);
            reader.events();
        }
    }
    (memory, writer, reader)
}

/// Calls everything a reader and an observer can do and checks what must hold in any case.
fn exercise(memory: &Memory, reader: &mut channel::Reader) {
    let bound = memory.shape.message_bytes as usize;
    for _ in 0..6 {
        // Longer than a message, to show that no more than a message is ever written to it.
        let mut out = [0xee; 64];
        if let Received::Message { len, .. } = reader.receive(&mut out) {
            assert!(len <= bound);
        }
        if let Latest::Value { len, .. } = reader.latest(&mut out) {
            assert!(len <= bound);
        }
        if let Some((len, _)) = memory.observer().latest(&mut out) {
            assert!(len <= bound);
        }
        assert!(out[bound..].iter().all(|byte| *byte == 0xee));
        reader.events();
    }
}

/// A new honest writer attaches: what it sends arrives at the reader that lived through it all,
/// and at a reader that starts now.
fn heals(memory: &Memory, mut old: channel::Reader, epoch: u64) {
    let mut writer = memory.writer(epoch);
    if memory.shape.kind == Kind::Credit {
        arrives(&mut writer, &mut old);
        arrives(&mut writer, &mut memory.reader());
    } else {
        arrives(&mut writer, &mut old);
        arrives(&mut writer, &mut memory.reader());
        arrives(&mut writer, &mut old);
    }
}

/// What the writer sends reaches the reader within a bounded number of calls.
fn arrives(writer: &mut channel::Writer, reader: &mut channel::Reader) {
    if writer.shape().kind == Kind::Event {
        reader.events();
        writer.signal();
        assert_eq!(reader.events(), 1);
        return;
    }
    let mut marker = [0xc3; 23];
    marker[..8].copy_from_slice(&writer.written().to_le_bytes());
    let mut out = [0; 24];
    // The first messages may still be lost with the damage.
    for number in 0..100 {
        let _ = writer.send(&marker, number);
        let received = reader.receive(&mut out);
        if matches!(received, Received::Message { len: 23, .. }) && out[..23] == marker {
            return;
        }
    }
    panic!("the channel did not heal: {:?}", reader.counters());
}

#[test]
fn every_header_word_mutated() {
    for kind in KINDS {
        for word in 0..32 {
            for value in VALUES {
                let (memory, _, mut reader) = used(kind);
                let before = memory.get(word);
                memory.set(word, value);
                exercise(&memory, &mut reader);
                exercise(&memory, &mut memory.reader());
                if word == 0 && value != before {
                    assert!(reader.counters().faults > 0, "another shape is a fault");
                }
                heals(&memory, reader, 2);
            }
        }
    }
}

#[test]
fn every_slot_word_mutated() {
    for kind in [Kind::Sampling, Kind::DropOldest, Kind::Credit] {
        let words = Memory::new(shape(kind, MESSAGE_BYTES, DEPTH)).data.len();
        for word in 32..words.min(32 + 16 * 4) {
            for value in VALUES {
                let (memory, _, mut reader) = used(kind);
                memory.set(word, value);
                exercise(&memory, &mut reader);
                heals(&memory, reader, 2);
            }
        }
    }
}

#[test]
fn an_announced_epoch_does_not_hide_a_repair() {
    for kind in KINDS {
        let (memory, _, mut reader) = used(kind);
        // The hostile writer drags the reader along, then pretends to be its own successor, whose
        // mark it can only guess.
        memory.set(16, (1 << 62) - 1);
        memory.set(1, 2);
        memory.set(2, 2);
        exercise(&memory, &mut reader);
        heals(&memory, reader, 2);
    }
}

/// Message `number` of a successor: nothing that the damage can contain.
fn own(number: u64) -> [u8; 24] {
    [number, !number, 0x5a5a_0f0f_3c3c_9696]
        .map(u64::to_le_bytes)
        .concat()
        .try_into()
        .unwrap()
}

/// One call. The numbers of messages of a successor must rise from `next`; says how many messages
/// of it, or events, arrived.
fn take(reader: &mut channel::Reader, next: &mut u64) -> u64 {
    let mut out = [0; 24];
    match reader.receive(&mut out) {
        Received::Message { .. } => {
            let number = (*next..64).find(|number| out == own(*number));
            *next = number.map_or(*next, |number| number + 1);
            number.is_some().into()
        }
        _ => reader.events(),
    }
}

/// What a successor sends after all this reaches a reader that lived through it, or the reader says
/// that something is missing. After each message the reader calls as often as `calls` says.
fn accounts(memory: &Memory, reader: &mut channel::Reader, calls: &[u8]) {
    let before = reader.counters();
    let mut writer = memory.writer(2);
    let (mut sent, mut received, mut next) = (0, 0, 0);
    for calls in calls {
        if memory.shape.kind == Kind::Event {
            writer.signal();
            sent += 1;
        } else if writer.send(&own(sent), 1) == Sent::Ok {
            sent += 1;
        }
        received += (0..*calls).map(|_| take(reader, &mut next)).sum::<u64>();
    }
    received += (0..16).map(|_| take(reader, &mut next)).sum::<u64>();
    let after = reader.counters();
    let missing = sent.saturating_sub(received);
    assert!(
        missing <= after.lost - before.lost || after.faults > before.faults,
        "{sent} sent, {received} received, {before:?}, {after:?}"
    );
}

#[test]
fn a_count_that_was_moved_back_hides_no_message_of_the_successor() {
    for kind in KINDS {
        for (back, sends) in (0..10).flat_map(|back| (1..12).map(move |sends| (back, sends))) {
            let memory = Memory::new(shape(kind, MESSAGE_BYTES, DEPTH));
            let (mut writer, mut reader) = (memory.writer(1), memory.reader());
            for number in 0..10 {
                if kind == Kind::Event {
                    writer.signal();
                } else {
                    assert_eq!(writer.send(&[number; 24], 1), Sent::Ok);
                }
                reader.receive(&mut [0; 24]);
                reader.events();
            }
            assert_eq!(reader.counters().received, 10);
            // The writer goes back, and leaves no trace in the slots.
            (32..memory.data.len()).for_each(|word| memory.set(word, 0));
            memory.set(16, back);
            // It pretends to be its successor, as well as it can.
            memory.set(2, 2);
            memory.set(3, back);
            accounts(&memory, &mut reader, &vec![0; sends]);
            assert_eq!(
                reader.counters().faults,
                u64::from(kind != Kind::Credit),
                "{kind:?}"
            );
        }
    }
}

#[test]
fn a_length_out_of_bounds_is_a_fault_and_the_next_message_arrives() {
    for kind in [Kind::DropOldest, Kind::Credit] {
        let memory = Memory::new(shape(kind, MESSAGE_BYTES, DEPTH));
        let (mut writer, mut reader) = (memory.writer(1), memory.reader());
        assert_eq!(writer.send(&[1; 24], 0), Sent::Ok);
        assert_eq!(writer.send(&[2; 24], 0), Sent::Ok);
        memory.set(32 + 3, 25);
        let mut out = [0; 64];
        assert_eq!(reader.receive(&mut out), Received::Fault);
        assert_eq!(reader.counters().faults, 1);
        assert_eq!(reader.wanted(), 1, "whoever sees that may go on at once");
        assert!(matches!(
            reader.receive(&mut out),
            Received::Message {
                sequence: 1,
                lost: 1,
                ..
            }
        ));
    }
}

#[test]
fn nothing_is_passed_over_in_what_is_not_the_channel() {
    for kind in [Kind::DropOldest, Kind::Credit] {
        let (memory, _writer, mut reader) = used(kind);
        memory.set(0, 7);
        let before = reader.wanted();
        assert_eq!(reader.receive(&mut [0; 24]), Received::Fault);
        assert_eq!(reader.wanted(), before);
    }
}

#[test]
fn a_sequence_that_jumps_is_a_fault() {
    let (memory, _writer, mut reader) = used(Kind::Credit);
    // Message 1 is waiting in slot 1; another number appears there.
    memory.set(32 + 16, 77);
    assert_eq!(reader.receive(&mut [0; 24]), Received::Fault);
    assert_eq!(reader.counters().faults, 1);
}

#[test]
fn what_a_successor_finds_damaged_is_lost_and_nothing_else() {
    for (depth, number) in [(1, 77), (1, 0), (4, 77), (4, 0)] {
        let memory = Memory::new(shape(Kind::DropOldest, MESSAGE_BYTES, depth));
        let (mut first, mut reader) = (memory.writer(1), memory.reader());
        for message in 0..depth {
            assert_eq!(first.send(&[message as u8; 24], 0), Sent::Ok);
        }
        // The word behind the payload of message 0.
        memory.set(32 + 4 + 3, number);
        let mut second = memory.writer(2);
        assert_eq!(second.faults(), 1);
        let mut sequences = Vec::new();
        let mut receive = || {
            if let Received::Message { sequence, .. } = reader.receive(&mut [0; 24]) {
                sequences.push(sequence);
            }
        };
        (0..depth).for_each(|_| receive());
        assert_eq!(second.send(&[9; 24], 0), Sent::Ok);
        receive();
        assert_eq!(sequences, Vec::from_iter(1..=u64::from(depth)));
        assert_eq!(reader.counters().lost, 1);
        assert_eq!(reader.counters().faults, 0);
    }
}

#[test]
fn a_slot_that_pretends_to_be_begun_hides_no_message_of_the_successor() {
    let memory = Memory::new(shape(Kind::DropOldest, MESSAGE_BYTES, DEPTH));
    let (_, mut reader) = (memory.writer(1), memory.reader());
    // One message is counted that is not there, and its slot seems to take the next one.
    memory.set(16, 1);
    memory.set(32, 1 + 1 + u64::from(DEPTH) - 1);
    let mut second = memory.writer(2);
    assert_eq!(second.faults(), 1);
    let mut sequences = Vec::new();
    for _ in 0..3 {
        assert_eq!(second.send(&[9; 24], 0), Sent::Ok);
        if let Received::Message { sequence, .. } = reader.receive(&mut [0; 24]) {
            sequences.push(sequence);
        }
    }
    assert_eq!(sequences, [1, 2, 3]);
    assert_eq!((reader.counters().lost, reader.counters().faults), (1, 0));
}

#[test]
fn a_count_that_runs_backwards_is_a_fault() {
    for kind in [Kind::Sampling, Kind::Event] {
        let (memory, _writer, mut reader) = used(kind);
        reader.events();
        reader.latest(&mut [0; 24]);
        memory.set(16, 1);
        reader.events();
        reader.latest(&mut [0; 24]);
        assert_eq!(reader.counters().faults, 1, "{kind:?}");
    }
}

#[test]
fn credit_beyond_what_was_written_is_a_fault() {
    let memory = Memory::new(shape(Kind::Credit, MESSAGE_BYTES, DEPTH));
    let mut writer = memory.writer(1);
    for _ in 0..DEPTH {
        assert_eq!(writer.send(&[1], 0), Sent::Ok);
    }
    for lie in [5, 1 << 40, u64::MAX] {
        let before = writer.faults();
        memory.set_head(lie);
        assert_eq!(writer.send(&[2], 0), Sent::Full, "no slot is overwritten");
        assert_eq!(writer.faults(), before + 1);
    }
    memory.set_head(1);
    assert_eq!(writer.send(&[2], 0), Sent::Ok, "honest credit still counts");
}

#[test]
fn credit_that_runs_backwards_is_a_fault() {
    let memory = Memory::new(shape(Kind::Credit, MESSAGE_BYTES, DEPTH));
    let mut writer = memory.writer(1);
    for _ in 0..DEPTH {
        assert_eq!(writer.send(&[1], 0), Sent::Ok);
    }
    memory.set_head(2);
    assert_eq!(writer.send(&[2], 0), Sent::Ok);
    assert_eq!(writer.send(&[2], 0), Sent::Ok);
    memory.set_head(1);
    assert_eq!(writer.send(&[2], 0), Sent::Full);
    assert_eq!(writer.faults(), 1);
}

#[test]
fn lying_credit_heals_with_a_new_reader() {
    for lie in VALUES {
        let (memory, mut writer, _) = used(Kind::Credit);
        memory.set_head(lie);
        for _ in 0..6 {
            let _ = writer.send(&[9], 0);
        }
        let mut reader = memory.reader();
        arrives(&mut writer, &mut reader);
    }
}

fn garbage() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        prop::sample::select(&VALUES[..]),
        0_u64..12,
        (0_u64..12).prop_map(|number| 1 << 63 | number),
    ]
}

proptest! {
    #[test]
    fn random_words_in_the_whole_segment(
        kind in prop::sample::select(&KINDS[..]),
        words in prop::collection::vec((0_usize..80, garbage()), 1..80),
        keep_shape in any::<bool>(),
    ) {
        let (memory, _, mut reader) = used(kind);
        let fingerprint = memory.get(0);
        for (word, value) in words {
            memory.set(word, value);
            if keep_shape {
                memory.set(0, fingerprint);
            }
            exercise(&memory, &mut reader);
        }
        exercise(&memory, &mut memory.reader());
        heals(&memory, reader, 2);
    }

    #[test]
    fn after_random_words_nothing_is_missing_without_notice(
        kind in prop::sample::select(&KINDS[..]),
        words in prop::collection::vec((0_usize..80, garbage()), 1..80),
        calls in prop::collection::vec(0_u8..4, 1..20),
    ) {
        let (memory, _, mut reader) = used(kind);
        for (word, value) in words {
            memory.set(word, value);
            exercise(&memory, &mut reader);
        }
        accounts(&memory, &mut reader, &calls);
    }

    #[test]
    fn random_credit(
        heads in prop::collection::vec(garbage(), 1..30),
    ) {
        let (memory, mut writer, _) = used(Kind::Credit);
        for head in heads {
            memory.set_head(head);
            let _ = writer.send(&[3], 0);
        }
        arrives(&mut writer, &mut memory.reader());
        let mut writer = memory.writer(2);
        arrives(&mut writer, &mut memory.reader());
    }

    #[test]
    fn random_words_on_both_sides(
        words in prop::collection::vec((0_usize..80, garbage()), 0..80),
        head in garbage(),
    ) {
        let (memory, _, _) = used(Kind::Credit);
        words.iter().for_each(|(word, value)| memory.set(*word, *value));
        memory.set_head(head);
        let mut writer = memory.writer(2);
        arrives(&mut writer, &mut memory.reader());
        memory.set_head(head);
        let reader = memory.reader();
        heals(&memory, reader, 3);
    }
}
