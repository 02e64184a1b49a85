//! Diagnostics for people.

use crate::{Diagnostic, Severity, Source};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// Renders one diagnostic with its source lines; `colour` selects terminal colours.
pub fn text(source: &Source, diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let limit = source.text.len();
    let mut snippet = Snippet::source(&source.text).path(&source.name);
    for (index, label) in diagnostic.labels.iter().enumerate() {
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let range = label.span.range();
        let range = range.start.min(limit)..range.end.min(limit);
        let mut annotation = kind.span(range);
        if !label.message.is_empty() {
            annotation = annotation.label(&label.message);
        }
        snippet = snippet.annotation(annotation);
    }
    let mut group = level.primary_title(&diagnostic.message).id(diagnostic.code).element(snippet);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}
