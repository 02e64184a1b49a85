//! Finding the programs a model runs.

use crate::model_file::ModelFile;
use crate::{Failure, explain};
use linux::image::{self, ImageFault};
use plan::{ImagePlan, Plan};
use planner::linux::{Program, Programs};
use source::Diagnostic;
use std::path::{Path, PathBuf};

/// Where bare program names are looked for: in `given` and nowhere else; if none are given, in the model's
/// directory alone. A name with a `/` is relative to the model's directory. What happens to lie beside
/// this tool is nobody's choice.
pub fn directories(model_path: &Path, given: &[PathBuf]) -> Vec<PathBuf> {
    match given {
        [] => vec![directory_of(model_path)],
        given => given.to_vec(),
    }
}

/// Refuses a given directory that is none: programs would be found elsewhere, or not at all.
///
/// # Errors
/// The first that is not a directory.
pub fn given(directories: &[PathBuf]) -> Result<(), Failure> {
    match directories.iter().find(|path| !path.is_dir()) {
        None => Ok(()),
        Some(path) => Err(Failure::unusable(
            "not-a-directory",
            format!("`{}` is not a directory", path.display()),
            "name the directory with the programs, for instance the one `cargo build` writes to",
        )),
    }
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
pub fn find(file: &ModelFile, given: &[PathBuf]) -> Result<Programs, Vec<Diagnostic>> {
    let directories = directories(&file.path, given);
    let deployed = |id| {
        file.model
            .deployments
            .iter()
            .any(|d| d.subjects.contains(&id))
    };
    let (mut programs, mut faults) = (Programs::new(), Vec::new());
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
                .help(match beside_us(program) {
                    Some(directory) => format!(
                        "`{}`, where this tool lies, has one of that name: if it is yours, name that directory",
                        directory.display()
                    ),
                    None => "build it, or name its directory".to_owned(),
                }),
            );
            continue;
        };
        if let Some(other) = another(program, &path, &directories) {
            let (first, second) = (path.display(), other.display());
            faults.push(
                Diagnostic::error(
                    "program-ambiguous",
                    span,
                    format!("`{program}` is `{first}` or `{second}`, which differ"),
                )
                .at_main(format!("subject `{}` runs this", node.name))
                .help("write its path in the model, or name one directory"),
            );
            continue;
        }
        match image::inspect(&path) {
            Ok(facts)
                if subject
                    .memory_bytes
                    .is_some_and(|own| own < facts.memory_bytes) =>
            {
                let needs_kib = facts.memory_bytes.div_ceil(1024);
                let message = format!("`{program}` cannot start with so little memory");
                faults.push(
                    Diagnostic::error("memory-too-small", span, message)
                        .at_main(format!("subject `{}` runs this", node.name))
                        .help(format!(
                            "write at least `memory \"{needs_kib}KiB\"`: its data, its stack and what its \
                             libraries take first; more for what it keeps itself"
                        )),
                );
            }
            Ok(facts) => {
                // The name stays as it was written, also if it is a link.
                let path = std::path::absolute(&path).unwrap_or(path);
                let image = ImagePlan {
                    size_bytes: facts.size_bytes,
                    sha256: facts.sha256,
                };
                let path = path.display().to_string();
                programs.insert(node.name.clone(), Program { path, image });
            }
            Err(fault) => faults.push(diagnostic(&fault, &path, span, &node.name)),
        }
    }
    if faults.is_empty() {
        Ok(programs)
    } else {
        Err(faults)
    }
}

/// The first file of that name; without one, the first of anything else that has it, so that it can be
/// said what is wrong with it.
fn locate(program: &str, beside: &Path, directories: &[PathBuf]) -> Option<PathBuf> {
    let exists = |path: &PathBuf| path.symlink_metadata().is_ok();
    if program.contains('/') {
        return Some(beside.join(program)).filter(exists);
    }
    let paths = directories.iter().map(|directory| directory.join(program));
    let file = paths.clone().find(|path| path.is_file());
    file.or_else(|| paths.clone().find(exists))
}

/// The directory of this tool, if a file of that name lies there.
fn beside_us(program: &str) -> Option<PathBuf> {
    let directory = directory_of(&std::env::current_exe().ok()?);
    (!program.contains('/') && directory.join(program).is_file()).then_some(directory)
}

/// Another file of that name in these directories that is not the same program.
fn another(program: &str, found: &Path, directories: &[PathBuf]) -> Option<PathBuf> {
    if program.contains('/') {
        return None;
    }
    let paths = directories.iter().map(|directory| directory.join(program));
    let mut others = paths.filter(|path| path != found && path.is_file());
    let facts = |path: &Path| image::inspect(path).ok().map(|facts| facts.sha256);
    others.find(|other| facts(other) != facts(found))
}

/// Where the programs of a plan lie: each directory with the names found there.
pub fn places(plan: &Plan) -> Vec<(PathBuf, Vec<String>)> {
    let mut places = std::collections::BTreeMap::<PathBuf, Vec<String>>::new();
    for subject in &plan.linux().subjects {
        let path = Path::new(&subject.program);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let names = places.entry(directory_of(path)).or_default();
        if !names.contains(&name.clone().into_owned()) {
            names.push(name.into_owned());
        }
    }
    places.into_iter().collect()
}

fn diagnostic(fault: &ImageFault, path: &Path, span: source::Span, subject: &str) -> Diagnostic {
    let shown = path.display();
    let message = match fault {
        ImageFault::Missing if path.is_symlink() => format!("`{shown}` is a link to nothing"),
        _ => format!("`{shown}` {fault}"),
    };
    Diagnostic::error(fault.code(), span, message)
        .at_main(format!("subject `{subject}` runs this"))
        .help(fault.help())
}
