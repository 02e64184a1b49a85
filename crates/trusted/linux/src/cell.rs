//! One subject as the supervisor sees it: what it is doing, and what led there.

use crate::cgroup::Shortage;
use crate::filter::Rules;
use crate::pace::Pace;
use crate::partition::{Loaded, Partition};
use crate::protocol::{Ending, ProcessLimits, filter_bytes};
use crate::segment::{PulseMemory, Segment};
use crate::sys;
use crate::table;
use crate::words;
use channel::pulse::{LAST_BYTES_MAX, Progress};
use plan::{Plan, SubjectPlan};
use record::cause::Cause;
use record::reason::Note;
use record::status::{SubjectState, SubjectStatus};
use rustix::fd::OwnedFd;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::{Duration, Instant};

/// First pause after a grant was refused; doubled each time.
const BACKOFF_FIRST: Duration = Duration::from_millis(200);
/// Longest pause after a grant was refused.
const BACKOFF_LAST: Duration = Duration::from_secs(5);

/// A subject that ran for so long has reached its peers again.
const REACHED: Duration = Duration::from_secs(60);

/// Number of a subject's first start.
pub(crate) const EPOCH_FIRST: u64 = 1;

/// A subject and its partition.
pub(crate) struct Cell {
    /// Name.
    pub name: String,
    /// Its partition; none once the keeper is gone.
    pub partition: Option<Partition>,
    /// What its next start needs, if it was made ahead.
    pub ahead: Option<Ahead>,
    /// What it may call.
    pub rules: Rules,
    /// The same as a filter program.
    pub filter: Vec<u8>,
    /// Its pulse.
    pub pulse: PulseMemory,
    /// Limits of its process.
    pub limits: ProcessLimits,
    /// The control groups it must be in.
    pub groups: Vec<linux_audit::Group>,
    /// What it is doing.
    pub phase: Phase,
    /// Number of its current or last start.
    pub epoch: u64,
    /// Calls outside its permitted set.
    pub denied: u64,
    /// Calls that were answered with an error, by their names.
    pub refused_calls: BTreeMap<String, u64>,
    /// Starts after the first.
    pub restarts: u64,
    /// Times of the starts that count against its rule.
    pub recent: VecDeque<Instant>,
    /// Why it is about to end, if the supervisor ends it.
    pub cause: Option<Cause>,
    /// Where the kernel counts whom it killed for want of its memory, if a control group does.
    pub shortage: Option<Shortage>,
    /// The next pause after a refused grant.
    pub backoff: Duration,
    /// The next pause after a peer failed, and whether it waits because of one.
    pub reconnect: Duration,
    pub lost_peer: bool,
    /// Whether it ran when the system was stopped.
    pub stopped_in_order: bool,
    /// Since when the launcher owes an answer about a grant, and that is not recorded yet.
    pub asked: Option<Instant>,
    /// The last reason for which a grant was refused.
    pub refused: Option<String>,
    /// Its signs of life when it last changed them, and when that was.
    pub beat: (u64, Instant),
    /// Lines it logged.
    pub log_lines: u64,
    /// Lines of its log that were lost, as far as recorded.
    pub log_lost: u64,
    /// Times it damaged its log, as far as recorded.
    pub log_faults: u64,
    /// How often what goes wrong with its log is recorded.
    pub log_pace: Pace,
}

/// What a start needs that can be made before it is due.
pub(crate) struct Ahead {
    /// The process and its gate.
    pub loaded: Loaded,
    /// The port table it will map.
    pub table: Segment,
}

impl Ahead {
    /// Orders a process at the keeper with this control socket, and makes the port table of this
    /// start of the subject meanwhile.
    pub(crate) fn order(
        control: &OwnedFd,
        plan: &Plan,
        subject: &SubjectPlan,
        epoch: u64,
    ) -> Result<Self, (&'static str, io::Error)> {
        let loaded = Loaded::order(control, &subject.name).map_err(|e| ("reach the keeper", e))?;
        let incarnation = table::incarnation(epoch).map_err(|e| ("draw a mark", e))?;
        let bytes = table::table(plan, subject, incarnation)
            .ok_or(("write the port table", io::ErrorKind::FileTooLarge.into()))?;
        let table = Segment::constant(&bytes).map_err(|e| ("create the port table", e))?;
        Ok(Self { loaded, table })
    }
}

/// What a subject is doing.
pub(crate) enum Phase {
    /// Waits for its next start.
    Due(Instant),
    /// Grants are being opened; those so far.
    Opening(Vec<(OwnedFd, linux_audit::Granted)>),
    /// Its process is being prepared.
    Loading(Loading),
    /// It runs.
    Running(Running),
    /// It stays stopped; why.
    Stopped(Note),
}

/// A process before its "go".
pub(crate) struct Loading {
    /// The process and its gate.
    pub loaded: Loaded,
    /// Its listener's number, once it reported ready.
    pub listener: Option<i32>,
    /// The port table it maps.
    pub table: Segment,
    /// Grants as they were handed over.
    pub grants: Vec<linux_audit::Granted>,
    /// When the order to start was given.
    pub since: Instant,
}

/// A process after its "go".
pub(crate) struct Running {
    /// The process.
    pub process: OwnedFd,
    /// Where its filter reports.
    pub listener: OwnedFd,
    /// Its id on the host.
    pub pid: u32,
    /// The port table it maps.
    pub table: Segment,
    /// Grants as they were handed over.
    pub grants: Vec<linux_audit::Granted>,
    /// When it was let go.
    pub since: Instant,
    /// What of the loader's it has not been seen to close.
    pub held: Vec<linux_audit::Held>,
    /// Whether nothing will be reported any more.
    pub over: bool,
    /// Calls that are to be answered with an error.
    pub unanswered: Unanswered,
}

/// Calls of a process that were refused and not answered yet. The first are answered at once, more of them
/// one by one: a process that makes nothing but such calls must not take the supervisor's time.
#[derive(Debug)]
pub(crate) struct Unanswered {
    /// After this the next one may be answered; it lags behind the clock by what the process may be ahead.
    next: Instant,
    /// Number of the call for the kernel, and the error.
    calls: VecDeque<(u64, i32)>,
}

/// Pause between two answers, and for how many of them a process may be ahead.
const ANSWER_EVERY: Duration = Duration::from_millis(5);
const ANSWERS_AHEAD: u32 = 200;

impl Unanswered {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            next: earliest(now),
            calls: VecDeque::new(),
        }
    }

    /// A call is to be answered. As many can wait as the process has threads.
    pub(crate) fn push(&mut self, id: u64, error: i32) {
        self.calls.push_back((id, error));
    }

    /// A call that may be answered now.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<(u64, i32)> {
        if now <= self.next {
            return None;
        }
        let call = self.calls.pop_front()?;
        self.next = self.next.max(earliest(now)) + ANSWER_EVERY;
        Some(call)
    }

    /// When there is one to be answered.
    pub(crate) fn due(&self) -> Option<Instant> {
        (!self.calls.is_empty()).then_some(self.next)
    }
}

/// Where a process begins that has not been answered for long.
fn earliest(now: Instant) -> Instant {
    let ahead = ANSWER_EVERY.saturating_mul(ANSWERS_AHEAD);
    now.checked_sub(ahead).unwrap_or(now)
}

impl Cell {
    /// A subject that is to start at once.
    pub(crate) fn new(
        name: &str,
        partition: Partition,
        ahead: Option<Ahead>,
        rules: Rules,
        pulse: PulseMemory,
    ) -> Self {
        let now = Instant::now();
        Self {
            name: name.to_owned(),
            partition: Some(partition),
            ahead,
            filter: filter_bytes(&rules.program()),
            rules,
            pulse,
            limits: ProcessLimits::default(),
            groups: Vec::new(),
            phase: Phase::Due(now),
            epoch: EPOCH_FIRST,
            denied: 0,
            refused_calls: BTreeMap::new(),
            restarts: 0,
            recent: VecDeque::new(),
            cause: None,
            shortage: None,
            backoff: BACKOFF_FIRST,
            reconnect: BACKOFF_FIRST,
            lost_peer: false,
            stopped_in_order: false,
            asked: None,
            refused: None,
            beat: (0, now),
            log_lines: 0,
            log_lost: 0,
            log_faults: 0,
            log_pace: Pace::new(1),
        }
    }

    /// A grant was refused: waits, each time longer.
    pub(crate) fn wait_for_grant(&mut self, now: Instant) {
        self.phase = Phase::Due(now + self.backoff);
        self.backoff = self.backoff.saturating_mul(2).min(BACKOFF_LAST);
    }

    /// It ended because of a peer: how long to wait at least before it is started again, each time longer
    /// unless it had reached its peers.
    pub(crate) fn wait_for_peer(&mut self, now: Instant) -> Duration {
        if let Phase::Running(running) = &self.phase
            && now.saturating_duration_since(running.since) >= REACHED
        {
            self.reconnect = BACKOFF_FIRST;
        }
        let pause = self.reconnect;
        self.reconnect = pause.saturating_mul(2).min(BACKOFF_LAST);
        pause
    }

    /// All grants are there.
    pub(crate) fn grants_are_open(&mut self) {
        self.refused = None;
        self.lost_peer = false;
    }

    /// It was let go: its grants were there, and still what they should be at the gate.
    pub(crate) fn was_let_go(&mut self) {
        self.backoff = BACKOFF_FIRST;
    }

    /// Ends its process, whatever it is doing; the keeper will report the end.
    pub(crate) fn kill(&self) {
        let process = match &self.phase {
            Phase::Loading(loading) => loading.loaded.process.as_ref(),
            Phase::Running(running) => Some(&running.process),
            Phase::Due(_) | Phase::Opening(_) | Phase::Stopped(_) => None,
        };
        if let Some(process) = process {
            // If it is gone already there is nothing to end.
            let _ = rustix::process::pidfd_send_signal(process, rustix::process::Signal::KILL);
        }
    }

    /// Whether its process, or its keeper, is gone though nobody reported it yet.
    pub(crate) fn is_gone(&self) -> bool {
        self.is_gone_within(Duration::ZERO)
    }

    /// The same, or whether one of them goes within this time.
    pub(crate) fn is_gone_within(&self, time: Duration) -> bool {
        let process = match &self.phase {
            Phase::Loading(loading) => loading.loaded.process.as_ref(),
            Phase::Running(running) => Some(&running.process),
            Phase::Due(_) | Phase::Opening(_) | Phase::Stopped(_) => None,
        };
        let keeper = self.partition.as_ref().map(|partition| &partition.process);
        match (process, keeper) {
            (Some(process), Some(keeper)) => sys::one_has_ended(&[process, keeper], time),
            _ => true,
        }
    }

    /// Why its process ended, that the supervisor did not end: what the kernel says and counts, and what
    /// the program said of itself.
    pub(crate) fn cause_of(&mut self, ending: Ending) -> Cause {
        let killed = self.shortage.as_mut().is_some_and(Shortage::killed);
        if killed && ending == Ending::Signal(libc::SIGKILL) {
            return Cause::OutOfMemory;
        }
        if !matches!(self.phase, Phase::Running(_)) {
            let (status, signal) = ending.parts();
            return Cause::EndedEarly { status, signal };
        }
        let said = self.last_words();
        let refused = self.pulse.reader.refused_bytes(self.epoch);
        match (ending, refused) {
            (Ending::Signal(libc::SIGABRT), Some(bytes)) if said.is_none() => {
                Cause::Allocation { bytes }
            }
            (Ending::Signal(signal), _) => Cause::Signal { signal, said },
            (Ending::Status(status), _) => Cause::Exit { status, said },
            (Ending::Unknown, _) => Cause::Unknown,
        }
    }

    /// Why its partition is gone: how its keeper ended.
    pub(crate) fn cause_of_keeper(&mut self) -> Cause {
        let out_of_memory = self.shortage.as_mut().is_some_and(Shortage::killed);
        let ending = self.partition.as_ref().map(Partition::ending);
        let (status, signal) = ending.unwrap_or(Ending::Unknown).parts();
        Cause::KeeperEnded {
            status,
            signal,
            out_of_memory,
        }
    }

    fn last_words(&self) -> Option<String> {
        let mut buffer = [0; LAST_BYTES_MAX];
        let length = self.pulse.reader.last_words(self.epoch, &mut buffer)?;
        buffer.get(..length).map(words::line)
    }

    /// Whether it does not run though it should.
    fn is_down(&self) -> bool {
        match &self.phase {
            Phase::Stopped(_) => !self.stopped_in_order,
            Phase::Due(_) | Phase::Opening(_) => self.refused.is_some() || self.restarts > 0,
            Phase::Loading(_) | Phase::Running(_) => false,
        }
    }

    /// For the status page.
    pub(crate) fn status(&self) -> SubjectStatus {
        let (state, note, pid) = match &self.phase {
            Phase::Due(_) | Phase::Opening(_) => (
                SubjectState::Waiting,
                match (&self.refused, self.lost_peer) {
                    (Some(reason), _) => Some(Note::GrantRefused {
                        reason: reason.clone(),
                    }),
                    (None, true) => Some(Note::PeerFailed),
                    (None, false) => None,
                },
                0,
            ),
            Phase::Loading(_) => (SubjectState::Starting, None, 0),
            Phase::Running(running) => (SubjectState::Running, None, running.pid),
            Phase::Stopped(note) => (SubjectState::Stopped, Some(note.clone()), 0),
        };
        SubjectStatus {
            name: self.name.clone(),
            state,
            note,
            down: self.is_down(),
            epoch: self.epoch,
            restarts: self.restarts,
            pid,
            denied: self.denied,
            refused_calls: self.refused_calls.clone(),
            beats: self.pulse.reader.beats(),
            lost: self.pulse.reader.progress(Progress::Lost),
            faults: self.pulse.reader.progress(Progress::Faults),
            refused: self.pulse.reader.progress(Progress::Refused),
            missed: self.pulse.reader.progress(Progress::Missed),
            log_lines: self.log_lines,
            log_lost: self.log_lost,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_calls_are_answered_at_once_until_there_are_many() {
        let begun = Instant::now();
        let mut unanswered = Unanswered::new(begun);
        let answered = |now: Instant, unanswered: &mut Unanswered| {
            let mut count = 0;
            loop {
                unanswered.push(7, 1);
                match unanswered.pop(now) {
                    Some(_) => count += 1,
                    None => break count,
                }
            }
        };
        assert_eq!(answered(begun, &mut unanswered), ANSWERS_AHEAD);
        let due = unanswered.due().unwrap();
        assert_eq!(due, begun + Duration::ZERO);
        let later = begun + ANSWER_EVERY * 3;
        assert_eq!(answered(later, &mut unanswered), 3);
        assert!(unanswered.due().unwrap() > begun);
        let much_later = begun + Duration::from_secs(3600);
        assert_eq!(answered(much_later, &mut unanswered), ANSWERS_AHEAD);
    }
}
