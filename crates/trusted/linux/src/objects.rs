//! What a path of a grant may lead to: nothing of Bulkhead's own, and no object twice under two names
//! of the outside world.

use crate::rundir::has_logs;
use plan::GrantPlan;
use record::logs::{EXTENSION, beside};
use record::rundir;
use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::fs::{FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Name in the state directory that is not a subject's.
const RESERVED: &str = "plan.json";

/// File systems that hold no files of anybody's: what the kernel shows and takes there is of whoever opened
/// it, or of the whole machine (linux/magic.h; `nsfs`, `pidfs`, `configfs`, `mqueue` and `fusectl` from
/// their sources).
const KERNEL_FILES: [(u32, &str); 20] = [
    (0x0000_9fa0, "proc"),
    (0x6265_6572, "sysfs"),
    (0x6462_6720, "debugfs"),
    (0x7472_6163, "tracefs"),
    (0x7363_6673, "securityfs"),
    (0x0027_e0eb, "cgroup"),
    (0x6367_7270, "cgroup2"),
    (0xcafe_4a11, "bpf"),
    (0x6e73_6673, "nsfs"),
    (0x5049_4446, "pidfs"),
    (0x6265_6570, "configfs"),
    (0xf97c_ff8c, "selinuxfs"),
    (0x4341_5d53, "smackfs"),
    (0xde5e_81e4, "efivarfs"),
    (0x6165_676c, "pstore"),
    (0x1980_0202, "mqueue"),
    (0x4249_4e4d, "binfmt_misc"),
    (0x6573_5543, "fusectl"),
    (0x0904_1934, "anonymous objects"),
    (0x6759_6969, "rpc_pipefs"),
];

/// The directories that the program keeps for itself, as far as paths of grants are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    /// Where relative paths lie.
    pub state: PathBuf,
    /// Where the run directory is, or will be.
    pub run: PathBuf,
    /// Where event logs lie.
    pub logs: Option<PathBuf>,
}

impl Places {
    /// All of them, as they are named.
    pub(crate) fn new(state: &Path, run: &Path, logs: Option<&Path>) -> Self {
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Self {
            state: absolute(state),
            run: absolute(run),
            logs: logs.map(absolute),
        }
    }

    /// Before a file is opened, and perhaps created: whether its path leads to a forbidden place.
    pub(crate) fn check_path(&self, path: &str) -> Result<(), String> {
        let places = self.resolved();
        if !path.starts_with('/') {
            // No link is followed below the state directory.
            return places.check(&places.state.join(path), path);
        }
        let whole = Path::new(path);
        let parent = || Some(resolve(whole.parent()?).join(whole.file_name()?));
        let found = std::fs::canonicalize(path).ok().or_else(parent);
        let found = found.as_deref().unwrap_or(whole);
        places.check(found, path)?;
        others(found, path)
    }

    /// The same of what was opened, as the kernel names it.
    pub(crate) fn check_opened(&self, fd: &OwnedFd, path: &str) -> Result<(), String> {
        let link = format!("/proc/self/fd/{}", fd.as_raw_fd());
        let found = std::fs::read_link(link)
            .map_err(|error| format!("`{path}`: {}", crate::words::system(&error)))?;
        self.resolved().check(&found, path)?;
        if path.starts_with('/') {
            others(&found, path)?;
        }
        let kind = rustix::fs::fstatfs(fd)
            .map_err(|error| format!("`{path}`: {}", crate::words::system(&error.into())))?
            .f_type;
        let same = |(magic, _): &&(u32, &str)| i64::from(*magic) == kind;
        match KERNEL_FILES.iter().find(same) {
            Some((_, name)) => Err(format!(
                "`{path}` is not a file but a view of the kernel's ({name}), which shows who opened it \
                 and what others do"
            )),
            None => Ok(()),
        }
    }

    fn resolved(&self) -> Self {
        Self {
            state: resolve(&self.state),
            run: resolve(&self.run),
            logs: self.logs.as_deref().map(resolve),
        }
    }

    fn check(&self, found: &Path, path: &str) -> Result<(), String> {
        let relative = !path.starts_with('/');
        let around = relative && self.state != self.run && self.state.starts_with(&self.run);
        if found.starts_with(&self.run) && !around {
            return Err(format!("`{path}` leads into the run directory"));
        }
        if self
            .logs
            .as_ref()
            .is_some_and(|logs| found.starts_with(logs))
        {
            return Err(format!("`{path}` leads into the log directory"));
        }
        if found.starts_with(&self.state) && !relative {
            return Err(format!(
                "`{path}` leads into the state directory, where paths are relative"
            ));
        }
        if found == self.state.join(RESERVED) {
            return Err(format!("`{path}` is reserved in the state directory"));
        }
        Ok(())
    }
}

/// Refuses what lies in a directory of another system, which its supervisor keeps, or its subjects: what
/// they record and write there is nobody else's. Those of systems that do not run are known by what is in
/// them, as far as this user may look.
fn others(found: &Path, path: &str) -> Result<(), String> {
    for directory in found.ancestors().skip(1) {
        let private = |found: std::fs::Metadata| found.is_dir() && found.mode() & 0o077 == 0;
        if !std::fs::symlink_metadata(directory).is_ok_and(private) {
            continue;
        }
        let what = if is_run(directory) {
            "run"
        } else if is_logs(directory) {
            "log"
        } else if is_logs(&beside(directory)) || is_locked(directory) {
            "state"
        } else {
            continue;
        };
        return Err(format!(
            "`{path}` leads into the {what} directory of another system, `{}`",
            directory.display()
        ));
    }
    Ok(())
}

fn is_run(directory: &Path) -> bool {
    let lock = directory.join(rundir::LOCK);
    let is_file = |path: &Path| std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    is_file(&lock) && (is_file(&directory.join(rundir::PLAN)) || is_locked(&lock))
}

fn is_logs(directory: &Path) -> bool {
    let named = directory.extension() == Some(OsStr::new(EXTENSION));
    named && (is_locked(directory) || has_logs(directory))
}

/// Whether a run holds the lock on a file or directory of this user.
fn is_locked(path: &Path) -> bool {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::empty());
    opened.is_ok_and(|file| {
        // A run that begins meanwhile tries again.
        let lock = rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared);
        lock == Err(Errno::WOULDBLOCK)
    })
}

/// Without links, as far as it exists.
fn resolve(path: &Path) -> PathBuf {
    let mut missing = Vec::new();
    for above in path.ancestors() {
        if let Ok(mut found) = std::fs::canonicalize(above) {
            found.extend(missing.iter().rev());
            return found;
        }
        missing.extend(above.file_name());
    }
    path.to_owned()
}

/// What makes two opened files the same object: device and inode of a file, the number of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Object {
    File { device: u64, inode: u64 },
    Character(u64),
    Block(u64),
}

/// Which object was opened as which piece of the outside world, for a whole run: what was once
/// written into an object stays in it when the grant is closed.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    known: BTreeMap<Object, String>,
}

impl Peers {
    /// Refuses an object that is known as another piece of the outside world: the plan's flows
    /// speak of two, and there would be a flow between them that it does not have.
    pub(crate) fn admit(
        &mut self,
        fd: &OwnedFd,
        grant: &GrantPlan,
        path: &str,
    ) -> Result<(), String> {
        let stat = rustix::fs::fstat(fd)
            .map_err(|error| format!("`{path}`: {}", crate::words::system(&error.into())))?;
        let object = match FileType::from_raw_mode(stat.st_mode) {
            FileType::CharacterDevice => Object::Character(stat.st_rdev),
            FileType::BlockDevice => Object::Block(stat.st_rdev),
            _ => Object::File {
                device: stat.st_dev,
                inode: stat.st_ino,
            },
        };
        if let Some(known) = self.other(object, &grant.peer) {
            return Err(format!(
                "`{path}` is the same object as `{known}`, and the plan has `{}` apart from it",
                grant.peer
            ));
        }
        let below = match object {
            Object::Block(number) => below(fd, number),
            _ => None,
        };
        if let Some(known) = below.and_then(|below| self.other(below, &grant.peer)) {
            return Err(format!(
                "`{path}` is a loop device on an object of `{known}`, and the plan has `{}` apart from it",
                grant.peer
            ));
        }
        for object in [Some(object), below].into_iter().flatten() {
            self.known.insert(object, grant.peer.clone());
        }
        Ok(())
    }

    /// As what an object is known, if not as this.
    fn other(&self, object: Object, peer: &str) -> Option<&str> {
        let known = self.known.get(&object).map(String::as_str);
        known.filter(|known| *known != peer)
    }
}

/// What a loop device or a part of one shows as a disk.
fn below(fd: &OwnedFd, number: u64) -> Option<Object> {
    // Loop devices, and parts of disks of whatever kind (linux/major.h): others know the request by
    // another meaning, or not at all.
    const KINDS: [u32; 2] = [7, 259];
    let is_asked = KINDS.contains(&rustix::fs::major(number));
    let (device, inode, number) = is_asked.then(|| crate::sys::loop_backing(fd.as_fd()))??;
    Some(match number {
        0 => Object::File { device, inode },
        number => Object::Block(number),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(state: &str, run: &str, found: &str, path: &str) -> bool {
        let (state, run) = (PathBuf::from(state), PathBuf::from(run));
        let logs = None;
        Places { state, run, logs }
            .check(Path::new(found), path)
            .is_ok()
    }

    #[test]
    fn own_directories_are_closed() {
        assert!(check("/s", "/r", "/s/log", "log"));
        assert!(check("/s", "/r", "/etc/x", "/etc/x"));
        assert!(check("/s", "/r", "/run2/x", "/run2/x"));
        assert!(!check("/s", "/r", "/s/log", "/s/log"));
        assert!(!check("/s", "/r", "/r/lock", "/r/lock"));
        assert!(!check("/s", "/r", "/s/plan.json", "plan.json"));
        assert!(!check("/s", "/r", "/s/./plan.json", "./plan.json"));
        assert!(check("/s", "/r", "/s/a/plan.json", "a/plan.json"));
        assert!(!check("/s", "/s/run", "/s/run/lock", "run/lock"));
        assert!(!check("/s", "/s", "/s/lock", "lock"));
        assert!(check("/r/s", "/r", "/r/s/log", "log"));
        assert!(!check("/r/s", "/r", "/r/s/log", "/r/s/log"));
    }

    #[test]
    fn directories_of_other_systems_are_known_whether_they_run_or_not() {
        use std::os::unix::fs::PermissionsExt;
        let base = std::env::temp_dir().join(format!("bulkhead-others-{}", std::process::id()));
        let make = |name: &str, file: &str| {
            let directory = base.join(name);
            std::fs::create_dir_all(&directory).unwrap();
            let mode = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(&directory, mode).unwrap();
            std::fs::write(directory.join(file), "").unwrap();
            directory
        };
        let of = |found: &Path| {
            let refused = others(found, "/x").err();
            refused.map(|words| words.split(' ').nth(4).unwrap_or_default().to_owned())
        };
        make("a", "file");
        make("a.logs", "000001-2026-11-30T22-35-02Z.jsonl");
        make("old.logs", "2026-11-30T22-35-02Z-001.jsonl");
        make("run", "lock");
        make("run", "plan.json");
        make("other", "lock");
        make("other.logs", "access.log");
        let held = make("held", "file");
        for (path, wanted) in [
            ("a/file", Some("state")),
            ("a/deep/new", Some("state")),
            ("a.logs/000001-2026-11-30T22-35-02Z.jsonl", Some("log")),
            ("old.logs/x", Some("log")),
            ("run/lock", Some("run")),
            ("run/new", Some("run")),
            ("other/lock", None),
            ("other.logs/access.log", None),
            ("held/file", None),
        ] {
            assert_eq!(of(&base.join(path)).as_deref(), wanted, "{path}");
        }
        let lock = |path: PathBuf| {
            let file = std::fs::File::open(path).unwrap();
            rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).unwrap();
            file
        };
        let locks = [
            lock(held),
            lock(base.join("other/lock")),
            lock(base.join("other.logs")),
        ];
        assert_eq!(of(&base.join("held/file")).as_deref(), Some("state"));
        assert_eq!(of(&base.join("other/lock")).as_deref(), Some("run"));
        assert_eq!(of(&base.join("other.logs/x")).as_deref(), Some("log"));
        drop(locks);
        // What everybody may enter is no directory of a run.
        let lock = lock(base.clone());
        std::fs::set_permissions(&base, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(of(&base.join("other/lock")), None);
        drop(lock);
        std::fs::remove_dir_all(&base).unwrap();
    }

    #[test]
    fn a_path_that_does_not_exist_yet_is_resolved_as_far_as_it_does() {
        let base = std::fs::canonicalize(std::env::temp_dir()).unwrap();
        let absent = std::env::temp_dir().join("bulkhead-absent-1/deeper/x");
        assert_eq!(resolve(&absent), base.join("bulkhead-absent-1/deeper/x"));
    }
}
