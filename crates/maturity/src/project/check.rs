//! What is wrong with a project as a whole: names that lead nowhere, answers that nobody vouches
//! for, dates that cannot be, approvals of one's own work, targets that no table can meet.

mod people;

use super::{Action, Assessment, Evidence, GivenAnswer, Judgement, Project, TargetSet};
use crate::catalog::{Catalog, Lookup};
use crate::compose::Effective;
use crate::date::Date;
use crate::fault::{self, Faults, Finding, Rule};
use crate::propose::propose;
use crate::suggest::nearest;
use crate::words::{Answer, Level, Scope, Source, State, Status};
use source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is wrong, in the order of the text. `table` is [`Project::table`].
pub fn check(project: &Project, catalog: &Catalog, table: &Effective, today: Date) -> Vec<Finding> {
    let mut check = Check {
        project,
        catalog,
        table,
        today,
        faults: Faults::default(),
    };
    check.whole();
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
    let found = check.faults.into_diagnostics().into_iter();
    found
        .map(|diagnostic| Finding {
            text: 0,
            diagnostic,
        })
        .collect()
}

struct Check<'p> {
    project: &'p Project,
    catalog: &'p Catalog,
    table: &'p Effective,
    today: Date,
    faults: Faults,
}

impl<'p> Check<'p> {
    fn report(&mut self, rule: &Rule, at: Span, words: &str) {
        self.faults.report(rule, at, words);
    }

    /// Reports a name that leads nowhere, with the nearest that leads somewhere.
    fn unknown<'n>(
        &mut self,
        rule: &Rule,
        at: Span,
        word: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        match nearest(word, known) {
            Some(near) => self
                .faults
                .report_with(rule, at, word, format!("did you mean `{near}`")),
            None => self.faults.report(rule, at, word),
        }
    }

    fn not_future(&mut self, date: Option<Date>, at: Span) {
        if let Some(date) = date.filter(|date| *date > self.today) {
            self.report(&fault::FUTURE_DATE, at, &date.to_string());
        }
    }

    fn practice(&mut self, id: &str, at: Span) {
        if !matches!(self.catalog.lookup(id), Lookup::Found(practice) if practice.title.id == id) {
            self.report(&fault::UNKNOWN_PRACTICE, at, id);
        }
    }

    fn whole(&mut self) {
        let project = self.project;
        let wanted = &project.catalog;
        if (&wanted.name, &wanted.version) != (&self.catalog.id, &self.catalog.version) {
            let words = format!("{} {}", wanted.name, wanted.version);
            self.report(&fault::CATALOG_DIFFERS, project.at, &words);
        }
        for profile in &project.profiles {
            let same = |layer: &&crate::compose::Origin| {
                (&layer.name, &layer.version) == (&profile.name, &profile.version)
            };
            if !self.table.layers.iter().any(|layer| same(&layer)) {
                let words = format!("{} {}", profile.name, profile.version);
                self.report(&fault::PROFILE_UNKNOWN, project.at, &words);
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

    fn unique<'n>(&mut self, what: &str, ids: impl Iterator<Item = (&'n str, Span)>) {
        let mut seen = BTreeSet::new();
        for (id, at) in ids {
            if !seen.insert(id) {
                self.report(&fault::DUPLICATE_ID, at, &format!("{what} {id}"));
            }
        }
    }

    /// Practices, goals and concerns that are named.
    fn references(&mut self) {
        let project = self.project;
        for concern in &project.concerns {
            for goal in &concern.goals {
                if !project.goals.iter().any(|known| known.id == *goal) {
                    let help = "describe it in a `goal` line of the project".to_owned();
                    self.faults
                        .report_with(&fault::UNKNOWN_WORD, concern.at, goal, help);
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
                    self.report(&fault::UNKNOWN_PART, draft.at, &draft.part);
                }
            }
            for target in &set.practices {
                self.practice(&target.practice, target.at);
                for concern in &target.concerns {
                    if !project.concerns.iter().any(|known| known.id == *concern) {
                        let known = project.concerns.iter().map(|known| known.id.as_str());
                        self.unknown(&fault::UNKNOWN_CONCERN, target.at, concern, known);
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
                self.report(&fault::NO_REASON, target.at, id);
            }
            self.not_future(
                target.override_of.as_ref().map(|decision| decision.on),
                target.at,
            );
            let Some(proposal) = proposals.get(id) else {
                continue;
            };
            let same = (proposal.level, proposal.scope) == (target.level, target.scope);
            if !same && target.override_of.is_none() {
                let words = format!(
                    "`{id}` is set to ({}, {}) and ({}, {}) was proposed",
                    target.level, target.scope, proposal.level, proposal.scope
                );
                self.report(&fault::UNJUSTIFIED_OVERRIDE, target.at, &words);
            } else if same && target.override_of.is_some() {
                self.report(&fault::NO_OVERRIDE_NEEDED, target.at, id);
            }
        }
        for (practice, _) in &self.table.practices {
            let Some(target) = set.of(practice) else {
                continue;
            };
            let own = set.practices.iter().find(|own| own.practice == *practice);
            let at = own.map_or(set.at, |own| own.at);
            let defined = self.table.defined(practice, target.scope);
            if target.level > Level::NONE && defined.is_none_or(|most| most < target.level) {
                let words = format!(
                    "no indicator says what ({}, {}) means for `{practice}`, so the target cannot be met",
                    target.level, target.scope
                );
                self.report(&fault::SCOPE_WITHOUT_LAYER, at, &words);
            }
            self.obligations(set, practice, (target.level, target.scope), at);
        }
    }

    fn obligations(&mut self, set: &TargetSet, practice: &str, target: (Level, Scope), at: Span) {
        let project = self.project;
        for obligation in project
            .obligations
            .iter()
            .filter(|duty| duty.in_force <= set.by)
        {
            for minimum in obligation
                .minimums
                .iter()
                .filter(|least| least.practice == practice)
            {
                if target.0 < minimum.level || target.1 < minimum.scope {
                    let words = format!(
                        "`{practice}` is to be ({}, {}) by {} and `{}` demands ({}, {}) since {}",
                        target.0,
                        target.1,
                        set.by,
                        obligation.id,
                        minimum.level,
                        minimum.scope,
                        obligation.in_force
                    );
                    self.report(&fault::BELOW_OBLIGATION, at, &words);
                }
            }
        }
    }

    fn evidence(&mut self, evidence: &Evidence) {
        self.not_future(evidence.dated, evidence.at);
        if let (Some(from), Some(to)) = (evidence.dated, evidence.valid_until)
            && to < from
        {
            self.report(&fault::PERIOD_REVERSED, evidence.at, &to.to_string());
        }
        if let Some(until) = evidence.valid_until.filter(|until| *until < self.today) {
            let words = format!("`{}` was valid until {until}", evidence.id);
            self.report(&fault::EVIDENCE_EXPIRED, evidence.at, &words);
        }
    }

    fn assessment(&mut self, assessment: &'p Assessment) {
        if assessment.to < assessment.from {
            self.report(
                &fault::PERIOD_REVERSED,
                assessment.at,
                &assessment.to.to_string(),
            );
        }
        self.not_future(Some(assessment.from), assessment.at);
        if assessment.state == State::Frozen {
            self.not_future(Some(assessment.to), assessment.at);
        }
        self.states(assessment);
        let mut seen = BTreeSet::new();
        for answer in &assessment.answers {
            self.answer(answer, assessment);
            let who = answer
                .by
                .as_deref()
                .or(answer.computed.as_ref().map(|c| c.check.as_str()));
            if !seen.insert((answer.indicator.as_str(), who, answer.computed.is_some())) {
                self.report(&fault::DUPLICATE_ANSWER, answer.at, &answer.indicator);
            }
        }
        let mut seen = BTreeSet::new();
        for judgement in &assessment.judgements {
            self.judgement(judgement, assessment);
            if !seen.insert((&judgement.practice, judgement.scope, &judgement.by)) {
                self.report(
                    &fault::DUPLICATE_JUDGEMENT,
                    judgement.at,
                    &judgement.practice,
                );
            }
        }
    }

    fn states(&mut self, assessment: &Assessment) {
        let (at, id) = (assessment.at, assessment.id.as_str());
        let (reviewed, approved) = (&assessment.reviewed, &assessment.approved);
        if assessment.state == State::Frozen && reviewed.is_none() {
            self.report(&fault::REVIEW_MISSING, at, id);
        }
        if assessment.state == State::Frozen && approved.is_none() {
            self.report(&fault::FROZEN_UNAPPROVED, at, id);
        }
        if assessment.state != State::Frozen && approved.is_some() {
            self.report(&fault::EARLY_APPROVAL, at, id);
        }
        if let (Some(reviewed), Some(approved)) = (reviewed, approved)
            && approved.on < reviewed.on
        {
            self.report(&fault::APPROVAL_BEFORE_REVIEW, approved.at, id);
        }
        for signed in reviewed.iter().chain(approved) {
            self.not_future(Some(signed.on), signed.at);
        }
        if let Some(approved) = approved
            .as_ref()
            .filter(|who| assessment.assessors.contains(&who.by))
        {
            self.report(&fault::OWN_APPROVAL, approved.at, &approved.by);
        }
    }

    fn answer(&mut self, answer: &GivenAnswer, assessment: &Assessment) {
        let (at, id) = (answer.at, answer.indicator.as_str());
        let Some(row) = self.table.row(id) else {
            let known = self.table.rows.iter().map(|row| row.what.id.as_str());
            self.unknown(&fault::UNKNOWN_INDICATOR, at, id, known);
            return;
        };
        match &answer.computed {
            Some(computed) => {
                if row.what.source == Source::Person {
                    self.report(&fault::COMPUTED_FOR_PERSON, at, id);
                } else if row.what.check.as_ref() != Some(&computed.check) {
                    self.report(&fault::WRONG_CHECK, at, id);
                }
                if computed.model.is_none() && row.what.source == Source::Architecture {
                    self.report(&fault::COMPUTED_WITHOUT_MODEL, at, id);
                }
            }
            None if answer.by.is_none() => self.report(&fault::NO_ASSESSOR, at, id),
            None if answer.method.is_none() && answer.answer != Answer::Unknown => {
                self.report(&fault::NO_METHOD, at, id);
            }
            None => {}
        }
        if let Some(by) = answer
            .by
            .as_ref()
            .filter(|by| !assessment.assessors.contains(by))
        {
            let known = assessment.assessors.iter().map(String::as_str);
            self.unknown(&fault::NOT_AN_ASSESSOR, at, by, known);
        }
        match answer.on {
            None => self.report(&fault::NO_ANSWER_DATE, at, id),
            Some(on) if on > self.today => self.not_future(Some(on), at),
            Some(on) if !(assessment.from..=assessment.to).contains(&on) => {
                self.report(&fault::OUTSIDE_PERIOD, at, &on.to_string());
            }
            Some(_) => {}
        }
        for name in &answer.evidence {
            if !self
                .project
                .evidence
                .iter()
                .any(|evidence| evidence.id == *name)
            {
                let known = self
                    .project
                    .evidence
                    .iter()
                    .map(|evidence| evidence.id.as_str());
                self.unknown(&fault::UNKNOWN_EVIDENCE, at, name, known);
            }
        }
        if answer.answer == Answer::NotApplicable {
            self.not_applicable(answer, assessment);
        }
    }

    fn not_applicable(&mut self, answer: &GivenAnswer, assessment: &Assessment) {
        let (at, id) = (answer.at, answer.indicator.as_str());
        if answer.because.is_none() {
            self.report(&fault::NA_NO_REASON, at, id);
        }
        match &answer.approved_by {
            None => self.report(&fault::NA_NO_APPROVAL, at, id),
            Some(by) if answer.by.as_ref() == Some(by) || assessment.assessors.contains(by) => {
                self.report(&fault::OWN_APPROVAL, at, by);
            }
            Some(_) => {}
        }
    }

    fn judgement(&mut self, judgement: &Judgement, assessment: &Assessment) {
        let (at, id) = (judgement.at, judgement.practice.as_str());
        self.practice(id, at);
        if !assessment.assessors.contains(&judgement.by) {
            self.report(&fault::NOT_AN_ASSESSOR, at, &judgement.by);
        }
        self.not_future(Some(judgement.on), at);
        if !(assessment.from..=assessment.to).contains(&judgement.on) && judgement.on <= self.today
        {
            self.report(&fault::OUTSIDE_PERIOD, at, &judgement.on.to_string());
        }
        let most = self.table.defined(id, judgement.scope);
        if most.is_none_or(|most| most < judgement.level) {
            let words = format!(
                "`{id}` is judged to be ({}, {}), and no indicator says what that means",
                judgement.level, judgement.scope
            );
            self.report(&fault::JUDGED_UNDEFINED, at, &words);
        }
    }

    fn actions(&mut self) {
        let project = self.project;
        for action in &project.actions {
            let at = action.at;
            if action.closes.is_empty() {
                self.report(&fault::ACTION_CLOSES_NOTHING, at, &action.id);
            }
            for id in &action.closes {
                if self.table.row(id).is_none() {
                    let known = self.table.rows.iter().map(|row| row.what.id.as_str());
                    self.unknown(&fault::UNKNOWN_INDICATOR, at, id, known);
                }
            }
            for name in &action.after {
                if !project.actions.iter().any(|other| other.id == *name) {
                    let known = project.actions.iter().map(|other| other.id.as_str());
                    self.unknown(&fault::UNKNOWN_ACTION, at, name, known);
                }
            }
            if let Some(cost) = action.cost.as_ref().filter(|cost| cost.most < cost.least) {
                self.report(&fault::COST_REVERSED, cost.at, &cost.most.to_string());
            }
            if action.status == Status::Done {
                self.not_future(Some(action.due), at);
            }
        }
        for id in cyclic(&project.actions) {
            let at = project
                .actions
                .iter()
                .find(|action| action.id == id)
                .map(|action| action.at);
            self.report(&fault::ACTION_CYCLE, at.unwrap_or_default(), id);
        }
    }
}

/// The actions that wait for themselves. What cannot be taken off from either end lies on a cycle or
/// between cycles; of these the ones that reach themselves are reported.
fn cyclic(actions: &[Action]) -> Vec<&str> {
    let mut after: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for action in actions {
        after
            .entry(&action.id)
            .or_default()
            .extend(action.after.iter().map(String::as_str));
    }
    loop {
        let waiting: BTreeSet<&str> = after.keys().copied().collect();
        let waited: BTreeSet<&str> = after.values().flatten().copied().collect();
        let before = after.len();
        after.retain(|id, names| waited.contains(id) && names.iter().any(|n| waiting.contains(n)));
        if after.len() == before {
            return after.into_keys().collect();
        }
    }
}
