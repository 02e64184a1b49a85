//! What a document says beyond what was understood: it is compared with what would be written for
//! what was read. Whatever differs was added or changed by another tool and is lost.

use super::at::Report;
use super::metadata::DIGEST;
use super::props::POSITION;
use serde_json::Value;
use std::collections::BTreeMap;

/// What every tool changes in the metadata when it writes a document.
const CHANGING: [&str; 4] = ["last-modified", "published", "version", "oscal-version"];

/// Lists everything in the document `given` that is not in `ours`, apart from what changes anyway.
/// `path` is the way to both.
pub(super) fn losses(path: &str, given: &Value, ours: &Value, report: &mut Report) {
    for (name, value) in given.as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        match (name.as_str(), ours.get(name)) {
            ("uuid", _) => {}
            ("metadata", Some(ours)) => metadata(&path, value, ours, report),
            (_, ours) => field(&path, value, ours, report),
        }
    }
}

fn metadata(path: &str, given: &Value, ours: &Value, report: &mut Report) {
    for (name, value) in given.as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        let ours = ours.get(name);
        match (
            name.as_str(),
            value.as_array(),
            ours.and_then(Value::as_array),
        ) {
            (name, _, _) if CHANGING.contains(&name) => {}
            ("props", Some(given), Some(ours)) => {
                let kept = |prop: &Value| prop.get("name").and_then(Value::as_str) != Some(DIGEST);
                entries(&path, given, ours, kept, report);
            }
            _ => field(&path, value, ours, report),
        }
    }
}

fn field(path: &str, given: &Value, ours: Option<&Value>, report: &mut Report) {
    match ours {
        Some(ours) => compare(path, given, ours, report),
        None => report.lose(format!("{path}: not understood")),
    }
}

fn compare(path: &str, given: &Value, ours: &Value, report: &mut Report) {
    // Positions shift if only some of the documents are read; they mean nothing else.
    if given == ours || given.get("name").and_then(Value::as_str) == Some(POSITION) {
        return;
    }
    match (given, ours) {
        (Value::Object(given), Value::Object(ours)) => {
            for (name, value) in given {
                field(&format!("{path}.{name}"), value, ours.get(name), report);
            }
        }
        (Value::Array(given), Value::Array(ours)) => entries(path, given, ours, |_| true, report),
        (Value::String(given), Value::String(ours)) if same_instant(given, ours) => {}
        _ => report.lose(format!(
            "{path}: `{}` is not what follows from the rest: `{}`",
            brief(given),
            brief(ours)
        )),
    }
}

/// Entries that are `kept` are matched by equality, then by what identifies them, then by order.
fn entries(
    path: &str,
    given: &[Value],
    ours: &[Value],
    kept: impl Fn(&Value) -> bool,
    report: &mut Report,
) {
    let mut equal: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, value) in ours.iter().enumerate().rev() {
        equal.entry(value.to_string()).or_default().push(at);
    }
    let mut open: Vec<(usize, &Value)> = Vec::new();
    let mut used = vec![false; ours.len()];
    for (at, value) in given.iter().enumerate().filter(|(_, value)| kept(value)) {
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
