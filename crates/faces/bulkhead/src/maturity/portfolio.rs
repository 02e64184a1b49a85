//! Every project of a ledger at a glance, from what is kept beside the entries.

use super::context::Context;
use super::table::{Cell, Look, table};
use crate::show;
use crate::style::Style;
use app::maturity::book::Book;
use app::maturity::summary::{self, Portfolio};
use app::{Exit, Failure};

/// Where every project stands: the most unmet targets first.
pub fn perform(context: &Context, book: &Book) -> Result<Exit, Failure> {
    let portfolio = summary::portfolio(book, &context.library, context.today)?;
    if context.machine() {
        show::machine(&portfolio);
        return Ok(Exit::Good);
    }
    let style = Style::stdout();
    let Portfolio {
        systems, practices, ..
    } = &portfolio;
    let rows: Vec<Vec<Cell>> = systems
        .iter()
        .map(|stands| {
            let open = stands.short + stands.scope_only + stands.unjudged;
            let on = stands.on.map_or("–".to_owned(), |on| on.to_string());
            vec![
                Cell::from(&stands.project),
                Cell::from(on),
                Cell::from(stands.met),
                Cell::from(open).look(match (open, stands.met) {
                    (0, 1..) if stands.on.is_some() => Look::Good,
                    (0, _) => Look::Plain,
                    _ => Look::Bad,
                }),
                Cell::from(stands.duties).look(if stands.duties > 0 {
                    Look::Bad
                } else {
                    Look::Plain
                }),
                Cell::from(&stands.title),
            ]
        })
        .collect();
    let head = [
        "project",
        "assessed",
        "met",
        "unmet",
        "duties unmet",
        "title",
    ];
    let mut text = table(&head, &rows, style);
    let rows: Vec<Vec<Cell>> = practices
        .iter()
        .map(|(practice, counts)| {
            let counts = counts
                .iter()
                .map(|(value, count)| format!("{value}: {count}"));
            let name = context.library.catalog.practice(practice);
            vec![
                Cell::from(practice),
                Cell::from(name.map_or("", |practice| practice.title.name.as_str())),
                Cell::from(counts.collect::<Vec<_>>().join(" · ")),
            ]
        })
        .collect();
    text.push_str("\nHow many projects are at each level, each at the scope of its own target:\n");
    text.push_str(&table(&["", "practice", "level: projects"], &rows, style));
    show::people(&text);
    Ok(Exit::Good)
}
