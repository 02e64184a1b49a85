//! The shipped catalog, layers and example projects, and documents made from them.

use interchange::oscal::{Subject, bundle};
use maturity::catalog::{self, Catalog};
use maturity::compose::Effective;
use maturity::profile::{self, Profile};
use maturity::project::{self, Project, write_json};
use maturity::{Date, has_errors};
use source::Source;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// All `.kdl` texts below a folder of the repository, sorted by name.
fn texts(folder: &str) -> Vec<Source> {
    let mut names = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "kdl") {
                names.push(path);
            }
        }
    }
    names.sort();
    let read = |path: &PathBuf| {
        Source::new(
            path.display().to_string(),
            fs::read_to_string(path).unwrap(),
        )
    };
    names.iter().map(read).collect()
}

pub fn shipped() -> &'static Catalog {
    static SHIPPED: OnceLock<Catalog> = OnceLock::new();
    SHIPPED.get_or_init(|| catalog::read(&texts("catalog/smm")).0)
}

pub fn layers() -> &'static [Profile] {
    static LAYERS: OnceLock<Vec<Profile>> = OnceLock::new();
    LAYERS.get_or_init(|| {
        let mut texts = texts("catalog/profiles");
        let data = root().join("crates/pure/maturity/tests/data/layer.kdl");
        texts.push(Source::new("layer.kdl", fs::read_to_string(data).unwrap()));
        let read = |text: &Source| profile::read(text, shipped()).0.unwrap();
        texts.iter().map(read).collect()
    })
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The projects of the examples and the one that uses every field of the format.
pub fn projects() -> Vec<Project> {
    let mut files: Vec<PathBuf> = ["bottling-line", "home-camera", "key-fob", "vehicle-gateway"]
        .map(|name| {
            root()
                .join("examples")
                .join(name)
                .join("maturity/project.kdl")
        })
        .into();
    files.push(root().join("crates/pure/maturity/tests/data/project.kdl"));
    files
        .iter()
        .map(|file| open(&fs::read_to_string(file).unwrap()))
        .collect()
}

/// A project as it comes from its JSON form, without places in a text.
pub fn open(text: &str) -> Project {
    let text = Source::new("project.kdl", text);
    let opened = project::open(&text, shipped(), layers(), day("2028-01-01"));
    assert!(!has_errors(&opened.findings), "{:?}", opened.findings);
    unplaced(&opened.project.unwrap())
}

pub fn unplaced(project: &Project) -> Project {
    let (project, findings) = project::read_json(&Source::new("project.json", write_json(project)));
    assert!(findings.is_empty(), "{findings:?}");
    project.unwrap()
}

pub fn table(project: &Project) -> Effective {
    project.table(shipped(), layers())
}

/// The documents of a project.
pub fn documents(project: &Project) -> Vec<Source> {
    let table = table(project);
    let of = Subject::new(project, shipped(), &table, day("2026-11-22"));
    let all = bundle(&of).into_iter();
    all.map(|(name, text)| Source::new(name, text)).collect()
}
