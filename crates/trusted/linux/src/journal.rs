//! The event log of a run, bounded in size: it never fills the disk, says what it left out, and no
//! subject can take another's room in it.
//!
//! Every event that a subject causes draws on that subject's own share. What comes often is recorded
//! one by one at first, then counted and the count recorded less and less often, so that nothing is
//! missing in the sum. The supervisor's own events have room that no subject can use.

use crate::clock;
use crate::gate;
use crate::pace::Pace;
use crate::words;
use record::Digest;
use record::cause::Cause;
use record::chain::Chain;
use record::event::Event;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::time::{Duration, Instant};

/// Most bytes of an event log, but for the last line of each share.
pub const LOG_BYTES_MAX: u64 = 256 << 20;
/// Events of one kind and one subject that are recorded one by one before they are counted.
const BURST: u32 = 16;
/// Most ends of one subject that are counted apart: it chooses its exit status and the signal. The rest is
/// counted together.
const ENDS_MAX: usize = 48;
/// Most things of another kind of one subject that are counted apart, for safety: no subject chooses their
/// names, which are of calls and of grants of the plan, and there are fewer.
const FOLDS_MAX: usize = 512;
/// Most characters of what a count says it is about.
const WHAT_CHARACTERS_MAX: usize = 120;
/// The kind whose events differ by what the subject chooses.
const EXITED: &str = "exited";
/// The kind for which room is kept that no other kind uses.
const DENIED: &str = "denied";
/// What the rest of a kind is called.
const OTHERS: &str = "others";
/// Pause between two looks for counts that are due.
const SETTLE: Duration = Duration::from_secs(1);

/// Where events go.
pub(crate) struct Journal {
    chain: Chain<Counting>,
    /// Most bytes of each subject's events.
    share_bytes_max: u64,
    shares: BTreeMap<String, Share>,
    /// Events that are neither recorded nor counted by their kind, and how many of the supervisor's
    /// own the log says.
    lost: u64,
    own_lost: u64,
    /// What the supervisor's own events have taken.
    own_bytes: u64,
    /// Whether the user was told that the log cannot be written.
    told: bool,
    /// Whether a count waits, and when to look next.
    waiting: bool,
    settle: Instant,
}

/// What a subject has used of the log, and what waits.
struct Share {
    bytes: u64,
    lost: u64,
    loss: Pace,
    /// Each kind has a table of its own: what a subject does of one takes no room of another.
    folds: BTreeMap<&'static str, BTreeMap<String, Fold>>,
}

/// Events of one kind that are alike.
struct Fold {
    pace: Pace,
    count: u64,
    epoch: u64,
    since_ns: u64,
}

impl Fold {
    fn add(&mut self, epoch: u64, at_ns: u64) {
        if self.count == 0 {
            self.since_ns = at_ns;
        }
        self.count = self.count.saturating_add(1);
        self.epoch = epoch;
    }
}

/// How much of a share events of this importance may fill, in eighths: what is more important finds
/// room when what is less important does not.
#[derive(Clone, Copy, Debug)]
enum Rank {
    /// What a subject says itself.
    Talk = 4,
    /// Starts, ends, refused grants.
    Life = 6,
    /// What it was denied, and that it stays stopped.
    Grave = 7,
    /// What is left to say at the end.
    Last = 8,
}

struct Counting {
    file: File,
    bytes: u64,
}

impl io::Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes == u64::MAX {
            return Err(io::ErrorKind::StorageFull.into());
        }
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
        self.bytes = if cut.is_ok() { bytes } else { u64::MAX };
    }
}

impl Journal {
    /// Begins an empty log of a system with so many subjects.
    pub(crate) fn new(file: File, subjects: usize) -> Self {
        Self::bounded(file, subjects, LOG_BYTES_MAX)
    }

    /// The same with another bound.
    fn bounded(file: File, subjects: usize, bytes_max: u64) -> Self {
        // As large a share is the supervisor's own.
        let shares = u64::try_from(subjects)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        Self {
            chain: Chain::new(Counting { file, bytes: 0 }),
            share_bytes_max: bytes_max / shares,
            shares: BTreeMap::new(),
            lost: 0,
            own_lost: 0,
            own_bytes: 0,
            told: false,
            waiting: false,
            settle: Instant::now(),
        }
    }

    /// Records an event, or counts it.
    pub(crate) fn add(&mut self, event: Event) {
        self.add_at(event, Instant::now(), now_ns());
    }

    fn add_at(&mut self, event: Event, now: Instant, at_ns: u64) {
        let Some(name) = event.subject().map(str::to_owned) else {
            return self.add_own(event, at_ns);
        };
        let rank = rank(&event);
        let Some((kind, what)) = alike(&event) else {
            if !self.write_for(&name, rank, event, at_ns) {
                self.lost = self.lost.saturating_add(1);
                let share = self.share(&name);
                share.lost = share.lost.saturating_add(1);
                self.waiting = true;
            }
            return;
        };
        let epoch = epoch(&event);
        let share = self.share(&name);
        let fold = share.fold(kind, &what);
        let may_tell = fold.1.pace.may_tell(now);
        let (key, _) = fold;
        let written = may_tell
            && self.settle_one(&name, &key, rank, at_ns)
            && self.write_for(&name, rank, event, at_ns);
        if !written {
            self.waiting = true;
            if let Some(fold) = self.share(&name).find(&key) {
                fold.add(epoch, at_ns);
            }
        }
    }

    /// Counts what is not worth a line each: the count is recorded, soon at first, then less and less
    /// often, and at the end.
    pub(crate) fn count(&mut self, name: &str, kind: &'static str, what: &str, epoch: u64) {
        self.count_at(name, kind, what, epoch, Instant::now(), now_ns());
    }

    fn count_at(
        &mut self,
        name: &str,
        kind: &'static str,
        what: &str,
        epoch: u64,
        now: Instant,
        at_ns: u64,
    ) {
        let (_, fold) = self.share(name).fold(kind, what);
        fold.pace.begin(now);
        fold.add(epoch, at_ns);
        self.waiting = true;
    }

    /// Records counts that are due.
    pub(crate) fn settle(&mut self) {
        self.settle_at(Instant::now(), now_ns());
    }

    fn settle_at(&mut self, now: Instant, at_ns: u64) {
        if !self.waiting || now < self.settle {
            return;
        }
        self.settle = now + SETTLE;
        self.waiting = false;
        let due = |pace: &mut Pace| {
            let due = pace.is_due(now);
            if due {
                pace.told(now);
            }
            due
        };
        self.settle_those(due, Rank::Grave, at_ns);
    }

    /// Records everything that still waits, as the end of a run is near.
    pub(crate) fn settle_all(&mut self) {
        self.settle_those(|_| true, Rank::Last, now_ns());
        // Whatever found no room even now.
        let kinds = self.shares.values().flat_map(|share| share.folds.values());
        let left = kinds.flat_map(|folds| folds.values().map(|fold| fold.count));
        let left = left.fold(0, u64::saturating_add);
        self.lost = self.lost.saturating_add(left);
    }

    fn settle_those(&mut self, mut due: impl FnMut(&mut Pace) -> bool, rank: Rank, at_ns: u64) {
        let names: Vec<String> = self.shares.keys().cloned().collect();
        for name in names {
            let share = self.share(&name);
            let (mut keys, mut waiting) = (Vec::new(), false);
            for (kind, folds) in &mut share.folds {
                for (what, fold) in folds {
                    match fold.count > 0 && due(&mut fold.pace) {
                        true => keys.push((*kind, what.clone())),
                        false => waiting |= fold.count > 0,
                    }
                }
            }
            let count = share.lost;
            if count > 0 && due(&mut share.loss) {
                let subject = Some(name.clone());
                if self.write_for(
                    &name,
                    Rank::Last,
                    Event::EventsLost { subject, count },
                    at_ns,
                ) {
                    self.share(&name).lost = 0;
                }
            }
            self.waiting |= waiting || self.share(&name).lost > 0;
            for key in keys {
                let rank = match (rank, key.0) {
                    (Rank::Grave, DENIED) | (Rank::Last, _) => rank,
                    _ => Rank::Life,
                };
                self.waiting |= !self.settle_one(&name, &key, rank, at_ns);
            }
        }
    }

    /// Records a count if there is one; whether none waits any more.
    fn settle_one(&mut self, name: &str, key: &Key, rank: Rank, at_ns: u64) -> bool {
        let Some(fold) = self.share(name).find(key).filter(|fold| fold.count > 0) else {
            return true;
        };
        let repeated = Event::Repeated {
            subject: name.to_owned(),
            of: key.0.to_owned(),
            what: key.1.clone(),
            count: fold.count,
            epoch: fold.epoch,
            since_ns: fold.since_ns,
        };
        let written = self.write_for(name, rank, repeated, at_ns);
        if written && let Some(fold) = self.share(name).find(key) {
            fold.count = 0;
        }
        written
    }

    fn share(&mut self, name: &str) -> &mut Share {
        self.shares.entry(name.to_owned()).or_insert_with(|| Share {
            bytes: 0,
            lost: 0,
            loss: Pace::new(1),
            folds: BTreeMap::new(),
        })
    }

    /// What the supervisor has to say itself: how often, no subject decides.
    fn add_own(&mut self, event: Event, at_ns: u64) {
        // Whoever asks for a look at the system all the time must not fill it; its end has room always.
        let last = matches!(event, Event::Halted { .. } | Event::RunEnded { .. });
        if !last && self.own_bytes >= self.share_bytes_max {
            self.lost = self.lost.saturating_add(1);
            self.own_lost = self.own_lost.saturating_add(1);
            return;
        }
        let before = self.chain.writer().bytes;
        self.write_own(event, at_ns);
        let bytes = self.chain.writer().bytes.saturating_sub(before);
        self.own_bytes = self.own_bytes.saturating_add(bytes);
    }

    fn write_own(&mut self, event: Event, at_ns: u64) {
        if self.own_lost > 0 {
            let count = self.own_lost;
            let subject = None;
            if self.write(Event::EventsLost { subject, count }, at_ns) {
                self.own_lost = 0;
            }
        }
        if !self.write(event, at_ns) {
            self.lost = self.lost.saturating_add(1);
            self.own_lost = self.own_lost.saturating_add(1);
        }
    }

    /// Writes an event of a subject if there is room for it in its share.
    fn write_for(&mut self, name: &str, rank: Rank, event: Event, at_ns: u64) -> bool {
        let limit = self.share_bytes_max / 8 * rank as u64;
        if self.share(name).bytes >= limit {
            return false;
        }
        let before = self.chain.writer().bytes;
        let written = self.write(event, at_ns);
        let bytes = self.chain.writer().bytes.saturating_sub(before);
        let share = self.share(name);
        share.bytes = share.bytes.saturating_add(bytes);
        written
    }

    fn write(&mut self, event: Event, at_ns: u64) -> bool {
        let whole = self.chain.writer().bytes;
        let Err(error) = self.chain.append(at_ns, event) else {
            return true;
        };
        if whole != u64::MAX {
            self.chain.writer().back_to(whole);
        }
        if !self.told {
            self.told = true;
            let reason = words::system(&error);
            words::say(format_args!(
                "warning: the event log cannot be written: {reason}; what happens meanwhile is counted"
            ));
        }
        false
    }

    /// Events that are neither in the log nor counted in it.
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

/// The kind of events and what they have in common.
type Key = (&'static str, String);

impl Share {
    /// Where events of this kind are counted.
    fn fold(&mut self, kind: &'static str, what: &str) -> (Key, &mut Fold) {
        let mut what: String = what.chars().take(WHAT_CHARACTERS_MAX).collect();
        let folds = self.folds.entry(kind).or_default();
        let folds_max = match kind {
            EXITED => ENDS_MAX,
            _ => FOLDS_MAX,
        };
        if folds.len() >= folds_max && !folds.contains_key(&what) {
            OTHERS.clone_into(&mut what);
        }
        let key = (kind, what.clone());
        let fold = folds.entry(what).or_insert_with(|| Fold {
            pace: Pace::new(BURST),
            count: 0,
            epoch: 0,
            since_ns: 0,
        });
        (key, fold)
    }

    fn find(&mut self, key: &Key) -> Option<&mut Fold> {
        self.folds.get_mut(key.0)?.get_mut(&key.1)
    }
}

fn rank(event: &Event) -> Rank {
    match event {
        Event::Log { .. } | Event::LogLost { .. } | Event::ChannelFault { .. } => Rank::Talk,
        Event::Denied { .. } | Event::Abandoned { .. } => Rank::Grave,
        Event::Audited { differences, .. } if !differences.is_empty() => Rank::Grave,
        _ => Rank::Life,
    }
}

/// What makes two events of a subject alike, so that they can be counted; none if each tells something
/// of its own. A subject's own words are never what two have in common: it never says the same twice.
fn alike(event: &Event) -> Option<(&'static str, Cow<'_, str>)> {
    let (kind, what) = match event {
        Event::Audited { differences, .. } if differences.is_empty() => ("audited", ""),
        // Whoever may write into a directory of a granted file moves it as often as it likes.
        Event::Audited { differences, .. } => {
            let moved = gate::moved(differences)?;
            return Some(("grant-elsewhere", moved.join(", ").into()));
        }
        Event::Started { .. } => ("started", ""),
        Event::Denied { call, .. } => (DENIED, call.as_str()),
        Event::Exited { cause, .. } => return Some((EXITED, end(cause))),
        Event::Restarting { .. } => ("restarting", ""),
        Event::HeartbeatLost { .. } => ("heartbeat-lost", ""),
        Event::GrantRefused { grant, .. } => ("grant-refused", grant.as_str()),
        _ => return None,
    };
    Some((kind, what.into()))
}

/// An end without what the program says of it.
fn end(cause: &Cause) -> Cow<'_, str> {
    let cause = match cause {
        Cause::Exit { status, .. } => Cause::Exit {
            status: *status,
            said: None,
        },
        Cause::Signal { signal, .. } => Cause::Signal {
            signal: *signal,
            said: None,
        },
        Cause::PeerFailed { .. } => Cause::PeerFailed { said: None },
        Cause::Allocation { .. } => {
            return "memory could not be allocated within the limit: killed by SIGABRT".into();
        }
        other => return other.to_string().into(),
    };
    cause.to_string().into()
}

fn epoch(event: &Event) -> u64 {
    match event {
        Event::Audited { epoch, .. }
        | Event::Started { epoch, .. }
        | Event::Denied { epoch, .. }
        | Event::Exited { epoch, .. }
        | Event::Restarting { epoch, .. }
        | Event::HeartbeatLost { epoch, .. } => *epoch,
        _ => 0,
    }
}

fn now_ns() -> u64 {
    clock::now().wall_ns
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::reason::{End, Halt};
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    fn log(subject: &str, text: &str) -> Event {
        Event::Log {
            subject: subject.to_owned(),
            epoch: 1,
            text: text.to_owned(),
        }
    }

    fn denied(subject: &str) -> Event {
        Event::Denied {
            subject: subject.to_owned(),
            epoch: 1,
            number: 59,
            call: "execve".to_owned(),
            arguments: vec![0; 6],
        }
    }

    fn over() -> Event {
        Event::RunEnded { reason: End::Asked }
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

    fn begin(name: &str, subjects: usize, bytes_max: u64) -> (std::path::PathBuf, Journal) {
        let name = format!("bulkhead-journal-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let file = File::create(&path).unwrap();
        (path, Journal::bounded(file, subjects, bytes_max))
    }

    /// How often something happened, by what was recorded and what was counted.
    fn total(events: &[Event], name: &str, kind: &str) -> u64 {
        let one = |event: &Event| match event {
            Event::Repeated {
                subject, of, count, ..
            } if subject == name && of == kind => *count,
            event if event.subject() == Some(name) && alike(event).is_some_and(|a| a.0 == kind) => {
                1
            }
            _ => 0,
        };
        events.iter().map(one).sum()
    }

    /// What a subject causes that is started again all the time.
    fn crash(journal: &mut Journal, name: &str, epoch: u64, now: Instant) {
        let subject = || name.to_owned();
        let status = i32::try_from(epoch % 3).unwrap();
        let cause = Cause::Exit { status, said: None };
        let all = [
            Event::Audited {
                subject: subject(),
                epoch,
                after_go: false,
                differences: vec![],
            },
            Event::Started {
                subject: subject(),
                epoch,
                pid: 1,
            },
            log(name, "about to fall"),
            Event::Exited {
                subject: subject(),
                epoch,
                cause,
            },
            Event::Restarting {
                subject: subject(),
                epoch: epoch + 1,
                after_ms: 1,
            },
        ];
        for event in all {
            journal.add_at(event, now, 7);
        }
    }

    #[test]
    fn millions_of_crashes_of_others_leave_room_for_what_one_is_denied() {
        const STARTS: u64 = 500_000;
        let bound = 192 << 10;
        let (path, mut journal) = begin("flood", 3, bound);
        let begun = Instant::now();
        for turn in 0..STARTS {
            let now = begun + Duration::from_millis(turn);
            crash(&mut journal, "a", turn, now);
            crash(&mut journal, "b", turn, now);
            journal.settle_at(now, 7);
        }
        let late = begun + Duration::from_millis(STARTS);
        journal.add_at(denied("c"), late, 7);
        journal.add_at(log("c", "heard"), late, 7);
        journal.add_at(denied("a"), late, 7);
        journal.settle_all();
        let halted = Event::Halted {
            reason: Halt::LauncherEnded,
        };
        journal.add(halted.clone());
        journal.add(over());
        assert!(journal.chain.writer().bytes < bound);
        let lost = journal.lost();
        let events = read(&path, &journal);
        for wanted in [denied("c"), log("c", "heard"), denied("a"), halted, over()] {
            assert!(events.contains(&wanted), "{wanted:?}");
        }
        for name in ["a", "b"] {
            for kind in ["audited", "started", "exited", "restarting"] {
                assert_eq!(total(&events, name, kind), STARTS, "{name} {kind}");
            }
        }
        // Lines are not counted by their kind; what is missing is said.
        let lines = events.iter().filter(|e| matches!(e, Event::Log { .. }));
        let said = events.iter().map(|event| match event {
            Event::EventsLost { count, .. } => *count,
            _ => 0,
        });
        assert_eq!(said.sum::<u64>(), lost);
        assert_eq!(lines.count() as u64 + lost, 2 * STARTS + 1);
    }

    #[test]
    fn what_comes_often_is_recorded_at_first_then_counted_in_time() {
        let (path, mut journal) = begin("often", 1, 1 << 20);
        let begun = Instant::now();
        let at = |ms| begun + Duration::from_millis(ms);
        for turn in 0..100 {
            journal.add_at(denied("a"), at(turn), 7 + turn);
        }
        let lines = journal.lines();
        assert_eq!(lines, u64::from(BURST));
        journal.settle_at(at(500), 9);
        assert_eq!(journal.lines(), lines, "not due");
        journal.settle_at(at(3000), 9);
        let events = read(&path, &journal);
        let counted = Event::Repeated {
            subject: "a".to_owned(),
            of: "denied".to_owned(),
            what: "execve".to_owned(),
            count: 100 - u64::from(BURST),
            epoch: 1,
            since_ns: 7 + u64::from(BURST),
        };
        assert_eq!(events.last(), Some(&counted));
        assert_eq!(total(&events, "a", "denied"), 100);
    }

    #[test]
    fn looks_at_the_system_do_not_fill_the_log() {
        let (path, mut journal) = begin("own", 1, 64 << 10);
        let look = || Event::LogRemoved {
            name: "x".repeat(200),
            last: None,
        };
        for _ in 0..1000 {
            journal.add(look());
        }
        journal.add(denied("a"));
        journal.add(over());
        assert!(journal.chain.writer().bytes < 64 << 10);
        assert!(journal.lost() > 500);
        let events = read(&path, &journal);
        assert!(events.contains(&denied("a")));
        assert_eq!(events.last(), Some(&over()));
    }

    #[test]
    fn what_is_only_counted_is_told_after_a_while_and_whole() {
        let (path, mut journal) = begin("count", 1, 1 << 20);
        let begun = Instant::now();
        let at = |ms| begun + Duration::from_millis(ms);
        for turn in 0..5 {
            journal.count_at("a", "refused", "openat", 1, at(turn), 7);
        }
        journal.settle_at(at(500), 8);
        assert_eq!(journal.lines(), 0, "not due");
        journal.settle_at(at(2000), 8);
        journal.count_at("a", "refused", "openat", 2, at(2100), 9);
        journal.settle_all();
        let events = read(&path, &journal);
        let counts: Vec<u64> = events
            .iter()
            .filter_map(|event| match event {
                Event::Repeated {
                    of, what, count, ..
                } if of == "refused" && what == "openat" => Some(*count),
                _ => None,
            })
            .collect();
        assert_eq!(counts, [5, 1]);
        assert_eq!(events.len(), 2);
    }

    #[test]
    fn a_subject_that_never_does_the_same_twice_is_counted_all_the_same() {
        let (path, mut journal) = begin("kinds", 1, 128 << 10);
        let ends = 20_000;
        for number in 0..ends {
            let event = Event::Exited {
                subject: "a".to_owned(),
                epoch: number,
                cause: Cause::Signal {
                    signal: 6,
                    said: Some(format!("{number} {}", "x".repeat(400))),
                },
            };
            journal.add(event);
        }
        journal.settle_all();
        journal.add(over());
        assert!(journal.chain.writer().bytes < 128 << 10);
        assert_eq!(journal.lost(), 0);
        let events = read(&path, &journal);
        assert_eq!(total(&events, "a", "exited"), ends);
        assert_eq!(events.last(), Some(&over()));
    }

    #[test]
    fn a_subject_does_not_hide_what_it_was_denied_behind_how_it_ends() {
        let (path, mut journal) = begin("hidden", 1, 1 << 20);
        let ends = (0..200_i32).flat_map(|number| {
            let said = Some(format!("the end number {number}"));
            let (status, bytes) = (number, number.unsigned_abs().into());
            [
                Cause::Exit { status, said },
                Cause::Allocation { bytes },
                Cause::PeerFailed {
                    said: Some(format!("peer {number}")),
                },
            ]
        });
        for (cause, epoch) in ends.zip(1..) {
            let subject = "a".to_owned();
            journal.add(Event::Exited {
                subject,
                epoch,
                cause,
            });
        }
        let call = |name: &str| Event::Denied {
            subject: "a".to_owned(),
            epoch: 700,
            number: 0,
            call: name.to_owned(),
            arguments: vec![0; 6],
        };
        for number in 0..400 {
            journal.count("a", "refused", &format!("refused-{number}"), 1);
        }
        for _ in 0..300 {
            journal.add(call("execve"));
        }
        journal.add(call("ptrace"));
        journal.settle_all();
        let events = read(&path, &journal);
        assert!(events.contains(&call("ptrace")));
        let counted = |of: &str, what: &str| {
            let count = |event: &Event| match event {
                Event::Repeated {
                    of: kind,
                    what: about,
                    count,
                    ..
                } if kind == of && about == what => *count,
                _ => 0,
            };
            events.iter().map(count).sum::<u64>()
        };
        assert_eq!(counted("denied", "execve"), 300 - u64::from(BURST));
        assert_eq!(counted("denied", OTHERS), 0);
        assert_eq!(counted("refused", "refused-399"), 1);
        assert_eq!(counted("refused", OTHERS), 0);
        // How it ends, it chooses: what does not fit is counted together, and in the sum all is there.
        assert!(counted("exited", OTHERS) > 0);
        assert_eq!(total(&events, "a", "exited"), 600);
        let own = "memory could not be allocated within the limit: killed by SIGABRT";
        assert_eq!(counted("exited", own), 200 - u64::from(BURST));
    }

    #[test]
    fn counts_of_other_kinds_leave_room_for_what_a_subject_is_denied() {
        let (path, mut journal) = begin("room", 1, 256 << 10);
        let begun = Instant::now();
        for hour in 0..100 {
            let now = begun + Duration::from_secs(hour * 3700);
            for number in 0..400 {
                journal.count_at("a", "refused", &format!("call-{number}"), 1, now, 7);
            }
            journal.settle_at(now + Duration::from_secs(3650), 7);
        }
        journal.add(denied("a"));
        journal.settle_all();
        journal.add(over());
        let lost = journal.lost();
        let events = read(&path, &journal);
        assert!(events.contains(&denied("a")));
        // In so small a share not all is left at the end; what is missing is said.
        assert_eq!(total(&events, "a", "refused") + lost, 400 * 100);
    }

    #[test]
    fn names_of_calls_fit_into_the_tables() {
        let names = (0..600).map(crate::calls::name);
        let names: std::collections::BTreeSet<_> = names.collect();
        assert!((350..FOLDS_MAX).contains(&names.len()), "{}", names.len());
        const { assert!(channel::table::GRANTS_MAX < FOLDS_MAX) };
    }

    #[test]
    fn who_talks_too_much_loses_its_own_lines_only() {
        let (path, mut journal) = begin("talk", 2, 24 << 10);
        for _ in 0..1000 {
            journal.add(log("a", "again"));
        }
        journal.add(log("b", "heard"));
        journal.add(denied("a"));
        journal.settle_all();
        let lost = journal.lost();
        assert!(lost > 900, "{lost}");
        let events = read(&path, &journal);
        assert!(events.contains(&log("b", "heard")));
        assert!(events.contains(&denied("a")), "what it does is recorded");
        let subject = Some("a".to_owned());
        let said = Event::EventsLost {
            subject,
            count: lost,
        };
        assert_eq!(events.last(), Some(&said));
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
        let (path, mut journal) = begin("half", 1, LOG_BYTES_MAX);
        journal.add(denied("a"));
        let usual = getrlimit(Resource::Fsize);
        let limit = Rlimit {
            current: Some(journal.chain.writer().bytes + 10),
            maximum: usual.maximum,
        };
        setrlimit(Resource::Fsize, limit).unwrap();
        journal.add(denied("a"));
        journal.add(log("a", "unheard"));
        journal.add(over());
        assert_eq!((journal.lines(), journal.lost()), (1, 2));
        setrlimit(Resource::Fsize, usual).unwrap();
        journal.settle_all();
        journal.add(over());
        let events = read(&path, &journal);
        let lost = |subject: Option<&str>| Event::EventsLost {
            subject: subject.map(str::to_owned),
            count: 1,
        };
        assert_eq!(events[..2], [denied("a"), lost(Some("a"))]);
        assert_eq!(total(&events, "a", "denied"), 2);
        assert_eq!(events[3..], [lost(None), over()]);
    }
}
