//! Why a run does not begin, or ends out of order.

use std::fmt;

/// Exit status when the input cannot be used.
pub const UNUSABLE: u8 = 2;
/// Exit status when the platform cannot enforce the plan.
pub const UNENFORCEABLE: u8 = 3;
/// Exit status when the system halted by its own rule.
pub const HALTED: u8 = 4;

/// A refusal, for people and for the exit status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// [`UNUSABLE`], [`UNENFORCEABLE`] or [`HALTED`].
    pub status: u8,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub help: String,
}

impl Refusal {
    /// The input cannot be used.
    pub fn unusable(code: &'static str, message: String, help: impl Into<String>) -> Self {
        Self {
            status: UNUSABLE,
            code,
            message,
            help: help.into(),
        }
    }

    /// The platform cannot enforce the plan.
    pub fn unenforceable(code: &'static str, message: String, help: impl Into<String>) -> Self {
        Self {
            status: UNENFORCEABLE,
            code,
            message,
            help: help.into(),
        }
    }

    /// A step that every supported platform can do failed.
    pub(crate) fn step(step: &str, error: &std::io::Error) -> Self {
        let message = format!("cannot {step}: {}", crate::words::system(error));
        let help = match error.raw_os_error() {
            Some(libc::EMFILE | libc::ENFILE) => "raise the limit on open files: `ulimit -n`",
            Some(libc::EAGAIN) => "raise the limit on this user's processes: `ulimit -u`",
            Some(libc::ENOMEM) => "free memory, or raise the limits on it: `ulimit -a`",
            _ => "use a kernel, and rights, that permit this step",
        };
        Self::unenforceable("mechanism-missing", message, help)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "error[{}]: {}\n  help: {}",
            self.code, self.message, self.help
        )
    }
}

impl std::error::Error for Refusal {}
