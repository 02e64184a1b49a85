//! What an import gives: a whole project, or every fault with its cell. Never half of one.

use maturity::project::Project;
use serde::Serialize;
use source::{Severity, push_bounded};
use std::fmt;

/// Most findings of one import; one more says that there are others.
pub const FINDINGS_MAX: usize = 10_000;

/// What kind of thing a table was read from: it decides how places are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A sheet of a workbook: `Answers!C17`.
    #[default]
    Sheet,
    /// A file of its own: `answers.csv:17`, followed by the name of the column.
    File,
}

impl Form {
    /// What a table is called in this form.
    pub(crate) fn name(self, sheet: &crate::tables::schema::Sheet) -> String {
        match self {
            Self::Sheet => sheet.name.to_owned(),
            Self::File => sheet.file_name(),
        }
    }
}

/// Where a fault is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Sheet or file.
    pub form: Form,
    /// Name of the sheet or file; empty if the fault is about all of them.
    pub table: String,
    /// Row of the sheet or line of the file, from 1; 0 if it is about the whole table.
    pub line: usize,
    /// Position of the column, from 0; absent if it is about the whole row.
    pub column: Option<usize>,
    /// What stands at the head of the column; may be empty.
    pub header: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.table)?;
        if self.line == 0 {
            return Ok(());
        }
        match self.form {
            Form::Sheet => {
                let column = column_letters(self.column.unwrap_or(0));
                write!(f, "!{column}{}", self.line)
            }
            Form::File => write!(f, ":{}", self.line),
        }?;
        match self.header.as_str() {
            "" => Ok(()),
            header => write!(f, " ({header})"),
        }
    }
}

/// The letters that spreadsheet programs give a column: 0 is `A`, 26 is `AA`.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.push(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        match (rest / 26).checked_sub(1) {
            Some(more) => rest = more,
            None => break,
        }
    }
    letters.iter().rev().map(|byte| char::from(*byte)).collect()
}

/// One fault or warning of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellFinding {
    /// Where.
    pub place: Place,
    /// Stable name, as in other diagnostics.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One line, the user's words in backticks.
    pub message: String,
    /// What to do next.
    pub help: String,
}

impl fmt::Display for CellFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        match self.place.table.as_str() {
            "" => {}
            _ => write!(f, "{}: ", self.place)?,
        }
        write!(f, "{severity}[{}]: {}", self.code, self.message)?;
        match self.help.as_str() {
            "" => Ok(()),
            help => write!(f, " ({help})"),
        }
    }
}

/// The result of an import.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The project; absent if anything was an error.
    pub project: Option<Project>,
    /// Everything that was found, in the order of the tables.
    pub findings: Vec<CellFinding>,
    /// What was there and was not read, for people: views, foreign sheets and columns.
    pub not_read: Vec<String>,
}

impl Imported {
    /// An import that failed as a whole.
    pub(crate) fn refused(findings: Findings, not_read: Vec<String>) -> Self {
        Self {
            project: None,
            findings: findings.all,
            not_read,
        }
    }
}

/// The findings of one import, bounded.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) all: Vec<CellFinding>,
}

impl Findings {
    pub(crate) fn error(&mut self, place: Place, code: &'static str, message: String, help: &str) {
        self.push(place, code, Severity::Error, message, help);
    }

    pub(crate) fn warning(
        &mut self,
        place: Place,
        code: &'static str,
        message: String,
        help: &str,
    ) {
        self.push(place, code, Severity::Warning, message, help);
    }

    pub(crate) fn push(
        &mut self,
        place: Place,
        code: &'static str,
        severity: Severity,
        message: String,
        help: &str,
    ) {
        let help = help.to_owned();
        let new = CellFinding {
            place,
            code,
            severity,
            message,
            help,
        };
        let severity = |own: &CellFinding| own.severity;
        push_bounded(&mut self.all, FINDINGS_MAX, new, severity, |left| {
            CellFinding {
                code: "too-many-faults",
                message: "there are more faults than are shown".to_owned(),
                help: "mend these first, then import again".to_owned(),
                ..left
            }
        });
    }

    pub(crate) fn errors(&self) -> impl Iterator<Item = &CellFinding> {
        let all = self.all.iter();
        all.filter(|finding| finding.severity == Severity::Error)
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }
}

/// The user's words for a message: one line, cut where it gets long.
pub(crate) fn quote(words: &str) -> String {
    const MOST: usize = 80;
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = words.chars().take(MOST).map(plain).collect();
    if words.chars().nth(MOST).is_some() {
        short.push('…');
    }
    format!("`{short}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_spreadsheets() {
        for (column, letters) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            assert_eq!(column_letters(column), letters);
        }
    }

    #[test]
    fn findings_are_bounded_and_say_so() {
        let mut findings = Findings::default();
        for _ in 0..FINDINGS_MAX + 5 {
            findings.warning(Place::default(), "x", String::new(), "");
        }
        assert_eq!(findings.all.len(), FINDINGS_MAX + 1);
        assert!(!findings.has_errors(), "warnings alone are no error");
        assert_eq!(findings.all.last().map(|f| f.code), Some("too-many-faults"));
        findings.error(Place::default(), "y", String::new(), "");
        let errors: Vec<_> = findings.errors().map(|f| f.code).collect();
        assert_eq!(errors, ["y"], "an error is not left out for warnings");
        for _ in 0..FINDINGS_MAX {
            findings.error(Place::default(), "y", String::new(), "");
        }
        assert_eq!(findings.all.len(), FINDINGS_MAX + 1);
        assert_eq!(findings.errors().count(), FINDINGS_MAX + 1);
    }

    #[test]
    fn words_of_users_stay_on_one_line() {
        assert_eq!(quote("a\nb"), "`a b`");
        assert_eq!(quote(&"ä".repeat(100)).chars().count(), 83);
    }
}
