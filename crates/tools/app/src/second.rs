//! The second opinion: verdicts and plans looked at by the checker, which shares no rule with who made them.

use crate::model_file::ModelFile;
use crate::{Failure, files};
use plan::Plan;
use std::path::Path;

pub use recheck::{Finding, HELP as REMAKE, Report, Ruling};

/// Checks stored verdicts. A report with a fault says why they cannot be used at all.
///
/// # Errors
/// The file cannot be read, or is no text.
pub fn certificates(file: &ModelFile, path: &Path) -> Result<Report, Failure> {
    let bytes = files::read(path, recheck::VERDICTS_BYTES_MAX as u64)?;
    let text = files::text(path, &bytes)?;
    Ok(recheck::certificates(&file.model, text.as_bytes()))
}

/// Where a plan is not what a model asks for.
pub fn lint(file: &ModelFile, plan: &Plan) -> Vec<Finding> {
    recheck::lint(&file.model, plan)
}
