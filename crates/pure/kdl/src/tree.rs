//! The typed view: what a document means, with the place of each part.

use crate::number::Number;
use source::Span;
use std::borrow::Cow;

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document<'s> {
    /// Its nodes, in order.
    pub nodes: Vec<Node<'s>>,
}

/// A node: `(ty)name argument key=value { children }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'s> {
    /// The type annotation before the name.
    pub ty: Option<Name<'s>>,
    /// The name.
    pub name: Name<'s>,
    /// Arguments and properties, in order.
    pub entries: Vec<Entry<'s>>,
    /// The block, if one is written.
    pub children: Option<Children<'s>>,
    /// From the annotation or name to the end of the last entry or the closing brace.
    pub span: Span,
}

/// The block of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Children<'s> {
    /// The nodes in it, in order.
    pub nodes: Vec<Node<'s>>,
    /// Braces included.
    pub span: Span,
}

/// A string in the place of a name: of a node, a property or a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name<'s> {
    /// What it says, without quotes and escapes.
    pub text: Cow<'s, str>,
    /// Where it is written, quotes included.
    pub span: Span,
}

/// An argument or a property.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'s> {
    /// The type annotation before the value.
    pub ty: Option<Name<'s>>,
    /// The name of a property; `None` for an argument.
    pub key: Option<Name<'s>>,
    /// The value.
    pub value: Value<'s>,
    /// Where the value is written, without annotation and key.
    pub value_span: Span,
    /// From the key or annotation to the end of the value.
    pub span: Span,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'s> {
    /// A string in any spelling; also what is written in the place of a malformed value.
    String(Cow<'s, str>),
    /// A number in any spelling.
    Number(Number<'s>),
    /// `#true` or `#false`.
    Bool(bool),
    /// `#null`.
    Null,
}

impl<'s> Node<'s> {
    /// The entries without a key, in order.
    pub fn arguments(&self) -> impl Iterator<Item = &Entry<'s>> {
        self.entries.iter().filter(|entry| entry.key.is_none())
    }

    /// The entries with a key, in order; a key may occur several times.
    pub fn properties(&self) -> impl Iterator<Item = (&Name<'s>, &Entry<'s>)> {
        self.entries
            .iter()
            .filter_map(|entry| Some((entry.key.as_ref()?, entry)))
    }

    /// The property of that name; the last one if it is set several times, as the specification
    /// demands.
    pub fn property(&self, key: &str) -> Option<&Entry<'s>> {
        let named = |entry: &&Entry<'s>| entry.key.as_ref().is_some_and(|name| name.text == key);
        self.entries.iter().rev().find(named)
    }

    /// The nodes of the block; none if there is no block.
    pub fn children(&self) -> &[Node<'s>] {
        self.children
            .as_ref()
            .map_or(&[], |children| children.nodes.as_slice())
    }

    /// From the name to the last entry, without annotation and block.
    pub fn head_span(&self) -> Span {
        self.entries
            .last()
            .map_or(self.name.span, |entry| self.name.span.to(entry.span))
    }
}

impl Value<'_> {
    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            Value::Number(_) | Value::Bool(_) | Value::Null => None,
        }
    }
}
