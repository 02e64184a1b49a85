//! Why a request could not be answered.

#[cfg(feature = "maturity")]
use crate::maturity::refusal::Refusal;
use std::fmt;

/// What scripts see. A panic's 101 never occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All holds, or the run was asked to stop.
    Good = 0,
    /// A requirement is violated or unknown.
    Unmet = 1,
    /// The input cannot be used.
    Unusable = 2,
    /// The platform cannot enforce the plan.
    Platform = 3,
    /// The system was halted by its own rule.
    Halted = 4,
    /// What should run does not, or not all of it.
    Down = 5,
    /// A fault of this tool.
    Internal = 70,
}

/// A failure without a place in a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What scripts see.
    pub exit: Exit,
    /// Which failure it is: a stable kebab-case name.
    pub code: &'static str,
    /// What is wrong: lower case, no full stop, the user's words in backticks.
    pub message: String,
    /// What to do next; may be empty.
    pub help: String,
    /// Findings behind it, each ready to be shown; may be empty.
    pub details: Vec<String>,
    /// The same as data, if it is about a project: the help is then for the face to word.
    #[cfg(feature = "maturity")]
    pub refusal: Option<Box<Refusal>>,
}

impl Failure {
    /// The input cannot be used.
    pub fn unusable(
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            exit: Exit::Unusable,
            code,
            message: message.into(),
            help: help.into(),
            details: Vec::new(),
            #[cfg(feature = "maturity")]
            refusal: None,
        }
    }

    /// The platform does not do what was asked of it.
    pub fn platform(
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            exit: Exit::Platform,
            ..Self::unusable(code, message, help)
        }
    }

    /// What should run does not.
    pub fn down(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            exit: Exit::Down,
            ..Self::unusable(code, message, help)
        }
    }

    /// The same with findings behind it.
    pub fn with_details(self, details: Vec<String>) -> Self {
        Self { details, ..self }
    }

    /// A fault of this tool.
    pub fn internal(message: impl Into<String>) -> Self {
        let help = "this is a fault of bulkhead itself; please report it with the model";
        Self {
            exit: Exit::Internal,
            ..Self::unusable("internal", message, help)
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

#[cfg(feature = "maturity")]
impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal: Some(Box::new(refusal.clone())),
            ..Self::unusable(refusal.code(), refusal.message(), "")
        }
    }
}
