//! Duties from outside, in force or coming, and whether they are met.

use super::{Demanded, Duty, Ground, shown};
use maturity::project::{Minimum, Obligation};
use maturity::score::{PracticeScore, Reach, by_practice};
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
        /// How its minimums stand together.
        stands: Duty,
        /// True if every minimum that applies and asks for something was found to be reached, and there is
        /// one. It does not show that the law is kept.
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
        /// How it stands.
        stands: Demanded,
        /// True if its level was found at its scope.
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

    /// Since or from when it applies, in words for people. A law may be in force long before a part of it
    /// applies.
    pub fn says_since(&self) -> String {
        let since = match self.binds {
            true => "has applied since",
            false => "will apply from",
        };
        format!("{since} {}", self.in_force)
    }

    /// What of it is open, in words for people: what was found not to be reached, and what nobody judged.
    pub fn says_open(&self) -> Option<String> {
        let those = |judged: bool| {
            let own = self
                .minimums
                .iter()
                .filter(move |due| due.is_open() && (due.stands != Demanded::NotJudged) == judged);
            let all = own.map(|due| format!("{} ({} {})", due.practice, due.level, due.scope));
            all.collect::<Vec<_>>().join(", ")
        };
        match (those(true), those(false)) {
            (found, open) if found.is_empty() && open.is_empty() => None,
            (found, open) if open.is_empty() => Some(found),
            (found, open) if found.is_empty() => Some(open),
            (found, open) => Some(format!("{found}; not judged in {open}")),
        }
    }

    /// What of it is said not to apply while the rest does, in words for people.
    pub fn says_excluded(&self) -> Option<String> {
        let out = self.minimums.iter().filter(|due| due.excluded);
        let out: Vec<&str> = out.map(|due| due.practice.as_str()).collect();
        let some = !out.is_empty() && self.stands != Duty::Excluded;
        some.then(|| format!(", and {} is said not to apply", out.join(", ")))
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
    /// True if something that it asks for was not found.
    pub fn is_open(&self) -> bool {
        match self.stands {
            Demanded::Below | Demanded::NotYet | Demanded::NotJudged => true,
            Demanded::Reached | Demanded::Nothing | Demanded::Excluded => false,
        }
    }
}

/// How minimums stand together.
fn together(minimums: &[Due]) -> Duty {
    let any = |stands: Demanded| minimums.iter().any(|due| due.stands == stands);
    if any(Demanded::Below) {
        Duty::Below
    } else if any(Demanded::NotYet) {
        Duty::NotYet
    } else if any(Demanded::NotJudged) {
        Duty::NotJudged
    } else if any(Demanded::Reached) {
        Duty::Reached
    } else if any(Demanded::Nothing) {
        Duty::Nothing
    } else if any(Demanded::Excluded) {
        Duty::Excluded
    } else {
        Duty::NoMinimum
    }
}

/// All duties, in the order of the project.
pub(super) fn obligations(ground: &Ground<'_>) -> Vec<Obliged> {
    let scores = by_practice(&ground.scores);
    let due = |obligation: &Obligation, minimum: &Minimum| {
        let above = reading::above(obligation, minimum, ground.crosswalks);
        let score = scores.get(minimum.practice.as_str());
        let reach = |score: &&PracticeScore| score.reach(minimum.level, minimum.scope);
        let current = score.map_or(Found::Undefined, |score| score.found(minimum.scope));
        let stands = match score.map_or(Reach::Missed, reach) {
            Reach::Excluded => Demanded::Excluded,
            Reach::Reached => Demanded::Reached,
            Reach::NothingAsked => Demanded::Nothing,
            Reach::Missed if current == Found::NotJudged => Demanded::NotJudged,
            Reach::Missed if obligation.in_force <= ground.today => Demanded::Below,
            Reach::Missed => Demanded::NotYet,
        };
        Due {
            practice: minimum.practice.clone(),
            name: ground.name(&minimum.practice),
            level: minimum.level,
            scope: minimum.scope,
            because: minimum.because.clone(),
            current,
            stands,
            met: stands == Demanded::Reached,
            excluded: stands == Demanded::Excluded,
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
    let obliged = |(obligation, not_set): (&Obligation, Vec<reading::Unset>)| {
        let minimums = obligation.minimums.iter();
        let minimums: Vec<Due> = minimums.map(|minimum| due(obligation, minimum)).collect();
        let stands = together(&minimums);
        Obliged {
            id: obligation.id.clone(),
            source: obligation.source.clone(),
            in_force: obligation.in_force,
            binds: obligation.in_force <= ground.today,
            stands,
            met: stands == Duty::Reached,
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
