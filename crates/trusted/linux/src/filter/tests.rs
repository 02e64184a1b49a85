use super::emitter::{
    AND, ARCHITECTURE, JUMP, JUMP_EQUAL, JUMP_NOT_LESS, LOAD, RETURN, X32_FIRST, emit,
};
use super::rules::{THREAD, rules};
use super::{Fence, Outcome, Rules, expected};
use crate::sys::Instruction;
use libc::c_long;

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
    run(
        &Rules::new(fences).program(),
        ARCHITECTURE,
        number as u32,
        arguments,
    )
}

#[test]
fn other_interfaces_are_killed() {
    let program = Rules::new(&[]).program();
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
            Rules::new(&fences).outcome(number, arguments),
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
    let program = Rules::new(&[]).program();
    let returns = program.iter().filter(|one| one.code == RETURN).count();
    assert_eq!(returns, 6, "allow, notify, kill, three errors");
}

#[test]
fn the_largest_filter_fits_the_kernel() {
    let fences: Vec<(i32, Fence)> = (3..67).map(|fd| (fd, Fence::Listener)).collect();
    assert!(Rules::new(&fences).program().len() <= 4096);
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
    assert!(plan::linux::ADDRESS_END.is_power_of_two());
    assert_eq!(plan::linux::ADDRESS_END >> 48, 0);
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
