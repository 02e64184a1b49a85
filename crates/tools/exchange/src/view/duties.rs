//! Duties from outside, in force or coming, and whether they are met.

use super::{Ground, shown};
use maturity::score::by_practice;
use maturity::{Date, Found, Level, Scope, reading};
use serde::Serialize;
use std::collections::BTreeMap;

shown! {
    /// A duty with its date.
    Obliged {
        /// Short name.
        id: String,
        /// Law, contract or standard.
        source: String,
        /// Binding from this day.
        in_force: Date,
        /// True if it binds on the day of the view.
        binds: bool,
        /// True if every minimum that was set is reached now, and there is one; what is excluded is
        /// not. It does not show that the law is kept.
        met: bool,
        /// What it demands.
        minimums: Vec<Due>,
        /// Practices that apply, that a crosswalk reads in the same law, and for which no duty from that
        /// law sets a minimum; each is told with one duty.
        unset: Vec<Unset>,
    }
    /// A practice that a crosswalk reads in a law and for which no minimum is set.
    Unset {
        /// Id of the practice.
        practice: String,
        /// The requirement, e.g. `cra:2024-2847/Art.14`.
        requirement: String,
        /// The level from which it is mostly addressed.
        level: Level,
    }
    /// The least a duty demands of a practice.
    Due {
        /// Id of the practice.
        practice: String,
        /// Its name.
        name: String,
        /// The level.
        level: Level,
        /// The scope.
        scope: Scope,
        /// Why.
        because: String,
        /// What is reached at the scope; an excluded practice counts as undefined.
        current: Found,
        /// True if it is met now.
        met: bool,
        /// True if the practice does not apply.
        excluded: bool,
        /// The line of a crosswalk on the same law that asks for more than this minimum.
        reading: Option<Reading>,
    }
    /// A line of a crosswalk that asks for more than a minimum.
    Reading {
        /// The requirement, e.g. `cra:2024-2847/Art.14`.
        requirement: String,
        /// The level from which it is mostly addressed.
        level: Level,
        /// Why.
        why: String,
    }
    /// A duty as seen from a practice.
    DutyOf {
        /// Short name of the obligation.
        obligation: String,
        /// Law, contract or standard.
        source: String,
        /// Binding from this day.
        in_force: Date,
        /// True if it binds on the day of the view.
        binds: bool,
        /// What it demands.
        due: Due,
    }
}

impl Obliged {
    /// True if a crosswalk reads more in the same law than the minimums say.
    pub fn is_read_wider(&self) -> bool {
        !self.unset.is_empty() || self.minimums.iter().any(|due| due.reading.is_some())
    }

    /// The practices for which no minimum is set, in words for people.
    pub fn says_unset(&self) -> Option<String> {
        let mut levels: BTreeMap<Level, Vec<&str>> = BTreeMap::new();
        for one in &self.unset {
            levels.entry(one.level).or_default().push(&one.practice);
        }
        let at =
            |(level, all): (&Level, &Vec<&str>)| format!("{} at level {level}", all.join(", "));
        let all: Vec<String> = levels.iter().map(at).collect();
        let words = "no minimum is set for what a crosswalk reads in this law:";
        (!all.is_empty()).then(|| format!("{words} {}", all.join("; ")))
    }
}

impl Due {
    /// True if it is reached by what was found: a minimum of level 0 is met where nobody looked, too.
    pub fn is_met_by_findings(&self) -> bool {
        self.met && self.current.level().is_some()
    }
}

/// All duties, in the order of the project.
pub(super) fn obligations(ground: &Ground<'_>) -> Vec<Obliged> {
    let scores = by_practice(&ground.scores);
    let due = |obligation: &maturity::project::Obligation, minimum: &maturity::project::Minimum| {
        let above = reading::above(obligation, minimum, ground.crosswalks);
        let score = scores.get(minimum.practice.as_str());
        let meets = |score: &&&maturity::score::PracticeScore| {
            score.levels.meets(minimum.level, minimum.scope)
        };
        Due {
            practice: minimum.practice.clone(),
            name: ground.name(&minimum.practice),
            level: minimum.level,
            scope: minimum.scope,
            because: minimum.because.clone(),
            current: score.map_or(Found::Undefined, |score| score.found(minimum.scope)),
            met: score.filter(meets).is_some(),
            excluded: score.is_some_and(|score| score.excluded),
            reading: above.map(|above| Reading {
                requirement: above.requirement,
                level: above.level,
                why: above.why,
            }),
        }
    };
    let applies = |unset: &reading::Unset| {
        let score = scores.get(unset.practice.as_str());
        score.is_some_and(|score| !score.excluded)
    };
    let unset = |all: Vec<reading::Unset>| {
        let own = all.into_iter().filter(applies);
        own.map(|one| Unset {
            practice: one.practice,
            requirement: one.requirement,
            level: one.level,
        })
    };
    let obliged = |(obligation, not_set): (&maturity::project::Obligation, Vec<reading::Unset>)| {
        let minimums = obligation.minimums.iter();
        let minimums: Vec<Due> = minimums.map(|minimum| due(obligation, minimum)).collect();
        Obliged {
            id: obligation.id.clone(),
            source: obligation.source.clone(),
            in_force: obligation.in_force,
            binds: obligation.in_force <= ground.today,
            met: !minimums.is_empty() && minimums.iter().all(|due| due.met),
            minimums,
            unset: unset(not_set).collect(),
        }
    };
    let all = &ground.project.obligations;
    let not_set = reading::unset(all, ground.crosswalks);
    all.iter().zip(not_set).map(obliged).collect()
}

/// The duties that demand something of a practice, by the day they bind.
pub(super) fn of_practice(obligations: &[Obliged], practice: &str) -> Vec<DutyOf> {
    let mut all: Vec<DutyOf> = Vec::new();
    for obliged in obligations {
        let own = (obliged.minimums.iter()).filter(|due| due.practice == practice);
        all.extend(own.map(|due| DutyOf {
            obligation: obliged.id.clone(),
            source: obliged.source.clone(),
            in_force: obliged.in_force,
            binds: obliged.binds,
            due: due.clone(),
        }));
    }
    all.sort_by_key(|duty| duty.in_force);
    all
}
