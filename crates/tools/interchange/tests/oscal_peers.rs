//! OSCAL documents before independent judges: NIST's JSON schemas, and an implementation whose
//! models are generated from them. `cargo verify` installs both; without them the tests fail.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod oscal_common;

use interchange::oscal::{self, NS};
use oscal_common::{documents, layers, projects, root, shipped};
use serde_json::Value;
use source::Source;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A fresh folder below that of the tests; removed by its owner.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("oscal-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Lets the peers judge all documents of a folder, and resolve one of them if it is named.
fn judge(folder: &Path, profile: Option<&str>) -> Output {
    let output = Command::new(root().join("target/peers/bin/python"))
        .arg(root().join("tests/peers/oscal.py"))
        .arg(folder)
        .args(profile)
        .output();
    output.expect("`cargo verify` installs the peers")
}

fn show(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn write(folder: &Folder, texts: &[Source]) {
    for text in texts {
        fs::write(folder.0.join(&text.name), &text.text).unwrap();
    }
}

#[test]
fn all_documents_are_valid_and_come_back_through_another_implementation() {
    for (at, project) in projects().into_iter().enumerate() {
        let folder = Folder::new(&format!("valid-{at}"));
        let texts = documents(&project);
        write(&folder, &texts);
        let output = judge(&folder.0, None);
        assert!(output.status.success(), "{}", show(&output));
        let valid = show(&output).matches(": valid\n").count();
        assert_eq!(valid, texts.len(), "{}", show(&output));

        let again: Vec<Source> = texts
            .iter()
            .map(|text| {
                let path = folder.0.join("again").join(&text.name);
                let written = fs::read_to_string(path).unwrap();
                assert_ne!(written, text.text, "it was written anew");
                Source::new(text.name.clone(), written)
            })
            .collect();
        let read = oscal::read(&again, shipped(), layers());
        assert_eq!((read.findings, read.lost), (Vec::new(), Vec::new()));
        assert_eq!(read.project.as_ref(), Some(&project));
        assert_eq!(
            read.catalog.map(|read| read.catalog).as_ref(),
            Some(shipped())
        );
    }
}

#[test]
fn another_implementation_resolves_profiles_to_practices_with_their_targets() {
    let project = &projects()[0];
    let folder = Folder::new("resolved");
    write(&folder, &documents(project));
    let output = judge(&folder.0, Some("profile-1-first-year.json"));
    assert!(output.status.success(), "{}", show(&output));
    let path = folder.0.join("resolved/profile-1-first-year.json");
    let resolved: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut targets = Vec::new();
    collect(&resolved, &mut targets);
    let set = &project.targets[0];
    let wanted: Vec<(String, String)> = shipped()
        .practices
        .iter()
        .filter_map(|practice| set.of(&practice.title.id))
        .map(|target| {
            (
                target.practice,
                format!("{} {}", target.level, target.scope),
            )
        })
        .collect();
    targets.sort();
    let mut wanted = wanted;
    wanted.sort();
    assert_eq!(targets, wanted);
}

/// Controls with their target level and scope.
fn collect(value: &Value, found: &mut Vec<(String, String)>) {
    let shown = |name: &str| -> Option<&str> {
        let props = value["props"].as_array()?;
        let ours = props
            .iter()
            .find(|prop| prop["ns"] == NS && prop["name"] == name)?;
        ours["value"].as_str()
    };
    if let (Some(level), Some(scope)) = (shown("target-level"), shown("target-scope")) {
        found.push((
            value["id"].as_str().unwrap().to_owned(),
            format!("{level} {scope}"),
        ));
    }
    let below = value
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.values());
    for value in below.chain(value.as_array().into_iter().flatten()) {
        collect(value, found);
    }
}

#[test]
fn texts_of_every_kind_give_valid_documents() {
    let mut project = projects().remove(4);
    let odd = "  two\nlines \"quoted\" \u{2028} and \\ an emoji 🛢\t";
    project.title = odd.to_owned();
    project.boundary = String::new();
    project.notes = vec![odd.to_owned(), String::new()];
    project.people[0].name = odd.to_owned();
    project.evidence[0].title = odd.to_owned();
    project.evidence[0].location = Some("https://files.example/a/b".to_owned());
    project.evidence[0].digest = Some(record::Digest::of(b"bytes"));
    project.assessments[0].answers[0].note = Some(odd.to_owned());
    project.assessments[0].from = "0001-01-01".parse().unwrap();
    let mut others = project.clone();
    others.targets.clear();
    others.assessments.clear();
    others.obligations.clear();
    others.people.clear();
    for (at, project) in [project, others].into_iter().enumerate() {
        let folder = Folder::new(&format!("odd-{at}"));
        let texts = documents(&project);
        write(&folder, &texts);
        let output = judge(&folder.0, None);
        assert!(output.status.success(), "{}", show(&output));
        let read = oscal::read(&texts, shipped(), layers());
        assert_eq!((read.findings, read.lost), (Vec::new(), Vec::new()));
        assert_eq!(read.project, Some(project));
    }
}

#[test]
fn the_judges_refuse_what_is_not_valid() {
    let texts = documents(&projects()[2]);
    let results = texts
        .iter()
        .find(|text| text.name.starts_with("results"))
        .unwrap();
    let spoilt = [
        ("\"state\": \"satisfied\"", "\"state\": \"nearly\"", true),
        ("\"oscal-version\"", "\"oscal-edition\"", true),
        ("\"methods\": [", "\"method\": [", true),
        // The models take an instant without its time zone.
        ("T00:00:00Z", "T00:00:00", false),
    ];
    for (from, to, by_both) in spoilt {
        let folder = Folder::new("spoilt");
        assert!(results.text.contains(from), "{from}");
        let spoilt = results.text.replacen(from, to, 1);
        fs::write(folder.0.join("results.json"), spoilt).unwrap();
        let output = judge(&folder.0, None);
        assert_eq!(output.status.code(), Some(1), "{from}: {}", show(&output));
        let words = show(&output);
        assert!(words.contains("schema:"), "{from}: {words}");
        assert_eq!(words.contains("trestle:"), by_both, "{from}: {words}");
    }
}
