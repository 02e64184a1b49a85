//! What a document says beyond what was understood: it is compared with what would be written for
//! what was read. Whatever differs was added or changed by another tool and is lost.

use super::at::Report;
use super::metadata::DIGEST;
use serde_json::Value;
use std::collections::BTreeMap;

/// What every tool changes when it writes a document.
const CHANGING: [&str; 5] = [
    "last-modified",
    "published",
    "version",
    "oscal-version",
    "uuid",
];

/// Lists everything in `given` that is not in `ours`. `path` is the way to both.
pub(super) fn losses(path: &str, given: &Value, ours: &Value, report: &mut Report) {
    let (given, ours) = (plain(given), plain(ours));
    compare(path, &given, &ours, report);
}

/// A document without what changes anyway.
fn plain(document: &Value) -> Value {
    let mut document = document.clone();
    if let Some(root) = document.as_object_mut() {
        root.remove("uuid");
        if let Some(metadata) = root.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.retain(|name, _| !CHANGING.contains(&name.as_str()));
            if let Some(props) = metadata.get_mut("props").and_then(Value::as_array_mut) {
                props.retain(|prop| prop.get("name").and_then(Value::as_str) != Some(DIGEST));
            }
        }
    }
    document
}

fn compare(path: &str, given: &Value, ours: &Value, report: &mut Report) {
    if given == ours {
        return;
    }
    match (given, ours) {
        (Value::Object(given), Value::Object(ours)) => {
            for (name, value) in given {
                match ours.get(name) {
                    Some(other) => compare(&format!("{path}.{name}"), value, other, report),
                    None => report.lose(format!("{path}.{name}: not understood")),
                }
            }
        }
        (Value::Array(given), Value::Array(ours)) => entries(path, given, ours, report),
        (Value::String(given), Value::String(ours)) if same_instant(given, ours) => {}
        _ => report.lose(format!(
            "{path}: `{}` is not what follows from the rest: `{}`",
            brief(given),
            brief(ours)
        )),
    }
}

/// Entries are matched by equality, then by what identifies them, then by their order.
fn entries(path: &str, given: &[Value], ours: &[Value], report: &mut Report) {
    let mut equal: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, value) in ours.iter().enumerate().rev() {
        equal.entry(value.to_string()).or_default().push(at);
    }
    let mut open: Vec<(usize, &Value)> = Vec::new();
    let mut used = vec![false; ours.len()];
    for (at, value) in given.iter().enumerate() {
        match equal.get_mut(&value.to_string()).and_then(Vec::pop) {
            Some(other) => mark(&mut used, other),
            None => open.push((at, value)),
        }
    }
    let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, value) in ours.iter().enumerate().rev() {
        if !used.get(at).copied().unwrap_or(true) {
            alike.entry(identity(value)).or_default().push(at);
        }
    }
    for (at, value) in open {
        let other = alike.get_mut(&identity(value)).and_then(Vec::pop);
        let path = format!("{path}[{at}]");
        match other.and_then(|other| ours.get(other)) {
            Some(other) => compare(&path, value, other, report),
            None => report.lose(format!("{path}: not understood: `{}`", brief(value))),
        }
    }
}

fn mark(used: &mut [bool], at: usize) {
    if let Some(used) = used.get_mut(at) {
        *used = true;
    }
}

/// What makes an entry the same one in both documents.
fn identity(value: &Value) -> String {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let names = ["uuid", "id", "control-id", "role-id", "observation-uuid"];
    if let Some(id) = names.iter().find_map(|name| text(name)) {
        return id.to_owned();
    }
    match text("name") {
        Some(name) => format!("{name} {:?} {:?}", text("ns"), text("group")),
        None if value.is_object() => String::new(),
        None => value.to_string(),
    }
}

/// Midnight in UTC has several spellings.
fn same_instant(one: &str, other: &str) -> bool {
    let short = |text: &str| -> Option<String> {
        let text = text
            .strip_suffix('Z')
            .or_else(|| text.strip_suffix("+00:00"))?;
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
        fraction
            .bytes()
            .all(|b| b == b'0')
            .then(|| seconds.to_owned())
    };
    let same = short(one).filter(|one| one.len() == 19 && Some(one) == short(other).as_ref());
    same.is_some()
}

fn brief(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}
