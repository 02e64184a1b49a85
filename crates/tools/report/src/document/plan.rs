//! Actions and what would follow from them.

use super::brief::answers_newer;
use super::parts::{Cell, Table, Width, cell};
use super::{
    Block, Chart, Section, count, link, money, people, quiet, stands, strong, text, to_actions,
    to_practice,
};
use crate::view::{Step, View};
use maturity::Status;

pub(super) fn section(view: &View) -> Section {
    let mut blocks = Vec::new();
    if view.actions.is_empty() {
        blocks.push(Block::Para(vec![text("No actions are planned yet.")]));
    } else {
        let caption = "Actions and the time left for each; titles in full stand in the table";
        blocks.push(Block::Chart(Chart::Gantt, caption.to_owned()));
        blocks.push(Block::Table(actions(view)));
        blocks.push(Block::Heading(3, None, vec![text("Projected levels")]));
        blocks.push(Block::Para(vec![text(
            "If every action closes what it names, after those it waits for: on its day, or, where an \
             indicator covers a period, when the period has passed since then or since earlier \
             evidence. A plan, not a finding: the next assessment decides.",
        )]));
        match answers_newer(view) {
            Some(line) => blocks.push(Block::Warning(line)),
            None => blocks.push(Block::Table(projection(view))),
        }
    }
    Section {
        anchor: "plan".to_owned(),
        title: "Plan".to_owned(),
        blocks,
    }
}

fn actions(view: &View) -> Table {
    let mut table = Table::new(
        "Actions",
        &[
            ("Action", Width::Wide),
            ("Who", Width::Narrow),
            ("Due", Width::Narrow),
            ("Cost", Width::Narrow),
            ("Closes", Width::Wide),
        ],
    );
    for task in &view.actions {
        let mut what = vec![vec![strong(&task.title)], vec![quiet(&task.id)]];
        if !task.after.is_empty() {
            let mut waits = vec![quiet("waits for ")];
            waits.extend(to_actions(view, &task.after));
            what.push(waits);
        }
        let mut due = vec![vec![text(task.due)], vec![quiet(task.status)]];
        if task.late {
            due.push(vec![strong("late")]);
        }
        match task.effect {
            Some(effect) if effect > task.due => {
                due.push(vec![quiet(format!("takes effect {effect}"))]);
            }
            None if task.status != Status::Cancelled => {
                due.push(vec![strong("never takes effect")])
            }
            _ => {}
        }
        if let Some(since) = task.since {
            let words = format!("since {since}, as {} shows", task.evidence.join(", "));
            due.push(vec![quiet(words)]);
        }
        let closes = task.closes.iter().map(|closes| {
            let row = view.row(&closes.indicator);
            let mut line = vec![
                row.map_or_else(|| text(&closes.indicator), |row| link(&row.anchor, &row.id)),
                text(" "),
                stands(closes.stands),
            ];
            match (&closes.covers, closes.counts) {
                _ if closes.found_otherwise => {
                    line.push(strong(" found otherwise after it was done"));
                }
                (Some(covers), Some(day)) => {
                    line.push(quiet(format!(" covers {covers}: counts from {day}")));
                }
                _ => {}
            }
            line
        });
        let owner = people(task.owner.as_ref());
        table.row_at(
            &task.anchor,
            vec![
                what,
                cell(if owner.is_empty() {
                    quiet("nobody yet")
                } else {
                    text(owner)
                }),
                due,
                cell(
                    task.cost
                        .as_ref()
                        .map_or_else(|| quiet("not known"), |cost| text(money(cost))),
                ),
                closes.collect(),
            ],
        );
    }
    table
}

fn projection(view: &View) -> Table {
    let mut table = Table::new(
        "What would be reached on which day",
        &[
            ("Day", Width::Narrow),
            ("Actions and what counts", Width::Wide),
            ("Rises", Width::Wide),
            ("Targets met", Width::Tiny),
        ],
    );
    let now = view.summary.met;
    table.row(vec![
        cell(text(format!("{} (today)", view.about.today))),
        Vec::new(),
        Vec::new(),
        cell(text(now)),
    ]);
    for step in &view.projection {
        let rises = step.rises.iter().map(|rise| {
            let mut line = to_practice(view, &rise.practice);
            line.push(quiet(format!(": {} → {}", rise.before, rise.after)));
            line
        });
        let mut rises: Vec<_> = rises.collect();
        if rises.is_empty() {
            rises.push(vec![quiet("no level yet")]);
        }
        let past = if step.on < view.about.today {
            " (past)"
        } else {
            ""
        };
        table.row(vec![
            cell(text(format!("{}{past}", step.on))),
            happens(view, step),
            rises,
            cell(text(step.met)),
        ]);
    }
    if let Some(target) = &view.target {
        let day = format!(
            "The target is for {}: {} would be reached by then, {} later",
            target.by,
            count(view.summary.planned.len(), "more target", "more targets"),
            view.summary.later.len()
        );
        table.group(&day);
    }
    table
}

/// What happens on a day: actions take effect, and indicators count whose period has passed.
fn happens(view: &View, step: &Step) -> Cell {
    let mut cell = Vec::new();
    if !step.actions.is_empty() {
        cell.push(to_actions(view, &step.actions));
    }
    let waited = step.waited(&view.actions);
    if !waited.is_empty() {
        let words = format!("{}: the period has passed", waited.join(", "));
        cell.push(vec![quiet(words)]);
    }
    cell
}
