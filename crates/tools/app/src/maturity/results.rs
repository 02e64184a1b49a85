//! Answers and results of other assessments from files.

use super::library::{Library, text_file};
use crate::{Failure, files};
use interchange::csv;
use interchange::tables::schema;
use maturity::Date;
use maturity::crosswalk::{Outcome, Suggestion};
use maturity::project::{GivenAnswer, Project};
use std::collections::BTreeMap;
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

/// The columns of a file of answers for people, a line each.
pub fn columns() -> String {
    schema::described(&schema::ANSWERS)
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
    notes.extend(read.not_read.iter().map(|what| format!("not read: {what}")));
    if read.project.is_none() {
        return Err(super::findings::faults(notes));
    }
    Ok(Answers {
        given: read.given,
        notes,
    })
}

/// Results under another standard: lines of a fully qualified key, a comma (or `;` or a tab), and `met`,
/// `partly` or `not-met`. Empty lines and lines that begin with `#` say nothing.
///
/// # Errors
/// The file cannot be read, a line is not understood, or two lines contradict each other; all such
/// lines are named.
pub fn outcomes(path: &Path) -> Result<Vec<(String, Outcome)>, Failure> {
    let text = text_file(path)?;
    let mut all: Vec<(String, Outcome)> = Vec::new();
    let mut wrong = Vec::new();
    let mut lines: BTreeMap<String, (usize, Outcome)> = BTreeMap::new();
    for (at, line) in text.text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (at, name) = (at + 1, &text.name);
        let Some((key, outcome)) = outcome(line) else {
            wrong.push(format!(
                "error[bad-result]: line {at} of `{name}` is no result: `{line}`\n  help: write a key, a comma, and `met`, `partly` or `not-met`, e.g. `iec62443-3-3:2013/SR-5.1,met`"
            ));
            continue;
        };
        match lines.insert(key.clone(), (at, outcome)) {
            None => all.push((key, outcome)),
            Some((_, same)) if same == outcome => {}
            Some((before, _)) => wrong.push(format!(
                "error[bad-result]: line {at} of `{name}` contradicts line {before} about `{key}`\n  help: keep the result that holds"
            )),
        }
    }
    if wrong.is_empty() {
        Ok(all)
    } else {
        Err(super::findings::faults(wrong))
    }
}

/// One line of results.
fn outcome(line: &str) -> Option<(String, Outcome)> {
    let (key, outcome) = line.rsplit_once([',', ';', '\t'])?;
    let plain = |text: &str| text.trim().trim_matches('"').trim().to_owned();
    let outcome = match plain(outcome)
        .to_lowercase()
        .replace([' ', '_'], "-")
        .as_str()
    {
        "met" => Outcome::Met,
        "partly" => Outcome::Partly,
        "not-met" => Outcome::NotMet,
        _ => return None,
    };
    Some((plain(key), outcome))
}

/// What results suggest.
#[derive(Debug)]
pub struct Suggested {
    /// By practice and level; a suggestion is never an answer.
    pub all: Vec<Suggestion>,
    /// The results that suggest nothing, and why.
    pub notes: Vec<String>,
}

/// What results suggest.
///
/// # Errors
/// No crosswalk knows any of the keys.
pub fn suggestions(library: &Library, results: &[(String, Outcome)]) -> Result<Suggested, Failure> {
    let crosswalks = library.crosswalks();
    let mut all: Vec<Suggestion> = Vec::new();
    let mut notes = Vec::new();
    let mappings = || crosswalks.iter().flat_map(|one| &one.mappings);
    for (key, outcome) in results {
        let found = crosswalks.iter();
        let found: Vec<Suggestion> = found
            .flat_map(|one| one.suggest([(key.as_str(), *outcome)]))
            .collect();
        if found.is_empty() {
            let known = mappings().any(|mapping| mapping.to == *key);
            notes.push(match known {
                true => format!("`{key}` suggests nothing: it asks for more, or for something else, than the practices it is mapped to"),
                false => {
                    let keys = mappings().map(|mapping| mapping.to.as_str());
                    let near = source::nearest(key, keys);
                    let near = near.map(|near| format!(" (did you mean `{near}`?)"));
                    format!("no crosswalk has `{key}`{}", near.unwrap_or_default())
                }
            });
        }
        all.extend(found);
    }
    if all.is_empty() {
        let known: Vec<&str> = crosswalks.iter().map(|one| one.id.as_str()).collect();
        return Err(Failure::unusable(
            "results-unknown",
            "none of the results is known to a crosswalk, or they suggest nothing",
            format!(
                "keys are `STANDARD/REQUIREMENT`; the standards are `{}`",
                known.join("`, `")
            ),
        )
        .with_details(notes));
    }
    all.sort_by(|a, b| (&a.practice, a.level, &a.from).cmp(&(&b.practice, b.level, &b.from)));
    Ok(Suggested { all, notes })
}
