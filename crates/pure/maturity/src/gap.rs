//! Target and current state side by side: gap, surplus, scope gap. Nothing is added up.

use crate::project::{TargetAt, TargetSet};
use crate::score::PracticeScore;
use crate::words::{Level, Scope};
use serde::Serialize;

/// A practice against its target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Id of the practice.
    pub practice: String,
    /// The target; none if the set has none for it.
    pub target: Option<TargetAt>,
    /// The level at the scope of the target (at general scope without a target); none if the scope
    /// is undefined or the practice is excluded.
    pub current: Option<Level>,
    /// True if the target is met: its scope is defined and its level reached there.
    pub met: bool,
    /// Levels missing: target minus current, not below 0. Where the scope is undefined it is counted
    /// from the nearest wider scope that is defined.
    pub gap: u8,
    /// Levels beyond the target at its scope: more than was wanted, not merit.
    pub surplus: u8,
    /// True if the number of the target is reached at a wider scope and not at its own.
    pub scope_gap: bool,
    /// True if nothing was said that decides level 1 at the scope of the target.
    pub unjudged: bool,
    /// True if the practice is excluded; the target then says something about nothing.
    pub excluded: bool,
}

/// Compares scores with a target set, in the order of the scores.
pub fn gaps(scores: &[PracticeScore], set: &TargetSet) -> Vec<Gap> {
    scores
        .iter()
        .map(|score| gap(score, set.of(&score.practice)))
        .collect()
}

/// Compares one practice with its target.
pub fn gap(score: &PracticeScore, target: Option<TargetAt>) -> Gap {
    let practice = score.practice.clone();
    let scope = target
        .as_ref()
        .map_or(Scope::General, |target| target.scope);
    let mut gap = Gap {
        practice,
        current: score.levels.at(scope),
        met: false,
        gap: 0,
        surplus: 0,
        scope_gap: false,
        unjudged: score.unjudged.contains(&scope),
        excluded: score.excluded,
        target,
    };
    let Some(target) = gap.target.as_ref().filter(|_| !score.excluded) else {
        return gap;
    };
    let wider = [Scope::Industry, Scope::General].into_iter();
    let wider = wider.filter(|scope| *scope < target.scope);
    let nearest = gap
        .current
        .or_else(|| wider.clone().find_map(|scope| score.levels.at(scope)));
    gap.met = score.levels.meets(target.level, target.scope);
    gap.gap = target.level.above(nearest.unwrap_or_default());
    gap.surplus = gap.current.map_or(0, |current| current.above(target.level));
    gap.scope_gap = !gap.met
        && wider
            .clone()
            .any(|scope| score.levels.meets(target.level, scope));
    gap
}
