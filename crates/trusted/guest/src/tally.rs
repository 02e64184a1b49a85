//! The subject's progress counters, gathered from its ports and shown in its pulse.

use channel::pulse::{Progress, PulseWriter};
use channel::{Counters, Sent};
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that all ports of a subject share.
#[derive(Default)]
pub(crate) struct Tally {
    received: AtomicU64,
    sent: AtomicU64,
    lost: AtomicU64,
    faults: AtomicU64,
    refused: AtomicU64,
    missed: AtomicU64,
}

impl Tally {
    pub(crate) fn arrived(&self, before: &Counters, now: &Counters) {
        add(&self.received, now.received.saturating_sub(before.received));
        add(&self.lost, now.lost.saturating_sub(before.lost));
        add(&self.faults, now.faults.saturating_sub(before.faults));
    }

    pub(crate) fn malformed(&self) {
        add(&self.faults, 1);
    }

    pub(crate) fn sent(&self, sent: Sent) {
        match sent {
            Sent::Ok => add(&self.sent, 1),
            Sent::Full | Sent::TooLong => add(&self.refused, 1),
        }
    }

    pub(crate) fn missed(&self, periods: u64) {
        add(&self.missed, periods);
    }

    pub(crate) fn show(&self, pulse: &mut PulseWriter) {
        for progress in Progress::ALL {
            let counter = match progress {
                Progress::Received => &self.received,
                Progress::Sent => &self.sent,
                Progress::Lost => &self.lost,
                Progress::Faults => &self.faults,
                Progress::Refused => &self.refused,
                Progress::Missed => &self.missed,
            };
            pulse.set(progress, counter.load(Ordering::Relaxed));
        }
    }
}

fn add(counter: &AtomicU64, count: u64) {
    if count != 0 {
        counter.fetch_add(count, Ordering::Relaxed);
    }
}
