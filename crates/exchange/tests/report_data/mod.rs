//! The shipped catalog and the worked projects, for the tests of what is shown.

use exchange::view::{Request, View};
use maturity::catalog::Catalog;
use maturity::compose::Effective;
use maturity::profile::Profile;
use maturity::project::{Project, open};
use maturity::{Date, catalog, has_errors, profile};
use source::Source;
use std::fs;
use std::path::{Path, PathBuf};

/// The projects under `examples/`.
pub const EXAMPLES: [&str; 4] = ["bottling-line", "home-camera", "key-fob", "vehicle-gateway"];

/// The day on which the examples are looked at.
pub fn today() -> Date {
    "2026-11-25".parse().unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn texts(folder: &str) -> Vec<Source> {
    let mut names = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => names.push(path),
            }
        }
    }
    names.sort();
    let read = |path: &PathBuf| {
        Source::new(
            path.to_string_lossy().into_owned(),
            fs::read_to_string(path).unwrap(),
        )
    };
    names.iter().map(read).collect()
}

/// Catalog and profiles.
pub struct Shipped {
    pub catalog: Catalog,
    pub profiles: Vec<Profile>,
}

/// A project with its table.
pub struct Case {
    pub project: Project,
    pub table: Effective,
}

impl Shipped {
    pub fn read() -> Self {
        let (catalog, findings) = catalog::read(&texts("catalog/smm"));
        assert!(!has_errors(&findings));
        let read = |text: &Source| profile::read(text, &catalog).0.unwrap();
        let profiles = texts("catalog/profiles").iter().map(read).collect();
        Self { catalog, profiles }
    }

    pub fn open(&self, text: String) -> Case {
        let opened = open(
            &Source::new("project.kdl", text),
            &self.catalog,
            &self.profiles,
            today(),
        );
        assert!(!has_errors(&opened.findings), "{:#?}", opened.findings);
        Case {
            project: opened.project.unwrap(),
            table: opened.table,
        }
    }

    pub fn example(&self, name: &str) -> Case {
        let path = root().join("examples").join(name);
        self.open(fs::read_to_string(path.join("maturity/project.kdl")).unwrap())
    }

    pub fn view(&self, case: &Case) -> View {
        View::of(self.request(case)).unwrap()
    }

    pub fn request<'a>(&'a self, case: &'a Case) -> Request<'a> {
        Request {
            project: &case.project,
            catalog: &self.catalog,
            table: &case.table,
            assessment: None,
            target: None,
            today: today(),
            model: None,
        }
    }
}
