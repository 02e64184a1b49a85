//! The first system, run by the command line.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod support;

use rustix::pipe::PipeFlags;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::{Answer, Place, program, programs};

fn place() -> Place {
    let place = Place::new();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let model = std::fs::read_to_string(format!("{root}/examples/first-system/system.kdl"));
    place.file("system.kdl", &model.unwrap());
    place
}

/// What runs the system.
fn command(place: &Place, more: &[&str]) -> Command {
    let programs = programs();
    let mut arguments = vec!["run", "system.kdl", "--state", "state", "--programs"];
    arguments.push(programs.to_str().unwrap());
    arguments.extend_from_slice(more);
    let mut command = place.bulkhead(&arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts the system and waits until its display shows a level.
fn start(place: &Place, more: &[&str]) -> Child {
    let child = command(place, more).spawn().unwrap();
    wait(place, |status| status["subjects"][0]["state"] == "running");
    child
}

/// Waits for the status page to say something.
fn wait(place: &Place, said: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
    wait_for(place, 0, said)
}

/// The same with an exit code.
fn wait_for(
    place: &Place,
    code: i32,
    said: impl Fn(&serde_json::Value) -> bool,
) -> serde_json::Value {
    let begin = Instant::now();
    loop {
        let answer = place.ask(&["status", "first-system", "--format", "json"]);
        if answer.code == code && said(&answer.json()) {
            return answer.json();
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{answer:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn lives(pid: u64) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}

fn gone(pids: &[u64]) {
    let begin = Instant::now();
    while pids.iter().any(|pid| lives(*pid)) {
        assert!(
            begin.elapsed() < Duration::from_secs(30),
            "{pids:?} live on"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn pids(status: &serde_json::Value) -> Vec<u64> {
    let subjects = status["subjects"].as_array().unwrap().iter();
    let mut pids: Vec<u64> = subjects.map(|s| s["pid"].as_u64().unwrap()).collect();
    pids.push(status["pid"].as_u64().unwrap());
    pids
}

fn signal(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
}

#[test]
fn a_run_ends_in_time_and_leaves_nothing_but_its_evidence() {
    let place = place();
    let child = start(&place, &["--for", "2s", "--events", "log.jsonl"]);
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.contains("sensor: started"), "{answer:?}");
    let answer = place.ask(&["events", "log.jsonl", "--format", "json"]);
    assert_eq!(answer.json()["ended"], true, "{answer:?}");
    assert!(!place.0.join("run/first-system").exists());
    let mut log = std::fs::read(place.0.join("log.jsonl")).unwrap();
    let middle = log.len() / 2;
    log[middle] ^= 1;
    std::fs::write(place.0.join("log.jsonl"), log).unwrap();
    assert_eq!(place.ask(&["events", "log.jsonl"]).code, 2);
}

#[test]
fn events_are_kept_in_nothing_that_is_needed_or_never_read() {
    let place = place();
    let model = std::fs::read_to_string(place.0.join("system.kdl")).unwrap();
    std::fs::copy(
        programs().join("first-sensor"),
        place.0.join("first-sensor"),
    )
    .unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(place.0.join("pipe"))
        .status()
        .unwrap();
    assert!(pipe.success());
    for events in ["system.kdl", "first-sensor", "pipe", "no/such/directory"] {
        let programs = programs();
        let programs = programs.to_str().unwrap();
        let mut arguments = vec!["run", "system.kdl", "--state", "state", "--programs", "."];
        arguments.extend(["--programs", programs, "--events", events]);
        let answer = place.ask(&arguments);
        assert_eq!(answer.code, 2, "{events}: {answer:?}");
        assert!(answer.err.contains(events), "{answer:?}");
    }
    assert_eq!(
        std::fs::read_to_string(place.0.join("system.kdl")).unwrap(),
        model
    );
}

#[test]
fn a_system_goes_on_though_its_events_cannot_be_kept() {
    let place = place();
    let child = start(&place, &["--for", "1.5s", "--events", "/dev/full"]);
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.out.contains("time over"), "{answer:?}");
    let log = &kept_logs(&place)[0];
    assert!(answer.err.contains(log), "{answer:?}");
    assert_eq!(place.ask(&["events", log]).code, 0);
}

/// The logs beside the state directory, the oldest first.
fn kept_logs(place: &Place) -> Vec<String> {
    let entries = std::fs::read_dir(place.0.join("state.logs")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path().display().to_string());
    let mut paths: Vec<String> = paths.collect();
    paths.sort();
    paths
}

#[test]
fn every_run_leaves_a_log_that_no_other_run_writes_to() {
    let place = place();
    let ends: Vec<String> = (0..2)
        .map(|turn| {
            let child = start(&place, &["--for", "1s"]);
            let page = wait(&place, |_| true);
            let answer = Answer::of(&child.wait_with_output().unwrap());
            assert_eq!(answer.code, 0, "{answer:?}");
            let logs = kept_logs(&place);
            assert_eq!(logs.len(), turn + 1);
            let log = logs.last().unwrap();
            assert_eq!(page["log"].as_str(), Some(log.as_str()));
            assert!(answer.err.contains(log.as_str()), "{answer:?}");
            let mode = std::fs::metadata(log).unwrap().permissions();
            assert_eq!(
                std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
                0o600
            );
            // An end that somebody kept while it ran, and the one that was printed.
            let during = page["last_event"].as_str().unwrap();
            let (_, end) = answer.out.rsplit_once("last hash ").unwrap();
            for known in [during, end.trim()] {
                let answer = place.ask(&["events", log, "--after", known]);
                assert_eq!(answer.code, 0, "{answer:?}");
            }
            end.trim().to_owned()
        })
        .collect();
    // The second follows the first; the first does not go on from the second.
    let logs = kept_logs(&place);
    let both = ["events", &logs[0], &logs[1], "--after", &ends[0]];
    assert_eq!(place.ask(&both).code, 0);
    let answer = place.ask(&["events", &logs[1], &logs[0]]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("is not the next log"), "{answer:?}");
    // Alone it says so, as a log that was made up can.
    for log in [&logs[1], &made_up(&place, &ends[0])] {
        let answer = place.ask(&["events", log, "--after", &ends[0]]);
        assert_eq!(answer.code, 2, "{answer:?}");
        assert!(answer.err.contains("which any log can say"), "{answer:?}");
        let json = ["events", log, "--after", &ends[0], "--format", "json"];
        let json = place.ask(&json).json();
        assert_eq!(
            (&json["after"], &json["begins_after"]),
            (&false.into(), &true.into())
        );
    }
    let answer = place.ask(&["events", &logs[0], "--after", &ends[1]]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("does not go on from"), "{answer:?}");
    let json = ["events", &logs[0], "--after", &ends[1], "--format", "json"];
    assert_eq!(place.ask(&json).json()["after"], false);
    // A log that was cut is intact in itself, and does not contain the end.
    let text = std::fs::read_to_string(&logs[0]).unwrap();
    let cut: Vec<&str> = text.split_inclusive('\n').take(3).collect();
    place.file("cut.jsonl", &cut.concat());
    assert_eq!(place.ask(&["events", "cut.jsonl"]).code, 0);
    let answer = place.ask(&["events", "cut.jsonl", "--after", &ends[0]]);
    assert_eq!(answer.code, 2, "{answer:?}");
}

/// A log that somebody wrote who knows an end, and nothing else.
fn made_up(place: &Place, end: &str) -> String {
    let log = kept_logs(place).pop().unwrap();
    let first = std::fs::read_to_string(log).unwrap();
    let first: serde_json::Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    let started = serde_json::from_value(first["event"].clone()).unwrap();
    let record::event::Event::RunStarted { follows, .. } = &started else {
        panic!("{started:?}");
    };
    assert_eq!(follows.unwrap().to_string(), end);
    let mut chain = record::chain::Chain::new(Vec::new());
    chain.append(1, started).unwrap();
    place.file(
        "made-up.jsonl",
        std::str::from_utf8(chain.writer()).unwrap(),
    );
    "made-up.jsonl".to_owned()
}

/// What stands in a directory, by name.
fn names(directory: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_run_that_is_refused_removes_nothing() {
    let place = place();
    // A directory of one's own that looks like a run directory, reached through another's link.
    let own = place.0.join("own/first-system");
    std::fs::create_dir_all(&own).unwrap();
    for name in ["lock", "plan.json", "status.json", "precious"] {
        std::fs::write(own.join(name), "mine").unwrap();
    }
    let before = names(&own);
    std::os::unix::fs::symlink(place.0.join("own"), place.0.join("run")).unwrap();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::lchown(place.0.join("run"), Some(65534), Some(65534)).unwrap();
        let answer = Answer::of(&command(&place, &["--for", "1s"]).output().unwrap());
        assert_eq!(answer.code, 2, "{answer:?}");
        assert!(answer.err.contains("error[run-directory]"), "{answer:?}");
        assert_eq!(names(&own), before);
    }
    std::fs::remove_file(place.0.join("run")).unwrap();
    // What a killed run left is evidence until the next one takes over.
    let mut child = start(&place, &[]);
    let all = pids(&wait(&place, |_| true));
    signal(u32::try_from(all[3]).unwrap(), Signal::KILL);
    child.wait().unwrap();
    let left = place.0.join("run/first-system");
    let before = names(&left);
    assert!(before.contains(&"plan.json".to_owned()), "{before:?}");
    std::fs::remove_dir_all(place.0.join("state")).unwrap();
    std::fs::write(place.0.join("state"), "no directory").unwrap();
    let answer = Answer::of(&command(&place, &["--for", "1s"]).output().unwrap());
    assert_eq!(answer.code, 2, "{answer:?}");
    assert_eq!(names(&left), before);
}

#[test]
fn a_system_stops_though_nobody_reads_what_it_shows() {
    let place = place();
    // A pipe that is full already: the view waits in its first write.
    let (output, input) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC).unwrap();
    rustix::io::ioctl_fionbio(&input, true).unwrap();
    while rustix::io::write(&input, &[b'x'; 4096]).is_ok() {}
    rustix::io::ioctl_fionbio(&input, false).unwrap();
    let mut child = command(&place, &[]).stdout(input).spawn().unwrap();
    let all = pids(&wait(&place, |status| {
        status["subjects"][2]["state"] == "running"
    }));
    signal(child.id(), Signal::TERM);
    // The supervisor is waited for once the view goes on.
    gone(&all[..3]);
    assert!(child.try_wait().unwrap().is_none(), "it still waits");
    drop(output);
    child.wait().unwrap();
}

#[test]
fn a_log_that_somebody_alters_is_told_and_stops_nothing() {
    use std::io::Write;
    let place = place();
    let child = start(&place, &[]);
    let log = kept_logs(&place).remove(0);
    let mut log = std::fs::OpenOptions::new().append(true).open(log).unwrap();
    // Longer than what the supervisor writes over it meanwhile.
    writeln!(log, "{}", "of somebody else ".repeat(1000)).unwrap();
    let watched = place.ask(&["status", "first-system", "--watch"]);
    assert_eq!(watched.code, 2, "{watched:?}");
    assert!(watched.err.contains("was altered"), "{watched:?}");
    std::thread::sleep(Duration::from_secs(1));
    wait(&place, |status| status["subjects"][0]["state"] == "running");
    signal(child.id(), Signal::TERM);
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!(answer.code, 2, "{answer:?}");
    let said = answer.err.matches("the event log was altered").count();
    assert_eq!(said, 2, "when it is seen, and at the end: {answer:?}");
    assert!(answer.out.contains("stopped in order"), "{answer:?}");
}

#[test]
fn a_log_that_is_put_in_the_place_of_another_is_told_at_the_end() {
    let place = place();
    let child = start(&place, &[]);
    let log = kept_logs(&place).remove(0);
    // The view follows the one that it has opened.
    let open = || {
        let files = std::fs::read_dir(format!("/proc/{}/fd", child.id())).unwrap();
        let links = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        links.into_iter().any(|link| link.ends_with(&log))
    };
    while !open() {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::fs::rename(&log, place.0.join("taken.jsonl")).unwrap();
    std::fs::write(&log, "of somebody else\n").unwrap();
    signal(child.id(), Signal::TERM);
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!(answer.code, 2, "{answer:?}");
    let said = "is not what the supervisor wrote";
    assert!(answer.err.contains(said), "{answer:?}");
    // What it wrote is whole where it was put.
    assert_eq!(place.ask(&["events", "taken.jsonl"]).code, 0);
}

#[test]
fn a_kept_log_is_not_overwritten() {
    let place = place();
    place.file("log.jsonl", "of an earlier run");
    let answer = Answer::of(
        &command(&place, &["--events", "log.jsonl"])
            .output()
            .unwrap(),
    );
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(
        answer.err.contains("exists and is not overwritten"),
        "{answer:?}"
    );
    let kept = std::fs::read_to_string(place.0.join("log.jsonl")).unwrap();
    assert_eq!(kept, "of an earlier run");
}

#[test]
fn exit_codes_tell_that_a_subject_does_not_run() {
    let place = place();
    let text = std::fs::read_to_string(place.0.join("system.kdl")).unwrap();
    let given = "  external outside integrity=checked\n  \
                 grant display -> outside file=\"/nowhere/at/all\" quota=\"1KiB\"\n  require";
    place.file("system.kdl", &text.replacen("  require", given, 1));
    let child = command(&place, &["--for", "6s"]).spawn().unwrap();
    wait_for(&place, 5, |status| status["subjects"][0]["down"] == true);
    let answer = place.ask(&["status", "first-system", "--check"]);
    assert_eq!(answer.code, 5, "{answer:?}");
    assert!(
        answer
            .out
            .starts_with("display does not run: there is no `/nowhere"),
        "{answer:?}"
    );
    assert_eq!(place.ask(&["status"]).code, 5);
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!(answer.code, 5, "{answer:?}");
    assert!(answer.err.contains("display does not run"), "{answer:?}");
    for arguments in [
        &["status", "first-system", "--check"][..],
        &["status", "--check"],
    ] {
        assert_eq!(place.ask(arguments).code, 5);
    }
}

#[test]
fn a_subject_that_stays_stopped_by_its_rule_is_told() {
    let place = place();
    let text = std::fs::read_to_string(place.0.join("system.kdl")).unwrap();
    let head = "  subject sensor integrity=field {\n";
    let rule = "    on-failure restart within=\"10ms\" max=2 per=\"10min\" then=stop\n";
    place.file(
        "system.kdl",
        &text.replacen(head, &format!("{head}{rule}"), 1),
    );
    let child = start(&place, &[]);
    for epoch in 1..=3 {
        let status = wait(&place, |status| {
            let sensor = &status["subjects"][2];
            sensor["epoch"] == epoch && sensor["state"] == "running"
        });
        let sensor = status["subjects"][2]["pid"].as_u64().unwrap();
        signal(u32::try_from(sensor).unwrap(), Signal::KILL);
    }
    wait_for(&place, 5, |status| {
        status["subjects"][2]["state"] == "stopped"
    });
    for arguments in [
        &["status", "first-system", "--check"][..],
        &["status", "--check"],
    ] {
        let answer = place.ask(arguments);
        assert_eq!(answer.code, 5, "{answer:?}");
        assert_eq!(
            answer.out, "sensor does not run: 2 restarts within 600000 ms\n",
            "{answer:?}"
        );
    }
    signal(child.id(), Signal::TERM);
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!(answer.code, 5, "{answer:?}");
    assert!(answer.err.contains("sensor does not run"), "{answer:?}");
    let told = "sensor: stays stopped: 2 restarts within 600000 ms";
    assert!(answer.out.contains(told), "{answer:?}");
}

/// Whose `/dev` has a log of the test's own, which the test's process hears.
const OWN_LOG: &str = "mkdir dev && mount -t tmpfs none dev && \
                       for n in null zero full random urandom tty; do \
                       touch dev/$n && mount --bind /dev/$n dev/$n || exit 9; done && \
                       touch dev/log && mount --bind log dev/log && \
                       mount --rbind dev /dev && exec \"$@\"";

#[test]
fn the_end_of_a_log_is_sent_to_the_log_of_the_system() {
    // An ordinary user has no place to mount at.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let place = place();
    let log = std::os::unix::net::UnixDatagram::bind(place.0.join("log")).unwrap();
    log.set_nonblocking(true).unwrap();
    let run = command(
        &place,
        &["--for", "2s", "--end-to-syslog", "--events", "log.jsonl"],
    );
    let answer = Command::new("unshare")
        .args(["--mount", "sh", "-c", OWN_LOG, "sh"])
        .arg(run.get_program())
        .args(run.get_args())
        .current_dir(&place.0)
        .env("BULKHEAD_RUN_DIR", place.0.join("run"))
        .output()
        .unwrap();
    let answer = Answer::of(&answer);
    assert_eq!(answer.code, 0, "{answer:?}");
    let mut buffer = [0; 1000];
    let length = log.recv(&mut buffer).unwrap();
    let said = String::from_utf8_lossy(&buffer[..length]).into_owned();
    assert!(said.starts_with("<133>bulkhead["), "{said}");
    assert!(
        said.contains("]: system first-system ended, log "),
        "{said}"
    );
    assert!(log.recv(&mut buffer).is_err(), "one message");
    // What arrived is the end of the log.
    let end = said.rsplit(' ').next().unwrap();
    let verified = place.ask(&["events", "log.jsonl", "--after", end]);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert!(
        verified.out.contains(&format!("last hash {end}")),
        "{verified:?}"
    );
    // Where nobody listens, the end is on standard error and the run has failed to send it.
    std::fs::remove_dir(place.0.join("dev")).unwrap();
    drop(log);
    let answer = Command::new("unshare")
        .args(["--mount", "sh", "-c", OWN_LOG, "sh"])
        .arg(run.get_program())
        .args(
            run.get_args()
                .filter(|own| *own != "--events" && *own != "log.jsonl"),
        )
        .current_dir(&place.0)
        .env("BULKHEAD_RUN_DIR", place.0.join("run"))
        .output()
        .unwrap();
    let answer = Answer::of(&answer);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(
        answer.err.contains("could not be sent to `/dev/log`"),
        "{answer:?}"
    );
}

#[test]
fn who_watches_sees_values_in_the_words_of_their_types() {
    let place = place();
    let child = start(&place, &[]);
    wait(&place, |status| status["subjects"][2]["state"] == "running");
    let answer = place.ask(&["status", "first-system", "--check"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{answer:?}");
    let answer = place.ask(&["status", "first-system"]);
    assert!(answer.out.contains("process "), "{answer:?}");
    let watch = place
        .bulkhead(&["status", "first-system", "--watch"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(12));
    signal(child.id(), Signal::INT);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    let watched = Answer::of(&watch.wait_with_output().unwrap());
    assert_eq!(watched.code, 0, "{watched:?}");
    assert!(watched.out.contains(" ml"), "decoded: {watched:?}");
}

#[test]
fn a_program_beside_the_tool_is_nobodys_choice() {
    let place = place();
    let answer = place.ask(&["run", "system.kdl", "--state", "state"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    let own = programs().display().to_string();
    let help = format!(
        "`{own}`, where this tool lies, has one of that name: if it is yours, name that directory: `--programs DIR`"
    );
    assert!(answer.err.contains(&help), "{answer:?}");
    // Two that differ are nobody's choice either; two that are the same are one.
    for (name, twice) in [("first-display", true), ("first-sensor", false)] {
        std::fs::copy(programs().join(name), place.0.join("first-sensor")).unwrap();
        let more = ["--programs", ".", "--for", "1s"];
        let answer = Answer::of(&command(&place, &more).output().unwrap());
        assert_eq!(answer.code, if twice { 2 } else { 0 }, "{answer:?}");
        assert_eq!(
            answer.err.contains("program-ambiguous"),
            twice,
            "{answer:?}"
        );
        assert_eq!(answer.err.contains("programs of `"), !twice, "{answer:?}");
    }
}

#[test]
fn what_another_user_laid_out_is_not_believed() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let place = Place::new();
    let forged = place.0.join("run/forged");
    std::fs::create_dir_all(&forged).unwrap();
    let lock = std::fs::File::create(forged.join("lock")).unwrap();
    lock.lock().unwrap();
    std::os::unix::fs::chown(&forged, Some(65534), Some(65534)).unwrap();
    let answer = place.ask(&["status"]);
    assert!(
        answer.err.contains("belongs to another user, 65534"),
        "{answer:?}"
    );
    assert!(answer.out.contains("as far as can be seen"), "{answer:?}");
    assert_eq!(place.ask(&["status", "forged"]).code, 2);
    assert_eq!(place.ask(&["status", "forged", "--check"]).code, 5);
    assert_eq!(place.ask(&["status", "--check"]).code, 5);
    std::os::unix::fs::chown(place.0.join("run"), Some(65534), Some(65534)).unwrap();
    let answer = place.ask(&["status", "--format", "json"]);
    let unknown = answer.json()["unknown"][0].as_str().unwrap().to_owned();
    assert!(unknown.contains("run` is not believed"), "{unknown}");
    drop(lock);
}

#[test]
fn asking_to_stop_is_not_a_failure() {
    let place = place();
    let child = start(&place, &[]);
    let all = pids(&wait(&place, |status| {
        status["subjects"][2]["state"] == "running"
    }));
    // What the terminal does to the view, it does not do to the system.
    let supervisor = Pid::from_raw(i32::try_from(all[3]).unwrap());
    assert_eq!(
        rustix::process::getpgid(supervisor).ok(),
        supervisor,
        "the supervisor has a process group of its own"
    );
    signal(child.id(), Signal::INT);
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!(answer.code, 0, "{answer:?}");
    gone(&all);
}

#[test]
fn a_stop_at_any_moment_is_no_failure() {
    let place = place();
    for pause_ms in (0..24).chain([32, 64]) {
        // As on a terminal, where the signal goes to all of the group.
        let child = command(&place, &[]).process_group(0).spawn().unwrap();
        // From the moment on that it says it will handle the signal, if not before.
        while !handles_interrupt(child.id()) {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(pause_ms));
        let group = Pid::from_child(&child);
        kill_process_group(group, Signal::INT).unwrap();
        let answer = Answer::of(&child.wait_with_output().unwrap());
        assert_eq!(answer.code, 0, "after {pause_ms} ms: {answer:?}");
        assert!(!place.0.join("run/first-system").exists());
    }
}

fn handles_interrupt(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let handled = line.expect("the process has not ended");
    let interrupt = 1 << (Signal::INT.as_raw() - 1);
    u64::from_str_radix(handled.trim(), 16).unwrap() & interrupt != 0
}

#[test]
fn a_kept_log_says_who_stopped_the_run_and_whether_it_is_whole() {
    let place = place();
    let kept = || std::fs::read_to_string(place.0.join("log.jsonl")).unwrap();
    let again = || std::fs::remove_file(place.0.join("log.jsonl")).unwrap();
    let child = start(&place, &["--events", "log.jsonl"]);
    signal(child.id(), Signal::INT);
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(
        kept().contains(r#""reason":{"code":"asked"}"#),
        "{}",
        kept()
    );
    assert!(answer.out.contains("last hash"), "{answer:?}");
    // Where the log is, the status page says: without it a log that was not opened breaks off.
    for is_opened in [true, false] {
        again();
        let child = start(&place, &["--events", "log.jsonl"]);
        let begin = Instant::now();
        while is_opened && kept().is_empty() {
            assert!(begin.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(20));
        }
        signal(child.id(), Signal::STOP);
        wait_until_stopped(child.id());
        let is_whole = !kept().is_empty();
        std::fs::remove_dir_all(place.0.join("run/first-system")).unwrap();
        signal(child.id(), Signal::CONT);
        signal(child.id(), Signal::INT);
        let answer = Answer::of(&child.wait_with_output().unwrap());
        assert_eq!(kept().contains("run-ended"), is_whole, "{}", kept());
        let code = if is_whole { 0 } else { 2 };
        assert_eq!(answer.code, code, "{answer:?}");
        assert_eq!(answer.err.contains("break off"), !is_whole, "{answer:?}");
    }
}

fn wait_until_stopped(pid: u32) {
    let stopped = || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        status.lines().any(|line| line.starts_with("State:\tT"))
    };
    while !stopped() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn subjects_run_under_the_ordinary_scheduler() {
    let place = place();
    let inner = command(&place, &[]);
    // In real time, as far as whoever runs the tests may do that.
    let real_time = ["chrt", "--rr", "1"];
    let may = Command::new("chrt").args(["--rr", "1", "true"]).status();
    let wrapper = if may.is_ok_and(|status| status.success()) {
        &real_time[..]
    } else {
        &["env"]
    };
    let child = Command::new(wrapper[0])
        .args(&wrapper[1..])
        .arg(inner.get_program())
        .args(inner.get_args())
        .envs(
            inner
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(&place.0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = wait(&place, |status| {
        let subjects = status["subjects"].as_array().unwrap();
        subjects.iter().all(|subject| subject["state"] == "running")
    });
    for subject in status["subjects"].as_array().unwrap() {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", subject["pid"])).unwrap();
        let after_name = stat.rsplit_once(')').unwrap().1;
        // `proc(5)`: the name is field 2, the policy field 41; 0 is the ordinary one.
        let policy = after_name.split_whitespace().nth(41 - 3);
        assert_eq!(policy, Some("0"), "{subject}");
    }
    signal(child.id(), Signal::INT);
    assert_eq!(Answer::of(&child.wait_with_output().unwrap()).code, 0);
}

#[test]
fn everything_dies_with_the_command_line_and_the_next_run_is_clean() {
    let place = place();
    let mut child = start(&place, &[]);
    let all = pids(&wait(&place, |status| {
        status["subjects"][2]["state"] == "running"
    }));
    signal(child.id(), Signal::KILL);
    child.wait().unwrap();
    gone(&all);
    let child = start(&place, &["--for", "1s"]);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

#[test]
fn everything_dies_with_the_supervisor() {
    let place = place();
    let child = start(&place, &[]);
    let all = pids(&wait(&place, |status| {
        status["subjects"][2]["state"] == "running"
    }));
    signal(u32::try_from(all[3]).unwrap(), Signal::KILL);
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(answer.err.contains("killed"), "{answer:?}");
    let log = &kept_logs(&place)[0];
    assert!(answer.err.contains(log), "{answer:?}");
    assert_eq!(place.ask(&["events", log]).code, 0);
    gone(&all);
}

#[test]
fn a_second_run_is_refused_and_names_the_first() {
    let place = place();
    let child = start(&place, &[]);
    let first = wait(&place, |_| true)["pid"].to_string();
    let programs = programs();
    let programs = programs.to_str().unwrap();
    let arguments = [
        "run",
        "system.kdl",
        "--state",
        "state",
        "--programs",
        programs,
    ];
    let answer = place.ask(&arguments);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains(&first), "{answer:?}");
    signal(child.id(), Signal::TERM);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

#[test]
fn a_subject_that_is_killed_is_started_again_under_a_new_epoch() {
    let place = place();
    let child = start(&place, &[]);
    let status = wait(&place, |status| status["subjects"][2]["state"] == "running");
    let sensor = status["subjects"][2]["pid"].as_u64().unwrap();
    signal(u32::try_from(sensor).unwrap(), Signal::KILL);
    let status = wait(&place, |status| {
        let sensor = &status["subjects"][2];
        sensor["epoch"] == 2 && sensor["state"] == "running"
    });
    assert_eq!(status["subjects"][0]["restarts"], 0, "{status}");
    signal(child.id(), Signal::TERM);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

#[test]
fn a_system_with_an_unmet_requirement_is_not_started() {
    let place = place();
    let text = std::fs::read_to_string(place.0.join("system.kdl")).unwrap();
    let leak = "channel guard.checked -> display.level sampling\n  channel sensor -> display sampling type=Level";
    place.file(
        "leak.kdl",
        &text.replace("channel guard.checked -> display.level sampling", leak),
    );
    let programs = programs();
    let answer = place.ask(&["run", "leak.kdl", "--programs", programs.to_str().unwrap()]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.err.contains("sensor › display"), "{answer:?}");
    assert!(!place.0.join("run").exists());

    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let shown = readme.split_once("$ bulkhead check leak.kdl\n").unwrap().1;
    let shown = shown.split_once("```").unwrap().0;
    let answer = place.ask(&["check", "leak.kdl"]);
    assert_eq!(format!("{}{}", answer.err, answer.out), shown);
}

#[test]
fn a_plan_is_made_linted_and_refused_for_another_model() {
    let place = place();
    let programs = programs();
    let programs = programs.to_str().unwrap();
    let answer = place.ask(&[
        "plan",
        "system.kdl",
        "--programs",
        programs,
        "-o",
        "first.plan",
    ]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let answer = place.ask(&["lint-plan", "system.kdl", "first.plan"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.contains("not compared"), "{answer:?}");
    // As some editors save it.
    let plan = std::fs::read_to_string(place.0.join("first.plan")).unwrap();
    place.file("marked.plan", &format!("\u{feff}{plan}"));
    let answer = place.ask(&["lint-plan", "system.kdl", "marked.plan"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let text = std::fs::read_to_string(place.0.join("system.kdl")).unwrap();
    place.file("other.kdl", &text.replace("most-ml=1500", "most-ml=1501"));
    let answer = place.ask(&["lint-plan", "other.kdl", "first.plan"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.out.contains("finding"), "{answer:?}");
    let told = answer
        .out
        .starts_with("the plan was made from another model");
    assert!(told, "{answer:?}");
    place.file(
        "plant.kdl",
        include_str!("../../examples/bottling-line/system.kdl"),
    );
    let answer = place.ask(&["lint-plan", "plant.kdl", "first.plan"]);
    assert_eq!(answer.out.matches("finding[").count(), 5, "{answer:?}");
    assert!(answer.out.contains(" more, all with"), "{answer:?}");
    for name in ["first-sensor", "first-guard", "first-display"] {
        std::os::unix::fs::symlink(format!("{programs}/{name}"), place.0.join(name)).unwrap();
    }
    let answer = place.ask(&["plan", "system.kdl", "-o", "linked.plan"]);
    assert_eq!(answer.code, 0, "a linked program is fine: {answer:?}");
}

#[test]
fn programs_that_do_not_belong_together_are_said() {
    let place = place();
    let own = place.0.join("own");
    std::fs::create_dir(&own).unwrap();
    for name in ["bulkhead", "bulkhead-supervisor", "bulkhead-init"] {
        std::fs::copy(program(name), own.join(name)).unwrap();
    }
    let ask = || {
        let mut command = command(&place, &["--for", "1s"]);
        let mut other = Command::new(own.join("bulkhead"));
        other.args(command.get_args()).current_dir(&place.0);
        let variables = command
            .get_envs()
            .filter_map(|(key, value)| Some((key, value?)));
        other.envs(variables);
        command = other;
        Answer::of(&command.output().unwrap())
    };
    let answer = ask();
    assert_eq!(answer.code, 0, "{}", answer.err);
    for (name, other, said) in [
        (
            "bulkhead-init",
            "first-sensor",
            "`bulkhead-init` ended, or said what makes no sense",
        ),
        (
            "bulkhead-supervisor",
            "/bin/true",
            "`bulkhead-supervisor` ended, and nothing was seen",
        ),
    ] {
        let good = std::fs::read(own.join(name)).unwrap();
        std::fs::copy(programs().join(other), own.join(name)).unwrap();
        let answer = ask();
        assert_eq!(answer.code, 2, "{name}: {}", answer.err);
        assert!(answer.err.contains(said), "{name}: {}", answer.err);
        assert!(
            answer.err.contains("of one build in one directory"),
            "{name}: {}",
            answer.err
        );
        std::fs::write(own.join(name), good).unwrap();
    }
    std::fs::write(own.join("bulkhead-supervisor"), "no program").unwrap();
    let answer = ask();
    assert_eq!(answer.code, 2, "{}", answer.err);
    assert!(answer.err.contains("cannot be started"), "{}", answer.err);
    std::fs::remove_file(own.join("bulkhead-supervisor")).unwrap();
    let answer = ask();
    assert_eq!(answer.code, 2, "{}", answer.err);
    assert!(
        answer.err.contains("there is no `bulkhead-supervisor`"),
        "{}",
        answer.err
    );
}

#[test]
fn whoever_watches_is_told_how_the_run_ended() {
    // By its time; killed; and not at all, because only the watching ends.
    for (time, ends, code, said) in [
        ("2s", "time", 0, "ended (time over)"),
        ("60s", "kill", 3, "ended without a last word"),
        (
            "60s",
            "watcher",
            0,
            "only watching ended; `first-system` goes on",
        ),
    ] {
        let place = place();
        let mut run = start(&place, &["--for", time]);
        let mut watch = place.bulkhead(&["status", "first-system", "--watch"]);
        let watch = watch.stdout(Stdio::piped()).stderr(Stdio::piped());
        let watch = watch.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(500));
        match ends {
            "kill" => {
                let status = place.ask(&["status", "first-system", "--format", "json"]);
                let pid = status.json()["pid"].as_u64().unwrap();
                signal(u32::try_from(pid).unwrap(), Signal::KILL);
            }
            "watcher" => signal(watch.id(), Signal::TERM),
            _ => {}
        }
        let answer = Answer::of(&watch.wait_with_output().unwrap());
        assert_eq!(answer.code, code, "{ends}: {answer:?}");
        let told = format!("{}{}", answer.out, answer.err);
        assert!(told.contains(said), "{ends}: {told}");
        if ends == "watcher" {
            signal(run.id(), Signal::TERM);
        }
        run.wait().unwrap();
    }
}

#[test]
fn a_supervisor_that_is_stopped_is_no_news() {
    let place = place();
    let mut run = start(&place, &["--for", "60s"]);
    let status = place
        .ask(&["status", "first-system", "--format", "json"])
        .json();
    let pid = u32::try_from(status["pid"].as_u64().unwrap()).unwrap();
    signal(pid, Signal::STOP);
    let begin = Instant::now();
    let told = loop {
        let answer = place.ask(&["status"]);
        assert!(begin.elapsed() < Duration::from_secs(30), "{answer:?}");
        if answer.out.contains("NO NEWS for") {
            break answer.out;
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    assert!(
        told.contains(&format!("is process {pid} stopped?")),
        "{told}"
    );
    signal(pid, Signal::CONT);
    signal(run.id(), Signal::TERM);
    assert!(run.wait().unwrap().success());
}

#[test]
fn programs_are_taken_from_where_one_is_told_and_nowhere_else() {
    let place = place();
    std::fs::create_dir(place.0.join("empty")).unwrap();
    let answer = place.ask(&["plan", "system.kdl", "--programs", "empty"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(
        answer
            .err
            .contains("there is no program `first-sensor` in `empty`\n"),
        "{}",
        answer.err
    );
    let model = std::fs::read_to_string(place.0.join("system.kdl")).unwrap();
    let small = "run \"first-sensor\"; memory \"2MiB\"";
    place.file("small.kdl", &model.replace("run \"first-sensor\"", small));
    let programs = programs();
    let answer = place.ask(&[
        "plan",
        "small.kdl",
        "--programs",
        programs.to_str().unwrap(),
    ]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(
        answer.err.contains("error[memory-too-small]"),
        "{}",
        answer.err
    );
    // What the help asks for is enough to run.
    let needs = answer.err.split("memory \"").last().unwrap();
    let (needs, _) = needs.split_once('"').unwrap();
    let enough = format!("run \"first-sensor\"; memory \"{needs}\"");
    place.file(
        "system.kdl",
        &model.replace("run \"first-sensor\"", &enough),
    );
    let mut run = start(&place, &["--for", "60s"]);
    wait(&place, |status| {
        let subjects = status["subjects"].as_array().unwrap().iter();
        subjects
            .map(|own| own["restarts"].as_u64().unwrap())
            .sum::<u64>()
            == 0
    });
    signal(run.id(), Signal::TERM);
    assert!(run.wait().unwrap().success());
}

#[test]
fn a_running_system_is_compared_with_its_plan() {
    let place = place();
    let answer = place.ask(&["audit", "first-system"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("does not run"), "{answer:?}");
    let child = start(&place, &["--events", "log.jsonl"]);
    wait(&place, |status| {
        let subjects = status["subjects"].as_array().unwrap().iter();
        subjects.into_iter().all(|own| own["state"] == "running")
    });
    let answer = place.ask(&["audit", "first-system", "--format", "json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.json()["format"], "bulkhead.audit/2");
    assert_eq!(answer.json()["partitions"].as_array().unwrap().len(), 3);
    let answer = place.ask(&["audit", "first-system"]);
    assert!(
        answer.out.contains("3 running of 3 partitions match plan"),
        "{answer:?}"
    );
    // Only the priority of one process, from outside.
    let subjects = place
        .ask(&["status", "first-system", "--format", "json"])
        .json();
    let pid = subjects["subjects"][0]["pid"].as_u64().unwrap().to_string();
    let reniced = Command::new("renice")
        .args(["-n", "7", "-p", &pid])
        .output();
    assert!(reniced.unwrap().status.success());
    let answer = place.ask(&["audit", "first-system"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(
        answer.out.contains("its nice value is 7, not"),
        "{answer:?}"
    );
    signal(child.id(), Signal::INT);
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!(answer.code, 0, "{answer:?}");
    let log = std::fs::read_to_string(place.0.join("log.jsonl")).unwrap();
    assert_eq!(log.matches(r#""kind":"reviewed""#).count(), 3, "{log}");
}
