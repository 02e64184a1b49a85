//! Diagnostics as JSON objects with line and column, for machines.

use crate::{Diagnostic, Source};
use serde_json::{Value, json};

/// One diagnostic as a JSON object (`code`, `severity`, `message`, `labels`, `help`).
pub fn diagnostic(source: &Source, diagnostic: &Diagnostic) -> Value {
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            let (start, end) = (
                source.position(label.span.start),
                source.position(label.span.end),
            );
            json!({
                "file": source.name,
                "start": { "offset": label.span.start, "line": start.line, "column": start.column },
                "end": { "offset": label.span.end, "line": end.line, "column": end.column },
                "message": label.message,
            })
        })
        .collect();
    json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "labels": labels,
        "help": diagnostic.help,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Span;

    #[test]
    fn places_are_given_as_offset_and_as_line_and_column() {
        let source = Source::new("a.kdl", "ü\n ab");
        let fault = Diagnostic::error("bad", Span::new(4, 6), "`ab` is bad").at_main("here");
        assert_eq!(
            diagnostic(&source, &fault),
            json!({
                "code": "bad",
                "severity": "error",
                "message": "`ab` is bad",
                "labels": [{
                    "file": "a.kdl",
                    "start": { "offset": 4, "line": 2, "column": 2 },
                    "end": { "offset": 6, "line": 2, "column": 4 },
                    "message": "here",
                }],
                "help": null,
            })
        );
    }
}
