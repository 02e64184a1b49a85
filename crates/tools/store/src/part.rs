//! A file of the ledger on its way to its name, which nothing may have yet.

use crate::address::exists;
use crate::error::{Error, Result};
use aside::Aside;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// For its owner alone.
const MODE: u32 = 0o600;

/// A file on its way; it goes if it is not finished.
pub(crate) struct Part {
    target: PathBuf,
    aside: Aside,
}

impl Part {
    /// A file without a name.
    pub(crate) fn nameless(target: &Path) -> Result<Self> {
        Self::new(target, Aside::nameless)
    }

    /// A file with a name beside the target.
    pub(crate) fn named(target: &Path) -> Result<Self> {
        Self::new(target, Aside::named)
    }

    fn new(target: &Path, make: fn(&Path, u32) -> std::io::Result<Aside>) -> Result<Self> {
        if fs::symlink_metadata(target).is_ok() {
            return Err(exists(target));
        }
        let aside = make(target, MODE).map_err(|error| Error::file(target, "create", &error))?;
        let target = target.to_owned();
        Ok(Self { target, aside })
    }

    /// Where it is written; that of the target if it has no name.
    pub(crate) fn path(&self) -> &Path {
        self.aside.path().unwrap_or(&self.target)
    }

    /// The file, to be written to.
    pub(crate) fn file(&self) -> Result<File> {
        let file = self.aside.file().try_clone();
        file.map_err(|error| Error::file(self.path(), "open", &error))
    }

    /// Syncs the file and gives it its name, unless that was taken meanwhile.
    pub(crate) fn finish(self) -> Result<()> {
        let target = self.target;
        self.aside
            .place(&target)
            .map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => exists(&target),
                _ => Error::file(&target, "write", &error),
            })
    }
}

/// Removes what killed programs left in the directory of a ledger.
pub(crate) fn sweep(ledger: &Path) {
    let directory = ledger.parent().filter(|path| !path.as_os_str().is_empty());
    aside::sweep(directory.unwrap_or(Path::new(".")));
}
