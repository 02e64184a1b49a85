//! The gate from the supervisor's side: audit, then go, or not at all.

use super::{CLOSING_MAX, End, Supervisor};
use crate::cell::{Phase, Running, Unanswered};
use crate::gate::{self, Auditor, Objects, Questions, Seen};
use crate::limits;
use crate::sys::pid_of;
use crate::victim;
use crate::words;
use linux_audit::{Process, Stage};
use record::cause::Cause;
use record::difference::{Deviation, Difference};
use record::event::Event;
use rustix::fd::{AsFd, OwnedFd};
use rustix::process::PidfdGetfdFlags;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::Instant;

impl Supervisor<'_> {
    /// Audits a process that waits at its gate, and lets it go or not.
    pub(super) fn try_go(&mut self, index: usize) {
        let others = Seen::others(&self.seen, index);
        let Some(own) = self.plan.core.subjects.get(index) else {
            return;
        };
        let Some(cell) = self.machine.cells.get(index) else {
            return;
        };
        let Phase::Loading(loading) = &cell.phase else {
            return;
        };
        let (Some(process), Some(number)) = (&loading.loaded.process, &loading.listener) else {
            return;
        };
        let (Some(partition), true) = (&cell.partition, *number >= 0) else {
            return;
        };
        let ready = Instant::now();
        let prepare = || -> io::Result<(OwnedFd, OwnedFd, (u32, u32))> {
            let flags = PidfdGetfdFlags::empty();
            let listener = rustix::process::pidfd_getfd(process, *number, flags)?;
            let pids = (pid_of(partition.process.as_fd())?, pid_of(process.as_fd())?);
            Ok((process.try_clone()?, listener, pids))
        };
        let image = self.images.get(index);
        let image = image.and_then(|fd| rustix::fs::fstat(fd).ok());
        let (epoch, subject) = (cell.epoch, cell.name.clone());
        let (process, listener, pids) = match prepare() {
            Ok(prepared) => prepared,
            Err(error) => {
                let reason = words::system(&error);
                return self.mismatch(index, vec![gate::unaudited("take its listener", &reason)]);
            }
        };
        let places = self.machine.places;
        let chosen = victim::choose(pids.1, places.subject);
        #[cfg(feature = "faults")]
        let chosen = chosen.and_then(|()| crate::faults::chosen(pids));
        if let Err(error) = chosen {
            let reason = words::system(&error);
            let step = "have it end before its keeper";
            return self.mismatch(index, vec![gate::unaudited(step, &reason)]);
        }
        #[cfg(feature = "faults")]
        crate::faults::before_audit(partition.process.as_fd(), &self.state_dir);
        let limits = limits::rows(&cell.limits);
        let namespace = std::fs::metadata(format!("/proc/{}/ns/pid", pids.0)).map(|ns| ns.ino());
        if self.members.is_none() {
            self.members = linux_audit::processes().ok();
        }
        let members = (self.members.as_ref()).zip(namespace.ok());
        let members = members.and_then(|(all, namespace)| all.get(&namespace));
        let objects = Objects {
            pids,
            stage: Stage::Waiting,
            places,
            process: process.as_fd(),
            members: members.map(Vec::as_slice),
            grants: &loading.grants,
            limits: &limits,
            groups: &cell.groups,
            listener: *number,
            held: &[],
            image: image.map_or((0, 0), |stat| (stat.st_dev, stat.st_ino)),
            table: &loading.table,
            pulse: &cell.pulse.segment,
            channels: &self.machine.channels,
            others: &others,
            questions: &Questions::default(),
        };
        let seen = match self.machine.auditor.inspect(self.plan, own, &objects) {
            Ok(seen) => seen,
            Err(differences) => return self.mismatch(index, differences),
        };
        if let Some(slot) = self.seen.get_mut(index) {
            *slot = Some(seen);
        }
        if let Err(differences) = self.check_flows() {
            return self.mismatch(index, differences);
        }
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let waits = Phase::Due(Instant::now());
        let Phase::Loading(loading) = std::mem::replace(&mut cell.phase, waits) else {
            return;
        };
        self.journal.add(Event::Audited {
            subject: subject.clone(),
            epoch,
            after_go: false,
            differences: vec![],
        });
        let seen = self.seen.get(index).and_then(Option::as_ref);
        let (auditor, groups) = (&self.machine.auditor, &cell.groups);
        let shows = |property| seen.is_some_and(|seen| auditor.shows(property, seen, groups));
        let reasons =
            |property| seen.map_or_else(Vec::new, |seen| Auditor::reasons(property, seen));
        if let Some(mechanisms) = self.in_force.add(&subject, shows, reasons) {
            self.journal.add(Event::InForce { mechanisms });
        }
        let held = seen.map(Seen::held).unwrap_or_default();
        let audited = Instant::now();
        let gone = rustix::io::write(&loading.loaded.gate, b"g").is_err();
        let since = Instant::now();
        if self.timing {
            words::say(format_args!(
                "timing subject={subject} epoch={epoch} ordered_ns={} ready_ns={} audited_ns={} go_ns={}",
                words::stamp_ns(loading.since),
                words::stamp_ns(ready),
                words::stamp_ns(audited),
                words::stamp_ns(since)
            ));
        }
        self.journal.add(Event::Started {
            subject,
            epoch,
            pid: pids.1,
        });
        cell.was_let_go();
        cell.beat = (cell.pulse.reader.beats(), since);
        cell.phase = Phase::Running(Running {
            process,
            listener,
            pid: pids.1,
            table: loading.table,
            grants: loading.grants,
            since,
            held,
            over: false,
            unanswered: Unanswered::new(since),
        });
        if gone {
            cell.kill();
        }
    }

    /// Once every partition was seen: the flows of the live system must be the plan's.
    pub(super) fn check_flows(&self) -> Result<(), Vec<Difference>> {
        let seen: Option<Vec<&Seen>> = self.seen.iter().map(Option::as_ref).collect();
        seen.map_or(Ok(()), |seen| {
            gate::flows(self.plan, &self.machine.channels, &seen, Stage::Waiting)
        })
    }

    /// Looks whether a process that was let go has closed what was the loader's, until it has. The loader
    /// closes it before its last jump: whoever shows life has done so.
    pub(super) fn look_after_go(&mut self, index: usize, now: Instant) {
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        let Phase::Running(running) = &mut cell.phase else {
            return;
        };
        if running.held.is_empty() || cell.cause.is_some() {
            return;
        }
        // In this order: what beats now was on its way to the subject before the look.
        let late = now.saturating_duration_since(running.since) > CLOSING_MAX;
        let lives = cell.pulse.reader.beats() != cell.beat.0;
        let open = linux_audit::left_open(running.pid, &running.held);
        #[cfg(feature = "faults")]
        let open = crate::faults::looked(&cell.name, open);
        // What could not be looked at may be seen in the next turn.
        let seen = |own: &Deviation| matches!(own, Deviation::DescriptorLeftOpen { .. });
        if open.is_empty() {
            running.held.clear();
        } else if late || lives && open.iter().any(seen) {
            let of_it = |own| Difference::of(Process::Subject, own);
            self.mismatch(index, open.into_iter().map(of_it).collect());
        }
    }

    /// The audit found differences: the subject never runs, or no more, and neither does the system. A granted
    /// file that was moved since it was opened is a matter of this start alone; and a subject that runs, and lets
    /// nobody look at it, must not end the others by that.
    pub(super) fn mismatch(&mut self, index: usize, differences: Vec<Difference>) {
        let Some(cell) = self.machine.cells.get_mut(index) else {
            return;
        };
        if cell.is_gone() {
            // There was nothing left to look at; the keeper, or its silence, reports the end.
            return;
        }
        let moved = gate::moved(&differences).is_some();
        let differences = gate::bounded(differences);
        let (subject, epoch) = (cell.name.clone(), cell.epoch);
        let after_go = matches!(cell.phase, Phase::Running(_));
        cell.cause = Some(match after_go {
            true => Cause::AuditFailedAfterGo,
            false => Cause::AuditFailed,
        });
        cell.kill();
        if moved {
            cell.refused = differences.first().map(Difference::to_string);
        } else if !(after_go && gate::only_unaudited(&differences)) {
            self.finish(End::Mismatch {
                subject: subject.clone(),
                differences: differences.clone(),
                after_go,
            });
        }
        self.journal.add(Event::Audited {
            subject,
            epoch,
            after_go,
            differences,
        });
    }
}
