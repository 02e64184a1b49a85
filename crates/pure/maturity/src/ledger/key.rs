//! What an event is about.

use crate::project::{GivenAnswer, Judgement};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of one thing that events set or remove. Events with equal keys replace one another.
///
/// Its text is what is stored and shown: kind and names with `:` between them. Names have no `:`, so keys
/// cannot be confused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Key {
    /// What the project says about itself.
    Header,
    /// The model in force.
    Model,
    /// A person.
    Person(String),
    /// A goal.
    Goal(String),
    /// A concern.
    Concern(String),
    /// An obligation.
    Obligation(String),
    /// A target set without its targets.
    Targets(String),
    /// A target of a practice, or a draft of a domain or subdomain.
    Target {
        /// The target set.
        set: String,
        /// The practice, domain or subdomain.
        part: String,
    },
    /// Evidence.
    Evidence(String),
    /// An action.
    Action(String),
    /// An assessment without its answers and signatures.
    Assessment(String),
    /// The stage of an assessment: review and approval.
    State(String),
    /// An answer: one for each assessor, or check, and indicator.
    Answer {
        /// The assessment.
        assessment: String,
        /// The indicator.
        indicator: String,
        /// The assessor, or `check/` and the check.
        by: String,
    },
    /// A judgement: one for each assessor, practice and scope.
    Judgement {
        /// The assessment.
        assessment: String,
        /// The practice.
        practice: String,
        /// The scope.
        scope: String,
        /// The assessor.
        by: String,
    },
    /// What was said about the thing of a key; about the whole if it is empty. It replaces nothing.
    Comment(String),
    /// A conflict, by the position of the entry that did not come to stand.
    Conflict(u64),
    /// A text that is none of these, as it was stored.
    Other(String),
}

impl Key {
    /// The key of an answer.
    pub fn answer(assessment: &str, answer: &GivenAnswer) -> Self {
        let by = match &answer.computed {
            Some(computed) => format!("check/{}", computed.check),
            // An answer that no program computed has an assessor: the project is refused without.
            None => answer.by.clone().unwrap_or_default(),
        };
        Self::Answer {
            assessment: assessment.to_owned(),
            indicator: answer.indicator.clone(),
            by,
        }
    }

    /// The key of a judgement.
    pub fn judgement(assessment: &str, judgement: &Judgement) -> Self {
        Self::Judgement {
            assessment: assessment.to_owned(),
            practice: judgement.practice.clone(),
            scope: judgement.scope.to_string(),
            by: judgement.by.clone(),
        }
    }

    /// The assessment that it is, or is part of.
    pub fn of_assessment(&self) -> Option<&str> {
        match self {
            Self::Assessment(id)
            | Self::State(id)
            | Self::Answer { assessment: id, .. }
            | Self::Judgement { assessment: id, .. } => Some(id),
            Self::Header
            | Self::Model
            | Self::Person(_)
            | Self::Goal(_)
            | Self::Concern(_)
            | Self::Obligation(_)
            | Self::Targets(_)
            | Self::Target { .. }
            | Self::Evidence(_)
            | Self::Action(_)
            | Self::Comment(_)
            | Self::Conflict(_)
            | Self::Other(_) => None,
        }
    }

    /// The key of a text, if it is one.
    fn read(text: &str) -> Option<Self> {
        let Some((kind, rest)) = text.split_once(':') else {
            return match text {
                "header" => Some(Self::Header),
                "model" => Some(Self::Model),
                _ => None,
            };
        };
        let name = || rest.to_owned();
        let mut parts = rest.split(':').map(str::to_owned);
        let mut part = || parts.next();
        Some(match kind {
            "person" => Self::Person(name()),
            "goal" => Self::Goal(name()),
            "concern" => Self::Concern(name()),
            "obligation" => Self::Obligation(name()),
            "targets" => Self::Targets(name()),
            "target" => Self::Target {
                set: part()?,
                part: part()?,
            },
            "evidence" => Self::Evidence(name()),
            "action" => Self::Action(name()),
            "assessment" => Self::Assessment(name()),
            "state" => Self::State(name()),
            "answer" => Self::Answer {
                assessment: part()?,
                indicator: part()?,
                by: part()?,
            },
            "judgement" => Self::Judgement {
                assessment: part()?,
                practice: part()?,
                scope: part()?,
                by: part()?,
            },
            "comment" => Self::Comment(name()),
            "conflict" => Self::Conflict(rest.parse().ok()?),
            _ => return None,
        })
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        // What is not written again as it was is kept as it is.
        match Self::read(&text).filter(|key| key.to_string() == text) {
            Some(key) => key,
            None => Self::Other(text),
        }
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("header"),
            Self::Model => f.write_str("model"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Goal(id) => write!(f, "goal:{id}"),
            Self::Concern(id) => write!(f, "concern:{id}"),
            Self::Obligation(id) => write!(f, "obligation:{id}"),
            Self::Targets(set) => write!(f, "targets:{set}"),
            Self::Target { set, part } => write!(f, "target:{set}:{part}"),
            Self::Evidence(id) => write!(f, "evidence:{id}"),
            Self::Action(id) => write!(f, "action:{id}"),
            Self::Assessment(id) => write!(f, "assessment:{id}"),
            Self::State(assessment) => write!(f, "state:{assessment}"),
            Self::Answer {
                assessment,
                indicator,
                by,
            } => write!(f, "answer:{assessment}:{indicator}:{by}"),
            Self::Judgement {
                assessment,
                practice,
                scope,
                by,
            } => write!(f, "judgement:{assessment}:{practice}:{scope}:{by}"),
            Self::Comment(about) => write!(f, "comment:{about}"),
            Self::Conflict(entry) => write!(f, "conflict:{entry}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn keys_come_back_from_their_texts() {
        for text in [
            "header",
            "model",
            "person:ada",
            "goal:g",
            "concern:c",
            "obligation:o",
            "targets:s",
            "target:s:E1.2",
            "evidence:e",
            "action:a",
            "assessment:a",
            "state:a",
            "answer:a:E1.2-1.1:ada",
            "answer:a:E1.2-1.1:check/isolation",
            "judgement:a:E1.2:general:ada",
            "comment:",
            "comment:answer:a:E1.2-1.1:ada",
            "conflict:7",
        ] {
            let key = Key::from(text.to_owned());
            assert!(!matches!(key, Key::Other(_)), "{key:?}");
            assert_eq!(key.to_string(), text);
        }
        for text in [
            "",
            "a",
            "target:s",
            "answer:a:b",
            "conflict:07",
            "conflict:x",
            "answer:a:b:c:d",
        ] {
            assert_eq!(Key::from(text.to_owned()), Key::Other(text.to_owned()));
        }
    }
}
