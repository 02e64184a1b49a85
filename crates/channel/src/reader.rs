//! The reading end.

use crate::segment::{Segment, View};
use crate::shape::{COUNT_MAX, CREDIT_WORDS, EPOCH, FINGERPRINT, HEAD, Layout, OPEN, TAIL};
use crate::slot::{Copied, Slot, Taken};
use crate::sync::Ordering;
use crate::{Counters, Fault, Kind, Latest, Received, Shape};

/// Attempts to copy before a call gives up, so that no writer can hold a reader.
const ATTEMPTS: u32 = 4;
/// Empty calls after which a reader compares its place with the writer's count. That is how it
/// notices a repair by a new writer whose epoch the earlier one had announced already; it is not
/// done each time because a spinning reader would slow the writer down.
const IDLE_MAX: u32 = if cfg!(feature = "loom") { 1 } else { 64 };

/// The reading end of a channel. It believes nothing it reads: whatever the writer stores, a call
/// ends after a bounded number of steps, and a message is a private copy of bounded length.
pub struct Reader {
    data: View,
    credit: Option<Segment>,
    shape: Shape,
    layout: Layout,
    fingerprint: u64,
    /// Epoch word seen last.
    epoch: u64,
    /// The next message wanted; on an event, the events already reported.
    next: u64,
    /// On a queue, the first word of the slot of message `next`.
    slot: usize,
    /// Losses not yet reported with a message.
    lost: u64,
    /// Empty calls since the last check of `next`.
    idle: u32,
    counters: Counters,
}

impl Reader {
    /// Attaches to a segment. On a credit queue the reader goes on after the last message that its
    /// earlier incarnation took, whether or not it had finished with it. The other kinds have no memory of a reader: it begins with the oldest message (the
    /// newest value, all events) still there, so that after its own restart it may see some again.
    ///
    /// # Safety
    ///
    /// `data` must point to [`Shape::data_bytes`] bytes mapped readable, and `credit`, on a credit
    /// queue, to [`Shape::credit_bytes`] bytes mapped readable and writable; both as long as the
    /// reader lives, and accessed in this process only through ends of this crate. No other reader
    /// of a credit queue may be attached at the same time.
    pub unsafe fn attach(data: *const u8, credit: *mut u8, shape: Shape) -> Result<Self, Fault> {
        let layout = shape.layout().map_err(|_| Fault::Shape)?;
        // SAFETY: the caller promised `data_bytes`, which is at least `words` words.
        let data = unsafe { View::new(data, layout.words) }?;
        let credit = match shape.kind {
            // SAFETY: the caller promised `credit_bytes` bytes on a credit queue.
            Kind::Credit => Some(unsafe { Segment::new(credit, CREDIT_WORDS) }?),
            Kind::Sampling | Kind::Lossy | Kind::Event => None,
        };
        let mut reader = Self {
            data,
            credit,
            shape,
            layout,
            fingerprint: shape.fingerprint(),
            epoch: 0,
            next: 0,
            slot: layout.slot(0),
            lost: 0,
            idle: 0,
            counters: Counters::default(),
        };
        reader.begin();
        Ok(reader)
    }

    /// Takes the next message of a queue, or the newest value of a sampling channel if it was not
    /// seen before, into `out`. `out` should hold [`Shape::message_bytes`]; a message that does not
    /// fit is dropped as a fault. An event channel is always empty.
    #[inline]
    pub fn receive(&mut self, out: &mut [u8]) -> Received {
        if !self.header_is_sound() {
            return Received::Fault;
        }
        match self.shape.kind {
            Kind::Lossy | Kind::Credit => self.receive_next(out),
            Kind::Sampling => self.receive_newest(out),
            Kind::Event => Received::Empty,
        }
    }

    /// Copies the newest value of a sampling channel into `out`, seen before or not. On another
    /// kind there never is one.
    pub fn latest(&mut self, out: &mut [u8]) -> Latest {
        if self.shape.kind != Kind::Sampling {
            return Latest::Never;
        }
        if self.header_is_sound() {
            self.newest(out)
        } else {
            Latest::Fault
        }
    }

    /// Events since the last call; 0 on another kind.
    pub fn events(&mut self) -> u64 {
        if self.shape.kind != Kind::Event || !self.header_is_sound() {
            return 0;
        }
        let tail = self.data.load(TAIL, Ordering::Acquire);
        if tail < self.next {
            self.fault();
        }
        let new = tail.saturating_sub(self.next);
        self.next = tail;
        self.counters.received = self.counters.received.saturating_add(new);
        new
    }

    /// What was seen since this reader attached.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Epoch the writer announced last, as far as a call noticed; 0 before any writer attached.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The agreed shape.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Takes message `sequence` from the slot that begins at word `slot`.
    #[inline]
    fn take(&self, slot: usize, sequence: u64, out: &mut [u8]) -> Taken {
        match Slot::at(self.data.words(), slot, &self.layout) {
            Some(slot) => slot.take(sequence, self.layout.message_bytes, out),
            None => Taken::Other(0),
        }
    }

    #[inline]
    fn receive_next(&mut self, out: &mut [u8]) -> Received {
        for attempt in 0..ATTEMPTS {
            let sequence = self.next;
            match self.take(self.slot, sequence, out) {
                Taken::Message(copied) => {
                    self.pass();
                    return self.received(copied, sequence);
                }
                Taken::Other(word) if word & !OPEN <= sequence.saturating_add(1) => {
                    self.idle += 1;
                    if self.idle >= IDLE_MAX {
                        self.resume();
                    }
                    return Received::Empty;
                }
                taken => {
                    if let Some(end) = self.settle(&taken, attempt) {
                        return end;
                    }
                }
            }
        }
        Received::Busy
    }

    /// Deals with a slot that holds neither the wanted message nor an earlier one. Says what the
    /// call ends with, if it ends.
    #[cold]
    fn settle(&mut self, taken: &Taken, attempt: u32) -> Option<Received> {
        match taken {
            Taken::BadLength => {
                self.pass();
                self.lose(1);
                Some(self.faulty())
            }
            _ if self.shape.kind == Kind::Credit => {
                // No honest writer touches a message before it was taken.
                self.skip_to_tail();
                Some(self.faulty())
            }
            Taken::Other(_) if !self.catch_up(attempt) => Some(self.faulty()),
            Taken::Other(_) | Taken::Changed | Taken::Message(_) => None,
        }
    }

    fn receive_newest(&mut self, out: &mut [u8]) -> Received {
        if self.data.load(TAIL, Ordering::Acquire) == self.next {
            return Received::Empty;
        }
        match self.newest(out) {
            Latest::Value {
                len,
                epoch,
                sent_ns,
                sequence,
                lost,
                fresh: true,
            } => Received::Message {
                len,
                epoch,
                sent_ns,
                sequence,
                lost,
            },
            Latest::Value { fresh: false, .. } | Latest::Never => Received::Empty,
            Latest::Busy => Received::Busy,
            Latest::Fault => Received::Fault,
        }
    }

    /// INVARIANT: on a sampling channel `next` is the count of values up to the last one seen.
    fn newest(&mut self, out: &mut [u8]) -> Latest {
        for _ in 0..ATTEMPTS {
            let tail = self.data.load(TAIL, Ordering::Acquire);
            let Some(sequence) = tail.checked_sub(1) else {
                return Latest::Never;
            };
            if tail >= COUNT_MAX || tail < self.next {
                self.next = if tail < COUNT_MAX { sequence } else { 0 };
                self.fault();
                return Latest::Fault;
            }
            let slot = self.layout.slot(sequence);
            match self.take(slot, sequence, out) {
                Taken::Message(copied) => {
                    let fresh = tail > self.next;
                    if fresh {
                        self.lose(sequence.saturating_sub(self.next));
                        self.next = tail;
                        self.counters.received = self.counters.received.saturating_add(1);
                    }
                    return Latest::Value {
                        len: copied.len,
                        epoch: copied.epoch,
                        sent_ns: copied.sent_ns,
                        sequence,
                        lost: core::mem::take(&mut self.lost),
                        fresh,
                    };
                }
                Taken::BadLength => {
                    self.fault();
                    return Latest::Fault;
                }
                Taken::Other(_) | Taken::Changed => {}
            }
        }
        Latest::Busy
    }

    /// Passes over messages of a lossy queue that were overwritten, the wanted one at least: first
    /// to the oldest message still there, in later attempts closer to the newest and at last past it. Says whether the
    /// writer's count makes sense.
    fn catch_up(&mut self, attempt: u32) -> bool {
        let tail = self.data.load(TAIL, Ordering::Acquire);
        if tail >= COUNT_MAX || tail <= self.next {
            return false;
        }
        let depth = u64::from(self.shape.depth);
        let keep = match attempt {
            0 => depth,
            1 => depth / 2,
            2 => depth / 8,
            _ => 0,
        };
        let target = tail.saturating_sub(keep).max(self.next.saturating_add(1));
        self.lose(target.saturating_sub(self.next));
        self.advance(target);
        true
    }

    /// After a breach on a credit queue: gives up what was waiting, if the count makes sense.
    fn skip_to_tail(&mut self) {
        let tail = self.data.load(TAIL, Ordering::Acquire);
        if tail < COUNT_MAX && tail > self.next {
            self.lose(tail.saturating_sub(self.next));
            self.advance(tail);
        }
    }

    /// Goes on to the next message.
    #[inline]
    fn pass(&mut self) {
        self.next = self.next.saturating_add(1);
        self.slot = self.layout.after(self.slot);
        self.give_credit();
    }

    /// Goes on to message `next`.
    fn advance(&mut self, next: u64) {
        self.next = next;
        self.slot = self.layout.slot(next);
        self.give_credit();
    }

    #[inline]
    fn give_credit(&self) {
        if let Some(credit) = &self.credit {
            credit.store(HEAD, self.next, Ordering::Release);
        }
    }

    #[inline]
    fn received(&mut self, copied: Copied, sequence: u64) -> Received {
        self.counters.received = self.counters.received.saturating_add(1);
        self.idle = 0;
        Received::Message {
            len: copied.len,
            epoch: copied.epoch,
            sent_ns: copied.sent_ns,
            sequence,
            lost: core::mem::take(&mut self.lost),
        }
    }

    fn lose(&mut self, count: u64) {
        self.lost = self.lost.saturating_add(count);
        self.counters.lost = self.counters.lost.saturating_add(count);
    }

    fn fault(&mut self) {
        self.counters.faults = self.counters.faults.saturating_add(1);
    }

    fn faulty(&mut self) -> Received {
        self.fault();
        Received::Fault
    }

    /// Whether the segment still has the agreed shape. Notices a new incarnation of the writer,
    /// which may have had to repair the channel.
    #[inline]
    fn header_is_sound(&mut self) -> bool {
        let epoch = self.data.load(EPOCH, Ordering::Acquire);
        if self.data.load(FINGERPRINT, Ordering::Relaxed) != self.fingerprint {
            self.fault();
            return false;
        }
        if epoch != self.epoch {
            self.epoch = epoch;
            self.resume();
        }
        true
    }

    fn begin(&mut self) {
        self.epoch = self.data.load(EPOCH, Ordering::Acquire);
        let head = self.credit.as_ref();
        let head = head.map(|credit| credit.load(HEAD, Ordering::Acquire));
        let tail = self.data.load(TAIL, Ordering::Acquire);
        match head {
            Some(head) => {
                self.advance(head);
                self.resume();
            }
            None if self.shape.kind == Kind::Event || tail >= COUNT_MAX => {}
            None => self.advance(tail.saturating_sub(self.shape.depth.into())),
        }
    }

    /// Makes `next` agree with the count of a new incarnation.
    fn resume(&mut self) {
        self.idle = 0;
        let tail = self.data.load(TAIL, Ordering::Acquire);
        let depth = u64::from(self.shape.depth);
        let counted = tail >= self.next || self.is_about_to_count(tail);
        let fits = tail.saturating_sub(self.next) <= depth;
        let sound = counted && (fits || self.shape.kind != Kind::Credit);
        if sound {
            return;
        }
        self.fault();
        if tail < COUNT_MAX {
            match self.shape.kind {
                Kind::Credit | Kind::Event => self.advance(tail),
                Kind::Sampling | Kind::Lossy => self.advance(tail.saturating_sub(depth)),
            }
        } else {
            self.advance(0);
        }
    }

    /// A message is visible in its slot just before it is counted: whether that is the reason why
    /// `next` is one ahead of the count.
    fn is_about_to_count(&self, tail: u64) -> bool {
        let word = self.data.load(self.layout.slot(tail), Ordering::Acquire);
        let complete = word == self.next || word & !OPEN > self.next;
        tail.saturating_add(1) == self.next && complete
    }
}
