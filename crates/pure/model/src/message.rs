//! Fixed-layout message types: little-endian, no padding, fields in the order written.

use crate::Origin;
use crate::canonical::Fact;
use record::facts::Facts;

/// Version of the layout rules below and of how the hash is made; part of every schema hash.
pub const SCHEMA_VERSION: u32 = 2;

/// A message type.
#[derive(Clone, Debug)]
pub struct MessageType {
    /// Name, unique among types.
    pub name: String,
    /// Fields in wire order.
    pub fields: Vec<Field>,
    /// Where it was written.
    pub origin: Origin,
}

/// One field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name, unique in the type.
    pub name: String,
    /// Kind and width.
    pub kind: FieldKind,
    /// Physical unit as written, e.g. `ml`.
    pub unit: Option<String>,
    /// Permitted values, ends included; a reader refuses anything else.
    pub range: Option<Range>,
}

/// Permitted values of a number, ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// For integer fields.
    Integer(i128, i128),
    /// For floating-point fields.
    Float(f64, f64),
}

/// Kind of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Unsigned integer of 1, 2, 4 or 8 bytes.
    Unsigned(u8),
    /// Signed integer of 1, 2, 4 or 8 bytes.
    Signed(u8),
    /// IEEE 754 number of 4 or 8 bytes; NaN is refused where a range is given.
    Float(u8),
    /// One byte, 0 or 1; any other value is refused.
    Bool,
    /// Exactly this many bytes.
    Bytes(u32),
    /// UTF-8 text of at most this many bytes: a `u16` length, then that many bytes of room, the
    /// unused ones zero.
    Text(u16),
    /// Byte string of at most this many bytes: a `u32` length, then that many bytes of room, the
    /// unused ones zero.
    Blob(u32),
}

impl FieldKind {
    /// Bytes on the wire.
    pub fn bytes(self) -> u64 {
        match self {
            Self::Unsigned(width) | Self::Signed(width) | Self::Float(width) => u64::from(width),
            Self::Bool => 1,
            Self::Bytes(length) => u64::from(length),
            Self::Text(room) => 2 + u64::from(room),
            Self::Blob(room) => 4 + u64::from(room),
        }
    }

    /// As written in the language: `u16`, `i8`, `f64`, `bool`, `bytes:16`, `text:32`, `blob:512`.
    pub fn notation(self) -> String {
        match self {
            Self::Unsigned(width) => format!("u{}", u32::from(width) * 8),
            Self::Signed(width) => format!("i{}", u32::from(width) * 8),
            Self::Float(width) => format!("f{}", u32::from(width) * 8),
            Self::Bool => "bool".to_owned(),
            Self::Bytes(length) => format!("bytes:{length}"),
            Self::Text(room) => format!("text:{room}"),
            Self::Blob(room) => format!("blob:{room}"),
        }
    }
}

impl MessageType {
    /// Bytes on the wire.
    pub fn bytes(&self) -> u64 {
        self.fields.iter().map(|field| field.kind.bytes()).sum()
    }

    /// The fields as facts: position, name, kind, unit and range of each.
    pub(crate) fn field_facts(&self, facts: &mut Facts, owner: &str) {
        for (index, field) in self.fields.iter().enumerate() {
            let fact = Fact::new(&["field", owner, &index.to_string(), &field.name])
                .and(&[&field.kind.notation()])
                .with("unit", field.unit.as_ref());
            let fact = match field.range {
                None => fact,
                Some(Range::Integer(low, high)) => {
                    fact.and(&["integers", &low.to_string(), &high.to_string()])
                }
                Some(Range::Float(low, high)) => {
                    fact.and(&["numbers", &low.to_string(), &high.to_string()])
                }
            };
            fact.put(facts);
        }
    }

    /// The schema hash that guards each channel: the first word of a digest over the version of the
    /// layout rules and the fields. The type's own name is not part of it.
    pub fn schema(&self) -> u64 {
        let mut facts = Facts::default();
        facts.add(&["bulkhead-message", &SCHEMA_VERSION.to_string()]);
        self.field_facts(&mut facts, "");
        facts.digest().word()
    }
}
