//! Whatever comes in: a finding with its place, or a project; never a panic, and never more words
//! than can be read.
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod oscal_common;

use interchange::oscal::{self, LOST_MAX, Read};
use maturity::project::{Project, read_json, write_json};
use maturity::{DIAGNOSTICS_MAX, has_errors};
use oscal_common::{documents, layers, projects, shipped, table};
use proptest::prelude::*;
use serde_json::{Value, json};
use source::Source;
use std::sync::OnceLock;

fn read(texts: &[Source]) -> Read {
    oscal::read(texts, shipped(), layers())
}

fn one(text: &str) -> Read {
    read(&[Source::new("document.json", text)])
}

/// The documents of the project that uses every field, without the large catalog.
fn sample() -> &'static [Source] {
    static SAMPLE: OnceLock<Vec<Source>> = OnceLock::new();
    SAMPLE.get_or_init(|| documents(&projects()[4]).split_off(1))
}

/// The first finding: its code, and a piece of its message.
fn first(read: &Read) -> (&'static str, String) {
    let finding = &read.findings[0];
    assert!(finding.diagnostic.help.is_some());
    (finding.diagnostic.code, finding.diagnostic.message.clone())
}

#[test]
fn what_is_no_document_is_refused_with_its_place() {
    let deep = "[".repeat(100_000);
    let cases: [(&str, &str, &str); 12] = [
        ("", "oscal-not-json", "EOF"),
        ("{\"catalog\": ", "oscal-not-json", "EOF"),
        (&deep, "oscal-not-json", "recursion"),
        ("[]", "oscal-unknown-document", "`$`"),
        ("{}", "oscal-unknown-document", "nothing"),
        (
            "{\"system-security-plan\": {}}",
            "oscal-unknown-document",
            "`system-security-plan`",
        ),
        (
            "{\"catalog\": {}, \"profile\": {}}",
            "oscal-unknown-document",
            "`catalog`, `profile`",
        ),
        ("{\"profile\": []}", "oscal-unknown-document", "`$.profile`"),
        (
            "{\"profile\": {}}",
            "oscal-version",
            "`$.profile.metadata.oscal-version`",
        ),
        (
            "{\"profile\": {\"metadata\": {\"oscal-version\": \"2.0\"}}}",
            "oscal-version",
            "`2.0`",
        ),
        ("\u{feff}{}", "oscal-not-json", ""),
        ("{\"profile\": 1e999}", "oscal-not-json", "number"),
    ];
    for (text, code, words) in cases {
        let read = one(text);
        let (found, message) = first(&read);
        assert_eq!(found, code, "{message}");
        assert!(message.contains(words), "{message}");
        assert!(read.project.is_none());
    }
}

#[test]
fn a_syntax_error_is_found_at_its_byte() {
    let text = "{\n  \"profile\": nonsense\n}";
    let read = one(text);
    let span = read.findings[0].diagnostic.span();
    assert!(text[span.range()].starts_with(['o', 'n']), "{span:?}");
    assert_eq!(Source::new("x", text).position(span.start).line, 2);
}

#[test]
fn a_text_that_is_too_long_is_not_looked_at() {
    let read = one(&" ".repeat((32 << 20) + 1));
    assert_eq!(first(&read).0, "oscal-too-much");
}

/// Documents after one property of some document got another value.
fn with_value(name: &str, group: &str, value: &str) -> Vec<Source> {
    let mut changed = 0;
    let texts = sample().iter().map(|text| {
        let mut document: Value = serde_json::from_str(&text.text).unwrap();
        visit(&mut document, &mut |at| {
            if at["name"] == name && at["group"] == group {
                at["value"] = json!(value);
                changed += 1;
            }
        });
        Source::new(text.name.clone(), document.to_string())
    });
    let texts: Vec<Source> = texts.collect();
    assert!(changed > 0, "{name} of {group}");
    texts
}

fn visit(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    if value.is_object() {
        change(value);
    }
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|one| visit(one, change)),
        Value::Array(all) => all.iter_mut().for_each(|one| visit(one, change)),
        _ => {}
    }
}

#[test]
fn values_that_cannot_be_are_reported_with_their_place_and_nothing_is_imported() {
    let cases = [
        ("level", "target", "5", "`5`", ".modify.alters["),
        (
            "level",
            "target",
            "three",
            "not a number",
            ".modify.alters[",
        ),
        (
            "scope",
            "target",
            "galaxy",
            "unknown variant `galaxy`",
            ".modify.alters[",
        ),
        (
            "by",
            "target-set",
            "2026-02-30",
            "date",
            "$.profile.metadata",
        ),
        ("answer", "answer", "perhaps", "`perhaps`", ".observations["),
        ("on", "answer", "yesterday", "date", ".observations["),
        ("perspective", "project", "bird", "`bird`", ".metadata"),
        (
            "computed.model",
            "answer",
            "beef",
            "hexadecimal",
            ".observations[",
        ),
        ("cost.least", "action", "-1", "-1", ".resources["),
    ];
    for (name, group, value, words, place) in cases {
        let texts = with_value(name, group, value);
        let read = read(&texts);
        let (code, message) = first(&read);
        assert_eq!(code, "oscal-bad-item", "{message}");
        assert!(
            message.contains(words) && message.contains(place),
            "{message}"
        );
        assert!(!message.contains("struct"), "{message}");
        assert!(read.project.is_none());
    }
}

#[test]
fn findings_and_losses_are_bounded() {
    let many = 3 * (LOST_MAX + DIAGNOSTICS_MAX);
    let mut results: Value = serde_json::from_str(&sample()[2].text).unwrap();
    let result = &mut results["assessment-results"]["results"][0];
    let bad = json!({"uuid": "x", "props": [
        {"name": "answer", "ns": oscal::NS, "value": "perhaps", "group": "answer"},
    ]});
    result["observations"] = Value::Array(vec![bad; many]);
    let read = one(&results.to_string());
    assert_eq!(read.findings.len(), DIAGNOSTICS_MAX + 1);
    let links = vec![json!({"href": "#x".repeat(4000)}); many];
    let mut profile: Value = serde_json::from_str(&sample()[0].text).unwrap();
    profile["profile"]["back-matter"]["resources"]
        .as_array_mut()
        .unwrap()
        .extend(links);
    let read = one(&profile.to_string());
    assert_eq!(read.lost.len(), LOST_MAX + 1);
    assert!(read.lost.iter().all(|lost| lost.chars().count() <= 401));
    assert!(read.lost[LOST_MAX].starts_with("and "));
}

/// Replaces the values at some places of a document.
fn spoil(document: &mut Value, at: usize, by: &Value) {
    let mut count = 0;
    fn count_all(value: &Value) -> usize {
        1 + match value {
            Value::Object(fields) => fields.values().map(count_all).sum(),
            Value::Array(all) => all.iter().map(count_all).sum(),
            _ => 0,
        }
    }
    fn walk(value: &mut Value, count: &mut usize, at: usize, by: &Value) {
        if *count == at {
            *value = by.clone();
        }
        *count += 1;
        match value {
            Value::Object(fields) => fields.values_mut().for_each(|one| walk(one, count, at, by)),
            Value::Array(all) => all.iter_mut().for_each(|one| walk(one, count, at, by)),
            _ => {}
        }
    }
    let at = at % count_all(document);
    walk(document, &mut count, at, by);
}

fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[{"props": 3}]])),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "(level|position|E1.2|answer|18446744073709551615)".prop_map(Value::from),
    ]
}

/// Texts of a project that are free, by the name of their field.
const FREE: [&str; 12] = [
    "title", "boundary", "notes", "name", "role", "says", "because", "location", "note", "id",
    "source", "currency",
];

fn with_texts(project: &Project, texts: &[String]) -> Project {
    fn walk<'t>(value: &mut Value, free: bool, next: &mut impl Iterator<Item = &'t String>) {
        match value {
            Value::Object(fields) => {
                for (name, one) in fields {
                    walk(one, FREE.contains(&name.as_str()), next);
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|one| walk(one, free, next)),
            Value::String(text) if free => next.next().unwrap().clone_into(text),
            _ => {}
        }
    }
    let mut value: Value = serde_json::from_str(&write_json(project)).unwrap();
    walk(&mut value, false, &mut texts.iter().cycle());
    let text = Source::new("project.json", value.to_string());
    let (project, findings) = read_json(&text);
    assert!(findings.is_empty(), "{findings:?}");
    project.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        let read = one(&text);
        prop_assert!(read.project.is_none() && has_errors(&read.findings));
    }

    #[test]
    fn spoilt_documents_are_answered(
        which in 0_usize..3,
        spoilt in prop::collection::vec((any::<usize>(), anything()), 1..6),
    ) {
        let mut texts = sample().to_vec();
        let mut document: Value = serde_json::from_str(&texts[which].text).unwrap();
        for (at, by) in &spoilt {
            // The root stays, so that the inner parts are reached.
            let root = document.as_object_mut().unwrap().values_mut().next().unwrap();
            spoil(root, *at, by);
        }
        texts[which] = Source::new("spoilt.json", document.to_string());
        let read = read(&texts);
        prop_assert!(read.findings.iter().all(|f| f.diagnostic.message.chars().count() <= 401));
    }

    #[test]
    fn any_texts_of_a_project_come_back(texts in prop::collection::vec(any::<String>(), 1..40)) {
        let mut project = with_texts(&projects()[4], &texts);
        // Ids must differ: what has one id in two places is one thing.
        for (at, set) in project.targets.iter_mut().enumerate() {
            set.id.push_str(&at.to_string());
        }
        for (at, assessment) in project.assessments.iter_mut().enumerate() {
            assessment.id.push_str(&at.to_string());
        }
        let table = table(&project);
        let of = oscal::Subject::new(&project, shipped(), &table, project.targets[0].by);
        let texts: Vec<Source> = oscal::bundle(&of).into_iter().skip(1).map(|(n, t)| Source::new(n, t)).collect();
        let read = read(&texts);
        prop_assert_eq!(read.lost, Vec::<String>::new());
        prop_assert_eq!(read.project, Some(project));
    }
}
