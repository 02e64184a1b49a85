//! Every object that a partition has, or that shows something of it: who else can reach it, which
//! permitted calls read or change it, and why nothing is carried that way, or how much.

/// How the kernel shows an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A descriptor whose link begins so.
    Descriptor(&'static str),
    /// A mapping whose path begins so; empty = one without.
    Mapping(&'static str),
    /// A namespace.
    Namespace(&'static str),
    /// The only mount.
    Mount,
    /// A control group.
    Group,
    /// A limit of the process.
    Limits,
    /// Nothing of its own in the lists of `/proc` about the process.
    Elsewhere,
}

/// Who has the same object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// No other partition.
    Own,
    /// Other partitions as the plan says.
    Declared,
    /// Every partition, and the machine.
    Everybody,
    /// In a run of root every partition, otherwise none.
    EverybodyAsRoot,
}

/// One object.
pub struct Row {
    pub object: &'static str,
    pub from: &'static str,
    pub others: &'static str,
    pub calls: &'static [&'static str],
    pub why: &'static str,
    pub reach: Reach,
    pub seen: &'static [Seen],
}

use Reach::{Declared, Everybody, EverybodyAsRoot, Own};
use Seen::{Descriptor, Elsewhere, Group, Limits, Mapping, Mount, Namespace};

pub const ROWS: &[Row] = &[
    Row {
        object: "descriptors 0–2",
        from: "`/dev/null`, opened anew for each process of a subject",
        others: "the device is one for the machine; the open file description nobody",
        calls: &[
            "read", "write", "writev", "lseek", "fcntl", "ioctl", "poll", "ppoll", "close",
        ],
        why: "flags and offset belong to the description; the device keeps no content and no times of use",
        reach: Own,
        seen: &[Descriptor("/dev/null")],
    },
    Row {
        object: "file to read",
        from: "launcher, for each start",
        others: "subjects with a grant of the same file, and whoever can open it outside",
        calls: &["read", "lseek", "fcntl", "ioctl", "poll", "ppoll", "close"],
        why: "each has a description of its own; locks, leases, attributes, times, holes and every look at the file itself (`fstat`) are refused; reading is noted \
              only on files of other users, see \"Residual channels\"",
        reach: Declared,
        seen: &[Descriptor("/tmp/"), Descriptor("/")],
    },
    Row {
        object: "file to append to",
        from: "launcher, for each start",
        others: "subjects with a grant of the same file, which the plan draws as flows",
        calls: &[
            "read", "write", "writev", "lseek", "fcntl", "ioctl", "poll", "ppoll", "close",
        ],
        why: "content and size, as drawn; fullness of its file system",
        reach: Declared,
        seen: &[],
    },
    Row {
        object: "device",
        from: "launcher, for each start",
        others: "the device's other side",
        calls: &[
            "read", "write", "writev", "lseek", "fcntl", "ioctl", "poll", "ppoll", "close",
        ],
        why: "as drawn; `ioctl` but for non-blocking mode is refused",
        reach: Declared,
        seen: &[],
    },
    Row {
        object: "socket of a grant",
        from: "launcher, for each start; in the machine's network namespace",
        others: "its peer; no other partition",
        calls: &[
            "read",
            "write",
            "writev",
            "sendto",
            "recvfrom",
            "accept4",
            "shutdown",
            "getpeername",
            "setsockopt",
            "getsockopt",
            "fcntl",
            "ioctl",
            "poll",
            "ppoll",
            "close",
        ],
        why: "options, errors and queues are one socket's (every local user, no subject, is shown how much waits in its queues: rate under \"Reverse capacity\"); `fstat`, which shows a count of the whole machine, is \
              refused, and so is the number of its port",
        reach: Own,
        seen: &[Descriptor("socket:")],
    },
    Row {
        object: "gate and control socket",
        from: "supervisor, a pair for each start, for each keeper",
        others: "supervisor; closed in the subject before its first instruction",
        calls: &[],
        why: "the subject has no descriptor of it",
        reach: Own,
        seen: &[],
    },
    Row {
        object: "listener of the filter",
        from: "the kernel, when the filter is installed",
        others: "supervisor; closed in the subject before its first instruction",
        calls: &[],
        why: "a call that is reported ends the subject: the supervisor answers none",
        reach: Own,
        seen: &[Descriptor("anon_inode:seccomp notify")],
    },
    Row {
        object: "handle of the subject's process",
        from: "the keeper, when it copies itself",
        others: "supervisor; only the keeper has it inside",
        calls: &[],
        why: "the subject has no descriptor of it",
        reach: Own,
        seen: &[Descriptor("anon_inode:[pidfd]"), Descriptor("pidfd:")],
    },
    Row {
        object: "segment of a channel",
        from: "supervisor: sealed memory, mapped by the keepers, all descriptors closed",
        others: "writer (writable), reader (read-only), supervisor (read-only)",
        calls: &["futex"],
        why: "content forwards, as drawn. Backwards: of `futex` only what stays in the process; every other call at \
              these addresses is denied, so there is no wake at a thread's end, no second mapping elsewhere, no other \
              rights, no residency to read",
        reach: Declared,
        seen: &[Mapping("/memfd:segment")],
    },
    Row {
        object: "credit segment",
        from: "supervisor, for queues with credit",
        others: "reader (writable), writer (read-only), supervisor (read-only)",
        calls: &["futex"],
        why: "a whole writable page backwards: 4096 bytes at the speed of memory; said wherever the flow is",
        reach: Declared,
        seen: &[],
    },
    Row {
        object: "port table",
        from: "supervisor, for each start; constant",
        others: "supervisor",
        calls: &["futex"],
        why: "nobody can write it",
        reach: Own,
        seen: &[],
    },
    Row {
        object: "pulse",
        from: "supervisor, for each partition",
        others: "supervisor (read-only)",
        calls: &["futex"],
        why: "one way to the supervisor: beats, counters, log lines; operators who read them are a path",
        reach: Own,
        seen: &[],
    },
    Row {
        object: "image",
        from: "supervisor: sealed memory for each subject, also when two run one program; mapped privately",
        others: "keeper (a descriptor) and supervisor",
        calls: &[
            "futex",
            "set_tid_address",
            "clone",
            "munmap",
            "mremap",
            "mprotect",
            "madvise",
        ],
        why: "nobody can write it, and no other partition maps it",
        reach: Own,
        seen: &[Mapping("/memfd:image"), Descriptor("/memfd:image")],
    },
    Row {
        object: "heap, stacks, and the page from which the loader left",
        from: "anonymous memory of the process",
        others: "nobody",
        calls: &[
            "mmap",
            "munmap",
            "mremap",
            "mprotect",
            "madvise",
            "brk",
            "futex",
            "set_tid_address",
            "clone",
            "rseq",
            "sigaltstack",
        ],
        why: "private to the address space",
        reach: Own,
        seen: &[
            Mapping(""),
            Mapping("[heap]"),
            Mapping("[stack]"),
            Mapping("[anon"),
        ],
    },
    Row {
        object: "the loader's program",
        from: "`bulkhead-init`, mapped in the keeper",
        others: "all keepers and who reads the file outside; unmapped in the subject before its first instruction",
        calls: &[],
        why: "no page of it is in a subject's address space",
        reach: Everybody,
        seen: &[Mapping("/")],
    },
    Row {
        object: "the kernel's pages for clocks",
        from: "the kernel",
        others: "every process of the machine (read-only)",
        calls: &[
            "clock_gettime",
            "gettimeofday",
            "time",
            "getcpu",
            "clock_getres",
        ],
        why: "nobody can write them; shared waits there are refused by the kernel",
        reach: Everybody,
        seen: &[
            Mapping("[vdso]"),
            Mapping("[vvar"),
            Mapping("[vsyscall]"),
            Mapping("[uprobes]"),
        ],
    },
    Row {
        object: "process namespace",
        from: "new for each partition",
        others: "nobody inside; the machine sees the processes",
        calls: &["getpid", "gettid", "tgkill", "clone", "sched_getaffinity"],
        why: "numbers begin at 1 and count the partition's own; a signal reaches the subject itself, and the kernel \
              shields the keeper",
        reach: Own,
        seen: &[Namespace("pid"), Namespace("pid_for_children")],
    },
    Row {
        object: "keeper",
        from: "first process of the partition",
        others: "supervisor",
        calls: &["tgkill", "sched_getaffinity"],
        why: "shielded from signals; its processors are as the administrator set them",
        reach: Own,
        seen: &[Elsewhere],
    },
    Row {
        object: "mount namespace, root and working directory",
        from: "new for each partition; an empty read-only file system that all partitions of a run share",
        others: "all partitions of a run",
        calls: &[],
        why: "no call names a path: opening, status and the directory's name are refused",
        reach: Own,
        seen: &[Namespace("mnt"), Mount],
    },
    Row {
        object: "network namespace",
        from: "new for each partition, without a way out",
        others: "nobody",
        calls: &[],
        why: "no socket can be made in it; those of grants are of the machine's namespace",
        reach: Own,
        seen: &[Namespace("net")],
    },
    Row {
        object: "namespaces of IPC, host name, control groups and clocks",
        from: "new for each partition",
        others: "nobody",
        calls: &[
            "clock_gettime",
            "clock_getres",
            "clock_nanosleep",
            "nanosleep",
            "gettimeofday",
            "time",
        ],
        why: "no call makes or names an object in them; clocks cannot be set and have no offset",
        reach: Own,
        seen: &[
            Namespace("ipc"),
            Namespace("uts"),
            Namespace("cgroup"),
            Namespace("time"),
            Namespace("time_for_children"),
        ],
    },
    Row {
        object: "user namespace",
        from: "the machine's as root; new for each partition otherwise",
        others: "the machine",
        calls: &[],
        why: "no call changes or reads ids, capabilities or keys",
        reach: EverybodyAsRoot,
        seen: &[Namespace("user")],
    },
    Row {
        object: "credentials and what is counted for a user",
        from: "the plan's user id as root, the same user for all otherwise",
        others: "as root subjects of other systems with an equal id; otherwise all processes of the user",
        calls: &["tgkill", "clone"],
        why: "pending signals: one a thread, far below the limit. Threads: counted by a control group, or by a limit of \
              the user, which a subject can come up against when others of the user have many: one bit each time",
        reach: Everybody,
        seen: &[Elsewhere],
    },
    Row {
        object: "limits of the process",
        from: "the keeper, for each start",
        others: "nobody",
        calls: &["prlimit64"],
        why: "they can be read and not set",
        reach: Own,
        seen: &[Limits],
    },
    Row {
        object: "control groups",
        from: "supervisor, one of each kind for each subject",
        others: "root and the user who runs the system",
        calls: &["mmap", "brk", "munmap", "madvise", "clone", "sched_yield"],
        why: "no subject sees them, and no other user can enter their directories",
        reach: Own,
        seen: &[Group],
    },
    Row {
        object: "`comm` and `cmdline` in `/proc`",
        from: "the kernel; the same for every subject",
        others: "every local user, where processes are not hidden (`hidepid`)",
        calls: &[],
        why: "closed: a name cannot be set, and the command line's memory is not mapped",
        reach: Everybody,
        seen: &[Elsewhere],
    },
    Row {
        object: "`status`, `stat`, `statm`, `oom_score`, `wchan`, `schedstat` in `/proc`",
        from: "the kernel",
        others: "every local user, where processes are not hidden (`hidepid`); no subject",
        calls: &[
            "rt_sigprocmask",
            "rt_sigaction",
            "mmap",
            "munmap",
            "brk",
            "clone",
            "nanosleep",
            "sched_yield",
            "exit",
        ],
        why: "signal masks, sizes, threads, faults, context switches, processor time: rates under \"Reverse capacity\"",
        reach: Everybody,
        seen: &[Elsewhere],
    },
    Row {
        object: "`maps`, `fd`, `environ`, `mem`, `io`, `ns` in `/proc`",
        from: "the kernel",
        others: "root and, in an unprivileged run, who may trace the user's processes",
        calls: &[],
        why: "no other local user can read them",
        reach: Own,
        seen: &[Elsewhere],
    },
    Row {
        object: "processors, caches, memory of the machine",
        from: "the machine",
        others: "every process",
        calls: &[
            "getcpu",
            "sched_yield",
            "sched_getaffinity",
            "mmap",
            "brk",
            "nanosleep",
        ],
        why: "load and timing, see \"Residual channels\"",
        reach: Everybody,
        seen: &[Elsewhere],
    },
    Row {
        object: "the kernel's random numbers",
        from: "the kernel",
        others: "every process",
        calls: &["getrandom"],
        why: "nothing that one draws tells of what another drew",
        reach: Everybody,
        seen: &[Elsewhere],
    },
    Row {
        object: "end of the process",
        from: "the program",
        others: "supervisor; readers of its channels see a new epoch",
        calls: &["exit", "exit_group"],
        why: "forwards only, see \"Residual channels\"; a core has no memory in it",
        reach: Own,
        seen: &[Elsewhere],
    },
];

/// Permitted calls that concern the calling process alone, whatever they are given.
pub const OWN_CALLS: &[&str] = &["arch_prctl", "restart_syscall", "rt_sigreturn"];
