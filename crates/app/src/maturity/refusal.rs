//! Why something about a project is not done: a code with its facts. What is wrong reads the same in
//! every face; what helps is worded by each face, in terms of what it offers.

use crate::Failure;
use maturity::Date;
use serde::Serialize;

/// Why something is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Refusal {
    /// The ledger has no project at all.
    NoProjects,
    /// No project is named, and the ledger has several.
    ManyProjects {
        /// Their names.
        known: Vec<String>,
    },
    /// There is no project of that name.
    NoProject {
        /// The name.
        project: String,
        /// The projects there are.
        known: Vec<String>,
    },
    /// The day has not come, and nothing is recorded as of it.
    NotYet {
        /// The day.
        today: Date,
    },
    /// Nobody says who asks.
    NoAuthor {
        /// The people of the project.
        known: Vec<String>,
    },
    /// The project has no person of that name.
    UnknownAuthor {
        /// The name.
        author: String,
        /// The people of the project.
        known: Vec<String>,
    },
    /// There is no practice of that name.
    NoPractice {
        /// The name.
        practice: String,
        /// The nearest id or name, if one is near.
        near: Option<String>,
    },
    /// There is no assessment of that name.
    NoAssessment {
        /// The name.
        assessment: String,
        /// The assessments there are.
        known: Vec<String>,
    },
    /// No assessment is named, and none is open.
    NoneOpen,
    /// No assessment is named, and several are open.
    SeveralOpen {
        /// Two of them.
        open: [String; 2],
    },
    /// The period of an assessment is not over.
    PeriodNotOver {
        /// The assessment.
        assessment: String,
        /// Its last day.
        to: Date,
    },
    /// Nobody has reviewed the facts of an assessment.
    NotReviewed {
        /// The assessment.
        assessment: String,
    },
    /// Somebody assesses who is not an assessor.
    NotAssessor {
        /// Who.
        author: String,
        /// The assessment.
        assessment: String,
        /// Its assessors.
        assessors: Vec<String>,
    },
    /// Today is not within the period of an assessment.
    OutsidePeriod {
        /// The assessment.
        assessment: String,
        /// Its first day.
        from: Date,
        /// Its last day.
        to: Date,
        /// Today.
        today: Date,
    },
    /// An assessment is approved and does not change.
    Frozen {
        /// The assessment.
        assessment: String,
    },
    /// There is nothing in an assessment that could be approved.
    Empty {
        /// The assessment.
        assessment: String,
    },
    /// Somebody opens again what they assessed themselves.
    OwnWork {
        /// Who.
        author: String,
        /// The assessment.
        assessment: String,
    },
    /// There is no target set of that name, or no such target in it.
    NoTarget {
        /// The target set.
        set: String,
    },
    /// What is set belongs to nothing that is there.
    Nowhere {
        /// Its key.
        key: String,
    },
    /// A model has faults and says nothing.
    FaultyModel {
        /// Its file.
        file: String,
    },
}

impl Refusal {
    /// What is wrong.
    pub fn message(&self) -> String {
        match self {
            Self::NoProjects => "the ledger has no project".to_owned(),
            Self::ManyProjects { known } => format!("the ledger has {} projects", known.len()),
            Self::NoProject { project, .. } => format!("there is no project `{project}`"),
            Self::NotYet { today } => format!("{today} has not come yet"),
            Self::NoAuthor { .. } => "it is not said who you are".to_owned(),
            Self::UnknownAuthor { author, .. } => format!("the project has no person `{author}`"),
            Self::NoPractice { practice, .. } => format!("there is no practice `{practice}`"),
            Self::NoAssessment { assessment, .. } => {
                format!("there is no assessment `{assessment}`")
            }
            Self::NoneOpen => "no assessment is open".to_owned(),
            Self::SeveralOpen { open: [one, other] } => {
                format!("`{one}` and `{other}` are both open")
            }
            Self::PeriodNotOver { assessment, to } => {
                format!("the period of `{assessment}` ends on {to} and is not over")
            }
            Self::NotReviewed { assessment } => {
                format!("the facts of `{assessment}` are not reviewed")
            }
            Self::NotAssessor {
                author, assessment, ..
            } => format!("`{author}` is not an assessor of `{assessment}`"),
            Self::OutsidePeriod {
                assessment,
                from,
                to,
                today,
            } => format!("`{assessment}` looks at {from} to {to}, and today is {today}"),
            Self::Frozen { assessment } => {
                format!("assessment `{assessment}` is frozen and cannot be changed")
            }
            Self::Empty { assessment } => format!(
                "assessment `{assessment}` holds no answer and no judgement: there is nothing to approve"
            ),
            Self::OwnWork { author, assessment } => {
                format!("`{author}` assessed `{assessment}` and does not open what was approved")
            }
            Self::NoTarget { set } => {
                format!("there is no target set `{set}`, or no such target in it")
            }
            Self::Nowhere { key } => format!("`{key}` belongs to nothing that is there"),
            Self::FaultyModel { file } => format!("`{file}` has faults and says nothing"),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal: Some(Box::new(refusal.clone())),
            ..Self::unusable(refusal.message(), "")
        }
    }
}
