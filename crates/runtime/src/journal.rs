//! The event log of a run, bounded in size: it never fills the disk, and says what it left out.

use record::Digest;
use record::chain::Chain;
use record::event::Event;
use std::fs::File;
use std::time::{SystemTime, UNIX_EPOCH};

/// Most bytes of an event log.
pub const LOG_BYTES_MAX: u64 = 256 << 20;
/// Kept free for the events that end a run.
const RESERVE_BYTES: u64 = 1 << 20;

/// Where events go.
pub(crate) struct Journal {
    chain: Chain<Counting>,
    lost: u64,
}

struct Counting {
    file: File,
    bytes: u64,
}

impl std::io::Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes = self.bytes.saturating_add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl Journal {
    /// Begins an empty log.
    pub(crate) fn new(file: File) -> Self {
        Self {
            chain: Chain::new(Counting { file, bytes: 0 }),
            lost: 0,
        }
    }

    /// Records an event, or counts it when there is no room.
    pub(crate) fn add(&mut self, event: Event) {
        let ends = matches!(event, Event::Halted { .. } | Event::RunEnded { .. });
        let limit = if ends {
            LOG_BYTES_MAX
        } else {
            LOG_BYTES_MAX - RESERVE_BYTES
        };
        if self.chain.writer().bytes >= limit {
            self.lost = self.lost.saturating_add(1);
            return;
        }
        if ends {
            self.confess();
        }
        self.write(event);
    }

    fn confess(&mut self) {
        if self.lost > 0 {
            self.write(Event::EventsLost { count: self.lost });
        }
    }

    fn write(&mut self, event: Event) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let at_ns = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        if self.chain.append(at_ns, event).is_err() {
            self.lost = self.lost.saturating_add(1);
        }
    }

    /// Events that are not in the log.
    pub(crate) fn lost(&self) -> u64 {
        self.lost
    }

    /// Hash of the last line.
    pub(crate) fn last(&self) -> Digest {
        self.chain.last()
    }

    /// Number of lines.
    pub(crate) fn lines(&self) -> u64 {
        self.chain.len()
    }

    /// Brings the log to the disk.
    pub(crate) fn sync(&mut self) {
        // A log on a medium that cannot sync is as durable as it can be.
        let _ = self.chain.writer().file.sync_data();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_counts_what_it_leaves_out_and_says_so_at_the_end() {
        let path = std::env::temp_dir().join(format!("bulkhead-journal-{}", std::process::id()));
        let mut journal = Journal::new(File::create(&path).unwrap());
        let log = |text: &str| Event::Log {
            subject: "a".to_owned(),
            epoch: 1,
            text: text.to_owned(),
        };
        journal.add(log("first"));
        journal.chain.writer().bytes = LOG_BYTES_MAX - RESERVE_BYTES;
        journal.add(log("second"));
        journal.add(log("third"));
        assert_eq!((journal.lines(), journal.lost()), (1, 2));
        journal.add(Event::RunEnded {
            reason: "over".to_owned(),
        });
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let mut events = Vec::new();
        let verified =
            record::chain::verify(&bytes[..], |record| events.push(record.event.clone())).unwrap();
        assert_eq!(verified, (3, journal.last()));
        assert_eq!(events[1], Event::EventsLost { count: 2 });
        assert!(matches!(events[2], Event::RunEnded { .. }));
    }
}
