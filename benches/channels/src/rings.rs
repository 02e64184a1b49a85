//! Shared memory: bare cache lines, and our queues.

use crate::Outcome;
use crate::carrier::{Carrier, DEPTHS, SIZES};
use crate::shared::{CREDIT_DATA, CREDIT_PAGE, LINES, LOSSY_DATA, Link};
use channel::{Incarnation, Kind, Reader, Received, Sent, Shape, Writer};
use std::hint::spin_loop;
use std::slice;
use std::sync::atomic::{AtomicU64, Ordering};

/// The least that carries a message: the bytes and a number behind them, always in the same lines.
/// There is no queue: a message may only follow an answer.
pub struct Lines {
    out: &'static [AtomicU64],
    back: &'static [AtomicU64],
    sent: u64,
    received: u64,
}

impl Lines {
    pub fn open(link: &Link, size: usize, side: usize) -> Self {
        let area = |direction| {
            let start = link.region(size, LINES, direction).cast::<AtomicU64>();
            // SAFETY: the region is mapped for the life of the process, larger than this, and
            // only accessed as atomic words.
            unsafe { slice::from_raw_parts(start.cast_const(), 1 + SIZES[size] / 8) }
        };
        Self {
            out: area(side),
            back: area(1 - side),
            sent: 0,
            received: 0,
        }
    }
}

impl Carrier for Lines {
    fn send(&mut self, message: &[u8]) {
        let (number, body) = split(self.out);
        for (word, bytes) in body.iter().zip(message.as_chunks().0) {
            word.store(u64::from_ne_bytes(*bytes), Ordering::Relaxed);
        }
        self.sent += 1;
        number.store(self.sent, Ordering::Release);
    }

    fn receive(&mut self, out: &mut [u8]) -> bool {
        let (number, body) = split(self.back);
        if number.load(Ordering::Acquire) == self.received {
            spin_loop();
            return false;
        }
        for (word, bytes) in body.iter().zip(out.as_chunks_mut().0) {
            *bytes = word.load(Ordering::Relaxed).to_ne_bytes();
        }
        self.received += 1;
        true
    }

    fn passed(&self) -> u64 {
        self.received
    }
}

/// The number stands behind the bytes, in a line of its own for the sizes we use: measured faster
/// than before them, because the line that the receiver watches is written once.
fn split(area: &[AtomicU64]) -> (&AtomicU64, &[AtomicU64]) {
    let (number, body) = area.split_last().expect("an area is never empty");
    (number, body)
}

fn shape(kind: Kind, size: usize) -> Shape {
    Shape {
        kind,
        message_bytes: SIZES[size] as u32,
        depth: DEPTHS[size],
        schema: 0,
    }
}

fn purpose(kind: Kind) -> usize {
    match kind {
        Kind::Credit => CREDIT_DATA,
        _ => LOSSY_DATA,
    }
}

/// Makes the queues of all sizes.
pub fn format(link: &Link) -> Outcome<()> {
    for size in 0..SIZES.len() {
        for kind in [Kind::Credit, Kind::DropOldest] {
            for direction in [0, 1] {
                let shape = shape(kind, size);
                let bytes = shape.data_bytes()?;
                let start = link.region(size, purpose(kind), direction);
                // SAFETY: the region is mapped, has that many bytes and is not shared yet.
                let data = unsafe { slice::from_raw_parts_mut(start, bytes) };
                channel::format(&shape, data);
            }
        }
    }
    Ok(())
}

/// A queue in each direction.
pub struct Rings {
    writer: Writer,
    reader: Reader,
}

impl Rings {
    pub fn open(link: &Link, kind: Kind, size: usize, side: usize) -> Outcome<Self> {
        let shape = shape(kind, size);
        let data = |direction| link.region(size, purpose(kind), direction);
        let credit = |direction| link.region(size, CREDIT_PAGE, direction);
        // SAFETY: the regions are mapped for the life of the process, formatted by the parent, and
        // each direction has one writer and one reader.
        let (writer, reader) = unsafe {
            (
                Writer::attach(
                    data(side),
                    credit(side),
                    shape,
                    Incarnation { epoch: 1, mark: 1 },
                )?,
                Reader::attach(data(1 - side), credit(1 - side), shape)?,
            )
        };
        Ok(Self { writer, reader })
    }
}

impl Carrier for Rings {
    fn send(&mut self, message: &[u8]) {
        while self.writer.send(message, 0) == Sent::Full {
            spin_loop();
        }
    }

    fn receive(&mut self, out: &mut [u8]) -> bool {
        let received = matches!(self.reader.receive(out), Received::Message { .. });
        if !received {
            spin_loop();
        }
        received
    }

    fn passed(&self) -> u64 {
        let counters = self.reader.counters();
        counters.received + counters.lost
    }
}
