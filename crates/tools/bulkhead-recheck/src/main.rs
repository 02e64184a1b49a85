//! The independent checker as a program of its own.
//!
//! It reads a model and what was said about it, and says whether that is right. From the rest of
//! Bulkhead it takes the reading of the text, the formats and the checker, nothing else: neither
//! the analyses nor the planner are in this program.

use plan::{PLAN_BYTES_MAX, Plan};
use recheck::{Report, Ruling, VERDICTS_BYTES_MAX};
use source::{Diagnostic, Source, render};
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
Re-check verdicts or a plan, independently of what made them

Usage: bulkhead-recheck [--json] MODEL VERDICTS
       bulkhead-recheck [--json] --plan MODEL PLAN

  MODEL     the text of the policy architecture
  VERDICTS  what `bulkhead check MODEL --certificates VERDICTS` wrote
  PLAN      what `bulkhead plan MODEL -o PLAN` wrote
  --json    print the report as JSON (bulkhead.rechecked/1, bulkhead.lint/1)

Exit code: 0 every claim is proved, or the plan is what the model asks for; 1 what was given is
right, but not every claim is proved; 2 it is not right, or cannot be read; 64 wrong usage

Example:
  bulkhead check plant.kdl --certificates plant.verdicts
  bulkhead-recheck plant.kdl plant.verdicts
";

/// Largest model text that is read, in bytes: as `bulkhead` reads.
const MODEL_BYTES_MAX: usize = 8 << 20;
/// Opening never waits for the other end of a pipe (`O_NONBLOCK` on Linux).
const NONBLOCK: i32 = 0o4000;

const UNPROVED: u8 = 1;
const REFUSED: u8 = 2;
const USAGE: u8 = 64;

struct Request {
    plan: bool,
    json: bool,
    model: PathBuf,
    about: PathBuf,
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        return said(HELP, 0);
    }
    let Some(request) = request(words) else {
        eprint!("{HELP}");
        return ExitCode::from(USAGE);
    };
    let answer = if request.plan {
        lint(&request)
    } else {
        verdicts(&request)
    };
    match answer {
        Ok((text, code)) => said(&text, code),
        Err(fault) => {
            eprintln!("{}", fault.trim_end());
            ExitCode::from(REFUSED)
        }
    }
}

fn request(words: Vec<OsString>) -> Option<Request> {
    let (mut plan, mut json, mut paths) = (false, false, Vec::new());
    for word in words {
        match word.to_str() {
            Some("--plan") => plan = true,
            Some("--json") => json = true,
            Some(other) if other.starts_with('-') => return None,
            _ => paths.push(PathBuf::from(word)),
        }
    }
    let [model, about] = <[PathBuf; 2]>::try_from(paths).ok()?;
    Some(Request {
        plan,
        json,
        model,
        about,
    })
}

/// Whoever reads may have gone away: that what was said did not arrive is no success.
fn said(text: &str, code: u8) -> ExitCode {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::from(code),
        Err(_) => ExitCode::from(REFUSED),
    }
}

fn verdicts(request: &Request) -> Result<(String, u8), String> {
    let model = model(&request.model)?;
    let bytes = read(&request.about, VERDICTS_BYTES_MAX)?;
    let report = recheck::certificates(&model, &bytes);
    let code = match (report.accepted, report.proved) {
        (true, true) => 0,
        (true, false) => UNPROVED,
        (false, _) => REFUSED,
    };
    if request.json {
        let report = serde_json::to_value(&report).map_err(|error| format!("error: {error}"))?;
        return Ok((machine(&report), code));
    }
    if let Some(fault) = &report.fault {
        return Err(format!(
            "error: `{}` cannot be used: {}",
            printable(&request.about.display().to_string()),
            printable(fault)
        ));
    }
    Ok((claims(&report), code))
}

fn claims(report: &Report) -> String {
    let mut text = String::new();
    for claim in &report.claims {
        let (word, reason) = match &claim.result {
            Ruling::Proved => ("proved", ""),
            Ruling::Refuted => ("refuted", ""),
            Ruling::Unproven { reason } => ("unproven", reason.as_str()),
            Ruling::Refused { reason } => ("REFUSED", reason.as_str()),
            Ruling::Missing => ("MISSING", "there is no verdict about it"),
        };
        let line = format!("{word:<8} {}  {reason}", claim.id);
        text.push_str(&format!("{}\n", printable(line.trim_end())));
    }
    let proved = report
        .claims
        .iter()
        .filter(|own| own.result == Ruling::Proved);
    text.push_str(&format!(
        "{} of {} claims proved; model {}\n",
        proved.count(),
        report.claims.len(),
        report.model
    ));
    text
}

fn lint(request: &Request) -> Result<(String, u8), String> {
    let model = model(&request.model)?;
    let bytes = read(&request.about, PLAN_BYTES_MAX)?;
    let plan = Plan::parse(&bytes).map_err(|error| {
        let shown = request.about.display().to_string();
        let error = printable(&error.to_string());
        format!("error: `{}` cannot be used: {error}", printable(&shown))
    })?;
    let findings = recheck::lint(&model, &plan);
    let code = if findings.is_empty() { 0 } else { REFUSED };
    if request.json {
        let report = serde_json::json!({
            "format": "bulkhead.lint/1",
            "plan": plan.digest(),
            "model": model.digest(),
            "findings": findings,
        });
        return Ok((machine(&report), code));
    }
    let mut text = String::new();
    for finding in &findings {
        let line = format!(
            "finding[{}]: {}: {}",
            finding.code, finding.place, finding.message
        );
        text.push_str(&format!("{}\n", printable(&line)));
    }
    if findings.is_empty() {
        text.push_str(&format!(
            "plan {} is what model {} asks for; not compared: directories, sizes and digests of programs\n",
            plan.digest(),
            model.digest()
        ));
    } else {
        text.push_str(&format!("help: {}\n", recheck::HELP));
    }
    Ok((text, code))
}

/// The model of a text without errors.
fn model(path: &Path) -> Result<model::Model, String> {
    let shown = path.display().to_string();
    let bytes = read(path, MODEL_BYTES_MAX)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| format!("error: `{}` is not UTF-8 text", printable(&shown)))?;
    let reading = lang::read(&text);
    let source = Source::new(shown, text);
    let errors = reading
        .diagnostics
        .iter()
        .filter(|own| Diagnostic::is_error(own));
    let errors: Vec<String> = errors
        .map(|own| render::text(&source, own, false))
        .collect();
    match errors.is_empty() {
        true => Ok(reading.model),
        false => Err(errors.join("\n")),
    }
}

/// A whole regular file of at most `bytes_max` bytes.
fn read(path: &Path, bytes_max: usize) -> Result<Vec<u8>, String> {
    let shown = printable(&path.display().to_string());
    let cannot = |error: std::io::Error| format!("error: cannot read `{shown}`: {error}");
    let mut options = OpenOptions::new();
    let file = options
        .read(true)
        .custom_flags(NONBLOCK)
        .open(path)
        .map_err(cannot)?;
    if !file.metadata().map_err(cannot)?.is_file() {
        return Err(format!("error: `{shown}` is not a file"));
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(bytes_max)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).map_err(cannot)?;
    match bytes.len() <= bytes_max {
        true => Ok(bytes),
        false => Err(format!("error: `{shown}` is larger than {bytes_max} bytes")),
    }
}

fn machine(report: &serde_json::Value) -> String {
    format!("{report:#}\n")
}

/// Text from files, without what steers a terminal.
fn printable(text: &str) -> String {
    let shown = |c: char| match record::text::steers(c) {
        true => '\u{fffd}',
        false => c,
    };
    text.chars().map(shown).collect()
}
