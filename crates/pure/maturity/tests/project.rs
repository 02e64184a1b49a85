//! Projects, profiles and crosswalks: what is read, and what bad input gets.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod common;

use common::{show, texts};
use maturity::catalog::{self, Catalog};
use maturity::compose::{Conflict, Effective, compose};
use maturity::profile::Profile;
use maturity::project::{self, Opened, Project};
use maturity::{Answer, Date, Finding, Level, Scope, crosswalk, profile};
use source::Source;
use std::sync::OnceLock;

const PROJECT: &str = include_str!("data/project.kdl");
const LAYER: &str = include_str!("data/layer.kdl");

fn shipped() -> &'static Catalog {
    static SHIPPED: OnceLock<Catalog> = OnceLock::new();
    SHIPPED.get_or_init(|| catalog::read(&texts("catalog/smm")).0)
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn layer(text: &str) -> (Option<Profile>, Vec<Finding>) {
    profile::read(&Source::new("layer.kdl", text), shipped())
}

fn open(text: &str) -> Opened {
    let layers: Vec<Profile> = layer(LAYER).0.into_iter().collect();
    let text = Source::new("project.kdl", text);
    project::open(&text, shipped(), &layers, date("2026-11-22"))
}

fn sample() -> (Project, Effective) {
    let opened = open(PROJECT);
    let text = [Source::new("project.kdl", PROJECT)];
    assert_eq!(show(&text, &opened.findings), "");
    (opened.project.unwrap(), opened.table)
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings
        .iter()
        .map(|finding| finding.diagnostic.code)
        .collect()
}

/// Replaces the first `from` of the sample by `to` and gives the codes that are then reported.
fn check(from: &str, to: &str) -> Vec<&'static str> {
    assert!(PROJECT.contains(from), "the sample has no {from}");
    codes(&open(&PROJECT.replacen(from, to, 1)).findings)
}

#[test]
fn the_sample_is_read_without_findings() {
    let (project, table) = sample();
    assert_eq!(project.assessments[0].answers.len(), 9);
    assert_eq!(project.assessments[0].answers[2].evidence, ["keys", "scan"]);
    assert_eq!(table.defined("E1.2", Scope::Industry), Level::new(2));
    assert_eq!(
        table.row("FL-E1.2-1.1").unwrap().origin.name,
        "filling-line"
    );
}

#[test]
fn targets_fall_back_to_drafts_of_subdomain_then_domain() {
    let (project, _) = sample();
    let at = |practice: &str| {
        let target = project.targets[0].of(practice)?;
        Some(format!(
            "{} {} at {}",
            target.level, target.scope, target.set_at
        ))
    };
    assert_eq!(at("G2.1").unwrap(), "3 general at G2.1");
    assert_eq!(at("G1.2").unwrap(), "1 general at G1");
    assert_eq!(at("G3.1").unwrap(), "2 general at G");
    assert_eq!(at("H1.1"), None);
}

#[test]
fn both_written_forms_lose_nothing() {
    let (project, _) = sample();
    let json = serde_json::to_string(&project).unwrap();
    let text = project::write(&project);
    let again = open(&text);
    assert_eq!(codes(&again.findings), Vec::<&str>::new(), "{text}");
    assert_eq!(
        serde_json::to_string(&again.project.unwrap()).unwrap(),
        json
    );
    let read: Project = serde_json::from_str(&json).unwrap();
    assert_eq!(project::write(&read), text);
    let extra = json.replacen("{\"format\"", "{\"surprise\":1,\"format\"", 1);
    assert!(serde_json::from_str::<Project>(&extra).is_err());
    assert!(serde_json::from_str::<Project>(&json.replace("\"level\":3", "\"level\":5")).is_err());
}

#[test]
fn the_json_form_is_opened_and_checked_like_the_other() {
    let (project, _) = sample();
    let json = project::write_json(&project);
    let again = open(&json);
    assert_eq!(codes(&again.findings), Vec::<&str>::new());
    assert_eq!(project::write_json(&again.project.unwrap()), json);
    for (from, to, expected) in [
        (
            "\"indicator\": \"E1.2-1.3\"",
            "\"indicator\": \"E9.9-1.3\"",
            "unknown-indicator",
        ),
        (
            "\"practice\": \"H2.2\"",
            "\"practice\": \"Threat Modeling\"",
            "unknown-practice",
        ),
        ("project/1\"", "project/7\"", "unknown-format"),
        ("\"level\": 3", "\"level\": 5", "bad-json"),
        ("\"answer\": \"yes\"", "\"answer\": \"perhaps\"", "bad-json"),
        ("2026-03-02", "2026-02-31", "bad-json"),
        ("\"goals\"", "\"gaols\"", "bad-json"),
    ] {
        assert!(json.contains(from), "{from}");
        let found = open(&json.replacen(from, to, 1));
        assert_eq!(
            codes(&found.findings).first(),
            Some(&expected),
            "{from} -> {to}"
        );
    }
    let deep = format!("{{\"format\": {}", "[".repeat(100_000));
    assert_eq!(codes(&open(&deep).findings), ["bad-json"]);
}

#[test]
fn a_duty_without_any_target_is_found() {
    let found = check(
        "    practice H2.2 level=1 scope=general because=\"notices are cheap\"\n",
        "",
    );
    assert_eq!(found, ["target-below-obligation"]);
}

#[test]
fn odd_words_survive_writing() {
    let odd = "a \"b\" \\ c\n{ é #true";
    let (mut project, _) = sample();
    project.title = odd.to_owned();
    project.notes = vec!["1".to_owned(), "true".to_owned(), odd.to_owned()];
    let again = open(&project::write(&project)).project.unwrap();
    assert_eq!((again.title, again.notes), (project.title, project.notes));
}

#[test]
fn every_fault_of_a_project_is_found() {
    for (from, to, expected) in [
        (
            "title \"Line one\"",
            "title (french)\"Line one\"",
            &["unknown-word"][..],
        ),
        ("person bob", "(who)person bob", &["unknown-word"]),
        (
            "maturity-project line-one",
            "project line-one",
            &["no-project", "unknown-word"][..],
        ),
        ("format 1", "format 9", &["unknown-format"]),
        (
            "title \"Line one\"",
            "title \"Line one\"; colour blue",
            &["unknown-word"],
        ),
        (
            "consequence=serious",
            "consequence=serious size=1",
            &["unknown-field"],
        ),
        (
            "perspective integrator",
            "perspective passenger",
            &["not-a-choice"],
        ),
        (
            "on=\"2026-03-02\" evidence",
            "on=\"2026-02-30\" evidence",
            &["bad-date", "answer-without-date"],
        ),
        ("least=5000", "least=-1", &["bad-amount"]),
        (
            "goal uptime says",
            "goal \"up time\" says",
            &["bad-id", "unknown-word"],
        ),
        (
            "version=\"1.0.0\"",
            "version=\"0.9.0\"",
            &["catalog-differs"],
        ),
        (
            "version=2",
            "version=1",
            &[
                "unknown-profile",
                "scope-without-layer",
                "unknown-indicator",
            ],
        ),
        (
            "practice H2.2",
            "practice Z9.9",
            &["unknown-practice", "target-below-obligation"],
        ),
        (
            "practice G2.1 ",
            "practice \"Threat Modelling\" ",
            &["alias-used"],
        ),
        (
            "practice H2.2 level=1",
            "practice H2.2 level=5",
            &["level-out-of-range", "target-below-obligation"],
        ),
        ("draft G1 ", "draft Q7 ", &["unknown-part"]),
        (
            "answer E1.2-1.3",
            "answer E1.2-1.33",
            &["unknown-indicator"],
        ),
        ("closes G2.1-3.1", "closes G2.1-9.1", &["unknown-indicator"]),
        ("owner bob", "owner dan", &["unknown-person"]),
        ("evidence=keys", "evidence=kexs", &["unknown-evidence"]),
        (
            "concern remote-stop\n",
            "concern remote-shop\n",
            &["unknown-concern"],
        ),
        ("    goal uptime\n", "    goal profit\n", &["unknown-word"]),
        (
            "after threat-model",
            "after threat-modal",
            &["unknown-action"],
        ),
        ("after threat-model", "after review", &["action-cycle"]),
        (
            "yes by=ada method=test",
            "yes method=test",
            &["answer-without-assessor"],
        ),
        (
            "yes by=ada method=test",
            "yes by=cleo method=test",
            &["not-an-assessor"],
        ),
        (
            "yes by=ada method=test",
            "yes by=ada",
            &["answer-without-method"],
        ),
        (
            "method=test on=\"2026-03-02\"",
            "method=test",
            &["answer-without-date"],
        ),
        (
            "method=test on=\"2026-03-02\"",
            "method=test on=\"2026-12-24\"",
            &["date-in-future"],
        ),
        (
            "method=test on=\"2026-03-02\"",
            "method=test on=\"2026-06-24\"",
            &["review-before-answers", "answer-outside-period"],
        ),
        (
            "reviewed by=cleo on=\"2026-04-02\"\n    approved by=cleo on=\"2026-04-03\"",
            "reviewed by=cleo on=\"2026-03-30\"\n    approved by=cleo on=\"2026-03-30\"",
            &["approval-in-period"],
        ),
        (
            "approved by=cleo on=\"2026-04-03\"",
            "approved by=cleo on=\"2026-03-01\"",
            &[
                "approval-before-review",
                "approval-in-period",
                "approval-before-answers",
            ],
        ),
        (
            "reviewed by=cleo on=\"2026-04-02\"",
            "reviewed by=cleo on=\"2026-03-01\"",
            &["review-before-answers"],
        ),
        (
            "reviewed by=cleo on=\"2026-04-02\"\n    approved by=cleo on=\"2026-04-03\"",
            "reviewed by=cleo on=\"2026-03-31\"\n    approved by=cleo on=\"2026-03-31\"",
            &[],
        ),
        (
            "dated=\"2026-02-01\"",
            "dated=\"2027-01-01\"",
            &["date-in-future"],
        ),
        (
            "valid-until=\"2027-02-01\"",
            "valid-until=\"2026-05-01\"",
            &["evidence-expired"],
        ),
        (
            "from=\"2026-03-01\" to=\"2026-03-31\"",
            "from=\"2026-03-01\" to=\"2026-02-01\"",
            &["period-reversed", "answer-outside-period"],
        ),
        (
            "because=\"no office network\"",
            "",
            &["not-applicable-without-reason"],
        ),
        ("approved-by=cleo", "", &["not-applicable-without-approval"]),
        ("approved-by=cleo", "approved-by=ada", &["own-approval"]),
        ("approved by=cleo", "approved by=bob", &["own-approval"]),
        (
            "approved by=cleo on=\"2026-04-03\"",
            "",
            &["frozen-without-approval"],
        ),
        (
            "reviewed by=cleo on=\"2026-04-02\"",
            "",
            &["review-missing"],
        ),
        (
            "state frozen",
            "state draft",
            &["approval-too-early", "review-too-early"],
        ),
        (
            "approved by=cleo on=\"2026-04-03\"",
            "approved by=cleo on=\"2026-04-01\"",
            &["approval-before-review"],
        ),
        (
            "yes by=bob method=interview",
            "yes by=ada method=interview",
            &["duplicate-answer"],
        ),
        (
            "    judge G2.1",
            "    judge G2.1 level=1 scope=general by=ada on=\"2026-03-05\" because=x\n    judge G2.1",
            &["duplicate-judgement"],
        ),
        (
            "    minimum H2.2",
            "    minimum H2.2 level=1 scope=general because=x\n    minimum H2.2",
            &["said-twice"],
        ),
        (
            "    touches E1.2",
            "    touches E1.2 scope=industry level=2 because=x\n    touches E1.2",
            &["said-twice"],
        ),
        (
            "answer E1.2-1.3 yes by=ada",
            "answer E1.2-1.3 yes computed-by=x",
            &["computed-for-person"],
        ),
        (
            "computed-by=unneeded-channels-absent",
            "computed-by=something",
            &["wrong-check"],
        ),
        (
            "computed-by=unneeded-channels-absent",
            "by=ada method=test",
            &["missing-field"],
        ),
        (
            "model=\"ba78",
            "model=\"zz78",
            &["bad-id", "computed-without-model"],
        ),
        (
            "judge G2.1 level=2 scope=general",
            "judge G2.1 level=2 scope=system",
            &["judged-undefined-scope"],
        ),
        (
            "because=\"notices are cheap\"",
            "",
            &["target-without-reason"],
        ),
        (
            "practice G2.1 level=3 scope=general {",
            "practice G2.1 level=2 scope=general {",
            &["override-without-justification"],
        ),
        ("practice E2.1 level=3", "practice G2.2 level=3", &[]),
        (
            "concern remote-stop\n",
            "concern remote-stop\n override by=cleo on=\"2026-01-01\" because=x\n",
            &["override-of-nothing"],
        ),
        (
            "practice E2.1 level=3 scope=general",
            "practice E2.1 level=3 scope=system",
            &["scope-without-layer"],
        ),
        (
            "practice H2.2 level=1",
            "practice H2.2 level=0",
            &["target-below-obligation"],
        ),
        ("most=9000", "most=4000", &["cost-reversed"]),
        (
            "    closes G2.1-3.2\n",
            "    closes G2.1-3.2\n    since \"2026-01-01\"\n",
            &["since-without-evidence"],
        ),
        (
            "    closes G2.1-3.2\n",
            "    closes G2.1-3.2\n    since \"2029-01-01\"\n    evidence keys\n",
            &["date-in-future"],
        ),
        (
            "    closes G2.1-3.2\n",
            "    closes G2.1-3.2\n    evidence nothing\n",
            &["unknown-evidence"],
        ),
        ("    closes G2.1-3.2\n", "", &["action-closes-nothing"]),
        (
            "person bob",
            "person ada",
            &["duplicate-id", "unknown-person"],
        ),
        ("draft G1 ", "draft G ", &["duplicate-id"]),
    ] {
        let mut found = check(from, to);
        found.sort_unstable();
        found.dedup();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{from} -> {to}");
    }
}

#[test]
fn a_text_that_no_cell_holds_is_refused() {
    for (from, field) in [
        ("because=\"notices are cheap\"", "because"),
        ("title=\"Key list\"", "title"),
    ] {
        for (length, expected) in [(32_767, &[][..]), (32_768, &["text-too-long"][..])] {
            let text = format!("{field}=\"{}\"", "ä".repeat(length));
            assert_eq!(check(from, &text), expected, "{field} {length}");
        }
    }
}

#[test]
fn nothing_is_frozen_that_holds_nothing() {
    let mut text = String::new();
    for line in PROJECT.lines() {
        let inside = ["answer ", "judge ", "model="];
        if !inside
            .iter()
            .any(|word| line.trim_start().starts_with(word))
        {
            text += line;
            text += "\n";
        }
    }
    let opened = open(&text);
    let codes: Vec<&str> = opened
        .findings
        .iter()
        .map(|one| one.diagnostic.code)
        .collect();
    assert_eq!(codes, ["frozen-without-content"]);
    assert!(maturity::has_errors(&opened.findings));
}

#[test]
fn what_is_too_much_is_refused_before_work_is_done() {
    let many: String = (0..2_001)
        .map(|n| format!("action a{n} due=\"2026-01-01\" {{ title t }}\n"))
        .collect();
    let found = check("  action review", &format!("{many}  action review"));
    assert_eq!(found, ["too-much"]);
}

#[test]
fn a_name_that_is_nearly_right_is_suggested() {
    let opened = open(&PROJECT.replacen("answer E1.2-1.3", "answer E1.2-1.33", 1));
    let help = opened.findings[0].diagnostic.help.clone().unwrap();
    assert_eq!(help, "did you mean `E1.2-1.3`");
    let text = Source::new(
        "p",
        PROJECT.replacen("answer E1.2-1.3", "answer E1.2-1.33", 1),
    );
    assert!(
        text.slice(opened.findings[0].diagnostic.span())
            .starts_with("answer E1.2-1.33 yes")
    );
}

#[test]
fn every_fault_of_a_profile_is_found() {
    for (from, to, expected) in [
        (
            "profile filling-line",
            "perfil filling-line",
            &["no-profile", "unknown-word"][..],
        ),
        (
            "profile filling-line",
            "profile \"filling line\"",
            &["bad-id"],
        ),
        ("kind=industry", "kind=planet", &["not-a-choice"]),
        ("version=2", "", &["missing-field"]),
        (
            "practice=E1.2 level=2 scope=industry {",
            "practice=E1.9 level=2 scope=industry {",
            &["unknown-practice"],
        ),
        (
            "practice=E1.2 level=2 scope=industry {",
            "practice=E1.2 level=0 scope=industry {",
            &["level-out-of-range"],
        ),
        (
            "indicator FL-E1.2-2.1",
            "indicator FL-E1.2-1.1",
            &["duplicate-id", "indicator-id"],
        ),
        (
            "indicator FL-E1.2-2.1",
            "indicator E1.2-2.1",
            &["duplicate-id", "indicator-id"],
        ),
        (
            "indicator FL-E1.2-2.1",
            "indicator FL-E1.2-2.x",
            &["indicator-id"],
        ),
        (
            "who=asset-owner+integrator",
            "who=asset-owner+cook",
            &["not-a-choice"],
        ),
        (
            "because \"two firms share the line\"",
            "",
            &["missing-field", "surplus"],
        ),
        (
            "source person",
            "source person; check x",
            &["check-surplus"],
        ),
        (
            "evidence \"Key list\"",
            "evidence",
            &["evidence-count", "missing-argument"],
        ),
    ] {
        // The reason of the target is a line's argument in no form: it is a property or a child.
        let text = LAYER.replace("because \"two", "because=\"two");
        let from = from.replace("because \"two", "because=\"two");
        let mut found = codes(&layer(&text.replacen(&from, to, 1)).1);
        found.sort_unstable();
        found.dedup();
        let mut expected = expected.to_vec();
        expected.retain(|code| *code != "surplus");
        expected.sort_unstable();
        assert_eq!(found, expected, "{from} -> {to}");
    }
    let empty = "profile p kind=aspect perspective=operator version=1 { title t; about a }";
    assert_eq!(codes(&layer(empty).1), ["empty-profile"]);
}

#[test]
fn every_fault_of_a_crosswalk_is_found() {
    let good = "crosswalk std:1 role=asset-owner version=1 {
        standard \"Std\" edition=\"1\"
        note \"ours\"
        map G1.1 level=1 to=\"std:1/A\" relation=equal confidence=low basis=outline why=\"w\"
        map E1.2 level=2 to=\"std:1/B\" relation=intersects confidence=high basis=law in-force=\"2026-09-11\" why=\"w\"
    }";
    let check = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        let text = Source::new("c", good.replacen(from, to, 1));
        let mut found = codes(&crosswalk::read(&text, shipped()).1);
        found.dedup();
        found
    };
    assert_eq!(check("note", "note"), Vec::<&str>::new());
    assert_eq!(
        check("crosswalk", "crossing"),
        ["no-crosswalk", "unknown-word"]
    );
    assert_eq!(
        check("crosswalk std:1", "crosswalk std"),
        ["unversioned-key", "key-of-other-standard"]
    );
    assert_eq!(check("std:1/A", "A"), ["unversioned-key"]);
    assert_eq!(check("std:1/A", "std:2/A"), ["key-of-other-standard"]);
    assert_eq!(
        check(
            "map E1.2 level=2 to=\"std:1/B\"",
            "map G1.1 level=1 to=\"std:1/A\""
        ),
        ["duplicate-mapping"]
    );
    assert_eq!(check("relation=equal", "relation=like"), ["not-a-choice"]);
    assert_eq!(check("2026-09-11", "2026-9-11"), ["bad-date"]);
    assert_eq!(check("level=1", "level=0"), ["level-out-of-range"]);
    assert_eq!(
        check("standard \"Std\" edition=\"1\"", ""),
        ["missing-field"]
    );
}

#[test]
fn results_elsewhere_suggest_and_never_answer_beyond_the_relation() {
    let relation = |relation: &str| {
        let text = format!(
            "crosswalk s:1 version=1 {{ standard s edition=\"1\"; note n
            map G1.1 level=1 to=\"s:1/A\" relation={relation} confidence=low basis=outline why=w }}"
        );
        let set = crosswalk::read(&Source::new("c", text), shipped())
            .0
            .unwrap();
        use crosswalk::Outcome::{Met, NotMet, Partly};
        [Met, Partly, NotMet].map(|outcome| {
            let found = set.suggest([("s:1/A", outcome), ("s:1/other", outcome)]);
            assert!(found.len() < 2);
            found.first().map(|suggestion| suggestion.expect)
        })
    };
    let (yes, partly, no) = (Some(Answer::Yes), Some(Answer::Partly), Some(Answer::No));
    assert_eq!(relation("equal"), [yes, partly, no]);
    assert_eq!(relation("subset"), [yes, None, None]);
    assert_eq!(relation("superset"), [partly, partly, no]);
    assert_eq!(relation("intersects"), [partly, partly, None]);
}

#[test]
fn layers_compose_in_any_order_and_their_conflicts_are_reported() {
    let one = layer(LAYER).0.unwrap();
    let other = LAYER
        .replace(
            "profile filling-line kind=industry perspective=integrator",
            "profile box kind=system perspective=operator",
        )
        .replace("Which roles?", "Which?")
        .replace(
            "target practice=E1.2 level=2",
            "target practice=E1.2 level=1",
        );
    let other = layer(&other).0.unwrap();
    let newer = layer(&LAYER.replace("version=2", "version=3")).0.unwrap();
    let all = [one.clone(), other.clone(), newer.clone()];
    let table = compose(shipped(), &all);
    let reversed = compose(shipped(), &[newer, other, one]);
    assert_eq!(table, reversed);
    assert_eq!(table.rows.len(), 328);
    let kinds: Vec<&str> = table
        .conflicts
        .iter()
        .map(|conflict| match conflict {
            Conflict::SameId { indicator, .. } => indicator.as_str(),
            Conflict::Targets { .. } => "targets",
            Conflict::Perspectives { .. } => "perspectives",
            Conflict::Versions { .. } => "versions",
        })
        .collect();
    assert_eq!(
        kinds,
        ["FL-E1.2-2.1", "targets", "perspectives", "versions"]
    );
    assert_eq!(table.targets.len(), 2);
    assert_ne!(table.digest(), compose(shipped(), &[]).digest());
}

#[test]
fn shipped_profiles_and_crosswalks_are_read_without_findings() {
    for text in texts("catalog/crosswalks") {
        let (set, findings) = crosswalk::read(&text, shipped());
        assert_eq!(show(&[text], &findings), "");
        assert!(!set.unwrap().mappings.is_empty());
    }
    let mut layers = Vec::new();
    for text in texts("catalog/profiles") {
        let (profile, findings) = profile::read(&text, shipped());
        assert_eq!(show(&[text], &findings), "");
        let profile = profile.unwrap();
        let table = compose(shipped(), std::slice::from_ref(&profile));
        for target in profile.targets.iter() {
            let defined = table.defined(&target.practice, target.scope);
            let name = format!("{} {} {}", profile.id, target.practice, target.scope);
            assert!(
                defined.is_some_and(|most| most >= target.level),
                "{name} can never be met"
            );
        }
        layers.push(profile);
    }
    let table = compose(shipped(), &layers);
    let same = table
        .conflicts
        .iter()
        .filter(|conflict| matches!(conflict, Conflict::SameId { .. }));
    assert_eq!(same.count(), 0);
}

#[test]
fn every_code_has_a_test_that_names_it() {
    let tests = [
        include_str!("project.rs"),
        include_str!("catalog.rs"),
        include_str!("../src/fault.rs"),
    ];
    for code in maturity::codes() {
        let named = tests
            .iter()
            .map(|text| text.matches(&format!("\"{code}\"")).count())
            .sum::<usize>();
        assert!(named >= 2, "no test provokes {code}");
    }
}

#[test]
fn cut_and_scrambled_projects_never_panic() {
    let mut state = 7_u64;
    for end in (0..PROJECT.len())
        .step_by(97)
        .filter(|end| PROJECT.is_char_boundary(*end))
    {
        open(&PROJECT[..end]);
        let mut words: Vec<&str> = PROJECT[..end].split(' ').collect();
        for at in (1..words.len()).rev() {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            words.swap(at, (state >> 33) as usize % (at + 1));
        }
        open(&words.join(" "));
    }
}

#[test]
fn the_example_of_the_documentation_has_no_errors() {
    let text = include_str!("../../../../docs/maturity.md");
    let start = text.find("```kdl\n").unwrap() + 7;
    let end = start + text[start..].find("```").unwrap();
    let text = [Source::new("maturity.md", &text[start..end])];
    let layers: Vec<Profile> = texts("catalog/profiles")
        .iter()
        .filter_map(|text| profile::read(text, shipped()).0)
        .collect();
    let opened = project::open(&text[0], shipped(), &layers, date("2026-11-22"));
    assert_eq!(show(&text, &opened.findings), "");
    let project = opened.project.unwrap();
    assert_eq!(project.targets[0].practices[0].practice, "E1.2");
}
