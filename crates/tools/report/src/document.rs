//! The content of a report, before it has a form: sections of paragraphs, tables and figures.
//!
//! [`Document::of`] puts a view into the order in which a board, then a consultant, then a doubter
//! reads it; `html` and `markdown` give it a form and add nothing. Every level is a link to the
//! indicators it rests on, and these show the answers they rest on. Texts from outside are kept as
//! they are; the forms make them harmless.

mod brief;
mod duties;
mod parts;
mod plan;
mod practice;
mod sources;
mod standing;
pub(crate) mod text;
mod unread;

use crate::view::{Anchor, PracticeView, Stands, Verdict, View, Who};
use maturity::{Found, Level, Scope};
use std::collections::BTreeSet;
use std::fmt;

pub use parts::{Cell, Column, Figures, Inline, Line, Row, Table, Tone, Width};
pub use unread::Unread;

/// A chart of the view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chart {
    /// [`crate::chart::bars`].
    Bars,
    /// [`crate::chart::heat_map`].
    HeatMap,
    /// [`crate::chart::radar`].
    Radar,
    /// [`crate::chart::vouched`].
    Vouched,
    /// [`crate::chart::found`].
    Found,
    /// [`crate::chart::gantt`].
    Gantt,
    /// [`crate::chart::journey`] of the practice with that id.
    Journey(String),
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading inside the section; the deeper the smaller, from 3.
    Heading(u8, Option<Anchor>, Line),
    /// A paragraph.
    Para(Line),
    /// The sentence that matters most.
    Lead(Line),
    /// Something that must not be overlooked.
    Warning(Line),
    /// A list.
    List(Vec<Line>),
    /// Names and what belongs to them.
    Facts(Vec<(String, Vec<Line>)>),
    /// A few numbers at a glance.
    Figures(Vec<Figures>),
    /// A table.
    Table(Table),
    /// The numbers of the chart before, as a table; it may be folded away where they can be seen.
    Numbers(Table),
    /// A chart with what it shows; its numbers stand in a table of the document too.
    Chart(Chart, String),
    /// Two things side by side where there is room.
    Columns(Vec<Block>, Vec<Block>),
}

/// A section.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Where it is.
    pub anchor: Anchor,
    /// Its title.
    pub title: String,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Title of the system.
    pub title: String,
    /// What kind of document, from when, for what.
    pub about: Vec<Line>,
    /// What it holds.
    pub sections: Vec<Section>,
}

impl Document {
    /// The whole report.
    pub fn of(view: &View) -> Self {
        let mut sections = vec![
            brief::section(view),
            standing::section(view),
            duties::section(view),
            plan::section(view),
            standing::over_time(view),
        ];
        sections.push(practice::section(view));
        sections.extend(sources::sections(view));
        Self {
            title: view.about.title.clone(),
            about: about(view),
            sections,
        }
    }

    /// The one page for the board.
    pub fn brief(view: &View) -> Self {
        Self {
            title: view.about.title.clone(),
            about: about(view),
            sections: vec![brief::section(view)],
        }
    }
}

impl Document {
    /// The places that others can point to.
    pub fn anchors(&self) -> BTreeSet<&str> {
        let mut all = BTreeSet::new();
        for section in &self.sections {
            all.insert(section.anchor.as_str());
            for block in &section.blocks {
                match block {
                    Block::Heading(_, Some(anchor), _) => {
                        all.insert(anchor);
                    }
                    Block::Table(table) | Block::Numbers(table) => {
                        let rows = table.rows.iter();
                        all.extend(rows.filter_map(|row| match row {
                            Row::Cells(anchor, _) => anchor.as_deref(),
                            Row::Group(_) => None,
                        }));
                    }
                    _ => {}
                }
            }
        }
        all
    }
}

fn about(view: &View) -> Vec<Line> {
    let assessed = match &view.assessment {
        Some(assessment) => vec![
            text(format!("{}, ", assessment_name(assessment.kind))),
            quoted(&assessment.id),
            text(format!(
                ", {} to {}, {}",
                assessment.from,
                assessment.to,
                state(assessment.state)
            )),
        ],
        None => vec![text("Not assessed yet")],
    };
    let target = match &view.target {
        Some(target) => vec![
            text("Target "),
            quoted(target.title.as_ref().unwrap_or(&target.id)),
            text(format!(", to be reached by {}", target.by)),
        ],
        None => vec![text("No target yet")],
    };
    let seen = format!(
        "Seen by the {}; state of {}",
        view.about.perspective, view.about.today
    );
    vec![assessed, target, vec![text(seen)]]
}

fn assessment_name(kind: maturity::AssessmentType) -> &'static str {
    match kind {
        maturity::AssessmentType::OwnParty => "Self-assessment",
        maturity::AssessmentType::SecondParty => "Second-party assessment",
        maturity::AssessmentType::ThirdParty => "Third-party assessment",
    }
}

fn state(state: maturity::State) -> &'static str {
    match state {
        maturity::State::Draft => "draft",
        maturity::State::FactualReview => "in factual review",
        maturity::State::Frozen => "approved and closed",
    }
}

fn text(text: impl fmt::Display) -> Inline {
    Inline::Text(text.to_string())
}

fn strong(text: impl fmt::Display) -> Inline {
    Inline::Strong(text.to_string())
}

fn quiet(text: impl fmt::Display) -> Inline {
    Inline::Quiet(text.to_string())
}

fn code(text: impl fmt::Display) -> Inline {
    Inline::Code(text.to_string())
}

/// Somebody's own words.
fn quoted(text: &str) -> Inline {
    Inline::Text(format!("“{text}”"))
}

fn link(anchor: &Anchor, text: impl fmt::Display) -> Inline {
    Inline::Link(anchor.clone(), text.to_string())
}

/// A link to a practice by id.
fn to_practice(view: &View, id: &str) -> Line {
    match view.practice(id) {
        Some(practice) => vec![
            link(&practice.anchor, &practice.id),
            text(" "),
            text(&practice.name),
        ],
        None => vec![text(id)],
    }
}

/// Links to practices by id, joined.
fn to_practices<'i>(view: &'i View, ids: impl IntoIterator<Item = &'i String>) -> Line {
    let to = |id: &String| view.practice(id).map(|practice| &practice.anchor);
    joined(ids.into_iter().map(|id| (id, to(id))))
}

/// Links to actions by name, joined.
fn to_actions(view: &View, ids: &[String]) -> Line {
    let to = |id: &String| view.actions.iter().find(|task| task.id == *id);
    joined(ids.iter().map(|id| (id, to(id).map(|task| &task.anchor))))
}

fn joined<'i>(all: impl Iterator<Item = (&'i String, Option<&'i Anchor>)>) -> Line {
    let mut line = Vec::new();
    for (id, anchor) in all {
        if !line.is_empty() {
            line.push(text(", "));
        }
        line.push(anchor.map_or_else(|| text(id), |anchor| link(anchor, id)));
    }
    line
}

/// Names of people, joined.
fn people<'v>(all: impl IntoIterator<Item = &'v Who>) -> String {
    let names: Vec<&str> = all.into_iter().map(|who| who.name.as_str()).collect();
    names.join(", ")
}

/// A level, that it is not judged, or a dash where it is undefined.
fn level(found: Found) -> String {
    match found {
        Found::Undefined => found.sign(),
        found => found.to_string(),
    }
}

/// A level with its scope.
fn at(level: Level, scope: Scope) -> String {
    format!("{level} {scope}")
}

/// How a practice stands, as a mark.
fn verdict(practice: &PracticeView) -> Inline {
    let tone = match practice.verdict {
        Verdict::Met => Tone::Good,
        Verdict::Short => Tone::Bad,
        Verdict::ScopeOnly | Verdict::NotJudged => Tone::Doubt,
        Verdict::NothingWanted | Verdict::Excluded | Verdict::NoTarget => Tone::None,
    };
    Inline::Mark(tone, practice.says_verdict())
}

/// How an indicator stands, as a mark.
fn stands(stands: Stands) -> Inline {
    let tone = match stands {
        Stands::Attested | Stands::Computed | Stands::Judged => Tone::Good,
        Stands::No => Tone::Bad,
        Stands::Partly | Stands::Unknown => Tone::Doubt,
        Stands::Missing | Stands::NotApplicable => Tone::None,
    };
    Inline::Mark(tone, stands.label().to_owned())
}

/// `1 practice`, `2 practices`.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A range of money with its digits in groups.
fn money(money: &crate::view::Money) -> String {
    let (least, most) = (digits(money.least), digits(money.most));
    match least == most {
        true => format!("{most} {}", money.currency),
        false => format!("{least} to {most} {}", money.currency),
    }
}

fn digits(number: u64) -> String {
    let plain = number.to_string();
    let mut out = String::new();
    for (at, c) in plain.chars().enumerate() {
        if at > 0 && (plain.len() - at).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        let shown = [0, 999, 1000, 1_234_567].map(|n| digits(n).replace('\u{a0}', "_"));
        assert_eq!(shown, ["0", "999", "1_000", "1_234_567"]);
        assert_eq!(
            digits(u64::MAX)
                .chars()
                .filter(char::is_ascii_digit)
                .count(),
            20
        );
    }
}
