//! White space, comments and line continuations.

use super::Parser;
use crate::fault;
use crate::token::{Token, TokenKind};

impl Parser<'_, '_> {
    /// Moves past white space, comments, newlines and line continuations.
    pub(super) fn line_space(&mut self) {
        loop {
            match self.kind() {
                TokenKind::Space
                | TokenKind::BlockComment
                | TokenKind::Newline
                | TokenKind::LineComment
                | TokenKind::Bom
                | TokenKind::Stray => self.at += 1,
                TokenKind::Continuation => self.continuation(),
                _ => break,
            }
        }
    }

    /// Moves past white space within a node; true if there was any.
    pub(super) fn node_space(&mut self) -> bool {
        let start = self.at;
        loop {
            match self.kind() {
                TokenKind::Space | TokenKind::BlockComment | TokenKind::Stray => self.at += 1,
                TokenKind::Continuation => self.continuation(),
                _ => break,
            }
        }
        self.at > start
    }

    /// Moves past a line continuation.
    pub(super) fn continuation(&mut self) {
        let span = self.span();
        match past_continuation(self.tokens, self.at) {
            Some(after) => self.at = after,
            None => {
                self.faults.report(&fault::BAD_CONTINUATION, span);
                self.at += 1;
            }
        }
    }

    /// Where the white space within a node that begins at a token ends.
    pub(super) fn past_node_space(&self, mut at: usize) -> usize {
        loop {
            match self.kind_at(at) {
                TokenKind::Space | TokenKind::BlockComment | TokenKind::Stray => at += 1,
                TokenKind::Continuation => {
                    at = past_continuation(self.tokens, at).unwrap_or(at + 1);
                }
                _ => return at,
            }
        }
    }
}

/// The token after the line continuation at `at`; `None` if something else is on its line.
fn past_continuation(tokens: &[Token], at: usize) -> Option<usize> {
    let kind = |at: usize| tokens.get(at).map_or(TokenKind::End, |token| token.kind);
    let mut at = at + 1;
    while matches!(
        kind(at),
        TokenKind::Space | TokenKind::BlockComment | TokenKind::Stray
    ) {
        at += 1;
    }
    if kind(at) == TokenKind::LineComment {
        at += 1;
    }
    match kind(at) {
        TokenKind::Newline => Some(at + 1),
        TokenKind::End => Some(at),
        _ => None,
    }
}
