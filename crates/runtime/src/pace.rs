//! How often trouble that goes on is told: at once, then less and less often, so that a subject that
//! makes trouble all the time cannot fill the log with it.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_secs(1);
const LAST: Duration = Duration::from_secs(3600);

/// When trouble of one kind may be told next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pause: Duration,
    next: Option<Instant>,
}

impl Pace {
    /// Nothing was told yet.
    pub(crate) fn new() -> Self {
        Self {
            pause: FIRST,
            next: None,
        }
    }

    /// Whether trouble may be told now; if so, the next has to wait twice as long, unless there was
    /// none for as long as that.
    pub(crate) fn may_tell(&mut self, now: Instant) -> bool {
        let quiet = match self.next {
            Some(next) if now < next => return false,
            Some(next) => now.saturating_duration_since(next) > self.pause,
            None => true,
        };
        self.pause = match quiet {
            true => FIRST,
            false => self.pause.saturating_mul(2).min(LAST),
        };
        self.next = Some(now + self.pause);
        true
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
        let (mut pace, begin) = (Pace::new(), Instant::now());
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
}
