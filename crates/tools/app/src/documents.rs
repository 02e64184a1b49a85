//! What is printed for machines; the schemas in `schemas/` are generated from these types.

use crate::VERSION;
use crate::check::{Checked, Repair, Residual, Survey};
use crate::codes::{Explained, Shown};
use crate::log::{End, Verified};
use crate::model_file::ModelFile;
use crate::{Exit, Failure, check};
use model::verdict::Verdicts;
use record::Digest;
use record::status::Status;
use serde::Serialize;
use source::Diagnostic;
use source::json::{Finding, finding};

/// `bulkhead check --format json`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Check {
    /// `bulkhead.check/2`.
    pub format: &'static str,
    /// Version of the tool.
    pub tool: &'static str,
    /// The model, as the user named it.
    pub file: String,
    /// Exit code of the command.
    pub exit: u8,
    /// Assumptions that were left out at the user's wish (`--without`); the verdicts and the digest
    /// in them are about the model less these.
    pub without: Vec<String>,
    /// Faults of the text, of programs, of planning.
    pub diagnostics: Vec<Finding>,
    /// How many claims were judged how; absent if the text cannot be used.
    pub summary: Option<check::Summary>,
    /// Every claim, judged; absent if the text cannot be used.
    pub verdicts: Option<Verdicts>,
    /// For violated claims about flows, the fewest channels and grants to remove, or that there are
    /// none within the bound of the search.
    pub repairs: Vec<Repair>,
    /// For claims about data that hold, the ways on which a hostile reader of a queue with credit could
    /// carry the data back: a credit carries no data by definition, but is a whole page.
    pub residuals: Vec<Residual>,
    /// What an assessor asks, answered; absent if the text cannot be used.
    pub survey: Option<Survey>,
    /// The passes of trusted subjects with what is named as their evidence; absent likewise.
    pub evidence: Option<Vec<crate::evidence::Evidence>>,
    /// What the independent checker says of the verdicts; absent likewise.
    pub rechecked: Option<recheck::Report>,
}

/// What there is to say about a model, judged or not.
pub fn check(file: &ModelFile, diagnostics: &[Diagnostic], checked: Option<&Checked>) -> Check {
    Check {
        format: "bulkhead.check/2",
        tool: VERSION,
        file: file.source.name.clone(),
        exit: checked.map_or(Exit::Unusable, check::Checked::exit) as u8,
        without: checked.map_or_else(Vec::new, |checked| checked.without.clone()),
        diagnostics: diagnostics
            .iter()
            .map(|d| finding(&file.source, d))
            .collect(),
        summary: checked.map(check::Checked::summary),
        verdicts: checked.map(|checked| checked.verdicts.clone()),
        repairs: checked.map_or_else(Vec::new, |checked| checked.repairs.clone()),
        residuals: checked.map_or_else(Vec::new, |checked| checked.residuals.clone()),
        survey: checked.map(|checked| checked.survey.clone()),
        evidence: checked.map(|_| crate::evidence::of(file)),
        rechecked: checked.map(|checked| checked.rechecked.clone()),
    }
}

/// Any command with `--format json` that has no answer: a file cannot be read, a name is unknown, the
/// machine cannot do what is asked.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Failed {
    /// `bulkhead.failure/1`.
    pub format: &'static str,
    /// Version of the tool.
    pub tool: &'static str,
    /// Exit code of the command.
    pub exit: u8,
    /// Which failure it is: a stable kebab-case name.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do next; may be empty.
    pub help: String,
    /// Findings behind it; may be empty.
    pub details: Vec<String>,
}

/// Why there is no answer.
pub fn failed(failure: &Failure) -> Failed {
    Failed {
        format: "bulkhead.failure/1",
        tool: VERSION,
        exit: failure.exit as u8,
        code: failure.code,
        message: failure.message.clone(),
        help: failure.help.clone(),
        details: failure.details.clone(),
    }
}

/// `bulkhead lint-plan --format json`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lint {
    /// `bulkhead.lint/1`.
    pub format: &'static str,
    /// Digest of the plan.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub plan: Digest,
    /// Digest of the model.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub model: Digest,
    /// Differences; none if the plan is what the model asks for.
    pub findings: Vec<recheck::Finding>,
}

/// `bulkhead events --format json`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Events {
    /// `bulkhead.events/1`.
    pub format: &'static str,
    /// Whether every line vouches for the lines before it.
    pub intact: bool,
    /// Intact: number of lines. Otherwise: the line that is wrong, from 1.
    pub line: u64,
    /// Whether the last line is the end of a run; otherwise the log goes on, or was cut.
    pub ended: bool,
    /// Intact: hash of the last line.
    pub last: Option<String>,
    /// With an end that was kept elsewhere, of intact logs: whether they contain it.
    pub after: Option<bool>,
    /// Likewise: whether the first log says that it begins after that end, which any log can say.
    pub begins_after: Option<bool>,
    /// Otherwise: which log is wrong.
    pub log: Option<String>,
    /// Otherwise: what is wrong.
    pub reason: Option<String>,
}

/// What became of event logs.
pub fn events(verified: &Verified) -> Events {
    let fault = verified.lines.as_ref().err();
    Events {
        format: "bulkhead.events/1",
        intact: fault.is_none(),
        line: match &verified.lines {
            Ok(lines) => *lines,
            Err(fault) => fault.broken.line,
        },
        ended: verified.ended,
        last: fault.is_none().then(|| verified.last.to_string()),
        after: verified.after.map(|end| end == End::Contained),
        begins_after: verified.after.map(|end| end == End::BeginsAfter),
        log: fault.map(|fault| fault.log.display().to_string()),
        reason: fault.map(|fault| fault.broken.reason.clone()),
    }
}

/// `bulkhead explain --format json`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// `bulkhead.explanation/1`.
    pub format: &'static str,
    /// The code.
    pub code: &'static str,
    /// One for each kind of text, or other source, that is reported under this code.
    pub uses: Vec<ExplainedUse>,
}

/// A code in one kind of text.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExplainedUse {
    /// What is reported under the code.
    pub of: &'static str,
    /// What is wrong, if there is no example.
    pub message: Option<String>,
    /// What to do next, if there is no example.
    pub help: Option<String>,
    /// By example, if a text can have it that is short enough to show.
    pub example: Option<ExplainedExample>,
}

/// A text that is reported, and one that is not.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExplainedExample {
    /// A text that has it.
    pub wrong: String,
    /// What is said of that text under this code.
    pub said: Vec<Finding>,
    /// A text that does it right.
    pub right: String,
}

/// What a code is about.
pub fn explanation(explained: &Explained) -> Explanation {
    let uses = explained.uses.iter().map(|own| match &own.shown {
        Shown::Words { message, help, .. } => ExplainedUse {
            of: own.of,
            message: Some(message.clone()),
            help: Some(help.clone()),
            example: None,
        },
        Shown::Example(example) => ExplainedUse {
            of: own.of,
            message: None,
            help: None,
            example: Some(ExplainedExample {
                wrong: example.wrong.text.clone(),
                said: example.findings(),
                right: example.right.clone(),
            }),
        },
    });
    Explanation {
        format: "bulkhead.explanation/1",
        code: explained.code,
        uses: uses.collect(),
    }
}

/// `bulkhead status --format json` without a system.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Systems {
    /// `bulkhead.systems/3`.
    pub format: &'static str,
    /// Every system that runs here, by name.
    pub systems: Vec<Status>,
    /// What belongs to others or cannot be read: there may be more.
    pub unknown: Vec<String>,
}
