//! Assessments: states, answers, judgements.

use super::Check;
use crate::fault;
use crate::project::{Assessment, GivenAnswer, Judgement, Signed};
use crate::words::{Answer, Source, State};
use std::collections::BTreeSet;

impl<'p> Check<'p> {
    pub(super) fn assessment(&mut self, assessment: &'p Assessment) {
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
        if assessment.state == State::Frozen && assessment.is_empty() {
            self.report(&fault::FROZEN_EMPTY, at, id);
        }
        if assessment.state != State::Frozen && approved.is_some() {
            self.report(&fault::EARLY_APPROVAL, at, id);
        }
        if assessment.state == State::Draft && reviewed.is_some() {
            self.report(&fault::EARLY_REVIEW, at, id);
        }
        if let (Some(reviewed), Some(approved)) = (reviewed, approved)
            && approved.on < reviewed.on
        {
            self.report(&fault::APPROVAL_BEFORE_REVIEW, approved.at, id);
        }
        for signed in reviewed.iter().chain(approved) {
            self.not_future(Some(signed.on), signed.at);
        }
        if assessment.state == State::Frozen {
            self.signed_in_time(assessment);
        }
        if let Some(approved) = approved
            .as_ref()
            .filter(|who| assessment.assessors.contains(&who.by))
        {
            self.report(&fault::OWN_APPROVAL, approved.at, &approved.by);
        }
    }

    /// Nobody reviews or approves what has not been found yet. Until it is frozen, what came later than the
    /// review waits for another one.
    fn signed_in_time(&mut self, assessment: &Assessment) {
        let (reviewed, approved) = (&assessment.reviewed, &assessment.approved);
        if let Some(approved) = approved.as_ref().filter(|one| one.on < assessment.to) {
            self.report(&fault::APPROVAL_IN_PERIOD, approved.at, &assessment.id);
        }
        let answers = assessment.answers.iter();
        let answers = answers.filter_map(|one| Some((one.on?, one.indicator.as_str())));
        let judgements = assessment.judgements.iter();
        let judgements = judgements.map(|one| (one.on, one.practice.as_str()));
        let found = answers.chain(judgements);
        let Some((last, about)) = found.filter(|(on, _)| *on <= self.today).max() else {
            return;
        };
        let mut signed = [
            (reviewed, "reviewed", &fault::REVIEW_BEFORE_ANSWERS),
            (approved, "approved", &fault::APPROVAL_BEFORE_ANSWERS),
        ]
        .into_iter();
        let early = signed.find_map(|(one, what, rule)| {
            let one = one.as_ref().filter(|one| one.on < last)?;
            Some((one, what, rule))
        });
        if let Some((Signed { on, at, .. }, what, rule)) = early {
            let id = &assessment.id;
            let words = format!("assessment `{id}` is {what} on {on}, and `{about}` is of {last}");
            self.report(rule, *at, &words);
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
            if !self.ids.evidence.contains(name.as_str()) {
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
}
