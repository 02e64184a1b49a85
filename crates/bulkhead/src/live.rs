//! A running system, shown while it runs: a picture on a terminal, plain lines elsewhere.

mod lines;
mod picture;
mod values;

use crate::arguments::Format;
use crate::show;
use app::attach::{self, Events};
use app::model_file::ModelFile;
use app::{Exit, Failure, documents, files, run};
use plan::Plan;
use record::chain::Record;
use runtime::status::Status;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
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
    /// Where subjects' files live.
    pub state: Option<PathBuf>,
    /// How to print.
    pub format: Format,
}

/// Set once the user asked to stop.
fn asked_to_stop() -> Result<Arc<AtomicBool>, Failure> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&flag))
            .map_err(|error| Failure::internal(format!("cannot watch for Ctrl-C: {error}")))?;
    }
    Ok(flag)
}

/// Starts a linted plan and shows it until it ends.
pub fn run(file: &ModelFile, plan: &Plan, request: &Request) -> Result<Exit, Failure> {
    let stop = asked_to_stop()?;
    let mut kept = match &request.events {
        Some(path) => Some(keep(path)?),
        None => None,
    };
    let mut running = run::start(file, plan, request.state.as_deref(), request.time)?;
    let mut view = View::new(&running.run_directory, request.format, Some(file));
    let mut asked: Option<Instant> = None;
    let exit = loop {
        std::thread::sleep(LOOK);
        let ended = running.ended()?;
        view.look(Some(running.pid()), kept.as_mut())?;
        if let Some(exit) = ended {
            break exit;
        }
        if asked.is_none() && stop.load(Ordering::Relaxed) {
            asked = Some(Instant::now());
            running.stop();
        }
        if asked.is_some_and(|since| since.elapsed() > STOP_MAX) {
            return Err(Failure::internal("the supervisor does not stop"));
        }
    };
    view.end(exit);
    if let Some((file, path)) = kept {
        let synced = file.sync_all();
        synced.map_err(|error| cannot_keep(&path, &error))?;
    }
    run::clean(&running.run_directory);
    Ok(exit)
}

fn keep(path: &Path) -> Result<(File, PathBuf), Failure> {
    let file = File::create(path).map_err(|error| cannot_keep(path, &error))?;
    Ok((file, path.to_owned()))
}

fn cannot_keep(path: &Path, error: &std::io::Error) -> Failure {
    let reason = files::reason(error);
    Failure::unusable(
        format!("cannot keep events in `{}`: {reason}", path.display()),
        "name a file that you may write to",
    )
}

/// Shows what runs.
pub fn status(system: Option<&str>, watch: bool, format: Format) -> Result<Exit, Failure> {
    let found = attach::run_directories();
    let only = match &found[..] {
        [(name, _)] if watch => Some(name.as_str()),
        _ => None,
    };
    if watch && system.or(only).is_none() {
        return Err(Failure::unusable(
            format!("{} run here, not one", found.len()),
            "name the system to watch; `bulkhead status` lists them",
        ));
    }
    let Some(system) = system.or(only) else {
        let all: Vec<Status> = found
            .iter()
            .filter_map(|(_, path)| attach::status(path).ok())
            .collect();
        match format {
            Format::Text if all.is_empty() => show::people("nothing runs\n"),
            Format::Text => all
                .iter()
                .for_each(|status| show::people(&lines::summary(status))),
            Format::Json | Format::Sarif => {
                show::machine(&documents::Systems {
                    format: "bulkhead.systems/1",
                    systems: all,
                });
            }
        }
        return Ok(Exit::Good);
    };
    let Some((_, path)) = found.iter().find(|(name, _)| name == system) else {
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        let help = if names.is_empty() {
            "nothing runs here; start it with `bulkhead run FILE`".to_owned()
        } else {
            format!("running here: {}", names.join(", "))
        };
        return Err(Failure::unusable(
            format!("system `{system}` does not run"),
            help,
        ));
    };
    if !watch {
        let status = attach::status(path)?;
        match format {
            Format::Text => show::people(&lines::detail(&status)),
            Format::Json | Format::Sarif => show::machine(&status),
        }
        return Ok(Exit::Good);
    }
    let stop = asked_to_stop()?;
    let mut view = View::new(path, format, None);
    while !stop.load(Ordering::Relaxed) && attach::is_running(path) {
        view.look(None, None)?;
        std::thread::sleep(LOOK);
    }
    view.end(Exit::Good);
    Ok(Exit::Good)
}

/// What is shown, and what was shown last.
struct View<'a> {
    directory: PathBuf,
    file: Option<&'a ModelFile>,
    events: Events,
    recent: Vec<Record>,
    previous: Option<Status>,
    mode: Mode,
    drawn: Option<Instant>,
}

enum Mode {
    /// Redrawn on a terminal.
    Picture,
    /// Lines for people.
    Lines,
    /// Event lines as they are in the log.
    Json,
}

/// Events kept for the picture.
const RECENT_MAX: usize = 200;
/// Pause between two pictures or two summary lines.
const DRAW: [(bool, Duration); 2] = [
    (true, Duration::from_millis(500)),
    (false, Duration::from_secs(5)),
];

impl<'a> View<'a> {
    fn new(directory: &Path, format: Format, file: Option<&'a ModelFile>) -> Self {
        let mode = match format {
            Format::Text if std::io::stdout().is_terminal() => Mode::Picture,
            Format::Text => Mode::Lines,
            Format::Json | Format::Sarif => Mode::Json,
        };
        if matches!(mode, Mode::Picture) {
            show::people(picture::OPEN);
        }
        Self {
            directory: directory.to_owned(),
            file,
            events: Events::follow(directory),
            recent: Vec::new(),
            previous: None,
            mode,
            drawn: None,
        }
    }

    /// Shows what is new. `pid` is the supervisor whose pages count; others' are stale.
    fn look(
        &mut self,
        pid: Option<u32>,
        kept: Option<&mut (File, PathBuf)>,
    ) -> Result<(), Failure> {
        let status = attach::status(&self.directory).ok();
        let status = status.filter(|status| pid.is_none_or(|pid| status.pid == pid));
        if status.is_none() && self.previous.is_none() {
            return Ok(());
        }
        let fresh = self.events.poll().map_err(|broken| {
            Failure::unusable(
                format!("the event log was altered: {broken}"),
                "stop the system",
            )
        })?;
        if let Some((file, path)) = kept {
            for (_, line) in &fresh {
                writeln!(file, "{line}").map_err(|error| cannot_keep(path, &error))?;
            }
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
        let Some(status) = status else { return Ok(()) };
        let pause = DRAW
            .iter()
            .find(|(picture, _)| *picture == matches!(self.mode, Mode::Picture));
        let pause = pause.map_or(LOOK, |(_, pause)| *pause);
        if self.drawn.is_none_or(|drawn| drawn.elapsed() >= pause) {
            self.drawn = Some(Instant::now());
            match self.mode {
                Mode::Picture => show::people(&picture::draw(
                    &status,
                    self.previous.as_ref(),
                    &self.recent,
                    self.file,
                )),
                Mode::Lines => {
                    if let Some(previous) = &self.previous {
                        show::people(&lines::rates(&status, previous, self.file));
                    }
                }
                Mode::Json => {}
            }
            self.previous = Some(status);
        }
        Ok(())
    }

    fn end(&mut self, exit: Exit) {
        if let (Some(shown), Ok(last)) = (&self.previous, attach::status(&self.directory))
            && shown.pid == last.pid
        {
            self.previous = Some(last);
        }
        if matches!(self.mode, Mode::Picture) {
            show::people(picture::CLOSE);
        }
        if let (false, Some(status)) = (matches!(self.mode, Mode::Json), &self.previous) {
            show::people(&lines::farewell(status, exit));
        }
    }
}
