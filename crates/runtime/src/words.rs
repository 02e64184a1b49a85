//! What the system said, in words for users.

use rustix::time::{ClockId, clock_gettime};
use std::fmt;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// A line for the user; whoever closed standard error does not want it, and that is no fault.
pub(crate) fn say(line: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// A past moment in nanoseconds of the monotonic clock, for comparison with another process's.
pub(crate) fn stamp_ns(moment: Instant) -> u64 {
    let now = Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default();
    let then = now.saturating_sub(moment.elapsed());
    u64::try_from(then.as_nanos()).unwrap_or(u64::MAX)
}

/// An error of the system without its number: lower case, no full stop.
pub(crate) fn system(error: &io::Error) -> String {
    let text = error.to_string();
    let text = match text.rfind(" (os error ") {
        Some(at) => text.get(..at).unwrap_or(&text),
        None => &text,
    };
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => "no reason given".to_owned(),
    }
}

/// The same for an error number that came in a message.
pub(crate) fn number(number: i32) -> String {
    system(&io::Error::from_raw_os_error(number))
}

/// A signal's usual name.
pub(crate) fn signal(number: i32) -> String {
    let names = [
        (libc::SIGABRT, "SIGABRT"),
        (libc::SIGBUS, "SIGBUS"),
        (libc::SIGFPE, "SIGFPE"),
        (libc::SIGILL, "SIGILL"),
        (libc::SIGINT, "SIGINT"),
        (libc::SIGKILL, "SIGKILL"),
        (libc::SIGPIPE, "SIGPIPE"),
        (libc::SIGSEGV, "SIGSEGV"),
        (libc::SIGSYS, "SIGSYS"),
        (libc::SIGTERM, "SIGTERM"),
        (libc::SIGTRAP, "SIGTRAP"),
        (libc::SIGXCPU, "SIGXCPU"),
        (libc::SIGXFSZ, "SIGXFSZ"),
    ];
    let found = names.iter().find(|(candidate, _)| *candidate == number);
    found.map_or_else(
        || format!("signal {number}"),
        |(_, name)| (*name).to_owned(),
    )
}

/// The signal that ended a process, with what is behind it where the name alone does not tell.
pub(crate) fn ending(number: i32) -> String {
    let behind = match number {
        libc::SIGABRT => ": it gave up, as programs do when memory beyond their limit is refused",
        _ => "",
    };
    format!("{}{behind}", signal(number))
}

/// A byte string from a subject as one line of text: no control characters, bounded.
pub(crate) fn line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let clean = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().take(1024).map(clean).collect()
}
