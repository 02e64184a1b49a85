//! What was found, as data; its words are here and nowhere else.

use std::fmt;

/// One way in which what runs is not what is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Stable code of the kind.
    pub code: &'static str,
    /// What it is about, or the whole difference where there are no two values.
    pub object: String,
    /// How it should be.
    pub planned: Option<String>,
    /// How it is.
    pub seen: Option<String>,
}

impl Difference {
    /// One that has no two values.
    pub(crate) fn plain(code: &'static str, object: impl Into<String>) -> Self {
        Self {
            code,
            object: object.into(),
            planned: None,
            seen: None,
        }
    }

    /// One between two values.
    pub(crate) fn between(
        code: &'static str,
        object: impl Into<String>,
        planned: impl fmt::Display,
        seen: impl fmt::Display,
    ) -> Self {
        Self {
            code,
            object: object.into(),
            planned: Some(planned.to_string()),
            seen: Some(seen.to_string()),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.planned, &self.seen) {
            (Some(planned), Some(seen)) => {
                write!(f, "{} is {seen}, not {planned}", self.object)
            }
            _ => f.write_str(&self.object),
        }
    }
}
