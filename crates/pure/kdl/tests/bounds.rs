//! The fixed bounds: length, depth, number of diagnostics.
#![expect(clippy::string_slice, reason = "a failing test may panic")]

use kdl::{MAX_BYTES, MAX_DEPTH, MAX_DIAGNOSTICS, parse};

fn codes(text: &str) -> Vec<&'static str> {
    let parse = parse(text);
    assert!(parse.print() == text);
    parse
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

#[test]
fn a_text_over_the_limit_is_refused_and_still_printed() {
    let text = " ".repeat(MAX_BYTES + 1);
    assert_eq!(codes(&text), ["kdl-too-long"]);
    assert_eq!(codes(&text[1..]), [""; 0]);
}

#[test]
fn the_deepest_nesting_is_read_and_one_more_is_not() {
    let nested = |depth: usize| "a{".repeat(depth) + &"}".repeat(depth);
    assert_eq!(codes(&nested(MAX_DEPTH)), [""; 0]);
    assert_eq!(codes(&nested(MAX_DEPTH + 1)), ["kdl-too-deep"]);
    assert_eq!(codes(&nested(100_000)), ["kdl-too-deep"]);
}

#[test]
fn endless_openings_neither_overflow_nor_flood() {
    for opening in [
        "a{", "(", "a (", "/*", "/-", "\"\"\"", "#\"", "a \\", "{", "a=", "/-{", "[(",
    ] {
        let parse = parse(&opening.repeat(200_000)).diagnostics.len();
        assert!(
            (1..=MAX_DIAGNOSTICS + 1).contains(&parse),
            "{opening}: {parse}"
        );
    }
}

#[test]
fn diagnostics_stop_at_the_limit_and_say_so() {
    let exact = codes(&"]\n".repeat(MAX_DIAGNOSTICS));
    assert_eq!(exact, vec!["kdl-unexpected-character"; MAX_DIAGNOSTICS]);
    let more = codes(&"]\n".repeat(MAX_DIAGNOSTICS + 1));
    assert_eq!(more.len(), MAX_DIAGNOSTICS + 1);
    assert_eq!(more.last(), Some(&"kdl-too-many-faults"));
}
