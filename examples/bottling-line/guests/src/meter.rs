//! Keeps what is recorded bounded: so much a second one by one, the rest as a number. Who floods the
//! line with requests cannot fill the journal, nor hide what others do.

const SECOND_NS: u64 = 1_000_000_000;

/// Counts what comes in each second.
#[derive(Debug)]
pub struct Meter {
    per_second_max: u32,
    second: u64,
    passed: u32,
    more: u64,
}

impl Meter {
    /// Lets so many a second pass one by one.
    pub fn new(per_second_max: u32) -> Self {
        Self {
            per_second_max,
            second: 0,
            passed: 0,
            more: 0,
        }
    }

    /// Whether one more passes by itself; if not, it is counted.
    pub fn passes(&mut self, now_ns: u64) -> bool {
        let second = now_ns / SECOND_NS;
        if second != self.second {
            (self.second, self.passed) = (second, 0);
        }
        let passes = self.passed < self.per_second_max;
        if passes {
            self.passed += 1;
        } else {
            self.more = self.more.saturating_add(1);
        }
        passes
    }

    /// How many were counted in seconds that are over; the count begins again.
    pub fn more(&mut self, now_ns: u64) -> Option<u64> {
        if self.more == 0 || now_ns / SECOND_NS == self.second {
            return None;
        }
        Some(std::mem::take(&mut self.more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_a_second() {
        let mut meter = Meter::new(2);
        let second = |n: u64| n * SECOND_NS;
        let passed = [0, 0, 1, 2].map(|ns| meter.passes(second(5) + ns));
        assert_eq!(passed, [true, true, false, false]);
        assert_eq!(meter.more(second(6) - 1), None, "the second is not over");
        assert_eq!(meter.more(second(6)), Some(2));
        assert_eq!(meter.more(second(7)), None);
        assert!(meter.passes(second(7)));
    }

    proptest! {
        #[test]
        fn nothing_is_forgotten(pauses in prop::collection::vec(0..SECOND_NS, 1..200)) {
            let mut meter = Meter::new(3);
            let (mut now, mut seen) = (0, 0);
            for pause in &pauses {
                now += pause;
                seen += meter.more(now).unwrap_or(0) + u64::from(meter.passes(now));
            }
            seen += meter.more(now + SECOND_NS).unwrap_or(0);
            prop_assert_eq!(seen, pauses.len() as u64);
        }
    }
}
