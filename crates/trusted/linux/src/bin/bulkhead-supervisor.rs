//! Makes this machine match a plan and keeps it so.

use linux::refusal::{Refusal, UNUSABLE};
use linux::run::{Options, run};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str = "usage: bulkhead-supervisor --plan PLAN --run-dir DIR --state-dir DIR --init PATH \
                     [--log-dir DIR] [--model FILE] \
                     [--for-ms N] [--timing] [--stop-with-stdin]";

fn main() -> ExitCode {
    let outcome = match options(std::env::args_os().skip(1)) {
        Ok(options) => run(&options),
        Err(message) => Err(vec![Refusal::unusable("arguments", message, USAGE)]),
    };
    match outcome {
        Ok(status) => ExitCode::from(status),
        Err(refusals) => {
            for refusal in &refusals {
                // Whoever closed standard error does not want it, and that is no fault.
                let _ = writeln!(std::io::stderr(), "{refusal}");
            }
            ExitCode::from(refusals.first().map_or(UNUSABLE, |refusal| refusal.status))
        }
    }
}

fn options(mut arguments: impl Iterator<Item = OsString>) -> Result<Options, String> {
    let (mut plan, mut run_dir, mut state_dir, mut init) = (None, None, None, None);
    let (mut log_dir, mut model) = (None, None);
    let (mut stop_after, mut timing, mut stop_with_stdin) = (None, false, false);
    while let Some(name) = arguments.next() {
        let name = name.to_string_lossy().into_owned();
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("`{name}` needs a value"))
        };
        match name.as_str() {
            "--plan" => plan = Some(PathBuf::from(value()?)),
            "--run-dir" => run_dir = Some(PathBuf::from(value()?)),
            "--state-dir" => state_dir = Some(PathBuf::from(value()?)),
            "--log-dir" => log_dir = Some(PathBuf::from(value()?)),
            "--model" => model = Some(PathBuf::from(value()?)),
            "--init" => init = Some(PathBuf::from(value()?)),
            "--for-ms" => {
                let text = value()?;
                let number = text.to_str().and_then(|text| text.parse().ok());
                let number = number.ok_or("`--for-ms` needs a number of milliseconds")?;
                stop_after = Some(Duration::from_millis(number));
            }
            #[cfg(feature = "faults")]
            "--fault" => linux::faults::choose(&value()?.to_string_lossy()),
            "--timing" => timing = true,
            "--stop-with-stdin" => stop_with_stdin = true,
            other => return Err(format!("unknown argument `{other}`")),
        }
    }
    let missing = |name: &str| format!("`{name}` is missing");
    Ok(Options {
        plan: plan.ok_or_else(|| missing("--plan"))?,
        run_dir: run_dir.ok_or_else(|| missing("--run-dir"))?,
        state_dir: state_dir.ok_or_else(|| missing("--state-dir"))?,
        init: init.ok_or_else(|| missing("--init"))?,
        log_dir,
        model,
        stop_after,
        timing,
        stop_with_stdin,
    })
}
