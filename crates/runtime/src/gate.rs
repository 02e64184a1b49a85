//! The go gate: what the independent audit is told about our objects before a subject may run.

use crate::platform::Mode;
use crate::protocol::{CONTROL, GRANTS_FIRST, PULSE_ADDRESS};
use crate::segment::{ChannelMemory, Segment};
use audit::{Control, ControlKind, Expectation, FileId, Observation, Process, Role};
use channel::table::TABLE_ADDRESS;
use plan::{Plan, SubjectPlan};
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

/// What the audit saw of a partition.
pub(crate) struct Seen {
    /// Differences in words; none means that the subject may go.
    pub differences: Vec<String>,
    /// Namespaces of the partition.
    pub namespaces: Namespaces,
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
    pub(crate) fn inspect(&self, plan: &Plan, own: &SubjectPlan, objects: &Objects<'_>) -> Seen {
        let segments = match segments(plan, own, objects) {
            Ok(segments) => segments,
            Err(error) => return Seen::unseen(&error.to_string()),
        };
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
        // The keeper made the process while it held the port table, the gate and the grants.
        let process = gate + 4;
        let keeper = with(&[
            (CONTROL, ControlKind::Socket),
            (CONTROL + 1, ControlKind::Image),
            (process, ControlKind::Process),
        ]);
        let subject = with(&[
            (gate, ControlKind::Socket),
            (objects.listener, ControlKind::Listener),
        ]);
        let mut seen = Seen {
            differences: Vec::new(),
            namespaces: Namespaces::new(),
        };
        for (pid, process, control, grants) in [
            (objects.pids.0, Process::Keeper, &keeper, &[][..]),
            (objects.pids.1, Process::Subject, &subject, &grants),
        ] {
            let observation: Observation = match audit::observe(pid) {
                Ok(observation) => observation,
                Err(error) => return Seen::unseen(&error.to_string()),
            };
            let expected = Expectation {
                mode: self.mode,
                process,
                segments: &segments,
                program: file(objects.image),
                loader: self.loader,
                grants,
                control,
                outside: &self.outside,
                others: objects.others,
            };
            let who = match process {
                Process::Keeper => "keeper",
                Process::Subject => "subject",
            };
            let found = audit::compare(plan, &own.name, &observation, &expected);
            seen.differences
                .extend(found.into_iter().map(|text| format!("{who}: {text}")));
            seen.namespaces = observation.namespaces;
        }
        seen
    }
}

impl Seen {
    fn unseen(reason: &str) -> Self {
        let differences = vec![format!("the partition cannot be audited: {reason}")];
        Self {
            differences,
            namespaces: Namespaces::new(),
        }
    }
}

fn file((device, inode): (u64, u64)) -> FileId {
    FileId { device, inode }
}

/// The segments this partition may map, with their seals as the kernel says.
fn segments(
    plan: &Plan,
    own: &SubjectPlan,
    objects: &Objects<'_>,
) -> std::io::Result<Vec<audit::Segment>> {
    let mut segments = Vec::new();
    let mut add = |name: &str, role, segment: &Segment, address: u64| -> std::io::Result<()> {
        segments.push(audit::Segment {
            name: name.to_owned(),
            role,
            file: file(segment.identity),
            bytes: segment.bytes as u64,
            address,
            seals: segment.seals()?,
        });
        Ok(())
    };
    add(&own.name, Role::Table, objects.table, TABLE_ADDRESS as u64)?;
    add(&own.name, Role::Pulse, objects.pulse, PULSE_ADDRESS as u64)?;
    for (channel, memory) in plan.channels.iter().zip(objects.channels) {
        if channel.writer.subject == own.name || channel.reader.subject == own.name {
            add(
                &channel.name,
                Role::Data,
                &memory.data,
                channel.data_address,
            )?;
            if let Some(credit) = &memory.credit {
                add(&channel.name, Role::Credit, credit, channel.credit_address)?;
            }
        }
    }
    Ok(segments)
}
