//! An architecture as a document for machines: nothing is lost in it, and whatever is wrong with it,
//! it is refused or means what it says.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

use lang::architecture::{Architecture, Claim, End};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use source::Diagnostic;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

fn everything() -> &'static Architecture {
    static EVERYTHING: LazyLock<Architecture> = LazyLock::new(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/accept/everything.kdl");
        Architecture::of(&lang::read(&fs::read_to_string(path).unwrap()).model)
    });
    &EVERYTHING
}

fn original() -> Value {
    serde_json::to_value(everything()).unwrap()
}

/// The digest of the original.
fn digest() -> record::Digest {
    static DIGEST: LazyLock<record::Digest> =
        LazyLock::new(|| lang::read(&everything().text()).model.digest());
    *DIGEST
}

/// The model that a document says, if it is accepted, with what was understood of the document.
fn accepted(document: &str) -> Option<(Architecture, model::Model)> {
    let architecture: Architecture = serde_json::from_str(document).ok()?;
    let reading = lang::read(&architecture.text());
    let refused = reading.diagnostics.iter().any(Diagnostic::is_error);
    (!refused).then_some((architecture, reading.model))
}

/// Whether a claim names a group, which then stands for its nodes.
fn names_a_group(own: &Architecture) -> bool {
    let domains = own.domains.iter().map(|own| own.name.as_str());
    let zones = own.zones.iter().map(|own| own.name.as_str());
    let classes = own.data.iter().map(|own| own.name.as_str());
    let groups: Vec<&str> = domains.chain(zones).chain(classes).collect();
    let claims = own.requirements.iter().flat_map(|own| &own.claims);
    let names = claims.flat_map(|claim| match claim {
        Claim::Never { from, to, .. } => from.iter().chain(to).map(End::as_str).collect(),
        Claim::IfLost { lost, .. } => lost.iter().map(|own| own.as_str()).collect(),
        Claim::Fresh { .. } | Claim::Latency { .. } => Vec::new(),
    });
    names.into_iter().any(|name| groups.contains(&name))
}

/// Checks that a document that differs from the original is refused, or means something else as well:
/// nothing in it is overlooked. Answers whether it was accepted.
fn check(document: &str) -> bool {
    let Some((mut found, model)) = accepted(document) else {
        return false;
    };
    // What was written down of it says the same.
    let again = Architecture::of(&model);
    let text = serde_json::to_string(&again).unwrap();
    let (same, model_again) = accepted(&text).unwrap();
    assert_eq!(same, again);
    assert_eq!(model_again.digest(), model.digest());
    if model.digest() == digest() && !names_a_group(&found) {
        // An order can be said in several ways, and the only deployment there can be left out.
        found.labels = everything().labels.clone();
        found.deployments = everything().deployments.clone();
        assert_eq!(&found, everything());
    }
    true
}

#[test]
fn nothing_is_lost() {
    let document = serde_json::to_string_pretty(everything()).unwrap();
    let (found, model) = accepted(&document).unwrap();
    assert_eq!(&found, everything());
    assert_eq!(model.digest(), digest());
    assert!(check(&document));
}

#[test]
fn what_is_not_of_the_format_is_refused() {
    let refused = |change: &dyn Fn(&mut Value), why: &str| {
        let mut value = original();
        change(&mut value);
        let error = serde_json::from_value::<Architecture>(value).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    };
    refused(
        &|own| own["format"] = json!("bulkhead.architecture/2"),
        "bulkhead.architecture/2",
    );
    refused(
        &|own| own["comment"] = json!("x"),
        "unknown field `comment`",
    );
    refused(
        &|own| own["subjects"][0]["uses"] = json!([]),
        "unknown field `uses`",
    );
    refused(
        &|own| own["requirements"][0]["claims"][0]["until"] = json!(1),
        "unknown field `until`",
    );
    refused(
        &|own| own["subjects"][1]["on_failure"]["max"] = json!(1),
        "unknown field `max`",
    );
    refused(&|own| own["name"] = json!("a b"), "`a b` is not a name");
    refused(
        &|own| own["name"] = json!("a\u{1b}\n"),
        "`a\\u{1b}\\n` is not a name",
    );
    refused(
        &|own| own["deployments"][0]["subjects"] = json!(["all"]),
        "`all` is not a name",
    );
    refused(
        &|own| own["channels"][0]["to"] = json!("a.b.c"),
        "`a.b.c` is not a name",
    );
    refused(
        &|own| own["grants"][2]["emits"] = json!(["sample trend"]),
        "is not a name",
    );
    refused(&|own| own["zones"][0]["sl_t"] = json!(-1), "invalid value");
    refused(&|own| own["zones"][0]["sl_t"] = json!("1"), "invalid type");
    let twice = r#"{"format":"bulkhead.architecture/1","name":"a","name":"b"}"#;
    let error = serde_json::from_str::<Architecture>(twice).unwrap_err();
    assert!(
        error.to_string().contains("duplicate field `name`"),
        "{error}"
    );
    assert!(serde_json::from_str::<Architecture>(&"[".repeat(100_000)).is_err());
}

#[test]
fn what_the_language_refuses_is_refused_with_its_diagnostics() {
    let refused = |change: &dyn Fn(&mut Value), code: &str| {
        let mut value = original();
        change(&mut value);
        let architecture: Architecture = serde_json::from_value(value).unwrap();
        let codes: Vec<&str> = lang::read(&architecture.text())
            .diagnostics
            .iter()
            .filter(|own| own.is_error())
            .map(|own| own.code)
            .collect();
        assert!(codes.contains(&code), "{code}: {codes:?}");
    };
    refused(
        &|own| own["subjects"][0]["domain"] = json!("nowhere"),
        "unknown-name",
    );
    refused(
        &|own| own["channels"][0]["from"] = json!("filler.nothing"),
        "unknown-port",
    );
    refused(&|own| own["zones"][0]["sl_t"] = json!(5), "out-of-bounds");
    refused(
        &|own| own["types"][0]["fields"][0]["range"] = json!("5..4"),
        "bad-range",
    );
    refused(
        &|own| own["types"][0]["fields"][0]["size"] = json!(4),
        "unknown-property",
    );
    refused(
        &|own| own["subjects"][0]["period_us"] = json!(0),
        "bad-duration",
    );
    refused(
        &|own| own["subjects"][0]["memory_bytes"] = json!(u64::MAX),
        "bad-size",
    );
    refused(
        &|own| own["subjects"][0]["settings"][1]["key"] = json!("dry"),
        "repeated-property",
    );
    refused(
        &|own| own["grants"][0]["opens"]["address"] = json!("plc"),
        "bad-address",
    );
    refused(
        &|own| own["grants"][1]["out_secrecy"] = json!("public"),
        "wrong-side",
    );
    refused(
        &|own| own["grants"][3]["in_secrecy"] = json!("recipe"),
        "wrong-side",
    );
    refused(
        &|own| own["requirements"][0]["claims"][0]["to"] = json!([]),
        "missing-property",
    );
    refused(
        &|own| own["requirements"][1]["claims"][0]["keep"] = json!([]),
        "missing-argument",
    );
    refused(
        &|own| own["deployments"][0]["subjects"] = json!([]),
        "missing-argument",
    );
    let all_twice = json!([
        "filler",
        "filler",
        "guard",
        "historian",
        "remote",
        "gate",
        "watcher"
    ]);
    refused(
        &|own| own["deployments"][0]["subjects"] = all_twice.clone(),
        "listed-twice",
    );
}

/// Every place in a document, in its order.
fn places(value: &mut Value) -> usize {
    let inner: usize = match value {
        Value::Array(list) => list.iter_mut().map(places).sum(),
        Value::Object(map) => map.values_mut().map(places).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    inner + 1
}

/// The value at a place.
fn at(value: &mut Value, mut place: usize) -> &mut Value {
    if place == 0 {
        return value;
    }
    place -= 1;
    let children: Vec<&mut Value> = match value {
        Value::Array(list) => list.iter_mut().collect(),
        Value::Object(map) => map.values_mut().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for child in children {
        let count = places(child);
        if place < count {
            return at(child, place);
        }
        place -= count;
    }
    panic!("a place is in the document")
}

#[derive(Clone, Debug)]
enum Damage {
    /// Another value of the document.
    Copy(Index, Index),
    Set(Index, Value),
    Remove(Index, Index),
    Rename(Index, Index, &'static str),
    Repeat(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let values = prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("a b"),
        json!("all"),
        json!("x.y"),
        json!("filler"),
        json!("plc"),
        json!("\" }"),
        json!("\n}"),
        json!("//"),
        json!("\u{0}"),
        json!([]),
        json!({}),
    ]);
    let keys = prop::sample::select(vec!["name", "secrecy", "from", "x", "kind", "claim", ""]);
    prop_oneof![
        any::<(Index, Index)>().prop_map(|(to, from)| Damage::Copy(to, from)),
        (any::<Index>(), values).prop_map(|(at, value)| Damage::Set(at, value)),
        any::<(Index, Index)>().prop_map(|(at, child)| Damage::Remove(at, child)),
        (any::<Index>(), any::<Index>(), keys)
            .prop_map(|(at, child, key)| Damage::Rename(at, child, key)),
        any::<(Index, Index)>().prop_map(|(at, child)| Damage::Repeat(at, child)),
    ]
}

fn apply(document: &mut Value, damage: Damage) {
    let count = places(document);
    let key = |map: &serde_json::Map<String, Value>, child: Index| -> Option<String> {
        let keys: Vec<&String> = map.keys().collect();
        (!keys.is_empty()).then(|| keys[child.index(keys.len())].clone())
    };
    match damage {
        Damage::Copy(to, from) => {
            let copy = at(document, from.index(count)).clone();
            *at(document, to.index(count)) = copy;
        }
        Damage::Set(place, value) => *at(document, place.index(count)) = value,
        Damage::Remove(place, child) => match at(document, place.index(count)) {
            Value::Array(list) if !list.is_empty() => {
                list.remove(child.index(list.len()));
            }
            Value::Object(map) => {
                key(map, child).map(|key| map.remove(&key));
            }
            _ => {}
        },
        Damage::Rename(place, child, name) => {
            if let Value::Object(map) = at(document, place.index(count))
                && let Some(key) = key(map, child)
                && let Some(value) = map.remove(&key)
            {
                map.insert(name.to_owned(), value);
            }
        }
        Damage::Repeat(place, child) => {
            if let Value::Array(list) = at(document, place.index(count))
                && !list.is_empty()
            {
                let again = list[child.index(list.len())].clone();
                list.push(again);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_document_is_refused_or_means_what_it_says(
        damages in prop::collection::vec(damage(), 1..3),
    ) {
        let mut value = original();
        damages.into_iter().for_each(|damage| apply(&mut value, damage));
        check(&value.to_string());
    }

    #[test]
    fn a_document_with_other_bytes_is_refused_or_means_what_it_says(
        bytes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..3),
    ) {
        let mut document = serde_json::to_vec(everything()).unwrap();
        for (place, byte) in bytes {
            let place = place.index(document.len());
            document[place] = byte % 0x60 + 0x20;
        }
        check(&String::from_utf8_lossy(&document));
    }
}

#[test]
fn a_change_that_makes_sense_is_accepted() {
    // Otherwise the properties above would show nothing.
    let original = serde_json::to_string(everything()).unwrap();
    for (from, to) in [("\"sl_t\":2", "\"sl_t\":3"), ("330", "331")] {
        let changed = original.replace(from, to);
        assert!(changed != original && check(&changed), "{to}");
        assert!(accepted(&changed).unwrap().1.digest() != digest());
    }
}
