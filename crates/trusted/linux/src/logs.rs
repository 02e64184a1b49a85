//! The log directory of a system: the event logs of its runs, each in a file of its own that no later
//! run writes to.
//!
//! Their names begin with a running number, and then say when: the clock of a machine may be set back, or
//! begin anew with each start of a board, and the order of the logs must not depend on it.

use crate::clock;
use crate::refusal::Refusal;
use crate::rundir::{self, LOGS};
use record::Digest;
use record::logs::{DIGITS, SUFFIX, number};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Dir, OFlags};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Most logs that are kept, and most bytes of all that are kept when a run begins; the oldest go, and the
/// log of the run that removes them says so.
const LOGS_MAX: usize = 64;
const KEPT_BYTES_MAX: u64 = 1 << 30;
/// How much of the end of a log is read to find its last line.
const TAIL_BYTES: u64 = 128 << 10;
/// Names that are tried, if somebody takes one meanwhile.
const TRIES: u64 = 100;

/// A log that was begun.
pub(crate) struct NewLog {
    /// Where it is written.
    pub file: File,
    /// Its path, for people and readers.
    pub path: PathBuf,
    /// The end of the log before it.
    pub follows: Option<Digest>,
    /// Logs that were removed to make room, each with its end, if it had one.
    pub removed: Vec<(String, Option<Digest>)>,
    /// Held during the run, so that no other system takes the directory for one of anybody's.
    _lock: Option<OwnedFd>,
}

impl NewLog {
    /// One that has no directory of its own, and follows none.
    pub(crate) fn alone(file: File, path: PathBuf) -> Self {
        Self {
            file,
            path,
            follows: None,
            removed: Vec::new(),
            _lock: None,
        }
    }
}

/// Begins a log under a new name.
pub(crate) fn begin(directory: &Path) -> Result<NewLog, Refusal> {
    begin_beside(directory, KEPT_BYTES_MAX)
}

/// The same beside logs of at most so many bytes in all.
fn begin_beside(directory: &Path, kept_bytes_max: u64) -> Result<NewLog, Refusal> {
    let (path, fd) = rundir::make(directory, &LOGS)?;
    // Who has it already is another's run on the same state directory, which is refused elsewhere.
    let _ = rundir::lock_exclusively(&fd);
    let failed = |error: std::io::Error| LOGS.unusable(&path, &crate::words::system(&error));
    let mut kept = logs(&fd).map_err(failed)?;
    let newest = kept.back().map_or(0, |(name, _)| number(name));
    let follows = kept.back().and_then(|(name, _)| end(&fd, name));
    let sizes = kept.iter().map(|(_, bytes)| *bytes);
    let mut bytes = sizes.fold(0, u64::saturating_add);
    let mut removed = Vec::new();
    while (kept.len() >= LOGS_MAX || bytes > kept_bytes_max)
        && let Some((name, own)) = kept.pop_front()
    {
        bytes = bytes.saturating_sub(own);
        let last = end(&fd, &name);
        rustix::fs::unlinkat(&fd, &name, AtFlags::empty()).map_err(|e| failed(e.into()))?;
        removed.push((name, last));
    }
    let stamp = stamp(clock::now().wall_ns / 1_000_000_000);
    for next in 1..=TRIES {
        let number = newest.saturating_add(next);
        let name = format!("{number:0DIGITS$}-{stamp}{SUFFIX}");
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY;
        match rundir::open(&fd, &name, flags) {
            Ok(file) => {
                let path = path.join(name);
                return Ok(NewLog {
                    file,
                    path,
                    follows,
                    removed,
                    _lock: Some(fd),
                });
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Err(LOGS.unusable(&path, "somebody else puts logs there"))
}

/// Names and sizes of the logs, the oldest first.
fn logs(directory: &OwnedFd) -> std::io::Result<VecDeque<(String, u64)>> {
    let mut logs = Vec::new();
    for entry in Dir::read_from(directory)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(SUFFIX) {
            let stat = rustix::fs::statat(directory, &name, AtFlags::SYMLINK_NOFOLLOW)?;
            logs.push((name, u64::try_from(stat.st_size).unwrap_or(0)));
        }
    }
    logs.sort_by(|(one, _), (other, _)| (number(one), one).cmp(&(number(other), other)));
    Ok(logs.into())
}

/// The hash of the last whole line of a log, if it has one.
fn end(directory: &OwnedFd, name: &str) -> Option<Digest> {
    let mut file = rundir::open(directory, name, OFlags::RDONLY).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))
        .ok()?;
    let mut tail = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut tail).ok()?;
    let whole = tail.iter().rposition(|byte| *byte == b'\n')?;
    let line = tail.get(..whole)?.rsplit(|byte| *byte == b'\n').next()?;
    let text = std::str::from_utf8(line).ok()?;
    let hash = text.strip_suffix("\"}")?.rsplit('"').next()?;
    hash.parse().ok()
}

/// `2026-11-30T22-35-02Z`.
fn stamp(seconds: u64) -> String {
    let (day, second) = (seconds / 86_400, seconds % 86_400);
    // Civil date of a day since 1970-01-01; years begin in March.
    let day = day + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = year + era * 400 + later;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{of_month:02}T{hour:02}-{minute:02}-{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::chain::Chain;
    use record::event::Event;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(stamp(0), "1970-01-01T00-00-00Z");
        assert_eq!(stamp(951_782_399), "2000-02-28T23-59-59Z");
        assert_eq!(stamp(951_782_400), "2000-02-29T00-00-00Z");
        assert_eq!(stamp(1_796_078_102), "2026-11-30T22-35-02Z");
    }

    #[test]
    fn a_log_follows_the_one_before_and_the_oldest_go_with_a_word() {
        let base = std::env::temp_dir().join(format!("bulkhead-logs-{}", std::process::id()));
        let mut last = None;
        for turn in 0..LOGS_MAX + 2 {
            let log = begin(&base).unwrap_or_else(|refusal| panic!("{refusal}"));
            assert_eq!(log.follows, last);
            assert_eq!(log.removed.len(), usize::from(turn >= LOGS_MAX), "{turn}");
            assert!(log.removed.iter().all(|(_, end)| end.is_some()));
            let mut chain = Chain::new(log.file);
            let reason = record::reason::End::Asked;
            chain.append(1, Event::RunEnded { reason }).unwrap();
            chain.append(2, Event::Other).unwrap();
            last = Some(chain.last());
        }
        assert_eq!(std::fs::read_dir(&base).unwrap().count(), LOGS_MAX);
        std::fs::remove_dir_all(&base).unwrap();
    }

    #[test]
    fn logs_follow_each_other_whatever_the_clock_says() {
        let base = std::env::temp_dir().join(format!("bulkhead-clock-{}", std::process::id()));
        let write = |file: File| {
            let mut chain = Chain::new(file);
            chain.append(1, Event::Other).unwrap();
            let name = format!("{:?}", chain.last());
            let reason = record::reason::End::Words { text: name };
            chain.append(2, Event::RunEnded { reason }).unwrap();
            chain.last()
        };
        let begun = || begin(&base).unwrap_or_else(|refusal| panic!("{refusal}"));
        // Of an earlier version, and of another time.
        let first = begun();
        std::fs::remove_file(&first.path).unwrap();
        for old in ["2098-01-01T00-00-00Z-001", "2099-01-01T00-00-00Z-001"] {
            let file = File::create(base.join(format!("{old}{SUFFIX}"))).unwrap();
            let text = old.to_owned();
            let mut chain = Chain::new(file);
            let reason = record::reason::End::Words { text };
            chain.append(1, Event::RunEnded { reason }).unwrap();
        }
        let newest = "2099-01-01T00-00-00Z-001.jsonl";
        let (_, fd) = rundir::make(&base, &LOGS).unwrap_or_else(|refusal| panic!("{refusal}"));
        let mut last = end(&fd, newest);
        assert!(last.is_some());
        for turn in 1..4 {
            let log = begun();
            assert_eq!(log.follows, last, "{turn}");
            last = Some(write(log.file));
        }
        // A log that a clock gone astray named, and one beyond all digits.
        for (astray, next) in [
            ("000007-2999-01-01T00-00-00Z.jsonl", "000008-"),
            ("1000000-1970-01-01T00-00-00Z.jsonl", "1000001-"),
        ] {
            last = Some(write(File::create(base.join(astray)).unwrap()));
            let log = begun();
            assert_eq!(log.follows, last);
            let name = log.path.file_name().unwrap().to_str().unwrap();
            assert!(name.starts_with(next), "{name}");
            write(log.file);
        }
        // The oldest go first.
        let removed = (0..LOGS_MAX + 2).flat_map(|_| begun().removed);
        let removed: Vec<String> = removed.map(|(name, _)| name).collect();
        assert!(removed[0].starts_with("2098"), "{removed:?}");
        assert!(removed[1].starts_with("2099"), "{removed:?}");
        assert!(removed[2].starts_with("000001-"), "{removed:?}");
        std::fs::remove_dir_all(&base).unwrap();
    }

    #[test]
    fn what_is_kept_is_bounded_in_bytes_too() {
        let base = std::env::temp_dir().join(format!("bulkhead-bytes-{}", std::process::id()));
        let mut ends = Vec::new();
        for turn in 0..5 {
            // Two logs and a half have room beside the one that is begun.
            let log = begin_beside(&base, 2500).unwrap_or_else(|refusal| panic!("{refusal}"));
            let due = if turn < 3 {
                None
            } else {
                ends.get(turn - 3).copied()
            };
            let removed: Vec<_> = log.removed.iter().map(|(_, end)| *end).collect();
            assert_eq!(removed, Vec::from_iter(due.map(Some)), "{turn}");
            assert_eq!(log.follows, ends.last().copied());
            let mut chain = Chain::new(log.file);
            let reason = record::reason::End::Words {
                text: "x".repeat(850),
            };
            chain.append(1, Event::RunEnded { reason }).unwrap();
            ends.push(chain.last());
            let bytes = std::fs::metadata(log.path).unwrap().len();
            assert!((900..1200).contains(&bytes), "{bytes}");
        }
        std::fs::remove_dir_all(&base).unwrap();
    }
}
