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
/// time stamp in the future does not keep data fresh.
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
    pub fn receive(&mut self) -> Option<Arrival<T>> {
        self.receive_at(clock::now_ns())
    }

    /// Takes everything that arrived and says what the newest value is and whether it may be used.
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

    pub(crate) fn read_at(&mut self, now_ns: u64) -> Reading<T> {
        let mut new = false;
        let mut lost = 0_u64;
        // A queue can be refilled while it is emptied: once around is enough.
        for _ in 0..=self.reader.shape().depth {
            match self.receive_at(now_ns) {
                Some(arrival) => {
                    new = true;
                    lost = lost.saturating_add(arrival.lost);
                }
                None => break,
            }
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

    pub(crate) fn receive_at(&mut self, now_ns: u64) -> Option<Arrival<T>> {
        let mut found = None;
        for _ in 0..=self.reader.shape().depth {
            let Received::Message {
                len,
                epoch,
                sent_ns,
                sequence,
                lost,
            } = self.reader.receive(&mut self.buffer)
            else {
                break;
            };
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
                    break;
                }
                _ => {
                    self.malformed = self.malformed.saturating_add(1);
                    self.tally.malformed();
                }
            }
        }
        self.report();
        if found.is_some() {
            self.last.clone_from(&found);
        }
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
