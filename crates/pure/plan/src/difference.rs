//! Where two parts of plans differ, in the words of the plan's own text.

use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Most characters shown of a value.
const SHOWN_MAX: usize = 200;

/// One field in which a part of a plan is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field, such as `on_failure.delay_ms` or `ports[level in].max_age_us`; empty if only the
    /// order differs.
    pub field: String,
    /// The value there; none if it is missing.
    planned: Option<String>,
    /// The value that should be there; none if nothing should.
    implied: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = &self.field;
        if field.is_empty() {
            return write!(f, "its lists are planned in another order");
        }
        match (&self.planned, &self.implied) {
            (Some(planned), Some(implied)) if planned == implied => {
                write!(
                    f,
                    "its lists are planned in another order, or a part of them twice"
                )
            }
            (Some(planned), Some(implied)) => {
                write!(
                    f,
                    "`{field}` is planned as `{planned}`, the model says `{implied}`"
                )
            }
            (Some(_), None) => write!(f, "`{field}` is planned, the model has no such"),
            (None, _) => write!(f, "`{field}` is in the model, the plan lacks it"),
        }
    }
}

/// Every field in which `planned` is not `implied`; at least one if they are not equal. Elements of
/// lists are told apart by what names them, wherever they stand.
pub fn differences<T: PartialEq + Serialize>(planned: &T, implied: &T) -> Vec<Difference> {
    let mut found = Vec::new();
    if planned != implied {
        let value = |own: &T| serde_json::to_value(own).unwrap_or_default();
        let (planned, implied) = (value(planned), value(implied));
        differ("", &planned, &implied, &mut found);
        if found.is_empty() {
            found.push(Difference {
                field: String::new(),
                planned: None,
                implied: None,
            });
        }
    }
    found
}

fn differ(field: &str, planned: &Value, implied: &Value, found: &mut Vec<Difference>) {
    if planned == implied {
        return;
    }
    let (planned_parts, implied_parts) = (parts(planned), parts(implied));
    if planned_parts.is_empty() && implied_parts.is_empty() {
        let (planned, implied) = (Some(shown(planned)), Some(shown(implied)));
        found.push(Difference {
            field: field.to_owned(),
            planned,
            implied,
        });
        return;
    }
    let keys: BTreeSet<&String> = planned_parts.keys().chain(implied_parts.keys()).collect();
    for key in keys {
        let field = format!("{field}{key}");
        let field = field.trim_start_matches('.');
        match (planned_parts.get(key), implied_parts.get(key)) {
            (Some(planned), Some(implied)) => differ(field, planned, implied, found),
            (planned, implied) => found.push(Difference {
                field: field.to_owned(),
                planned: planned.map(|own| shown(own)),
                implied: implied.map(|own| shown(own)),
            }),
        }
    }
}

/// The fields of an object; the elements of a list, by what names them.
fn parts(value: &Value) -> BTreeMap<String, &Value> {
    match value {
        Value::Object(fields) => {
            let field = |(key, own)| (format!(".{key}"), own);
            fields.iter().map(field).collect()
        }
        Value::Array(items) => {
            let mut parts = BTreeMap::new();
            for (item, number) in items.iter().zip(1..) {
                let words = ["name", "key", "direction"].map(|key| item.get(key)?.as_str());
                let words: Vec<&str> = words.into_iter().flatten().collect();
                let key = format!("[{}]", words.join(" "));
                let key = match parts.contains_key(&key) {
                    true => format!("{key} no. {number}"),
                    false => key,
                };
                parts.insert(key, item);
            }
            parts
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => BTreeMap::new(),
    }
}

/// A value in one line.
fn shown(value: &Value) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
