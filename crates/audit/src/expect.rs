//! What the runtime tells the auditor about its own objects.

use std::collections::BTreeMap;
use std::ops::Range;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// Which process of a partition is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// The first process of the partition, which holds the mappings.
    Keeper,
    /// The process that waits to become the subject.
    Subject,
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

/// Everything an observation is compared with, beside the plan.
#[derive(Clone, Debug)]
pub struct Expectation<'a> {
    /// How the supervisor runs.
    pub mode: Mode,
    /// Which process it is.
    pub process: Process,
    /// All segments of the system, or at least those of this partition.
    pub segments: &'a [Segment],
    /// The subject's program.
    pub program: FileId,
    /// The trusted loader's own program.
    pub loader: FileId,
    /// Where the loader places what is the subject's own: image and stack.
    pub own: Range<u64>,
    /// Grants of the subject and their descriptors; empty for the keeper.
    pub grants: &'a [(String, i32)],
    /// Descriptors of the trusted loader.
    pub control: &'a [Control],
    /// Namespaces of the supervisor.
    pub outside: &'a BTreeMap<String, u64>,
    /// Namespaces of each other partition.
    pub others: &'a [&'a BTreeMap<String, u64>],
}
