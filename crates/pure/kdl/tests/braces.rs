//! A brace without a partner is reported where it belongs, if indentation tells.
#![expect(clippy::string_slice, reason = "a failing test may panic")]

/// Code, line of the main place and line of the further one, each from 1.
fn places(text: &str) -> Vec<(&'static str, usize, Option<usize>)> {
    let parse = kdl::parse(text);
    let line = |at: u32| text[..at as usize].matches('\n').count() + 1;
    let place = |own: &source::Diagnostic| {
        let further = own.labels.get(1).map(|label| line(label.span.start));
        (own.code, line(own.span().start), further)
    };
    parse.diagnostics.iter().map(place).collect()
}

/// Every block of this text has its braces on lines of their own but one.
const TEXT: &str = "\
system s {
  labels { secrecy low high }

  subject a {
    port x out {
      emits c
    }
    trusted {
      pass from=a
    }
  }
\t/* } */
  subject b {
    run \"} {\"
  }
  // }
  require r {
    never from=a \\
to=b
  }
}
";

#[test]
fn the_text_is_correct() {
    assert_eq!(places(TEXT), []);
}

#[test]
fn each_missing_brace_is_found_at_its_block() {
    let lines: Vec<&str> = TEXT.lines().collect();
    let mut found = 0;
    for (index, line) in lines.iter().enumerate() {
        if line.trim() != "}" {
            continue;
        }
        let indent = line.len() - 1;
        let opener = (0..index).rev().find(|own| {
            let own = lines[*own];
            own.ends_with('{') && own.len() - own.trim_start().len() == indent
        });
        let without: Vec<&str> = lines
            .iter()
            .enumerate()
            .filter(|(own, _)| *own != index)
            .map(|(_, own)| *own)
            .collect();
        let text = without.join("\n") + "\n";
        // The last one is missed by no line: it is the outermost.
        let shown = (index + 1 < lines.len()).then_some(index + 1);
        let expected = [("kdl-unclosed-block", opener.unwrap() + 1, shown)];
        let actual = places(&text);
        let further = actual.first().and_then(|own| own.2);
        // A comment shows nothing; the line after it does.
        let near = further.is_none() == shown.is_none()
            && further.unwrap_or(0) >= shown.unwrap_or(0)
            && further.unwrap_or(0) <= shown.unwrap_or(0) + 2;
        assert!(near, "line {}: {actual:?}", index + 1);
        assert_eq!(
            (actual[0].0, actual[0].1, actual.len()),
            (expected[0].0, expected[0].1, 1)
        );
        found += 1;
    }
    assert_eq!(found, 6);
}

#[test]
fn two_missing_braces_are_two_reports() {
    let text = "a {\n  b {\n    c\n  d {\n    e\n  f\n}\n";
    assert_eq!(
        places(text),
        [
            ("kdl-unclosed-block", 2, Some(4)),
            ("kdl-unclosed-block", 4, Some(6)),
        ]
    );
}

#[test]
fn one_brace_too_many_is_found_where_it_stands() {
    let text = "a {\n  b {\n    c\n  }\n  }\n  d\n}\n";
    assert_eq!(places(text), [("kdl-unexpected-close", 5, Some(1))]);
    // Without indentation the last one is named.
    assert_eq!(
        places("a {\nb {\n}\n}\n}\n"),
        [("kdl-unexpected-close", 5, None)]
    );
}

#[test]
fn what_indentation_does_not_tell_is_reported_at_the_open_block() {
    assert_eq!(places("a { b { c }\n"), [("kdl-unclosed-block", 1, None)]);
    assert_eq!(places("a {\nb {\nc\n}\n").len(), 1);
}

#[test]
fn braces_within_an_endless_comment_are_not_missed() {
    assert_eq!(
        places("a {\n  b /* c\n}\n"),
        [("kdl-unterminated-comment", 2, None)]
    );
}
