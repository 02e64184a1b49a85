//! The loop over everything: starts, audits, watches, restarts, records.
//!
//! One thread, one `poll`. Every reaction is a consequence of a report, a notification, an answer or
//! the clock, and is recorded before anything else happens.

use crate::boot::{Images, Machine};
use crate::calls;
use crate::cell::{Cell, Loading, Phase, Running};
use crate::filter;
use crate::gate::{Namespaces, Objects};
use crate::journal::Journal;
use crate::launcher;
use crate::limits;
use crate::partition::pid_of;
use crate::protocol::{Ending, Order, Report, Start, filter_bytes};
use crate::segment::Segment;
use crate::sys;
use crate::table;
use crate::wire;
use crate::words;
use plan::{FailureAction, Plan};
use record::event::Event;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::process::PidfdGetfdFlags;
use std::io;
use std::time::{Duration, Instant};

/// How long a process may take from the order to start until it waits at its gate.
const LOADING_MAX: Duration = Duration::from_secs(10);
/// Log records taken from one subject per turn: a flood loses its own lines and nobody's time.
const LOG_LINES_PER_TURN: usize = 32;
/// Longest pause between two looks at pulses.
const TURN_MAX: Duration = Duration::from_millis(100);

/// Why a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In order: asked to stop, or time over.
    Asked(String),
    /// By a rule of the plan.
    Halted(String),
    /// A partition did not match the plan.
    Mismatch(String),
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
    /// Where requests to end arrive.
    pub signals: OwnedFd,
    /// Namespaces of each partition, once seen.
    pub namespaces: Vec<Option<Namespaces>>,
    /// Whether to print how long the steps took.
    pub timing: bool,
    /// Set when the run is to end.
    pub end: Option<End>,
}

/// What `poll` can report.
#[derive(Clone, Copy, Debug)]
enum Source {
    Signals,
    Launcher,
    Keeper(usize),
    Gate(usize),
    Listener(usize),
}

impl Supervisor<'_> {
    /// One turn: waits for something to happen, at most until `until`, and reacts to all of it.
    pub(crate) fn turn(&mut self, until: Instant) {
        let now = Instant::now();
        for index in 0..self.machine.cells.len() {
            self.clock(index, now);
        }
        let wake = self.next_wake(until);
        for source in self.wait(wake) {
            match source {
                Source::Signals => {
                    let _ = rustix::io::read(&self.signals, &mut [0; 128]);
                    self.finish(End::Asked("asked to stop".to_owned()));
                }
                Source::Launcher => self.answered(),
                Source::Keeper(index) => self.reported(index),
                Source::Gate(index) => self.at_gate(index),
                Source::Listener(index) => self.notified(index),
            }
        }
        for index in 0..self.machine.cells.len() {
            self.drain_log(index);
        }
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
            .filter_map(|cell| match cell.phase {
                Phase::Due(at) => Some(at),
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
        for (index, cell) in self.machine.cells.iter().enumerate() {
            if let Some(partition) = &cell.partition {
                sources.push(Source::Keeper(index));
                watched.push(PollFd::new(&partition.control, PollFlags::IN));
            }
            match &cell.phase {
                Phase::Loading(loading) if loading.listener.is_none() => {
                    sources.push(Source::Gate(index));
                    watched.push(PollFd::new(&loading.gate, PollFlags::IN));
                }
                Phase::Running(running) => {
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
        let ready = watched.iter().map(|one| {
            // A listener whose process is gone only says so; the keeper reports the end.
            one.revents()
                .intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR)
        });
        sources
            .into_iter()
            .zip(ready)
            .filter(|(_, ready)| *ready)
            .map(|(source, _)| source)
            .collect()
    }

    /// What time alone brings about.
    fn clock(&mut self, index: usize, now: Instant) {
        let heartbeat_ms = self.plan.subjects.get(index).map_or(0, |s| s.heartbeat_ms);
        let Some(cell) = self.cell(index) else { return };
        match &cell.phase {
            Phase::Due(at) if *at <= now => {
                cell.phase = Phase::Opening(Vec::new());
                self.open_next(index);
            }
            Phase::Loading(loading) if now > loading.since + LOADING_MAX => {
                cell.cause
                    .get_or_insert_with(|| "it could not be loaded in time".to_owned());
                cell.kill();
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
                    cell.cause = Some("lost heartbeat".to_owned());
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
        let wanted = self.plan.subjects.get(index).map_or(0, |s| s.grants.len());
        let launcher = self.launcher.as_fd();
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let Phase::Opening(opened) = &mut cell.phase else {
            return;
        };
        if opened.len() < wanted {
            if launcher::ask(launcher, index, opened.len()).is_err() {
                self.finish(End::Halted("the launcher ended".to_owned()));
            }
            return;
        }
        let grants = std::mem::take(opened);
        cell.grants_are_open();
        if let Err((step, error)) = self.start(index, grants) {
            let cause = format!("cannot {step}: {}", words::system(&error));
            self.ended(index, cause);
        }
    }

    fn answered(&mut self) {
        let Some(answer) = launcher::answer(&self.launcher) else {
            self.finish(End::Halted("the launcher ended".to_owned()));
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
        match answer.outcome {
            Ok(fd) => {
                opened.push(fd);
                self.open_next(index);
            }
            Err(reason) => {
                let news = cell.refused.as_ref() != Some(&reason);
                cell.refused = Some(reason.clone());
                cell.wait_for_grant(Instant::now());
                let grants = self.plan.subjects.get(index).map(|s| &s.grants);
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

    /// Orders the keeper to prepare a process.
    fn start(
        &mut self,
        index: usize,
        grants: Vec<OwnedFd>,
    ) -> Result<(), (&'static str, io::Error)> {
        let plan = self.plan;
        let confused = || io::Error::from(io::ErrorKind::NotFound);
        let subject = plan
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
        let bytes = table::table(plan, subject, cell.epoch)
            .ok_or(("write the port table", io::ErrorKind::FileTooLarge.into()))?;
        let table = Segment::constant(&bytes).map_err(|e| ("create the port table", e))?;
        let (gate, inside) = wire::pair().map_err(|e| ("create the gate", e))?;
        let order = Order::Start(Start {
            name: subject.name.clone(),
            table_bytes: table.bytes as u64,
            limits: limits::of_process(plan, subject),
            filter: filter_bytes(&filter::program(&table::fences(subject))),
        });
        let fds: Vec<BorrowedFd<'_>> = [table.descriptor(false), inside.as_fd()]
            .into_iter()
            .chain(grants.iter().map(AsFd::as_fd))
            .collect();
        wire::send(&partition.control, &order.encode(), &fds)
            .map_err(|e| ("reach the keeper", e))?;
        let since = Instant::now();
        let loading = Loading {
            gate,
            process: None,
            listener: None,
            table,
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
                if let Phase::Loading(loading) = &mut cell.phase {
                    loading.process = message.fds.into_iter().next();
                }
                self.try_go(index);
            }
            (Some(Report::Ended(ending)), _) => {
                let own = match ending {
                    Ending::Status(status) => format!("exit status {status}"),
                    Ending::Signal(signal) => format!("killed by {}", words::signal(signal)),
                };
                let cause = cell.cause.take().unwrap_or(own);
                self.ended(index, cause);
            }
            (Some(Report::Fault(step, number)), _) => {
                let cause = format!("cannot {step}: {}", words::number(number));
                self.ended(index, cause);
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
        let message = wire::receive(&loading.gate);
        match message
            .ok()
            .and_then(|message| Report::decode(&message.bytes))
        {
            Some(Report::Ready(listener)) => {
                loading.listener = Some(listener);
                self.try_go(index);
            }
            Some(Report::Fault(step, number)) => {
                cell.cause = Some(format!("cannot {step}: {}", words::number(number)));
                // No second look at this gate; the keeper reports the end.
                loading.listener = Some(-1);
            }
            _ => loading.listener = Some(-1),
        }
    }

    /// Audits a process that waits at its gate, and lets it go or not.
    fn try_go(&mut self, index: usize) {
        let others: Vec<&Namespaces> = (self.namespaces.iter().enumerate())
            .filter(|(other, _)| *other != index)
            .filter_map(|(_, seen)| seen.as_ref())
            .collect();
        let Some(own) = self.plan.subjects.get(index) else {
            return;
        };
        let Some(cell) = self.machine.cells.get(index) else {
            return;
        };
        let Phase::Loading(Loading {
            gate,
            process: Some(process),
            listener: Some(number),
            table,
            since,
        }) = &cell.phase
        else {
            return;
        };
        let (Some(partition), true) = (&cell.partition, *number >= 0) else {
            return;
        };
        let ready = Instant::now();
        let prepare = || -> io::Result<(OwnedFd, OwnedFd, u32)> {
            let flags = PidfdGetfdFlags::empty();
            let listener = rustix::process::pidfd_getfd(process, *number, flags)?;
            Ok((process.try_clone()?, listener, pid_of(process.as_fd())?))
        };
        let image = self
            .images
            .get(&own.image.sha256)
            .and_then(|fd| rustix::fs::fstat(fd).ok());
        let (epoch, subject) = (cell.epoch, cell.name.clone());
        let (process, listener, pid) = match prepare() {
            Ok(prepared) => prepared,
            Err(error) => {
                let cause = format!("cannot take its listener: {}", words::system(&error));
                self.mismatch(index, vec![cause]);
                return;
            }
        };
        let seen = self.machine.auditor.inspect(
            self.plan,
            own,
            &Objects {
                pids: (partition.pid, pid),
                listener: *number,
                image: image.map_or((0, 0), |stat| (stat.st_dev, stat.st_ino)),
                table,
                pulse: &cell.pulse.segment,
                channels: &self.machine.channels,
                others: &others,
            },
        );
        if !seen.differences.is_empty() {
            self.mismatch(index, seen.differences);
            return;
        }
        let audited = Instant::now();
        if self.timing {
            let us = |from: Instant, to: Instant| to.saturating_duration_since(from).as_micros();
            let (load, audit) = (us(*since, ready), us(ready, audited));
            eprintln!("timing subject={subject} epoch={epoch} load_us={load} audit_us={audit}");
        }
        self.journal.add(Event::Audited {
            subject: subject.clone(),
            epoch,
            differences: vec![],
        });
        self.journal.add(Event::Started {
            subject,
            epoch,
            pid,
        });
        let gone = rustix::io::write(gate, b"g").is_err();
        let since = Instant::now();
        if let Some(slot) = self.namespaces.get_mut(index) {
            *slot = Some(seen.namespaces);
        }
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        cell.beat = (cell.pulse.reader.beats(), since);
        cell.phase = Phase::Running(Running {
            process,
            listener,
            pid,
            since,
        });
        if gone {
            cell.kill();
        }
    }

    /// The audit found differences: the subject never runs, and neither does the system.
    fn mismatch(&mut self, index: usize, differences: Vec<String>) {
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let (subject, epoch) = (cell.name.clone(), cell.epoch);
        cell.cause = Some("refused by the audit".to_owned());
        cell.kill();
        let text = format!(
            "partition of `{subject}` differs from the plan: {}",
            differences.join("; ")
        );
        self.journal.add(Event::Audited {
            subject,
            epoch,
            differences,
        });
        self.finish(End::Mismatch(text));
    }

    /// A filter reported a call.
    fn notified(&mut self, index: usize) {
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let Phase::Running(running) = &cell.phase else {
            return;
        };
        let Some(call) = sys::take_notification(running.listener.as_fd()) else {
            return;
        };
        let name = calls::name(call.number);
        cell.denied = cell.denied.saturating_add(1);
        cell.cause
            .get_or_insert_with(|| format!("denied call `{name}`"));
        cell.kill();
        self.journal.add(Event::Denied {
            subject: cell.name.clone(),
            epoch: cell.epoch,
            number: call.number,
            call: name.to_owned(),
            arguments: call.arguments.to_vec(),
        });
    }

    /// The process of a subject is gone: records why and applies its rule.
    fn ended(&mut self, index: usize, cause: String) {
        self.drain_log(index);
        let now = Instant::now();
        let Some(rule) = self.plan.subjects.get(index).map(|s| s.on_failure) else {
            return;
        };
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let (subject, epoch) = (cell.name.clone(), cell.epoch);
        cell.cause = None;
        cell.phase = Phase::Stopped(cause.clone());
        self.journal.add(Event::Exited {
            subject: subject.clone(),
            epoch,
            cause: cause.clone(),
        });
        if self.end.is_some() {
            return;
        }
        let window = Duration::from_millis(rule.window_ms);
        cell.recent
            .retain(|start| now.saturating_duration_since(*start) < window);
        let spent = cell.recent.len() >= usize::try_from(rule.count_max).unwrap_or(usize::MAX);
        match rule.action {
            FailureAction::Restart if cell.partition.is_some() && !spent => {
                cell.recent.push_back(now);
                cell.epoch = cell.epoch.saturating_add(1);
                cell.restarts = cell.restarts.saturating_add(1);
                cell.phase = Phase::Due(now + Duration::from_millis(rule.delay_ms));
                let (epoch, after_ms) = (cell.epoch, rule.delay_ms);
                self.journal.add(Event::Restarting {
                    subject,
                    epoch,
                    after_ms,
                });
            }
            FailureAction::Halt => {
                self.finish(End::Halted(format!(
                    "`{subject}` ended ({cause}) and its rule is halt"
                )));
            }
            FailureAction::Restart if rule.then_halt => {
                let why = format!(
                    "`{subject}` ended ({cause}) after {} restarts within {} ms, then halt",
                    rule.count_max, rule.window_ms
                );
                self.finish(End::Halted(why));
            }
            FailureAction::Restart | FailureAction::Stop => {
                let reason = match (rule.action, cell.partition.is_some()) {
                    (_, false) => {
                        "its keeper is gone, and sealed channels cannot be mapped again".to_owned()
                    }
                    (FailureAction::Restart, _) => {
                        format!("{} restarts within {} ms", rule.count_max, rule.window_ms)
                    }
                    _ => "its rule is stop".to_owned(),
                };
                cell.phase = Phase::Stopped(reason.clone());
                self.journal.add(Event::Abandoned { subject, reason });
            }
        }
    }

    /// A keeper is gone, and its partition with it.
    fn keeper_gone(&mut self, index: usize) {
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        cell.partition = None;
        match &cell.phase {
            Phase::Stopped(_) => {}
            _ => self.ended(index, "its keeper ended".to_owned()),
        }
    }

    /// Records what a subject logged.
    fn drain_log(&mut self, index: usize) {
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let mut buffer = [0; channel::pulse::LOG_BYTES_MAX];
        for _ in 0..LOG_LINES_PER_TURN {
            let Some(record) = cell.pulse.reader.next_log(&mut buffer) else {
                break;
            };
            cell.log_lines = cell.log_lines.saturating_add(1);
            self.journal.add(Event::Log {
                subject: cell.name.clone(),
                epoch: cell.epoch,
                text: words::line(buffer.get(..record.len).unwrap_or_default()),
            });
        }
        let lost = cell.pulse.reader.lost();
        if lost > cell.log_lost {
            let lines = lost - cell.log_lost;
            cell.log_lost = lost;
            self.journal.add(Event::LogLost {
                subject: cell.name.clone(),
                lines,
            });
        }
        let faults = cell.pulse.reader.faults();
        if faults > cell.log_faults {
            cell.log_faults = faults;
            self.journal.add(Event::ChannelFault {
                channel: format!("log of {}", cell.name),
                reason: "malformed records".to_owned(),
            });
        }
    }

    /// Ends every partition and collects the keepers.
    pub(crate) fn stop(&mut self) {
        for index in 0..self.machine.cells.len() {
            self.drain_log(index);
            let Some(cell) = self.machine.cells.get_mut(index) else {
                continue;
            };
            let ran = matches!(cell.phase, Phase::Running(_) | Phase::Loading(_));
            let cause = cell
                .cause
                .take()
                .unwrap_or_else(|| "stopped with the system".to_owned());
            if let Some(partition) = &cell.partition {
                let signal = rustix::process::Signal::KILL;
                let _ = rustix::process::pidfd_send_signal(&partition.process, signal);
            }
            if ran {
                cell.phase = Phase::Stopped(cause.clone());
                let (subject, epoch) = (cell.name.clone(), cell.epoch);
                self.journal.add(Event::Exited {
                    subject,
                    epoch,
                    cause,
                });
            }
        }
        for cell in &mut self.machine.cells {
            cell.partition = None;
        }
    }
}
