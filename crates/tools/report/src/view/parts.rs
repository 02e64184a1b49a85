//! The assessment, the target set, the brief in numbers, and roll-ups.

use super::{Ground, Money, Who, shown};
use maturity::ledger::{AssessmentHead, SetHead};
use maturity::project::{Assessment, TargetSet};
use maturity::{
    AssessmentType, Consequence, Date, Found, Scope, State, Word, brief, rollup, score,
};
use serde::Serialize;

shown! {
    /// The assessment behind the current levels.
    Assessed {
        /// Short name.
        id: String,
        /// Who assesses whom.
        kind: AssessmentType,
        /// How far it is.
        state: State,
        /// First day of its period.
        from: Date,
        /// Last day.
        to: Date,
        /// What was looked at, if not all of the system.
        boundary: Option<String>,
        /// Who assesses.
        assessors: Vec<Who>,
        /// Who reviewed the facts, and when.
        reviewed: Option<(Who, Date)>,
        /// Who approved it, and when.
        approved: Option<(Who, Date)>,
        /// How many answers were given.
        answers: usize,
        /// How many levels were judged from the table.
        judgements: usize,
        /// How many answers no longer count.
        dropped: usize,
    }
    /// A target set.
    TargetDay {
        /// Short name.
        id: String,
        /// Title.
        title: Option<String>,
        /// To be reached by this day.
        by: Date,
    }
    /// Who vouches for indicators.
    Vouched {
        /// Satisfied, and a person says so.
        attested: usize,
        /// Presumed satisfied, because a person judged the level.
        judged: usize,
        /// Satisfied, and only a program says so.
        computed: usize,
        /// Answered, but not with yes.
        unsatisfied: usize,
        /// Not answered, unknown, or no longer backed.
        missing: usize,
        /// Not applicable, with approval.
        not_applicable: usize,
        /// Not answered, and beyond every target.
        beyond: usize,
    }
    /// The one-page brief in numbers; practices by id.
    Summary {
        /// How many practices meet their target.
        met: usize,
        /// How many have level 0 as their target, and nobody looked.
        nothing_wanted: usize,
        /// How many miss a level.
        short: usize,
        /// How many reach the number at a wider scope only.
        scope_only: usize,
        /// How many are not judged at the scope of their target.
        unjudged: usize,
        /// How many do not apply.
        excluded: usize,
        /// How many have no target.
        without_target: usize,
        /// How many have a level that rests on a judgement.
        judged: usize,
        /// Practices whose target is not met, the most pressing first.
        gaps: Vec<String>,
        /// Why each of them stands where it does, in the same order.
        ranks: Vec<Rank>,
        /// Practices beyond their target, and by how many levels.
        surplus: Vec<(String, u8)>,
        /// Demands of duties that bind and are not shown to be reached: obligation and practice.
        duties: Vec<(String, String)>,
        /// Who vouches for all indicators together.
        vouched: Vouched,
        /// Cost of the open actions, for each currency.
        cost: Vec<Money>,
        /// Open actions without a cost.
        actions_without_cost: usize,
        /// Practices whose target the actions would reach by its day.
        planned: Vec<String>,
        /// Practices whose target the actions would reach only after its day, the earliest first.
        later: Vec<Later>,
        /// Newer assessments with findings that the actions answer; nothing is projected if there are
        /// any.
        answers_newer: Vec<String>,
    }
    /// What decides how pressing a gap is, in this order; then the order of the model.
    Rank {
        /// Id of the practice.
        practice: String,
        /// The gravest consequence among the concerns that the practice matters for.
        consequence: Option<Consequence>,
        /// The concerns of that consequence.
        concerns: Vec<String>,
        /// The earliest duty that is below its minimum, and since or from when it binds.
        duty: Option<(String, Date)>,
        /// Levels missing.
        gap: u8,
        /// True if nothing was said that decides level 1 at the scope of the target.
        unjudged: bool,
        /// Indicators in the way.
        blockers: usize,
    }
    /// A practice whose target is reached only after its day.
    Later {
        /// Id of the practice.
        practice: String,
        /// The day on which it would be reached.
        on: Date,
        /// Indicators that count after the day of the target because they cover a period.
        waits: Vec<Wait>,
    }
    /// An indicator that must wait until its period has passed.
    Wait {
        /// Id of the indicator.
        indicator: String,
        /// The period it covers, e.g. `12 months`.
        covers: String,
        /// When it counts.
        on: Date,
    }
    /// A group of practices at one scope.
    Part {
        /// Id of the domain or subdomain; empty for all practices.
        id: String,
        /// Its name.
        name: String,
        /// The scope.
        scope: Scope,
        /// The lowest level; not judged if it cannot be known because some practice is not judged and
        /// none is known to be at 0.
        minimum: Found,
        /// Ids of the practices at that level, or of those that are not judged.
        weakest: Vec<String>,
        /// How many practices are at level 0, 1, 2, 3, 4.
        distribution: Vec<usize>,
        /// How many are not judged at the scope.
        unjudged: usize,
        /// How many are undefined at the scope.
        undefined: usize,
        /// How many are excluded.
        excluded: usize,
        /// How many rest on a judgement.
        judged: usize,
    }
}

impl From<score::Vouched> for Vouched {
    fn from(vouched: score::Vouched) -> Self {
        let score::Vouched {
            attested,
            judged,
            computed,
            unsatisfied,
            missing,
            not_applicable,
            beyond,
        } = vouched;
        Self {
            attested,
            judged,
            computed,
            unsatisfied,
            missing,
            not_applicable,
            beyond,
        }
    }
}

impl Vouched {
    /// What the counts mean, in the order in which they are shown.
    pub const LABELS: [&str; 7] = [
        "attested by a person",
        "judged with their level",
        "computed",
        "not satisfied",
        "missing or unknown",
        "not applicable",
        "open, wanted by no target",
    ];

    /// The counts with their labels, in the order in which they are shown.
    pub fn counts(&self) -> [(&'static str, usize); 7] {
        let [
            attested,
            judged,
            computed,
            unsatisfied,
            missing,
            not_applicable,
            beyond,
        ] = Self::LABELS;
        [
            (attested, self.attested),
            (judged, self.judged),
            (computed, self.computed),
            (unsatisfied, self.unsatisfied),
            (missing, self.missing),
            (not_applicable, self.not_applicable),
            (beyond, self.beyond),
        ]
    }
}

pub(super) fn assessed(ground: &Ground<'_>, one: &Assessment) -> Assessed {
    let signed = |signed: &maturity::project::Signed| (ground.who(&signed.by), signed.on);
    Assessed {
        id: one.id.clone(),
        kind: one.kind,
        state: one.state,
        from: one.from,
        to: one.to,
        boundary: one.boundary.clone(),
        assessors: one.assessors.iter().map(|id| ground.who(id)).collect(),
        reviewed: one.reviewed.as_ref().map(signed),
        approved: one.approved.as_ref().map(signed),
        answers: one.answers.len(),
        judgements: one.judgements.len(),
        dropped: ground.settled.dropped.len(),
    }
}

pub(super) fn target_day(set: &TargetSet) -> TargetDay {
    TargetDay {
        id: set.id.clone(),
        title: set.title.clone(),
        by: set.by,
    }
}

/// Stands where no assessment is yet.
pub(super) fn no_assessment(today: Date) -> Assessment {
    let head = AssessmentHead {
        id: String::new(),
        kind: AssessmentType::OwnParty,
        from: today,
        to: today,
        boundary: None,
        assessors: Vec::new(),
    };
    head.into()
}

/// Stands where no target set is yet.
pub(super) fn no_target(today: Date) -> TargetSet {
    let head = SetHead {
        id: String::new(),
        title: None,
        by: today,
    };
    head.into()
}

pub(super) fn summary(brief: &brief::Brief) -> Summary {
    let money = |(currency, (least, most)): (&String, &(u64, u64))| Money {
        least: *least,
        most: *most,
        currency: currency.clone(),
    };
    let duty = |duty: &brief::Duty| (duty.obligation.clone(), duty.practice.clone());
    Summary {
        met: brief.counts.met,
        nothing_wanted: brief.counts.nothing_wanted,
        short: brief.counts.short,
        scope_only: brief.counts.scope_only,
        unjudged: brief.counts.unjudged,
        excluded: brief.counts.excluded,
        without_target: brief.counts.without_target,
        judged: brief.counts.judged,
        gaps: (brief.short.iter())
            .map(|short| short.gap.practice.clone())
            .collect(),
        ranks: brief.short.iter().map(rank).collect(),
        surplus: brief.surplus.clone(),
        duties: brief.duties.iter().map(duty).collect(),
        vouched: brief.vouched.into(),
        cost: brief.cost.iter().map(money).collect(),
        actions_without_cost: brief.actions_without_cost,
        planned: brief.planned.clone(),
        later: brief.later.iter().map(later).collect(),
        answers_newer: brief.answers_newer.clone(),
    }
}

fn rank(short: &brief::Short) -> Rank {
    let brief::Rank {
        consequence,
        concerns,
        duty,
        gap,
        unjudged,
        blockers,
    } = short.rank.clone();
    Rank {
        practice: short.gap.practice.clone(),
        consequence,
        concerns,
        duty,
        gap,
        unjudged,
        blockers,
    }
}

impl Rank {
    /// The reason in words, for people.
    pub fn says(&self) -> String {
        let mut parts = Vec::new();
        match self.consequence {
            Some(consequence) => {
                parts.push(format!("{consequence}: {}", self.concerns.join(", ")));
            }
            None => parts.push("no concern touches it".to_owned()),
        }
        if let Some((duty, day)) = &self.duty {
            parts.push(format!("duty {duty} of {day}"));
        }
        let levels = if self.gap == 1 { "level" } else { "levels" };
        parts.push(match self.unjudged {
            true => "not judged at its scope".to_owned(),
            false => format!("{} {levels}", self.gap),
        });
        parts.push(format!("{} in the way", self.blockers));
        parts.join("; ")
    }
}

fn later(later: &brief::Later) -> Later {
    let wait = |wait: &brief::Wait| Wait {
        indicator: wait.indicator.clone(),
        covers: wait.covers.to_string(),
        on: wait.on,
    };
    Later {
        practice: later.practice.clone(),
        on: later.on,
        waits: later.waits.iter().map(wait).collect(),
    }
}

pub(super) fn parts(ground: &Ground<'_>) -> Vec<Part> {
    let part = |scope: Scope, one: rollup::Rollup| Part {
        name: ground
            .catalog
            .part(&one.part)
            .map_or_else(|| "All practices".to_owned(), |title| title.name.clone()),
        id: one.part,
        scope,
        minimum: one.minimum,
        weakest: one.weakest,
        distribution: one.distribution.to_vec(),
        unjudged: one.unjudged,
        undefined: one.undefined,
        excluded: one.excluded,
        judged: one.judged,
    };
    let scopes = Scope::ALL.iter().flat_map(|scope| {
        let all = rollup::rollups(ground.catalog, &ground.scores, *scope);
        all.into_iter().map(move |one| part(*scope, one))
    });
    scopes.collect()
}
