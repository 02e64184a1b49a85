//! What the runtime tells the auditor about its own objects.

use crate::observe::{Held, Limit};
use record::difference::Process;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

/// Seals of shared memory, as `fcntl(F_GET_SEALS)` returns them.
pub mod seals {
    /// `F_SEAL_SEAL`: no further seals.
    pub const SEAL: u32 = 0x01;
    /// `F_SEAL_SHRINK`.
    pub const SHRINK: u32 = 0x02;
    /// `F_SEAL_GROW`.
    pub const GROW: u32 = 0x04;
    /// `F_SEAL_WRITE`: nobody writes.
    pub const WRITE: u32 = 0x08;
    /// `F_SEAL_FUTURE_WRITE`: nobody but who maps it already writes.
    pub const FUTURE_WRITE: u32 = 0x10;
}

/// A file, as the kernel knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId {
    /// `st_dev`.
    pub device: u64,
    /// `st_ino`.
    pub inode: u64,
}

impl FileId {
    /// Major and minor number of the device, as `/proc` writes them.
    pub fn device_numbers(self) -> (u32, u32) {
        let major = (self.device >> 8 & 0xfff) | (self.device >> 32 & 0xffff_f000);
        let minor = (self.device & 0xff) | (self.device >> 12 & 0xffff_ff00);
        // Both fit; one that did not would be that of no device.
        (
            u32::try_from(major).unwrap_or(u32::MAX),
            u32::try_from(minor).unwrap_or(u32::MAX),
        )
    }
}

/// What a segment of shared memory is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Data of a channel: the writer maps it writable, the reader read-only.
    Data,
    /// Credit of a channel: the reader maps it writable, the writer read-only.
    Credit,
    /// The port table of a subject: read-only, and only in its own process.
    Table,
    /// The pulse of a subject: writable.
    Pulse,
}

/// A segment of shared memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The channel (data, credit) or subject (table, pulse).
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The file behind it.
    pub file: FileId,
    /// Its size in bytes, whole pages.
    pub bytes: u64,
    /// Where it is mapped; for data and credit the plan says so too.
    pub address: u64,
    /// See [`seals`].
    pub seals: u32,
}

/// How the supervisor runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As root: each partition has the user and group of the plan.
    Privileged,
    /// As an ordinary user, which all partitions share.
    Unprivileged {
        /// That user.
        user: u32,
        /// Its group.
        group: u32,
    },
}

/// When a process is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It waits for its "go", or is a keeper: everything is as the runtime made it.
    Waiting,
    /// It runs: its own signals, threads, memory and accepted connections are its own business.
    Running,
}

/// A descriptor of the trusted loader, which it closes before the subject runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// Number.
    pub number: i32,
    /// What it must be.
    pub kind: ControlKind,
}

/// What a descriptor of the trusted loader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlKind {
    /// A socket to the supervisor.
    Socket,
    /// The notification listener of the filter.
    Listener,
    /// The program image, open for reading.
    Image,
    /// A standard descriptor on `/dev/null`; the subject keeps it.
    Null,
    /// The keeper's descriptor of the subject's process.
    Process,
}

/// A grant as it was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Name.
    pub name: String,
    /// Descriptor.
    pub number: i32,
    /// What the launcher opened.
    pub opened: FileId,
    /// What lay at the planned path when it was looked there; none if nobody looked, or it has no
    /// path.
    pub found: Option<Vec<FileId>>,
}

/// A control group in which a partition must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What it limits.
    pub resource: Resource,
    /// Version of the mechanism.
    pub version: u8,
    /// Its directory.
    pub directory: PathBuf,
    /// Its path in its hierarchy, as the observer sees it.
    pub path: String,
}

/// What a control group limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// Memory.
    Memory,
    /// Processor time.
    Processor,
    /// Processes and threads.
    Threads,
}

/// The process that looks, as far as partitions are compared with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// Its namespaces.
    pub namespaces: BTreeMap<String, u64>,
    /// Its limits, by the names that `/proc` has for them.
    pub limits: BTreeMap<String, Limit>,
    /// Its nice value.
    pub nice: i32,
    /// Its mask of rights of new files.
    pub umask: u32,
    /// Filters it is under itself.
    pub filters: u32,
}

/// Everything an observation is compared with, beside the plan.
#[derive(Clone, Debug)]
pub struct Expectation<'a> {
    /// How the supervisor runs.
    pub mode: Mode,
    /// Which process it is.
    pub process: Process,
    /// When.
    pub stage: Stage,
    /// All segments of the system, or at least those of this partition.
    pub segments: &'a [Segment],
    /// The subject's program.
    pub program: FileId,
    /// The trusted loader's own program.
    pub loader: FileId,
    /// Where the loader places what is the subject's own: image and stack.
    pub own: Range<u64>,
    /// Grants of the subject; empty for the keeper.
    pub grants: &'a [Granted],
    /// Descriptors of the trusted loader.
    pub control: &'a [Control],
    /// What of the loader's a process that was let go has not been seen to close yet: exactly these may
    /// still be there.
    pub held: &'a [Held],
    /// The supervisor.
    pub outside: &'a Outside,
    /// Namespaces of each other partition.
    pub others: &'a [&'a BTreeMap<String, u64>],
    /// Limits of the process by the names that `/proc` has for them; soft and hard are the same, and
    /// never more than the supervisor may give. The others are the supervisor's.
    pub limits: &'a [(&'static str, u64)],
    /// Control groups of the partition.
    pub groups: &'a [Group],
    /// Its place in the kernel's choice when memory is short.
    pub oom_score_adj: i32,
    /// Its children.
    pub children: &'a [u32],
    /// Signals without effect, as a mask.
    pub signals_ignored: u64,
}
