//! Making, reading and linting plans.

use crate::model_file::ModelFile;
use crate::{Failure, explain, files, programs};
use plan::Plan;
use source::Diagnostic;
use std::path::{Path, PathBuf};

/// Plans a usable model.
///
/// # Errors
/// Diagnostics for programs that cannot be used and elements that cannot be planned.
pub fn make(file: &ModelFile, program_directories: &[PathBuf]) -> Result<Plan, Vec<Diagnostic>> {
    let images = programs::find(file, program_directories)?;
    backend::linux::plan(&file.model, &images).map_err(|faults| {
        faults
            .into_iter()
            .map(|fault| {
                let span = explain::head(file, file.origins.span(fault.origin));
                Diagnostic::error(fault.code, span, fault.message).help(fault.help)
            })
            .collect()
    })
}

/// Reads a stored plan.
///
/// # Errors
/// The file cannot be read or is not a plan.
pub fn read(path: &Path) -> Result<Plan, Failure> {
    let bytes = files::read(path, plan::PLAN_BYTES_MAX as u64)?;
    Plan::parse(&bytes).map_err(|error| {
        Failure::unusable(
            format!("`{}` cannot be used: {error}", path.display()),
            "make it again with `bulkhead plan FILE -o PLAN`",
        )
    })
}

/// A finding of the linter in one line.
pub fn say(finding: &certify::Finding) -> String {
    format!("{}: {}", finding.place, finding.message)
}

/// Plans and lints; a plan the linter refuses is a fault of this tool.
///
/// # Errors
/// As [`make`]; or the linter's findings.
pub fn make_linted(
    file: &ModelFile,
    program_directories: &[PathBuf],
) -> Result<Result<Plan, Failure>, Vec<Diagnostic>> {
    let plan = make(file, program_directories)?;
    let findings = certify::lint(&file.model, &plan);
    if findings.is_empty() {
        return Ok(Ok(plan));
    }
    let findings: Vec<String> = findings.iter().map(say).collect();
    let message = format!("the plan does not match the model: {}", findings.join("; "));
    Ok(Err(Failure::internal(message)))
}
