//! The peer: a start under `bwrap --unshare-all`.

use crate::Outcome;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The argument by which this program knows that it is only to say its byte.
pub const FIRST: &str = "--first";

/// What the started program does.
pub fn say() -> Outcome<()> {
    std::io::stdout().write_all(b"h")?;
    Ok(std::io::stdout().flush()?)
}

/// Milliseconds from the first spawn to the last first byte of so many starts, one after another.
pub fn starts(count: usize) -> Outcome<f64> {
    let program = std::env::current_exe()?;
    let mut ended = Vec::new();
    let start = Instant::now();
    for _ in 0..count {
        let mut child = Command::new("bwrap")
            .arg("--unshare-all")
            .arg("--ro-bind")
            .arg(&program)
            .args(["/program", "/program", FIRST])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start `bwrap` (package bubblewrap): {error}"))?;
        let mut byte = [0];
        let mut stdout = child.stdout.take().ok_or("no output")?;
        if stdout.read_exact(&mut byte).is_err() {
            return Err(format!("`bwrap` failed: {}", child.wait()?).into());
        }
        ended.push(child);
    }
    let taken = start.elapsed().as_secs_f64() * 1_000.0;
    for mut child in ended {
        child.wait()?;
    }
    Ok(taken)
}
