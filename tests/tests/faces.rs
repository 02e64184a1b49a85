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
const BEHIND_APP: &[&str] = &["exchange", "linux", "recheck", "store"];

/// What recording begins with: the events of a project.
const EVENTS: &str = "maturity::ledger::Event";

/// Sources that use one of them all the same. The list may only get shorter.
const KNOWN: &[(&str, &str)] = &[
    ("bulkhead/src/commands.rs", "recheck"),
    ("bulkhead/src/live.rs", "linux"),
    ("bulkhead/src/live/lines.rs", "linux"),
    ("bulkhead/src/live/picture.rs", "linux"),
    ("bulkhead/src/maturity/context.rs", "exchange"),
    ("bulkhead/src/maturity/history.rs", "exchange"),
    ("bulkhead/src/maturity/plan.rs", "exchange"),
    ("bulkhead/src/maturity/standing.rs", "exchange"),
    ("bulkhead/src/maturity/target.rs", "exchange"),
    ("bulkhead/src/show.rs", "recheck"),
];

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
    let mut found = BTreeSet::new();
    for path in &all {
        let shown = path.strip_prefix(&faces).unwrap().display().to_string();
        let text = std::fs::read_to_string(path).unwrap();
        found.extend(used(&text).into_iter().map(|what| (shown.clone(), what)));
    }
    let known = KNOWN.iter().map(|(file, what)| ((*file).to_owned(), *what));
    let known: BTreeSet<(String, &str)> = known.collect();
    let new: Vec<_> = found.difference(&known).collect();
    assert!(new.is_empty(), "ask `app` instead: {new:?}");
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(gone.is_empty(), "take from the list: {gone:?}");
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
    uses("use {app::Exit, exchange::view::View};", &["exchange"]);
    uses("use maturity::ledger::Event;", &[EVENTS]);
    uses("use maturity::ledger::{SetHead, Event};", &[EVENTS]);
    uses(
        "use maturity::ledger; fn f() { g(ledger::Event::Removed { what }) }",
        &[EVENTS],
    );
    // Names that are like it, texts and comments.
    uses("mod exchange; fn f() { exchange::import() }", &[]);
    uses("use super::exchange::take; fn f() { x.store(1) }", &[]);
    uses("use record::Event; use maturity::ledger::SetHead;", &[]);
    uses(
        "/// Uses store::Head.\nconst A: &str = \"store::Head\";",
        &[],
    );
}
