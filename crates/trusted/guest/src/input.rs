//! Typed in-ports.

use crate::tally::Tally;
use crate::{Error, Message};
use channel::table::{OnStale, PortSpec};
use channel::{Counters, Kind, Reader, Received, clock};
use core::marker::PhantomData;
use std::sync::Arc;

/// An in-port for messages of one type.
///
/// A message that is no `T` is counted as a fault and passed over. The age of a message is taken
/// from the writer's time stamp, but never counts as younger than the moment it was first seen: a
/// time stamp in the future does not keep data fresh. No call looks at more messages than the channel
/// keeps, so that no writer can hold its reader.
pub struct Input<T> {
    reader: Reader,
    max_age_ns: u64,
    on_stale: OnStale,
    buffer: Vec<u8>,
    opened_ns: u64,
    last: Option<Arrival<T>>,
    malformed: u64,
    reported: Counters,
    tally: Arc<Tally>,
    message: PhantomData<T>,
}

/// A message that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival<T> {
    /// The message.
    pub value: T,
    /// Nanoseconds of the monotonic clock from which its age counts.
    pub since_ns: u64,
    /// Epoch of the writer: it changes when the writer was restarted.
    pub epoch: u64,
    /// Its number in the channel, from 0.
    pub sequence: u64,
    /// Messages lost before it, since the one seen before.
    pub lost: u64,
}

/// What an in-port says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// A value not older than the port permits.
    Fresh {
        /// The value.
        value: T,
        /// Its age.
        age_ns: u64,
        /// Epoch of the writer: it changes when the writer was restarted.
        epoch: u64,
        /// Its number in the channel.
        sequence: u64,
        /// Messages lost before it since the reading before.
        lost: u64,
        /// Whether it arrived since the reading before.
        new: bool,
    },
    /// The newest value is older than the port permits, or none came for as long as that.
    Stale {
        /// The newest value, if there is one.
        last: Option<T>,
        /// What the model says to do.
        on_stale: OnStale,
    },
    /// No value ever came, and the port states no age or it has not passed.
    Never,
}

impl<T> Reading<T> {
    /// The value to act on, as the model says: the fresh one; of a stale one what `on-stale` says,
    /// the last one (hold) or `safe` (safe value); else none: do not act.
    pub fn act(self, safe: T) -> Option<T> {
        match self {
            Self::Fresh { value, .. } => Some(value),
            Self::Stale { last, on_stale } => match on_stale {
                OnStale::Hold => last,
                OnStale::SafeValue => Some(safe),
                OnStale::Stop => None,
            },
            Self::Never => None,
        }
    }

    /// The value if it is fresh.
    pub fn fresh(self) -> Option<T> {
        match self {
            Self::Fresh { value, .. } => Some(value),
            Self::Stale { .. } | Self::Never => None,
        }
    }
}

impl<T: Message + Clone> Input<T> {
    pub(crate) fn new(
        reader: Reader,
        port: &PortSpec<'_>,
        tally: Arc<Tally>,
    ) -> Result<Self, Error> {
        crate::port::check::<T>(port)?;
        Ok(Self {
            reader,
            max_age_ns: port.max_age_ns,
            on_stale: port.on_stale,
            buffer: vec![0; port.shape.message_bytes as usize],
            opened_ns: clock::now_ns(),
            last: None,
            malformed: 0,
            reported: Counters::default(),
            tally,
            message: PhantomData,
        })
    }

    /// The next message not seen yet: of a queue in order, of a sampling channel the newest.
    ///
    /// One call looks at no more messages than the channel keeps. A loop around it does not end while
    /// the writer keeps writing: to take all that arrived, use [`drain`](Self::drain).
    pub fn receive(&mut self) -> Option<Arrival<T>> {
        self.drain().next()
    }

    /// Takes the messages that are there, oldest first, and ends although the writer keeps writing:
    /// all steps together look at no more messages than the channel keeps, whatever they are. What
    /// is not taken stays: `drain().take(4)` leaves the rest for the next turn.
    pub fn drain(&mut self) -> Drain<'_, T> {
        self.drain_at(clock::now_ns())
    }

    /// Takes everything that arrived and says what the newest value is and whether it may be used.
    /// It looks at no more messages than the channel keeps.
    pub fn read(&mut self) -> Reading<T> {
        self.read_at(clock::now_ns())
    }

    /// What the ring saw: received, lost, breaches by the writer.
    pub fn counters(&self) -> Counters {
        self.reader.counters()
    }

    /// Messages that were no `T`.
    pub fn malformed(&self) -> u64 {
        self.malformed
    }

    pub(crate) fn drain_at(&mut self, now_ns: u64) -> Drain<'_, T> {
        let left = self.reader.shape().depth;
        Drain {
            input: self,
            now_ns,
            left,
        }
    }

    pub(crate) fn read_at(&mut self, now_ns: u64) -> Reading<T> {
        let mut new = false;
        let mut lost = 0_u64;
        let mut left = self.reader.shape().depth;
        while let Some(arrival) = self.take(now_ns, &mut left) {
            new = true;
            lost = lost.saturating_add(arrival.lost);
            self.last = Some(arrival);
        }
        let since_ns = self
            .last
            .as_ref()
            .map_or(self.opened_ns, |last| last.since_ns);
        let age_ns = now_ns.saturating_sub(since_ns);
        let stale = self.max_age_ns != 0 && age_ns > self.max_age_ns;
        match &self.last {
            Some(last) if !stale => Reading::Fresh {
                value: last.value.clone(),
                age_ns,
                epoch: last.epoch,
                sequence: last.sequence,
                lost,
                new,
            },
            None if !stale => Reading::Never,
            last => Reading::Stale {
                last: last.as_ref().map(|last| last.value.clone()),
                on_stale: self.on_stale,
            },
        }
    }

    /// The next message that is a `T`, if there is one among the next `left`, which are counted down.
    fn take(&mut self, now_ns: u64, left: &mut u32) -> Option<Arrival<T>> {
        let mut found = None;
        while found.is_none()
            && let Some(rest) = left.checked_sub(1)
        {
            *left = rest;
            let wanted = self.reader.wanted();
            match self.reader.receive(&mut self.buffer) {
                Received::Message {
                    len,
                    epoch,
                    sent_ns,
                    sequence,
                    lost,
                } => {
                    let bytes = self.buffer.get(..len).unwrap_or_default();
                    match T::decode(bytes) {
                        Ok(value) if len == T::BYTES => {
                            found = Some(Arrival {
                                value,
                                since_ns: sent_ns.min(now_ns),
                                epoch,
                                sequence,
                                lost,
                            });
                        }
                        _ => {
                            self.malformed = self.malformed.saturating_add(1);
                            self.tally.malformed();
                        }
                    }
                }
                // What the fault was about has been passed over: there may be more behind it.
                Received::Fault if self.reader.wanted() != wanted => {}
                Received::Empty | Received::Busy | Received::Fault => *left = 0,
            }
        }
        self.report();
        found
    }

    /// Adds what is new in the counters to the subject's.
    fn report(&mut self) {
        let counters = self.reader.counters();
        if counters != self.reported {
            self.tally.arrived(&self.reported, &counters);
            self.reported = counters;
        }
    }
}

/// The messages of an in-port that are there; see [`Input::drain`].
pub struct Drain<'a, T> {
    input: &'a mut Input<T>,
    now_ns: u64,
    /// How many messages may still be looked at.
    left: u32,
}

impl<T: Message + Clone> Iterator for Drain<'_, T> {
    type Item = Arrival<T>;

    fn next(&mut self) -> Option<Arrival<T>> {
        let arrival = self.input.take(self.now_ns, &mut self.left)?;
        self.input.last = Some(arrival.clone());
        Some(arrival)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, usize::try_from(self.left).ok())
    }
}

/// An in-port for events.
pub struct EventInput(Reader);

impl EventInput {
    pub(crate) fn new(reader: Reader, port: &PortSpec<'_>) -> Result<Self, Error> {
        crate::port::check_kind(port, port.shape.kind == Kind::Event)?;
        Ok(Self(reader))
    }

    /// Events since the last call.
    pub fn count(&mut self) -> u64 {
        self.0.events()
    }
}
