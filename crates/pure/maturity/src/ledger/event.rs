//! The vocabulary. A kind, once written, keeps its meaning and its fields.

use super::key::Key;
use crate::date::Date;
use crate::project::{
    Action, Assessment, Concern, DraftTarget, Evidence, FORMAT, GivenAnswer, Goal, Judgement,
    Obligation, Person, PracticeTarget, Project, Signed, TargetSet, Versioned,
};
use crate::words::{Appetite, AssessmentType, Perspective, State};
use record::Digest;
use serde::{Deserialize, Serialize};
use source::Span;

/// One thing that happened to a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// The project began, or what it says about itself changed.
    HeaderSet {
        /// What it says.
        header: Header,
    },
    /// Somebody was named.
    PersonSet {
        /// Who.
        person: Person,
    },
    /// A goal was stated.
    GoalSet {
        /// Which.
        goal: Goal,
    },
    /// A concern was stated.
    ConcernSet {
        /// Which.
        concern: Concern,
    },
    /// A duty was recorded.
    ObligationSet {
        /// Which.
        obligation: Obligation,
    },
    /// A target set was opened, or its title or day changed.
    TargetSetOpened {
        /// Its head.
        set: SetHead,
    },
    /// A target was drafted for a domain or subdomain.
    DraftSet {
        /// Name of the target set.
        set: String,
        /// The draft.
        draft: DraftTarget,
    },
    /// The target of a practice was set.
    TargetSet {
        /// Name of the target set.
        set: String,
        /// The target.
        target: PracticeTarget,
    },
    /// Evidence was attached.
    EvidenceAttached {
        /// What.
        evidence: Evidence,
    },
    /// An assessment was opened, or its head changed.
    AssessmentOpened {
        /// Its head.
        assessment: AssessmentHead,
    },
    /// An answer was given, or given again.
    AnswerGiven {
        /// Name of the assessment.
        assessment: String,
        /// The answer.
        answer: GivenAnswer,
    },
    /// A level was judged from the table.
    LevelJudged {
        /// Name of the assessment.
        assessment: String,
        /// The judgement.
        judgement: Judgement,
    },
    /// Those who were asked are shown the facts.
    ReviewBegun {
        /// Name of the assessment.
        assessment: String,
    },
    /// The facts were reviewed.
    Reviewed {
        /// Name of the assessment.
        assessment: String,
        /// By whom and when.
        signed: Signed,
    },
    /// The assessment was approved, and is frozen.
    Approved {
        /// Name of the assessment.
        assessment: String,
        /// By whom and when.
        signed: Signed,
    },
    /// An assessment went back to a draft: a file took its place, or an approval was withdrawn. What was
    /// approved is opened only by somebody who did not assess it.
    Reopened {
        /// Name of the assessment.
        assessment: String,
    },
    /// An action was planned, or its plan or status changed.
    ActionSet {
        /// The action.
        action: Action,
    },
    /// A model was checked; answers computed from another one no longer count.
    ModelChecked {
        /// Which.
        model: ModelFile,
    },
    /// Somebody said something about something.
    Commented {
        /// The key of what it is about; empty for the whole.
        about: String,
        /// What was said.
        text: String,
        /// The day.
        on: Date,
    },
    /// Something was removed.
    Removed {
        /// Its key.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        what: Key,
    },
    /// Somebody who saw both sides of a conflict left what stands.
    Settled {
        /// The position of the entry that did not come to stand.
        entry: u64,
    },
}

/// What a project says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Name.
    pub id: String,
    /// Title.
    pub title: String,
    /// The system and what lies inside its boundary.
    pub boundary: String,
    /// From where targets are set.
    pub perspective: Perspective,
    /// How much risk the business bears.
    pub appetite: Appetite,
    /// What readers should know.
    pub notes: Vec<String>,
    /// The catalog.
    pub catalog: Versioned,
    /// The layers.
    pub profiles: Vec<Versioned>,
}

/// A target set without its targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetHead {
    /// Name.
    pub id: String,
    /// Title.
    pub title: Option<String>,
    /// To be reached by this day.
    pub by: Date,
}

/// An assessment without its answers and signatures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AssessmentHead {
    /// Name.
    pub id: String,
    /// Who assesses whom.
    pub kind: AssessmentType,
    /// First day of the period.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// What was looked at, if not all of the project's system.
    pub boundary: Option<String>,
    /// Who assesses.
    pub assessors: Vec<String>,
}

/// A model that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// The file, as it was named.
    pub file: String,
    /// Digest of the model.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub digest: Digest,
}

impl Header {
    /// The header of a project.
    pub fn of(project: &Project) -> Self {
        Self {
            id: project.id.clone(),
            title: project.title.clone(),
            boundary: project.boundary.clone(),
            perspective: project.perspective,
            appetite: project.appetite,
            notes: project.notes.clone(),
            catalog: project.catalog.clone(),
            profiles: project.profiles.clone(),
        }
    }
}

impl SetHead {
    /// The head of a target set.
    pub fn of(set: &TargetSet) -> Self {
        Self {
            id: set.id.clone(),
            title: set.title.clone(),
            by: set.by,
        }
    }
}

impl AssessmentHead {
    /// The head of an assessment.
    pub fn of(assessment: &Assessment) -> Self {
        Self {
            id: assessment.id.clone(),
            kind: assessment.kind,
            from: assessment.from,
            to: assessment.to,
            boundary: assessment.boundary.clone(),
            assessors: assessment.assessors.clone(),
        }
    }
}

/// A project that has nothing but its header.
impl From<Header> for Project {
    fn from(header: Header) -> Self {
        Self {
            format: FORMAT.to_owned(),
            id: header.id,
            title: header.title,
            boundary: header.boundary,
            perspective: header.perspective,
            appetite: header.appetite,
            notes: header.notes,
            catalog: header.catalog,
            profiles: header.profiles,
            people: Vec::new(),
            goals: Vec::new(),
            concerns: Vec::new(),
            obligations: Vec::new(),
            targets: Vec::new(),
            evidence: Vec::new(),
            assessments: Vec::new(),
            actions: Vec::new(),
            at: Span::default(),
        }
    }
}

/// A target set without targets.
impl From<SetHead> for TargetSet {
    fn from(head: SetHead) -> Self {
        Self {
            id: head.id,
            title: head.title,
            by: head.by,
            drafts: Vec::new(),
            practices: Vec::new(),
            at: Span::default(),
        }
    }
}

/// A draft without answers.
impl From<AssessmentHead> for Assessment {
    fn from(head: AssessmentHead) -> Self {
        Self {
            id: head.id,
            kind: head.kind,
            from: head.from,
            to: head.to,
            boundary: head.boundary,
            assessors: head.assessors,
            state: State::Draft,
            reviewed: None,
            approved: None,
            answers: Vec::new(),
            judgements: Vec::new(),
            at: Span::default(),
        }
    }
}

impl Event {
    /// What it is about. Events with equal keys replace one another; a comment replaces nothing.
    pub fn key(&self) -> Key {
        match self {
            Self::HeaderSet { .. } => Key::Header,
            Self::ModelChecked { .. } => Key::Model,
            Self::PersonSet { person } => Key::Person(person.id.clone()),
            Self::GoalSet { goal } => Key::Goal(goal.id.clone()),
            Self::ConcernSet { concern } => Key::Concern(concern.id.clone()),
            Self::ObligationSet { obligation } => Key::Obligation(obligation.id.clone()),
            Self::TargetSetOpened { set } => Key::Targets(set.id.clone()),
            Self::DraftSet { set, draft } => Key::Target {
                set: set.clone(),
                part: draft.part.clone(),
            },
            Self::TargetSet { set, target } => Key::Target {
                set: set.clone(),
                part: target.practice.clone(),
            },
            Self::EvidenceAttached { evidence } => Key::Evidence(evidence.id.clone()),
            Self::AssessmentOpened { assessment } => Key::Assessment(assessment.id.clone()),
            Self::AnswerGiven { assessment, answer } => Key::answer(assessment, answer),
            Self::LevelJudged {
                assessment,
                judgement,
            } => Key::judgement(assessment, judgement),
            Self::ReviewBegun { assessment }
            | Self::Reviewed { assessment, .. }
            | Self::Approved { assessment, .. }
            | Self::Reopened { assessment } => Key::State(assessment.clone()),
            Self::ActionSet { action } => Key::Action(action.id.clone()),
            Self::Commented { about, .. } => Key::Comment(about.clone()),
            Self::Removed { what } => what.clone(),
            Self::Settled { entry } => Key::Conflict(*entry),
        }
    }

    /// The assessment it writes into, if any.
    pub fn assessment(&self) -> Option<&str> {
        match self {
            Self::AssessmentOpened { assessment } => Some(&assessment.id),
            Self::AnswerGiven { assessment, .. }
            | Self::LevelJudged { assessment, .. }
            | Self::ReviewBegun { assessment }
            | Self::Reviewed { assessment, .. }
            | Self::Approved { assessment, .. }
            | Self::Reopened { assessment } => Some(assessment),
            Self::Removed { what } => what.of_assessment(),
            Self::HeaderSet { .. }
            | Self::PersonSet { .. }
            | Self::GoalSet { .. }
            | Self::ConcernSet { .. }
            | Self::ObligationSet { .. }
            | Self::TargetSetOpened { .. }
            | Self::DraftSet { .. }
            | Self::TargetSet { .. }
            | Self::EvidenceAttached { .. }
            | Self::ActionSet { .. }
            | Self::ModelChecked { .. }
            | Self::Commented { .. }
            | Self::Settled { .. } => None,
        }
    }
}
