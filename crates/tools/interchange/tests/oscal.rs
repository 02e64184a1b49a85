//! Projects as OSCAL documents and back: nothing is lost, or it is listed.
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

mod oscal_common;

use interchange::oscal::{self, Additions, Read, Subject};
use maturity::Word;
use maturity::gap::{Stands, gaps};
use maturity::project::Project;
use maturity::score::score;
use maturity::settle::{Now, Standing, settle};
use oscal_common::{day, documents, layers, projects, shipped, table};
use serde_json::{Value, json};
use source::Source;

fn read(texts: &[Source]) -> Read {
    oscal::read(texts, shipped(), layers())
}

fn codes(read: &Read) -> Vec<&'static str> {
    read.findings
        .iter()
        .map(|finding| finding.diagnostic.code)
        .collect()
}

/// Reads documents that must be without fault.
fn project_of(texts: &[Source]) -> Project {
    let read = read(texts);
    assert!(
        read.findings.is_empty() && read.lost.is_empty(),
        "{:?} {:?}",
        read.findings,
        read.lost
    );
    read.project.unwrap()
}

/// A document after a change, as another tool writes it.
fn changed(text: &Source, change: impl FnOnce(&mut Value)) -> Source {
    let mut value: Value = serde_json::from_str(&text.text).unwrap();
    change(&mut value);
    Source::new(text.name.clone(), value.to_string())
}

fn named<'s>(texts: &'s [Source], name: &str) -> &'s Source {
    texts
        .iter()
        .find(|text| text.name.starts_with(name))
        .unwrap()
}

#[test]
fn every_project_comes_back_equal() {
    let projects = projects();
    assert_eq!(projects.len(), 5);
    for project in projects {
        assert_eq!(project_of(&documents(&project)), project);
    }
}

#[test]
fn the_order_of_the_documents_does_not_matter() {
    let project = &projects()[0];
    let mut texts = documents(project);
    texts.reverse();
    assert_eq!(project_of(&texts), *project);
    texts.extend(documents(project).into_iter().skip(1));
    assert_eq!(project_of(&texts), *project);
}

#[test]
fn equal_input_gives_equal_bytes_and_other_input_other_documents() {
    let project = &projects()[4];
    let (one, other) = (documents(project), documents(project));
    assert_eq!(
        one.iter().map(|t| &t.text).collect::<Vec<_>>(),
        other.iter().map(|t| &t.text).collect::<Vec<_>>()
    );
    let mut renamed = project.clone();
    renamed.title.push_str(" two");
    let uuid = |text: &Source| {
        let value: Value = serde_json::from_str(&text.text).unwrap();
        let root = value.as_object().unwrap().values().next().unwrap();
        root["uuid"].as_str().unwrap().to_owned()
    };
    let before: Vec<String> = one.iter().map(uuid).collect();
    let after: Vec<String> = documents(&renamed).iter().map(uuid).collect();
    assert_eq!(before[0], after[0], "the catalog is the same");
    assert!(before.iter().zip(&after).skip(1).all(|(a, b)| a != b));
}

#[test]
fn the_catalog_comes_back_with_what_layers_add() {
    for project in projects() {
        let table = table(&project);
        let read = read(&documents(&project)[..1]);
        assert_eq!((&read.findings, &read.lost), (&Vec::new(), &Vec::new()));
        assert_eq!(read.project, None);
        let catalog = read.catalog.unwrap();
        assert_eq!(catalog.catalog, *shipped());
        assert_eq!(catalog.added, Additions::of(&table));
    }
}

/// The value of one of our properties for others to see.
fn shown<'v>(value: &'v Value, name: &str) -> &'v str {
    let props = value["props"].as_array().unwrap();
    let ours = |prop: &&Value| {
        prop["ns"] == oscal::NS && prop["name"] == name && prop.get("group").is_none()
    };
    props.iter().find(ours).unwrap()["value"].as_str().unwrap()
}

#[test]
fn a_finding_is_satisfied_if_and_only_if_the_target_is_met() {
    let mut seen = std::collections::BTreeSet::new();
    for project in projects() {
        let table = table(&project);
        for (assessment, set) in project
            .assessments
            .iter()
            .flat_map(|one| project.targets.iter().map(move |set| (one, set)))
        {
            let of = Subject::new(&project, shipped(), &table, day("2026-11-22"));
            let text = oscal::assessment_results(&of, assessment, Some(set));
            let document: Value = serde_json::from_str(&text).unwrap();
            let result = &document["assessment-results"]["results"][0];
            let settled = settle(&project, assessment, &table, &Now::default());
            let scores = score(&table, &settled);
            let gaps = gaps(&scores, set);
            let wanted: Vec<_> = gaps.iter().filter(|gap| gap.target.is_some()).collect();
            let findings = result["findings"].as_array().unwrap();
            assert_eq!(findings.len(), wanted.len());
            for (finding, gap) in findings.iter().zip(wanted) {
                let target = gap.target.as_ref().unwrap();
                let state = finding["target"]["status"]["state"].as_str().unwrap();
                assert_eq!(
                    finding["target"]["target-id"],
                    format!("{}_obj", gap.practice)
                );
                assert_eq!(state == "satisfied", gap.met);
                assert_eq!(shown(finding, "target-level"), target.level.to_string());
                assert_eq!(shown(finding, "target-scope"), target.scope.as_str());
                // Where nobody looked nobody knows how much is missing.
                match gap.stands {
                    Stands::NotJudged => assert!(!finding["props"].to_string().contains("\"gap\"")),
                    _ => assert_eq!(shown(finding, "gap"), gap.gap.to_string()),
                }
                assert_eq!(shown(finding, "surplus"), gap.surplus.to_string());
                // What lies above the target was never asked.
                let rows = table.rows_of(&gap.practice).iter();
                let missing = rows.filter(|row| match settled.standing(&row.what.id) {
                    Standing::Missing => {
                        row.what.level <= target.level && row.what.scope <= target.scope
                    }
                    standing => standing == Standing::Unknown,
                });
                assert_eq!(shown(finding, "missing"), missing.count().to_string());
                seen.insert(state.to_owned());
            }
            let observations = result["observations"].as_array().map_or(0, Vec::len);
            assert_eq!(
                observations,
                assessment.answers.len() + assessment.judgements.len()
            );
        }
    }
    assert_eq!(seen.len(), 2, "both states occur");
}

#[test]
fn what_another_tool_adds_or_changes_is_listed() {
    let project = &projects()[4];
    let texts = documents(project);
    let at = |name: &str| {
        texts
            .iter()
            .position(|text| text.name.starts_with(name))
            .unwrap()
    };
    type Change = (&'static str, &'static str, fn(&mut Value), &'static str);
    let changes: [Change; 8] = [
        (
            "profile-1",
            "$.profile.metadata.title: ",
            |d| d["profile"]["metadata"]["title"] = json!("other"),
            "other",
        ),
        (
            "profile-1",
            "$.profile.merge",
            |d| d["profile"]["merge"] = json!({"flat": {}}),
            "flat",
        ),
        (
            "profile-1",
            "$.profile.modify.set-parameters",
            |d| d["profile"]["modify"]["set-parameters"] = json!([{"param-id": "x"}]),
            "not understood",
        ),
        (
            "profile-demands",
            "$.profile.metadata.props[",
            |d| {
                d["profile"]["metadata"]["props"]
                    .as_array_mut()
                    .unwrap()
                    .insert(0, json!({"name": "keywords", "value": "line"}))
            },
            "keywords",
        ),
        (
            "profile-demands",
            "$.profile.back-matter.resources[",
            |d| {
                d["profile"]["back-matter"]["resources"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!({"uuid": "u", "title": "Their plan"}))
            },
            "Their plan",
        ),
        (
            "results",
            "$.assessment-results.results[0].risks",
            |d| d["assessment-results"]["results"][0]["risks"] = json!([{}]),
            "not understood",
        ),
        (
            "results",
            "$.assessment-results.results[0].observations[1].methods[0]",
            |d| {
                d["assessment-results"]["results"][0]["observations"][1]["methods"] =
                    json!(["GUESS"])
            },
            "GUESS",
        ),
        (
            "catalog",
            "$.catalog.groups[0].links",
            |d| d["catalog"]["groups"][0]["links"] = json!([{"href": "#x"}]),
            "not understood",
        ),
    ];
    for (document, place, change, words) in changes {
        let mut texts = texts.clone();
        let document = at(document);
        texts[document] = changed(&texts[document], change);
        let read = read(&texts);
        assert!(read.findings.is_empty(), "{place}: {:?}", read.findings);
        assert_eq!(read.lost.len(), 1, "{place}: {:?}", read.lost);
        assert!(
            read.lost[0].starts_with(place) && read.lost[0].contains(words),
            "{:?}",
            read.lost
        );
        assert_eq!(
            read.project.as_ref(),
            Some(project),
            "the properties are the truth"
        );
    }
}

#[test]
fn a_level_that_was_tampered_with_is_noticed() {
    let texts = documents(&projects()[0]);
    let results = named(&texts, "results-2");
    let spoilt = Source::new(
        "results.json",
        results
            .text
            .replacen("\"not-satisfied\"", "\"satisfied\"", 1),
    );
    let mut all: Vec<Source> = texts
        .iter()
        .filter(|t| t.name != results.name)
        .cloned()
        .collect();
    all.push(spoilt);
    let read = read(&all);
    assert_eq!(read.lost.len(), 1, "{:?}", read.lost);
    assert!(
        read.lost[0].contains(".status.state: `satisfied` is not what follows"),
        "{:?}",
        read.lost
    );
}

#[test]
fn an_export_without_a_document_or_a_part_of_one_is_refused() {
    let project = &projects()[0];
    let texts = documents(project);
    let refused = |some: &[Source], code: &str, words: &str| {
        let read = read(some);
        assert_eq!(read.project, None, "{words}");
        let finding = read.findings.first().unwrap();
        assert_eq!(
            finding.diagnostic.code, code,
            "{words}: {:?}",
            read.findings
        );
        assert!(
            finding.diagnostic.message.contains(words),
            "{:?}",
            read.findings
        );
    };
    for missing in 1..texts.len() {
        let mut some = texts.clone();
        some.remove(missing);
        refused(&some, "oscal-incomplete", " of ");
    }
    let answers: usize = project
        .assessments
        .iter()
        .map(|one| one.answers.len())
        .sum();
    let results = texts
        .iter()
        .position(|text| text.name.starts_with("results-2"))
        .unwrap();
    let one: fn(&mut Value) = |result| {
        result["observations"].as_array_mut().unwrap().pop();
    };
    let all: fn(&mut Value) = |result| {
        result.as_object_mut().unwrap().remove("observations");
    };
    for (spoil, left) in [(one, answers - 1), (all, 0)] {
        let mut some = texts.clone();
        some[results] = changed(&some[results], |document| {
            spoil(&mut document["assessment-results"]["results"][0]);
        });
        refused(
            &some,
            "oscal-incomplete",
            &format!("{left} of {answers} answers"),
        );
    }
    let mut some = texts.clone();
    let other = some[results]
        .text
        .replace("\"2026-10-05\"", "\"2026-10-06\"");
    assert_ne!(other, some[results].text);
    some[results] = Source::new("results.json", other);
    refused(
        &some,
        "oscal-changed",
        "is not the project that was exported",
    );
    let mut some = texts.clone();
    for text in &mut some[1..] {
        let digest = "project-digest";
        assert!(text.text.contains(digest));
        *text = Source::new(text.name.clone(), text.text.replace(digest, "their-digest"));
    }
    refused(&some, "oscal-changed", "in place of none");
}

#[test]
fn documents_of_two_projects_do_not_mix() {
    let projects = projects();
    let mut texts = documents(&projects[0]);
    texts.extend(documents(&projects[1]).into_iter().skip(1));
    let read = read(&texts);
    assert!(
        codes(&read).contains(&"oscal-conflict"),
        "{:?}",
        codes(&read)
    );
    assert_eq!(read.project, None);
}

#[test]
fn several_results_in_one_document_are_read() {
    let project = &projects()[0];
    let mut texts = documents(project);
    let second = named(&texts, "results-2").clone();
    let second: Value = serde_json::from_str(&second.text).unwrap();
    let first = texts
        .iter()
        .position(|text| text.name.starts_with("results-1"))
        .unwrap();
    texts[first] = changed(&texts[first], |document| {
        let results = document["assessment-results"]["results"]
            .as_array_mut()
            .unwrap();
        results.push(second["assessment-results"]["results"][0].clone());
        for list in ["/metadata/parties", "/back-matter/resources"] {
            let list = format!("/assessment-results{list}");
            let more = second.pointer(&list).unwrap().as_array().unwrap().clone();
            document
                .pointer_mut(&list)
                .unwrap()
                .as_array_mut()
                .unwrap()
                .extend(more);
        }
    });
    texts.retain(|text| !text.name.starts_with("results-2"));
    let read = read(&texts);
    let read = read.project.unwrap();
    assert_eq!(read.assessments, project.assessments);
}
