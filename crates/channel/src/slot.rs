//! Taking one message out of a slot that may be overwritten meanwhile.
//!
//! This is a sequence lock per slot (Boehm, "Can seqlocks get along with programming language
//! memory models?", MSPC 2012): load the sequence word with acquire order, copy the words, an
//! acquire fence, load the sequence word again. A message is handed out only if both loads name
//! it, and only from the private copy.

use crate::segment::View;
use crate::shape::{LENGTH, Layout, SENT, SLOT_EPOCH, SLOT_HEADER};
use crate::sync::{Ordering, fence};

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

/// Copies message `sequence` to `out` if its slot, which begins at word `slot`, holds it from
/// beginning to end of the copy.
#[inline]
pub(crate) fn take(
    data: &View,
    layout: &Layout,
    slot: usize,
    sequence: u64,
    out: &mut [u8],
) -> Taken {
    let complete = sequence.saturating_add(1);
    let word = data.load(slot, Ordering::Acquire);
    if word != complete {
        return Taken::Other(word);
    }
    let len = data.load(slot + LENGTH, Ordering::Relaxed);
    let epoch = data.load(slot + SLOT_EPOCH, Ordering::Relaxed);
    let sent_ns = data.load(slot + SENT, Ordering::Relaxed);
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    let room = layout.message_bytes.min(out.len());
    let copied = match out.get_mut(..len) {
        Some(target) if len <= room => {
            data.copy_to(slot + SLOT_HEADER, target);
            true
        }
        _ => false,
    };
    fence(Ordering::Acquire);
    if data.load(slot, Ordering::Relaxed) != complete {
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
