//! What a question is about: a project with its table, wherever it comes from.

use super::desk::Desk;
use super::formats;
use super::library::Library;
use super::refusal::Refusal;
use crate::Failure;
use crate::model_file::ModelFile;
use maturity::compose::Effective;
use maturity::crosswalk::Crosswalk;
use maturity::project::Project;
use maturity::{Date, Level, Scope};
use record::Digest;
use report::view::{self, Request, View, Way};
use std::fmt;
use std::path::Path;

/// A project with its table.
#[derive(Debug)]
pub struct Subject {
    /// The project.
    pub project: Project,
    /// Catalog and layers.
    pub table: Effective,
    /// The architecture in force; answers computed from another one no longer count.
    pub model: Option<Digest>,
    /// What should be known beside any answer.
    pub notes: Vec<Note>,
}

/// What should be known beside any answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The model has changed since it was checked.
    ModelChanged {
        /// Its file.
        file: String,
    },
    /// The model cannot be read from here.
    ModelUnreadable {
        /// Its file.
        file: String,
    },
    /// Entries of the ledger wait for a decision.
    Undecided {
        /// How many.
        count: usize,
    },
    /// What reading a file found.
    Read(String),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ModelChanged { file } => write!(
                f,
                "`{file}` has changed since it was checked: answers computed from it no longer count; check it again"
            ),
            Self::ModelUnreadable { file } => write!(
                f,
                "`{file}` cannot be read from here: whether it has changed since it was checked is not known"
            ),
            Self::Undecided { count: 1 } => {
                f.write_str("1 entry did not come to stand and waits for a decision")
            }
            Self::Undecided { count } => write!(
                f,
                "{count} entries did not come to stand and wait for a decision"
            ),
            Self::Read(text) => f.write_str(text),
        }
    }
}

/// Which assessment and target are meant; `None` lets the view choose.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meant<'a> {
    /// Name of the assessment.
    pub assessment: Option<&'a str>,
    /// Name of the target set.
    pub target: Option<&'a str>,
}

impl Subject {
    /// The project of a ledger as it is. If a model was checked and is still where it was, it is read
    /// again: what was computed from what it no longer says does not count.
    ///
    /// # Errors
    /// There is no project.
    pub fn of_desk(desk: &Desk<'_>) -> Result<Self, Failure> {
        let mut subject = Self {
            project: desk.project()?.clone(),
            table: desk.table()?,
            model: None,
            notes: Vec::new(),
        };
        if let Some(checked) = &desk.state.model {
            subject.model = Some(checked.digest);
            match digest_of(Path::new(&checked.file)) {
                Ok(now) if now == checked.digest => {}
                Ok(now) => {
                    subject.model = Some(now);
                    let file = checked.file.clone();
                    subject.notes.push(Note::ModelChanged { file });
                }
                Err(_) => {
                    let file = checked.file.clone();
                    subject.notes.push(Note::ModelUnreadable { file });
                }
            }
        }
        let count = desk.state.conflicts.len();
        if count > 0 {
            subject.notes.push(Note::Undecided { count });
        }
        Ok(subject)
    }

    /// The project of a file in any of our formats.
    ///
    /// # Errors
    /// The file cannot be used; its faults are in the failure.
    pub fn of_file(path: &Path, library: &Library, today: Date) -> Result<Self, Failure> {
        let read = formats::read(path, library, today)?;
        let table = read.project.table(&library.catalog, &library.profiles);
        Ok(Self {
            project: read.project,
            table,
            model: None,
            notes: read.notes.into_iter().map(Note::Read).collect(),
        })
    }

    /// Takes this model for the architecture in force.
    ///
    /// # Errors
    /// The model cannot be used.
    pub fn with_model(&mut self, path: &Path) -> Result<(), Failure> {
        self.model = Some(digest_of(path)?);
        Ok(())
    }

    /// Everything there is to show.
    ///
    /// # Errors
    /// There is no such assessment or target set.
    pub fn view(&self, library: &Library, meant: Meant<'_>, today: Date) -> Result<View, Failure> {
        View::of(self.request(library, meant, today)).map_err(failure)
    }

    /// What stands between a practice and a level at a scope.
    ///
    /// # Errors
    /// As for [`Subject::view`].
    pub fn way(
        &self,
        library: &Library,
        meant: Meant<'_>,
        today: Date,
        (practice, level, scope): (&str, Level, Scope),
    ) -> Result<Way, Failure> {
        let request = self.request(library, meant, today);
        view::way(request, practice, level, scope).map_err(failure)
    }

    fn request<'a>(&'a self, library: &'a Library, meant: Meant<'a>, today: Date) -> Request<'a> {
        Request {
            project: &self.project,
            catalog: &library.catalog,
            table: &self.table,
            crosswalks: duties_read_with(&self.project, library),
            assessment: meant.assessment,
            target: meant.target,
            today,
            model: self.model,
        }
    }
}

/// The crosswalks that minimums are compared with; none are read if no duty has one.
pub(super) fn duties_read_with<'l>(project: &Project, library: &'l Library) -> &'l [Crosswalk] {
    match project.obligations.as_slice() {
        [] => &[],
        _ => library.crosswalks(),
    }
}

fn failure(fault: view::Fault) -> Failure {
    Failure::unusable(fault.code(), fault.to_string(), fault.help())
}

/// The digest of a model file.
fn digest_of(path: &Path) -> Result<Digest, Failure> {
    let file = ModelFile::read(path)?;
    if file.is_usable() {
        return Ok(file.model.digest());
    }
    let file = path.display().to_string();
    Err(Refusal::FaultyModel { file }.into())
}
