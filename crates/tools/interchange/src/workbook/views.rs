//! The view sheets: what the engine found, as tables to look at. They are not read back.

mod overview;
mod practices;
mod time;

use super::style::Tone;
use crate::tables::Cell;
use crate::tables::schema::SHEETS;
use maturity::{Date, Found, Level, Scope};
use report::view::View;

/// What is said of the whole workbook.
pub(super) const NOTICE: &str = "Sheets with a blue tab are views and are not read on import; sheets with a green tab are the data.";

/// The names of the view sheets; on import they are passed over.
pub(super) const NAMES: [&str; 10] = [
    "About",
    "Overview",
    "Status",
    "Roll-up",
    "Blockers",
    "Duties",
    "History",
    "Projection",
    "Roadmap",
    "Indicators",
];

/// A head of a column.
pub(super) struct Head {
    pub(super) name: String,
    pub(super) width: f64,
}

/// A cell and how it looks.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub(super) cell: Cell,
    pub(super) tone: Tone,
}

/// A view sheet.
pub(super) struct ViewSheet {
    pub(super) name: &'static str,
    /// One line below the name.
    pub(super) about: String,
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<Vec<Shown>>,
}

impl ViewSheet {
    fn new(name: &'static str, about: &str, heads: &[(&str, f64)]) -> Self {
        let head = |(name, width): &(&str, f64)| Head {
            name: (*name).to_owned(),
            width: *width,
        };
        Self {
            name,
            about: format!("A view, made anew from the data; not read on import. {about}"),
            heads: heads.iter().map(head).collect(),
            rows: Vec::new(),
        }
    }

    fn row(&mut self, row: impl Into<Vec<Shown>>) {
        self.rows.push(row.into());
    }
}

/// All view sheets, in the order in which they are shown.
pub(super) fn all(view: &View) -> Vec<ViewSheet> {
    vec![
        about(view),
        overview::overview(view),
        practices::status(view),
        overview::rollup(view),
        practices::blockers(view),
        time::duties(view),
        time::history(view),
        time::projection(view),
        time::roadmap(view),
        practices::indicators(view),
    ]
}

/// What the sheets are and what their colours mean.
fn about(view: &View) -> ViewSheet {
    let heads = [("sheet", 24.0), ("kind", 14.0), ("what it shows", 100.0)];
    let mut sheet = ViewSheet::new("About", NOTICE, &heads);
    let views = [
        ("Overview", "where the system stands, on one page"),
        (
            "Status",
            "target, current level at each scope, gap and surplus of each practice",
        ),
        (
            "Roll-up",
            "minimum and distribution for all practices, domains and subdomains; never a mean",
        ),
        (
            "Blockers",
            "the smallest set of indicators between a practice and its target or next level",
        ),
        (
            "Duties",
            "what is demanded from outside, and whether it is reached",
        ),
        ("History", "the levels that each assessment found"),
        (
            "Projection",
            "the levels that follow if every action closes what it names: a plan, not a finding",
        ),
        (
            "Roadmap",
            "the actions, when they take effect and what they close",
        ),
        (
            "Indicators",
            "where each indicator stands, who vouches for it and the answers behind it",
        ),
    ];
    for (name, says) in views {
        sheet.row([strong(name), text("view"), text(says)]);
    }
    for data in SHEETS {
        sheet.row([
            strong(data.name),
            text("data"),
            text(&format!("one row: {}", data.about)),
        ]);
    }
    let rules = [
        (
            "heads of data sheets",
            "dark blue: every row needs it; light blue: may stay empty; grey: helps the reader and is not read on import",
        ),
        (
            "several names in a cell",
            "separated by a semicolon or a line break",
        ),
        (
            "import",
            "every cell that cannot be used is reported; nothing is imported unless everything can be",
        ),
        (
            "formulas",
            "there are none; if you put some into data sheets, their last values are read",
        ),
    ];
    for (what, says) in rules {
        sheet.row([strong(what), text("rule"), text(says)]);
    }
    for level in &view.levels {
        let says = format!("{}: {}", level.name, level.requirement);
        let name = format!("level {}", level.level);
        sheet.row([strong(&name), text("meaning"), text(&says)]);
    }
    sheet.row([strong("notice"), text("catalog"), text(&view.about.notice)]);
    sheet
}

fn text(text: &str) -> Shown {
    toned(text, Tone::Plain)
}

fn strong(text: &str) -> Shown {
    toned(text, Tone::Strong)
}

fn toned(text: &str, tone: Tone) -> Shown {
    let cell = match text.is_empty() {
        true => Cell::Empty,
        false => Cell::Text(text.to_owned()),
    };
    Shown { cell, tone }
}

fn count(count: usize) -> Shown {
    // Counts of rows are far below what a number keeps exactly.
    let cell = Cell::Number(count as f64);
    let tone = Tone::Plain;
    Shown { cell, tone }
}

fn day(day: Option<Date>) -> Shown {
    let cell = day.map_or(Cell::Empty, Cell::Date);
    let tone = Tone::Plain;
    Shown { cell, tone }
}

fn level(level: Level) -> Shown {
    let cell = Cell::Number(f64::from(level.number()));
    let tone = Tone::Plain;
    Shown { cell, tone }
}

/// A level, or that there is none at its scope.
fn reached(found: Found) -> Shown {
    match found {
        Found::Level(number) => level(number),
        found => toned(&found.to_string(), Tone::Quiet),
    }
}

fn word(word: impl std::fmt::Display) -> Shown {
    text(&word.to_string())
}

fn lines<S: AsRef<str>>(items: impl IntoIterator<Item = S>) -> String {
    let items: Vec<S> = items.into_iter().collect();
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    items.join("\n")
}

/// The scopes, from wide to narrow.
const SCOPES: [Scope; 3] = [Scope::General, Scope::Industry, Scope::System];
