//! What separates the partitions of a run and keeps their limits: a code with its fields in the record, a sentence when it
//! is shown.

use crate::difference::Holder;
use crate::reason::{CodeOrWords, FromWords};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// One mechanism that is intended or in force, or that a limit does without. Codes keep their meaning and their fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Mechanism {
    /// Each partition has namespaces of its own.
    Namespaces {
        /// Of which kinds.
        namespaces: Vec<Namespace>,
    },
    /// The root directory is empty and read-only.
    EmptyRoot,
    /// No capabilities, no new privileges.
    NoPrivileges,
    /// A call filter that notifies.
    CallFilter,
    /// Sealed channels that go one way, none of whose descriptors is inside.
    SealedChannels,
    /// No open file is shared by two partitions, or with the supervisor.
    OpenFiles {
        /// Of whom that was not seen: the first of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unseen: Vec<Uncompared>,
        /// And of how many more subjects.
        #[serde(default, skip_serializing_if = "is_zero")]
        more: u64,
    },
    /// Each subject has a host user of its own.
    OwnUsers,
    /// All subjects share the host user of the supervisor, in user namespaces.
    SharedUser,
    /// Memory of the partition by control groups, private memory and address space by process limits.
    MemoryByGroup {
        /// Version of control groups.
        version: u8,
    },
    /// Memory by process limits alone; what the kernel keeps for a process is not counted.
    MemoryByProcess {
        /// Why not by control groups.
        without: NoGroup,
    },
    /// Processor budgets by control groups.
    ProcessorByGroup {
        /// Version of control groups.
        version: u8,
        /// Whether each budget is kept in the interval that was planned; if not, some over longer ones.
        exact: bool,
    },
    /// Processor budgets are not enforced.
    ProcessorUnlimited {
        /// Why not.
        without: NoGroup,
    },
    /// No processor budgets are planned.
    ProcessorUnplanned,
    /// Number of threads by control groups.
    ThreadsByGroup {
        /// Most of a subject.
        most: u64,
        /// Version of control groups.
        version: u8,
    },
    /// Number of threads by a process limit whose count is shared with other systems of this user.
    ThreadsByUser {
        /// Most.
        most: u64,
        /// Why not by control groups.
        without: NoGroup,
    },
    /// As a log of vocabulary version 1 to 3, or a status page of version 1 or 2, says it.
    Words {
        /// The words.
        text: String,
    },
    /// A code this version does not know.
    #[serde(other)]
    Other,
}

/// A kind of namespace, by its name in `/proc/PID/ns`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Namespace {
    /// Mounts.
    Mnt,
    /// Processes.
    Pid,
    /// Network.
    Net,
    /// System V IPC and message queues.
    Ipc,
    /// Host name.
    Uts,
    /// Control groups.
    Cgroup,
    /// Clocks.
    Time,
    /// A kind this version does not know.
    #[serde(other)]
    Other,
}

/// Why a limit is not kept by a control group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum NoGroup {
    /// This user has none for it.
    Absent,
    /// It could not be set for a subject.
    Refused {
        /// The subject.
        subject: String,
        /// What the system said.
        reason: String,
    },
    /// A code this version does not know.
    #[serde(other)]
    Other,
}

/// A subject of whose open files not all were compared with those of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Uncompared {
    /// The subject.
    pub subject: String,
    /// Which pairs, of each reason and each other side; empty if nobody asked.
    pub pairs: Vec<Pairs>,
}

/// Pairs of open files that the kernel did not compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pairs {
    /// The first descriptor.
    pub descriptor: i32,
    /// Whose the other descriptor is.
    pub with: Holder,
    /// How many more pairs there are.
    pub more: u64,
    /// What the system said.
    pub reason: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes the field by reference"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mnt => "mount",
            Self::Pid => "process",
            Self::Net => "network",
            Self::Ipc => "IPC",
            Self::Uts => "host name",
            Self::Cgroup => "control group",
            Self::Time => "time",
            Self::Other => "unknown",
        })
    }
}

impl fmt::Display for NoGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("this user has no control group for it"),
            Self::Refused { subject, reason } => write!(f, "not for `{subject}`: {reason}"),
            Self::Other => f.write_str("for a reason that this version does not know"),
        }
    }
}

impl fmt::Display for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = match self.with {
            Holder::Supervisor => "the supervisor's",
            Holder::Keeper => "its keeper's",
            Holder::Partition => "another partition's",
            Holder::Other => "somebody else's",
        };
        write!(f, "descriptor {} with one of {whose}", self.descriptor)?;
        if self.more > 0 {
            write!(f, ", and {} more pairs", self.more)?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl fmt::Display for Uncompared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: ", self.subject)?;
        match self.pairs.as_slice() {
            [] => f.write_str("nobody asked"),
            pairs => f.write_str(&joined(pairs, ", ", ", ")),
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Namespaces { namespaces } => {
                let kinds = joined(namespaces, ", ", " and ");
                write!(f, "separation: {kinds} namespaces")
            }
            Self::EmptyRoot => f.write_str("separation: empty read-only root"),
            Self::NoPrivileges => f.write_str("separation: no capabilities, no new privileges"),
            Self::CallFilter => f.write_str("separation: call filter with notification"),
            Self::SealedChannels => f.write_str(
                "separation: sealed one-way channels, no channel descriptor inside",
            ),
            Self::OpenFiles { unseen, more } => {
                f.write_str(
                    "separation: no open file shared by two partitions, or with the supervisor",
                )?;
                if unseen.is_empty() && *more == 0 {
                    return Ok(());
                }
                let whose = joined(unseen, "; ", "; ");
                write!(
                    f,
                    ", as far as it was SEEN; the kernel (`kcmp`) did not compare {whose}"
                )?;
                match more {
                    0 => Ok(()),
                    more => write!(f, "; and of {more} more subjects"),
                }
            }
            Self::OwnUsers => f.write_str("users: one host user for each subject"),
            Self::SharedUser => f.write_str(
                "users: unprivileged run, all subjects share one host user (user namespaces; filter and \
                 closed descriptors carry the weight)",
            ),
            Self::MemoryByGroup { version } => write!(
                f,
                "memory: control groups version {version} for the partition, process limits for private \
                 memory and address space"
            ),
            Self::MemoryByProcess { without } => write!(
                f,
                "memory: process limits for private memory and address space; what the kernel keeps for a \
                 process is not counted ({without})"
            ),
            Self::ProcessorByGroup { version, exact } => {
                let longer = match exact {
                    true => "",
                    false => ", some budgets over longer intervals than planned",
                };
                write!(f, "processor: control groups version {version}{longer}")
            }
            Self::ProcessorUnlimited { without } => {
                write!(f, "processor: budgets are not enforced ({without})")
            }
            Self::ProcessorUnplanned => f.write_str("processor: no budgets planned"),
            Self::ThreadsByGroup { most, version } => {
                write!(f, "threads: at most {most}, control groups version {version}")
            }
            Self::ThreadsByUser { most, without } => write!(
                f,
                "threads: at most {most}, process limit whose count is shared with other systems of this \
                 user ({without})"
            ),
            Self::Words { text } => f.write_str(text),
            Self::Other => f.write_str("a mechanism that this version does not know"),
        }
    }
}

/// `a, b and c`, with what separates them and what stands before the last.
fn joined(all: &[impl fmt::Display], between: &str, last: &str) -> String {
    let mut text = String::new();
    for (at, one) in all.iter().enumerate() {
        if at > 0 {
            text.push_str(if at + 1 == all.len() { last } else { between });
        }
        text.push_str(&one.to_string());
    }
    text
}

impl FromWords for Mechanism {
    fn from_words(text: String) -> Self {
        Self::Words { text }
    }
}

/// Reads mechanisms, or the words of older logs and pages.
pub(crate) fn read<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Mechanism>, D::Error> {
    let all = Vec::<CodeOrWords<Mechanism>>::deserialize(input)?;
    Ok(all.into_iter().map(CodeOrWords::code).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    fn in_force(mechanisms: &str) -> Vec<Mechanism> {
        let text = format!("{{\"kind\":\"in-force\",\"mechanisms\":{mechanisms}}}");
        match serde_json::from_str(&text).unwrap() {
            Event::InForce { mechanisms } => mechanisms,
            other => panic!("{other:?}"),
        }
    }

    fn refused() -> NoGroup {
        NoGroup::Refused {
            subject: "a".to_owned(),
            reason: "permission denied".to_owned(),
        }
    }

    /// Each mechanism of a partition, with its sentence.
    fn separation() -> Vec<(Mechanism, &'static str)> {
        let namespaces = |namespaces: &[Namespace]| Mechanism::Namespaces {
            namespaces: namespaces.to_vec(),
        };
        let pairs = |more| Pairs {
            descriptor: 3,
            with: Holder::Partition,
            more,
            reason: "not permitted".to_owned(),
        };
        let uncompared = |subject: &str, pairs| Uncompared {
            subject: subject.to_owned(),
            pairs,
        };
        vec![
            (
                namespaces(&[Namespace::Mnt, Namespace::Net, Namespace::Uts]),
                "separation: mount, network and host name namespaces",
            ),
            (
                namespaces(&[Namespace::Time]),
                "separation: time namespaces",
            ),
            (Mechanism::EmptyRoot, "separation: empty read-only root"),
            (
                Mechanism::OpenFiles {
                    unseen: vec![],
                    more: 0,
                },
                "separation: no open file shared by two partitions, or with the supervisor",
            ),
            (
                Mechanism::OpenFiles {
                    unseen: vec![
                        uncompared("a", vec![pairs(0), pairs(2)]),
                        uncompared("b", vec![]),
                    ],
                    more: 2,
                },
                "separation: no open file shared by two partitions, or with the supervisor, as far as it was \
                 SEEN; the kernel (`kcmp`) did not compare `a`: descriptor 3 with one of another partition's: \
                 not permitted, descriptor 3 with one of another partition's, and 2 more pairs: not permitted; \
                 `b`: nobody asked; and of 2 more subjects",
            ),
        ]
    }

    #[test]
    fn mechanisms_come_back_and_are_sentences() {
        let limits = vec![
            (
                Mechanism::MemoryByProcess {
                    without: NoGroup::Absent,
                },
                "memory: process limits for private memory and address space; what the kernel keeps for a \
                 process is not counted (this user has no control group for it)",
            ),
            (
                Mechanism::ProcessorByGroup {
                    version: 2,
                    exact: false,
                },
                "processor: control groups version 2, some budgets over longer intervals than planned",
            ),
            (
                Mechanism::ThreadsByUser {
                    most: 64,
                    without: refused(),
                },
                "threads: at most 64, process limit whose count is shared with other systems of this user (not \
                 for `a`: permission denied)",
            ),
        ];
        for (mechanism, sentence) in separation().into_iter().chain(limits) {
            assert_eq!(mechanism.to_string(), sentence);
            let json = serde_json::to_string(&[&mechanism]).unwrap();
            assert!(json.contains("\"code\":"), "{json}");
            assert_eq!(in_force(&json), [mechanism], "{json}");
        }
    }

    #[test]
    fn the_words_of_older_logs_and_the_codes_of_later_versions_are_read() {
        let words = in_force("[\"users: one host user for each subject\"]");
        assert_eq!(
            words[0].to_string(),
            "users: one host user for each subject"
        );
        let later = in_force("[{\"code\":\"moon-phase\",\"moon\":\"full\"}]");
        assert_eq!(later, [Mechanism::Other]);
        let later = in_force("[{\"code\":\"namespaces\",\"namespaces\":[\"moon\",\"net\"]}]");
        assert_eq!(
            later[0].to_string(),
            "separation: unknown and network namespaces"
        );
    }
}
