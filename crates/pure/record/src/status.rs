//! The status page: what a running system says about itself, for command line and server.

use crate::Digest;
use crate::reason::Note;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Format name and version.
pub const FORMAT: &str = "bulkhead.status/2";
/// An older one that is read, in which a note is a text.
const FORMAT_1: &str = "bulkhead.status/1";
/// Most bytes of a channel's latest message shown.
pub const LATEST_BYTES_MAX: usize = 64;

/// A moment of a running system; replaced twice a second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Status {
    /// [`FORMAT`].
    pub format: String,
    /// System name.
    pub system: String,
    /// Process id of the supervisor.
    pub pid: u32,
    /// Digest of the plan in force.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub plan: Digest,
    /// When the run began; nanoseconds since 1970-01-01 UTC.
    pub started_at_ns: u64,
    /// When this page was written; nanoseconds since 1970-01-01 UTC.
    pub at_ns: u64,
    /// True on the last page of a run.
    pub ended: bool,
    /// Mechanisms that the audit saw in force, one line each; none before the first start.
    pub mechanisms: Vec<String>,
    /// In the order of the plan.
    pub subjects: Vec<SubjectStatus>,
    /// In the order of the plan.
    pub channels: Vec<ChannelStatus>,
    /// Lines in the event log.
    pub events: u64,
    /// Events that found no room in it.
    pub events_lost: u64,
    /// Hash of its last line.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub last_event: Digest,
    /// Where the log is.
    #[serde(default)]
    pub log: String,
}

/// One subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SubjectStatus {
    /// Name.
    pub name: String,
    /// What it is doing.
    pub state: SubjectState,
    /// Why it is in this state, where there is more to say.
    #[serde(default, deserialize_with = "crate::reason::read")]
    pub note: Option<Note>,
    /// Number of its current or last start, from 1; 0 before the first.
    pub epoch: u64,
    /// Times it was started again.
    pub restarts: u64,
    /// Whether it does not run though it should: it stays stopped, waits to be started again, or for a
    /// grant or a peer. On the last page: whether that was so when the system was stopped.
    #[serde(default)]
    pub down: bool,
    /// Process id on the host; 0 while it does not run.
    pub pid: u32,
    /// Calls outside its permitted set.
    pub denied: u64,
    /// Calls that were answered with an error, by their names.
    #[serde(default)]
    pub refused_calls: BTreeMap<String, u64>,
    /// Signs of life, as it says.
    pub beats: u64,
    /// Messages it lost, breaches by its peers and messages that made no sense, messages that full
    /// queues refused, periods it missed; since its last start and as it says.
    #[serde(default)]
    pub lost: u64,
    /// See `lost`.
    #[serde(default)]
    pub faults: u64,
    /// See `lost`.
    #[serde(default)]
    pub refused: u64,
    /// See `lost`.
    #[serde(default)]
    pub missed: u64,
    /// Lines it logged.
    pub log_lines: u64,
    /// Lines it logged that were overwritten before they were read.
    pub log_lost: u64,
}

/// What a subject is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SubjectState {
    /// Waits for its next start, or for a grant.
    Waiting,
    /// Is being loaded and audited.
    Starting,
    /// Runs.
    Running,
    /// Stays stopped.
    Stopped,
}

/// One channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChannelStatus {
    /// `writer.port -> reader.port`.
    pub name: String,
    /// Messages or events written so far, as the writer says; a rate is the difference of two pages.
    pub written: u64,
    /// Epoch of the writer.
    pub epoch: u64,
    /// The latest message in hexadecimal, cut after [`LATEST_BYTES_MAX`] bytes; empty if there is
    /// none, the kind does not show it, or messages are larger than 64 KiB.
    pub latest: String,
}

impl Status {
    /// The page as it is written.
    pub fn bytes(&self) -> Vec<u8> {
        // Serialising these plain structures into memory has no way to fail; an empty page would be
        // refused by every reader.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a page; none if it is not one.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let status: Self = serde_json::from_slice(bytes).ok()?;
        [FORMAT, FORMAT_1]
            .contains(&status.format.as_str())
            .then_some(status)
    }
}
