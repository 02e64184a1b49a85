//! Diagnostics as a SARIF 2.1.0 log (OASIS), for code-scanning services.

use crate::{Diagnostic, Severity, Source, Span};
use serde_json::{Value, json};

/// A complete SARIF log with one run.
pub fn log(source: &Source, tool_version: &str, diagnostics: &[Diagnostic]) -> Value {
    let results: Vec<Value> = diagnostics.iter().map(|d| result(source, d)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "bulkhead", "version": tool_version } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(source: &Source, diagnostic: &Diagnostic) -> Value {
    let level = match diagnostic.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let text = match &diagnostic.help {
        Some(help) => format!("{}; {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let other = diagnostic.labels.iter().skip(1);
    let related: Vec<Value> = other
        .map(|label| {
            let mut location = location(source, label.span);
            if let Some(object) = location.as_object_mut() {
                object.insert("message".to_owned(), json!({ "text": label.message }));
            }
            location
        })
        .collect();
    let mut result = json!({
        "ruleId": diagnostic.code,
        "level": level,
        "message": { "text": text },
        "locations": [location(source, diagnostic.span())],
        "relatedLocations": related,
    });
    if let Some(object) = result.as_object_mut()
        && !diagnostic.fix.is_empty()
    {
        object.insert("fixes".to_owned(), json!([fix(source, diagnostic)]));
    }
    result
}

fn fix(source: &Source, diagnostic: &Diagnostic) -> Value {
    let edits = diagnostic.fix.iter();
    let replacements = edits.map(|edit| {
        json!({
            "deletedRegion": region(source, edit.span),
            "insertedContent": { "text": edit.text },
        })
    });
    json!({
        "description": { "text": diagnostic.help.as_ref().unwrap_or(&diagnostic.message) },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(&source.name) },
            "replacements": replacements.collect::<Vec<_>>(),
        }],
    })
}

fn location(source: &Source, span: Span) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&source.name) },
        "region": region(source, span),
    } })
}

fn region(source: &Source, span: Span) -> Value {
    let (start, end) = (source.position(span.start), source.position(span.end));
    json!({
        "startLine": start.line, "startColumn": start.column,
        "endLine": end.line, "endColumn": end.column,
    })
}

/// A file name as a URI reference (RFC 3986): unreserved characters and `/` stay, the bytes of all
/// others are percent-encoded.
fn uri(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_the_shape_code_scanning_services_read() {
        let source = Source::new("my models/ü.kdl", "one\ntwo\n");
        let diagnostics = [
            Diagnostic::error("bad-two", Span::new(4, 7), "`two` is bad")
                .label(Span::new(0, 3), "unlike this")
                .help("write `one`")
                .edit(Span::new(4, 7), "one"),
            Diagnostic::warning("odd", Span::new(0, 0), "odd"),
        ];
        let region = |line: usize, start: usize, end: usize| {
            json!({ "physicalLocation": {
                "artifactLocation": { "uri": "my%20models/%C3%BC.kdl" },
                "region": {
                    "startLine": line, "startColumn": start, "endLine": line, "endColumn": end,
                },
            } })
        };
        let mut related = region(1, 1, 4);
        related["message"] = json!({ "text": "unlike this" });
        assert_eq!(
            log(&source, "1.2.3", &diagnostics),
            json!({
                "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                "version": "2.1.0",
                "runs": [{
                    "tool": { "driver": { "name": "bulkhead", "version": "1.2.3" } },
                    "columnKind": "unicodeCodePoints",
                    "results": [
                        {
                            "ruleId": "bad-two",
                            "level": "error",
                            "message": { "text": "`two` is bad; write `one`" },
                            "locations": [region(2, 1, 4)],
                            "relatedLocations": [related],
                            "fixes": [{
                                "description": { "text": "write `one`" },
                                "artifactChanges": [{
                                    "artifactLocation": { "uri": "my%20models/%C3%BC.kdl" },
                                    "replacements": [{
                                        "deletedRegion": {
                                            "startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 4,
                                        },
                                        "insertedContent": { "text": "one" },
                                    }],
                                }],
                            }],
                        },
                        {
                            "ruleId": "odd",
                            "level": "warning",
                            "message": { "text": "odd" },
                            "locations": [region(1, 1, 1)],
                            "relatedLocations": [],
                        },
                    ],
                }],
            })
        );
    }
}
