//! Putting one message into a slot, and taking it out while the slot may be overwritten.
//!
//! This is a sequence lock per slot (Boehm, "Can seqlocks get along with programming language
//! memory models?", MSPC 2012). The writer marks the slot open, fences, stores the message, and
//! stores the sequence word with release order. The reader loads the sequence word with acquire
//! order, copies the words, fences, and loads the sequence word again: a message is handed out only
//! if both loads name it, and only from the private copy.

use crate::segment::{load_bytes, store_bytes};
use crate::shape::{Layout, OPEN, SLOT_HEADER};
use crate::sync::{AtomicU64, Ordering, fence};

/// The words of one slot.
pub(crate) struct Slot<'a> {
    header: &'a [AtomicU64; SLOT_HEADER],
    payload: &'a [AtomicU64],
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
    /// The slot holds something else; its sequence word.
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
        let payload = rest.get(..layout.payload)?;
        Some(Self { header, payload })
    }

    /// Marks the slot as being written, for a reader that may still be busy with what it holds.
    /// Whoever sees it open also sees all that was stored before, and whoever sees a word that is
    /// stored afterwards also sees it open.
    #[inline]
    pub(crate) fn open(&self, sequence: u64) {
        let [word, ..] = self.header;
        word.store(OPEN | sequence.saturating_add(1), Ordering::Release);
        fence(Ordering::Release);
    }

    /// Stores message `sequence`.
    #[inline]
    pub(crate) fn put(&self, sequence: u64, epoch: u64, sent_ns: u64, message: &[u8]) {
        let [word, sent_word, epoch_word, length] = self.header;
        store_bytes(self.payload, message);
        length.store(message.len() as u64, Ordering::Relaxed);
        epoch_word.store(epoch, Ordering::Relaxed);
        sent_word.store(sent_ns, Ordering::Relaxed);
        word.store(sequence.saturating_add(1), Ordering::Release);
    }

    /// Copies message `sequence`, of at most `bytes_max`, to `out` if the slot holds it from
    /// beginning to end of the copy.
    #[inline]
    pub(crate) fn take(&self, sequence: u64, bytes_max: usize, out: &mut [u8]) -> Taken {
        let [word, sent_word, epoch_word, length] = self.header;
        let complete = sequence.saturating_add(1);
        let seen = word.load(Ordering::Acquire);
        if seen != complete {
            return Taken::Other(seen);
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
        if word.load(Ordering::Relaxed) != complete {
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
