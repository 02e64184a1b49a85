//! The status page: what a running system says about itself, for command line and server.

use crate::Digest;
use crate::mechanism::{self, Mechanism};
use crate::reason::Note;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Format name and version.
pub const FORMAT: &str = "bulkhead.status/3";
/// Older ones that are read: mechanisms are texts in both, and notes are in the first.
const OLDER: [&str; 2] = ["bulkhead.status/2", "bulkhead.status/1"];
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
    /// The same on the clock that counts from the start of the machine, which nobody sets; 0 in pages of
    /// earlier versions.
    #[serde(default)]
    pub boot_ns: u64,
    /// True on the last page of a run.
    pub ended: bool,
    /// Mechanisms that the audit saw in force; none before the first start.
    #[serde(deserialize_with = "mechanism::read")]
    pub mechanisms: Vec<Mechanism>,
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

/// A moment on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Nanoseconds since 1970-01-01 UTC.
    pub wall_ns: u64,
    /// Nanoseconds since the start of the machine, with its sleep; 0 if that is not known.
    pub boot_ns: u64,
}

impl Status {
    /// How long ago this page was written, whatever became of the machine's clock meanwhile.
    pub fn age_ns(&self, now: Moment) -> u64 {
        match now.boot_ns.checked_sub(self.boot_ns) {
            Some(age_ns) if self.boot_ns > 0 => age_ns,
            // Of an earlier version, or of before the machine was started.
            _ => now.wall_ns.saturating_sub(self.at_ns),
        }
    }
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

    /// Reads a page, which is of this version then; none if it is not one.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut status: Self = serde_json::from_slice(bytes).ok()?;
        if OLDER.contains(&status.format.as_str()) {
            FORMAT.clone_into(&mut status.format);
        }
        (status.format == FORMAT).then_some(status)
    }
}

#[cfg(test)]
mod tests {
    use super::{FORMAT, Moment, Status};
    use crate::Digest;

    fn page(at_ns: u64, boot_ns: u64) -> Status {
        Status {
            format: FORMAT.to_owned(),
            system: "s".to_owned(),
            pid: 1,
            plan: Digest::default(),
            started_at_ns: 0,
            at_ns,
            boot_ns,
            ended: false,
            mechanisms: vec![],
            subjects: vec![],
            channels: vec![],
            events: 0,
            events_lost: 0,
            last_event: Digest::default(),
            log: String::new(),
        }
    }

    #[test]
    fn a_page_is_as_old_as_the_machine_says_whatever_becomes_of_its_clock() {
        let now = |wall_ns, boot_ns| Moment { wall_ns, boot_ns };
        // The clock was set back, and forward.
        assert_eq!(page(5000, 70).age_ns(now(10, 100)), 30);
        assert_eq!(page(50, 70).age_ns(now(9000, 100)), 30);
        // Of an earlier version, and of before the machine was started.
        assert_eq!(page(50, 0).age_ns(now(90, 100)), 40);
        assert_eq!(page(50, 700).age_ns(now(90, 100)), 40);
        assert_eq!(page(50, 0).age_ns(now(40, 100)), 0);
    }
}
