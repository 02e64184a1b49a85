//! A report as one HTML file: nothing is loaded, nothing runs, everything from outside is text.
//!
//! The policy in the file's head refuses every script, picture, font, frame and form, and every style
//! but the one whose digest it names. The project is part of the file as data, so that [`read`] gives
//! back what the report was made from.

mod data;
mod page;

pub use crate::document::Unread;
pub use data::read;

use crate::document::Document;
use crate::view::View;
use maturity::project::{Project, write_json};

/// The whole report, with the project in it.
pub fn report(view: &View, project: &Project) -> String {
    let document = Document::of(view);
    page::page(view, &document, Some(&data::block(&write_json(project))))
}

/// The one page for the board, without the project.
pub fn brief(view: &View) -> String {
    page::page(view, &Document::brief(view), None)
}
