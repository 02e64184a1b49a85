//! Assessments: states, answers, judgements.

use super::Check;
use crate::fault;
use crate::project::{Assessment, GivenAnswer, Judgement, Signed};
use crate::words::{Answer, Source, State, Word};
use std::collections::BTreeSet;

impl<'p> Check<'p> {
    pub(super) fn assessment(&mut self, assessment: &'p Assessment) {
        if assessment.to < assessment.from {
            self.report(
                &fault::PeriodReversed {
                    end: &assessment.to.to_string(),
                },
                assessment.at,
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
                self.report(
                    &fault::DuplicateAnswer {
                        indicator: &answer.indicator,
                    },
                    answer.at,
                );
            }
        }
        let mut seen = BTreeSet::new();
        for judgement in &assessment.judgements {
            self.judgement(judgement, assessment);
            if !seen.insert((&judgement.practice, judgement.scope, &judgement.by)) {
                self.report(
                    &fault::DuplicateJudgement {
                        practice: &judgement.practice,
                    },
                    judgement.at,
                );
            }
        }
    }

    fn states(&mut self, assessment: &Assessment) {
        let (at, id) = (assessment.at, assessment.id.as_str());
        let (reviewed, approved) = (&assessment.reviewed, &assessment.approved);
        if assessment.state == State::Frozen && reviewed.is_none() {
            self.report(&fault::ReviewMissing { assessment: id }, at);
        }
        if assessment.state == State::Frozen && approved.is_none() {
            self.report(&fault::FrozenUnapproved { assessment: id }, at);
        }
        if assessment.state == State::Frozen && assessment.is_empty() {
            self.report(&fault::FrozenEmpty { assessment: id }, at);
        }
        if assessment.state != State::Frozen && approved.is_some() {
            self.report(&fault::EarlyApproval { assessment: id }, at);
        }
        if assessment.state == State::Draft && reviewed.is_some() {
            self.report(&fault::EarlyReview { assessment: id }, at);
        }
        if let (Some(reviewed), Some(approved)) = (reviewed, approved)
            && approved.on < reviewed.on
        {
            self.report(&fault::ApprovalBeforeReview { assessment: id }, approved.at);
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
            self.report(
                &fault::OwnApproval {
                    person: &approved.by,
                },
                approved.at,
            );
        }
    }

    /// Nobody reviews or approves what has not been found yet. Until it is frozen, what came later than the
    /// review waits for another one.
    fn signed_in_time(&mut self, assessment: &Assessment) {
        let (reviewed, approved) = (&assessment.reviewed, &assessment.approved);
        if let Some(approved) = approved.as_ref().filter(|one| one.on < assessment.to) {
            self.report(
                &fault::ApprovalInPeriod {
                    assessment: &assessment.id,
                },
                approved.at,
            );
        }
        let answers = assessment.answers.iter();
        let answers = answers.filter_map(|one| Some((one.on?, one.indicator.as_str())));
        let judgements = assessment.judgements.iter();
        let judgements = judgements.map(|one| (one.on, one.practice.as_str()));
        let found = answers.chain(judgements);
        let Some((last, about)) = found.filter(|(on, _)| *on <= self.today).max() else {
            return;
        };
        let early = |signed: &Option<Signed>| {
            let signed = signed.as_ref().filter(|one| one.on < last)?;
            Some((signed.at, signed.on.to_string()))
        };
        let (assessment, last) = (&assessment.id, &last.to_string());
        if let Some((at, on)) = early(reviewed) {
            let early = fault::ReviewBeforeAnswers {
                assessment,
                on: &on,
                about,
                last,
            };
            self.report(&early, at);
        } else if let Some((at, on)) = early(approved) {
            let early = fault::ApprovalBeforeAnswers {
                assessment,
                on: &on,
                about,
                last,
            };
            self.report(&early, at);
        }
    }

    fn answer(&mut self, answer: &GivenAnswer, assessment: &Assessment) {
        let (at, id) = (answer.at, answer.indicator.as_str());
        let Some(row) = self.table.row(id) else {
            let known = self.table.rows.iter().map(|row| row.what.id.as_str());
            self.unknown(&fault::UnknownIndicator { indicator: id }, at, id, known);
            return;
        };
        match &answer.computed {
            Some(computed) => {
                if row.what.source == Source::Person {
                    self.report(&fault::ComputedForPerson { indicator: id }, at);
                } else if row.what.check.as_ref() != Some(&computed.check) {
                    self.report(&fault::WrongCheck { indicator: id }, at);
                }
                if computed.model.is_none() && row.what.source == Source::Architecture {
                    self.report(&fault::ComputedWithoutModel { indicator: id }, at);
                }
            }
            None if answer.by.is_none() => self.report(&fault::NoAssessor { indicator: id }, at),
            None if answer.method.is_none() && answer.answer != Answer::Unknown => {
                self.report(&fault::NoMethod { indicator: id }, at);
            }
            None => {}
        }
        if let Some(by) = answer
            .by
            .as_ref()
            .filter(|by| !assessment.assessors.contains(by))
        {
            let known = assessment.assessors.iter().map(String::as_str);
            self.unknown(&fault::NotAnAssessor { person: by }, at, by, known);
        }
        match answer.on {
            None => self.report(&fault::NoAnswerDate { indicator: id }, at),
            Some(on) if on > self.today => self.not_future(Some(on), at),
            Some(on) if !(assessment.from..=assessment.to).contains(&on) => {
                self.report(
                    &fault::OutsidePeriod {
                        date: &on.to_string(),
                    },
                    at,
                );
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
                self.unknown(&fault::UnknownEvidence { evidence: name }, at, name, known);
            }
        }
        if answer.answer == Answer::NotApplicable {
            self.not_applicable(answer, assessment);
        }
    }

    fn not_applicable(&mut self, answer: &GivenAnswer, assessment: &Assessment) {
        let (at, id) = (answer.at, answer.indicator.as_str());
        if answer.because.is_none() {
            self.report(&fault::NaNoReason { indicator: id }, at);
        }
        match &answer.approved_by {
            None => self.report(&fault::NaNoApproval { indicator: id }, at),
            Some(by) if answer.by.as_ref() == Some(by) || assessment.assessors.contains(by) => {
                self.report(&fault::OwnApproval { person: by }, at);
            }
            Some(_) => {}
        }
    }

    fn judgement(&mut self, judgement: &Judgement, assessment: &Assessment) {
        let (at, id) = (judgement.at, judgement.practice.as_str());
        self.practice(id, at);
        if !assessment.assessors.contains(&judgement.by) {
            self.report(
                &fault::NotAnAssessor {
                    person: &judgement.by,
                },
                at,
            );
        }
        self.not_future(Some(judgement.on), at);
        if !(assessment.from..=assessment.to).contains(&judgement.on) && judgement.on <= self.today
        {
            self.report(
                &fault::OutsidePeriod {
                    date: &judgement.on.to_string(),
                },
                at,
            );
        }
        let most = self.table.defined(id, judgement.scope);
        if most.is_none_or(|most| most < judgement.level) {
            let undefined = fault::JudgedUndefined {
                practice: id,
                level: &judgement.level.to_string(),
                scope: judgement.scope.as_str(),
            };
            self.report(&undefined, at);
        }
    }
}
