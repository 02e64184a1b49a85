//! Actions and what they wait for.

use super::Check;
use crate::fault;
use crate::project::Action;
use crate::words::Status;
use std::collections::{BTreeMap, BTreeSet};

impl Check<'_> {
    pub(super) fn actions(&mut self) {
        let project = self.project;
        for action in &project.actions {
            let at = action.at;
            if action.closes.is_empty() {
                self.report(&fault::ActionClosesNothing { action: &action.id }, at);
            }
            for id in &action.closes {
                if self.table.row(id).is_none() {
                    let known = self.table.rows.iter().map(|row| row.what.id.as_str());
                    self.unknown(&fault::UnknownIndicator { indicator: id }, at, id, known);
                }
            }
            for name in &action.after {
                if !self.ids.actions.contains(name.as_str()) {
                    let known = project.actions.iter().map(|other| other.id.as_str());
                    self.unknown(&fault::UnknownAction { action: name }, at, name, known);
                }
            }
            for name in &action.evidence {
                if !self.ids.evidence.contains(name.as_str()) {
                    let known = project.evidence.iter().map(|other| other.id.as_str());
                    self.unknown(&fault::UnknownEvidence { evidence: name }, at, name, known);
                }
            }
            self.not_future(action.since, at);
            if action.since.is_some() && action.evidence.is_empty() {
                self.report(&fault::SinceWithoutEvidence { action: &action.id }, at);
            }
            if let Some(cost) = action.cost.as_ref().filter(|cost| cost.most < cost.least) {
                self.report(
                    &fault::CostReversed {
                        most: &cost.most.to_string(),
                    },
                    cost.at,
                );
            }
            if action.status == Status::Done {
                self.not_future(Some(action.due), at);
            }
        }
        for id in cyclic(&project.actions) {
            let at = project
                .actions
                .iter()
                .find(|action| action.id == id)
                .map(|action| action.at);
            self.report(&fault::ActionCycle { action: id }, at.unwrap_or_default());
        }
    }
}

/// The actions that wait for themselves. What cannot be taken off from either end lies on a cycle or
/// between cycles; of these the ones that reach themselves are reported.
fn cyclic(actions: &[Action]) -> Vec<&str> {
    let mut after: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for action in actions {
        after
            .entry(&action.id)
            .or_default()
            .extend(action.after.iter().map(String::as_str));
    }
    loop {
        let waiting: BTreeSet<&str> = after.keys().copied().collect();
        let waited: BTreeSet<&str> = after.values().flatten().copied().collect();
        let before = after.len();
        after.retain(|id, names| waited.contains(id) && names.iter().any(|n| waiting.contains(n)));
        if after.len() == before {
            return after.into_keys().collect();
        }
    }
}
