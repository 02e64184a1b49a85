//! A process as the kernel shows it, as plain data.

use crate::texts;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::Read;
use std::path::Path;

/// Most bytes read of one file of `/proc`.
const BYTES_MAX: u64 = 4 << 20;
/// Most entries read of one directory.
const ENTRIES_MAX: usize = 4096;

/// What the kernel shows of one process. Numbers of users are as the observer sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// Process number.
    pub pid: u32,
    /// From `maps`.
    pub maps: Vec<Mapping>,
    /// From `fd` and `fdinfo`.
    pub descriptors: Vec<Descriptor>,
    /// From `status`.
    pub status: Status,
    /// From `ns`: kind and inode.
    pub namespaces: BTreeMap<String, u64>,
    /// From `uid_map`: inside, outside, count.
    pub uid_map: Vec<[u64; 3]>,
    /// From `gid_map`, likewise.
    pub gid_map: Vec<[u64; 3]>,
    /// From `mountinfo`.
    pub mounts: Vec<Mount>,
    /// Names in its root directory.
    pub root: Vec<String>,
    /// From `limits`: size of a core file.
    pub core: Limit,
    /// From `cgroup`: one line per hierarchy.
    pub cgroup: Vec<String>,
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
    /// What it is open on.
    pub target: String,
    /// Flags of opening, as `open` takes them.
    pub flags: u32,
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
    /// Inheritable, permitted, effective, bounding and ambient capabilities.
    pub capabilities: Vec<u64>,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            users: Vec::new(),
            groups: Vec::new(),
            groups_further: Vec::new(),
            threads: u32::MAX,
            tracer: u32::MAX,
            no_new_privileges: u32::MAX,
            seccomp: u32::MAX,
            filters: 0,
            capabilities: Vec::new(),
        }
    }
}

/// One mount.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mount {
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

/// Why a process could not be observed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObserveError {
    /// The file that could not be read or understood.
    pub file: String,
    /// Why.
    pub reason: String,
}

impl fmt::Display for ObserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read `{}`: {}", self.file, self.reason)
    }
}

impl std::error::Error for ObserveError {}

/// Observes a process. It should stand still meanwhile: wait, be stopped, or block on its "go".
///
/// # Errors
/// What could not be read or understood, for instance because the process is gone or because the
/// observer lacks the right to trace it.
pub fn observe(pid: u32) -> Result<Observation, ObserveError> {
    let at = |name: &str| format!("/proc/{pid}/{name}");
    let text = |name: &str| read(&at(name));
    let understood = |name: &str, what: Option<()>| {
        what.ok_or_else(|| fail(&at(name), &"not in the form this program knows"))
    };
    let mut seen = Observation {
        pid,
        ..Observation::default()
    };
    let maps = texts::maps(&text("maps")?);
    seen.maps = maps.ok_or_else(|| fail(&at("maps"), &"not in the form this program knows"))?;
    seen.status = texts::status(&text("status")?);
    seen.uid_map = texts::id_map(&text("uid_map")?);
    seen.gid_map = texts::id_map(&text("gid_map")?);
    let mounts = texts::mounts(&text("mountinfo")?);
    understood("mountinfo", mounts.map(|mounts| seen.mounts = mounts))?;
    let core = texts::core_limit(&text("limits")?);
    understood("limits", core.map(|core| seen.core = core))?;
    seen.cgroup = text("cgroup")?.lines().map(str::to_owned).collect();
    for name in names(&at("fd"))? {
        let file = at(&format!("fd/{name}"));
        let target = link(&file)?;
        let info = text(&format!("fdinfo/{name}"))?;
        let parsed = name.parse().ok().zip(texts::flags(&info));
        let (number, flags) = parsed.ok_or_else(|| fail(&file, &"no number or flags"))?;
        seen.descriptors.push(Descriptor {
            number,
            target,
            flags,
        });
    }
    for name in names(&at("ns"))? {
        let file = at(&format!("ns/{name}"));
        let inode = texts::namespace(&link(&file)?);
        seen.namespaces
            .insert(name, inode.ok_or_else(|| fail(&file, &"no inode"))?);
    }
    seen.root = names(&at("root/"))?;
    Ok(seen)
}

fn fail(file: &str, reason: &dyn fmt::Display) -> ObserveError {
    ObserveError {
        file: file.to_owned(),
        reason: reason.to_string(),
    }
}

fn read(file: &str) -> Result<String, ObserveError> {
    let mut bytes = Vec::new();
    let opened = fs::File::open(file).map_err(|error| fail(file, &error))?;
    opened
        .take(BYTES_MAX)
        .read_to_end(&mut bytes)
        .map_err(|error| fail(file, &error))?;
    if bytes.len() as u64 == BYTES_MAX {
        return Err(fail(file, &"too long"));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn link(file: &str) -> Result<String, ObserveError> {
    let target = fs::read_link(Path::new(file)).map_err(|error| fail(file, &error))?;
    Ok(target.to_string_lossy().into_owned())
}

fn names(directory: &str) -> Result<Vec<String>, ObserveError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(|error| fail(directory, &error))? {
        let entry = entry.map_err(|error| fail(directory, &error))?;
        if names.len() == ENTRIES_MAX {
            return Err(fail(directory, &"too many entries"));
        }
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}
