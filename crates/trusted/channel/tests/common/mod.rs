//! Channels whose memory the test can read and damage.

use channel::{Incarnation, Kind, Observer, Reader, Shape, Writer, format};
use std::sync::atomic::{AtomicU64, Ordering};

/// A channel's memory.
#[derive(Clone, Copy)]
pub struct Memory {
    pub shape: Shape,
    pub data: &'static [AtomicU64],
    pub credit: &'static [AtomicU64],
}

fn words(bytes: &[u8]) -> &'static [AtomicU64] {
    let words = bytes.chunks_exact(8);
    let words = words.map(|word| AtomicU64::new(u64::from_ne_bytes(word.try_into().unwrap())));
    words.collect::<Vec<_>>().leak()
}

impl Memory {
    /// A fresh channel.
    pub fn new(shape: Shape) -> Self {
        let mut data = vec![0xa5; shape.data_bytes().unwrap()];
        format(&shape, &mut data);
        Self {
            shape,
            data: words(&data),
            credit: words(&vec![0; shape.credit_bytes()]),
        }
    }

    pub fn writer(&self, epoch: u64) -> Writer {
        let (data, credit) = (self.data.as_ptr(), self.credit.as_ptr());
        // SAFETY: the words are leaked, of the size the shape needs, and only accessed atomically;
        // the tests use one writer at a time.
        unsafe {
            Writer::attach(
                data.cast_mut().cast(),
                credit.cast(),
                self.shape,
                incarnation(epoch),
            )
            .unwrap()
        }
    }

    pub fn reader(&self) -> Reader {
        let (data, credit) = (self.data.as_ptr(), self.credit.as_ptr());
        // SAFETY: as above; the tests use one reader of a credit queue at a time.
        unsafe { Reader::attach(data.cast(), credit.cast_mut().cast(), self.shape).unwrap() }
    }

    pub fn observer(&self) -> Observer {
        // SAFETY: as above.
        unsafe { Observer::attach(self.data.as_ptr().cast(), self.shape).unwrap() }
    }

    pub fn set(&self, word: usize, value: u64) {
        self.data[word].store(value, Ordering::SeqCst);
    }

    pub fn get(&self, word: usize) -> u64 {
        self.data[word].load(Ordering::SeqCst)
    }

    pub fn set_head(&self, value: u64) {
        self.credit[0].store(value, Ordering::SeqCst);
    }
}

/// The incarnation of a number, with a mark that words of the tests do not hit.
pub fn incarnation(epoch: u64) -> Incarnation {
    Incarnation {
        epoch,
        mark: epoch.wrapping_mul(0x9e37_79b9_7f4a_7c15),
    }
}

/// A shape of each kind; queues with the given depth.
pub fn shape(kind: Kind, message_bytes: u32, depth: u32) -> Shape {
    let (message_bytes, depth) = match kind {
        Kind::Sampling => (message_bytes, 1),
        Kind::DropOldest | Kind::Credit => (message_bytes, depth),
        Kind::Event => (0, 0),
    };
    Shape {
        kind,
        message_bytes,
        depth,
        schema: 0x5eed,
    }
}

pub const KINDS: [Kind; 4] = [Kind::Sampling, Kind::DropOldest, Kind::Credit, Kind::Event];
