//! A fault of the syntax is reported alone where all else may follow from it, and together with all
//! that does not.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// Every correct model at hand.
fn models() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let accepted = fs::read_dir(root.join("tests/accept")).unwrap();
    let examples = fs::read_dir(root.join("../../../examples")).unwrap();
    let mut files: Vec<PathBuf> = accepted.map(|entry| entry.unwrap().path()).collect();
    files.extend(examples.map(|entry| entry.unwrap().path().join("system.kdl")));
    files.retain(|path| path.extension().is_some_and(|e| e == "kdl") && path.exists());
    files.sort();
    files
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// What is no KDL, or none where it is put.
const BAD: [&str; 14] = [
    "=",
    " = ",
    ")",
    " ) ",
    "#",
    " #no ",
    "]",
    " 16MiB ",
    " 1x ",
    " true ",
    " \"\\q\" ",
    "\\q",
    "\\ ",
    ";;",
];

/// The syntax faults of a text and the language's reports beside them.
fn reports(text: &str) -> (usize, Vec<String>) {
    let reading = lang::read(text);
    let (syntax, language): (Vec<_>, Vec<_>) = reading
        .diagnostics
        .iter()
        .partition(|diagnostic| diagnostic.code.starts_with("kdl-"));
    let shown = language.iter().map(|own| {
        let line = text[..own.span().start as usize].lines().count();
        format!("{line}: {}: {}", own.code, own.message)
    });
    (
        syntax.iter().filter(|d| d.is_error()).count(),
        shown.collect(),
    )
}

/// A model in which a part is replaced is reported for its syntax alone, if at all for its syntax.
fn check(model: &(PathBuf, String), from: usize, to: usize, bad: &str) -> Result<(), String> {
    let (path, text) = model;
    let damaged = format!("{}{bad}{}", &text[..from], &text[to..]);
    let (syntax, language) = reports(&damaged);
    let (line, shown) = (
        text[..from].matches('\n').count() + 1,
        damaged[..from + bad.len()].lines().last(),
    );
    match syntax > 0 && !language.is_empty() {
        true => Err(format!(
            "{} line {line}, `{bad}`: {shown:?} {language:#?}",
            path.display()
        )),
        false => Ok(()),
    }
}

/// Where the tokens of a text begin and end, but for line ends: a fault joins no two lines.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let parse = kdl::parse(text);
    let inner = parse
        .tokens()
        .iter()
        .filter(|token| token.kind != kdl::TokenKind::Newline);
    inner
        .map(|token| (token.span.start as usize, token.span.end as usize))
        .collect()
}

#[test]
fn the_models_are_correct() {
    let models = models();
    assert!(models.len() > 6);
    for (path, text) in models {
        assert_eq!(reports(&text), (0, Vec::new()), "{}", path.display());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn one_fault_of_the_syntax_has_no_followers(
        model in prop::sample::select(models()),
        token in any::<prop::sample::Index>(),
        bad in prop::sample::select(&BAD[..]),
        how in 0..4_usize,
    ) {
        let tokens = tokens(&model.1);
        let (start, end) = *token.get(&tokens);
        let middle = (start..=end)
            .rfind(|at| *at <= (start + end) / 2 && model.1.is_char_boundary(*at))
            .unwrap_or(start);
        let (from, to) = [(start, start), (middle, middle), (end, end), (start, end)][how];
        prop_assert_eq!(check(&model, from, to, bad), Ok(()));
    }
}

#[test]
fn what_cannot_follow_from_a_fault_of_the_syntax_is_reported_with_it() {
    let text = |fault: &str| {
        format!(
            "bulkhead 1
system s {{
  labels {{ secrecy low high }}
  subject a secrecy=low {{ {fault} }}
  subject h secrecy=low size=5
  subject b secrecy=low {{ memory \"16MB\"; period \"5 sec\" }}
  subject b secrecy=high {{ on-failure restrat; run c; run d }}
  subject 5
  zone z sl-t=7 {{ b b }}
  channel b -> c samplng
  external e secrecy=hgh
  grant h >> e tcp=nowhere
  subject f in=d; subject k
  platform p; platform q
}}
"
        )
    };
    let certain = [
        "unknown-property",
        "bad-size",
        "bad-duration",
        "duplicate-name",
        "unknown-choice",
        "repeated-word",
        "wrong-value",
        "out-of-bounds",
        "listed-twice",
        "unknown-choice",
        "bad-arrow",
        "bad-address",
    ];
    let codes = |text: &str| -> Vec<&str> {
        let reading = lang::read(text);
        reading.diagnostics.iter().map(|own| own.code).collect()
    };
    let all = codes(&text("holds x"));
    let waiting = [
        "unknown-name",
        "unknown-label",
        "missing-label",
        "missing-deploy",
    ];
    assert!(waiting.iter().all(|code| all.contains(code)), "{all:?}");
    // What a line declares is lost: names and what is missing wait.
    let found = codes(&text("port 5x out; }\n subject g {"));
    assert_eq!(found, [&["kdl-bad-number"], &certain[..]].concat());
    // A limit is lost: only what is missing waits.
    let found = codes(&text("memory 16MiB"));
    let mut expected = codes(&text("memory \"1MiB\""));
    expected.retain(|code| !code.starts_with("missing") && *code != "no-zone");
    expected.insert(0, "kdl-bad-number");
    assert_eq!(found, expected);
}
