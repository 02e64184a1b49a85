//! What the ends say about messages, and about who wrote them.

/// One start of a subject, as its readers know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incarnation {
    /// Its number, from 1; it rises with each restart.
    pub epoch: u64,
    /// A random number, not 0. No earlier incarnation knew it, and so none could pretend to be this
    /// one: whoever sees another mark than before knows that there is a new writer.
    pub mark: u64,
}

/// What became of a message to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a message may not have been sent"]
pub enum Sent {
    /// It is in the channel.
    Ok,
    /// The credit queue is full; nothing was sent. No other kind is ever full.
    Full,
    /// It is longer than the shape permits; nothing was sent.
    TooLong,
}

/// What a queue gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// A message, now in the caller's buffer.
    Message {
        /// Its bytes in the buffer.
        len: usize,
        /// Epoch of the writer that sent it: it rises with each restart of the writer.
        epoch: u64,
        /// When it was sent, as the writer says; nanoseconds of the monotonic clock.
        sent_ns: u64,
        /// Its number, from 0.
        sequence: u64,
        /// Messages lost since the one received before.
        lost: u64,
    },
    /// There is nothing new.
    Empty,
    /// The writer was faster than every attempt to copy; nothing was received.
    Busy,
    /// The writer broke the rules; counted, and nothing was received.
    Fault,
}

/// What a sampling channel holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latest {
    /// The newest value, now in the caller's buffer.
    Value {
        /// Its bytes in the buffer.
        len: usize,
        /// Epoch of the writer that sent it.
        epoch: u64,
        /// When it was sent, as the writer says; nanoseconds of the monotonic clock.
        sent_ns: u64,
        /// Its number, from 0.
        sequence: u64,
        /// Values overwritten unseen since the one seen before.
        lost: u64,
        /// Whether it was not seen before.
        fresh: bool,
    },
    /// Nothing was ever written.
    Never,
    /// The writer was faster than every attempt to copy; the buffer holds nothing.
    Busy,
    /// The writer broke the rules; counted, and the buffer holds nothing.
    Fault,
}

/// What a reader has seen since it attached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages received, or events.
    pub received: u64,
    /// Messages lost.
    pub lost: u64,
    /// Times the writer broke the rules.
    pub faults: u64,
}
