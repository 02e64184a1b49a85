//! How often what goes on is told: the first times at once, then less and less often, so that a subject
//! that makes trouble all the time cannot fill the log with it.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_secs(1);
const LAST: Duration = Duration::from_secs(3600);

/// When something of one kind may be told next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// How many times are told at once.
    burst: u32,
    left: u32,
    pause: Duration,
    next: Option<Instant>,
    last: Option<Instant>,
}

impl Pace {
    /// Nothing was told yet; the first so many times are told at once.
    pub(crate) fn new(burst: u32) -> Self {
        Self {
            burst,
            left: burst,
            pause: FIRST,
            next: None,
            last: None,
        }
    }

    /// It happened: whether it may be told now. It begins anew when it did not happen for as long as the
    /// longest pause: who pauses to be told more often gains nothing.
    pub(crate) fn may_tell(&mut self, now: Instant) -> bool {
        let quiet = |last: Instant| now.saturating_duration_since(last) > LAST;
        if self.last.is_some_and(quiet) {
            *self = Self::new(self.burst);
        }
        self.last = Some(now);
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            self.next = Some(now + self.pause);
            return true;
        }
        let due = self.is_due(now);
        if due {
            self.told(now);
        }
        due
    }

    /// It happened, and may be told in a while if nothing of its kind was told yet.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.next.get_or_insert(now + self.pause);
    }

    /// Whether what happened meanwhile may be told, though it does not happen now.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.next.is_none_or(|next| now >= next)
    }

    /// It was told; the next has to wait twice as long.
    pub(crate) fn told(&mut self, now: Instant) {
        self.pause = self.pause.saturating_mul(2).min(LAST);
        self.next = Some(now + self.pause);
    }
}

#[cfg(test)]
mod tests {
    use super::{FIRST, LAST, Pace};
    use std::time::{Duration, Instant};

    /// Seconds at which trouble is told that happens ten times a second until `until`.
    fn told(pace: &mut Pace, begin: Instant, from: u64, until: u64) -> Vec<u64> {
        let ticks = (from * 10)..(until * 10);
        let told = ticks.filter(|tick| pace.may_tell(begin + Duration::from_millis(tick * 100)));
        told.map(|tick| tick / 10).collect()
    }

    #[test]
    fn trouble_that_goes_on_is_told_less_and_less_often() {
        let (mut pace, begin) = (Pace::new(1), Instant::now());
        assert_eq!(told(&mut pace, begin, 0, 70), [0, 1, 3, 7, 15, 31, 63]);
        let hours = told(&mut pace, begin, 70, 86_400).len();
        assert!((24..40).contains(&hours), "{hours}");
        assert_eq!(LAST.as_secs() / FIRST.as_secs(), 3600);
        // After two quiet hours it is told at once, and soon again.
        let day = 86_400 + 4 * 3600;
        assert_eq!(
            told(&mut pace, begin, day, day + 4),
            [day, day + 1, day + 3]
        );
    }

    #[test]
    fn the_first_times_are_told_at_once_and_pausing_gains_nothing() {
        let (mut pace, begin) = (Pace::new(3), Instant::now());
        assert_eq!(told(&mut pace, begin, 0, 8), [0, 0, 0, 1, 3, 7]);
        // Every 59 minutes, for a week: no burst again.
        let week = (1..170).map(|turn| begin + Duration::from_secs(turn * 59 * 60));
        let told = week.filter(|at| pace.may_tell(*at)).count();
        assert!(told <= 170, "{told}");
        let soon = begin + Duration::from_secs(169 * 59 * 60 + 1);
        assert!(!pace.may_tell(soon));
    }
}
