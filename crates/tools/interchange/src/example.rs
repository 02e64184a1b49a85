//! Codes of tables by example: the good project as CSV files, and what spoils one of them.

use crate::csv;
use crate::imported::{CellFinding, Place};
use maturity::catalog::Catalog;
use maturity::example;
use source::{Diagnostic, Severity, Source, Span};

/// One way to spoil a table.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The file.
    pub file: &'static str,
    /// What is replaced where it stands first.
    pub from: &'static str,
    /// By what.
    pub to: &'static str,
    /// What is then reported, perhaps among other codes.
    pub code: &'static str,
}

const fn case(
    file: &'static str,
    from: &'static str,
    to: &'static str,
    code: &'static str,
) -> Case {
    Case {
        file,
        from,
        to,
        code,
    }
}

/// One for each code that a table in CSV can have and no other text.
#[rustfmt::skip]
pub const CASES: &[Case] = &[
    case("goals.csv", "\"bottles leave on time\"", "\"bottles leave on time", "bad-csv"),
    case("people.csv", "\"Bob Lind\",\"\"", "\"Bob Lind\",\"\",\"surplus\"", "surplus-value"),
    case("goals.csv", "\"says\"", "\"sagt\"", "missing-column"),
    case("people.csv", "\"role\"", "\"name\"", "duplicate-column"),
    case("people.csv", "\"bob\",\"Bob Lind\",\"\"\r\n", "", "missing-rows"),
    case("goals.csv", "\"goal\",\"says\"\r\n\"uptime\",\"bottles leave on time\"\r\n", "", "empty-table"),
    case("project.csv", "\"line-one\"", "\"line-zero\",\"Line zero\",\"Filler\",\"integrator\",\"low\",\"bulkhead-smm\",\"1.0.0\",\"bulkhead.maturity-project/1\"\r\n\"line-one\"", "surplus-row"),
    case("assessments.csv", "79c6486c", "89c6486c", "content-differs"),
    case("answers.csv", "\"spring\",\"E1.2-1.3\"", "\"sping\",\"E1.2-1.3\"", "unknown-assessment"),
    case("drafts.csv", "\"first-year\",\"G1\"", "\"frist-year\",\"G1\"", "unknown-target"),
    case("minimums.csv", "\"reporting\",\"H2.2\"", "\"reportin\",\"H2.2\"", "unknown-obligation"),
    case("contents.csv", "\"Notes\"", "\"Nodes\"", "unknown-table"),
];

/// A spoiled table beside the good one.
pub struct Spoiled {
    /// The table that is reported.
    pub wrong: Source,
    /// The table that is not.
    pub right: String,
    /// What is reported under the code, at the lines of the table.
    pub said: Vec<Diagnostic>,
}

impl Case {
    /// Reads the tables with the spoiled one; `None` if the good one has nothing to replace.
    pub fn read(&self, catalog: &Catalog) -> Option<Spoiled> {
        let (project, profiles, today) = example::project(catalog)?;
        let mut files = csv::write(&project, catalog, &project.table(catalog, &profiles));
        let file = files.iter_mut().find(|file| file.name == self.file)?;
        let right = std::str::from_utf8(&file.bytes).ok()?.to_owned();
        let spoiled = right.replacen(self.from, self.to, 1);
        if spoiled == right {
            return None;
        }
        file.bytes = spoiled.clone().into_bytes();
        let found = csv::read(&files, catalog, &profiles, today).findings;
        // As people see lines.
        let shown = |text: &str| text.replace("\r\n", "\n");
        let (wrong, right) = (Source::new(self.file, shown(&spoiled)), shown(&right));
        let found = found.iter().filter(|own| own.code == self.code);
        let said = found.map(|own| diagnostic(&wrong.text, own)).collect();
        Some(Spoiled { wrong, right, said })
    }
}

fn diagnostic(text: &str, found: &CellFinding) -> Diagnostic {
    let place = line(text, &found.place);
    let diagnostic = match found.severity {
        Severity::Error => Diagnostic::error(found.code, place, &found.message),
        Severity::Warning => Diagnostic::warning(found.code, place, &found.message),
    };
    diagnostic.at_main(&found.place.header).help(&found.help)
}

/// The line of a place; the beginning for one that is about the whole table.
fn line(text: &str, place: &Place) -> Span {
    let mut at = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        if number == place.line {
            return Span::new(at, at + line.trim_end().len());
        }
        at += line.len();
    }
    Span::default()
}
