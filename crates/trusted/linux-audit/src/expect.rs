//! What the runtime tells the auditor about its own objects.

use crate::seen::{FileId, Held, Limit, Resource};
use plan::SubjectPlan;
use record::difference::Process;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

/// On top of a subject's memory, for its keeper and the kernel (`docs/security.md`).
const OVERHEAD_BYTES: u64 = 4 << 20;
/// Processes and threads of a partition.
pub(crate) const THREADS_MAX: u32 = 64;
/// Control groups count memory in pages.
const PAGE_BYTES: u64 = 4096;
/// Shortest interval of a processor budget that the kernel knows.
const PERIOD_MIN_US: u64 = 1000;

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

/// What the files of a control group must hold.
pub(crate) fn planned_values(subject: &SubjectPlan, group: &Group) -> Vec<(&'static str, String)> {
    let bytes = subject.memory_bytes.saturating_add(OVERHEAD_BYTES);
    let memory = (bytes - bytes % PAGE_BYTES).to_string();
    match (group.resource, group.version) {
        (Resource::Memory, 1) => vec![
            ("memory.limit_in_bytes", memory.clone()),
            ("memory.memsw.limit_in_bytes", memory),
        ],
        (Resource::Memory, _) => vec![("memory.max", memory), ("memory.swap.max", "0".to_owned())],
        (Resource::Threads, _) => vec![("pids.max", THREADS_MAX.to_string())],
        (Resource::Processor, version) => {
            let (budget_us, period_us) = (subject.budget_us, subject.budget_period_us);
            let shortest = budget_us.min(period_us);
            if shortest == 0 {
                return Vec::new();
            }
            // The same share in the shortest interval that the kernel keeps.
            let factor = PERIOD_MIN_US.div_ceil(shortest);
            let quota = budget_us.saturating_mul(factor).to_string();
            let period = period_us.saturating_mul(factor).to_string();
            match version {
                1 => vec![("cpu.cfs_quota_us", quota), ("cpu.cfs_period_us", period)],
                _ => vec![("cpu.max", format!("{quota} {period}"))],
            }
        }
    }
}
