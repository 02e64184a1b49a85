//! Charts of a view as SVG: own writers, no script, no font, nothing loaded from elsewhere.
//!
//! Each chart tells by shape and text what it tells by colour, so that it can be read in black and
//! white; it has a title and a description for those who cannot see it, and the report puts the same
//! numbers beside it as a table. The same view gives the same bytes.
//!
//! `id` is written into the names inside a chart, which must be unique in a document: letters, digits
//! and `-`.

mod bars;
mod found;
mod gantt;
mod heat;
mod journey;
mod radar;
mod svg;
mod time;
mod vouched;

pub use bars::bars;
pub use found::found;
pub use gantt::gantt;
pub use heat::heat_map;
pub use journey::journey;
pub use radar::radar;
pub use vouched::vouched;

use crate::view::{PracticeView, Verdict, View};

/// The width of wide charts, in user units.
const WIDTH: f64 = 760.0;
/// Space for the id and the name of a practice.
const NAMES: f64 = 356.0;

/// Practices of the view with a flag where a new domain begins.
fn by_domain(view: &View) -> impl Iterator<Item = (bool, &PracticeView)> {
    let mut before = None;
    view.practices.iter().map(move |practice| {
        let first = before.replace(&practice.domain) != Some(&practice.domain);
        (first, practice)
    })
}

/// The name of a domain.
fn domain_name<'v>(view: &'v View, id: &str) -> &'v str {
    let found = view.parts.iter().find(|part| part.id == id);
    found.map_or("", |part| part.name.as_str())
}

/// How many practices stand how to their target, in words.
fn counted(view: &View) -> String {
    let count = |wanted: Verdict| {
        let own = view.practices.iter().filter(|one| one.verdict == wanted);
        own.count()
    };
    let all = Verdict::ALL
        .iter()
        .map(|verdict| (*verdict, count(*verdict)));
    let some = all.filter(|(_, count)| *count > 0);
    let words: Vec<String> = some
        .map(|(verdict, count)| format!("{count} {}", verdict.label()))
        .collect();
    format!("{} practices: {}.", view.practices.len(), words.join(", "))
}
