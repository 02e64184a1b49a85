//! Making, reading and linting plans.

use crate::model_file::ModelFile;
use crate::{Failure, files, programs};
use plan::Plan;
use planner::Impossible;
use planner::linux::Program;
use source::Diagnostic;
use std::path::{Path, PathBuf};

/// Plans a usable model.
///
/// # Errors
/// Diagnostics for programs that cannot be used and elements that cannot be planned.
pub fn make(file: &ModelFile, program_directories: &[PathBuf]) -> Result<Plan, Vec<Diagnostic>> {
    let programs = programs::find(file, program_directories)?;
    planner::linux::plan(&file.model, &programs).map_err(|faults| {
        faults
            .into_iter()
            .map(|fault| {
                let span = file.head(file.origins.span(fault.origin));
                Diagnostic::error(fault.code, span, fault.message).help(fault.help)
            })
            .collect()
    })
}

/// What stands in the way of a plan whatever the programs are, so that a check can say it before: one
/// warning per kind and element, subjects without a program all in one.
pub fn obstacles(file: &ModelFile) -> Vec<Diagnostic> {
    // A stand-in for programs, which only planning looks at.
    let program = Program {
        path: "/program".to_owned(),
        image: plan::ImagePlan {
            size_bytes: 0,
            sha256: record::Digest::of(b""),
        },
    };
    let with_program = file.model.subjects();
    let with_program = with_program.filter(|(_, _, subject)| subject.program.is_some());
    let programs = with_program.map(|(_, node, _)| (node.name.clone(), program.clone()));
    let Err(faults) = planner::linux::plan(&file.model, &programs.collect()) else {
        return Vec::new();
    };
    let place = |origin| file.head(file.origins.span(origin));
    let (bare, others): (Vec<Impossible>, Vec<Impossible>) = faults
        .into_iter()
        .partition(|fault| fault.code == "no-program");
    let mut obstacles = Vec::new();
    if let [first, more @ ..] = bare.as_slice() {
        let message = match more.len() {
            0 => first.message.clone(),
            1 => format!("{}, nor has one other", first.message),
            more => format!("{}, nor have {more} others", first.message),
        };
        let message = format!("not plannable: {message}");
        let mut warning = Diagnostic::warning(first.code, place(first.origin), message);
        for other in more.iter().take(PLACES_MAX) {
            warning = warning.label(place(other.origin), "nor has this");
        }
        obstacles.push(warning.help(first.help.clone()));
    }
    obstacles.extend(others.into_iter().map(|fault| {
        let message = format!("not plannable: {}", fault.message);
        Diagnostic::warning(fault.code, place(fault.origin), message).help(fault.help)
    }));
    obstacles
}

/// Further places of subjects without a program.
const PLACES_MAX: usize = 9;

/// Reads a stored plan.
///
/// # Errors
/// The file cannot be read or is not a plan.
pub fn read(path: &Path) -> Result<Plan, Failure> {
    let bytes = files::read(path, plan::PLAN_BYTES_MAX as u64)?;
    let text = files::text(path, &bytes)?;
    Plan::parse(text.as_bytes()).map_err(|error| {
        Failure::unusable(
            "plan-unusable",
            format!("`{}` cannot be used: {error}", path.display()),
            "make it again from its model",
        )
    })
}

/// A finding of the linter in one line.
pub fn say(finding: &recheck::Finding) -> String {
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
    let findings = recheck::lint(&file.model, &plan);
    if findings.is_empty() {
        return Ok(Ok(plan));
    }
    let findings: Vec<String> = findings.iter().map(say).collect();
    let message = format!("the plan does not match the model: {}", findings.join("; "));
    Ok(Err(Failure::internal(message)))
}
