//! How an item becomes properties and comes back.
//!
//! A structure is written leaf by leaf: the name of a property is the way to the leaf
//! (`touches.1.practice`; lists count from 1, `_` becomes `-`), its group names the kind of item,
//! its class says what is not a plain text. The position in the project's list is a property too.
//!
//! OSCAL's values are single lines without outer spaces. A text that is none, or that begins with a
//! quote, is written as a JSON string with class `quoted`; so any text comes back as it was.

use super::NS;
use super::types::Prop;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The property that holds the position of an item in its list, from 1.
pub(super) const POSITION: &str = "position";
/// Deepest nesting of an item that is read.
const DEPTH_MAX: usize = 8;

/// A property in our namespace without a group: shown to others, not read back.
pub(super) fn shown(name: &str, value: &str) -> Prop {
    let (value, class) = encode(value);
    Prop {
        name: name.to_owned(),
        ns: Some(NS.to_owned()),
        value,
        class: class.map(str::to_owned),
        group: None,
        remarks: None,
    }
}

/// The properties of an item, without the fields in `but`, which the caller writes elsewhere.
pub(super) fn item(
    group: &str,
    position: Option<usize>,
    what: &impl Serialize,
    but: &[&str],
) -> Vec<Prop> {
    // The items are plain structures: texts, numbers and lists of them.
    let mut value = serde_json::to_value(what).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.retain(|name, _| !but.contains(&name.as_str()));
    }
    let mut props = Vec::new();
    if let Some(position) = position {
        let mut prop = shown(POSITION, &(position + 1).to_string());
        prop.class = Some("number".to_owned());
        props.push(prop);
    }
    flatten("", &value, &mut props);
    for prop in &mut props {
        prop.group = Some(group.to_owned());
    }
    props
}

fn flatten(way: &str, value: &Value, props: &mut Vec<Prop>) {
    let below = |step: &str| match way {
        "" => step.replace('_', "-"),
        _ => format!("{way}.{}", step.replace('_', "-")),
    };
    let mut leaf = |value: &str, class: &str| {
        let mut prop = shown(way, value);
        prop.class = Some(class.to_owned());
        props.push(prop);
    };
    match value {
        Value::Null => {}
        Value::Bool(truth) => leaf(if *truth { "yes" } else { "no" }, "truth"),
        Value::Number(number) => leaf(&number.to_string(), "number"),
        Value::String(text) => props.push(shown(way, text)),
        Value::Array(all) if all.is_empty() => leaf("none", "empty"),
        Value::Array(all) => {
            for (at, one) in all.iter().enumerate() {
                flatten(&below(&(at + 1).to_string()), one, props);
            }
        }
        Value::Object(fields) => {
            for (name, one) in fields {
                flatten(&below(name), one, props);
            }
        }
    }
}

/// A text as a value of OSCAL, and its class.
fn encode(text: &str) -> (String, Option<&'static str>) {
    if is_line(text) && !text.starts_with('"') {
        return (text.to_owned(), None);
    }
    // What JSON leaves as it is and OSCAL does not take for part of a line.
    let quoted = Value::from(text).to_string();
    let mut line = String::with_capacity(quoted.len());
    for c in quoted.chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            line.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            line.push(c);
        }
    }
    (line, Some("quoted"))
}

/// True if a text is a string of OSCAL: one line, not empty, no outer spaces.
pub(super) fn is_line(text: &str) -> bool {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    !text.is_empty() && text.trim() == text && !text.contains(breaks)
}

/// A text as a single line for a place that takes only such; may lose spaces.
pub(super) fn line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}')
        .filter(|word| !word.is_empty())
        .collect();
    match words.is_empty() {
        true => "-".to_owned(),
        false => words.join(" "),
    }
}

/// A text as an identifier of OSCAL, which begins with a letter and goes on with letters, digits,
/// `.`, `-` and `_`. Other texts get a name made from their digest.
pub(super) fn token(text: &str) -> String {
    let first = text
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let rest = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if first && text.chars().all(rest) {
        text.to_owned()
    } else {
        format!("_{}", record::Digest::of(text.as_bytes()).short())
    }
}

/// A property as it is read: name, value, class.
pub(super) type Given<'v> = (&'v str, &'v str, Option<&'v str>);

/// The item behind the properties of one group, and its position. Errors are messages for people.
pub(super) fn unflatten(
    given: &[Given<'_>],
) -> Result<(Option<usize>, Map<String, Value>), String> {
    let mut position = None;
    let mut root = Node::default();
    for (name, value, class) in given {
        let value = decode(name, value, *class)?;
        if *name == POSITION {
            position = value.as_u64().and_then(|at| usize::try_from(at).ok());
            continue;
        }
        root.put(name, value, 0)?;
    }
    match root.into_value()? {
        Value::Object(fields) => Ok((position, fields)),
        _ => Err("the properties are a list and not an item".to_owned()),
    }
}

/// The value behind a property. Errors are messages for people.
pub(super) fn decode(name: &str, value: &str, class: Option<&str>) -> Result<Value, String> {
    let wrong = |what: &str| format!("the property `{name}` is not {what}: `{value}`");
    match class {
        None => Ok(Value::from(value)),
        Some("quoted") => match serde_json::from_str(value) {
            Ok(Value::String(text)) => Ok(Value::String(text)),
            _ => Err(wrong("a quoted text")),
        },
        Some("number") => match serde_json::from_str(value) {
            Ok(Value::Number(number)) => Ok(Value::Number(number)),
            _ => Err(wrong("a number")),
        },
        Some("truth") => match value {
            "yes" => Ok(Value::Bool(true)),
            "no" => Ok(Value::Bool(false)),
            _ => Err(wrong("`yes` or `no`")),
        },
        Some("empty") => Ok(Value::Array(Vec::new())),
        Some(other) => Err(format!(
            "the property `{name}` has the unknown class `{other}`"
        )),
    }
}

/// A structure while it is put together.
#[derive(Default)]
struct Node {
    leaf: Option<Value>,
    below: BTreeMap<String, Node>,
}

impl Node {
    fn put(&mut self, way: &str, value: Value, depth: usize) -> Result<(), String> {
        if depth > DEPTH_MAX {
            return Err(format!("the property `{way}` is nested too deeply"));
        }
        let (step, rest) = match way.split_once('.') {
            Some((step, rest)) => (step, Some(rest)),
            None => (way, None),
        };
        let node = self.below.entry(step.replace('-', "_")).or_default();
        match rest {
            Some(rest) => node.put(rest, value, depth + 1),
            None if node.leaf.is_some() => Err(format!("the property `{step}` is given twice")),
            None => {
                node.leaf = Some(value);
                Ok(())
            }
        }
    }

    fn into_value(self) -> Result<Value, String> {
        let mixed = || "a property is both a value and a structure".to_owned();
        if let Some(leaf) = self.leaf {
            return if self.below.is_empty() {
                Ok(leaf)
            } else {
                Err(mixed())
            };
        }
        let number = |step: &String| step.parse::<usize>().ok();
        if !self.below.keys().any(|step| number(step).is_some()) {
            let fields = self.below.into_iter();
            let fields = fields.map(|(name, node)| Ok((name, node.into_value()?)));
            return Ok(Value::Object(fields.collect::<Result<_, String>>()?));
        }
        let mut numbered = BTreeMap::new();
        for (step, node) in self.below {
            let at = step.parse::<usize>().map_err(|_| mixed())?;
            numbered.insert(at, node.into_value()?);
        }
        if !numbered.keys().copied().eq(1..=numbered.len()) {
            return Err("the numbers of a list have a hole".to_owned());
        }
        Ok(Value::Array(numbered.into_values().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn back(props: &[Prop]) -> Result<(Option<usize>, Map<String, Value>), String> {
        let given: Vec<Given<'_>> = props
            .iter()
            .map(|p| (p.name.as_str(), p.value.as_str(), p.class.as_deref()))
            .collect();
        unflatten(&given)
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![any::<String>(), "[ \"\\\\\u{2028}\n\r\ta]{0,6}"];
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z][a-z_]{0,5}[a-z]", inner, 1..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_item_comes_back(
            fields in prop::collection::btree_map("[a-z][a-z_]{0,5}[a-z]", any_value(), 1..5),
            at in 0_usize..1000,
        ) {
            prop_assume!(!fields.contains_key(POSITION));
            let value: Map<String, Value> = fields.into_iter().collect();
            let props = item("thing", Some(at), &value, &[]);
            for prop in &props {
                prop_assert!(is_line(&prop.value), "{prop:?}");
                prop_assert!(token(&prop.name) == prop.name);
            }
            prop_assert_eq!(back(&props), Ok((Some(at + 1), value)));
        }
    }

    #[test]
    fn what_is_no_item_is_refused() {
        for (given, why) in [
            (vec![("a", "x", Some("number"))], "number"),
            (vec![("a", "x", Some("quoted"))], "quoted"),
            (vec![("a", "x", Some("colour"))], "class"),
            (vec![("a", "x", None), ("a", "y", None)], "twice"),
            (vec![("a", "x", None), ("a.b", "y", None)], "both"),
            (vec![("a.1", "x", None), ("a.3", "y", None)], "hole"),
            (vec![("a.1", "x", None), ("a.b", "y", None)], "both"),
            (vec![("a.b.c.d.e.f.g.h.i.j.k", "x", None)], "deep"),
            (vec![("1", "x", None)], "list"),
        ] {
            let error = unflatten(&given).unwrap_err();
            assert!(error.contains(why), "{given:?}: {error}");
        }
    }
}
