//! Assessments: who may work at which, opening, answering, judging, reviewing, approving.

use super::computed;
use super::desk::{Author, Desk};
use super::recording::Done;
use super::refusal::Refusal;
use super::results::{self, Answers};
use crate::model_file::ModelFile;
use crate::{Failure, check};
use maturity::ledger::{self, AssessmentHead, Event, Key};
use maturity::project::{Assessment, GivenAnswer, Judgement, Signed};
use maturity::{Answer, Level, Method, Scope, State};
use record::Digest;
use source::Span;
use std::path::Path;

/// What somebody answers to an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The answer.
    pub answer: Answer,
    /// How it was found.
    pub method: Option<Method>,
    /// The evidence, by short name.
    pub evidence: Vec<String>,
    /// What was seen or said.
    pub note: Option<String>,
    /// Why it does not apply.
    pub because: Option<String>,
    /// Who approved that it does not apply.
    pub approved_by: Option<String>,
}

/// What somebody judges a practice to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The level.
    pub level: Level,
    /// The scope.
    pub scope: Scope,
    /// Why.
    pub because: String,
}

/// Answers that a program found in a model; not recorded yet.
#[derive(Debug)]
pub struct Computed {
    /// The assessment they are for.
    pub assessment: String,
    /// The file of the model.
    pub file: String,
    /// The digest of the model.
    pub model: Digest,
    /// The answers.
    pub answers: Vec<GivenAnswer>,
}

/// The assessment that is meant: the one named, or the only one that is not frozen.
///
/// # Errors
/// There is none, or more than one.
pub fn meant<'d>(desk: &'d Desk<'_>, named: Option<&str>) -> Result<&'d Assessment, Failure> {
    let all = &desk.project()?.assessments;
    if let Some(named) = named {
        return all.iter().find(|one| one.id == named).ok_or_else(|| {
            let refusal = Refusal::NoAssessment {
                assessment: named.to_owned(),
                known: all.iter().map(|one| one.id.clone()).collect(),
            };
            refusal.into()
        });
    }
    let mut open = all.iter().filter(|one| one.state != State::Frozen);
    match (open.next(), open.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Refusal::NoneOpen {}.into()),
        (Some(one), Some(other)) => {
            let (one, other) = (one.id.clone(), other.id.clone());
            Err(Refusal::SeveralOpen { one, other }.into())
        }
    }
}

/// The assessment that is meant, if this person may work at it today.
///
/// # Errors
/// As for [`meant`]; they are not an assessor of it, or today is not within its period.
pub fn may_assess<'d>(
    desk: &'d Desk<'_>,
    author: &Author,
    named: Option<&str>,
) -> Result<&'d Assessment, Failure> {
    let known = meant(desk, named)?;
    is_assessor(known, author)?;
    let assessment = known.id.clone();
    let (from, to, today) = (known.from, known.to, desk.today);
    if !(from..=to).contains(&today) {
        let refusal = Refusal::OutsidePeriod {
            assessment,
            from,
            to,
            today,
        };
        return Err(refusal.into());
    }
    Ok(known)
}

/// Refuses who is not an assessor of an assessment.
fn is_assessor(known: &Assessment, author: &Author) -> Result<(), Refusal> {
    match known.assessors.iter().any(|one| one == author.as_str()) {
        true => Ok(()),
        false => Err(Refusal::NotAssessor {
            author: author.as_str().to_owned(),
            assessment: known.id.clone(),
            assessors: known.assessors.clone(),
        }),
    }
}

/// Refuses who would approve their own work.
fn is_not_own(known: &Assessment, approves: &str) -> Result<(), Refusal> {
    match known.assessors.iter().any(|one| one == approves) {
        false => Ok(()),
        true => Err(Refusal::OwnWork {
            author: approves.to_owned(),
            assessment: known.id.clone(),
        }),
    }
}

/// Opens an assessment, or changes its head.
///
/// # Errors
/// It would make the project wrong, or the ledger refuses it.
pub fn open(
    desk: &mut Desk<'_>,
    author: &Author,
    assessment: AssessmentHead,
) -> Result<Done, Failure> {
    let AssessmentHead { id, from, to, .. } = &assessment;
    let says = format!("assessment `{id}` is open from {from} to {to}");
    desk.perform(author, vec![Event::AssessmentOpened { assessment }], says)
}

/// Gives one answer.
///
/// # Errors
/// As for [`meant`] and [`open`]; they are not an assessor of it, or an assessor is to approve that
/// something does not apply.
pub fn answer(
    desk: &mut Desk<'_>,
    author: &Author,
    named: Option<&str>,
    indicator: &str,
    reply: Reply,
) -> Result<Done, Failure> {
    let known = meant(desk, named)?;
    is_assessor(known, author)?;
    if let (Answer::NotApplicable, Some(by)) = (reply.answer, &reply.approved_by) {
        is_not_own(known, by)?;
    }
    let assessment = known.id.clone();
    let says = format!("{indicator}: {}", reply.answer);
    let event = given(desk, author, assessment, indicator, reply);
    desk.perform(author, vec![event], says)
}

/// A person's answer as it is recorded.
pub(super) fn given(
    desk: &Desk<'_>,
    author: &Author,
    assessment: String,
    indicator: &str,
    reply: Reply,
) -> Event {
    let Reply {
        answer,
        method,
        evidence,
        note,
        because,
        approved_by,
    } = reply;
    let answer = GivenAnswer {
        indicator: indicator.to_owned(),
        answer,
        by: Some(author.as_str().to_owned()),
        method,
        on: Some(desk.today),
        evidence,
        note,
        because,
        approved_by,
        computed: None,
        at: Span::default(),
    };
    Event::AnswerGiven { assessment, answer }
}

/// Judges a level of a practice.
///
/// # Errors
/// As for [`meant`] and [`open`]; they are not an assessor of it.
pub fn judge(
    desk: &mut Desk<'_>,
    author: &Author,
    named: Option<&str>,
    practice: &str,
    judged: Judged,
) -> Result<Done, Failure> {
    let known = meant(desk, named)?;
    is_assessor(known, author)?;
    let assessment = known.id.clone();
    let says = format!("{practice} judged: {} {}", judged.level, judged.scope);
    let event = judgement(desk, author, assessment, practice, judged);
    desk.perform(author, vec![event], says)
}

/// A person's judgement as it is recorded.
pub(super) fn judgement(
    desk: &Desk<'_>,
    author: &Author,
    assessment: String,
    practice: &str,
    judged: Judged,
) -> Event {
    let Judged {
        level,
        scope,
        because,
    } = judged;
    let judgement = Judgement {
        practice: practice.to_owned(),
        level,
        scope,
        by: author.as_str().to_owned(),
        on: desk.today,
        because,
        at: Span::default(),
    };
    Event::LevelJudged {
        assessment,
        judgement,
    }
}

/// Hands the facts of an assessment to those who were asked.
///
/// # Errors
/// As for [`meant`] and [`open`].
pub fn begin_review(
    desk: &mut Desk<'_>,
    author: &Author,
    named: Option<&str>,
) -> Result<Done, Failure> {
    let assessment = meant(desk, named)?.id.clone();
    let says = format!("assessment `{assessment}` is in factual review");
    desk.perform(author, vec![Event::ReviewBegun { assessment }], says)
}

/// Records that somebody has reviewed the facts of an assessment.
///
/// # Errors
/// As for [`meant`] and [`open`].
pub fn review(desk: &mut Desk<'_>, author: &Author, named: Option<&str>) -> Result<Done, Failure> {
    let assessment = meant(desk, named)?.id.clone();
    let says = format!("the facts of `{assessment}` are reviewed");
    let signed = signed(desk, author);
    desk.perform(author, vec![Event::Reviewed { assessment, signed }], says)
}

/// Approves an assessment, which is frozen by that.
///
/// # Errors
/// As for [`meant`] and [`open`]; its period is not over, its facts are not reviewed as they are
/// now, or they are an assessor of it.
pub fn approve(desk: &mut Desk<'_>, author: &Author, named: Option<&str>) -> Result<Done, Failure> {
    let known = meant(desk, named)?;
    may_be_frozen(known, desk)?;
    is_not_own(known, author.as_str())?;
    let assessment = known.id.clone();
    let says = format!("assessment `{assessment}` is approved and frozen");
    let signed = signed(desk, author);
    desk.perform(author, vec![Event::Approved { assessment, signed }], says)
}

/// Whether an assessment can be approved today.
fn may_be_frozen(known: &Assessment, desk: &Desk<'_>) -> Result<(), Failure> {
    let assessment = known.id.clone();
    if known.to > desk.today {
        let to = known.to;
        return Err(Refusal::PeriodNotOver { assessment, to }.into());
    }
    if known.reviewed.is_none() {
        return Err(Refusal::NotReviewed { assessment }.into());
    }
    match changed_since_review(known, desk)? {
        Some(about) => Err(Refusal::ChangedAfterReview { assessment, about }.into()),
        None => Ok(()),
    }
}

/// Whether a key is about a fact of an assessment: an answer, a judgement, evidence that it cites.
pub(super) fn is_fact(known: &Assessment, about: &Key) -> bool {
    match about {
        Key::Answer { assessment, .. } | Key::Judgement { assessment, .. } => {
            *assessment == known.id
        }
        Key::Evidence(name) => known.cited().any(|cited| cited == name),
        _ => false,
    }
}

/// The key of something of an assessment that was set or removed after its facts were reviewed.
pub(super) fn changed_since_review(
    known: &Assessment,
    desk: &Desk<'_>,
) -> Result<Option<String>, Failure> {
    let state = Key::State(known.id.clone());
    // What stands in the end does not say when the review was: it may have begun again after it.
    let (mut after, mut reviewed) = (ledger::State::default(), 0);
    for entry in desk.book.entries(&desk.system, 0)? {
        after.apply(&entry);
        let stands = after.held.get(&state).map(|held| held.stream) == Some(entry.stream);
        if stands && matches!(entry.event, Event::Reviewed { .. }) {
            reviewed = entry.stream;
        }
    }
    let mut held = desk.state.held.iter();
    let changed = held.find(|(about, held)| held.stream > reviewed && is_fact(known, about));
    Ok(changed.map(|(about, _)| about.to_string()))
}

fn signed(desk: &Desk<'_>, author: &Author) -> Signed {
    Signed {
        by: author.as_str().to_owned(),
        on: desk.today,
        at: Span::default(),
    }
}

/// Computes answers from the verdicts on a model. Nothing is recorded by this.
///
/// # Errors
/// As for [`meant`]; the model cannot be used.
pub fn compute(desk: &Desk<'_>, named: Option<&str>, path: &Path) -> Result<Computed, Failure> {
    let assessment = meant(desk, named)?.id.clone();
    let model = ModelFile::read(path)?;
    let file = path.display().to_string();
    if !model.is_usable() {
        return Err(Refusal::FaultyModel { file }.into());
    }
    let checked = check::check(&model);
    if !checked.rechecked.accepted {
        let refused = check::refused(&checked.rechecked);
        return Err(Failure::internal(refused.join("; ")));
    }
    Ok(Computed {
        assessment,
        file,
        model: checked.verdicts.model,
        answers: computed::answers(&desk.table()?, &model.model, &checked, desk.today),
    })
}

/// Records computed answers. They are signed by nobody; who let them be computed is the author of the
/// entries.
///
/// # Errors
/// As for [`open`].
pub fn record_computed(
    desk: &mut Desk<'_>,
    author: &Author,
    computed: Computed,
) -> Result<Done, Failure> {
    let Computed {
        assessment,
        file,
        model: digest,
        answers,
    } = computed;
    let says = format!(
        "{} answers computed from model {} recorded in `{assessment}`; they fall when the model changes, and no level of 3 or more rests on them alone",
        answers.len(),
        digest.short()
    );
    let model = ledger::ModelFile { file, digest };
    let mut events = vec![Event::ModelChecked { model }];
    events.extend(answers.into_iter().map(|answer| Event::AnswerGiven {
        assessment: assessment.clone(),
        answer,
    }));
    desk.perform(author, events, says)
}

/// Reads answers from a file: all of them, or none. Lines that name no assessment are meant for the
/// one that is named, or the one that is open. Nothing is recorded by this.
///
/// # Errors
/// The named assessment is not there, or the file has faults.
pub fn answers_in(desk: &Desk<'_>, named: Option<&str>, path: &Path) -> Result<Answers, Failure> {
    let assessment = match (meant(desk, named), named) {
        (Ok(one), _) => Some(one.id.as_str()),
        (Err(failure), Some(_)) => return Err(failure),
        // Lines may name their assessments themselves.
        (Err(_), None) => None,
    };
    results::answers(path, desk.project()?, assessment, desk.library, desk.today)
}

/// Records answers that were read from a file, those that the ledger has already left out. A file does
/// not know what was answered since it was written: other answers to the same are only replaced if
/// `replace` says so.
///
/// # Errors
/// As for [`open`]; they are not an assessor of what is answered, or answers would be replaced.
pub fn record_answers(
    desk: &mut Desk<'_>,
    author: &Author,
    answers: Answers,
    replace: bool,
) -> Result<Done, Failure> {
    let mut events = Vec::new();
    for (assessment, answer) in answers.given {
        let known = meant(desk, Some(&assessment))?;
        is_assessor(known, author)?;
        if !known.answers.contains(&answer) {
            events.push(Event::AnswerGiven { assessment, answer });
        }
    }
    were_computed(desk, &events)?;
    desk.may_replace(&events, replace)?;
    let says = match events.len() {
        0 => "nothing is different: nothing was recorded".to_owned(),
        1 => "1 answer recorded".to_owned(),
        count => format!("{count} answers recorded"),
    };
    desk.perform(author, events, says)
}

/// Refuses answers that are said to be computed from a model that was never checked here: whoever writes a
/// file can write any digest.
pub(super) fn were_computed<'e>(
    desk: &Desk<'_>,
    events: impl IntoIterator<Item = &'e Event>,
) -> Result<(), Failure> {
    let stated = events.into_iter().filter_map(|event| match event {
        Event::AnswerGiven { answer, .. } => {
            let model = answer.computed.as_ref()?.model?;
            Some((answer.indicator.as_str(), model))
        }
        _ => None,
    });
    let mut stated = stated.peekable();
    if stated.peek().is_none() {
        return Ok(());
    }
    let entries = desk.book.entries(&desk.system, 0)?;
    let is_checked = |model: Digest| {
        let mut all = entries.iter();
        all.any(|entry| matches!(&entry.event, Event::ModelChecked { model: own } if own.digest == model))
    };
    match stated.find(|(_, model)| !is_checked(*model)) {
        None => Ok(()),
        Some((indicator, model)) => Err(Refusal::NeverChecked {
            indicator: indicator.to_owned(),
            model: model.short().to_string(),
        }
        .into()),
    }
}
