//! What can happen to a running system, version 4 of the vocabulary. In version 1 the cause of an end was
//! a text, in versions 1 and 2 differences and reasons were, before version 4 mechanisms were; all of them are
//! still read.
//!
//! Readers accept kinds they do not know as [`Event::Other`]; a kind, once written, keeps its
//! meaning and its fields.

use crate::Digest;
use crate::cause::Cause;
use crate::difference::{self, Difference};
use crate::mechanism::{self, Mechanism};
use crate::reason::{self, Abandonment, End, Halt};
use serde::{Deserialize, Serialize};

/// Version of the vocabulary.
pub const VERSION: u32 = 4;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// The supervisor took a plan and is about to start its subjects.
    RunStarted {
        /// Event vocabulary version; this is [`VERSION`].
        version: u32,
        /// System name.
        system: String,
        /// Digest of the plan's canonical bytes.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        plan: Digest,
        /// Digest of the model the plan was made from.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        model: Digest,
        /// In older logs: mechanisms that were said to be in force before anything was seen of them.
        #[serde(deserialize_with = "mechanism::read")]
        mechanisms: Vec<Mechanism>,
        /// Mechanisms that are meant to be in force, and what is weaker than asked.
        #[serde(
            default,
            deserialize_with = "mechanism::read",
            skip_serializing_if = "Vec::is_empty"
        )]
        intended: Vec<Mechanism>,
        /// Hash of the last line of this system's log before this one; none if there is none, or it
        /// could not be read.
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        follows: Option<Digest>,
    },
    /// The oldest log of this system was removed, because there are too many.
    LogRemoved {
        /// Its name in the log directory.
        name: String,
        /// Hash of its last line, if it had one.
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        last: Option<Digest>,
    },
    /// The independent audit compared a partition with the plan before it was let go, or found after its
    /// go that it had kept what it should have closed.
    Audited {
        /// Subject.
        subject: String,
        /// Epoch, from 1.
        epoch: u64,
        /// Whether the subject had been let go; then there are differences.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        after_go: bool,
        /// Differences; empty means it matched and was let go.
        #[serde(deserialize_with = "difference::read")]
        differences: Vec<Difference>,
    },
    /// What the audit saw of every partition that was let go so far, and of the one that goes next: before
    /// the first start, and whenever a line no longer holds.
    InForce {
        /// Mechanisms in force, and what is weaker than asked.
        #[serde(deserialize_with = "mechanism::read")]
        mechanisms: Vec<Mechanism>,
    },
    /// Somebody asked for the same comparison while the system ran.
    Reviewed {
        /// Partitions that were looked at: those whose subjects ran.
        partitions: u64,
        /// Differences, each with its subject; empty means that all match.
        #[serde(deserialize_with = "difference::read")]
        differences: Vec<Difference>,
    },
    /// A subject's first instruction was permitted.
    Started {
        /// Subject.
        subject: String,
        /// Epoch, from 1.
        epoch: u64,
        /// Process id on the host.
        pid: u32,
    },
    /// A call outside the subject's permitted set; the subject was killed.
    Denied {
        /// Subject.
        subject: String,
        /// Epoch.
        epoch: u64,
        /// System call number.
        number: i64,
        /// Its name, or `unknown`.
        call: String,
        /// The six arguments as seen by the kernel.
        arguments: Vec<u64>,
    },
    /// A subject ended.
    Exited {
        /// Subject.
        subject: String,
        /// Epoch.
        epoch: u64,
        /// Why.
        #[serde(deserialize_with = "reason::read")]
        cause: Cause,
    },
    /// The subject will be started again.
    Restarting {
        /// Subject.
        subject: String,
        /// The epoch it will have.
        epoch: u64,
        /// Pause before the start, in milliseconds.
        after_ms: u64,
    },
    /// A subject stays stopped by its rule.
    Abandoned {
        /// Subject.
        subject: String,
        /// Which rule.
        #[serde(deserialize_with = "reason::read")]
        reason: Abandonment,
    },
    /// A subject did not beat in time.
    HeartbeatLost {
        /// Subject.
        subject: String,
        /// Epoch.
        epoch: u64,
        /// How long it was silent, in milliseconds.
        silent_ms: u64,
    },
    /// A grant could not be opened; it is tried again by rule.
    GrantRefused {
        /// Subject.
        subject: String,
        /// Grant name.
        grant: String,
        /// What the system said.
        reason: String,
    },
    /// A line a subject logged.
    Log {
        /// Subject.
        subject: String,
        /// Epoch.
        epoch: u64,
        /// The text, control characters replaced, bounded in length.
        text: String,
    },
    /// Lines a subject logged that were overwritten before they were read.
    LogLost {
        /// Subject.
        subject: String,
        /// How many.
        lines: u64,
    },
    /// A shared segment did not hold what its protocol allows.
    ChannelFault {
        /// Who writes it; empty in older logs.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        subject: String,
        /// Channel, as `a.x -> b.y`, or `log of a`.
        channel: String,
        /// What was wrong.
        reason: String,
    },
    /// The system was halted by one of its own rules.
    Halted {
        /// Which rule, and what set it off.
        #[serde(deserialize_with = "reason::read")]
        reason: Halt,
    },
    /// The run ended in order.
    RunEnded {
        /// Why.
        #[serde(deserialize_with = "reason::read")]
        reason: End,
    },
    /// Events the supervisor could not record for lack of room.
    EventsLost {
        /// Whose share of the log was full; none if it was not a subject's, and in older logs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        /// How many.
        count: u64,
    },
    /// Events of one kind and one subject that came too often to be recorded one by one. What was
    /// recorded and what is counted here is all that happened.
    Repeated {
        /// Subject.
        subject: String,
        /// Their kind, as in `kind`; or what is only counted: `refused`, calls that were answered with an error;
        /// `closing-unseen`, ends of processes that the audit had not seen close gate and listener after go.
        of: String,
        /// What they have in common: the cause of an end, the call, the grant; may be empty.
        what: String,
        /// How many.
        count: u64,
        /// Epoch of the last.
        epoch: u64,
        /// When the first of them happened, in nanoseconds since 1970-01-01 UTC.
        since_ns: u64,
    },
    /// A kind this version does not know.
    #[serde(other)]
    Other,
}

impl Event {
    /// The subject that caused it; none if the supervisor did.
    pub fn subject(&self) -> Option<&str> {
        match self {
            Self::Audited { subject, .. }
            | Self::Started { subject, .. }
            | Self::Denied { subject, .. }
            | Self::Exited { subject, .. }
            | Self::Restarting { subject, .. }
            | Self::Abandoned { subject, .. }
            | Self::HeartbeatLost { subject, .. }
            | Self::GrantRefused { subject, .. }
            | Self::Log { subject, .. }
            | Self::LogLost { subject, .. }
            | Self::ChannelFault { subject, .. }
            | Self::Repeated { subject, .. } => Some(subject),
            Self::EventsLost { subject, .. } => subject.as_deref(),
            Self::RunStarted { .. }
            | Self::LogRemoved { .. }
            | Self::InForce { .. }
            | Self::Reviewed { .. }
            | Self::Halted { .. }
            | Self::RunEnded { .. }
            | Self::Other => None,
        }
    }
}
