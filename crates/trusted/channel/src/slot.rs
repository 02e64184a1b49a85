//! Putting one message into a slot, and taking it out while the slot may be overwritten.
//!
//! This is a sequence lock per slot (Boehm, "Can seqlocks get along with programming language
//! memory models?", MSPC 2012), with its number at both ends of the slot: the first word is stored
//! before the message, the last word after it. The reader loads the last word with acquire order,
//! copies the words, fences, and loads the first word: a message is handed out only if both name
//! it, and only from the private copy. A reader that waits for a message watches the last word,
//! whose line the writer touches once for each message and last of all (decision 0010).

use crate::segment::{load_bytes, store_bytes};
use crate::shape::{Layout, SLOT_HEADER};
use crate::sync::{AtomicU64, Ordering, fence};

/// The words of one slot.
pub(crate) struct Slot<'a> {
    header: &'a [AtomicU64; SLOT_HEADER],
    payload: &'a [AtomicU64],
    /// Number of the message that is complete.
    end: &'a AtomicU64,
}

/// What the copy says.
pub(crate) struct Copied {
    pub(crate) len: usize,
    pub(crate) epoch: u64,
    pub(crate) sent_ns: u64,
}

/// Outcome of an attempt.
pub(crate) enum Taken {
    /// The message is in the buffer.
    Message(Copied),
    /// The slot holds the message, but its length is impossible or exceeds the buffer.
    BadLength,
    /// The slot holds something else; the number it names.
    Other(u64),
    /// The slot changed while it was copied.
    Changed,
}

impl<'a> Slot<'a> {
    /// The slot whose first word is number `start`, if it lies in `words`.
    #[inline]
    pub(crate) fn at(words: &'a [AtomicU64], start: usize, layout: &Layout) -> Option<Self> {
        let words = words.get(start..)?;
        let (header, rest) = words.split_first_chunk()?;
        let (payload, rest) = rest.split_at_checked(layout.payload)?;
        let end = rest.first()?;
        Some(Self {
            header,
            payload,
            end,
        })
    }

    /// Stores message `sequence`. A reader that sees any of it also sees the slot begun, and all
    /// that was stored before.
    #[inline]
    pub(crate) fn put(&self, sequence: u64, epoch: u64, sent_ns: u64, message: &[u8]) {
        let [begin, sent_word, epoch_word, length] = self.header;
        begin.store(sequence.saturating_add(1), Ordering::Release);
        fence(Ordering::Release);
        sent_word.store(sent_ns, Ordering::Relaxed);
        epoch_word.store(epoch, Ordering::Relaxed);
        length.store(message.len() as u64, Ordering::Relaxed);
        store_bytes(self.payload, message);
        self.end
            .store(sequence.saturating_add(1), Ordering::Release);
    }

    /// Whether message `sequence` is there from beginning to end.
    pub(crate) fn holds(&self, sequence: u64) -> bool {
        let complete = sequence.saturating_add(1);
        self.begun(sequence) && self.end.load(Ordering::Acquire) == complete
    }

    /// Whether the last that was begun is message `sequence`.
    pub(crate) fn begun(&self, sequence: u64) -> bool {
        let [begin, ..] = self.header;
        begin.load(Ordering::Acquire) == sequence.saturating_add(1)
    }

    /// Whether message `sequence` and any later one are still to be completed.
    pub(crate) fn awaits(&self, sequence: u64) -> bool {
        self.end.load(Ordering::Acquire) <= sequence
    }

    /// Makes the slot hold nothing and await message `sequence`: every earlier one is gone.
    pub(crate) fn clear(&self, sequence: u64) {
        let [begin, ..] = self.header;
        self.end.store(sequence, Ordering::Release);
        begin.store(sequence.saturating_add(1), Ordering::Release);
    }

    /// Copies message `sequence`, of at most `bytes_max`, to `out` if the slot holds it from
    /// beginning to end of the copy.
    #[inline]
    pub(crate) fn take(&self, sequence: u64, bytes_max: usize, out: &mut [u8]) -> Taken {
        #[cfg(all(test, feature = "std", not(feature = "loom")))]
        tests::looked(self);
        let [begin, sent_word, epoch_word, length] = self.header;
        let complete = sequence.saturating_add(1);
        for word in [self.end, begin] {
            let seen = word.load(Ordering::Acquire);
            if seen != complete {
                return Taken::Other(seen);
            }
        }
        let len = length.load(Ordering::Relaxed);
        let epoch = epoch_word.load(Ordering::Relaxed);
        let sent_ns = sent_word.load(Ordering::Relaxed);
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let copied = match out.get_mut(..len) {
            Some(target) if len <= bytes_max => {
                load_bytes(self.payload, target);
                true
            }
            _ => false,
        };
        fence(Ordering::Acquire);
        #[cfg(all(test, feature = "std", not(feature = "loom")))]
        tests::copied(self);
        if begin.load(Ordering::Relaxed) != complete {
            Taken::Changed
        } else if copied {
            Taken::Message(Copied {
                len,
                epoch,
                sent_ns,
            })
        } else {
            Taken::BadLength
        }
    }
}

#[cfg(all(test, feature = "std", not(feature = "loom")))]
mod tests {
    //! A hostile writer that acts in the middle of its reader's steps, and never rests.

    use super::Slot;
    use crate::loopback;
    use crate::sync::Ordering;
    use crate::{Incarnation, Kind, Shape};
    use std::cell::Cell;

    thread_local! {
        static HOSTILE: Cell<bool> = const { Cell::new(false) };
        static LOOKS: Cell<u32> = const { Cell::new(0) };
    }

    pub(super) fn looked(slot: &Slot<'_>) {
        LOOKS.set(LOOKS.get() + 1);
        if HOSTILE.get() {
            // There always seems to be what the reader wants.
            let [begin, ..] = slot.header;
            begin.store(slot.end.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    pub(super) fn copied(slot: &Slot<'_>) {
        if HOSTILE.get() {
            // It is overwritten before the copy is complete.
            let [begin, ..] = slot.header;
            begin.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_call_looks_at_few_slots_whatever_the_writer_does() {
        for kind in [Kind::Sampling, Kind::DropOldest, Kind::Credit] {
            let depth = if kind == Kind::Sampling { 1 } else { 65_536 };
            let shape = Shape {
                kind,
                message_bytes: 8,
                depth,
                schema: 0,
            };
            let incarnation = Incarnation { epoch: 1, mark: 1 };
            let (mut writer, mut reader) = loopback::pair(shape, incarnation).unwrap();
            for _ in 0..3 {
                for number in 0..depth {
                    let _ = writer.send(&number.to_le_bytes(), 0);
                }
                HOSTILE.set(true);
                LOOKS.set(0);
                reader.receive(&mut [0; 8]);
                reader.latest(&mut [0; 8]);
                let looks = LOOKS.get();
                HOSTILE.set(false);
                assert!((1..=8).contains(&looks), "{kind:?}: {looks}");
            }
        }
    }
}
