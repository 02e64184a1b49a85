//! Files that appear whole or not at all.
//!
//! What this program writes alone has no name until it is whole: who is killed leaves nothing. A
//! database must have a name while SQLite works on it. Nobody can guess that name, and who makes the file
//! holds a lock on it: the next one who opens or makes any ledger in the directory can tell what a killed
//! program left, and removes it.

use crate::address::{FILES, beside, exists};
use crate::error::{Error, Result};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat};
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// What the name of a file on its way begins with; sixteen hexadecimal digits follow.
const PART: &str = ".bulkhead-part-";
const DIGITS: usize = 16;
/// So many names are tried, each of which somebody may take for left behind while it is being made.
const TRIES: usize = 8;

/// A file on its way; it goes if it is not finished.
pub(crate) struct Aside {
    target: PathBuf,
    file: File,
    /// Its name, if it has one.
    part: Option<PathBuf>,
}

impl Aside {
    /// A file without a name, for its owner alone; `target` must not be there yet.
    pub(crate) fn nameless(target: &Path) -> Result<Self> {
        if fs::symlink_metadata(target).is_ok() {
            return Err(exists(target));
        }
        sweep(target);
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        match rustix::fs::open(parent(target), flags, mode) {
            Ok(file) if Path::new("/proc/self/fd").exists() => Ok(Self {
                target: target.to_owned(),
                file: file.into(),
                part: None,
            }),
            // Not every file system has such files; what else is wrong shows there.
            _ => Self::named(target),
        }
    }

    /// A file with a name beside the target, for its owner alone; `target` must not be there yet.
    pub(crate) fn named(target: &Path) -> Result<Self> {
        if fs::symlink_metadata(target).is_ok() {
            return Err(exists(target));
        }
        for _ in 0..TRIES {
            sweep(target);
            let path = target.with_file_name(part_name());
            let mut options = OpenOptions::new();
            let options = options.read(true).write(true).create_new(true).mode(0o600);
            let file = match options.open(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                opened => opened.map_err(|error| Error::file(target, "create", &error))?,
            };
            // A file system without locks leaves the name unprotected, as it would be without ours.
            let _held = file.try_lock();
            if is_at(&file, &path) {
                return Ok(Self {
                    target: target.to_owned(),
                    file,
                    part: Some(path),
                });
            }
        }
        let gone = io::Error::from(ErrorKind::NotFound);
        Err(Error::file(target, "create", &gone))
    }

    /// Where it is written; that of the target if it has no name.
    pub(crate) fn path(&self) -> &Path {
        self.part.as_deref().unwrap_or(&self.target)
    }

    /// The file, to be written to.
    pub(crate) fn file(&self) -> Result<File> {
        let file = self.file.try_clone();
        file.map_err(|error| Error::file(self.path(), "open", &error))
    }

    /// Syncs the file and gives it its name, unless that was taken meanwhile.
    pub(crate) fn finish(self) -> Result<()> {
        let failed = |error| Error::file(&self.target, "write", &error);
        self.file.sync_all().map_err(failed)?;
        let linked = match &self.part {
            // A link never replaces; some file systems have none.
            Some(part) => match fs::hard_link(part, &self.target) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
                Err(_) if fs::symlink_metadata(&self.target).is_ok() => {
                    Err(ErrorKind::AlreadyExists.into())
                }
                Err(_) => fs::rename(part, &self.target),
                Ok(()) => Ok(()),
            },
            None => {
                let own = format!("/proc/self/fd/{}", self.file.as_raw_fd());
                let linked = linkat(CWD, own, CWD, &self.target, AtFlags::SYMLINK_FOLLOW);
                linked.map_err(io::Error::from)
            }
        };
        linked.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => exists(&self.target),
            _ => failed(error),
        })?;
        let directory = File::open(parent(&self.target));
        directory
            .and_then(|directory| directory.sync_all())
            .map_err(failed)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            remove(part);
        }
    }
}

/// Removes what killed programs left in the directory of a name.
pub(crate) fn sweep(target: &Path) {
    let directory = parent(target);
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(part) = name.to_str().and_then(part_of) else {
            continue;
        };
        let part = directory.join(part);
        let held = match look(&part) {
            Ok(file) => file.try_lock().is_err(),
            Err(error) => error.kind() != ErrorKind::NotFound,
        };
        if !held {
            remove(&part);
        }
    }
}

/// A name for a file on its way.
fn part_name() -> String {
    // The keys of the hash are random.
    let random = RandomState::new().hash_one(());
    format!("{PART}{random:016x}")
}

/// The name of a file on its way, of which this is the name, or that of what SQLite keeps beside it.
fn part_of(name: &str) -> Option<&str> {
    let (part, end) = name.split_at_checked(PART.len() + DIGITS)?;
    let digits = part.strip_prefix(PART)?;
    let ours = digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && FILES.contains(&end);
    ours.then_some(part)
}

/// What lies there may be anything: no link is followed, and no pipe waited for.
fn look(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

fn remove(part: &Path) {
    for suffix in FILES {
        // Nothing is there after a success; after an error that error says more.
        let _gone = fs::remove_file(beside(part, suffix));
    }
}

/// True if a file is what a name leads to.
fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(own), Ok(there)) = (file.metadata(), fs::symlink_metadata(path)) else {
        return false;
    };
    (own.dev(), own.ino()) == (there.dev(), there.ino())
}

fn parent(path: &Path) -> &Path {
    let parent = path.parent().filter(|path| !path.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}
