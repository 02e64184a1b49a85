//! Diagnostics as objects with line and column, for machines.

use crate::{Diagnostic, LineColumn, Severity, Source};
use serde::Serialize;

/// One diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Stable kebab-case name of the fault.
    pub code: String,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Places; the first is the main one.
    pub labels: Vec<Place>,
    /// What to do next.
    pub help: Option<String>,
    /// The edits that do it, all of them together; absent if that is not mechanical.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub fix: Vec<Change>,
}

/// One edit of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// The text, as the user named it.
    pub file: String,
    /// Where what is replaced begins.
    pub start: Position,
    /// One past where it ends; the same for an insertion.
    pub end: Position,
    /// What stands there then.
    pub text: String,
}

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// The text, as the user named it.
    pub file: String,
    /// Where it begins.
    pub start: Position,
    /// One past where it ends.
    pub end: Position,
    /// What is said about it; may be empty.
    pub message: String,
}

/// A position in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Position {
    /// In bytes from the beginning of the file, a byte order mark included; from 0.
    pub offset: u32,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One diagnostic about a source.
pub fn finding(source: &Source, diagnostic: &Diagnostic) -> Finding {
    let position = |offset| {
        let LineColumn { line, column } = source.position(offset);
        Position {
            offset: offset.saturating_add(source.mark_bytes),
            line,
            column,
        }
    };
    let place = |label: &crate::Label| Place {
        file: source.name.clone(),
        start: position(label.span.start),
        end: position(label.span.end),
        message: label.message.clone(),
    };
    let change = |edit: &crate::Edit| Change {
        file: source.name.clone(),
        start: position(edit.span.start),
        end: position(edit.span.end),
        text: edit.text.clone(),
    };
    Finding {
        code: diagnostic.code.to_owned(),
        severity: diagnostic.severity,
        message: diagnostic.message.clone(),
        labels: diagnostic.labels.iter().map(place).collect(),
        help: diagnostic.help.clone(),
        fix: diagnostic.fix.iter().map(change).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Span;

    #[test]
    fn places_are_given_as_offset_and_as_line_and_column() {
        let mut source = Source::new("a.kdl", "ü\n ab");
        let fault = Diagnostic::error("bad", Span::new(4, 6), "`ab` is bad").at_main("here");
        assert_eq!(
            serde_json::to_value(finding(&source, &fault)).unwrap(),
            serde_json::json!({
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
        let fixed = finding(&source, &fault.clone().edit(Span::new(4, 6), "cd"));
        assert_eq!(
            serde_json::to_value(fixed).unwrap()["fix"],
            serde_json::json!([{
                "file": "a.kdl",
                "start": { "offset": 4, "line": 2, "column": 2 },
                "end": { "offset": 6, "line": 2, "column": 4 },
                "text": "cd",
            }])
        );
        source.mark_bytes = 3;
        let marked = finding(&source, &fault);
        let start = marked.labels.first().map(|own| own.start);
        let (offset, line, column) = (7, 2, 2);
        assert_eq!(
            start,
            Some(Position {
                offset,
                line,
                column
            })
        );
    }
}
