//! A subject for the tests of this crate: does what its setting `do` says, and reports over its
//! ports and its log. Its hostile actions are made with bare system calls.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what fails ends the program"
)]

use channel::pulse::PulseWriter;
use channel::table::Direction;
use channel::{Grant, Latest, Ports, Received, Sent, clock};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: channel::Allocator = channel::Allocator;

struct Probe {
    ports: Ports,
    pulse: PulseWriter,
}

fn main() {
    let Ok(mut ports) = Ports::take() else {
        // Under another sandbox, for comparing how long a start takes.
        println!("here");
        std::process::exit(90)
    };
    let Ok(pulse) = ports.pulse() else {
        std::process::exit(91)
    };
    let action = setting(&ports, "do").unwrap_or_else(|| "idle".to_owned());
    let mut probe = Probe { ports, pulse };
    let (verb, argument) = action.split_once(':').unwrap_or((&action, ""));
    probe.act(verb, argument);
}

fn setting(ports: &Ports, key: &str) -> Option<String> {
    let found = ports
        .table()
        .settings()
        .find(|(candidate, _)| *candidate == key);
    found.map(|(_, value)| value.to_owned())
}

impl Probe {
    fn log(&mut self, text: &str) {
        self.pulse.log(text, clock::now_ns());
    }

    fn pause(&mut self, ms: u64) {
        self.pulse.beat();
        std::thread::sleep(Duration::from_millis(ms));
    }

    fn act(&mut self, verb: &str, argument: &str) {
        match verb {
            "idle" => loop {
                self.pause(10);
            },
            "write" => self.write(u64::MAX),
            // Writes so many, then fails as told: `write-then:5=abort`.
            "write-then" => {
                let (count, then) = argument.split_once('=').unwrap_or(("1", "abort"));
                self.write(count.parse().unwrap_or(1));
                self.act(then, "");
            }
            "read" => self.read(),
            "queue" => self.queue(u64::MAX),
            "queue-then" => {
                let (count, then) = argument.split_once('=').unwrap_or(("1", "abort"));
                self.queue(count.parse().unwrap_or(1));
                self.act(then, "");
            }
            "exit" => std::process::exit(argument.parse().unwrap_or(0)),
            "abort" => std::process::abort(),
            "panic" => panic!("told to"),
            "hang" => loop {
                std::thread::sleep(Duration::from_secs(1));
            },
            "call" => self.call(argument),
            "sweep" => self.sweep(argument),
            "grow" => self.grow(),
            "memory" => self.memory(argument.parse().unwrap_or(0)),
            "try" => self.try_often(argument.parse().unwrap_or(0)),
            "hoard" => self.hoard(argument),
            "join" => self.join(),
            "rename" => self.rename(),
            "threads" => self.threads(argument.parse().unwrap_or(0)),
            "lead" => self.lead(),
            "churn" => self.churn(),
            "business" => self.business(),
            "address" => self.addresses(),
            "flood" => loop {
                self.log("flood");
            },
            // So many lines, and the end: all of them are still in the log.
            "say" => {
                for number in 0..argument.parse().unwrap_or(0) {
                    self.log(&format!("line {number}"));
                }
                std::process::exit(1);
            }
            "store" => self.store(argument),
            "all" => self.all(),
            // Sends a datagram as its first deed.
            "first" => {
                if let Ok(Grant::DatagramOut(to)) = self.ports.grant("g") {
                    let _ = to.send(b"here");
                }
                self.act("idle", "");
            }
            "spin" => loop {
                self.pulse.beat();
            },
            "echo" => self.echo(),
            "serve" => self.serve(),
            "relay" => self.relay(),
            "append" => self.append(argument.parse().unwrap_or(1)),
            other => self.log(&format!("unknown action {other}")),
        }
    }

    /// Makes one system call and logs what came back.
    fn call(&mut self, name: &str) {
        let Some((_, number, arguments)) = calls().into_iter().find(|(n, ..)| *n == name) else {
            self.log("unknown call");
            return;
        };
        let [a, b, c, d, e, f] = arguments;
        // SAFETY: the calls are hostile by purpose; none changes memory of this program.
        let answer = unsafe { libc::syscall(number, a, b, c, d, e, f) };
        let error = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
        self.log(&format!(
            "answer {answer} error {}",
            if answer == -1 { error } else { 0 }
        ));
        self.act("idle", "");
    }

    /// Makes one call after the other with arguments of ones only, beginning where the last start ended, and
    /// logs what came back; the start after one that ended in a call logs that. How far it came, it knows
    /// from the messages it has written.
    fn sweep(&mut self, numbers: &str) {
        let numbers: Vec<u32> = numbers
            .split(' ')
            .flat_map(|range| {
                let (first, last) = range.split_once('-').unwrap_or((range, range));
                let number = |text: &str| text.parse::<u32>().expect("a number");
                number(first)..=number(last)
            })
            .collect();
        let (mut out, _) = self.ports.writer("out").expect("port out");
        let ended = usize::try_from(out.written()).expect("few");
        if let Some(number) = ended.checked_sub(1).and_then(|index| numbers.get(index)) {
            self.log(&format!("{number} ended"));
        }
        for number in numbers.iter().skip(ended) {
            let _ = out.send(&[0; 16], clock::now_ns());
            let ones = libc::c_long::from(-1_i8);
            // SAFETY: no call with these arguments changes memory of this program.
            let answer =
                unsafe { libc::syscall((*number).into(), ones, ones, ones, ones, ones, ones) };
            let error = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
            let error = if answer == -1 { error } else { 0 };
            self.log(&format!("{number} answered {error}"));
            // The log is short; each call that is denied waits for its reader.
            self.pause(2);
        }
        self.log("swept");
        self.act("idle", "");
    }

    /// Waits until its surroundings are ready, then takes and uses more and more memory, for ever.
    fn grow(&mut self) {
        for _ in 0..200 {
            self.pause(10);
        }
        let mut all = Vec::new();
        loop {
            all.push(vec![1_u8; 1 << 18]);
            self.pause(1);
        }
    }

    /// Takes memory piece by piece until it is refused.
    fn memory(&mut self, bytes: usize) {
        const PIECE: usize = 1 << 20;
        let (mut taken, mut all) = (0, Vec::new());
        while taken < bytes {
            let mut piece: Vec<u8> = Vec::new();
            if piece.try_reserve_exact(PIECE).is_err() {
                break;
            }
            piece.resize(PIECE, 1);
            all.push(piece);
            taken += PIECE;
        }
        self.log(&format!("took {taken}"));
        self.act("idle", "");
    }

    /// Takes memory, uses it, and takes away the right to write, or every right, until it is refused.
    fn hoard(&mut self, rights: &str) {
        const PIECE: usize = 1 << 20;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let left = if rights == "none" {
            libc::PROT_NONE
        } else {
            libc::PROT_READ
        };
        let (mut taken, nowhere) = (0_usize, std::ptr::null_mut());
        while taken < 1 << 30 {
            // SAFETY: new memory is filled and then only held.
            let held = unsafe {
                let both = libc::PROT_READ | libc::PROT_WRITE;
                let piece = libc::mmap(nowhere, PIECE, both, flags, -1, 0);
                piece != libc::MAP_FAILED && {
                    std::ptr::write_bytes(piece.cast::<u8>(), 1, PIECE);
                    libc::mprotect(piece, PIECE, left) == 0
                }
            };
            if !held {
                break;
            }
            taken += PIECE;
        }
        self.log(&format!("took {taken}"));
        self.act("idle", "");
    }

    /// Tries to open a file so many times.
    fn try_often(&mut self, count: u32) {
        let refused = (0..count).filter(|_| std::fs::File::open("/etc/passwd").is_err());
        let refused = refused.inspect(|_| self.pulse.beat()).count();
        self.log(&format!("refused {refused}"));
        self.act("idle", "");
    }

    /// Waits for the end of threads, as libraries do.
    fn join(&mut self) {
        let threads: Vec<_> = (0..4).map(|n| std::thread::spawn(move || n)).collect();
        let sum: i32 = threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .sum();
        self.log(&format!("joined {sum}"));
        self.act("idle", "");
    }

    /// Puts a text wherever it may, and gives its thread a name: both for others to read.
    fn rename(&mut self) {
        // SAFETY: one live text.
        let named = unsafe { libc::prctl(libc::PR_SET_NAME, c"secret".as_ptr()) };
        self.log(&format!("named {named}"));
        self.act("idle", "");
    }

    /// Starts threads until one is refused.
    fn threads(&mut self, count: usize) {
        let mut started = 0;
        while started < count {
            let sleep = || std::thread::sleep(Duration::from_secs(60));
            if std::thread::Builder::new()
                .stack_size(65536)
                .spawn(sleep)
                .is_err()
            {
                break;
            }
            started += 1;
        }
        self.log(&format!("started {started}"));
        self.act("idle", "");
    }

    /// Goes on in a second thread, and ends the first one.
    fn lead(&mut self) {
        std::thread::scope(|scope| {
            scope.spawn(|| self.act("idle", ""));
            // SAFETY: ends this thread and leaves its stack as it is.
            unsafe { libc::syscall(libc::SYS_exit, 0) };
        });
    }

    /// Ends the first thread, and goes on in others of which each makes the next one and ends.
    fn churn(&mut self) {
        fn link() {
            let next = || std::thread::Builder::new().stack_size(65536).spawn(link);
            while next().is_err() {}
        }
        self.log("churns");
        for _ in 0..4 {
            link();
        }
        // SAFETY: ends this thread and leaves its stack as it is.
        unsafe { libc::syscall(libc::SYS_exit, 0) };
    }

    /// Does what is permitted and its own business: closes a standard descriptor and a grant, accepts
    /// connections in their place, moves a page of its program and gives one back.
    fn business(&mut self) {
        #[repr(align(4096))]
        struct Pages([u8; 2 * 4096]);
        static PAGES: Pages = Pages([1; 2 * 4096]);
        let (Ok(Grant::Listener(listener)), Ok(Grant::ReadFile(file))) =
            (self.ports.grant("g"), self.ports.grant("r"))
        else {
            std::process::exit(92)
        };
        let page = std::hint::black_box(&PAGES.0).as_ptr().cast_mut().cast();
        // SAFETY: nothing else is in these pages, and nobody reads them any more; nobody uses standard input.
        let moved = unsafe {
            libc::close(0);
            let grown = libc::mremap(page, 4096, 4 * 4096, libc::MREMAP_MAYMOVE);
            libc::munmap(page.byte_add(4096), 4096);
            grown
        };
        let number = file.as_raw_fd();
        drop(file);
        let accept = || listener.accept().expect("a connection").0;
        let connections = [accept(), accept(), accept(), accept()];
        let numbers = connections.each_ref().map(AsRawFd::as_raw_fd);
        let done = moved != libc::MAP_FAILED && numbers == [0, 3, 4, number];
        self.log(if done { "done" } else { "not done" });
        self.act("idle", "");
    }

    /// Logs where code and stack were placed, then fails, to be placed again.
    fn addresses(&mut self) {
        let local = 0u8;
        self.log(&format!(
            "at {:p} {:p}",
            calls as *const (), &raw const local
        ));
        std::process::exit(1);
    }

    /// Writes to every out-port and reads from every in-port.
    fn all(&mut self) {
        let (mut writers, mut readers) = (Vec::new(), Vec::new());
        let ports: Vec<_> = self.ports.table().ports().collect();
        for port in ports {
            match port.direction {
                Direction::Out => writers.push(self.ports.writer(port.name).expect("a port").0),
                Direction::In => readers.push(self.ports.reader(port.name).expect("a port").0),
            }
        }
        loop {
            for writer in &mut writers {
                let _ = writer.send(&[0; 16], clock::now_ns());
            }
            for reader in &mut readers {
                let _ = reader.receive(&mut [0; 16]);
            }
            self.pause(5);
        }
    }

    /// Sends back what it receives on its connection; ends with status 3 when that is lost.
    fn echo(&mut self) {
        let Ok(Grant::Stream(mut stream)) = self.ports.grant("g") else {
            std::process::exit(92)
        };
        stream.set_nodelay(true).expect("no delay");
        let mut buffer = [0; 64];
        loop {
            self.pulse.beat();
            match stream.read(&mut buffer) {
                Ok(0) | Err(_) => std::process::exit(3),
                Ok(length) => stream.write_all(&buffer[..length]).expect("to write"),
            }
        }
    }

    /// Accepts one connection, sends back what it receives, and ends.
    fn serve(&mut self) {
        let Ok(Grant::Listener(listener)) = self.ports.grant("g") else {
            std::process::exit(92)
        };
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut buffer = [0; 5];
        stream.read_exact(&mut buffer).expect("to read");
        stream.write_all(&buffer).expect("to write");
        let _ = stream.read(&mut buffer);
        std::process::exit(0)
    }

    /// Sends one datagram on, waits, and logs how many came back where none can.
    fn relay(&mut self) {
        let (Ok(Grant::DatagramIn(from)), Ok(Grant::DatagramOut(to))) =
            (self.ports.grant("f"), self.ports.grant("g"))
        else {
            std::process::exit(92)
        };
        self.pulse.beat();
        let mut buffer = [0; 16];
        let (length, _) = from.recv_from(&mut buffer).expect("to receive");
        to.send(&buffer[..length]).expect("to send");
        self.pause(300);
        let mut watched = libc::pollfd {
            fd: to.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        // SAFETY: one live structure.
        let pending = unsafe { libc::poll(&raw mut watched, 1, 0) };
        self.log(&format!("pending {pending}"));
        self.act("idle", "");
    }

    /// Reads what its file has, writes as much again as told, and fails.
    fn append(&mut self, bytes: usize) {
        let Ok(Grant::Append { mut file, .. }) = self.ports.grant("g") else {
            std::process::exit(92)
        };
        let mut had = Vec::new();
        file.read_to_end(&mut had).expect("to read");
        self.log(&format!("had {}", had.len()));
        let wrote = file.write(&vec![b'x'; bytes]).unwrap_or(0);
        self.log(&format!("wrote {wrote}"));
        std::process::exit(1)
    }

    /// Stores a byte where it must not: an in-port's segment, or the port table.
    fn store(&mut self, target: &str) {
        let address = match target {
            "table" => channel::table::TABLE_ADDRESS,
            _ => {
                let port = self.ports.table().ports().next().expect("a port");
                port.data_address
            }
        };
        // SAFETY: none; it is meant to be a fault.
        unsafe {
            std::ptr::write_volatile(std::ptr::with_exposed_provenance_mut::<u8>(address), 1)
        };
        self.log("stored");
    }

    fn write(&mut self, count: u64) {
        let epoch = self.ports.table().incarnation().epoch;
        let (mut out, _) = self.ports.writer("out").expect("port out");
        let mut number = 0u64;
        while number < count {
            number += 1;
            let message = [epoch.to_le_bytes(), number.to_le_bytes()].concat();
            if out.send(&message, clock::now_ns()) == Sent::Full {
                number -= 1;
            }
            self.pause(2);
        }
    }

    /// Logs each new value of a sampling port as `epoch number`.
    fn read(&mut self) {
        let (mut input, _) = self.ports.reader("in").expect("port in");
        let mut buffer = [0; 16];
        loop {
            if let Latest::Value {
                fresh: true, epoch, ..
            } = input.latest(&mut buffer)
            {
                self.log(&format!("got {epoch} {}", number(&buffer)));
            }
            self.pause(1);
        }
    }

    /// Logs each message of a queue as `epoch number lost`.
    fn queue(&mut self, count: u64) {
        let (mut input, _) = self.ports.reader("in").expect("port in");
        let mut buffer = [0; 16];
        let mut seen = 0;
        while seen < count {
            if let Received::Message { epoch, lost, .. } = input.receive(&mut buffer) {
                self.log(&format!("got {epoch} {} lost {lost}", number(&buffer)));
                seen += 1;
            } else {
                self.pause(1);
            }
        }
    }
}

/// Hostile calls, those on sockets on the first grant: a name, a number, arguments.
fn calls() -> Vec<(&'static str, libc::c_long, [usize; 6])> {
    let path = c"/etc/passwd".as_ptr() as usize;
    let table = channel::table::TABLE_ADDRESS;
    let here = libc::AT_FDCWD as isize as usize;
    let none = [0; 6];
    let flags = |flags: libc::c_int| [flags as usize, 0, 0, 0, 0, 0];
    let inet = libc::AF_INET as usize;
    let local = ADDRESS.as_ptr() as usize;
    vec![
        ("openat", libc::SYS_openat, [here, path, 0, 0, 0, 0]),
        ("open", libc::SYS_open, [path, 0, 0, 0, 0, 0]),
        ("newfstatat", libc::SYS_newfstatat, [here, path, 0, 0, 0, 0]),
        ("openat2", libc::SYS_openat2, [here, path, 0, 0, 0, 0]),
        ("chroot", libc::SYS_chroot, [path, 0, 0, 0, 0, 0]),
        ("fchdir", libc::SYS_fchdir, none),
        ("pivot_root", libc::SYS_pivot_root, [path, path, 0, 0, 0, 0]),
        ("mount", libc::SYS_mount, none),
        ("fsopen", libc::SYS_fsopen, none),
        ("open_tree", libc::SYS_open_tree, none),
        ("move_mount", libc::SYS_move_mount, none),
        ("mount_setattr", libc::SYS_mount_setattr, none),
        ("umount2", libc::SYS_umount2, none),
        ("open_by_handle_at", libc::SYS_open_by_handle_at, none),
        ("name_to_handle_at", libc::SYS_name_to_handle_at, none),
        ("mknodat", libc::SYS_mknodat, none),
        (
            "clone-newuser",
            libc::SYS_clone,
            flags(libc::CLONE_NEWUSER | libc::SIGCHLD),
        ),
        ("clone-fork", libc::SYS_clone, flags(libc::SIGCHLD)),
        ("fork", libc::SYS_fork, none),
        ("vfork", libc::SYS_vfork, none),
        ("clone3", libc::SYS_clone3, none),
        ("unshare", libc::SYS_unshare, flags(libc::CLONE_NEWNET)),
        ("setns", libc::SYS_setns, none),
        ("setresuid", libc::SYS_setresuid, none),
        ("setgroups", libc::SYS_setgroups, none),
        ("fsetxattr", libc::SYS_fsetxattr, none),
        ("capset", libc::SYS_capset, none),
        ("prctl-ambient", libc::SYS_prctl, [47, 2, 0, 0, 0, 0]),
        ("prctl-seccomp", libc::SYS_prctl, [22, 2, 0, 0, 0, 0]),
        ("prctl-pdeathsig", libc::SYS_prctl, none),
        ("seccomp", libc::SYS_seccomp, none),
        ("execve", libc::SYS_execve, [path, 0, 0, 0, 0, 0]),
        ("execveat", libc::SYS_execveat, [here, path, 0, 0, 0, 0]),
        (
            "memfd_create",
            libc::SYS_memfd_create,
            [path, 0, 0, 0, 0, 0],
        ),
        (
            "mmap-exec",
            libc::SYS_mmap,
            [0, 4096, 4, 0x22, usize::MAX, 0],
        ),
        (
            "mmap-growsdown",
            libc::SYS_mmap,
            [0, 4096, 3, 0x122, usize::MAX, 0],
        ),
        (
            "mmap-huge",
            libc::SYS_mmap,
            [0, 2 << 20, 3, 0x40022, usize::MAX, 0],
        ),
        (
            "mmap-shared",
            libc::SYS_mmap,
            [0, 4096, 3, 0x21, usize::MAX, 0],
        ),
        ("mprotect-exec", libc::SYS_mprotect, [0, 4096, 5, 0, 0, 0]),
        (
            "mprotect-table",
            libc::SYS_mprotect,
            [channel::table::TABLE_ADDRESS, 4096, 3, 0, 0, 0],
        ),
        ("prctl-name", libc::SYS_prctl, [15, path, 0, 0, 0, 0]),
        ("mmap-file", libc::SYS_mmap, [0, 4096, 1, 2, 5, 0]),
        (
            "mremap-table",
            libc::SYS_mremap,
            [table, 4096, 4096, 1, 0, 0],
        ),
        ("mremap-to", libc::SYS_mremap, [path, 0, 4096, 3, table, 0]),
        ("futex-table", libc::SYS_futex, [table, 0, 1, path, 0, 0]),
        ("futex-wake", libc::SYS_futex, [path, 1, 1, 0, 0, 0]),
        (
            "futex-lock-pi",
            libc::SYS_futex,
            [path, 6 | 128, 0, 0, 0, 0],
        ),
        (
            "set_robust_list",
            libc::SYS_set_robust_list,
            [path, 24, 0, 0, 0, 0],
        ),
        (
            "set_tid_address",
            libc::SYS_set_tid_address,
            [table, 0, 0, 0, 0, 0],
        ),
        (
            "clone-thread-table",
            libc::SYS_clone,
            [0x003d_0f00, path, 0, table, 0, 0],
        ),
        ("fstat-grant", libc::SYS_fstat, [5, 1, 0, 0, 0, 0]),
        ("getsockname", libc::SYS_getsockname, [5, 0, 0, 0, 0, 0]),
        ("pkey_mprotect", libc::SYS_pkey_mprotect, none),
        ("ptrace", libc::SYS_ptrace, [16, 1, 0, 0, 0, 0]),
        (
            "process_vm_readv",
            libc::SYS_process_vm_readv,
            [1, 0, 0, 0, 0, 0],
        ),
        ("pidfd_open", libc::SYS_pidfd_open, [1, 0, 0, 0, 0, 0]),
        ("pidfd_getfd", libc::SYS_pidfd_getfd, none),
        ("kcmp", libc::SYS_kcmp, none),
        ("kill-all", libc::SYS_kill, [usize::MAX, 9, 0, 0, 0, 0]),
        ("tgkill-keeper", libc::SYS_tgkill, [1, 1, 9, 0, 0, 0]),
        ("tgkill-abort-keeper", libc::SYS_tgkill, [1, 1, 6, 0, 0, 0]),
        ("fcntl-owner", libc::SYS_fcntl, [0, 8, 1, 0, 0, 0]),
        ("fcntl-lock", libc::SYS_fcntl, [0, 6, path, 0, 0, 0]),
        ("fcntl-duplicate", libc::SYS_fcntl, [0, 0, 0, 0, 0, 0]),
        ("dup2", libc::SYS_dup2, [0, 9, 0, 0, 0, 0]),
        ("getdents64", libc::SYS_getdents64, none),
        ("socket-inet", libc::SYS_socket, [inet, 1, 0, 0, 0, 0]),
        ("socket-unix", libc::SYS_socket, [1, 1, 0, 0, 0, 0]),
        ("socket-netlink", libc::SYS_socket, [16, 3, 0, 0, 0, 0]),
        ("socket-packet", libc::SYS_socket, [17, 3, 0, 0, 0, 0]),
        ("socket-vsock", libc::SYS_socket, [40, 1, 0, 0, 0, 0]),
        ("socket-alg", libc::SYS_socket, [38, 5, 0, 0, 0, 0]),
        ("socketpair", libc::SYS_socketpair, [1, 1, 0, path, 0, 0]),
        ("connect", libc::SYS_connect, [5, local, 16, 0, 0, 0]),
        ("bind", libc::SYS_bind, [5, local, 16, 0, 0, 0]),
        ("listen", libc::SYS_listen, [5, 1, 0, 0, 0, 0]),
        ("accept", libc::SYS_accept, [5, 0, 0, 0, 0, 0]),
        ("accept4", libc::SYS_accept4, [5, 0, 0, 0, 0, 0]),
        ("sendmsg", libc::SYS_sendmsg, [5, 0, 0, 0, 0, 0]),
        ("recvmsg", libc::SYS_recvmsg, [5, 0, 0, 0, 0, 0]),
        (
            "sendto-address",
            libc::SYS_sendto,
            [5, path, 1, 0, local, 16],
        ),
        (
            "sendto-fast-open",
            libc::SYS_sendto,
            [5, path, 1, 0x2000_0000, 0, 0],
        ),
        (
            "setsockopt-device",
            libc::SYS_setsockopt,
            [5, 1, 25, path, 4, 0],
        ),
        ("shmget", libc::SYS_shmget, none),
        ("semget", libc::SYS_semget, none),
        ("msgget", libc::SYS_msgget, none),
        ("mq_open", libc::SYS_mq_open, none),
        ("add_key", libc::SYS_add_key, none),
        ("keyctl", libc::SYS_keyctl, none),
        ("ftruncate", libc::SYS_ftruncate, none),
        ("fallocate", libc::SYS_fallocate, none),
        ("flock", libc::SYS_flock, none),
        ("utimensat", libc::SYS_utimensat, none),
        ("inotify_init1", libc::SYS_inotify_init1, none),
        ("fanotify_init", libc::SYS_fanotify_init, none),
        ("mincore", libc::SYS_mincore, none),
        ("cachestat", 451, none),
        (
            "futex-wake-shared",
            libc::SYS_futex,
            [path & !3, 1, 1, 0, 0, 0],
        ),
        ("mlock", libc::SYS_mlock, none),
        ("mlockall", libc::SYS_mlockall, none),
        ("sched_setattr", libc::SYS_sched_setattr, none),
        ("sched_setscheduler", libc::SYS_sched_setscheduler, none),
        ("setpriority", libc::SYS_setpriority, none),
        ("ioprio_set", libc::SYS_ioprio_set, none),
        ("sched_setaffinity", libc::SYS_sched_setaffinity, none),
        ("prlimit-raise", libc::SYS_prlimit64, [0, 7, path, 0, 0, 0]),
        ("prlimit-keeper", libc::SYS_prlimit64, [1, 7, 0, 0, 0, 0]),
        ("timer_create", libc::SYS_timer_create, none),
        ("timerfd_create", libc::SYS_timerfd_create, none),
        ("eventfd2", libc::SYS_eventfd2, none),
        ("pipe2", libc::SYS_pipe2, none),
        ("io_uring_setup", libc::SYS_io_uring_setup, none),
        ("bpf", libc::SYS_bpf, none),
        ("perf_event_open", libc::SYS_perf_event_open, none),
        ("userfaultfd", libc::SYS_userfaultfd, none),
        ("kexec_load", libc::SYS_kexec_load, none),
        ("init_module", libc::SYS_init_module, none),
        ("finit_module", libc::SYS_finit_module, none),
        ("reboot", libc::SYS_reboot, none),
        ("clock_settime", libc::SYS_clock_settime, none),
        ("sethostname", libc::SYS_sethostname, none),
        ("x32-getpid", 39 | 0x4000_0000, none),
        ("ioctl-push", libc::SYS_ioctl, [0, 0x5412, path, 0, 0, 0]),
        (
            "ioctl-push-high",
            libc::SYS_ioctl,
            [0, 0x5412 | 1 << 32, path, 0, 0, 0],
        ),
        ("setsid", libc::SYS_setsid, none),
        ("setpgid", libc::SYS_setpgid, none),
        ("landlock", libc::SYS_landlock_create_ruleset, none),
        ("process_madvise", libc::SYS_process_madvise, none),
        ("syslog", libc::SYS_syslog, none),
        ("personality", libc::SYS_personality, none),
        ("modify_ldt", libc::SYS_modify_ldt, none),
        ("iopl", libc::SYS_iopl, none),
        ("vhangup", libc::SYS_vhangup, none),
        ("swapon", libc::SYS_swapon, none),
        ("acct", libc::SYS_acct, none),
        (
            "madvise-remove",
            libc::SYS_madvise,
            [channel::table::TABLE_ADDRESS, 4096, 9, 0, 0, 0],
        ),
        ("no-such-call", 999, none),
    ]
}

/// `127.0.0.1:9` as the kernel takes it.
static ADDRESS: [u8; 16] = [2, 0, 0, 9, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];

fn number(message: &[u8; 16]) -> u64 {
    let (_, number) = message.split_at(8);
    u64::from_le_bytes(number.try_into().unwrap_or_default())
}
