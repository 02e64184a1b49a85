//! A face asks `app` and shows the answer: it records nothing by itself, and keeps and exchanges nothing.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Crates that a face reaches through `app`.
const BEHIND_APP: &[&str] = &["interchange", "linux", "recheck", "report", "store"];

/// What recording begins with: the events of a project.
const EVENTS: &str = "maturity::ledger::Event";

/// A word of a source, with what a path needs: `::`, and where groups begin and end.
#[derive(Debug, PartialEq)]
enum Word {
    Name(String),
    Path,
    Open(Delimiter),
    Close,
    Other,
}

fn words(tokens: TokenStream, words: &mut Vec<Word>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(name) => words.push(Word::Name(name.to_string())),
            TokenTree::Group(group) => {
                words.push(Word::Open(group.delimiter()));
                self::words(group.stream(), words);
                words.push(Word::Close);
            }
            TokenTree::Punct(one) if one.as_char() == ':' => {
                let next = tokens.next_if(|next| next.to_string() == ":");
                words.push(if next.is_some() {
                    Word::Path
                } else {
                    Word::Other
                });
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => words.push(Word::Other),
        }
    }
}

/// What a source uses of what a face has to leave to `app`.
fn used(text: &str) -> BTreeSet<&'static str> {
    let mut all = Vec::new();
    words(text.parse().unwrap(), &mut all);
    let is = |at: usize, name: &str| matches!(&all[at], Word::Name(own) if own == name);
    let own_module = |name: &str| (1..all.len()).any(|at| is(at - 1, "mod") && is(at, name));
    // `a::store::b` is not the crate `store`, `::store::b` is.
    let first = |at: usize| {
        let inner = at >= 2 && all[at - 1] == Word::Path && matches!(all[at - 2], Word::Name(_));
        !inner && all.get(at + 1) == Some(&Word::Path)
    };
    let crates = BEHIND_APP.iter().copied();
    let mut used: BTreeSet<&str> = crates
        .filter(|name| !own_module(name))
        .filter(|name| (0..all.len()).any(|at| is(at, name) && first(at)))
        .collect();
    let named = (0..all.len()).filter(|at| is(*at, "ledger"));
    if named.into_iter().any(|at| names_event(&all[at + 1..])) {
        used.insert(EVENTS);
    }
    used
}

/// Whether what follows a module names its `Event`: `::Event`, or `::{…, Event, …}`.
fn names_event(after: &[Word]) -> bool {
    let event = |word: &Word| *word == Word::Name("Event".to_owned());
    match after {
        [Word::Path, Word::Open(Delimiter::Brace), list @ ..] => {
            let list = list.iter().take_while(|word| **word != Word::Close);
            list.into_iter().any(event)
        }
        [Word::Path, word, ..] => event(word),
        _ => false,
    }
}

fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push(path);
        }
    }
}

#[test]
fn faces_ask_app() {
    let faces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/faces");
    let mut all = Vec::new();
    sources(&faces, &mut all);
    assert!(all.len() > 20, "the faces lie elsewhere");
    let mut found = Vec::new();
    for path in &all {
        let shown = path.strip_prefix(&faces).unwrap().display().to_string();
        let text = std::fs::read_to_string(path).unwrap();
        found.extend(used(&text).into_iter().map(|what| (shown.clone(), what)));
    }
    assert!(found.is_empty(), "ask `app` instead: {found:?}");
}

/// The texts of a source outside of attributes and tests that name the command line: a command, or an
/// option.
fn commands(text: &str) -> Vec<String> {
    let product = text.split("#[cfg(test)]").next().unwrap();
    let mut texts = Vec::new();
    literals(product.parse().unwrap(), &mut texts);
    let version = "`bulkhead 1`";
    let named = |text: &String| {
        let text = text.replace(version, "");
        text.contains("`bulkhead ") || text.contains("`--")
    };
    texts.into_iter().filter(named).collect()
}

fn literals(tokens: TokenStream, texts: &mut Vec<String>) {
    let mut attribute = false;
    for token in tokens {
        // `#[…]`, `#![…]`.
        let begins = match &token {
            TokenTree::Punct(one) => one.as_char() == '#' || attribute && one.as_char() == '!',
            TokenTree::Group(_) | TokenTree::Literal(_) | TokenTree::Ident(_) => false,
        };
        match token {
            TokenTree::Group(group) if !attribute => literals(group.stream(), texts),
            TokenTree::Literal(literal) => texts.push(literal.to_string()),
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Ident(_) => {}
        }
        attribute = begins;
    }
}

#[test]
fn only_faces_name_the_command_line() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut all = Vec::new();
    for ring in ["pure", "trusted", "tools"] {
        for package in std::fs::read_dir(crates.join(ring)).unwrap() {
            let source = package.unwrap().path().join("src");
            if source.is_dir() {
                sources(&source, &mut all);
            }
        }
    }
    // A program is its own face.
    all.retain(|path| !path.ends_with("main.rs") && !path.parent().unwrap().ends_with("bin"));
    assert!(all.len() > 200, "the crates lie elsewhere");
    let mut found = Vec::new();
    for path in &all {
        let shown = path.strip_prefix(&crates).unwrap().display().to_string();
        let text = std::fs::read_to_string(path).unwrap();
        found.extend(
            commands(&text)
                .into_iter()
                .map(|text| (shown.clone(), text)),
        );
    }
    assert!(found.is_empty(), "the face says what to type: {found:#?}");
}

#[test]
fn a_planted_command_is_found() {
    let found = |text: &str| commands(text).len();
    assert_eq!(found("fn f() { g(\"see `bulkhead check`\") }"), 1);
    assert_eq!(found("const A: &str = \"give `--state`\";"), 1);
    assert_eq!(
        found("fn f() { g(\"write `bulkhead 1`\", \"--state\") }"),
        0
    );
    assert_eq!(
        found("//! `bulkhead plan`\n/// `bulkhead check`\nfn f() {}"),
        0
    );
    assert_eq!(
        found("#[cfg(test)]\nmod t { const A: &str = \"`--a`\"; }"),
        0
    );
}

#[test]
fn a_planted_use_is_found() {
    let uses = |text: &str, what: &[&str]| {
        let used: Vec<&str> = used(text).into_iter().collect();
        assert_eq!(used, what, "{text}");
    };
    uses("use store::Head;", &["store"]);
    uses(
        "fn f() { say(format!(\"{}\", store::shown(a))) }",
        &["store"],
    );
    uses("fn f() { ::recheck::lint(m) }", &["recheck"]);
    uses("use {app::Exit, report::view::View};", &["report"]);
    uses("use maturity::ledger::Event;", &[EVENTS]);
    uses("use maturity::ledger::{SetHead, Event};", &[EVENTS]);
    uses(
        "use maturity::ledger; fn f() { g(ledger::Event::Removed { what }) }",
        &[EVENTS],
    );
    // Names that are like it, texts and comments.
    uses("mod interchange; fn f() { interchange::import() }", &[]);
    uses("use super::interchange::take; fn f() { x.store(1) }", &[]);
    uses("use record::Event; use maturity::ledger::SetHead;", &[]);
    uses(
        "/// Uses store::Head.\nconst A: &str = \"store::Head\";",
        &[],
    );
}
