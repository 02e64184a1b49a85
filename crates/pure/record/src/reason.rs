//! Why a subject waits or stays stopped, a system halts, or a run ends: a code with its fields in the record, a sentence
//! when it is shown.

use crate::cause::Cause;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Why a subject stays stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Abandonment {
    /// Its rule is not to start it again.
    RuleStop,
    /// It was started again as often as its rule permits.
    RestartsSpent {
        /// How often.
        count: u32,
        /// Within how long, in milliseconds.
        window_ms: u64,
    },
    /// Its keeper is gone, without which sealed channels cannot be mapped again.
    KeeperGone,
    /// As a log of vocabulary version 1 or 2 says it.
    Words {
        /// The words.
        text: String,
    },
    /// A code this version does not know.
    #[serde(other)]
    Other,
}

/// Why a subject does not run at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Note {
    /// It waits for a grant that could not be opened.
    GrantRefused {
        /// What the system said.
        reason: String,
    },
    /// It waits because a peer of its grants failed, by its own account.
    PeerFailed,
    /// It ended.
    Ended {
        /// Why.
        cause: Cause,
    },
    /// It stays stopped by its rule.
    Abandoned {
        /// Which rule.
        reason: Abandonment,
    },
    /// As a page of version 1 says it.
    Words {
        /// The words.
        text: String,
    },
    /// A code this version does not know.
    #[serde(other)]
    Other,
}

/// Why a system halts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Halt {
    /// A subject ended whose rule is to halt.
    RuleHalt {
        /// The subject.
        subject: String,
        /// Why it ended.
        cause: Cause,
    },
    /// A subject ended that was started again as often as its rule permits, and whose rule then is to halt.
    RestartsSpent {
        /// The subject.
        subject: String,
        /// Why it ended.
        cause: Cause,
        /// How often it was started again.
        count: u32,
        /// Within how long, in milliseconds.
        window_ms: u64,
    },
    /// A subject ended with its keeper, and its rule is to halt where it cannot be started again.
    KeeperGone {
        /// The subject.
        subject: String,
        /// Why it ended.
        cause: Cause,
    },
    /// The launcher ended, without which no grant can be opened.
    LauncherEnded,
    /// As a log of vocabulary version 1 or 2 says it.
    Words {
        /// The words.
        text: String,
    },
    /// A code this version does not know.
    #[serde(other)]
    Other,
}

/// Why a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum End {
    /// It was asked to stop.
    Asked,
    /// It was to end after a time.
    TimeOver,
    /// It was to end with its standard input.
    InputClosed,
    /// It was halted; the event before says why.
    Halted,
    /// The audit found that a partition differs; an event before says how.
    PartitionDiffers {
        /// The subject of the partition.
        subject: String,
    },
    /// Its partitions could not be made.
    Refused {
        /// Code of what was refused.
        refusal: String,
        /// What was refused, and why.
        message: String,
    },
    /// As a log of vocabulary version 1 or 2 says it.
    Words {
        /// The words.
        text: String,
    },
    /// A code this version does not know.
    #[serde(other)]
    Other,
}

const UNKNOWN: &str = "a reason that this version does not know";

impl fmt::Display for Abandonment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RuleStop => f.write_str("its rule is stop"),
            Self::RestartsSpent { count, window_ms } => {
                write!(f, "{count} restarts within {window_ms} ms")
            }
            Self::KeeperGone => {
                f.write_str("its keeper is gone, and sealed channels cannot be mapped again")
            }
            Self::Words { text } => f.write_str(text),
            Self::Other => f.write_str(UNKNOWN),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GrantRefused { reason } => f.write_str(reason),
            Self::PeerFailed => f.write_str("its peer failed"),
            Self::Ended { cause } => cause.fmt(f),
            Self::Abandoned { reason } => reason.fmt(f),
            Self::Words { text } => f.write_str(text),
            Self::Other => f.write_str(UNKNOWN),
        }
    }
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RuleHalt { subject, cause } => {
                write!(f, "`{subject}` ended ({cause}) and its rule is halt")
            }
            Self::RestartsSpent {
                subject,
                cause,
                count,
                window_ms,
            } => write!(
                f,
                "`{subject}` ended ({cause}) after {count} restarts within {window_ms} ms, then halt"
            ),
            Self::KeeperGone { subject, cause } => {
                write!(
                    f,
                    "`{subject}` cannot be started again ({cause}), then halt"
                )
            }
            Self::LauncherEnded => f.write_str("the launcher ended"),
            Self::Words { text } => f.write_str(text),
            Self::Other => f.write_str(UNKNOWN),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("asked to stop"),
            Self::TimeOver => f.write_str("time over"),
            Self::InputClosed => f.write_str("standard input was closed"),
            Self::Halted => f.write_str("halted by its own rule"),
            Self::PartitionDiffers { subject } => {
                write!(f, "the partition of `{subject}` differs from the plan")
            }
            Self::Refused { message, .. } => f.write_str(message),
            Self::Words { text } => f.write_str(text),
            Self::Other => f.write_str(UNKNOWN),
        }
    }
}

/// What an older vocabulary said in words, and a later one by a code.
pub trait FromWords {
    /// These words.
    fn from_words(text: String) -> Self;
}

impl FromWords for Cause {
    fn from_words(text: String) -> Self {
        Self::Words { text }
    }
}

impl FromWords for Option<Note> {
    fn from_words(text: String) -> Self {
        (!text.is_empty()).then_some(Note::Words { text })
    }
}

impl FromWords for Abandonment {
    fn from_words(text: String) -> Self {
        Self::Words { text }
    }
}

impl FromWords for Halt {
    fn from_words(text: String) -> Self {
        Self::Words { text }
    }
}

impl FromWords for End {
    fn from_words(text: String) -> Self {
        Self::Words { text }
    }
}

/// A code, or the words of an older vocabulary.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum CodeOrWords<T> {
    Code(T),
    Words(String),
}

impl<T: FromWords> CodeOrWords<T> {
    pub(crate) fn code(self) -> T {
        match self {
            Self::Code(code) => code,
            Self::Words(text) => T::from_words(text),
        }
    }
}

/// Reads a code, or the words of an older vocabulary.
///
/// # Errors
/// It is neither.
pub fn read<'de, D, T>(input: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + FromWords,
{
    CodeOrWords::deserialize(input).map(CodeOrWords::code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    fn event(text: &str) -> Event {
        serde_json::from_str(text).unwrap()
    }

    /// The sentence of an event's reason.
    fn said(event: &Event) -> String {
        match event {
            Event::Abandoned { reason, .. } => reason.to_string(),
            Event::Halted { reason } => reason.to_string(),
            Event::RunEnded { reason } => reason.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_reason_comes_back_and_is_a_sentence() {
        let (subject, cause) = (|| "a".to_owned(), || Cause::HeartbeatLost);
        let (count, window_ms) = (3, 60_000);
        let abandoned = |reason| Event::Abandoned {
            subject: subject(),
            reason,
        };
        let halted = |reason| Event::Halted { reason };
        let ended = |reason| Event::RunEnded { reason };
        for (event, sentence) in [
            (abandoned(Abandonment::RuleStop), "its rule is stop"),
            (
                abandoned(Abandonment::RestartsSpent { count, window_ms }),
                "3 restarts within 60000 ms",
            ),
            (
                abandoned(Abandonment::KeeperGone),
                "its keeper is gone, and sealed channels cannot be mapped again",
            ),
            (
                halted(Halt::RuleHalt {
                    subject: subject(),
                    cause: cause(),
                }),
                "`a` ended (lost heartbeat) and its rule is halt",
            ),
            (
                halted(Halt::RestartsSpent {
                    subject: subject(),
                    cause: cause(),
                    count,
                    window_ms,
                }),
                "`a` ended (lost heartbeat) after 3 restarts within 60000 ms, then halt",
            ),
            (
                halted(Halt::KeeperGone {
                    subject: subject(),
                    cause: cause(),
                }),
                "`a` cannot be started again (lost heartbeat), then halt",
            ),
            (halted(Halt::LauncherEnded), "the launcher ended"),
            (ended(End::Asked), "asked to stop"),
            (ended(End::TimeOver), "time over"),
            (ended(End::InputClosed), "standard input was closed"),
            (ended(End::Halted), "halted by its own rule"),
            (
                ended(End::PartitionDiffers { subject: subject() }),
                "the partition of `a` differs from the plan",
            ),
            (
                ended(End::Refused {
                    refusal: "no-memory".to_owned(),
                    message: "cannot make a partition".to_owned(),
                }),
                "cannot make a partition",
            ),
        ] {
            assert_eq!(said(&event), sentence);
            let text = serde_json::to_string(&event).unwrap();
            assert!(text.contains("\"code\":"), "{text}");
            assert_eq!(self::event(&text), event);
        }
    }

    #[test]
    fn the_words_of_older_logs_and_the_codes_of_later_versions_are_read() {
        for (kind, more) in [
            ("abandoned", "\"subject\":\"a\","),
            ("halted", ""),
            ("run-ended", ""),
        ] {
            let with = |reason: &str| {
                event(&format!(
                    "{{\"kind\":\"{kind}\",{more}\"reason\":{reason}}}"
                ))
            };
            assert_eq!(said(&with("\"time over\"")), "time over");
            assert_eq!(said(&with("{\"code\":\"moon\",\"phase\":1}")), UNKNOWN);
        }
    }
}
