//! Inputs that cannot be used: each named, with what to do, and exit status 2.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly"
)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use support::{Place, STOP, plan, subject};

/// Runs a plan whose only program is this file, planned as if it were the probe unless `planned`.
fn check(place: &Place, program: &Path, code: &str, words: &str) {
    let mut plan = plan(vec![subject("a", "idle", STOP)], &[]);
    plan.linux_mut().subjects[0].program = program.to_str().unwrap().to_owned();
    let (status, errors, events) = support::start(place, &plan, &["--for-ms", "300"]).finish();
    assert_eq!(status, Some(2), "{code}: {errors}");
    assert!(
        errors.starts_with(&format!("error[{code}]: program `")),
        "{code}: {errors}"
    );
    assert!(errors.contains(words), "{code}: {errors}");
    assert!(
        errors.contains("of subject `a`") && errors.contains("\n  help: "),
        "{errors}"
    );
    assert!(events.is_empty());
}

fn file(place: &Place, name: &str, bytes: &[u8], mode: u32) -> std::path::PathBuf {
    let path = place.path.join(name);
    std::fs::write(&path, bytes).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    path
}

#[test]
fn programs_that_cannot_be_started_are_told_apart() {
    let place = Place::new();
    let probe = std::fs::read(support::probe()).unwrap();
    let altered = |at: usize, value: u8| {
        let mut bytes = probe.clone();
        bytes[at] = value;
        bytes
    };
    let path = place.path.join("absent");
    check(&place, &path, "program-missing", "does not exist");
    check(
        &place,
        &place.path.clone(),
        "program-not-a-file",
        "is not a regular file",
    );
    let path = file(&place, "plain", &probe, 0o644);
    check(&place, &path, "program-not-executable", "is not executable");
    let path = file(&place, "script", b"#!/bin/sh\n", 0o755);
    check(&place, &path, "program-not-elf", "is not an ELF program");
    let path = file(&place, "arm", &altered(18, 183), 0o755);
    check(
        &place,
        &path,
        "program-wrong-architecture",
        "is a program for aarch64",
    );
    let path = file(&place, "fixed", &altered(16, 2), 0o755);
    check(
        &place,
        &path,
        "program-not-position-independent",
        "is not position-independent",
    );
    let path = file(&place, "changed", &altered(probe.len() - 1, 0xa5), 0o755);
    check(
        &place,
        &path,
        "program-changed",
        "has changed since planning",
    );
    let path = file(&place, "cut", &probe[..200], 0o755);
    check(&place, &path, "program-malformed", "is not a sound program");
    // Every distribution's own tools are dynamically linked.
    if let Ok(dynamic) = std::fs::read("/bin/ls") {
        let path = file(&place, "dynamic", &dynamic, 0o755);
        check(
            &place,
            &path,
            "program-dynamically-linked",
            "is dynamically linked",
        );
    }
    let path = place.path.join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &path,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o755),
        0,
    )
    .unwrap();
    check(&place, &path, "program-not-a-file", "is not a regular file");
}

#[test]
fn a_program_that_is_no_keeper_is_not_blamed_on_the_kernel() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let mut command = support::command(&place, &plan, &["--for-ms", "300"]);
    // The last one counts. It is a sound program that ends at once.
    command.arg("--init").arg(support::probe());
    let (status, errors, _) = support::spawn(&place, command).finish();
    assert_eq!(status, Some(2), "{errors}");
    assert!(
        errors.starts_with("error[keeper-program]: `bulkhead-init` ended"),
        "{errors}"
    );
    assert!(errors.contains("of one build in one directory"), "{errors}");
}

/// All programs at fault are named in one run.
#[test]
fn every_unusable_program_is_named() {
    let place = Place::new();
    let subjects = vec![subject("a", "idle", STOP), subject("b", "idle", STOP)];
    let mut plan = plan(subjects, &[]);
    for (index, digit) in ["1", "2"].into_iter().enumerate() {
        plan.linux_mut().subjects[index].program = format!("/absent-{digit}");
        plan.core.subjects[index].image.sha256 = digit.repeat(64).parse().unwrap();
    }
    let (status, errors, _) = support::start(&place, &plan, &[]).finish();
    assert_eq!(status, Some(2));
    assert!(errors.contains("`/absent-1` of subject `a`"), "{errors}");
    assert!(errors.contains("`/absent-2` of subject `b`"), "{errors}");
}

/// What is named is looked at, also if another subject has a program of that digest.
#[test]
fn a_program_is_looked_at_though_its_digest_is_known() {
    let place = Place::new();
    let subjects = vec![subject("a", "idle", STOP), subject("b", "idle", STOP)];
    let mut absent = plan(subjects, &[]);
    let mut short = absent.clone();
    absent.linux_mut().subjects[1].program = "/absent".to_owned();
    short.core.subjects[1].image.size_bytes -= 1;
    for (plan, words) in [
        (absent, "`/absent` of subject `b`"),
        (short, "of subject `b`"),
    ] {
        let (status, errors, _) = support::start(&place, &plan, &[]).finish();
        assert_eq!(status, Some(2), "{errors}");
        assert!(errors.contains(words), "{errors}");
    }
}

#[test]
fn plans_that_cannot_be_used_are_refused() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let good = plan.bytes();
    for bytes in [
        b"".to_vec(),
        b"{}".to_vec(),
        vec![0xff; 5000],
        b"[".repeat(200_000),
        [&good[..], b" "].concat(),
        good[..good.len() / 2].to_vec(),
    ] {
        let mut command = support::command(&place, &plan, &[]);
        std::fs::write(place.path.join("plan.json"), &bytes).unwrap();
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.starts_with("error[plan-unusable]"), "{errors}");
    }
    let mut command = support::command(&place, &plan, &[]);
    std::fs::remove_file(place.path.join("plan.json")).unwrap();
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.starts_with(b"error[plan-unreadable]"));
}

#[test]
fn run_directories_that_cannot_be_used_are_refused() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let run = place.path.join("run");
    let refused = |words: &str| {
        let (status, errors, _) = support::start(&place, &plan, &["--for-ms", "200"]).finish();
        assert_eq!(status, Some(2), "{words}: {errors}");
        assert!(errors.starts_with("error[run-directory]"), "{errors}");
        assert!(errors.contains(words), "{errors}");
    };
    std::fs::write(&run, "a file").unwrap();
    refused("not a directory");
    std::fs::remove_file(&run).unwrap();
    let elsewhere = place.path.join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &run).unwrap();
    refused("not a directory");
    std::fs::remove_file(&run).unwrap();
    std::fs::create_dir(&run).unwrap();
    std::fs::set_permissions(&run, std::fs::Permissions::from_mode(0o777)).unwrap();
    refused("another user may write there");
    std::fs::set_permissions(&run, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::create_dir(run.join("lock")).unwrap();
    refused("is a directory");
    std::fs::remove_dir(run.join("lock")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", run.join("lock")).unwrap();
    refused("symbolic links");
    std::fs::remove_file(run.join("lock")).unwrap();
    // Rubbish in the files of an earlier run does not matter.
    for name in ["lock", "status.json", "events.jsonl", "plan.json"] {
        std::fs::write(run.join(name), [0xff; 3000]).unwrap();
    }
    let (status, errors, events) = support::run(&place, &plan, 200);
    assert_eq!(status, Some(0), "{errors}");
    assert!(!events.is_empty());
}

#[test]
fn arguments_that_make_no_sense_are_refused() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    for arguments in [&["--what"][..], &["--for-ms", "soon"], &["--for-ms"]] {
        let (status, errors, _) = support::start(&place, &plan, arguments).finish();
        assert_eq!(status, Some(2));
        assert!(errors.starts_with("error[arguments]"), "{errors}");
    }
    let (status, errors, _) =
        support::start(&place, &plan, &["--init", "/absent", "--for-ms", "100"]).finish();
    assert_eq!(status, Some(2));
    assert!(
        errors.contains("keeper program `/absent` does not exist"),
        "{errors}"
    );
}

/// More shared memory than the machine has.
#[test]
fn a_plan_too_large_for_the_machine_is_refused() {
    let place = Place::new();
    let names: Vec<String> = (0..400).map(|number| format!("s{number}")).collect();
    let mut subjects: Vec<_> = names
        .iter()
        .map(|name| subject(name, "idle", STOP))
        .collect();
    subjects.truncate(400);
    let pairs = names
        .chunks(2)
        .map(|pair| (pair[0].as_str(), pair[1].as_str()));
    let channels: Vec<_> = pairs
        .map(|(a, b)| (a, b, plan::Kind::DropOldest, 1))
        .collect();
    let mut plan = plan(subjects, &channels);
    for channel in &mut plan.core.channels {
        channel.message_bytes = 16 << 20;
        channel.depth = 16;
    }
    let (status, errors, events) = support::start(&place, &plan, &["--for-ms", "100"]).finish();
    assert_eq!(status, Some(3), "{errors}");
    assert!(errors.starts_with("error[too-little-memory]"), "{errors}");
    assert!(events.is_empty());
}

#[test]
fn directories_are_shut_to_others_and_those_of_others_are_named() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let logs = place.path.join("logs");
    let arguments = ["--for-ms", "200", "--log-dir", logs.to_str().unwrap()];
    let run = || support::start(&place, &plan, &arguments).finish();
    // Whoever can open a directory can lock it.
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(place.path.join("state"), open).unwrap();
    let (status, errors, _) = run();
    assert_eq!(status, Some(0), "{errors}");
    for name in ["state", "run", "logs"] {
        let mode = std::fs::metadata(place.path.join(name)).unwrap();
        assert_eq!(mode.permissions().mode() & 0o7777, 0o700, "{name}");
    }
    assert_eq!(std::fs::read_dir(&logs).unwrap().count(), 1);
    if !rustix::process::geteuid().is_root() {
        return;
    }
    for (name, code) in [
        ("state", "state-directory"),
        ("logs", "log-directory"),
        ("run", "run-directory"),
    ] {
        let path = place.path.join(name);
        std::os::unix::fs::chown(&path, Some(65534), Some(65534)).unwrap();
        let (status, errors, _) = run();
        assert_eq!(status, Some(2), "{name}: {errors}");
        assert!(errors.starts_with(&format!("error[{code}]")), "{errors}");
        let named = "it belongs to another user, 65534";
        assert!(errors.contains(named), "{errors}");
        std::os::unix::fs::chown(&path, Some(0), Some(0)).unwrap();
    }
}
