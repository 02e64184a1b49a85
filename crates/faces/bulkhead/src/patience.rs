//! Work that may take long: a terminal is told that it goes on, and a wish to stop ends the waiting.

use crate::show;
use app::{Failure, files};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Work that takes no longer is not spoken of.
const SILENT: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(100);

/// Does the work in another thread, for which nobody waits.
///
/// # Errors
/// This user may not have one more thread.
pub fn aside(work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    spawn(work).map(drop)
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Failure> {
    std::thread::Builder::new().spawn(work).map_err(|error| {
        Failure::platform(
            "threads-exhausted",
            format!("cannot start a thread: {}", files::reason(&error)),
            "raise the limit on this user's processes: `ulimit -u`",
        )
    })
}

/// Does the work, which `what` names; none if `stop` was set meanwhile. The work is then left alone: the
/// process is about to end.
///
/// # Errors
/// This user may not have one more thread.
pub fn wait<T: Send + 'static>(
    what: &str,
    stop: Option<&AtomicBool>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, Failure> {
    let (done, result) = channel();
    let worker = spawn(move || {
        // Whoever waited may have left.
        let _ = done.send(work());
    })?;
    let (begin, mut told) = (Instant::now(), 0);
    let is_seen = std::io::stderr().is_terminal();
    let answer = loop {
        match result.recv_timeout(LOOK) {
            Ok(answer) => break Some(answer),
            Err(RecvTimeoutError::Disconnected) => match worker.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(()) => break None,
            },
            Err(RecvTimeoutError::Timeout) => {}
        }
        if stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            break None;
        }
        let seconds = begin.elapsed().as_secs();
        if is_seen && begin.elapsed() > SILENT && seconds > told {
            told = seconds;
            show::complaint(&format!("\r{what} … {seconds} s"));
        }
    };
    if told > 0 {
        show::complaint("\r\u{1b}[K");
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_and_its_panic_is_passed_on() {
        assert_eq!(wait("adding", None, || 1 + 1), Ok(Some(2)));
        let panicked = std::panic::catch_unwind(|| wait("failing", None, || panic!("on purpose")));
        assert!(panicked.is_err());
    }

    #[test]
    fn a_wish_to_stop_ends_the_waiting() {
        let (end, ended) = channel::<()>();
        let stop = AtomicBool::new(true);
        // It waits until the test is over.
        assert_eq!(
            wait("waiting", Some(&stop), move || ended.recv().is_ok()),
            Ok(None)
        );
        drop(end);
    }
}
