//! The keeper: first process of a partition, a copy of the zygote.
//!
//! It maps every segment of its subject while they can still be mapped writable, closes their
//! descriptors, and then only waits: for an order to load the subject, which it does by copying
//! itself and placing the image in the copy, and for that copy's end. The copy waits at its gate for
//! the start: the first one while the system is still being made. A restart needs no new
//! mapping of shared memory, so sealed segments and unread messages stay as they are. It dies with
//! the supervisor, and the kernel ends everything else in the partition with it.

use crate::elf::Layout;
use crate::limits::{CORE_BYTES, SIGNALS_PENDING};
use crate::loader;
use crate::protocol::{ASIDE, CONTROL, GRANTS_FIRST, Order, Place, Report, Start, filter_program};
use crate::sys::{self, Side, memory};
use crate::wire::{self, Message};
use channel::table::TABLE_ADDRESS;
use rustix::event::{PollFd, PollFlags};
use rustix::fd::{AsFd, IntoRawFd, OwnedFd};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, WaitId, WaitIdOptions};
use std::io;
use std::ops::Range;
use std::time::Duration;

/// Where the addresses of segments end, and what is a process's own begins.
const SEGMENTS_END: usize = plan::linux::ADDRESS_END as usize;
/// Exit status of a keeper or of a subject's process whose supervisor is gone or talks nonsense.
const LOST: i32 = 70;

/// A step that failed, and why.
type Failed = (&'static str, io::Error);

/// What the zygote tells a keeper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// How long it took to make it.
    pub made: Duration,
    /// Where the kernel's pages for programs are.
    pub kernel: Range<usize>,
}

/// Runs the keeper in this process, which has given up all rights, with its end of its control
/// socket; it ends with the partition.
pub fn run(control: OwnedFd, origin: Origin) -> ! {
    #[cfg(feature = "faults")]
    crate::faults::keeper();
    let mut keeper = Keeper {
        control,
        origin,
        image: None,
        subject: None,
    };
    let status = match keeper.serve() {
        Ok(()) => 0,
        Err(_) => LOST,
    };
    sys::exit_now(status)
}

struct Keeper {
    control: OwnedFd,
    origin: Origin,
    image: Option<(OwnedFd, Layout)>,
    subject: Option<OwnedFd>,
}

impl Keeper {
    /// Serves until the supervisor is gone.
    fn serve(&mut self) -> io::Result<()> {
        loop {
            let (order, ended) = self.wait()?;
            if ended {
                self.reap()?;
            }
            if order {
                let message = wire::receive(&self.control)?;
                if message.is_end() {
                    return Ok(());
                }
                if let Err((step, error)) = self.obey(message) {
                    self.say(&Report::Fault(step.to_owned(), number(&error)))?;
                }
            }
        }
    }

    /// Waits for an order, for the subject's end, or both.
    fn wait(&self) -> io::Result<(bool, bool)> {
        let mut watched = vec![PollFd::new(&self.control, PollFlags::IN)];
        watched.extend(
            self.subject
                .as_ref()
                .map(|subject| PollFd::new(subject, PollFlags::IN)),
        );
        loop {
            match rustix::event::poll(&mut watched, None) {
                Ok(_) => break,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut ready = watched.iter().map(|one| !one.revents().is_empty());
        Ok((ready.next().unwrap_or(false), ready.next().unwrap_or(false)))
    }

    fn say(&self, report: &Report) -> io::Result<()> {
        wire::send(&self.control, &report.encode(), &[])
    }

    fn obey(&mut self, message: Message) -> Result<(), Failed> {
        let confused = || io::Error::from(io::ErrorKind::InvalidData);
        match Order::decode(&message.bytes).ok_or(("read an order", confused()))? {
            Order::Map(places) => {
                if places.len() != message.fds.len() {
                    return Err(("read an order", confused()));
                }
                let map = |(place, fd): (Place, OwnedFd)| map(place, &fd);
                let mut pairs = places.into_iter().zip(message.fds);
                pairs.try_for_each(map).map_err(|e| ("map a segment", e))
            }
            Order::Image => {
                let fd = message
                    .fds
                    .into_iter()
                    .next()
                    .ok_or(("read an order", confused()))?;
                let layout = loader::layout(&fd).map_err(|e| ("read the image", e))?;
                self.image = Some((fd, layout));
                let made_ns = u64::try_from(self.origin.made.as_nanos()).unwrap_or(u64::MAX);
                self.say(&Report::Mapped { made_ns })
                    .map_err(|e| ("answer", e))
            }
            Order::Load(name) => self.load(&name, message.fds),
            Order::Start(_) | Order::Prepare { .. } | Order::Keeper { .. } => {
                Err(("read an order", confused()))
            }
        }
    }

    /// Copies this process; the copy loads the image and waits at its gate for its start.
    fn load(&mut self, name: &str, fds: Vec<OwnedFd>) -> Result<(), Failed> {
        let step = "start a process";
        if self.subject.is_some() {
            return Err((step, io::ErrorKind::AlreadyExists.into()));
        }
        let mut fds = fds.into_iter();
        let (Some(gate), Some(null)) = (fds.next(), fds.next()) else {
            return Err(("read an order", io::ErrorKind::InvalidData.into()));
        };
        match sys::fork(0).map_err(|e| (step, e))? {
            Side::Child => self.become_subject(name, gate, &null),
            Side::Parent(pidfd) => {
                // Before the report: whoever gets it looks at this process's descriptors.
                drop((gate, null));
                let pidfd = sys::raise(pidfd, ASIDE).map_err(|e| (step, e))?;
                let report = Report::Forked.encode();
                wire::send(&self.control, &report, &[pidfd.as_fd()]).map_err(|e| (step, e))?;
                self.subject = Some(pidfd);
                Ok(())
            }
        }
    }

    /// Collects the ended process of the subject and reports how it ended.
    fn reap(&mut self) -> io::Result<()> {
        let Some(subject) = self.subject.take() else {
            return Ok(());
        };
        let id = WaitId::PidFd(subject.as_fd());
        let ending = rustix::process::waitid(id, WaitIdOptions::EXITED)?.into();
        self.say(&Report::Ended(ending))
    }

    /// In the copy: becomes the subject, or says at the gate what failed.
    fn become_subject(&self, name: &str, gate: OwnedFd, null: &OwnedFd) -> ! {
        let Ok(gate) = sys::raise(gate, ASIDE) else {
            sys::exit_now(LOST)
        };
        if (0..CONTROL).any(|number| sys::place(null, number).is_err()) {
            sys::exit_now(LOST)
        }
        let step = match self.prepare(name, &gate) {
            Ok((start, number, loaded)) => self.pass_gate(&start, number, &loaded),
            Err(failed) => failed,
        };
        let report = Report::Fault(step.0.to_owned(), number(&step.1));
        let _ = wire::send(&gate, &report.encode(), &[]);
        sys::exit_now(LOST)
    }

    /// Loads the image, waits for the start, and arranges what the subject gets; returns the start,
    /// the number of the gate and where to jump.
    fn prepare(&self, name: &str, gate: &OwnedFd) -> Result<(Start, i32, loader::Loaded), Failed> {
        let (image, layout) = self
            .image
            .as_ref()
            .ok_or(("find the image", io::ErrorKind::NotFound.into()))?;
        let loaded = loader::load(image, layout, name).map_err(|e| ("load the image", e))?;
        // Control socket and image go with this: their owners never run here.
        close_below_aside().map_err(|e| ("close descriptors", e))?;
        let message = wire::receive(gate).map_err(|e| ("read the start", e))?;
        if message.is_end() {
            sys::exit_now(LOST)
        }
        let confused = || io::Error::from(io::ErrorKind::InvalidData);
        let mut fds = message.fds.into_iter();
        let (Some(Order::Start(start)), Some(table)) = (Order::decode(&message.bytes), fds.next())
        else {
            return Err(("read the start", confused()));
        };
        let bytes =
            usize::try_from(start.table_bytes).map_err(|_| ("read the start", confused()))?;
        memory::map_shared(&table, TABLE_ADDRESS, bytes, false)
            .map_err(|e| ("map the port table", e))?;
        let arrange = || -> io::Result<i32> {
            let aside = fds
                .map(|grant| sys::raise(grant, ASIDE))
                .collect::<io::Result<Vec<_>>>()?;
            close_below_aside()?;
            std::mem::forget(table);
            let mut next = GRANTS_FIRST;
            for fd in aside.iter().chain([gate]) {
                sys::place(fd, next)?;
                next = next.saturating_add(1);
            }
            std::mem::forget(aside);
            Ok(next.saturating_sub(1))
        };
        let gate_number = arrange().map_err(|e| ("arrange the descriptors", e))?;
        // Kernels that cannot show the place of another program's arguments as this one's.
        let _ = sys::forget_arguments(&loaded.image, loaded.way.stack);
        limit(&start).map_err(|e| ("set the limits", e))?;
        Ok((start, gate_number, loaded))
    }

    /// Closes everything but the grants and the gate, goes under the filter, and takes the way into the
    /// subject, which leads through the gate.
    fn pass_gate(&self, start: &Start, gate_number: i32, loaded: &loader::Loaded) -> ! {
        let say = |step: &str, error: io::Error| -> ! {
            let report = Report::Fault(step.to_owned(), number(&error)).encode();
            let gate = sys::inherited(gate_number);
            let _ = gate.map(|gate| wire::send(&gate, &report, &[]));
            sys::exit_now(LOST)
        };
        let first_other = gate_number.cast_unsigned().saturating_add(1);
        if let Err(error) = sys::close_numbers(first_other, u32::MAX) {
            say("close descriptors", error)
        }
        #[cfg(feature = "faults")]
        crate::faults::subject(gate_number);
        #[cfg(feature = "faults")]
        if crate::faults::is("subject-unfiltered") {
            let null = sys::inherited(0).and_then(|null| null.try_clone().ok());
            let listener = null.map_or(-1, IntoRawFd::into_raw_fd);
            self.leave(loaded, gate_number, listener)
        }
        match sys::install_filter(&filter_program(&start.filter)) {
            Ok(listener) => self.leave(loaded, gate_number, listener.into_raw_fd()),
            Err(error) => say("install the filter", error),
        }
    }

    /// Takes the way into the subject; its filter reports to this listener.
    fn leave(&self, loaded: &loader::Loaded, gate_number: i32, listener: i32) -> ! {
        let report = Report::Ready(listener).encode();
        let kernel = self.origin.kernel.clone();
        #[cfg(feature = "faults")]
        let kernel = crate::faults::kept(kernel);
        let mut kept = [loaded.image.clone(), loaded.stack.clone(), kernel];
        loaded
            .way
            .take(gate_number, listener, &report, SEGMENTS_END, &mut kept)
    }
}

/// Closes everything but the standard descriptors and what was put aside.
fn close_below_aside() -> io::Result<()> {
    sys::close_numbers(CONTROL.cast_unsigned(), ASIDE.cast_unsigned() - 1)
}

fn map(place: Place, fd: &OwnedFd) -> io::Result<()> {
    let convert = |value: u64| usize::try_from(value).map_err(|_| io::ErrorKind::InvalidInput);
    memory::map_shared(
        fd,
        convert(place.address)?,
        convert(place.bytes)?,
        place.writable,
    )
}

fn limit(start: &Start) -> io::Result<()> {
    let limits = start.limits;
    #[cfg(feature = "faults")]
    let limits = {
        let mut limits = limits;
        crate::faults::limits(&mut limits);
        limits
    };
    #[cfg(feature = "faults")]
    if crate::faults::is("limits-none") {
        return Ok(());
    }
    for (resource, wanted) in [
        (Resource::Core, CORE_BYTES),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
        (Resource::Nice, 0),
        (Resource::Rtprio, 0),
        (Resource::Sigpending, SIGNALS_PENDING),
        (Resource::Stack, loader::STACK_BYTES as u64),
        (Resource::Fsize, limits.file_bytes),
        (Resource::Nofile, limits.descriptors),
        (Resource::Nproc, limits.threads),
        (Resource::Data, limits.data_bytes),
        (Resource::As, limits.address_bytes),
    ] {
        let set = |value| {
            let (current, maximum) = (Some(value), Some(value));
            rustix::process::setrlimit(resource, Rlimit { current, maximum })
        };
        // Whoever may not have so much keeps what there is.
        if let Err(error) = set(wanted) {
            let most = rustix::process::getrlimit(resource).maximum;
            set(most.filter(|most| *most < wanted).ok_or(error)?)?;
        }
    }
    Ok(())
}

fn number(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EINVAL)
}
