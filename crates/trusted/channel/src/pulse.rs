//! The pulse: what a subject tells its supervisor about itself. One way, like every channel.
//!
//! A pulse segment is a page with a beat counter and a few progress counters, followed by a drop-oldest
//! queue of log records; beside the counters is what it says last, when a panic or an error ends it.
//! The subject writes it; the supervisor maps it read-only, believes nothing
//! in it, and decides by change alone whether the subject is alive.

use crate::segment::{Segment, View, WORD, load_bytes, store_bytes};
use crate::shape::{HEADER_WORDS, PAGE, stride};
use crate::sync::Ordering;
use crate::{Fault, Incarnation, Kind, Reader, Received, Sent, Shape, Writer, beginning, format};

/// Most bytes of a log record.
pub const LOG_BYTES_MAX: usize = 256;
/// Records a pulse keeps.
pub const LOG_DEPTH: u32 = 64;
/// Bytes of a pulse segment, whole pages.
pub const PULSE_BYTES: usize = PAGE
    + ((HEADER_WORDS + stride(LOG_BYTES_MAX / WORD) * LOG_DEPTH as usize) * WORD)
        .next_multiple_of(PAGE);

const LOG: Shape = Shape {
    kind: Kind::DropOldest,
    message_bytes: LOG_BYTES_MAX as u32,
    depth: LOG_DEPTH,
    schema: u64::from_le_bytes(*b"BULKLOG1"),
};
const PAGE_WORDS: usize = PAGE / WORD;
const BEATS: usize = 0;
/// First progress counter; another pair of cache lines than the beats.
const PROGRESS: usize = 16;
/// Epoch of the incarnation whose last words follow; their length, and the bytes.
const LAST_EPOCH: usize = 64;
const LAST_LENGTH: usize = 65;
const LAST_TEXT: usize = 66;
/// Bytes of the last allocation that was refused to it; 0 = none.
const REFUSED: usize = LAST_TEXT + LAST_BYTES_MAX / WORD;
/// Most bytes of last words.
pub const LAST_BYTES_MAX: usize = 512;

/// A progress counter. The numbers are the subject's own word: for display, never for decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Messages received.
    Received,
    /// Messages sent.
    Sent,
    /// Messages lost.
    Lost,
    /// Breaches by peers.
    Faults,
    /// Messages a full queue refused.
    Refused,
    /// Periods missed.
    Missed,
}

impl Progress {
    /// Every counter, in the order of the segment.
    pub const ALL: [Self; 6] = [
        Self::Received,
        Self::Sent,
        Self::Lost,
        Self::Faults,
        Self::Refused,
        Self::Missed,
    ];

    /// Name for people and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Sent => "sent",
            Self::Lost => "lost",
            Self::Faults => "faults",
            Self::Refused => "refused",
            Self::Missed => "missed",
        }
    }

    fn word(self) -> usize {
        PROGRESS
            + match self {
                Self::Received => 0,
                Self::Sent => 1,
                Self::Lost => 2,
                Self::Faults => 3,
                Self::Refused => 4,
                Self::Missed => 5,
            }
    }
}

/// Where a fresh pulse segment of [`PULSE_BYTES`] is not zero, and what is there.
pub fn pulse_beginning() -> (usize, [u8; WORD]) {
    (PAGE, beginning(&LOG))
}

/// Makes a fresh pulse segment of memory with any content.
pub fn format_pulse(data: &mut [u8]) {
    data.fill(0);
    format(&LOG, data.get_mut(PAGE..).unwrap_or_default());
}

/// The subject's end.
pub struct PulseWriter {
    page: Segment,
    log: Writer,
    beats: u64,
}

impl PulseWriter {
    /// Attaches to a pulse, fresh or left by an earlier incarnation.
    ///
    /// # Safety
    ///
    /// `data` must point to [`PULSE_BYTES`] bytes mapped readable and writable as long as the writer
    /// lives, and accessed in this process only through ends of this crate. No other writer may be
    /// attached at the same time.
    pub unsafe fn attach(data: *mut u8, incarnation: Incarnation) -> Result<Self, Fault> {
        // SAFETY: the caller promised `PULSE_BYTES`, of which the first `PAGE` are these words.
        let page = unsafe { Segment::new(data, PAGE_WORDS) }?;
        // SAFETY: the log begins after that page and ends before `PULSE_BYTES`; the caller's
        // promise covers it, and a drop-oldest queue has no credit segment.
        let log = unsafe {
            let start = data.wrapping_add(PAGE);
            Writer::attach(start, core::ptr::null(), LOG, incarnation)
        }?;
        let beats = page.load(BEATS, Ordering::Relaxed);
        page.store(LAST_LENGTH, 0, Ordering::Relaxed);
        page.store(REFUSED, 0, Ordering::Relaxed);
        page.store(LAST_EPOCH, incarnation.epoch, Ordering::Release);
        Ok(Self { page, log, beats })
    }

    /// Leaves the last words of a program that is about to end; what exceeds [`LAST_BYTES_MAX`] is cut
    /// off, at a character. They stand until the next incarnation attaches.
    pub fn last_words(&mut self, text: &str) {
        let end = text.floor_char_boundary(LAST_BYTES_MAX);
        let bytes = text.as_bytes().get(..end).unwrap_or_default();
        if let Some(words) = self.page.words().get(LAST_TEXT..REFUSED) {
            store_bytes(words, bytes);
        }
        self.page
            .store(LAST_LENGTH, bytes.len() as u64, Ordering::Release);
    }

    /// One sign of life.
    pub fn beat(&mut self) {
        // Only change counts, so it may wrap.
        self.beats = self.beats.wrapping_add(1);
        self.page.store(BEATS, self.beats, Ordering::Release);
    }

    /// Sets a progress counter.
    pub fn set(&mut self, progress: Progress, value: u64) {
        self.page.store(progress.word(), value, Ordering::Relaxed);
    }

    /// Writes one record; what exceeds [`LOG_BYTES_MAX`] is cut off, at a character. `now_ns` is
    /// the monotonic time.
    pub fn log(&mut self, text: &str, now_ns: u64) {
        let end = text.floor_char_boundary(LOG_BYTES_MAX);
        let record = text.as_bytes().get(..end).unwrap_or_default();
        match self.log.send(record, now_ns) {
            Sent::Ok => {}
            // A drop-oldest queue is never full, and the record was cut.
            Sent::Full | Sent::TooLong => {}
        }
    }
}

/// Where a subject's allocator notes what was refused to it, in its pulse at this address.
#[cfg(feature = "std")]
pub(crate) fn refused_at(pulse: *mut u8) -> *mut core::sync::atomic::AtomicU64 {
    pulse.wrapping_add(REFUSED * WORD).cast()
}

/// A log record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Its bytes in the buffer. They may be anything: the subject chose them.
    pub len: usize,
    /// Epoch of the subject when it wrote it.
    pub epoch: u64,
    /// When it was written, as the subject says; nanoseconds of the monotonic clock.
    pub sent_ns: u64,
    /// Records lost since the one before.
    pub lost: u64,
}

/// The supervisor's end.
pub struct PulseReader {
    page: View,
    log: Reader,
}

impl PulseReader {
    /// Attaches to a pulse.
    ///
    /// # Safety
    ///
    /// `data` must point to [`PULSE_BYTES`] bytes mapped readable as long as the reader lives, and
    /// accessed in this process only through ends of this crate.
    pub unsafe fn attach(data: *const u8) -> Result<Self, Fault> {
        // SAFETY: the caller promised `PULSE_BYTES`, of which the first `PAGE` are these words.
        let page = unsafe { View::new(data, PAGE_WORDS) }?;
        // SAFETY: the log begins after that page and ends before `PULSE_BYTES`; the caller's
        // promise covers it, and a drop-oldest queue has no credit segment.
        let log = unsafe { Reader::attach(data.wrapping_add(PAGE), core::ptr::null_mut(), LOG) }?;
        Ok(Self { page, log })
    }

    /// Signs of life so far. Compare with the last answer: only change means anything.
    pub fn beats(&self) -> u64 {
        self.page.load(BEATS, Ordering::Acquire)
    }

    /// A progress counter, as the subject says.
    pub fn progress(&self, progress: Progress) -> u64 {
        self.page.load(progress.word(), Ordering::Relaxed)
    }

    /// What incarnation `epoch` of the subject said last, into `out`, which should hold
    /// [`LAST_BYTES_MAX`]; how many bytes it is. They may be anything: the subject chose them.
    pub fn last_words(&self, epoch: u64, out: &mut [u8]) -> Option<usize> {
        let length = usize::try_from(self.of_epoch(epoch, LAST_LENGTH)?).ok()?;
        let out = out
            .get_mut(..length)
            .filter(|_| (1..=LAST_BYTES_MAX).contains(&length))?;
        load_bytes(self.page.words().get(LAST_TEXT..REFUSED)?, out);
        Some(length)
    }

    /// Bytes of the last allocation that was refused to incarnation `epoch`, as the subject says.
    pub fn refused_bytes(&self, epoch: u64) -> Option<u64> {
        self.of_epoch(epoch, REFUSED).filter(|bytes| *bytes > 0)
    }

    /// A word that counts only for one incarnation.
    fn of_epoch(&self, epoch: u64, word: usize) -> Option<u64> {
        (self.page.load(LAST_EPOCH, Ordering::Acquire) == epoch)
            .then(|| self.page.load(word, Ordering::Acquire))
    }

    /// The next log record, if there is one, into `out`, which should hold [`LOG_BYTES_MAX`].
    pub fn next_log(&mut self, out: &mut [u8]) -> Option<LogRecord> {
        match self.log.receive(out) {
            Received::Message {
                len,
                epoch,
                sent_ns,
                sequence: _,
                lost,
            } => Some(LogRecord {
                len,
                epoch,
                sent_ns,
                lost,
            }),
            Received::Empty | Received::Busy | Received::Fault => None,
        }
    }

    /// Log records lost so far.
    pub fn lost(&self) -> u64 {
        self.log.counters().lost
    }

    /// Times the subject damaged its own log.
    pub fn faults(&self) -> u64 {
        self.log.counters().faults
    }
}

#[cfg(test)]
mod tests {
    use super::{LOG, LOG_BYTES_MAX, LOG_DEPTH, PAGE, PULSE_BYTES};

    #[test]
    fn the_log_fits_the_pulse() {
        assert_eq!(LOG.data_bytes(), Ok(PULSE_BYTES - PAGE));
        assert_eq!(LOG.depth, LOG_DEPTH);
        assert_eq!(LOG.message_bytes as usize, LOG_BYTES_MAX);
    }
}
