//! Actions and what would follow from them.

use super::parts::{Table, Width, cell};
use super::{
    Block, Chart, Section, count, link, money, people, quiet, stands, strong, text, to_actions,
    to_practice,
};
use crate::view::{Levels, View};
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
            "If every action closes what it names on its day, after those it waits for. A plan, \
             not a finding: the next assessment decides.",
        )]));
        blocks.push(Block::Table(projection(view)));
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
        let closes = task.closes.iter().map(|closes| {
            let row = view.row(&closes.indicator);
            vec![
                row.map_or_else(|| text(&closes.indicator), |row| link(&row.anchor, &row.id)),
                text(" "),
                stands(closes.stands),
            ]
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
            ("Actions", Width::Wide),
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
            line.push(quiet(format!(
                ": {} → {}",
                all(&rise.before),
                all(&rise.after)
            )));
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
            vec![to_actions(view, &step.actions)],
            rises,
            cell(text(step.met)),
        ]);
    }
    if let Some(target) = &view.target {
        let day = format!(
            "The target is for {}: {} would be reached by then",
            target.by,
            count(view.summary.planned.len(), "more target", "more targets")
        );
        table.group(&day);
    }
    table
}

/// The levels at all scopes that are defined.
fn all(levels: &Levels) -> String {
    let scopes = [
        ("general", levels.general),
        ("industry", levels.industry),
        ("system", levels.system),
    ];
    let some = scopes
        .into_iter()
        .filter_map(|(scope, level)| Some((scope, level?)));
    let some: Vec<String> = some
        .map(|(scope, level)| format!("{level} {scope}"))
        .collect();
    some.join(", ")
}
