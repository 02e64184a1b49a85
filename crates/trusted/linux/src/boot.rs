//! From a checked plan to keepers that hold every mapping and segments that are sealed.

use crate::cell::{Ahead, Cell, EPOCH_FIRST};
use crate::filter::Rules;
use crate::gate::Auditor;
use crate::image;
use crate::limits::{self, Limits};
use crate::loader;
use crate::partition::{Enclosure, Zygote};
use crate::protocol::{Order, PULSE_ADDRESS, Place, SEGMENTS_MAX};
use crate::refusal::Refusal;
use crate::segment::{ChannelMemory, PulseMemory, bytes_of};
use crate::sys;
use crate::sys::pid_of;
use crate::table;
use crate::victim::{self, Places};
use crate::wire;
use plan::linux::LinuxSubject;
use plan::{ImagePlan, Plan, SubjectPlan};
use record::Digest;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode as FileMode, OFlags};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::path::Path;

/// Program images in sealed memory, in the order of the subjects. Each has its own: what two partitions
/// map is an object that both can name.
pub(crate) type Images = Vec<OwnedFd>;

/// Checks and seals the programs of all subjects.
///
/// # Errors
/// All programs that cannot be used.
pub(crate) fn images(plan: &Plan) -> Result<Images, Vec<Refusal>> {
    let (mut images, mut refusals) = (Images::new(), Vec::new());
    // A program of several subjects is read once. Another path or size is another claim, whatever the digest.
    let mut read: BTreeMap<(String, u64, Digest), Vec<u8>> = BTreeMap::new();
    let mut sealed = |path: &str, planned: &ImagePlan| {
        let claim = (path.to_owned(), planned.size_bytes, planned.sha256);
        let bytes = match read.entry(claim) {
            Entry::Occupied(bytes) => bytes.into_mut(),
            Entry::Vacant(place) => place.insert(image::checked(path, planned)?),
        };
        image::seal(bytes)
    };
    for (subject, own) in plan.subjects_on_linux() {
        match sealed(&own.program, &subject.image) {
            Ok(fd) => images.push(fd),
            Err(fault) => refusals.push(Refusal::unusable(
                fault.code(),
                format!(
                    "program `{}` of subject `{}` {fault}",
                    own.program, subject.name
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
        Refusal::unusable(
            fault.code(),
            message,
            "name the `bulkhead-init` of the same build as the supervisor",
        )
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
    /// How long it took to make the first keeper, in nanoseconds.
    pub ahead_ns: u64,
    /// What puts a subject before its keeper when memory runs out; see [`victim`].
    pub places: Places,
}

/// What each keeper is told when it is made, in the order of the plan.
pub(crate) fn enclosures(plan: &Plan, limits: &Limits) -> Vec<Enclosure> {
    let enclosure = |(subject, own): (&SubjectPlan, &LinuxSubject)| Enclosure {
        user: own.user,
        #[cfg(feature = "faults")]
        groups: crate::faults::entrances(limits.entrances(subject)),
        #[cfg(not(feature = "faults"))]
        groups: limits.entrances(subject),
    };
    plan.subjects_on_linux().map(enclosure).collect()
}

/// Builds channels and partitions and seals every segment.
///
/// # Errors
/// The first thing this machine cannot do.
pub(crate) fn machine(
    plan: &Plan,
    auditor: Auditor,
    images: &Images,
    limits: &Limits,
    mut zygote: Zygote,
) -> Result<Machine, Refusal> {
    let channels = plan.core.channels.iter().map(ChannelMemory::create);
    let mut channels = channels.collect::<Result<Vec<_>, _>>()?;
    let mut cells = Vec::new();
    for (subject, image) in plan.core.subjects.iter().zip(images) {
        let partition = zygote.deliver()?;
        let pulse = PulseMemory::create().map_err(|e| Refusal::step("create shared memory", &e))?;
        let control = &partition.control;
        let ahead = instruct(control, plan, subject, &channels, &pulse, image)
            .map_err(|error| ("instruct a keeper", error))
            .and_then(|()| {
                // While it maps, and before it copies itself: moving a process between control
                // groups can take a while, and moves no copy.
                limits.admit(subject, partition.process.as_fd())?;
                Ahead::order(control, plan, subject, EPOCH_FIRST)
            });
        let ahead = match ahead {
            // It says why it is gone when it is asked whether it is ready.
            Err((_, error)) if wire::is_gone(&error) => None,
            other => Some(other.map_err(|(step, error)| Refusal::step(step, &error))?),
        };
        let rules = Rules::new(&table::fences(subject));
        let mut cell = Cell::new(&subject.name, partition, ahead, rules, pulse);
        let program = loader::layout(image)
            .map_err(|error| Refusal::step("read the layout of a program", &error))?;
        cell.limits = limits::of_process(plan, subject, &program, limits.threads_of_user);
        cell.groups = limits.expected(subject);
        cell.shortage = limits.shortage(subject);
        #[cfg(feature = "faults")]
        crate::faults::grouped(&cell.groups);
        cells.push(cell);
    }
    // It has rights: it ends before any subject runs.
    drop(zygote);
    let mut ahead_ns = None;
    for partition in cells.iter().filter_map(|cell| cell.partition.as_ref()) {
        ahead_ns.get_or_insert(partition.confirmed()?);
    }
    let seal = |e: io::Error| Refusal::step("seal shared memory against future writers", &e);
    for segment in channels.iter_mut().flat_map(ChannelMemory::segments) {
        #[cfg(feature = "faults")]
        if crate::faults::is("channel-unsealed") {
            continue;
        }
        segment.seal().map_err(seal)?;
    }
    for cell in &mut cells {
        cell.pulse.segment.seal().map_err(seal)?;
    }
    let first = cells.iter().find_map(|cell| cell.partition.as_ref());
    let places = first.map_or(Ok(Places::default()), |keeper| {
        pid_of(keeper.process.as_fd()).and_then(victim::places)
    });
    let step = "learn whom the kernel kills when memory runs out";
    let places = places.map_err(|error| Refusal::step(step, &error))?;
    Ok(Machine {
        places,
        cells,
        channels,
        auditor,
        ahead_ns: ahead_ns.unwrap_or(0),
    })
}

/// Shared memory is allocated at once: refuses a plan that would take more than half of what is
/// free.
pub(crate) fn enough_memory(plan: &Plan) -> Result<(), Refusal> {
    let wanted = plan
        .core
        .channels
        .iter()
        .map(bytes_of)
        // One that cannot be made at all is refused where it is made.
        .filter(|bytes| *bytes != u64::MAX)
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
        // Or the kernel does not say: then it refuses the memory itself, all of which is taken before the start.
        _ => Ok(()),
    }
}

/// Tells a keeper everything it must map.
fn instruct(
    control: &OwnedFd,
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
    for ((channel, own), memory) in plan.channels_on_linux().zip(channels) {
        let writes = channel.writer.subject == subject.name;
        if !writes && channel.reader.subject != subject.name {
            continue;
        }
        #[cfg(feature = "faults")]
        if crate::faults::is("channel-missing") {
            continue;
        }
        #[cfg(feature = "faults")]
        let writes = writes || crate::faults::is("reader-writes");
        let bytes = memory.data.bytes as u64;
        let place = Place {
            address: own.data_address,
            bytes,
            writable: writes,
        };
        places.push((place, memory.data.descriptor(writes)));
        if let Some(credit) = &memory.credit {
            let bytes = credit.bytes as u64;
            let place = Place {
                address: own.credit_address,
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
    wire::send(control, &Order::Image.encode(), &[image.as_fd()])
}
