//! A project as a set of CSV files (RFC 4180, UTF-8), one for each table; and a single file of answers
//! for a project that exists.
//!
//! A value that a spreadsheet program would run as a formula (one that begins with `=`, `+`, `-`, `@`,
//! a tab or a line break) is written with an apostrophe before it; reading takes it off again.

mod answers;

pub use answers::{GivenAnswers, answers};

use crate::imported::{Findings, Form, Imported, Place};
use crate::tables::schema::{SHEETS, Sheet, sheet};
use crate::tables::{self, Cell, Row, Table};
use ::csv::{QuoteStyle, ReaderBuilder, Terminator, WriterBuilder};
use maturity::Date;
use maturity::catalog::Catalog;
use maturity::compose::Effective;
use maturity::profile::Profile;
use maturity::project::Project;

/// Most bytes of all files together.
pub const BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most lines of all files together.
const ROWS_MAX: usize = 300_000;
/// Most values in a line.
const COLUMNS_MAX: usize = 200;

/// A file with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Name, without a folder when written here.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// The files of a project, all of them, in a fixed order; the caller writes them to a folder.
pub fn write(project: &Project, catalog: &Catalog, table: &Effective) -> Vec<File> {
    let tables = tables::write(project, catalog, table);
    let file = |(sheet, table): (&Sheet, &Table)| File {
        name: sheet.file_name(),
        bytes: file(table),
    };
    SHEETS.iter().zip(&tables).map(file).collect()
}

fn file(table: &Table) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::NonNumeric)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    // Writing to memory does not fail, and all rows are as long as the head.
    let _ = writer.write_record(&table.columns);
    for row in &table.rows {
        let _ = writer.write_record(row.cells.iter().map(value));
    }
    writer.into_inner().unwrap_or_default()
}

fn value(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Error(text) => protect(text),
        Cell::Number(number) => number.to_string(),
        Cell::Bool(value) => value.to_string(),
        Cell::Date(date) => date.to_string(),
    }
}

/// True if a spreadsheet program may take the text for a formula, behind any apostrophes.
fn is_dangerous(text: &str) -> bool {
    let first = text.trim_start_matches('\'').chars().next();
    first.is_some_and(|c| "=+-@\t\r\n＝＋－＠".contains(c))
}

fn protect(text: &str) -> String {
    match is_dangerous(text) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

fn unprotect(value: &str) -> &str {
    match value.strip_prefix('\'') {
        Some(text) if is_dangerous(text) => text,
        _ => value,
    }
}

/// Reads a project from its files; see [`tables::read()`]. Files that are not ours are listed.
pub fn read(files: &[File], catalog: &Catalog, profiles: &[Profile], today: Date) -> Imported {
    let mut findings = Findings::default();
    let mut foreign = Vec::new();
    let mut budget = Budget::default();
    let mut all = Vec::new();
    for file in files {
        let name = Table {
            name: file.name.clone(),
            form: Form::File,
            ..Table::default()
        };
        let csv = file.name.to_lowercase().ends_with(".csv");
        match sheet(name.plain_name()).filter(|_| csv) {
            Some(sheet) => all.extend(table(file, sheet, &mut budget, &mut findings)),
            None => foreign.push(format!("`{}`", file.name)),
        }
    }
    if findings.has_errors() {
        return Imported::refused(findings, foreign);
    }
    let mut imported = tables::read(&all, catalog, profiles, today);
    imported.not_read.splice(0..0, foreign);
    imported
}

/// What may still be read.
struct Budget {
    bytes: usize,
    rows: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            bytes: BYTES_MAX,
            rows: ROWS_MAX,
        }
    }
}

/// One file to a table; `None`, with a finding, if it cannot be read at all.
fn table(
    file: &File,
    sheet: &Sheet,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Option<Table> {
    let mut table = Table {
        name: file.name.clone(),
        form: Form::File,
        head: 1,
        ..Table::default()
    };
    let place = |table: &Table, line| table.place(line, None);
    let left = budget.bytes.checked_sub(file.bytes.len());
    let Some(left) = left else {
        too_much(place(&table, 0), findings);
        return None;
    };
    budget.bytes = left;
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf");
    let Ok(text) = str::from_utf8(bytes.unwrap_or(&file.bytes)) else {
        let message = "the file is not UTF-8 text".to_owned();
        let help = "save it as `CSV UTF-8`";
        findings.error(place(&table, 0), "not-utf-8", message, help);
        return None;
    };
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text, sheet))
        .from_reader(text.as_bytes());
    let mut lines = Lines::new(text);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let at = error.position().map_or(0, |at| at.byte());
                let message = "the line cannot be read as CSV".to_owned();
                let place = place(&table, lines.of(at));
                findings.error(place, "bad-csv", message, "export the file again");
                return None;
            }
        };
        let at = record.position().map_or(0, |at| at.byte());
        let line = lines.of(at);
        let Some(left) = budget
            .rows
            .checked_sub(1)
            .filter(|_| record.len() <= COLUMNS_MAX)
        else {
            too_much(place(&table, line), findings);
            return None;
        };
        budget.rows = left;
        if table.columns.is_empty() {
            table.head = line;
            table.columns = record.iter().map(str::to_owned).collect();
            continue;
        }
        let cell = |value: &str| match unprotect(value) {
            "" => Cell::Empty,
            text => Cell::Text(text.to_owned()),
        };
        let cells: Vec<Cell> = record.iter().map(cell).collect();
        let surplus = cells.iter().skip(table.columns.len());
        if surplus.clone().any(|cell| !cell.is_empty()) {
            let message = "the line has more values than there are columns".to_owned();
            let help = "put quotes around texts with commas in them";
            findings.error(place(&table, line), "surplus-value", message, help);
        }
        table.rows.push(Row { line, cells });
    }
    Some(table)
}

/// Counts lines up to a byte. The reader's own count is one short after CRLF.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    /// The line of the record that begins at a byte, or after line ends that stand there. Bytes may
    /// only go up.
    fn of(&mut self, byte: u64) -> usize {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(next) = self.text.get(self.at) {
            if self.at >= byte && !matches!(next, b'\r' | b'\n') {
                break;
            }
            self.line += usize::from(*next == b'\n');
            self.at += 1;
        }
        self.line
    }
}

fn too_much(place: Place, findings: &mut Findings) {
    let message = "there is more than is read at once".to_owned();
    let help = "at most 64 MiB, 300000 lines and 200 values in a line are read";
    findings.error(place, "too-much", message, help);
}

/// What separates the values: spreadsheet programs of many countries write `;`. The one that makes
/// most of our columns out of the first line is it; a comma if in doubt.
fn delimiter(text: &str, sheet: &Sheet) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let known = |delimiter: char| {
        let heads = first.split(delimiter);
        heads
            .filter(|head| sheet.column(head.trim().trim_matches('"')).is_some())
            .count()
    };
    let comma = known(',');
    [(';', b';'), ('\t', b'\t')]
        .into_iter()
        .find(|(delimiter, _)| known(*delimiter) > comma)
        .map_or(b',', |(_, byte)| byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn protection_is_taken_off_again_and_leaves_no_formula(text in "['=+@a\t\n-]{0,5}") {
            let written = protect(&text);
            prop_assert_eq!(unprotect(&written), text.as_str());
            prop_assert!(!written.starts_with(['=', '+', '-', '@', '\t', '\n']));
        }
    }

    #[test]
    fn the_separator_is_found() {
        let sheet = &tables::schema::ANSWERS;
        for (first, expected) in [
            ("assessment,indicator,answer", b','),
            ("assessment;\"indicator\";answer\r\nx,y", b';'),
            ("assessment\tindicator", b'\t'),
            ("", b','),
        ] {
            assert_eq!(delimiter(first, sheet), expected, "{first}");
        }
    }
}
