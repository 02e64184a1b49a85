//! Any text as a maturity project against the shipped catalog: no panic, places inside the text,
//! bounded reports; and what is read without errors can be settled and scored.
#![no_main]

use libfuzzer_sys::fuzz_target;
use maturity::catalog::{self, Catalog};
use maturity::profile::{self, Profile};
use maturity::settle::{Now, settle};
use maturity::{DIAGNOSTICS_MAX, Date, has_errors, project, score};
use source::Source;
use std::path::Path;
use std::sync::LazyLock;

static SHIPPED: LazyLock<(Catalog, Vec<Profile>)> = LazyLock::new(|| {
    let (catalog, findings) = catalog::read(&texts("catalog/smm"));
    assert!(!has_errors(&findings));
    let profiles = texts("catalog/profiles");
    let profiles = profiles.iter().filter_map(|text| profile::read(text, &catalog).0);
    let profiles = profiles.collect();
    (catalog, profiles)
});

/// All texts below a folder of the repository, sorted by name.
fn texts(folder: &str) -> Vec<Source> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)];
    let mut paths = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => paths.push(path),
            }
        }
    }
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        Source::new(path.display().to_string(), text)
    };
    paths.iter().map(read).collect()
}

fuzz_target!(|text: &str| {
    let (catalog, profiles) = &*SHIPPED;
    let today = Date::new(2026, 11, 22).unwrap();
    let source = Source::new("project.kdl", text);
    let opened = project::open(&source, catalog, profiles, today);
    assert!(opened.findings.len() <= 2 * (DIAGNOSTICS_MAX + 1) + kdl::MAX_DIAGNOSTICS);
    for finding in &opened.findings {
        for label in &finding.diagnostic.labels {
            assert!(text.get(label.span.range()).is_some(), "{finding:?}");
        }
    }
    let Some(project) = opened.project.filter(|_| !has_errors(&opened.findings)) else {
        return;
    };
    let now = Now { today: Some(today), model: None };
    for assessment in &project.assessments {
        let settled = settle(&project, assessment, &opened.table, &now);
        let scores = score::score(&opened.table, &settled);
        assert_eq!(scores.len(), catalog.practices.len());
    }
});
