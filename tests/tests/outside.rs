//! A project of somebody else, outside of this repository: its programs are built from the archive of
//! the guest crate, and run.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a failing test may panic"
)]

mod support;

use std::path::Path;
use std::process::Command;
use support::{Answer, Place};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

const MODEL: &str = r#"bulkhead 1
system theirs {
  type Count { value u32 }
  subject source { run "source"; port count out type=Count }
  subject sink { run "sink"; port count in type=Count max-age="1s" on-stale=hold }
  channel source.count -> sink.count sampling
  platform here { cores 1; memory "1GiB" }
  deploy here { all }
}
"#;

const SOURCE: &str = r#"
mod messages;
use guest::{Error, Subject};
use messages::Count;

guest::main!(run);

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut count = subject.output::<Count>("count")?;
    let mut value = 0;
    subject.every(|_, _| {
        value += 1;
        let _ = count.send(&Count { value });
        Ok(())
    })
}
"#;

const SINK: &str = r#"
mod messages;
use guest::{Error, Reading, Subject};
use messages::Count;

guest::main!(run);

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut count = subject.input::<Count>("count")?;
    subject.every(|subject, _| {
        if let Reading::Fresh { value, new: true, .. } = count.read() {
            subject.log(&format!("their count is {}", value.value));
        }
        Ok(())
    })
}
"#;

fn cargo(place: &Path, arguments: &[&str]) {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(place);
    command
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_TARGET_DIR");
    let output = command.output().expect("cargo runs");
    let answer = Answer::of(&output);
    assert_eq!(answer.code, 0, "{arguments:?}: {answer:?}");
}

#[test]
fn programs_of_a_project_outside_are_built_from_the_archive_and_run() {
    let place = Place::new();
    cargo(Path::new(ROOT), &["xtask", "guest"]);
    let folder = Path::new(ROOT).join("target/guest");
    let mut archives = std::fs::read_dir(folder).expect("it was made");
    let archive = archives.find_map(|entry| {
        let path = entry.expect("an entry").path();
        path.to_str()?.ends_with(".tar.gz").then_some(path)
    });
    let archive = archive.expect("an archive");
    let unpacked = Command::new("tar")
        .arg("-xzf")
        .arg(&archive)
        .current_dir(&place.0)
        .status();
    assert!(unpacked.expect("tar starts").success());
    let name = archive.file_name().and_then(|name| name.to_str());
    let name = name
        .and_then(|name| name.strip_suffix(".tar.gz"))
        .expect("a name");

    let file = |path: &str, text: &str| {
        let path = place.0.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    place.file("system.kdl", MODEL);
    let checked = place.ask(&["check", "system.kdl", "--format", "json"]);
    assert_eq!(checked.json()["exit"], 0, "{checked:?}");
    file(
        "theirs/Cargo.toml",
        &format!(
            "[package]\nname = \"theirs\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             guest = {{ package = \"bulkhead-guest\", path = \"../{name}/bulkhead-guest\" }}\n"
        ),
    );
    let config = std::fs::read_to_string(place.0.join(name).join("cargo-config.toml"));
    file(
        "theirs/.cargo/config.toml",
        &config.expect("it is in the archive"),
    );
    for (bin, text) in [("source", SOURCE), ("sink", SINK)] {
        file(&format!("theirs/src/bin/{bin}/main.rs"), text);
        let to = format!("theirs/src/bin/{bin}/messages.rs");
        let answer = place.ask(&["types", "system.kdl", "-o", &to]);
        assert_eq!(answer.code, 0, "{answer:?}");
    }
    let theirs = place.0.join("theirs");
    cargo(&theirs, &["build", "--release", "--offline"]);
    let built = theirs.join("target/x86_64-unknown-linux-gnu/release");
    let built = built.to_str().expect("a path in UTF-8");
    let arguments = [
        "run",
        "system.kdl",
        "--programs",
        built,
        "--for",
        "3s",
        "--events",
        "log",
    ];
    let answer = place.ask(&arguments);
    assert_eq!(answer.code, 0, "{answer:?}");
    let log = std::fs::read_to_string(place.0.join("log")).expect("the log is kept");
    let said = format!("{}{}", answer.out, answer.err);
    assert!(log.contains("their count is"), "{log} {said}");
}
