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
    of_peer: bool,
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
            of_peer: false,
        }
    }

    /// An error that a peer of a grant caused: it hung up, is silent, or sends what cannot be used. A
    /// subject that ends with it is started again with growing pauses and without end: however often
    /// its peer does so, its rule for failures does not count it.
    pub fn of_peer(code: &'static str, grant: &str, message: impl fmt::Display) -> Self {
        Self {
            of_peer: true,
            ..Self::new(code, grant, message)
        }
    }

    pub(crate) fn status(&self) -> u8 {
        if self.of_peer {
            channel::PEER_FAILED
        } else {
            1
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
            Fault::NotInPartition => "a subject is started by the supervisor of its system",
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

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn only_what_a_peer_caused_ends_with_its_status() {
        assert_eq!(Error::new("file", "archive", "full").status(), 1);
        let lost = Error::of_peer("connection-lost", "plc", "it hung up");
        assert_eq!(lost.status(), channel::PEER_FAILED);
        assert_eq!(lost.to_string(), "connection-lost: `plc`: it hung up");
    }
}
