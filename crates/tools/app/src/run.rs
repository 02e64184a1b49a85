//! Starting a system on this machine.

use crate::model_file::ModelFile;
use crate::{Exit, Failure, attach, files};
use plan::Plan;
use record::rundir;
use rustix::fs::{Access, AtFlags, MemfdFlags, Mode, OFlags, memfd_create, openat, unlinkat};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, geteuid, kill_process};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Most bytes that are shown of what a quiet supervisor says.
const SAID_BYTES_MAX: usize = 256 << 10;

/// What to do when the programs of a run do not fit.
pub const ONE_BUILD: &str =
    "install `bulkhead`, `bulkhead-supervisor` and `bulkhead-init` of one build in one directory";

pub use linux::signals::held as signals_held;

/// A system that was started. Dropping it asks the supervisor to stop.
pub struct Running {
    supervisor: Child,
    /// Its input, until it was asked to stop: it stops when that ends, and so when this process dies.
    input: Arc<Mutex<Option<ChildStdin>>>,
    /// What it says, if it does not say it on this process's standard error.
    said: Option<File>,
    /// Where the status page is, and what it speaks of.
    pub run_directory: PathBuf,
    /// The state directory, if it did not exist before.
    made: Option<PathBuf>,
    /// Whether it ended before it had anything to end.
    pub never_began: bool,
}

/// Starts the supervisor on a plan. A `quiet` one does not write to standard error: what it says is kept
/// for [`Running::said`].
///
/// # Errors
/// The supervisor cannot be found or started. What it refuses itself is its exit code.
pub fn start(
    file: &ModelFile,
    plan: &Plan,
    state: Option<&Path>,
    time: Option<Duration>,
    quiet: bool,
) -> Result<Running, Failure> {
    let usual = state.is_none();
    let state = state.map_or_else(|| state_directory(&file.model.name), Path::to_owned);
    let ours = usual && !state.exists();
    // First of all: a run that is refused takes over nothing from the one before.
    linux::rundir::make_state(&state)
        .map_err(|refusal| Failure::unusable(refusal.code, refusal.message, refusal.help))?;
    let programs = (
        beside_us("bulkhead-supervisor")?,
        beside_us("bulkhead-init")?,
    );
    let handed = hand_over("plan", &plan.bytes())
        .map_err(|error| Failure::internal(format!("the plan cannot be handed over: {error}")))?;
    let model = hand_over("model", file.source.text.as_bytes())
        .map_err(|error| Failure::internal(format!("the model cannot be handed over: {error}")))?;
    let run_directory = attach::run_dirs().join(&file.model.name);
    let mut command = Command::new(programs.0);
    command
        // Ctrl-C and Ctrl-Z are for the view; the system is stopped in order, and goes on while its
        // view is suspended.
        .process_group(0)
        .arg("--plan")
        .arg(format!("/proc/self/fd/{}", handed.as_raw_fd()))
        .arg("--run-dir")
        .arg(&run_directory)
        .arg("--state-dir")
        .arg(&state)
        .arg("--log-dir")
        .arg(log_directory(&state))
        .arg("--model")
        .arg(format!("/proc/self/fd/{}", model.as_raw_fd()))
        .arg("--init")
        .arg(programs.1)
        .arg("--stop-with-stdin")
        .stdin(Stdio::piped());
    let failed = |error: std::io::Error| {
        let reason = files::reason(&error);
        Failure::unusable(
            "supervisor-unusable",
            format!("`bulkhead-supervisor` beside this program cannot be started: {reason}"),
            ONE_BUILD,
        )
    };
    let mut said = None;
    if quiet {
        // In memory, and never full: a supervisor must not wait for anybody to listen.
        let memory =
            File::from(memfd_create("said", MemfdFlags::CLOEXEC).map_err(|e| failed(e.into()))?);
        command.stderr(memory.try_clone().map_err(failed)?);
        said = Some(memory);
    }
    if let Some(time) = time {
        command.arg("--for-ms").arg(time.as_millis().to_string());
    }
    let mut supervisor = command.spawn().map_err(failed)?;
    Ok(Running {
        input: Arc::new(Mutex::new(supervisor.stdin.take())),
        supervisor,
        said,
        run_directory,
        made: ours.then_some(state),
        never_began: false,
    })
}

/// A file in memory that the supervisor inherits: however this process ends, nothing of it stays.
fn hand_over(name: &str, bytes: &[u8]) -> std::io::Result<File> {
    let mut file = File::from(memfd_create(name, MemfdFlags::empty())?);
    file.write_all(bytes)?;
    Ok(file)
}

/// Where the event logs of a system lie.
fn log_directory(state: &Path) -> PathBuf {
    let state = std::path::absolute(state).unwrap_or_else(|_| state.to_owned());
    record::logs::beside(&state)
}

/// Where a system's subjects keep their files.
fn state_directory(system: &str) -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    state_directories(geteuid().as_raw(), variable).join(system)
}

/// Where the state directories of a user lie: `/var/lib/bulkhead` for root, else under the user's own, else
/// in a directory for this user alone: to one for all, whoever makes it first would let nobody else in.
fn state_directories(user: u32, variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    if user == 0 {
        return PathBuf::from("/var/lib/bulkhead");
    }
    let variable = |name| variable(name).filter(|path| path.is_absolute());
    let base = variable("XDG_STATE_HOME");
    match base.or_else(|| variable("HOME").map(|home| home.join(".local/state"))) {
        Some(base) => base.join("bulkhead"),
        // Not that of the run directories: a system may have any name.
        None => std::env::temp_dir().join(format!("bulkhead-state-{user}")),
    }
}

/// A program installed beside this one.
fn beside_us(name: &str) -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(|error| {
        Failure::platform(
            "proc-missing",
            format!("cannot find this program itself: {}", files::reason(&error)),
            "mount `/proc`: partitions are made and audited through it",
        )
    })?;
    let path = own.parent().map(|directory| directory.join(name));
    path.filter(|path| path.is_file()).ok_or_else(|| {
        Failure::unusable(
            "supervisor-missing",
            format!("there is no `{name}` beside this program"),
            ONE_BUILD,
        )
    })
}

impl Running {
    /// The supervisor's process id.
    pub fn pid(&self) -> u32 {
        self.supervisor.id()
    }

    /// What a quiet supervisor said so far, bounded.
    pub fn said(&self) -> String {
        let mut bytes = vec![0; SAID_BYTES_MAX];
        let read = self.said.as_ref().map(|file| file.read_at(&mut bytes, 0));
        // What cannot be read is not shown; the exit code still says what happened.
        bytes.truncate(read.and_then(Result::ok).unwrap_or(0));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Asks it to stop in order.
    pub fn stop(&mut self) {
        let input = taken(&self.input);
        // Once it was waited for, its number may be another's.
        if input.is_some() && matches!(self.supervisor.try_wait(), Ok(None)) {
            // It has not been waited for: at worst the signal comes too late.
            let _ = kill_process(Pid::from_child(&self.supervisor), Signal::TERM);
        }
    }

    /// The same for another thread, for when this one waits for something else.
    pub fn stopper(&self) -> impl Fn() + Send + 'static {
        let input = Arc::clone(&self.input);
        move || drop(taken(&input))
    }

    fn was_asked(&self) -> bool {
        held(&self.input).is_none()
    }

    /// Ends it at once, and with it everything it runs.
    pub fn kill(&mut self) {
        // If it has ended, that is what was wanted.
        let _ = self.supervisor.kill();
    }

    /// How it ended, if it did.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn ended(&mut self) -> Result<Option<Exit>, Failure> {
        let status = self
            .supervisor
            .try_wait()
            .map_err(|error| Failure::internal(format!("lost the supervisor: {error}")))?;
        status.map_or(Ok(None), |status| match status.code() {
            Some(0) => Ok(Some(Exit::Good)),
            Some(2) => Ok(Some(Exit::Unusable)),
            Some(3) => Ok(Some(Exit::Platform)),
            Some(4) => Ok(Some(Exit::Halted)),
            Some(code) => Err(Failure::internal(format!(
                "the supervisor ended with code {code}"
            ))),
            // It does not die of these signals from the moment on that it has anything to end.
            None if self.was_asked() && status.signal().is_some_and(asks_for_the_end) => {
                self.never_began = true;
                Ok(Some(Exit::Good))
            }
            None => Err(Failure::platform(
                "supervisor-killed",
                format!("the supervisor was killed: {status}; everything it ran is dead"),
                "find out who killed it (the system's log, memory), and start again",
            )),
        })
    }
}

/// A thread that panicked has left nothing half done.
fn held<T>(input: &Mutex<T>) -> MutexGuard<'_, T> {
    input.lock().unwrap_or_else(PoisonError::into_inner)
}

fn taken(input: &Mutex<Option<ChildStdin>>) -> Option<ChildStdin> {
    held(input).take()
}

fn asks_for_the_end(signal: i32) -> bool {
    [Signal::INT, Signal::TERM, Signal::HUP]
        .map(Signal::as_raw)
        .contains(&signal)
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
        // None of this can fail in a way that anything could be done about. A state directory that
        // was there before, or holds files of subjects, stays.
        let _ = self.supervisor.wait();
        if let Some(made) = &self.made {
            let _ = std::fs::remove_dir(made);
        }
    }
}

/// Removes what an ended run left in its run directory; its event log is elsewhere and stays. Nothing is
/// touched but in a directory of one's own that the supervisor with this number held last: one that it
/// refused may be anybody's. If nothing `began`, what an earlier run left is its evidence and stays. The
/// directory of a run that goes on, or begins meanwhile, is left alone, too:
/// it holds the lock, or waits for it and sees that it was removed.
pub fn clean(run_directory: &Path, supervisor: u32, began: bool) {
    // What cannot be removed is cleaned by the next run.
    let held = held_by(run_directory, supervisor);
    let held = held.filter(|held| began || !held.has_evidence());
    if held.is_some_and(|held| held.clean().is_ok()) {
        let _ = std::fs::remove_dir(run_directory);
    }
}

/// A run directory of an ended run, and its lock.
struct Held {
    directory: OwnedFd,
    _lock: File,
}

/// Opens and locks a run directory, if it was last held by this supervisor.
fn held_by(run_directory: &Path, supervisor: u32) -> Option<Held> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let directory = rustix::fs::open(run_directory, flags, Mode::empty()).ok()?;
    let own = rustix::fs::fstat(&directory).ok()?;
    if own.st_uid != geteuid().as_raw() || own.st_mode & 0o022 != 0 {
        return None;
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut lock = File::from(openat(&directory, rundir::LOCK, flags, Mode::empty()).ok()?);
    lock.try_lock().ok()?;
    let mut holder = String::new();
    let mut line = (&mut lock).take(rundir::LOCK_BYTES_MAX);
    line.read_to_string(&mut holder).ok()?;
    let holder = rundir::Holder::parse(&holder)?;
    (holder.pid == supervisor).then_some(Held {
        directory,
        _lock: lock,
    })
}

impl Held {
    fn has_evidence(&self) -> bool {
        let is_there =
            |name| rustix::fs::accessat(&self.directory, name, Access::EXISTS, AtFlags::empty());
        rundir::EVIDENCE
            .into_iter()
            .any(|name| is_there(name).is_ok())
    }

    fn clean(&self) -> rustix::io::Result<()> {
        for name in rundir::left() {
            match unlinkat(&self.directory, &name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_keeps_state_where_all_do() {
        let of = |user, given: &[(&str, &str)]| {
            state_directories(user, |name| {
                let found = given.iter().find(|(own, _)| *own == name);
                found.map(|(_, value)| PathBuf::from(value))
            })
        };
        let home = ("HOME", "/home/me");
        assert_eq!(of(0, &[home]), Path::new("/var/lib/bulkhead"));
        let expected = Path::new("/home/me/.local/state/bulkhead");
        assert_eq!(of(7, &[home, ("XDG_STATE_HOME", "here")]), expected);
        let given = [home, ("XDG_STATE_HOME", "/state")];
        assert_eq!(of(7, &given), Path::new("/state/bulkhead"));
        let (one, other) = (of(7, &[]), of(8, &[]));
        assert_eq!(one, std::env::temp_dir().join("bulkhead-state-7"));
        assert_ne!(one, other);
    }
}
