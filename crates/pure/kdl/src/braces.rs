//! Where a brace is missing or too much, as far as indentation tells.
//!
//! A parser learns of a missing `}` at the end of the text, and of one too many at the last. Whoever
//! writes indents blocks, and a line that stands no deeper than the line of an open block shows that
//! the block should have been closed before.

use crate::token::{Token, TokenKind};
use source::Span;

/// Columns of a tab.
const TAB: usize = 4;

/// A brace that has no partner, and the line by which that shows.
pub(crate) struct Lone {
    /// A `{` without its `}`, or a `}` without its `{`.
    pub(crate) brace: Span,
    /// The first word of the line that shows it; of a `}` too many, the `{` that it would close.
    pub(crate) shown_by: Span,
}

/// What indentation tells about the braces of a text.
#[derive(Default)]
pub(crate) struct Braces {
    /// Blocks that should have been closed earlier.
    pub(crate) unclosed: Vec<Lone>,
    /// Closing braces that close what they should not.
    pub(crate) extra: Vec<Lone>,
    /// Whether all braces have partners once these are mended.
    pub(crate) is_balanced: bool,
}

struct Open {
    brace: Span,
    indent: usize,
    line: usize,
}

/// Looks at the braces of a text.
pub(crate) fn braces(text: &str, tokens: &[Token]) -> Braces {
    let mut found = Braces::default();
    let mut open: Vec<Open> = Vec::new();
    let (mut line, mut indent, mut at_start, mut goes_on) = (0, 0, true, false);
    let mut lost = false;
    for token in tokens {
        match token.kind {
            TokenKind::Newline => {
                (line, indent, at_start) = (line + 1, 0, true);
                continue;
            }
            TokenKind::LineComment | TokenKind::BlockComment => {
                // A comment may stand anywhere; one of several lines hides where a line begins.
                let comment = text.get(token.span.range()).unwrap_or("");
                line += comment.matches('\n').count();
                continue;
            }
            TokenKind::Bom => continue,
            TokenKind::Space if at_start => {
                indent = width(text.get(token.span.range()).unwrap_or(""));
                continue;
            }
            TokenKind::Space => continue,
            TokenKind::Continuation => {
                goes_on = true;
                continue;
            }
            _ => {}
        }
        let is_first = at_start && !goes_on;
        (at_start, goes_on) = (false, false);
        if is_first {
            // What opened on an earlier line and stands no less deep should have been closed; a `}`
            // at its own depth closes it.
            let closes = token.kind == TokenKind::CloseBrace;
            while let Some(last) = open.last()
                && last.line < line
                && (last.indent > indent || last.indent == indent && !closes)
            {
                found.unclosed.push(Lone {
                    brace: last.brace,
                    shown_by: token.span,
                });
                open.pop();
            }
        }
        match token.kind {
            TokenKind::OpenBrace => open.push(Open {
                brace: token.span,
                indent,
                line,
            }),
            TokenKind::CloseBrace => match open.last() {
                // It stands deeper than what it would close.
                Some(last) if is_first && last.line < line && last.indent < indent => {
                    found.extra.push(Lone {
                        brace: token.span,
                        shown_by: last.brace,
                    });
                }
                Some(_) => drop(open.pop()),
                None => lost = true,
            },
            _ => {}
        }
        if token.kind == TokenKind::String {
            line += text
                .get(token.span.range())
                .unwrap_or("")
                .matches('\n')
                .count();
        }
    }
    found.is_balanced = open.is_empty() && !lost;
    found
}

fn width(space: &str) -> usize {
    let column = |at: usize, c: char| match c {
        '\t' => (at / TAB + 1) * TAB,
        _ => at + 1,
    };
    space.chars().fold(0, column)
}
