//! The monotonic clock, which all subjects of a node share.

/// Nanoseconds of `CLOCK_MONOTONIC`.
pub fn now_ns() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid place to write to. The call cannot fail for this clock.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    // Neither is ever negative for this clock, which begins with the machine.
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let rest = u64::try_from(time.tv_nsec).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(rest)
}

/// Sleeps until the monotonic clock shows `deadline_ns`; returns at once if it already does.
pub fn sleep_until(deadline_ns: u64) {
    let time = libc::timespec {
        tv_sec: libc::time_t::try_from(deadline_ns / 1_000_000_000).unwrap_or(libc::time_t::MAX),
        // Below 10^9, so it fits.
        tv_nsec: (deadline_ns % 1_000_000_000) as libc::c_long,
    };
    while now_ns() < deadline_ns {
        // SAFETY: `time` is a valid time to read, and no remaining time is asked for.
        let outcome = unsafe {
            libc::clock_nanosleep(
                libc::CLOCK_MONOTONIC,
                libc::TIMER_ABSTIME,
                &raw const time,
                core::ptr::null_mut(),
            )
        };
        if outcome != 0 && outcome != libc::EINTR {
            // The call is refused here: time still passes, but the processor is not given away.
            std::thread::yield_now();
        }
    }
}
