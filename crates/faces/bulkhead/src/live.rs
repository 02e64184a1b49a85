//! A running system, shown while it runs: a picture on a terminal, plain lines elsewhere.

mod lines;
mod picture;
mod values;

use crate::format::Format;
use crate::{patience, show};
use app::attach::{self, Events};
use app::model_file::ModelFile;
use app::{Exit, Failure, documents, files, log, run};
use picture::Scene;
use plan::Plan;
use record::chain::Record;
use record::event::Event;
use record::status::Status;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGXFSZ};
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(200);
/// How long a run may take to stop after it was asked to.
const STOP_MAX: Duration = Duration::from_secs(20);

/// How to run.
pub struct Request {
    /// Stop after this long.
    pub time: Option<Duration>,
    /// Keep the event log here.
    pub events: Option<PathBuf>,
    /// Send the hash of its end to the system's log.
    pub end_to_syslog: bool,
    /// Where subjects' files live.
    pub state: Option<PathBuf>,
    /// How to print.
    pub format: Format,
}

/// Set once the user asked to stop, from now on.
pub fn asked_to_stop() -> Result<Arc<AtomicBool>, Failure> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // Who starts this with `nohup` wants it to go on without the terminal.
        if signal == SIGHUP && is_ignored(signal) {
            continue;
        }
        watch_for(signal, &flag)?;
    }
    // A file beyond its limit is an error of the write, not the end.
    watch_for(SIGXFSZ, &Arc::new(AtomicBool::new(false)))?;
    Ok(flag)
}

fn watch_for(signal: i32, flag: &Arc<AtomicBool>) -> Result<(), Failure> {
    // The library has a handler for a moment before it knows what the handler does.
    run::signals_held(|| signal_hook::flag::register(signal, Arc::clone(flag)))
        .map(drop)
        .map_err(|error| Failure::internal(format!("cannot watch for signals: {error}")))
}

/// Whether whoever started this process had it ignore a signal.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
}

/// Starts a linted plan, unless `stop` is set already, and shows it until it ends.
pub fn run(
    file: &ModelFile,
    plan: &Plan,
    request: &Request,
    stop: &Arc<AtomicBool>,
) -> Result<Exit, Failure> {
    if stop.load(Ordering::Relaxed) {
        return Ok(not_started());
    }
    let mut kept = match &request.events {
        Some(path) => Some(Kept::begin(path, file, plan)?),
        None => None,
    };
    say_programs(plan);
    let quiet = matches!(Mode::of(request.format), Mode::Picture);
    let (state, time) = (request.state.as_deref(), request.time);
    let mut running = run::start(file, plan, state, time, quiet)?;
    stop_from_aside(running.stopper(), stop)?;
    let mut view = View::new(&running.run_directory, request.format, Some(file), true);
    let ended = follow(&mut running, &mut view, kept.as_mut(), stop);
    view.end(ended.as_ref().ok().map(|exit| lines::how(*exit)));
    show::complaint(&show::printable_lines(&running.said()));
    let log = view.previous.as_ref().map(|status| status.log.clone());
    if let Some(log) = &log {
        let shown = show::printable(log);
        show::complaint(&format!("the event log is `{shown}`\n"));
    }
    let exit = ended?;
    // It stops in order when asked to, or when the time is over; before that it has always begun.
    if exit == Exit::Good && view.previous.is_none() && !stop.load(Ordering::Relaxed) {
        return Err(Failure::unusable(
            "supervisor-ended",
            "`bulkhead-supervisor` ended, and nothing was seen of a run",
            run::ONE_BUILD,
        ));
    }
    view.look_at_the_log(request.events.as_deref());
    // What could not be kept is still there, and the failure says where.
    if !running.never_began && view.altered.is_none() {
        let whole = view.recent.last().is_some_and(lines::is_end);
        let log = log.unwrap_or_default();
        kept.map_or(Ok(()), |kept| kept.end(&log, whole))?;
    }
    // The log stays where it is.
    let began = view.previous.is_some();
    run::clean(&running.run_directory, running.pid(), began);
    let Some(status) = &view.previous else {
        return Ok(exit);
    };
    if request.end_to_syslog {
        end_to_syslog(status)?;
    }
    if let (Exit::Good, Some(failure)) = (exit, view.altered.take()) {
        return Err(failure);
    }
    let down = lines::down(status);
    if exit == Exit::Good && status.ended && !down.is_empty() {
        show::complaint(&down);
        return Ok(Exit::Down);
    }
    Ok(exit)
}

/// Where the programs of a plan come from.
fn say_programs(plan: &Plan) {
    for (directory, names) in app::programs::places(plan) {
        let (directory, names) = (directory.display(), names.join(", "));
        show::complaint(&show::printable_lines(&format!(
            "programs of `{directory}`: {names}\n"
        )));
    }
}

fn end_to_syslog(status: &Status) -> Result<(), Failure> {
    let text = format!(
        "system {} ended, log {}, {} events, last hash {}",
        status.system, status.log, status.events, status.last_event
    );
    let socket = Path::new(app::syslog::SOCKET);
    app::syslog::send(socket, &text).map_err(|error| {
        let (shown, reason) = (socket.display(), files::reason(&error));
        Failure::unusable(
            "end-unsent",
            format!("the end of the log could not be sent to `{shown}`: {reason}"),
            format!("keep it elsewhere yourself: {}", status.last_event),
        )
    })
}

/// The answer to a wish to stop that came before anything ran.
pub fn not_started() -> Exit {
    show::complaint("stopped before the system was started\n");
    Exit::Good
}

/// What is wrong if the log of a run that has ended is not what its supervisor wrote: it may have been cut,
/// or put in the place of the one that was followed.
fn replaced(status: &Status) -> Option<Failure> {
    if !status.ended || status.log.is_empty() {
        return None;
    }
    let log = log::verify(&[PathBuf::from(&status.log)], None);
    let same = log.is_ok_and(|log| log.lines.is_ok() && log.last == status.last_event);
    let message = format!(
        "the event log `{}` is not what the supervisor wrote",
        status.log
    );
    let help = format!(
        "find out who may write to it; its last hash was {}",
        status.last_event
    );
    (!same).then(|| Failure::unusable("log-altered", message, help))
}

/// How long the view may take to ask for the end itself.
const ASK_MAX: Duration = Duration::from_secs(5);
/// How long this process may go on after the system has had its time to stop.
const SHOW_MAX: Duration = Duration::from_secs(10);

/// Stops the system when the user asks for it, also while whoever reads the output does not: the view
/// then waits in a write. When the reader does not come back, this process ends without having said all.
fn stop_from_aside(
    stopper: impl Fn() + Send + 'static,
    stop: &Arc<AtomicBool>,
) -> Result<(), Failure> {
    let stop = Arc::clone(stop);
    patience::aside(move || {
        while !stop.load(Ordering::Relaxed) {
            std::thread::sleep(LOOK);
        }
        // The view asks by a signal, which the log records; this is for when it cannot.
        std::thread::sleep(ASK_MAX);
        stopper();
        std::thread::sleep(STOP_MAX + SHOW_MAX);
        let _ = signal_hook::low_level::emulate_default_handler(SIGTERM);
    })
}

/// Shows a run until it has ended.
fn follow(
    running: &mut run::Running,
    view: &mut View<'_>,
    mut kept: Option<&mut Kept>,
    stop: &AtomicBool,
) -> Result<Exit, Failure> {
    let mut asked: Option<Instant> = None;
    loop {
        std::thread::sleep(LOOK);
        // First, because a signal to the whole group can end a supervisor that has not begun.
        if asked.is_none() && stop.load(Ordering::Relaxed) {
            asked = Some(Instant::now());
            running.stop();
        }
        let ended = running.ended();
        // The last look is as long as the log.
        while view.look(Some(running.pid()), kept.as_deref_mut()) && !matches!(ended, Ok(None)) {}
        if let Some(exit) = ended? {
            return Ok(exit);
        }
        if asked.is_some_and(|since| since.elapsed() > STOP_MAX) {
            running.kill();
            return Err(Failure::platform(
                "supervisor-hung",
                format!(
                    "the supervisor did not stop within {} s and was killed; everything it ran is dead",
                    STOP_MAX.as_secs()
                ),
                "find out who holds it (a debugger, `SIGSTOP`, the disk), and start again",
            ));
        }
    }
}

/// The file in which the user wants the events kept. When it cannot be written any more, the system goes
/// on, and the end says what happened.
struct Kept {
    file: File,
    path: PathBuf,
    fault: Option<std::io::Error>,
}

impl Kept {
    fn begin(path: &Path, file: &ModelFile, plan: &Plan) -> Result<Self, Failure> {
        let programs = plan.linux().subjects.iter().map(|s| Path::new(&s.program));
        let inputs: Vec<&Path> = programs.chain([file.path.as_path()]).collect();
        Ok(Self {
            file: files::create(path, &inputs)?,
            path: path.to_owned(),
            fault: None,
        })
    }

    fn add(&mut self, line: &str) {
        if self.fault.is_none() {
            self.fault = writeln!(self.file, "{line}").err();
        }
    }

    /// `whole` if the last line is the end of the run.
    fn end(self, log: &str, whole: bool) -> Result<(), Failure> {
        let fault = self.fault.or_else(|| self.file.sync_all().err());
        match fault {
            None if !whole => Err(Failure::unusable(
                "events-incomplete",
                format!(
                    "the events in `{}` break off before the end",
                    self.path.display()
                ),
                format!("the whole log is `{log}`, if it could be written"),
            )),
            None => Ok(()),
            // A pipe or a device has nothing to bring to a disk.
            Some(error) if error.kind() == std::io::ErrorKind::InvalidInput => Ok(()),
            Some(error) => {
                let (shown, reason) = (self.path.display(), files::reason(&error));
                Err(Failure::unusable(
                    "events-unwritable",
                    format!("the events were not all kept in `{shown}`: {reason}"),
                    format!("the whole log is `{log}`"),
                ))
            }
        }
    }
}

/// How to look at what runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Once, everything.
    Once,
    /// Once, only what is wrong.
    Check,
    /// Until it ends.
    Watch,
}

/// Shows what runs.
pub fn status(system: Option<&str>, manner: Manner, format: Format) -> Result<Exit, Failure> {
    let found = attach::run_directories();
    for unknown in &found.unknown {
        let unknown = show::printable(unknown);
        show::complaint(&format!("warning: {unknown}\n"));
    }
    let nothing = match found.unknown.is_empty() {
        true => "nothing runs here",
        false => "nothing of yours runs here, as far as can be seen",
    };
    let found = (found.systems, found.unknown);
    let only = match &found.0[..] {
        [(name, _)] if manner == Manner::Watch => Some(name.as_str()),
        _ => None,
    };
    if manner == Manner::Watch && system.or(only).is_none() {
        return Err(match found.0.len() {
            0 => Failure::unusable("nothing-runs", nothing, "start it with `bulkhead run FILE`"),
            number => Failure::unusable(
                "several-run",
                format!("{number} systems run here"),
                "name the one to watch; `bulkhead status` lists them",
            ),
        });
    }
    let Some(system) = system.or(only) else {
        return all(found, nothing, manner, format);
    };
    // A script that asks whether it runs gets that answer, whatever the name.
    let path = &one_of(&found.0, system, nothing).map_err(|failure| match manner {
        Manner::Check => Failure {
            exit: Exit::Down,
            ..failure
        },
        Manner::Once | Manner::Watch => failure,
    })?;
    let now = attach::status(path);
    if manner != Manner::Watch {
        let status = now?;
        match (manner, format) {
            (_, Format::Json | Format::Sarif) => show::machine(&status),
            (Manner::Check, Format::Text) => show::people(&lines::trouble(&status)),
            (_, Format::Text) => show::people(&lines::detail(&status)),
        }
        return Ok(runs(&status));
    }
    let file = now.ok().and_then(|now| attach::model(path, &now));
    let stop = asked_to_stop()?;
    let mut view = View::new(path, format, file.as_ref(), false);
    while !stop.load(Ordering::Relaxed) && attach::is_running(path) && view.altered.is_none() {
        view.look(None, None);
        std::thread::sleep(LOOK);
    }
    if let Some(failure) = view.altered.take() {
        return Err(failure);
    }
    if attach::is_running(path) {
        view.close();
        let system = show::printable(system);
        show::complaint(&format!("only watching ended; `{system}` goes on\n"));
        return Ok(Exit::Good);
    }
    while view.look(None, None) {}
    if let Some(failure) = view.altered.take() {
        return Err(failure);
    }
    let (exit, how) = view.outcome();
    view.end(Some(&how));
    Ok(exit)
}

/// Shows all that runs.
fn all(
    (found, unknown): (Vec<(String, PathBuf)>, Vec<String>),
    nothing: &str,
    manner: Manner,
    format: Format,
) -> Result<Exit, Failure> {
    let (mut pages, mut exit) = (Vec::new(), Exit::Good);
    for (name, path) in &found {
        match attach::status(path) {
            Ok(status) => {
                exit = exit.max(runs(&status));
                pages.push(status);
            }
            Err(failure) => {
                exit = Exit::Down;
                show::complaint(&format!(
                    "warning: `{}` runs, but {}\n",
                    show::printable(name),
                    show::printable(&failure.message)
                ));
            }
        }
    }
    if found.is_empty() && manner == Manner::Check {
        let help = "start it with `bulkhead run FILE`";
        return Err(Failure::down("not-running", nothing, help));
    }
    let say = match manner {
        Manner::Check => lines::trouble,
        Manner::Once | Manner::Watch => lines::summary,
    };
    match format {
        Format::Text if found.is_empty() => show::people(&format!("{nothing}\n")),
        Format::Text => pages.iter().for_each(|status| show::people(&say(status))),
        Format::Json | Format::Sarif => show::machine(&documents::Systems {
            format: "bulkhead.systems/3",
            systems: pages,
            unknown,
        }),
    }
    Ok(exit)
}

/// Whether all of a system runs.
fn runs(status: &Status) -> Exit {
    match lines::trouble(status).is_empty() {
        true => Exit::Good,
        false => Exit::Down,
    }
}

/// The run directory of a system that runs.
fn one_of(found: &[(String, PathBuf)], system: &str, nothing: &str) -> Result<PathBuf, Failure> {
    let Some((_, path)) = found.iter().find(|(name, _)| name == system) else {
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        let help = if names.is_empty() {
            format!("{nothing}; start it with `bulkhead run FILE`")
        } else {
            format!("running here: {}", names.join(", "))
        };
        return Err(Failure::unusable(
            "not-running",
            format!("system `{system}` does not run"),
            help,
        ));
    };
    Ok(path.clone())
}

/// Has a running system compared with its plan.
pub fn audit(system: &str, format: Format) -> Result<Exit, Failure> {
    let review = attach::audit(&one_of(
        &attach::run_directories().systems,
        system,
        "nothing runs here",
    )?)?;
    let differences = review.differences();
    match format {
        Format::Text => show::people(&lines::review(&review)),
        Format::Json | Format::Sarif => show::machine(&review),
    }
    Ok(if differences.is_empty() {
        Exit::Good
    } else {
        Exit::Unmet
    })
}

/// What is shown, and what was shown last.
struct View<'a> {
    directory: PathBuf,
    file: Option<&'a ModelFile>,
    /// Whether it is the own run, which ends with the view.
    ours: bool,
    events: Events,
    /// Once the log was found altered: it is not read any further. The system goes on, or whoever can write
    /// to a log could stop what it runs.
    altered: Option<Failure>,
    recent: Vec<Record>,
    previous: Option<Status>,
    mode: Mode,
    drawn: Option<Instant>,
    /// Whether the picture's screen is open.
    open: bool,
    /// Set when the user wants the terminal for something else (Ctrl-Z).
    suspend: Arc<AtomicBool>,
}

enum Mode {
    /// Redrawn on a terminal.
    Picture,
    /// Lines for people.
    Lines,
    /// Event lines as they are in the log.
    Json,
}

impl Mode {
    fn of(format: Format) -> Self {
        let draws = std::env::var_os("TERM").is_some_and(|kind| !kind.is_empty() && kind != "dumb");
        match format {
            Format::Text if draws && std::io::stdout().is_terminal() => Self::Picture,
            Format::Text => Self::Lines,
            Format::Json | Format::Sarif => Self::Json,
        }
    }
}

/// Events kept for the picture.
const RECENT_MAX: usize = 200;
/// Pause between two pictures or two summary lines.
const DRAW: [(bool, Duration); 2] = [
    (true, Duration::from_millis(500)),
    (false, Duration::from_secs(5)),
];

impl<'a> View<'a> {
    fn new(directory: &Path, format: Format, file: Option<&'a ModelFile>, ours: bool) -> Self {
        let suspend = Arc::new(AtomicBool::new(false));
        let mode = Mode::of(format);
        if matches!(mode, Mode::Picture) {
            // Without it Ctrl-Z leaves the picture's screen open, and that is all.
            let _ = watch_for(SIGTSTP, &suspend);
        }
        Self {
            directory: directory.to_owned(),
            file,
            ours,
            events: Events::follow(directory),
            altered: None,
            recent: Vec::new(),
            previous: None,
            mode,
            drawn: None,
            open: false,
            suspend,
        }
    }

    /// Shows what is new; says whether there were new events. `pid` is the supervisor whose pages
    /// count; others' are stale.
    fn look(&mut self, pid: Option<u32>, kept: Option<&mut Kept>) -> bool {
        if self.suspend.swap(false, Ordering::Relaxed) {
            self.close();
            // It stops this process; if it cannot, the picture goes on.
            let _ = signal_hook::low_level::emulate_default_handler(SIGTSTP);
        }
        let status = attach::status(&self.directory).ok();
        let status = status.filter(|status| pid.is_none_or(|pid| status.pid == pid));
        if status.is_none() && self.previous.is_none() {
            return false;
        }
        if let Some(status) = status.as_ref().or(self.previous.as_ref()) {
            self.events.lies_at(&status.log);
        }
        let fresh = self.fresh();
        let news = !fresh.is_empty();
        if let Some(kept) = kept {
            fresh.iter().for_each(|(_, line)| kept.add(line));
        }
        for (record, line) in &fresh {
            match self.mode {
                Mode::Picture => {}
                Mode::Lines => show::people(&lines::event(record)),
                Mode::Json => show::people(&format!("{line}\n")),
            }
        }
        self.recent
            .extend(fresh.into_iter().map(|(record, _)| record));
        let surplus = self.recent.len().saturating_sub(RECENT_MAX);
        self.recent.drain(..surplus);
        let Some(status) = status else {
            return news;
        };
        let pause = DRAW
            .iter()
            .find(|(picture, _)| *picture == matches!(self.mode, Mode::Picture));
        let pause = pause.map_or(LOOK, |(_, pause)| *pause);
        if self.drawn.is_none_or(|drawn| drawn.elapsed() >= pause) {
            self.drawn = Some(Instant::now());
            match self.mode {
                Mode::Picture => {
                    if !self.open {
                        self.open = true;
                        show::people(picture::OPEN);
                    }
                    show::people(&picture::draw(&Scene {
                        status: &status,
                        before: self.previous.as_ref(),
                        recent: &self.recent,
                        file: self.file,
                        ours: self.ours,
                        altered: self.altered.is_some(),
                        now: attach::now(),
                    }));
                }
                Mode::Lines => {
                    if let Some(previous) = &self.previous {
                        show::people(&lines::rates(&status, previous, self.file));
                    }
                }
                Mode::Json => {}
            }
            self.previous = Some(status);
        }
        news
    }

    /// Looks at the log once more when the run has ended; says how far a copy goes of one that was altered.
    fn look_at_the_log(&mut self, copy: Option<&Path>) {
        if let (Some(status), None) = (&self.previous, &self.altered) {
            self.altered = replaced(status);
        }
        if let (Some(_), Some(path)) = (&self.altered, copy) {
            let shown = show::printable(&path.display().to_string());
            show::complaint(&format!("`{shown}` has the events up to there\n"));
        }
    }

    /// What the log has that was not read yet; nothing once it was altered, which is said once.
    fn fresh(&mut self) -> Vec<(Record, String)> {
        if self.altered.is_some() {
            return Vec::new();
        }
        self.events.poll().unwrap_or_else(|broken| {
            let message = format!("the event log was altered: {broken}");
            if self.ours {
                let message = show::printable(&message);
                show::complaint(&format!("warning: {message}; the system goes on\n"));
            }
            let help = "find out who may write to it; what was read before stands, and what came later is \
                        not vouched for";
            self.altered = Some(Failure::unusable("log-altered", message, help));
            Vec::new()
        })
    }

    fn close(&mut self) {
        if self.open {
            self.open = false;
            show::people(picture::CLOSE);
        }
    }

    /// How a run ended that was only watched, by its log.
    fn outcome(&self) -> (Exit, String) {
        match self.recent.as_slice() {
            [.., record] if let Event::RunEnded { reason } = &record.event => {
                let halts = |own: &Record| matches!(own.event, Event::Halted { .. });
                let exit = match self.recent.iter().any(halts) {
                    true => Exit::Halted,
                    false => Exit::Good,
                };
                (exit, format!("ended ({reason})"))
            }
            _ => {
                let how = "ended without a last word: it was killed, or its log was removed";
                (Exit::Platform, how.to_owned())
            }
        }
    }

    /// The last words, after what `how` says; none about a run that ended in a way that is told
    /// elsewhere.
    fn end(&mut self, how: Option<&str>) {
        if let (Some(shown), Ok(last)) = (&self.previous, attach::status(&self.directory))
            && shown.pid == last.pid
        {
            self.previous = Some(last);
        }
        self.close();
        if let (Some(how), false, Some(status)) =
            (how, matches!(self.mode, Mode::Json), &self.previous)
        {
            show::people(&lines::farewell(status, how, self.recent.last()));
        }
    }
}

impl Drop for View<'_> {
    fn drop(&mut self) {
        self.close();
    }
}
