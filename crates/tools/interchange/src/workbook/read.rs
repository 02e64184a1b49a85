//! A workbook to tables.

use super::gate;
use super::views::NAMES;
use crate::imported::{Findings, Form, Imported, Place};
use crate::tables::schema::{Sheet, sheet};
use crate::tables::{self, Cell, Row, Table};
use calamine::{DataRef, Reader as _, Xlsx, XlsxError};
use maturity::Date;
use maturity::catalog::Catalog;
use maturity::profile::Profile;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most columns of a sheet that are looked at.
const COLUMNS_MAX: usize = 200;
/// The heads of a table stand in one of so many first lines.
const HEAD_LINES: usize = 20;
/// Most cells of all sheets together, with the empty ones between.
const CELLS_MAX: usize = 4_000_000;
/// Most bytes of their texts.
const TEXTS_MAX: usize = 64 * 1024 * 1024;

/// Reads a project from a workbook; see [`tables::read()`]. Views and foreign sheets are listed.
pub fn read(bytes: &[u8], catalog: &Catalog, profiles: &[Profile], today: Date) -> Imported {
    let mut findings = Findings::default();
    let mut not_read = Vec::new();
    if !gate::pass(bytes, &mut findings) {
        return Imported::refused(findings, not_read);
    }
    // The reader of workbooks is not ours. The gate keeps away what is known to bring it down; what
    // is not known becomes a finding here.
    let found = catch_unwind(AssertUnwindSafe(|| {
        sheets(bytes, &mut findings, &mut not_read)
    }));
    let tables = match found {
        Ok(Ok(tables)) => tables,
        Ok(Err(Stop::Unreadable(error))) => {
            unreadable(&error.to_string(), &mut findings);
            return Imported::refused(findings, not_read);
        }
        Ok(Err(Stop::TooMuch(place))) => {
            let message = "there is more than is read at once".to_owned();
            let help = "remove what does not belong to the project, or import CSV or JSON";
            findings.error(place, "too-much", message, help);
            return Imported::refused(findings, not_read);
        }
        Err(_) => {
            unreadable("it is damaged", &mut findings);
            return Imported::refused(findings, not_read);
        }
    };
    let mut imported = tables::read(&tables, catalog, profiles, today);
    findings.all.append(&mut imported.findings);
    not_read.append(&mut imported.not_read);
    if findings.has_errors() {
        return Imported::refused(findings, not_read);
    }
    Imported {
        project: imported.project,
        findings: findings.all,
        not_read,
    }
}

fn unreadable(why: &str, findings: &mut Findings) {
    let message = format!("the workbook cannot be read: {why}");
    let help = "open it in a spreadsheet program and save it as an XLSX workbook";
    findings.error(Place::default(), "bad-workbook", message, help);
}

/// Why reading ends early.
enum Stop {
    Unreadable(XlsxError),
    TooMuch(Place),
}

impl From<XlsxError> for Stop {
    fn from(error: XlsxError) -> Self {
        Self::Unreadable(error)
    }
}

/// What may still be read.
struct Budget {
    cells: usize,
    text: usize,
}

fn sheets(
    bytes: &[u8],
    findings: &mut Findings,
    not_read: &mut Vec<String>,
) -> Result<Vec<Table>, Stop> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let mut budget = Budget {
        cells: CELLS_MAX,
        text: TEXTS_MAX,
    };
    let mut tables = Vec::new();
    let mut seen = BTreeSet::new();
    for name in workbook.sheet_names() {
        let view = NAMES
            .iter()
            .any(|view| tables::normal(view) == tables::normal(&name));
        match sheet(&name) {
            Some(sheet) if seen.insert(sheet.name) => {
                let merged = workbook.merge_cells_by_sheet_name(&name)?;
                let table = table(&mut workbook, &name, sheet, &mut budget, findings, not_read)?;
                if let Some(first) = merged.first() {
                    let (row, column) = first.start;
                    let place = table.place(index(row) + 1, Some(index(column)));
                    let message = format!("{} areas of merged cells", merged.len());
                    let help = "only the first cell of an area has a value; fill in the others";
                    findings.warning(place, "merged-cells", message, help);
                }
                tables.push(table);
            }
            // Its name says that it holds nothing of the project; so it is not even looked at.
            None if view => {
                not_read.push(format!("`{name}`: a view, made anew from the data"));
            }
            // Foreign, or a second one of the same name: only told.
            _ => tables.push(Table {
                name,
                ..Table::default()
            }),
        }
    }
    Ok(tables)
}

fn table(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    sheet: &Sheet,
    budget: &mut Budget,
    findings: &mut Findings,
    not_read: &mut Vec<String>,
) -> Result<Table, Stop> {
    let mut table = Table {
        name: name.to_owned(),
        form: Form::Sheet,
        ..Table::default()
    };
    let mut rows: BTreeMap<usize, Vec<Cell>> = BTreeMap::new();
    let mut formulas: Option<((usize, usize), usize)> = None;
    let mut beyond = 0_usize;
    let mut cells = workbook.worksheet_cells_reader(name)?;
    while let Some(found) = cells.next_cell_with_formula_metadata()? {
        let (row, column) = (index(found.pos.0), index(found.pos.1));
        let cell = cell(&found.value);
        let place = || table.place(row + 1, Some(column));
        if found.formula.is_some() {
            formulas.get_or_insert(((row, column), 0)).1 += 1;
        }
        if cell == Cell::Empty {
            continue;
        }
        if column >= COLUMNS_MAX {
            beyond += 1;
            continue;
        }
        let line = rows.entry(row).or_default();
        let more = (column + 1).saturating_sub(line.len());
        let text = match &cell {
            Cell::Text(text) | Cell::Error(text) => text.len(),
            _ => 0,
        };
        let left = (
            budget.cells.checked_sub(more),
            budget.text.checked_sub(text),
        );
        let (Some(left_cells), Some(left_text)) = left else {
            return Err(Stop::TooMuch(place()));
        };
        (budget.cells, budget.text) = (left_cells, left_text);
        if more > 0 {
            line.resize(column + 1, Cell::Empty);
        }
        if let Some(slot) = line.get_mut(column) {
            *slot = cell;
        }
    }
    if beyond > 0 {
        not_read.push(format!(
            "`{name}`: {beyond} cells beyond column {COLUMNS_MAX}"
        ));
    }
    let head = head_line(&rows, sheet);
    for (at, cells) in rows {
        match head {
            Some(head) if at < head => {
                not_read.push(format!("{}: above the heads", table.place(at + 1, None)))
            }
            Some(head) if at == head => {
                table.head = at + 1;
                table.columns = cells.iter().map(tables::words).collect();
            }
            _ => table.rows.push(Row {
                line: at + 1,
                cells,
            }),
        }
    }
    if let Some(((row, column), count)) = formulas {
        let place = table.place(row + 1, Some(column));
        let message = format!("{count} cells with formulas; their last values were read");
        let help = "put the values themselves in the cells if they should not change";
        findings.warning(place, "formula-value", message, help);
    }
    Ok(table)
}

/// The line with the most of our heads among the first; the first line if there is none.
fn head_line(rows: &BTreeMap<usize, Vec<Cell>>, sheet: &Sheet) -> Option<usize> {
    let known = |cells: &Vec<Cell>| {
        let heads = cells.iter().map(tables::words);
        heads.filter(|head| sheet.column(head).is_some()).count()
    };
    let mut best = (rows.keys().next().copied(), 0);
    for (at, cells) in rows.iter().take(HEAD_LINES) {
        let count = known(cells);
        if count > best.1 {
            best = (Some(*at), count);
        }
    }
    best.0
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX - 1)
}

fn cell(found: &DataRef<'_>) -> Cell {
    match found {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        // Whole numbers of this size do not occur in workbooks; they keep their digits.
        DataRef::Int(number) => Cell::Text(number.to_string()),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::Error(error) => Cell::Error(error.to_string()),
        DataRef::DateTime(time) => {
            let number = time.as_f64();
            let day = (1.0..2_958_466.0).contains(&number) && time.is_datetime();
            let date = day.then(|| {
                let (year, month, day, ..) = time.to_ymd_hms_milli();
                Date::new(year, month, day)
            });
            date.flatten().map_or(Cell::Number(number), Cell::Date)
        }
    }
}
