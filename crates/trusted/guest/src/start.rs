//! From process start to the subject's own code, and the end of both.

use crate::subject::log;
use crate::{Error, Subject};
use channel::pulse::PulseWriter;
use core::any::Any;
use core::fmt::Display;
use std::process::ExitCode;
use std::sync::Mutex;

/// Attempts to leave last words.
const ATTEMPTS: u32 = 1000;

/// Takes the subject and runs it. A panic is logged and ends the process at once, so that the
/// supervisor sees the failure; an error is logged and ends it with exit code 1, or that of
/// [`Error::of_peer`]. Both are the subject's last words, which the record of its end quotes. Outside of a
/// partition it says so and ends with exit code 2. Use it through [`main!`](crate::main).
pub fn start<E: Display + 'static>(run: impl FnOnce(Subject) -> Result<(), E>) -> ExitCode {
    let subject = match Subject::take() {
        Ok(subject) => subject,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let pulse = subject.pulse();
    std::panic::set_hook({
        let pulse = subject.pulse();
        Box::new(move |panic| {
            let text = panic.to_string();
            log(&pulse, &text);
            last_words(&pulse, &text);
            std::process::abort();
        })
    });
    match run(subject) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let text = error.to_string();
            log(&pulse, &text);
            last_words(&pulse, &text);
            let own: &dyn Any = &error;
            ExitCode::from(own.downcast_ref::<Error>().map_or(1, Error::status))
        }
    }
}

/// Leaves a text in one line as the last words of this start, unless the pulse stays in use: whoever
/// uses it may be the thread that is ending.
fn last_words(pulse: &Mutex<PulseWriter>, text: &str) {
    for _ in 0..ATTEMPTS {
        if let Ok(mut pulse) = pulse.try_lock() {
            pulse.last_words(&text.lines().collect::<Vec<_>>().join(" "));
            return;
        }
        std::thread::yield_now();
    }
}

/// The `main` of a guest: `guest::main!(run);` with `fn run(subject: guest::Subject) -> Result<(),
/// guest::Error>`. It also makes [`Allocator`](crate::Allocator) the program's, so that the record says
/// when memory was refused; a program with another allocator calls [`start`] in a `main` of its own.
#[macro_export]
macro_rules! main {
    ($run:path) => {
        #[global_allocator]
        static ALLOCATOR: $crate::Allocator = $crate::Allocator;

        fn main() -> ::std::process::ExitCode {
            $crate::start($run)
        }
    };
}
