//! Reading projects in all formats.

mod folder;

use super::findings::{faults, said};
use super::library::Library;
use crate::{Failure, files};
use interchange::imported::Imported;
use interchange::{oscal, workbook};
use maturity::project::{self, Project, open};
use maturity::{Date, Located};
use report::{html, markdown};
use source::{Source, render};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// Largest file of a project that is read, in bytes.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// A project that was read.
#[derive(Debug)]
pub struct Read {
    /// The project.
    pub project: Project,
    /// Warnings, and what was not read.
    pub notes: Vec<String>,
}

/// Reads a project, whatever the format: KDL, JSON, a workbook, Markdown and HTML reports, OSCAL, or a
/// folder of CSV or OSCAL files. What a file is, its first bytes say, not its name.
///
/// # Errors
/// It cannot be read, or has faults; all of them are in the failure.
pub fn read(path: &Path, library: &Library, today: Date) -> Result<Read, Failure> {
    if path.is_dir() {
        return folder::read(path, library, today);
    }
    let shown = path.display().to_string();
    let bytes = files::read(path, FILE_BYTES_MAX)?;
    if bytes.is_empty() {
        return Err(Failure::unusable(
            "file-empty",
            format!("`{shown}` is empty"),
            "export the project again, or give another file",
        ));
    }
    if bytes.starts_with(ZIP) {
        let (catalog, profiles) = (&library.catalog, &library.profiles);
        return imported(workbook::read(&bytes, catalog, profiles, today));
    }
    let text = files::text(path, &bytes)?;
    let begins = text.trim_start();
    let has = |what: &str| {
        begins
            .get(..what.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(what))
    };
    if has("<!doctype html") || has("<html") {
        return carried(&shown, "report", html::read(&bytes), library, today);
    }
    if has("# ") {
        return carried(&shown, "report", markdown::read(&bytes), library, today);
    }
    if has("{") && is_oscal(text) {
        return oscal_documents(&[Source::new(shown, text)], library, today);
    }
    if let Some((code, why)) =
        folder::why_not(path).filter(|_| !has("{") && !has("maturity-project"))
    {
        return Err(Failure::unusable(
            code,
            format!("`{shown}` is not read"),
            why,
        ));
    }
    ours(&Source::new(shown, text), library, today)
}

/// How a workbook begins.
const ZIP: &[u8] = b"PK";

/// Whether a JSON text is a document of OSCAL and not a project of ours.
fn is_oscal(text: &str) -> bool {
    let keys = serde_json::from_str::<BTreeMap<String, serde::de::IgnoredAny>>(text);
    let models = ["catalog", "profile", "assessment-results"];
    // A project of ours names its format; text that is no JSON at all is reported as ours.
    keys.is_ok_and(|keys| {
        !keys.contains_key("format") && models.iter().any(|model| keys.contains_key(*model))
    })
}

/// The project that a report carries.
fn carried(
    shown: &str,
    what: &str,
    data: Result<String, html::Unread>,
    library: &Library,
    today: Date,
) -> Result<Read, Failure> {
    let data = data.map_err(|unread| {
        Failure::unusable(unread.code(), format!("`{shown}`: {unread}"), unread.help())
    })?;
    let mut read = ours(&Source::new(shown.to_owned(), data), library, today)?;
    read.notes.push(format!(
        "read from the data inside the {what}: what was changed in the text around it is not read"
    ));
    Ok(read)
}

/// How many values that were not taken over are shown of documents that are refused: one missing part
/// makes hundreds of values differ, and what is to be mended stands above them.
const LOST_SHOWN: usize = 5;

/// OSCAL documents that belong together.
fn oscal_documents(texts: &[Source], library: &Library, today: Date) -> Result<Read, Failure> {
    let read = oscal::read(texts, &library.catalog, &library.profiles);
    let placed = |finding: &Located| match texts.get(finding.text) {
        // What has a place in the text is shown there.
        Some(text) if !finding.diagnostic.span().is_empty() => {
            render::text(text, &finding.diagnostic, false)
        }
        Some(text) => format!("{}: {}", text.name, said(finding)),
        None => said(finding),
    };
    let mut notes: Vec<String> = read.findings.iter().map(placed).collect();
    // The same statement of the whole project stands in each document.
    let mut seen = HashSet::new();
    let mut lost: Vec<String> = read
        .lost
        .iter()
        .filter(|what| seen.insert(what.as_str()))
        .map(|what| format!("not taken over: {what}"))
        .collect();
    if read.project.is_none() && !maturity::has_errors(&read.findings) {
        return Err(Failure::unusable(
            "oscal-no-project",
            "these documents hold no project; nothing was recorded",
            "give the assessment results of the project, or the folder with all of its documents",
        )
        .with_details(notes));
    }
    let Some(project) = read
        .project
        .filter(|_| !maturity::has_errors(&read.findings))
    else {
        let more = lost.len().saturating_sub(LOST_SHOWN);
        lost.truncate(LOST_SHOWN);
        notes.extend(lost);
        if more > 0 {
            notes.push(format!("not taken over: {more} more values"));
        }
        return Err(faults(notes));
    };
    let table = project.table(&library.catalog, &library.profiles);
    let found = project::check(&project, &library.catalog, &table, today);
    notes.extend(found.iter().map(said));
    notes.extend(lost);
    if maturity::has_errors(&found) {
        return Err(faults(notes));
    }
    Ok(Read { project, notes })
}

/// Our own forms.
fn ours(text: &Source, library: &Library, today: Date) -> Result<Read, Failure> {
    let opened = open(text, &library.catalog, &library.profiles, today);
    let rendered = |finding: &Located| render::text(text, &finding.diagnostic, false);
    let notes: Vec<String> = opened.findings.iter().map(rendered).collect();
    match opened
        .project
        .filter(|_| !maturity::has_errors(&opened.findings))
    {
        Some(project) => Ok(Read { project, notes }),
        None => Err(faults(notes)),
    }
}

fn imported(imported: Imported) -> Result<Read, Failure> {
    let mut notes: Vec<String> = imported.findings.iter().map(ToString::to_string).collect();
    match imported.project {
        Some(project) => {
            let not_read = imported
                .not_read
                .iter()
                .map(|what| format!("not read: {what}"));
            notes.extend(not_read);
            Ok(Read { project, notes })
        }
        None => {
            let not_read = imported.not_read.iter();
            notes.extend(not_read.map(|what| format!("not read: {what}")));
            Err(faults(notes))
        }
    }
}

fn unknown(shown: &str) -> Failure {
    Failure::unusable(
        "format-unknown",
        format!("`{shown}` is none of the formats that are read"),
        "give a project as KDL, JSON, workbook, CSV folder, Markdown, HTML or OSCAL folder",
    )
}
