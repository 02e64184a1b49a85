//! `docs/subjects.md` lists every call that the filter answers with an error alone, and no other.
#![cfg(target_arch = "x86_64")]
#![expect(clippy::panic, reason = "a test may fail loudly")]

use runtime::filter::{Fence, program};
use std::collections::BTreeSet;

/// What the filter answers to a call whose arguments fit nothing: every bit is set.
fn answer(program: &[libc::sock_filter], number: u32) -> u32 {
    // linux/audit.h: AUDIT_ARCH_X86_64; linux/seccomp.h: number, architecture, then the rest.
    let word = |offset: u32| match offset {
        0 => number,
        4 => 0xc000_003e,
        _ => u32::MAX,
    };
    let (mut at, mut accumulator) = (0, 0);
    loop {
        let step = program[at];
        at += 1;
        let mut branch = |taken: bool| at += usize::from(if taken { step.jt } else { step.jf });
        match step.code {
            0x20 => accumulator = word(step.k),
            0x54 => accumulator &= step.k,
            0x15 => branch(accumulator == step.k),
            0x35 => branch(accumulator >= step.k),
            0x05 => at += step.k as usize,
            0x06 => return step.k,
            other => panic!("instruction {other:#x}"),
        }
    }
}

fn error(number: u32) -> &'static str {
    match number.cast_signed() {
        libc::EPERM => "EPERM",
        libc::EINVAL => "EINVAL",
        libc::ENOSYS => "ENOSYS",
        other => panic!("the document has no name for error {other}"),
    }
}

#[test]
fn the_document_lists_the_calls_that_are_refused_with_an_error_alone() {
    let fences = [
        (3, Fence::Stream),
        (4, Fence::Listener),
        (5, Fence::DatagramIn),
        (6, Fence::DatagramOut),
        (7, Fence::File),
    ];
    let program = program(&fences);
    let refused: BTreeSet<(String, String)> = (0..1000)
        .filter_map(|number| {
            let answer = answer(&program, number);
            let is_error = answer & libc::SECCOMP_RET_ACTION_FULL == libc::SECCOMP_RET_ERRNO;
            is_error.then(|| {
                let name = runtime::calls::name(number.into());
                (
                    name.to_owned(),
                    error(answer & libc::SECCOMP_RET_DATA).to_owned(),
                )
            })
        })
        .collect();
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/subjects.md");
    let document = std::fs::read_to_string(document).unwrap();
    let (_, section) = document.split_once("## What a program may call").unwrap();
    let words = |cell: &str| -> Vec<String> {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    let mut listed = BTreeSet::new();
    for line in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').collect();
        let errors = words(cells[2]);
        let [error] = errors.as_slice() else {
            panic!("one error: {line}")
        };
        for call in words(cells[1]) {
            assert!(listed.insert((call.clone(), error.clone())), "{call} twice");
        }
    }
    assert_eq!(listed, refused);
}
