//! Files that appear whole or not at all.
//!
//! What this program writes alone has no name until it is whole: who is killed leaves nothing. A
//! database must have a name while SQLite works on it, `NAME.part-PROCESS`. Who makes it holds a lock on
//! it, so that the next one who comes to the same name can tell what a killed program left, and
//! removes it.

use crate::address::{beside, exists};
use crate::error::{Error, Result};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat};
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process;

/// What SQLite writes beside a database, after the database itself.
const FILES: [&str; 4] = ["", "-wal", "-shm", "-journal"];
/// So often is a name tried that somebody takes for left behind while it is being made.
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
        let path = beside(target, &format!(".part-{}", process::id()));
        for _ in 0..TRIES {
            sweep(target);
            let mut options = OpenOptions::new();
            let options = options.read(true).write(true).create_new(true).mode(0o600);
            let file = options.open(&path).map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => exists(&path),
                _ => Error::file(&path, "create", &error),
            })?;
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
        Err(Error::file(&path, "create", &gone))
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

/// Removes what killed programs left beside a name.
pub(crate) fn sweep(target: &Path) {
    for part in left(target).unwrap_or_default() {
        let held = match File::open(&part) {
            Ok(file) => file.try_lock().is_err(),
            Err(error) => error.kind() != ErrorKind::NotFound,
        };
        if !held {
            remove(&part);
        }
    }
}

/// The files on their way to a name, whoever makes them.
fn left(target: &Path) -> Option<BTreeSet<PathBuf>> {
    let begin = format!("{}.part-", target.file_name()?.to_str()?);
    let mut all = BTreeSet::new();
    for entry in fs::read_dir(parent(target)).ok()?.flatten() {
        let name = entry.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(&begin));
        let Some(rest) = rest else {
            continue;
        };
        let number = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = rest.strip_suffix(number).unwrap_or_default();
        let end = rest.strip_prefix(number).unwrap_or(rest);
        if !number.is_empty() && FILES.contains(&end) {
            all.insert(beside(target, &format!(".part-{number}")));
        }
    }
    Some(all)
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
