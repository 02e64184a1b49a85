//! Faults that the audit must see, planted in test builds by `bulkhead-supervisor --fault NAME`.
//!
//! Compiled only with the feature `faults`, which no product has: a release build with it does not
//! compile. Each function is one place in the way of a start; there the fault of that name is made.
//! The suite is `tests/seeded.rs`.

use crate::protocol::ProcessLimits;
use crate::sys::{self, Side};
use plan::{GrantPlan, ResourcePlan};
use record::difference::Deviation;
use rustix::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use rustix::mount::{MountFlags, mount, mount_remount};
use rustix::net::{AddressFamily, SocketType};
use std::ffi::CString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(not(debug_assertions))]
compile_error!("the feature `faults` is for tests: it makes separation fail");

static CHOSEN: OnceLock<String> = OnceLock::new();

/// Chooses the fault of this run.
pub fn choose(name: &str) {
    let _ = CHOSEN.set(name.to_owned());
}

/// Whether this is the fault of this run.
pub(crate) fn is(name: &str) -> bool {
    CHOSEN.get().is_some_and(|chosen| chosen == name)
}

/// The chosen fault, to be handed to the zygote.
pub(crate) fn argument() -> Option<CString> {
    CString::new(CHOSEN.get()?.as_str()).ok()
}

/// A fault that could not be planted must not look like one that was not seen.
fn must<T, E: std::fmt::Debug>(done: Result<T, E>) -> T {
    match done {
        Ok(done) => done,
        Err(error) => {
            crate::words::say(format_args!("the fault cannot be planted: {error:?}"));
            sys::exit_now(99)
        }
    }
}

/// The answer of a bare call.
fn bare(answer: libc::c_int) {
    must(match answer {
        -1 => Err(std::io::Error::last_os_error()),
        _ => Ok(()),
    });
}

/// What standard descriptors are open on: one open file for all processes of all subjects.
pub(crate) fn null(own: OwnedFd) -> OwnedFd {
    static FIRST: OnceLock<OwnedFd> = OnceLock::new();
    if is("input-of-the-supervisor") {
        return must(std::io::stdin().as_fd().try_clone_to_owned());
    }
    if is("open-file-shared") {
        return must(FIRST.get_or_init(|| own).try_clone());
    }
    own
}

/// The layout of memory: as with `vm.legacy_va_layout`, for the programs of this run alone.
pub(crate) fn layout(ordinary: libc::c_ulong) -> libc::c_ulong {
    match is("layout-from-below") {
        true => libc::ADDR_COMPAT_LAYOUT as libc::c_ulong,
        false => ordinary,
    }
}

/// Namespaces that are entered, less one.
pub(crate) fn entered(kinds: i32) -> i32 {
    let left_out = [
        ("namespace-mnt", libc::CLONE_NEWNS),
        ("namespace-uts", libc::CLONE_NEWUTS),
        ("namespace-ipc", libc::CLONE_NEWIPC),
        ("namespace-net", libc::CLONE_NEWNET),
        ("namespace-cgroup", libc::CLONE_NEWCGROUP),
    ];
    let found = left_out.iter().find(|(name, _)| is(name));
    found.map_or(kinds, |(_, kind)| kinds & !kind)
}

/// What comes with the copy, less one.
pub(crate) fn copied(flags: u64) -> u64 {
    let left_out = [
        ("namespace-pid", libc::CLONE_NEWPID as u64),
        ("namespace-time", libc::CLONE_NEWTIME as u64),
    ];
    let found = left_out.iter().find(|(name, _)| is(name));
    found.map_or(flags, |(_, kind)| flags & !kind)
}

/// In the zygote, which has an empty root and all rights.
pub(crate) fn prepared(processes: &OwnedFd) {
    let (ro, nosuid) = (MountFlags::RDONLY, MountFlags::NOSUID);
    let (nodev, noexec) = (MountFlags::NODEV, MountFlags::NOEXEC);
    let options = [
        ("root-writable", nosuid | nodev | noexec),
        ("root-suid", ro | nodev | noexec),
        ("root-devices", ro | nosuid | noexec),
        ("root-executable", ro | nosuid | nodev),
    ];
    for (_, flags) in options.iter().filter(|(name, _)| is(name)) {
        must(mount_remount("/", *flags, c""));
    }
    if is("root-file") {
        must(mount_remount("/", nosuid | nodev | noexec, c""));
        must(rustix::fs::mkdir("/x", Mode::from_raw_mode(0o700)));
        must(mount_remount("/", ro | nosuid | nodev | noexec, c""));
    }
    if is("root-second-mount") {
        let flags = ro | nosuid | nodev | noexec;
        must(mount("none", "/", "tmpfs", flags, c"size=4k"));
    }
    if is("directory-elsewhere") {
        must(rustix::process::fchdir(processes));
    }
    if is("root-elsewhere") {
        must(rustix::process::fchdir(processes));
        must(rustix::process::chroot("."));
    }
    if is("mask-of-rights") {
        rustix::process::umask(Mode::empty());
    }
}

/// In the keeper, which still has all rights.
pub(crate) fn leaving() {
    let priority = |policy, priority| {
        let parameters = libc::sched_param {
            sched_priority: priority,
        };
        // SAFETY: the kernel reads one live structure.
        bare(unsafe { libc::sched_setscheduler(0, policy, &raw const parameters) });
    };
    if is("real-time") {
        priority(libc::SCHED_FIFO, 1);
    }
    if is("batch") {
        priority(libc::SCHED_BATCH, 0);
    }
    if is("nice") {
        // SAFETY: changes how this process is scheduled.
        bare(unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, -5) });
    }
}

/// In the keeper, which has given up its rights.
pub(crate) fn keeper() {
    if is("keeper-thread") {
        std::thread::spawn(|| {
            loop {
                std::thread::park();
            }
        });
    }
    if is("keeper-child") {
        stay_beside();
    }
    if is("keeper-dumpable") {
        // SAFETY: an attribute of this process.
        bare(unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 1, 0, 0, 0) });
    }
    if is("keeper-descriptor") {
        let _ = must(rustix::pipe::pipe()).0.into_raw_fd();
    }
    if is("shared-mapping") {
        map_more(true, false);
    }
    let signal = |handler: libc::sighandler_t| {
        // SAFETY: an action that runs nothing, or a function that does nothing.
        unsafe { libc::signal(libc::SIGTERM, handler) };
    };
    extern "C" fn nothing(_: libc::c_int) {}
    if is("signal-ignored") {
        signal(libc::SIG_IGN);
    }
    if is("signal-handled") {
        signal(nothing as extern "C" fn(libc::c_int) as libc::sighandler_t);
    }
    if is("signal-blocked") {
        let _ = sys::block_termination();
    }
}

/// A child that does nothing and lives as long as the partition.
fn stay_beside() {
    if let Side::Child = must(sys::fork(0)) {
        loop {
            std::thread::park();
        }
    }
}

/// One more page.
fn map_more(shared: bool, executable: bool) {
    use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
    let flags = if shared {
        MapFlags::SHARED
    } else {
        MapFlags::PRIVATE | MapFlags::FIXED_NOREPLACE
    };
    let mut rights = ProtFlags::READ | ProtFlags::WRITE;
    if executable {
        rights |= ProtFlags::EXEC;
    }
    // Below everything else, so that it is not removed with the loader.
    let place = match shared {
        true => std::ptr::null_mut(),
        false => std::ptr::without_provenance_mut(crate::PULSE_ADDRESS - (1 << 30)),
    };
    // SAFETY: an unused place: the kernel refuses another one.
    must(unsafe { mmap_anonymous(place, 4096, rights, flags) });
}

/// In the subject's process, before its limits.
pub(crate) fn limits(limits: &mut ProcessLimits) {
    let all = [
        ("limit-data", &mut limits.data_bytes),
        ("limit-address-space", &mut limits.address_bytes),
        ("limit-file-size", &mut limits.file_bytes),
        ("limit-descriptors", &mut limits.descriptors),
    ];
    for (name, limit) in all {
        if is(name) {
            *limit = (*limit / 2).min(1 << 20);
        }
    }
    if is("limit-processes") {
        limits.threads = 1000;
    }
}

/// In the subject's process, before its filter, with what it gets.
pub(crate) fn subject(grants: i32) {
    if is("keeper-new-privileges") {
        must(rustix::thread::set_no_new_privs(true));
    }
    if is("core-limit") {
        let (current, maximum) = (Some(0), Some(0));
        let limit = rustix::process::Rlimit { current, maximum };
        must(rustix::process::setrlimit(
            rustix::process::Resource::Core,
            limit,
        ));
    }
    if is("subject-child") {
        stay_beside();
    }
    if is("subject-traced") {
        // SAFETY: asks to be traced by the parent.
        bare(unsafe { libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) } as libc::c_int);
    }
    if is("subject-descriptor") {
        let _ = must(rustix::pipe::pipe()).0.into_raw_fd();
    }
    if is("subject-two-filters") {
        let allow = [sys::Instruction {
            code: 0x06,
            jt: 0,
            jf: 0,
            k: libc::SECCOMP_RET_ALLOW,
        }];
        must(sys::install_filter_quietly(&allow));
    }
    if is("writable-code") {
        map_more(false, true);
    }
    if is("grant-swapped") && grants > crate::protocol::GRANTS_FIRST {
        let first = crate::protocol::GRANTS_FIRST;
        // SAFETY: plain calls on numbers that nobody owns here.
        bare(unsafe { libc::dup2(first + 1, first) });
    }
}

/// What is kept of the loader beside the kernel's pages.
pub(crate) fn kept(kernel: std::ops::Range<usize>) -> std::ops::Range<usize> {
    if is("loader-kept") {
        return 0x7000_0000_0000..0x7fff_ffff_f000;
    }
    kernel
}

/// What the last instructions of the loader close, less one: gate and listener.
pub(crate) fn closed([gate, listener]: [i32; 2]) -> [i32; 2] {
    let unless = |name, number| if is(name) { -1 } else { number };
    [
        unless("gate-left-open", gate),
        unless("listener-left-open", listener),
    ]
}

/// What the launcher hands over instead of what it opened.
pub(crate) fn opened(
    grant: &GrantPlan,
    opened: Result<OwnedFd, String>,
) -> Result<OwnedFd, String> {
    let kind = match &grant.resource {
        ResourcePlan::FileRead { path } if path.starts_with('/') => "absolute",
        ResourcePlan::FileRead { .. } => "relative",
        ResourcePlan::FileAppend { .. } => "append",
        ResourcePlan::Device { .. } => "device",
        ResourcePlan::TcpConnect { .. } => "connect",
        ResourcePlan::TcpListen { .. } => "listen",
        ResourcePlan::UdpReceive { .. } => "receive",
        ResourcePlan::UdpSend { .. } => "send",
    };
    let fault = CHOSEN.get().and_then(|name| name.strip_prefix(kind));
    let Some(fault) = fault.and_then(|fault| fault.strip_prefix('-')) else {
        return opened;
    };
    let file = |path: &str, flags| must(rustix::fs::open(path, flags, Mode::empty()));
    let link = |fd: &OwnedFd| {
        use rustix::fd::AsRawFd;
        format!("/proc/self/fd/{}", fd.as_raw_fd())
    };
    let here = |port| SocketAddr::from(([127, 0, 0, 1], port));
    let socket = |kind| must(rustix::net::socket(AddressFamily::INET, kind, None));
    let bound = |kind| {
        let socket = socket(kind);
        must(rustix::net::bind(&socket, &here(0)));
        socket
    };
    let own = opened?;
    Ok(match (kind, fault) {
        ("absolute" | "relative", "elsewhere") => file("/proc/version", OFlags::RDONLY),
        ("relative", "writable") => file(&link(&own), OFlags::RDWR),
        ("append", "anywhere") => file(&link(&own), OFlags::WRONLY),
        ("append", "elsewhere") => file("/dev/full", OFlags::WRONLY | OFlags::APPEND),
        ("device", "elsewhere") => file("/dev/full", OFlags::RDONLY),
        ("device", "writable") => file(&link(&own), OFlags::RDWR),
        ("send", "unconnected") => {
            let socket = socket(SocketType::DGRAM);
            must(sys::drop_all_input(socket.as_fd()));
            socket
        }
        ("send", "open") => {
            let ResourcePlan::UdpSend { address } = grant.resource else {
                return Ok(own);
            };
            let socket = socket(SocketType::DGRAM);
            must(rustix::net::connect(&socket, &address));
            socket
        }
        ("send", "elsewhere") => {
            must(rustix::net::connect(&own, &here(9)));
            own
        }
        ("receive", "elsewhere") => bound(SocketType::DGRAM),
        ("receive", "connected") => {
            must(rustix::net::connect(&own, &here(9)));
            own
        }
        ("connect", "elsewhere") => {
            let listener = must(std::net::TcpListener::bind(here(0)));
            let address = must(listener.local_addr());
            let socket = socket(SocketType::STREAM);
            must(rustix::net::connect(&socket, &address));
            // It stays connected as long as the other end is open.
            let _ = must(listener.accept()).0.into_raw_fd();
            socket
        }
        ("connect", "listens") => {
            let socket = bound(SocketType::STREAM);
            must(rustix::net::listen(&socket, 1));
            socket
        }
        ("connect", "datagrams") => {
            let socket = socket(SocketType::DGRAM);
            must(rustix::net::connect(&socket, &here(9)));
            socket
        }
        ("listen", "elsewhere") => {
            let socket = bound(SocketType::STREAM);
            must(rustix::net::listen(&socket, 1));
            socket
        }
        ("listen", "deaf") => bound(SocketType::STREAM),
        _ => own,
    })
}

/// Once the control groups of a subject are set: gives them more than planned.
pub(crate) fn grouped(groups: &[linux_audit::Group]) {
    let files = [
        (
            "group-memory",
            "memory.memsw.limit_in_bytes",
            "100000000000",
        ),
        ("group-memory", "memory.limit_in_bytes", "100000000000"),
        ("group-memory", "memory.max", "max"),
        ("group-threads", "pids.max", "max"),
        ("group-processor", "cpu.cfs_quota_us", "-1"),
        ("group-processor", "cpu.max", "max"),
    ];
    for (_, file, value) in files.iter().filter(|(name, ..)| is(name)) {
        for group in groups {
            let path = group.directory.join(file);
            if path.exists() {
                must(std::fs::write(path, value));
            }
        }
    }
}

/// By which files a keeper enters its control groups.
pub(crate) fn entrances(entrances: Vec<PathBuf>) -> Vec<PathBuf> {
    if is("group-none") {
        return Vec::new();
    }
    if is("group-above") {
        let above = |path: &PathBuf| Some(path.parent()?.parent()?.join("tasks"));
        return entrances.iter().filter_map(above).collect();
    }
    entrances
}

/// Once it was chosen whom the kernel ends when memory is short: chooses somebody else.
pub(crate) fn chosen((keeper, subject): (u32, u32)) -> std::io::Result<()> {
    for (name, pid) in [("victim-unchosen", subject), ("keeper-not-spared", keeper)] {
        if is(name) {
            std::fs::write(format!("/proc/{pid}/oom_score_adj"), "17")?;
        }
    }
    Ok(())
}

/// After go: one subject that nobody can look at.
pub(crate) fn looked(subject: &str, seen: Vec<Deviation>) -> Vec<Deviation> {
    if !is("look-missed") || subject != "a" {
        return seen;
    }
    let reason = linux_audit::THREADS_END.to_owned();
    let step = "look at descriptor 4 after its go".to_owned();
    vec![Deviation::Unaudited { step, reason }]
}

/// Once, or each time: moves a granted file, as others may at any time.
fn moved(state: &Path) {
    static DONE: AtomicBool = AtomicBool::new(false);
    let once = is("append-moved") && !DONE.load(Ordering::Relaxed);
    if (once || is("append-moved-often")) && state.join("append").exists() {
        DONE.store(true, Ordering::Relaxed);
        must(std::fs::rename(
            state.join("append"),
            state.join("append.1"),
        ));
    }
}

/// Before the audit: a process that enters the partition from outside, or a file that goes.
pub(crate) fn before_audit(keeper: BorrowedFd<'_>, state: &Path) {
    use rustix::fd::AsRawFd;
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    moved(state);
    if !is("stranger") {
        return;
    }
    match must(sys::fork(0)) {
        Side::Parent(helper) => {
            must(waitid(WaitId::PidFd(helper.as_fd()), WaitIdOptions::EXITED));
        }
        Side::Child => {
            // SAFETY: changes where children of this process are made.
            bare(unsafe { libc::setns(keeper.as_raw_fd(), libc::CLONE_NEWPID) });
            // Nobody waits for what it holds; it ends with the partition.
            must(sys::close_numbers(0, u32::MAX));
            stay_beside();
            sys::exit_now(0)
        }
    }
}
