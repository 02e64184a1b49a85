//! All system calls, in a real partition, against what the filter's rules and the documentation say.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use linux::filter::{Outcome, PAST_EVERY_FILTER, Rules, table};
use plan::{FailurePlan, Kind};
use record::event::Event;
use record::status::Status;
use std::collections::BTreeMap;
use support::{Place, STOP, logged, plan, restart, subject};

/// Other interfaces, some numbers that no kernel knows, and all that one of our days can know. The first are
/// first because the record tells only so many kinds of ends apart.
const NUMBERS: &str =
    "1073741824 1073741825 2147483647 2147483648 4294967295 1000 4096 1073741823 0-600";
/// Permitted calls that end a program whose arguments are ones only: `rt_sigreturn`, `exit`, `exit_group`.
const ENDING: [u32; 3] = [15, 60, 231];

fn numbers() -> Vec<u32> {
    let range = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        first.parse::<u32>().unwrap()..=last.parse().unwrap()
    };
    NUMBERS.split(' ').flat_map(range).collect()
}

/// Version of the running kernel.
fn kernel() -> (u32, u32) {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut parts = release
        .split(['.', '-'])
        .map(|part| part.trim().parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap())
}

#[test]
fn every_call_becomes_what_the_rules_say() {
    let place = Place::new();
    let rule = FailurePlan {
        delay_ms: 0,
        ..restart(10_000, false)
    };
    let mut sweeping = subject("a", &format!("sweep:{NUMBERS}"), rule);
    sweeping.heartbeat_ms = 0;
    let subjects = vec![sweeping, subject("b", "idle", STOP)];
    let plan = plan(subjects, &[("a", "b", Kind::Sampling, 1)]);
    let numbers = numbers();
    let said: BTreeMap<u32, Outcome> = (numbers.iter())
        .map(|number| (*number, Rules::new(&[]).outcome(*number, [u64::MAX; 6])))
        .collect();
    let past = |number: u32| {
        let begins = PAST_EVERY_FILTER.iter().find(|(past, ..)| *past == number);
        begins.is_some_and(|(_, version, _)| kernel() >= *version)
    };
    let mut run = support::start(&place, &plan, &[]);
    // A line for each number, and one at the end; as long as there are more, it goes on.
    let all = numbers.len() as u64 + 1;
    let mut lines = 0;
    while lines < all {
        let more = |status: &Status| status.subjects[0].log_lines > lines;
        lines = run.wait_for("a call", more).subjects[0].log_lines;
    }
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let lines = logged(&events, "a");
    assert_eq!(lines.last().map(String::as_str), Some("swept"), "{lines:?}");
    let mut wrong = Vec::new();
    let (mut denied, mut killed) = (0, 0);
    for number in &numbers {
        let prefix = format!("{number} ");
        let told: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.strip_prefix(&prefix))
            .collect();
        let [told] = told[..] else {
            wrong.push(format!("{number}: {told:?}"));
            continue;
        };
        let as_said = match said[number] {
            _ if past(*number) => told == "ended" || told == "answered 6",
            Outcome::Permitted => (told == "ended") == ENDING.contains(number),
            Outcome::Refused(error) => told == format!("answered {error}"),
            Outcome::Denied | Outcome::Killed => told == "ended",
        };
        if !as_said {
            wrong.push(format!("{number}: {:?}, {told}", said[number]));
        }
        if !past(*number) {
            denied += u64::from(said[number] == Outcome::Denied);
            killed += u64::from(said[number] == Outcome::Killed);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Each of them was recorded as that, and nothing else was.
    let sum = |kind: &str, text: &str| -> u64 {
        let one = |event: &Event| match event {
            Event::Denied { .. } => u64::from(kind == "denied"),
            Event::Exited { subject, cause, .. } => {
                u64::from(kind == "exited" && subject == "a" && cause.to_string() == text)
            }
            Event::Repeated {
                of, what, count, ..
            } if of == kind && (text.is_empty() || what == text) => *count,
            _ => 0,
        };
        events.iter().map(one).sum()
    };
    assert_eq!(sum("denied", ""), denied);
    assert_eq!(sum("exited", "killed by SIGSYS"), killed);
    for event in &events {
        if let Event::Denied { number, call, .. } = event {
            let number = u32::try_from(*number).unwrap();
            assert_eq!(said[&number], Outcome::Denied, "{number}");
            assert_eq!(call, linux::calls::name(number.into()));
        }
    }
}

/// The documentation's table is made of the rules: `BULKHEAD_WRITE_TABLES=1` writes it.
#[test]
fn the_documentation_lists_every_call_as_the_rules_have_it() {
    const BEGIN: &str =
        "<!-- made by `BULKHEAD_WRITE_TABLES=1 cargo test -p linux --test calls` -->\n";
    const END: &str = "<!-- end -->\n";
    let mut text = String::from("\n| answer | calls |\n|---|---|\n");
    for (answer, calls) in table() {
        text += &format!("| {answer} | `{}` |\n", calls.join("` `"));
    }
    text += "| denied and recorded | all others |\n";
    text += "| killed by `SIGSYS` | `int 0x80`, x32, numbers from 0x40000000 on |\n";
    text += "\n| let past every filter by the kernel | from Linux | what becomes of it |\n|---|---|---|\n";
    for (number, (major, minor), becomes) in PAST_EVERY_FILTER {
        let name = linux::calls::name(number.into());
        text += &format!("| `{name}` ({number}) | {major}.{minor} | {becomes} |\n");
    }
    text.push('\n');
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/security.md");
    let document = std::fs::read_to_string(path).unwrap();
    let (before, rest) = document.split_once(BEGIN).expect("where the table begins");
    let (found, after) = rest.split_once(END).expect("where it ends");
    if std::env::var_os("BULKHEAD_WRITE_TABLES").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{text}{END}{after}")).unwrap();
        return;
    }
    assert!(found == text, "the table is now:\n{text}");
}
