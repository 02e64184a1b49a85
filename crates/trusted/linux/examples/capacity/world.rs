//! What a hostile program has at hand, in a partition or without one, and the calls it makes.

use std::ffi::CString;
use std::os::fd::{IntoRawFd, RawFd};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

/// The outcome of a step: a value, or the number of an error.
pub type Step<T> = Result<T, i32>;

/// Instead of an error number: what the path is about does not exist here.
pub const ABSENT: i32 = 0;

/// Exactly what C libraries ask for a thread.
const THREAD: usize = 0x003d_0f00;

/// When what happens in the current slot, in nanoseconds of the shared clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slot {
    /// Position among the slots of this path.
    pub number: usize,
    /// When the receiver reads what was set.
    pub read_ns: u64,
    /// When whoever waits gives up.
    pub end_ns: u64,
}

/// Everything a path may use. Numbers of descriptors that do not exist here are that of the standard
/// input, which every program has.
pub struct World {
    /// Whether this is the comparison without separation.
    pub alone: bool,
    /// The other process; in a partition, where it has no number, the keeper.
    pub peer: i32,
    /// `/dev/null`, opened once for both.
    pub null: RawFd,
    /// An open file description that both share.
    pub shared: RawFd,
    /// A file that both have opened.
    pub file: RawFd,
    /// Its path, and the directory that belongs to the pair.
    pub place: PathBuf,
    /// A file that the receiver appends to, and the sender has opened to read.
    pub log: RawFd,
    /// A file of which most is allocated and was never written.
    pub sparse: RawFd,
    /// A socket.
    pub socket: RawFd,
    /// A socket that takes connections, each side its own.
    pub listener: RawFd,
    /// A socket that receives what the socket sends; 0 = there is none.
    pub queue: RawFd,
    /// The two ends of a connection.
    pub pair: (RawFd, RawFd),
    /// Sealable memory, one piece for each slot.
    pub sealable: Vec<RawFd>,
    /// The control group of both for memory, if they have one.
    pub group: Option<PathBuf>,
    /// Memory of the channel; 0 = there is none.
    pub memory: usize,
    /// Memory that the reader of a queue with credit may write; 0 = there is none.
    pub credit: usize,
    /// What the receiver found before the sender acted.
    pub before: i64,
    /// The current slot.
    pub slot: Slot,
    /// A descriptor that lives from one call of a path to the next.
    pub kept: Option<RawFd>,
    /// Where the trusted loader lies, once it was looked for.
    pub loader: Option<usize>,
    /// Where the command line lies, once it was looked for.
    pub command_line: Option<usize>,
    /// A range that lives from one call of a path to the next.
    pub range: Option<(usize, usize)>,
    /// The list of a thread's futexes as the kernel reads it: next, offset, pending; and one entry.
    pub robust: Box<[usize; 4]>,
}

impl World {
    /// With nothing but what every program has.
    pub fn new() -> Self {
        Self {
            alone: false,
            peer: 1,
            null: 0,
            shared: 0,
            file: 0,
            place: PathBuf::new(),
            log: 0,
            sparse: 0,
            socket: 0,
            listener: 0,
            queue: 0,
            pair: (0, 0),
            sealable: Vec::new(),
            group: None,
            memory: 0,
            credit: 0,
            before: 0,
            slot: Slot::default(),
            kept: None,
            loader: None,
            command_line: None,
            range: None,
            robust: Box::new([0; 4]),
        }
    }

    /// A 64-bit word of the channel that no message uses: near the end of its first page.
    pub fn channel_word(&self) -> Step<usize> {
        match self.memory {
            0 => Err(ABSENT),
            memory => Ok(memory + 4096 - 64),
        }
    }

    /// How long until whoever waits in this slot gives up.
    pub fn patience(&self) -> libc::timespec {
        let left = self.slot.end_ns.saturating_sub(channel::clock::now_ns());
        libc::timespec {
            tv_sec: 0,
            tv_nsec: i64::try_from(left).unwrap_or(0).min(999_999_999),
        }
    }

    /// A path in the directory of the pair, for the kernel.
    pub fn path(&self, name: &str) -> CString {
        let path = self.place.join(name);
        CString::new(path.to_str().unwrap_or_default()).unwrap_or_default()
    }

    /// Closes what an earlier call kept.
    pub fn drop_kept(&mut self) {
        if let Some(kept) = self.kept.take() {
            let _ = call(libc::SYS_close, [number(kept)]);
        }
    }
}

/// One system call.
pub fn call<const N: usize>(number: libc::c_long, arguments: [usize; N]) -> Step<i64> {
    let mut all = [0; 6];
    for (slot, argument) in all.iter_mut().zip(arguments) {
        *slot = argument;
    }
    let [a, b, c, d, e, f] = all;
    // SAFETY: the calls are hostile by purpose; those that change memory of this program are given
    // memory that is meant to be changed.
    let answer = unsafe { libc::syscall(number, a, b, c, d, e, f) };
    if answer == -1 {
        Err(std::io::Error::last_os_error()
            .raw_os_error()
            .unwrap_or(libc::EIO))
    } else {
        Ok(answer)
    }
}

/// A descriptor or a small number as an argument.
pub fn number(value: i32) -> usize {
    value as isize as usize
}

/// The address of something.
pub fn at<T: ?Sized>(value: *const T) -> usize {
    value.cast::<u8>() as usize
}

/// The bit as a number.
pub fn wide(bit: bool) -> usize {
    usize::from(bit)
}

/// Reads a word of this process's memory that others may change.
pub fn load(address: usize) -> u32 {
    // SAFETY: the callers pass addresses of mapped memory.
    unsafe { std::ptr::read_volatile(std::ptr::with_exposed_provenance(address)) }
}

/// Writes a word of memory, where it may.
pub fn store(address: usize, value: u32) {
    // SAFETY: memory of the pair that is meant for it; where it is not, the fault is the result.
    unsafe { std::ptr::write_volatile(std::ptr::with_exposed_provenance_mut(address), value) }
}

/// What `fstat` says.
pub fn status(fd: RawFd) -> Step<libc::stat> {
    // SAFETY: all-zero bytes are a valid value of this plain structure.
    let mut stat = unsafe { std::mem::zeroed::<libc::stat>() };
    call(libc::SYS_fstat, [number(fd), at(&raw mut stat)])?;
    Ok(stat)
}

/// Opens a path the way a C library does.
pub fn open(path: &CString, flags: i32) -> Step<RawFd> {
    let here = number(libc::AT_FDCWD);
    let fd = call(
        libc::SYS_openat,
        [here, at(path.as_ptr()), number(flags), 0o644],
    )?;
    Ok(RawFd::try_from(fd).unwrap_or(-1))
}

/// Reads a file of the kernel's in one piece.
pub fn read_text(path: &str) -> Step<String> {
    let path = CString::new(path).unwrap_or_default();
    let fd = open(&path, libc::O_RDONLY | libc::O_CLOEXEC)?;
    let mut buffer = [0u8; 8192];
    let length = call(
        libc::SYS_read,
        [number(fd), at(buffer.as_mut_ptr()), buffer.len()],
    );
    call(libc::SYS_close, [number(fd)])?;
    let length = usize::try_from(length?).unwrap_or(0);
    Ok(String::from_utf8_lossy(&buffer[..length]).into_owned())
}

/// The number behind a key of a text of the kernel's.
pub fn field(text: &str, key: &str) -> i64 {
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    let word = line.and_then(|line| line.split_ascii_whitespace().next());
    word.and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// A new socket.
pub fn socket(family: i32, kind: i32) -> Step<RawFd> {
    let fd = call(libc::SYS_socket, [number(family), number(kind), 0])?;
    Ok(RawFd::try_from(fd).unwrap_or(-1))
}

static TID: AtomicU32 = AtomicU32::new(0);
static CLEARED: AtomicU32 = AtomicU32::new(0);

/// A thread without a stack of its own use: it makes one call and ends. At its end the kernel
/// zeroes and wakes `clear`, where one is given. Returns its number.
pub fn thread(call: [usize; 4], clear: Option<usize>) -> Step<i64> {
    static STACK: [AtomicI64; 64] = [const { AtomicI64::new(0) }; 64];
    let stack = at(STACK.as_ptr()) + size_of_val(&STACK);
    let clear = clear.unwrap_or(at(CLEARED.as_ptr()));
    let own = at(TID.as_ptr());
    let [number, first, second, third] = call;
    let answer: i64;
    // SAFETY: the new thread runs three instructions and two system calls on registers alone; it
    // touches neither its stack nor thread-local memory, so that it may share both. What the kernel
    // writes for it goes to statics, or to `clear`, which is meant for that.
    unsafe {
        std::arch::asm!(
            "mov r8, fs:0",
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "mov rax, r12",
            "mov rdi, r13",
            "mov rsi, r14",
            "mov rdx, r15",
            "syscall",
            "mov eax, 60",
            "xor edi, edi",
            "syscall",
            "ud2",
            "2:",
            inlateout("rax") libc::SYS_clone => answer,
            inlateout("rdi") THREAD => _,
            inlateout("rsi") stack => _,
            inlateout("rdx") own => _,
            in("r10") clear,
            out("r8") _,
            out("rcx") _,
            out("r11") _,
            in("r12") number,
            in("r13") first,
            in("r14") second,
            in("r15") third,
        );
    }
    if answer < 0 {
        Err(i32::try_from(-answer).unwrap_or(libc::EIO))
    } else {
        Ok(answer)
    }
}

/// The number of the last thread, as the kernel gave it.
pub fn last_thread() -> i64 {
    TID.load(Ordering::Relaxed).into()
}

/// Whether a byte of memory can be read: the kernel reads a signal set before it looks at what shall
/// be done with it.
pub fn is_mapped(address: usize) -> bool {
    call(libc::SYS_rt_sigprocmask, [99, address, 0, 8]) != Err(libc::EFAULT)
}

/// The loader's first page. The kernel puts a program without an interpreter and its own page for clocks
/// beside each other: it is the other program near there.
pub fn find_loader() -> usize {
    const FAR: usize = 64 << 20;
    const MAGIC: u32 = u32::from_le_bytes(*b"\x7fELF");
    // SAFETY: reads the process's own vector.
    let clocks = unsafe { libc::getauxval(libc::AT_SYSINFO_EHDR) } as usize;
    (clocks - FAR..clocks + FAR)
        .step_by(4096)
        .find(|page| *page != clocks && is_mapped(*page) && load(*page) == MAGIC)
        .unwrap_or(0)
}

/// Control groups of a plain process and its children, as a partition has them.
pub struct Group {
    directories: Vec<PathBuf>,
}

/// Where the groups of a controller are: each has its own hierarchy, or all have one.
fn hierarchy(controller: &str) -> PathBuf {
    let all = PathBuf::from("/sys/fs/cgroup");
    let own = all.join(controller);
    if own.join("tasks").exists() { own } else { all }
}

impl Group {
    /// Enters new ones, as far as this user can.
    pub fn enter() -> Self {
        let pid = std::process::id();
        let name = format!("bulkhead-capacity-{pid}");
        let mut directories: Vec<PathBuf> = ["memory", "pids"]
            .map(|controller| hierarchy(controller).join(&name))
            .into();
        directories.dedup();
        directories.retain(|directory| {
            std::fs::create_dir(directory).is_ok()
                && std::fs::write(directory.join("cgroup.procs"), pid.to_string()).is_ok()
        });
        Self { directories }
    }

    /// The one that counts memory.
    pub fn memory(&self) -> Option<PathBuf> {
        self.directories.first().cloned()
    }

    /// Leaves and removes them.
    pub fn leave(&self) {
        for directory in &self.directories {
            let above = directory.parent().unwrap_or(directory);
            let pid = std::process::id().to_string();
            let _ = std::fs::write(above.join("cgroup.procs"), pid);
            let _ = std::fs::remove_dir(directory);
        }
    }
}

/// Makes the kernel take back what it can of a group's memory.
pub fn reclaim(group: &std::path::Path) -> Step<()> {
    let (first, second) = (
        group.join("memory.force_empty"),
        group.join("memory.reclaim"),
    );
    let done = match first.exists() {
        true => std::fs::write(first, "0"),
        false => std::fs::write(second, "64M"),
    };
    match done.map_err(|error| error.raw_os_error().unwrap_or(libc::EIO)) {
        // Not all that was asked for.
        Err(libc::EAGAIN | libc::EBUSY) => Ok(()),
        other => other,
    }
}

/// What a file of a process's control group says, for whoever may read it.
pub fn read_group(pid: i32, controller: &str, files: [&str; 2]) -> Step<String> {
    let groups = read_text(&format!("/proc/{pid}/cgroup"))?;
    let of = |wanted: &str| -> Option<String> {
        groups.lines().find_map(|line| {
            let (_, rest) = line.split_once(':')?;
            let (controllers, path) = rest.split_once(':')?;
            let here = controllers.split(',').any(|one| one == wanted);
            (here && path.contains("bulkhead-")).then(|| path.to_owned())
        })
    };
    let path = of(controller).or_else(|| of("")).ok_or(ABSENT)?;
    let directory = format!("{}{path}", hierarchy(controller).display());
    let [first, second] = files;
    match read_text(&format!("{directory}/{first}")) {
        Err(libc::ENOENT) => read_text(&format!("{directory}/{second}")),
        other => other,
    }
}

/// Where the kernel keeps the command line that others see: at the top of the loader's first stack.
pub fn find_command_line() -> usize {
    const TOP: usize = 0x7fff_ffff_f000;
    const STEP: usize = 0x1_0000;
    const NAME: &[u8] = b"bulkhead-init\0";
    let stacks = (1..0x4_0000).map(|step| TOP - step * STEP);
    let Some(inside) = stacks.into_iter().find(|at| is_mapped(*at)) else {
        return 0;
    };
    let mut end = inside & !4095;
    while is_mapped(end) {
        end += 4096;
    }
    let begin = end.saturating_sub(0x4000);
    let mut found = 0;
    for address in begin..end - NAME.len() {
        let matches = NAME
            .iter()
            .enumerate()
            .all(|(index, byte)| byte_at(address + index) == *byte);
        if matches {
            // The first one: the kernel's own name of the program follows behind the variables.
            found = address;
            break;
        }
    }
    found
}

fn byte_at(address: usize) -> u8 {
    // SAFETY: the caller has found the page mapped.
    unsafe { std::ptr::read_volatile(std::ptr::with_exposed_provenance(address)) }
}

/// A file of so many bytes that are allocated and were never written.
pub fn make_sparse(path: &std::path::Path, bytes: u64) -> std::io::Result<()> {
    let file = std::fs::File::create(path)?;
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes)?;
    file.sync_all()
}

/// A file of the pair, made by whoever comes first.
pub fn make(path: &std::path::Path, bytes: usize) -> std::io::Result<RawFd> {
    use std::io::Write;
    let mut file = std::fs::File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    if file.metadata()?.len() == 0 {
        file.write_all(&vec![7; bytes])?;
        file.sync_all()?;
    }
    Ok(file.into_raw_fd())
}
