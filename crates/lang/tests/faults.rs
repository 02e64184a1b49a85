//! One negative file per diagnostic: `faults/CODE.kdl`. Its leading `//` lines are everything that
//! reading it reports, in order: `SEVERITY CODE: MESSAGE @ TEXT OF THE MAIN PLACE`, and
//! ` → NAME?` where the help suggests a name.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults");
    let mut files: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn code(file: &Path) -> String {
    file.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// Everything that reading the text reports, one per line.
fn report(text: &str) -> Vec<String> {
    lang::read(text)
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let help = diagnostic.help.as_deref().unwrap();
            assert!(!help.is_empty());
            let meant = help
                .strip_prefix("did you mean")
                .map(|name| format!(" →{name}"));
            let severity = if diagnostic.is_error() {
                "error"
            } else {
                "warning"
            };
            let place = text
                .get(diagnostic.span().range())
                .unwrap()
                .replace('\n', "⏎");
            let (code, message) = (diagnostic.code, &diagnostic.message);
            format!(
                "{severity} {code}: {message} @ {place}{}",
                meant.unwrap_or_default()
            )
        })
        .collect()
}

#[test]
fn each_fault_is_reported_as_its_file_says_and_nothing_else() {
    let mut wrong = String::new();
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let expected: Vec<&str> = text
            .lines()
            .map_while(|line| line.strip_prefix("// "))
            .collect();
        let found = report(&text);
        if found != expected {
            wrong += &format!("{}\n  // {}\n", code(&file), found.join("\n  // "));
        }
    }
    assert!(wrong.is_empty(), "these files say something else:\n{wrong}");
}

#[test]
fn each_file_reports_the_code_it_is_named_after() {
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let reading = lang::read(&text);
        let code = code(&file);
        assert!(reading.diagnostics.iter().any(|d| d.code == code), "{code}");
    }
}

#[test]
fn each_code_has_a_file_and_each_file_a_code() {
    let named: BTreeSet<String> = files().iter().map(|file| code(file)).collect();
    let known: BTreeSet<String> = lang::codes().map(String::from).collect();
    assert_eq!(named, known);
}
