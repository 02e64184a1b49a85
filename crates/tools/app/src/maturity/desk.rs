//! A project of a ledger at work: what it is now, and recording what changes.

use super::book::{Book, Measured};
use super::formats;
use super::library::{self, Library, now_ns};
use super::refusal::Refusal;
use super::summary;
use super::words::Change;
use crate::Failure;
use maturity::catalog::Catalog;
use maturity::compose::Effective;
use maturity::ledger::{Conflict, Entry, Event, Key, State};
use maturity::project::{Evidence, Person, Project, check, errors};
use maturity::{Date, Located, State as Stage, shown};
use std::collections::{BTreeMap, BTreeSet};

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

/// What became of events.
#[derive(Debug)]
pub enum Recorded {
    /// They are in the ledger. What somebody else had set meanwhile is kept beside it.
    Done {
        /// Those of the events that did not come to stand.
        conflicts: Vec<Conflict>,
    },
    /// They would make the project wrong; nothing was recorded.
    Refused {
        /// Why.
        findings: Vec<Located>,
    },
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

/// Something that was done to a project.
#[derive(Debug)]
pub struct Done {
    /// What is so now, in one sentence.
    pub says: String,
    /// What somebody else had set meanwhile: theirs stands, and somebody decides.
    pub conflicts: Vec<Conflict>,
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

    fn found(
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

    /// Refuses events that change or remove what the ledger has, unless they may.
    pub(super) fn may_replace(&self, events: &[Event], allowed: bool) -> Result<(), Refusal> {
        let held = |event: &&Event| self.state.held.contains_key(&event.key());
        let changes: Vec<Change> = events.iter().filter(held).map(Change::of).collect();
        match changes.is_empty() || allowed {
            true => Ok(()),
            false => Err(Refusal::Replaces { changes }),
        }
    }

    /// Records events if they make nothing wrong that was right.
    pub(super) fn record(
        &mut self,
        author: &Author,
        events: Vec<Event>,
    ) -> Result<Recorded, Failure> {
        self.record_with(author, events, None)
    }

    /// Records events if they make nothing wrong that was right, and only then keeps their file.
    fn record_with(
        &mut self,
        author: &Author,
        events: Vec<Event>,
        file: Option<&mut Measured>,
    ) -> Result<Recorded, Failure> {
        if events.is_empty() {
            let conflicts = Vec::new();
            return Ok(Recorded::Done { conflicts });
        }
        may_record(self.today)?;
        let author = author.as_str();
        let (base, at_ns) = (self.state.read, now_ns());
        let findings = self.objections(author, at_ns, &events)?;
        if !findings.is_empty() {
            return Ok(Recorded::Refused { findings });
        }
        self.book
            .record(&self.system, (author, base, at_ns), &events, file)?;
        let known: BTreeSet<u64> = positions(&self.state).collect();
        self.book.follow(&self.system, &mut self.state)?;
        summary::refresh(self)?;
        let mine = |conflict: &&Conflict| {
            let entry = &conflict.entry;
            !known.contains(&entry.stream) && entry.author == author && entry.at_ns == at_ns
        };
        let conflicts = self.state.conflicts.iter().filter(mine).cloned().collect();
        Ok(Recorded::Done { conflicts })
    }

    /// Does one thing: records its events, or says everything that is wrong with them.
    pub(super) fn perform(
        &mut self,
        author: &Author,
        events: Vec<Event>,
        says: String,
    ) -> Result<Done, Failure> {
        self.perform_with(author, events, None, says)
    }

    /// As [`Desk::perform`], with the file that the events refer to.
    pub(super) fn perform_with(
        &mut self,
        author: &Author,
        events: Vec<Event>,
        file: Option<&mut Measured>,
        says: String,
    ) -> Result<Done, Failure> {
        match self.record_with(author, events, file)? {
            Recorded::Done { conflicts } => Ok(Done { says, conflicts }),
            Recorded::Refused { findings } => Err(formats::faults(
                findings.iter().map(formats::said).collect(),
            )),
        }
    }

    /// The errors that events would bring in.
    fn objections(
        &self,
        author: &str,
        at_ns: u64,
        events: &[Event],
    ) -> Result<Vec<Located>, Failure> {
        if let Some(refusal) = self.approved_evidence(events) {
            return Err(refusal.into());
        }
        let mut after = self.state.clone();
        for event in events {
            after.apply(&Entry {
                stream: after.read + 1,
                at_ns,
                author: author.to_owned(),
                base: self.state.read,
                event: event.clone(),
            });
        }
        let known: BTreeSet<u64> = positions(&self.state).collect();
        if let Some(conflict) = (after.conflicts.iter()).find(|c| !known.contains(&c.entry.stream))
        {
            return Err(out_of_place(conflict).into());
        }
        let said = |finding: &Located| {
            let diagnostic = &finding.diagnostic;
            (diagnostic.code, diagnostic.message.clone())
        };
        // Two findings may say the same of two things: each that was there excuses one.
        let mut before: BTreeMap<_, usize> = BTreeMap::new();
        for finding in self.found(&self.state, errors) {
            *before.entry(said(&finding)).or_default() += 1;
        }
        let mut found = self.found(&after, errors);
        found.retain(|finding| match before.get_mut(&said(finding)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        });
        Ok(shown(found))
    }

    /// Evidence that events would replace although a frozen assessment, which they do not open again,
    /// rests on it.
    fn approved_evidence(&self, events: &[Event]) -> Option<Refusal> {
        let project = self.state.project.as_ref()?;
        let opened: BTreeSet<&str> = (events.iter())
            .filter_map(|event| match event {
                Event::Reopened { assessment } => Some(assessment.as_str()),
                _ => None,
            })
            .collect();
        let closed = (project.assessments.iter())
            .filter(|one| one.state == Stage::Frozen && !opened.contains(one.id.as_str()));
        let cited: BTreeMap<&str, &str> = closed
            .flat_map(|one| one.cited().map(|evidence| (evidence, one.id.as_str())))
            .collect();
        let known: BTreeMap<&str, &Evidence> = (project.evidence.iter())
            .map(|known| (known.id.as_str(), known))
            .collect();
        events.iter().find_map(|event| {
            let Event::EvidenceAttached { evidence } = event else {
                return None;
            };
            let assessment = cited.get(evidence.id.as_str())?;
            let known = known.get(evidence.id.as_str())?;
            (*known != evidence).then(|| Refusal::EvidenceOfFrozen {
                evidence: evidence.id.clone(),
                assessment: (*assessment).to_owned(),
            })
        })
    }
}

fn positions(state: &State) -> impl Iterator<Item = u64> {
    state.conflicts.iter().map(|conflict| conflict.entry.stream)
}

/// Events that cannot stand although nobody else is in the way.
fn out_of_place(conflict: &Conflict) -> Refusal {
    use maturity::ledger::Reason;
    let key = &conflict.key;
    // An entry that is refused for its stage is about an assessment.
    let assessment = conflict.entry.event.assessment();
    let assessment = assessment.map_or_else(|| key.to_string(), str::to_owned);
    match conflict.reason {
        Reason::Frozen => Refusal::Frozen { assessment },
        Reason::Empty => Refusal::Empty { assessment },
        Reason::OwnWork => Refusal::OwnWork {
            author: conflict.entry.author.clone(),
            assessment,
        },
        Reason::Nowhere | Reason::SetMeanwhile => match key {
            Key::Target { set, .. } => Refusal::NoTarget { set: set.clone() },
            key => Refusal::Nowhere {
                key: key.to_string(),
            },
        },
    }
}
