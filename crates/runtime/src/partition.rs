//! Makes the partition of one subject: namespaces, ids, an empty root, and the keeper inside.

use crate::platform::Mode;
use crate::protocol::{CONTROL, Report};
use crate::sys::{self, Side};
use crate::wire;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode as FileMode, OFlags};
use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags};
use rustix::process::{Resource, Rlimit, Signal, getegid, geteuid};
use rustix::thread::{CapabilitiesSecureBits, CapabilitySet, CapabilitySets, Gid, Uid};
use std::ffi::CStr;
use std::io;
use std::path::PathBuf;

/// Namespaces every partition has of its own: mounts, host name, IPC, processes, network, control
/// groups, clock offsets.
const NAMESPACES: u64 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWCGROUP) as u64
    | libc::CLONE_NEWTIME as u64;
/// An unprivileged supervisor adds a user namespace, which gives it the right to make the others.
const USER_NAMESPACE: u64 = libc::CLONE_NEWUSER as u64;

/// A partition with its keeper. Dropping it ends everything in it.
pub(crate) struct Partition {
    /// The keeper's process.
    pub process: OwnedFd,
    /// The supervisor's end of the keeper's control socket.
    pub control: OwnedFd,
    /// Process id of the keeper on the host.
    pub pid: u32,
}

impl Drop for Partition {
    fn drop(&mut self) {
        sys::end_process(&self.process);
    }
}

/// Starts a keeper in fresh namespaces and in the control groups behind these files. What fails
/// inside is reported on the control socket.
pub(crate) fn create(
    mode: Mode,
    user: u32,
    init: BorrowedFd<'_>,
    groups: &[PathBuf],
) -> io::Result<Partition> {
    let (control, inside) = wire::pair()?;
    let null = rustix::fs::open(
        "/dev/null",
        OFlags::RDWR | OFlags::CLOEXEC,
        FileMode::empty(),
    )?;
    let flags = match mode {
        Mode::Privileged => NAMESPACES,
        Mode::Unprivileged => NAMESPACES | USER_NAMESPACE,
    };
    let (host_user, host_group) = (geteuid().as_raw(), getegid().as_raw());
    match sys::fork(flags)? {
        Side::Parent(process) => {
            let pid = pid_of(process.as_fd())?;
            Ok(Partition {
                process,
                control,
                pid,
            })
        }
        Side::Child => {
            let host = (host_user, host_group);
            let entered = enter(groups);
            let enclosed = entered.and_then(|()| enclose(mode, user, host, &null, inside.as_fd()));
            let (step, error) = match enclosed {
                Ok(()) => {
                    let variables: [&CStr; 1] = [c"GLIBC_TUNABLES=glibc.pthread.rseq=0"];
                    (
                        "start `bulkhead-init`",
                        sys::execute(init, &[c"bulkhead-init"], &variables),
                    )
                }
                Err(failed) => failed,
            };
            let number = error.raw_os_error().unwrap_or(libc::EINVAL);
            let report = Report::Fault(step.to_owned(), number).encode();
            let _ = wire::send(&inside, &report, &[]);
            sys::exit_now(70)
        }
    }
}

/// In the new process, first of all: goes under the limits of the partition.
fn enter(groups: &[PathBuf]) -> Result<(), (&'static str, io::Error)> {
    let enter = |file| std::fs::write(file, "0");
    let mut groups = groups.iter();
    let entered = groups.try_for_each(enter);
    entered.map_err(|e| ("put a partition into its control groups", e))
}

/// In the new process: everything that needs rights, then the rights themselves go.
fn enclose(
    mode: Mode,
    user: u32,
    host: (u32, u32),
    null: &OwnedFd,
    control: BorrowedFd<'_>,
) -> Result<(), (&'static str, io::Error)> {
    // A session of its own: the terminal's signals are for the supervisor.
    let _ = rustix::process::setsid();
    if mode == Mode::Unprivileged {
        map_ids(user, host).map_err(|e| ("map the user of a partition", e))?;
    }
    // The control socket may have a standard number if the supervisor had none of its own.
    let control = rustix::io::fcntl_dupfd_cloexec(control, CONTROL + 1)
        .map_err(|e| ("pass the control socket", e.into()))?;
    for number in 0..CONTROL {
        sys::place(null, number).map_err(|e| ("close the standard descriptors", e))?;
    }
    sys::place(&control, CONTROL).map_err(|e| ("pass the control socket", e))?;
    let nothing = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    rustix::process::setrlimit(Resource::Core, nothing)
        .map_err(|e| ("forbid core files", e.into()))?;
    empty_root().map_err(|e| ("make an empty root directory", e))?;
    drop_rights(mode, user).map_err(|e| ("drop the rights of a partition", e))?;
    rustix::thread::set_no_new_privs(true).map_err(|e| ("renounce new privileges", e.into()))?;
    // Only now: a change of ids would silently clear it.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|e| ("die with the supervisor", e.into()))?;
    sys::unblock_signals();
    Ok(())
}

fn map_ids(user: u32, (host_user, host_group): (u32, u32)) -> io::Result<()> {
    std::fs::write("/proc/self/setgroups", "deny")?;
    std::fs::write("/proc/self/uid_map", format!("{user} {host_user} 1"))?;
    std::fs::write("/proc/self/gid_map", format!("{user} {host_group} 1"))
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

/// Ids and capabilities: the bounding set first, which takes a capability itself.
fn drop_rights(mode: Mode, user: u32) -> io::Result<()> {
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
    if mode == Mode::Privileged {
        let (group, user) = (Gid::from_raw(user), Uid::from_raw(user));
        rustix::thread::set_thread_groups(&[])?;
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
    Ok(())
}

/// The process id behind a process descriptor, as this process sees it.
pub(crate) fn pid_of(process: BorrowedFd<'_>) -> io::Result<u32> {
    use rustix::fd::AsRawFd;
    let text = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", process.as_raw_fd()))?;
    let pid = text
        .lines()
        .find_map(|line| line.strip_prefix("Pid:")?.trim().parse().ok());
    pid.ok_or_else(|| io::ErrorKind::NotFound.into())
}
