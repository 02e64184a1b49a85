//! The zygote: program `bulkhead-init` before it is a keeper; one process per run.
//!
//! It makes an empty root. For each keeper it enters fresh namespaces and copies itself; the copy stays
//! in them, enters its control groups, gives up all rights and begins to serve. So a partition costs
//! neither the start of a program nor a change of the root, and it is made while the supervisor reads
//! programs. The zygote ends before the first subject runs. It never gets a segment, an image or a
//! grant, so no copy of it has any.

use crate::keeper::Origin;
use crate::limits::CORE_BYTES;
use crate::protocol::{CONTROL, Order, Report};
use crate::sys::{self, Side, memory};
use crate::victim;
use crate::wire;
use crate::words;
use plan::linux::ADDRESS_END;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode as FileMode, OFlags};
use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags};
use rustix::process::{Resource, Rlimit, Signal};
use rustix::thread::{CapabilitiesSecureBits, CapabilitySet, CapabilitySets, Gid, Uid};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::time::Instant;

/// Namespaces that are entered before a keeper is copied: mounts, host name, IPC, network, control
/// groups.
const ENTERED: i32 = libc::CLONE_NEWNS
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWCGROUP;
/// What comes with the copy: process namespace, clock offsets, and the supervisor as its parent,
/// with whom it dies.
const COPIED: u64 =
    libc::CLONE_NEWPID as u64 | libc::CLONE_NEWTIME as u64 | libc::CLONE_PARENT as u64;
/// In an unprivileged run each partition has a user namespace of its own, too.
const USER_NAMESPACE: u64 = libc::CLONE_NEWUSER as u64;
/// Most bytes read of the own map of memory.
const MAPS_BYTES_MAX: u64 = 1 << 20;
/// Exit status of a zygote or keeper that cannot go on.
const LOST: i32 = 70;

/// A step that failed, and why.
type Failed = (&'static str, io::Error);

/// Runs the zygote in this process. Each copy of it becomes a keeper by this function, with its
/// end of its control socket.
pub fn run(keeper: fn(OwnedFd, Origin) -> !) -> ! {
    let Some(control) = sys::inherited(CONTROL) else {
        words::say(format_args!(
            "`bulkhead-init` is started by `bulkhead-supervisor`, not by hand"
        ));
        sys::exit_now(2)
    };
    let zygote = Zygote { control, keeper };
    let status = match zygote.serve() {
        Ok(()) => 0,
        Err(_) => LOST,
    };
    sys::exit_now(status)
}

struct Zygote {
    control: OwnedFd,
    keeper: fn(OwnedFd, Origin) -> !,
}

impl Zygote {
    /// Serves until the supervisor needs it no more, or is gone.
    fn serve(&self) -> io::Result<()> {
        let confused = || io::Error::from(io::ErrorKind::InvalidData);
        let Some((Order::Prepare { own_users }, _)) = self.order()? else {
            return Err(confused());
        };
        let (processes, kernel) = match prepare(own_users) {
            Ok(prepared) => prepared,
            Err(failed) => return self.give_up(failed),
        };
        let users = own_users.then_some(&processes);
        while let Some((order, groups)) = self.order()? {
            let Order::Keeper { user } = order else {
                return Err(confused());
            };
            if let Err(error) = self.copy(users, user, groups, &kernel) {
                return self.give_up((NAMESPACES, error));
            }
        }
        Ok(())
    }

    /// Makes one keeper in namespaces of its own and hands it over.
    fn copy(
        &self,
        users: Option<&OwnedFd>,
        user: u32,
        groups: Vec<OwnedFd>,
        kernel: &Range<usize>,
    ) -> io::Result<()> {
        let begin = Instant::now();
        let (entered, copied) = (ENTERED, COPIED);
        #[cfg(feature = "faults")]
        let (entered, copied) = (
            crate::faults::entered(entered),
            crate::faults::copied(copied),
        );
        sys::enter_new_namespaces(entered)?;
        let (control, inside) = wire::pair()?;
        let flags = copied | if users.is_some() { USER_NAMESPACE } else { 0 };
        match sys::fork(flags)? {
            Side::Child => {
                // Otherwise it would not see its end.
                drop(control);
                let control = self.take_place(inside);
                match take_leave(users, user, groups) {
                    Ok(()) => {
                        let (made, kernel) = (begin.elapsed(), kernel.clone());
                        (self.keeper)(control, Origin { made, kernel })
                    }
                    Err(failed) => {
                        let _ = wire::send(&control, &fault(&failed).encode(), &[]);
                        sys::exit_now(LOST)
                    }
                }
            }
            Side::Parent(process) => {
                let report = Report::Copied.encode();
                wire::send(&self.control, &report, &[process.as_fd(), control.as_fd()])
            }
        }
    }

    /// The next order and what is beside it; none when the supervisor is gone.
    fn order(&self) -> io::Result<Option<(Order, Vec<OwnedFd>)>> {
        let message = wire::receive(&self.control)?;
        if message.is_end() {
            return Ok(None);
        }
        let order = Order::decode(&message.bytes).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Some((order, message.fds)))
    }

    /// Says why, and stays as long as the supervisor may send: it would be told of a reset first.
    fn give_up(&self, failed: Failed) -> io::Result<()> {
        wire::send(&self.control, &fault(&failed).encode(), &[])?;
        while !wire::receive(&self.control)?.is_end() {}
        Ok(())
    }

    /// In the copy: puts its end of its control socket where the zygote's is.
    fn take_place(&self, control: OwnedFd) -> OwnedFd {
        // The zygote's socket is closed by this; its owner never runs here.
        if sys::place(&control, CONTROL).is_err() {
            sys::exit_now(LOST)
        }
        std::mem::forget(control);
        sys::inherited(CONTROL).unwrap_or_else(|| sys::exit_now(LOST))
    }
}

/// The step that fails where namespaces may not be made, or no more of them.
pub(crate) const NAMESPACES: &str = "create the namespaces of a partition";

/// The step that fails where the kernel gives out addresses from below, among which segments belong.
pub(crate) const LAYOUT: &str = "keep the addresses of segments free";

fn fault((step, error): &Failed) -> Report {
    let number = error.raw_os_error().unwrap_or(libc::EINVAL);
    Report::Fault((*step).to_owned(), number)
}

/// Everything that all keepers have in common; returns the directory of processes, which the empty
/// root no longer shows, and where the kernel's own pages are.
fn prepare(own_users: bool) -> Result<(OwnedFd, Range<usize>), Failed> {
    let least = Rlimit {
        current: Some(CORE_BYTES),
        maximum: Some(CORE_BYTES),
    };
    rustix::process::setrlimit(Resource::Core, least)
        .map_err(|e| ("forbid core files", e.into()))?;
    // No handler of this program reaches a subject.
    sys::signals_to_default();
    die_with_supervisor()?;
    sys::schedule_normally().map_err(|e| ("schedule partitions in the ordinary way", e))?;
    victim::spare_keepers();
    if memory::unasked_place().map_err(|e| (LAYOUT, e))? < ADDRESS_END {
        return Err((LAYOUT, io::ErrorKind::AddrInUse.into()));
    }
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let processes = rustix::fs::open("/proc", flags, FileMode::empty())
        .map_err(|e| ("open `/proc`", e.into()))?;
    leave_no_core(&processes);
    let kernel = kernel_pages(&processes).map_err(|e| ("find the kernel's pages", e))?;
    sys::enter_new_namespaces(libc::CLONE_NEWNS).map_err(|e| (NAMESPACES, e))?;
    empty_root().map_err(|e| ("make an empty root directory", e))?;
    #[cfg(feature = "faults")]
    crate::faults::prepared(&processes);
    #[cfg(feature = "faults")]
    if crate::faults::is("keeper-new-privileges") {
        return Ok((processes, kernel));
    }
    rustix::thread::set_no_new_privs(true).map_err(|e| ("renounce new privileges", e.into()))?;
    #[cfg(feature = "faults")]
    if crate::faults::is("bounding-set-kept") {
        return Ok((processes, kernel));
    }
    if !own_users {
        never_gain().map_err(|e| (RIGHTS, e))?;
    }
    Ok((processes, kernel))
}

/// What handlers of crashes get that are not told by a pipe, and so do not mind the limit: nothing of
/// memory. Kernels that write no cores have no such file.
fn leave_no_core(processes: &OwnedFd) {
    let flags = OFlags::WRONLY | OFlags::CLOEXEC;
    let filter = rustix::fs::openat(processes, "self/coredump_filter", flags, FileMode::empty());
    if let Ok(filter) = filter {
        let _ = rustix::io::write(&filter, b"0");
    }
}

/// Where the kernel has placed its own code and data for programs; empty if nowhere.
fn kernel_pages(processes: &OwnedFd) -> io::Result<Range<usize>> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let file = rustix::fs::openat(processes, "self/maps", flags, FileMode::empty())?;
    let mut text = String::new();
    File::from(file)
        .take(MAPS_BYTES_MAX)
        .read_to_string(&mut text)?;
    let address = |text: &str| usize::from_str_radix(text, 16).ok();
    let range = |line: &str| {
        let (first, rest) = line.split_once('-')?;
        let (end, rest) = rest.split_once(' ')?;
        let named = ["[vdso]", "[vvar]", "[vvar_vclock]"];
        let own = named.iter().any(|name| rest.ends_with(name));
        own.then(|| Some(address(first)?..address(end)?)).flatten()
    };
    let join = |all: Range<usize>, one: Range<usize>| match all.is_empty() {
        true => one,
        false => all.start.min(one.start)..all.end.max(one.end),
    };
    Ok(text.lines().filter_map(range).fold(0..0, join))
}

const RIGHTS: &str = "drop the rights of a partition";

fn die_with_supervisor() -> Result<(), Failed> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|e| ("die with the supervisor", e.into()))
}

/// Replaces the root by an empty directory that nobody can write.
fn empty_root() -> io::Result<()> {
    let apart = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    rustix::mount::mount_change("/", apart)?;
    let flags = MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    // Any directory will do, and this one exists.
    rustix::mount::mount(
        "none",
        "/proc",
        "tmpfs",
        flags,
        c"size=4k,nr_inodes=2,mode=555",
    )?;
    rustix::process::chdir("/proc")?;
    rustix::process::pivot_root(".", ".")?;
    rustix::mount::unmount(".", UnmountFlags::DETACH)?;
    rustix::process::chdir("/")?;
    Ok(())
}

/// In the keeper: enters its control groups, then gives up everything that it shall not have.
fn take_leave(users: Option<&OwnedFd>, user: u32, groups: Vec<OwnedFd>) -> Result<(), Failed> {
    die_with_supervisor()?;
    for group in &groups {
        rustix::io::write(group, b"0")
            .map_err(|e| ("put a partition into its control groups", e.into()))?;
    }
    // A session of its own: the terminal's signals are for the supervisor.
    let _ = rustix::process::setsid();
    if let Some(processes) = users {
        map_ids(processes, user).map_err(|e| ("map the user of a partition", e))?;
        never_gain().map_err(|e| (RIGHTS, e))?;
    }
    // The owners of what this closes never run here.
    std::mem::forget(groups);
    sys::close_numbers(CONTROL.cast_unsigned() + 1, u32::MAX)
        .map_err(|e| ("close descriptors", e))?;
    #[cfg(feature = "faults")]
    crate::faults::leaving();
    #[cfg(feature = "faults")]
    let user = user + u32::from(crate::faults::is("user-of-another"));
    #[cfg(feature = "faults")]
    if crate::faults::is("rights-kept") {
        return die_with_supervisor();
    }
    drop_rights(users.is_none(), user).map_err(|e| (RIGHTS, e))?;
    // Once more: the change of ids has silently cleared it.
    die_with_supervisor()
}

/// Maps the user of the plan, and no other, to the zygote's.
fn map_ids(processes: &OwnedFd, user: u32) -> io::Result<()> {
    for (file, content) in [
        ("self/setgroups", "deny".to_owned()),
        ("self/uid_map", format!("{user} 0 1")),
        ("self/gid_map", format!("{user} 0 1")),
    ] {
        let flags = OFlags::WRONLY | OFlags::CLOEXEC;
        let file = rustix::fs::openat(processes, file, flags, FileMode::empty())?;
        rustix::io::write(file, content.as_bytes())?;
    }
    Ok(())
}

/// What a process can never get back: special treatment of user 0, and the bounding set, whose
/// reduction takes a capability itself.
fn never_gain() -> io::Result<()> {
    let locked = CapabilitiesSecureBits::NO_ROOT
        | CapabilitiesSecureBits::NO_ROOT_LOCKED
        | CapabilitiesSecureBits::KEEP_CAPS_LOCKED
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE_LOCKED;
    rustix::thread::set_capabilities_secure_bits(locked)?;
    rustix::thread::clear_ambient_capability_set()?;
    for bit in 0..64 {
        let one = CapabilitySet::from_bits_retain(1 << bit);
        match rustix::thread::remove_capability_from_bounding_set(one) {
            Ok(()) => {}
            // Beyond the last capability this kernel knows.
            Err(rustix::io::Errno::INVAL) if bit > 0 => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Ids, where they are not mapped, and all capabilities.
fn drop_rights(ids: bool, user: u32) -> io::Result<()> {
    if ids {
        let (group, user) = (Gid::from_raw(user), Uid::from_raw(user));
        rustix::thread::set_thread_groups(&[])?;
        #[cfg(feature = "faults")]
        if crate::faults::is("groups-further") {
            rustix::thread::set_thread_groups(&[Gid::from_raw(27)])?;
        }
        rustix::thread::set_thread_res_gid(group, group, group)?;
        rustix::thread::set_thread_res_uid(user, user, user)?;
    }
    let none = CapabilitySet::empty();
    let sets = CapabilitySets {
        effective: none,
        permitted: none,
        inheritable: none,
    };
    rustix::thread::set_capabilities(None, sets)?;
    if ids {
        // An unprivileged supervisor could not look into the partition any more.
        sys::not_dumpable()?;
    }
    Ok(())
}
