//! The pieces that tile a text.

use source::Span;

/// What a token is. The kinds follow the terminals of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A byte order mark at the very start.
    Bom,
    /// A run of white space within a line.
    Space,
    /// One newline, `CRLF` counting as one.
    Newline,
    /// `//` up to, not including, the newline.
    LineComment,
    /// `/* … */`, nested ones included.
    BlockComment,
    /// `/-`.
    Slashdash,
    /// `\`; the rest of the line continuation is in the tokens that follow.
    Continuation,
    /// A bare word.
    Identifier,
    /// A bare word that may only be written with `#` or in quotes, such as `true` (a fault).
    Reserved,
    /// A quoted, raw or multi-line string, delimiters included.
    String,
    /// A number written in digits.
    Number,
    /// `#true`, `#false`, `#null`, `#inf`, `#-inf` or `#nan`.
    Keyword,
    /// A word that is neither a number, an identifier nor a keyword (a fault).
    Malformed,
    /// `{`.
    OpenBrace,
    /// `}`.
    CloseBrace,
    /// `(`.
    OpenParen,
    /// `)`.
    CloseParen,
    /// `=`.
    Equals,
    /// `;`.
    Semicolon,
    /// A character that has no place in the grammar (a fault).
    Stray,
    /// The end of the text. Never in a token list.
    End,
}

/// A piece of the text. The tokens of a parse follow each other without gap or overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
}
