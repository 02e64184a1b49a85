//! Beginning a project.

use super::arguments::Init;
use super::context::Context;
use crate::show;
use app::maturity::begin::{Beginning, New};
use app::maturity::book::{self, Book};
use app::{Exit, Failure};
use maturity::project::Person;
use source::Span;

/// Makes the ledger if there is none, and the project in it.
pub fn perform(context: &Context, init: Init) -> Result<Exit, Failure> {
    let address = &context.common.ledger;
    let named = context.common.author.as_deref();
    let beginning = Beginning::of(&context.library, named, new(init), context.today)?;
    let (book, made) = Book::open_or_create(address)?;
    let exit = context.done(&beginning.record(&book, &context.library)?);
    if made {
        show::people(&format!("ledger `{}` made\n", book::shown(address)));
    }
    show::people(
        "next: goals and concerns with `bulkhead maturity edit`, then `bulkhead maturity target propose`\n",
    );
    Ok(exit)
}

fn new(init: Init) -> New {
    let people = init.person.into_iter().map(|(id, name, role)| Person {
        id,
        name,
        role,
        at: Span::default(),
    });
    New {
        id: init.name,
        title: init.title,
        boundary: init.boundary,
        perspective: init.perspective,
        appetite: init.appetite,
        notes: init.note,
        layers: init.profile,
        people: people.collect(),
    }
}
