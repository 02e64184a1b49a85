//! What a subject reports when it cannot go on.

use channel::Fault;
use core::fmt;

/// Why a subject cannot start or go on: what is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: &'static str,
    place: String,
    message: String,
    help: &'static str,
}

impl Error {
    /// An error of the subject's own: a stable code in kebab-case, the port, grant or setting it is
    /// about (or nothing), and a message.
    pub fn new(code: &'static str, place: &str, message: impl fmt::Display) -> Self {
        Self {
            code,
            place: place.to_owned(),
            message: message.to_string(),
            help: "",
        }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// Stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn fault(fault: Fault, place: &str) -> Self {
        Self::new(fault.code(), place, fault).help(match fault {
            Fault::NotInPartition => "start the system with `bulkhead run`",
            Fault::Taken => "take it once and keep it",
            Fault::Unknown | Fault::Direction => "compare the name with the subject in the model",
            Fault::Table | Fault::Shape | Fault::Address => {
                "build the guest and the runtime from the same version"
            }
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.code)?;
        if !self.place.is_empty() {
            write!(f, "`{}`: ", self.place)?;
        }
        f.write_str(&self.message)?;
        if !self.help.is_empty() {
            write!(f, "; {}", self.help)?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}
