//! Absolute-time periods.

/// One turn of a periodic subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Number of the turn, from 0.
    pub number: u64,
    /// When it was due; nanoseconds of the monotonic clock, a multiple of the period.
    pub due_ns: u64,
    /// When it began.
    pub now_ns: u64,
    /// Periods that passed without a turn since the one before.
    pub missed: u64,
}

/// Due times at the multiples of a period of the monotonic clock, which all subjects of a node
/// share: subjects of the same period are in phase, and no delay adds up.
pub(crate) struct Schedule {
    period_ns: u64,
    due_ns: u64,
    number: u64,
}

impl Schedule {
    pub(crate) fn new(period_ns: u64, now_ns: u64) -> Self {
        let period_ns = period_ns.max(1);
        let past = now_ns.checked_rem(period_ns).unwrap_or(0);
        Self {
            period_ns,
            due_ns: now_ns.saturating_sub(past).saturating_add(period_ns),
            number: 0,
        }
    }

    /// When the next turn is due.
    pub(crate) fn due_ns(&self) -> u64 {
        self.due_ns
    }

    /// The turn that begins at `now_ns`.
    pub(crate) fn turn(&mut self, now_ns: u64) -> Tick {
        let late_ns = now_ns.saturating_sub(self.due_ns);
        let missed = late_ns.checked_div(self.period_ns).unwrap_or(0);
        let due_ns = self
            .due_ns
            .saturating_add(missed.saturating_mul(self.period_ns));
        let number = self.number;
        self.number = number.saturating_add(1);
        self.due_ns = due_ns.saturating_add(self.period_ns);
        Tick {
            number,
            due_ns,
            now_ns,
            missed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Schedule, Tick};

    #[test]
    fn turns_are_due_at_multiples_whatever_the_delay() {
        let mut schedule = Schedule::new(100, 1_234);
        let mut check = |due_ns, now_ns, missed, number| {
            let tick = Tick {
                number,
                due_ns,
                now_ns,
                missed,
            };
            assert_eq!(schedule.turn(now_ns), tick);
        };
        check(1_300, 1_300, 0, 0);
        check(1_400, 1_499, 0, 1);
        // Three periods passed: the turn is that of the latest.
        check(1_800, 1_850, 3, 2);
        check(1_900, 1_900, 0, 3);
    }

    #[test]
    fn a_turn_is_never_due_at_once() {
        assert_eq!(Schedule::new(100, 1_300).due_ns(), 1_400);
        assert_eq!(Schedule::new(0, 7).due_ns(), 8);
        assert_eq!(Schedule::new(u64::MAX, u64::MAX - 1).due_ns(), u64::MAX);
    }
}
