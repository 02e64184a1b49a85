//! The rules: which call gets which answer, by its arguments.

use super::tables::{ALWAYS, ALWAYS_OLD, AT_START, PROBED, PROBED_OLD, SET_FS};
use super::{Answer, Case, Fence, Rule, Test};
use libc::c_long;

/// `CLONE_VM | FS | FILES | SIGHAND | THREAD | SYSVSEM | SETTLS | PARENT_SETTID | CHILD_CLEARTID`:
/// exactly what C libraries ask for a thread.
pub(super) const THREAD: u32 = 0x003d_0f00;
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
const PRIVATE_HALF: u32 = (plan::linux::ADDRESS_END >> 32) as u32;
/// `MREMAP_MAYMOVE`.
const MAY_MOVE: u32 = 1;
/// `FIONBIO`.
const SET_NONBLOCKING: u32 = libc::FIONBIO as u32;
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

/// Whether an address is above all segments (`plan::linux::ADDRESS_END`): of the process alone.
fn private(argument: u32) -> Test {
    Test {
        argument,
        high: true,
        mask: PRIVATE_HALF,
        value: PRIVATE_HALF,
    }
}

fn rule(number: c_long, cases: Vec<Case>, otherwise: Answer) -> Rule {
    // Every call number is small and positive; another one would be that of no call, and permit nothing.
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

pub(super) fn rules(fences: &[(i32, Fence)]) -> Vec<Rule> {
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
            vec![when([equals(1, SET_NONBLOCKING)], Allow)],
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
