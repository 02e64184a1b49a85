//! Starting a system on this machine.

use crate::model_file::ModelFile;
use crate::{Exit, Failure, files};
use plan::Plan;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A system that was started. Dropping it asks the supervisor to stop.
pub struct Running {
    supervisor: Child,
    /// Where status and events can be read.
    pub run_directory: PathBuf,
    stored: PathBuf,
    /// The state directory, if it did not exist before.
    made: Option<PathBuf>,
}

/// Starts the supervisor on a plan.
///
/// # Errors
/// The supervisor cannot be found or started. What it refuses itself is its exit code.
pub fn start(
    file: &ModelFile,
    plan: &Plan,
    state: Option<&Path>,
    time: Option<Duration>,
) -> Result<Running, Failure> {
    let usual = state.is_none();
    let state = state.map_or_else(|| state_directory(&file.model.name), Path::to_owned);
    let ours = usual && !state.exists();
    std::fs::create_dir_all(&state).map_err(|error| {
        let reason = files::reason(&error);
        let message = format!(
            "cannot make the state directory `{}`: {reason}",
            state.display()
        );
        Failure::unusable(message, "name another one with `--state DIR`")
    })?;
    let programs = (
        beside_us("bulkhead-supervisor")?,
        beside_us("bulkhead-init")?,
    );
    let stored = store(plan)?;
    let run_directory = runtime::rundir::run_dir(&file.model.name);
    let mut command = Command::new(programs.0);
    command
        .arg("--plan")
        .arg(&stored)
        .arg("--run-dir")
        .arg(&run_directory)
        .arg("--state-dir")
        .arg(&state)
        .arg("--init")
        .arg(programs.1)
        .arg("--stop-with-stdin")
        .stdin(Stdio::piped());
    if let Some(time) = time {
        command.arg("--for-ms").arg(time.as_millis().to_string());
    }
    let supervisor = command
        .spawn()
        .map_err(|error| Failure::internal(format!("the supervisor cannot be started: {error}")))?;
    Ok(Running {
        supervisor,
        run_directory,
        stored,
        made: ours.then_some(state),
    })
}

/// Hands the plan over in a new file that only this user can read.
fn store(plan: &Plan) -> Result<PathBuf, Failure> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let name = format!(
        "bulkhead-plan-{}-{}.json",
        std::process::id(),
        now.map_or(0, |now| now.as_nanos())
    );
    let path = std::env::temp_dir().join(name);
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(&path);
    file.and_then(|mut file| file.write_all(&plan.bytes()))
        .map_err(|error| {
            let (shown, reason) = (path.display(), files::reason(&error));
            let message = format!("cannot write the plan to `{shown}`: {reason}");
            Failure::unusable(message, "name another directory with `TMPDIR`")
        })?;
    Ok(path)
}

/// Where a system's subjects keep their files: `/var/lib/bulkhead/SYSTEM` for root, else under the
/// user's state directory.
fn state_directory(system: &str) -> PathBuf {
    let variable = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let base = if root {
        Some(PathBuf::from("/var/lib"))
    } else {
        variable("XDG_STATE_HOME")
    };
    let base = base.or_else(|| variable("HOME").map(|home| home.join(".local/state")));
    base.unwrap_or_else(std::env::temp_dir)
        .join("bulkhead")
        .join(system)
}

/// A program installed beside this one.
fn beside_us(name: &str) -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().ok();
    let path = own.and_then(|own| own.parent().map(|directory| directory.join(name)));
    path.filter(|path| path.is_file()).ok_or_else(|| {
        Failure::unusable(
            format!("there is no `{name}` beside this program"),
            "install both in one directory, or build them with `cargo xtask build`",
        )
    })
}

impl Running {
    /// The supervisor's process id.
    pub fn pid(&self) -> u32 {
        self.supervisor.id()
    }

    /// Asks it to stop in order.
    pub fn stop(&mut self) {
        // It stops when its input ends, which also happens when this process dies.
        drop(self.supervisor.stdin.take());
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
            None => Err(Failure::platform(
                format!("the supervisor was killed: {status}; everything it ran is dead"),
                "find out who killed it (the system's log, memory), and start again",
            )),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
        // None of this can fail in a way that anything could be done about. A state directory that
        // was there before, or holds files of subjects, stays.
        let _ = self.supervisor.wait();
        let _ = std::fs::remove_file(&self.stored);
        if let Some(made) = &self.made {
            let _ = std::fs::remove_dir(made);
        }
    }
}

/// Removes what an ended run left in its run directory. The directory of a run that still goes on
/// is left alone.
pub fn clean(run_directory: &Path) {
    if !crate::attach::is_running(run_directory) {
        for name in [
            "status.json",
            "events.jsonl",
            "events.previous.jsonl",
            "plan.json",
            "lock",
        ] {
            // What cannot be removed is cleaned by the next run.
            let _ = std::fs::remove_file(run_directory.join(name));
        }
        let _ = std::fs::remove_dir(run_directory);
    }
}
