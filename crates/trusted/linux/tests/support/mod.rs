//! Builds plans for probes, runs supervisors on them, and reads what they left behind.
#![allow(dead_code, clippy::allow_attributes_without_reason)]

use plan::linux::{LinuxChannel, LinuxPlan, LinuxSubject};
use plan::{
    ChannelPlan, ConnectionPlan, Core, Direction, Enforce, FailureAction, FailurePlan, ImagePlan,
    Kind, Plan, PlatformPlan, PortPlan, Reaction, SettingPlan, Strength, SubjectPlan, Target,
};
use record::Digest;
use record::difference::Difference;
use record::event::Event;
use record::mechanism::Mechanism;
use record::status::Status;
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Mechanisms as they are shown.
pub fn sentences(mechanisms: &[Mechanism]) -> Vec<String> {
    mechanisms.iter().map(Mechanism::to_string).collect()
}

/// A directory of one test, removed at its end.
pub struct Place {
    pub path: PathBuf,
}

impl Place {
    pub fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("bulkhead-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(path.join("state")).unwrap();
        // As a run makes it: one that is open to others and not empty is refused.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(path.join("state"), mode).unwrap();
        Self { path }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

pub fn supervisor() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_bulkhead-supervisor"))
}

pub fn init() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_bulkhead-init"))
}

pub fn probe() -> PathBuf {
    example("probe")
}

pub fn example(name: &str) -> PathBuf {
    let path = supervisor().parent().unwrap().join("examples").join(name);
    assert!(
        path.exists(),
        "build the examples: `cargo build -p linux --examples`"
    );
    path
}

/// Where the programs lie that were planned.
static PROGRAMS: Mutex<BTreeMap<Digest, String>> = Mutex::new(BTreeMap::new());

pub fn image(path: &Path) -> ImagePlan {
    let facts = linux::image::inspect(path).unwrap();
    let mut programs = PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner);
    let path = path.to_str().unwrap().to_owned();
    programs.insert(facts.sha256, path);
    ImagePlan {
        size_bytes: facts.size_bytes,
        sha256: facts.sha256,
    }
}

/// What Linux needs of these subjects, with a user for each.
fn placed(subjects: &[SubjectPlan]) -> Vec<LinuxSubject> {
    let programs = PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner);
    let place = |(user, subject): (u32, &SubjectPlan)| LinuxSubject {
        name: subject.name.clone(),
        program: programs.get(&subject.image.sha256).unwrap().clone(),
        user,
    };
    (0x7100_0000..).zip(subjects).map(place).collect()
}

pub const STOP: FailurePlan = FailurePlan {
    action: FailureAction::Stop,
    delay_ms: 0,
    count_max: 0,
    window_ms: 0,
    then_halt: false,
};

pub const HALT: FailurePlan = FailurePlan {
    action: FailureAction::Halt,
    ..STOP
};

pub fn restart(count_max: u32, then_halt: bool) -> FailurePlan {
    FailurePlan {
        action: FailureAction::Restart,
        delay_ms: 10,
        count_max,
        window_ms: 60_000,
        then_halt,
    }
}

/// A subject that runs the probe.
pub fn subject(name: &str, action: &str, on_failure: FailurePlan) -> SubjectPlan {
    SubjectPlan {
        name: name.to_owned(),
        image: image(&probe()),
        memory_bytes: 32 << 20,
        budget_us: 0,
        budget_period_us: 0,
        period_us: 10_000,
        heartbeat_ms: 0,
        on_failure,
        ports: vec![],
        grants: vec![],
        settings: vec![SettingPlan {
            key: "do".to_owned(),
            value: action.to_owned(),
        }],
    }
}

/// A subject that does nothing but make threads that end. The kernel keeps of each for a while what it had for
/// it, and counts that: it needs more memory than others.
pub fn churns(name: &str) -> SubjectPlan {
    let mut churns = subject(name, "churn", STOP);
    churns.memory_bytes = 512 << 20;
    churns
}

/// A plan of these subjects, which are sorted and get users, joined by these channels
/// `(writer, reader, kind, depth)` from port `out` to port `in`, or between ports named after the
/// other side where a subject has several.
pub fn plan(mut subjects: Vec<SubjectPlan>, channels: &[(&str, &str, Kind, u32)]) -> Plan {
    subjects.sort_by(|a, b| a.name.cmp(&b.name));
    let (mut planned, mut mapped) = (Vec::new(), Vec::new());
    let mut address = plan::linux::ADDRESS_MIN;
    let mut next = || {
        let this = address;
        address += plan::linux::ADDRESS_STEP;
        this
    };
    for (writer, reader, kind, depth) in channels {
        let writes = channels.iter().filter(|(from, ..)| from == writer).count();
        let reads = channels.iter().filter(|(_, to, ..)| to == reader).count();
        let out = if writes > 1 {
            format!("to-{reader}")
        } else {
            "out".to_owned()
        };
        let input = if reads > 1 {
            format!("from-{writer}")
        } else {
            "in".to_owned()
        };
        let name = format!("{writer}.{out} -> {reader}.{input}");
        for (end, direction, port) in [
            (writer, Direction::Out, &out),
            (reader, Direction::In, &input),
        ] {
            let subject = subjects
                .iter_mut()
                .find(|subject| subject.name == **end)
                .unwrap();
            subject.ports.push(PortPlan {
                name: port.to_owned(),
                direction,
                channel: name.clone(),
                max_age_us: 0,
                on_stale: Reaction::Hold,
            });
            subject
                .ports
                .sort_by(|a, b| (&a.name, a.direction).cmp(&(&b.name, b.direction)));
        }
        let end = |subject: &str, port: &str| ConnectionPlan {
            subject: subject.to_owned(),
            port: port.to_owned(),
        };
        mapped.push(LinuxChannel {
            name: name.clone(),
            data_address: next(),
            credit_address: if *kind == Kind::Credit { next() } else { 0 },
        });
        planned.push(ChannelPlan {
            name,
            writer: end(writer, &out),
            reader: end(reader, &input),
            kind: *kind,
            depth: *depth,
            message_bytes: if *kind == Kind::Event { 0 } else { 16 },
            schema: "00000000000000aa".to_owned(),
        });
    }
    planned.sort_by(|a, b| a.name.cmp(&b.name));
    mapped.sort_by(|a, b| a.name.cmp(&b.name));
    let section = LinuxPlan {
        subjects: placed(&subjects),
        channels: mapped,
    };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let plan = Plan {
        format: plan::FORMAT.to_owned(),
        core: Core {
            system: format!("test-{}-{number}", std::process::id()),
            model: Digest::of(b"no model"),
            platform: PlatformPlan {
                name: "here".to_owned(),
                cores: 2,
                memory_bytes: 1 << 30,
                enforce: Enforce {
                    memory: Strength::Best,
                    processor: Strength::Best,
                },
            },
            subjects,
            channels: planned,
        },
        target: Target::Linux(section),
    };
    assert_eq!(plan.faults(), []);
    plan
}

/// A supervisor at work; killed at the end of the test if it still is.
pub struct Run<'a> {
    place: &'a Place,
    pub child: Child,
}

/// Starts a supervisor on a plan, with further arguments.
pub fn start<'a>(place: &'a Place, plan: &Plan, arguments: &[&str]) -> Run<'a> {
    spawn(place, command(place, plan, arguments))
}

/// Starts a command made with [`command`].
pub fn spawn(place: &Place, mut command: Command) -> Run<'_> {
    let _alone = alone();
    Run {
        place,
        child: command.spawn().unwrap(),
    }
}

/// Held while programs are copied or started: a program cannot be started while the child of another
/// thread still has the descriptor by which it was written.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same as an ordinary user; the test itself may be run by root or not.
pub fn start_unprivileged<'a>(place: &'a Place, plan: &Plan, arguments: &[&str]) -> Run<'a> {
    let mut command = command(place, plan, arguments);
    if rustix::process::geteuid().is_root() {
        let _alone = alone();
        // Programs and directories must be reachable for that user, wherever they were built.
        for program in [supervisor(), init()] {
            let copy = place.path.join(program.file_name().unwrap());
            std::fs::copy(&program, copy).unwrap();
        }
        let mut plan = plan.clone();
        for subject in &mut plan.linux_mut().subjects {
            let program = PathBuf::from(&subject.program);
            let copy = place.path.join(program.file_name().unwrap());
            if !copy.exists() {
                std::fs::copy(&program, &copy).unwrap();
            }
            subject.program = copy.to_str().unwrap().to_owned();
        }
        chown(&place.path);
        chown(&place.path.join("state"));
        let copied = place.path.join("bulkhead-supervisor");
        let mut other = Command::new(copied);
        std::fs::write(place.path.join("plan.json"), plan.bytes()).unwrap();
        let arguments: Vec<_> = command.get_args().map(std::ffi::OsStr::to_owned).collect();
        let own_init = init();
        other.args(arguments.iter().map(|argument| {
            if argument == own_init.as_os_str() {
                place.path.join("bulkhead-init").into_os_string()
            } else {
                argument.clone()
            }
        }));
        other
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        other.uid(NOBODY).gid(NOBODY);
        command = other;
    }
    spawn(place, command)
}

const NOBODY: u32 = 65534;

fn chown(path: &Path) {
    std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
}

pub fn command(place: &Place, plan: &Plan, arguments: &[&str]) -> Command {
    let file = place.path.join("plan.json");
    std::fs::write(&file, plan.bytes()).unwrap();
    let mut command = Command::new(supervisor());
    command
        .arg("--plan")
        .arg(file)
        .arg("--run-dir")
        .arg(place.path.join("run"))
        .arg("--state-dir")
        .arg(place.path.join("state"))
        .arg("--init")
        .arg(init())
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a plan for some time and returns exit status, error output and events.
pub fn run(place: &Place, plan: &Plan, ms: u64) -> (Option<i32>, String, Vec<Event>) {
    let run = start(place, plan, &["--for-ms", &ms.to_string()]);
    run.finish()
}

impl Run<'_> {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks the supervisor to stop.
    pub fn terminate(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }

    pub fn finish(mut self) -> (Option<i32>, String, Vec<Event>) {
        let output = self.output();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), text, events(self.place))
    }

    fn output(&mut self) -> Output {
        use std::io::Read;
        let mut stderr = Vec::new();
        if let Some(pipe) = &mut self.child.stderr {
            pipe.read_to_end(&mut stderr).unwrap();
        }
        let status = self.child.wait().unwrap();
        Output {
            status,
            stdout: Vec::new(),
            stderr,
        }
    }

    /// Waits until the status page satisfies a condition; panics after a while.
    pub fn wait_for(&mut self, what: &str, done: impl Fn(&Status) -> bool) -> Status {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let page = std::fs::read(self.place.path.join("run/status.json"));
            if let Some(status) = page.ok().and_then(|bytes| Status::parse(&bytes))
                && done(&status)
            {
                return status;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!(
                    "the supervisor ended with {status} before {what}: {}",
                    self.error_text()
                );
            }
            assert!(Instant::now() < until, "waited too long for {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn error_text(&mut self) -> String {
        String::from_utf8_lossy(&self.output().stderr).into_owned()
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until the first thread of a process has ended, and others have not; panics after a while.
pub fn wait_for_end_of_first_thread(pid: u32) {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        if stat.contains(") Z ") {
            return;
        }
        assert!(Instant::now() < until, "waited too long: {stat}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The verified events of a run.
pub fn events(place: &Place) -> Vec<Event> {
    let Ok(log) = std::fs::read(place.path.join("run/events.jsonl")) else {
        return Vec::new();
    };
    let mut events = Vec::new();
    record::chain::verify(&log[..], |record| events.push(record.event.clone())).unwrap();
    events
}

/// Differences, a line each.
pub fn said(differences: &[Difference]) -> String {
    let lines: Vec<String> = differences.iter().map(Difference::to_string).collect();
    lines.join("\n")
}

/// Lines a subject logged.
pub fn logged(events: &[Event], name: &str) -> Vec<String> {
    let line = |event: &Event| match event {
        Event::Log { subject, text, .. } if subject == name => Some(text.clone()),
        _ => None,
    };
    events.iter().filter_map(line).collect()
}

/// Causes for which a subject ended.
pub fn causes(events: &[Event], name: &str) -> Vec<String> {
    let cause = |event: &Event| match event {
        Event::Exited { subject, cause, .. } if subject == name => Some(cause.to_string()),
        _ => None,
    };
    events.iter().filter_map(cause).collect()
}
