//! The run directory: where audit, command line and server look at a running system, read-only.
//!
//! | file | content |
//! |---|---|
//! | `lock` | process id and system name of the run that holds the lock on it |
//! | `plan.json` | the plan in force |
//! | `events.jsonl` | the hash-chained event log; the one before is `events.previous.jsonl` |
//! | `status.json` | the status page, replaced as a whole |

use crate::refusal::Refusal;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::process::geteuid;
use std::fs::{DirBuilder, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Attempts beyond the first to take the lock, 10 ms apart.
const LOOKERS: u32 = 10;
/// Attempts to hold a lock that is not removed meanwhile.
const CLEANERS: u32 = 10;
/// Variable that names the directory under which run directories lie, instead of the usual place.
pub const VARIABLE: &str = "BULKHEAD_RUN_DIR";

/// The usual run directory of a system: `/run/bulkhead/SYSTEM` for root, else under
/// `$XDG_RUNTIME_DIR/bulkhead`, else under `/tmp/bulkhead-UID`; or under `$BULKHEAD_RUN_DIR`.
pub fn run_dir(system: &str) -> PathBuf {
    run_dirs().join(system)
}

/// The directory under which the run directories of this user lie.
pub fn run_dirs() -> PathBuf {
    let variable = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    if let Some(given) = variable(VARIABLE) {
        return given;
    }
    if geteuid().is_root() {
        return PathBuf::from("/run/bulkhead");
    }
    match variable("XDG_RUNTIME_DIR") {
        Some(runtime) => runtime.join("bulkhead"),
        None => PathBuf::from(format!("/tmp/bulkhead-{}", geteuid().as_raw())),
    }
}

/// A run directory that this process holds.
pub(crate) struct RunDir {
    path: PathBuf,
    lock: File,
}

impl RunDir {
    /// Creates the directory if need be, checks whose it is, and locks it.
    pub(crate) fn hold(path: &Path, system: &str) -> Result<Self, Refusal> {
        // Who cleans up after the run before removes directory and lock while we wait for it.
        for _ in 0..CLEANERS {
            match Self::try_hold(path, system)? {
                Some(held) if held.is_there() => return Ok(held),
                _ => {}
            }
        }
        Err(RUN.unusable(path, "somebody keeps removing it"))
    }

    /// Whether the lock that is held is the one that others find.
    fn is_there(&self) -> bool {
        let found = std::fs::symlink_metadata(self.path("lock"));
        match (self.lock.metadata(), found) {
            (Ok(ours), Ok(found)) => (ours.dev(), ours.ino()) == (found.dev(), found.ino()),
            _ => false,
        }
    }

    /// The same once; none if the directory was removed meanwhile.
    fn try_hold(path: &Path, system: &str) -> Result<Option<Self>, Refusal> {
        let path = make(path, &RUN)?;
        let path = path.as_path();
        let failed = |error: std::io::Error| RUN.unusable(path, &crate::words::system(&error));
        let mut lock = match open(&path.join("lock"), OFlags::CREATE | OFlags::RDWR) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        match lock_exclusively(&lock) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                let mut text = String::new();
                let _ = (&mut lock).take(256).read_to_string(&mut text);
                let pid: String = text.chars().take_while(char::is_ascii_digit).collect();
                let process = match pid.as_str() {
                    "" => String::new(),
                    pid => format!(" as process {pid}"),
                };
                return Err(Refusal::unusable(
                    "already-running",
                    format!("system `{system}` is already running{process}"),
                    "stop that run first, or look at it with `bulkhead status`",
                ));
            }
            Err(error) => return Err(failed(error.into())),
        }
        lock.set_len(0).map_err(failed)?;
        writeln!(lock, "{} {system}", std::process::id()).map_err(failed)?;
        Ok(Some(Self {
            path: path.to_owned(),
            lock,
        }))
    }

    /// A file of the directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Starts a file anew; what had its name before keeps the name `previous`, or goes.
    pub(crate) fn create(&self, name: &str, previous: Option<&str>) -> std::io::Result<File> {
        let path = self.path(name);
        match previous {
            Some(previous) => std::fs::rename(&path, self.path(previous)),
            None => std::fs::remove_file(&path),
        }
        .or_else(|error| match error.kind() {
            ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
        open(&path, OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY)
    }

    /// Replaces a file as a whole: readers see the old or the new content.
    pub(crate) fn replace(&self, name: &str, content: &[u8]) -> std::io::Result<()> {
        let aside = self.path(&format!("{name}.new"));
        let flags = OFlags::CREATE | OFlags::TRUNC | OFlags::WRONLY;
        open(&aside, flags)?.write_all(content)?;
        std::fs::rename(aside, self.path(name))
    }
}

/// A state directory that this process holds: what its subjects keep there is of one run at a time.
pub(crate) struct StateDir {
    _lock: OwnedFd,
}

impl StateDir {
    /// Creates the directory if need be, checks whose it is, and locks it.
    pub(crate) fn hold(path: &Path) -> Result<Self, Refusal> {
        let path = make(path, &STATE)?;
        let failed = |error: Errno| STATE.unusable(&path, &crate::words::system(&error.into()));
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let lock = rustix::fs::open(&path, flags, Mode::empty()).map_err(failed)?;
        match lock_exclusively(&lock) {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(Errno::WOULDBLOCK) => {
                let process = match holder(&lock) {
                    Some(pid) => format!(", process {pid}"),
                    None => String::new(),
                };
                Err(Refusal::unusable(
                    "state-directory-in-use",
                    format!(
                        "state directory `{}` is in use by another run{process}",
                        path.display()
                    ),
                    "stop that run first, or name another directory with `bulkhead run --state DIR`",
                ))
            }
            Err(error) => Err(failed(error)),
        }
    }
}

/// How a directory of a run is spoken of.
struct Words {
    code: &'static str,
    what: &'static str,
    help: &'static str,
}

const RUN: Words = Words {
    code: "run-directory",
    what: "run directory",
    help: "name a directory of your own with the variable `BULKHEAD_RUN_DIR`",
};
const STATE: Words = Words {
    code: "state-directory",
    what: "state directory",
    help: "name a directory that only you may write to with `bulkhead run --state DIR`",
};

impl Words {
    fn unusable(&self, path: &Path, reason: &str) -> Refusal {
        let message = format!("cannot use {} `{}`: {reason}", self.what, path.display());
        Refusal::unusable(self.code, message, self.help)
    }
}

/// Creates a directory if need be and checks whose it is; returns its absolute path.
fn make(path: &Path, words: &Words) -> Result<PathBuf, Refusal> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&path)
        .map_err(|error| words.unusable(&path, &crate::words::system(&error)))?;
    for directory in [Some(path.as_path()), path.parent()].into_iter().flatten() {
        own(directory, directory == path, words)?;
    }
    Ok(path)
}

/// Takes the lock; who only looks whether a run holds it has it for a moment, too.
fn lock_exclusively(lock: impl AsFd) -> Result<(), Errno> {
    let mut attempts = 0;
    loop {
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK | Errno::INTR) if attempts < LOOKERS => {
                attempts += 1;
                std::thread::sleep(Duration::from_millis(10));
            }
            result => return result,
        }
    }
}

/// The process that holds the lock on a file, if the kernel shows it.
fn holder(file: impl AsFd) -> Option<u32> {
    let stat = rustix::fs::fstat(file).ok()?;
    let (major, minor) = (
        rustix::fs::major(stat.st_dev),
        rustix::fs::minor(stat.st_dev),
    );
    let place = format!("{major:02x}:{minor:02x}:{}", stat.st_ino);
    // `1: FLOCK ADVISORY WRITE 4711 fd:01:1234 0 EOF`
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let fields = locks.lines().map(|line| line.split_whitespace());
    fields.into_iter().find_map(|mut fields| {
        let kind = fields.nth(1)?;
        let pid = fields.nth(2)?.parse().ok()?;
        (kind == "FLOCK" && fields.next()? == place && pid > 0).then_some(pid)
    })
}

/// Opens a regular file without following a link and without waiting.
fn open(path: &Path, flags: OFlags) -> std::io::Result<File> {
    let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = File::from(rustix::fs::open(path, flags, Mode::from_raw_mode(0o600))?);
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(std::io::Error::other("not a regular file"))
    }
}

/// Nobody else may be able to put files into the directory, nor replace it; a parent with the
/// sticky bit is fine.
fn own(path: &Path, itself: bool, words: &Words) -> Result<(), Refusal> {
    let metadata = std::fs::symlink_metadata(path)
        .map_err(|error| words.unusable(path, &crate::words::system(&error)))?;
    let (mode, owner) = (metadata.mode(), metadata.uid());
    let ours = owner == geteuid().as_raw() || (!itself && owner == 0);
    let sticky = mode & 0o1000 != 0 && !itself;
    if itself && !metadata.is_dir() {
        return Err(words.unusable(path, "not a directory"));
    }
    if !ours || (mode & 0o022 != 0 && !sticky) {
        return Err(words.unusable(path, "another user may write there"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_is_removed_meanwhile_is_taken_anew() {
        let base = std::env::temp_dir().join(format!("bulkhead-rundir-{}", std::process::id()));
        let path = base.join("system");
        let first = RunDir::hold(&path, "system").unwrap_or_else(|_| panic!("the first run"));
        let waiting = path.clone();
        let next = std::thread::spawn(move || {
            RunDir::hold(&waiting, "system").is_ok_and(|held| {
                let other = open(&waiting.join("lock"), OFlags::RDWR).unwrap();
                let shut = rustix::fs::flock(&other, FlockOperation::NonBlockingLockExclusive);
                held.is_there() && shut == Err(Errno::WOULDBLOCK)
            })
        });
        // While the second waits for the lock, or before: it must hold what others find.
        std::thread::sleep(Duration::from_millis(30));
        std::fs::remove_dir_all(&path).unwrap();
        drop(first);
        assert!(next.join().unwrap());
        std::fs::remove_dir_all(&base).unwrap();
    }
}
