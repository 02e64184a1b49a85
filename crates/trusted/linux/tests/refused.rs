//! `docs/subjects.md` lists every call that the filter answers with an error alone, and no other.
#![cfg(target_arch = "x86_64")]
#![expect(clippy::panic, reason = "a test may fail loudly")]

use linux::filter::{Fence, Outcome, Rules};
use std::collections::BTreeSet;

fn error(number: i32) -> &'static str {
    match number {
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
    let refused: BTreeSet<(String, String)> = (0..1000)
        .filter_map(
            |number| match Rules::new(&fences).outcome(number, [u64::MAX; 6]) {
                Outcome::Refused(number_of_error) => {
                    let name = linux::calls::name(number.into());
                    Some((name.to_owned(), error(number_of_error).to_owned()))
                }
                _ => None,
            },
        )
        .collect();
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/subjects.md");
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
