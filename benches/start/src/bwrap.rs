//! The peer: a start under `bwrap --unshare-all`; and the bare start of the same program, which is what
//! the machine itself takes.

use crate::Outcome;
use channel::clock;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// The argument by which this program knows that it is only to say its first bytes.
pub const FIRST: &str = "--first";

/// What the started program does: says what the clock shows.
pub fn say() -> Outcome<()> {
    let mut out = std::io::stdout();
    out.write_all(&clock::now_ns().to_le_bytes())?;
    Ok(out.flush()?)
}

/// Milliseconds from the first spawn to the first byte of the last of so many starts under `bwrap`,
/// one after another.
pub fn starts(count: usize) -> Outcome<f64> {
    let program = std::env::current_exe()?;
    let mut command = Command::new("bwrap");
    command
        .arg("--unshare-all")
        .arg("--ro-bind")
        .arg(&program)
        .args(["/program", "/program", FIRST]);
    first_bytes(&mut command, count)
}

/// The same of a single start without any separation.
pub fn bare() -> Outcome<f64> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(FIRST);
    first_bytes(&mut command, 1)
}

fn first_bytes(command: &mut Command, count: usize) -> Outcome<f64> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut ended = Vec::new();
    let start = clock::now_ns();
    let mut last = start;
    for _ in 0..count {
        let mut child = command
            .spawn()
            .map_err(|error| format!("cannot start `{name}` (package bubblewrap?): {error}"))?;
        let mut said = [0; 8];
        let mut stdout = child.stdout.take().ok_or("no output")?;
        if stdout.read_exact(&mut said).is_err() {
            return Err(format!("`{name}` failed: {}", child.wait()?).into());
        }
        last = u64::from_le_bytes(said);
        ended.push(child);
    }
    for mut child in ended {
        child.wait()?;
    }
    Ok((last - start) as f64 / 1e6)
}
