//! The tables: calls that are treated alike whatever their arguments.

use libc::c_long;

/// Permitted whatever the arguments: they concern only the process itself or a descriptor it has.
pub(super) const ALWAYS: [c_long; 21] = [
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_brk,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_nanosleep,
    libc::SYS_getrandom,
    libc::SYS_rseq,
    libc::SYS_ppoll,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_restart_syscall,
    libc::SYS_getcpu,
    libc::SYS_gettimeofday,
];

/// Refused with `EPERM` and counted: programs try these and go on without.
pub(super) const PROBED: [c_long; 14] = [
    libc::SYS_openat,
    libc::SYS_newfstatat,
    // Who looks at a file makes the times of the next write finer, which its writer can see; and the number
    // of a socket counts what the whole machine has opened.
    libc::SYS_fstat,
    libc::SYS_statx,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_getcwd,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_sched_setaffinity,
    libc::SYS_statfs,
    libc::SYS_dup,
    libc::SYS_membarrier,
    // Also the name of a thread, which every user of the machine can read.
    libc::SYS_prctl,
];

#[cfg(target_arch = "x86_64")]
pub(super) const ALWAYS_OLD: [c_long; 2] = [libc::SYS_poll, libc::SYS_time];
#[cfg(target_arch = "x86_64")]
pub(super) const PROBED_OLD: [c_long; 4] = [
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
];
/// Refused with `EPERM`, not counted: a C library tries it at each start, to learn where its program is.
#[cfg(target_arch = "x86_64")]
pub(super) const AT_START: [c_long; 2] = [libc::SYS_readlinkat, libc::SYS_readlink];
#[cfg(target_arch = "x86_64")]
pub(super) const SET_FS: Option<(c_long, u32)> = Some((libc::SYS_arch_prctl, 0x1002));

#[cfg(not(target_arch = "x86_64"))]
pub(super) const ALWAYS_OLD: [c_long; 0] = [];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const PROBED_OLD: [c_long; 0] = [];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const AT_START: [c_long; 1] = [libc::SYS_readlinkat];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const SET_FS: Option<(c_long, u32)> = None;

/// Calls that the kernel lets past every filter on x86-64: number, version of Linux that begins it, and what
/// becomes of such a call of a program in which no probe was set. Older versions with these numbers back-ported do
/// the same.
pub const PAST_EVERY_FILTER: [(u32, (u32, u32), &str); 2] = [
    (335, (6, 14), "the kernel ends the program by `SIGILL`"),
    (336, (6, 18), "error `ENXIO`, nothing else"),
];
