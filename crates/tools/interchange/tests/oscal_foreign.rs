//! Documents of other tools: what is understood is taken, everything else is listed.
#![expect(
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod oscal_common;

use interchange::oscal::{self, NS, Read};
use maturity::project::check;
use maturity::{Answer, Level, Method, Scope, has_errors};
use oscal_common::{day, documents, layers, projects, shipped, table};
use serde_json::{Value, json};
use source::Source;

fn read(documents: &[Value]) -> Read {
    let texts: Vec<Source> = documents
        .iter()
        .map(|document| Source::new("theirs.json", document.to_string()))
        .collect();
    oscal::read(&texts, shipped(), layers())
}

fn metadata(title: &str) -> Value {
    json!({
        "title": title, "last-modified": "2026-05-04T10:00:00+02:00", "version": "1",
        "oscal-version": "1.1.2",
        "roles": [{"id": "assessor", "title": "Assessor"}],
        "parties": [
            {"uuid": "p1", "type": "person", "name": "Ada Keller"},
            {"uuid": "p2", "type": "person", "name": "Bo Lind"},
        ],
        "responsible-parties": [{"role-id": "assessor", "party-uuids": ["p1"]}],
    })
}

fn results() -> Value {
    let finding = |uuid: &str, target: &str, state: &str, observation: &str| {
        json!({
            "uuid": uuid, "title": "a finding", "description": format!("seen in {uuid}"),
            "target": {"type": "objective-id", "target-id": target, "status": {"state": state}},
            "related-observations": [{"observation-uuid": observation}],
        })
    };
    json!({"assessment-results": {
        "uuid": "r", "metadata": metadata("Spring audit"), "import-ap": {"href": "#plan"},
        "results": [{
            "uuid": "r1", "title": "Spring audit", "description": "The line", "start": "2026-03-01T08:00:00Z",
            "end": "2026-03-31T17:00:00Z",
            "reviewed-controls": {"control-selections": [{"include-all": {}}]},
            "risks": [{"uuid": "k"}],
            "observations": [
                {"uuid": "o1", "description": "tried", "methods": ["TEST"], "collected": "2026-03-02T09:00:00Z",
                 "origins": [{"actors": [{"type": "party", "actor-uuid": "p2"}]}],
                 "relevant-evidence": [{"href": "#e1", "description": "list"}]},
                {"uuid": "o2", "description": "asked", "methods": ["UNKNOWN", "INTERVIEW"], "collected": "2026-03-03T09:00:00Z"},
                {"uuid": "o3", "description": "an aside", "methods": ["EXAMINE"], "collected": "2026-03-04T09:00:00Z"},
            ],
            "findings": [
                finding("f1", "E1.2-1.1", "satisfied", "o1"),
                finding("f2", "E1.2-1.2", "not-satisfied", "o2"),
                finding("f3", "E1.2_obj", "satisfied", "o1"),
                finding("f4", "ac-2", "satisfied", "o2"),
            ],
        }],
        "back-matter": {"resources": [{
            "uuid": "e1", "title": "Key list", "rlinks": [{"href": "files/keys.pdf", "hashes": [
                {"algorithm": "SHA-256", "value": "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"}]}],
        }]},
    }})
}

fn profile() -> Value {
    let prop = |name: &str, value: &str| json!({"name": name, "ns": NS, "value": value});
    let add = |props: Vec<Value>| json!([{"position": "starting", "props": props}]);
    json!({"profile": {
        "uuid": "p", "metadata": metadata("Wanted next year"),
        "imports": [{"href": "#c", "include-controls": [{"with-ids": ["E1.2", "G1.1", "H1.1", "ac-2"]}]}],
        "merge": {"as-is": true},
        "modify": {"set-parameters": [], "alters": [
            {"control-id": "E1.2", "adds": add(vec![
                prop("target-level", "3"), prop("target-scope", "system"), prop("because", "it is the way in"),
                json!({"name": "colour", "value": "red"}),
            ])},
            {"control-id": "G1.1", "adds": add(vec![prop("target-level", "7"), prop("target-scope", "general")])},
            {"control-id": "ac-2", "adds": add(vec![prop("target-level", "1"), prop("target-scope", "general")])},
        ]},
    }})
}

/// Places and first words of what was lost.
fn lost(read: &Read) -> Vec<&str> {
    read.lost.iter().map(String::as_str).collect()
}

#[test]
fn findings_about_indicators_become_answers() {
    let read = read(&[results()]);
    assert!(!has_errors(&read.findings), "{:?}", read.findings);
    let codes: Vec<_> = read
        .findings
        .iter()
        .map(|finding| finding.diagnostic.code)
        .collect();
    assert_eq!(codes, ["oscal-assumed", "oscal-assumed"]);
    let project = read.project.as_ref().unwrap();
    assert_eq!(
        (project.id.as_str(), project.title.as_str()),
        ("spring-audit", "Spring audit")
    );
    let assessment = &project.assessments[0];
    assert_eq!(
        (assessment.from, assessment.to),
        (day("2026-03-01"), day("2026-03-31"))
    );
    assert_eq!(assessment.assessors, ["ada-keller", "bo-lind"]);
    let [one, two] = assessment.answers.as_slice() else {
        unreachable!("{:?}", assessment.answers)
    };
    assert_eq!(
        (one.indicator.as_str(), one.answer),
        ("E1.2-1.1", Answer::Yes)
    );
    assert_eq!(
        (one.method, one.on),
        (Some(Method::Test), Some(day("2026-03-02")))
    );
    assert_eq!(
        (one.by.as_deref(), one.note.as_deref()),
        (Some("bo-lind"), Some("seen in f1"))
    );
    assert_eq!(one.evidence, ["key-list"]);
    assert_eq!(
        (two.indicator.as_str(), two.answer),
        ("E1.2-1.2", Answer::No)
    );
    assert_eq!(
        (two.method, two.by.as_deref()),
        (Some(Method::Interview), Some("ada-keller"))
    );
    let evidence = &project.evidence[0];
    assert_eq!(evidence.location.as_deref(), Some("files/keys.pdf"));
    assert_eq!(evidence.digest, Some(record::Digest::of(b"abc")));
    assert_eq!(
        lost(&read),
        [
            "$.assessment-results.results[0].risks: not understood",
            "$.assessment-results.results[0].findings[2].target: `E1.2_obj` is no indicator; levels of practices are not taken over",
            "$.assessment-results.results[0].findings[3].target: `ac-2` is no indicator; levels of practices are not taken over",
            "$.assessment-results.results[0].observations[2]: belongs to no finding about an indicator",
        ]
    );
    let findings = check(project, shipped(), &table(project), day("2026-11-22"));
    assert!(!has_errors(&findings), "{findings:?}");
}

#[test]
fn targets_with_level_and_scope_are_taken() {
    let read = read(&[profile()]);
    let project = read.project.as_ref().unwrap();
    let set = &project.targets[0];
    assert_eq!(
        (set.id.as_str(), set.by),
        ("wanted-next-year", day("2026-05-04"))
    );
    let [target] = set.practices.as_slice() else {
        unreachable!("{:?}", set.practices)
    };
    assert_eq!(target.practice, "E1.2");
    assert_eq!(
        (target.level, target.scope),
        (Level::new(3).unwrap(), Scope::System)
    );
    assert_eq!(target.because.as_deref(), Some("it is the way in"));
    assert_eq!(
        lost(&read),
        [
            "$.profile.modify.set-parameters: not understood",
            "$.profile.modify.alters[0].adds[0].props[3]: property `colour` not understood",
            "$.profile.modify.alters[1]: `G1.1` has no level 0 to 4 with a scope: level 7, scope general",
            "$.profile.modify.alters[2]: `ac-2` is no practice",
            "$.profile.imports[0].include-controls[0].with-ids[1]: `G1.1` has no target",
            "$.profile.imports[0].include-controls[0].with-ids[2]: `H1.1` has no target",
            "$.profile.imports[0].include-controls[0].with-ids[3]: `ac-2` is no practice",
        ]
    );
}

#[test]
fn documents_of_other_tools_are_added_to_a_project() {
    let project = projects().remove(4);
    let mut texts = documents(&project);
    for (name, document) in [("results", results()), ("profile", profile())] {
        texts.push(Source::new(format!("{name}.json"), document.to_string()));
    }
    let read = oscal::read(&texts, shipped(), layers());
    let joined = read.project.unwrap();
    assert_eq!(joined.targets.len(), project.targets.len() + 1);
    assert_eq!(joined.assessments.len(), project.assessments.len() + 1);
    assert_eq!(
        joined.assessments[..project.assessments.len()],
        project.assessments[..]
    );
    let known = joined
        .people
        .iter()
        .filter(|person| person.name == "Ada Keller")
        .count();
    assert_eq!(known, 1, "a person of the same name is the same person");
}

#[test]
fn catalogs_and_results_of_other_models_are_listed_and_make_no_project() {
    let catalog = json!({"catalog": {
        "uuid": "c", "metadata": metadata("Another catalog"),
        "groups": [{"id": "ac", "title": "Access", "controls": [{"id": "ac-1", "title": "Policy"}]}],
    }});
    let mut other = results();
    let findings = other["assessment-results"]["results"][0]["findings"]
        .as_array_mut()
        .unwrap();
    findings.drain(..3);
    let read = read(&[catalog, other]);
    assert!(read.project.is_none() && read.catalog.is_none());
    assert!(!has_errors(&read.findings), "{:?}", read.findings);
    assert_eq!(read.lost[0], "$.catalog: a catalog of another model");
    assert!(
        read.lost
            .iter()
            .any(|lost| lost.ends_with("no finding is about an indicator"))
    );
}

#[test]
fn a_finding_without_the_observation_it_rests_on_is_refused() {
    let mut document = results();
    let result = &mut document["assessment-results"]["results"][0];
    result["observations"].as_array_mut().unwrap().remove(0);
    let read = read(&[document]);
    assert_eq!(read.project, None);
    let told = &read.findings[0].diagnostic;
    assert_eq!(told.code, "oscal-incomplete");
    assert_eq!(
        told.message,
        "`$.assessment-results.results[0].findings[0]` rests on observation `o1`, which is not in the document"
    );
}
