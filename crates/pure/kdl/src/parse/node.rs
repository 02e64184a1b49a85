//! Nodes and their blocks.

use super::{MAX_DEPTH, Parser};
use crate::fault;
use crate::token::TokenKind;
use crate::tree::{Children, Node};
use source::Span;

/// What a node has had so far besides entries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blocks {
    None,
    /// Only blocks behind `/-`.
    Hidden(Span),
    /// A block.
    Shown(Span),
}

impl<'s> Parser<'s, '_> {
    /// Nodes up to the end of the block or document.
    pub(super) fn nodes(&mut self) -> Vec<Node<'s>> {
        let mark = self.open_nodes.len();
        loop {
            self.line_space();
            let hidden = self.kind() == TokenKind::Slashdash;
            let dash = self.span();
            if hidden {
                self.bump();
                self.line_space();
            }
            match self.kind() {
                TokenKind::End | TokenKind::CloseBrace | TokenKind::Semicolon if hidden => {
                    self.faults.report(&fault::SLASHDASH_NOTHING, dash);
                }
                TokenKind::Slashdash => self.faults.report(&fault::SLASHDASH_NOTHING, dash),
                TokenKind::End => break,
                TokenKind::CloseBrace if self.depth > 0 => break,
                TokenKind::CloseBrace => {
                    let span = self.bump();
                    self.faults.report(&fault::UNEXPECTED_CLOSE, span);
                }
                TokenKind::Semicolon => {
                    let span = self.bump();
                    self.faults.report_fix(&fault::EMPTY_NODE, span, span, "");
                }
                TokenKind::CloseParen => {
                    let span = self.bump();
                    self.faults.report(&fault::UNEXPECTED_CHARACTER, span);
                }
                TokenKind::Equals => self.stray_equals(),
                TokenKind::OpenBrace => {
                    let span = self.span();
                    self.faults.report(&fault::BLOCK_ALONE, span);
                    let children = self.block();
                    // Most likely the brace was put on the line after its node.
                    let before = self.open_nodes.get_mut(mark..).and_then(<[_]>::last_mut);
                    if let Some(node) = before.filter(|node| node.children.is_none())
                        && !hidden
                    {
                        node.span = node.span.to(children.span);
                        node.children = Some(children);
                    }
                }
                _ => {
                    if let Some(node) = self.node()
                        && !hidden
                    {
                        self.open_nodes.push(node);
                    }
                }
            }
        }
        self.open_nodes.drain(mark..).collect()
    }

    /// A node from its annotation or name to its terminator, terminator included.
    fn node(&mut self) -> Option<Node<'s>> {
        let annotation = self.annotation();
        let name = match self.kind() {
            TokenKind::Identifier | TokenKind::Reserved | TokenKind::String => self.name(),
            TokenKind::Number | TokenKind::Keyword | TokenKind::Malformed => {
                if self.kind() != TokenKind::Malformed {
                    self.faults.report(&fault::NAME_NOT_STRING, self.span());
                }
                self.name()
            }
            _ => {
                // Only after an annotation: without one, `nodes` has dealt with it.
                self.annotation_alone(annotation);
                return None;
            }
        };
        let start = annotation
            .as_ref()
            .map_or(name.span, |annotation| annotation.span);
        let mut node = Node {
            ty: annotation.and_then(|annotation| annotation.name),
            span: start.to(name.span),
            name,
            entries: Vec::new(),
            children: None,
        };
        self.node_body(&mut node);
        self.close_entries(&mut node);
        Some(node)
    }

    /// Gives a node the entries read so far.
    fn close_entries(&mut self, node: &mut Node<'s>) {
        if !self.open_entries.is_empty() {
            node.entries = self.open_entries.drain(..).collect();
        }
    }

    fn node_body(&mut self, node: &mut Node<'s>) {
        let mut blocks = Blocks::None;
        loop {
            let mut spaced = self.node_space();
            let dash = self.span();
            let hidden = self.kind() == TokenKind::Slashdash;
            if hidden {
                self.bump();
                self.line_space();
                spaced = true;
            }
            match self.kind() {
                TokenKind::Semicolon | TokenKind::End | TokenKind::CloseBrace if hidden => {
                    self.faults.report(&fault::SLASHDASH_NOTHING, dash);
                }
                TokenKind::Slashdash => self.faults.report(&fault::SLASHDASH_NOTHING, dash),
                TokenKind::Newline | TokenKind::LineComment | TokenKind::Semicolon => {
                    self.bump();
                    return;
                }
                TokenKind::End | TokenKind::CloseBrace => return,
                TokenKind::OpenBrace => {
                    // No entry is accepted after a block; those in the block need the list.
                    self.close_entries(node);
                    let children = self.block();
                    match (hidden, blocks) {
                        (true, Blocks::None) => blocks = Blocks::Hidden(children.span),
                        (true, _) => {}
                        (false, Blocks::Shown(first)) => {
                            let open = Span {
                                end: children.span.start + 1,
                                ..children.span
                            };
                            let why = "the first block";
                            self.faults
                                .report_conflict(&fault::SECOND_BLOCK, open, first, why);
                        }
                        (false, _) => {
                            blocks = Blocks::Shown(children.span);
                            node.span = node.span.to(children.span);
                            node.children = Some(children);
                        }
                    }
                }
                TokenKind::Equals => self.stray_equals(),
                TokenKind::CloseParen => {
                    let span = self.bump();
                    self.faults.report(&fault::UNEXPECTED_CHARACTER, span);
                }
                _ => {
                    if let Blocks::Hidden(block) | Blocks::Shown(block) = blocks {
                        let why = "the block ends here";
                        let end = Span {
                            start: block.end.saturating_sub(1),
                            ..block
                        };
                        let span = self.span();
                        self.faults
                            .report_conflict(&fault::ENTRY_AFTER_BLOCK, span, end, why);
                        if !hidden
                            && matches!(self.kind(), TokenKind::Identifier | TokenKind::String)
                        {
                            // Most likely a new node on the same line.
                            return;
                        }
                    } else if !spaced && self.kind() != TokenKind::Malformed {
                        self.faults.report_missing_space(self.span());
                    }
                    if let Some(entry) = self.entry()
                        && !hidden
                        && blocks == Blocks::None
                    {
                        node.span = node.span.to(entry.span);
                        self.open_entries.push(entry);
                    }
                }
            }
        }
    }

    /// A block from brace to brace.
    fn block(&mut self) -> Children<'s> {
        let open = self.bump();
        if self.depth >= MAX_DEPTH {
            self.faults.report(&fault::TOO_DEEP, open);
            return Children {
                nodes: Vec::new(),
                span: open.to(self.skip_block()),
            };
        }
        self.depth += 1;
        let nodes = self.nodes();
        self.depth -= 1;
        let close = self.span();
        if self.kind() == TokenKind::CloseBrace {
            self.bump();
        } else {
            self.faults.report(&fault::UNCLOSED_BLOCK, open);
        }
        Children {
            nodes,
            span: open.to(close),
        }
    }

    /// Moves past the rest of a block without looking into it; the place of its closing brace.
    fn skip_block(&mut self) -> Span {
        let mut depth = 1_usize;
        loop {
            match self.kind() {
                TokenKind::End => return self.span(),
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace => depth -= 1,
                _ => {}
            }
            let span = self.bump();
            if depth == 0 {
                return span;
            }
        }
    }
}
