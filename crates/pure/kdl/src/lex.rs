//! Text to tokens. Every byte ends up in exactly one token.
//!
//! One pass over bytes with a class table; only the few lead bytes that may begin a special code
//! point are decoded. A fault found here is reported here; the token's kind says how to go on.

use crate::class::{self, Class, IDENT, LOOK, TEXT};
use crate::fault::{self, Faults};
use crate::number;
use crate::token::{Token, TokenKind};
use source::{Rule, Span, nearest};

/// The tokens of a text, which tile it, and the faults found on the way.
pub(crate) fn lex(text: &str) -> (Vec<Token>, Faults<'_>) {
    let tokens = Vec::with_capacity(text.len() / 4 + 1);
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        tokens,
        faults: Faults::new(text),
    };
    lexer.run();
    (lexer.tokens, lexer.faults)
}

struct Lexer<'s> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    tokens: Vec<Token>,
    faults: Faults<'s>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while self.at < self.bytes.len() {
            let start = self.at;
            let kind = self.token();
            // Progress is a property of `token`; this keeps a mistake there from becoming a hang.
            debug_assert!(self.at > start);
            self.at = self.at.max(start + 1);
            self.tokens.push(Token {
                kind,
                span: Span::new(start, self.at),
            });
        }
    }

    /// The byte at a place; 0, which is in no class, past the end.
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn rest(&self, at: usize) -> &str {
        self.text.get(at..).unwrap_or("")
    }

    /// Class and length of the character at a place; the end is `Other` of length 0.
    fn character(&self, at: usize) -> (Class, usize) {
        match self.rest(at).chars().next() {
            Some(c) => (class::class(c), c.len_utf8()),
            None => (Class::Other, 0),
        }
    }

    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    /// Reads one token at `self.at` and moves past it.
    fn token(&mut self) -> TokenKind {
        let first = self.byte(self.at);
        match first {
            b' ' | b'\t' => self.space(),
            b'\n' | b'\x0b' | b'\x0c' => self.single(TokenKind::Newline),
            b'\r' => {
                self.at += if self.byte(self.at + 1) == b'\n' {
                    2
                } else {
                    1
                };
                TokenKind::Newline
            }
            b'{' => self.single(TokenKind::OpenBrace),
            b'}' => self.single(TokenKind::CloseBrace),
            b'(' => self.single(TokenKind::OpenParen),
            b')' => self.single(TokenKind::CloseParen),
            b'=' => self.single(TokenKind::Equals),
            b';' => self.single(TokenKind::Semicolon),
            b'\\' => self.single(TokenKind::Continuation),
            b'"' => self.string(0),
            b'#' => self.hash(),
            b'/' => self.slash(),
            b'[' | b']' => self.stray(&fault::UNEXPECTED_CHARACTER, 1),
            _ if class::of(first) & IDENT != 0 => self.word(),
            _ => self.special(),
        }
    }

    /// A character outside the byte table: white space, a disallowed one, or a letter after all.
    fn special(&mut self) -> TokenKind {
        match self.character(self.at) {
            (Class::Space, _) => self.space(),
            (Class::Newline, length) => {
                self.at += length;
                TokenKind::Newline
            }
            (Class::Other, _) => self.word(),
            (Class::Disallowed, length) if self.at == 0 && self.rest(0).starts_with('\u{feff}') => {
                self.at += length;
                TokenKind::Bom
            }
            (Class::Disallowed, length) => self.stray(&fault::DISALLOWED_CHARACTER, length),
        }
    }

    fn stray(&mut self, rule: &Rule, length: usize) -> TokenKind {
        self.faults
            .report(rule, Span::new(self.at, self.at + length));
        self.at += length;
        TokenKind::Stray
    }

    fn space(&mut self) -> TokenKind {
        loop {
            match self.byte(self.at) {
                b' ' | b'\t' => self.at += 1,
                byte if class::of(byte) & LOOK != 0 => match self.character(self.at) {
                    (Class::Space, length) => self.at += length,
                    _ => break,
                },
                _ => break,
            }
        }
        TokenKind::Space
    }

    /// Moves past identifier characters.
    fn run_of_identifier(&mut self) {
        loop {
            let class = class::of(self.byte(self.at));
            if class & IDENT != 0 {
                self.at += 1;
            } else if class & LOOK != 0 {
                match self.character(self.at) {
                    (Class::Other, length) if length > 0 => self.at += length,
                    _ => break,
                }
            } else {
                break;
            }
        }
    }

    /// An identifier or a number: both are runs of identifier characters.
    fn word(&mut self) -> TokenKind {
        let start = self.at;
        self.run_of_identifier();
        let word = self.text.get(start..self.at).unwrap_or("");
        if matches!(self.byte(start), b'0'..=b'9' | b'+' | b'-' | b'.')
            && class::is_number_like(word)
        {
            if number::is_number(word) {
                return TokenKind::Number;
            }
            self.faults
                .report(&fault::BAD_NUMBER, Span::new(start, self.at));
            return TokenKind::Malformed;
        }
        if word.len() <= 5 && class::is_reserved(word) {
            self.bare_keyword(word, Span::new(start, self.at));
            return TokenKind::Reserved;
        }
        TokenKind::Identifier
    }

    /// A raw string or a keyword.
    fn hash(&mut self) -> TokenKind {
        let start = self.at;
        while self.byte(self.at) == b'#' {
            self.at += 1;
        }
        let hashes = self.at - start;
        if self.byte(self.at) == b'"' {
            return self.string(hashes);
        }
        self.run_of_identifier();
        let word = self.text.get(start..self.at).unwrap_or("");
        if word.strip_prefix('#').is_some_and(class::is_reserved) {
            return TokenKind::Keyword;
        }
        // A keyword has a letter after its `#` and never begins a node.
        if self.at == start + hashes || self.begins_line() {
            let span = Span::new(start, start + hashes);
            self.faults
                .report_fix(&fault::HASH_COMMENT, span, span, "//");
            return self.line_comment();
        }
        let meant = nearest(word.trim_start_matches('#'), class::RESERVED);
        self.faults.report_keyword(Span::new(start, self.at), meant);
        TokenKind::Malformed
    }

    /// Whether only white space precedes the token being read on its line.
    fn begins_line(&self) -> bool {
        let before = self.tokens.iter().rev();
        let mut before = before
            .map(|token| token.kind)
            .filter(|kind| *kind != TokenKind::Space);
        matches!(
            before.next(),
            None | Some(TokenKind::Newline | TokenKind::LineComment | TokenKind::Bom)
        )
    }

    /// Reports a keyword without `#`. Where a value stands, a value is meant; a name needs quotes.
    #[cold]
    fn bare_keyword(&mut self, word: &str, span: Span) {
        let before = self.tokens.iter().rev().map(|token| token.kind);
        let mut before = before.filter(|kind| {
            !matches!(
                kind,
                TokenKind::Space | TokenKind::BlockComment | TokenKind::Slashdash
            )
        });
        let last = before.next();
        let goes_on = last == Some(TokenKind::Newline)
            && before.find(|kind| *kind != TokenKind::LineComment) == Some(TokenKind::Continuation);
        let begins_node = !goes_on
            && matches!(
                last,
                None | Some(
                    TokenKind::Newline
                        | TokenKind::LineComment
                        | TokenKind::Bom
                        | TokenKind::OpenBrace
                        | TokenKind::CloseBrace
                        | TokenKind::Semicolon
                        | TokenKind::OpenParen
                )
            );
        if last == Some(TokenKind::CloseParen) {
            // Of a name or of a value.
            return self.faults.report(&fault::BARE_KEYWORD, span);
        }
        let after = self.text.get(self.at..).unwrap_or("");
        let is_key = after.trim_start_matches(class::is_space).starts_with('=');
        let meant = match begins_node || is_key {
            true => format!("\"{word}\""),
            false => format!("#{word}"),
        };
        self.faults
            .report_fix(&fault::BARE_KEYWORD, span, span, &meant);
    }

    /// `//`, `/*`, `/-` or a lone slash.
    fn slash(&mut self) -> TokenKind {
        match self.byte(self.at + 1) {
            b'-' => {
                self.at += 2;
                TokenKind::Slashdash
            }
            b'/' => self.line_comment(),
            b'*' => self.block_comment(),
            _ => self.stray(&fault::UNEXPECTED_CHARACTER, 1),
        }
    }

    fn line_comment(&mut self) -> TokenKind {
        while let Some(class) = self.text_until() {
            match class {
                Class::Newline => break,
                Class::Space | Class::Disallowed | Class::Other => self.at += 1,
            }
        }
        TokenKind::LineComment
    }

    fn block_comment(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 2;
        let mut depth = 1_usize;
        while let Some(class) = self.text_until() {
            match (self.byte(self.at), self.byte(self.at + 1)) {
                (b'*', b'/') => {
                    self.at += 2;
                    depth -= 1;
                    if depth == 0 {
                        return TokenKind::BlockComment;
                    }
                }
                (b'/', b'*') => {
                    self.at += 2;
                    depth += 1;
                }
                _ if class == Class::Newline => self.at += self.character(self.at).1.max(1),
                _ => self.at += 1,
            }
        }
        self.faults
            .report(&fault::UNTERMINATED_COMMENT, Span::new(start, start + 2));
        TokenKind::BlockComment
    }

    /// Moves within a string or comment to the next character that may mean something there:
    /// a newline (`Newline`) or one of `"` `\` `*` `/` (`Other`). Reports disallowed characters
    /// on the way. `None` at the end of the text.
    fn text_until(&mut self) -> Option<Class> {
        loop {
            while class::of(self.byte(self.at)) & TEXT != 0 {
                self.at += 1;
            }
            if self.at >= self.bytes.len() {
                return None;
            }
            match self.byte(self.at) {
                b'"' | b'\\' | b'*' | b'/' => return Some(Class::Other),
                _ => {}
            }
            match self.character(self.at) {
                (Class::Newline, _) => return Some(Class::Newline),
                (Class::Disallowed, length) => {
                    let span = Span::new(self.at, self.at + length);
                    self.faults.report(&fault::DISALLOWED_CHARACTER, span);
                    self.at += length;
                }
                (_, length) => self.at += length.max(1),
            }
        }
    }

    /// A string whose first quote is at `self.at`; `hashes` of them precede it if it is raw.
    fn string(&mut self, hashes: usize) -> TokenKind {
        let quote = self.at;
        let start = quote - hashes;
        let multiline = self.rest(quote).starts_with("\"\"\"");
        let quotes = if multiline { 3 } else { 1 };
        self.at += quotes;
        while let Some(class) = self.text_until() {
            match self.byte(self.at) {
                _ if class == Class::Newline && !multiline => break,
                b'"' if self.closes(quotes, hashes) => {
                    self.at += quotes + hashes;
                    return TokenKind::String;
                }
                b'\\' if hashes == 0 => self.escape(),
                _ => self.at += self.character(self.at).1.max(1),
            }
        }
        self.faults.report(
            &fault::UNTERMINATED_STRING,
            Span::new(start, quote + quotes),
        );
        TokenKind::String
    }

    fn closes(&self, quotes: usize, hashes: usize) -> bool {
        let is = |from: usize, count: usize, byte: u8| {
            (from..from + count).all(|at| self.byte(at) == byte)
        };
        is(self.at, quotes, b'"') && is(self.at + quotes, hashes, b'#')
    }

    /// Moves past `\` and what it escapes, as far as it matters for finding the end of the string:
    /// the white space and newlines after it, or one quote or backslash.
    fn escape(&mut self) {
        self.at += 1;
        match self.byte(self.at) {
            b'"' | b'\\' => self.at += 1,
            _ => {
                while let (Class::Space | Class::Newline, length) = self.character(self.at) {
                    self.at += length;
                }
            }
        }
    }
}
