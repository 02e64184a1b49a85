//! Beginnings and ends of runs: one at a time, nothing survives, nothing is left behind.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use record::event::Event;
use record::reason::{Abandonment, End};
use record::status::{Status, SubjectState};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};
use support::{Place, Run, STOP, plan, subject};

fn running(status: &Status) -> bool {
    status
        .subjects
        .iter()
        .all(|subject| subject.state == SubjectState::Running)
}

/// Every process below a process, by the kernel's own table.
fn below(pid: u32) -> Vec<u32> {
    let mut all: Vec<(u32, u32)> = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(child) = entry.file_name().to_string_lossy().parse() else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let Some((_, rest)) = stat.rsplit_once(") ") else {
            continue;
        };
        all.push((child, rest.split(' ').nth(1).unwrap().parse().unwrap()));
    }
    let mut found = vec![pid];
    let mut at = 0;
    while let Some(parent) = found.get(at).copied() {
        found.extend(
            all.iter()
                .filter(|(_, of)| *of == parent)
                .map(|(child, _)| *child),
        );
        at += 1;
    }
    found.split_off(1)
}

fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

fn groups_left(system: &str) -> Vec<String> {
    let own = std::fs::read_to_string("/proc/self/cgroup").unwrap();
    let mut left = Vec::new();
    for line in own.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next().unwrap(), fields.next().unwrap());
        let root = Path::new("/sys/fs/cgroup").join(controllers);
        let entries = std::fs::read_dir(root.join(path.trim_start_matches('/')));
        for entry in entries.into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.contains(system) {
                left.push(name);
            }
        }
    }
    left
}

#[test]
fn a_stopped_run_leaves_nothing_behind() {
    let place = Place::new();
    let plan = plan(
        vec![subject("a", "idle", STOP), subject("b", "idle", STOP)],
        &[],
    );
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("both", running);
    let processes = below(run.pid());
    // The launcher, two keepers, two subjects.
    assert_eq!(processes.len(), 5);
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!((status, errors.as_str()), (Some(0), ""));
    assert!(matches!(
        events.last(),
        Some(Event::RunEnded { reason: End::Asked })
    ));
    assert!(!processes.into_iter().any(is_alive));
    assert_eq!(groups_left(&plan.core.system), Vec::<String>::new());
    let page = std::fs::read(place.path.join("run/status.json")).unwrap();
    let page = Status::parse(&page).unwrap();
    assert!(page.ended);
    assert_eq!(page.events, events.len() as u64);
}

/// Kills the supervisor without warning and waits until nothing of it is left.
fn kill(mut run: Run<'_>) {
    run.wait_for("both", running);
    let processes = below(run.pid());
    assert_eq!(processes.len(), 5);
    run.child.kill().unwrap();
    run.child.wait().unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while processes.iter().any(|pid| is_alive(*pid)) {
        assert!(Instant::now() < until, "{processes:?} survive");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_killed_supervisor_takes_everything_with_it_and_the_next_run_starts_clean() {
    let place = Place::new();
    let plan = plan(
        vec![subject("a", "idle", STOP), subject("b", "idle", STOP)],
        &[],
    );
    kill(support::start(&place, &plan, &[]));
    let (status, errors, events) = support::run(&place, &plan, 300);
    assert_eq!((status, errors.as_str()), (Some(0), ""));
    assert!(matches!(events.first(), Some(Event::RunStarted { .. })));
    assert!(place.path.join("run/events.previous.jsonl").exists());
    assert_eq!(groups_left(&plan.core.system), Vec::<String>::new());
}

#[test]
fn a_killed_unprivileged_supervisor_takes_everything_with_it() {
    let place = Place::new();
    let plan = plan(
        vec![subject("a", "idle", STOP), subject("b", "idle", STOP)],
        &[],
    );
    kill(support::start_unprivileged(&place, &plan, &[]));
    let (status, errors, _) =
        support::start_unprivileged(&place, &plan, &["--for-ms", "300"]).finish();
    assert_eq!((status, errors.as_str()), (Some(0), ""));
}

/// Processes that run this file.
fn running_file(file: &Path) -> Vec<u32> {
    let identity = |path: &Path| std::fs::metadata(path).map(|found| (found.dev(), found.ino()));
    let wanted = identity(file).unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(|entry| identity(&entry.path().join("exe")).is_ok_and(|found| found == wanted))
        .filter_map(|entry| entry.file_name().to_string_lossy().parse().ok())
        .collect()
}

/// Whenever it dies: also before a keeper has given up its rights, or while it is being copied.
#[test]
fn a_supervisor_killed_while_it_makes_partitions_leaves_nothing() {
    let mut seen = 0;
    for after_ms in 0..30 {
        let place = Place::new();
        let names: Vec<String> = (0..20)
            .map(|number| format!("subject-{number:02}"))
            .collect();
        let subjects = names.iter().map(|name| subject(name, "idle", STOP));
        let plan = plan(subjects.collect(), &[]);
        let init = place.path.join("bulkhead-init");
        std::fs::copy(support::init(), &init).unwrap();
        let mut run = support::start(&place, &plan, &["--init", init.to_str().unwrap()]);
        std::thread::sleep(Duration::from_millis(after_ms));
        seen += running_file(&init).len();
        run.child.kill().unwrap();
        run.child.wait().unwrap();
        let until = Instant::now() + Duration::from_secs(10);
        while !running_file(&init).is_empty() {
            assert!(Instant::now() < until, "survivors after {after_ms} ms");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    assert!(seen > 0, "it was always too early");
}

/// Without the launcher no grant can be opened again: the system ends, and says why.
#[test]
fn a_dead_launcher_halts_the_system() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let mut run = support::start(&place, &plan, &[]);
    let subject = run.wait_for("it", running).subjects[0].pid;
    let alone = |pid: &u32| *pid != subject && below(*pid).is_empty();
    let launcher = below(run.pid()).into_iter().find(alone).unwrap();
    let pid = rustix::process::Pid::from_raw(launcher.cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(4), "{errors}");
    assert!(errors.contains("the launcher ended"), "{errors}");
    assert!(matches!(events.last(), Some(Event::RunEnded { .. })));
}

/// It may be stopped, or wait for a disk: whoever waits for it says so, once, and goes on when it does.
#[test]
fn a_launcher_that_does_not_answer_is_told() {
    let place = Place::new();
    let mut waiting = subject("a", "idle", support::restart(5, false));
    waiting.grants = vec![plan::GrantPlan {
        name: "g".to_owned(),
        peer: "outside".to_owned(),
        direction: plan::GrantDirection::In,
        resource: plan::ResourcePlan::FileRead {
            path: "file".to_owned(),
        },
    }];
    let plan = plan(vec![waiting, subject("b", "idle", STOP)], &[]);
    let mut run = support::start(&place, &plan, &[]);
    let noted = |status: &Status| status.subjects[0].note.is_some();
    let page = run.wait_for("the file to be missed", noted);
    let missing = page.subjects[0].note.clone();
    let subject = page.subjects[1].pid;
    let alone = |pid: &u32| *pid != subject && below(*pid).is_empty();
    let launcher = below(run.pid()).into_iter().find(alone).unwrap();
    let pid = rustix::process::Pid::from_raw(launcher.cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
    std::fs::write(place.path.join("state/file"), "x").unwrap();
    let told = run.wait_for("the silence", |status| {
        status.subjects[0].note != missing && status.subjects[0].down
    });
    let note = told.subjects[0].note.as_ref().unwrap().to_string();
    assert!(note.contains("the launcher has not answered"), "{note}");
    rustix::process::kill_process(pid, rustix::process::Signal::CONT).unwrap();
    run.wait_for("its start", running);
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let silent = |event: &&Event| matches!(event, Event::GrantRefused { reason, .. } if reason.contains("not answered"));
    assert_eq!(events.iter().filter(silent).count(), 1);
}

#[test]
fn a_second_run_is_refused_and_names_the_first() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("it", running);
    let (status, errors, _) = support::start(&place, &plan, &["--for-ms", "300"]).finish();
    assert_eq!(status, Some(2));
    assert!(errors.contains("error[already-running]"), "{errors}");
    assert!(
        errors.contains(&format!("as process {}", run.pid())),
        "{errors}"
    );
    // The first is not disturbed.
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    assert!(matches!(events.last(), Some(Event::RunEnded { .. })));
}

/// A keeper that dies takes its partition along; the others go on.
#[test]
fn a_dead_keeper_is_a_failure_of_its_subject_only() {
    let place = Place::new();
    let rule = support::restart(3, false);
    let plan = plan(
        vec![subject("a", "idle", rule), subject("b", "idle", rule)],
        &[],
    );
    let mut run = support::start(&place, &plan, &[]);
    let page = run.wait_for("both", running);
    let subject = page.subjects[0].pid;
    let keeper = below(run.pid())
        .into_iter()
        .find(|pid| below(*pid) == [subject])
        .unwrap();
    let pid = rustix::process::Pid::from_raw(keeper.cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    run.wait_for("its end", |status| {
        status.subjects[0].state == SubjectState::Stopped
    });
    assert!(!is_alive(subject));
    run.terminate();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(
        support::causes(&events, "a"),
        ["its keeper was killed by SIGKILL"]
    );
    assert_eq!(support::causes(&events, "b"), ["stopped with the system"]);
    let why = events.iter().find_map(|event| match event {
        Event::Abandoned { subject, reason } if subject == "a" => Some(reason.clone()),
        _ => None,
    });
    assert_eq!(why, Some(Abandonment::KeeperGone));
}

/// It is not taken for a subject whose restarts are spent.
#[test]
fn a_keeper_that_is_killed_halts_with_its_own_reason() {
    let place = Place::new();
    let rule = support::restart(3, true);
    let plan = plan(vec![subject("a", "idle", rule)], &[]);
    let mut run = support::start(&place, &plan, &[]);
    let page = run.wait_for("its start", running);
    let subject = page.subjects[0].pid;
    let keepers = below(run.pid());
    let keeper = keepers.into_iter().find(|pid| below(*pid) == [subject]);
    let pid = rustix::process::Pid::from_raw(keeper.unwrap().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(4), "{errors}");
    let halted = events.iter().find_map(|event| match event {
        Event::Halted { reason } => Some(reason.to_string()),
        _ => None,
    });
    assert_eq!(
        halted.as_deref(),
        Some("`a` cannot be started again (its keeper was killed by SIGKILL), then halt")
    );
}

#[test]
fn a_run_ends_with_its_front_end() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let mut command = support::command(&place, &plan, &["--stop-with-stdin"]);
    command.stdin(std::process::Stdio::piped());
    let mut run = support::spawn(&place, command);
    run.wait_for("it", running);
    drop(run.child.stdin.take());
    let (status, errors, events) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
    let reason = End::InputClosed;
    assert_eq!(events.last(), Some(&Event::RunEnded { reason }));
}

/// Whichever system runs next takes the groups away that a killed run could not.
#[test]
fn groups_of_a_killed_run_are_removed_by_the_next_of_any_system() {
    let place = Place::new();
    let subjects = || vec![subject("a", "idle", STOP), subject("b", "idle", STOP)];
    let mut first = plan(subjects(), &[]);
    first.core.system = "killed-first".to_owned();
    kill(support::start(&place, &first, &[]));
    let second = plan(subjects(), &[]);
    let (status, errors, _) = support::run(&place, &second, 300);
    assert_eq!((status, errors.as_str()), (Some(0), ""));
    assert_eq!(groups_left(&first.core.system), Vec::<String>::new());
}

#[test]
fn a_state_directory_in_use_is_refused_by_name() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("it", running);
    let other = Place::new();
    let mut command = support::command(&other, &plan, &["--for-ms", "300"]);
    // The last one counts.
    command.arg("--state-dir").arg(place.path.join("state"));
    let (status, errors, _) = support::spawn(&other, command).finish();
    assert_eq!(status, Some(2), "{errors}");
    assert!(errors.contains("error[state-directory-in-use]"), "{errors}");
    let named = format!("in use by another run, process {}\n", run.pid());
    assert!(errors.contains(&named), "{errors}");
    run.terminate();
    let (status, errors, _) = run.finish();
    assert_eq!(status, Some(0), "{errors}");
}

#[test]
fn a_state_directory_that_others_may_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let open = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(place.path.join("state"), open).unwrap();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let (status, errors, _) = support::run(&place, &plan, 300);
    assert_eq!(status, Some(2), "{errors}");
    assert!(errors.contains("error[state-directory]"), "{errors}");
}

#[test]
fn a_held_lock_without_a_process_id_names_none() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let mut run = support::start(&place, &plan, &[]);
    run.wait_for("it", running);
    std::fs::write(place.path.join("run/lock"), "damaged").unwrap();
    let (status, errors, _) = support::start(&place, &plan, &["--for-ms", "300"]).finish();
    assert_eq!(status, Some(2));
    assert!(errors.contains("is already running\n"), "{errors}");
    run.terminate();
    assert_eq!(run.finish().0, Some(0));
}

/// Only test builds know how to plant faults.
#[cfg(not(feature = "faults"))]
#[test]
fn a_product_knows_no_faults() {
    let place = Place::new();
    let plan = plan(vec![subject("a", "idle", STOP)], &[]);
    let arguments = ["--for-ms", "10", "--fault", "limits-none"];
    let (status, errors, _) = support::start(&place, &plan, &arguments).finish();
    assert_eq!(status, Some(2), "{errors}");
    assert!(errors.contains("unknown argument `--fault`"), "{errors}");
    for program in [support::supervisor(), support::init()] {
        let bytes = std::fs::read(program).unwrap();
        let word = b"the fault cannot be planted";
        assert!(!bytes.windows(word.len()).any(|found| found == word));
    }
}
