//! The system calls that no safe library offers, and the raw memory of the loader.
//!
//! Together with [`leave`], [`memory`] and [`socket`] this is the only `unsafe` code of the crate.

pub(crate) mod leave;
pub(crate) mod memory;
pub(crate) mod socket;

use rustix::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ffi::CStr;
use std::io;
use std::time::Duration;

/// One instruction of a classic BPF program, as the kernel reads it.
pub(crate) use libc::sock_filter as Instruction;

/// Which side of a [`fork`] this is.
pub(crate) enum Side {
    /// The caller, with a descriptor of the new process.
    Parent(OwnedFd),
    /// The new process.
    Child,
}

/// Copies this process with the given flags (`CLONE_NEW…`, `CLONE_PARENT`, or 0). The caller must
/// be single-threaded: then the copy may go on as if nothing had happened.
pub(crate) fn fork(flags: u64) -> io::Result<Side> {
    let mut pidfd: RawFd = -1;
    // A sibling has the signal of this process, and none may be given.
    let sibling = flags & libc::CLONE_PARENT as u64 != 0;
    let signal = if sibling { 0 } else { libc::SIGCHLD };
    // The first version of the structure, 64 bytes: flags, pidfd, child_tid, parent_tid,
    // exit_signal, stack, stack_size, tls.
    let arguments: [u64; 8] = [
        flags | libc::CLONE_PIDFD as u64,
        (&raw mut pidfd) as u64,
        0,
        0,
        signal as u64,
        0,
        0,
        0,
    ];
    // SAFETY: the structure is as long as said and its only pointer is to a live integer. Without
    // CLONE_VM and with no stack given the child runs on its own copy of this memory, like after
    // fork; the process is single-threaded, so no lock is held by a thread that the child lacks.
    let pid = unsafe {
        libc::syscall(
            libc::SYS_clone3,
            arguments.as_ptr(),
            size_of_val(&arguments),
        )
    };
    match pid {
        0 => Ok(Side::Child),
        pid if pid > 0 => {
            // SAFETY: the kernel opened this descriptor for us with the success of the call.
            Ok(Side::Parent(unsafe { OwnedFd::from_raw_fd(pidfd) }))
        }
        _ => Err(io::Error::last_os_error()),
    }
}

/// Replaces this process by the program behind a descriptor; returns only if that failed.
pub(crate) fn execute(
    program: BorrowedFd<'_>,
    arguments: &[&CStr],
    variables: &[&CStr],
) -> io::Error {
    let pointers = |texts: &[&CStr]| -> Vec<*const libc::c_char> {
        let texts = texts.iter().map(|text| text.as_ptr());
        texts.chain([std::ptr::null()]).collect()
    };
    let (arguments, variables) = (pointers(arguments), pointers(variables));
    // SAFETY: both arrays end with a null pointer and hold pointers to live C strings.
    unsafe {
        libc::syscall(
            libc::SYS_execveat,
            program.as_raw_fd(),
            c"".as_ptr(),
            arguments.as_ptr(),
            variables.as_ptr(),
            libc::AT_EMPTY_PATH,
        );
    }
    io::Error::last_os_error()
}

/// Leaves the namespaces of these kinds (`CLONE_NEW…`) for new ones.
pub(crate) fn enter_new_namespaces(kinds: i32) -> io::Result<()> {
    // SAFETY: changes what names mean to this process; it has no effect on memory.
    match unsafe { libc::unshare(kinds) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Ends this process at once, without unwinding or handlers.
pub(crate) fn exit_now(status: i32) -> ! {
    // SAFETY: ends the process; there is nothing to keep.
    unsafe { libc::_exit(status) }
}

/// Whether one of these processes has ended, collected or not, or ends within this time.
pub(crate) fn one_has_ended(processes: &[&OwnedFd], within: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let within = Timespec {
        tv_sec: i64::try_from(within.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: within.subsec_nanos().into(),
    };
    let processes = processes.iter().map(|own| own.as_fd());
    let watch = |process| PollFd::from_borrowed_fd(process, PollFlags::IN);
    let mut watched: Vec<PollFd<'_>> = processes.map(watch).collect();
    // A signal that interrupts the wait ends it: nobody has ended then.
    matches!(poll(&mut watched, Some(&within)), Ok(1..))
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

/// Kills a child of this process and collects it.
pub(crate) fn end_process(process: &OwnedFd) {
    use rustix::process::{Signal, WaitId, WaitIdOptions, pidfd_send_signal, waitid};
    // It may be gone already.
    let _ = pidfd_send_signal(process, Signal::KILL);
    let id = || WaitId::PidFd(process.as_fd());
    while let Err(rustix::io::Errno::INTR) = waitid(id(), WaitIdOptions::EXITED) {}
}

/// Makes a received descriptor number owned; for descriptors inherited through exec.
///
/// Returns none if the number is not open.
pub(crate) fn inherited(number: RawFd) -> Option<OwnedFd> {
    // SAFETY: asks for flags only.
    let open = unsafe { libc::fcntl(number, libc::F_GETFD) } >= 0;
    // SAFETY: it is open, and the callers (the entry points of the two programs) take each number
    // once, before anything else was opened.
    open.then(|| unsafe { OwnedFd::from_raw_fd(number) })
}

/// Duplicates a descriptor to exactly this number, without close-on-exec; what was there is closed.
pub(crate) fn place(fd: impl AsFd, number: RawFd) -> io::Result<()> {
    // SAFETY: plain call on a live descriptor. The callers are about to execute or to jump: nobody
    // owns the overwritten number any more.
    match unsafe { libc::dup2(fd.as_fd().as_raw_fd(), number) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Duplicates a descriptor to the lowest free number from `least` on and forgets the original.
pub(crate) fn raise(fd: OwnedFd, least: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: plain call on a live descriptor.
    match unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, least) } {
        -1 => Err(io::Error::last_os_error()),
        // SAFETY: the kernel just opened this descriptor for us.
        number => Ok(unsafe { OwnedFd::from_raw_fd(number) }),
    }
}

/// Closes every descriptor from `first` to `last`. The caller owns none of them any more.
pub(crate) fn close_numbers(first: u32, last: u32) -> io::Result<()> {
    // SAFETY: the callers are single-threaded processes about to execute or to jump, which forgot
    // the owners of these descriptors.
    match unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Every signal to its default action, none blocked, no alternative stack; file size overruns
/// ignored, so that a write beyond a quota is an error the subject sees.
pub(crate) fn signals_to_default() {
    // SAFETY: installing default actions and an empty mask cannot break memory safety; signals that
    // cannot be changed are refused by the kernel, which is fine.
    unsafe {
        // By the bare call: the C library keeps two signals for itself and refuses to change them.
        let default = [0_u64; 4];
        let nowhere = std::ptr::null_mut::<u64>();
        for signal in 1..=64 {
            let new = default.as_ptr();
            libc::syscall(libc::SYS_rt_sigaction, signal, new, nowhere, 8);
        }
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        let none = libc::stack_t {
            ss_sp: std::ptr::null_mut(),
            ss_flags: libc::SS_DISABLE,
            ss_size: 0,
        };
        libc::sigaltstack(&raw const none, std::ptr::null_mut());
    }
    unblock_signals();
}

/// Blocks no signal any more. Handlers of this program end with its replacement anyway.
pub(crate) fn unblock_signals() {
    // SAFETY: the set lives through the calls; an empty mask cannot break memory safety.
    unsafe {
        let mut empty = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&raw mut empty);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const empty, std::ptr::null_mut());
    }
}

/// Puts this process, and what it will copy, under the ordinary scheduler: whoever started the system
/// may run in real time, a subject would then starve others, and its control groups refuse it.
pub(crate) fn schedule_normally() -> io::Result<()> {
    let ordinary = libc::sched_param { sched_priority: 0 };
    // SAFETY: the kernel reads one live structure.
    match unsafe { libc::sched_setscheduler(0, libc::SCHED_OTHER, &raw const ordinary) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Forgets what the caller's caller asked of the layout of memory: without randomness, from below, or
/// executable whatever is read. 0 is the ordinary layout.
pub(crate) fn set_layout(ordinary: libc::c_ulong) -> io::Result<()> {
    // SAFETY: changes where later programs are placed; it has no effect on the memory of this one.
    match unsafe { libc::personality(ordinary) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Makes the kernel forget where arguments and environment of this program lay: others are shown
/// their place as the command line, whatever is put there later. Code and stack are said to be here.
///
/// # Errors
/// This kernel cannot (it is built without `CONFIG_CHECKPOINT_RESTORE`).
pub(crate) fn forget_arguments(code: &std::ops::Range<usize>, stack: usize) -> io::Result<()> {
    // SAFETY: asks for the end of the heap, and changes nothing.
    let heap = unsafe { libc::syscall(libc::SYS_brk, 0) }.cast_unsigned();
    let (stack, start) = (stack as u64, code.start as u64);
    // `struct prctl_mm_map` (linux/prctl.h): start and end of the code, of the data, and of the heap;
    // the stack; start and end of the arguments, and of the environment; no auxiliary vector, of no
    // bytes; and, in the second half of the last word, no program.
    let map: [u64; 13] = [
        start,
        code.end as u64,
        start,
        start,
        heap,
        heap,
        stack,
        stack,
        stack,
        stack,
        stack,
        0,
        u64::from(u32::MAX) << 32,
    ];
    // SAFETY: the kernel reads one live structure, and changes what it says about this process only.
    let answer = unsafe {
        libc::prctl(
            libc::PR_SET_MM,
            libc::PR_SET_MM_MAP,
            &raw const map,
            size_of_val(&map),
            0,
        )
    };
    if answer == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Whether two descriptors, each of a process, are one open file description.
///
/// # Errors
/// The kernel cannot compare them (it is built without `CONFIG_KCMP`), this process may not look at both, or one
/// of them is gone.
pub(crate) fn is_one_open_file(one: (u32, i32), other: (u32, i32)) -> io::Result<bool> {
    // `KCMP_FILE` (linux/kcmp.h).
    const FILE: libc::c_int = 0;
    // SAFETY: compares objects of the kernel by numbers; it has no effect on memory.
    let order = unsafe { libc::syscall(libc::SYS_kcmp, one.0, other.0, FILE, one.1, other.1) };
    match order {
        -1 => Err(io::Error::last_os_error()),
        order => Ok(order == 0),
    }
}

/// The file that a loop device shows as a disk: its device, its inode, and its number if it is a device
/// itself. None of a device that is no loop device, or is free.
pub(crate) fn loop_backing(device: BorrowedFd<'_>) -> Option<(u64, u64, u64)> {
    // `LOOP_GET_STATUS64` and `struct loop_info64` (linux/loop.h), in words: device, inode and number of the
    // file come first.
    const STATUS: libc::Ioctl = 0x4c05;
    let mut info = [0u64; 29];
    // SAFETY: the kernel fills at most the 232 bytes of the live structure.
    let answer = unsafe { libc::ioctl(device.as_raw_fd(), STATUS, info.as_mut_ptr()) };
    let [file_device, inode, number, ..] = info;
    (answer == 0).then_some((file_device, inode, number))
}

/// Nobody but root may look into this process, and its memory is handed to no handler of crashes.
pub(crate) fn not_dumpable() -> io::Result<()> {
    // SAFETY: plain call without pointers.
    match unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The signals that ask for an end.
fn termination() -> libc::sigset_t {
    // SAFETY: the set is live, and all-zero bytes are a valid value of it.
    unsafe {
        let mut set = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&raw mut set);
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
            libc::sigaddset(&raw mut set, signal);
        }
        set
    }
}

/// Blocks the signals that ask for an end, in this thread; returns what was blocked before.
pub(crate) fn block_termination() -> libc::sigset_t {
    let wanted = termination();
    let mut before = wanted;
    // SAFETY: both sets live through the call, which fails only for a wrong first argument.
    unsafe {
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const wanted, &raw mut before);
    }
    before
}

/// Blocks exactly these signals in this thread.
pub(crate) fn restore_signals(blocked: &libc::sigset_t) {
    // SAFETY: as above.
    unsafe {
        libc::pthread_sigmask(libc::SIG_SETMASK, blocked, std::ptr::null_mut());
    }
}

/// Blocks the signals that ask for an end and returns a descriptor from which they can be read. Blocks
/// also what would kill or stop for a write: beyond a limit, or to a terminal from behind.
pub(crate) fn termination_signals() -> io::Result<OwnedFd> {
    let set = termination();
    // SAFETY: the sets live through the calls; a signal descriptor has no memory effects.
    unsafe {
        let mut blocked = set;
        for signal in [libc::SIGXFSZ, libc::SIGTTOU, libc::SIGTSTP] {
            libc::sigaddset(&raw mut blocked, signal);
        }
        if libc::sigprocmask(libc::SIG_BLOCK, &raw const blocked, std::ptr::null_mut()) != 0 {
            return Err(io::Error::last_os_error());
        }
        match libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) {
            -1 => Err(io::Error::last_os_error()),
            number => Ok(OwnedFd::from_raw_fd(number)),
        }
    }
}

/// Whether the kernel knows the filter's actions and notifications.
pub(crate) fn filter_mechanisms() -> io::Result<()> {
    for action in [libc::SECCOMP_RET_USER_NOTIF, libc::SECCOMP_RET_KILL_PROCESS] {
        // SAFETY: the kernel reads one live integer.
        let answer = unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_GET_ACTION_AVAIL,
                0,
                &raw const action,
            )
        };
        if answer != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Puts this process under a filter and returns the listener for its notifications.
pub(crate) fn install_filter(program: &[Instruction]) -> io::Result<OwnedFd> {
    let length = u16::try_from(program.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let program = libc::sock_fprog {
        len: length,
        filter: program.as_ptr().cast_mut(),
    };
    // SAFETY: the kernel copies `len` instructions from a live array and validates them.
    let number = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
            &raw const program,
        )
    };
    match RawFd::try_from(number) {
        // SAFETY: the kernel just opened this descriptor for us.
        Ok(number) if number >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(number) }),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Puts this process under a filter without a listener.
#[cfg(feature = "faults")]
pub(crate) fn install_filter_quietly(program: &[Instruction]) -> io::Result<()> {
    let length = u16::try_from(program.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let program = libc::sock_fprog {
        len: length,
        filter: program.as_ptr().cast_mut(),
    };
    let mode = libc::SECCOMP_SET_MODE_FILTER;
    // SAFETY: the kernel copies `len` instructions from a live array and validates them.
    match unsafe { libc::syscall(libc::SYS_seccomp, mode, 0, &raw const program) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// A call that a filter handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    /// By which it is answered.
    pub id: u64,
    /// System call number.
    pub number: i64,
    /// Its arguments.
    pub arguments: [u64; 6],
}

/// Takes one pending notification; none if its process is gone. Only after the listener was
/// reported readable, otherwise it waits.
pub(crate) fn take_notification(listener: BorrowedFd<'_>) -> Option<Notification> {
    // SAFETY: all-zero bytes are a valid value of this plain structure.
    let mut taken = unsafe { std::mem::zeroed::<libc::seccomp_notif>() };
    // SAFETY: the kernel fills the live structure whose size is part of the request number.
    let answer = unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            libc::SECCOMP_IOCTL_NOTIF_RECV,
            &raw mut taken,
        )
    };
    (answer == 0).then_some(Notification {
        id: taken.id,
        number: i64::from(taken.data.nr),
        arguments: taken.data.args,
    })
}

/// Answers a call that was handed over with an error, if its process is still there.
pub(crate) fn refuse_notified(listener: BorrowedFd<'_>, id: u64, error: i32) {
    let answer = libc::seccomp_notif_resp {
        id,
        val: 0,
        error: -error,
        flags: 0,
    };
    // SAFETY: the kernel reads the live structure whose size is part of the request number.
    unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            libc::SECCOMP_IOCTL_NOTIF_SEND,
            &raw const answer,
        );
    }
}

/// Attaches a filter that drops everything a socket would receive, for good.
pub(crate) fn drop_all_input(socket: BorrowedFd<'_>) -> io::Result<()> {
    let refuse = [Instruction {
        code: 0x06,
        jt: 0,
        jf: 0,
        k: 0,
    }];
    let program = libc::sock_fprog {
        len: 1,
        filter: refuse.as_ptr().cast_mut(),
    };
    let locked: libc::c_int = 1;
    for (option, value, length) in [
        (
            libc::SO_ATTACH_FILTER,
            (&raw const program).cast::<libc::c_void>(),
            size_of_val(&program),
        ),
        (
            libc::SO_LOCK_FILTER,
            (&raw const locked).cast(),
            size_of_val(&locked),
        ),
    ] {
        // SAFETY: the kernel reads `length` bytes of a live value.
        let answer = unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                libc::SOL_SOCKET,
                option,
                value,
                length as libc::socklen_t,
            )
        };
        if answer != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}
