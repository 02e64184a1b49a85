//! Everything a report or a workbook shows about one system, computed once from the engine.
//!
//! A [`View`] is plain data: who shows it chooses layout and colours and nothing else. Levels, gaps
//! and explanations come from `maturity`; here they are put beside the names, texts and answers they
//! rest on. From each level a reader comes to its indicators, from each indicator to the answers and
//! judgements, from each answer to its assessor, day, method and evidence.

mod about;
mod agreement;
mod anchor;
mod duties;
mod history;
mod money;
mod parts;
mod plan;
mod practice;
mod row;
mod target;
mod words;

pub use about::{About, Layer, LevelSays, Shown, Who, Worry};
pub use agreement::{Agreed, Disputed, Opinion};
pub use anchor::Anchor;
pub use duties::{Due, DutyOf, Obliged, Reading, Unset};
pub use history::{Course, Minimum, Reached, Seen, Wanted};
pub use money::Money;
pub use parts::{Assessed, Later, Part, Rank, Summary, TargetDay, Vouched, Wait};
pub use plan::{Closes, Rise, Step, Task};
pub use practice::{Blocker, Judgement, Obstacle, ObstacleKind, PracticeView, Progress, Way};
pub use row::{Given, Row};
pub use target::{Decision, Proposed, Reason, Target};
pub use words::{Demanded, Duty, Stands, Verdict};

use maturity::catalog::Catalog;
use maturity::compose::Effective;
use maturity::crosswalk::Crosswalk;
use maturity::project::{Assessment, Person, Project, TargetSet};
use maturity::settle::{Now, Settled, settle};
use maturity::{Date, brief, score};
use record::Digest;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The name of the JSON form.
pub const FORMAT: &str = "bulkhead.maturity-report/1";

/// Declares plain data that is shown: documented structs that become JSON with a schema.
macro_rules! shown {
    ($($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name { $($(#[$of])* pub $field: $ty,)* }
    )*};
}
pub(crate) use shown;

/// What is to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The project.
    pub project: &'a Project,
    /// The catalog it is read with.
    pub catalog: &'a Catalog,
    /// Catalog and layers, from [`Project::table`].
    pub table: &'a Effective,
    /// What minimums of duties are compared with.
    pub crosswalks: &'a [Crosswalk],
    /// Name of the assessment; the latest that is frozen without one, else the latest.
    pub assessment: Option<&'a str>,
    /// Name of the target set; the nearest that is not yet past without one, else the last.
    pub target: Option<&'a str>,
    /// The day of asking.
    pub today: Date,
    /// Digest of the architecture in force; answers computed from another one do not count.
    pub model: Option<Digest>,
}

/// Why there is nothing to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The project has no assessment of that name.
    NoAssessment {
        /// The name that was asked for.
        asked: String,
        /// The names that exist.
        known: Vec<String>,
    },
    /// The project has no target set of that name.
    NoTarget {
        /// The name that was asked for.
        asked: String,
        /// The names that exist.
        known: Vec<String>,
    },
}

impl Fault {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoAssessment { .. } => "no-assessment",
            Self::NoTarget { .. } => "no-target",
        }
    }

    /// What to do next.
    pub fn help(&self) -> String {
        let (Self::NoAssessment { known, .. } | Self::NoTarget { known, .. }) = self;
        match known.as_slice() {
            [] => "the project has none yet".to_owned(),
            known => format!("one of `{}`", known.join("`, `")),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAssessment { asked, .. } => write!(f, "there is no assessment `{asked}`"),
            Self::NoTarget { asked, .. } => write!(f, "there is no target set `{asked}`"),
        }
    }
}

impl std::error::Error for Fault {}

shown! {
    /// Everything about one system on one day.
    View {
        /// [`FORMAT`].
        format: String,
        /// The system, the texts and the day behind everything else.
        about: About,
        /// What the levels 0 to 4 mean.
        levels: Vec<LevelSays>,
        /// The assessment behind the current levels; none if there is none yet.
        assessment: Option<Assessed>,
        /// The target set; none if there is none yet.
        target: Option<TargetDay>,
        /// The one-page brief in numbers.
        summary: Summary,
        /// The practices in the order of the catalog.
        practices: Vec<PracticeView>,
        /// All, each domain and each subdomain, at each scope: minimum and distribution, no mean.
        parts: Vec<Part>,
        /// Duties from outside.
        obligations: Vec<Obliged>,
        /// What every assessment found, in order of time, each as it was seen then.
        history: Vec<Seen>,
        /// What follows if each action closes what it names: a plan, not a finding. Empty if the
        /// actions answer findings of a newer assessment than the one that is shown.
        projection: Vec<Step>,
        /// What is to be done.
        actions: Vec<Task>,
        /// How far the assessors of the assessment agree.
        agreement: Agreed,
        /// What was shown as evidence.
        evidence: Vec<Shown>,
        /// Answers that count nowhere because no catalog or layer has their indicator.
        unplaced: Vec<String>,
    }
}

/// What the parts of a view are made from.
pub(crate) struct Ground<'a> {
    pub(crate) project: &'a Project,
    pub(crate) catalog: &'a Catalog,
    pub(crate) table: &'a Effective,
    pub(crate) crosswalks: &'a [Crosswalk],
    pub(crate) assessment: Option<&'a Assessment>,
    pub(crate) set: Option<&'a TargetSet>,
    pub(crate) today: Date,
    pub(crate) now: Now,
    pub(crate) settled: Settled,
    pub(crate) scores: Vec<score::PracticeScore>,
    people: BTreeMap<&'a str, &'a Person>,
}

impl View {
    /// An indicator by its id.
    pub fn row(&self, id: &str) -> Option<&Row> {
        let rows = self
            .practices
            .iter()
            .flat_map(|practice| &practice.indicators);
        rows.into_iter().find(|row| row.id == id)
    }

    /// A practice by its id.
    pub fn practice(&self, id: &str) -> Option<&PracticeView> {
        self.practices.iter().find(|practice| practice.id == id)
    }

    /// Computes everything.
    pub fn of(request: Request<'_>) -> Result<Self, Fault> {
        Ok(Ground::of(request)?.view())
    }
}

/// What stands between a practice and a level at a scope, whatever its target.
pub fn way(
    request: Request<'_>,
    practice: &str,
    level: maturity::Level,
    scope: maturity::Scope,
) -> Result<Way, Fault> {
    let ground = Ground::of(request)?;
    let tasks = plan::tasks(&ground, &plan::projection(&ground));
    Ok(practice::way(&ground, &tasks, practice, level, scope))
}

impl<'a> Ground<'a> {
    fn of(request: Request<'a>) -> Result<Self, Fault> {
        let Request { project, today, .. } = request;
        let assessment = choose_assessment(project, request.assessment)?;
        let set = choose_target(project, request.target, today)?;
        let now = Now {
            today: Some(today),
            model: request.model,
        };
        let settled = assessment
            .map(|assessment| settle(project, assessment, request.table, &now))
            .unwrap_or_default();
        Ok(Ground {
            project,
            catalog: request.catalog,
            table: request.table,
            crosswalks: request.crosswalks,
            assessment,
            set,
            today,
            now,
            people: (project.people.iter())
                .map(|person| (person.id.as_str(), person))
                .collect(),
            scores: score::score(request.table, &settled),
            settled,
        })
    }
}

impl Ground<'_> {
    fn view(&self) -> View {
        let plan = plan::projection(self);
        let projection = plan::steps(self, &plan);
        let actions = plan::tasks(self, &plan);
        let history = history::seen(self);
        let unplaced = self.assessment.into_iter().flat_map(|one| &one.answers);
        let unplaced = unplaced
            .filter(|answer| self.table.row(&answer.indicator).is_none())
            .map(|answer| answer.indicator.clone());
        View {
            format: FORMAT.to_owned(),
            about: about::about(self),
            levels: about::levels(self),
            assessment: self.assessment.map(|one| parts::assessed(self, one)),
            target: self.set.map(parts::target_day),
            summary: parts::summary(&self.brief()),
            practices: practice::practices(self, &history, &actions),
            parts: parts::parts(self),
            obligations: duties::obligations(self),
            projection,
            agreement: agreement::agreement(self),
            evidence: about::evidence(self),
            unplaced: unplaced.collect(),
            history,
            actions,
        }
    }

    /// The engine's page; what is missing yet stands as empty.
    fn brief(&self) -> brief::Brief {
        let no_assessment = parts::no_assessment(self.today);
        let no_target = parts::no_target(self.today);
        brief::brief(
            self.project,
            self.assessment.unwrap_or(&no_assessment),
            self.set.unwrap_or(&no_target),
            self.table,
            &self.settled,
            self.today,
        )
    }

    /// The official name of a practice; its id if it has none.
    pub(crate) fn name(&self, practice: &str) -> String {
        let found = self.table.practices.iter().find(|(id, _)| id == practice);
        found.map_or_else(|| practice.to_owned(), |(_, name)| name.clone())
    }

    /// Somebody by short name.
    pub(crate) fn who(&self, id: &str) -> Who {
        let found = self.people.get(id);
        Who {
            id: id.to_owned(),
            name: found.map_or_else(|| id.to_owned(), |person| person.name.clone()),
            role: found.and_then(|person| person.role.clone()),
        }
    }
}

fn choose_assessment<'p>(
    project: &'p Project,
    asked: Option<&str>,
) -> Result<Option<&'p Assessment>, Fault> {
    let all = &project.assessments;
    let Some(asked) = asked else {
        let latest = |one: &&Assessment| (one.state == maturity::State::Frozen, one.to, one.from);
        return Ok(all.iter().max_by_key(latest));
    };
    let fault = || Fault::NoAssessment {
        asked: asked.to_owned(),
        known: all.iter().map(|one| one.id.clone()).collect(),
    };
    project.assessment(asked).map(Some).ok_or_else(fault)
}

fn choose_target<'p>(
    project: &'p Project,
    asked: Option<&str>,
    today: Date,
) -> Result<Option<&'p TargetSet>, Fault> {
    let all = &project.targets;
    let Some(asked) = asked else {
        let ahead = all.iter().filter(|set| set.by >= today);
        let nearest = ahead.min_by_key(|set| set.by);
        return Ok(nearest.or_else(|| all.iter().max_by_key(|set| set.by)));
    };
    let fault = || Fault::NoTarget {
        asked: asked.to_owned(),
        known: all.iter().map(|set| set.id.clone()).collect(),
    };
    project.target(asked).map(Some).ok_or_else(fault)
}
