//! KDL 2.0: a lossless, error-recovering parser with exact spans.
//!
//! It implements the grammar of the KDL 2.0 specification (<https://kdl.dev/spec>), which is the
//! surface syntax of the architecture language. It knows nothing of that language.
//!
//! Principles:
//! 1. Parsing never fails: [`parse`] returns a document and diagnostics for any text, and reports
//!    several faults in one run. What is malformed is reported and kept as the text the user wrote.
//! 2. Nothing is lost: the tokens tile the text, so [`Parse::print`] gives it back byte for byte,
//!    comments and faults included.
//! 3. The typed view ([`Document`], [`Node`], [`Entry`]) holds what the document means, with exact
//!    spans; it borrows the text wherever no escape forces a copy. What `/-` comments out is only
//!    in the tokens.
//! 4. Every bound is fixed: text length, nesting, number of diagnostics ([`MAX_BYTES`],
//!    [`MAX_DEPTH`], [`MAX_DIAGNOSTICS`]). Time is linear in the text.
//!
//! Data flows one way: `lex` (text to tokens) → `parse` (tokens to typed view), which asks `string`
//! and `number` what a token means. `class` sorts characters, `fault` is the table of all that can
//! be reported, `write` is the way back from a string to its spelling.
#![cfg_attr(
    not(test),
    expect(
        clippy::wildcard_enum_match_arm,
        reason = "a parser names the tokens it takes; all others are one to it"
    )
)]

mod braces;
mod class;
mod fault;
mod lex;
mod number;
mod parse;
mod string;
mod token;
mod tree;
mod write;

pub use fault::{MAX_DIAGNOSTICS, codes, example, rule};
pub use number::Number;
pub use parse::{MAX_BYTES, MAX_DEPTH, Parse, parse};
pub use token::{Token, TokenKind};
pub use tree::{Children, Document, Entry, Name, Node, Value};
pub use write::{quoted as write_quoted, string as write_string};
