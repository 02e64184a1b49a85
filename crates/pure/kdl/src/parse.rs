//! Tokens to the typed view, by recursive descent. The parts of the parser follow the grammar.

mod entry;
mod node;
mod space;

use crate::braces::braces;
use crate::fault::{self, Faults};
use crate::lex::lex;
use crate::token::{Token, TokenKind};
use crate::tree::{Document, Entry, Node};
use source::{Diagnostic, Span};

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
    let mut faults = parser.faults;
    place_braces(text, &tokens, &mut faults, &lexical);
    let diagnostics = faults.merge(lexical);
    Parse {
        document: Document { nodes },
        diagnostics,
        text,
        tokens,
    }
}

/// Reports braces without partners where they belong, if indentation tells.
fn place_braces<'s>(
    text: &'s str,
    tokens: &[Token],
    faults: &mut Faults<'s>,
    lexical: &Faults<'s>,
) {
    let unclosed = faults.count(&fault::UNCLOSED_BLOCK);
    let extra = faults.count(&fault::UNEXPECTED_CLOSE);
    if unclosed + extra == 0 {
        return;
    }
    if unclosed > 0 && lexical.count(&fault::UNTERMINATED_COMMENT) > 0 {
        // The braces are in the comment.
        faults.remove(&fault::UNCLOSED_BLOCK);
        return;
    }
    let found = braces(text, tokens);
    let exact = found.is_balanced
        && (unclosed > 0) != (extra > 0)
        && if unclosed > 0 {
            found.unclosed.len() == unclosed && found.extra.is_empty()
        } else {
            found.extra.len() == extra && found.unclosed.is_empty()
        };
    if !exact {
        return;
    }
    faults.remove(&fault::UNCLOSED_BLOCK);
    faults.remove(&fault::UNEXPECTED_CLOSE);
    for lone in found.unclosed {
        let why = "a `}` is missing before this line, as its indentation tells";
        faults.report_conflict(&fault::UNCLOSED_BLOCK, lone.brace, lone.shown_by, why);
    }
    for lone in found.extra {
        let why = "by its indentation it does not belong to this block";
        faults.report_conflict(&fault::UNEXPECTED_CLOSE, lone.brace, lone.shown_by, why);
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
