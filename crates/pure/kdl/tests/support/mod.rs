//! A plain dump of the typed view, for expected results.

use kdl::{Document, Entry, Name, Node, Value, write_string};
use std::fmt::Write as _;

/// One line per node, indented by depth; strings always quoted.
pub fn dump(document: &Document<'_>) -> String {
    let mut out = String::new();
    nodes(&document.nodes, 0, &mut out);
    out
}

fn nodes(list: &[Node<'_>], depth: usize, out: &mut String) {
    for node in list {
        write!(
            out,
            "{:indent$}{}{}",
            "",
            ty(&node.ty),
            name(&node.name),
            indent = depth * 2
        )
        .unwrap();
        for item in &node.entries {
            write!(out, " {}", entry(item)).unwrap();
        }
        out.push_str(if node.children.is_some() {
            " {\n"
        } else {
            "\n"
        });
        nodes(node.children(), depth + 1, out);
    }
}

fn ty(name: &Option<Name<'_>>) -> String {
    name.as_ref()
        .map(|name| format!("({})", quote(&name.text)))
        .unwrap_or_default()
}

fn name(name: &Name<'_>) -> String {
    quote(&name.text)
}

fn entry(entry: &Entry<'_>) -> String {
    let key = entry
        .key
        .as_ref()
        .map(|key| format!("{}=", name(key)))
        .unwrap_or_default();
    let value = match &entry.value {
        Value::String(text) => quote(text),
        Value::Number(number) => number.text.to_owned(),
        Value::Bool(value) => format!("#{value}"),
        Value::Null => "#null".to_owned(),
    };
    format!("{key}{}{value}", ty(&entry.ty))
}

/// Always with quotes, so that the kinds of values cannot be mistaken for each other.
fn quote(text: &str) -> String {
    let written = write_string(text);
    if written.starts_with('"') {
        written
    } else {
        format!("\"{written}\"")
    }
}
