//! Ends of subjects: why, what the rule says, and the end of everything.

use super::{End, Supervisor};
use crate::calls;
use crate::cell::Phase;
use crate::filter::Outcome;
use crate::sys;
use crate::words;
use plan::FailureAction;
use record::cause::Cause;
use record::event::Event;
use record::reason::{Abandonment, Halt, Note};
use rustix::fd::AsFd;
use std::time::{Duration, Instant};

/// Log records taken from one subject per turn: a flood loses its own lines and nobody's time.
const LOG_LINES_PER_TURN: u32 = 32;
/// Ends of processes that were not seen to close gate and listener: they are counted.
const UNSEEN: &str = "closing-unseen";
/// Longer pauses before a start than a year are the same as a year: the clock must not overflow.
const DELAY_MAX: Duration = Duration::from_secs(365 * 24 * 3600);

impl Supervisor<'_> {
    /// A filter reported a call.
    pub(super) fn notified(&mut self, index: usize) {
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let Phase::Running(running) = &mut cell.phase else {
            return;
        };
        let Some(call) = sys::take_notification(running.listener.as_fd()) else {
            return;
        };
        let name = calls::name(call.number);
        let number = u32::try_from(call.number).unwrap_or(u32::MAX);
        if let Outcome::Refused(error) = cell.rules.outcome(number, call.arguments) {
            running.unanswered.push(call.id, error);
            let count = cell.refused_calls.entry(name.to_owned()).or_default();
            *count = count.saturating_add(1);
            self.journal.count(&cell.name, "refused", name, cell.epoch);
            return self.answer_refused(index, Instant::now());
        }
        cell.denied = cell.denied.saturating_add(1);
        cell.cause.get_or_insert_with(|| Cause::Denied {
            call: name.to_owned(),
        });
        cell.kill();
        self.journal.add(Event::Denied {
            subject: cell.name.clone(),
            epoch: cell.epoch,
            number: call.number,
            call: name.to_owned(),
            arguments: call.arguments.to_vec(),
        });
    }

    /// Answers the refused calls of a subject that may be answered now.
    pub(super) fn answer_refused(&mut self, index: usize, now: Instant) {
        let Some(Phase::Running(running)) = self.cell(index).map(|cell| &mut cell.phase) else {
            return;
        };
        while let Some((id, error)) = running.unanswered.pop(now) {
            sys::refuse_notified(running.listener.as_fd(), id, error);
        }
    }

    /// Takes what a process that is gone logged last; who gets its number is another. If it was not seen to
    /// close what was the loader's, it never will be.
    fn take_leave(&mut self, index: usize) {
        self.drain_log(index, true);
        if let Some(cell) = self.machine.cells.get(index)
            && let Phase::Running(running) = &cell.phase
            && !running.held.is_empty()
            && self.end.is_none()
        {
            self.journal.count(&cell.name, UNSEEN, "", cell.epoch);
        }
        if let Some(Some(seen)) = self.seen.get_mut(index) {
            seen.subject_gone();
        }
    }

    /// The process of a subject is gone: records why and applies its rule.
    pub(super) fn ended(&mut self, index: usize, cause: Cause) {
        self.ended_by(index, cause, false);
    }

    /// The same; `of_peer` if it says that a peer of its grants is the cause. What others do outside does
    /// not count against its rule, as a grant that cannot be opened does not. Who says so falsely gains
    /// restarts, which it could have had by not ending at all.
    pub(super) fn ended_by(&mut self, index: usize, cause: Cause, of_peer: bool) {
        self.take_leave(index);
        let now = Instant::now();
        let Some(rule) = self.plan.core.subjects.get(index).map(|s| s.on_failure) else {
            return;
        };
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let (subject, epoch) = (cell.name.clone(), cell.epoch);
        cell.cause = None;
        cell.ahead = None;
        let pause = match of_peer && cell.partition.is_some() {
            true => Some(cell.wait_for_peer(now)),
            false => None,
        };
        cell.phase = Phase::Stopped(Note::Ended {
            cause: cause.clone(),
        });
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
            FailureAction::Restart if cell.partition.is_some() && (pause.is_some() || !spent) => {
                cell.lost_peer = pause.is_some();
                if pause.is_none() {
                    cell.recent.push_back(now);
                }
                cell.epoch = cell.epoch.saturating_add(1);
                cell.restarts = cell.restarts.saturating_add(1);
                let delay = Duration::from_millis(rule.delay_ms).min(DELAY_MAX);
                let delay = pause.map_or(delay, |pause| pause.max(delay));
                cell.phase = Phase::Due(now + delay);
                let after_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
                let epoch = cell.epoch;
                self.journal.add(Event::Restarting {
                    subject,
                    epoch,
                    after_ms,
                });
            }
            FailureAction::Halt => self.finish(End::Halted(Halt::RuleHalt { subject, cause })),
            FailureAction::Restart if rule.then_halt => {
                let halt = match cell.partition {
                    None => Halt::KeeperGone { subject, cause },
                    Some(_) => Halt::RestartsSpent {
                        subject,
                        cause,
                        count: rule.count_max,
                        window_ms: rule.window_ms,
                    },
                };
                self.finish(End::Halted(halt));
            }
            FailureAction::Restart | FailureAction::Stop => {
                let reason = match (rule.action, cell.partition.is_some()) {
                    (_, false) => Abandonment::KeeperGone,
                    (FailureAction::Restart, _) => Abandonment::RestartsSpent {
                        count: rule.count_max,
                        window_ms: rule.window_ms,
                    },
                    _ => Abandonment::RuleStop,
                };
                cell.phase = Phase::Stopped(Note::Abandoned {
                    reason: reason.clone(),
                });
                self.journal.add(Event::Abandoned { subject, reason });
            }
        }
    }

    /// A subject was not let go because of what others did to a granted file: it waits as for a grant that
    /// was refused, whatever its rule.
    pub(super) fn put_off(&mut self, index: usize) {
        self.take_leave(index);
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let (subject, epoch) = (cell.name.clone(), cell.epoch);
        cell.epoch = epoch.saturating_add(1);
        let pause = cell.backoff;
        cell.wait_for_grant(Instant::now());
        self.journal.add(Event::Exited {
            subject: subject.clone(),
            epoch,
            cause: Cause::AuditFailed,
        });
        self.journal.add(Event::Restarting {
            subject,
            epoch: epoch.saturating_add(1),
            after_ms: u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
        });
    }

    /// A keeper is gone, and its partition with it.
    pub(super) fn keeper_gone(&mut self, index: usize) {
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let own = cell.cause_of_keeper();
        cell.partition = None;
        if let Some(Some(seen)) = self.seen.get_mut(index) {
            seen.all_gone();
        }
        match &cell.phase {
            Phase::Stopped(_) => {}
            _ => {
                let cause = cell.cause.take().unwrap_or(own);
                self.ended(index, cause);
            }
        }
    }

    /// Records what a subject logged. What goes wrong all the time is told now and then, and when it is
    /// the `last` time in any case.
    pub(super) fn drain_log(&mut self, index: usize, last: bool) {
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let mut buffer = [0; channel::pulse::LOG_BYTES_MAX];
        // Whatever is left is of this start: read later, it would be the next one's.
        let lines_max = match last {
            true => channel::pulse::LOG_DEPTH,
            false => LOG_LINES_PER_TURN,
        };
        for _ in 0..lines_max {
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
        let (lost, faults) = (cell.pulse.reader.lost(), cell.pulse.reader.faults());
        let trouble = lost > cell.log_lost || faults > cell.log_faults;
        if !trouble || !(last || cell.log_pace.may_tell(Instant::now())) {
            return;
        }
        if lost > cell.log_lost {
            let lines = lost - cell.log_lost;
            cell.log_lost = lost;
            self.journal.add(Event::LogLost {
                subject: cell.name.clone(),
                lines,
            });
        }
        if faults > cell.log_faults {
            let times = faults - cell.log_faults;
            cell.log_faults = faults;
            self.journal.add(Event::ChannelFault {
                subject: cell.name.clone(),
                channel: format!("log of {}", cell.name),
                reason: format!("malformed records, {times} times"),
            });
        }
    }

    /// Ends every partition and collects the keepers.
    pub(crate) fn stop(&mut self) {
        for index in 0..self.machine.cells.len() {
            self.drain_log(index, true);
            let Some(cell) = self.machine.cells.get_mut(index) else {
                continue;
            };
            let ran = matches!(cell.phase, Phase::Running(_) | Phase::Loading(_));
            let cause = cell.cause.take().unwrap_or(Cause::Stopped);
            if let Some(partition) = &cell.partition {
                let signal = rustix::process::Signal::KILL;
                let _ = rustix::process::pidfd_send_signal(&partition.process, signal);
            }
            cell.stopped_in_order = ran;
            if ran {
                cell.phase = Phase::Stopped(Note::Ended {
                    cause: cause.clone(),
                });
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
