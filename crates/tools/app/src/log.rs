//! Event logs of ended runs: whether they are as they were written, and whether an end that was kept
//! elsewhere is in them.

use crate::{Failure, files};
use record::Digest;
use record::chain::{self, Broken};
use record::event::Event;
use std::path::{Path, PathBuf};

/// What became of an end that was kept elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It is in the logs, and they go on from there.
    Contained,
    /// The first log says that it begins after it. Whoever writes a log anew can say that, too: only the
    /// log that holds the end shows it.
    BeginsAfter,
    /// It is in none of them.
    Missing,
}

/// What the logs of a system are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Number of lines in all of them, or the first fault.
    pub lines: Result<u64, Fault>,
    /// Hash of the last line of the last log; zeros if there is a fault.
    pub last: Digest,
    /// Whether the last log ends with the end of its run; otherwise it goes on, or was cut.
    pub ended: bool,
    /// What became of the end that was asked for, if the logs are intact and one was.
    pub after: Option<End>,
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which log.
    pub log: PathBuf,
    /// Where, and what.
    pub broken: Broken,
}

/// Verifies logs, the oldest first, each of which has to begin after the end of the one before it.
///
/// # Errors
/// A log cannot be read.
pub fn verify(logs: &[PathBuf], after: Option<Digest>) -> Result<Verified, Failure> {
    let (mut lines, mut last, mut ended) = (0, None, false);
    let (mut contains, mut begins_after) = (false, false);
    for log in logs {
        let one = match one(log, last, after)? {
            Ok(one) => one,
            Err(broken) => {
                let log = log.clone();
                return Ok(Verified {
                    lines: Err(Fault { log, broken }),
                    last: Digest::default(),
                    ended: false,
                    after: None,
                });
            }
        };
        begins_after |= last.is_none() && after.is_some() && one.follows == after;
        contains |= one.contains;
        (lines, last, ended) = (lines + one.lines, Some(one.last), one.ended);
    }
    Ok(Verified {
        lines: Ok(lines),
        last: last.unwrap_or_default(),
        ended,
        after: after.map(|_| match (contains, begins_after) {
            (true, _) => End::Contained,
            (false, true) => End::BeginsAfter,
            (false, false) => End::Missing,
        }),
    })
}

/// Said of a log that is intact in itself.
pub const OUT_OF_ORDER: &str = "it does not begin after the end of the log before it: the oldest is given first, and none is left out";

/// One intact log.
struct One {
    lines: u64,
    last: Digest,
    ended: bool,
    follows: Option<Digest>,
    contains: bool,
}

fn one(
    path: &Path,
    before: Option<Digest>,
    after: Option<Digest>,
) -> Result<Result<One, Broken>, Failure> {
    let (mut ended, mut contains, mut follows) = (false, false, None);
    let log = std::io::BufReader::new(files::open(path)?);
    let verified = chain::verify(log, |record| {
        ended = matches!(record.event, Event::RunEnded { .. });
        contains |= record.seq > 0 && Some(record.prev) == after;
        if let (0, Event::RunStarted { follows: said, .. }) = (record.seq, &record.event) {
            follows = *said;
        }
    });
    let first = |reason: &str| {
        let reason = reason.to_owned();
        Ok(Err(Broken { line: 1, reason }))
    };
    let (lines, last) = match verified {
        // Every log has at least its first event; one without was emptied.
        Ok((0, _)) => return first("there is no event, not even the first"),
        Ok(verified) => verified,
        Err(broken) => return Ok(Err(broken)),
    };
    if before.is_some() && follows != before {
        return first(OUT_OF_ORDER);
    }
    Ok(Ok(One {
        lines,
        last,
        ended,
        follows,
        contains: contains || Some(last) == after,
    }))
}
