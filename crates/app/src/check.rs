//! Judging a model.

use crate::model_file::ModelFile;
use crate::{Exit, VERSION};
pub use analysis::survey::{Survey, TrustedSubject, Unneeded};
use model::verdict::{Outcome, Verdicts};

/// What is known about a usable model.
pub struct Checked {
    /// Every claim, judged.
    pub verdicts: Verdicts,
    /// Trusted subjects, conduits, reverse flows, unneeded channels.
    pub survey: Survey,
    /// What the independent checker says of the verdicts.
    pub certified: certify::Report,
}

impl Checked {
    /// [`Exit::Good`] if every claim holds, [`Exit::Internal`] if the independent checker refuses
    /// a verdict, [`Exit::Unmet`] otherwise.
    pub fn exit(&self) -> Exit {
        let holds = |outcome: &Outcome| matches!(outcome, Outcome::Holds { .. });
        if !self.certified.accepted {
            Exit::Internal
        } else if self
            .verdicts
            .verdicts
            .iter()
            .all(|verdict| holds(&verdict.outcome))
        {
            Exit::Good
        } else {
            Exit::Unmet
        }
    }
}

/// What the independent checker refuses of a report, in words.
pub fn refused(report: &certify::Report) -> Vec<String> {
    let claims = report
        .claims
        .iter()
        .filter_map(|claim| match &claim.result {
            certify::Ruling::Refused { reason } => Some(format!("`{}`: {reason}", claim.id)),
            certify::Ruling::Missing => Some(format!("`{}`: there is no verdict", claim.id)),
            certify::Ruling::Proved
            | certify::Ruling::Refuted
            | certify::Ruling::Unproven { .. } => None,
        });
    report.fault.iter().cloned().chain(claims).collect()
}

/// Judges a usable model and has every verdict re-checked.
pub fn check(file: &ModelFile) -> Checked {
    let verdicts = analysis::judge(&file.model, VERSION);
    let bytes = verdict_bytes(&verdicts);
    Checked {
        certified: certify::certificates(&file.model, &bytes),
        survey: analysis::survey_with(&file.model, &verdicts),
        verdicts,
    }
}

/// Verdicts as they are stored.
pub fn verdict_bytes(verdicts: &Verdicts) -> Vec<u8> {
    // Serialising these plain structures into memory has no way to fail; an empty file would be
    // refused by every reader.
    let mut bytes = serde_json::to_vec_pretty(verdicts).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
