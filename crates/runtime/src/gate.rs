//! The go gate: what the independent audit is told about our objects before a subject may run.

use crate::loader;
use crate::platform::Mode;
use crate::protocol::{ASIDE, CONTROL, GRANTS_FIRST, PULSE_ADDRESS};
use crate::segment::{ChannelMemory, Segment};
use audit::{Control, ControlKind, Expectation, FileId, Live, Observation, Process, Role};
use channel::table::TABLE_ADDRESS;
use plan::{ChannelPlan, Plan, SubjectPlan};
use rustix::fd::AsFd;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;

/// Namespaces of a partition by which others must differ.
pub(crate) type Namespaces = BTreeMap<String, u64>;

/// What does not change during a run.
pub(crate) struct Auditor {
    mode: audit::Mode,
    loader: FileId,
    outside: Namespaces,
}

/// The objects of one start.
pub(crate) struct Objects<'a> {
    /// Process ids on the host: keeper, subject.
    pub pids: (u32, u32),
    /// Number of the listener in the subject's process.
    pub listener: i32,
    /// Identity of the image.
    pub image: (u64, u64),
    /// The port table.
    pub table: &'a Segment,
    /// The pulse.
    pub pulse: &'a Segment,
    /// All channels, in the order of the plan.
    pub channels: &'a [ChannelMemory],
    /// Namespaces of the other partitions.
    pub others: &'a [&'a Namespaces],
}

/// What the audit saw of a partition that matches the plan.
pub(crate) struct Seen {
    keeper: Observation,
    subject: Observation,
    grants: Vec<(String, i32)>,
    control: Vec<i32>,
}

impl Seen {
    /// Namespaces of the partition.
    pub(crate) fn namespaces(&self) -> &Namespaces {
        &self.subject.namespaces
    }
}

impl Auditor {
    /// For a run in this mode with this keeper program.
    pub(crate) fn new(mode: Mode, init: impl AsFd) -> std::io::Result<Self> {
        let stat = rustix::fs::fstat(init)?;
        let mut outside = Namespaces::new();
        for kind in ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"] {
            let inode = std::fs::metadata(format!("/proc/self/ns/{kind}"))?.ino();
            outside.insert(kind.to_owned(), inode);
        }
        Ok(Self {
            mode: match mode {
                Mode::Privileged => audit::Mode::Privileged,
                Mode::Unprivileged => audit::Mode::Unprivileged {
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

    /// Compares both processes of a partition with the plan.
    ///
    /// # Errors
    /// The differences, in words: the subject must not run.
    pub(crate) fn inspect(
        &self,
        plan: &Plan,
        own: &SubjectPlan,
        objects: &Objects<'_>,
    ) -> Result<Seen, Vec<String>> {
        let unseen = |reason: &dyn std::fmt::Display| {
            vec![format!("the partition cannot be audited: {reason}")]
        };
        let segments = segments(plan, own, objects).map_err(|error| unseen(&error))?;
        let grants: Vec<(String, i32)> = own
            .grants
            .iter()
            .map(|grant| grant.name.clone())
            .zip(GRANTS_FIRST..)
            .collect();
        let gate = GRANTS_FIRST.saturating_add(i32::try_from(grants.len()).unwrap_or(0));
        let standard = (0..CONTROL).map(|number| Control {
            number,
            kind: ControlKind::Null,
        });
        let with = |own: &[(i32, ControlKind)]| -> Vec<Control> {
            let own = own.iter().map(|(number, kind)| Control {
                number: *number,
                kind: *kind,
            });
            standard.clone().chain(own).collect()
        };
        let keeper = with(&[
            (CONTROL, ControlKind::Socket),
            (CONTROL + 1, ControlKind::Image),
            (ASIDE, ControlKind::Process),
        ]);
        let subject = with(&[
            (gate, ControlKind::Socket),
            (objects.listener, ControlKind::Listener),
        ]);
        let mut differences = Vec::new();
        let mut look = |who, pid, process, control: &[Control], grants: &[(String, i32)]| {
            let observation = audit::observe(pid).map_err(|error| unseen(&error))?;
            let expected = Expectation {
                mode: self.mode,
                process,
                segments: &segments,
                program: file(objects.image),
                loader: self.loader,
                own: loader::OWN.start as u64..loader::OWN.end as u64,
                grants,
                control,
                outside: &self.outside,
                others: objects.others,
            };
            let found = audit::compare(plan, &own.name, &observation, &expected);
            differences.extend(found.into_iter().map(|text| format!("{who}: {text}")));
            Ok::<Observation, Vec<String>>(observation)
        };
        let (keeper_pid, subject_pid) = objects.pids;
        let seen_keeper = look("keeper", keeper_pid, Process::Keeper, &keeper, &[])?;
        let seen_subject = look("subject", subject_pid, Process::Subject, &subject, &grants)?;
        if !differences.is_empty() {
            return Err(differences);
        }
        let control = keeper
            .iter()
            .chain(&subject)
            .map(|control| control.number)
            .collect();
        Ok(Seen {
            keeper: seen_keeper,
            subject: seen_subject,
            grants,
            control,
        })
    }
}

/// Joins what was seen of all partitions to the flows of the live system and compares them with the
/// plan's.
///
/// # Errors
/// The differences, in words.
pub(crate) fn flows(
    plan: &Plan,
    channels: &[ChannelMemory],
    seen: &[&Seen],
) -> Result<(), Vec<String>> {
    let mut segments = Vec::new();
    for (channel, memory) in plan.channels.iter().zip(channels) {
        add_channel(&mut segments, channel, memory).map_err(|error| vec![error.to_string()])?;
    }
    let names = plan.subjects.iter().map(|subject| subject.name.as_str());
    let live: Vec<Live<'_>> = names
        .zip(seen)
        .map(|(subject, seen)| Live {
            subject,
            processes: vec![&seen.keeper, &seen.subject],
            grants: &seen.grants,
            control: &seen.control,
        })
        .collect();
    let graph = audit::graph(plan, &segments, &live);
    let differences = audit::graph_differences(plan, &graph);
    if differences.is_empty() {
        Ok(())
    } else {
        Err(differences)
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
) -> std::io::Result<audit::Segment> {
    Ok(audit::Segment {
        name: name.to_owned(),
        role,
        file: file(segment.identity),
        bytes: segment.bytes as u64,
        address,
        seals: segment.seals()?,
    })
}

fn add_channel(
    segments: &mut Vec<audit::Segment>,
    channel: &ChannelPlan,
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
) -> std::io::Result<Vec<audit::Segment>> {
    let mut segments = vec![
        segment(&own.name, Role::Table, objects.table, TABLE_ADDRESS as u64)?,
        segment(&own.name, Role::Pulse, objects.pulse, PULSE_ADDRESS as u64)?,
    ];
    for (channel, memory) in plan.channels.iter().zip(objects.channels) {
        if channel.writer.subject == own.name || channel.reader.subject == own.name {
            add_channel(&mut segments, channel, memory)?;
        }
    }
    Ok(segments)
}
