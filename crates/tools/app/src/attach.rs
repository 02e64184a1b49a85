//! Looking at a running system, read-only, by its run directory.
//!
//! A run directory may have been touched by others: everything in it is bounded and checked.

use crate::model_file::ModelFile;
use crate::{Failure, files};
use plan::Plan;
use record::Digest;
use record::chain::{self, Broken, LINE_BYTES_MAX, Record};
use record::review::Review;
use record::rundir;
use record::status::{Moment, Status};
use rustix::process::geteuid;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Largest status page that is read, in bytes.
const STATUS_BYTES_MAX: u64 = 16 << 20;
/// Most bytes of the log that one poll reads.
const POLL_BYTES_MAX: u64 = 4 << 20;

/// What runs here, and what cannot be said.
#[derive(Debug, Default)]
pub struct Found {
    /// Run directories of all systems of this user that run, sorted by name.
    pub systems: Vec<(String, PathBuf)>,
    /// Why there may be more, or less than it seems: what belongs to others, what cannot be read.
    pub unknown: Vec<String>,
}

/// The directory under which the run directories of this user lie.
pub(crate) fn run_dirs() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    rundir::base(geteuid().as_raw(), variable)
}

/// Looks for what runs. A directory that another user owns, or may write to, is not believed.
pub fn run_directories() -> Found {
    let mut found = Found::default();
    let base = run_dirs();
    look(&base, &mut found);
    let roots = Path::new(rundir::ROOTS);
    if base != roots && !geteuid().is_root() {
        let hidden = std::fs::read_dir(roots);
        if hidden.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied) {
            let text = format!(
                "what root runs is in `{}`, which you may not read",
                roots.display()
            );
            found.unknown.push(text);
        }
    }
    found.systems.sort();
    found.unknown.sort();
    found
}

fn look(base: &Path, found: &mut Found) {
    let entries = whose(base).and_then(|()| {
        std::fs::read_dir(base)
            .map_err(|error| format!("it cannot be read: {}", files::reason(&error)))
    });
    let entries = match entries {
        Ok(entries) => entries,
        Err(reason) => {
            let there = base.symlink_metadata();
            if !there.is_err_and(|error| error.kind() == ErrorKind::NotFound) {
                let text = format!("`{}` is not believed: {reason}", base.display());
                found.unknown.push(text);
            }
            return;
        }
    };
    for entry in entries.filter_map(Result::ok) {
        let (path, name) = (entry.path(), entry.file_name());
        match whose(&path) {
            Ok(()) if is_running(&path) => {
                found
                    .systems
                    .push((name.to_string_lossy().into_owned(), path));
            }
            Ok(()) => {}
            Err(reason) => {
                let text = format!("`{}` is not believed: {reason}", path.display());
                found.unknown.push(text);
            }
        }
    }
}

/// Whether a directory is this user's alone to write to.
fn whose(path: &Path) -> Result<(), String> {
    let metadata = path
        .symlink_metadata()
        .map_err(|error| files::reason(&error))?;
    if !metadata.is_dir() {
        return Err("it is not a directory".to_owned());
    }
    rundir::believed(geteuid().as_raw(), metadata.uid(), metadata.mode(), true)
}

/// The model of what runs, for the words of its values; none if there is no copy, or it is not the one
/// that the plan in force was made from.
pub fn model(run_directory: &Path, status: &Status) -> Option<ModelFile> {
    let bytes = files::read(
        &run_directory.join(rundir::PLAN),
        plan::PLAN_BYTES_MAX as u64,
    )
    .ok()?;
    let plan = Plan::parse(&bytes).ok()?;
    let file = ModelFile::read(&run_directory.join(rundir::MODEL)).ok()?;
    let same =
        plan.digest() == status.plan && file.is_usable() && file.model.digest() == plan.core.model;
    same.then_some(file)
}

/// Whether a supervisor holds the lock of a run directory.
pub fn is_running(run_directory: &Path) -> bool {
    let Ok(lock) = files::open(&run_directory.join(rundir::LOCK)) else {
        return false;
    };
    matches!(
        lock.try_lock_shared(),
        Err(std::fs::TryLockError::WouldBlock)
    )
}

/// Reads the status page of a run directory.
///
/// # Errors
/// Nothing runs there, or what is there cannot be used.
pub fn status(run_directory: &Path) -> Result<Status, Failure> {
    let path = run_directory.join(rundir::STATUS);
    let bytes = files::read(&path, STATUS_BYTES_MAX)?;
    Status::parse(&bytes).ok_or_else(|| {
        Failure::unusable(
            "status-unusable",
            format!("`{}` is not a status page", path.display()),
            "it was written by another version or altered; stop the system and start it again",
        )
    })
}

/// This moment, for the age of a status page.
pub fn now() -> Moment {
    linux::clock::now()
}

/// Asks the supervisor of a run directory to compare every running partition with the plan again.
///
/// # Errors
/// It cannot be asked, or its answer cannot be used.
pub fn audit(run_directory: &Path) -> Result<Review, Failure> {
    let help = "a system that was started by another version cannot be asked; look at what runs";
    let bytes = linux::review::ask(run_directory).map_err(|error| {
        let reason = files::reason(&error);
        let shown = run_directory.display();
        Failure::unusable(
            "audit-unanswered",
            format!("the supervisor in `{shown}` cannot be asked: {reason}"),
            help,
        )
    })?;
    Review::parse(&bytes).ok_or_else(|| {
        Failure::unusable(
            "audit-unanswered",
            "what the supervisor answered is no audit",
            help,
        )
    })
}

/// Follows an event log and verifies it on the way.
pub struct Events {
    path: PathBuf,
    /// Once it was there; it can be read to its end also when its directory is removed, and what has
    /// its name then is another run's.
    file: Option<File>,
    read_bytes: u64,
    seq: u64,
    prev: Digest,
    /// Once a line did not follow from those before it.
    broken: Option<Broken>,
}

impl Events {
    /// Follows the log of a run directory from its start.
    pub fn follow(run_directory: &Path) -> Self {
        let path = run_directory.join(rundir::EVENTS);
        Self {
            path,
            file: None,
            read_bytes: 0,
            seq: 0,
            prev: Digest::default(),
            broken: None,
        }
    }

    /// Where the log is, as the status page says.
    pub fn lies_at(&mut self, path: &str) {
        if self.file.is_none() && !path.is_empty() {
            self.path = PathBuf::from(path);
        }
    }

    /// The lines that were added since the last call, each with its text; nothing if there is no
    /// log yet.
    ///
    /// # Errors
    /// The first line that does not follow from the lines before it, once those were given.
    pub fn poll(&mut self) -> Result<Vec<(Record, String)>, Broken> {
        let mut records = Vec::new();
        if self.broken.is_none() {
            self.broken = self.read(&mut records).err();
        }
        match &self.broken {
            Some(broken) if records.is_empty() => Err(broken.clone()),
            _ => Ok(records),
        }
    }

    /// Reads on, and adds what follows.
    fn read(&mut self, records: &mut Vec<(Record, String)>) -> Result<(), Broken> {
        let broken = |seq: u64, reason: String| Broken {
            line: seq + 1,
            reason,
        };
        if self.file.is_none() {
            self.file = files::open(&self.path).ok();
        }
        let Some(mut file) = self.file.as_ref() else {
            return Ok(());
        };
        let mut fresh = Vec::new();
        file.seek(SeekFrom::Start(self.read_bytes))
            .and_then(|_| file.take(POLL_BYTES_MAX).read_to_end(&mut fresh))
            .map_err(|error| broken(self.seq, files::reason(&error)))?;
        // Half a line is read again: whoever writes it may take it back.
        let mut lines = fresh.split(|byte| *byte == b'\n');
        let rest = lines.next_back().map_or(0, <[u8]>::len);
        self.read_bytes += (fresh.len() - rest) as u64;
        for line in lines {
            let line =
                std::str::from_utf8(line).map_err(|_| broken(self.seq, "not UTF-8".to_owned()))?;
            let (record, hash) = chain::read_line(line, self.seq, self.prev)?;
            self.seq += 1;
            self.prev = hash;
            records.push((record, line.to_owned()));
        }
        if rest > LINE_BYTES_MAX {
            return Err(broken(self.seq, "the line is too long".to_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a failing test may panic")]
mod tests {
    use super::*;
    use record::chain::Chain;
    use record::event::Event;

    #[test]
    fn what_stands_before_an_altered_line_is_given_first() {
        let directory =
            std::env::temp_dir().join(format!("bulkhead-follow-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let mut chain = Chain::new(Vec::new());
        for partitions in 0..3 {
            let differences = Vec::new();
            let event = Event::Reviewed {
                partitions,
                differences,
            };
            chain.append(0, event).unwrap();
        }
        let log = String::from_utf8(chain.writer().clone()).unwrap();
        let altered = log.replace("\"partitions\":2", "\"partitions\":7");
        assert_ne!(log, altered);
        std::fs::write(directory.join("events.jsonl"), altered).unwrap();
        let mut events = Events::follow(&directory);
        assert_eq!(events.poll().map(|records| records.len()), Ok(2));
        let broken = events.poll().unwrap_err();
        assert_eq!(broken.line, 3);
        assert_eq!(events.poll().unwrap_err(), broken);
        // Half a line that is taken back, and another one in its place.
        let (whole, last) = log.trim_end().rsplit_once('\n').unwrap();
        std::fs::write(directory.join("events.jsonl"), &log[..log.len() - 5]).unwrap();
        let mut events = Events::follow(&directory);
        assert_eq!(events.poll().map(|records| records.len()), Ok(2));
        std::fs::write(directory.join("events.jsonl"), format!("{whole}\n")).unwrap();
        assert_eq!(events.poll(), Ok(vec![]));
        std::fs::write(directory.join("events.jsonl"), &log).unwrap();
        let third = events.poll().unwrap();
        assert_eq!(third.len(), 1);
        assert_eq!(third[0].1, last);
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
