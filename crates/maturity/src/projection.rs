//! What levels would follow from the actions, if each closes what it names: a plan, not a finding.
//!
//! An action takes effect on its due day, but not before those it waits for. What is cancelled never
//! takes effect, nor does what waits for it, for something unknown, or for itself.

use crate::compose::Effective;
use crate::date::Date;
use crate::project::Action;
use crate::score::{PracticeScore, score};
use crate::settle::{Settled, Standing, Voucher};
use crate::words::Status;
use serde::Serialize;
use std::collections::BTreeMap;

/// The levels projected for a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Projected {
    /// The day.
    pub on: Date,
    /// The actions that take effect on it.
    pub actions: Vec<String>,
    /// All practices from that day on.
    pub scores: Vec<PracticeScore>,
}

/// One point for each day on which an action takes effect, in order of time.
pub fn project(table: &Effective, settled: &Settled, actions: &[Action]) -> Vec<Projected> {
    let effect = effective_days(actions);
    let mut days: BTreeMap<Date, Vec<&Action>> = BTreeMap::new();
    for action in actions {
        if let Some(day) = effect.get(action.id.as_str()) {
            days.entry(*day).or_default().push(action);
        }
    }
    let mut settled = settled.clone();
    let mut points = Vec::new();
    for (on, closed) in days {
        for indicator in closed.iter().flat_map(|action| &action.closes) {
            if table.row(indicator).is_some() && settled.standing(indicator).applies() {
                settled
                    .standings
                    .insert(indicator.clone(), Standing::Yes(Voucher::Attested));
            }
        }
        let actions = closed.iter().map(|action| action.id.clone()).collect();
        points.push(Projected {
            on,
            actions,
            scores: score(table, &settled),
        });
    }
    points
}

/// When each action takes effect; those that never do are not in it.
fn effective_days(actions: &[Action]) -> BTreeMap<&str, Date> {
    let mut effect: BTreeMap<&str, Date> = BTreeMap::new();
    loop {
        let before = effect.len();
        for action in actions
            .iter()
            .filter(|action| action.status != Status::Cancelled)
        {
            let first: Option<Vec<Date>> = action
                .after
                .iter()
                .map(|name| effect.get(name.as_str()).copied())
                .collect();
            if let Some(first) = first.filter(|_| !effect.contains_key(action.id.as_str())) {
                let day = first.into_iter().fold(action.due, Date::max);
                effect.insert(&action.id, day);
            }
        }
        if effect.len() == before {
            return effect;
        }
    }
}
