//! Diagnostics as JSON objects with line and column, for machines.

use crate::{Diagnostic, Source};
use serde_json::{Value, json};

/// One diagnostic as a JSON object (`code`, `severity`, `message`, `labels`, `help`).
pub fn diagnostic(source: &Source, diagnostic: &Diagnostic) -> Value {
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            let (start, end) = (source.position(label.span.start), source.position(label.span.end));
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
