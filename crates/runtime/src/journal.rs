//! The event log of a run, bounded in size: it never fills the disk, and says what it left out.

use crate::words;
use record::Digest;
use record::chain::Chain;
use record::event::Event;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::time::{SystemTime, UNIX_EPOCH};

/// Most bytes of an event log.
pub const LOG_BYTES_MAX: u64 = 256 << 20;
/// Kept free for the events that end a run.
const RESERVE_BYTES: u64 = 1 << 20;
/// Most bytes of what subjects say themselves, all together: however much they talk, what they do is
/// recorded.
const TALK_BYTES_MAX: u64 = LOG_BYTES_MAX / 2;

/// Where events go.
pub(crate) struct Journal {
    chain: Chain<Counting>,
    /// Events that were not recorded, and how many of them the log says.
    lost: u64,
    confessed: u64,
    /// What each subject has said, in bytes, and what it may.
    talk: BTreeMap<String, u64>,
    talk_bytes_max: u64,
    /// Whether the user was told that the log cannot be written.
    told: bool,
}

struct Counting {
    file: File,
    bytes: u64,
}

impl io::Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes = self.bytes.saturating_add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Counting {
    /// Takes back what was written of a line that did not fit: half a line looks like an altered log.
    fn back_to(&mut self, bytes: u64) {
        let file = &mut self.file;
        let cut = file
            .set_len(bytes)
            .and_then(|()| file.seek(SeekFrom::Start(bytes)));
        // What cannot be cut stays the end of the log.
        self.bytes = if cut.is_ok() { bytes } else { LOG_BYTES_MAX };
    }
}

impl Journal {
    /// Begins an empty log of a system with so many subjects.
    pub(crate) fn new(file: File, subjects: usize) -> Self {
        let subjects = u64::try_from(subjects).unwrap_or(u64::MAX).max(1);
        Self {
            chain: Chain::new(Counting { file, bytes: 0 }),
            lost: 0,
            confessed: 0,
            talk: BTreeMap::new(),
            talk_bytes_max: TALK_BYTES_MAX / subjects,
            told: false,
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
        let speaker = match &event {
            Event::Log { subject, .. } | Event::LogLost { subject, .. } => Some(subject.clone()),
            Event::ChannelFault { channel, .. } => Some(channel.clone()),
            _ => None,
        };
        let said = speaker.as_ref().and_then(|one| self.talk.get(one)).copied();
        let before = self.chain.writer().bytes;
        if before >= limit || said.unwrap_or(0) >= self.talk_bytes_max {
            self.lost = self.lost.saturating_add(1);
            return;
        }
        if speaker.is_none() && self.lost > self.confessed {
            let count = self.lost - self.confessed;
            if self.write(Event::EventsLost { count }).is_ok() {
                self.confessed = self.lost;
            }
        }
        if let Err(error) = self.write(event) {
            self.lost = self.lost.saturating_add(1);
            if !self.told {
                self.told = true;
                let reason = words::system(&error);
                words::say(format_args!(
                    "warning: the event log cannot be written: {reason}; what happens meanwhile is lost"
                ));
            }
        }
        if let Some(speaker) = speaker {
            let bytes = self.chain.writer().bytes.saturating_sub(before);
            let said = self.talk.entry(speaker).or_default();
            *said = said.saturating_add(bytes);
        }
    }

    fn write(&mut self, event: Event) -> io::Result<()> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let at_ns = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        let whole = self.chain.writer().bytes;
        let appended = self.chain.append(at_ns, event);
        if appended.is_err() {
            self.chain.writer().back_to(whole);
        }
        appended
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
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    fn log(subject: &str, text: &str) -> Event {
        Event::Log {
            subject: subject.to_owned(),
            epoch: 1,
            text: text.to_owned(),
        }
    }

    fn denied() -> Event {
        Event::Denied {
            subject: "a".to_owned(),
            epoch: 1,
            number: 59,
            call: "execve".to_owned(),
            arguments: vec![0; 6],
        }
    }

    fn over() -> Event {
        Event::RunEnded {
            reason: "over".to_owned(),
        }
    }

    /// The events of a log that must be intact.
    fn read(path: &std::path::Path, journal: &Journal) -> Vec<Event> {
        let bytes = std::fs::read(path).unwrap();
        std::fs::remove_file(path).unwrap();
        let mut events = Vec::new();
        let verified =
            record::chain::verify(&bytes[..], |record| events.push(record.event.clone())).unwrap();
        assert_eq!(verified, (journal.lines(), journal.last()));
        events
    }

    fn begin(name: &str, subjects: usize) -> (std::path::PathBuf, Journal) {
        let name = format!("bulkhead-journal-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let journal = Journal::new(File::create(&path).unwrap(), subjects);
        (path, journal)
    }

    #[test]
    fn a_full_log_counts_what_it_leaves_out_and_says_so_at_the_end() {
        let (path, mut journal) = begin("full", 1);
        journal.add(log("a", "first"));
        journal.chain.writer().bytes = LOG_BYTES_MAX - RESERVE_BYTES;
        journal.add(log("a", "second"));
        journal.add(denied());
        assert_eq!((journal.lines(), journal.lost()), (1, 2));
        journal.add(over());
        let events = read(&path, &journal);
        assert_eq!(
            events,
            [log("a", "first"), Event::EventsLost { count: 2 }, over()]
        );
    }

    #[test]
    fn who_talks_too_much_loses_its_own_lines_only() {
        let (path, mut journal) = begin("talk", 2);
        journal
            .talk
            .insert("a".to_owned(), journal.talk_bytes_max - 1);
        for text in ["one", "two", "three"] {
            journal.add(log("a", text));
        }
        journal.add(log("b", "heard"));
        journal.add(denied());
        let events = read(&path, &journal);
        let lost = Event::EventsLost { count: 2 };
        assert_eq!(events, [log("a", "one"), log("b", "heard"), lost, denied()]);
    }

    #[test]
    fn a_line_that_did_not_fit_leaves_no_half() {
        // In a process of its own: the limit is for all of its files.
        if std::env::var_os("BULKHEAD_SMALL_FILES").is_none() {
            let name = "journal::tests::a_line_that_did_not_fit_leaves_no_half";
            let mut again = std::process::Command::new(std::env::current_exe().unwrap());
            again
                .args(["--exact", name])
                .env("BULKHEAD_SMALL_FILES", "1");
            let output = again.output().unwrap();
            assert!(output.status.success(), "{output:?}");
            assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
            return;
        }
        let _signals = crate::sys::termination_signals().unwrap();
        let (path, mut journal) = begin("half", 1);
        journal.add(denied());
        let usual = getrlimit(Resource::Fsize);
        let limit = Rlimit {
            current: Some(journal.chain.writer().bytes + 10),
            maximum: usual.maximum,
        };
        setrlimit(Resource::Fsize, limit).unwrap();
        journal.add(denied());
        journal.add(denied());
        assert_eq!((journal.lines(), journal.lost()), (1, 2));
        setrlimit(Resource::Fsize, usual).unwrap();
        journal.add(over());
        let events = read(&path, &journal);
        assert_eq!(events, [denied(), Event::EventsLost { count: 2 }, over()]);
    }
}
