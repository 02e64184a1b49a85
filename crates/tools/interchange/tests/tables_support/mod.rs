//! The shipped catalog, profiles and worked projects, and arbitrary valid projects.
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

pub mod arbitrary;

use interchange::imported::Imported;
use maturity::catalog::{self, Catalog};
use maturity::compose::Effective;
use maturity::profile::{self, Profile};
use maturity::project::{self, Project};
use maturity::{Date, has_errors};
use source::Source;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The day on which everything here is read.
pub const TODAY: &str = "2026-11-22";

pub fn today() -> Date {
    TODAY.parse().unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn texts(folder: &str) -> Vec<Source> {
    let mut open = vec![root().join(folder)];
    let mut names = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => names.push(path),
            }
        }
    }
    names.retain(|name| name.extension().is_some_and(|end| end == "kdl"));
    names.sort();
    let read = |path: &PathBuf| Source::new("text.kdl", fs::read_to_string(path).unwrap());
    names.iter().map(read).collect()
}

pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let (catalog, findings) = catalog::read(&texts("catalog/smm"));
        assert!(!has_errors(&findings));
        catalog
    })
}

pub fn profiles() -> &'static [Profile] {
    static PROFILES: OnceLock<Vec<Profile>> = OnceLock::new();
    PROFILES.get_or_init(|| {
        let texts = texts("catalog/profiles");
        let read = |text: &Source| profile::read(text, catalog()).0.unwrap();
        texts.iter().map(read).collect()
    })
}

/// The names of the worked projects.
pub const EXAMPLES: [&str; 4] = ["bottling-line", "home-camera", "key-fob", "vehicle-gateway"];

/// A worked project, as JSON gives it: without places in a text.
pub fn example(name: &str) -> (Project, Effective) {
    let path = root().join(format!("examples/{name}/maturity/project.kdl"));
    let text = Source::new("project.kdl", fs::read_to_string(path).unwrap());
    let opened = project::open(&text, catalog(), profiles(), today());
    assert!(!has_errors(&opened.findings), "{:?}", opened.findings);
    (plain(&opened.project.unwrap()), opened.table)
}

/// The same project without places.
pub fn plain(project: &Project) -> Project {
    serde_json::from_str(&project::write_json(project)).unwrap()
}

/// Place, code and severity of each finding, one per line.
pub fn show(imported: &Imported) -> String {
    imported
        .findings
        .iter()
        .map(|one| format!("{one}\n"))
        .collect()
}

/// `place code` of each finding.
pub fn places(imported: &Imported) -> Vec<String> {
    let line = |one: &interchange::imported::CellFinding| format!("{} {}", one.place, one.code);
    imported.findings.iter().map(line).collect()
}
