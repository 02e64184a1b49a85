//! What a board needs on one page: where we want to be, where we are, what is missing, what it costs
//! and which duties are not met. Data only; whoever shows it chooses the words.

use crate::compose::Effective;
use crate::date::Date;
use crate::explain::{Explanation, explain};
use crate::found::Found;
use crate::gap::{Gap, Stands, gaps};
use crate::period::Length;
use crate::project::{Assessment, Project, TargetSet, Versioned};
use crate::projection::{self, Projection};
use crate::score::{PracticeScore, Reach, Vouched, by_practice, score, vouched_to};
use crate::settle::Settled;
use crate::words::{AssessmentType, Consequence, Level, Perspective, Scope, State, Status};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// One page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Brief {
    /// Title of the project.
    pub title: String,
    /// What lies inside the boundary.
    pub boundary: String,
    /// From where the target is seen.
    pub perspective: Perspective,
    /// The catalog.
    pub catalog: Versioned,
    /// The assessment and how much weight it has.
    pub assessment: Assessed,
    /// Name of the target set.
    pub target: String,
    /// The day by which it is to be reached.
    pub target_by: Date,
    /// How the practices stand to it.
    pub counts: Counts,
    /// Practices whose target is not met, in the order of their [`Rank`].
    pub short: Vec<Short>,
    /// Practices beyond their target: money or effort that could go elsewhere.
    pub surplus: Vec<(String, u8)>,
    /// Demands in force that are not shown to be reached now; what does not apply is not among them.
    pub duties: Vec<Duty>,
    /// Who vouches for all indicators together.
    pub vouched: Vouched,
    /// Cost of the actions that are neither done nor cancelled, by currency: least and most.
    pub cost: BTreeMap<String, (u64, u64)>,
    /// Actions without a cost, so that the sum is not taken for the whole.
    pub actions_without_cost: usize,
    /// Practices whose target the actions would reach by the day of the target.
    pub planned: Vec<String>,
    /// Practices whose target the actions would reach only after that day, the earliest first.
    pub later: Vec<Later>,
    /// Newer assessments with findings that the actions answer; nothing is projected if there are any.
    pub answers_newer: Vec<String>,
    /// What readers should know.
    pub notes: Vec<String>,
}

/// The assessment behind the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assessed {
    /// Its name.
    pub id: String,
    /// Who assessed whom.
    pub kind: AssessmentType,
    /// How far it is.
    pub state: State,
    /// Its period.
    pub from: Date,
    /// Its last day.
    pub to: Date,
}

/// How many practices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Meet their target.
    pub met: usize,
    /// Have level 0 as their target, and nobody looked.
    pub nothing_wanted: usize,
    /// Do not, because a level is missing.
    pub short: usize,
    /// Do not, although the number is reached at a wider scope.
    pub scope_only: usize,
    /// Are not judged at the scope of their target.
    pub unjudged: usize,
    /// Do not apply.
    pub excluded: usize,
    /// Have no target.
    pub without_target: usize,
    /// Have a level that rests on a judgement.
    pub judged: usize,
}

/// A practice short of its target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Short {
    /// Its name.
    pub name: String,
    /// Target and current state.
    pub gap: Gap,
    /// What stands between.
    pub blocked_by: Explanation,
    /// Why it stands where it does.
    pub rank: Rank,
}

/// What decides how pressing a gap is, in this order: how bad it would be if a concern came true
/// that the practice matters for; the earliest duty that is below its minimum; the levels missing;
/// the indicators in the way. Where all are equal the order of the model decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rank {
    /// The gravest consequence among its concerns.
    pub consequence: Option<Consequence>,
    /// The concerns of that consequence.
    pub concerns: Vec<String>,
    /// The earliest duty below its minimum, and since or from when it binds.
    pub duty: Option<(String, Date)>,
    /// Levels missing.
    pub gap: u8,
    /// True if nothing was said that decides level 1 at the scope of the target.
    pub unjudged: bool,
    /// Indicators in the way.
    pub blockers: usize,
}

impl Rank {
    /// Smaller is more pressing.
    fn key(&self) -> impl Ord + use<> {
        let duty = self.duty.as_ref();
        (
            Reverse(self.consequence),
            duty.map_or(Date::LAST, |(_, day)| *day),
            Reverse(self.gap),
            Reverse(self.blockers),
        )
    }
}

/// A demand that is not shown to be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duty {
    /// Its name.
    pub obligation: String,
    /// Law, contract or standard.
    pub source: String,
    /// Since when it binds.
    pub in_force: Date,
    /// The practice.
    pub practice: String,
    /// The least that is demanded.
    pub level: Level,
    /// At which scope.
    pub scope: Scope,
    /// What is reached there.
    pub current: Found,
}

/// A practice whose target is reached only after its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Later {
    /// Id of the practice.
    pub practice: String,
    /// The day on which it would be reached.
    pub on: Date,
    /// Indicators that count after the day of the target because they cover a period.
    pub waits: Vec<Wait>,
}

/// An indicator that must wait until its period has passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wait {
    /// Id of the indicator.
    pub indicator: String,
    /// The period it covers.
    pub covers: Length,
    /// When it counts.
    pub on: Date,
}

/// Makes the page for an assessment and a target set.
pub fn brief(
    project: &Project,
    assessment: &Assessment,
    set: &TargetSet,
    table: &Effective,
    settled: &Settled,
    today: Date,
) -> Brief {
    let scores = score(table, settled);
    let gaps = gaps(&scores, set);
    let projection = projection::project(project, assessment, table, settled, today);
    let (planned, later) = planned(&projection, set, table, &gaps);
    let id = assessment.id.clone();
    let Assessment {
        kind,
        state,
        from,
        to,
        ..
    } = *assessment;
    let surplus = gaps.iter().filter(|gap| gap.surplus > 0);
    let surplus = surplus
        .map(|gap| (gap.practice.clone(), gap.surplus))
        .collect();
    let open = project
        .actions
        .iter()
        .filter(|action| !matches!(action.status, Status::Done | Status::Cancelled));
    let mut cost: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for own in open.clone().filter_map(|action| action.cost.as_ref()) {
        let (least, most) = cost.entry(own.currency.clone()).or_default();
        *least = least.saturating_add(own.least);
        *most = most.saturating_add(own.most);
    }
    Brief {
        title: project.title.clone(),
        boundary: project.boundary.clone(),
        perspective: project.perspective,
        catalog: project.catalog.clone(),
        assessment: Assessed {
            id,
            kind,
            state,
            from,
            to,
        },
        target: set.id.clone(),
        target_by: set.by,
        counts: counts(&gaps, &scores),
        short: short(project, set, &gaps, &scores, table, settled),
        surplus,
        duties: duties(project, &scores, today),
        vouched: vouched(&gaps, table, settled),
        cost,
        actions_without_cost: open.filter(|action| action.cost.is_none()).count(),
        planned,
        later,
        answers_newer: projection.answers_newer,
        notes: project.notes.clone(),
    }
}

fn counts(gaps: &[Gap], scores: &[PracticeScore]) -> Counts {
    let mut counts = Counts::default();
    for gap in gaps {
        let count = match gap.stands {
            Stands::Excluded => &mut counts.excluded,
            Stands::NoTarget => &mut counts.without_target,
            Stands::Met => &mut counts.met,
            Stands::NothingWanted => &mut counts.nothing_wanted,
            Stands::NotJudged => &mut counts.unjudged,
            Stands::ScopeOnly => &mut counts.scope_only,
            Stands::Short => &mut counts.short,
        };
        *count += 1;
    }
    counts.judged = scores
        .iter()
        .filter(|score| !score.judged.is_empty())
        .count();
    counts
}

fn short(
    project: &Project,
    set: &TargetSet,
    gaps: &[Gap],
    scores: &[PracticeScore],
    table: &Effective,
    settled: &Settled,
) -> Vec<Short> {
    let unmet = gaps
        .iter()
        .zip(scores)
        .filter(|(gap, _)| gap.stands.is_open());
    let mut all: Vec<Short> = unmet
        .filter_map(|(gap, score)| {
            let target = gap.target.as_ref()?;
            let blocked_by = explain(table, settled, &gap.practice, target.level, target.scope);
            let name = table.practices.iter().find(|(id, _)| *id == gap.practice);
            let name = name.map(|(_, name)| name.clone()).unwrap_or_default();
            Some(Short {
                name,
                rank: rank(project, set, gap, score, blocked_by.blockers.len()),
                gap: gap.clone(),
                blocked_by,
            })
        })
        .collect();
    all.sort_by_key(|short| short.rank.key());
    all
}

fn rank(
    project: &Project,
    set: &TargetSet,
    gap: &Gap,
    score: &PracticeScore,
    blockers: usize,
) -> Rank {
    let practice = gap.practice.as_str();
    let own = set.practices.iter().find(|own| own.practice == practice);
    let named = |id: &String| own.is_some_and(|own| own.concerns.contains(id));
    let concerns = project.concerns.iter().filter(|concern| {
        let mut touches = concern.touches.iter();
        named(&concern.id) || touches.any(|touch| touch.practice == practice)
    });
    let consequence = concerns.clone().map(|concern| concern.consequence).max();
    let gravest = concerns.filter(|concern| Some(concern.consequence) == consequence);
    let below = project.obligations.iter().filter(|obligation| {
        let mut own = (obligation.minimums.iter()).filter(|least| least.practice == practice);
        own.any(|least| score.reach(least.level, least.scope) == Reach::Missed)
    });
    let duty = below.min_by_key(|obligation| (obligation.in_force, &obligation.id));
    Rank {
        consequence,
        concerns: gravest.map(|concern| concern.id.clone()).collect(),
        duty: duty.map(|duty| (duty.id.clone(), duty.in_force)),
        gap: gap.gap,
        unjudged: gap.unjudged,
        blockers,
    }
}

fn duties(project: &Project, scores: &[PracticeScore], today: Date) -> Vec<Duty> {
    let scores = by_practice(scores);
    let in_force = project
        .obligations
        .iter()
        .filter(|obligation| obligation.in_force <= today);
    let all = in_force.flat_map(|obligation| {
        obligation
            .minimums
            .iter()
            .map(move |minimum| (obligation, minimum))
    });
    let unmet = all.filter_map(|(obligation, minimum)| {
        let score = scores.get(minimum.practice.as_str())?;
        let missed = score.reach(minimum.level, minimum.scope) == Reach::Missed;
        missed.then(|| Duty {
            obligation: obligation.id.clone(),
            source: obligation.source.clone(),
            in_force: obligation.in_force,
            practice: minimum.practice.clone(),
            level: minimum.level,
            scope: minimum.scope,
            current: score.found(minimum.scope),
        })
    });
    unmet.collect()
}

fn vouched(gaps: &[Gap], table: &Effective, settled: &Settled) -> Vouched {
    let mut all = Vouched::default();
    for Vouched {
        attested,
        judged,
        computed,
        unsatisfied,
        missing,
        not_applicable,
        beyond,
    } in (gaps.iter()).map(|gap| vouched_to(table, settled, &gap.practice, gap.target.as_ref()))
    {
        all.attested += attested;
        all.judged += judged;
        all.computed += computed;
        all.unsatisfied += unsatisfied;
        all.missing += missing;
        all.not_applicable += not_applicable;
        all.beyond += beyond;
    }
    all
}

/// The practices that come to meet their target: by its day, and after it.
fn planned(
    projection: &Projection,
    set: &TargetSet,
    table: &Effective,
    now: &[Gap],
) -> (Vec<String>, Vec<Later>) {
    let mut days: BTreeMap<&str, Date> = BTreeMap::new();
    for point in &projection.points {
        let then = gaps(&point.scores, set);
        let met = now.iter().zip(&then);
        for (now, _) in met.filter(|(now, then)| now.stands.is_open() && then.met) {
            days.entry(&now.practice).or_insert(point.on);
        }
    }
    let day = |gap: &Gap| Some((gap.practice.clone(), *days.get(gap.practice.as_str())?));
    let reached: Vec<(String, Date)> = now.iter().filter_map(day).collect();
    let (planned, after): (Vec<_>, Vec<_>) = reached.into_iter().partition(|(_, on)| *on <= set.by);
    let later = |(practice, on): (String, Date)| Later {
        waits: waits(projection, set, table, &practice),
        practice,
        on,
    };
    let mut later: Vec<Later> = after.into_iter().map(later).collect();
    later.sort_by_key(|later| later.on);
    (planned.into_iter().map(|(id, _)| id).collect(), later)
}

/// Indicators of a practice that count after the day of the target for the sake of their period.
fn waits(projection: &Projection, set: &TargetSet, table: &Effective, practice: &str) -> Vec<Wait> {
    let of = |indicator: &String| {
        let row = table.row(indicator)?;
        let covers = row.what.looks_back?.must_pass()?;
        (row.what.practice == practice).then_some(covers)
    };
    let points = projection.points.iter().filter(|point| point.on > set.by);
    let mut waits: Vec<Wait> = Vec::new();
    for point in points {
        for (indicator, covers) in point.counts.iter().filter_map(|id| Some((id, of(id)?))) {
            // An action that closes it earlier goes first.
            if waits.iter().any(|wait| wait.indicator == *indicator) {
                continue;
            }
            waits.push(Wait {
                indicator: indicator.clone(),
                covers,
                on: point.on,
            });
        }
    }
    waits
}
