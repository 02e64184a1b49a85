//! The writing end.

use crate::segment::{Segment, View};
use crate::shape::{CREDIT_WORDS, EPOCH, FINGERPRINT, HEAD, Layout, MARK, RESUME_MAX, START, TAIL};
use crate::slot::Slot;
use crate::sync::Ordering;
use crate::{Fault, Incarnation, Kind, Sent, Shape};

/// The writing end of a channel. It never waits, and learns nothing from the reader but, on a
/// credit queue, the number of messages taken.
pub struct Writer {
    data: Segment,
    credit: Option<View>,
    shape: Shape,
    layout: Layout,
    incarnation: Incarnation,
    /// Messages written so far. INVARIANT: below `RESUME_MAX` at attach.
    tail: u64,
    /// First word of the slot of message `tail`.
    slot: usize,
    /// Messages the reader is known to have taken. INVARIANT: `taken <= tail <= taken + depth`.
    taken: u64,
    faults: u64,
}

impl Writer {
    /// Attaches to a segment, fresh or left by an earlier incarnation: a message that was complete
    /// stays, a damaged header or slot is repaired, so that a restarted writer heals its channel.
    /// Each has an [`Incarnation`] of its own.
    ///
    /// # Safety
    ///
    /// `data` must point to [`Shape::data_bytes`] bytes mapped readable and writable, and `credit`,
    /// on a credit queue, to [`Shape::credit_bytes`] bytes mapped readable; both as long as the
    /// writer lives, and accessed in this process only through ends of this crate. No other writer
    /// may be attached at the same time.
    pub unsafe fn attach(
        data: *mut u8,
        credit: *const u8,
        shape: Shape,
        incarnation: Incarnation,
    ) -> Result<Self, Fault> {
        let layout = shape.layout().map_err(|_| Fault::Shape)?;
        // SAFETY: the caller promised `data_bytes`, which is at least `words` words.
        let data = unsafe { Segment::new(data, layout.words) }?;
        let credit = match shape.kind {
            // SAFETY: the caller promised `credit_bytes` bytes on a credit queue.
            Kind::Credit => Some(unsafe { View::new(credit, CREDIT_WORDS) }?),
            Kind::Sampling | Kind::DropOldest | Kind::Event => None,
        };
        let mut writer = Self {
            data,
            credit,
            shape,
            layout,
            incarnation,
            tail: 0,
            slot: 0,
            taken: 0,
            faults: 0,
        };
        writer.repair();
        Ok(writer)
    }

    /// Sends a message; `now_ns` is the monotonic time. Sampling and drop-oldest channels always take it.
    #[inline]
    pub fn send(&mut self, message: &[u8], now_ns: u64) -> Sent {
        if message.len() > self.shape.message_bytes as usize {
            return Sent::TooLong;
        }
        if self.shape.kind == Kind::Credit && self.is_full() {
            return Sent::Full;
        }
        let Some(slot) = Slot::at(self.data.words(), self.slot, &self.layout) else {
            // An event channel has no slot, so that even an empty message is too long for it.
            return Sent::TooLong;
        };
        slot.put(self.tail, self.incarnation.epoch, now_ns, message);
        self.tail = self.tail.saturating_add(1);
        self.slot = self.layout.after(self.slot);
        self.data.store(TAIL, self.tail, Ordering::Release);
        Sent::Ok
    }

    /// Counts one event; on another kind than [`Kind::Event`] it is a fault and does nothing else.
    pub fn signal(&mut self) {
        if self.shape.kind == Kind::Event {
            self.tail = self.tail.saturating_add(1);
            self.data.store(TAIL, self.tail, Ordering::Release);
        } else {
            self.faults = self.faults.saturating_add(1);
        }
    }

    /// Messages or events written so far, earlier incarnations included.
    pub fn written(&self) -> u64 {
        self.tail
    }

    /// Times the reader's credit was impossible, or an earlier incarnation had left damage.
    pub fn faults(&self) -> u64 {
        self.faults
    }

    /// The agreed shape.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    #[inline]
    fn is_full(&mut self) -> bool {
        let depth = u64::from(self.shape.depth);
        if self.tail.saturating_sub(self.taken) < depth {
            return false;
        }
        let head = match &self.credit {
            Some(credit) => credit.load(HEAD, Ordering::Acquire),
            None => self.taken,
        };
        if (self.taken..=self.tail).contains(&head) {
            self.taken = head;
        } else {
            // A lie: more taken than written, or less than before. What was known stays known.
            self.faults = self.faults.saturating_add(1);
        }
        self.tail.saturating_sub(self.taken) >= depth
    }

    /// Brings header and slots into a state this writer could have left, and says where it begins.
    fn repair(&mut self) {
        let left = self.data.load(TAIL, Ordering::Acquire);
        self.tail = if left < RESUME_MAX { left } else { 0 };
        let mut sound = self.tail == left;
        if self.shape.kind != Kind::Event {
            if self.holds(self.tail) {
                // An earlier incarnation ended between the last two stores of a message.
                self.tail = self.tail.saturating_add(1);
            }
            sound &= self.repair_slots();
        }
        if !sound {
            self.faults = self.faults.saturating_add(1);
        }
        self.slot = self.layout.slot(self.tail);
        self.data.store(TAIL, self.tail, Ordering::Release);
        for (word, value) in [
            (FINGERPRINT, self.shape.fingerprint()),
            (EPOCH, self.incarnation.epoch),
            (START, self.tail),
        ] {
            self.data.store(word, value, Ordering::Relaxed);
        }
        // Whoever sees the mark sees the words above, and whoever sees a message of this
        // incarnation sees the mark.
        self.data
            .store(MARK, self.incarnation.mark, Ordering::Release);
    }

    /// Keeps the complete messages a reader may still want, and sees to it that every other slot
    /// awaits the message it will hold next. Says whether there was no damage.
    fn repair_slots(&mut self) -> bool {
        let depth = u64::from(self.shape.depth);
        let mut sound = true;
        let mut oldest = self.tail.saturating_sub(depth);
        if let Some(credit) = &self.credit {
            let head = credit.load(HEAD, Ordering::Acquire);
            let waiting = self.tail.checked_sub(head);
            if waiting.is_none_or(|waiting| waiting > depth) {
                // One of the two counts is wrong; only the reader can say what it will take next.
                sound = false;
                self.tail = if head < RESUME_MAX { head } else { self.tail };
                oldest = self.tail;
            } else {
                oldest = head;
                if let Some(first) = (oldest..self.tail).find(|message| !self.holds(*message)) {
                    sound = false;
                    self.tail = first;
                }
            }
            self.taken = oldest;
        }
        for next in self.tail..self.tail.saturating_add(self.layout.slots) {
            let Some(slot) = self.slot_of(next) else {
                continue;
            };
            let before = next.checked_sub(self.layout.slots);
            let awaits = slot.awaits(next);
            let sound_slot = match before.filter(|message| *message >= oldest) {
                // An earlier incarnation may have ended in the middle of the next one. A reader that
                // wants this one must see that it is gone.
                Some(message) => {
                    let gone = slot.begun(next) && !slot.awaits(message);
                    slot.holds(message) || (awaits && gone)
                }
                None => awaits,
            };
            if !sound_slot {
                slot.clear(next);
                sound = false;
            }
        }
        sound
    }

    fn holds(&self, message: u64) -> bool {
        self.slot_of(message)
            .is_some_and(|slot| slot.holds(message))
    }

    fn slot_of(&self, message: u64) -> Option<Slot<'_>> {
        Slot::at(self.data.words(), self.layout.slot(message), &self.layout)
    }
}
