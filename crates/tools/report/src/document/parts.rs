//! The smaller pieces of a document.

use crate::view::Anchor;

/// How a mark is meant. Its words say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As wanted.
    Good,
    /// Not as wanted.
    Bad,
    /// Neither, or not known.
    Doubt,
    /// Counts nowhere.
    None,
}

impl Tone {
    /// A sign that says the same without colour.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Bad => "✗",
            Self::Doubt => "◐",
            Self::None => "–",
        }
    }
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain.
    Text(String),
    /// Stressed.
    Strong(String),
    /// Less important.
    Quiet(String),
    /// A name from the project or the catalog, or a digest.
    Code(String),
    /// A way to another place of the document.
    Link(Anchor, String),
    /// A verdict.
    Mark(Tone, String),
}

/// Text on a line.
pub type Line = Vec<Inline>;

/// How much room a column needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// As much as there is.
    Wide,
    /// A few words.
    Narrow,
    /// A number or a sign; held in the middle.
    Tiny,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its title.
    pub title: String,
    /// How much room it needs.
    pub width: Width,
}

/// A cell: lines, one below the other.
pub type Cell = Vec<Line>;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A title over the rows that follow.
    Group(String),
    /// One cell for each column, and where the row is, if others point to it.
    Cells(Option<Anchor>, Vec<Cell>),
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, each with as many cells as there are columns.
    pub rows: Vec<Row>,
}

/// A number at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The number.
    pub number: String,
    /// What it counts.
    pub counts: String,
    /// How it is meant.
    pub tone: Tone,
}

impl Table {
    /// A table without rows.
    pub(super) fn new(caption: &str, columns: &[(&str, Width)]) -> Self {
        let column = |(title, width): &(&str, Width)| Column {
            title: (*title).to_owned(),
            width: *width,
        };
        Self {
            caption: caption.to_owned(),
            columns: columns.iter().map(column).collect(),
            rows: Vec::new(),
        }
    }

    pub(super) fn group(&mut self, title: &str) {
        self.rows.push(Row::Group(title.to_owned()));
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row::Cells(None, cells));
    }

    pub(super) fn row_at(&mut self, anchor: &Anchor, cells: Vec<Cell>) {
        self.rows.push(Row::Cells(Some(anchor.clone()), cells));
    }

    /// True if there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A cell of one line with one piece.
pub(super) fn cell(inline: Inline) -> Cell {
    vec![vec![inline]]
}
