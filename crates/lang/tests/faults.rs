//! One negative file per diagnostic: `faults/CODE.kdl`. Its leading `//` lines are everything that
//! reading it reports, in order: `SEVERITY CODE: MESSAGE @ TEXT OF THE MAIN PLACE`, and
//! ` → NAME?` where the help suggests a name.

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

#[test]
fn a_name_that_nothing_declares_is_one_mistake_with_several_places() {
    let text = "bulkhead 1\nsystem s {\n  subject a; subject b\n  require r { never from=x to=b }\n\
                channel a -> x sampling\n  channel x -> b sampling\n}\n";
    assert_eq!(
        report(text),
        ["error unknown-name: there is no subject `x` @ x"]
    );
    let reading = lang::read(text);
    let labels = &reading.diagnostics.first().unwrap().labels;
    let mut places: Vec<u32> = labels.iter().map(|label| label.span.start).collect();
    assert_eq!(places.len(), 3);
    assert!(
        text.find("from=x").unwrap() + 5 == places.remove(0) as usize,
        "the first is the main one"
    );
}

#[test]
fn faults_of_the_syntax_do_not_hide_those_of_other_lines() {
    let text =
        "bulkhead 1\nsystem s {\n  subject a { memory 16MiB; }\n  channel a -> x sampling\n}\n";
    let codes: Vec<&str> = lang::read(text)
        .diagnostics
        .iter()
        .map(|d| d.code)
        .collect();
    assert_eq!(codes, ["kdl-bad-number", "unknown-name"]);
    let shattered = "bulkhead 1\nsystem s {\n  subject a {\n  channel a -> x sampling\n}\n";
    let codes: Vec<&str> = lang::read(shattered)
        .diagnostics
        .iter()
        .map(|d| d.code)
        .collect();
    assert_eq!(codes, ["kdl-unclosed-block"]);
}

#[test]
fn labels_that_could_not_be_read_are_not_unknown_and_others_are() {
    let codes = |labels: &str| -> Vec<String> {
        report(&format!(
            "bulkhead 1\nsystem s {{\n  labels {{ {labels} }}\n  subject a secrecy=low\n  \
             subject b secrecy=high\n  subject c secrecy=hihg\n}}\n"
        ))
    };
    let unknown = "error unknown-label: there is no secrecy label `hihg` @ hihg → `high`?";
    let twice = "error repeated-word: `secrecy` is written twice here @ secrecy";
    assert_eq!(codes("secrecy low high"), [unknown]);
    assert_eq!(
        codes("secrecy low mid high; secrecy high low"),
        [twice, unknown]
    );
    let found = codes("secrecy low; secrecy low high");
    assert_eq!(
        found,
        [
            twice,
            "error unknown-label: there is no secrecy label `hihg` @ hihg"
        ]
    );
    let cycle = "error label-cycle: label `high` would lie above itself by way of `low` @ high";
    assert_eq!(
        codes("secrecy { low above=high; high above=low }"),
        [cycle, unknown]
    );
    let word = "error unknown-word: `secercy` has no meaning in `labels` @ secercy → `secrecy`?";
    assert_eq!(codes("secercy low high"), [word]);
}
