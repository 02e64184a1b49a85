//! Two points in time, or several systems, side by side.

use crate::compose::Effective;
use crate::date::Date;
use crate::project::Project;
use crate::rollup::{Rollup, rollup};
use crate::score::{PracticeScore, ScopeLevels, by_practice, score};
use crate::settle::{Now, settle};
use crate::words::{Level, Scope, State, Word};
use serde::Serialize;

/// What changed in a practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// Id of the practice.
    pub practice: String,
    /// Levels before; none if it was excluded or not there.
    pub before: Option<ScopeLevels>,
    /// Levels after; none if it is excluded or not there.
    pub after: Option<ScopeLevels>,
    /// The scopes at which it rose, fell, became defined or undefined.
    pub moves: Vec<Move>,
}

/// What changed at a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Move {
    /// The scope.
    pub scope: Scope,
    /// Before.
    pub before: Option<Level>,
    /// After.
    pub after: Option<Level>,
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
            .map(|score| score.levels)
    };
    let change = |practice: &str| {
        let (before, after) = (levels(old.get(practice)), levels(new.get(practice)));
        let at = |levels: Option<ScopeLevels>, scope| levels.and_then(|levels| levels.at(scope));
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
    /// Level of each system, in the order given; none where undefined or excluded.
    pub levels: Vec<Option<Level>>,
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
        let level = |score: &Option<PracticeScore>| {
            score
                .as_ref()
                .filter(|score| !score.excluded)
                .and_then(|score| score.levels.at(scope))
        };
        let levels = scores.iter().map(level).collect();
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
