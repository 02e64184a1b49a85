//! The go gate: what the independent audit is told about our objects before a subject may run.

use crate::limits::CORE_BYTES;
use crate::loader;
use crate::platform::Mode;
use crate::protocol::{ASIDE, CONTROL, GRANTS_FIRST, PULSE_ADDRESS};
use crate::segment::{ChannelMemory, Segment};
use crate::sys;
use crate::victim::Places;
use channel::table::TABLE_ADDRESS;
use linux_audit::{
    Control, ControlKind, Descriptor, Expectation, FileId, Granted, Group, Held, Live, Looked,
    Observation, Outside, Process, Property, Role, Sharing, Stage, THREADS_END,
};
use plan::linux::LinuxChannel;
use plan::{FlowKind, GrantPlan, Plan, ResourcePlan, SubjectPlan};
use record::difference::{Deviation, Difference, Holder};
use record::mechanism::Pairs;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, CWD};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Most differences recorded of one audit.
const DIFFERENCES_MAX: usize = 40;

/// Namespaces of a partition by which others must differ.
type Namespaces = BTreeMap<String, u64>;

/// What does not change during a run.
pub(crate) struct Auditor {
    mode: linux_audit::Mode,
    loader: FileId,
    outside: Outside,
    /// The supervisor's own standard descriptors.
    files: Vec<OpenFile>,
}

/// What subjects ignore from the start: files that grow too large.
const SIGNALS_IGNORED: u64 = 1 << (libc::SIGXFSZ - 1);

/// The objects of one start.
pub(crate) struct Objects<'a> {
    /// Process ids on the host: keeper, subject.
    pub pids: (u32, u32),
    /// Whether the subject waits at its gate, or runs.
    pub stage: Stage,
    /// The places of both when memory is short.
    pub places: Places,
    /// The subject's process.
    pub process: BorrowedFd<'a>,
    /// Processes that are in the partition, as far as can be seen.
    pub members: Option<&'a [u32]>,
    /// Grants as they were handed over.
    pub grants: &'a [Granted],
    /// Limits of the subject's process.
    pub limits: &'a [(&'static str, u64)],
    /// Control groups of the partition.
    pub groups: &'a [Group],
    /// Number of the listener in the subject's process.
    pub listener: i32,
    /// What of the loader's the subject's process has not been seen to close since its go.
    pub held: &'a [Held],
    /// Identity of the image.
    pub image: (u64, u64),
    /// The port table.
    pub table: &'a Segment,
    /// The pulse.
    pub pulse: &'a Segment,
    /// All channels, in the order of the plan.
    pub channels: &'a [ChannelMemory],
    /// What was seen of the other partitions.
    pub others: &'a [&'a Seen],
    /// What was asked so far.
    pub questions: &'a Questions,
}

/// What the audit saw of a partition that matches the plan.
pub(crate) struct Seen {
    keeper: Observation,
    subject: Observation,
    files: Vec<OpenFile>,
    grants: Vec<Granted>,
    control: Vec<i32>,
}

/// An open file description, by one of the descriptors that lead to it.
#[derive(Clone, Copy, Debug)]
struct OpenFile {
    pid: u32,
    number: i32,
    file: FileId,
}

impl OpenFile {
    /// Each of a process, once; twice if the kernel does not say that they are one.
    fn all(seen: &Observation, questions: &Questions) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for own in &seen.descriptors {
            let (pid, number, file) = (seen.pid, own.number, own.file);
            let own = Self { pid, number, file };
            let is = |other| questions.are_one(&own, other).unwrap_or(false);
            if !all.iter().any(is) {
                all.push(own);
            }
        }
        all
    }
}

/// What is asked of processes that others run. Whoever lets nobody look is not asked twice: the supervisor has
/// others to care for.
#[derive(Default)]
pub(crate) struct Questions {
    too_quick: RefCell<BTreeSet<u32>>,
}

impl Questions {
    /// Whether a process let nobody look at it.
    pub(crate) fn found_too_quick(&self, pid: u32) -> bool {
        self.too_quick.borrow().contains(&pid)
    }

    /// What the kernel shows of a process.
    fn observe(&self, pid: u32) -> Result<Observation, String> {
        if self.found_too_quick(pid) {
            return Err(THREADS_END.to_owned());
        }
        linux_audit::observe(pid).map_err(|error| {
            if error.reason == THREADS_END {
                self.too_quick.borrow_mut().insert(pid);
            }
            error.to_string()
        })
    }

    /// Looks at a process through a thread that lives; see [`linux_audit::through`].
    pub(crate) fn through<T>(&self, pid: u32, look: impl Fn(u32) -> T) -> Looked<T> {
        if self.found_too_quick(pid) {
            return Looked::Missed;
        }
        let looked = linux_audit::through(pid, look);
        if matches!(looked, Looked::Missed) {
            self.too_quick.borrow_mut().insert(pid);
        }
        looked
    }

    /// Whether two descriptors are one open file description.
    fn are_one(&self, own: &OpenFile, other: &OpenFile) -> std::io::Result<bool> {
        if own.file != other.file {
            return Ok(false);
        }
        let compare =
            |first, second| sys::is_one_open_file((first, own.number), (second, other.number));
        let no_more = |error: &std::io::Error| {
            matches!(error.raw_os_error(), Some(libc::ESRCH | libc::EBADF))
        };
        match compare(own.pid, other.pid) {
            Err(error) if no_more(&error) => {}
            found => return found,
        }
        // Whoever is gone, or has closed it, shares it no more. A process whose first thread has ended is
        // not gone: its others have what it has.
        let at_living = self.through(own.pid, |first| {
            self.through(other.pid, |second| compare(first, second))
        });
        match at_living {
            Looked::Ended | Looked::At(Looked::Ended) => Ok(false),
            Looked::Missed | Looked::At(Looked::Missed) => Err(std::io::Error::other(THREADS_END)),
            Looked::At(Looked::At(Err(error))) if no_more(&error) => Ok(false),
            Looked::At(Looked::At(found)) => found,
        }
    }
}

impl Seen {
    /// What was seen of every other partition.
    pub(crate) fn others(all: &[Option<Self>], index: usize) -> Vec<&Self> {
        (all.iter().enumerate())
            .filter(|(other, _)| *other != index)
            .filter_map(|(_, seen)| seen.as_ref())
            .collect()
    }

    /// The subject's process is gone: its number may soon be another's.
    pub(crate) fn subject_gone(&mut self) {
        let pid = self.subject.pid;
        self.files.retain(|own| own.pid != pid);
    }

    /// The whole partition is gone.
    pub(crate) fn all_gone(&mut self) {
        self.files.clear();
    }

    /// What the subject's process has of the loader's, and closes after its go.
    pub(crate) fn held(&self) -> Vec<Held> {
        // The standard descriptors are the subject's own.
        let of_loader =
            |own: &&Descriptor| own.number >= CONTROL && self.control.contains(&own.number);
        let held = |own: &Descriptor| Held {
            number: own.number,
            target: own.target.clone(),
        };
        let descriptors = self.subject.descriptors.iter();
        descriptors.filter(of_loader).map(held).collect()
    }

    /// Namespaces of the partition.
    fn namespaces(&self) -> &Namespaces {
        &self.subject.namespaces
    }
}

impl Auditor {
    /// For a run in this mode with this keeper program.
    pub(crate) fn new(mode: Mode, init: impl AsFd) -> std::io::Result<Self> {
        let stat = rustix::fs::fstat(init)?;
        let outside = linux_audit::outside().map_err(std::io::Error::other)?;
        let standard = |number: i32, fd: BorrowedFd<'_>| {
            let stat = rustix::fs::fstat(fd).ok()?;
            Some(OpenFile {
                pid: std::process::id(),
                number,
                file: file((stat.st_dev, stat.st_ino)),
            })
        };
        let files = [
            standard(0, std::io::stdin().as_fd()),
            standard(1, std::io::stdout().as_fd()),
            standard(2, std::io::stderr().as_fd()),
        ];
        Ok(Self {
            files: files.into_iter().flatten().collect(),
            mode: match mode {
                Mode::Privileged => linux_audit::Mode::Privileged,
                Mode::Unprivileged => linux_audit::Mode::Unprivileged {
                    user: rustix::process::geteuid().as_raw(),
                    group: rustix::process::getegid().as_raw(),
                },
            },
            loader: FileId {
                device: stat.st_dev,
                inode: stat.st_ino,
            },
            outside,
        })
    }

    /// Whether what was seen of a subject's process shows this.
    pub(crate) fn shows(&self, property: Property, seen: &Seen, groups: &[Group]) -> bool {
        linux_audit::shows(property, &seen.subject, &self.outside, groups)
    }

    /// Why what was seen of a subject's process does not show this, where it is not a difference.
    pub(crate) fn reasons(property: Property, seen: &Seen) -> Vec<Pairs> {
        match (property, &seen.subject.sharing) {
            (Property::OwnOpenFiles, Some(sharing)) => refused(sharing),
            _ => Vec::new(),
        }
    }

    /// Compares both processes of a partition with the plan.
    ///
    /// # Errors
    /// The differences: the subject must not run.
    pub(crate) fn inspect(
        &self,
        plan: &Plan,
        own: &SubjectPlan,
        objects: &Objects<'_>,
    ) -> Result<Seen, Vec<Difference>> {
        let unseen =
            |reason: &dyn std::fmt::Display| vec![unaudited("look at the partition", reason)];
        let segments = segments(plan, own, objects).map_err(|error| unseen(&error))?;
        let grants = objects.grants;
        let (keeper, subject) = controls(objects);
        let others: Vec<&Namespaces> = objects
            .others
            .iter()
            .map(|seen| seen.namespaces())
            .collect();
        let mut differences = Vec::new();
        let mut look = |look: Look<'_>| {
            let questions = objects.questions;
            let mut seen = questions.observe(look.pid).map_err(|why| unseen(&why))?;
            match look.process {
                Process::Keeper => linux_audit::observe_groups(&mut seen, own, objects.groups),
                Process::Subject => ask_sockets(&mut seen, objects),
            }
            let files = OpenFile::all(&seen, questions);
            let sharing = sharing(&files, look.files, |a, b| questions.are_one(a, b));
            // Nobody is accused of what others do: such a pair is said not to be compared.
            if questions.found_too_quick(look.pid) {
                differences.push(unaudited("compare its open files", &THREADS_END));
            }
            seen.sharing = Some(sharing);
            let expected = Expectation {
                mode: self.mode,
                process: look.process,
                stage: objects.stage,
                segments: &segments,
                program: file(objects.image),
                loader: self.loader,
                own: loader::OWN.start as u64..loader::OWN.end as u64,
                grants: look.grants,
                control: look.control,
                held: look.held,
                outside: &self.outside,
                others: &others,
                limits: look.limits,
                groups: objects.groups,
                oom_score_adj: match look.process {
                    Process::Subject => objects.places.subject,
                    Process::Keeper => objects.places.keeper,
                },
                children: look.children,
                signals_ignored: SIGNALS_IGNORED,
            };
            let found = linux_audit::compare(plan, &own.name, &seen, &expected);
            let found = found.into_iter();
            differences.extend(found.map(|own| Difference::of(look.process, own)));
            Ok::<_, Vec<Difference>>((seen, files))
        };
        let own_files = self.files.iter().map(|own| (Holder::Supervisor, *own));
        let their_files = objects.others.iter().flat_map(|seen| &seen.files);
        let their_files = their_files.map(|own| (Holder::Partition, *own));
        let mut others_files: Vec<(Holder, OpenFile)> = own_files.chain(their_files).collect();
        let (keeper_pid, subject_pid) = objects.pids;
        let (seen_keeper, mut files) = look(Look {
            process: Process::Keeper,
            pid: keeper_pid,
            children: &[subject_pid],
            control: &keeper,
            held: &[],
            grants: &[],
            // The zygote's, which all its copies have; no subject gets them.
            files: &[],
            limits: &[("Max core file size", CORE_BYTES)],
        })?;
        others_files.extend(files.iter().map(|own| (Holder::Keeper, *own)));
        let (seen_subject, subject_files) = look(Look {
            process: Process::Subject,
            pid: subject_pid,
            children: &[],
            control: &subject,
            held: objects.held,
            grants,
            files: &others_files,
            limits: objects.limits,
        })?;
        files.extend(subject_files);
        differences.extend(strangers(objects));
        if !differences.is_empty() {
            return Err(differences);
        }
        let control = numbers(&[keeper, subject], objects.held);
        Ok(Seen {
            keeper: seen_keeper,
            subject: seen_subject,
            files,
            grants: grants.to_vec(),
            control,
        })
    }
}

/// The descriptors that the keeper and the subject's process have besides grants.
fn controls(objects: &Objects<'_>) -> (Vec<Control>, Vec<Control>) {
    let with = |own: &[(i32, ControlKind)]| -> Vec<Control> {
        let standard = (0..CONTROL).map(|number| (number, ControlKind::Null));
        let all = standard.chain(own.iter().copied());
        all.map(|(number, kind)| Control { number, kind }).collect()
    };
    let keeper = with(&[
        (CONTROL, ControlKind::Socket),
        (CONTROL + 1, ControlKind::Image),
        (ASIDE, ControlKind::Process),
    ]);
    // So many that their number does not fit would lead to a gate that nobody has: a difference.
    let granted = i32::try_from(objects.grants.len()).unwrap_or(i32::MAX);
    let gate = GRANTS_FIRST.saturating_add(granted);
    let subject = match objects.stage {
        Stage::Waiting => with(&[
            (gate, ControlKind::Socket),
            (objects.listener, ControlKind::Listener),
        ]),
        Stage::Running => with(&[]),
    };
    (keeper, subject)
}

/// Numbers of what is the loader's or that the loader is about to close.
fn numbers(controls: &[Vec<Control>], held: &[Held]) -> Vec<i32> {
    let controls = controls.iter().flatten().map(|control| control.number);
    controls
        .chain(held.iter().map(|held| held.number))
        .collect()
}

/// One of the two looks at a partition.
struct Look<'a> {
    process: Process,
    pid: u32,
    children: &'a [u32],
    control: &'a [Control],
    held: &'a [Held],
    grants: &'a [Granted],
    /// Open files of everybody else.
    files: &'a [(Holder, OpenFile)],
    limits: &'a [(&'static str, u64)],
}

/// Compares the open files of a process with those of others. Each pair counts for itself: what the kernel
/// says of one is kept, whatever it refuses to say of another.
fn sharing(
    own: &[OpenFile],
    others: &[(Holder, OpenFile)],
    is_one: impl Fn(&OpenFile, &OpenFile) -> std::io::Result<bool>,
) -> Sharing {
    let mut found = Sharing::default();
    for own in own {
        // Under one's own number there is nobody else, but perhaps there was.
        for (holder, other) in others.iter().filter(|(_, other)| other.pid != own.pid) {
            match is_one(own, other) {
                Ok(true) => found.same.push((own.number, *holder)),
                Ok(false) => {}
                Err(error) => {
                    let reason = crate::words::system(&error);
                    found.refused.push((own.number, *holder, reason));
                }
            }
        }
    }
    found
}

/// What could not be compared: of each reason and each other side the first descriptor, and how many more.
fn refused(sharing: &Sharing) -> Vec<Pairs> {
    let mut kinds: BTreeMap<(&str, Holder), Pairs> = BTreeMap::new();
    for (number, holder, reason) in &sharing.refused {
        let known = kinds.entry((reason, *holder));
        let known = known.and_modify(|pairs| pairs.more = pairs.more.saturating_add(1));
        known.or_insert_with(|| Pairs {
            descriptor: *number,
            with: *holder,
            more: 0,
            reason: reason.clone(),
        });
    }
    kinds.into_values().collect()
}

/// Processes that are in the partition and should not.
fn strangers(objects: &Objects<'_>) -> Option<Difference> {
    let (keeper, subject) = objects.pids;
    let mut own = [keeper, subject];
    own.sort_unstable();
    let members = objects.members?;
    let differs = || Deviation::Processes {
        planned: own.to_vec(),
        seen: members.iter().take(DIFFERENCES_MAX).copied().collect(),
    };
    (members != own).then(|| differs().into())
}

/// Something that could not be looked at.
pub(crate) fn unaudited(step: &str, reason: &dyn std::fmt::Display) -> Difference {
    let (step, reason) = (step.to_owned(), reason.to_string());
    Deviation::Unaudited { step, reason }.into()
}

/// Asks each socket of a process what it is bound and connected to, through a copy.
fn ask_sockets(seen: &mut Observation, objects: &Objects<'_>) {
    let (pid, process) = (seen.pid, objects.process);
    seen.descriptors.retain_mut(|own| {
        if !own.target.starts_with("socket:[") {
            return true;
        }
        // The descriptor of a process leads to its first thread, which may have ended.
        let copy = objects
            .questions
            .through(pid, |thread| match thread == pid {
                true => rustix::process::pidfd_getfd(process, own.number, PidfdGetfdFlags::empty()),
                false => copy_of(thread, own.number),
            });
        let copy = match copy {
            Looked::At(copy) => copy,
            Looked::Ended | Looked::Missed => Err(Errno::SRCH),
        };
        // Whoever runs may close what it has at any time.
        let closed =
            objects.stage == Stage::Running && copy.as_ref().is_err_and(|e| *e == Errno::BADF);
        own.socket = copy.ok().map(|copy| crate::sys::socket::describe(&copy));
        !closed
    });
}

/// A copy of a descriptor of a thread; needs Linux 6.9.
fn copy_of(thread: u32, number: i32) -> rustix::io::Result<OwnedFd> {
    /// `PIDFD_THREAD` (linux/pidfd.h).
    const THREAD: PidfdFlags = PidfdFlags::from_bits_retain(libc::O_EXCL.cast_unsigned());
    let thread = i32::try_from(thread).ok().and_then(Pid::from_raw);
    let thread = rustix::process::pidfd_open(thread.ok_or(Errno::SRCH)?, THREAD)?;
    rustix::process::pidfd_getfd(&thread, number, PidfdGetfdFlags::empty())
}

/// A grant as it is handed over: what was opened for it, and what lies at its path now.
pub(crate) fn granted(
    grant: &GrantPlan,
    number: i32,
    opened: impl AsFd,
    state: &Path,
) -> std::io::Result<Granted> {
    let stat = rustix::fs::fstat(opened)?;
    let found = path(grant).map(|path| {
        // An absolute one may lead through links, one below the state directory may not.
        let (place, flags) = match path.starts_with('/') {
            true => (Path::new(path).to_owned(), AtFlags::empty()),
            false => (state.join(path), AtFlags::SYMLINK_NOFOLLOW),
        };
        let found = rustix::fs::statat(CWD, place, flags);
        // Nothing there is no file that it could be on: a difference.
        found.map_or(Vec::new(), |stat| vec![file((stat.st_dev, stat.st_ino))])
    });
    Ok(Granted {
        name: grant.name.clone(),
        number,
        opened: file((stat.st_dev, stat.st_ino)),
        found,
    })
}

/// The path of a grant at which something else lies than what was opened.
pub(crate) fn elsewhere<'a>(grant: &'a GrantPlan, granted: &Granted) -> Option<&'a str> {
    let found = granted.found.as_ref()?;
    path(grant).filter(|_| !found.contains(&granted.opened))
}

/// Where granted files are missing that lost their names since they were opened, if nothing else differs.
pub(crate) fn moved(differences: &[Difference]) -> Option<Vec<&str>> {
    let mut paths = Vec::new();
    for own in differences {
        let Deviation::GrantElsewhere { path, .. } = &own.deviation else {
            return None;
        };
        paths.push(path.as_str());
    }
    (!paths.is_empty()).then_some(paths)
}

/// Whether nothing differs that was seen: something could not be looked at.
pub(crate) fn only_unaudited(differences: &[Difference]) -> bool {
    let unaudited = |own: &Difference| matches!(own.deviation, Deviation::Unaudited { .. });
    !differences.is_empty() && differences.iter().all(unaudited)
}

/// The path of a grant on a file or device.
fn path(grant: &GrantPlan) -> Option<&str> {
    match &grant.resource {
        ResourcePlan::FileRead { path }
        | ResourcePlan::FileAppend { path, .. }
        | ResourcePlan::Device { path } => Some(path),
        _ => None,
    }
}

/// Joins what was seen of all partitions to the flows of the live system and compares them with the
/// plan's. Whoever runs may close a grant: what it could do by it is then not missing.
///
/// # Errors
/// The differences.
pub(crate) fn flows(
    plan: &Plan,
    channels: &[ChannelMemory],
    seen: &[&Seen],
    stage: Stage,
) -> Result<(), Vec<Difference>> {
    let mut segments = Vec::new();
    for (own, memory) in plan.linux().channels.iter().zip(channels) {
        add_channel(&mut segments, own, memory)
            .map_err(|error| vec![unaudited("look at the channels", &error)])?;
    }
    let names = plan
        .core
        .subjects
        .iter()
        .map(|subject| subject.name.as_str());
    let live: Vec<Live<'_>> = names
        .zip(seen)
        .map(|(subject, seen)| Live {
            subject,
            processes: vec![&seen.keeper, &seen.subject],
            grants: &seen.grants,
            control: &seen.control,
        })
        .collect();
    let graph = linux_audit::graph(plan, &segments, &live);
    let mut differences = linux_audit::graph_differences(plan, &graph);
    let of_grant = format!("{:?}", FlowKind::Grant);
    differences.retain(|own| match own {
        Deviation::Flow { flow, planned, .. } => {
            stage == Stage::Waiting || !planned || *flow != of_grant
        }
        _ => true,
    });
    if differences.is_empty() {
        Ok(())
    } else {
        Err(differences.into_iter().map(Difference::from).collect())
    }
}

fn file((device, inode): (u64, u64)) -> FileId {
    FileId { device, inode }
}

fn segment(
    name: &str,
    role: Role,
    segment: &Segment,
    address: u64,
) -> std::io::Result<linux_audit::Segment> {
    Ok(linux_audit::Segment {
        name: name.to_owned(),
        role,
        file: file(segment.identity),
        bytes: segment.bytes as u64,
        address,
        seals: segment.seals()?,
    })
}

fn add_channel(
    segments: &mut Vec<linux_audit::Segment>,
    channel: &LinuxChannel,
    memory: &ChannelMemory,
) -> std::io::Result<()> {
    segments.push(segment(
        &channel.name,
        Role::Data,
        &memory.data,
        channel.data_address,
    )?);
    if let Some(credit) = &memory.credit {
        segments.push(segment(
            &channel.name,
            Role::Credit,
            credit,
            channel.credit_address,
        )?);
    }
    Ok(())
}

/// The segments this partition may map, with their seals as the kernel says.
fn segments(
    plan: &Plan,
    own: &SubjectPlan,
    objects: &Objects<'_>,
) -> std::io::Result<Vec<linux_audit::Segment>> {
    let mut segments = vec![
        segment(&own.name, Role::Table, objects.table, TABLE_ADDRESS as u64)?,
        segment(&own.name, Role::Pulse, objects.pulse, PULSE_ADDRESS as u64)?,
    ];
    for ((channel, placed), memory) in plan.channels_on_linux().zip(objects.channels) {
        if channel.writer.subject == own.name || channel.reader.subject == own.name {
            add_channel(&mut segments, placed, memory)?;
        }
    }
    Ok(segments)
}

/// What fits into one line of the event log.
pub(crate) fn bounded(mut differences: Vec<Difference>) -> Vec<Difference> {
    let more = differences.len().saturating_sub(DIFFERENCES_MAX);
    differences.truncate(DIFFERENCES_MAX);
    if more > 0 {
        let count = u64::try_from(more).unwrap_or(u64::MAX);
        differences.push(Deviation::More { count }.into());
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_shares_a_file_with_who_had_its_number_before() {
        let pid = std::process::id();
        let file = FileId {
            device: 1,
            inode: 1,
        };
        let number = 0;
        let own = OpenFile { pid, number, file };
        let other = (Holder::Partition, own);
        let questions = Questions::default();
        let found = sharing(&[own], &[other], |a, b| questions.are_one(a, b));
        assert_eq!(found, Sharing::default());
    }

    #[test]
    fn a_pair_that_is_not_compared_takes_nothing_from_the_others() {
        let open = |pid, number| OpenFile {
            pid,
            number,
            file: FileId::default(),
        };
        let own = [open(1, 0), open(1, 3), open(1, 4)];
        let others = [
            (Holder::Supervisor, open(2, 0)),
            (Holder::Partition, open(3, 3)),
            (Holder::Partition, open(4, 3)),
        ];
        let found = sharing(&own, &others, |own, other| match (own.number, other.pid) {
            (_, 2) => Err(std::io::Error::from_raw_os_error(libc::EPERM)),
            (0, 3) => Err(std::io::Error::from_raw_os_error(libc::ENOSYS)),
            (number, pid) => Ok((number, pid) == (3, 4)),
        });
        assert_eq!(found.same, [(3, Holder::Partition)]);
        assert_eq!(
            refused(&found)
                .iter()
                .map(Pairs::to_string)
                .collect::<Vec<_>>(),
            [
                "descriptor 0 with one of another partition's: function not implemented",
                "descriptor 0 with one of the supervisor's, and 2 more pairs: operation not permitted",
            ]
        );
    }
}
