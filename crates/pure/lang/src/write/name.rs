//! Names as they stand in documents: none can be read as several or as something else.

use crate::value::{is_name, is_reserved};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of an element: a letter, then letters, digits, `-` and `_`, at most 64 in all; `all` and
/// `without` are reserved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("pattern" = "^[A-Za-z][A-Za-z0-9_-]{0,63}$"))
)]
#[serde(try_from = "String")]
pub struct Name(String);

impl Name {
    /// A name as a model has it. One that breaks the rules is refused by the reader where its element
    /// is declared.
    pub(crate) fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        match is_free_name(&text) {
            true => Ok(Self(text)),
            false => Err(NotAName(text)),
        }
    }
}

/// One end of a channel or claim: `NODE` or `SUBJECT.PORT`, or in a claim about flows a domain, zone
/// or data class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("pattern" = "^[A-Za-z][A-Za-z0-9_-]{0,63}(\\.[A-Za-z][A-Za-z0-9_-]{0,63})?$"))
)]
#[serde(try_from = "String")]
pub struct End(String);

impl End {
    /// An end as a model has it.
    pub(crate) fn of(text: String) -> Self {
        Self(text)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for End {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        let (node, port) = text.split_once('.').unwrap_or((&text, "port"));
        match is_free_name(node) && is_free_name(port) {
            true => Ok(Self(text)),
            false => Err(NotAName(text)),
        }
    }
}

/// A text that stands where a name should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAName(String);

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(80).collect();
        let shown = shown.escape_debug();
        write!(
            f,
            "`{shown}` is not a name: a letter, then letters, digits, `-` and `_`, at most 64 in all"
        )
    }
}

impl std::error::Error for NotAName {}

fn is_free_name(text: &str) -> bool {
    is_name(text) && !is_reserved(text)
}
