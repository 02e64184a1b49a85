//! Which project is meant, in which ledger, and who asks.

use super::arguments::{Common, Meant};
use super::help;
use crate::format::Format;
use crate::show;
use crate::style::Style;
use app::maturity::book::{self, Book};
use app::maturity::desk::{Author, Desk};
use app::maturity::findings;
use app::maturity::library::{Library, today, zone_unknown};
use app::maturity::recording::Done;
use app::maturity::subject::{self, Subject};
use app::maturity::view::{View, Way};
use app::{Exit, Failure};
use maturity::{Date, Level, Scope};
use source::render;
use std::path::{Path, PathBuf};

/// What every command needs.
#[derive(Debug)]
pub struct Context {
    /// What was asked for.
    pub common: Common,
    /// Catalog and layers.
    pub library: Library,
    /// The day.
    pub today: Date,
}

impl Context {
    /// Reads the layers.
    pub fn new(common: Common) -> Result<Self, Failure> {
        let library = Library::open(&common.layers)?;
        let mut wrong = Vec::new();
        for (text, findings) in &library.findings {
            wrong.extend((findings.iter()).map(|one| render::text(text, &one.diagnostic, false)));
        }
        if library
            .findings
            .iter()
            .any(|(_, found)| maturity::has_errors(found))
        {
            return Err(findings::faults(wrong));
        }
        let today = common.today.unwrap_or_else(today);
        let unsaid = common.today.is_none();
        let context = Self {
            common,
            library,
            today,
        };
        let note = unsaid.then(zone_unknown).flatten();
        context.notes(note.as_slice());
        Ok(context)
    }

    /// Whether machines read the answer. SARIF was refused before.
    pub fn machine(&self) -> bool {
        self.common.format != Format::Text
    }

    /// Opens the ledger.
    pub fn book(&self) -> Result<Book, Failure> {
        Book::open_known(&self.common.ledger)
    }

    /// What no output may take the place of: the project file and the files of the ledger.
    pub fn inputs(&self) -> Vec<PathBuf> {
        let project = self.file().map(Path::to_owned);
        let ledger = book::files(&self.common.ledger);
        project.into_iter().chain(ledger).collect()
    }

    /// The project file that is meant, if a file is.
    pub fn file(&self) -> Option<&Path> {
        let named = self.common.project.as_deref()?;
        let path = Path::new(named);
        // A folder called like a project is not meant unless it is written as a path.
        let written = path.is_file() || named.contains(['/', '.']);
        (written && path.exists()).then_some(path)
    }

    /// The project that is meant, from a file or the ledger.
    pub fn subject(&self, meant: &Meant) -> Result<Subject, Failure> {
        let mut subject = match self.file() {
            Some(file) => Subject::of_file(file, &self.library, self.today)?,
            None => {
                let book = self.book()?;
                let system = book.system(self.common.project.as_deref())?;
                let desk = Desk::open(&book, &self.library, &system, self.today)?;
                Subject::of_desk(&desk)?
            }
        };
        if let Some(model) = &meant.model {
            subject.with_model(model)?;
        }
        Ok(subject)
    }

    /// Everything there is to show about the project that is meant; notes go to standard error.
    pub fn view(&self, meant: &Meant) -> Result<View, Failure> {
        let subject = self.subject(meant)?;
        self.notes(&help::notes(&subject.notes));
        self.view_of(&subject, meant)
    }

    /// Everything there is to show about a project.
    pub fn view_of(&self, subject: &Subject, meant: &Meant) -> Result<View, Failure> {
        subject.view(&self.library, names(meant), self.today)
    }

    /// What stands between a practice and a level.
    pub fn way(
        &self,
        subject: &Subject,
        meant: &Meant,
        practice: &str,
        level: Level,
        scope: Scope,
    ) -> Result<Way, Failure> {
        subject.way(
            &self.library,
            names(meant),
            self.today,
            (practice, level, scope),
        )
    }

    /// Says what should be known beside the answer.
    pub fn notes(&self, notes: &[String]) {
        let style = Style::stderr();
        for note in notes {
            let lines: Vec<String> = note.lines().map(show::printable).collect();
            show::complaint(&format!("{}: {}\n", style.yellow("note"), lines.join("\n")));
        }
    }

    /// The project of the ledger that is meant, to be changed.
    pub fn desk<'b>(&'b self, book: &'b Book) -> Result<Desk<'b>, Failure> {
        if let Some(file) = self.file() {
            return Err(Failure::unusable(
                "file-is-no-ledger",
                format!("`{}` is a file, and this changes a ledger", file.display()),
                "record it with `bulkhead maturity import FILE`, then name the project",
            ));
        }
        Desk::to_change(
            book,
            &self.library,
            self.common.project.as_deref(),
            self.today,
        )
    }

    /// Who asks: the person named, or the only one the project has.
    pub fn author(&self, desk: &Desk<'_>) -> Result<Author, Failure> {
        desk.author(self.common.author.as_deref())
    }

    /// Says what was done, and what somebody has to decide now.
    pub fn done(&self, done: &Done) -> Exit {
        let [_, ..] = done.conflicts.as_slice() else {
            show::people(&format!("{}\n", done.says));
            return Exit::Good;
        };
        let style = Style::stderr();
        for conflict in &done.conflicts {
            show::complaint(&format!(
                "{}: somebody else set `{}` at the same time; yours is kept as entry {}\n",
                style.yellow("conflict"),
                show::printable(&conflict.key.to_string()),
                conflict.entry.stream
            ));
        }
        show::complaint("decide with `bulkhead maturity conflicts`\n");
        Exit::Unmet
    }

    /// Id of a practice however it is named.
    pub fn practice(&self, name: &str) -> Result<String, Failure> {
        let practice = self.library.practice(name).map_err(help::worded)?;
        self.notes(practice.note.as_slice());
        Ok(practice.id)
    }
}

fn names(meant: &Meant) -> subject::Meant<'_> {
    subject::Meant {
        assessment: meant.assessment.as_deref(),
        target: meant.target.as_deref(),
    }
}
