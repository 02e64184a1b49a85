//! The independent checker as a program of its own, on what `bulkhead` wrote.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a failing test may panic"
)]

mod support;

use std::path::Path;
use std::process::Command;
use support::{Answer, Place, program, programs};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn recheck(place: &Place, arguments: &[&str]) -> Answer {
    let mut command = Command::new(program("bulkhead-recheck"));
    let output = command.args(arguments).current_dir(&place.0).output();
    Answer::of(&output.expect("bulkhead-recheck starts"))
}

/// The first system with its verdicts and its plan.
fn first() -> Place {
    let place = Place::new();
    let text = std::fs::read_to_string(Path::new(ROOT).join("examples/first-system/system.kdl"));
    place.file("system.kdl", &text.expect("the example is there"));
    let answer = place.ask(&["check", "system.kdl", "--certificates", "verdicts"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let built = programs();
    let directory = built.to_str().expect("a path in UTF-8");
    let answer = place.ask(&["plan", "system.kdl", "--programs", directory, "-o", "plan"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    place
}

#[test]
fn what_bulkhead_wrote_is_accepted_by_the_second_program() {
    let place = first();
    let answer = recheck(&place, &["system.kdl", "verdicts"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let ours = place.ask(&["recheck", "system.kdl", "verdicts", "--format", "json"]);
    let by_old_name = place.ask(&["certify", "system.kdl", "verdicts", "--format", "json"]);
    assert_eq!(ours.out, by_old_name.out);
    let theirs = recheck(&place, &["--json", "system.kdl", "verdicts"]);
    assert_eq!(ours.json(), theirs.json());
    let answer = recheck(&place, &["--plan", "system.kdl", "plan"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.contains("is what model"), "{answer:?}");
}

#[test]
fn what_is_about_another_model_or_damaged_is_refused() {
    let place = first();
    let text = std::fs::read_to_string(place.0.join("system.kdl")).expect("it was written");
    let other = text.replacen("sampling", "queuing depth=4 overflow=credit", 1);
    assert_ne!(text, other);
    place.file("other.kdl", &other);
    let verdicts = std::fs::read_to_string(place.0.join("verdicts")).expect("it was written");
    place.file("half", &verdicts[..verdicts.len() / 2]);
    place.file("steering", r#"{"\u001b[31mX": 1}"#);
    place.file("faulty.kdl", "bulkhead 1\nsystem a {");
    for (arguments, words) in [
        (&["other.kdl", "verdicts"][..], "error"),
        (&["system.kdl", "half"], "`half` cannot be used"),
        (&["system.kdl", "absent"], "cannot read `absent`"),
        (&["system.kdl", "."], "`.` is not a file"),
        (&["faulty.kdl", "verdicts"], "faulty.kdl:"),
        (&["--plan", "other.kdl", "plan"], "wrong-model"),
        (&["--plan", "system.kdl", "steering"], "cannot be used"),
        (
            &["--plan", "system.kdl", "verdicts"],
            "`verdicts` cannot be used",
        ),
    ] {
        let answer = recheck(&place, arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {answer:?}");
        let said = format!("{}{}", answer.out, answer.err);
        assert!(!said.contains('\u{1b}'), "{arguments:?}: {answer:?}");
        assert!(said.contains(words), "{arguments:?}: {answer:?}");
    }
    let answer = recheck(&place, &["system.kdl"]);
    assert_eq!(answer.code, 64, "{answer:?}");
    assert!(answer.err.contains("Usage:"), "{answer:?}");
}

#[test]
fn it_contains_neither_the_analyses_nor_the_planner() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    let command = command.args(["tree", "--offline", "--edges", "normal", "--prefix", "none"]);
    let command = command.args(["--package", "bulkhead-recheck"]);
    let output = command.current_dir(ROOT).output().expect("cargo runs");
    assert!(output.status.success(), "{output:?}");
    let tree = String::from_utf8(output.stdout).expect("text");
    let ours = tree.lines().filter(|line| line.contains("(/"));
    let mut names: Vec<&str> = ours.filter_map(|line| line.split(' ').next()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(
        names,
        [
            "bulkhead-recheck",
            "kdl",
            "lang",
            "model",
            "plan",
            "recheck",
            "record",
            "source",
        ]
    );
}
