//! The ring protocols under every interleaving and every permitted reordering (bounded by loom's
//! limits on preemptions): `cargo test -p bulkhead-channel --features loom --release --test loom`.
#![cfg(feature = "loom")]

use channel::{Incarnation, Kind, Latest, Reader, Received, Sent, Shape, Writer};
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

/// Memory of loom's own words, fresh in each execution.
struct Memory {
    shape: Shape,
    data: Vec<AtomicU64>,
    credit: Vec<AtomicU64>,
}

impl Memory {
    fn new(kind: Kind, depth: u32) -> Self {
        let shape = Shape {
            kind,
            message_bytes: if kind == Kind::Event { 0 } else { 16 },
            depth,
            schema: 0,
        };
        let bytes = shape.data_bytes().unwrap();
        let mut data = vec![0; bytes];
        channel::format(&shape, &mut data);
        let words = data.chunks_exact(8);
        let words = words.map(|word| u64::from_ne_bytes(word.try_into().unwrap()));
        // Only as many words as the models touch: loom tracks each.
        Self {
            shape,
            data: words.take(32 + 4 * 16).map(AtomicU64::new).collect(),
            credit: (0..1).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    fn writer(&self, epoch: u64) -> Writer {
        let credit = self.credit.as_ptr().cast();
        // SAFETY: the vectors outlive the ends in each model, and the ends touch only words that
        // they hold: the header, at most four slots of one line and a gap, the first word of the credit.
        unsafe {
            Writer::attach(
                self.data.as_ptr().cast_mut().cast(),
                credit,
                self.shape,
                incarnation(epoch),
            )
            .unwrap()
        }
    }

    fn reader(&self) -> Reader {
        let credit = self.credit.as_ptr().cast_mut().cast();
        // SAFETY: as above.
        unsafe { Reader::attach(self.data.as_ptr().cast(), credit, self.shape).unwrap() }
    }
}

fn incarnation(epoch: u64) -> Incarnation {
    Incarnation { epoch, mark: epoch }
}

/// Bytes of message `number`: two words that must be seen together.
fn message(number: u64) -> [u8; 16] {
    let word = (number + 1) * 0x0101;
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&word.to_le_bytes());
    bytes[8..].copy_from_slice(&(!word).to_le_bytes());
    bytes
}

fn model(test: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.max_branches = 20_000;
    builder.check(test);
}

/// Runs a writer of `count` messages beside a reader that calls `attempts` times, and hands the
/// latter's state to `after`.
fn check(
    kind: Kind,
    depth: u32,
    count: u64,
    attempts: u32,
    after: impl Fn(&mut Reader, u64) + Sync + Send + 'static,
) {
    model(move || {
        let memory = Memory::new(kind, depth);
        let (mut writer, mut reader) = (memory.writer(1), memory.reader());
        let sender = thread::spawn(move || {
            let mut sent = 0;
            while sent < count {
                match writer.send(&message(sent), sent) {
                    Sent::Ok => sent += 1,
                    Sent::Full => thread::yield_now(),
                    Sent::TooLong => panic!("it fits"),
                }
            }
            assert_eq!(writer.faults(), 0);
        });
        let mut next = 0;
        for _ in 0..attempts {
            next = receive(&mut reader, next);
        }
        if kind == Kind::Credit {
            while next < count {
                next = receive(&mut reader, next);
                thread::yield_now();
            }
        }
        sender.join().unwrap();
        after(&mut reader, next);
        assert_eq!(reader.counters().faults, 0);
    });
}

/// Receives once; a message must be whole, in order and in its place. Returns the next number.
fn receive(reader: &mut Reader, next: u64) -> u64 {
    let mut out = [0; 16];
    match reader.receive(&mut out) {
        Received::Message {
            len,
            epoch,
            sent_ns,
            sequence,
            lost,
        } => {
            assert_eq!(sequence, next + lost);
            assert_eq!((len, epoch, sent_ns), (16, 1, sequence));
            assert_eq!(out, message(sequence));
            sequence + 1
        }
        Received::Empty | Received::Busy => {
            // What was passed over is reported with the next message.
            next
        }
        Received::Fault => panic!("an honest writer is no fault"),
    }
}

#[test]
fn a_credit_queue_of_one_loses_nothing() {
    check(Kind::Credit, 1, 2, 1, |reader, next| {
        assert_eq!((next, reader.counters().lost), (2, 0));
    });
}

#[test]
fn a_credit_queue_of_two_loses_nothing() {
    check(Kind::Credit, 2, 3, 1, |reader, next| {
        assert_eq!((next, reader.counters().lost), (3, 0));
    });
}

#[test]
fn a_lossy_queue_shows_no_mixture() {
    for (depth, count, attempts) in [(1, 2, 2), (2, 3, 2)] {
        check(
            Kind::DropOldest,
            depth,
            count,
            attempts,
            move |reader, next| {
                // At rest the newest messages are there unless they were taken or passed over.
                let next = (0..depth).fold(next, |next, _| receive(reader, next));
                let counters = reader.counters();
                assert!(next == count || counters.received + counters.lost == count);
            },
        );
    }
}

#[test]
fn a_sampling_channel_shows_no_mixture() {
    check(Kind::Sampling, 1, 5, 1, |reader, next| {
        assert_eq!(receive(reader, next), 5);
        let mut out = [0; 16];
        assert!(matches!(
            reader.latest(&mut out),
            Latest::Value {
                fresh: false,
                sequence: 4,
                ..
            }
        ));
        assert_eq!(out, message(4));
    });
}

#[test]
fn a_writer_that_restarts_beside_the_reader_disturbs_nothing() {
    for kind in [Kind::Credit, Kind::DropOldest] {
        model(move || {
            let memory = Memory::new(kind, 2);
            let mut first = memory.writer(1);
            assert_eq!(first.send(&message(0), 0), Sent::Ok);
            let mut reader = memory.reader();
            let data = memory.data.as_ptr() as usize;
            let credit = memory.credit.as_ptr() as usize;
            let shape = memory.shape;
            let successor = thread::spawn(move || {
                // SAFETY: `memory` lives until this thread was joined, and the first writer is
                // not used any more.
                let mut second = unsafe {
                    Writer::attach(data as *mut u8, credit as *const u8, shape, incarnation(2))
                }
                .unwrap();
                assert_eq!(second.faults(), 0);
                assert_eq!(second.send(&message(1), 1), Sent::Ok);
            });
            let mut received = 0;
            let mut out = [0; 16];
            for _ in 0..2 {
                if let Received::Message { sequence, .. } = reader.receive(&mut out) {
                    assert_eq!(sequence, received);
                    assert_eq!(out, message(sequence));
                    received += 1;
                }
            }
            successor.join().unwrap();
            while received < 2 {
                let Received::Message {
                    sequence, epoch, ..
                } = reader.receive(&mut out)
                else {
                    panic!("a message was lost");
                };
                assert_eq!((sequence, epoch), (received, received + 1));
                assert_eq!(out, message(sequence));
                received += 1;
            }
            assert_eq!(reader.counters().faults, 0);
        });
    }
}

#[test]
fn a_successor_that_begins_further_back_is_noticed_before_its_messages_count() {
    for back in [0, 1] {
        model(move || {
            let memory = Memory::new(Kind::DropOldest, 2);
            let (mut first, mut reader) = (memory.writer(1), memory.reader());
            for number in 0..2 {
                assert_eq!(first.send(&message(number), number), Sent::Ok);
                assert_eq!(receive(&mut reader, number), number + 1);
            }
            // The first writer turns hostile: it moves its count back and wipes its slots.
            memory.data[16].store(back, Ordering::SeqCst);
            for slot in [32, 32 + 16] {
                for number in [slot, slot + 6] {
                    memory.data[number].store(0, Ordering::SeqCst);
                }
            }
            let data = memory.data.as_ptr() as usize;
            let shape = memory.shape;
            let successor = thread::spawn(move || {
                let (data, credit) = (data as *mut u8, core::ptr::null());
                // SAFETY: `memory` lives until this thread was joined, and the first writer is
                // not used any more.
                let second = unsafe { Writer::attach(data, credit, shape, incarnation(2)) };
                let mut second = second.unwrap();
                for number in back..back + 2 {
                    assert_eq!(second.send(&message(number), number), Sent::Ok);
                }
            });
            let mut next = back;
            let mut receive = || {
                let mut out = [0; 16];
                match reader.receive(&mut out) {
                    Received::Message { sequence, lost, .. } => {
                        assert_eq!((sequence, lost), (next, 0));
                        assert_eq!(out, message(sequence));
                        next += 1;
                    }
                    Received::Empty => {}
                    Received::Busy | Received::Fault => panic!("there is always an answer"),
                }
                next
            };
            receive();
            successor.join().unwrap();
            receive();
            receive();
            assert_eq!(receive(), back + 2);
            assert_eq!(reader.counters().faults, 1);
        });
    }
}

#[test]
fn a_message_of_a_successor_is_not_mixed_with_what_its_predecessor_pretended() {
    for (kind, depth) in [(Kind::DropOldest, 2), (Kind::Sampling, 1)] {
        model(move || {
            let memory = Memory::new(kind, depth);
            let (_, mut reader) = (memory.writer(1), memory.reader());
            // The first writer pretends that message 0 is complete, and takes it back while it is
            // copied.
            let pretended = [1, 0, 1, 16, 7, 7, 1];
            for (word, value) in pretended.into_iter().enumerate() {
                memory.data[32 + word].store(value, Ordering::SeqCst);
            }
            memory.data[16].store(1, Ordering::SeqCst);
            let data = memory.data.as_ptr() as usize;
            let shape = memory.shape;
            let successor = thread::spawn(move || {
                for word in [16, 32] {
                    let words = data as *const AtomicU64;
                    // SAFETY: `memory` lives until this thread was joined, and has more words.
                    unsafe { (*words.add(word)).store(0, Ordering::SeqCst) };
                }
                let (data, credit) = (data as *mut u8, core::ptr::null());
                // SAFETY: as above, and the first writer is not used any more.
                let second = unsafe { Writer::attach(data, credit, shape, incarnation(2)) };
                assert_eq!(second.unwrap().send(&message(0), 0), Sent::Ok);
            });
            let mut out = [0; 16];
            if let Received::Message { .. } = reader.receive(&mut out) {
                let mut words = out.chunks_exact(8);
                let pretended = words.all(|word| *word == 7_u64.to_le_bytes());
                assert!(pretended || out == message(0), "a mixture");
            }
            successor.join().unwrap();
        });
    }
}

#[test]
fn events_are_never_counted_twice() {
    model(|| {
        let memory = Memory::new(Kind::Event, 0);
        let (mut writer, mut reader) = (memory.writer(1), memory.reader());
        let sender = thread::spawn(move || {
            writer.signal();
            writer.signal();
        });
        let before = reader.events();
        sender.join().unwrap();
        assert_eq!(before + reader.events(), 2);
        assert_eq!(reader.counters().faults, 0);
    });
}
