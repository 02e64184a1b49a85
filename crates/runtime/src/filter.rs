//! The filter of a subject's process: an own emitter of classic BPF, and what is permitted.
//!
//! Three answers are possible besides permission: an error for what a C library and `std` probe at
//! start, death for foreign call interfaces, and for everything else a notification: the supervisor
//! records the call and kills. Arguments are compared as 32-bit halves; a pointer is null only if
//! both halves are.

use crate::sys::Instruction;
use libc::{c_long, seccomp_data};
use std::mem::offset_of;

/// What the filter answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Allow,
    /// The kernel answers with this error; nobody is told.
    Refuse(i32),
    /// The supervisor is told, counts it and answers with this error.
    Count(i32),
    Notify,
    Kill,
}

impl Answer {
    fn value(self) -> u32 {
        match self {
            Self::Allow => libc::SECCOMP_RET_ALLOW,
            Self::Refuse(errno) => {
                libc::SECCOMP_RET_ERRNO | (errno.cast_unsigned() & libc::SECCOMP_RET_DATA)
            }
            Self::Count(_) | Self::Notify => libc::SECCOMP_RET_USER_NOTIF,
            Self::Kill => libc::SECCOMP_RET_KILL_PROCESS,
        }
    }
}

/// `half of an argument & mask == value`.
#[derive(Clone, Copy, Debug)]
struct Test {
    argument: u32,
    high: bool,
    mask: u32,
    value: u32,
}

/// An answer given when all tests hold.
#[derive(Clone, Debug)]
struct Case {
    tests: Vec<Test>,
    answer: Answer,
}

/// What happens on one call: the first case that holds, else the last answer.
#[derive(Clone, Debug)]
struct Rule {
    number: u32,
    cases: Vec<Case>,
    otherwise: Answer,
}

/// What a descriptor of a subject is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// A connected stream.
    Stream,
    /// A listening socket.
    Listener,
    /// A datagram socket that only receives.
    DatagramIn,
    /// A connected datagram socket that only sends.
    DatagramOut,
    /// A file or device, opened with the rights it needs.
    File,
}

/// The filter program for a subject with these descriptors.
///
/// It is at most 4096 instructions, the kernel's limit, for up to 64 descriptors.
pub fn program(fences: &[(i32, Fence)]) -> Vec<libc::sock_filter> {
    emit(&rules(fences))
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The kernel does what it is asked.
    Permitted,
    /// It is answered with this error; the subject goes on.
    Refused(i32),
    /// It is recorded, and the subject is killed.
    Denied,
    /// The kernel kills the subject at once.
    Killed,
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Allow => Self::Permitted,
            Answer::Refuse(error) | Answer::Count(error) => Self::Refused(error),
            Answer::Notify => Self::Denied,
            Answer::Kill => Self::Killed,
        }
    }
}

/// Calls that the kernel lets past every filter on x86-64: number, version of Linux that begins it, and what
/// becomes of such a call of a program in which no probe was set. Older versions with these numbers back-ported do
/// the same.
pub const PAST_EVERY_FILTER: [(u32, (u32, u32), &str); 2] = [
    (335, (6, 14), "the kernel ends the program by `SIGILL`"),
    (336, (6, 18), "error `ENXIO`, nothing else"),
];

/// What becomes of a call of a subject with these descriptors, as the rules are written.
pub fn outcome(fences: &[(i32, Fence)], number: u32, arguments: [u64; 6]) -> Outcome {
    if number >= X32_FIRST {
        return Outcome::Killed;
    }
    expected(&rules(fences), number, arguments).into()
}

/// The rules, read as they are written.
fn expected(rules: &[Rule], number: u32, arguments: [u64; 6]) -> Answer {
    let holds = |test: &Test| {
        let index = usize::try_from(test.argument).unwrap_or(usize::MAX);
        let argument = arguments.get(index).copied().unwrap_or(0);
        let half = if test.high { argument >> 32 } else { argument };
        (half & u64::from(u32::MAX)) as u32 & test.mask == test.value
    };
    let Some(rule) = rules.iter().find(|rule| rule.number == number) else {
        return Answer::Notify;
    };
    let case = rule.cases.iter().find(|case| case.tests.iter().all(holds));
    case.map_or(rule.otherwise, |case| case.answer)
}

/// What becomes of which call, in words: an answer, and the calls that get it. First without grants, then what
/// a granted socket adds.
pub fn table() -> Vec<(String, Vec<&'static str>)> {
    let sockets = [
        (5, Fence::Stream),
        (6, Fence::Listener),
        (7, Fence::DatagramIn),
        (8, Fence::DatagramOut),
    ];
    let without = rules(&[]);
    let known = |rule: &Rule| {
        let alike =
            |other: &&Rule| other.number == rule.number && other.cases.len() == rule.cases.len();
        without.iter().any(|other| alike(&other))
    };
    let mut with = rules(&sockets);
    with.retain(|rule| !known(rule));
    let mut rows: Vec<(String, Vec<u32>)> = Vec::new();
    for (rules, condition) in [(&without, ""), (&with, ", if a socket is granted")] {
        for rule in rules {
            let otherwise = match rule.otherwise {
                Answer::Allow => "permitted".to_owned(),
                Answer::Refuse(error) => format!("`{}`, not recorded", error_name(error)),
                Answer::Count(error) => format!("`{}`, counted", error_name(error)),
                Answer::Notify => "denied and recorded".to_owned(),
                Answer::Kill => "killed".to_owned(),
            };
            let answer = match (rule.cases.is_empty(), rule.otherwise) {
                (true, _) => format!("{otherwise}{condition}"),
                (false, Answer::Allow) => {
                    format!("permitted, with some arguments denied and recorded{condition}")
                }
                (false, _) => format!("permitted with some arguments, else {otherwise}{condition}"),
            };
            match rows.iter_mut().find(|(known, _)| *known == answer) {
                Some((_, numbers)) => numbers.push(rule.number),
                None => rows.push((answer, vec![rule.number])),
            }
        }
    }
    let named = |(answer, mut numbers): (String, Vec<u32>)| {
        numbers.sort_unstable();
        let names = numbers
            .into_iter()
            .map(|number| crate::calls::name(number.into()));
        (answer, names.collect())
    };
    rows.into_iter().map(named).collect()
}

fn error_name(error: i32) -> &'static str {
    match error {
        libc::EPERM => "EPERM",
        libc::EINVAL => "EINVAL",
        libc::ENOSYS => "ENOSYS",
        _ => "an error",
    }
}

// Instructions (linux/bpf_common.h): load a word of the call's data, and, jump if equal, jump if
// greater or equal, jump always, return.
const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_NOT_LESS: u16 = 0x35;
const JUMP: u16 = 0x05;
const RETURN: u16 = 0x06;

/// `AUDIT_ARCH_X86_64` (linux/audit.h): machine 62, 64-bit, little-endian.
const ARCHITECTURE: u32 = 0xc000_003e;
/// Calls from here on belong to the x32 interface, or are no calls at all.
const X32_FIRST: u32 = 0x4000_0000;

/// Farthest target of a conditional jump.
const REACH: usize = u8::MAX as usize;

fn emit(rules: &[Rule]) -> Vec<Instruction> {
    let mut assembler = Assembler::default();
    let call = assembler.search(&spans(rules));
    let kill = assembler.answer(Answer::Kill);
    let own = assembler.branch(JUMP_NOT_LESS, X32_FIRST, kill, call);
    let own = assembler.load(offset_of!(seccomp_data, nr), own);
    let start = assembler.branch(JUMP_EQUAL, ARCHITECTURE, own, kill);
    assembler.load(offset_of!(seccomp_data, arch), start);
    assembler.reversed.reverse();
    assembler.reversed
}

/// An instruction by the number of those behind it.
type Label = usize;

/// A program that grows from its end, because jumps only go forward: each piece is added with the
/// labels where it leads. Equal answers are one instruction as far as jumps reach: the kernel
/// translates each instruction of a filter when it is installed, which is a good part of a start.
#[derive(Default)]
struct Assembler {
    reversed: Vec<Instruction>,
    answers: Vec<(u32, Label)>,
}

impl Assembler {
    fn push(&mut self, code: u16, k: u32, jt: u8, jf: u8) -> Label {
        self.reversed.push(Instruction { code, jt, jf, k });
        self.reversed.len() - 1
    }

    /// An instruction that gives this answer, near enough for the next few jumps.
    fn answer(&mut self, answer: Answer) -> Label {
        let near = self.reversed.len().saturating_sub(REACH * 3 / 4);
        let known = self
            .answers
            .iter()
            .rev()
            .find(|(known, _)| *known == answer.value());
        match known {
            Some((_, label)) if *label >= near => *label,
            _ => {
                let label = self.push(RETURN, answer.value(), 0, 0);
                self.answers.push((answer.value(), label));
                label
            }
        }
    }

    /// How far a jump that is added now is from its target.
    fn distance(&self, target: Label) -> usize {
        self.reversed.len() - target - 1
    }

    /// A place within reach that leads to the target.
    fn reach(&mut self, target: Label) -> Label {
        // The other way out may need an instruction in between, too.
        if self.distance(target) < REACH {
            target
        } else {
            self.jump(target)
        }
    }

    fn jump(&mut self, target: Label) -> Label {
        let distance = u32::try_from(self.distance(target)).unwrap_or(u32::MAX);
        self.push(JUMP, distance, 0, 0)
    }

    fn branch(&mut self, code: u16, k: u32, yes: Label, no: Label) -> Label {
        let yes = self.reach(yes);
        let no = self.reach(no);
        let offset = |distance| u8::try_from(distance).unwrap_or(u8::MAX);
        let (jt, jf) = (self.distance(yes), self.distance(no));
        self.push(code, k, offset(jt), offset(jf))
    }

    /// An instruction without a choice before what follows.
    fn before(&mut self, code: u16, k: u32, next: Label) -> Label {
        if self.distance(next) > 0 {
            self.jump(next);
        }
        self.push(code, k, 0, 0)
    }

    fn load(&mut self, offset: usize, next: Label) -> Label {
        self.before(LOAD, u32::try_from(offset).unwrap_or(0), next)
    }

    /// A binary search for the span of the call: the kernel also runs every filter for every number
    /// when it is installed.
    fn search(&mut self, spans: &[Span<'_>]) -> Label {
        match spans.split_at(spans.len() / 2) {
            (_, []) => self.answer(Answer::Notify),
            ([], [span, ..]) => {
                let otherwise = self.answer(span.otherwise);
                let cases = span.cases.iter().rev();
                cases.fold(otherwise, |next, case| self.case(case, next))
            }
            (left, right @ [pivot, ..]) => {
                let right = self.search(right);
                let left = self.search(left);
                self.branch(JUMP_NOT_LESS, pivot.first, right, left)
            }
        }
    }

    /// The tests of a case, and where it goes on if one fails.
    fn case(&mut self, case: &Case, fails: Label) -> Label {
        let holds = self.answer(case.answer);
        case.tests.iter().rev().fold(holds, |next, test| {
            let mut at = self.branch(JUMP_EQUAL, test.value, next, fails);
            if test.mask != u32::MAX {
                at = self.before(AND, test.mask, at);
            }
            let half = if test.high { 4 } else { 0 };
            let argument = usize::try_from(test.argument).unwrap_or(0) * 8;
            self.load(offset_of!(seccomp_data, args) + argument + half, at)
        })
    }
}

/// Calls from this number to the next span's that are treated alike.
struct Span<'a> {
    first: u32,
    cases: &'a [Case],
    otherwise: Answer,
}

/// All call numbers in order. Neighbours with one plain answer are one span.
fn spans(rules: &[Rule]) -> Vec<Span<'_>> {
    let mut sorted: Vec<&Rule> = rules.iter().collect();
    sorted.sort_unstable_by_key(|rule| rule.number);
    let mut spans: Vec<Span<'_>> = Vec::new();
    let mut next = 0;
    for rule in sorted {
        if rule.number > next {
            add(&mut spans, next, &[], Answer::Notify);
        }
        add(&mut spans, rule.number, &rule.cases, rule.otherwise);
        next = rule.number.saturating_add(1);
    }
    add(&mut spans, next, &[], Answer::Notify);
    spans
}

fn add<'a>(spans: &mut Vec<Span<'a>>, first: u32, cases: &'a [Case], otherwise: Answer) {
    let goes_on =
        |last: &Span<'_>| last.cases.is_empty() && cases.is_empty() && last.otherwise == otherwise;
    if !spans.last().is_some_and(goes_on) {
        spans.push(Span {
            first,
            cases,
            otherwise,
        });
    }
}

fn low(argument: u32, mask: u32, value: u32) -> Test {
    Test {
        argument,
        high: false,
        mask,
        value,
    }
}

fn equals(argument: u32, value: u32) -> Test {
    low(argument, u32::MAX, value)
}

fn descriptor(argument: u32, fd: i32) -> Test {
    equals(argument, fd.cast_unsigned())
}

fn null(argument: u32) -> [Test; 2] {
    let high = Test {
        argument,
        high: true,
        mask: u32::MAX,
        value: 0,
    };
    [equals(argument, 0), high]
}

/// Whether an address is above all segments (`plan::check::ADDRESS_END`): of the process alone.
fn private(argument: u32) -> Test {
    Test {
        argument,
        high: true,
        mask: PRIVATE_HALF,
        value: PRIVATE_HALF,
    }
}

/// Permitted whatever the arguments: they concern only the process itself or a descriptor it has.
const ALWAYS: [c_long; 21] = [
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
const PROBED: [c_long; 14] = [
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
const ALWAYS_OLD: [c_long; 2] = [libc::SYS_poll, libc::SYS_time];
#[cfg(target_arch = "x86_64")]
const PROBED_OLD: [c_long; 4] = [
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
];
/// Refused with `EPERM`, not counted: a C library tries it at each start, to learn where its program is.
#[cfg(target_arch = "x86_64")]
const AT_START: [c_long; 2] = [libc::SYS_readlinkat, libc::SYS_readlink];
#[cfg(target_arch = "x86_64")]
const SET_FS: Option<(c_long, u32)> = Some((libc::SYS_arch_prctl, 0x1002));

#[cfg(not(target_arch = "x86_64"))]
const ALWAYS_OLD: [c_long; 0] = [];
#[cfg(not(target_arch = "x86_64"))]
const PROBED_OLD: [c_long; 0] = [];
#[cfg(not(target_arch = "x86_64"))]
const AT_START: [c_long; 1] = [libc::SYS_readlinkat];
#[cfg(not(target_arch = "x86_64"))]
const SET_FS: Option<(c_long, u32)> = None;

/// `CLONE_VM | FS | FILES | SIGHAND | THREAD | SYSVSEM | SETTLS | PARENT_SETTID | CHILD_CLEARTID`:
/// exactly what C libraries ask for a thread.
const THREAD: u32 = 0x003d_0f00;
/// `MAP_GROWSDOWN | MAP_HUGETLB`: a stack counts as stack however large it is made, and large pages come
/// from a pool of the machine's.
const UNCOUNTED: u32 = 0x0004_0100;
/// `MAP_ANONYMOUS`: pages of a file are known to everybody who maps it.
const ANONYMOUS: u32 = 0x20;
/// `MAP_TYPE`, and `MAP_PRIVATE` of it.
const MAP_TYPE: u32 = 0x0f;
const PRIVATE: u32 = 0x02;
/// `MAP_FIXED | MAP_FIXED_NOREPLACE`.
const FIXED: u32 = 0x10_0010;
/// The upper half of the lowest address that no segment has.
const PRIVATE_HALF: u32 = (plan::check::ADDRESS_END >> 32) as u32;
/// `MREMAP_MAYMOVE`.
const MAY_MOVE: u32 = 1;
const FUTEX_PRIVATE: u32 = 128;
const FUTEX_CLOCK_REALTIME: u32 = 256;
const FUTEX_WAIT: u32 = 0;
const FUTEX_WAIT_BITSET: u32 = 9;
/// `FUTEX_WAIT`, `WAKE`, `REQUEUE`, `CMP_REQUEUE`, `WAKE_OP`, `WAIT_BITSET`, `WAKE_BITSET`.
const FUTEX_INSIDE: [u32; 7] = [FUTEX_WAIT, 1, 3, 4, 5, FUTEX_WAIT_BITSET, 10];
/// The argument of `clone` that says what is cleared when the thread ends.
#[cfg(target_arch = "x86_64")]
const THREAD_END: u32 = 3;
#[cfg(not(target_arch = "x86_64"))]
const THREAD_END: u32 = 4;
/// What may be asked when sending: `MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE`.
const SEND_FLAGS: u32 = 0x40 | 0x4000 | 0x8000;
/// What may be asked when receiving: `MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT | MSG_WAITALL`.
const RECEIVE_FLAGS: u32 = 0x02 | 0x20 | 0x40 | 0x100;
/// Read and set: time limits, keep-alive, errors; no delay.
const SOCKET_OPTIONS: [(i32, i32); 6] = [
    (libc::SOL_SOCKET, libc::SO_RCVTIMEO),
    (libc::SOL_SOCKET, libc::SO_SNDTIMEO),
    (libc::SOL_SOCKET, libc::SO_KEEPALIVE),
    (libc::SOL_SOCKET, libc::SO_ERROR),
    (libc::IPPROTO_TCP, libc::TCP_NODELAY),
    (libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT),
];

fn rule(number: c_long, cases: Vec<Case>, otherwise: Answer) -> Rule {
    // Every call number is small and positive.
    Rule {
        number: u32::try_from(number).unwrap_or(u32::MAX),
        cases,
        otherwise,
    }
}

fn when(tests: impl Into<Vec<Test>>, answer: Answer) -> Case {
    Case {
        tests: tests.into(),
        answer,
    }
}

fn rules(fences: &[(i32, Fence)]) -> Vec<Rule> {
    use Answer::{Allow, Count, Notify, Refuse};
    let of = |wanted: &[Fence]| -> Vec<i32> {
        let fits = fences.iter().filter(|(_, fence)| wanted.contains(fence));
        fits.map(|(fd, _)| *fd).collect()
    };
    let except = |fds: Vec<i32>| -> Vec<Case> {
        fds.into_iter()
            .map(|fd| when([descriptor(0, fd)], Notify))
            .collect()
    };
    let one_way_in = of(&[Fence::DatagramIn, Fence::Listener]);
    let one_way_out = of(&[Fence::DatagramOut, Fence::Listener]);
    let mut rules = vec![
        rule(libc::SYS_read, except(one_way_out.clone()), Allow),
        rule(libc::SYS_write, except(one_way_in.clone()), Allow),
        rule(libc::SYS_writev, except(one_way_in.clone()), Allow),
    ];
    rules.extend(
        ALWAYS
            .iter()
            .chain(&ALWAYS_OLD)
            .map(|call| rule(*call, vec![], Allow)),
    );
    rules.extend([
        rule(libc::SYS_futex, futex(), Notify),
        // Neither executable, nor shared, nor of a file, nor memory that the limit on private memory does
        // not count or that others can take away; and in the place of nothing but what is private.
        rule(libc::SYS_mmap, new_memory(), Notify),
        // Segments stay where they are and as they are: room that they leave would not be counted.
        rule(libc::SYS_munmap, vec![when([private(0)], Allow)], Notify),
        // No segment is moved among, or doubled to, the addresses that count as private.
        rule(
            libc::SYS_mremap,
            vec![when([private(0), low(3, !MAY_MOVE, 0)], Allow)],
            Notify,
        ),
        // What the kernel clears and wakes when a thread ends is of the process alone; and no list of
        // further such places.
        rule(
            libc::SYS_set_tid_address,
            vec![when([private(0)], Allow)],
            Notify,
        ),
        rule(libc::SYS_set_robust_list, vec![], Refuse(libc::ENOSYS)),
        rule(
            libc::SYS_mprotect,
            vec![when([low(2, 4, 0), private(0)], Allow)],
            Notify,
        ),
        rule(
            libc::SYS_madvise,
            // MADV_DONTNEED. After MADV_FREE the need of others for memory would show in what is read.
            vec![when([equals(2, 4), private(0)], Allow)],
            Refuse(libc::EINVAL),
        ),
        // From the start, from here, from the end: where a file has holes depends on what others have read.
        rule(
            libc::SYS_lseek,
            [0, 1, 2]
                .map(|whence| when([equals(2, whence)], Allow))
                .to_vec(),
            Count(libc::EINVAL),
        ),
        // The only signal that can be sent inside: with a handler it would take back a call that is about to
        // be reported.
        rule(
            libc::SYS_rt_sigaction,
            vec![when(
                [equals(0, libc::SIGABRT.cast_unsigned())],
                Count(libc::EPERM),
            )],
            Allow,
        ),
        rule(
            libc::SYS_clone,
            vec![when([equals(0, THREAD), private(THREAD_END)], Allow)],
            Notify,
        ),
        rule(libc::SYS_clone3, vec![], Refuse(libc::ENOSYS)),
        // How a program aborts. The only other process it can name is its keeper, and the kernel shields
        // the first process of a partition from signals sent inside. Others could be kept pending, up to a
        // limit that the kernel counts over all processes of equal user ids, also of another system.
        rule(
            libc::SYS_tgkill,
            vec![when([equals(2, libc::SIGABRT.cast_unsigned())], Allow)],
            Count(libc::EPERM),
        ),
        // Its own limits, to look at.
        rule(
            libc::SYS_prlimit64,
            vec![when([&[equals(0, 0)][..], &null(2)].concat(), Allow)],
            Count(libc::EPERM),
        ),
        // Look at a descriptor's flags.
        rule(
            libc::SYS_fcntl,
            [libc::F_GETFD, libc::F_GETFL]
                .map(|command| when([equals(1, command.cast_unsigned())], Allow))
                .to_vec(),
            Count(libc::EPERM),
        ),
        rule(
            libc::SYS_ioctl,
            vec![when(
                [equals(1, u32::try_from(libc::FIONBIO).unwrap_or(0))],
                Allow,
            )],
            Count(libc::EPERM),
        ),
    ]);
    if let Some((call, code)) = SET_FS {
        rules.push(rule(
            call,
            vec![when([equals(0, code)], Allow)],
            Refuse(libc::EINVAL),
        ));
    }
    let probed = PROBED.iter().chain(&PROBED_OLD);
    rules.extend(probed.map(|call| rule(*call, vec![], Count(libc::EPERM))));
    rules.extend(AT_START.map(|call| rule(call, vec![], Refuse(libc::EPERM))));
    if fences.iter().any(|(_, fence)| *fence != Fence::File) {
        rules.extend(socket_rules(
            &one_way_in,
            &one_way_out,
            &of(&[Fence::Listener]),
        ));
    }
    rules
}

/// Memory that may be asked for: anywhere, or at a place of choice among private addresses.
fn new_memory() -> Vec<Case> {
    let kind = UNCOUNTED | MAP_TYPE | ANONYMOUS;
    let wanted = ANONYMOUS | PRIVATE;
    let anywhere = [low(2, 4, 0), low(3, kind | FIXED, wanted)];
    let there = [low(2, 4, 0), low(3, kind, wanted), private(0)];
    vec![when(anywhere, Answer::Allow), when(there, Answer::Allow)]
}

/// What waits and wakes within the process. A shared wait is how a C library joins a thread: it is
/// permitted where only the process itself has memory. A shared wake could be seen outside, and locks
/// with an owner would name one.
fn futex() -> Vec<Case> {
    let any = !FUTEX_CLOCK_REALTIME;
    let inside = FUTEX_INSIDE.map(|operation| {
        let operation = low(1, any, operation | FUTEX_PRIVATE);
        when([operation], Answer::Allow)
    });
    let waits = [FUTEX_WAIT, FUTEX_WAIT_BITSET]
        .map(|operation| when([low(1, any, operation), private(0)], Answer::Allow));
    inside.into_iter().chain(waits).collect()
}

fn socket_rules(one_way_in: &[i32], one_way_out: &[i32], listeners: &[i32]) -> Vec<Rule> {
    use Answer::{Allow, Count, Notify};
    let except = |fds: &[i32]| -> Vec<Case> {
        fds.iter()
            .map(|fd| when([descriptor(0, *fd)], Notify))
            .collect()
    };
    let plain_send = [&null(4)[..], &[low(3, !SEND_FLAGS, 0)]].concat();
    let mut send = except(one_way_in);
    send.push(when(plain_send, Allow));
    let mut receive = except(one_way_out);
    receive.push(when([low(3, !RECEIVE_FLAGS, 0)], Allow));
    let options = |(level, option): (i32, i32)| {
        let tests = [
            equals(1, level.cast_unsigned()),
            equals(2, option.cast_unsigned()),
        ];
        when(tests, Allow)
    };
    let options: Vec<Case> = SOCKET_OPTIONS.into_iter().map(options).collect();
    let accept = |fd: &i32| when([descriptor(0, *fd)], Allow);
    vec![
        rule(libc::SYS_sendto, send, Notify),
        rule(libc::SYS_recvfrom, receive, Notify),
        rule(
            libc::SYS_accept4,
            listeners.iter().map(accept).collect(),
            Notify,
        ),
        rule(libc::SYS_shutdown, except(listeners), Allow),
        rule(libc::SYS_getpeername, vec![], Allow),
        // The port of a connection is drawn from those that the whole machine has left.
        rule(libc::SYS_getsockname, vec![], Count(libc::EPERM)),
        rule(libc::SYS_setsockopt, options.clone(), Count(libc::EPERM)),
        rule(libc::SYS_getsockopt, options, Count(libc::EPERM)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a program as the kernel does; panics on what the kernel would refuse.
    fn run(program: &[Instruction], arch: u32, number: u32, arguments: [u64; 6]) -> u32 {
        let mut data = [0; 64];
        data[0..4].copy_from_slice(&number.to_le_bytes());
        data[4..8].copy_from_slice(&arch.to_le_bytes());
        for (index, argument) in arguments.iter().enumerate() {
            data[16 + index * 8..24 + index * 8].copy_from_slice(&argument.to_le_bytes());
        }
        let (mut at, mut accumulator) = (0, 0);
        loop {
            let Instruction { code, jt, jf, k } = program[at];
            at += 1;
            let mut branch = |taken: bool| at += usize::from(if taken { jt } else { jf });
            match code {
                LOAD => {
                    let k = k as usize;
                    accumulator = u32::from_le_bytes(data[k..k + 4].try_into().unwrap());
                }
                AND => accumulator &= k,
                JUMP_EQUAL => branch(accumulator == k),
                JUMP_NOT_LESS => branch(accumulator >= k),
                JUMP => at += k as usize,
                RETURN => return k,
                other => panic!("instruction {other:#x}"),
            }
        }
    }

    /// An address of the process alone, and one where a segment can lie.
    const OWN: u64 = 0x7f00_0000_1000;
    const SEGMENT: u64 = 0x1100_0000_0000;

    const NOTIFY: u32 = libc::SECCOMP_RET_USER_NOTIF;
    const ALLOW: u32 = libc::SECCOMP_RET_ALLOW;
    const KILL: u32 = libc::SECCOMP_RET_KILL_PROCESS;
    /// Answered with an error by the supervisor, which counts it; the rules say with which.
    const COUNTED: u32 = NOTIFY;

    fn check(fences: &[(i32, Fence)], number: c_long, arguments: [u64; 6]) -> u32 {
        run(&program(fences), ARCHITECTURE, number as u32, arguments)
    }

    #[test]
    fn other_interfaces_are_killed() {
        let program = program(&[]);
        assert_eq!(run(&program, 0x4000_0003, 0, [0; 6]), KILL);
        assert_eq!(run(&program, ARCHITECTURE, X32_FIRST, [0; 6]), KILL);
        assert_eq!(run(&program, ARCHITECTURE, u32::MAX, [0; 6]), KILL);
    }

    #[test]
    fn every_call_not_listed_is_notified() {
        let rules = rules(&[(3, Fence::Listener)]);
        let program = emit(&rules);
        for number in 0..1000 {
            let listed = rules.iter().any(|rule| rule.number == number);
            let answer = run(&program, ARCHITECTURE, number, [u64::MAX; 6]);
            if !listed {
                assert_eq!(answer, NOTIFY, "{number}");
            }
        }
        let mut numbers: Vec<u32> = rules.iter().map(|rule| rule.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), rules.len());
    }

    #[test]
    fn the_program_answers_as_the_rules_say() {
        let fences = [
            (3, Fence::Stream),
            (4, Fence::Listener),
            (5, Fence::DatagramIn),
            (6, Fence::DatagramOut),
            (7, Fence::File),
        ];
        let many: Vec<(i32, Fence)> = (3..67).map(|fd| (fd, Fence::DatagramIn)).collect();
        let values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 0x3d_0f00, 1 << 32, u64::MAX];
        for fences in [&[][..], &fences, &many] {
            let rules = rules(fences);
            let program = emit(&rules);
            for number in 0..700 {
                for first in values {
                    for other in values {
                        for last in [0, 1 << 32, 0x2000_0000] {
                            let arguments = [first, other, last ^ first, other, last, last];
                            let answer = run(&program, ARCHITECTURE, number, arguments);
                            let wanted = expected(&rules, number, arguments).value();
                            assert_eq!(answer, wanted, "{number} {arguments:x?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_counted_is_not_denied() {
        let fences = [(5, Fence::Stream), (7, Fence::File)];
        let refused = |number: c_long, arguments| {
            let number = u32::try_from(number).unwrap();
            matches!(
                outcome(&fences, number, arguments),
                Outcome::Refused(libc::EPERM)
            )
        };
        for (number, arguments) in [
            (libc::SYS_openat, [0; 6]),
            (libc::SYS_fstat, [5, 0, 0, 0, 0, 0]),
            (libc::SYS_setsockopt, [5, 1, 25, 0, 0, 0]),
            (libc::SYS_tgkill, [1, 1, 9, 0, 0, 0]),
        ] {
            assert!(refused(number, arguments), "{number}");
            assert_eq!(check(&fences, number, arguments), COUNTED);
        }
        assert!(!refused(libc::SYS_execve, [0; 6]));
        let silent = check(&fences, libc::SYS_readlink, [0; 6]);
        assert_eq!(silent, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32);
    }

    #[test]
    fn equal_answers_are_shared() {
        let program = program(&[]);
        let returns = program.iter().filter(|one| one.code == RETURN).count();
        assert_eq!(returns, 6, "allow, notify, kill, three errors");
    }

    #[test]
    fn the_largest_filter_fits_the_kernel() {
        let fences: Vec<(i32, Fence)> = (3..67).map(|fd| (fd, Fence::Listener)).collect();
        assert!(program(&fences).len() <= 4096);
    }

    #[test]
    fn executable_and_shared_memory_is_notified() {
        let map = |protection, flags| {
            check(
                &[],
                libc::SYS_mmap,
                [0, 4096, protection, flags, u64::MAX, 0],
            )
        };
        assert_eq!(map(3, 0x22), ALLOW);
        assert_eq!(map(3, 0x2_4022), ALLOW, "a stack as libraries ask for it");
        assert_eq!(map(3, 0x122), NOTIFY);
        assert_eq!(map(3, 0x4_0022), NOTIFY);
        assert_eq!(map(7, 0x22), NOTIFY);
        assert_eq!(map(4, 0x22), NOTIFY);
        assert_eq!(map(3, 0x21), NOTIFY);
        assert_eq!(map(3, 0x03), NOTIFY);
        assert_eq!(map(3, 0x02), NOTIFY, "of a file");
        assert_eq!(
            check(&[], libc::SYS_mprotect, [0, 4096, 5, 0, 0, 0]),
            NOTIFY
        );
        let protect = |at, rights| check(&[], libc::SYS_mprotect, [at, 4096, rights, 0, 0, 0]);
        assert_eq!((protect(OWN, 1), protect(OWN, 5)), (ALLOW, NOTIFY));
        assert_eq!(protect(SEGMENT, 1), NOTIFY);
        assert_eq!(map(3, 0x28), NOTIFY, "that the kernel may drop");
        let place = |at, flags| check(&[], libc::SYS_mmap, [at, 4096, 3, flags, u64::MAX, 0]);
        for fixed in [0x32, 0x10_0022] {
            assert_eq!((place(OWN, fixed), place(SEGMENT, fixed)), (ALLOW, NOTIFY));
        }
    }

    #[test]
    fn segments_stay_and_what_others_do_to_files_and_memory_is_not_seen() {
        let ask = |number, arguments| check(&[], number, arguments);
        for (at, answer) in [(OWN, ALLOW), (SEGMENT, NOTIFY)] {
            assert_eq!(ask(libc::SYS_munmap, [at, 4096, 0, 0, 0, 0]), answer);
        }
        let einval = libc::SECCOMP_RET_ERRNO | libc::EINVAL as u32;
        let advise = |at, advice| ask(libc::SYS_madvise, [at, 4096, advice, 0, 0, 0]);
        assert_eq!((advise(OWN, 4), advise(SEGMENT, 4)), (ALLOW, einval));
        assert_eq!(advise(OWN, 8), einval);
        for whence in 0..6 {
            let answer = if whence < 3 { ALLOW } else { COUNTED };
            assert_eq!(ask(libc::SYS_lseek, [7, 0, whence, 0, 0, 0]), answer);
        }
        let handler = |signal| ask(libc::SYS_rt_sigaction, [signal, 0, 0, 8, 0, 0]);
        assert_eq!((handler(6), handler(11)), (COUNTED, ALLOW));
    }

    #[test]
    fn the_only_signal_to_send_is_that_of_an_abort() {
        let send = |signal| check(&[], libc::SYS_tgkill, [1, 1, signal, 0, 0, 0]);
        assert_eq!(send(6), ALLOW);
        for signal in (0..65).filter(|signal| *signal != 6) {
            assert_eq!(send(signal), COUNTED, "{signal}");
        }
    }

    #[test]
    fn only_threads_can_be_made() {
        let clone = |flags| check(&[], libc::SYS_clone, [flags, 0, 0, OWN, OWN, 0]);
        assert_eq!(clone(THREAD.into()), ALLOW);
        assert_eq!(clone(u64::from(THREAD) | 0x1000_0000), NOTIFY);
        assert_eq!(clone(17), NOTIFY);
        let enosys = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;
        assert_eq!(check(&[], libc::SYS_clone3, [0; 6]), enosys);
    }

    #[test]
    fn what_others_could_see_of_a_wait_or_a_wake_is_notified() {
        let futex = |at, operation| check(&[], libc::SYS_futex, [at, operation, 1, 0, 0, 0]);
        for operation in [0, 9, 9 | 256] {
            assert_eq!(futex(OWN, operation), ALLOW);
            assert_eq!(futex(SEGMENT, operation), NOTIFY);
        }
        for operation in [0, 1, 3, 4, 5, 9, 9 | 256, 10] {
            assert_eq!(futex(SEGMENT, operation | 128), ALLOW);
        }
        for shared in [1, 3, 4, 5, 10] {
            assert_eq!(futex(OWN, shared), NOTIFY);
        }
        // With an owner: to lock, unlock, try, move, wait for.
        for owned in [6, 7, 8, 11, 12, 13] {
            assert_eq!(futex(OWN, owned), NOTIFY);
            assert_eq!(futex(OWN, owned | 128), NOTIFY);
        }
    }

    #[test]
    fn the_end_of_a_thread_wakes_nobody_else() {
        let enosys = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;
        let ask = |number, arguments| check(&[], number, arguments);
        for (at, answer) in [(OWN, ALLOW), (SEGMENT, NOTIFY), (0, NOTIFY)] {
            let thread = [THREAD.into(), 0, 0, at, at, 0];
            assert_eq!(ask(libc::SYS_clone, thread), answer);
            let call = libc::SYS_set_tid_address;
            assert_eq!(ask(call, [at, 0, 0, 0, 0, 0]), answer);
        }
        let list = ask(libc::SYS_set_robust_list, [OWN, 24, 0, 0, 0, 0]);
        assert_eq!(list, enosys);
    }

    #[test]
    fn no_segment_gets_a_private_address() {
        let remap = |at, flags| check(&[], libc::SYS_mremap, [at, 4096, 8192, flags, OWN, 0]);
        assert_eq!((remap(OWN, 0), remap(OWN, 1)), (ALLOW, ALLOW));
        for flags in 0..8 {
            assert_eq!(remap(SEGMENT, flags), NOTIFY);
        }
        for flags in 2..8 {
            assert_eq!(
                remap(OWN, flags),
                NOTIFY,
                "to a place of choice, or leaving the old one"
            );
        }
        assert!(plan::check::ADDRESS_END.is_power_of_two());
        assert_eq!(plan::check::ADDRESS_END >> 48, 0);
    }

    #[test]
    fn nothing_can_be_looked_at() {
        let fences = [(5, Fence::Stream), (6, Fence::Listener), (7, Fence::File)];
        for (fd, answer) in [(0, COUNTED), (5, COUNTED), (6, COUNTED), (7, COUNTED)] {
            assert_eq!(check(&fences, libc::SYS_fstat, [fd, 0, 0, 0, 0, 0]), answer);
        }
    }

    #[test]
    fn grants_are_fenced() {
        let fences = [
            (3, Fence::Stream),
            (4, Fence::Listener),
            (5, Fence::DatagramIn),
            (6, Fence::DatagramOut),
            (7, Fence::File),
        ];
        let ask = |number, arguments| check(&fences, number, arguments);
        let send = |fd, flags, address| ask(libc::SYS_sendto, [fd, 0, 0, flags, address, 0]);
        assert_eq!(send(3, 0x4000, 0), ALLOW);
        assert_eq!(send(6, 0x4000, 0), ALLOW);
        assert_eq!(send(3, 0x4000, 1), NOTIFY);
        assert_eq!(send(3, 0x4000, 1 << 32), NOTIFY);
        assert_eq!(send(3, 0x2000_0000, 0), NOTIFY);
        assert_eq!(send(5, 0, 0), NOTIFY);
        let receive = |fd| ask(libc::SYS_recvfrom, [fd, 0, 0, 0, 1, 1]);
        assert_eq!((receive(3), receive(5), receive(6)), (ALLOW, ALLOW, NOTIFY));
        for fd in 3..8 {
            let expect = |no: &[u64]| if no.contains(&fd) { NOTIFY } else { ALLOW };
            assert_eq!(
                ask(libc::SYS_read, [fd, 0, 0, 0, 0, 0]),
                expect(&[4, 6]),
                "{fd}"
            );
            assert_eq!(
                ask(libc::SYS_write, [fd, 0, 0, 0, 0, 0]),
                expect(&[4, 5]),
                "{fd}"
            );
            assert_eq!(
                ask(libc::SYS_accept4, [fd, 0, 0, 0, 0, 0]),
                expect(&[3, 5, 6, 7]),
                "{fd}"
            );
        }
        for call in [
            libc::SYS_connect,
            libc::SYS_bind,
            libc::SYS_listen,
            libc::SYS_sendmsg,
        ] {
            assert_eq!(ask(call, [3, 0, 0, 0, 0, 0]), NOTIFY);
        }
        let option = |level, option| ask(libc::SYS_setsockopt, [3, level, option, 0, 0, 0]);
        assert_eq!(option(1, 20), ALLOW);
        assert_eq!(option(6, 1), ALLOW);
        assert_eq!(option(1, 25), COUNTED);
        assert_eq!(
            option(1 | 1 << 32, 20),
            ALLOW,
            "the kernel reads the low half only"
        );
        // Without sockets there are no socket calls.
        assert_eq!(
            check(&[(3, Fence::File)], libc::SYS_sendto, [3, 0, 0, 0, 0, 0]),
            NOTIFY
        );
    }
}
