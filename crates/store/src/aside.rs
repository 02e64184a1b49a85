//! Files that appear whole or not at all: written aside, synced, then given their name.

use crate::address::{beside, exists};
use crate::error::{Error, Result};
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process;

/// A file on its way; it goes if it is not finished.
pub(crate) struct Aside {
    target: PathBuf,
    path: PathBuf,
}

impl Aside {
    /// A name beside the target, which must not be there yet.
    pub(crate) fn new(target: &Path) -> Result<Self> {
        if fs::symlink_metadata(target).is_ok() {
            return Err(exists(target));
        }
        Ok(Self {
            target: target.to_owned(),
            path: beside(target, &format!(".part-{}", process::id())),
        })
    }

    /// Where it is written.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the file, for its owner alone.
    pub(crate) fn make(&self) -> Result<File> {
        let mut options = OpenOptions::new();
        let options = options.write(true).create_new(true).mode(0o600);
        options
            .open(&self.path)
            .map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => exists(&self.path),
                _ => Error::file(&self.path, "create", &error),
            })
    }

    /// Syncs the file and gives it its name, unless that was taken meanwhile.
    pub(crate) fn finish(self) -> Result<()> {
        let failed = |error| Error::file(&self.target, "write", &error);
        File::open(&self.path)
            .and_then(|file| file.sync_all())
            .map_err(failed)?;
        // A link never replaces; some file systems have none.
        match fs::hard_link(&self.path, &self.target) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(exists(&self.target));
            }
            Err(_) if fs::symlink_metadata(&self.target).is_ok() => {
                return Err(exists(&self.target));
            }
            Err(_) => fs::rename(&self.path, &self.target).map_err(failed)?,
        }
        let parent = self
            .target
            .parent()
            .filter(|path| !path.as_os_str().is_empty());
        let directory = File::open(parent.unwrap_or(Path::new(".")));
        directory
            .and_then(|directory| directory.sync_all())
            .map_err(failed)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            // Nothing is there after a success; after an error that error says more.
            let _gone = fs::remove_file(beside(&self.path, suffix));
        }
    }
}
