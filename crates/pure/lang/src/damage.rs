//! What faults of the syntax leave in doubt: reports that may only follow from what could not be
//! read wait until the syntax is mended, all others appear in the same run.
//!
//! A fault of the syntax costs at most what is written in its line: the parser skips or misplaces
//! the rest of a node, but every block keeps its bounds. So a report is in doubt
//! - in a damaged line itself, or if it compares something with a damaged line;
//! - if it misses something: whatever is missing may stand in a damaged line;
//! - if it looks up a name, and a damaged line may have declared one.

use kdl::{Node, Parse, TokenKind};
use source::{Diagnostic, Span};
use std::collections::BTreeSet;

/// Faults of the syntax after which blocks may not be what they seem: all is in doubt.
const SHATTERING: [&str; 12] = [
    "kdl-unclosed-block",
    "kdl-unexpected-close",
    "kdl-unterminated-string",
    "kdl-unterminated-comment",
    "kdl-multiline-start",
    "kdl-multiline-end",
    "kdl-block-alone",
    "kdl-second-block",
    "kdl-unclosed-annotation",
    "kdl-too-deep",
    "kdl-too-long",
    "kdl-too-many-faults",
];

/// Words of nodes that declare nothing which other lines refer to.
const DECLARES_NOTHING: [&str; 17] = [
    "run",
    "set",
    "holds",
    "memory",
    "budget",
    "period",
    "heartbeat",
    "on-failure",
    "trusted",
    "assume",
    "non-goal",
    "require",
    "deploy",
    "cores",
    "device",
    "enforce",
    "qualified",
];

/// What a report rests on, besides the words that it is about. If that may have been unreadable, the
/// report waits (see [`Damage::explains`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rests {
    /// On nothing else.
    Itself,
    /// On what a name means that is declared elsewhere.
    Names,
    /// On something not being there; so do all warnings.
    Absence,
}

/// What the faults of the syntax made unreadable; by default nothing.
#[derive(Default)]
pub(crate) struct Damage {
    /// Where each line but the first begins; a line goes on past `\`.
    starts: Vec<u32>,
    /// Lines with a fault.
    lines: BTreeSet<usize>,
    /// Whether a fault may have cost a declaration.
    names: bool,
    /// Whether nothing can be relied on.
    whole: bool,
}

impl Damage {
    /// What the faults of a text cost.
    pub(crate) fn of(parse: &Parse<'_>) -> Self {
        let mut damage = Self::default();
        for fault in parse.diagnostics.iter().filter(|fault| fault.is_error()) {
            if !damage.is_some() {
                damage.starts = starts(parse);
            }
            let span = fault.span();
            let last = span.end.saturating_sub(1).max(span.start);
            damage
                .lines
                .extend(damage.line(span.start)..=damage.line(last));
            damage.names |= may_declare(&parse.document.nodes, span);
            damage.whole |= SHATTERING.contains(&fault.code);
        }
        damage
    }

    /// Whether there is any.
    pub(crate) fn is_some(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Whether a report may only follow from the damage; there is some.
    pub(crate) fn explains(&self, report: &Diagnostic, rests: Rests) -> bool {
        let damaged = |span: Span| self.lines.contains(&self.line(span.start));
        match rests {
            Rests::Absence => true,
            Rests::Names if self.names => true,
            Rests::Itself | Rests::Names => {
                self.whole || report.labels.iter().any(|label| damaged(label.span))
            }
        }
    }

    fn line(&self, place: u32) -> usize {
        self.starts.partition_point(|start| *start <= place)
    }
}

/// Where each line but the first begins. Line ends in strings, comments and after `\` do not count.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "every token but those named ends what goes on"
)]
fn starts(parse: &Parse<'_>) -> Vec<u32> {
    let mut starts = Vec::new();
    let mut goes_on = false;
    for token in parse.tokens() {
        match token.kind {
            TokenKind::Newline => {
                if !goes_on {
                    starts.push(token.span.end);
                }
                goes_on = false;
            }
            TokenKind::Continuation => goes_on = true,
            TokenKind::Space | TokenKind::BlockComment | TokenKind::LineComment => {}
            _ => goes_on = false,
        }
    }
    starts
}

/// Whether the node at a place, or one that was lost there, may declare a name.
fn may_declare(nodes: &[Node<'_>], place: Span) -> bool {
    let holds = |node: &&Node<'_>| node.span.start <= place.start && place.end <= node.span.end;
    match nodes.iter().find(holds) {
        None => true,
        Some(node) => match node.name.text.as_ref() {
            "system" | "subject" | "platform" => may_declare(node.children(), place),
            word => !DECLARES_NOTHING.contains(&word),
        },
    }
}
