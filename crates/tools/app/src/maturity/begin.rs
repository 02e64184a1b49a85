//! Beginning a project.

use super::book::Book;
use super::desk::{Author, Desk, may_record};
use super::library::Library;
use super::recording::Done;
use super::refusal::Refusal;
use crate::Failure;
use maturity::ledger::{Event, Header};
use maturity::project::{Person, Versioned};
use maturity::{Appetite, Date, Perspective};

/// A new project.
#[derive(Clone, Debug, PartialEq)]
pub struct New {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The system and what lies inside its boundary.
    pub boundary: String,
    /// From where targets are set.
    pub perspective: Perspective,
    /// How much risk the business bears.
    pub appetite: Appetite,
    /// What readers should know.
    pub notes: Vec<String>,
    /// The layers it uses, by name.
    pub layers: Vec<String>,
    /// Everybody who takes part.
    pub people: Vec<Person>,
}

/// A project that may begin, and who begins it.
#[derive(Clone, Debug)]
pub struct Beginning {
    author: Author,
    header: Header,
    people: Vec<Person>,
    today: Date,
}

impl Beginning {
    /// Looks at a new project before any ledger is made for it.
    ///
    /// # Errors
    /// The day has not come, a layer is not known, or it is begun by nobody who takes part.
    pub fn of(
        library: &Library,
        named: Option<&str>,
        new: New,
        today: Date,
    ) -> Result<Self, Failure> {
        may_record(today)?;
        let profiles = new.layers.iter().map(|name| layer(library, name));
        let profiles = profiles.collect::<Result<Vec<Versioned>, Refusal>>()?;
        let author = Author::among(&new.people, named).map_err(|_| match named {
            Some(named) => Refusal::TakesNoPart {
                author: named.to_owned(),
            },
            None => Refusal::BegunByNobody {},
        })?;
        let catalog = &library.catalog;
        let header = Header {
            id: new.id,
            title: new.title,
            boundary: new.boundary,
            perspective: new.perspective,
            appetite: new.appetite,
            notes: new.notes,
            catalog: Versioned {
                name: catalog.id.clone(),
                version: catalog.version.clone(),
            },
            profiles,
        };
        Ok(Self {
            author,
            header,
            people: new.people,
            today,
        })
    }

    /// Records it in a ledger.
    ///
    /// # Errors
    /// The ledger has a project of that name or cannot take it, or something is wrong with it.
    pub fn record(self, book: &Book, library: &Library) -> Result<Done, Failure> {
        let mut desk = Desk::open(book, library, &self.header.id, self.today)?;
        if desk.state.project.is_some() {
            let project = self.header.id;
            return Err(Refusal::ProjectExists { project }.into());
        }
        let says = format!("project `{}` begun", self.header.id);
        let header = self.header;
        let mut events = vec![Event::HeaderSet { header }];
        let people = self.people.into_iter();
        events.extend(people.map(|person| Event::PersonSet { person }));
        desk.perform(&self.author, events, says)
    }
}

/// A layer by name, in the version that is there.
fn layer(library: &Library, name: &str) -> Result<Versioned, Refusal> {
    let known = &library.profiles;
    match known.iter().find(|layer| layer.id == name) {
        Some(layer) => Ok(Versioned {
            name: layer.id.clone(),
            version: layer.version.clone(),
        }),
        None => Err(Refusal::NoLayer {
            layer: name.to_owned(),
            known: known.iter().map(|layer| layer.id.clone()).collect(),
        }),
    }
}
