//! The interview: one question after the other, each answer recorded at once, so that it can be left
//! and resumed at any time. A session is plain data beside the project; a face draws its questions.

use super::assess::{self, Reply};
use super::desk::{Author, Desk};
use super::recording::Recorded;
use crate::Failure;
use maturity::catalog::Indicator;
use maturity::compose::{Effective, From};
use maturity::project::{Assessment, GivenAnswer};
use maturity::settle::{Now, settle};
use maturity::{Answer, interview};
use std::collections::BTreeSet;

/// One sitting of an assessor.
#[derive(Debug)]
pub struct Session {
    author: Author,
    assessment: String,
    table: Effective,
    /// The practices that are asked about; all if empty.
    only: BTreeSet<String>,
    skipped: BTreeSet<String>,
    left_out: BTreeSet<String>,
    /// The questions that were passed, the last one at the end.
    before: Vec<String>,
    /// A question that is asked again before the open ones.
    again: Option<String>,
    answered: usize,
}

/// A question with what helps to answer it.
#[derive(Clone, Debug)]
pub struct Question {
    /// The indicator: what must be true, what to ask, what is typical evidence.
    pub indicator: Indicator,
    /// The name of its practice.
    pub practice: String,
    /// What its level means.
    pub level: Option<String>,
    /// What this assessor has answered already.
    pub answered: Option<Answer>,
    /// What other assessments of the project found.
    pub earlier: Vec<Earlier>,
}

/// An answer of another assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The assessment.
    pub assessment: String,
    /// The answer.
    pub answer: Answer,
    /// Who gave it; nobody if it was computed.
    pub by: Option<String>,
    /// What was seen or said.
    pub note: Option<String>,
}

impl Session {
    /// Begins, or goes on where an earlier session stopped. `only` names practices by id; without any
    /// all are asked about.
    ///
    /// # Errors
    /// This person may not work at the assessment today.
    pub fn begin(
        desk: &Desk<'_>,
        author: &Author,
        named: Option<&str>,
        only: BTreeSet<String>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            author: author.clone(),
            assessment: assess::may_assess(desk, author, named)?.id.clone(),
            table: desk.table()?,
            only,
            skipped: BTreeSet::new(),
            left_out: BTreeSet::new(),
            before: Vec::new(),
            again: None,
            answered: 0,
        })
    }

    /// The name of the assessment.
    pub fn assessment(&self) -> &str {
        &self.assessment
    }

    /// How many answers were recorded in this session.
    pub fn answered(&self) -> usize {
        self.answered
    }

    /// How many questions are open now; more follow where a level is reached.
    ///
    /// # Errors
    /// The project or the assessment is not there any more.
    pub fn open(&self, desk: &Desk<'_>) -> Result<usize, Failure> {
        Ok(self.rows(desk)?.len())
    }

    /// The question to ask now; none if nothing is open any more.
    ///
    /// # Errors
    /// As for [`Session::open`].
    pub fn next(&self, desk: &Desk<'_>) -> Result<Option<Question>, Failure> {
        let again = self.again.as_deref().and_then(|id| self.table.row(id));
        let row = match again {
            Some(row) => Some(row),
            None => self.rows(desk)?.into_iter().next(),
        };
        row.map(|row| self.question(desk, &row.what)).transpose()
    }

    /// Records an answer.
    ///
    /// # Errors
    /// The assessment is frozen, or the ledger cannot take the answer.
    pub fn answer(
        &mut self,
        desk: &mut Desk<'_>,
        indicator: &str,
        reply: Reply,
    ) -> Result<Recorded, Failure> {
        let assessment = self.assessment.clone();
        let event = assess::given(desk, &self.author, assessment, indicator, reply);
        let recorded = desk.record(&self.author, vec![event])?;
        match recorded {
            Recorded::Done { .. } => {
                self.answered += 1;
                self.pass(indicator);
            }
            // The question is asked again.
            Recorded::Refused { .. } => self.again = Some(indicator.to_owned()),
        }
        Ok(recorded)
    }

    /// Leaves a question open in this session.
    pub fn skip(&mut self, indicator: &str) {
        self.skipped.insert(indicator.to_owned());
        self.pass(indicator);
    }

    /// Leaves out what else there is to ask about the practice of an indicator.
    pub fn leave_out(&mut self, indicator: &str) {
        let row = self.table.row(indicator);
        self.left_out
            .extend(row.map(|row| row.what.practice.clone()));
        self.pass(indicator);
    }

    /// Goes back to the question before. False if there is none.
    pub fn back(&mut self) -> bool {
        let Some(before) = self.before.pop() else {
            return false;
        };
        self.skipped.remove(&before);
        self.again = Some(before);
        true
    }

    fn pass(&mut self, indicator: &str) {
        self.again = None;
        self.before.retain(|one| one != indicator);
        self.before.push(indicator.to_owned());
    }

    /// What is open, without what was skipped or left out.
    fn rows(&self, desk: &Desk<'_>) -> Result<Vec<&From<Indicator>>, Failure> {
        let (project, own) = (desk.project()?, self.own(desk)?);
        let settled = settle(project, &own, &self.table, &Now::default());
        let mut rows = interview::open(&self.table, &settled, project.target_for(&own));
        rows.retain(|row| {
            let practice = &row.what.practice;
            (self.only.is_empty() || self.only.contains(practice))
                && !self.left_out.contains(practice)
                && !self.skipped.contains(&row.what.id)
        });
        Ok(rows)
    }

    /// The assessment with this assessor's answers only: others' answers neither show nor stop theirs.
    fn own(&self, desk: &Desk<'_>) -> Result<Assessment, Failure> {
        let mut own = assess::meant(desk, Some(&self.assessment))?.clone();
        own.answers
            .retain(|answer| answer.by.as_deref() == Some(self.author.as_str()));
        own.judgements.clear();
        Ok(own)
    }

    fn question(&self, desk: &Desk<'_>, indicator: &Indicator) -> Result<Question, Failure> {
        let mut practices = self.table.practices.iter();
        let practice = practices.find(|(id, _)| *id == indicator.practice);
        let known = desk.library.catalog.practice(&indicator.practice);
        let mut levels = known.iter().flat_map(|practice| &practice.levels);
        let level = levels.find(|level| level.level == indicator.level);
        let is = |answer: &&GivenAnswer| answer.indicator == indicator.id;
        let answered = self
            .own(desk)?
            .answers
            .iter()
            .find(is)
            .map(|own| own.answer);
        let others = desk.project()?.assessments.iter();
        let others = others.filter(|other| other.id != self.assessment);
        let earlier = others.flat_map(|other| {
            other.answers.iter().filter(is).map(|answer| Earlier {
                assessment: other.id.clone(),
                answer: answer.answer,
                by: answer.by.clone(),
                note: answer.note.clone(),
            })
        });
        Ok(Question {
            indicator: indicator.clone(),
            practice: practice.map(|(_, name)| name.clone()).unwrap_or_default(),
            level: level.map(|level| level.means.clone()),
            answered,
            earlier: earlier.collect(),
        })
    }
}
