//! A project as a set of CSV files (RFC 4180, UTF-8), one for each table; and a single file of answers
//! for a project that exists.
//!
//! A value that a spreadsheet program would run as a formula (one that begins with `=`, `+`, `-`, `@`,
//! a tab or a line break) is written with an apostrophe before it; reading takes it off again.

mod answers;
mod records;

pub use answers::{GivenAnswers, answers};

use crate::imported::{Findings, Form, Imported, Place};
use crate::tables::schema::{SHEETS, Sheet, sheet};
use crate::tables::{self, Cell, Row, Table};
use ::csv::{QuoteStyle, Terminator, WriterBuilder};
use maturity::Date;
use maturity::catalog::Catalog;
use maturity::compose::Effective;
use maturity::profile::Profile;
use maturity::project::Project;
use records::{Record, Records};

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
    let mut budget = Budget::default();
    let mut all = Vec::new();
    for file in files {
        let name = Table {
            name: file.name.clone(),
            form: Form::File,
            ..Table::default()
        };
        match sheet(name.plain_name()) {
            Some(sheet) => all.extend(table(file, sheet, &mut budget, &mut findings)),
            // Foreign: only told.
            None => all.push(name),
        }
    }
    if findings.has_errors() {
        return Imported::refused(findings, Vec::new());
    }
    tables::read(&all, catalog, profiles, today)
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
    let text = match source::text(&file.bytes) {
        Ok(text) => text,
        Err(fault) => {
            let place = place(&table, fault.line().unwrap_or(0));
            let help = "save it as `CSV UTF-8`";
            findings.error(place, "not-utf-8", fault.to_string(), help);
            return None;
        }
    };
    let (named, text) = named_separator(text);
    let separator = named.or_else(|| separator(text, sheet));
    for record in Records::new(text, 1 + usize::from(named.is_some()), separator) {
        let Record {
            line,
            values: record,
        } = match record {
            Ok(record) => record,
            Err(broken) => {
                let message = format!("column {}: {}", broken.column, broken.what);
                let place = place(&table, broken.line);
                findings.error(place, "bad-csv", message, broken.help);
                return None;
            }
        };
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
            table.columns = record;
            continue;
        }
        let cell = |value: &str| match unprotect(value) {
            "" => Cell::Empty,
            text => Cell::Text(text.to_owned()),
        };
        let cells: Vec<Cell> = record.iter().map(|value| cell(value)).collect();
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

fn too_much(place: Place, findings: &mut Findings) {
    let message = "there is more than is read at once".to_owned();
    let help = "at most 64 MiB, 300000 lines and 200 values in a line are read";
    findings.error(place, "too-much", message, help);
}

/// What separates the values by a first line that says so (`sep=;`), and the text below it.
fn named_separator(text: &str) -> (Option<char>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let first = first.trim_end_matches('\r').trim_matches('"');
    let named = first
        .get(..4)
        .filter(|word| word.eq_ignore_ascii_case("sep="));
    let mut named = named.and(first.get(4..)).unwrap_or_default().chars();
    match (named.next(), named.next()) {
        (Some(separator), None) => (Some(separator), rest),
        _ => (None, text),
    }
}

/// What separates the values: spreadsheet programs of many countries write `;`. The one that makes
/// most of our columns out of the first line is it, or else the one that occurs most often there. Where
/// none occurs, the table has one column, and nothing separates.
fn separator(text: &str, sheet: &Sheet) -> Option<char> {
    let mut lines = text.lines();
    let first = lines.find(|line| !line.is_empty()).unwrap_or_default();
    let fits = |separator: &char| {
        let heads = first
            .split(*separator)
            .map(|head| head.trim().trim_matches('"'));
        let known = heads.clone().filter(|head| sheet.column(head).is_some());
        (known.count(), heads.count())
    };
    let all = [',', ';', '\t', '|'].into_iter().rev();
    all.filter(|separator| first.contains(*separator))
        .max_by_key(fits)
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
            ("assessment,indicator,answer", Some(',')),
            ("assessment;\"indicator\";answer\r\nx,y", Some(';')),
            ("\r\nassessment\tindicator", Some('\t')),
            ("was,wer;wann;wie", Some(';')),
            ("was,wer;wann", Some(',')),
            ("assessment\r\na,b", None),
            ("", None),
        ] {
            assert_eq!(separator(first, sheet), expected, "{first}");
        }
        for (text, expected) in [
            ("sep=;\r\na;b", (Some(';'), "a;b")),
            ("\"SEP=\t\"\na", (Some('\t'), "a")),
            ("sep=\na", (None, "sep=\na")),
            ("sepia,b", (None, "sepia,b")),
        ] {
            assert_eq!(named_separator(text), expected, "{text}");
        }
    }
}
