//! Two threads at full speed: nothing torn, nothing out of order, every message accounted for.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]
#![cfg(not(feature = "loom"))]

#[expect(dead_code, reason = "these tests damage nothing")]
mod common;
#[path = "common/content.rs"]
mod content;

use channel::{Kind, Latest, Received, Sent};
use common::{Memory, shape};
use content::fill;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

const MESSAGES: u64 = 10_000;

fn whole(message: &[u8], number: u64) -> bool {
    let mut expected = vec![0; message.len()];
    fill(&mut expected, number);
    message == expected
}

fn check_queue(kind: Kind, message_bytes: u32, depth: u32) {
    let memory = Memory::new(shape(kind, message_bytes, depth));
    let (mut writer, mut reader) = (memory.writer(1), memory.reader());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut message = vec![0; message_bytes as usize];
            for number in 0..MESSAGES {
                fill(&mut message, number);
                while writer.send(&message, number) == Sent::Full {
                    thread::yield_now();
                }
                if number % 64 == 0 {
                    thread::yield_now();
                }
            }
            done.store(true, Ordering::Release);
        });
        let mut out = vec![0; message_bytes as usize];
        let mut next = 0;
        loop {
            let finished = done.load(Ordering::Acquire);
            match reader.receive(&mut out) {
                Received::Message {
                    len,
                    epoch,
                    sent_ns,
                    sequence,
                    lost,
                } => {
                    assert_eq!(sequence, next + lost);
                    assert_eq!((len, epoch, sent_ns), (out.len(), 1, sequence));
                    assert!(whole(&out, sequence), "message {sequence} is torn");
                    next = sequence + 1;
                }
                Received::Empty if finished => break,
                Received::Empty | Received::Busy => thread::yield_now(),
                Received::Fault => panic!("an honest writer is no fault"),
            }
        }
    });
    let counters = reader.counters();
    assert_eq!(counters.received + counters.lost, MESSAGES);
    assert_eq!((counters.faults, writer.faults()), (0, 0));
    if kind == Kind::Credit {
        assert_eq!(counters.lost, 0);
    }
}

#[test]
fn credit_queues_lose_nothing() {
    for (message_bytes, depth) in [(8, 1), (64, 16), (1_000, 3)] {
        check_queue(Kind::Credit, message_bytes, depth);
    }
}

#[test]
fn lossy_queues_account_for_every_loss() {
    for (message_bytes, depth) in [(8, 1), (64, 2), (64, 64), (1_000, 3)] {
        check_queue(Kind::DropOldest, message_bytes, depth);
    }
}

#[test]
fn sampling_never_shows_a_mixture() {
    for message_bytes in [8, 64, 4_000] {
        let memory = Memory::new(shape(Kind::Sampling, message_bytes, 1));
        let (mut writer, mut reader) = (memory.writer(1), memory.reader());
        let observer = memory.observer();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut message = vec![0; message_bytes as usize];
                for number in 0..MESSAGES {
                    fill(&mut message, number);
                    assert_eq!(writer.send(&message, number), Sent::Ok);
                    if number % 16 == 0 {
                        thread::yield_now();
                    }
                }
                done.store(true, Ordering::Release);
            });
            let mut out = vec![0; message_bytes as usize];
            let mut last = 0;
            loop {
                let finished = done.load(Ordering::Acquire);
                match reader.latest(&mut out) {
                    Latest::Value { sequence, .. } => {
                        assert!(sequence >= last);
                        assert!(whole(&out, sequence), "value {sequence} is torn");
                        last = sequence;
                    }
                    Latest::Never | Latest::Busy => {}
                    Latest::Fault => panic!("an honest writer is no fault"),
                }
                if let Some((_, number)) = observer.latest(&mut out) {
                    assert!(
                        whole(&out, number),
                        "value {number} is torn for the observer"
                    );
                }
                if finished && last == MESSAGES - 1 {
                    break;
                }
            }
        });
        assert_eq!(reader.counters().faults, 0);
    }
}

/// The payload and every control word change while the reader copies: calls end, lengths hold.
#[test]
fn a_segment_that_changes_while_it_is_read_is_survived() {
    for kind in common::KINDS {
        let memory = Memory::new(shape(kind, 100, 4));
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut random = 0x2545_f491_4f6c_dd1d_u64;
                while !done.load(Ordering::Relaxed) {
                    // xorshift64 (Marsaglia 2003)
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    let word = (random >> 40) as usize % memory.data.len().min(120);
                    let value = match random % 4 {
                        0 => random,
                        1 => random >> 60,
                        2 => random >> 60 | 1 << 63,
                        _ => 1 << 62,
                    };
                    if word != 0 {
                        memory.data[word].store(value, Ordering::Relaxed);
                    }
                }
            });
            let mut reader = memory.reader();
            let mut out = [0xee; 200];
            let mut outcomes = [0_u32; 4];
            for _ in 0..20_000 {
                let outcome = match reader.receive(&mut out) {
                    Received::Message { len, .. } => {
                        assert!(len <= memory.shape.message_bytes as usize);
                        0
                    }
                    Received::Empty => 1,
                    Received::Busy => 2,
                    Received::Fault => 3,
                };
                outcomes[outcome] += 1;
                if let Latest::Value { len, .. } = reader.latest(&mut out) {
                    assert!(len <= 100);
                }
                reader.events();
            }
            assert!(out[100..].iter().all(|byte| *byte == 0xee));
            assert_eq!(outcomes.iter().sum::<u32>(), 20_000);
            done.store(true, Ordering::Relaxed);
        });
    }
}
