//! The corpora: `faults/CODE.kdl` shows how one fault is reported and what is made of the rest,
//! `accept/*.kdl` what correct documents mean. What is expected stands beside each in `*.expect`;
//! with `UPDATE_EXPECT=1` in the environment it is written anew, to be read before it is believed.
//! `right/CODE.kdl` does right what the fault of that name does wrong: nothing is reported of it.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

mod support;

use source::Source;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use support::dump;

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "kdl"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn stem(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

/// Diagnostics as `code line:column-line:column message`, then the typed view.
fn check(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let parse = kdl::parse(&text);
    assert_eq!(
        parse.print(),
        text,
        "{} does not print as it was read",
        path.display()
    );
    let source = Source::new(stem(path), text.as_str());
    let mut out = String::new();
    for diagnostic in &parse.diagnostics {
        let start = source.position(diagnostic.span().start);
        let end = source.position(diagnostic.span().end);
        out.push_str(&format!(
            "{} {}:{}-{}:{} {}\n",
            diagnostic.code, start.line, start.column, end.line, end.column, diagnostic.message
        ));
    }
    out + "---\n" + &dump(&parse.document)
}

/// All pairs are looked at before the first difference fails the test.
fn compare(folder: &str, sound: impl Fn(&Path, &str) -> bool) {
    let mut wrong = Vec::new();
    for path in files(folder) {
        let actual = check(&path);
        let expected = path.with_extension("expect");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &actual).unwrap();
        }
        let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
        if actual != wanted || !sound(&path, &actual) {
            wrong.push(format!("{}:\n{actual}expected\n{wanted}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_is_reported_as_expected() {
    compare("faults", |path, actual| {
        actual
            .lines()
            .take_while(|line| *line != "---")
            .any(|line| first_word(line) == stem(path))
    });
}

#[test]
fn each_fix_mends_what_it_is_about() {
    let mut fixed = BTreeSet::new();
    for path in files("faults") {
        let text = std::fs::read_to_string(&path).unwrap();
        let all = kdl::parse(&text).diagnostics;
        for own in all.iter().filter(|own| !own.fix.is_empty()) {
            let mended = source::edited(&text, &own.fix).unwrap();
            let left = kdl::parse(&mended).diagnostics;
            let count =
                |all: &[source::Diagnostic]| all.iter().filter(|one| one.code == own.code).count();
            assert!(
                count(&left) < count(&all),
                "{own:?} in {}:\n{mended}",
                path.display()
            );
            assert!(
                left.len() < all.len(),
                "{left:?} in {}:\n{mended}",
                path.display()
            );
            fixed.insert(own.code);
        }
    }
    let expected = [
        "kdl-bare-keyword",
        "kdl-empty-node",
        "kdl-hash-comment",
        "kdl-missing-space",
        "kdl-unknown-keyword",
    ];
    assert_eq!(fixed.into_iter().collect::<Vec<_>>(), expected);
}

fn first_word(line: &str) -> &str {
    line.split(' ').next().unwrap()
}

#[test]
fn every_code_has_its_negative_file() {
    let files = files("faults");
    let tested: BTreeSet<&str> = files.iter().map(|path| stem(path)).collect();
    // Its text would not fit in the repository; `bounds.rs` tests it.
    let codes: BTreeSet<&str> = kdl::codes()
        .filter(|code| *code != "kdl-too-long")
        .collect();
    assert_eq!(tested, codes);
}

#[test]
fn every_code_has_a_right_example() {
    let (faults, right) = (files("faults"), files("right"));
    let names = |files: &[PathBuf]| -> BTreeSet<String> {
        files.iter().map(|path| stem(path).to_owned()).collect()
    };
    assert_eq!(names(&right), names(&faults));
    for path in right {
        let actual = check(&path);
        assert!(actual.starts_with("---\n"), "{}:\n{actual}", stem(&path));
    }
}

#[test]
fn every_correct_document_means_what_is_expected() {
    compare("accept", |_, actual| actual.starts_with("---\n"));
}
