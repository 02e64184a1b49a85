//! The ring protocols under every interleaving and every permitted reordering (bounded by loom's
//! limits on preemptions): `cargo test -p channel --features loom --release --test loom`.
#![cfg(feature = "loom")]

use channel::{Kind, Latest, Reader, Received, Sent, Shape, Writer};
use loom::sync::atomic::AtomicU64;
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
            data: words.take(32 + 4 * 8).map(AtomicU64::new).collect(),
            credit: (0..1).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    fn writer(&self, epoch: u64) -> Writer {
        let credit = self.credit.as_ptr().cast();
        // SAFETY: the vectors outlive the ends in each model, and the ends touch only words that
        // they hold: the header, at most four slots of one line, the first word of the credit.
        unsafe {
            Writer::attach(
                self.data.as_ptr().cast_mut().cast(),
                credit,
                self.shape,
                epoch,
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
