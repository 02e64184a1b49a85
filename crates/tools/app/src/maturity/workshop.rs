//! The workshop: a level is judged from the table with a reason, practice by practice, each recorded
//! at once. A session is plain data beside the project; a face draws its questions.

use super::assess::{self, Judged};
use super::desk::{Author, Desk};
use super::recording::Recorded;
use crate::Failure;
use maturity::Scope;
use maturity::catalog::Practice;
use std::collections::BTreeSet;

/// One sitting of an assessor.
#[derive(Clone, Debug)]
pub struct Session {
    author: Author,
    assessment: String,
    /// The practices that are asked about; all if empty.
    only: BTreeSet<String>,
    passed: BTreeSet<String>,
    judged: usize,
}

/// A practice whose level is to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Question<'l> {
    /// The practice with what its levels mean.
    pub practice: &'l Practice,
    /// The scope at which it is judged: that of its target.
    pub scope: Scope,
}

impl Session {
    /// Begins, or goes on where an earlier session stopped: what this person has judged is not asked
    /// again. `only` names practices by id; they are asked about in any case.
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
            only,
            passed: BTreeSet::new(),
            judged: 0,
        })
    }

    /// How many levels were judged in this session.
    pub fn judged(&self) -> usize {
        self.judged
    }

    /// The practice to judge now; none if there is no more.
    ///
    /// # Errors
    /// The project or the assessment is not there any more.
    pub fn next<'l>(&self, desk: &Desk<'l>) -> Result<Option<Question<'l>>, Failure> {
        let known = assess::meant(desk, Some(&self.assessment))?;
        let mine = |id: &str| {
            let mut judgements = known.judgements.iter();
            judgements.any(|one| one.practice == id && one.by == self.author.as_str())
        };
        let asked = |id: &String| match self.only.is_empty() {
            true => !mine(id),
            false => self.only.contains(id),
        };
        let mut practices = desk.library.catalog.practices.iter();
        let next = practices.find(|practice| {
            let id = &practice.title.id;
            !self.passed.contains(id) && asked(id)
        });
        let question = |practice: &'l Practice| {
            let scope = scope_of(desk, &practice.title.id)?;
            Ok(Question { practice, scope })
        };
        next.map(question).transpose()
    }

    /// Records the level of a practice.
    ///
    /// # Errors
    /// The assessment is frozen, or the ledger cannot take the judgement.
    pub fn judge(
        &mut self,
        desk: &mut Desk<'_>,
        practice: &str,
        judged: Judged,
    ) -> Result<Recorded, Failure> {
        let assessment = self.assessment.clone();
        let event = assess::judgement(desk, &self.author, assessment, practice, judged);
        let recorded = desk.record(&self.author, vec![event])?;
        if let Recorded::Done { .. } = recorded {
            self.judged += 1;
            self.skip(practice);
        }
        Ok(recorded)
    }

    /// Leaves a practice as it is.
    pub fn skip(&mut self, practice: &str) {
        self.passed.insert(practice.to_owned());
    }
}

/// The scope of the nearest target that is not past, else of the first that was; general without any.
fn scope_of(desk: &Desk<'_>, practice: &str) -> Result<Scope, Failure> {
    let mut sets: Vec<_> = desk.project()?.targets.iter().collect();
    sets.sort_by_key(|set| (set.by < desk.today, set.by));
    let target = sets.iter().find_map(|set| set.of(practice));
    Ok(target.map_or(Scope::General, |target| target.scope))
}
