//! The command line on good, violated and hostile input.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a failing test may panic"
)]

#[path = "support/schema.rs"]
mod schema;
mod support;

use app::codes::Shown;
use schema::validate;
use std::process::Command;
use support::Place;

const GOOD: &str = r#"bulkhead 1
system tiny {
  labels { secrecy public secret; integrity low high }
  domain inside secrecy=secret integrity=high
  domain outside secrecy=public integrity=low
  subject sensor in=inside { }
  subject filter {
    port raw in secrecy=secret integrity=high
    port clean out secrecy=public integrity=high
    trusted {
      pass from=raw to=clean lower=secrecy
      because "drops everything but the counter"
    }
  }
  external cloud in=outside
  subject uplink in=outside { }
  channel sensor -> filter.raw sampling
  channel filter.clean -> uplink sampling
  grant uplink <-> cloud tcp="127.0.0.1:18999"
  require filtered characteristic=security source="threat T1" owner="plant security" {
    never from=sensor to=cloud except-through=filter
  }
}
"#;

fn violated() -> String {
    GOOD.replace("  grant ", "  channel sensor -> uplink sampling\n  grant ")
}

#[test]
fn words_of_a_model_cannot_fake_a_line() {
    let place = Place::new();
    let assumed = r#"  assume x "one\u{1b}[31m\n  holds  everything"
  grant "#;
    place.file("fake.kdl", &GOOD.replace("  grant ", assumed));
    let answer = place.ask(&["check", "fake.kdl"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.contains("one·[31m·  holds"), "{answer:?}");
    assert!(!answer.out.contains('\u{1b}'), "{answer:?}");
}

#[test]
fn a_model_is_converted_to_json_and_back() {
    let place = Place::new();
    place.file("tiny.kdl", GOOD);
    let answer = place.ask(&["convert", "tiny.kdl", "--to", "json", "-o", "tiny.json"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{answer:?}");
    let document = place.ask(&["convert", "tiny.json", "--to", "json"]);
    assert_eq!(document.code, 0, "{document:?}");
    let value = serde_json::from_str(&document.out).unwrap();
    validate("bulkhead.architecture-1.json", &value);
    let answer = place.ask(&["check", "tiny.json"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("`tiny.json` is JSON"), "{answer:?}");
    assert!(answer.err.contains("--to kdl"), "{answer:?}");
    let answer = place.ask(&["convert", "tiny.json", "--to", "kdl"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    place.file("back.kdl", &answer.out);
    let digest = |file: &str| {
        let answer = place.ask(&["check", file, "--format", "json"]);
        assert_eq!(answer.code, 0, "{answer:?}");
        let found: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
        found["verdicts"]["model"].clone()
    };
    assert!(digest("tiny.kdl").is_string());
    assert_eq!(digest("back.kdl"), digest("tiny.kdl"));

    place.file(
        "bad.json",
        &document.out.replace("\"domain\"", "\"dom\\u001bain\""),
    );
    let answer = place.ask(&["convert", "bad.json", "--to", "kdl"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("unknown field `dom·ain`"), "{answer:?}");
    place.file(
        "bad.json",
        &document
            .out
            .replace("\"sensor.filter\"", "\"sensor.nothing\""),
    );
    let answer = place.ask(&["convert", "bad.json", "--to", "kdl"]);
    assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{answer:?}");
    assert!(answer.err.contains("error[unknown-port]"), "{answer:?}");
    assert!(answer.err.contains("bad.json (as text)"), "{answer:?}");
}

#[test]
fn a_mediator_without_trust_is_said() {
    let place = Place::new();
    place.file(
        "open.kdl",
        r#"bulkhead 1
system pumps {
  external net
  external valve
  subject filter { }
  grant filter <- net udp-in="127.0.0.1:18998"
  grant filter -> valve device="/dev/valve"
  require safe characteristic=safety source="hazard H1" owner="plant safety" {
    never from=net to=valve except-through=filter
  }
}
"#,
    );
    let answer = place.ask(&["check", "open.kdl"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let said = "safe  violated if filter is compromised";
    assert!(answer.out.contains(said), "{answer:?}");
    let said = "warning[untrusted-mediator]: mediator `filter` is not trusted";
    assert!(answer.err.contains(said), "{answer:?}");
    let answer = place.ask(&["check", "open.kdl", "--without", "local-policy.filter"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.out.contains("net › filter › valve"), "{answer:?}");
}

#[test]
fn a_model_that_holds_is_accepted_and_certified() {
    let place = Place::new();
    place.file("good.kdl", GOOD);
    let answer = place.ask(&["check", "good.kdl", "--certificates", "proofs.json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(
        answer.out.contains("violated if filter is compromised"),
        "{answer:?}"
    );
    let answer = place.ask(&["recheck", "good.kdl", "proofs.json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    // As some editors save it.
    let proofs = std::fs::read_to_string(place.0.join("proofs.json")).unwrap();
    place.file("marked.json", &format!("\u{feff}{proofs}"));
    let answer = place.ask(&["recheck", "good.kdl", "marked.json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(proofs.bytes().flat_map(|b| [b, 0]))
        .collect();
    std::fs::write(place.0.join("wide.json"), wide).unwrap();
    let answer = place.ask(&["recheck", "good.kdl", "wide.json"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("the text is UTF-16"), "{answer:?}");
}

#[test]
fn a_violation_shows_the_path_in_the_text() {
    let place = Place::new();
    place.file("bad.kdl", &violated());
    let answer = place.ask(&["check", "bad.kdl"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.err.contains("sensor › uplink › cloud"), "{answer:?}");
    assert!(
        answer.err.contains("channel sensor -> uplink sampling"),
        "{answer:?}"
    );
    let answer = place.ask(&["check", "bad.kdl", "--format", "json"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    let verdicts = answer.json()["verdicts"]["verdicts"].clone();
    let filtered = verdicts
        .as_array()
        .unwrap()
        .iter()
        .find(|v| v["id"] == "filtered")
        .unwrap();
    assert_eq!(filtered["outcome"]["verdict"], "violated");
}

#[test]
fn certificates_of_another_model_are_refused() {
    let place = Place::new();
    place.file("good.kdl", GOOD);
    place.file("bad.kdl", &violated());
    assert_eq!(
        place
            .ask(&["check", "good.kdl", "--certificates", "proofs.json"])
            .code,
        0
    );
    let answer = place.ask(&["recheck", "bad.kdl", "proofs.json"]);
    assert_ne!(answer.code, 0, "{answer:?}");
}

/// Some programs write a mark before a text: offsets are of the file.
#[test]
fn a_repair_is_made_in_the_bytes_of_the_file() {
    let place = Place::new();
    place.file(
        "marked.kdl",
        "\u{feff}bulkhead 1\nsystem s {\n  subjct a\n}\n",
    );
    let answer = place.ask(&["check", "marked.kdl", "--format", "json"]);
    let fix = &answer.json()["diagnostics"][0]["fix"][0];
    let at = |end: &str| usize::try_from(fix[end]["offset"].as_u64().unwrap()).unwrap();
    let mut text = std::fs::read_to_string(place.0.join("marked.kdl")).unwrap();
    text.replace_range(at("start")..at("end"), fix["text"].as_str().unwrap());
    assert_eq!(text, "\u{feff}bulkhead 1\nsystem s {\n  subject a\n}\n");
}

#[test]
fn output_matches_the_stored_schemas() {
    let place = Place::new();
    place.file("good.kdl", GOOD);
    place.file("bad.kdl", &violated());
    for model in ["good.kdl", "bad.kdl"] {
        let answer = place.ask(&["check", model, "--format", "json"]).json();
        validate("bulkhead.verdicts-2.json", &answer["verdicts"]);
        validate("bulkhead.check-2.json", &answer);
        let _ = place.ask(&["check", model, "--certificates", "proofs.json"]);
        let proofs = std::fs::read_to_string(place.0.join("proofs.json")).unwrap();
        validate(
            "bulkhead.verdicts-2.json",
            &serde_json::from_str(&proofs).unwrap(),
        );
    }
    place.file("broken.kdl", "bulkhead 1\nsystem x { subjekt a }");
    let answer = place.ask(&["check", "broken.kdl", "--format", "json"]);
    assert_eq!(answer.code, 2);
    let fix = &answer.json()["diagnostics"][0]["fix"][0];
    assert_eq!(fix["text"], "subject", "{answer:?}");
    assert_eq!(fix["start"]["offset"], 22, "{answer:?}");
    let sarif = place.ask(&["check", "broken.kdl", "--format", "sarif"]);
    let fixes = &sarif.json()["runs"][0]["results"][0]["fixes"];
    assert_eq!(fixes.as_array().map(Vec::len), Some(1), "{sarif:?}");
    validate("bulkhead.check-2.json", &answer.json());
    let answer = place.ask(&["types", "broken.kdl", "--format", "json"]);
    assert_eq!(answer.code, 2);
    validate("bulkhead.check-2.json", &answer.json());
}

#[test]
fn codes_are_explained_by_example() {
    let place = Place::new();
    let answer = place.ask(&["explain", "mediator-is-end"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let at = |what: &str| {
        answer
            .out
            .find(what)
            .unwrap_or_else(|| panic!("{answer:?}"))
    };
    let order = ["wrong\n", "error[mediator-is-end]", "right\n"].map(at);
    assert!(order.is_sorted(), "{answer:?}");
    let json = place.ask(&["explain", "mediator-is-end", "--format", "json"]);
    validate("bulkhead.explanation-1.json", &json.json());
    // What is shown as right is.
    place.file(
        "right.kdl",
        json.json()["uses"][0]["example"]["right"].as_str().unwrap(),
    );
    let checked = place.ask(&["check", "right.kdl", "--format", "json"]);
    assert!(!checked.out.contains("mediator-is-end"), "{checked:?}");
    assert_ne!(checked.code, 2, "{checked:?}");
    let answer = place.ask(&["explain", "mediator-is-ned"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(
        answer.err.contains("did you mean `mediator-is-end`"),
        "{answer:?}"
    );
    let answer = place.ask(&["explain", "kdl-too-long"]);
    assert!(answer.out.contains("too large to show"), "{answer:?}");
}

#[test]
fn verdicts_and_obstacles_are_explained_by_example() {
    for code in [
        "violated",
        "unknown",
        "no-program",
        "too-little-memory",
        "too-little-processor",
        "channel-leaves-platform",
    ] {
        let explained = app::codes::explain(code).unwrap();
        let Shown::Example(example) = &explained.uses[0].shown else {
            panic!("{code}")
        };
        assert!(!example.said.is_empty(), "{code}");
        let place = Place::new();
        place.file("right.kdl", &example.right);
        let checked = place.ask(&["check", "right.kdl", "--format", "sarif"]);
        assert!(!checked.out.contains(code), "{checked:?}");
        assert_eq!(checked.code, 0, "{code}: {checked:?}");
    }
}

#[test]
fn an_output_never_replaces_what_is_not_a_file_or_is_an_input() {
    let place = Place::new();
    place.file("good.kdl", GOOD);
    let answer = place.ask(&["check", "good.kdl", "--certificates", "/dev/null"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    for output in ["good.kdl", "./good.kdl", "linked.kdl"] {
        let _ = std::os::unix::fs::symlink("good.kdl", place.0.join("linked.kdl"));
        let answer = place.ask(&["types", "good.kdl", "-o", output]);
        assert_eq!(answer.code, 2, "{output}: {answer:?}");
        assert_eq!(
            std::fs::read_to_string(place.0.join("good.kdl")).unwrap(),
            GOOD
        );
    }
}

#[test]
fn a_full_output_is_a_failure() {
    let place = Place::new();
    place.file("good.kdl", GOOD);
    let arguments: [&[&str]; 4] = [
        &["check", "good.kdl"],
        &["--help"],
        &["maturity", "assess", "--help"],
        &["--version"],
    ];
    for arguments in arguments {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = place.bulkhead(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    }
}

#[test]
fn a_full_error_output_changes_no_exit_code() {
    let place = Place::new();
    for (arguments, code) in [(&["check", "missing.kdl"][..], 2), (&["frobnicate"], 2)] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = place.bulkhead(arguments).stderr(full).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {output:?}"
        );
    }
}

#[test]
fn a_run_directory_may_say_anything() {
    let place = Place::new();
    let directory = place.0.join("run/x");
    std::fs::create_dir_all(&directory).unwrap();
    let lock = std::fs::File::create(directory.join("lock")).unwrap();
    lock.lock().unwrap();
    let answer = place.ask(&["status"]);
    assert_eq!(answer.code, 5, "{answer:?}");
    assert!(answer.err.contains("`x` runs, but"), "{answer:?}");
    let zeros = "0".repeat(64);
    let subject = serde_json::json!({
        "name": "\u{1b}[2J", "state": "running", "note": "\n\u{202e}", "epoch": u64::MAX,
        "restarts": u64::MAX, "pid": 1, "denied": u64::MAX, "beats": 1, "log_lines": 1, "log_lost": 0,
    });
    let page = serde_json::json!({
        "format": "bulkhead.status/1", "system": "x", "pid": 1, "plan": zeros,
        "started_at_ns": u64::MAX, "at_ns": 0, "ended": false, "mechanisms": ["\u{7}"],
        "subjects": [subject.clone(), subject],
        "channels": [{"name": "c", "written": u64::MAX, "epoch": 1, "latest": "zz"}],
        "events": 1, "events_lost": u64::MAX, "last_event": zeros,
    });
    std::fs::write(directory.join("status.json"), page.to_string()).unwrap();
    let watch = place
        .bulkhead(&["status", "x", "--watch"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    for arguments in [&["status", "x"][..], &["status"]] {
        let answer = place.ask(arguments);
        assert_eq!(answer.code, 5, "no news: {answer:?}");
        assert!(!answer.out.contains('\u{1b}'), "{answer:?}");
    }
    std::thread::sleep(std::time::Duration::from_millis(600));
    drop(lock);
    let watched = support::Answer::of(&watch.wait_with_output().unwrap());
    // It left no log that says how it ended.
    assert_eq!(watched.code, 3, "{watched:?}");
    assert!(
        watched.out.contains("ended without a last word"),
        "{watched:?}"
    );
}

#[test]
fn what_has_the_name_of_a_program_and_is_none_is_said() {
    let place = Place::new();
    let run = |program: &str| {
        let runs = format!("in=inside {{ run \"{program}\" }}");
        let deployed = "platform box\n  deploy box { sensor }\n  external";
        let model = GOOD.replacen("in=inside { }", &runs, 1);
        place.file("a.kdl", &model.replacen("external", deployed, 1));
        place.ask(&["plan", "a.kdl", "-o", "a.plan"])
    };
    std::fs::create_dir(place.0.join("directory")).unwrap();
    std::os::unix::fs::symlink("nowhere", place.0.join("link")).unwrap();
    let pipe = Command::new("mkfifo").arg(place.0.join("pipe")).status();
    assert!(pipe.unwrap().success());
    for (program, said) in [
        ("directory", "directory` is not a regular file"),
        ("./directory", "directory` is not a regular file"),
        ("pipe", "pipe` is not a regular file"),
        ("link", "link` is a link to nothing"),
        ("./link", "link` is a link to nothing"),
        ("nothing", "there is no program `nothing`"),
    ] {
        let answer = run(program);
        assert_eq!(answer.code, 2, "{program}: {answer:?}");
        assert!(answer.err.contains(said), "{program}: {answer:?}");
    }
    let answer = place.ask(&["plan", "a.kdl", "-o", "a.plan", "--programs", "nowhere"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(
        answer.err.contains("`nowhere` is not a directory"),
        "{answer:?}"
    );
}

#[test]
fn a_model_without_requirements_says_so() {
    let place = Place::new();
    let (said, end) = ("no requirement is written", GOOD.find("  require").unwrap());
    place.file("none.kdl", &format!("{}}}\n", &GOOD[..end]));
    let answer = place.ask(&["check", "none.kdl"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.contains(said), "{answer:?}");
    place.file("good.kdl", GOOD);
    assert!(!place.ask(&["check", "good.kdl"]).out.contains(said));
}

#[test]
fn an_emptied_event_log_is_not_intact() {
    let place = Place::new();
    place.file("empty.jsonl", "");
    let answer = place.ask(&["events", "empty.jsonl"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("there is no event"), "{answer:?}");
    let answer = place.ask(&["events", "empty.jsonl", "--format", "json"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.out.contains("\"intact\": false"), "{answer:?}");
}

#[test]
fn watching_nothing_says_so() {
    let answer = Place::new().ask(&["status", "--watch"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("nothing runs here"), "{answer:?}");
}

#[test]
fn a_program_that_reads_the_answer_gets_one_also_if_there_is_none() {
    let place = Place::new();
    place.file("good.kdl", GOOD);
    place.file("nonsense", "{");
    for (arguments, message) in [
        (&["check", "absent.kdl"][..], "cannot read `absent.kdl`"),
        (
            &["check", "good.kdl", "--without", "x"],
            "does not assume `x`",
        ),
        (&["plan", "absent.kdl"], "cannot read `absent.kdl`"),
        (
            &["lint-plan", "good.kdl", "nonsense"],
            "`nonsense` cannot be used",
        ),
        (&["lint-plan", "good.kdl", "absent"], "cannot read `absent`"),
        (&["recheck", "good.kdl", "absent"], "cannot read `absent`"),
        (&["run", "absent.kdl"], "cannot read `absent.kdl`"),
        (&["status", "absent"], "system `absent` does not run"),
        (&["types", "absent.kdl"], "cannot read `absent.kdl`"),
        (&["events", "absent"], "cannot read `absent`"),
        (
            &["maturity", "--project", "absent.kdl", "status"],
            "there is no ledger `maturity.ledger`",
        ),
    ] {
        let answer = place.ask(&[arguments, &["--format", "json"]].concat());
        assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.err);
        let document = answer.json();
        validate("bulkhead.failure-1.json", &document);
        assert_eq!(document["exit"], 2);
        assert_eq!(answer.out.matches("bulkhead.failure/1").count(), 1);
        let said = document["message"].as_str().unwrap();
        assert!(
            said.contains(message) && answer.err.contains(said),
            "{arguments:?}: {document}"
        );
    }
}

#[test]
fn a_command_line_that_makes_no_sense_is_answered_in_json_too() {
    let place = Place::new();
    for arguments in [
        &["check", "--format", "json"][..],
        &["check", "a", "b", "--format=json"],
        &["nope", "--format", "json"],
        &["run", "a", "--for", "0s", "--format", "json"],
    ] {
        let answer = place.ask(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.err);
        let document = answer.json();
        validate("bulkhead.failure-1.json", &document);
        assert!(
            !document["details"].as_array().unwrap().is_empty(),
            "{document}"
        );
        assert!(!answer.err.is_empty());
    }
}

#[test]
fn nonsense_is_refused_without_a_panic() {
    let place = Place::new();
    place.file("good.kdl", GOOD);
    std::fs::write(place.0.join("bytes.kdl"), [0xff, 0xfe, 0, 1, 2]).unwrap();
    place.file("empty.kdl", "");
    place.file("deep.kdl", &"a{".repeat(100_000));
    place.file("other.json", "{\"format\":\"x\"}");
    std::fs::create_dir(place.0.join("directory")).unwrap();
    let pipe = Command::new("mkfifo")
        .arg(place.0.join("pipe"))
        .status()
        .unwrap();
    assert!(pipe.success());
    for arguments in [
        &["check", "missing.kdl"][..],
        &["check", "directory"],
        &["check", "bytes.kdl"],
        &["check", "empty.kdl"],
        &["check", "deep.kdl"],
        &["check", "/dev/zero"],
        &["recheck", "good.kdl", "other.json"],
        &["recheck", "good.kdl", "bytes.kdl"],
        &["lint-plan", "good.kdl", "other.json"],
        &["lint-plan", "good.kdl", "missing"],
        &["run", "empty.kdl"],
        &["run", "good.kdl", "--for", "soon"],
        &["plan", "good.kdl"],
        &["events", "other.json"],
        &["status", "no-such-system"],
        &["events", "pipe"],
        &["check", "pipe"],
        &["recheck", "good.kdl", "other.json", "--format", "sarif"],
        &["frobnicate"],
        &[],
    ] {
        let answer = place.ask(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {answer:?}");
        assert!(
            !answer.err.is_empty() || !answer.out.is_empty(),
            "{arguments:?} says nothing"
        );
        assert!(!answer.err.contains("panicked"), "{answer:?}");
    }
}
