//! What was found over time, and everything that was recorded.

use super::arguments::Meant;
use super::context::Context;
use super::table::{Cell, table};
use crate::show;
use crate::style::Style;
use app::maturity::documents::Entries;
use app::maturity::library::moment;
use app::maturity::view::View;
use app::maturity::words;
use app::{Exit, Failure};
use maturity::Found;

/// Shows the course of every practice, or the entries.
pub fn perform(context: &Context, entries: bool, meant: &Meant) -> Result<Exit, Failure> {
    if entries {
        return recorded(context);
    }
    let view = context.view(meant)?;
    if context.machine() {
        show::machine(&view);
        return Ok(Exit::Good);
    }
    show::people(&course(&view));
    Ok(Exit::Good)
}

fn course(view: &View) -> String {
    let style = Style::stdout();
    let mut head = vec!["".to_owned(), "practice".to_owned(), "scope".to_owned()];
    head.extend(
        view.history
            .iter()
            .map(|seen| format!("{} {}", show::printable(&seen.assessment), seen.on)),
    );
    head.push("wanted · demanded".to_owned());
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let rows: Vec<Vec<Cell>> = (view.practices.iter())
        .map(|one| {
            let course = &one.course;
            let mut row = vec![
                Cell::from(&one.id),
                Cell::from(&one.name),
                Cell::from(course.scope),
            ];
            row.extend(
                course
                    .reached
                    .iter()
                    .map(|reached| Cell::from(cell(reached.level))),
            );
            let wanted = course
                .wanted
                .iter()
                .map(|wanted| format!("{} {} by {}", wanted.level, wanted.scope, wanted.by));
            let demanded = course.minimums.iter().map(|least| {
                format!(
                    "{} {} from {} ({})",
                    least.level, least.scope, least.from, least.obligation
                )
            });
            row.push(Cell::from(
                wanted.chain(demanded).collect::<Vec<_>>().join(" · "),
            ));
            row
        })
        .collect();
    let mut text = format!("{}\n\n", style.bold(&show::printable(&view.about.title)));
    text.push_str(&table(&head, &rows, style));
    text.push_str("\n  each assessment as it was seen then, at the scope of the target\n");
    let mut found = view.practices.iter().flat_map(|one| &one.course.reached);
    if found.any(|reached| reached.level == Found::NotJudged) {
        text.push_str(
            "  not judged at this scope: nobody said anything that decides level 1 there\n",
        );
    }
    text
}

/// What was found, a dash where there is nothing to find.
fn cell(found: Found) -> String {
    match found {
        Found::Undefined => found.sign(),
        found => found.to_string(),
    }
}

fn recorded(context: &Context) -> Result<Exit, Failure> {
    let book = context.book()?;
    let desk = context.desk(&book)?;
    let entries = book.entries(&desk.system, 0)?;
    if context.machine() {
        show::machine(&Entries {
            format: Entries::FORMAT,
            project: desk.system.clone(),
            entries,
        });
        return Ok(Exit::Good);
    }
    let style = Style::stdout();
    let rows: Vec<Vec<Cell>> = entries
        .iter()
        .map(|entry| {
            vec![
                Cell::from(entry.stream),
                Cell::from(moment(entry.at_ns)),
                Cell::from(&entry.author),
                Cell::from(words::event(&entry.event)),
                Cell::from(entry.event.key()),
            ]
        })
        .collect();
    show::people(&table(
        &["entry", "recorded (UTC)", "by", "what", "about"],
        &rows,
        style,
    ));
    Ok(Exit::Good)
}
