//! `type`: fixed-layout messages.

use crate::bounds::{FIELDS_MAX, MESSAGE_BYTES_MAX};
use crate::context::{Context, Word, Written};
use crate::fault::{
    BadRange, BadUnit, EmptyType, MessageTooLarge, MissingProperty, Reported, SameRustName,
    UnknownProperty, found,
};
use crate::form::{Block, Form, Properties};
use crate::rust::{field_name, type_name};
use crate::value::{is_unit, range};
use model::{Field, FieldKind, MessageType, Range, TypeId};
use std::collections::BTreeMap;

const TYPE: Form = Form {
    usage: "type NAME { FIELD KIND [unit=UNIT] [range=\"LOW..HIGH\"]; … }",
    arguments: (1, 1),
    properties: Properties::Known(&[]),
    required: &[],
    block: Block::Free,
};
const FIELD: Form = Form {
    usage: "FIELD KIND [unit=UNIT] [range=\"LOW..HIGH\"] [max=BYTES] [size=BYTES]",
    arguments: (1, 1),
    properties: Properties::Known(&["unit", "range", "max", "size"]),
    required: &[],
    block: Block::None,
};

/// What a kind is called and, for those that need it, which property gives its length.
#[derive(Clone, Copy)]
enum Kind {
    Number(FieldKind),
    Bool,
    Bytes,
    Text,
    Blob,
}

const KINDS: [(&str, Kind); 14] = [
    ("u8", Kind::Number(FieldKind::Unsigned(1))),
    ("u16", Kind::Number(FieldKind::Unsigned(2))),
    ("u32", Kind::Number(FieldKind::Unsigned(4))),
    ("u64", Kind::Number(FieldKind::Unsigned(8))),
    ("i8", Kind::Number(FieldKind::Signed(1))),
    ("i16", Kind::Number(FieldKind::Signed(2))),
    ("i32", Kind::Number(FieldKind::Signed(4))),
    ("i64", Kind::Number(FieldKind::Signed(8))),
    ("f32", Kind::Number(FieldKind::Float(4))),
    ("f64", Kind::Number(FieldKind::Float(8))),
    ("bool", Kind::Bool),
    ("bytes", Kind::Bytes),
    ("text", Kind::Text),
    ("blob", Kind::Blob),
];

impl<'a> Context<'a> {
    /// Reads `type`.
    pub(crate) fn read_type(&mut self, node: &'a Written<'a>, rust_names: &mut RustNames<'a>) {
        let Ok(name) = self.form(node, &TYPE).and_then(|()| self.new_name(node)) else {
            return;
        };
        let total = self.fields.saturating_add(node.children().len().max(1));
        self.fields = total;
        if self
            .room(total.saturating_sub(1), FIELDS_MAX, "fields", name.span)
            .is_err()
        {
            return;
        }
        let id = TypeId::of(self.model.messages.len());
        match self.types.get(name.text) {
            Some((_, first)) => {
                let first = *first;
                self.taken(name, first);
            }
            None => {
                self.types.insert(name.text, (id, name.span));
                self.distinct(rust_names, type_name(name.text), name);
            }
        }
        let mut names = RustNames::new();
        let mut fields = Vec::new();
        for child in node.children() {
            let field_word = Word {
                text: child.name.text.as_ref(),
                span: child.name.span,
            };
            self.checked_name(field_word);
            self.distinct(&mut names, field_name(field_word.text), field_word);
            fields.extend(self.field(child).ok());
        }
        if node.children().is_empty() {
            self.report(&EmptyType { name: name.text }, name.span);
        }
        let origin = self.origin(node.span);
        let message = MessageType {
            name: name.text.to_owned(),
            fields,
            origin,
        };
        if message.bytes() > MESSAGE_BYTES_MAX {
            let fault = MessageTooLarge {
                name: name.text,
                bytes: &message.bytes().to_string(),
            };
            self.report(&fault, name.span);
        }
        self.model.messages.push(message);
    }

    fn distinct(&mut self, names: &mut RustNames<'a>, rust: String, word: Word<'a>) {
        match names.get(&rust) {
            None => {
                names.insert(rust, word);
            }
            Some(first) if first.text == word.text => {
                let first = first.span;
                self.taken(word, first);
            }
            Some(first) => {
                let fault = found(
                    &SameRustName {
                        first: first.text,
                        second: word.text,
                    },
                    word.span,
                );
                self.faults.push(fault.label(first.span, "the other one"));
            }
        }
    }

    fn field(&mut self, node: &'a Written<'a>) -> Result<Field, Reported> {
        self.form(node, &FIELD)?;
        let word = self.argument(node, 0)?;
        let kind = self.choice(word, &KINDS)?;
        let kind = match kind {
            Kind::Number(kind) => kind,
            Kind::Bool => FieldKind::Bool,
            Kind::Bytes => {
                let bytes = self.length(node, "size", MESSAGE_BYTES_MAX.into())?;
                FieldKind::Bytes(u32::try_from(bytes).map_err(|_| Reported)?)
            }
            Kind::Text => {
                let bytes = self.length(node, "max", u16::MAX.into())?;
                FieldKind::Text(u16::try_from(bytes).map_err(|_| Reported)?)
            }
            Kind::Blob => {
                let bytes = self.length(node, "max", MESSAGE_BYTES_MAX.into())?;
                FieldKind::Blob(u32::try_from(bytes).map_err(|_| Reported)?)
            }
        };
        let fitting: &[&str] = match kind {
            FieldKind::Unsigned(_) | FieldKind::Signed(_) | FieldKind::Float(_) => {
                &["unit", "range"]
            }
            FieldKind::Bool => &[],
            FieldKind::Bytes(_) => &["size"],
            FieldKind::Text(_) | FieldKind::Blob(_) => &["max"],
        };
        self.fitting(node, fitting, word.text);
        let unit = if fitting.contains(&"unit") {
            self.unit(node)
        } else {
            None
        };
        let range = if fitting.contains(&"range") {
            self.range(node, kind, word.text)
        } else {
            None
        };
        Ok(Field {
            name: node.name.text.to_string(),
            kind,
            unit,
            range,
        })
    }

    /// Reports properties that other kinds have.
    fn fitting(&mut self, node: &'a Written<'a>, fitting: &[&str], kind: &str) {
        for key in ["unit", "range", "max", "size"] {
            let Some(entry) = node.property(key).filter(|_| !fitting.contains(&key)) else {
                continue;
            };
            let span = entry.key.as_ref().map_or(entry.span, |key| key.span);
            let list: Vec<String> = fitting.iter().map(|key| format!("`{key}`")).collect();
            let help = match list.is_empty() {
                true => "remove it; this kind has no properties".to_owned(),
                false => format!("this kind has {}", list.join(" and ")),
            };
            self.report(
                &UnknownProperty {
                    property: key,
                    word: kind,
                    help: &help,
                },
                span,
            );
        }
    }

    fn length(&mut self, node: &'a Written<'a>, key: &str, most: i128) -> Result<i128, Reported> {
        match self.number_property(node, key, 1, most)? {
            Some(bytes) => Ok(bytes),
            None => {
                let kind = self.argument(node, 0)?.text;
                let usage = format!("{} {kind} {key}=BYTES", node.name.text);
                Err(self.report(
                    &MissingProperty {
                        word: kind,
                        property: key,
                        usage: &usage,
                    },
                    node.head_span(),
                ))
            }
        }
    }

    fn unit(&mut self, node: &'a Written<'a>) -> Option<String> {
        let word = self.property(node, "unit").ok()??;
        if !is_unit(word.text) {
            self.report(&BadUnit { unit: word.text }, word.span);
            return None;
        }
        Some(word.text.to_owned())
    }

    fn range(&mut self, node: &'a Written<'a>, kind: FieldKind, name: &str) -> Option<Range> {
        let word = self.property(node, "range").ok()??;
        let range = range(word.text, kind);
        if range.is_none() {
            self.report(
                &BadRange {
                    range: word.text,
                    kind: name,
                },
                word.span,
            );
        }
        range
    }
}

/// Names as programs will have them, each with the name it comes from.
pub(crate) type RustNames<'a> = BTreeMap<String, Word<'a>>;
