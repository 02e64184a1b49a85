//! The same comparison as at the gate, of a system that runs, for whoever asks.

use super::Supervisor;
use crate::cell::{Cell, Phase};
use crate::clock;
use crate::gate::{self, Objects, Questions, Seen};
use crate::limits;
use crate::review;
use crate::sys::pid_of;
use crate::words;
use linux_audit::{Looked, Stage};
use record::difference::Difference;
use record::event::Event;
use record::review::{FORMAT, Partition, Review};
use rustix::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};

/// How long one look at a system waits, in all, for processes that have begun to end.
const ENDING_MAX: Duration = Duration::from_millis(100);

impl Supervisor<'_> {
    /// Somebody wishes a look.
    pub(super) fn wished(&mut self) {
        let Some(who) = self.wishes.as_ref().and_then(review::Wishes::next) else {
            return;
        };
        let mut review = self.review();
        let looked = |partition: &&Partition| partition.pid != 0;
        let partitions = review.partitions.iter().filter(looked).count();
        self.journal.add(Event::Reviewed {
            partitions: u64::try_from(partitions).unwrap_or(u64::MAX),
            differences: gate::bounded(review.differences()),
        });
        review.events = self.journal.lines();
        // Whoever does not wait for the answer has it in the event log.
        let _ = review::answer(&who, &review);
    }

    fn review(&mut self) -> Review {
        let begin = Instant::now();
        self.members = linux_audit::processes().ok();
        let mut partitions = Vec::new();
        let mut all = Vec::new();
        let (mut patience, questions) = (ENDING_MAX, Questions::default());
        for (index, cell) in self.machine.cells.iter().enumerate() {
            let status = cell.status();
            let mut differences = Vec::new();
            let looked = match self.look(index, cell, &questions) {
                Some(Ok(seen)) => {
                    all.push(seen);
                    true
                }
                // Its end is recorded in a moment.
                Some(Err(_)) if ended_meanwhile(cell, &questions, &mut patience) => false,
                Some(Err(found)) => {
                    differences = found;
                    true
                }
                None => false,
            };
            let pid = match &cell.phase {
                Phase::Running(running) if looked => running.pid,
                _ => 0,
            };
            partitions.push(Partition {
                subject: status.name,
                state: status.state,
                epoch: status.epoch,
                pid,
                differences: gate::bounded(differences),
            });
        }
        // Whoever was looked at, and later let nobody compare the files of others with its own.
        for own in &mut partitions {
            if own.pid != 0 && own.differences.is_empty() && questions.found_too_quick(own.pid) {
                let step = "compare its open files";
                own.differences
                    .push(gate::unaudited(step, &linux_audit::THREADS_END));
            }
        }
        let mut flows = Vec::new();
        if all.len() == self.plan.core.subjects.len() {
            let seen: Vec<&Seen> = all.iter().collect();
            flows = gate::flows(self.plan, &self.machine.channels, &seen, Stage::Running)
                .err()
                .unwrap_or_default();
        }
        Review {
            format: FORMAT.to_owned(),
            system: self.plan.core.system.clone(),
            plan: self.plan.digest(),
            at_ns: clock::now().wall_ns,
            took_us: u64::try_from(begin.elapsed().as_micros()).unwrap_or(u64::MAX),
            partitions,
            flows: gate::bounded(flows),
            events: 0,
        }
    }

    /// Looks at a partition whose subject runs.
    fn look(
        &self,
        index: usize,
        cell: &Cell,
        questions: &Questions,
    ) -> Option<Result<Seen, Vec<Difference>>> {
        let (Phase::Running(running), Some(partition)) = (&cell.phase, &cell.partition) else {
            return None;
        };
        let own = self.plan.core.subjects.get(index)?;
        let others = Seen::others(&self.seen, index);
        let keeper = match pid_of(partition.process.as_fd()) {
            Ok(keeper) => keeper,
            Err(error) => {
                let reason = words::system(&error);
                return Some(Err(vec![gate::unaudited("find its keeper", &reason)]));
            }
        };
        let limits = limits::rows(&cell.limits);
        let namespace = std::fs::metadata(format!("/proc/{keeper}/ns/pid")).map(|ns| ns.ino());
        let members = self.members.as_ref().zip(namespace.ok());
        let members = members.and_then(|(all, namespace)| all.get(&namespace));
        let image = self.images.get(index);
        let image = image.and_then(|fd| rustix::fs::fstat(fd).ok());
        // Paths may lead elsewhere by now: what was opened at the start is what counts.
        let mut grants = running.grants.clone();
        for grant in &mut grants {
            grant.found = None;
        }
        let objects = Objects {
            pids: (keeper, running.pid),
            stage: Stage::Running,
            places: self.machine.places,
            process: running.process.as_fd(),
            members: members.map(Vec::as_slice),
            grants: &grants,
            limits: &limits,
            groups: &cell.groups,
            listener: -1,
            held: &running.held,
            image: image.map_or((0, 0), |stat| (stat.st_dev, stat.st_ino)),
            table: &running.table,
            pulse: &cell.pulse.segment,
            channels: &self.machine.channels,
            others: &others,
            questions,
        };
        Some(self.machine.auditor.inspect(self.plan, own, &objects))
    }
}

/// Whether a subject's process, or its keeper, ended while it was looked at. One that has only begun to end
/// gets what is left of the time that a look may wait: a process that only claims to be ending could
/// otherwise hide a difference for ever.
fn ended_meanwhile(cell: &Cell, questions: &Questions, patience: &mut Duration) -> bool {
    let Phase::Running(running) = &cell.phase else {
        return true;
    };
    let keeper = cell.partition.as_ref().map(|own| own.process.as_fd());
    let keeper = keeper.and_then(|keeper| pid_of(keeper).ok());
    let lives = |pid| matches!(questions.through(pid, |_| ()), Looked::At(()));
    let time = match lives(running.pid) && keeper.is_some_and(lives) {
        true => Duration::ZERO,
        false => *patience,
    };
    let begin = Instant::now();
    let ended = cell.is_gone_within(time);
    *patience = patience.saturating_sub(begin.elapsed());
    ended
}
