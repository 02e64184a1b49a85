//! The reading end.

use crate::segment::{Segment, View};
use crate::shape::{COUNT_MAX, CREDIT_WORDS, EPOCH, FINGERPRINT, HEAD, Layout, MARK, START, TAIL};
use crate::slot::{Copied, Slot, Taken};
use crate::sync::Ordering;
use crate::{Counters, Fault, Kind, Latest, Received, Shape};

/// Attempts before a call gives up, so that no writer can hold a reader.
const ATTEMPTS: u32 = 4;

/// What the header says.
#[derive(PartialEq, Eq)]
enum Header {
    /// The channel is as agreed, and its writer the same as before.
    Sound,
    /// There is a new incarnation of the writer. If it begins before what was received, an earlier
    /// one had moved its count: that is counted as a fault, and `next` is where the new one begins.
    Met,
    /// It is not this channel. Counted as a fault.
    Foreign,
}

/// The reading end of a channel. It believes nothing it reads: whatever the writer stores, a call
/// ends after a bounded number of steps, and a message is a private copy of bounded length.
pub struct Reader {
    data: View,
    credit: Option<Segment>,
    shape: Shape,
    layout: Layout,
    fingerprint: u64,
    /// Mark and epoch of the writer seen last; 0 = none.
    mark: u64,
    epoch: u64,
    /// The next message wanted; on an event or a sampling channel, how many were already seen.
    /// INVARIANT: a queue counts no message in before it has seen the mark of its writer.
    next: u64,
    /// On a queue, the first word of the slot of message `next`.
    slot: usize,
    /// Losses not yet reported with a message.
    lost: u64,
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
            Kind::Sampling | Kind::DropOldest | Kind::Event => None,
        };
        let mut reader = Self {
            data,
            credit,
            shape,
            layout,
            fingerprint: shape.fingerprint(),
            mark: 0,
            epoch: 0,
            next: 0,
            slot: layout.slot(0),
            lost: 0,
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
        match self.shape.kind {
            Kind::DropOldest | Kind::Credit => self.receive_next(out),
            Kind::Sampling => self.receive_newest(out),
            Kind::Event => Received::Empty,
        }
    }

    /// Copies the newest value of a sampling channel into `out`, seen before or not. On another
    /// kind there never is one.
    pub fn latest(&mut self, out: &mut [u8]) -> Latest {
        match self.shape.kind {
            Kind::Sampling => self.newest(out, true),
            Kind::DropOldest | Kind::Credit | Kind::Event => Latest::Never,
        }
    }

    /// Events since the last call; 0 on another kind.
    pub fn events(&mut self) -> u64 {
        if self.shape.kind != Kind::Event {
            return 0;
        }
        let Some(tail) = self.count() else {
            return 0;
        };
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

    /// Number of the message that a queue gives next, if it is still there; on another kind, how many
    /// values or events were seen.
    pub fn wanted(&self) -> u64 {
        self.next
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
        let mut settled = 0;
        for _ in 0..ATTEMPTS {
            let sequence = self.next;
            let taken = self.take(self.slot, sequence, out);
            match self.header() {
                Header::Sound => {}
                // What was copied may be a mixture of what both wrote.
                Header::Met => continue,
                Header::Foreign => return Received::Fault,
            }
            match taken {
                Taken::Message(copied) => {
                    self.pass();
                    return self.received(copied, sequence);
                }
                Taken::Other(number) if number <= sequence => {
                    return Received::Empty;
                }
                taken => {
                    if let Some(end) = self.settle(&taken, settled) {
                        return end;
                    }
                    settled += 1;
                }
            }
        }
        Received::Busy
    }

    /// Deals with a slot that holds neither the wanted message nor an earlier one, `before` of which
    /// this call has met. Says what the call ends with, if it ends.
    #[cold]
    fn settle(&mut self, taken: &Taken, before: u32) -> Option<Received> {
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
            Taken::Other(_) if !self.catch_up(before) => Some(self.faulty()),
            Taken::Other(_) | Taken::Changed | Taken::Message(_) => None,
        }
    }

    fn receive_newest(&mut self, out: &mut [u8]) -> Received {
        match self.newest(out, false) {
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

    /// The newest value; one that was seen before only if it is wanted again.
    fn newest(&mut self, out: &mut [u8], again: bool) -> Latest {
        for _ in 0..ATTEMPTS {
            let Some(tail) = self.count() else {
                return Latest::Fault;
            };
            if tail == self.next && !again {
                return Latest::Never;
            }
            let Some(sequence) = tail.checked_sub(1) else {
                return Latest::Never;
            };
            if tail >= COUNT_MAX || tail < self.next {
                self.next = if tail < COUNT_MAX { sequence } else { 0 };
                self.fault();
                return Latest::Fault;
            }
            let slot = self.layout.slot(sequence);
            let taken = self.take(slot, sequence, out);
            match self.header() {
                Header::Sound => {}
                // As in a queue.
                Header::Met => continue,
                Header::Foreign => return Latest::Fault,
            }
            match taken {
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

    /// Passes over messages of a drop-oldest queue that were overwritten, the wanted one at least: first
    /// to the oldest message still there, when that is too late closer to the newest and at last
    /// past it. Says whether the writer's count makes sense.
    fn catch_up(&mut self, before: u32) -> bool {
        let Some(tail) = self.count_ahead() else {
            return false;
        };
        let depth = u64::from(self.shape.depth);
        let keep = match before {
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
        if let Some(tail) = self.count_ahead() {
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

    /// Looks whether the segment still is the agreed channel and its writer the same as before. A
    /// call that accepts a message does so after it took the message: whoever sees a message of a
    /// new incarnation then sees its mark, too.
    #[inline]
    fn header(&mut self) -> Header {
        let mark = self.data.load(MARK, Ordering::Acquire);
        if self.data.load(FINGERPRINT, Ordering::Relaxed) != self.fingerprint {
            self.fault();
            return Header::Foreign;
        }
        if mark == self.mark {
            return Header::Sound;
        }
        self.meet(mark)
    }

    /// Meets a new incarnation of the writer. An honest one that follows honest ones never begins
    /// before a message that they completed.
    #[cold]
    fn meet(&mut self, mark: u64) -> Header {
        self.mark = mark;
        self.epoch = self.data.load(EPOCH, Ordering::Relaxed);
        let start = self.data.load(START, Ordering::Relaxed);
        if start < self.next {
            self.fault();
            self.advance(start);
        }
        Header::Met
    }

    /// The count of the writer that was met last; none if the segment is not the agreed channel.
    fn count(&mut self) -> Option<u64> {
        let mut tail = self.data.load(TAIL, Ordering::Acquire);
        for _ in 0..ATTEMPTS {
            let before = self.mark;
            if self.header() == Header::Foreign {
                return None;
            }
            if self.mark == before {
                break;
            }
            tail = self.data.load(TAIL, Ordering::Acquire);
        }
        Some(tail)
    }

    /// The same, if it makes sense and there are messages that were not taken.
    fn count_ahead(&mut self) -> Option<u64> {
        let tail = self.count()?;
        (tail < COUNT_MAX && tail > self.next).then_some(tail)
    }

    fn begin(&mut self) {
        let head = self.credit.as_ref();
        let head = head.map(|credit| credit.load(HEAD, Ordering::Acquire));
        let mut tail = 0;
        for _ in 0..ATTEMPTS {
            self.mark = self.data.load(MARK, Ordering::Acquire);
            self.epoch = self.data.load(EPOCH, Ordering::Relaxed);
            tail = self.data.load(TAIL, Ordering::Acquire);
            if self.data.load(MARK, Ordering::Relaxed) == self.mark {
                break;
            }
        }
        match head {
            Some(head) if self.may_wait(head, tail) => self.advance(head),
            Some(_) => {
                self.fault();
                self.advance(if tail < COUNT_MAX { tail } else { 0 });
            }
            None if self.shape.kind == Kind::Event || tail >= COUNT_MAX => {}
            None => self.advance(tail.saturating_sub(self.shape.depth.into())),
        }
    }

    /// Whether the reader of a credit queue can have taken `head` messages of `tail`. It may have
    /// taken one that is complete but not yet counted.
    fn may_wait(&self, head: u64, tail: u64) -> bool {
        match tail.checked_sub(head) {
            Some(waiting) => waiting <= self.shape.depth.into(),
            None => {
                let slot = self.layout.slot(tail);
                let slot = Slot::at(self.data.words(), slot, &self.layout);
                tail.saturating_add(1) == head && slot.is_some_and(|slot| !slot.awaits(tail))
            }
        }
    }
}
