//! A whole run: from arguments to exit status.

use crate::boot;
use crate::clock;
use crate::gate::Auditor;
use crate::journal::Journal;
use crate::launcher;
use crate::limits::Limits;
use crate::logs::{self, NewLog};
use crate::mechanism::InForce;
use crate::objects::Places;
use crate::partition::Zygote;
use crate::platform;
use crate::refusal::{HALTED, Refusal, UNENFORCEABLE};
use crate::review::Wishes;
use crate::rundir::{RunDir, StateDir};
use crate::segment::ChannelMemory;
use crate::supervisor::{End, Supervisor};
use crate::sys::{self, Side};
use crate::wire;
use crate::words;
use plan::{ChannelPlan, PLAN_BYTES_MAX, Plan};
use record::Digest;
use record::difference::Difference;
use record::event::Event;
use record::reason;
use record::rundir;
use record::status::{ChannelStatus, FORMAT, LATEST_BYTES_MAX, Status};
use rustix::fd::{AsFd, OwnedFd};
use rustix::process::{Resource, Rlimit, Signal};
use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// When the status page is written first.
const STATUS_FIRST: Duration = Duration::from_millis(2);
/// How often the status page is replaced.
const STATUS_EVERY: Duration = Duration::from_millis(500);
/// Of larger messages the status page shows nothing: they would be copied for 64 bytes.
const SHOWN_MESSAGE_BYTES_MAX: usize = 64 << 10;

/// Most bytes of a model that are copied.
const MODEL_BYTES_MAX: u64 = 8 << 20;

/// What the supervisor is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The plan file.
    pub plan: PathBuf,
    /// The run directory.
    pub run_dir: PathBuf,
    /// Where relative paths of file grants lie.
    pub state_dir: PathBuf,
    /// Where the event log begins a new file; none for the run directory.
    pub log_dir: Option<PathBuf>,
    /// The model that the plan was made from; a copy of it is put beside the status page.
    pub model: Option<PathBuf>,
    /// The keeper's program.
    pub init: PathBuf,
    /// After how long to stop; none = when asked.
    pub stop_after: Option<Duration>,
    /// Whether to print when each step of a start was done, on the monotonic clock.
    pub timing: bool,
    /// Whether to stop when standard input is closed, so that a front end takes the run along.
    pub stop_with_stdin: bool,
}

/// Runs a system until it is asked to stop, its time is over, or it halts. Returns the exit status.
/// It takes the whole process: single-threaded, and descriptors inherited beyond the standard ones
/// are closed.
///
/// # Errors
/// Why it could not begin, or halted.
pub fn run(options: &Options) -> Result<u8, Vec<Refusal>> {
    let one = |refusal| vec![refusal];
    // Plan and model may be behind one of them.
    let plan = read_plan(&options.plan).map_err(one)?;
    let model = match &options.model {
        Some(path) => Some(read_model(path).map_err(one)?),
        None => None,
    };
    sys::close_numbers(3, u32::MAX)
        .map_err(|error| one(Refusal::step("close inherited descriptors", &error)))?;
    let places = Places::new(
        &options.state_dir,
        &options.run_dir,
        options.log_dir.as_deref(),
    );
    let (launcher, launcher_process) = fork_launcher(&plan, places).map_err(one)?;
    let result = supervise(options, &plan, model.as_deref(), launcher);
    sys::end_process(&launcher_process);
    result
}

fn supervise(
    options: &Options,
    plan: &Plan,
    model: Option<&[u8]>,
    launcher: OwnedFd,
) -> Result<u8, Vec<Refusal>> {
    let one = |refusal| vec![refusal];
    // From here on nobody who asks for an end kills: what is begun is ended in order.
    let signals = sys::termination_signals()
        .map_err(|error| one(Refusal::step("receive signals", &error)))?;
    let init = boot::keeper_program(&options.init).map_err(one)?;
    let mode = platform::probe().map_err(one)?;
    boot::enough_memory(plan).map_err(one)?;
    let auditor =
        Auditor::new(mode, &init).map_err(|error| one(Refusal::step("look at `/proc`", &error)))?;
    let zygote = Zygote::start(mode, init.as_fd()).map_err(one)?;
    let begun = Instant::now();
    let run_dir = RunDir::hold(&options.run_dir, &plan.core.system).map_err(one)?;
    let _state_dir = StateDir::hold(&options.state_dir).map_err(one)?;
    raise_descriptor_limit(plan).map_err(one)?;
    // Dropped after the partitions: a group can be removed only when it is empty.
    let limits = Limits::set(plan).map_err(one)?;
    let limited = Instant::now();
    // It makes keepers while programs are read, and is dropped before the groups that they are in.
    let enclosures = boot::enclosures(plan, &limits);
    let zygote = zygote.make(enclosures).map_err(one)?;
    let read = Instant::now();
    let images = boot::images(plan)?;
    let hashed = Instant::now();
    let written = |error: std::io::Error| {
        let what = "write into the run directory";
        one(Refusal::unusable(
            "run-directory",
            format!("cannot {what}: {}", words::system(&error)),
            "name another directory with the variable `BULKHEAD_RUN_DIR`",
        ))
    };
    run_dir
        .replace(rundir::PLAN, &plan.bytes())
        .map_err(written)?;
    match model {
        Some(model) => run_dir.replace(rundir::MODEL, model).map_err(written)?,
        None => run_dir.remove(rundir::MODEL),
    }
    let log = match &options.log_dir {
        Some(directory) => logs::begin(directory).map_err(one)?,
        None => {
            let (file, path) = run_dir.begin_log().map_err(written)?;
            NewLog::alone(file, path)
        }
    };
    let mut journal = Journal::new(log.file, plan.core.subjects.len());
    let digest = plan.digest();
    let intended = [mode.mechanisms(), limits.mechanisms.clone()].concat();
    journal.add(Event::RunStarted {
        version: record::event::VERSION,
        system: plan.core.system.clone(),
        plan: digest,
        model: plan.core.model,
        mechanisms: Vec::new(),
        intended: intended.iter().map(|own| own.mechanism.clone()).collect(),
        follows: log.follows,
    });
    for (name, last) in log.removed {
        journal.add(Event::LogRemoved { name, last });
    }
    let logged = Instant::now();
    let machine = match boot::machine(plan, auditor, &images, &limits, zygote) {
        Ok(machine) => machine,
        Err(refusal) => {
            let reason = reason::End::Refused {
                refusal: refusal.code.to_owned(),
                message: refusal.message.clone(),
            };
            journal.add(Event::RunEnded { reason });
            journal.sync();
            return Err(one(refusal));
        }
    };
    let made = Instant::now();
    let page = Page {
        plan,
        digest,
        run_dir: &run_dir,
        log: log.path.display().to_string(),
        started_at_ns: clock::now().wall_ns,
        missed: Cell::new(false),
    };
    let mut supervisor = Supervisor {
        plan,
        images: &images,
        seen: plan.core.subjects.iter().map(|_| None).collect(),
        machine,
        launcher,
        journal,
        signals,
        in_force: InForce::new(intended),
        wishes: wishes(&options.run_dir),
        state_dir: options.state_dir.clone(),
        members: None,
        timing: options.timing,
        stop_with_stdin: options.stop_with_stdin,
        end: None,
    };
    let deadline = options
        .stop_after
        .and_then(|after| Instant::now().checked_add(after));
    let end = page.run(&mut supervisor, deadline);
    if options.timing {
        words::say(format_args!(
            "timing ahead_ns={} begun_ns={} limited_ns={} read_ns={} hashed_ns={} logged_ns={} partitions_ns={}",
            supervisor.machine.ahead_ns,
            words::stamp_ns(begun),
            words::stamp_ns(limited),
            words::stamp_ns(read),
            words::stamp_ns(hashed),
            words::stamp_ns(logged),
            words::stamp_ns(made)
        ));
    }
    supervisor.stop();
    supervisor.journal.settle_all();
    let reason = match &end {
        End::Asked(reason) => reason.clone(),
        End::Halted(reason) => {
            let reason = reason.clone();
            supervisor.journal.add(Event::Halted { reason });
            reason::End::Halted
        }
        End::Mismatch { subject, .. } => reason::End::PartitionDiffers {
            subject: subject.clone(),
        },
    };
    supervisor.journal.add(Event::RunEnded { reason });
    supervisor.journal.sync();
    page.write(&supervisor, true);
    match end {
        End::Asked(_) => Ok(0),
        End::Halted(reason) => Err(one(Refusal {
            status: HALTED,
            code: "halted",
            message: reason.to_string(),
            help: "see the event log for what led there".to_owned(),
        })),
        End::Mismatch {
            subject,
            differences,
            after_go,
        } => {
            let differences: Vec<String> = differences.iter().map(Difference::to_string).collect();
            Err(one(Refusal {
                status: UNENFORCEABLE,
                code: "partition-differs",
                message: format!(
                    "partition of `{subject}` differs from the plan: {}",
                    differences.join("; ")
                ),
                help: match after_go {
                    true => {
                        "this subject had been let go and was killed; report this with the event log"
                    }
                    false => {
                        "nothing of this start of the subject ran; report this with the event log"
                    }
                }
                .to_owned(),
            }))
        }
    }
}

/// Writes the status page while the supervisor turns.
struct Page<'a> {
    plan: &'a Plan,
    digest: Digest,
    run_dir: &'a RunDir,
    log: String,
    started_at_ns: u64,
    /// Whether it was said that the page cannot be written.
    missed: Cell<bool>,
}

impl Page<'_> {
    fn run(&self, supervisor: &mut Supervisor<'_>, deadline: Option<Instant>) -> End {
        // Subjects start first.
        let mut next = Instant::now() + STATUS_FIRST;
        loop {
            let now = Instant::now();
            if now >= next {
                self.write(supervisor, false);
                next = now + STATUS_EVERY;
            }
            if deadline.is_some_and(|deadline| now >= deadline) {
                supervisor
                    .end
                    .get_or_insert(End::Asked(reason::End::TimeOver));
            }
            if let Some(end) = supervisor.end.clone() {
                return end;
            }
            supervisor.turn(deadline.map_or(next, |deadline| deadline.min(next)));
        }
    }

    fn write(&self, supervisor: &Supervisor<'_>, ended: bool) {
        let channels = self
            .plan
            .core
            .channels
            .iter()
            .zip(&supervisor.machine.channels);
        let now = clock::now();
        let status = Status {
            format: FORMAT.to_owned(),
            system: self.plan.core.system.clone(),
            pid: std::process::id(),
            plan: self.digest,
            started_at_ns: self.started_at_ns,
            at_ns: now.wall_ns,
            boot_ns: now.boot_ns,
            ended,
            mechanisms: supervisor.in_force.said().to_vec(),
            subjects: supervisor
                .machine
                .cells
                .iter()
                .map(|cell| cell.status())
                .collect(),
            channels: channels
                .map(|(plan, memory)| channel(plan, memory))
                .collect(),
            events: supervisor.journal.lines(),
            events_lost: supervisor.journal.lost(),
            last_event: supervisor.journal.last(),
            log: self.log.clone(),
        };
        // A page that cannot be written is missed by its readers, not by the subjects.
        if let Err(error) = self.run_dir.replace(rundir::STATUS, &status.bytes())
            && !self.missed.replace(true)
        {
            let reason = words::system(&error);
            words::say(format_args!(
                "warning: the status page cannot be written: {reason}; the system goes on unseen"
            ));
        }
    }
}

fn channel(plan: &ChannelPlan, memory: &ChannelMemory) -> ChannelStatus {
    let bytes = usize::try_from(plan.message_bytes).unwrap_or(usize::MAX);
    let mut buffer = vec![
        0;
        if bytes > SHOWN_MESSAGE_BYTES_MAX {
            0
        } else {
            bytes
        }
    ];
    let length = match buffer.as_slice() {
        [] => 0,
        _ => memory
            .observer
            .latest(&mut buffer)
            .map_or(0, |(length, _)| length),
    };
    let shown = buffer
        .get(..length.min(LATEST_BYTES_MAX))
        .unwrap_or_default();
    ChannelStatus {
        name: plan.name.clone(),
        written: memory.observer.written(),
        epoch: memory.observer.epoch(),
        latest: shown.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// A system that cannot be asked runs all the same, and says so.
fn wishes(run_dir: &Path) -> Option<Wishes> {
    let opened = Wishes::open(run_dir);
    if let Err(error) = &opened {
        let reason = words::system(error);
        words::say(format_args!(
            "warning: the run directory takes no socket: {reason}; this run cannot be audited again"
        ));
    }
    opened.ok()
}

/// The model's text, bounded; who reads it compares its digest.
fn read_model(path: &Path) -> Result<Vec<u8>, Refusal> {
    let mut text = Vec::new();
    let file = File::open(path);
    let read = file.and_then(|file| file.take(MODEL_BYTES_MAX).read_to_end(&mut text));
    read.map(|_| text).map_err(|error| {
        let (shown, reason) = (path.display(), words::system(&error));
        let message = format!("cannot read model `{shown}`: {reason}");
        Refusal::unusable(
            "model-unreadable",
            message,
            "a run can do without the text of its model",
        )
    })
}

fn read_plan(path: &Path) -> Result<Plan, Refusal> {
    let shown = path.display();
    let help = "make the plan again from its model";
    let unreadable = |error: std::io::Error| {
        let message = format!("cannot read plan `{shown}`: {}", words::system(&error));
        Refusal::unusable("plan-unreadable", message, help)
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    let limit = PLAN_BYTES_MAX as u64 + 1;
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Plan::parse(&bytes).map_err(|error| {
        Refusal::unusable(
            "plan-unusable",
            format!("cannot use plan `{shown}`: {error}"),
            help,
        )
    })
}

/// Copies this process, while it holds nothing else, into the launcher.
fn fork_launcher(plan: &Plan, places: Places) -> Result<(OwnedFd, OwnedFd), Refusal> {
    let failed = |error: std::io::Error| Refusal::step("start the launcher", &error);
    let (ours, theirs) = wire::pair().map_err(failed)?;
    match sys::fork(0).map_err(failed)? {
        Side::Parent(process) => Ok((ours, process)),
        Side::Child => {
            drop(ours);
            // The terminal's signals are for the supervisor, whose end ends this.
            let _ = rustix::process::setsid();
            let dies = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
            let safe = rustix::thread::set_no_new_privs(true);
            if dies.is_ok() && safe.is_ok() {
                launcher::serve(theirs, plan, places);
            }
            sys::exit_now(0)
        }
    }
}

/// Descriptors a keeper and the supervisor use whatever the plan says.
const DESCRIPTORS: u64 = 400;
/// Descriptors of a channel until it is sealed, and of a subject while it starts.
const DESCRIPTORS_OF_CHANNEL: u64 = 4;
const DESCRIPTORS_OF_SUBJECT: u64 = 10;

/// As many descriptors as this user may have; too few would show only when a subject starts.
fn raise_descriptor_limit(plan: &Plan) -> Result<(), Refusal> {
    let limit = rustix::process::getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // If it stays as it was, that is found below.
    let _ = rustix::process::setrlimit(Resource::Nofile, raised);
    let most = rustix::process::getrlimit(Resource::Nofile).current;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let channels = count(plan.core.channels.len()).saturating_mul(DESCRIPTORS_OF_CHANNEL);
    let subjects = count(plan.core.subjects.len()).saturating_mul(DESCRIPTORS_OF_SUBJECT);
    let needed = DESCRIPTORS
        .saturating_add(channels)
        .saturating_add(subjects);
    match most {
        Some(most) if most < needed => Err(Refusal::unenforceable(
            "too-few-descriptors",
            format!("this user may open {most} files at once, this system needs {needed}"),
            "raise the limit: `ulimit -n`, or `LimitNOFILE=` of a service",
        )),
        _ => Ok(()),
    }
}
