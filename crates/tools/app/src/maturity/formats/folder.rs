//! A folder of CSV files, or of OSCAL documents. Everything that is in it is read, or named as not read.

use super::{FILE_BYTES_MAX, Read, imported, oscal_documents, unknown};
use crate::maturity::library::Library;
use crate::{Failure, files};
use interchange::csv;
use maturity::Date;
use record::Digest;
use source::Source;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Most files of a folder and the folders in it.
const FILES_MAX: usize = 500;
/// How deep folders are looked into; a workspace of OSCAL documents has three levels.
const DEPTH_MAX: usize = 5;

/// Reads a folder.
pub(super) fn read(folder: &Path, library: &Library, today: Date) -> Result<Read, Failure> {
    let mut all = Vec::new();
    walk(folder, DEPTH_MAX, &mut all)?;
    let (tables, others): (Vec<PathBuf>, Vec<PathBuf>) =
        (all.into_iter()).partition(|path| path.parent() == Some(folder) && ends(path, &["csv"]));
    if tables.is_empty() {
        return documents(folder, others, library, today);
    }
    let mut given = Vec::new();
    for path in &tables {
        given.push(csv::File {
            name: path.display().to_string(),
            bytes: files::read(path, FILE_BYTES_MAX)?,
        });
    }
    // A file beside them may be one of the tables under another name: that is for the tables to say.
    let (beside, below): (Vec<PathBuf>, Vec<PathBuf>) =
        (others.into_iter()).partition(|path| path.parent() == Some(folder));
    given.extend(beside.iter().map(|path| csv::File {
        name: path.display().to_string(),
        bytes: Vec::new(),
    }));
    let mut read = csv::read(&given, &library.catalog, &library.profiles, today);
    let below = below.iter().map(|path| format!("`{}`", path.display()));
    read.not_read.extend(below);
    imported(read)
}

/// OSCAL documents, wherever they lie in the folder.
fn documents(
    folder: &Path,
    all: Vec<PathBuf>,
    library: &Library,
    today: Date,
) -> Result<Read, Failure> {
    let mut texts = Vec::new();
    let mut not_read = Vec::new();
    let mut seen: BTreeMap<Digest, String> = BTreeMap::new();
    for path in all {
        let shown = path.display().to_string();
        if !ends(&path, &["json"]) {
            let why = why_not(&path).map(|(_, why)| format!(": {why}"));
            not_read.push(format!("`{shown}`{}", why.unwrap_or_default()));
            continue;
        }
        let bytes = files::read(&path, FILE_BYTES_MAX)?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(Failure::unusable(
                "file-empty",
                format!("`{shown}` is empty"),
                "put the document back as it was exported",
            ));
        }
        let text = files::text(&path, &bytes)?;
        if let Some(what) = foreign(text) {
            not_read.push(format!("`{shown}`: {what}"));
            continue;
        }
        match seen.insert(Digest::of(&bytes), shown.clone()) {
            Some(same) => not_read.push(format!("`{shown}`: the same as `{same}`")),
            None => texts.push(Source::new(shown, text)),
        }
    }
    let not_read = not_read.into_iter().map(|what| format!("not read: {what}"));
    if texts.is_empty() {
        return Err(unknown(&folder.display().to_string()).with_details(not_read.collect()));
    }
    match oscal_documents(&texts, library, today) {
        Ok(mut read) => {
            read.notes.extend(not_read);
            Ok(read)
        }
        Err(mut failure) => {
            failure.details.extend(not_read);
            Err(failure)
        }
    }
}

/// What a JSON text is if it holds nothing that is read here. What is no JSON at all was meant to be read.
fn foreign(text: &str) -> Option<String> {
    let any = serde_json::from_str::<serde_json::Value>(text).ok()?;
    let Some(root) = any.as_object() else {
        return Some("no document of OSCAL".to_owned());
    };
    let read = ["catalog", "profile", "assessment-results"];
    if read.iter().any(|model| root.contains_key(*model)) {
        return None;
    }
    Some(match root.keys().find(|key| *key != "$schema") {
        Some(_) if root.contains_key("format") => {
            "not OSCAL; a project as JSON is imported by itself".to_owned()
        }
        Some(model) => format!("`{model}` is none of `{}`", read.join("`, `")),
        None => "no document of OSCAL".to_owned(),
    })
}

/// Why a file with such a name is not read: a code, and what helps.
pub(super) fn why_not(path: &Path) -> Option<(&'static str, &'static str)> {
    if ends(path, &["yaml", "yml", "xml"]) {
        let help = "give OSCAL in its JSON form; its tools convert between the forms";
        Some(("format-unread", help))
    } else if ends(path, &["csv", "tsv"]) {
        let help = "give the folder with all tables; answers alone are taken in by an assessment";
        Some(("table-alone", help))
    } else {
        None
    }
}

fn ends(path: &Path, all: &[&str]) -> bool {
    let end = path.extension().and_then(|end| end.to_str());
    end.is_some_and(|end| all.iter().any(|one| end.eq_ignore_ascii_case(one)))
}

/// All files below a folder, by name; a folder that lies too deep stands for what is in it.
fn walk(folder: &Path, depth: usize, all: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| {
        let (shown, reason) = (folder.display(), files::reason(&error));
        let help = "check the path and who may read it";
        Failure::unusable(
            "folder-unreadable",
            format!("cannot read `{shown}`: {reason}"),
            help,
        )
    };
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        // A link to a folder is named and not followed.
        let is_folder = entry.file_type().map_err(cannot)?.is_dir();
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        inside.push((entry.path(), is_folder && !hidden));
    }
    inside.sort();
    for (path, is_folder) in inside {
        match depth.checked_sub(1).filter(|_| is_folder) {
            Some(depth) => walk(&path, depth, all)?,
            None => all.push(path),
        }
        if all.len() > FILES_MAX {
            return Err(Failure::unusable(
                "folder-too-large",
                format!("`{}` has more than {FILES_MAX} files", folder.display()),
                "give the folder that an export has written",
            ));
        }
    }
    Ok(())
}
