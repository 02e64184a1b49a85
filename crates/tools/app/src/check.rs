//! Judging a model.

use crate::model_file::ModelFile;
use crate::{Exit, Failure, VERSION, names};
pub use analysis::survey::{Survey, TrustedSubject, Unneeded};
pub use analysis::{Repair, Residual};
use model::Model;
use model::verdict::{Outcome, Verdicts};
use serde::Serialize;

/// What is known about a usable model.
pub struct Checked {
    /// Every claim, judged.
    pub verdicts: Verdicts,
    /// Trusted subjects, conduits, reverse flows, unneeded channels.
    pub survey: Survey,
    /// What the independent checker says of the verdicts.
    pub rechecked: recheck::Report,
    /// For violated claims, the fewest flows to remove.
    pub repairs: Vec<Repair>,
    /// For claims about data that hold, the ways on which a hostile reader of a queue with credit could
    /// carry the data back.
    pub residuals: Vec<Residual>,
    /// Assumptions that were left out for this judgement; none as the model is written.
    pub without: Vec<String>,
}

/// How many claims were judged how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// All of them.
    pub claims: usize,
    /// Hold, and there is something they speak about.
    pub hold: usize,
    /// Hold because there is nothing they speak about: nothing is shown by them.
    pub vacuous: usize,
    /// Are violated.
    pub violated: usize,
    /// Could not be judged.
    pub unknown: usize,
}

impl Checked {
    /// How many claims were judged how.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for verdict in &self.verdicts.verdicts {
            summary.claims += 1;
            let count = match &verdict.outcome {
                Outcome::Holds { .. } if verdict.vacuous => &mut summary.vacuous,
                Outcome::Holds { .. } => &mut summary.hold,
                Outcome::Violated { .. } => &mut summary.violated,
                Outcome::Unknown { .. } => &mut summary.unknown,
            };
            *count += 1;
        }
        summary
    }

    /// [`Exit::Good`] if every claim holds, [`Exit::Internal`] if the independent checker refuses
    /// a verdict, [`Exit::Unmet`] otherwise.
    pub fn exit(&self) -> Exit {
        let holds = |outcome: &Outcome| matches!(outcome, Outcome::Holds { .. });
        if !self.rechecked.accepted {
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
pub fn refused(report: &recheck::Report) -> Vec<String> {
    let claims = report
        .claims
        .iter()
        .filter_map(|claim| match &claim.result {
            recheck::Ruling::Refused { reason } => Some(format!("`{}`: {reason}", claim.id)),
            recheck::Ruling::Missing => Some(format!("`{}`: there is no verdict", claim.id)),
            recheck::Ruling::Proved
            | recheck::Ruling::Refuted
            | recheck::Ruling::Unproven { .. } => None,
        });
    report.fault.iter().cloned().chain(claims).collect()
}

/// Judges a usable model and has every verdict re-checked.
pub fn check(file: &ModelFile) -> Checked {
    judge(&file.model, Vec::new())
}

/// Judges a usable model as if some of what it assumes did not hold: its own assumptions by name,
/// or `local-policy.SUBJECT` for the local policy of a trusted subject.
///
/// # Errors
/// It makes no such assumption, or nothing is left without it.
pub fn check_without(file: &ModelFile, names: &[String]) -> Result<Checked, Failure> {
    let mut model = file.model.clone();
    let mut without: Vec<String> = Vec::new();
    let known = analysis::droppable(&file.model);
    for name in names {
        if without.contains(name) {
            continue;
        }
        if name == "platform" {
            return Err(Failure::unusable(
                "platform-always",
                "`platform` cannot be left out: every verdict rests on it",
                "leave out an assumption of the model, or `local-policy.SUBJECT`",
            ));
        }
        if !known.contains(name) {
            // Whatever the prefix, the subject is meant.
            let subject = name.rsplit_once('.').map_or(name.as_str(), |(_, own)| own);
            let policy = format!("local-policy.{subject}");
            let help = match known.as_slice() {
                known if known.contains(&policy) => format!("did you mean `{policy}`?"),
                [] => "nothing is assumed but `platform`".to_owned(),
                known => format!("what can be left out: {}", names::few(known)),
            };
            let message = format!("the model does not assume `{name}`");
            return Err(Failure::unusable("unknown-assumption", message, help));
        }
        // What went with another that was left out is gone already.
        model = analysis::without(&model, name).unwrap_or(model);
        without.push(name.clone());
    }
    Ok(judge(&model, without))
}

fn judge(model: &Model, without: Vec<String>) -> Checked {
    let verdicts = analysis::judge(model, VERSION);
    let bytes = verdict_bytes(&verdicts);
    Checked {
        rechecked: recheck::certificates(model, &bytes),
        survey: analysis::survey_with(model, &verdicts),
        repairs: analysis::repairs(model, &verdicts),
        residuals: analysis::residuals(model, &verdicts),
        verdicts,
        without,
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
