//! The answers of several assessors to one standing per indicator, conservatively.
//!
//! - One no makes it no; else one partly makes it partly; else one unknown makes it unknown.
//! - Not applicable counts only if every assessor says so, each with a reason and the approval of
//!   somebody else. If assessors disagree on whether it applies, it is unknown.
//! - A judged level (workshop mode) stands for a yes to every indicator up to it that nobody
//!   answered; of several judgements at one scope the lowest counts. Answers go before judgements.
//! - An answer falls to unknown when what it rests on has passed: the model it was computed from has
//!   changed, or all evidence it cites has expired.

use crate::compose::Effective;
use crate::date::Date;
use crate::project::{Assessment, GivenAnswer, Project};
use crate::words::{Answer, Level, Scope, Source};
use record::Digest;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Who says yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voucher {
    /// Only a program.
    Computed,
    /// A person who judged the level as a whole and not this indicator.
    Judged,
    /// A person who judged this indicator.
    Attested,
}

/// Where an indicator stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "standing", content = "voucher")]
pub enum Standing {
    /// Satisfied.
    Yes(Voucher),
    /// Not fully.
    Partly,
    /// Not.
    No,
    /// Does not apply.
    NotApplicable,
    /// Answered, and not known; or no longer backed.
    Unknown,
    /// Nobody answered.
    Missing,
}

impl Standing {
    /// True unless it does not apply.
    pub fn applies(self) -> bool {
        self != Self::NotApplicable
    }

    /// True if satisfied.
    pub fn is_yes(self) -> bool {
        matches!(self, Self::Yes(_))
    }
}

/// What is known at the time of asking.
#[derive(Clone, Copy, Debug, Default)]
pub struct Now {
    /// Evidence that expired before this day no longer counts; `None` looks at an assessment as it
    /// was.
    pub today: Option<Date>,
    /// The digest of the architecture in force; answers computed from another one fall.
    pub model: Option<Digest>,
}

/// An answer that no longer counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// Its place among the answers of the assessment, from 1.
    pub number: usize,
    /// Id of the indicator.
    pub indicator: String,
    /// Why, for people.
    pub reason: String,
}

/// Where every answered indicator stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Settled {
    /// By id of indicator; what is not here is missing.
    pub standings: BTreeMap<String, Standing>,
    /// Judged levels by practice.
    pub judged: BTreeMap<String, Vec<Judged>>,
    /// Answers that no longer count.
    pub dropped: Vec<Dropped>,
}

impl Settled {
    /// Where an indicator stands.
    pub fn standing(&self, indicator: &str) -> Standing {
        self.standings
            .get(indicator)
            .copied()
            .unwrap_or(Standing::Missing)
    }
}

/// Settles an assessment of a project.
pub fn settle(
    project: &Project,
    assessment: &Assessment,
    effective: &Effective,
    now: &Now,
) -> Settled {
    let mut settled = Settled::default();
    let mut given: BTreeMap<&str, Vec<Standing>> = BTreeMap::new();
    let assessors: BTreeSet<&str> = assessment.assessors.iter().map(String::as_str).collect();
    let evidence: BTreeMap<&str, Option<Date>> = project
        .evidence
        .iter()
        .map(|one| (one.id.as_str(), one.valid_until))
        .collect();
    for (at, answer) in assessment.answers.iter().enumerate() {
        let Some(row) = effective.row(&answer.indicator) else {
            continue;
        };
        let mut standing = standing(answer, row.what.source, &assessors);
        if let Some(reason) = fallen(&evidence, answer, row.what.source, now) {
            standing = Standing::Unknown;
            let indicator = answer.indicator.clone();
            settled.dropped.push(Dropped {
                number: at + 1,
                indicator,
                reason,
            });
        }
        given.entry(&answer.indicator).or_default().push(standing);
    }
    for (indicator, standings) in given {
        settled
            .standings
            .insert(indicator.to_owned(), combine(&standings));
    }
    for judgement in &assessment.judgements {
        let all = settled
            .judged
            .entry(judgement.practice.clone())
            .or_default();
        match all
            .iter_mut()
            .find(|judged| judged.scope == judgement.scope)
        {
            Some(judged) => {
                if judgement.level < judged.level {
                    judged.because.clone_from(&judgement.because);
                }
                judged.level = judged.level.min(judgement.level);
                judged.by.push(judgement.by.clone());
            }
            None => all.push(Judged {
                level: judgement.level,
                scope: judgement.scope,
                by: vec![judgement.by.clone()],
                because: judgement.because.clone(),
            }),
        }
    }
    presume(effective, &mut settled);
    settled
}

/// Puts indicators in the place of judged levels.
fn presume(effective: &Effective, settled: &mut Settled) {
    for (practice, judged) in &settled.judged {
        for row in effective.rows_of(practice) {
            let covers =
                |judged: &Judged| row.what.level <= judged.level && row.what.scope <= judged.scope;
            if judged.iter().any(covers) {
                let presumed = Standing::Yes(Voucher::Judged);
                settled
                    .standings
                    .entry(row.what.id.clone())
                    .or_insert(presumed);
            }
        }
    }
}

/// A level that was judged from the table in a workshop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The level.
    pub level: Level,
    /// The scope it was judged at.
    pub scope: Scope,
    /// Who judged.
    pub by: Vec<String>,
    /// Why; of several judgements the reason of the lowest.
    pub because: String,
}

/// One answer on its own. What would be a fault of the project counts as unknown here too, so that
/// no level can rest on it even if the diagnostics are ignored.
fn standing(answer: &GivenAnswer, source: Source, assessors: &BTreeSet<&str>) -> Standing {
    let computed = answer.computed.is_some();
    let by_assessor = answer
        .by
        .as_deref()
        .is_some_and(|by| assessors.contains(by));
    if (computed && source == Source::Person) || (!computed && !by_assessor) {
        return Standing::Unknown;
    }
    match answer.answer {
        Answer::Yes if computed => Standing::Yes(Voucher::Computed),
        Answer::Yes => Standing::Yes(Voucher::Attested),
        Answer::Partly => Standing::Partly,
        Answer::No => Standing::No,
        Answer::Unknown => Standing::Unknown,
        Answer::NotApplicable => {
            let reason = answer
                .because
                .as_ref()
                .is_some_and(|text| !text.trim().is_empty());
            let approved = answer.approved_by.as_ref().is_some_and(|by| {
                answer.by.as_ref() != Some(by) && !assessors.contains(by.as_str())
            });
            if reason && approved {
                Standing::NotApplicable
            } else {
                Standing::Unknown
            }
        }
    }
}

/// Why an answer no longer counts.
fn fallen(
    evidence: &BTreeMap<&str, Option<Date>>,
    answer: &GivenAnswer,
    source: Source,
    now: &Now,
) -> Option<String> {
    if let (Some(computed), Some(model)) = (&answer.computed, now.model)
        && computed.model != Some(model)
        && (computed.model.is_some() || source == Source::Architecture)
    {
        return Some(match computed.model {
            Some(old) => format!(
                "computed from model `{}`; the model in force is `{}`",
                old.short(),
                model.short()
            ),
            None => "computed from a model that is not named".to_owned(),
        });
    }
    let today = now.today?;
    if answer.evidence.is_empty() || !matches!(answer.answer, Answer::Yes | Answer::NotApplicable) {
        return None;
    }
    let mut last = None;
    for name in &answer.evidence {
        // Evidence that is not known or has no end keeps the answer.
        let until = evidence.get(name.as_str()).copied().flatten()?;
        if until >= today {
            return None;
        }
        last = last.max(Some(until));
    }
    last.map(|until| format!("all its evidence expired, the last on `{until}`"))
}

/// Several assessors' standings for one indicator.
pub fn combine(standings: &[Standing]) -> Standing {
    let any = |wanted: Standing| standings.contains(&wanted);
    let vouchers = standings.iter().filter_map(|standing| match standing {
        Standing::Yes(voucher) => Some(*voucher),
        Standing::Partly
        | Standing::No
        | Standing::NotApplicable
        | Standing::Unknown
        | Standing::Missing => None,
    });
    if standings
        .iter()
        .all(|standing| *standing == Standing::Missing)
    {
        Standing::Missing
    } else if any(Standing::No) {
        Standing::No
    } else if any(Standing::Partly) {
        Standing::Partly
    } else if standings
        .iter()
        .all(|standing| *standing == Standing::NotApplicable)
    {
        Standing::NotApplicable
    } else if vouchers.clone().count() < standings.len() {
        Standing::Unknown
    } else {
        vouchers.max().map_or(Standing::Missing, Standing::Yes)
    }
}
