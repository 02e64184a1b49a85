//! Sheets to a workbook. Texts are only ever written as texts: nothing of a user becomes a formula, a
//! link or markup.

use super::style::{Style, Tone};
use super::views::ViewSheet;
use super::{Fault, TEXT_MAX};
use crate::tables::schema::{Column, Kind, Sheet};
use crate::tables::{Cell, Table};
use maturity::Date;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, ExcelDateTime, Format, IgnoreError, Worksheet,
};

/// Empty rows below the data that get the lists of possible words too.
const SPARE_ROWS: u32 = 500;
/// The line of the heads of a view, counted from 0.
const VIEW_HEAD: u32 = 3;
const A4: u8 = 9;
/// The width of columns that can still be read when printed on one page.
const PAGE_WIDTH: f64 = 220.0;
/// The height of a line of text, and the greatest that a row can have, in points.
const LINE_HEIGHT: f64 = 15.0;
const HEIGHT_MAX: f64 = 409.0;

/// Paints a view: name, what it is, heads, rows.
pub(super) fn view(sheet: &mut Worksheet, view: &ViewSheet, style: &Style) -> Result<(), Fault> {
    sheet.set_name(view.name)?;
    sheet.set_tab_color(Color::RGB(0x1F_3864));
    text(sheet, (0, 0), view.name, &style.title)?;
    text(sheet, (1, 0), &view.about, &style.about)?;
    for (at, head) in view.heads.iter().enumerate() {
        let column = column(at)?;
        sheet.set_column_width(column, head.width)?;
        text(sheet, (VIEW_HEAD, column), &head.name, &style.head)?;
    }
    let widths: Vec<f64> = view.heads.iter().map(|head| head.width).collect();
    let heads = view.heads.iter().map(|head| head.name.as_str());
    height(sheet, VIEW_HEAD, &widths, heads)?;
    for (at, row) in view.rows.iter().enumerate() {
        let line = line(at)?.saturating_add(VIEW_HEAD + 1);
        height(
            sheet,
            line,
            &widths,
            row.iter().map(|shown| says(&shown.cell)),
        )?;
        for (at, shown) in row.iter().enumerate() {
            let place = (line, column(at)?);
            // Views may be cut where a cell ends; the data sheets are whole.
            cell(sheet, place, &cut(&shown.cell), shown.tone, style)?;
        }
    }
    finish(sheet, VIEW_HEAD, view.rows.len(), &widths)
}

/// Paints a table of the project: heads in the first line, then the rows.
pub(super) fn data(
    sheet: &mut Worksheet,
    about: &Sheet,
    table: &Table,
    style: &Style,
) -> Result<(), Fault> {
    sheet.set_name(about.name)?;
    sheet.set_tab_color(Color::RGB(0x54_8235));
    for (at, own) in about.columns.iter().enumerate() {
        let column = column(at)?;
        sheet.set_column_width(column, width(own.kind))?;
        let format = match (own.kind, own.needed) {
            (Kind::Help, _) => &style.help_head,
            (_, true) => &style.head,
            (_, false) => &style.optional_head,
        };
        text(sheet, (0, column), own.name, format)?;
        choices(sheet, own, column, table.rows.len())?;
    }
    let widths: Vec<f64> = (about.columns.iter())
        .map(|column| width(column.kind))
        .collect();
    height(
        sheet,
        0,
        &widths,
        about.columns.iter().map(|column| column.name),
    )?;
    for (at, row) in table.rows.iter().enumerate() {
        let line = line(at)?.saturating_add(1);
        height(sheet, line, &widths, row.cells.iter().map(says))?;
        for (at, (own, found)) in about.columns.iter().zip(&row.cells).enumerate() {
            let place = (line, column(at)?);
            match (own.kind, found) {
                (Kind::Help, Cell::Text(found)) => text(sheet, place, found, &style.help)?,
                (Kind::Date, Cell::Empty) => {
                    sheet.write_blank(place.0, place.1, style.date(Tone::Plain))?;
                }
                (kind, Cell::Text(found)) if is_short(kind) => {
                    text(sheet, place, found, &style.short)?;
                }
                _ => cell(sheet, place, found, Tone::Plain, style)?,
            }
        }
    }
    finish(sheet, 0, table.rows.len(), &widths)
}

/// What both kinds of sheets share: fixed heads, filter, print.
fn finish(sheet: &mut Worksheet, head: u32, rows: usize, widths: &[f64]) -> Result<(), Fault> {
    let last_row = line(rows)?.saturating_add(head);
    let last_column = column(widths.len().saturating_sub(1))?;
    let fixed = last_column.min(2);
    sheet.set_freeze_panes(head + 1, fixed)?;
    sheet.autofilter(head, 0, last_row, last_column)?;
    let kind = IgnoreError::NumberStoredAsText;
    sheet.ignore_error_range(0, 0, last_row, last_column, kind)?;
    sheet.set_landscape();
    sheet.set_paper_size(A4);
    // Wide sheets go over two or three pages side by side, each with the first columns.
    let pages = match widths.iter().sum::<f64>() {
        narrow if narrow < PAGE_WIDTH => 1,
        wide if wide < 2.0 * PAGE_WIDTH => 2,
        _ => 3,
    };
    sheet.set_print_fit_to_pages(pages, 0);
    sheet.set_repeat_rows(head, head)?;
    if pages > 1 {
        sheet.set_repeat_columns(0, fixed.saturating_sub(1))?;
    }
    sheet.set_footer("&L&A&RPage &P of &N");
    Ok(())
}

/// Makes a row as high as its texts need. Some programs do that themselves, others do not.
fn height<'t>(
    sheet: &mut Worksheet,
    row: u32,
    widths: &[f64],
    texts: impl Iterator<Item = &'t str>,
) -> Result<(), Fault> {
    let lines = widths.iter().zip(texts).map(|(width, text)| {
        // A column holds about a tenth more characters than its width says; at most 280.
        let width = ((*width * 1.1) as usize).max(1);
        let lines = text.split('\n');
        lines
            .map(|line| line.chars().count().div_ceil(width).max(1))
            .sum::<usize>()
    });
    let lines = lines.max().unwrap_or(1);
    if lines > 1 {
        // Far below what a number keeps exactly.
        let points = (lines.min(100) as f64 * LINE_HEIGHT).min(HEIGHT_MAX);
        sheet.set_row_height(row, points)?;
    }
    Ok(())
}

fn says(cell: &Cell) -> &str {
    match cell {
        Cell::Text(text) | Cell::Error(text) => text,
        _ => "",
    }
}

/// Lists of the possible words, offered by the spreadsheet program.
fn choices(sheet: &mut Worksheet, own: &Column, column: u16, rows: usize) -> Result<(), Fault> {
    let words = match own.kind {
        Kind::Word(words) => words(),
        Kind::Level => vec!["0", "1", "2", "3", "4"],
        _ => return Ok(()),
    };
    let help: String = format!("One of: {}", words.join(", "));
    let list = DataValidation::new()
        .allow_list_strings(&words)?
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title("Not possible here")?
        .set_error_message(help.chars().take(255).collect::<String>())?;
    let last = line(rows)?.saturating_add(SPARE_ROWS).min(1_048_575);
    sheet.add_data_validation(1, column, last, column, &list)?;
    Ok(())
}

fn width(kind: Kind) -> f64 {
    match kind {
        Kind::Level | Kind::Part => 9.0,
        Kind::Practice | Kind::Amount | Kind::Date => 12.0,
        Kind::Name | Kind::Reference | Kind::Word(_) | Kind::Indicator => 17.0,
        Kind::List | Kind::Words(_) | Kind::Digest => 24.0,
        Kind::Text => 32.0,
        Kind::Help => 40.0,
        Kind::Long => 52.0,
    }
}

/// True for what a spreadsheet program must not take for a number when somebody edits it.
fn is_short(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Name
            | Kind::Reference
            | Kind::List
            | Kind::Indicator
            | Kind::Practice
            | Kind::Part
            | Kind::Digest
    )
}

/// Writes a cell; empty ones get their border.
fn cell(
    sheet: &mut Worksheet,
    place: (u32, u16),
    found: &Cell,
    tone: Tone,
    style: &Style,
) -> Result<(), Fault> {
    let (row, column) = place;
    match found {
        Cell::Empty => {
            sheet.write_blank(row, column, style.text(tone))?;
        }
        Cell::Text(found) | Cell::Error(found) => text(sheet, place, found, style.text(tone))?,
        Cell::Number(number) => {
            sheet.write_number_with_format(row, column, *number, style.number(tone))?;
        }
        Cell::Bool(value) => {
            text(
                sheet,
                place,
                if *value { "yes" } else { "no" },
                style.text(tone),
            )?;
        }
        Cell::Date(date) => match spreadsheet_date(*date) {
            Some(date) => {
                sheet.write_datetime_with_format(row, column, &date, style.date(tone))?;
            }
            None => text(sheet, place, &date.to_string(), style.text(tone))?,
        },
    }
    Ok(())
}

/// A text as a text.
fn text(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    format: &Format,
) -> Result<(), Fault> {
    // The writer takes a text in these tags for its own markup and writes it as it stands; in two
    // parts it is escaped like any other.
    let split = text.starts_with("<r>") && text.ends_with("</r>");
    match text.split_at_checked(3).filter(|_| split) {
        Some((first, rest)) => {
            let plain = Format::new();
            let parts = [(&plain, first), (&plain, rest)];
            sheet.write_rich_string_with_format(row, column, &parts, format)?;
        }
        None => {
            sheet.write_string_with_format(row, column, text, format)?;
        }
    }
    Ok(())
}

/// Spreadsheets count days from 1900 and are wrong before March of that year; `None` for those.
fn spreadsheet_date(date: Date) -> Option<ExcelDateTime> {
    let text = date.to_string();
    (text.as_str() >= "1900-03-01")
        .then(|| ExcelDateTime::parse_from_str(&text).ok())
        .flatten()
}

fn cut(cell: &Cell) -> Cell {
    match cell {
        Cell::Text(text) if text.encode_utf16().count() > TEXT_MAX => {
            Cell::Text(text.chars().take(TEXT_MAX / 2 - 1).chain(['…']).collect())
        }
        other => other.clone(),
    }
}

fn line(at: usize) -> Result<u32, Fault> {
    u32::try_from(at).map_err(|_| Fault::Unwritable("there are too many rows".to_owned()))
}

fn column(at: usize) -> Result<u16, Fault> {
    u16::try_from(at).map_err(|_| Fault::Unwritable("there are too many columns".to_owned()))
}
