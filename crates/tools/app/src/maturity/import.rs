//! Taking a project over from a file or a text: what it would change, and whether that may be.

use super::desk::{Author, Desk, Done};
use super::refusal::Refusal;
use super::words::Change;
use crate::Failure;
use maturity::State;
use maturity::ledger::{Event, difference};
use maturity::project::Project;

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
    /// They go further than they may, would make the project wrong, or the ledger refuses them.
    pub fn record(self, desk: &mut Desk<'_>, author: &Author, may: May) -> Result<Done, Failure> {
        if may.replace
            && !may.reopen
            && let Some(assessment) = self.reopened(desk)
        {
            let assessment = assessment.to_owned();
            return Err(Refusal::Frozen { assessment }.into());
        }
        let held = |event: &&Event| desk.state.held.contains_key(&event.key());
        let replaced: Vec<&Event> = self.0.iter().filter(held).collect();
        if !replaced.is_empty() && !may.replace {
            let changes = replaced.into_iter().map(Change::of).collect();
            return Err(Refusal::Replaces { changes }.into());
        }
        let recorded = match self.0.len() {
            1 => "1 entry".to_owned(),
            count => format!("{count} entries"),
        };
        let says = format!("{recorded} recorded for `{}`", desk.system);
        desk.perform(author, self.0, says)
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
