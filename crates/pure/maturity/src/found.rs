//! What an assessment says of a level: reached, not judged, or undefined.

use crate::words::{Level, Scope};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The level of a practice at a scope, as it is shown. Level 0 is a finding like any other: it needs
/// somebody who looked. In JSON a number, `not-judged`, or nothing where it is undefined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "Written", into = "Written")]
pub enum Found {
    /// The level that is reached.
    Level(Level),
    /// Nothing was said that decides level 1.
    NotJudged,
    /// The scope has no indicator, or the practice does not apply.
    #[default]
    Undefined,
}

impl Found {
    /// The level, if one was found.
    pub fn level(self) -> Option<Level> {
        match self {
            Self::Level(level) => Some(level),
            Self::NotJudged | Self::Undefined => None,
        }
    }

    /// One sign, for where there is no room for words.
    pub fn sign(self) -> String {
        match self {
            Self::Level(level) => level.to_string(),
            Self::NotJudged => "?".to_owned(),
            Self::Undefined => "–".to_owned(),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level(level) => level.fmt(f),
            Self::NotJudged => f.write_str("not judged"),
            Self::Undefined => f.write_str("undefined"),
        }
    }
}

/// How it stands in JSON.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
enum Written {
    Level(Level),
    Word(Open),
    Undefined,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum Open {
    NotJudged,
}

impl From<Found> for Written {
    fn from(found: Found) -> Self {
        match found {
            Found::Level(level) => Self::Level(level),
            Found::NotJudged => Self::Word(Open::NotJudged),
            Found::Undefined => Self::Undefined,
        }
    }
}

impl From<Written> for Found {
    fn from(written: Written) -> Self {
        match written {
            Written::Level(level) => Self::Level(level),
            Written::Word(Open::NotJudged) => Self::NotJudged,
            Written::Undefined => Self::Undefined,
        }
    }
}

/// What was found at each scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScopeFound {
    /// At general scope.
    pub general: Found,
    /// At industry scope.
    pub industry: Found,
    /// At system scope.
    pub system: Found,
}

impl ScopeFound {
    /// What was found at a scope.
    pub fn at(&self, scope: Scope) -> Found {
        match scope {
            Scope::General => self.general,
            Scope::Industry => self.industry,
            Scope::System => self.system,
        }
    }
}

impl fmt::Display for ScopeFound {
    /// The scopes that are defined.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            (Scope::General, self.general),
            (Scope::Industry, self.industry),
            (Scope::System, self.system),
        ];
        let mut apart = "";
        for (scope, found) in all {
            match found {
                Found::Level(level) => write!(f, "{apart}{level} {scope}")?,
                Found::NotJudged => write!(f, "{apart}not judged at {scope} scope")?,
                Found::Undefined => continue,
            }
            apart = ", ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_the_same_after_writing_and_reading() {
        for (found, text) in [
            (Found::Level(Level::NONE), "0"),
            (Found::Level(Level::MAX), "4"),
            (Found::NotJudged, "\"not-judged\""),
            (Found::Undefined, "null"),
        ] {
            assert_eq!(serde_json::to_string(&found).unwrap(), text);
            assert_eq!(serde_json::from_str::<Found>(text).unwrap(), found);
        }
        assert!(serde_json::from_str::<Found>("5").is_err());
    }
}
