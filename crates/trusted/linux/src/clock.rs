//! The time of what is written for readers of other processes.

use record::status::Moment;
use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// This moment, on the clock of the world and on that of the machine.
pub fn now() -> Moment {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH);
    let boot = Duration::try_from(clock_gettime(ClockId::Boottime));
    let ns = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    Moment {
        wall_ns: ns(wall.unwrap_or_default()),
        boot_ns: ns(boot.unwrap_or_default()),
    }
}
