//! Taking a project over from a file or a text: what it would change, and whether that may be.

use super::assess;
use super::desk::{Author, Desk};
use super::recording::Done;
use super::refusal::Refusal;
use super::words::Change;
use crate::Failure;
use maturity::State;
use maturity::ledger::{Event, difference};
use maturity::project::{Assessment, Project};

/// What may be done to what is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// Change and remove what the ledger has.
    pub replace: bool,
    /// Change what was approved: it is opened again, which is recorded.
    pub reopen: bool,
}

/// What a text would change in a project.
#[derive(Debug)]
pub struct Changes(Vec<Event>);

/// Who records a project that is not in the ledger yet: one of its own people.
///
/// # Errors
/// It has no such person, or several and none is named.
pub fn author_among(project: &Project, named: Option<&str>) -> Result<Author, Failure> {
    Ok(Author::among(&project.people, named)?)
}

impl Changes {
    /// All of a project that the ledger does not have.
    pub fn new_project(project: &Project) -> Self {
        Self(difference(None, project))
    }

    /// What a project as it is written changes in the one that is there.
    ///
    /// # Errors
    /// They are not the same project.
    pub fn between(desk: &Desk<'_>, written: &Project) -> Result<Self, Failure> {
        if written.id != desk.system {
            let refusal = Refusal::OtherProject {
                written: written.id.clone(),
                project: desk.system.clone(),
            };
            return Err(refusal.into());
        }
        Ok(Self(difference(desk.state.project.as_ref(), written)))
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each thing that changes, in words.
    pub fn list(&self) -> Vec<Change> {
        self.0.iter().map(Change::of).collect()
    }

    /// Records them.
    ///
    /// # Errors
    /// They go further than they may, sign for somebody else, would make the project wrong, or the ledger
    /// refuses them.
    pub fn record(self, desk: &mut Desk<'_>, author: &Author, may: May) -> Result<Done, Failure> {
        if may.replace
            && !may.reopen
            && let Some(assessment) = self.reopened(desk)
        {
            let assessment = assessment.to_owned();
            return Err(Refusal::Frozen { assessment }.into());
        }
        desk.may_replace(&self.0, may.replace)?;
        self.signed_by_themselves(desk, author)?;
        // What a new project brings along is as its file says, and so is an assessment that comes frozen.
        let begun = desk.state.project.is_some();
        let comes_frozen = |id: &str| {
            let mut events = self.0.iter();
            events.any(
                |event| matches!(event, Event::Approved { assessment, .. } if assessment == id),
            )
        };
        let known = |event: &&Event| {
            event
                .assessment()
                .is_some_and(|id| desk.has_assessment(id) || begun && !comes_frozen(id))
        };
        assess::were_computed(desk, self.0.iter().filter(known))?;
        let recorded = match self.0.len() {
            1 => "1 entry".to_owned(),
            count => format!("{count} entries"),
        };
        let says = format!("{recorded} recorded for `{}`", desk.system);
        desk.perform(author, self.0, says)
    }

    /// Refuses reviews and approvals of what the ledger has already in a name that is not the author's own,
    /// and of their own work: a file is no way round. What the ledger has as signed stays signed, unless
    /// what it stands for changes without being opened again.
    fn signed_by_themselves(&self, desk: &Desk<'_>, author: &Author) -> Result<(), Failure> {
        for event in &self.0 {
            let (Event::Reviewed { assessment, signed } | Event::Approved { assessment, signed }) =
                event
            else {
                continue;
            };
            if !desk.has_assessment(assessment) {
                continue;
            }
            let project = desk.state.project.as_ref();
            let known = project.and_then(|project| project.assessment(assessment));
            let approves = matches!(event, Event::Approved { .. });
            let stands = known.and_then(|known| match approves {
                true => known.approved.as_ref(),
                false => known.reviewed.as_ref(),
            });
            let (by, author) = (signed.by.clone(), author.as_str());
            let own = known.is_some_and(|known| known.assessors.iter().any(|one| one == author));
            if stands == Some(signed) && self.reopens(assessment) {
                continue;
            }
            let (author, assessment) = (author.to_owned(), assessment.clone());
            match (stands == Some(signed), known) {
                (true, Some(known)) => self.as_reviewed(known, desk)?,
                _ if by != author => {
                    let refusal = Refusal::SignedByAnother {
                        author,
                        assessment,
                        by,
                    };
                    return Err(refusal.into());
                }
                _ if own && approves => return Err(Refusal::OwnWork { author, assessment }.into()),
                _ => {}
            }
        }
        Ok(())
    }

    fn reopens(&self, id: &str) -> bool {
        let is =
            |event: &Event| matches!(event, Event::Reopened { assessment } if assessment == id);
        self.0.iter().any(is)
    }

    /// Refuses that an assessment goes on as reviewed by somebody else although its facts changed since, or
    /// change by this.
    fn as_reviewed(&self, known: &Assessment, desk: &Desk<'_>) -> Result<(), Failure> {
        let changed = self.0.iter().map(Event::key);
        let mut changed = changed.filter(|about| assess::is_fact(known, about));
        let changed = match changed.next() {
            Some(about) => Some(about.to_string()),
            None => assess::changed_since_review(known, desk)?,
        };
        match changed {
            None => Ok(()),
            Some(about) => {
                let assessment = known.id.clone();
                Err(Refusal::ChangedAfterReview { assessment, about }.into())
            }
        }
    }

    /// An approved assessment that they open again.
    fn reopened(&self, desk: &Desk<'_>) -> Option<&str> {
        let project = desk.state.project.as_ref()?;
        let frozen = |id: &str| {
            let known = project.assessment(id);
            known.is_some_and(|known| known.state == State::Frozen)
        };
        self.0.iter().find_map(|event| match event {
            Event::Reopened { assessment } if frozen(assessment) => Some(assessment.as_str()),
            _ => None,
        })
    }
}
