//! Duties from outside, kept apart from targets.

use super::brief::below_reading;
use super::parts::{Cell, Inline, Table, Tone, Width, cell};
use super::{Block, Section, at, level, link, quiet, strong, text, to_practice};
use crate::view::{Demanded, Due, View};

pub(super) fn section(view: &View) -> Section {
    let mut blocks = vec![Block::Para(vec![text(
        "What is demanded from outside, with the day it binds. A minimum is no target: targets say \
         what the business wants. Which levels a duty asks for is the reading of those who wrote \
         the project, not a legal opinion: a minimum that is reached does not show that the law is kept.",
    )])];
    let mut table = Table::new(
        "Minimums that duties demand",
        &[
            ("Practice", Width::Wide),
            ("Minimum", Width::Narrow),
            ("Found", Width::Tiny),
            ("Standing", Width::Narrow),
            ("Why", Width::Wide),
        ],
    );
    for obliged in &view.obligations {
        let since = obliged.says_since();
        let title = format!("{}: {}, {since}", obliged.id, obliged.source);
        table.group(&title);
        for due in &obliged.minimums {
            let found = match view.practice(&due.practice) {
                Some(practice) => link(&practice.anchor, level(due.current)),
                None => text(level(due.current)),
            };
            table.row(vec![
                vec![to_practice(view, &due.practice)],
                cell(text(at(due.level, due.scope))),
                cell(found),
                cell(standing(due)),
                why(due),
            ]);
        }
    }
    blocks.push(match table.is_empty() {
        true => Block::Para(vec![text("None are recorded.")]),
        false => Block::Table(table),
    });
    for obliged in &view.obligations {
        if let Some(unset) = obliged.says_unset() {
            let line = vec![
                strong(format!("{}: ", obliged.id)),
                text(format!("{unset}.")),
            ];
            blocks.push(Block::Para(line));
        }
    }
    Section {
        anchor: "duties".to_owned(),
        title: "Duties from outside".to_owned(),
        blocks,
    }
}

fn why(due: &Due) -> Cell {
    let mut cell = vec![vec![quiet(&due.because)]];
    cell.extend(below_reading(due).map(|words| vec![strong("perhaps too low: "), text(words)]));
    cell
}

/// How a demand stands.
pub(super) fn standing(due: &Due) -> Inline {
    let tone = match due.stands {
        Demanded::Reached | Demanded::Nothing if due.reading.is_some() => Tone::Doubt,
        Demanded::Reached => Tone::Good,
        Demanded::Below => Tone::Bad,
        Demanded::NotYet | Demanded::NotJudged => Tone::Doubt,
        Demanded::Nothing | Demanded::Excluded => Tone::None,
    };
    Inline::Mark(tone, due.stands.label().to_owned())
}
