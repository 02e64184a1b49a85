//! Partitions from the supervisor's side: the zygote that makes them, and the keeper in each.

use crate::platform::Mode;
use crate::protocol::{CONTROL, Ending, Order, Report};
use crate::refusal::Refusal;
use crate::sys::{self, Side};
use crate::wire;
use crate::zygote::{LAYOUT, NAMESPACES};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode as FileMode, OFlags};
use rustix::net::Shutdown;
use rustix::process::{
    Resource, Rlimit, WaitId, WaitIdOptions, getegid, geteuid, getrlimit, setrlimit,
};
use std::ffi::CStr;
use std::io;
use std::path::PathBuf;
use std::vec::IntoIter;

/// How long zygote and keepers may take for an answer, in seconds.
const ANSWER_SECONDS: i64 = 20;
/// Stack of `bulkhead-init`, in bytes.
const STACK_BYTES: u64 = 8 << 20;
/// How long the end of a keeper that closed its socket may take.
const END_WAIT: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 200_000_000,
};
/// How many keepers are ordered before the first is fetched.
const KEEPERS_AHEAD: usize = 16;

/// A partition with its keeper. Dropping it ends everything in it.
pub(crate) struct Partition {
    /// The keeper's process.
    pub process: OwnedFd,
    /// The supervisor's end of the keeper's control socket.
    pub control: OwnedFd,
}

impl Drop for Partition {
    fn drop(&mut self) {
        sys::end_process(&self.process);
    }
}

/// A process that has loaded its image and waits at its gate for its start.
pub(crate) struct Loaded {
    /// The supervisor's end of the gate.
    pub gate: OwnedFd,
    /// The process, once the keeper reported it.
    pub process: Option<OwnedFd>,
}

/// What a keeper is told when it is made.
pub(crate) struct Enclosure {
    /// Its user and group.
    pub user: u32,
    /// Files by which it enters its control groups.
    pub groups: Vec<PathBuf>,
}

/// The process whose copies are the keepers; see [`crate::zygote`]. Dropping it ends it, and every
/// keeper that was not fetched.
pub(crate) struct Zygote {
    process: OwnedFd,
    control: OwnedFd,
    mode: Mode,
    /// Keepers that are still to be ordered.
    due: IntoIter<Enclosure>,
    /// Keepers that were ordered and not yet fetched.
    ordered: usize,
}

impl Drop for Zygote {
    fn drop(&mut self) {
        if self.ordered > 0 {
            // It makes those that were ordered: none is left between it and us.
            let _ = rustix::net::shutdown(&self.control, Shutdown::Write);
            while let Ok(message) = answer(&self.control) {
                match message.fds.first() {
                    Some(keeper) => sys::end_process(keeper),
                    // It has ended, or says why it cannot go on.
                    None => break,
                }
            }
        }
        sys::end_process(&self.process);
    }
}

impl Zygote {
    /// Starts it.
    pub(crate) fn start(mode: Mode, init: BorrowedFd<'_>) -> Result<Self, Refusal> {
        let failed = |error: io::Error| Refusal::step("start `bulkhead-init`", &error);
        let (control, inside) = wire::pair().map_err(failed)?;
        let own_users = mode == Mode::Unprivileged;
        let flags = if own_users { libc::CLONE_NEWUSER } else { 0 };
        let host = (geteuid().as_raw(), getegid().as_raw());
        let forked =
            sys::fork(flags.cast_unsigned().into()).map_err(|error| no_partition(mode, &error))?;
        let process = match forked {
            Side::Parent(process) => process,
            Side::Child => {
                let (step, error) = become_zygote(own_users.then_some(host), init, &inside);
                let number = error.raw_os_error().unwrap_or(libc::EINVAL);
                let report = Report::Fault(step.to_owned(), number).encode();
                let _ = wire::send(&inside, &report, &[]);
                sys::exit_now(70)
            }
        };
        let zygote = Self {
            process,
            control,
            mode,
            due: Vec::new().into_iter(),
            ordered: 0,
        };
        zygote.say(&Order::Prepare { own_users }, &[])?;
        Ok(zygote)
    }

    /// Lets it make these keepers while the caller goes on.
    pub(crate) fn make(mut self, keepers: Vec<Enclosure>) -> Result<Self, Refusal> {
        self.due = keepers.into_iter();
        for _ in 0..KEEPERS_AHEAD {
            self.order()?;
        }
        Ok(self)
    }

    /// Orders one more keeper, if one is due.
    fn order(&mut self) -> Result<(), Refusal> {
        let Some(Enclosure { user, groups }) = self.due.next() else {
            return Ok(());
        };
        let flags = OFlags::WRONLY | OFlags::CLOEXEC;
        let open = |path: &PathBuf| rustix::fs::open(path, flags, FileMode::empty());
        let groups: Vec<OwnedFd> = groups
            .iter()
            .map(open)
            .collect::<Result<_, _>>()
            .map_err(|e| Refusal::step("open the control groups of a partition", &e.into()))?;
        let fds: Vec<BorrowedFd<'_>> = groups.iter().map(AsFd::as_fd).collect();
        self.say(&Order::Keeper { user }, &fds)?;
        self.ordered += 1;
        if self.due.len() == 0 {
            // It ends by itself with the last.
            let _ = rustix::net::shutdown(&self.control, Shutdown::Write);
        }
        Ok(())
    }

    fn say(&self, order: &Order, fds: &[BorrowedFd<'_>]) -> Result<(), Refusal> {
        match wire::send(&self.control, &order.encode(), fds) {
            // It says why it is gone when it is asked for a keeper.
            Err(error) if wire::is_gone(&error) => Ok(()),
            other => other.map_err(|e| Refusal::step("order a keeper", &e)),
        }
    }

    /// Waits for the next keeper. What fails in the keeper is reported at its control socket, where
    /// orders can be put at once.
    pub(crate) fn deliver(&mut self) -> Result<Partition, Refusal> {
        self.order()?;
        let message = answer(&self.control)?;
        let report = Report::decode(&message.bytes);
        // A zygote that fails says how.
        if report.is_none() {
            return Err(Refusal::unusable(
                "keeper-program",
                "`bulkhead-init` ended, or said what makes no sense: it is not of this build, or was \
                 killed"
                    .to_owned(),
                "install `bulkhead`, `bulkhead-supervisor` and `bulkhead-init` of one build in one \
                 directory",
            ));
        }
        let mut fds = message.fds.into_iter();
        let (Some(Report::Copied), Some(process), Some(control)) =
            (&report, fds.next(), fds.next())
        else {
            return Err(match report {
                Some(Report::Fault(step, number)) if step == NAMESPACES => {
                    no_partition(self.mode, &io::Error::from_raw_os_error(number))
                }
                Some(Report::Fault(step, _)) if step == LAYOUT => layout_from_below(),
                report => unexpected(report),
            });
        };
        self.ordered -= 1;
        Ok(Partition { process, control })
    }
}

impl Loaded {
    /// Orders a process for the subject of this name at the keeper with this control socket.
    pub(crate) fn order(control: &OwnedFd, name: &str) -> io::Result<Self> {
        let (gate, inside) = wire::pair()?;
        // Opened for this process alone: who shares an open file shares its status flags.
        let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOCTTY;
        let null = rustix::fs::open("/dev/null", flags, FileMode::empty())?;
        #[cfg(feature = "faults")]
        let null = crate::faults::null(null);
        let order = Order::Load(name.to_owned()).encode();
        wire::send(control, &order, &[inside.as_fd(), null.as_fd()])?;
        Ok(Self {
            gate,
            process: None,
        })
    }
}

impl Partition {
    /// How its keeper ended, once it is gone: it closes its socket a moment before its end.
    pub(crate) fn ending(&self) -> Ending {
        let mut watched = [PollFd::new(&self.process, PollFlags::IN)];
        let _ = rustix::event::poll(&mut watched, Some(&END_WAIT));
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let status = rustix::process::waitid(WaitId::PidFd(self.process.as_fd()), options);
        status.unwrap_or(None).into()
    }

    /// Waits until the keeper says that it has mapped everything; returns how many nanoseconds it
    /// took to make it.
    pub(crate) fn confirmed(&self) -> Result<u64, Refusal> {
        match Report::decode(&answer(&self.control)?.bytes) {
            Some(Report::Mapped { made_ns }) => Ok(made_ns),
            report => Err(unexpected(report)),
        }
    }
}

/// The next message of a zygote or keeper.
fn answer(control: &OwnedFd) -> Result<wire::Message, Refusal> {
    let silent = |error: io::Error| Refusal::step("start a keeper", &error);
    let mut watched = [PollFd::new(control, PollFlags::IN)];
    let limit = Timespec {
        tv_sec: ANSWER_SECONDS,
        tv_nsec: 0,
    };
    match rustix::event::poll(&mut watched, Some(&limit)) {
        Ok(0) => return Err(silent(io::ErrorKind::TimedOut.into())),
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(silent(error.into())),
    }
    wire::receive(control).map_err(silent)
}

/// Why there is no partition, in terms of what an administrator can change.
fn no_partition(mode: Mode, error: &io::Error) -> Refusal {
    let step = NAMESPACES;
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

/// Why there is no partition where the kernel has been told to use its older layout of addresses.
fn layout_from_below() -> Refusal {
    Refusal::unenforceable(
        "address-layout",
        "this kernel gives out addresses from below (`vm.legacy_va_layout` is 1), where shared memory has \
         its planned places"
            .to_owned(),
        "set it to 0, as it is by default: `sysctl vm.legacy_va_layout=0`, and its line in `/etc/sysctl.conf` \
         or `/etc/sysctl.d`",
    )
}

/// What to say of a report that is not the one that was waited for.
fn unexpected(report: Option<Report>) -> Refusal {
    match report {
        Some(Report::Fault(step, number)) => {
            Refusal::step(&step, &io::Error::from_raw_os_error(number))
        }
        _ => Refusal::step("start a keeper", &io::ErrorKind::UnexpectedEof.into()),
    }
}

/// In the new process: user 0 of a user namespace, if it has one; descriptors; the program.
fn become_zygote(
    users: Option<(u32, u32)>,
    init: BorrowedFd<'_>,
    control: &OwnedFd,
) -> (&'static str, io::Error) {
    // A session of its own: the terminal's signals are for the supervisor.
    let _ = rustix::process::setsid();
    if let Some(host) = users
        && let Err(error) = map_ids(host)
    {
        return ("map the user of a partition", error);
    }
    if let Err(error) = arrange(control) {
        return ("pass the control socket", error);
    }
    if let Err(error) = ordinary_layout() {
        return ("lay out memory in the ordinary way", error);
    }
    sys::unblock_signals();
    #[cfg(not(feature = "faults"))]
    let arguments = [c"bulkhead-init"];
    #[cfg(feature = "faults")]
    let fault = crate::faults::argument().unwrap_or_default();
    #[cfg(feature = "faults")]
    let arguments = [c"bulkhead-init", fault.as_c_str()];
    let variables: [&CStr; 1] = [c"GLIBC_TUNABLES=glibc.pthread.rseq=0"];
    (
        "start `bulkhead-init`",
        sys::execute(init, &arguments, &variables),
    )
}

/// The standard descriptors lead nowhere, the next one is the control socket.
fn arrange(control: &OwnedFd) -> io::Result<()> {
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    let null = rustix::fs::open("/dev/null", flags, FileMode::empty())?;
    // Both may have such a number if the supervisor had no standard descriptors of its own.
    let control = rustix::io::fcntl_dupfd_cloexec(control, CONTROL + 1)?;
    let null = sys::raise(null, CONTROL + 1)?;
    for number in 0..CONTROL {
        sys::place(&null, number)?;
    }
    sys::place(&control, CONTROL)
}

/// Where the kernel places what has no place of its own must not depend on who started the system:
/// with an unlimited stack it would be among the segments.
fn ordinary_layout() -> io::Result<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Stack);
    let current = Some(maximum.map_or(STACK_BYTES, |most| most.min(STACK_BYTES)));
    setrlimit(Resource::Stack, Rlimit { current, maximum })?;
    let ordinary = 0;
    #[cfg(feature = "faults")]
    let ordinary = crate::faults::layout(ordinary);
    sys::set_layout(ordinary)
}

/// User 0 inside is the supervisor's user outside: so the program keeps its rights to namespaces.
fn map_ids((user, group): (u32, u32)) -> io::Result<()> {
    std::fs::write("/proc/self/setgroups", "deny")?;
    std::fs::write("/proc/self/uid_map", format!("0 {user} 1"))?;
    std::fs::write("/proc/self/gid_map", format!("0 {group} 1"))
}
