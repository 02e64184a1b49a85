//! The shipped catalog and the worked projects, for the tests of what is shown.

use maturity::catalog::Catalog;
use maturity::compose::Effective;
use maturity::crosswalk::{self, Crosswalk};
use maturity::profile::Profile;
use maturity::project::{Project, open};
use maturity::{Date, Level, Scope, State, Status, catalog, has_errors, profile};
use report::view::{Request, View};
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
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
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
    pub crosswalks: Vec<Crosswalk>,
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
        let read = |text: &Source| crosswalk::read(text, &catalog).0.unwrap();
        let crosswalks = texts("catalog/crosswalks").iter().map(read).collect();
        Self {
            catalog,
            profiles,
            crosswalks,
        }
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
            crosswalks: &self.crosswalks,
            assessment: None,
            target: None,
            today: today(),
            model: None,
        }
    }
}

/// The bottling line with its targets and duties before anybody looked: an assessment without any
/// answer, one target and one minimum of level 0, and every action marked as done.
pub fn nobody_looked(shipped: &Shipped) -> Case {
    let Case { mut project, table } = shipped.example("bottling-line");
    project.assessments.truncate(1);
    let assessment = &mut project.assessments[0];
    assessment.state = State::Draft;
    (assessment.reviewed, assessment.approved) = (None, None);
    assessment.answers.clear();
    assessment.judgements.clear();
    for set in &mut project.targets {
        set.practices.iter_mut().for_each(|target| {
            if target.practice == "H1.1" {
                (target.level, target.scope) = (Level::NONE, Scope::General);
            }
        });
    }
    let least = project
        .obligations
        .iter_mut()
        .flat_map(|one| &mut one.minimums);
    least.take(1).for_each(|least| {
        (least.level, least.scope) = (Level::NONE, Scope::General);
    });
    for action in &mut project.actions {
        action.status = Status::Done;
    }
    Case { project, table }
}

/// What somebody could write to deceive or to take over whoever looks at it.
pub const HOSTILE: &str = "</title></style></script><script>alert(1)</script><img src=x onerror=alert(1)> \" ' & \
    &lt; \u{202e}txt\u{2066}\u{0}\u{7}\u{1b}[31m\u{feff}\u{fffe} ]]> <!-- --> | a|b || `code` ``` ~~~ \\| \\ \
    [link](javascript:alert(1)) ![x](y) <https://evil.example> https://evil.example www.evil.example \
    a@evil.example [^1] **bold** _it_ ~~del~~ $x$ {#id} \u{2028}\u{2029}\r\n\n# heading\n\n- item\n1. item\n> quote\n\
    ---\n===\n| --- |\n```\n    code\n";

/// The project with `ending` behind every text and name in it. Words with a fixed meaning, days, names
/// of practices and indicators stay.
pub fn with_ending(project: &Project, ending: &str) -> Project {
    let mut json = serde_json::to_value(project).unwrap();
    append(&mut json, "", ending);
    serde_json::from_value(json).unwrap()
}

fn append(json: &mut serde_json::Value, key: &str, ending: &str) {
    const FIXED: [&str; 18] = [
        "format",
        "perspective",
        "appetite",
        "consequence",
        "kind",
        "state",
        "status",
        "scope",
        "answer",
        "method",
        "practice",
        "part",
        "indicator",
        "closes",
        "responsible",
        "digest",
        "model",
        "version",
    ];
    match json {
        serde_json::Value::String(text)
            if !FIXED.contains(&key) && text.parse::<Date>().is_err() =>
        {
            text.push_str(ending);
        }
        serde_json::Value::Array(all) => all.iter_mut().for_each(|one| append(one, key, ending)),
        serde_json::Value::Object(all) => {
            // The catalog and the layers keep their names, so that the table stays.
            for (key, value) in all
                .iter_mut()
                .filter(|(key, _)| !["catalog", "profiles"].contains(&key.as_str()))
            {
                append(value, key, ending);
            }
        }
        _ => {}
    }
}
