//! Tokens to the typed view.

use crate::fault::{self, Faults};
use crate::lex::lex;
use crate::number::Number;
use crate::string;
use crate::token::{Token, TokenKind};
use crate::tree::{Children, Document, Entry, Name, Node, Value};
use source::{Diagnostic, Span};
use std::borrow::Cow;

/// Longest text that is read, in bytes. In the worst case (`a;a;a;…`) the
/// typed view takes about 150 times that in memory.
pub const MAX_BYTES: usize = 8 << 20;

/// Deepest nesting of blocks that is read.
pub const MAX_DEPTH: usize = 128;

/// What a text says, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Parse<'s> {
    /// The typed view. If there are errors it holds what could be made out.
    pub document: Document<'s>,
    /// Faults in the order of the text, at most [`crate::MAX_DIAGNOSTICS`] and one more.
    pub diagnostics: Vec<Diagnostic>,
    text: &'s str,
    tokens: Vec<Token>,
}

impl Parse<'_> {
    /// The text again, put together from the tokens: byte for byte what was parsed.
    pub fn print(&self) -> String {
        self.tokens
            .iter()
            .filter_map(|token| self.text.get(token.span.range()))
            .collect()
    }

    /// The tokens, which tile the text; comments are here.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }
}

/// Reads a KDL 2.0 document. Never fails; time is linear in the text.
pub fn parse(text: &str) -> Parse<'_> {
    if text.len() > MAX_BYTES {
        let mut faults = Faults::new("");
        faults.report(&fault::TOO_LONG, Span::new(0, 0));
        let diagnostics = faults.merge(Faults::new(""));
        let whole = Token {
            kind: TokenKind::Stray,
            span: Span::new(0, text.len()),
        };
        return Parse {
            document: Document::default(),
            diagnostics,
            text,
            tokens: vec![whole],
        };
    }
    let (tokens, lexical) = lex(text);
    let mut parser = Parser {
        text,
        tokens: &tokens,
        at: 0,
        depth: 0,
        faults: Faults::new(text),
        open_nodes: Vec::new(),
        open_entries: Vec::new(),
    };
    parser.version_marker();
    let nodes = parser.nodes();
    let diagnostics = parser.faults.merge(lexical);
    Parse {
        document: Document { nodes },
        diagnostics,
        text,
        tokens,
    }
}

struct Parser<'s, 't> {
    text: &'s str,
    tokens: &'t [Token],
    at: usize,
    depth: usize,
    faults: Faults<'s>,
    /// The nodes of all blocks that are open, outermost first: a block takes its own from the end
    /// when it closes, so that every list is allocated once and in its size.
    open_nodes: Vec<Node<'s>>,
    /// The entries of the node being read, likewise.
    open_entries: Vec<Entry<'s>>,
}

/// A type annotation; a faulty one is reported and has no name.
struct Annotation<'s> {
    name: Option<Name<'s>>,
    /// Parentheses included.
    span: Span,
}

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
    fn kind_at(&self, at: usize) -> TokenKind {
        self.tokens
            .get(at)
            .map_or(TokenKind::End, |token| token.kind)
    }

    fn kind(&self) -> TokenKind {
        self.kind_at(self.at)
    }

    /// The place of the next token; at the end, the empty place there.
    fn span(&self) -> Span {
        let end = Span::new(self.text.len(), self.text.len());
        self.tokens.get(self.at).map_or(end, |token| token.span)
    }

    /// Moves past the next token and says where it was.
    fn bump(&mut self) -> Span {
        let span = self.span();
        self.at += 1;
        span
    }

    fn slice(&self, span: Span) -> &'s str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Warns if the document begins with a marker of a version other than 2.
    fn version_marker(&mut self) {
        let visible = |token: &&Token| !matches!(token.kind, TokenKind::Bom | TokenKind::Space);
        let mut tokens = self.tokens.iter().filter(visible);
        let (Some(dash), Some(name), Some(version)) = (tokens.next(), tokens.next(), tokens.next())
        else {
            return;
        };
        let alone = tokens
            .next()
            .is_none_or(|token| token.kind == TokenKind::Newline);
        let marker = self.slice(dash.span) == "/-" && self.slice(name.span) == "kdl-version";
        if alone && marker && self.slice(version.span) != "2" {
            self.faults.warn(&fault::VERSION_MARKER, version.span);
        }
    }

    /// Nodes up to the end of the block or document.
    fn nodes(&mut self) -> Vec<Node<'s>> {
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
                    self.faults.report(&fault::EMPTY_NODE, span);
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
                        self.faults.report(&fault::MISSING_SPACE, self.span());
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

    /// An argument or property; the next token begins a value or an annotation.
    fn entry(&mut self) -> Option<Entry<'s>> {
        let annotation = self.annotation();
        if !is_value(self.kind()) {
            self.annotation_alone(annotation);
            return None;
        }
        if self.kind_at(self.past_node_space(self.at + 1)) == TokenKind::Equals {
            if let Some(Annotation { span, .. }) = annotation {
                self.faults.report(&fault::ANNOTATION_BEFORE_KEY, span);
            }
            return self.property();
        }
        Some(self.annotated_value(annotation, None))
    }

    /// A property; the next token is its key.
    fn property(&mut self) -> Option<Entry<'s>> {
        if matches!(self.kind(), TokenKind::Number | TokenKind::Keyword) {
            self.faults.report(&fault::KEY_NOT_STRING, self.span());
        }
        let key = self.name();
        self.node_space();
        self.bump(); // The equals sign.
        self.node_space();
        let annotation = self.annotation();
        if is_value(self.kind()) {
            return Some(self.annotated_value(annotation, Some(key)));
        }
        match annotation {
            Some(_) => self.annotation_alone(annotation),
            None => self.faults.report(&fault::MISSING_VALUE, key.span),
        }
        None
    }

    /// An entry from what has been read and the value that comes next.
    fn annotated_value(
        &mut self,
        annotation: Option<Annotation<'s>>,
        key: Option<Name<'s>>,
    ) -> Entry<'s> {
        let (value, value_span) = self.value();
        let annotated = annotation
            .as_ref()
            .map_or(value_span, |annotation| annotation.span);
        let start = key.as_ref().map_or(annotated, |key| key.span);
        let ty = annotation.and_then(|annotation| annotation.name);
        Entry {
            ty,
            key,
            value,
            value_span,
            span: start.to(value_span),
        }
    }

    /// An equals sign that follows no key: skips it and the value after it.
    fn stray_equals(&mut self) {
        let span = self.bump();
        self.faults.report(&fault::MISSING_KEY, span);
        self.node_space();
        if is_value(self.kind()) {
            self.bump();
        }
    }

    /// The next token as a name, whatever it is. Its span is the token's.
    fn name(&mut self) -> Name<'s> {
        let is_string = self.kind() == TokenKind::String;
        let span = self.bump();
        let text = self.slice(span);
        let text = match is_string {
            true => string::value(text, span.start as usize, &mut self.faults),
            false => Cow::Borrowed(text),
        };
        Name { text, span }
    }

    /// The next token as a value.
    fn value(&mut self) -> (Value<'s>, Span) {
        let kind = self.kind();
        let span = self.bump();
        let text = self.slice(span);
        let value = match kind {
            TokenKind::String => {
                Value::String(string::value(text, span.start as usize, &mut self.faults))
            }
            TokenKind::Number => Value::Number(Number { text }),
            TokenKind::Keyword | TokenKind::Reserved => match text.trim_start_matches('#') {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "inf" => Value::Number(Number { text: "#inf" }),
                "-inf" => Value::Number(Number { text: "#-inf" }),
                "nan" => Value::Number(Number { text: "#nan" }),
                _ => Value::Null,
            },
            _ => Value::String(Cow::Borrowed(text)),
        };
        (value, span)
    }

    /// A type annotation and the space after it, if one begins here.
    fn annotation(&mut self) -> Option<Annotation<'s>> {
        if self.kind() != TokenKind::OpenParen {
            return None;
        }
        let open = self.bump();
        self.node_space();
        let mut name = match self.kind() {
            TokenKind::Identifier | TokenKind::Reserved | TokenKind::String => Some(self.name()),
            _ => None,
        };
        self.node_space();
        if self.kind() != TokenKind::CloseParen {
            name = None;
        }
        while !ends_annotation(self.kind()) {
            self.bump();
        }
        let mut span = open;
        if self.kind() == TokenKind::CloseParen {
            span = open.to(self.bump());
            if name.is_none() {
                self.faults.report(&fault::BAD_ANNOTATION, span);
            }
        } else {
            self.faults.report(&fault::UNCLOSED_ANNOTATION, open);
        }
        self.node_space();
        Some(Annotation { name, span })
    }

    /// Reports an annotation with nothing after it, unless it was reported for itself.
    fn annotation_alone(&mut self, annotation: Option<Annotation<'s>>) {
        if let Some(Annotation {
            name: Some(_),
            span,
        }) = annotation
        {
            self.faults.report(&fault::ANNOTATION_ALONE, span);
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

    /// Moves past white space, comments, newlines and line continuations.
    fn line_space(&mut self) {
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
    fn node_space(&mut self) -> bool {
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
    fn continuation(&mut self) {
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
    fn past_node_space(&self, mut at: usize) -> usize {
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

/// True if a token of that kind stands for a value.
fn is_value(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Identifier
            | TokenKind::Reserved
            | TokenKind::String
            | TokenKind::Number
            | TokenKind::Keyword
            | TokenKind::Malformed
    )
}

/// True if an annotation cannot go on past a token of that kind.
fn ends_annotation(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::CloseParen
            | TokenKind::OpenParen
            | TokenKind::OpenBrace
            | TokenKind::CloseBrace
            | TokenKind::Equals
            | TokenKind::Semicolon
            | TokenKind::Newline
            | TokenKind::LineComment
            | TokenKind::End
    )
}
