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

/// A byte string from a subject as one line of text: no control characters, bounded.
pub(crate) fn line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let clean = |c: char| {
        if record::text::steers(c) {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().take(1024).map(clean).collect()
}
