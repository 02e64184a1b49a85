//! A project as a workbook (XLSX), as consultants expect it: views first, then the data, one sheet for
//! each table. No cell holds a formula or a link.
//!
//! Views show what the engine found and are not read back; the data sheets are the project, whole.
//! Reading is done by a reader that is not ours, behind a gate of ours: see [`read()`].

mod gate;
mod paint;
mod read;
mod style;
mod views;

pub use gate::{FILE_MAX, UNPACKED_MAX};
pub use read::read;

use crate::imported::{Form, Place};
use crate::tables;
use maturity::catalog::Catalog;
use maturity::compose::Effective;
use maturity::project::Project;
use report::view::View;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use std::fmt;

/// Most characters (UTF-16 units) that a cell can hold.
const TEXT_MAX: usize = 32_767;

/// Why there is no workbook.
#[derive(Debug)]
pub enum Fault {
    /// A text is longer than a cell can hold.
    LongText {
        /// The cell it belongs in.
        place: Place,
    },
    /// The workbook cannot hold it, for another reason.
    Unwritable(String),
}

impl Fault {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::LongText { .. } => "text-too-long",
            Self::Unwritable(_) => "workbook-unwritable",
        }
    }

    /// What to do next.
    pub fn help(&self) -> String {
        match self {
            Self::LongText { .. } => {
                format!("shorten the text to {TEXT_MAX} characters, or export CSV or JSON")
            }
            Self::Unwritable(_) => "export CSV or JSON".to_owned(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LongText { place } => {
                write!(f, "the text for cell `{place}` is too long for a workbook")
            }
            Self::Unwritable(why) => write!(f, "the workbook cannot be written: {why}"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<XlsxError> for Fault {
    fn from(error: XlsxError) -> Self {
        Self::Unwritable(error.to_string())
    }
}

/// Writes the workbook of a project; the same for the same input, byte by byte. `view` is what the
/// view sheets show, `table` the one the project is assessed against.
pub fn write(
    project: &Project,
    view: &View,
    catalog: &Catalog,
    table: &Effective,
) -> Result<Vec<u8>, Fault> {
    let mut workbook = Workbook::new();
    let tables = tables::write(project, catalog, table);
    for table in &tables {
        check_texts(table)?;
    }
    let about = DocProperties::new()
        .set_title(view.about.title.chars().take(200).collect::<String>())
        .set_comment(views::NOTICE);
    // A fixed day instead of the clock, so that equal input gives equal bytes.
    let today = view.about.today.to_string();
    let day = ExcelDateTime::parse_from_str(&today);
    let day = day.or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1))?;
    workbook.set_properties(&about.set_creation_datetime(&day));
    let style = style::Style::new();
    for sheet in views::all(view) {
        paint::view(workbook.add_worksheet(), &sheet, &style)?;
    }
    for (sheet, table) in tables::schema::SHEETS.iter().zip(&tables) {
        paint::data(workbook.add_worksheet(), sheet, table, &style)?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// Texts of the project are never cut: what does not fit is refused.
fn check_texts(table: &tables::Table) -> Result<(), Fault> {
    for row in &table.rows {
        for (at, cell) in row.cells.iter().enumerate() {
            let tables::Cell::Text(text) = cell else {
                continue;
            };
            if text.encode_utf16().count() > TEXT_MAX {
                let place = Place {
                    form: Form::Sheet,
                    table: table.name.clone(),
                    line: row.line,
                    column: Some(at),
                    header: table.columns.get(at).cloned().unwrap_or_default(),
                };
                return Err(Fault::LongText { place });
            }
        }
    }
    Ok(())
}
