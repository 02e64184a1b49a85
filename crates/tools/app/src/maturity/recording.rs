//! Recording what changes in a project of a ledger.

use super::book::Measured;
use super::desk::{Author, Desk, may_record};
use super::findings;
use super::library::now_ns;
use super::refusal::Refusal;
use super::summary;
use super::words::Change;
use crate::Failure;
use maturity::ledger::{Conflict, Entry, Event, Key, State};
use maturity::project::{Evidence, errors};
use maturity::{Located, State as Stage, shown};
use std::collections::{BTreeMap, BTreeSet};

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

/// Something that was done to a project.
#[derive(Debug)]
pub struct Done {
    /// What is so now, in one sentence.
    pub says: String,
    /// What somebody else had set meanwhile: theirs stands, and somebody decides.
    pub conflicts: Vec<Conflict>,
}

impl Desk<'_> {
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
            Recorded::Refused { findings } => Err(findings::faults(
                findings.iter().map(findings::said).collect(),
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
