//! Writing projects, and what is shown of them, in all formats.

use super::library::Library;
use super::subject::Subject;
use crate::{Failure, files};
use interchange::{csv, oscal, workbook};
use maturity::{Date, project};
use report::view::View;
use report::{html, markdown};
use std::path::Path;

/// A project in some format.
#[derive(Debug)]
pub enum Written {
    /// One file.
    One(Vec<u8>),
    /// Several files of a folder.
    Many {
        /// Their names and contents.
        files: Vec<(String, Vec<u8>)>,
        /// What the format has no place for.
        lost: Vec<String>,
    },
}

/// Our text.
pub fn kdl(subject: &Subject) -> Written {
    Written::One(project::write(&subject.project).into_bytes())
}

/// Our data.
pub fn json(subject: &Subject) -> Written {
    Written::One(project::write_json(&subject.project).into_bytes())
}

/// Tables as CSV files.
pub fn csv(subject: &Subject, library: &Library) -> Written {
    let files = csv::write(&subject.project, &library.catalog, &subject.table);
    Written::Many {
        files: files
            .into_iter()
            .map(|file| (file.name, file.bytes))
            .collect(),
        lost: Vec::new(),
    }
}

/// A workbook.
///
/// # Errors
/// A text that a cell cannot hold.
pub fn xlsx(subject: &Subject, view: &View, library: &Library) -> Result<Written, Failure> {
    workbook::write(&subject.project, view, &library.catalog, &subject.table)
        .map(Written::One)
        .map_err(|fault| Failure::unusable(fault.code(), fault.to_string(), fault.help()))
}

/// A report as text.
pub fn markdown(subject: &Subject, view: &View) -> Written {
    Written::One(markdown::report(view, &subject.project).into_bytes())
}

/// One page for the board, as text.
pub fn brief(view: &View) -> String {
    markdown::brief(view)
}

/// A report as a page.
pub fn html(subject: &Subject, view: &View) -> Written {
    Written::One(html::report(view, &subject.project).into_bytes())
}

/// OSCAL documents.
pub fn oscal(subject: &Subject, library: &Library, today: Date) -> Written {
    let (project, table) = (&subject.project, &subject.table);
    let of = oscal::Subject::new(project, &library.catalog, table, today);
    let documents = oscal::bundle(&of).into_iter();
    Written::Many {
        files: documents
            .map(|(name, text)| (name, text.into_bytes()))
            .collect(),
        lost: Vec::new(),
    }
}

/// Everything a report shows, as data.
///
/// # Errors
/// A fault of this tool.
pub fn view(view: &View) -> Result<Written, Failure> {
    let text = serde_json::to_string_pretty(view);
    let text = text.map_err(|_| Failure::internal("the view cannot be written"))?;
    Ok(Written::One((text + "\n").into_bytes()))
}

/// Writes the files of a folder, which is made if it is not there; each is whole or as it was.
///
/// # Errors
/// The folder or a file cannot be written.
pub fn write_folder(
    folder: &Path,
    files: &[(String, Vec<u8>)],
    inputs: &[&Path],
) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| {
        let (shown, reason) = (folder.display(), files::reason(&error));
        let help = "name a folder in a place that you may write to";
        Failure::unusable(
            "folder-unwritable",
            format!("cannot make the folder `{shown}`: {reason}"),
            help,
        )
    })?;
    for (name, bytes) in files {
        files::write(&folder.join(name), bytes, inputs)?;
    }
    Ok(())
}
