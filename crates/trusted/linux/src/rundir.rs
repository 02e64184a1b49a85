//! Making, holding and writing the run directory; by which names and in which form, [`record::rundir`] says.
//!
//! Run directory, state directory and log directory are the user's alone: made or put to mode 0700, and
//! opened once, without a link; whatever is in them is reached from there.

use crate::refusal::Refusal;
use crate::walk::{self, Fault};
use record::logs::{beside, is_log};
use record::rundir;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, Dir, FlockOperation, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use rustix::process::geteuid;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Attempts beyond the first to take the lock, 10 ms apart.
const LOOKERS: u32 = 10;
/// Attempts to hold a lock that is not removed meanwhile.
const CLEANERS: u32 = 10;
/// A run directory that this process holds.
pub(crate) struct RunDir {
    path: PathBuf,
    directory: OwnedFd,
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
        let found = std::fs::symlink_metadata(self.path.join(rundir::LOCK));
        match (self.lock.metadata(), found) {
            (Ok(ours), Ok(found)) => (ours.dev(), ours.ino()) == (found.dev(), found.ino()),
            _ => false,
        }
    }

    /// The same once; none if the directory was removed meanwhile.
    fn try_hold(path: &Path, system: &str) -> Result<Option<Self>, Refusal> {
        let (path, directory) = make(path, &RUN)?;
        let failed = |error: std::io::Error| RUN.unusable(&path, &crate::words::system(&error));
        let mut lock = match open(&directory, rundir::LOCK, OFlags::CREATE | OFlags::RDWR) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        match lock_exclusively(&lock) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                if let Some(holder) = Holder::of(&lock).filter(Holder::is_foreign) {
                    return Err(holder.blocks(&RUN, &path));
                }
                let mut text = String::new();
                let _ = (&mut lock)
                    .take(rundir::LOCK_BYTES_MAX)
                    .read_to_string(&mut text);
                let holder = rundir::Holder::parse(&text);
                let process =
                    holder.map_or_else(String::new, |own| format!(" as process {}", own.pid));
                return Err(Refusal::unusable(
                    "already-running",
                    format!("system `{system}` is already running{process}"),
                    "stop that run first, or look at its status",
                ));
            }
            Err(error) => return Err(failed(error.into())),
        }
        lock.set_len(0).map_err(failed)?;
        let holder = rundir::Holder {
            pid: std::process::id(),
            system: system.to_owned(),
        };
        lock.write_all(holder.to_string().as_bytes())
            .map_err(failed)?;
        Ok(Some(Self {
            path,
            directory,
            lock,
        }))
    }

    /// Begins an event log here, where it has no directory of its own. What had its name before gets
    /// another; returns its path, too.
    pub(crate) fn begin_log(&self) -> std::io::Result<(File, PathBuf)> {
        const NAME: &str = rundir::EVENTS;
        for older in rundir::older_events() {
            let (from, flags) = (&self.directory, RenameFlags::NOREPLACE);
            match rustix::fs::renameat_with(from, NAME, from, &older, flags) {
                Ok(()) | Err(Errno::NOENT) => break,
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY;
        Ok((open(&self.directory, NAME, flags)?, self.path.join(NAME)))
    }

    /// Replaces a file as a whole: readers see the old or the new content.
    pub(crate) fn replace(&self, name: &str, content: &[u8]) -> std::io::Result<()> {
        let aside = rundir::aside(name);
        let flags = OFlags::CREATE | OFlags::TRUNC | OFlags::WRONLY;
        open(&self.directory, &aside, flags)?.write_all(content)?;
        rustix::fs::renameat(&self.directory, &aside, &self.directory, name)?;
        Ok(())
    }

    /// Removes a file, if it is there.
    pub(crate) fn remove(&self, name: &str) {
        // What cannot be removed is of another run, and readers see that.
        let _ = rustix::fs::unlinkat(&self.directory, name, AtFlags::empty());
    }
}

/// A state directory that this process holds: what its subjects keep there is of one run at a time.
pub(crate) struct StateDir {
    _lock: OwnedFd,
}

impl StateDir {
    /// Creates the directory if need be, checks whose it is, and locks it.
    pub(crate) fn hold(path: &Path) -> Result<Self, Refusal> {
        let (path, lock) = make(path, &STATE)?;
        let failed = |error: Errno| STATE.unusable(&path, &crate::words::system(&error.into()));
        match lock_exclusively(&lock) {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(Errno::WOULDBLOCK) => {
                let (process, else_) = match Holder::of(&lock) {
                    Some(holder) if holder.is_foreign() => {
                        return Err(holder.blocks(&STATE, &path));
                    }
                    Some(Holder { pid, .. }) => (format!(", process {pid}"), ""),
                    None => (String::new(), LOCKED_BY_NO_RUN),
                };
                Err(Refusal::unusable(
                    "state-directory-in-use",
                    format!(
                        "state directory `{}` is in use by another run{process}",
                        path.display()
                    ),
                    format!("stop that run first, or name another state directory{else_}"),
                ))
            }
            Err(error) => Err(failed(error)),
        }
    }
}

/// Creates a state directory if need be, as a run does, and checks it.
///
/// # Errors
/// Why a run cannot use it.
pub fn make_state(path: &Path) -> Result<(), Refusal> {
    make(path, &STATE).map(drop)
}

/// What helps where the kernel shows no process that is there.
const LOCKED_BY_NO_RUN: &str = "; if there is none, something else holds the lock (`lslocks`): move the directory \
                                away and copy it back, and the lock stays with the old one";

/// How a directory of a run is spoken of.
pub(crate) struct Words {
    code: &'static str,
    what: &'static str,
    help: &'static str,
    /// Whether an earlier run made what is there, or nothing is; by its path, and the names in it.
    ours: fn(&Path, &[String]) -> bool,
}

const RUN: Words = Words {
    code: "run-directory",
    what: "run directory",
    help: "name a directory of your own with the variable `BULKHEAD_RUN_DIR`",
    ours: |_, names| names.is_empty() || names.iter().any(|name| name == rundir::LOCK),
};
const STATE: Words = Words {
    code: "state-directory",
    what: "state directory",
    help: "name a state directory that only you may write to",
    ours: |path, names| names.is_empty() || has_logs(&beside(path)),
};

/// The log directory.
pub(crate) const LOGS: Words = Words {
    code: "log-directory",
    what: "log directory",
    help: "it lies beside the state directory: name one that only you may write to",
    ours: |_, names| names.iter().all(|name| is_log(name)),
};

impl Words {
    pub(crate) fn unusable(&self, path: &Path, reason: &str) -> Refusal {
        let message = format!("cannot use {} `{}`: {reason}", self.what, path.display());
        Refusal::unusable(self.code, message, self.help)
    }
}

/// Creates a directory if need be, opens it without following a link of its name, or one on the way that
/// another user planted, checks whose it is and shuts it to everybody else; returns its absolute path, too.
pub(crate) fn make(path: &Path, words: &Words) -> Result<(PathBuf, OwnedFd), Refusal> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let failed = |error: Errno| words.unusable(&path, &crate::words::system(&error.into()));
    let directory = walk::make(&path).map_err(|fault| {
        let reason = match fault {
            Fault::System(Errno::NOTDIR | Errno::LOOP) => "not a directory".to_owned(),
            fault => fault.to_string(),
        };
        words.unusable(&path, &reason)
    })?;
    let stat = rustix::fs::fstat(&directory).map_err(failed)?;
    let believed = |owner, mode, itself| rundir::believed(geteuid().as_raw(), owner, mode, itself);
    believed(stat.st_uid, stat.st_mode, true).map_err(|reason| words.unusable(&path, &reason))?;
    if let Some(parent) = path.parent() {
        let above = std::fs::symlink_metadata(parent)
            .map_err(|error| words.unusable(parent, &crate::words::system(&error)))?;
        believed(above.uid(), above.mode(), false)
            .map_err(|reason| words.unusable(parent, &reason))?;
    }
    // Who can open it can lock it.
    if stat.st_mode & 0o077 != 0 {
        // Not that of anything else: whoever names `/etc` does not mean that.
        if !(words.ours)(&path, &names(&directory).map_err(failed)?) {
            let (what, shown) = (words.what, path.display());
            return Err(Refusal::unusable(
                words.code,
                format!(
                    "{what} `{shown}` is open to others and holds what no run put there; it would be shut \
                     to them"
                ),
                format!(
                    "shut it yourself with `chmod 700 {shown}` if that is meant, or name another one"
                ),
            ));
        }
        rustix::fs::fchmod(&directory, Mode::from_raw_mode(0o700)).map_err(failed)?;
    }
    Ok((path, directory))
}

/// Takes the lock; who only looks whether a run holds it has it for a moment, too.
pub(crate) fn lock_exclusively(lock: impl AsFd) -> Result<(), Errno> {
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

/// A process that holds a lock.
struct Holder {
    pid: u32,
    user: u32,
}

impl Holder {
    /// The one that took the lock on a file, if the kernel shows it and it is still there: its children may
    /// have the lock, too.
    fn of(file: impl AsFd) -> Option<Self> {
        let stat = rustix::fs::fstat(file).ok()?;
        let (major, minor) = (
            rustix::fs::major(stat.st_dev),
            rustix::fs::minor(stat.st_dev),
        );
        let place = format!("{major:02x}:{minor:02x}:{}", stat.st_ino);
        // `1: FLOCK ADVISORY WRITE 4711 fd:01:1234 0 EOF`
        let locks = std::fs::read_to_string("/proc/locks").ok()?;
        let fields = locks.lines().map(|line| line.split_whitespace());
        let pid = fields.into_iter().find_map(|mut fields| {
            let kind = fields.nth(1)?;
            let pid = fields.nth(2)?.parse().ok()?;
            (kind == "FLOCK" && fields.next()? == place && pid > 0).then_some(pid)
        })?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let users = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
        let user = users.split_whitespace().nth(1)?.parse().ok()?;
        Some(Self { pid, user })
    }

    /// Whether it is another user's: such a process runs nothing in a directory of ours. It may have opened
    /// what an earlier version of Bulkhead left open to everybody.
    fn is_foreign(&self) -> bool {
        self.user != geteuid().as_raw()
    }

    /// Why there is no start, and what helps.
    fn blocks(&self, words: &Words, path: &Path) -> Refusal {
        let Self { pid, user } = self;
        let (what, path) = (words.what, path.display());
        Refusal::unusable(
            words.code,
            format!(
                "{what} `{path}` is locked by process {pid} of another user, {user}, which is no run of yours"
            ),
            format!(
                "end process {pid}, or move `{path}` away and copy it back: the lock stays with the old one"
            ),
        )
    }
}

/// What is in a directory.
fn names(directory: &OwnedFd) -> Result<Vec<String>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(directory)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != "." && name != ".." {
            names.push(name);
        }
    }
    Ok(names)
}

/// Whether a directory has logs.
pub(crate) fn has_logs(directory: &Path) -> bool {
    let mut entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries.any(|entry| is_log(&entry.file_name().to_string_lossy()))
}

/// Opens a regular file of a directory without following a link and without waiting.
pub(crate) fn open(directory: &OwnedFd, name: &str, flags: OFlags) -> std::io::Result<File> {
    let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let mode = Mode::from_raw_mode(0o600);
    let file = File::from(rustix::fs::openat(directory, name, flags, mode)?);
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(std::io::Error::other("not a regular file"))
    }
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
                let other = File::open(waiting.join("lock")).unwrap();
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

    #[test]
    fn a_directory_of_something_else_is_not_shut() {
        let base = std::env::temp_dir().join(format!("bulkhead-shut-{}", std::process::id()));
        let mode = |path: &Path| std::fs::metadata(path).unwrap().mode() & 0o777;
        let place = |name: &str, files: &[&str]| {
            use std::os::unix::fs::PermissionsExt;
            let path = base.join(name);
            std::fs::create_dir_all(&path).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            for file in files {
                File::create(path.join(file)).unwrap();
            }
            path
        };
        let log = "000001-2026-11-30T22-35-02Z.jsonl";
        place("before.logs", &[log]);
        for (words, name, files, ours) in [
            (&STATE, "etc", &["passwd"][..], false),
            (&STATE, "new", &[], true),
            (&STATE, "before", &["file"], true),
            (&RUN, "run", &["status.json", "lock"], true),
            (&RUN, "other", &["file"], false),
            (
                &LOGS,
                "x.logs",
                &[log, "2026-11-30T22-35-02Z-001.jsonl"],
                true,
            ),
            (&LOGS, "y.logs", &[log, "access.log"], false),
        ] {
            let path = place(name, files);
            let made = make(&path, words);
            assert_eq!(made.is_ok(), ours, "{name}");
            assert_eq!(mode(&path), if ours { 0o700 } else { 0o755 }, "{name}");
            if let Err(refusal) = made {
                assert!(refusal.message.contains("is open to others"), "{refusal}");
                assert!(refusal.help.contains("chmod 700"), "{refusal}");
            }
        }
        // What is shut already may hold anything: nothing changes.
        let own = place("own", &["file"]);
        rustix::fs::chmod(&own, Mode::from_raw_mode(0o700)).unwrap();
        assert!(make(&own, &STATE).is_ok());
        std::fs::remove_dir_all(&base).unwrap();
    }

    #[test]
    fn a_lock_of_another_user_is_told_with_its_owner() {
        use std::os::unix::process::CommandExt;
        if !geteuid().is_root() {
            return;
        }
        let base = std::env::temp_dir().join(format!("bulkhead-holder-{}", std::process::id()));
        // As an earlier version made them: whoever can open one can lock it.
        std::fs::create_dir_all(base.join("run")).unwrap();
        File::create(base.join("run/lock")).unwrap();
        let state = base.join("state");
        std::fs::create_dir_all(&state).unwrap();
        for (place, held) in [("run", base.join("run/lock")), ("", state.clone())] {
            let mut other = std::process::Command::new("flock")
                .arg(held)
                .args(["-c", "echo held; cat"])
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .uid(65534)
                .gid(65534)
                .spawn()
                .unwrap();
            let mut line = [0; 5];
            let said = other.stdout.as_mut().unwrap().read_exact(&mut line);
            let refusal = match place {
                "" => StateDir::hold(&state).err(),
                place => RunDir::hold(&base.join(place), "system").err(),
            };
            drop(other.stdin.take());
            let pid = other.id();
            other.wait().unwrap();
            said.unwrap();
            let refusal = refusal.unwrap();
            let words = format!("is locked by process {pid} of another user, 65534");
            assert!(refusal.message.contains(&words), "{refusal}");
            assert!(refusal.help.contains(&format!("end process {pid}")));
        }
        StateDir::hold(&state).unwrap_or_else(|refusal| panic!("{refusal}"));
        std::fs::remove_dir_all(&base).unwrap();
    }
}
