//! Why a subject ended: a code with its fields in the record, a sentence when it is shown.
//!
//! What is stated is what the kernel or the supervisor saw. What a program said of itself is quoted as
//! its own words, and nothing is concluded from a signal that any program can send itself.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a subject ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Cause {
    /// It ended by itself.
    Exit {
        /// Its exit status.
        status: i32,
        /// What it said last, of a panic or an error; its own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<String>,
    },
    /// It ended because of a peer of one of its grants, by its own account.
    PeerFailed {
        /// What it said last; its own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<String>,
    },
    /// A signal ended it that the supervisor did not send.
    Signal {
        /// Number of the signal.
        signal: i32,
        /// What it said last, of a panic; its own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<String>,
    },
    /// The kernel killed it for want of memory, as its control group counted: of the group, or of what is
    /// around it.
    OutOfMemory,
    /// Memory was refused to it, and it gave up with `SIGABRT`.
    Allocation {
        /// How much was refused last, by its own account.
        bytes: u64,
    },
    /// It made a call outside its permitted set, and was killed.
    Denied {
        /// The call.
        call: String,
    },
    /// It gave no sign of life in time, and was killed.
    HeartbeatLost,
    /// Its process was not ready in time, and was killed.
    LoadedLate,
    /// A step of its start failed; none of its instructions ran.
    StartFailed {
        /// The step: "cannot …".
        step: String,
        /// What the system said.
        reason: String,
    },
    /// Its process ended before it was let go; none of its instructions ran.
    EndedEarly {
        /// Exit status of the loader, if it ended by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<i32>,
        /// Number of the signal, if one ended it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<i32>,
    },
    /// The keeper of its partition ended, and the partition with it.
    KeeperEnded {
        /// Its exit status, if it ended by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<i32>,
        /// Number of the signal, if one ended it that the supervisor did not send.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<i32>,
        /// Whether the kernel killed a process of the partition for want of memory, as its control
        /// group counted.
        out_of_memory: bool,
    },
    /// The audit found that its partition differs from the plan; none of its instructions ran.
    AuditFailed,
    /// The audit found after its go that its partition differs from the plan; it was killed.
    AuditFailedAfterGo,
    /// The system was stopped.
    Stopped,
    /// It ended, and the kernel did not say how.
    Unknown,
    /// As a log of vocabulary version 1 says it.
    Words {
        /// The words.
        text: String,
    },
    /// A code this version does not know.
    #[serde(other)]
    Other,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |f: &mut fmt::Formatter<'_>, said: &Option<String>| match said {
            Some(said) => write!(f, "; it said: {said}"),
            None => Ok(()),
        };
        match self {
            Self::Exit {
                status,
                said: words,
            } => {
                write!(f, "exit status {status}")?;
                said(f, words)
            }
            Self::PeerFailed { said: words } => {
                f.write_str("a peer of its grants failed")?;
                said(f, words)
            }
            Self::Signal {
                signal: number,
                said: words,
            } => {
                write!(f, "killed by {}", signal(*number))?;
                if *number == SIGKILL {
                    f.write_str(", not by the supervisor")?;
                }
                said(f, words)
            }
            Self::OutOfMemory => {
                f.write_str("out of memory (as its control group counted): killed by the kernel")
            }
            Self::Allocation { bytes } => write!(
                f,
                "memory could not be allocated within the limit: killed by SIGABRT after {bytes} bytes \
                 were refused, by its own account"
            ),
            Self::Denied { call } => write!(f, "denied call `{call}`"),
            Self::HeartbeatLost => f.write_str("lost heartbeat"),
            Self::LoadedLate => f.write_str("it could not be loaded in time"),
            Self::StartFailed { step, reason } => write!(f, "cannot {step}: {reason}"),
            Self::EndedEarly {
                status,
                signal: number,
            } => {
                f.write_str("ended before its start")?;
                match (status, number) {
                    (Some(status), _) => write!(f, " with exit status {status}"),
                    (None, Some(number)) => write!(f, ", killed by {}", signal(*number)),
                    (None, None) => Ok(()),
                }
            }
            Self::KeeperEnded {
                status,
                signal: number,
                out_of_memory,
            } => {
                match (status, number) {
                    (Some(status), _) => write!(f, "its keeper ended with exit status {status}")?,
                    (None, Some(number)) => {
                        write!(f, "its keeper was killed by {}", signal(*number))?
                    }
                    (None, None) => f.write_str("its keeper is gone")?,
                }
                if *out_of_memory {
                    f.write_str(", and the kernel killed in its partition for want of memory")?;
                }
                Ok(())
            }
            Self::AuditFailed => f.write_str("refused by the audit"),
            Self::AuditFailedAfterGo => {
                f.write_str("refused by the audit after its go, and killed")
            }
            Self::Stopped => f.write_str("stopped with the system"),
            Self::Unknown => f.write_str("ended, and the kernel did not say how"),
            Self::Words { text } => f.write_str(text),
            Self::Other => f.write_str("ended for a reason that this version does not know"),
        }
    }
}

const SIGKILL: i32 = 9;
/// The first of the real-time signals, as the kernel numbers them, and the last.
const SIGNALS_REAL_TIME: std::ops::RangeInclusive<i32> = 32..=64;

/// A signal's name, by Linux' number on x86-64 (signal(7)).
fn signal(number: i32) -> String {
    const NAMES: [&str; 31] = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
        "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];
    let index = usize::try_from(number)
        .ok()
        .and_then(|number| number.checked_sub(1));
    match index.and_then(|index| NAMES.get(index)) {
        Some(name) => format!("SIG{name}"),
        None if SIGNALS_REAL_TIME.contains(&number) => format!("real-time signal {number}"),
        None => format!("signal {number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Cause;
    use crate::event::Event;

    fn exited(cause: &str) -> Event {
        let text =
            format!("{{\"kind\":\"exited\",\"subject\":\"a\",\"epoch\":1,\"cause\":{cause}}}");
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn every_cause_comes_back_and_is_a_sentence() {
        let said = || Some("panicked at a.rs:1:2: told to".to_owned());
        for (cause, sentence) in [
            (
                Cause::Exit {
                    status: 0,
                    said: None,
                },
                "exit status 0",
            ),
            (
                Cause::Exit {
                    status: 1,
                    said: said(),
                },
                "exit status 1; it said: panicked at a.rs:1:2: told to",
            ),
            (
                Cause::Signal {
                    signal: 6,
                    said: None,
                },
                "killed by SIGABRT",
            ),
            (
                Cause::Signal {
                    signal: 6,
                    said: said(),
                },
                "killed by SIGABRT; it said: panicked at a.rs:1:2: told to",
            ),
            (
                Cause::Signal {
                    signal: 11,
                    said: None,
                },
                "killed by SIGSEGV",
            ),
            (
                Cause::Signal {
                    signal: 31,
                    said: None,
                },
                "killed by SIGSYS",
            ),
            (
                Cause::Signal {
                    signal: 9,
                    said: None,
                },
                "killed by SIGKILL, not by the supervisor",
            ),
            (
                Cause::Signal {
                    signal: 34,
                    said: None,
                },
                "killed by real-time signal 34",
            ),
            (
                Cause::Signal {
                    signal: 0,
                    said: None,
                },
                "killed by signal 0",
            ),
            (
                Cause::Signal {
                    signal: i32::MIN,
                    said: None,
                },
                "killed by signal -2147483648",
            ),
            (
                Cause::OutOfMemory,
                "out of memory (as its control group counted): killed by the kernel",
            ),
            (
                Cause::Allocation { bytes: 9 },
                "memory could not be allocated within the limit: killed by SIGABRT after 9 bytes \
                 were refused, by its own account",
            ),
            (
                Cause::Denied {
                    call: "fork".to_owned(),
                },
                "denied call `fork`",
            ),
            (
                Cause::PeerFailed { said: said() },
                "a peer of its grants failed; it said: panicked at a.rs:1:2: told to",
            ),
            (Cause::HeartbeatLost, "lost heartbeat"),
            (Cause::LoadedLate, "it could not be loaded in time"),
            (
                Cause::StartFailed {
                    step: "load the image".to_owned(),
                    reason: "no memory".to_owned(),
                },
                "cannot load the image: no memory",
            ),
            (
                Cause::EndedEarly {
                    status: Some(70),
                    signal: None,
                },
                "ended before its start with exit status 70",
            ),
            (
                Cause::EndedEarly {
                    status: None,
                    signal: Some(9),
                },
                "ended before its start, killed by SIGKILL",
            ),
            (
                Cause::EndedEarly {
                    status: None,
                    signal: None,
                },
                "ended before its start",
            ),
            (
                Cause::KeeperEnded {
                    status: None,
                    signal: None,
                    out_of_memory: false,
                },
                "its keeper is gone",
            ),
            (
                Cause::KeeperEnded {
                    status: Some(70),
                    signal: None,
                    out_of_memory: false,
                },
                "its keeper ended with exit status 70",
            ),
            (
                Cause::KeeperEnded {
                    status: None,
                    signal: Some(9),
                    out_of_memory: true,
                },
                "its keeper was killed by SIGKILL, and the kernel killed in its partition for want \
                 of memory",
            ),
            (Cause::AuditFailed, "refused by the audit"),
            (
                Cause::AuditFailedAfterGo,
                "refused by the audit after its go, and killed",
            ),
            (Cause::Stopped, "stopped with the system"),
            (Cause::Unknown, "ended, and the kernel did not say how"),
        ] {
            assert_eq!(cause.to_string(), sentence);
            let event = Event::Exited {
                subject: "a".to_owned(),
                epoch: 1,
                cause,
            };
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
        }
    }

    #[test]
    fn every_signal_has_a_name_of_its_own() {
        let names: Vec<String> = (-1..=70).map(super::signal).collect();
        let mut distinct = names.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn the_words_of_version_1_and_the_codes_of_later_versions_are_read() {
        let words = |text: &str| Event::Exited {
            subject: "a".to_owned(),
            epoch: 1,
            cause: Cause::Words {
                text: text.to_owned(),
            },
        };
        assert_eq!(exited("\"killed by SIGSEGV\""), words("killed by SIGSEGV"));
        let Event::Exited { cause, .. } = exited("{\"code\":\"struck-by-lightning\"}") else {
            panic!("an event of that kind");
        };
        assert_eq!(cause, Cause::Other);
    }
}
