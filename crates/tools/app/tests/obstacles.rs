//! What `plan` refuses whatever the programs are, `check` has said before; what `verified-by` names.

use app::evidence::{self, State};
use app::model_file::ModelFile;
use app::plans::obstacles;
use source::Severity;
use std::path::Path;

fn file(body: &str) -> ModelFile {
    whole(&format!("bulkhead 1\nsystem s {{\n{body}\n}}\n"))
}

fn whole(text: &str) -> ModelFile {
    let file = ModelFile::of_text(Path::new("system.kdl"), text.to_owned());
    assert!(file.is_usable(), "{:?}", file.diagnostics);
    file
}

#[test]
fn each_refusal_of_planning_is_a_warning_of_the_check() {
    let run = |name: &str, more: &str| format!("  subject {name} {{ run \"p\"; {more} }}\n");
    let many: String = (0..1025)
        .map(|own| run(&format!("s{own}"), "memory \"4KiB\""))
        .collect();
    let text = |body: &str| format!("bulkhead 1\nsystem s {{\n{body}\n}}\n");
    for (text, code, message, place) in [
        (
            include_str!("codes/no-program.kdl").to_owned(),
            "no-program",
            "not plannable: subject `b` has no program to run",
            "subject b",
        ),
        (
            text("  subject a\n  subject b\n  subject c\n"),
            "no-program",
            "not plannable: subject `a` has no program to run, nor have 2 others",
            "subject a",
        ),
        (
            include_str!("codes/too-little-memory.kdl").to_owned(),
            "too-little-memory",
            "not plannable: the subjects need 2048 MiB of memory, platform `p` has 1024 MiB",
            "platform p",
        ),
        (
            include_str!("codes/too-little-processor.kdl").to_owned(),
            "too-little-processor",
            "not plannable: the budgets need 200 % of a core, platform `p` has 100 %",
            "platform p { cores 1 }",
        ),
        (
            include_str!("codes/channel-leaves-platform.kdl").to_owned(),
            "channel-leaves-platform",
            "not plannable: channel `a.b -> b.a` joins subjects that are not deployed together",
            "channel a -> b event",
        ),
        (
            text(&many),
            "cannot-be-planned",
            "not plannable: too many subjects or channels",
            "s",
        ),
    ] {
        let file = whole(&text);
        let found = obstacles(&file);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].code, found[0].message.as_str()), (code, message));
        assert_eq!(found[0].severity, Severity::Warning);
        assert!(found[0].help.is_some());
        assert_eq!(file.source.slice(found[0].span()), place);
    }
    let fine = file("  subject a { run \"p\" }\n  subject b { run \"q\" }\n  channel a -> b event");
    assert_eq!(obstacles(&fine), []);
}

#[test]
fn no_pass_is_called_verified_and_a_name_is_looked_for() {
    let directory = std::env::temp_dir().join(format!("bulkhead-evidence-{}", std::process::id()));
    std::fs::create_dir_all(directory.join("tests")).unwrap();
    std::fs::write(directory.join("tests/guard.rs"), "").unwrap();
    let pass = |number: usize, by: &str| format!("pass from=i{number} to=o {by}\n");
    let names = [
        ("", State::UnverifiedNothingNamed),
        (
            "verified-by=\"test:guard-limits\"",
            State::UnverifiedNothingFound,
        ),
        (
            "verified-by=\"tests/other.rs\"",
            State::UnverifiedNothingFound,
        ),
        ("verified-by=\"tests\"", State::UnverifiedNothingFound),
        ("verified-by=\"test:\"", State::UnverifiedNothingFound),
        ("verified-by=\"tests/guard.rs\"", State::UnverifiedFileNamed),
        (
            "verified-by=\"test:tests/guard.rs\"",
            State::UnverifiedFileNamed,
        ),
        (
            "verified-by=\"test:tests/guard.rs#limits\"",
            State::UnverifiedFileNamed,
        ),
    ];
    let ports: String = (0..names.len())
        .map(|own| format!("port i{own} in; "))
        .collect();
    let passes: String = names
        .iter()
        .enumerate()
        .map(|(own, (by, _))| pass(own, by))
        .collect();
    let text = format!(
        "bulkhead 1\nsystem s {{ subject g {{ {ports} port o out; trusted {{\n{passes} }} }} }}\n"
    );
    let file = ModelFile::of_text(&directory.join("system.kdl"), text);
    assert!(file.is_usable(), "{:?}", file.diagnostics);
    let evidence = evidence::of(&file);
    std::fs::remove_dir_all(&directory).unwrap();
    let states: Vec<State> = evidence.iter().map(|own| own.state).collect();
    assert_eq!(states, names.map(|(_, state)| state));
    assert_eq!(evidence[1].pass, "in:g.i1 => out:g.o");
    let json = serde_json::to_value(&evidence).unwrap();
    let all = json.as_array().unwrap();
    let unverified =
        |own: &serde_json::Value| own["state"].as_str().unwrap().starts_with("unverified");
    assert!(all.iter().all(unverified), "{json}");
}

#[test]
fn a_claim_that_does_not_hold_is_reported_at_its_place() {
    for (text, code, place) in [
        (
            include_str!("codes/violated.kdl"),
            "violated",
            "never from=cloud to=controller",
        ),
        (
            include_str!("codes/unknown.kdl"),
            "unknown",
            "latency from=sensor to=control max=\"50ms\"",
        ),
    ] {
        let file = whole(text);
        let found = app::explain::verdicts(&file, &app::check::check(&file));
        let found: Vec<_> = found
            .iter()
            .map(|own| (own.code, file.source.slice(own.span())))
            .collect();
        assert_eq!(found, [(code, place)]);
    }
}
