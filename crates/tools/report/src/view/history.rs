//! What was found, what is wanted and what is demanded over time.

use super::{DutyOf, Ground, shown};
use maturity::{Date, Found, Level, Scope, ScopeFound, State, compare};
use serde::Serialize;

shown! {
    /// What an assessment found, as it was seen then.
    Seen {
        /// Short name of the assessment.
        assessment: String,
        /// Last day of its period.
        on: Date,
        /// How far it is.
        state: State,
        /// Each practice that is not excluded, by id, in the order of the catalog.
        practices: Vec<(String, ScopeFound)>,
    }
    /// The course of one practice over time, at one scope.
    Course {
        /// The scope of its target; general without a target.
        scope: Scope,
        /// What the assessments found, as many and in the same order as in the history.
        reached: Vec<Reached>,
        /// The least that duties demand, each from its day on, in order of time.
        minimums: Vec<Minimum>,
        /// The targets, in order of time.
        wanted: Vec<Wanted>,
    }
    /// What an assessment found.
    Reached {
        /// Short name of the assessment.
        assessment: String,
        /// Last day of its period.
        on: Date,
        /// The level at the scope of the course; an excluded practice counts as undefined.
        level: Found,
    }
    /// What a duty demands.
    Minimum {
        /// Short name of the obligation.
        obligation: String,
        /// From this day on.
        from: Date,
        /// The level.
        level: Level,
        /// The scope, which need not be that of the course.
        scope: Scope,
    }
    /// A target.
    Wanted {
        /// Short name of the target set.
        set: String,
        /// By this day.
        by: Date,
        /// The level.
        level: Level,
        /// The scope, which need not be that of the course.
        scope: Scope,
    }
}

/// All assessments in order of time.
pub(super) fn seen(ground: &Ground<'_>) -> Vec<Seen> {
    let points = compare::history(ground.project, ground.table);
    let seen = |point: compare::Point| Seen {
        assessment: point.assessment,
        on: point.on,
        state: point.state,
        practices: (point.scores.into_iter())
            .filter(|score| !score.excluded)
            .map(|score| (score.practice.clone(), score.found_at_scopes()))
            .collect(),
    };
    points.into_iter().map(seen).collect()
}

/// The course of a practice.
pub(super) fn course(
    ground: &Ground<'_>,
    history: &[Seen],
    duties: &[DutyOf],
    practice: &str,
    scope: Scope,
) -> Course {
    let reached = |seen: &Seen| Reached {
        assessment: seen.assessment.clone(),
        on: seen.on,
        level: (seen.practices.iter())
            .find(|(id, _)| id == practice)
            .map_or(Found::Undefined, |(_, levels)| levels.at(scope)),
    };
    let minimum = |duty: &DutyOf| Minimum {
        obligation: duty.obligation.clone(),
        from: duty.in_force,
        level: duty.due.level,
        scope: duty.due.scope,
    };
    let wanted = |set: &maturity::project::TargetSet| {
        let target = set.of(practice)?;
        Some(Wanted {
            set: set.id.clone(),
            by: set.by,
            level: target.level,
            scope: target.scope,
        })
    };
    let mut all: Vec<Wanted> = ground.project.targets.iter().filter_map(wanted).collect();
    all.sort_by_key(|wanted| wanted.by);
    Course {
        scope,
        reached: history.iter().map(reached).collect(),
        minimums: duties.iter().map(minimum).collect(),
        wanted: all,
    }
}
