//! Every code that is printed is explained by `bulkhead explain`.
#![expect(
    clippy::unwrap_used,
    reason = "a test reads the sources, and a failing one may panic"
)]

use app::codes::Shown;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is written before a code, or before a place and a code.
const BEFORE: &[&str] = &[
    "unusable(",
    "unenforceable(",
    "Failure::platform(",
    "Failure::down(",
    "Diagnostic::error(",
    "Diagnostic::warning(",
    "code: ",
    ".error(",
    ".warning(",
];

/// What only a subject's program prints, of the crates that it is built with.
const OF_SUBJECTS: [&str; 2] = ["crates/trusted/channel", "crates/trusted/guest"];

fn code_of(literal: &str) -> Option<&str> {
    let (code, _) = literal.strip_prefix('"')?.split_once('"')?;
    let kebab = |c: char| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit();
    (!code.is_empty() && code.chars().all(kebab)).then_some(code)
}

/// The codes in a source, without its tests.
fn printed(source: &str) -> Vec<&str> {
    let source = source.split("#[cfg(test)]").next().unwrap_or(source);
    let mut found = Vec::new();
    for before in BEFORE {
        for rest in source.split(before).skip(1) {
            let first = code_of(rest.trim_start());
            // A place may stand before the code: a variable, or the literal name of a column.
            let second = rest
                .split_once(',')
                .filter(|(first, _)| !first.contains([';', '{', '}']));
            let second = second.and_then(|(_, rest)| code_of(rest.trim_start()));
            let placed = before.starts_with('.') || first.is_none();
            found.extend(second.filter(|_| placed).or(first));
        }
    }
    for body in source.split("fn code(").skip(1) {
        let body = body.split("\n    }\n").next().unwrap_or(body);
        found.extend(body.split("=> ").skip(1).filter_map(code_of));
    }
    // The table of refusals.
    for line in source
        .lines()
        .filter(|line| line.starts_with("    \"") && line.contains("\" ") && line.contains(" {"))
    {
        found.extend(code_of(line.trim_start()));
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, found),
            false if path.extension().is_some_and(|end| end == "rs") => found.push(path),
            false => {}
        }
    }
}

#[test]
fn every_code_that_is_printed_is_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    sources(&root.join("crates"), &mut files);
    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap().display().to_string();
        if !name.contains("/src/") || OF_SUBJECTS.iter().any(|own| name.starts_with(own)) {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let found = printed(&text).into_iter();
        codes.extend(found.map(|code| (code.to_owned(), name.clone())));
    }
    // Those of a plan's comparison stand in tables of its own.
    for name in ["lint.rs", "lint/linux.rs"] {
        let file = root.join("crates/pure/recheck/src").join(name);
        let text = std::fs::read_to_string(file).unwrap();
        let literals = text.split('"').skip(1).step_by(2);
        let found =
            literals.filter(|own| own.contains('-') && code_of(&format!("\"{own}\"")).is_some());
        codes.extend(found.map(|code| (code.to_owned(), name.to_owned())));
    }
    assert!(codes.contains_key("undrawn-flow"), "{codes:?}");
    assert!(codes.len() > 150, "{}", codes.len());
    let unknown: Vec<_> = codes
        .iter()
        .filter(|own| app::codes::explain(own.0).is_err())
        .collect();
    assert!(unknown.is_empty(), "not explained: {unknown:?}");
}

#[test]
fn codes_of_tables_are_explained_by_example() {
    for case in interchange::example::CASES {
        let explained = app::codes::explain(case.code).unwrap();
        let shown = |own: &app::codes::Use| matches!(&own.shown, Shown::Example(one) if !one.said.is_empty());
        assert!(explained.uses.iter().any(shown), "{case:?}");
    }
}

#[test]
fn a_planted_code_is_found() {
    let source = r#"
        Failure::unusable("one", "m", "h"); report.error(place(1, 2), "x"); Diagnostic::error("two-a", span);
        findings.error(place, "three", message); line.error("day", "six-a", message); fn code(&self) -> &'static str {
            match self { A => "four", B => "five" }
    }
"#;
    assert_eq!(
        printed(source),
        ["one", "two-a", "three", "six-a", "four", "five"]
    );
}

#[test]
fn every_code_of_a_text_is_explained_by_example() {
    let too_large = [
        "kdl-too-long",
        "too-many-faults",
        "too-much",
        "text-too-long",
    ];
    let texts = [
        (
            "a model",
            lang::codes().chain(kdl::codes()).collect::<Vec<_>>(),
        ),
        ("matur", maturity::codes().collect()),
    ];
    for (of, codes) in texts {
        assert!(codes.len() > 90, "{}", codes.len());
        for code in codes {
            let explained = app::codes::explain(code).unwrap();
            let mut uses = explained
                .uses
                .iter()
                .filter(|own| (own.of == "a model") == (of == "a model"));
            let own = uses.next().unwrap_or_else(|| panic!("{code}"));
            match &own.shown {
                Shown::Example(example) => {
                    assert!(!example.said.is_empty(), "{code}");
                    assert_ne!(example.wrong.text, example.right, "{code}");
                }
                Shown::Words { large, .. } => {
                    assert!(*large && too_large.contains(&code), "{code}")
                }
            }
        }
    }
}
