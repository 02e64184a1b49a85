//! Actions, their cost, the levels that would follow, and one page for the board.

use super::arguments::{Meant, Plan, Planning};
use super::context::Context;
use super::standing::{heading, levels_text};
use super::table::{Cell, Look, paragraph, table};
use crate::show;
use crate::style::Style;
use app::maturity::view::{Money, Task, View};
use app::maturity::{actions, written};
use app::{Exit, Failure};
use maturity::Status;
use maturity::project::{Action, Cost};
use source::Span;

/// Shows or changes the plan.
pub fn perform(
    context: &Context,
    command: Option<Plan>,
    brief: bool,
    meant: &Meant,
) -> Result<Exit, Failure> {
    match command {
        Some(command) => change(context, command),
        None => {
            let view = context.view(meant)?;
            if context.machine() {
                show::machine(&view);
            } else if brief {
                show::people(&written::brief(&view));
            } else {
                show::people(&text(&view));
            }
            Ok(Exit::Good)
        }
    }
}

fn text(view: &View) -> String {
    let style = Style::stdout();
    let mut text = heading(view, style);
    if view.actions.is_empty() {
        text.push_str("Nothing is planned yet: `bulkhead maturity plan add`.\n");
        return text;
    }
    let rows: Vec<Vec<Cell>> = view.actions.iter().map(row).collect();
    let head = [
        "action", "is", "due", "effect", "cost", "owner", "closes", "what",
    ];
    text.push_str(&table(&head, &rows, style));
    let summary = &view.summary;
    for money in &summary.cost {
        let cost = show::printable(&money.says());
        text.push_str(&format!("open actions cost {cost}\n"));
    }
    match summary.actions_without_cost {
        0 => {}
        1 => text.push_str("1 open action has no cost yet\n"),
        many => text.push_str(&format!("{many} open actions have no cost yet\n")),
    }
    if !summary.answers_newer.is_empty() {
        let newer = summary.answers_newer.join("`, `");
        text.push_str(&paragraph(
            &format!(
                "the actions answer what `{newer}` found, after the assessment shown here: what they reach is not projected on older findings; look at it with `--assessment {}`",
                summary.answers_newer.last().map_or("", String::as_str)
            ),
            0,
        ));
        return text;
    }
    text.push_str("\nIf each closes what it names (a plan, not a finding):\n");
    for step in &view.projection {
        let mut happens = step.actions.join(", ");
        let waited = step.waited(&view.actions);
        if !waited.is_empty() {
            let apart = if happens.is_empty() { "" } else { "; " };
            let waited = waited.join(", ");
            happens.push_str(&format!("{apart}{waited}: the period has passed"));
        }
        text.push_str(&format!(
            "  {} · {} · {} met\n",
            step.on,
            show::printable(&happens),
            show::count(step.met, "target")
        ));
        for rise in &step.rises {
            let line = format!(
                "{} {}: {} → {}",
                rise.practice,
                rise.name,
                levels_text(&rise.before),
                levels_text(&rise.after)
            );
            text.push_str(&paragraph(&line, 6));
        }
    }
    if !summary.planned.is_empty() {
        text.push_str(&format!(
            "targets that would be met in time: {}\n",
            summary.planned.join(", ")
        ));
    }
    for later in &summary.later {
        let waits = later.waits.iter();
        let waits = waits.map(|wait| format!("{} covers {}", wait.indicator, wait.covers));
        let waits: Vec<String> = waits.collect();
        let because = match waits.as_slice() {
            [] => String::new(),
            some => format!(", because {}", some.join(", ")),
        };
        text.push_str(&format!(
            "met only on {}: {}{because}\n",
            later.on, later.practice
        ));
    }
    let closes = view.actions.iter().flat_map(|task| &task.closes);
    for closes in closes.filter(|closes| closes.found_otherwise) {
        text.push_str(&format!(
            "{} was to be closed by an action that is done, and the assessment found otherwise\n",
            closes.indicator
        ));
    }
    text
}

fn row(task: &Task) -> Vec<Cell> {
    let cost = task.cost.as_ref().map_or("–".to_owned(), Money::says);
    let closes: Vec<&str> = task
        .closes
        .iter()
        .map(|one| one.indicator.as_str())
        .collect();
    let status = if task.late {
        format!("{}, LATE", task.status)
    } else {
        task.status.to_string()
    };
    let look = match task.status {
        _ if task.late => Look::Bad,
        // What is done is not yet found.
        Status::Done if task.closes.iter().all(|closes| closes.stands.is_yes()) => Look::Good,
        Status::Cancelled => Look::Dim,
        Status::Planned | Status::Started | Status::Done => Look::Plain,
    };
    vec![
        Cell::from(&task.id),
        Cell::from(status).look(look),
        Cell::from(task.due),
        Cell::from(
            task.effect
                .map_or("never".to_owned(), |day| day.to_string()),
        ),
        Cell::from(cost),
        Cell::from(task.owner.as_ref().map_or("–", |who| who.name.as_str())),
        Cell::from(closes.join(" ")),
        Cell::from(&task.title),
    ]
}

fn change(context: &Context, command: Plan) -> Result<Exit, Failure> {
    let book = context.book()?;
    let mut desk = context.desk(&book)?;
    let author = context.author(&desk)?;
    let done = match command {
        Plan::Add(planning) => actions::plan(&mut desk, &author, action(planning)),
        Plan::Mark { action, status } => actions::mark(&mut desk, &author, &action, status),
    };
    Ok(context.done(&done?))
}

fn action(planning: Planning) -> Action {
    let cost = planning.cost.map(|(least, most, currency)| Cost {
        least,
        most,
        currency,
        at: Span::default(),
    });
    Action {
        id: planning.action,
        title: planning.title,
        closes: planning.closes,
        owner: planning.owner,
        due: planning.due,
        cost,
        after: planning.after,
        since: planning.since,
        evidence: planning.evidence,
        status: Status::Planned,
        at: Span::default(),
    }
}
