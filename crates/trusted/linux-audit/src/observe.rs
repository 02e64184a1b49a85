//! Reads what the kernel shows of a process.

use crate::expect::{Group, Outside, planned_values};
use crate::seen::{Descriptor, FileId, Held, Observation};
use crate::texts;
use plan::SubjectPlan;
use record::difference::Deviation;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Most bytes read of one file of `/proc`.
const BYTES_MAX: u64 = 4 << 20;
/// Most entries read of one directory.
const ENTRIES_MAX: usize = 4096;
/// How often one look is made again because what was looked at ended or changed meanwhile, and how long: whoever
/// waits for it has others to care for.
const LOOKS_MAX: usize = 32;
const LOOKS_TIME_MAX: Duration = Duration::from_millis(20);
/// How often it is made in any case: who looks may have to wait for a processor meanwhile.
const LOOKS_MIN: usize = 4;

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
/// Each file of `/proc` is read once, of a thread that lives before and after.
///
/// # Errors
/// What could not be read or understood, for instance because the process is gone or because the
/// observer lacks the right to trace it.
pub fn observe(pid: u32) -> Result<Observation, ObserveError> {
    let look = |thread| observe_at(&format!("/proc/{pid}/task/{thread}"), pid, thread);
    let failed = |reason| Err(fail(&format!("/proc/{pid}/task"), &reason));
    match through(pid, look) {
        Looked::At(seen) => seen,
        Looked::Ended => failed(ENDED),
        Looked::Missed => failed(THREADS_END),
    }
}

/// Why nothing is known of a process that has not ended: it makes threads that end, and no other is left.
pub const THREADS_END: &str = "its threads end faster than they can be looked at";
const ENDED: &str = "it has ended";

/// What came of a look at a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked<T> {
    /// This, at a thread that lived before and after.
    At(T),
    /// Nothing: the process has ended.
    Ended,
    /// Nothing: each thread that was looked at ended meanwhile; see [`THREADS_END`].
    Missed,
}

/// Looks at a thread of a process, and at another one if that has ended meanwhile. What a process has is seen
/// at each thread that has not begun to end, and no more at its first one once that has ended, however long
/// the others run.
pub fn through<T>(pid: u32, look: impl Fn(u32) -> T) -> Looked<T> {
    let begin = Instant::now();
    for looks in 1..=LOOKS_MAX {
        if let Some(thread) = match living(pid) {
            Looked::At(thread) => Some(thread),
            Looked::Ended => return Looked::Ended,
            Looked::Missed => None,
        } {
            let found = look(thread);
            if lives(pid, thread) {
                return Looked::At(found);
            }
        }
        if looks >= LOOKS_MIN && begin.elapsed() > LOOKS_TIME_MAX {
            break;
        }
    }
    Looked::Missed
}

/// A thread that has not begun to end.
fn living(pid: u32) -> Looked<u32> {
    if lives(pid, pid) {
        return Looked::At(pid);
    }
    let place = format!("/proc/{pid}/task");
    let threads = names(&place).unwrap_or_default();
    let threads = threads.iter().filter_map(|name| name.parse().ok());
    let mut others = threads.filter(|thread| *thread != pid);
    match others.find(|thread| lives(pid, *thread)) {
        Some(thread) => Looked::At(thread),
        None if has_ended(pid, &place) => Looked::Ended,
        None => Looked::Missed,
    }
}

/// Whether a process is gone, or none of its threads is left but the first one, which has begun to end. The
/// list of its threads does not tell: it leaves out all that come after one that ends while it is read.
fn has_ended(pid: u32, place: &str) -> bool {
    match read(&format!("{place}/{pid}/stat")) {
        Ok(stat) => texts::lives(&stat) == Some(false) && texts::threads(&stat) == Some(1),
        Err(_) => !Path::new(place).exists(),
    }
}

fn lives(pid: u32, thread: u32) -> bool {
    let stat = read(&format!("/proc/{pid}/task/{thread}/stat"));
    stat.is_ok_and(|stat| texts::lives(&stat) == Some(true))
}

fn observe_at(place: &str, pid: u32, thread: u32) -> Result<Observation, ObserveError> {
    let at = |name: &str| format!("{place}/{name}");
    let text = |name: &str| read(&at(name));
    let strange = |name: &str| fail(&at(name), &UNKNOWN_FORM);
    let mut seen = Observation {
        pid,
        ..Observation::default()
    };
    seen.maps = texts::maps(&text("maps")?).ok_or_else(|| strange("maps"))?;
    seen.status = texts::status(&text("status")?);
    seen.schedule = texts::schedule(&text("stat")?).ok_or_else(|| strange("stat"))?;
    seen.uid_map = texts::id_map(&text("uid_map")?);
    seen.gid_map = texts::id_map(&text("gid_map")?);
    seen.mounts = texts::mounts(&text("mountinfo")?).ok_or_else(|| strange("mountinfo"))?;
    seen.limits = texts::limits(&text("limits")?).ok_or_else(|| strange("limits"))?;
    seen.groups = texts::groups(&text("cgroup")?).ok_or_else(|| strange("cgroup"))?;
    let adjusted = text("oom_score_adj")?.trim().parse();
    seen.oom_score_adj = adjusted.map_err(|_| strange("oom_score_adj"))?;
    // Kernels without time namespaces have no such file; that they are missing is seen elsewhere.
    // They are shown under the number alone.
    if let Ok(offsets) = read(&format!("/proc/{thread}/timens_offsets")) {
        let offsets = texts::clock_offsets(&offsets);
        seen.clock_offsets = offsets.ok_or_else(|| strange("timens_offsets"))?;
    }
    seen.children = children(pid)?;
    // The directory itself belongs to the process's user whatever else is.
    let own = metadata(&at("fd"))?;
    seen.owner = (own.uid(), own.gid());
    for name in names(&at("fd"))? {
        seen.descriptors.extend(descriptor(place, &name)?);
    }
    for name in names(&at("ns"))? {
        let file = at(&format!("ns/{name}"));
        let inode = texts::namespace(&link(&file)?);
        seen.namespaces
            .insert(name, inode.ok_or_else(|| fail(&file, &"no inode"))?);
    }
    seen.root = file_id(&metadata(&at("root/"))?);
    seen.root_names = names(&at("root/"))?;
    seen.directory = file_id(&metadata(&at("cwd/"))?);
    Ok(seen)
}

/// The children of all threads; none if this kernel does not list them.
fn children(pid: u32) -> Result<Option<Vec<u32>>, ObserveError> {
    let mut all: Option<Vec<u32>> = None;
    for thread in names(&format!("/proc/{pid}/task"))? {
        let file = format!("/proc/{pid}/task/{thread}/children");
        // Or it ended meanwhile: another has its children now.
        let Ok(text) = read(&file) else { continue };
        let own = texts::numbers(&text).ok_or_else(|| fail(&file, &UNKNOWN_FORM))?;
        all.get_or_insert_default().extend(own);
    }
    Ok(all)
}

const UNKNOWN_FORM: &str = "not in the form this program knows";

/// A descriptor; none if it was closed meanwhile.
fn descriptor(place: &str, name: &str) -> Result<Option<Descriptor>, ObserveError> {
    let file = format!("{place}/fd/{name}");
    let mut reason = String::new();
    for _ in 0..LOOKS_MAX {
        let seen = descriptor_once(place, name);
        match (seen, fs::read_link(&file)) {
            (_, Err(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            (_, Err(error)) => return Err(fail(&file, &error)),
            (Ok(seen), Ok(now)) if seen.target == now.to_string_lossy() => return Ok(Some(seen)),
            // Of two things that had this number after each other.
            (Ok(_), Ok(_)) => CHANGES.clone_into(&mut reason),
            // Or it was closed, and something else has its number now.
            (Err(error), Ok(_)) => reason = error.reason,
        }
    }
    Err(fail(&file, &reason))
}

const CHANGES: &str = "it changes faster than it can be looked at";

fn descriptor_once(place: &str, name: &str) -> Result<Descriptor, ObserveError> {
    let file = format!("{place}/fd/{name}");
    let target = link(&file)?;
    let info = read(&format!("{place}/fdinfo/{name}"))?;
    let parsed = name.parse().ok().zip(texts::flags(&info));
    let (number, flags) = parsed.ok_or_else(|| fail(&file, &"no number or flags"))?;
    let behind = metadata(&file)?;
    Ok(Descriptor {
        number,
        target,
        file: file_id(&behind),
        device: behind.rdev(),
        flags,
        socket: None,
    })
}

/// Adds what the files of a partition's control groups hold. A file that cannot be read is left out.
pub fn observe_groups(seen: &mut Observation, subject: &SubjectPlan, groups: &[Group]) {
    for group in groups {
        for (file, _) in planned_values(subject, group) {
            let path = group.directory.join(file);
            if let Ok(text) = read(&path.to_string_lossy()) {
                let value = text.trim_end().to_owned();
                seen.group_values.push((group.resource, file, value));
            }
        }
    }
}

/// The process that looks, as far as others are compared with it.
///
/// # Errors
/// What could not be read or understood.
pub fn outside() -> Result<Outside, ObserveError> {
    let at = |name: &str| format!("/proc/self/{name}");
    let strange = |name: &str| fail(&at(name), &UNKNOWN_FORM);
    let status = texts::status(&read(&at("status"))?);
    let schedule = texts::schedule(&read(&at("stat"))?).ok_or_else(|| strange("stat"))?;
    let limits = texts::limits(&read(&at("limits"))?).ok_or_else(|| strange("limits"))?;
    let mut namespaces = BTreeMap::new();
    for name in names(&at("ns"))? {
        let file = at(&format!("ns/{name}"));
        let inode = texts::namespace(&link(&file)?);
        namespaces.insert(name, inode.ok_or_else(|| fail(&file, &"no inode"))?);
    }
    Ok(Outside {
        namespaces,
        limits,
        nice: schedule.nice,
        umask: status.umask,
        filters: status.filters,
    })
}

/// Which of the loader's descriptors a process has not closed; empty once all are. What cannot be looked at,
/// of a process that has ended for instance, counts as open.
pub fn left_open(pid: u32, held: &[Held]) -> Vec<Deviation> {
    let look = |thread| -> Vec<Deviation> {
        let open = held.iter().filter_map(|own| is_open(pid, thread, own));
        open.collect()
    };
    let none = |reason| held.iter().map(|own| unseen(own, reason)).collect();
    match through(pid, look) {
        Looked::At(open) => open,
        Looked::Ended => none(&ENDED),
        Looked::Missed => none(&THREADS_END),
    }
}

fn is_open(pid: u32, thread: u32, held: &Held) -> Option<Deviation> {
    let descriptor = held.number;
    match fs::read_link(format!("/proc/{pid}/task/{thread}/fd/{descriptor}")) {
        Ok(seen) if seen.as_os_str() == held.target.as_str() => {
            let target = held.target.clone();
            Some(Deviation::DescriptorLeftOpen { descriptor, target })
        }
        // Closed, and the number perhaps its own by now.
        Ok(_) => None,
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(unseen(held, &error)),
    }
}

fn unseen(held: &Held, reason: &dyn fmt::Display) -> Deviation {
    let (descriptor, reason) = (held.number, reason.to_string());
    let step = format!("look at descriptor {descriptor} after its go");
    Deviation::Unaudited { step, reason }
}

/// All processes that can be seen, by their process namespace.
///
/// # Errors
/// `/proc` cannot be read.
pub fn processes() -> Result<BTreeMap<u64, Vec<u32>>, ObserveError> {
    let mut found: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    let place = "/proc";
    for entry in fs::read_dir(place).map_err(|error| fail(place, &error))? {
        let entry = entry.map_err(|error| fail(place, &error))?;
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // Gone meanwhile, or of somebody whom this user may not look at.
        let Ok(link) = link(&format!("/proc/{pid}/ns/pid")) else {
            continue;
        };
        if let Some(inode) = texts::namespace(&link) {
            found.entry(inode).or_default().push(pid);
        }
    }
    for pids in found.values_mut() {
        pids.sort_unstable();
    }
    Ok(found)
}

fn metadata(file: &str) -> Result<fs::Metadata, ObserveError> {
    fs::metadata(file).map_err(|error| fail(file, &error))
}

/// Which file it is.
pub(crate) fn file_id(metadata: &fs::Metadata) -> FileId {
    FileId {
        device: metadata.dev(),
        inode: metadata.ino(),
    }
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
