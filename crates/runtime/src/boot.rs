//! From a checked plan to keepers that hold every mapping and segments that are sealed.

use crate::cell::Cell;
use crate::gate::Auditor;
use crate::image;
use crate::limits::Limits;
use crate::partition;
use crate::platform::Mode;
use crate::protocol::{Order, PULSE_ADDRESS, Place, Report, SEGMENTS_MAX};
use crate::refusal::Refusal;
use crate::segment::{ChannelMemory, PulseMemory, bytes_of};
use crate::sys;
use crate::wire;
use plan::{Plan, SubjectPlan};
use record::Digest;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode as FileMode, OFlags};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// How long a keeper may take to map its segments, in seconds.
const KEEPER_SECONDS: i64 = 20;

/// Program images by digest, in sealed memory.
pub(crate) type Images = BTreeMap<Digest, OwnedFd>;

/// Checks and seals the programs of all subjects.
///
/// # Errors
/// All programs that cannot be used.
pub(crate) fn images(plan: &Plan) -> Result<Images, Vec<Refusal>> {
    let (mut images, mut refusals) = (Images::new(), Vec::new());
    for subject in &plan.subjects {
        if images.contains_key(&subject.image.sha256) {
            continue;
        }
        match image::seal(&subject.image) {
            Ok(fd) => {
                images.insert(subject.image.sha256, fd);
            }
            Err(fault) => refusals.push(Refusal::unusable(
                fault.code(),
                format!(
                    "program `{}` of subject `{}` {fault}",
                    subject.image.path, subject.name
                ),
                fault.help(),
            )),
        }
    }
    if refusals.is_empty() {
        Ok(images)
    } else {
        Err(refusals)
    }
}

/// Opens the keeper's program. It is trusted: it comes with the supervisor, not with the plan.
pub(crate) fn keeper_program(path: &Path) -> Result<OwnedFd, Refusal> {
    image::check(path).map_err(|fault| {
        let message = format!("keeper program `{}` {fault}", path.display());
        Refusal::unusable(fault.code(), message, "name `bulkhead-init` with `--init`")
    })?;
    let open = || -> io::Result<OwnedFd> {
        let fd = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, FileMode::empty())?;
        // Out of the way of the standard descriptors and the control socket of a partition.
        sys::raise(fd, 16)
    };
    open().map_err(|error| Refusal::step("open `bulkhead-init`", &error))
}

/// Everything that exists before the first start.
pub(crate) struct Machine {
    /// Subjects in the order of the plan.
    pub cells: Vec<Cell>,
    /// Channels in the order of the plan.
    pub channels: Vec<ChannelMemory>,
    /// What the audit needs.
    pub auditor: Auditor,
}

/// Builds channels and partitions and seals every segment.
///
/// # Errors
/// The first thing this machine cannot do.
pub(crate) fn machine(
    plan: &Plan,
    mode: Mode,
    init: &OwnedFd,
    images: &Images,
    limits: &Limits,
) -> Result<Machine, Refusal> {
    enough_memory(plan)?;
    let auditor = Auditor::new(mode, init).map_err(|e| Refusal::step("look at `/proc`", &e))?;
    let mut channels = plan
        .channels
        .iter()
        .map(ChannelMemory::create)
        .collect::<Result<Vec<_>, _>>()?;
    let mut cells = Vec::new();
    for subject in &plan.subjects {
        let pulse = PulseMemory::create().map_err(|e| Refusal::step("create shared memory", &e))?;
        let entrances = limits.entrances(subject);
        let partition = partition::create(mode, subject.user, init.as_fd(), &entrances)
            .map_err(|error| no_partition(mode, &error))?;
        let image = images.get(&subject.image.sha256);
        let image = image.ok_or_else(|| {
            Refusal::step("find a checked program", &io::ErrorKind::NotFound.into())
        })?;
        instruct(
            partition.control.as_fd(),
            plan,
            subject,
            &channels,
            &pulse,
            image,
        )
        .map_err(|e| Refusal::step("instruct a keeper", &e))?;
        cells.push(Cell::new(&subject.name, partition, pulse));
    }
    // While the keepers map: moving a process between control groups can take a while.
    for (subject, cell) in plan.subjects.iter().zip(&cells) {
        if let Some(partition) = &cell.partition {
            limits.admit(subject, partition.pid)?;
        }
    }
    for cell in &cells {
        confirmed(cell)?;
    }
    let seal = |e: io::Error| Refusal::step("seal shared memory against future writers", &e);
    for segment in channels.iter_mut().flat_map(ChannelMemory::segments) {
        segment.seal().map_err(seal)?;
    }
    for cell in &mut cells {
        cell.pulse.segment.seal().map_err(seal)?;
    }
    Ok(Machine {
        cells,
        channels,
        auditor,
    })
}

/// Why there is no partition, in terms of what an administrator can change.
fn no_partition(mode: Mode, error: &io::Error) -> Refusal {
    let step = "create the namespaces of a partition";
    let (reason, help) = match (error.raw_os_error(), mode) {
        (Some(libc::ENOSPC | libc::EUSERS), _) => (
            "there are as many namespaces as this machine permits",
            "raise the limits in `/proc/sys/user`, e.g. `max_user_namespaces`",
        ),
        (Some(libc::EPERM | libc::EACCES), Mode::Unprivileged) => (
            "this user may not create user namespaces",
            "run as root, or permit it, e.g. by `kernel.unprivileged_userns_clone=1` or \
             `kernel.apparmor_restrict_unprivileged_userns=0`",
        ),
        _ => return Refusal::step(step, error),
    };
    Refusal::unenforceable(
        "mechanism-missing",
        format!("cannot {step}: {reason}"),
        help,
    )
}

/// Shared memory is allocated at once: refuses a plan that would take more than half of what is
/// free.
fn enough_memory(plan: &Plan) -> Result<(), Refusal> {
    let wanted = plan
        .channels
        .iter()
        .map(bytes_of)
        .fold(0, u64::saturating_add);
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"));
    let free_kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    match free_kib.map(|free| free.saturating_mul(1024)) {
        Some(free) if wanted > free / 2 => Err(Refusal::unenforceable(
            "too-little-memory",
            format!("the channels need {wanted} bytes of memory, the machine has {free} free"),
            "make queues shorter or messages smaller, or take a larger machine",
        )),
        _ => Ok(()),
    }
}

/// Tells a keeper everything it must map.
fn instruct(
    control: BorrowedFd<'_>,
    plan: &Plan,
    subject: &SubjectPlan,
    channels: &[ChannelMemory],
    pulse: &PulseMemory,
    image: &OwnedFd,
) -> io::Result<()> {
    let bytes = pulse.segment.bytes as u64;
    let place = Place {
        address: PULSE_ADDRESS as u64,
        bytes,
        writable: true,
    };
    let mut places = vec![(place, pulse.segment.descriptor(true))];
    for (channel, memory) in plan.channels.iter().zip(channels) {
        let writes = channel.writer.subject == subject.name;
        if !writes && channel.reader.subject != subject.name {
            continue;
        }
        let bytes = memory.data.bytes as u64;
        let place = Place {
            address: channel.data_address,
            bytes,
            writable: writes,
        };
        places.push((place, memory.data.descriptor(writes)));
        if let Some(credit) = &memory.credit {
            let bytes = credit.bytes as u64;
            let place = Place {
                address: channel.credit_address,
                bytes,
                writable: !writes,
            };
            places.push((place, credit.descriptor(!writes)));
        }
    }
    for chunk in places.chunks(SEGMENTS_MAX) {
        let (places, fds): (Vec<Place>, Vec<BorrowedFd<'_>>) = chunk.iter().copied().unzip();
        wire::send(control, &Order::Map(places).encode(), &fds)?;
    }
    wire::send(control, &Order::Image.encode(), &[image.as_fd()])?;
    wire::send(control, &Order::Check.encode(), &[])
}

/// Waits until a keeper says that it has mapped everything.
fn confirmed(cell: &Cell) -> Result<(), Refusal> {
    let silent = |error: io::Error| Refusal::step("start a keeper", &error);
    let Some(partition) = &cell.partition else {
        return Err(silent(io::ErrorKind::NotFound.into()));
    };
    let mut watched = [PollFd::new(&partition.control, PollFlags::IN)];
    let limit = Timespec {
        tv_sec: KEEPER_SECONDS,
        tv_nsec: 0,
    };
    match rustix::event::poll(&mut watched, Some(&limit)) {
        Ok(0) => return Err(silent(io::ErrorKind::TimedOut.into())),
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(silent(error.into())),
    }
    let message = wire::receive(&partition.control).map_err(silent)?;
    match Report::decode(&message.bytes) {
        Some(Report::Mapped) => Ok(()),
        Some(Report::Fault(step, number)) => {
            Err(Refusal::step(&step, &io::Error::from_raw_os_error(number)))
        }
        _ => Err(silent(io::ErrorKind::UnexpectedEof.into())),
    }
}
