//! A report as one Markdown document (CommonMark with tables), for reviews, wikis and diffs.
//!
//! It has no HTML and no link: texts from outside are escaped so that they stay text. At its end the
//! project stands as data in a fence longer than any run of its sign inside, and [`read`] gives it
//! back.

mod data;
mod escape;
mod write;

pub use crate::document::Unread;
pub use data::read;

use crate::document::Document;
use crate::view::View;
use maturity::project::{Project, write_json};

/// The whole report, with the project in it.
pub fn report(view: &View, project: &Project) -> String {
    let mut out = write::document(&Document::of(view));
    out.push_str(&data::block(&write_json(project)));
    out
}

/// The one page for the board, without the project.
pub fn brief(view: &View) -> String {
    write::document(&Document::brief(view))
}
