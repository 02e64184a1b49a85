//! A project of a ledger at work: what it is now, and who works on it.

use super::book::Book;
use super::library::{self, Library};
use super::refusal::Refusal;
use crate::Failure;
use maturity::catalog::Catalog;
use maturity::compose::Effective;
use maturity::ledger::{Key, State};
use maturity::project::{Person, Project, check};
use maturity::{Date, Located};

/// A project of a ledger.
#[derive(Debug)]
pub struct Desk<'b> {
    /// The ledger.
    pub book: &'b Book,
    /// Catalog and layers.
    pub library: &'b Library,
    /// Name of the project.
    pub system: String,
    /// What it is now.
    pub state: State,
    /// The day.
    pub today: Date,
}

/// Somebody of a project, in whose name something is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author(String);

impl Author {
    /// One of these people: the one named, or the only one there is.
    pub(super) fn among(people: &[Person], named: Option<&str>) -> Result<Self, Refusal> {
        let known = || people.iter().map(|person| person.id.clone()).collect();
        match (named, people) {
            (Some(named), people) if people.iter().any(|person| person.id == named) => {
                Ok(Self(named.to_owned()))
            }
            (Some(named), _) => Err(Refusal::UnknownAuthor {
                author: named.to_owned(),
                known: known(),
            }),
            (None, [only]) => Ok(Self(only.id.clone())),
            (None, _) => Err(Refusal::NoAuthor { known: known() }),
        }
    }

    /// The short name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Nothing is recorded as of a day that has not come.
///
/// # Errors
/// It has not.
pub fn may_record(today: Date) -> Result<(), Failure> {
    match today > library::today() {
        true => Err(Refusal::NotYet { today }.into()),
        false => Ok(()),
    }
}

impl<'b> Desk<'b> {
    /// Opens a project to change it: the one named, or the only one there is.
    ///
    /// # Errors
    /// The day has not come, there is no such project, or the ledger cannot be read.
    pub fn to_change(
        book: &'b Book,
        library: &'b Library,
        named: Option<&str>,
        today: Date,
    ) -> Result<Self, Failure> {
        may_record(today)?;
        let desk = Self::open(book, library, &book.system(named)?, today)?;
        desk.project()?;
        Ok(desk)
    }

    /// Who asks: the person named, or the only one the project has.
    ///
    /// # Errors
    /// The project has no such person, or several and none is named.
    pub fn author(&self, named: Option<&str>) -> Result<Author, Failure> {
        let people = self.state.project.as_ref();
        let people = people.map_or(&[] as &[Person], |project| &project.people);
        Ok(Author::among(people, named)?)
    }

    /// Opens a project; it need not exist yet.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn open(
        book: &'b Book,
        library: &'b Library,
        system: &str,
        today: Date,
    ) -> Result<Self, Failure> {
        Ok(Self {
            state: book.state(system)?,
            system: system.to_owned(),
            book,
            library,
            today,
        })
    }

    /// The project.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn project(&self) -> Result<&Project, Failure> {
        self.state.project.as_ref().ok_or_else(|| {
            let refusal = Refusal::NoProject {
                project: self.system.clone(),
                known: self.book.systems().unwrap_or_default(),
            };
            refusal.into()
        })
    }

    /// Catalog and layers of the project.
    ///
    /// # Errors
    /// There is no project.
    pub fn table(&self) -> Result<Effective, Failure> {
        let project = self.project()?;
        Ok(project.table(&self.library.catalog, &self.library.profiles))
    }

    /// What is wrong with the project as it is, as much as is shown.
    pub fn findings(&self) -> Vec<Located> {
        self.found(&self.state, check)
    }

    /// What one of the examinations of a project says of it in some state.
    pub(super) fn found(
        &self,
        state: &State,
        by: fn(&Project, &Catalog, &Effective, Date) -> Vec<Located>,
    ) -> Vec<Located> {
        let Some(project) = &state.project else {
            return Vec::new();
        };
        let (catalog, profiles) = (&self.library.catalog, &self.library.profiles);
        let table = project.table(catalog, profiles);
        by(project, catalog, &table, self.today)
    }

    /// Whether an assessment is, or was, in the ledger.
    pub(super) fn has_assessment(&self, id: &str) -> bool {
        let key = Key::Assessment(id.to_owned());
        self.state.held.contains_key(&key)
    }
}
