//! Whatever the text: no panic, bounded reports with places inside the text, the same answer again,
//! and without errors a model that keeps its promises and can be written as text.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]
mod support;

use proptest::prelude::*;
use std::fs;
use std::path::Path;

fn check(text: &str) {
    let reading = lang::read(text);
    assert!(reading.diagnostics.len() <= 201 + kdl::MAX_DIAGNOSTICS);
    for diagnostic in &reading.diagnostics {
        for label in &diagnostic.labels {
            assert!(text.get(label.span.range()).is_some(), "{diagnostic:?}");
        }
        assert!(
            source::edited(text, &diagnostic.fix).is_some(),
            "{diagnostic:?}"
        );
        assert!(!diagnostic.message.contains('\n'), "{diagnostic:?}");
    }
    let again = lang::read(text);
    assert_eq!(reading.diagnostics, again.diagnostics);
    assert_eq!(reading.model.digest(), again.model.digest());
    if !reading.diagnostics.iter().any(source::Diagnostic::is_error) {
        support::check_promises(&reading.model);
        support::check_written(&reading);
        assert!(lang::rust_types(&reading.model).starts_with("//! "));
    }
}

/// Every word, punctuation and value of the example that uses the whole language.
fn tokens() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/accept/everything.kdl");
    let text = fs::read_to_string(path).unwrap();
    let parse_points = |c: char| c.is_whitespace();
    text.split_inclusive(parse_points)
        .map(String::from)
        .collect()
}

#[derive(Clone, Debug)]
enum Edit {
    Delete(usize),
    Copy(usize, usize),
    Swap(usize, usize),
    Insert(usize, &'static str),
}

fn edit() -> impl Strategy<Value = Edit> {
    let word = prop::sample::select(vec![
        "{",
        "}",
        ";",
        "\n",
        "=",
        "a.b",
        "a.",
        ".",
        "..",
        "->",
        "<->",
        "filler",
        "guard",
        "#true",
        "#null",
        "1e3",
        "-5",
        "\"\"",
        "\"1ms\"",
        "\"16MiB\"",
        "all",
        "sampling",
        "trusted { } ",
        "(t)",
        "\"🦀\"",
        "in=field ",
        "data=process ",
        "max-age=\"1s\" ",
        "queuing ",
        "/-",
    ]);
    prop_oneof![
        any::<usize>().prop_map(Edit::Delete),
        (any::<usize>(), any::<usize>()).prop_map(|(from, to)| Edit::Copy(from, to)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Edit::Swap(a, b)),
        (any::<usize>(), word).prop_map(|(at, word)| Edit::Insert(at, word)),
    ]
}

fn apply(tokens: &mut Vec<String>, edit: Edit) {
    let count = tokens.len().max(1);
    match edit {
        Edit::Delete(at) => {
            tokens.remove(at % count);
        }
        Edit::Copy(from, to) => {
            let token = tokens[from % count].clone();
            tokens.insert(to % count, token);
        }
        Edit::Swap(a, b) => tokens.swap(a % count, b % count),
        Edit::Insert(at, word) => tokens.insert(at % count, word.to_owned()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn an_edited_model_is_read(edits in prop::collection::vec(edit(), 1..6)) {
        let mut tokens = tokens();
        edits.into_iter().for_each(|edit| apply(&mut tokens, edit));
        check(&tokens.concat());
    }

    #[test]
    fn a_soup_of_tokens_is_read(picks in prop::collection::vec(any::<prop::sample::Index>(), 0..200)) {
        let tokens = tokens();
        let soup: String = picks.iter().map(|pick| pick.get(&tokens).as_str()).collect();
        check(&format!("bulkhead 1\nsystem s {{\n{soup}\n}}\n"));
        check(&soup);
    }

    #[test]
    fn any_text_is_read(text in "\\PC*") {
        check(&text);
    }
}

#[test]
fn many_of_everything_are_read_in_bounded_work() {
    // Each text would take very long or very much memory if anything in it were quadratic.
    let repeat = |count: usize, line: &dyn Fn(usize) -> String| {
        let lines: String = (0..count).map(line).collect();
        format!("bulkhead 1\nsystem s {{\n{lines}}}\n")
    };
    let over = |text: String| {
        let reading = lang::read(&text);
        reading.diagnostics.iter().any(source::Diagnostic::is_error)
    };
    assert!(over(repeat(12_000, &|n| format!("subject s{n} in=d\n"))));
    assert!(over(repeat(20_000, &|n| format!("type t{n}\n"))));
    let deploys = repeat(2_000, &|n| format!("subject s{n}; deploy p {{ all }}\n"));
    assert!(over(deploys));
    let claims = repeat(4_000, &|n| {
        format!("subject s{n} in=d; require r{n} {{ never from=d to=d; }}\n")
    });
    assert!(over(
        claims.replace("system s {\n", "system s {\ndomain d\n")
    ));
    let typos = repeat(4_000, &|n| {
        format!("subject s{n}; channel s{n} -> x{n} sampling\n")
    });
    assert!(over(typos));
}
