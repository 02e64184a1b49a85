//! The demonstration: the bottling line with its surroundings, live in the terminal.

use crate::shell::{has, root};
use crate::{build, peers};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const FIELD_PORT: &str = "15020";
const BROKER_PORT: &str = "15026";

/// Builds, checks, starts the surroundings and the line, and shows it until Ctrl-C. Further
/// arguments go to `bulkhead run`, e.g. `--for 30s`.
pub fn run(arguments: &[String]) -> ExitCode {
    match perform(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            eprintln!("demo: {message}");
            ExitCode::FAILURE
        }
    }
}

fn perform(arguments: &[String]) -> Result<u8, String> {
    let programs = build::demonstration()?;
    let system = root().join("examples/bottling-line/system.kdl");
    let bulkhead = |command: &str| {
        let mut tool = Command::new(programs.join("bulkhead"));
        tool.arg(command).arg(&system);
        tool
    };
    let checked = bulkhead("check")
        .status()
        .map_err(|error| error.to_string())?;
    if !checked.success() {
        return Ok(code(checked));
    }
    // Ctrl-C reaches the line first; what surrounds it is ended when the line has.
    let asked = Arc::new(AtomicBool::new(false));
    for (signal, flag) in [
        (SIGINT, Arc::default()),
        (SIGTERM, Arc::clone(&asked)),
        (SIGHUP, Arc::clone(&asked)),
    ] {
        signal_hook::flag::register(signal, flag).map_err(|error| error.to_string())?;
    }
    let _surroundings = surroundings(&programs)?;
    let ran = bulkhead("run")
        .arg("--programs")
        .arg(&programs)
        .args(arguments)
        .spawn()
        .and_then(|line| wait(line, &asked))
        .map_err(|error| error.to_string())?;
    Ok(code(ran))
}

/// Waits for the line, and passes on the wish that it stop.
fn wait(mut line: Child, asked: &AtomicBool) -> std::io::Result<ExitStatus> {
    loop {
        if let Some(status) = line.try_wait()? {
            return Ok(status);
        }
        if asked.swap(false, Ordering::Relaxed) {
            let line = line.id().to_string();
            let mut kill = Command::new("sh");
            kill.args(["-c", "kill -TERM \"$0\"", &line]).status()?;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn code(status: ExitStatus) -> u8 {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(70)
}

/// Processes that end with this value.
struct Surroundings(Vec<Child>);

impl Drop for Surroundings {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The field device and the broker are programs not written by us where they are installed; the
/// rest, and what is missing, is the built-in simulator.
fn surroundings(programs: &Path) -> Result<Surroundings, String> {
    let target = root().join("target/demo");
    std::fs::create_dir_all(&target).map_err(|error| error.to_string())?;
    let mut all = Surroundings(Vec::new());
    let mut plant = Command::new(programs.join("plant"));
    plant.args(["serve", "--operate"]);
    match python() {
        Some(python) => {
            println!("── field device: pymodbus");
            let mut field = Command::new(python);
            field
                .arg(root().join("tests/peers/field.py"))
                .arg(FIELD_PORT);
            start(&mut all, &mut field, &target, "field")?;
            plant.arg("--no-field");
        }
        None => println!("── field device: the built-in simulator (pymodbus is not installed)"),
    }
    if has("mosquitto") {
        println!("── broker: Mosquitto");
        let configuration = target.join("mosquitto.conf");
        let text = format!("listener {BROKER_PORT} 127.0.0.1\nallow_anonymous true\n");
        std::fs::write(&configuration, text).map_err(|error| error.to_string())?;
        let usual = Path::new("/usr/sbin/mosquitto");
        let mut broker = Command::new(if usual.is_file() {
            usual
        } else {
            Path::new("mosquitto")
        });
        broker.arg("-c").arg(configuration);
        start(&mut all, &mut broker, &target, "broker")?;
        plant.arg("--no-broker");
    } else {
        println!("── broker: the built-in simulator (Mosquitto is not installed)");
    }
    start(&mut all, &mut plant, &target, "plant")?;
    println!("── what they say: {}/*.log", target.display());
    Ok(all)
}

/// A Python that has the Modbus server.
fn python() -> Option<std::path::PathBuf> {
    [peers::python(), "python3".into()]
        .into_iter()
        .find(|python| {
            let mut command = Command::new(python);
            command
                .args(["-c", "import pymodbus.server"])
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        })
}

fn start(
    all: &mut Surroundings,
    command: &mut Command,
    logs: &Path,
    name: &str,
) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{name}: {error}");
    let log = std::fs::File::create(logs.join(format!("{name}.log"))).map_err(said)?;
    let copy = log.try_clone().map_err(said)?;
    command
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(copy)
        .process_group(0);
    all.0.push(command.spawn().map_err(said)?);
    Ok(())
}
