//! What the kernel shows of a process, as plain data.

use record::difference::Holder;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// What the kernel shows of one process. Numbers of users are as the observer sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// Process number.
    pub pid: u32,
    /// User and group to whom what `/proc` shows of it belongs: root, if nobody may look into it.
    pub owner: (u32, u32),
    /// From `maps`.
    pub maps: Vec<Mapping>,
    /// From `fd` and `fdinfo`.
    pub descriptors: Vec<Descriptor>,
    /// What is known of who else has their open file descriptions; none if nobody asked.
    pub sharing: Option<Sharing>,
    /// From `status`.
    pub status: Status,
    /// From `stat`.
    pub schedule: Schedule,
    /// From `ns`: kind and inode.
    pub namespaces: BTreeMap<String, u64>,
    /// From `timens_offsets`: every clock with its seconds and nanoseconds; empty where the kernel
    /// shows none.
    pub clock_offsets: Vec<(String, i64, i64)>,
    /// From `uid_map`: inside, outside, count.
    pub uid_map: Vec<[u64; 3]>,
    /// From `gid_map`, likewise.
    pub gid_map: Vec<[u64; 3]>,
    /// From `mountinfo`.
    pub mounts: Vec<Mount>,
    /// Its root directory.
    pub root: FileId,
    /// Names in it.
    pub root_names: Vec<String>,
    /// Its working directory.
    pub directory: FileId,
    /// From `limits`, by the names there.
    pub limits: BTreeMap<String, Limit>,
    /// From `cgroup`: controllers, joined by commas, and path; version 2 has no controllers.
    pub groups: Vec<(String, String)>,
    /// Files of its control groups, with what they hold; see [`crate::observe_groups`].
    pub group_values: Vec<(Resource, &'static str, String)>,
    /// From `oom_score_adj`.
    pub oom_score_adj: i32,
    /// Its children, where the kernel lists them.
    pub children: Option<Vec<u32>>,
}

/// One mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// First address.
    pub start: u64,
    /// Address after the last.
    pub end: u64,
    /// As `maps` writes them: `r`, `w`, `x` or `-` each, then `s` shared or `p` private.
    pub rights: String,
    /// Where in the file it begins, in bytes.
    pub offset: u64,
    /// Major and minor number of the file's device.
    pub device: (u32, u32),
    /// Inode of the file; 0 = no file.
    pub inode: u64,
    /// File or kind.
    pub name: String,
}

/// One open descriptor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Descriptor {
    /// Number.
    pub number: i32,
    /// What it is open on, in words.
    pub target: String,
    /// What it is open on.
    pub file: FileId,
    /// Number of the device that a device file is for.
    pub device: u64,
    /// Flags of opening, as `open` takes them.
    pub flags: u32,
    /// What a socket is bound and connected to; none if nobody asked it.
    pub socket: Option<Socket>,
}

/// Descriptors compared with those of others, pair by pair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sharing {
    /// Which are one open file description with one of somebody else.
    pub same: Vec<(i32, Holder)>,
    /// Which the kernel did not compare, with whose, and why.
    pub refused: Vec<(i32, Holder, String)>,
}

/// A descriptor of the loader in the subject's process, by which it is known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Number.
    pub number: i32,
    /// What it is open on; of a socket, with its inode.
    pub target: String,
}

/// A socket as it describes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Socket {
    /// What it transports.
    pub kind: SocketKind,
    /// Whether it takes connections.
    pub listens: bool,
    /// Its own address.
    pub local: Option<SocketAddr>,
    /// Whom it is connected to.
    pub peer: Option<SocketAddr>,
    /// Whether a filter drops all that arrives, and cannot be taken away.
    pub closed: bool,
}

/// What a socket transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketKind {
    /// A stream of bytes.
    Stream,
    /// Messages.
    Datagram,
    /// Something else.
    Other,
}

/// What `status` says. A line that is absent leaves a value that no comparison accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Real, effective, saved and file-system user.
    pub users: Vec<u32>,
    /// Likewise groups.
    pub groups: Vec<u32>,
    /// Further groups.
    pub groups_further: Vec<u32>,
    /// Threads.
    pub threads: u32,
    /// Whoever traces it; 0 = nobody.
    pub tracer: u32,
    /// 1 = no new privileges.
    pub no_new_privileges: u32,
    /// 2 = filtered.
    pub seccomp: u32,
    /// Number of filters.
    pub filters: u32,
    /// Its number in each process namespace from the observer's inwards.
    pub numbers: Vec<u32>,
    /// Mask of the rights that files it makes do not get.
    pub umask: u32,
    /// Signals that wait to be delivered, to the process or its first thread.
    pub signals_pending: u64,
    /// Signals that are kept back.
    pub signals_blocked: u64,
    /// Signals without effect.
    pub signals_ignored: u64,
    /// Signals with a handler.
    pub signals_handled: u64,
    /// Inheritable, permitted, effective, bounding and ambient capabilities.
    pub capabilities: Vec<u64>,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            users: Vec::new(),
            groups: Vec::new(),
            groups_further: vec![u32::MAX],
            threads: u32::MAX,
            tracer: u32::MAX,
            no_new_privileges: u32::MAX,
            seccomp: u32::MAX,
            filters: u32::MAX,
            numbers: Vec::new(),
            umask: u32::MAX,
            signals_pending: u64::MAX,
            signals_blocked: u64::MAX,
            signals_ignored: u64::MAX,
            signals_handled: u64::MAX,
            capabilities: Vec::new(),
        }
    }
}

/// How a process is scheduled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Nice value.
    pub nice: i32,
    /// Scheduling policy; 0 = the ordinary one.
    pub policy: u32,
    /// Real-time priority.
    pub priority: u32,
}

/// One mount.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mount {
    /// Major and minor number of the mounted file system.
    pub device: (u32, u32),
    /// Which directory of it is mounted.
    pub root: String,
    /// Where.
    pub point: String,
    /// Options of this mount.
    pub options: Vec<String>,
    /// Kind of file system.
    pub kind: String,
}

/// A limit; `None` = unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// The one in force.
    pub soft: Option<u64>,
    /// How far it may be raised.
    pub hard: Option<u64>,
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
