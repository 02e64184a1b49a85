//! A project of a ledger at work: what it is now, and recording what changes.

use super::book::Book;
use super::library::{Library, now_ns};
use super::summary;
use crate::Failure;
use maturity::compose::Effective;
use maturity::ledger::{Conflict, Entry, Event, State};
use maturity::project::{Project, check};
use maturity::{Date, Finding};
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
        findings: Vec<Finding>,
    },
}

impl<'b> Desk<'b> {
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
            let known = self.book.systems().unwrap_or_default();
            let help = match known.as_slice() {
                [] => "begin one with `bulkhead maturity init NAME`".to_owned(),
                known => format!("the ledger has `{}`", known.join("`, `")),
            };
            Failure::unusable(format!("there is no project `{}`", self.system), help)
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

    /// Everything that is wrong with the project as it is.
    pub fn findings(&self) -> Vec<Finding> {
        self.findings_of(&self.state)
    }

    fn findings_of(&self, state: &State) -> Vec<Finding> {
        let Some(project) = &state.project else {
            return Vec::new();
        };
        let (catalog, profiles) = (&self.library.catalog, &self.library.profiles);
        check(
            project,
            catalog,
            &project.table(catalog, profiles),
            self.today,
        )
    }

    /// Records events if they make nothing wrong that was right.
    ///
    /// # Errors
    /// The ledger cannot take them; nothing is then recorded.
    pub fn record(&mut self, author: &str, events: Vec<Event>) -> Result<Recorded, Failure> {
        if events.is_empty() {
            let conflicts = Vec::new();
            return Ok(Recorded::Done { conflicts });
        }
        let (base, at_ns) = (self.state.read, now_ns());
        let findings = self.objections(author, at_ns, &events)?;
        if !findings.is_empty() {
            return Ok(Recorded::Refused { findings });
        }
        self.book
            .record(&self.system, author, base, at_ns, &events)?;
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

    /// The errors that events would bring in.
    fn objections(
        &self,
        author: &str,
        at_ns: u64,
        events: &[Event],
    ) -> Result<Vec<Finding>, Failure> {
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
            return Err(out_of_place(conflict));
        }
        let said = |finding: &Finding| {
            let diagnostic = &finding.diagnostic;
            (diagnostic.code, diagnostic.message.clone())
        };
        // Two findings may say the same of two things: each that was there excuses one.
        let mut before: BTreeMap<_, usize> = BTreeMap::new();
        for finding in self.findings() {
            *before.entry(said(&finding)).or_default() += 1;
        }
        let mut found = self.findings_of(&after);
        found.retain(|finding| match before.get_mut(&said(finding)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => finding.diagnostic.is_error(),
        });
        Ok(found)
    }
}

fn positions(state: &State) -> impl Iterator<Item = u64> {
    state.conflicts.iter().map(|conflict| conflict.entry.stream)
}

/// A change of what was approved.
pub fn frozen(assessment: &str) -> Failure {
    Failure::unusable(
        format!("assessment `{assessment}` is frozen and cannot be changed"),
        "open a new assessment with `bulkhead maturity assess open`; if what was recorded is not what was approved, somebody who did not assess it repairs it with `bulkhead maturity import FILE --replace`",
    )
}

/// Events that cannot stand although nobody else is in the way.
fn out_of_place(conflict: &Conflict) -> Failure {
    use maturity::ledger::Reason;
    let key = &conflict.key;
    let about = conflict.entry.event.assessment().unwrap_or(key);
    match conflict.reason {
        Reason::Frozen => frozen(about),
        Reason::Empty => Failure::unusable(
            format!(
                "assessment `{about}` holds no answer and no judgement: there is nothing to approve"
            ),
            "answer first, with `bulkhead maturity assess`",
        ),
        Reason::OwnWork => Failure::unusable(
            format!(
                "`{}` assessed `{about}` and does not open what was approved",
                conflict.entry.author
            ),
            "let somebody record it with `--as` who did not assess it",
        ),
        Reason::Nowhere if key.starts_with("target:") => {
            let set = key.split(':').nth(1).unwrap_or(key);
            Failure::unusable(
                format!("there is no target set `{set}`, or no such target in it"),
                "see them with `bulkhead maturity target show`, open one with `bulkhead maturity target open`",
            )
        }
        Reason::Nowhere | Reason::SetMeanwhile => Failure::unusable(
            format!("`{key}` belongs to nothing that is there"),
            "look at what there is with `bulkhead maturity status`",
        ),
    }
}
