//! Message types as Rust source, for the programs of subjects.

use model::{Field, FieldKind, MessageType, Model, Range};

/// Widest line that rustfmt leaves alone.
const WIDTH: usize = 100;
/// Most bytes of a message that a program keeps on its stack; byte strings of a larger one are on the
/// heap, as texts and blobs always are.
const STACKED_BYTES_MAX: u64 = 4096;

/// A Rust module with one struct per message type, each a `guest::Message`: its layout, its schema
/// hash, and ranges that decoding checks. The text is the same for the same model, and formatted as
/// rustfmt does.
pub fn rust_types(model: &Model) -> String {
    let mut text = format!(
        "//! Message types of system `{}`. Generated from its model: change the model instead.\n",
        model.name
    );
    for message in &model.messages {
        text.push('\n');
        text.push_str(&structure(message));
        text.push('\n');
        let code = implementation(message);
        if code.lines().any(|line| line.chars().count() > WIDTH) {
            text.push_str("#[rustfmt::skip]\n");
        }
        text.push_str(&code);
    }
    text
}

fn structure(message: &MessageType) -> String {
    let mut text = format!("/// Message type `{}`.\n", message.name);
    text.push_str("#[derive(Clone, Debug, PartialEq)]\n");
    text.push_str(&format!("pub struct {} {{\n", type_name(&message.name)));
    for field in &message.fields {
        text.push_str(&format!("    /// {}.\n", description(field)));
        let kind = rust_kind(field.kind, message.bytes() > STACKED_BYTES_MAX);
        text.push_str(&format!("    pub {}: {kind},\n", field_name(&field.name)));
    }
    text.push_str("}\n");
    text
}

/// Name as written, unit and range.
fn description(field: &Field) -> String {
    let mut text = format!("Field `{}`", field.name);
    if let Some(unit) = &field.unit {
        text.push_str(&format!(", unit `{unit}`"));
    }
    if let Some(range) = range(field) {
        text.push_str(&format!(", range `{range}`"));
    }
    text
}

fn rust_kind(kind: FieldKind, large: bool) -> String {
    match kind {
        FieldKind::Unsigned(_) | FieldKind::Signed(_) | FieldKind::Float(_) | FieldKind::Bool => {
            kind.notation()
        }
        FieldKind::Bytes(length) if large => format!("Box<[u8; {length}]>"),
        FieldKind::Bytes(length) => format!("[u8; {length}]"),
        FieldKind::Text(room) => format!("guest::Text<{room}>"),
        FieldKind::Blob(room) => format!("guest::Blob<{room}>"),
    }
}

fn range(field: &Field) -> Option<String> {
    Some(match (field.range?, field.kind) {
        (Range::Integer(low, high), _) => format!("{low}..={high}"),
        // As the number that the program will have.
        (Range::Float(low, high), FieldKind::Float(4)) => {
            format!("{:?}..={:?}", low as f32, high as f32)
        }
        (Range::Float(low, high), _) => format!("{low:?}..={high:?}"),
    })
}

fn implementation(message: &MessageType) -> String {
    let mut text = format!("impl guest::Message for {} {{\n", type_name(&message.name));
    text.push_str(&format!(
        "    const SCHEMA: u64 = {:#018x};\n",
        message.schema()
    ));
    text.push_str(&format!("    const BYTES: usize = {};\n", message.bytes()));
    text.push_str("\n    fn encode(&self, out: &mut [u8]) {\n");
    text.push_str("        let mut encoder = guest::Encoder::new(out);\n");
    for field in &message.fields {
        text.push_str(&format!(
            "        encoder.put(&self.{});\n",
            field_name(&field.name)
        ));
    }
    text.push_str(
        "    }\n\n    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {\n",
    );
    text.push_str("        let mut decoder = guest::Decoder::new(bytes);\n");
    text.push_str("        let message = Self {\n");
    for field in &message.fields {
        let name = field_name(&field.name);
        let read = match range(field) {
            Some(range) => format!("decoder.get_in(\"{}\", {range})?", field.name),
            None => format!("decoder.get(\"{}\")?", field.name),
        };
        text.push_str(&format!("            {name}: {read},\n"));
    }
    text.push_str("        };\n        decoder.finish()?;\n        Ok(message)\n    }\n}\n");
    text
}

/// Words that cannot be the name of a field as they are.
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The words of a name: divided at `-`, `_` and where a capital follows something else.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = '-';
    for c in name.chars() {
        let begins = c.is_ascii_uppercase() && !before.is_ascii_uppercase();
        if matches!(c, '-' | '_') || begins {
            words.push(String::new());
        }
        if !matches!(c, '-' | '_')
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The name of a field: `fill-level` becomes `fill_level`; a keyword gets a `_` at its end.
pub(crate) fn field_name(name: &str) -> String {
    let mut joined = words(name).join("_");
    if KEYWORDS.contains(&joined.as_str()) {
        joined.push('_');
    }
    joined
}

/// The name of a type: `fill-level` becomes `FillLevel`; `Self` gets a `_` at its end.
pub(crate) fn type_name(name: &str) -> String {
    let mut text = String::new();
    for word in words(name) {
        let mut chars = word.chars();
        text.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        text.push_str(chars.as_str());
    }
    if text == "Self" {
        text.push('_');
    }
    text
}
