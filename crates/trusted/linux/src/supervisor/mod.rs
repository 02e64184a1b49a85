//! The loop over everything: starts, audits, watches, restarts, records.
//!
//! One thread, one `poll`. Every reaction is a consequence of a report, a notification, an answer or
//! the clock, and is recorded before anything else happens.

mod again;
mod ends;
mod go;

use crate::boot::{Images, Machine};
use crate::cell::{Ahead, Cell, Loading, Phase};
use crate::gate::{self, Seen};
use crate::journal::Journal;
use crate::launcher;
use crate::mechanism::InForce;
use crate::protocol::{Ending, GRANTS_FIRST, Order, Report, Start};
use crate::review::Wishes;
use crate::wire;
use crate::words;
use linux_audit::Granted;
use plan::Plan;
use record::cause::Cause;
use record::difference::Difference;
use record::event::Event;
use record::reason::{self, Halt};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long a process may take from the order to start until it waits at its gate.
const LOADING_MAX: Duration = Duration::from_secs(10);
/// How long its keeper is not listened to meanwhile; then it must be known, to be ended in time.
const LOADING_QUIET: Duration = Duration::from_secs(5);
/// How long a process that shows no life may take from its go until it has closed what was the loader's.
const CLOSING_MAX: Duration = LOADING_MAX;
/// How long the launcher may take for an answer until that is recorded: longer than any attempt to connect.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Longest pause between two looks at pulses.
const TURN_MAX: Duration = Duration::from_millis(100);

/// Why a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In order.
    Asked(reason::End),
    /// By a rule of the plan.
    Halted(Halt),
    /// A partition did not match the plan.
    Mismatch {
        /// Of which subject.
        subject: String,
        /// How.
        differences: Vec<Difference>,
        /// Whether its subject had been let go.
        after_go: bool,
    },
}

/// A running system.
pub(crate) struct Supervisor<'a> {
    /// What it executes.
    pub plan: &'a Plan,
    /// The checked programs.
    pub images: &'a Images,
    /// Partitions and channels.
    pub machine: Machine,
    /// The socket to the launcher.
    pub launcher: OwnedFd,
    /// The event log.
    pub journal: Journal,
    /// Where wishes for a look at the system arrive, if they can.
    pub wishes: Option<Wishes>,
    /// Where requests to end arrive.
    pub signals: OwnedFd,
    /// What the audit saw of each partition, once it did.
    pub seen: Vec<Option<Seen>>,
    /// Mechanisms, as far as they were seen.
    pub in_force: InForce,
    /// Where relative paths of grants lie.
    pub state_dir: PathBuf,
    /// All processes by their process namespace, as seen in this turn.
    pub members: Option<BTreeMap<u64, Vec<u32>>>,
    /// Whether to print when each step of a start was done.
    pub timing: bool,
    /// Whether to stop when standard input is closed.
    pub stop_with_stdin: bool,
    /// Set when the run is to end.
    pub end: Option<End>,
}

/// What `poll` can report.
#[derive(Clone, Copy, Debug)]
enum Source {
    Signals,
    Stdin,
    Launcher,
    Wishes,
    Keeper(usize),
    Gate(usize),
    Listener(usize),
    /// A listener whose process is gone: there is nothing to take, and kernels before 6.11 would wait
    /// for it forever. The keeper reports the end.
    Over(usize),
}

impl Supervisor<'_> {
    /// One turn: waits for something to happen, at most until `until`, and reacts to all of it.
    pub(crate) fn turn(&mut self, until: Instant) {
        let now = Instant::now();
        for index in 0..self.machine.cells.len() {
            self.clock(index, now);
            self.answer_refused(index, now);
        }
        let wake = self.next_wake(until);
        let sources = self.wait(wake);
        // Whoever is at its gate now was in its partition before anybody looks there.
        self.members = None;
        for source in sources {
            match source {
                Source::Signals => {
                    let _ = rustix::io::read(&self.signals, &mut [0; 128]);
                    self.finish(End::Asked(reason::End::Asked));
                }
                Source::Stdin => {
                    // What arrives there means nothing; the end of it does.
                    if !matches!(rustix::io::read(std::io::stdin(), &mut [0; 128]), Ok(1..)) {
                        self.finish(End::Asked(reason::End::InputClosed));
                    }
                }
                Source::Launcher => self.answered(),
                Source::Wishes => self.wished(),
                Source::Keeper(index) => self.reported(index),
                Source::Gate(index) => self.at_gate(index),
                Source::Listener(index) => self.notified(index),
                Source::Over(index) => {
                    if let Some(Phase::Running(running)) = self.cell(index).map(|c| &mut c.phase) {
                        running.over = true;
                    }
                }
            }
        }
        for index in 0..self.machine.cells.len() {
            self.drain_log(index, false);
        }
        self.journal.settle();
    }

    fn finish(&mut self, end: End) {
        if self.end.is_none() {
            self.end = Some(end);
        }
    }

    fn cell(&mut self, index: usize) -> Option<&mut Cell> {
        self.machine.cells.get_mut(index)
    }

    fn next_wake(&self, until: Instant) -> Instant {
        let heartbeats = self
            .plan
            .core
            .subjects
            .iter()
            .map(|s| s.heartbeat_ms)
            .filter(|ms| *ms > 0);
        let shortest = heartbeats
            .min()
            .map_or(TURN_MAX, |ms| Duration::from_millis(ms / 4));
        let turn = shortest.clamp(Duration::from_millis(5), TURN_MAX);
        let due = self
            .machine
            .cells
            .iter()
            .filter_map(|cell| match &cell.phase {
                Phase::Due(at) => Some(*at),
                Phase::Running(running) => running.unanswered.due(),
                _ => None,
            });
        due.chain([until, Instant::now() + turn])
            .min()
            .unwrap_or(until)
    }

    fn wait(&self, until: Instant) -> Vec<Source> {
        let mut sources = vec![Source::Signals, Source::Launcher];
        let mut watched = vec![
            PollFd::new(&self.signals, PollFlags::IN),
            PollFd::new(&self.launcher, PollFlags::IN),
        ];
        if let Some(wishes) = &self.wishes {
            sources.push(Source::Wishes);
            watched.push(PollFd::new(&wishes.socket, PollFlags::IN));
        }
        let stdin = std::io::stdin();
        if self.stop_with_stdin {
            sources.push(Source::Stdin);
            watched.push(PollFd::new(&stdin, PollFlags::IN));
        }
        for (index, cell) in self.machine.cells.iter().enumerate() {
            if let Phase::Loading(loading) = &cell.phase
                && loading.listener.is_none()
            {
                sources.push(Source::Gate(index));
                watched.push(PollFd::new(&loading.loaded.gate, PollFlags::IN));
                // What its keeper says meanwhile can wait: whatever goes wrong ends the gate, too.
                if loading.since.elapsed() < LOADING_QUIET {
                    continue;
                }
            }
            if let Some(partition) = &cell.partition {
                sources.push(Source::Keeper(index));
                watched.push(PollFd::new(&partition.control, PollFlags::IN));
            }
            match &cell.phase {
                Phase::Running(running) if !running.over => {
                    sources.push(Source::Listener(index));
                    watched.push(PollFd::new(&running.listener, PollFlags::IN));
                }
                _ => {}
            }
        }
        let limit = until.saturating_duration_since(Instant::now());
        let limit = Timespec::try_from(limit).ok();
        match rustix::event::poll(&mut watched, limit.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return Vec::new(),
        }
        let any = PollFlags::IN | PollFlags::HUP | PollFlags::ERR;
        let reports = sources.into_iter().zip(&watched);
        reports
            .filter(|(_, one)| one.revents().intersects(any))
            .map(|(source, one)| match source {
                Source::Listener(index) if !one.revents().contains(PollFlags::IN) => {
                    Source::Over(index)
                }
                other => other,
            })
            .collect()
    }

    /// What time alone brings about.
    fn clock(&mut self, index: usize, now: Instant) {
        self.look_after_go(index, now);
        let Some(own) = self.plan.core.subjects.get(index) else {
            return;
        };
        let heartbeat_ms = own.heartbeat_ms;
        let Some(cell) = self.cell(index) else { return };
        match &cell.phase {
            Phase::Due(at) if *at <= now => {
                cell.phase = Phase::Opening(Vec::new());
                self.open_next(index);
            }
            Phase::Opening(opened) if cell.asked.is_some_and(|at| now > at + ANSWER_MAX) => {
                let grant = opened.len();
                self.unanswered(index, grant);
            }
            Phase::Loading(loading) if now > loading.since + LOADING_MAX => {
                let silent = loading.loaded.process.is_none();
                cell.cause.get_or_insert(Cause::LoadedLate);
                cell.kill();
                if silent {
                    self.keeper_gone(index);
                }
            }
            Phase::Running(running) if heartbeat_ms > 0 && cell.cause.is_none() => {
                let beats = cell.pulse.reader.beats();
                let since = running.since;
                if beats != cell.beat.0 {
                    cell.beat = (beats, now);
                }
                let silent = now.saturating_duration_since(cell.beat.1.max(since));
                let silent_ms = u64::try_from(silent.as_millis()).unwrap_or(u64::MAX);
                if silent_ms > heartbeat_ms {
                    cell.cause = Some(Cause::HeartbeatLost);
                    cell.kill();
                    let (subject, epoch) = (cell.name.clone(), cell.epoch);
                    self.journal.add(Event::HeartbeatLost {
                        subject,
                        epoch,
                        silent_ms,
                    });
                }
            }
            _ => {}
        }
    }

    /// Asks for the next grant, or starts when all are there.
    fn open_next(&mut self, index: usize) {
        // Who is not planned never starts.
        let Some(own) = self.plan.core.subjects.get(index) else {
            return;
        };
        let wanted = own.grants.len();
        let launcher = self.launcher.as_fd();
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let Phase::Opening(opened) = &mut cell.phase else {
            return;
        };
        if opened.len() < wanted {
            cell.asked = Some(Instant::now());
            if launcher::ask(launcher, index, opened.len()).is_err() {
                self.finish(End::Halted(Halt::LauncherEnded));
            }
            return;
        }
        let grants = std::mem::take(opened);
        cell.asked = None;
        cell.grants_are_open();
        if let Err((step, error)) = self.start(index, grants) {
            let reason = words::system(&error);
            self.ended(index, failed(step, reason));
        }
    }

    /// The launcher does not answer: said once, and waited for. It may be stopped, or a file lie on what
    /// does not answer itself; another one could not open it either.
    fn unanswered(&mut self, index: usize, grant: usize) {
        let grants = self.plan.core.subjects.get(index).map(|s| &s.grants);
        let grant = grants.and_then(|grants| grants.get(grant));
        let Some((cell, grant)) = self.machine.cells.get_mut(index).zip(grant) else {
            return;
        };
        cell.asked = None;
        let reason = format!(
            "the launcher has not answered for {} s, and is waited for",
            ANSWER_MAX.as_secs()
        );
        cell.refused = Some(reason.clone());
        let (subject, grant) = (cell.name.clone(), grant.name.clone());
        self.journal.add(Event::GrantRefused {
            subject,
            grant,
            reason,
        });
    }

    fn answered(&mut self) {
        let Some(answer) = launcher::answer(&self.launcher) else {
            self.finish(End::Halted(Halt::LauncherEnded));
            return;
        };
        let index = answer.subject;
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let Phase::Opening(opened) = &mut cell.phase else {
            return;
        };
        if opened.len() != answer.grant {
            return;
        }
        // At once: a path may soon lead to another file.
        let grants = self.plan.core.subjects.get(index).map(|s| &s.grants);
        let plan = grants.and_then(|grants| grants.get(answer.grant));
        let outcome = answer.outcome.and_then(|fd| {
            let looked = plan.and_then(|plan| {
                let number = i32::try_from(answer.grant).ok()?;
                let number = GRANTS_FIRST.saturating_add(number);
                gate::granted(plan, number, &fd, &self.state_dir).ok()
            });
            let granted = looked.ok_or("it cannot be looked at")?;
            // Whoever may write into a directory outside can do that at any time: it is no fault of a partition.
            match plan.and_then(|plan| gate::elsewhere(plan, &granted)) {
                Some(path) => Err(format!(
                    "what was opened is not the file at `{path}`: it was replaced or moved meanwhile"
                )),
                None => Ok((fd, granted)),
            }
        });
        match outcome {
            Ok(granted) => {
                opened.push(granted);
                self.open_next(index);
            }
            Err(reason) => {
                let news = cell.refused.as_ref() != Some(&reason);
                cell.refused = Some(reason.clone());
                cell.wait_for_grant(Instant::now());
                let grants = self.plan.core.subjects.get(index).map(|s| &s.grants);
                let grant = grants.and_then(|grants| grants.get(answer.grant));
                if let (true, Some(grant)) = (news, grant) {
                    let (subject, grant) = (cell.name.clone(), grant.name.clone());
                    self.journal.add(Event::GrantRefused {
                        subject,
                        grant,
                        reason,
                    });
                }
            }
        }
    }

    /// Sends a loaded process its start.
    fn start(
        &mut self,
        index: usize,
        grants: Vec<(OwnedFd, Granted)>,
    ) -> Result<(), (&'static str, io::Error)> {
        let plan = self.plan;
        let confused = || io::Error::from(io::ErrorKind::NotFound);
        let subject = plan
            .core
            .subjects
            .get(index)
            .ok_or(("find the subject", confused()))?;
        let cell = self
            .machine
            .cells
            .get_mut(index)
            .ok_or(("find the subject", confused()))?;
        let partition = cell
            .partition
            .as_ref()
            .ok_or(("find the keeper", confused()))?;
        let Ahead { loaded, table } = match cell.ahead.take() {
            Some(ahead) => ahead,
            None => Ahead::order(&partition.control, plan, subject, cell.epoch)?,
        };
        let order = Order::Start(Start {
            table_bytes: table.bytes as u64,
            limits: cell.limits,
            filter: cell.filter.clone(),
        });
        let fds: Vec<BorrowedFd<'_>> = [table.descriptor(false)]
            .into_iter()
            .chain(grants.iter().map(|(fd, _)| fd.as_fd()))
            .collect();
        match wire::send(&loaded.gate, &order.encode(), &fds) {
            // It ended before its start: its keeper reports how.
            Err(error) if wire::is_gone(&error) => {}
            other => other.map_err(|e| ("reach the process", e))?,
        }
        let since = Instant::now();
        let loading = Loading {
            loaded,
            listener: None,
            table,
            grants: grants.into_iter().map(|(_, granted)| granted).collect(),
            since,
        };
        cell.phase = Phase::Loading(loading);
        Ok(())
    }

    /// A keeper said something.
    fn reported(&mut self, index: usize) {
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let Some(partition) = &cell.partition else {
            return;
        };
        let message = wire::receive(&partition.control);
        let report = message
            .as_ref()
            .ok()
            .and_then(|message| Report::decode(&message.bytes));
        match (report, message) {
            (Some(Report::Forked), Ok(message)) => {
                let loaded = match &mut cell.phase {
                    Phase::Loading(loading) => Some(&mut loading.loaded),
                    _ => cell.ahead.as_mut().map(|ahead| &mut ahead.loaded),
                };
                if let Some(loaded) = loaded {
                    loaded.process = message.fds.into_iter().next();
                }
                self.try_go(index);
            }
            (Some(Report::Ended(ending)), _) => {
                let of_peer = ending == Ending::Status(channel::PEER_FAILED.into())
                    && cell.cause.is_none()
                    && self
                        .plan
                        .core
                        .subjects
                        .get(index)
                        .is_some_and(|s| !s.grants.is_empty());
                let own = match cell.cause_of(ending) {
                    Cause::Exit { said, .. } if of_peer => Cause::PeerFailed { said },
                    other => other,
                };
                let cause = cell.cause.take().unwrap_or(own);
                match cause {
                    Cause::AuditFailed if self.end.is_none() => self.put_off(index),
                    cause => self.ended_by(index, cause, of_peer),
                }
            }
            (Some(Report::Fault(step, number)), _) => {
                self.ended(index, failed(&step, words::number(number)));
            }
            _ => self.keeper_gone(index),
        }
    }

    /// A process reported at its gate.
    fn at_gate(&mut self, index: usize) {
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let Phase::Loading(loading) = &mut cell.phase else {
            return;
        };
        let message = wire::receive(&loading.loaded.gate);
        match message
            .ok()
            .and_then(|message| Report::decode(&message.bytes))
        {
            Some(Report::Ready(listener)) => {
                loading.listener = Some(listener);
                self.try_go(index);
            }
            Some(Report::Fault(step, number)) => {
                cell.cause = Some(failed(&step, words::number(number)));
                // No second look at this gate; the keeper reports the end.
                loading.listener = Some(-1);
            }
            _ => loading.listener = Some(-1),
        }
    }
}

/// A step of a start that failed.
fn failed(step: &str, reason: String) -> Cause {
    let step = step.to_owned();
    Cause::StartFailed { step, reason }
}
