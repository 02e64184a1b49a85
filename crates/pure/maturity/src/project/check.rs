//! What is wrong with a project as a whole: names that lead nowhere, answers that nobody vouches
//! for, dates that cannot be, approvals of one's own work, targets that no table can meet.

mod actions;
mod assessment;
mod people;
mod texts;

use super::{Evidence, Project, TargetSet};
use crate::catalog::{Catalog, Lookup};
use crate::compose::Effective;
use crate::date::Date;
use crate::fault::{self, Faults, Located};
use crate::propose::propose;
use crate::words::{Level, Scope, Word};
use source::{Span, Worded, nearest};
use std::collections::BTreeSet;

/// What is wrong, in the order of the text: as much as is shown, errors before warnings. `table` is
/// [`Project::table`].
pub fn check(project: &Project, catalog: &Catalog, table: &Effective, today: Date) -> Vec<Located> {
    found(project, catalog, table, today, Faults::default())
}

/// Every error, however many there are: what two projects are compared by.
pub fn errors(
    project: &Project,
    catalog: &Catalog,
    table: &Effective,
    today: Date,
) -> Vec<Located> {
    found(project, catalog, table, today, Faults::of_errors())
}

fn found(
    project: &Project,
    catalog: &Catalog,
    table: &Effective,
    today: Date,
    faults: Faults,
) -> Vec<Located> {
    let ids = Ids::of(project);
    let mut check = Check {
        project,
        catalog,
        table,
        today,
        ids,
        faults,
    };
    if check.too_much() {
        return check.findings();
    }
    check.texts();
    check.whole();
    check.twice();
    check.references();
    check.people();
    for set in &project.targets {
        check.target_set(set);
    }
    for evidence in &project.evidence {
        check.evidence(evidence);
    }
    for assessment in &project.assessments {
        check.assessment(assessment);
    }
    check.actions();
    check.findings()
}

struct Check<'p> {
    project: &'p Project,
    catalog: &'p Catalog,
    table: &'p Effective,
    today: Date,
    ids: Ids<'p>,
    faults: Faults,
}

/// The names that other lines refer to.
struct Ids<'p> {
    people: BTreeSet<&'p str>,
    goals: BTreeSet<&'p str>,
    concerns: BTreeSet<&'p str>,
    evidence: BTreeSet<&'p str>,
    actions: BTreeSet<&'p str>,
}

impl<'p> Ids<'p> {
    fn of(project: &'p Project) -> Self {
        Self {
            people: project
                .people
                .iter()
                .map(|known| known.id.as_str())
                .collect(),
            goals: project
                .goals
                .iter()
                .map(|known| known.id.as_str())
                .collect(),
            concerns: project
                .concerns
                .iter()
                .map(|known| known.id.as_str())
                .collect(),
            evidence: project
                .evidence
                .iter()
                .map(|known| known.id.as_str())
                .collect(),
            actions: project
                .actions
                .iter()
                .map(|known| known.id.as_str())
                .collect(),
        }
    }
}

impl<'p> Check<'p> {
    fn findings(self) -> Vec<Located> {
        let found = self.faults.into_diagnostics().into_iter();
        found
            .map(|diagnostic| Located {
                text: 0,
                diagnostic,
            })
            .collect()
    }

    /// Reports what there is too much of: the work of the other checks stays bounded.
    fn too_much(&mut self) -> bool {
        let project = self.project;
        let assessments = &project.assessments;
        let touches = project.concerns.iter().map(|concern| concern.touches.len());
        let minimums = project.obligations.iter().map(|duty| duty.minimums.len());
        let answers = assessments
            .iter()
            .map(|one| one.answers.len() + one.judgements.len());
        let assessors = assessments.iter().map(|one| one.assessors.len());
        let rows = project
            .targets
            .iter()
            .map(|set| set.practices.len() + set.drafts.len());
        for (count, most, what) in [
            (project.people.len(), 10_000, "10000 people"),
            (project.profiles.len(), 100, "100 profiles"),
            (project.goals.len(), 1_000, "1000 goals"),
            (project.concerns.len(), 1_000, "1000 concerns"),
            (touches.sum(), 10_000, "10000 practices touched by concerns"),
            (project.obligations.len(), 1_000, "1000 obligations"),
            (minimums.sum(), 10_000, "10000 minimums"),
            (project.targets.len(), 200, "200 targets"),
            (rows.max().unwrap_or(0), 100, "100 lines in a target"),
            (project.evidence.len(), 100_000, "100000 pieces of evidence"),
            (assessments.len(), 1_000, "1000 assessments"),
            (
                assessors.max().unwrap_or(0),
                100,
                "100 assessors in an assessment",
            ),
            (answers.sum(), 200_000, "200000 answers"),
            (project.actions.len(), 2_000, "2000 actions"),
        ] {
            if count > most {
                self.report(&fault::TooMuch { most: what }, project.at);
            }
        }
        self.faults.any()
    }

    fn report(&mut self, fault: &dyn Worded, at: Span) {
        self.faults.report(fault, at);
    }

    /// Reports a name that leads nowhere, with the nearest that leads somewhere.
    fn unknown<'n>(
        &mut self,
        fault: &dyn Worded,
        at: Span,
        word: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        let near = if self.faults.is_full() {
            None
        } else {
            nearest(word, known)
        };
        match near {
            Some(near) => self.faults.report_meant(fault, at, None, near),
            None => self.faults.report(fault, at),
        }
    }

    fn not_future(&mut self, date: Option<Date>, at: Span) {
        if let Some(date) = date.filter(|date| *date > self.today) {
            self.report(
                &fault::FutureDate {
                    date: &date.to_string(),
                },
                at,
            );
        }
    }

    fn practice(&mut self, id: &str, at: Span) {
        if !matches!(self.catalog.lookup(id), Lookup::Found(practice) if practice.title.id == id) {
            self.report(&fault::UnknownPractice { practice: id }, at);
        }
    }

    fn whole(&mut self) {
        let project = self.project;
        if project.format != super::FORMAT {
            self.report(
                &fault::FormatUnknown {
                    format: &project.format,
                },
                project.at,
            );
        }
        let wanted = &project.catalog;
        if (&wanted.name, &wanted.version) != (&self.catalog.id, &self.catalog.version) {
            let words = format!("{} {}", wanted.name, wanted.version);
            self.report(&fault::CatalogDiffers { catalog: &words }, project.at);
        }
        for profile in &project.profiles {
            let same = |layer: &&crate::compose::Origin| {
                (&layer.name, &layer.version) == (&profile.name, &profile.version)
            };
            if !self.table.layers.iter().any(|layer| same(&layer)) {
                let words = format!("{} {}", profile.name, profile.version);
                self.report(&fault::ProfileUnknown { profile: &words }, project.at);
            }
        }
        self.unique(
            "person",
            project.people.iter().map(|x| (x.id.as_str(), x.at)),
        );
        self.unique("goal", project.goals.iter().map(|x| (x.id.as_str(), x.at)));
        self.unique(
            "concern",
            project.concerns.iter().map(|x| (x.id.as_str(), x.at)),
        );
        self.unique(
            "obligation",
            project.obligations.iter().map(|x| (x.id.as_str(), x.at)),
        );
        self.unique(
            "target",
            project.targets.iter().map(|x| (x.id.as_str(), x.at)),
        );
        self.unique(
            "evidence",
            project.evidence.iter().map(|x| (x.id.as_str(), x.at)),
        );
        self.unique(
            "assessment",
            project.assessments.iter().map(|x| (x.id.as_str(), x.at)),
        );
        self.unique(
            "action",
            project.actions.iter().map(|x| (x.id.as_str(), x.at)),
        );
    }

    /// The same said twice of a concern or a duty.
    fn twice(&mut self) {
        for concern in &self.project.concerns {
            let mut seen = BTreeSet::new();
            for touch in &concern.touches {
                if !seen.insert((&touch.practice, touch.scope, touch.level)) {
                    let words = format!("touches {} of {}", touch.practice, concern.id);
                    self.report(&fault::SaidTwice { what: &words }, touch.at);
                }
            }
        }
        for duty in &self.project.obligations {
            let mut seen = BTreeSet::new();
            for least in &duty.minimums {
                if !seen.insert((&least.practice, least.scope, least.level)) {
                    let words = format!("minimum {} of {}", least.practice, duty.id);
                    self.report(&fault::SaidTwice { what: &words }, least.at);
                }
            }
        }
    }

    fn unique<'n>(&mut self, what: &str, ids: impl Iterator<Item = (&'n str, Span)>) {
        let mut seen = BTreeSet::new();
        for (id, at) in ids {
            if !seen.insert(id) {
                self.report(
                    &fault::DuplicateId {
                        id: &format!("{what} {id}"),
                    },
                    at,
                );
            }
        }
    }

    /// Practices, goals and concerns that are named.
    fn references(&mut self) {
        let project = self.project;
        for concern in &project.concerns {
            for goal in &concern.goals {
                if !self.ids.goals.contains(goal.as_str()) {
                    let help = "describe it in a `goal` line of the project".to_owned();
                    self.faults
                        .report_with(&fault::UnknownWord { word: goal }, concern.at, help);
                }
            }
            for touch in &concern.touches {
                self.practice(&touch.practice, touch.at);
            }
        }
        for obligation in &project.obligations {
            for minimum in &obligation.minimums {
                self.practice(&minimum.practice, minimum.at);
            }
        }
        for set in &project.targets {
            for draft in &set.drafts {
                if self.catalog.part(&draft.part).is_none() {
                    self.report(&fault::UnknownPart { part: &draft.part }, draft.at);
                }
            }
            for target in &set.practices {
                self.practice(&target.practice, target.at);
                for concern in &target.concerns {
                    if !self.ids.concerns.contains(concern.as_str()) {
                        let known = project.concerns.iter().map(|known| known.id.as_str());
                        self.unknown(
                            &fault::UnknownConcern { concern },
                            target.at,
                            concern,
                            known,
                        );
                    }
                }
            }
        }
    }

    fn target_set(&mut self, set: &'p TargetSet) {
        let drafts = set
            .drafts
            .iter()
            .map(|draft| (draft.part.as_str(), draft.at));
        let own = set
            .practices
            .iter()
            .map(|target| (target.practice.as_str(), target.at));
        self.unique("target of", drafts.chain(own));
        let proposals = propose(self.project, self.table);
        for target in &set.practices {
            let id = target.practice.as_str();
            if target.because.is_none() {
                self.report(&fault::NoReason { practice: id }, target.at);
            }
            self.not_future(
                target.override_of.as_ref().map(|decision| decision.on),
                target.at,
            );
            let Some(proposal) = proposals.get(id) else {
                continue;
            };
            let same = proposal.is(target.level, target.scope);
            if !same && target.override_of.is_none() {
                let asks = proposal.asks.iter();
                let asks = asks.map(|ask| format!("({}, {})", ask.level, ask.scope));
                let unjustified = fault::UnjustifiedOverride {
                    practice: id,
                    level: &target.level.to_string(),
                    scope: target.scope.as_str(),
                    proposed: &asks.collect::<Vec<_>>().join(" and "),
                };
                self.report(&unjustified, target.at);
            } else if same && target.override_of.is_some() {
                self.report(&fault::NoOverrideNeeded { practice: id }, target.at);
            }
        }
        for (practice, _) in &self.table.practices {
            let Some(target) = set.of(practice) else {
                self.obligations(set, practice, None, set.at);
                continue;
            };
            let own = set.practices.iter().find(|own| own.practice == *practice);
            let at = own.map_or(set.at, |own| own.at);
            let defined = self.table.defined(practice, target.scope);
            if target.level > Level::NONE && defined.is_none_or(|most| most < target.level) {
                let without = fault::ScopeWithoutLayer {
                    level: &target.level.to_string(),
                    scope: target.scope.as_str(),
                    practice,
                };
                self.report(&without, at);
            }
            self.obligations(set, practice, Some((target.level, target.scope)), at);
        }
    }

    fn obligations(
        &mut self,
        set: &TargetSet,
        practice: &str,
        target: Option<(Level, Scope)>,
        at: Span,
    ) {
        let project = self.project;
        for duty in project
            .obligations
            .iter()
            .filter(|duty| duty.in_force <= set.by)
        {
            for least in duty
                .minimums
                .iter()
                .filter(|least| least.practice == practice)
            {
                let covers = |(level, scope)| level >= least.level && scope >= least.scope;
                if target.is_some_and(covers) {
                    continue;
                }
                let target = match target {
                    Some((level, scope)) => format!("is to be ({level}, {scope})"),
                    None => "has no target".to_owned(),
                };
                let below = fault::BelowObligation {
                    practice,
                    target: &target,
                    by: &set.by.to_string(),
                    obligation: &duty.id,
                    demanded: &format!("({}, {})", least.level, least.scope),
                    since: &duty.in_force.to_string(),
                };
                self.report(&below, at);
            }
        }
    }

    fn evidence(&mut self, evidence: &Evidence) {
        self.not_future(evidence.dated, evidence.at);
        if let (Some(from), Some(to)) = (evidence.dated, evidence.valid_until)
            && to < from
        {
            self.report(
                &fault::PeriodReversed {
                    end: &to.to_string(),
                },
                evidence.at,
            );
        }
        if let Some(until) = evidence.valid_until.filter(|until| *until < self.today) {
            let expired = fault::EvidenceExpired {
                evidence: &evidence.id,
                until: &until.to_string(),
            };
            self.report(&expired, evidence.at);
        }
    }
}
