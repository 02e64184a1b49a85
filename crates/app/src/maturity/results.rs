//! Answers and results of other assessments from files.

use super::library::{Library, text_file};
use crate::{Failure, files};
use exchange::csv;
use maturity::Date;
use maturity::crosswalk::{Outcome, Suggestion};
use maturity::project::{GivenAnswer, Project};
use std::path::Path;

/// Largest file of answers that is read, in bytes.
const ANSWERS_BYTES_MAX: u64 = 64 << 20;

/// Answers that were read.
#[derive(Debug)]
pub struct Answers {
    /// The answers, each with the name of its assessment.
    pub given: Vec<(String, GivenAnswer)>,
    /// Warnings, and what was not read.
    pub notes: Vec<String>,
}

/// Answers of a CSV file, each with the name of its assessment: all of them, or none. `assessment` is
/// meant where a line names none.
///
/// # Errors
/// The file cannot be read, or has faults; all of them are in the failure.
pub fn answers(
    path: &Path,
    project: &Project,
    assessment: Option<&str>,
    library: &Library,
    today: Date,
) -> Result<Answers, Failure> {
    let file = csv::File {
        name: path.display().to_string(),
        bytes: files::read(path, ANSWERS_BYTES_MAX)?,
    };
    let known = (&library.catalog, library.profiles.as_slice());
    let read = csv::answers(&file, project, assessment, known, today);
    let mut notes: Vec<String> = read.findings.iter().map(ToString::to_string).collect();
    if read.project.is_none() {
        return Err(super::formats::faults(notes));
    }
    notes.extend(read.not_read.iter().map(|what| format!("not read: {what}")));
    Ok(Answers {
        given: read.given,
        notes,
    })
}

/// Results under another standard: lines of a fully qualified key, a comma, and `met`, `partly` or
/// `not-met`. Empty lines and lines that begin with `#` say nothing.
///
/// # Errors
/// The file cannot be read, or a line is not understood; all such lines are named.
pub fn outcomes(path: &Path) -> Result<Vec<(String, Outcome)>, Failure> {
    let text = text_file(path)?;
    let mut all = Vec::new();
    let mut wrong = Vec::new();
    for (at, line) in text.text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let outcome = line.rsplit_once(',').and_then(|(key, outcome)| {
            let outcome = match outcome.trim() {
                "met" => Outcome::Met,
                "partly" => Outcome::Partly,
                "not-met" => Outcome::NotMet,
                _ => return None,
            };
            Some((key.trim().to_owned(), outcome))
        });
        match outcome {
            Some(outcome) => all.push(outcome),
            None => wrong.push(format!(
                "error[bad-result]: line {} of `{}` is no result: `{line}`\n  help: write a key, a comma, and `met`, `partly` or `not-met`, e.g. `iec62443-3-3:2013/SR-5.1,met`",
                at + 1,
                text.name
            )),
        }
    }
    if wrong.is_empty() {
        Ok(all)
    } else {
        Err(super::formats::faults(wrong))
    }
}

/// What results suggest, by practice and level; a suggestion is never an answer.
///
/// # Errors
/// No crosswalk knows any of the keys.
pub fn suggestions(
    library: &Library,
    results: &[(String, Outcome)],
) -> Result<Vec<Suggestion>, Failure> {
    let crosswalks = library.crosswalks();
    let keys = || {
        results
            .iter()
            .map(|(key, outcome)| (key.as_str(), *outcome))
    };
    let mut all: Vec<Suggestion> = crosswalks
        .iter()
        .flat_map(|one| one.suggest(keys()))
        .collect();
    if all.is_empty() {
        let known: Vec<&str> = crosswalks.iter().map(|one| one.id.as_str()).collect();
        return Err(Failure::unusable(
            "none of the results is known to a crosswalk, or they suggest nothing",
            format!(
                "keys are `STANDARD/REQUIREMENT`; the standards are `{}`",
                known.join("`, `")
            ),
        ));
    }
    all.sort_by(|a, b| (&a.practice, a.level, &a.from).cmp(&(&b.practice, b.level, &b.from)));
    Ok(all)
}
