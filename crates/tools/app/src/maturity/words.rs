//! Words that every face needs.

use maturity::ledger::Event;
use serde::Serialize;

/// A change of a project in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happens.
    pub what: String,
    /// The key of what it is about.
    pub about: String,
}

impl Change {
    /// What an event does.
    pub fn of(event: &Event) -> Self {
        Self {
            what: self::event(event),
            about: event.key().to_string(),
        }
    }
}

/// What happened, in one sentence.
pub fn event(event: &Event) -> String {
    match event {
        Event::HeaderSet { .. } => "the project was described".to_owned(),
        Event::PersonSet { .. } => "a person was named".to_owned(),
        Event::GoalSet { .. } => "a goal was stated".to_owned(),
        Event::ConcernSet { .. } => "a concern was stated".to_owned(),
        Event::ObligationSet { .. } => "a duty was recorded".to_owned(),
        Event::TargetSetOpened { .. } => "a target set was opened".to_owned(),
        Event::DraftSet { draft, .. } => format!("drafted {} {}", draft.level, draft.scope),
        Event::TargetSet { target, .. } => format!("target {} {}", target.level, target.scope),
        Event::EvidenceAttached { .. } => "evidence was attached".to_owned(),
        Event::AssessmentOpened { .. } => "an assessment was opened".to_owned(),
        Event::AnswerGiven { answer, .. } => format!("answered {}", answer.answer),
        Event::LevelJudged { judgement, .. } => {
            format!("judged {} {}", judgement.level, judgement.scope)
        }
        Event::ReviewBegun { .. } => "the factual review began".to_owned(),
        Event::Reviewed { .. } => "the facts were reviewed".to_owned(),
        Event::Approved { .. } => "approved and frozen".to_owned(),
        Event::Reopened { .. } => "opened again".to_owned(),
        Event::ActionSet { action } => format!("action {}", action.status),
        Event::ModelChecked { model } => format!("model {} was checked", model.digest.short()),
        Event::Commented { text, .. } => format!("said: {text}"),
        Event::Removed { .. } => "removed".to_owned(),
        Event::Settled { .. } => "a conflict was settled for what stands".to_owned(),
    }
}
