//! What levels would follow from the actions, if each closes what it names: a plan, not a finding.
//!
//! An action takes effect on its due day, but not before those it waits for, and not before today
//! while it is not done. What is cancelled never takes effect, nor does what waits for it, for
//! something unknown, or for itself.
//!
//! An indicator that covers a period counts only when the period has passed since the action took
//! effect, or since the day from which the action names evidence that it was done already.
//!
//! Findings go before plans. An action that was done before the assessment ended closes nothing that
//! the assessment answered otherwise; and on an assessment that is older than the findings the
//! actions answer nothing is projected at all.

use crate::compose::Effective;
use crate::date::Date;
use crate::project::{Action, Assessment, Project};
use crate::score::{PracticeScore, score};
use crate::settle::{Settled, Standing, Voucher};
use crate::words::Status;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What the plan leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Projection {
    /// One point for each day on which something changes, in order of time.
    pub points: Vec<Projected>,
    /// What each action closes, and when it counts.
    pub closed: Vec<Closed>,
    /// Assessments that are newer than the one projected on and found something about what the
    /// actions close. If there are any, nothing is projected.
    pub answers_newer: Vec<String>,
}

/// The levels projected for a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Projected {
    /// The day.
    pub on: Date,
    /// The actions that take effect on it.
    pub actions: Vec<String>,
    /// The indicators that count from it on.
    pub counts: Vec<String>,
    /// All practices from that day on.
    pub scores: Vec<PracticeScore>,
}

/// An indicator that an action closes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Closed {
    /// The action.
    pub action: String,
    /// The indicator.
    pub indicator: String,
    /// When it counts.
    pub counts: Counts,
}

/// When an indicator that an action closes counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// From this day on.
    From(Date),
    /// Never: the action is cancelled, or waits for what never takes effect.
    Never,
    /// The action was done when the assessment looked, and the assessment found otherwise.
    FoundOtherwise,
}

/// Projects the actions of a project on what an assessment found.
pub fn project(
    project: &Project,
    assessment: &Assessment,
    table: &Effective,
    settled: &Settled,
    today: Date,
) -> Projection {
    let actions = &project.actions;
    let effect = effective_days(actions, today);
    let answers_newer = newer(project, assessment, table);
    let mut closed = Vec::new();
    let mut days: BTreeMap<Date, (Vec<&str>, BTreeSet<&str>)> = BTreeMap::new();
    for action in actions {
        let day = effect.get(action.id.as_str()).copied();
        if let Some(day) = day {
            days.entry(day).or_default().0.push(&action.id);
        }
        for indicator in &action.closes {
            let answered = settled.standing(indicator) != Standing::Missing;
            let looked_at =
                action.status == Status::Done && day.is_some_and(|day| day <= assessment.to);
            let counts = match day {
                None => Counts::Never,
                Some(_) if looked_at && answered => Counts::FoundOtherwise,
                Some(day) => Counts::From(counts_from(action, indicator, table, day)),
            };
            if let Counts::From(day) = counts {
                days.entry(day).or_default().1.insert(indicator);
            }
            closed.push(Closed {
                action: action.id.clone(),
                indicator: indicator.clone(),
                counts,
            });
        }
    }
    if !answers_newer.is_empty() {
        return Projection {
            points: Vec::new(),
            closed,
            answers_newer,
        };
    }
    let mut settled = settled.clone();
    let point = |(on, (actions, counts)): (Date, (Vec<&str>, BTreeSet<&str>))| {
        for indicator in &counts {
            if table.row(indicator).is_some() && settled.standing(indicator).applies() {
                let yes = Standing::Yes(Voucher::Attested);
                settled.standings.insert((*indicator).to_owned(), yes);
            }
        }
        Projected {
            on,
            actions: actions.into_iter().map(str::to_owned).collect(),
            counts: counts.into_iter().map(str::to_owned).collect(),
            scores: score(table, &settled),
        }
    };
    Projection {
        points: days.into_iter().map(point).collect(),
        closed,
        answers_newer,
    }
}

/// The day from which an indicator counts that an action closes.
fn counts_from(action: &Action, indicator: &str, table: &Effective, effect: Date) -> Date {
    let looks_back = table.row(indicator).and_then(|row| row.what.looks_back);
    let Some(period) = looks_back.and_then(|looks_back| looks_back.must_pass()) else {
        return effect;
    };
    let shown = action.since.filter(|_| !action.evidence.is_empty());
    period.after(shown.unwrap_or(effect)).max(effect)
}

/// Newer assessments that found something about what the actions close.
fn newer(project: &Project, assessment: &Assessment, table: &Effective) -> Vec<String> {
    let open = project
        .actions
        .iter()
        .filter(|action| action.status != Status::Cancelled);
    let closed: BTreeSet<&str> = open
        .flat_map(|action| action.closes.iter().map(String::as_str))
        .collect();
    let practices: BTreeSet<&str> = closed
        .iter()
        .filter_map(|indicator| table.row(indicator))
        .map(|row| row.what.practice.as_str())
        .collect();
    let later = |other: &&Assessment| (other.to, other.from) > (assessment.to, assessment.from);
    let found = |other: &&Assessment| {
        let mut answers = other.answers.iter();
        let mut judged = other.judgements.iter();
        answers.any(|answer| closed.contains(answer.indicator.as_str()))
            || judged.any(|judgement| practices.contains(judgement.practice.as_str()))
    };
    let newer = project.assessments.iter().filter(later).filter(found);
    newer.map(|other| other.id.clone()).collect()
}

/// When each action takes effect; those that never do are not in it.
pub fn effective_days(actions: &[Action], today: Date) -> BTreeMap<&str, Date> {
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
                let own = match action.status {
                    Status::Done => action.due,
                    Status::Planned | Status::Started | Status::Cancelled => action.due.max(today),
                };
                let day = first.into_iter().fold(own, Date::max);
                effect.insert(&action.id, day);
            }
        }
        if effect.len() == before {
            return effect;
        }
    }
}
