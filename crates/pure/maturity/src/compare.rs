//! Two points in time, or several systems, side by side.

use crate::compose::Effective;
use crate::date::Date;
use crate::found::{Found, ScopeFound};
use crate::project::Project;
use crate::rollup::{Rollup, rollup};
use crate::score::{PracticeScore, by_practice, score};
use crate::settle::{Now, settle};
use crate::words::{Scope, State, Word};
use serde::Serialize;

/// What changed in a practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// Id of the practice.
    pub practice: String,
    /// What was found before; none if it was excluded or not there.
    pub before: Option<ScopeFound>,
    /// What was found after; none if it is excluded or not there.
    pub after: Option<ScopeFound>,
    /// The scopes at which it rose, fell, was judged in only one of the two, became defined or undefined.
    pub moves: Vec<Move>,
}

/// What changed at a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Move {
    /// The scope.
    pub scope: Scope,
    /// Before.
    pub before: Found,
    /// After.
    pub after: Found,
}

impl Move {
    /// True if a level was found before and after, and the later one is higher.
    pub fn rises(&self) -> bool {
        let levels = self.before.level().zip(self.after.level());
        levels.is_some_and(|(before, after)| after > before)
    }

    /// True if a level was found before and after, and the later one is lower.
    pub fn falls(&self) -> bool {
        let levels = self.before.level().zip(self.after.level());
        levels.is_some_and(|(before, after)| after < before)
    }
}

/// Every practice of either side that differs, in the order of `after` and then of `before`.
pub fn changes(before: &[PracticeScore], after: &[PracticeScore]) -> Vec<Change> {
    let (old, new) = (by_practice(before), by_practice(after));
    let gone = before
        .iter()
        .filter(|score| !new.contains_key(score.practice.as_str()));
    let all = after
        .iter()
        .chain(gone)
        .map(|score| score.practice.as_str());
    let levels = |score: Option<&&PracticeScore>| {
        score
            .filter(|score| !score.excluded)
            .map(|score| score.found_at_scopes())
    };
    let change = |practice: &str| {
        let (before, after) = (levels(old.get(practice)), levels(new.get(practice)));
        let at = |found: Option<ScopeFound>, scope| found.unwrap_or_default().at(scope);
        let moves = Scope::ALL.iter().map(|scope| Move {
            scope: *scope,
            before: at(before, *scope),
            after: at(after, *scope),
        });
        let moves: Vec<Move> = moves.filter(|one| one.before != one.after).collect();
        let differs = before.is_some() != after.is_some() || !moves.is_empty();
        differs.then(|| Change {
            practice: practice.to_owned(),
            before,
            after,
            moves,
        })
    };
    all.filter_map(change).collect()
}

/// The state that an assessment found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Name of the assessment.
    pub assessment: String,
    /// Last day of its period.
    pub on: Date,
    /// How far it is.
    pub state: State,
    /// All practices.
    pub scores: Vec<PracticeScore>,
}

/// The state found by each assessment as it was then, in order of time.
pub fn history(project: &Project, table: &Effective) -> Vec<Point> {
    let mut points: Vec<Point> = project
        .assessments
        .iter()
        .map(|assessment| Point {
            assessment: assessment.id.clone(),
            on: assessment.to,
            state: assessment.state,
            scores: score(table, &settle(project, assessment, table, &Now::default())),
        })
        .collect();
    points.sort_by(|a, b| (a.on, &a.assessment).cmp(&(b.on, &b.assessment)));
    points
}

/// A practice across several systems at one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Across {
    /// Id of the practice.
    pub practice: String,
    /// What was found in each system, in the order given; an excluded practice counts as undefined.
    pub levels: Vec<Found>,
    /// Minimum and distribution over the systems; `weakest` names systems here.
    pub rollup: Rollup,
}

/// Several systems side by side; the practices of the first lead.
pub fn portfolio(systems: &[(String, Vec<PracticeScore>)], scope: Scope) -> Vec<Across> {
    let Some((_, first)) = systems.first() else {
        return Vec::new();
    };
    let across = |practice: &str| {
        let of_system = |(name, scores): &(String, Vec<PracticeScore>)| {
            let found = scores.iter().find(|score| score.practice == practice)?;
            Some(PracticeScore {
                practice: name.clone(),
                ..found.clone()
            })
        };
        let scores: Vec<Option<PracticeScore>> = systems.iter().map(of_system).collect();
        let found = |score: &Option<PracticeScore>| {
            (score.as_ref()).map_or(Found::Undefined, |score| score.found(scope))
        };
        let levels = scores.iter().map(found).collect();
        let present: Vec<PracticeScore> = scores.into_iter().flatten().collect();
        let rollup = Rollup {
            part: practice.to_owned(),
            ..rollup("", &present, scope)
        };
        Across {
            practice: practice.to_owned(),
            levels,
            rollup,
        }
    };
    first.iter().map(|score| across(&score.practice)).collect()
}
