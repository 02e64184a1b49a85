//! Control groups of both versions: one group per run, in it one per subject, removed at the end.
//!
//! Groups are made below the supervisor's own group or, under version 2, below the nearest one above
//! it that hands the needed controllers on: nothing that is not ours is reconfigured. Sources: the
//! kernel's `cgroup-v1/` and `cgroup-v2` documents.

use plan::SubjectPlan;
use rustix::io::Errno;
use rustix::process::Pid;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// On top of a subject's memory: its keeper, and what the kernel needs for the partition.
pub(crate) const OVERHEAD_BYTES: u64 = 4 << 20;
/// Shortest and longest interval of a processor budget the kernel knows, in microseconds.
const PERIOD_MIN_US: u64 = 1_000;
const PERIOD_MAX_US: u64 = 1_000_000;

/// A limited resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Resource {
    Memory,
    Processor,
    Threads,
}

impl Resource {
    pub(crate) const ALL: [Self; 3] = [Self::Memory, Self::Processor, Self::Threads];

    fn controller(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Processor => "cpu",
            Self::Threads => "pids",
        }
    }
}

/// Where the groups of this run are, for one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    resource: Resource,
    version: u8,
    group: PathBuf,
    /// Where its hierarchy is mounted.
    mount: PathBuf,
}

/// The kernel's count of the processes that it killed in a subject's memory group for want of memory.
#[derive(Debug)]
pub(crate) struct Shortage {
    file: PathBuf,
    /// None while it could not be read.
    seen: Option<u64>,
}

impl Shortage {
    /// Whether the kernel killed one since the last look.
    pub(crate) fn killed(&mut self) -> bool {
        // A look that fails says nothing, and must not make the next one say too much.
        let Some(now) = self.count() else {
            return false;
        };
        self.seen.replace(now).is_some_and(|before| before < now)
    }

    fn count(&self) -> Option<u64> {
        let text = std::fs::read_to_string(&self.file).ok()?;
        counter(&text, "oom_kill")
    }
}

/// A counter in lines of a name and a number.
fn counter(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(' ')?;
        (found == name).then(|| value.trim().parse().ok())?
    })
}

/// The groups of one run; removed when dropped, which must be after the partitions have ended.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    places: Vec<Place>,
    subjects: Vec<String>,
}

impl Groups {
    /// Makes the groups of a run for these resources, as far as this machine and user can.
    pub(crate) fn create(system: &str, wanted: &[Resource]) -> Self {
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let own = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let mut groups = Self::default();
        for resource in wanted.iter().copied() {
            let name = format!("bulkhead-{system}-{}", std::process::id());
            let found = second(&mounts, &own)
                .and_then(|(root, path)| place_v2(&root, &path, &name, resource))
                .or_else(|| {
                    let (mount, parent) = first(&mounts, &own, resource.controller())?;
                    let version = 1;
                    Some(Place {
                        resource,
                        version,
                        group: parent.join(&name),
                        mount,
                    })
                });
            let Some(place) = found else { continue };
            if let Some(parent) = place.group.parent() {
                remove_stale(parent, &name);
            }
            if make(&place.group).is_ok() && place.hand_on().is_ok() {
                groups.places.push(place);
            }
        }
        groups
    }

    /// Version of the mechanism for a resource; none if there is none.
    pub(crate) fn version(&self, resource: Resource) -> Option<u8> {
        self.places
            .iter()
            .find(|place| place.resource == resource)
            .map(|place| place.version)
    }

    /// Makes the groups of one subject and sets its limits; the resources that could not be limited
    /// are returned with the reason.
    pub(crate) fn limit(
        &mut self,
        subject: &SubjectPlan,
        threads_max: u64,
    ) -> Vec<(Resource, io::Error)> {
        let mut failed = Vec::new();
        for place in &self.places {
            let group = place.group.join(&subject.name);
            let result = make(&group).and_then(|()| set(place, &group, subject, threads_max));
            if let Err(error) = result {
                failed.push((place.resource, error));
            }
        }
        self.subjects.push(subject.name.clone());
        failed
    }

    /// Where a subject's partition must be, as `/proc` and the hierarchies show it.
    pub(crate) fn expected(&self, subject: &str) -> Vec<linux_audit::Group> {
        let group = |place: &Place| {
            let directory = place.group.join(subject);
            let path = directory.strip_prefix(&place.mount).ok()?;
            Some(linux_audit::Group {
                resource: match place.resource {
                    Resource::Memory => linux_audit::Resource::Memory,
                    Resource::Processor => linux_audit::Resource::Processor,
                    Resource::Threads => linux_audit::Resource::Threads,
                },
                version: place.version,
                path: format!("/{}", path.display()),
                directory,
            })
        };
        self.places.iter().filter_map(group).collect()
    }

    /// Where the kernel counts whom it killed for want of this subject's memory, if there is a group.
    pub(crate) fn shortage(&self, subject: &str) -> Option<Shortage> {
        let memory = |place: &&Place| place.resource == Resource::Memory;
        let place = self.places.iter().find(memory)?;
        let file = match place.version {
            1 => "memory.oom_control",
            _ => "memory.events",
        };
        let file = place.group.join(subject).join(file);
        let mut shortage = Shortage { file, seen: None };
        // The group may be an earlier run's.
        shortage.seen = shortage.count();
        Some(shortage)
    }

    /// Under version 1: the files into which the first process of a partition writes `0` to enter
    /// its groups. A thread that moves itself needs none of the locks for which a process that is
    /// moved by another waits for milliseconds (kernel: `cgroup_procs_write_start`).
    pub(crate) fn entrances(&self, subject: &str) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = self
            .places
            .iter()
            .filter(|place| place.version == 1)
            .map(|place| place.group.join(subject).join("tasks"))
            .collect();
        files.dedup();
        files
    }

    /// Under version 2, where only whole processes move: puts one into the groups of its subject.
    pub(crate) fn admit(&self, subject: &str, pid: impl Fn() -> io::Result<u32>) -> io::Result<()> {
        let mut groups: Vec<PathBuf> = self
            .places
            .iter()
            .filter(|place| place.version != 1)
            .map(|place| place.group.join(subject))
            .collect();
        groups.dedup();
        for group in groups {
            std::fs::write(group.join("cgroup.procs"), pid()?.to_string())?;
        }
        Ok(())
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        for place in &self.places {
            for subject in &self.subjects {
                // Another resource may share the group and have removed it.
                let _ = std::fs::remove_dir(place.group.join(subject));
            }
            let _ = std::fs::remove_dir(&place.group);
        }
    }
}

impl Place {
    /// Version 2 hands controllers on explicitly.
    fn hand_on(&self) -> io::Result<()> {
        match self.version {
            2 => {
                let text = format!("+{}", self.resource.controller());
                std::fs::write(self.group.join("cgroup.subtree_control"), text)
            }
            _ => Ok(()),
        }
    }
}

fn set(place: &Place, group: &Path, subject: &SubjectPlan, threads_max: u64) -> io::Result<()> {
    let put = |file: &str, value: String| std::fs::write(group.join(file), value);
    let memory = subject
        .memory_bytes
        .saturating_add(OVERHEAD_BYTES)
        .to_string();
    match (place.resource, place.version) {
        (Resource::Memory, 1) => {
            put("memory.limit_in_bytes", memory.clone())?;
            // Absent without swap accounting; then there is no swap to take.
            let _ = put("memory.memsw.limit_in_bytes", memory);
            Ok(())
        }
        (Resource::Memory, _) => {
            put("memory.max", memory)?;
            let _ = put("memory.swap.max", "0".to_owned());
            Ok(())
        }
        (Resource::Processor, version) => match quota(subject) {
            None => Ok(()),
            Some((quota_us, period_us)) if version == 1 => {
                put("cpu.cfs_period_us", period_us.to_string())?;
                put("cpu.cfs_quota_us", quota_us.to_string())
            }
            Some((quota_us, period_us)) => put("cpu.max", format!("{quota_us} {period_us}")),
        },
        (Resource::Threads, _) => put("pids.max", threads_max.to_string()),
    }
}

/// Budget and interval as the kernel takes them: the same share in the shortest interval that is
/// possible and not shorter than planned. None without a budget.
pub(crate) fn quota(subject: &SubjectPlan) -> Option<(u64, u64)> {
    let (budget_us, period_us) = (subject.budget_us, subject.budget_period_us);
    let shortest = budget_us.min(period_us);
    if shortest == 0 {
        return None;
    }
    let factor = PERIOD_MIN_US.div_ceil(shortest);
    Some((
        budget_us.saturating_mul(factor),
        period_us.saturating_mul(factor),
    ))
}

/// Whether the kernel can keep a budget in exactly its interval.
pub(crate) fn budget_is_exact(subject: &SubjectPlan) -> bool {
    quota(subject).is_none_or(|(quota_us, period_us)| {
        quota_us == subject.budget_us && period_us <= PERIOD_MAX_US
    })
}

/// Mount point and own path under version 2.
fn second(mounts: &str, own: &str) -> Option<(PathBuf, PathBuf)> {
    let mount = mounts
        .lines()
        .find_map(|line| mount_of(line, "cgroup2", None))?;
    let path = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    Some((mount.clone(), below(&mount, path)))
}

/// Mount point and own group in the hierarchy of a controller under version 1.
fn first(mounts: &str, own: &str, controller: &str) -> Option<(PathBuf, PathBuf)> {
    let mount = mounts
        .lines()
        .find_map(|line| mount_of(line, "cgroup", Some(controller)))?;
    let path = own.lines().find_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        controllers
            .split(',')
            .any(|one| one == controller)
            .then_some(path)
    })?;
    let group = below(&mount, path);
    Some((mount, group))
}

fn below(mount: &Path, path: &str) -> PathBuf {
    mount.join(path.trim_start_matches('/'))
}

/// The mount point of a `mountinfo` line, if it is a whole file system of this kind.
fn mount_of(line: &str, kind: &str, option: Option<&str>) -> Option<PathBuf> {
    let (place, system) = line.split_once(" - ")?;
    let mut place = place.split(' ').skip(3);
    let (root, point) = (place.next()?, place.next()?);
    let mut system = system.split(' ');
    let (found, options) = (system.next()?, system.nth(1)?);
    let has = |option: &str| options.split(',').any(|one| one == option);
    (root == "/" && found == kind && option.is_none_or(has)).then(|| PathBuf::from(point))
}

/// The nearest group at or above our own that hands the controller on.
fn place_v2(root: &Path, own: &Path, name: &str, resource: Resource) -> Option<Place> {
    let hands_on = |group: &Path| {
        let text = std::fs::read_to_string(group.join("cgroup.subtree_control"));
        text.is_ok_and(|text| {
            text.split_whitespace()
                .any(|one| one == resource.controller())
        })
    };
    let mut candidates = own.ancestors().take_while(|group| group.starts_with(root));
    let parent = candidates.find(|group| hands_on(group))?;
    Some(Place {
        resource,
        version: 2,
        group: parent.join(name),
        mount: root.to_owned(),
    })
}

/// Makes a group that no other user can look into: its files show how much memory and how many threads a
/// subject has.
fn make(group: &Path) -> io::Result<()> {
    match std::fs::DirBuilder::new().mode(0o700).create(group) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Removes what killed runs of any system left behind; groups in use, and of processes that live,
/// stay.
fn remove_stale(parent: &Path, own: &str) {
    let entries = |path: &Path| {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
    };
    for entry in entries(parent) {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name != own && supervisor_of(&name).is_some_and(is_gone) {
            for subject in entries(&entry.path()) {
                let _ = std::fs::remove_dir(subject.path());
            }
            let _ = std::fs::remove_dir(entry.path());
        }
    }
}

/// The process that made a group of this name.
fn supervisor_of(name: &str) -> Option<Pid> {
    let (_, pid) = name.strip_prefix("bulkhead-")?.rsplit_once('-')?;
    pid.parse().ok().and_then(Pid::from_raw)
}

/// Another group with our own number is of one before us.
fn is_gone(pid: Pid) -> bool {
    let ourselves = pid == rustix::process::getpid();
    ourselves || rustix::process::test_kill_process(pid) == Err(Errno::SRCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
24 1 0:22 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
25 24 0:23 / /sys/fs/cgroup/cpu rw,relatime shared:1 - cgroup cgroup rw,cpu,cpuacct
26 24 0:24 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
27 24 0:25 /sub /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
28 24 0:26 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";
    const OWN: &str = "4:memory:/one/two\n3:pids:/\n1:cpu,cpuacct:/\n0::/user\n";

    #[test]
    fn a_group_names_its_supervisor() {
        let pid = |name| supervisor_of(name).map(|pid| pid.as_raw_pid());
        assert_eq!(pid("bulkhead-two-words-17"), Some(17));
        for other in [
            "bulkhead-17",
            "bulkhead-a-",
            "bulkhead-a-0",
            "bulkhead-a--1x",
            "a-b-1",
        ] {
            assert_eq!(pid(other), None, "{other}");
        }
    }

    #[test]
    fn what_the_kernel_counts_is_read() {
        let version_1 = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n";
        let version_2 = "low 0\nhigh 0\nmax 17\noom 2\noom_kill 1\noom_group_kill 0\n";
        assert_eq!(counter(version_1, "oom_kill"), Some(3));
        assert_eq!(counter(version_2, "oom_kill"), Some(1));
        assert_eq!(counter("", "oom"), None);
        assert_eq!(counter("oom x\n", "oom"), None);
    }

    #[test]
    fn a_kill_is_told_once() {
        let file = std::env::temp_dir().join(format!("bulkhead-shortage-{}", std::process::id()));
        let count = |killed: u64| std::fs::write(&file, format!("oom 9\noom_kill {killed}\n"));
        count(1).unwrap();
        let mut shortage = Shortage {
            file: file.clone(),
            seen: Some(1),
        };
        assert!(!shortage.killed());
        count(2).unwrap();
        assert!(shortage.killed());
        assert!(!shortage.killed());
        std::fs::remove_file(&file).unwrap();
        assert!(!shortage.killed());
        count(2).unwrap();
        assert!(!shortage.killed(), "a look that failed tells nothing later");
        std::fs::remove_file(&file).unwrap();
        assert!(!shortage.killed(), "a group that is gone says nothing");
    }

    #[test]
    fn own_groups_are_found() {
        let find = |controller| first(MOUNTS, OWN, controller).map(|(_, group)| group);
        assert_eq!(
            find("memory"),
            Some(PathBuf::from("/sys/fs/cgroup/memory/one/two"))
        );
        assert_eq!(find("cpu"), Some(PathBuf::from("/sys/fs/cgroup/cpu/")));
        assert_eq!(find("pids"), None, "a part of a hierarchy is not taken");
        assert_eq!(find("io"), None);
        let root = PathBuf::from("/sys/fs/cgroup/unified");
        assert_eq!(second(MOUNTS, OWN), Some((root.clone(), root.join("user"))));
        assert_eq!(second("", OWN), None);
    }
}
