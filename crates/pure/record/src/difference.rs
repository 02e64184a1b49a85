//! In what a partition that runs, or is about to, is not as planned: a code with its fields in the record, a
//! sentence when it is shown.

use crate::reason::{CodeOrWords, FromWords};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// One difference, with where it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// The subject, where what is around does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The process of its partition, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<Process>,
    /// What differs.
    #[serde(flatten)]
    pub deviation: Deviation,
}

/// A process of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Process {
    /// The first one, which holds the mappings.
    Keeper,
    /// The one that becomes the subject.
    Subject,
}

/// A segment of shared memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Segment {
    /// What it is for: `data`, `credit`, `table`, `pulse`.
    pub role: String,
    /// Its channel or subject.
    pub name: String,
}

/// A grant and the descriptor that was opened for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Grant {
    /// Name.
    pub grant: String,
    /// Number.
    pub descriptor: i32,
}

/// What differs. Codes keep their meaning and their fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
#[expect(
    missing_docs,
    reason = "each field is a word of the sentence that `Display` makes of it"
)]
pub enum Deviation {
    /// Something could not be looked at, which counts as a difference.
    Unaudited { step: String, reason: String },
    /// The plan does not have the subject.
    SubjectUnplanned { name: String },
    /// A planned segment does not exist.
    SegmentMissing { segment: Segment },
    /// A segment is meant for another address than the planned one.
    SegmentAddress { segment: Segment },
    /// Two segments are one file.
    SegmentTwice { segment: Segment },
    /// A segment lacks seals; masks as of `F_GET_SEALS`.
    SegmentSeals {
        segment: Segment,
        planned: u32,
        seen: u32,
    },
    /// A segment is not mapped where it should be.
    SegmentUnmapped { segment: Segment, address: u64 },
    /// A segment is mapped with other rights.
    SegmentRights {
        segment: Segment,
        planned: String,
        seen: String,
    },
    /// A mapping of no planned segment.
    MappingUnplanned {
        why: Intruder,
        start: u64,
        end: u64,
        rights: String,
        name: String,
    },
    /// One descriptor for two grants.
    GrantShared { grant: String },
    /// A grant that was not handed over exactly once.
    GrantNotOnce { grant: String },
    /// Something was handed over that no grant names.
    GrantUnplanned { grant: String },
    /// A descriptor with two purposes.
    DescriptorTwice { descriptor: i32 },
    /// A descriptor that no plan knows.
    DescriptorUnplanned { descriptor: i32, target: String },
    /// A descriptor on an object of another kind, or with other rights; flags as of `open`.
    DescriptorKind {
        descriptor: i32,
        target: String,
        flags: u32,
    },
    /// A descriptor that is missing.
    DescriptorClosed { descriptor: i32, of: String },
    /// A descriptor of the loader that was kept after "go".
    DescriptorLeftOpen { descriptor: i32, target: String },
    /// A descriptor whose open file description, with its flags and offset, others have, too.
    DescriptorShared { descriptor: i32, with: Holder },
    /// A grant's descriptor on another object than was opened.
    GrantReplaced {
        #[serde(flatten)]
        grant: Grant,
        target: String,
    },
    /// A grant's descriptor on another file than lies at its path.
    GrantElsewhere {
        #[serde(flatten)]
        grant: Grant,
        target: String,
        path: String,
    },
    /// A grant's socket that cannot be asked.
    SocketUnseen {
        #[serde(flatten)]
        grant: Grant,
    },
    /// A grant's socket of another kind.
    SocketKind {
        #[serde(flatten)]
        grant: Grant,
    },
    /// A grant's socket takes connections and should not, or the other way round.
    SocketListens {
        #[serde(flatten)]
        grant: Grant,
        seen: bool,
    },
    /// A grant's socket has another address.
    SocketAddress {
        #[serde(flatten)]
        grant: Grant,
        planned: String,
        seen: String,
    },
    /// A grant's socket is connected to somebody else.
    SocketPeer {
        #[serde(flatten)]
        grant: Grant,
        planned: String,
        seen: String,
    },
    /// A grant's socket that should only send takes what arrives.
    SocketReceives {
        #[serde(flatten)]
        grant: Grant,
    },
    /// No new privileges is not set.
    NewPrivileges,
    /// There are capabilities.
    Capabilities,
    /// There are more threads than planned.
    Threads,
    /// Somebody traces it.
    Traced,
    /// It can be looked into or dumped.
    Exposed,
    /// Another mask of rights of new files.
    FileMask,
    /// Other users or groups; real, effective, saved, file system.
    Identity {
        users: Vec<u32>,
        groups: Vec<u32>,
        user: u32,
        group: u32,
    },
    /// There are supplementary groups.
    FurtherGroups,
    /// The user namespace maps others, too.
    UserMap,
    /// A namespace that is not shown.
    NamespaceUnseen { namespace: String },
    /// A namespace of the supervisor's.
    NamespaceOfSupervisor { namespace: String },
    /// A namespace of another partition's.
    NamespaceOfAnother { namespace: String },
    /// A clock with an offset.
    ClockShifted { clock: String },
    /// Something lies in the root directory.
    RootNotEmpty,
    /// The root is a part of a file system, or of another kind.
    RootNotWhole,
    /// The root directory is not that of the mount.
    RootElsewhere,
    /// The root lacks an option.
    RootOption { option: String },
    /// There is not one mount.
    Mounts { seen: u64 },
    /// The working directory is elsewhere.
    DirectoryElsewhere,
    /// Another limit, by the kernel's name for it.
    Limit {
        limit: String,
        planned: String,
        seen: String,
    },
    /// Another control group.
    ControlGroup {
        controller: String,
        planned: String,
        seen: String,
    },
    /// Another value in a file of its control group.
    ControlGroupValue {
        file: String,
        planned: String,
        seen: String,
    },
    /// Another value of a property.
    Value {
        property: Property,
        planned: String,
        seen: String,
    },
    /// Another number in its process namespace.
    ProcessNumber,
    /// Processes in the partition that are not its own.
    Processes { planned: Vec<u32>, seen: Vec<u32> },
    /// A flow that no plan has, or that is missing.
    Flow {
        from: String,
        to: String,
        flow: String,
        planned: bool,
    },
    /// Further ones that are not recorded.
    More { count: u64 },
    /// As a log of vocabulary version 1 or 2 says it.
    Words { text: String },
    /// A code this version does not know.
    #[serde(other)]
    Other,
}

/// Who has what a subject should have alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// The supervisor.
    Supervisor,
    /// Its own keeper.
    Keeper,
    /// A process of another partition.
    Partition,
    /// One this version does not know.
    #[serde(other)]
    Other,
}

/// Why a mapping must not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Intruder {
    /// Shared memory that is no segment.
    Shared,
    /// Code that can be written.
    WritableCode,
    /// In the keeper: a file that is not the loader.
    NotLoader,
    /// In the keeper: code that is not the loader's.
    CodeNotLoader,
    /// In the subject: a file that is not the program.
    NotProgram,
    /// In the subject: code that is not the program's.
    CodeNotProgram,
    /// In the subject: not where its own memory is.
    NotOwn,
    /// A reason this version does not know.
    #[serde(other)]
    Other,
}

/// Something of a process that has one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Property {
    /// `Seccomp` in `status`.
    FilterMode,
    /// `Seccomp_filters` in `status`.
    Filters,
    /// See sched(7).
    SchedulingPolicy,
    /// See sched(7).
    RealTimePriority,
    /// See nice(2).
    Nice,
    /// `SigIgn` in `status`.
    SignalsIgnored,
    /// `SigBlk` in `status`.
    SignalsBlocked,
    /// `SigCgt` in `status`.
    SignalsHandled,
    /// `SigPnd` and `ShdPnd` in `status`.
    SignalsPending,
    /// `oom_score_adj`.
    OomScoreAdj,
    /// Process ids.
    Children,
    /// A property this version does not know.
    #[serde(other)]
    Other,
}

impl Difference {
    /// One of a process.
    pub fn of(process: Process, deviation: Deviation) -> Self {
        let (subject, process) = (None, Some(process));
        Self {
            subject,
            process,
            deviation,
        }
    }

    /// The same, with its subject.
    pub fn in_partition(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }
}

impl From<Deviation> for Difference {
    fn from(deviation: Deviation) -> Self {
        let (subject, process) = (None, None);
        Self {
            subject,
            process,
            deviation,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(subject) = &self.subject {
            write!(f, "{subject}: ")?;
        }
        match self.process {
            Some(Process::Keeper) => f.write_str("keeper: ")?,
            Some(Process::Subject) => f.write_str("subject: ")?,
            None => {}
        }
        self.deviation.fmt(f)
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} segment of `{}`", self.role, self.name)
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "descriptor {} of grant `{}`",
            self.descriptor, self.grant
        )
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Supervisor => "the supervisor",
            Self::Keeper => "its keeper",
            Self::Partition => "another partition",
            Self::Other => "somebody else",
        })
    }
}

impl fmt::Display for Intruder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared => "unplanned shared mapping",
            Self::WritableCode => "mapping both writable and executable",
            Self::NotLoader => "mapping of a file that is not the loader",
            Self::CodeNotLoader => "executable mapping outside the loader",
            Self::NotProgram => "mapping of a file that is not the program",
            Self::CodeNotProgram => "executable mapping outside the program",
            Self::NotOwn => "mapping that is not the subject's own",
            Self::Other => "mapping that must not be there",
        })
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FilterMode => "its filter mode",
            Self::Filters => "its number of filters",
            Self::SchedulingPolicy => "its scheduling policy",
            Self::RealTimePriority => "its real-time priority",
            Self::Nice => "its nice value",
            Self::SignalsIgnored => "its mask of ignored signals",
            Self::SignalsBlocked => "its mask of blocked signals",
            Self::SignalsHandled => "its mask of handled signals",
            Self::SignalsPending => "its mask of pending signals",
            Self::OomScoreAdj => "its place when memory is short (`oom_score_adj`)",
            Self::Children => "the list of its children",
            Self::Other => "a property that this version does not know",
        })
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unaudited { step, reason } => write!(f, "cannot {step}: {reason}"),
            Self::SubjectUnplanned { name } => write!(f, "the plan has no subject `{name}`"),
            Self::SegmentMissing { segment } => write!(f, "{segment} does not exist"),
            Self::SegmentAddress { segment } => {
                write!(f, "{segment} is not meant for its planned address")
            }
            Self::SegmentTwice { segment } => write!(f, "{segment} is also another segment"),
            Self::SegmentSeals {
                segment,
                planned,
                seen,
            } => write!(f, "{segment} lacks seals: {seen:#x} of {planned:#x}"),
            Self::SegmentUnmapped { segment, address } => {
                write!(f, "{segment} is not mapped at {address:#x}")
            }
            Self::SegmentRights {
                segment,
                planned,
                seen,
            } => write!(f, "{segment} is mapped `{seen}`, not `{planned}`"),
            Self::MappingUnplanned {
                why,
                start,
                end,
                rights,
                name,
            } => write!(f, "{why}: {start:x}-{end:x} {rights} `{name}`"),
            Self::GrantShared { grant } => write!(f, "grant `{grant}` shares a descriptor"),
            Self::GrantNotOnce { grant } => {
                write!(f, "grant `{grant}` is not handed over once")
            }
            Self::GrantUnplanned { grant } => {
                write!(f, "`{grant}` is handed over and not granted")
            }
            Self::DescriptorTwice { descriptor } => {
                write!(f, "descriptor {descriptor} has two purposes")
            }
            Self::DescriptorUnplanned { descriptor, target } => {
                write!(f, "unplanned descriptor {descriptor} on `{target}`")
            }
            Self::DescriptorKind {
                descriptor,
                target,
                flags,
            } => write!(
                f,
                "descriptor {descriptor} on `{target}` (flags {flags:o}) is of the wrong kind"
            ),
            Self::DescriptorClosed { descriptor, of } => {
                write!(f, "descriptor {descriptor} of `{of}` is not open")
            }
            Self::DescriptorLeftOpen { descriptor, target } => write!(
                f,
                "descriptor {descriptor} on `{target}` is still open after its go"
            ),
            Self::DescriptorShared { descriptor, with } => {
                write!(
                    f,
                    "descriptor {descriptor} is one open file with one of {with}"
                )
            }
            Self::GrantReplaced { grant, target } => write!(
                f,
                "{grant} is on `{target}`, which is not what was opened for it"
            ),
            Self::GrantElsewhere {
                grant,
                target,
                path,
            } => write!(
                f,
                "{grant} is on `{target}`, which is not the file at `{path}`"
            ),
            Self::SocketUnseen { grant } => {
                write!(f, "{grant} cannot be asked what it is connected to")
            }
            Self::SocketKind { grant } => write!(f, "{grant} is a socket of another kind"),
            Self::SocketListens { grant, seen: true } => {
                write!(f, "{grant} takes connections")
            }
            Self::SocketListens { grant, seen: false } => {
                write!(f, "{grant} does not take connections")
            }
            Self::SocketAddress {
                grant,
                planned,
                seen,
            } => write!(f, "the address of {grant} is {seen}, not {planned}"),
            Self::SocketPeer {
                grant,
                planned,
                seen,
            } => write!(f, "the peer of {grant} is {seen}, not {planned}"),
            Self::SocketReceives { grant } => {
                write!(f, "{grant} is not closed for what arrives")
            }
            Self::NewPrivileges => f.write_str("it may gain privileges"),
            Self::Capabilities => f.write_str("it has capabilities"),
            Self::Threads => f.write_str("it has more threads than it may"),
            Self::Traced => f.write_str("it is being traced"),
            Self::Exposed => f.write_str("its own user may look into it, or have it dumped"),
            Self::FileMask => {
                f.write_str("its mask of rights of new files is not the supervisor's")
            }
            Self::Identity {
                users,
                groups,
                user,
                group,
            } => write!(
                f,
                "its users are {users:?} and groups {groups:?}, not {user} and {group}"
            ),
            Self::FurtherGroups => f.write_str("it is in further groups"),
            Self::UserMap => {
                f.write_str("its user namespace maps more than its own user and group")
            }
            Self::NamespaceUnseen { namespace } => write!(f, "it shows no {namespace} namespace"),
            Self::NamespaceOfSupervisor { namespace } => {
                write!(f, "it shares the supervisor's {namespace} namespace")
            }
            Self::NamespaceOfAnother { namespace } => write!(
                f,
                "it shares the {namespace} namespace of another partition"
            ),
            Self::ClockShifted { clock } => write!(f, "its {clock} clock is shifted"),
            Self::RootNotEmpty => f.write_str("its root directory is not empty"),
            Self::RootNotWhole => f.write_str("its root is not the root of an empty file system"),
            Self::RootElsewhere => {
                f.write_str("its root directory is not the root of its one mount")
            }
            Self::RootOption { option } => {
                write!(f, "its root is mounted without `{option}`")
            }
            Self::Mounts { seen } => write!(f, "it sees {seen} mounts, not one"),
            Self::DirectoryElsewhere => f.write_str("its working directory is not its empty root"),
            Self::Limit {
                limit,
                planned,
                seen,
            } => write!(f, "its limit `{limit}` is {seen}, not {planned}"),
            Self::ControlGroup {
                controller,
                planned,
                seen,
            } => write!(
                f,
                "its {controller} control group is `{seen}`, not `{planned}`"
            ),
            Self::ControlGroupValue {
                file,
                planned,
                seen,
            } => write!(f, "`{file}` of its control group is {seen}, not {planned}"),
            Self::Value {
                property,
                planned,
                seen,
            } => write!(f, "{property} is {seen}, not {planned}"),
            Self::ProcessNumber => {
                f.write_str("its number in its partition is not the one of its part")
            }
            Self::Processes { planned, seen } => write!(
                f,
                "the processes in its process namespace are {seen:?}, not {planned:?}"
            ),
            Self::Flow {
                from,
                to,
                flow,
                planned,
            } => {
                let what = if *planned { "missing" } else { "not planned" };
                write!(f, "the flow from `{from}` to `{to}` ({flow}) is {what}")
            }
            Self::More { count } => write!(f, "and {count} more"),
            Self::Words { text } => f.write_str(text),
            Self::Other => f.write_str("a difference that this version does not know"),
        }
    }
}

impl FromWords for Difference {
    fn from_words(text: String) -> Self {
        Deviation::Words { text }.into()
    }
}

/// Reads differences, or the words of versions 1 and 2.
pub(crate) fn read<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Difference>, D::Error> {
    let all = Vec::<CodeOrWords<Difference>>::deserialize(input)?;
    Ok(all.into_iter().map(CodeOrWords::code).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    fn audited(differences: &str) -> Vec<Difference> {
        let text = format!(
            "{{\"kind\":\"audited\",\"subject\":\"a\",\"epoch\":1,\"differences\":{differences}}}"
        );
        match serde_json::from_str(&text).unwrap() {
            Event::Audited { differences, .. } => differences,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn differences_come_back_and_are_sentences() {
        let grant = || Grant {
            grant: "log".to_owned(),
            descriptor: 5,
        };
        let text = |text: &str| text.to_owned();
        for (deviation, sentence) in [
            (Deviation::NewPrivileges, "it may gain privileges"),
            (
                Deviation::SocketPeer {
                    grant: grant(),
                    planned: text("192.0.2.1:1"),
                    seen: text("none"),
                },
                "the peer of descriptor 5 of grant `log` is none, not 192.0.2.1:1",
            ),
            (
                Deviation::Value {
                    property: Property::Nice,
                    planned: text("0"),
                    seen: text("-5"),
                },
                "its nice value is -5, not 0",
            ),
            (
                Deviation::SegmentSeals {
                    segment: Segment {
                        role: text("data"),
                        name: text("a.x -> b.y"),
                    },
                    planned: 7,
                    seen: 1,
                },
                "the data segment of `a.x -> b.y` lacks seals: 0x1 of 0x7",
            ),
        ] {
            let difference = Difference::of(Process::Keeper, deviation);
            assert_eq!(difference.to_string(), format!("keeper: {sentence}"));
            let json = serde_json::to_string(&[&difference]).unwrap();
            assert_eq!(audited(&json), std::slice::from_ref(&difference), "{json}");
            let named = difference.in_partition("a").to_string();
            assert_eq!(named, format!("a: keeper: {sentence}"));
        }
    }

    #[test]
    fn words_of_older_logs_and_codes_of_later_versions_are_read() {
        let words = audited("[\"keeper: it may gain privileges\"]");
        assert_eq!(words[0].to_string(), "keeper: it may gain privileges");
        let later =
            audited("[{\"process\":\"subject\",\"code\":\"moon-phase\",\"moon\":\"full\"}]");
        assert_eq!(later[0].deviation, Deviation::Other);
        assert_eq!(later[0].process, Some(Process::Subject));
        assert_eq!(audited("[]"), []);
    }
}
