//! Finding the programs a model runs.

use crate::explain;
use crate::model_file::ModelFile;
use backend::linux::Images;
use plan::ImagePlan;
use runtime::image::{self, ImageFault};
use source::Diagnostic;
use std::path::{Path, PathBuf};

/// Where bare program names are looked for, in this order: `given`, the model's directory, the
/// directory of this tool's own executable. A name with a `/` is relative to the model's directory.
pub fn directories(model_path: &Path, given: &[PathBuf]) -> Vec<PathBuf> {
    let mut directories = given.to_vec();
    directories.push(directory_of(model_path));
    if let Ok(own) = std::env::current_exe() {
        directories.push(directory_of(&own));
    }
    directories
}

fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Finds, inspects and hashes the program of every deployed subject.
///
/// # Errors
/// One diagnostic per program that cannot be used.
pub fn find(file: &ModelFile, given: &[PathBuf]) -> Result<Images, Vec<Diagnostic>> {
    let directories = directories(&file.path, given);
    let deployed = |id| {
        file.model
            .deployments
            .iter()
            .any(|d| d.subjects.contains(&id))
    };
    let (mut images, mut faults) = (Images::new(), Vec::new());
    for (id, node, subject) in file.model.subjects().filter(|(id, ..)| deployed(*id)) {
        // A subject without a program is the planner's to report.
        let Some(program) = &subject.program else {
            continue;
        };
        let span = explain::program_span(file, id, program);
        let Some(path) = locate(program, &directory_of(&file.path), &directories) else {
            let shown: Vec<String> = directories
                .iter()
                .map(|d| format!("`{}`", d.display()))
                .collect();
            let place = if program.contains('/') {
                "beside the model".to_owned()
            } else {
                format!("in {}", shown.join(", "))
            };
            faults.push(
                Diagnostic::error(
                    "program-missing",
                    span,
                    format!("there is no program `{program}` {place}"),
                )
                .at_main(format!("subject `{}` runs this", node.name))
                .help("build it, or name its directory with `--programs DIR`"),
            );
            continue;
        };
        match image::inspect(&path) {
            Ok(facts) => {
                // The name stays as it was written, also if it is a link.
                let path = std::path::absolute(&path).unwrap_or(path);
                let image = ImagePlan {
                    path: path.display().to_string(),
                    size_bytes: facts.size_bytes,
                    sha256: facts.sha256,
                };
                images.insert(node.name.clone(), image);
            }
            Err(fault) => faults.push(diagnostic(&fault, &path, span, &node.name)),
        }
    }
    if faults.is_empty() {
        Ok(images)
    } else {
        Err(faults)
    }
}

fn locate(program: &str, beside: &Path, directories: &[PathBuf]) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(beside.join(program)).filter(|path| path.exists());
    }
    directories
        .iter()
        .map(|directory| directory.join(program))
        .find(|path| path.is_file())
}

fn diagnostic(fault: &ImageFault, path: &Path, span: source::Span, subject: &str) -> Diagnostic {
    Diagnostic::error(fault.code(), span, format!("`{}` {fault}", path.display()))
        .at_main(format!("subject `{subject}` runs this"))
        .help(fault.help())
}
