//! Entries: annotations, names, values.

use super::{Parser, is_value};
use crate::fault;
use crate::number::Number;
use crate::string;
use crate::token::TokenKind;
use crate::tree::{Entry, Name, Value};
use source::Span;
use std::borrow::Cow;

/// A type annotation; a faulty one is reported and has no name.
pub(super) struct Annotation<'s> {
    pub(super) name: Option<Name<'s>>,
    /// Parentheses included.
    pub(super) span: Span,
}

impl<'s> Parser<'s, '_> {
    /// An argument or property; the next token begins a value or an annotation.
    pub(super) fn entry(&mut self) -> Option<Entry<'s>> {
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
    pub(super) fn property(&mut self) -> Option<Entry<'s>> {
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
    pub(super) fn annotated_value(
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
    pub(super) fn stray_equals(&mut self) {
        let span = self.bump();
        self.faults.report(&fault::MISSING_KEY, span);
        self.node_space();
        if is_value(self.kind()) {
            self.bump();
        }
    }

    /// The next token as a name, whatever it is. Its span is the token's.
    pub(super) fn name(&mut self) -> Name<'s> {
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
    pub(super) fn value(&mut self) -> (Value<'s>, Span) {
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
    pub(super) fn annotation(&mut self) -> Option<Annotation<'s>> {
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
    pub(super) fn annotation_alone(&mut self, annotation: Option<Annotation<'s>>) {
        if let Some(Annotation {
            name: Some(_),
            span,
        }) = annotation
        {
            self.faults.report(&fault::ANNOTATION_ALONE, span);
        }
    }
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
