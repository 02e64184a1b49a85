//! Diagnostics for people.
//!
//! What is shown comes from foreign files and may be meant to deceive: no control character of a
//! text, a message or a file name reaches the terminal.

use crate::{Diagnostic, Label, Severity, Source, Span};
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use record::text::steers;
use std::borrow::Cow;
use std::ops::Range;

/// Lines longer than this, in bytes, are shown as an excerpt around the main place alone.
const LINE_MAX: usize = 4096;
/// Bytes of such a line that are shown before the main place, of it and after it.
const EXCERPT: usize = 120;
/// Places of one diagnostic that are further apart, in bytes, are shown one by one.
const WINDOW_MAX: usize = 16 << 10;

/// Renders one diagnostic with its source lines; `colour` selects terminal colours.
pub fn text(source: &Source, diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let name = escaped(&source.name);
    let messages: Vec<_> = diagnostic
        .labels
        .iter()
        .map(|label| escaped(&label.message))
        .collect();
    let mut views = views(source, diagnostic);
    let long = |view: &View| view.lines(source).lines().any(|line| line.len() > LINE_MAX);
    let is_long = views.iter().any(long);
    if is_long {
        let (window, labels) = (excerpt(source, diagnostic), 0..1);
        views = vec![View { window, labels }];
    }
    let shown: Vec<_> = views
        .iter()
        .map(|view| masked(view.lines(source)))
        .collect();
    let mut snippets = Vec::new();
    for (view, shown) in views.iter().zip(&shown) {
        let line = source
            .position(Span::new(view.window.start, view.window.start).start)
            .line;
        let mut snippet = Snippet::source(shown.as_ref()).line_start(line);
        if !is_long {
            snippet = snippet.path(name.as_ref());
        }
        let places = diagnostic.labels.iter().zip(&messages).enumerate();
        let of_view = places.skip(view.labels.start).take(view.labels.len());
        for (index, (label, message)) in of_view {
            let kind = match index {
                0 => AnnotationKind::Primary,
                _ => AnnotationKind::Context,
            };
            let range = on_boundaries(&source.text, label.span);
            let (start, end) = (view.window.start, range.end.min(view.window.end));
            let mut annotation = kind.span(range.start - start..end - start);
            if !message.is_empty() {
                annotation = annotation.label(message.as_ref());
            }
            snippet = snippet.annotation(annotation);
        }
        snippets.push(snippet);
    }
    let title = level
        .primary_title(escaped(&diagnostic.message))
        .id(diagnostic.code);
    let mut group = match is_long {
        true => {
            let at = source.position(diagnostic.labels.first().map_or(0, |main| main.span.start));
            let origin = Origin::path(name.as_ref())
                .line(at.line)
                .char_column(at.column);
            title.element(origin).elements(snippets)
        }
        false => title.elements(snippets),
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(escaped(help)));
    }
    let renderer = match colour {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    renderer.render(&[group])
}

/// The further places before which the text is shown anew. One view shows its places in the order of
/// the text; a path that runs against it is shown in its own order, in several.
fn new_views(diagnostic: &Diagnostic) -> Vec<usize> {
    let starts = diagnostic.labels.iter().map(|label| label.span.start);
    let further: Vec<u32> = starts.skip(1).collect();
    let back: Vec<usize> = (2..)
        .zip(further.windows(2))
        .filter(|(_, pair)| matches!(pair, [before, after] if after < before))
        .map(|(index, _)| index)
        .collect();
    match back.is_empty() {
        true => back,
        false => [1].into_iter().chain(back).collect(),
    }
}

/// The place as far as it lies in the text, on character boundaries.
fn on_boundaries(text: &str, span: Span) -> Range<usize> {
    let start = text.floor_char_boundary(span.range().start);
    start..text.ceil_char_boundary(span.range().end).max(start)
}

/// What is shown of a long line: the beginning of the main place and what is around it.
fn excerpt(source: &Source, diagnostic: &Diagnostic) -> Range<usize> {
    let text = source.text.as_str();
    let span = diagnostic.labels.first().map(|label| label.span);
    let main = on_boundaries(text, span.unwrap_or_default());
    let before = text.floor_char_boundary(main.start.saturating_sub(EXCERPT));
    let cut = main.end.min(main.start + EXCERPT) + EXCERPT;
    let after = text.ceil_char_boundary(cut.min(text.len()));
    let line = |part: &str| part.find('\n').unwrap_or(part.len());
    let start = text.get(before..main.start).unwrap_or("").rfind('\n');
    let start = start.map_or(before, |at| before + at + 1);
    start..main.start + line(text.get(main.start..after).unwrap_or(""))
}

/// A part of the text with some of the places.
struct View {
    window: Range<usize>,
    labels: Range<usize>,
}

impl View {
    fn lines<'t>(&self, source: &'t Source) -> &'t str {
        source.text.get(self.window.clone()).unwrap_or("")
    }
}

/// What is shown: the lines from the first to the last place, again for each place that
/// [`new_views`] names. Places far apart are shown one by one: the lines between them would be read for each
/// diagnostic, and not shown.
fn views(source: &Source, diagnostic: &Diagnostic) -> Vec<View> {
    let labels = &diagnostic.labels;
    let all = window(source, labels);
    let one_by_one = all.len() > WINDOW_MAX;
    let breaks = match one_by_one {
        true => (1..labels.len()).collect(),
        false => new_views(diagnostic),
    };
    let starts = std::iter::once(0).chain(breaks.iter().copied());
    let ends = breaks.iter().copied().chain([labels.len()]);
    let view = |(start, end)| View {
        window: match one_by_one {
            true => window(source, labels.get(start..end).unwrap_or_default()),
            false => all.clone(),
        },
        labels: start..end,
    };
    starts.zip(ends).map(view).collect()
}

/// The whole lines from the first to the last of some places.
fn window(source: &Source, labels: &[Label]) -> Range<usize> {
    let ranges = || {
        labels
            .iter()
            .map(|label| on_boundaries(&source.text, label.span))
    };
    let first = ranges().map(|range| range.start).min().unwrap_or(0);
    let last = ranges().map(|range| range.end).max().unwrap_or(0);
    let before = source.text.get(..first).unwrap_or("");
    let after = source.text.get(last..).unwrap_or("");
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    start..after.find('\n').map_or(source.text.len(), |at| last + at)
}

/// A text of one line, with characters that steer a terminal as `\u{1b}`.
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| match steers(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    };
    Cow::Owned(text.chars().map(escape).collect())
}

/// Source lines with what the renderer itself would let through replaced by as many bytes, so that
/// places stay where they are.
fn masked(text: &str) -> Cow<'_, str> {
    let passes = |c: char| steers(c) && !c.is_ascii();
    if text.is_ascii() || !text.contains(passes) {
        return Cow::Borrowed(text);
    }
    let mask = |c: char| match (passes(c), c.len_utf8()) {
        (true, 2) => '\u{bf}',
        (true, 3) => '\u{fffd}',
        _ => c,
    };
    Cow::Owned(text.chars().map(mask).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, diagnostic: &Diagnostic) -> String {
        super::text(&Source::new("a.kdl", text), diagnostic, false)
    }

    #[test]
    fn all_places_and_the_help_are_shown() {
        let text = "line 1\n\nchannel a -> b\nline 4\nline 5\nchannel a -> b\n";
        let diagnostic = Diagnostic::error("twice", Span::new(37, 51), "`a -> b` is drawn twice")
            .at_main("again here")
            .label(Span::new(8, 22), "first here")
            .help("remove one of them");
        assert_eq!(
            check(text, &diagnostic),
            "\
error[twice]: `a -> b` is drawn twice
 --> a.kdl:6:1
  |
3 | channel a -> b
  | -------------- first here
...
6 | channel a -> b
  | ^^^^^^^^^^^^^^ again here
  |
  = help: remove one of them"
        );
    }

    #[test]
    fn places_far_apart_are_shown_without_what_lies_between() {
        let mut text = "channel a -> b\n".repeat(2 * WINDOW_MAX / 15);
        let at = text.len();
        text.push_str("never a b\n");
        let diagnostic = Diagnostic::error("path", Span::new(at, at + 9), "a > b")
            .label(Span::new(15, 29), "step 1")
            .label(Span::new(30, 44), "step 2");
        let line = text.lines().count();
        assert_eq!(
            check(&text, &diagnostic),
            format!(
                "\
error[path]: a > b
    --> a.kdl:{line}:1
     |
{line} | never a b
     | ^^^^^^^^^
     |
    ::: a.kdl:2:1
     |
   2 | channel a -> b
     | -------------- step 1
     |
    ::: a.kdl:3:1
     |
   3 | channel a -> b
     | -------------- step 2"
            )
        );
    }

    #[test]
    fn a_path_is_shown_in_its_own_order() {
        let text = "channel b -> c\nchannel a -> b\nnever a c\n";
        let path = |places: [(usize, &str); 2]| {
            let diagnostic = Diagnostic::error("path", Span::new(30, 39), "a > b > c");
            let label = |own: Diagnostic, (at, says): (usize, &str)| {
                own.label(Span::new(at, at + 14), says)
            };
            check(text, &places.into_iter().fold(diagnostic, label))
        };
        let places = |shown: &str, words: [&str; 3]| {
            let places = words.map(|word| shown.find(word).unwrap());
            assert!(places.is_sorted(), "{shown}");
        };
        places(
            &path([(15, "step 1"), (0, "step 2")]),
            ["never", "step 1", "step 2"],
        );
        // In the order of the text anyway, one view is enough.
        let shown = path([(0, "step 1"), (15, "step 2")]);
        places(&shown, ["step 1", "step 2", "never"]);
    }

    #[test]
    fn control_characters_of_the_user_do_not_reach_the_terminal() {
        let text = "name \u{1b}[2J\u{9b}2J\u{202e}\u{200f}\u{7}\r end";
        let diagnostic = Diagnostic::warning("odd", Span::new(5, 9), "`\u{1b}[2J\n\u{9b}` is odd")
            .at_main("\u{1b}]0;title\u{7}")
            .help("write \u{202e}something else");
        let source = Source::new("\u{1b}[31m.kdl", text);
        let shown = super::text(&source, &diagnostic, false);
        let left: Vec<char> = shown.chars().filter(|c| steers(*c) && *c != '\n').collect();
        assert_eq!(left, [], "{shown}");
        assert!(
            shown.starts_with("warning[odd]: `\\u{1b}[2J\\u{a}\\u{9b}` is odd\n"),
            "{shown}"
        );
        assert!(shown.contains("--> \\u{1b}[31m.kdl:1:6"), "{shown}");
    }

    #[test]
    fn masking_keeps_every_offset() {
        for c in ('\0'..=char::MAX).filter(|c| steers(*c)) {
            assert_eq!(masked(&c.to_string()).len(), c.len_utf8(), "{c:?}");
        }
    }

    #[test]
    fn places_outside_the_text_or_inside_a_character_are_shown_as_far_as_they_exist() {
        for (start, end) in [(0, 100), (100, 200), (1, 2), (2, 2), (7, 7)] {
            let diagnostic = Diagnostic::error("place", Span::new(start, end), "odd place");
            let shown = check("aü\nbü\n", &diagnostic);
            assert!(
                shown.starts_with("error[place]: odd place\n --> a.kdl:"),
                "{shown}"
            );
        }
        let nowhere = Diagnostic {
            labels: vec![],
            ..Diagnostic::error("no", Span::default(), "x")
        };
        assert!(check("text", &nowhere).starts_with("error[no]: x\n"));
        assert!(check("", &nowhere).starts_with("error[no]: x\n"));
    }

    #[test]
    fn of_a_long_line_an_excerpt_is_shown() {
        let text = format!(
            "short\n{} name {}\nlast\n",
            "ü".repeat(3000),
            "b".repeat(9000)
        );
        let at = text.find("name").unwrap();
        let diagnostic = Diagnostic::error("odd", Span::new(at, at + 4), "`name` is odd")
            .at_main("here")
            .label(Span::new(0, 5), "elsewhere")
            .help("another");
        let shown = check(&text, &diagnostic);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(
            lines[..2],
            ["error[odd]: `name` is odd", " --> a.kdl:2:3002"]
        );
        assert!(shown.contains("2 | "), "{shown}");
        assert!(shown.contains("ü name b"), "{shown}");
        assert!(shown.contains("^^^^ here"), "{shown}");
        assert!(
            shown.len() < 1000 && !shown.contains("elsewhere"),
            "{shown}"
        );
        // The place itself may be most of the line, or reach into the next.
        for end in [text.len(), text.len() - 1, at, at + 9000] {
            let diagnostic = Diagnostic::error("odd", Span::new(at, end), "odd").at_main("here");
            assert!(check(&text, &diagnostic).contains("^ here"), "{end}");
        }
    }

    #[test]
    fn colour_is_used_only_when_asked_for() {
        let diagnostic = Diagnostic::error("place", Span::new(0, 1), "here");
        let source = Source::new("a.kdl", "text");
        assert!(super::text(&source, &diagnostic, true).contains("\u{1b}["));
        assert!(!super::text(&source, &diagnostic, false).contains('\u{1b}'));
    }
}
