//! A project as plain tables, one for each of its lists, and back without loss. The workbook and the
//! CSV files are two ways to write these tables down.
//!
//! Reading is kind to what spreadsheet programs and people do: columns in another order, further
//! columns, spaces around words, capital letters, numbers kept as text and texts kept as numbers,
//! empty rows, practices by their names. It is strict about everything else: each cell that cannot be
//! used is reported with its place, and a project is only given if nothing was wrong.

mod cell;
mod check;
mod line;
mod list;
mod project;
mod read;
mod rows;
pub mod schema;
mod seal;
mod write;

pub use read::read;
pub use write::write;

pub(crate) use check::{Places, findings_of};
pub(crate) use line::Known;
pub(crate) use project::{answer, forget_places};
pub(crate) use read::{head, no_column, sort};
pub(crate) use rows::each_line;
pub(crate) use schema::normal;

use crate::imported::{Form, Place};
use maturity::Date;

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// A day.
    Date(Date),
    /// An error of a spreadsheet program, such as `#N/A`.
    Error(String),
}

impl Cell {
    /// True if there is nothing in it but spaces.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// A row and where it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Row of the sheet or line of the file, from 1.
    pub line: usize,
    /// The cells, in the order of the columns; missing ones are empty.
    pub cells: Vec<Cell>,
}

/// A table: a sheet or a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Name of the sheet or file.
    pub name: String,
    /// Sheet or file.
    pub form: Form,
    /// The line of the heads of the columns.
    pub head: usize,
    /// The heads of the columns, by position.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

impl Table {
    /// The name without what only files have: the folder, and the ending of a file of ours.
    pub fn plain_name(&self) -> &str {
        match self.form {
            Form::Sheet => &self.name,
            Form::File => {
                let file = self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name);
                let stem = file.len().saturating_sub(4);
                match file.split_at_checked(stem) {
                    Some((stem, end)) if end.eq_ignore_ascii_case(".csv") => stem,
                    _ => file,
                }
            }
        }
    }

    /// A place in the table.
    pub(crate) fn place(&self, line: usize, column: Option<usize>) -> Place {
        let header = column.and_then(|column| self.columns.get(column));
        Place {
            form: self.form,
            table: self.name.clone(),
            line,
            column,
            header: header.cloned().unwrap_or_default(),
        }
    }
}

/// Most characters of a text, as spreadsheet programs count them (UTF-16 units).
pub(crate) use maturity::project::TEXT_MAX;

/// What a cell says, as a text.
pub(crate) fn words(cell: &Cell) -> String {
    cell::text(cell)
}
