//! Target and current state side by side: gap, surplus, scope gap. Nothing is added up.

use crate::project::{TargetAt, TargetSet};
use crate::score::{PracticeScore, Reach};
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
    /// How it stands to the target.
    pub stands: Stands,
    /// True if the target is met: its level was found at its scope.
    pub met: bool,
    /// Levels missing: target minus current, not below 0. Where the scope is undefined it is counted
    /// from the nearest wider scope that is defined.
    pub gap: u8,
    /// Levels beyond the target at its scope: more than was wanted, not merit.
    pub surplus: u8,
    /// True if the number of the target was found at a wider scope and not at its own.
    pub scope_gap: bool,
    /// True if nothing was said that decides level 1 at the scope of the target.
    pub unjudged: bool,
    /// True if the practice is excluded; the target then says something about nothing.
    pub excluded: bool,
}

/// How a practice stands to its target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    /// The practice does not apply.
    Excluded,
    /// There is no target.
    #[default]
    NoTarget,
    /// The level was found at the scope of the target.
    Met,
    /// The target is level 0, and nobody looked: nothing is met and nothing is missing.
    NothingWanted,
    /// Nothing was said that decides level 1 at the scope of the target.
    NotJudged,
    /// The number was found at a wider scope only.
    ScopeOnly,
    /// A level is missing.
    Short,
}

impl Stands {
    /// True if something is missing to the target.
    pub fn is_open(self) -> bool {
        match self {
            Self::NotJudged | Self::ScopeOnly | Self::Short => true,
            Self::Excluded | Self::NoTarget | Self::Met | Self::NothingWanted => false,
        }
    }
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
        stands: Stands::NoTarget,
        met: false,
        gap: 0,
        surplus: 0,
        scope_gap: false,
        unjudged: score.unjudged.contains(&scope),
        excluded: score.excluded,
        target,
    };
    if score.excluded {
        gap.stands = Stands::Excluded;
        return gap;
    }
    let Some(target) = &gap.target else {
        return gap;
    };
    let wider = [Scope::Industry, Scope::General].into_iter();
    let mut wider = wider.filter(|scope| *scope < target.scope);
    let nearest = gap
        .current
        .or_else(|| wider.clone().find_map(|scope| score.levels.at(scope)));
    gap.gap = target.level.above(nearest.unwrap_or_default());
    gap.surplus = gap.current.map_or(0, |current| current.above(target.level));
    let reach = score.reach(target.level, target.scope);
    gap.met = reach == Reach::Reached;
    gap.scope_gap = reach == Reach::Missed
        && wider.any(|scope| score.reach(target.level, scope) == Reach::Reached);
    gap.stands = match reach {
        Reach::Excluded => Stands::Excluded,
        Reach::Reached => Stands::Met,
        Reach::NothingAsked => Stands::NothingWanted,
        // Where nobody looked at the scope itself, nobody knows whether it is only the wider one.
        Reach::Missed if gap.unjudged => Stands::NotJudged,
        Reach::Missed if gap.scope_gap => Stands::ScopeOnly,
        Reach::Missed => Stands::Short,
    };
    gap
}
