//! From process start to the subject's own code, and the end of both.

use crate::subject::log;
use crate::{Error, Subject};
use core::any::Any;
use core::fmt::Display;
use std::process::ExitCode;

/// Takes the subject and runs it. A panic is logged and ends the process at once, so that the
/// supervisor sees the failure; an error is logged and ends it with exit code 1, or that
/// of [`Error::of_peer`]. Outside of a partition it says so and ends with exit code 2. Use it through [`main!`](crate::main).
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
            log(&pulse, &panic.to_string());
            std::process::abort();
        })
    });
    match run(subject) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log(&pulse, &error.to_string());
            let own: &dyn Any = &error;
            ExitCode::from(own.downcast_ref::<Error>().map_or(1, Error::status))
        }
    }
}

/// The `main` of a guest: `guest::main!(run);` with `fn run(subject: guest::Subject) -> Result<(),
/// guest::Error>`.
#[macro_export]
macro_rules! main {
    ($run:path) => {
        fn main() -> ::std::process::ExitCode {
            $crate::start($run)
        }
    };
}
