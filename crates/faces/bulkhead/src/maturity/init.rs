//! Beginning a project.

use super::arguments::Init;
use super::context::Context;
use crate::show;
use app::maturity::book::Book;
use app::maturity::desk::{Desk, may_record};
use app::{Exit, Failure};
use maturity::ledger::{Event, Header};
use maturity::project::{Person, Versioned};
use source::Span;

/// Makes the ledger if there is none, and the project in it.
pub fn perform(context: &Context, init: Init) -> Result<Exit, Failure> {
    may_record(context.today)?;
    let layers = profiles(context, &init.profile)?;
    let author = match (&context.common.author, init.person.as_slice()) {
        (Some(author), _) => author.clone(),
        (None, [(only, _, _)]) => only.clone(),
        (None, _) => {
            return Err(Failure::unusable(
                "it is not said who you are",
                "name at least one `--person`, and say with `--as` which of them you are",
            ));
        }
    };
    if !init.person.iter().any(|(id, _, _)| *id == author) {
        return Err(Failure::unusable(
            format!("you are `{author}`, and no person of that name takes part"),
            format!("add `--person {author}=\"Full name, role\"`"),
        ));
    }
    let (book, made) = open_or_create(context)?;
    let mut desk = Desk::open(&book, &context.library, &init.name, context.today)?;
    if desk.state.project.is_some() {
        return Err(Failure::unusable(
            format!("the ledger already has a project `{}`", init.name),
            "choose another name, or change it with `bulkhead maturity edit`",
        ));
    }
    let catalog = &context.library.catalog;
    let header = Header {
        id: init.name.clone(),
        title: init.title,
        boundary: init.boundary,
        perspective: init.perspective,
        appetite: init.appetite,
        notes: init.note,
        catalog: Versioned {
            name: catalog.id.clone(),
            version: catalog.version.clone(),
        },
        profiles: layers,
    };
    let mut events = vec![Event::HeaderSet { header }];
    events.extend(
        init.person
            .into_iter()
            .map(|(id, name, role)| Event::PersonSet {
                person: Person {
                    id,
                    name,
                    role,
                    at: Span::default(),
                },
            }),
    );
    let name = &init.name;
    let exit = context.record(
        &mut desk,
        &author,
        events,
        &format!("project `{name}` begun"),
    )?;
    if made {
        let ledger = store::shown(&context.common.ledger);
        show::people(&format!("ledger `{ledger}` made\n"));
    }
    show::people(
        "next: goals and concerns with `bulkhead maturity edit`, then `bulkhead maturity target propose`\n",
    );
    Ok(exit)
}

/// Whether the ledger is there; a server always is until it is asked.
pub fn ledger_exists(context: &Context) -> bool {
    context.ledger_file().is_none_or(|file| file.exists())
}

/// Opens the ledger, or makes it if it is not there yet.
pub fn open_or_create(context: &Context) -> Result<(Book, bool), Failure> {
    let address = &context.common.ledger;
    if !ledger_exists(context) {
        return Ok((Book::create(address)?, true));
    }
    match Book::open(address) {
        Ok(book) => Ok((book, false)),
        Err(failure) if context.ledger_file().is_some() => Err(failure),
        // A server may be there and have no ledger yet.
        Err(failure) => Book::create(address)
            .map(|book| (book, true))
            .map_err(|_| failure),
    }
}

/// Layers by name, in the version that is there.
fn profiles(context: &Context, names: &[String]) -> Result<Vec<Versioned>, Failure> {
    let known = &context.library.profiles;
    let find = |name: &String| {
        let found = known.iter().find(|layer| layer.id == *name);
        let names: Vec<&str> = known.iter().map(|layer| layer.id.as_str()).collect();
        let unknown = || {
            Failure::unusable(
                format!("there is no layer `{name}`"),
                format!(
                    "the layers are `{}`; your own are found with `--layers`",
                    names.join("`, `")
                ),
            )
        };
        let layer = found.ok_or_else(unknown)?;
        Ok(Versioned {
            name: layer.id.clone(),
            version: layer.version.clone(),
        })
    };
    names.iter().map(find).collect()
}
