//! A subject that links `guest` and ends as its setting `do` says.
#![expect(clippy::panic, reason = "what fails ends the program")]

use guest::{Error, Subject};
use std::hint::black_box;

guest::main!(run);

fn run(subject: Subject) -> Result<(), Error> {
    match subject.setting("do") {
        Some("panic") => panic!("told\nto"),
        // What its log loses does not matter: the last words have a place of their own.
        Some("flood-panic") => {
            (0..1000).for_each(|number| subject.log(number));
            panic!("told to {}", "x".repeat(10_000))
        }
        Some("thread") => {
            let _ = std::thread::spawn(|| panic!("told to, in a thread")).join();
            Ok(())
        }
        Some("error") => Err(Error::new("told-to", "do", "a reason")),
        // The first start says something, the second nothing.
        Some("once") if subject.epoch() == 1 => panic!("told to, once"),
        Some("once") => std::process::exit(7),
        Some("allocate") => {
            let pieces: Vec<_> = (0..1000).map(|_| black_box(vec![1_u8; 1 << 20])).collect();
            drop(black_box(pieces));
            Ok(())
        }
        // Memory that was refused, and did no harm.
        Some("refused") => {
            let mut much: Vec<u8> = Vec::new();
            let _ = much.try_reserve_exact(1 << 30);
            drop(black_box(much));
            std::process::exit(3)
        }
        Some("overflow") => {
            black_box(deep(0));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn deep(level: u64) -> u64 {
    let frame = black_box([level; 512]);
    if level == u64::MAX {
        return 0;
    }
    deep(level + 1) + frame.iter().sum::<u64>()
}
