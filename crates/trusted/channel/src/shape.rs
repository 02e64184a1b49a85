//! What both ends of a channel agree on, and where its words lie.
//!
//! A data segment is a header of [`HEADER_WORDS`] words and then the slots:
//!
//! | word | content |
//! |---|---|
//! | 0 | fingerprint of the [`Shape`] |
//! | 1 | mark of the writer |
//! | 2 | epoch of the writer |
//! | 3 | messages (or events) that its predecessors wrote |
//! | 16 | messages (or events) written so far; its own pair of cache lines |
//! | 32 .. | slots |
//!
//! A slot is a whole number of cache lines: the number of the message that was begun, the time of
//! sending, the writer's epoch, the length, the payload, the number of the message that is complete,
//! and at the end one line that nobody touches. Message `n` (from 0) lies in slot `n mod slots`; its
//! number is `n + 1`.

use crate::segment::WORD;
use core::fmt;

/// Most bytes of one message.
pub const MESSAGE_BYTES_MAX: u32 = 16 << 20;
/// Most messages in a queue.
pub const DEPTH_MAX: u32 = 1 << 16;
/// Most bytes of a data segment.
pub const DATA_BYTES_MAX: usize = 512 << 20;
/// Bytes of a credit segment.
pub const CREDIT_BYTES: usize = PAGE;
/// Bytes of a page: segments are whole pages.
pub const PAGE: usize = 4096;

/// Words of the header.
pub(crate) const HEADER_WORDS: usize = 32;
pub(crate) const FINGERPRINT: usize = 0;
pub(crate) const MARK: usize = 1;
pub(crate) const EPOCH: usize = 2;
pub(crate) const START: usize = 3;
pub(crate) const TAIL: usize = 16;
/// The only word of a credit segment in use: messages the reader has taken.
pub(crate) const HEAD: usize = 0;
/// Words of a credit segment that are ever touched.
pub(crate) const CREDIT_WORDS: usize = 1;

/// Words of a slot before the payload: number, time of sending, epoch, length.
pub(crate) const SLOT_HEADER: usize = 4;
/// Words of a slot behind the payload: number.
const SLOT_END: usize = 1;
/// No honest counter reaches this: at 10^9 messages a second it takes 146 years.
pub(crate) const COUNT_MAX: u64 = 1 << 62;
/// A writer begins again rather than go on from here, so that it never comes near the limit.
pub(crate) const RESUME_MAX: u64 = 1 << 61;

const LINE_WORDS: usize = 8;
/// Words between two slots. Without a line that nobody touches, a processor that reads the end of
/// one slot fetches the beginning of the next ahead of time, and so takes it away from the writer:
/// measured, a round trip of 64 bytes then takes up to twice as long.
const GAP_WORDS: usize = LINE_WORDS;
/// Slots of a sampling channel: the newest value, the one being written, two to spare for readers.
const SAMPLING_SLOTS: u32 = 4;

/// How a channel behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The newest value; a write replaces it. No way back.
    Sampling,
    /// A queue that overwrites its oldest message; the reader counts losses. No way back.
    DropOldest,
    /// A bounded queue; the writer learns how many messages were taken, and nothing else.
    Credit,
    /// A counter. No way back.
    Event,
}

/// What both ends agree on. It comes from the plan, never from shared memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// How the channel behaves.
    pub kind: Kind,
    /// Most bytes of a message; 0 for an event.
    pub message_bytes: u32,
    /// Messages kept: 1 for sampling, 0 for an event.
    pub depth: u32,
    /// Hash of the message type.
    pub schema: u64,
}

/// A shape outside the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeError {
    /// No bytes, more than [`MESSAGE_BYTES_MAX`], or bytes on an event.
    MessageBytes,
    /// A depth that the kind does not have, or more than [`DEPTH_MAX`].
    Depth,
    /// The segment would have more than [`DATA_BYTES_MAX`].
    TooLarge,
}

impl ShapeError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::MessageBytes => "impossible-message-size",
            Self::Depth => "impossible-depth",
            Self::TooLarge => "channel-too-large",
        }
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MessageBytes => write!(
                f,
                "a message must have 1 to {MESSAGE_BYTES_MAX} bytes, an event none"
            ),
            Self::Depth => write!(
                f,
                "a queue must keep 1 to {DEPTH_MAX} messages, a sampling channel 1, an event 0"
            ),
            Self::TooLarge => write!(
                f,
                "a channel must not need more than {DATA_BYTES_MAX} bytes"
            ),
        }
    }
}

impl core::error::Error for ShapeError {}

/// Where the words of a checked shape lie.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    /// Slots.
    pub(crate) slots: u64,
    /// Words from one slot to the next.
    pub(crate) stride: usize,
    /// Words of a slot that hold the payload.
    pub(crate) payload: usize,
    /// Most bytes of a message.
    pub(crate) message_bytes: usize,
    /// Words of the segment.
    pub(crate) words: usize,
}

impl Layout {
    /// First word of the slot of message `sequence`.
    #[inline]
    pub(crate) fn slot(&self, sequence: u64) -> usize {
        // An event has no slots: what is looked for begins where its segment ends, and is not found.
        let index = sequence.checked_rem(self.slots).unwrap_or(0);
        // Below `words`, as the index is below `slots`: the product cannot overflow.
        HEADER_WORDS + (index as usize) * self.stride
    }

    /// First word of the slot after `slot`: the same as [`Layout::slot`] of the next message, but
    /// without a division.
    #[inline]
    pub(crate) fn after(&self, slot: usize) -> usize {
        let next = slot + self.stride;
        if next < self.words {
            next
        } else {
            HEADER_WORDS
        }
    }
}

/// Words from one slot to the next, if a message has at most `payload` words.
pub(crate) const fn stride(payload: usize) -> usize {
    (SLOT_HEADER + payload + SLOT_END).next_multiple_of(LINE_WORDS) + GAP_WORDS
}

impl Shape {
    /// Bytes of the data segment, whole pages.
    pub fn data_bytes(&self) -> Result<usize, ShapeError> {
        self.layout()
            .map(|layout| (layout.words * WORD).next_multiple_of(PAGE))
    }

    /// Bytes of the credit segment: one page for a credit queue, else none.
    pub fn credit_bytes(&self) -> usize {
        match self.kind {
            Kind::Credit => CREDIT_BYTES,
            Kind::Sampling | Kind::DropOldest | Kind::Event => 0,
        }
    }

    pub(crate) fn layout(&self) -> Result<Layout, ShapeError> {
        let event = self.kind == Kind::Event;
        if (self.message_bytes == 0) != event || self.message_bytes > MESSAGE_BYTES_MAX {
            return Err(ShapeError::MessageBytes);
        }
        let (fits, slots) = match self.kind {
            Kind::Sampling => (self.depth == 1, SAMPLING_SLOTS),
            Kind::DropOldest | Kind::Credit => ((1..=DEPTH_MAX).contains(&self.depth), self.depth),
            Kind::Event => (self.depth == 0, 0),
        };
        if !fits {
            return Err(ShapeError::Depth);
        }
        let payload = (self.message_bytes as usize).div_ceil(WORD);
        let stride = stride(payload);
        let words = HEADER_WORDS + stride * slots as usize;
        if words > DATA_BYTES_MAX / WORD {
            return Err(ShapeError::TooLarge);
        }
        Ok(Layout {
            slots: slots.into(),
            stride,
            payload,
            message_bytes: self.message_bytes as usize,
            words,
        })
    }

    /// A word that two shapes share only if they are equal, but for an accident of 1 in 2^64; it
    /// finds mistakes, it does not authenticate. FNV-1a over layout version and fields (Fowler,
    /// Noll, Vo; 64-bit offset basis and prime).
    pub(crate) fn fingerprint(&self) -> u64 {
        let kind: u64 = match self.kind {
            Kind::Sampling => 1,
            Kind::DropOldest => 2,
            Kind::Credit => 3,
            Kind::Event => 4,
        };
        let fields = [
            u64::from_le_bytes(*b"BULKRNG4"),
            kind,
            self.message_bytes.into(),
            self.depth.into(),
            self.schema,
        ];
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in fields.iter().flat_map(|field| field.to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        hash
    }
}

/// What a fresh data segment of this shape, with no message and no writer yet, begins with; all other
/// bytes are zero.
pub fn beginning(shape: &Shape) -> [u8; WORD] {
    shape.fingerprint().to_ne_bytes()
}

/// Makes a fresh data segment of memory with any content; what does not fit into `data` is left out.
pub fn format(shape: &Shape, data: &mut [u8]) {
    data.fill(0);
    if let Some(first) = data.first_chunk_mut() {
        *first = beginning(shape);
    }
}
