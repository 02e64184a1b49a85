//! How far the assessors of the assessment agree.

use super::{Ground, Who, shown};
use maturity::{Answer, agreement as engine};
use serde::Serialize;

shown! {
    /// How far assessors agree.
    Agreed {
        /// Those who answered anything.
        assessors: Vec<Who>,
        /// How many indicators all of them answered.
        items: usize,
        /// Share of agreeing pairs, 0 to 1.
        agreement: Option<f64>,
        /// Cohen's kappa, for exactly two.
        cohen: Option<f64>,
        /// Fleiss' kappa.
        fleiss: Option<f64>,
        /// Where they differ.
        disputed: Vec<Disputed>,
    }
    /// An indicator on which assessors differ.
    Disputed {
        /// Id of the indicator.
        indicator: String,
        /// What each of them says.
        opinions: Vec<Opinion>,
    }
    /// What one of them says.
    Opinion {
        /// Who.
        by: Who,
        /// The answer.
        answer: Answer,
    }
}

pub(super) fn agreement(ground: &Ground<'_>) -> Agreed {
    let found = ground.assessment.map(engine::agreement).unwrap_or_default();
    let answers = |indicator: &str| {
        let all = ground.assessment.into_iter().flat_map(|one| &one.answers);
        let own = all.filter(|answer| answer.indicator == indicator && answer.computed.is_none());
        let opinion = |answer: &maturity::project::GivenAnswer| {
            Some(Opinion {
                by: ground.who(answer.by.as_deref()?),
                answer: answer.answer,
            })
        };
        own.filter_map(opinion).collect()
    };
    Agreed {
        assessors: found.assessors.iter().map(|id| ground.who(id)).collect(),
        items: found.items,
        agreement: found.agreement,
        cohen: found.cohen,
        fleiss: found.fleiss,
        disputed: (found.disputed.into_iter())
            .map(|indicator| Disputed {
                opinions: answers(&indicator),
                indicator,
            })
            .collect(),
    }
}
