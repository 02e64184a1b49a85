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
use maturity::example::{self, CASES, Of};
use maturity::profile::Profile;
use maturity::project::{self, Opened, Project};
use maturity::{Answer, Date, Level, Located, Scope, crosswalk, profile};
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

fn layer(text: &str) -> (Option<Profile>, Vec<Located>) {
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

fn codes(findings: &[Located]) -> Vec<&'static str> {
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
    let catalog = texts("catalog/smm");
    let spoiled: Vec<_> = CASES.iter().filter(|case| case.of == Of::Json).collect();
    assert!(spoiled.len() >= 7);
    for case in spoiled {
        let found = codes(&case.read(&catalog).unwrap().findings);
        assert_eq!(found.first(), case.codes.first(), "{case:?}");
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

/// What is reported of each case of some texts, without doubles and in order, beside what is expected.
fn cases(of: &[Of]) -> usize {
    let texts = texts("catalog/smm");
    let mut tried = 0;
    for case in CASES.iter().filter(|case| of.contains(&case.of)) {
        let mut found = codes(&case.read(&texts).unwrap().findings);
        found.sort_unstable();
        found.dedup();
        let mut expected = case.codes.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{case:?}");
        tried += 1;
    }
    tried
}

#[test]
fn every_fault_of_a_project_is_found() {
    assert!(cases(&[Of::Project]) >= 68);
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
    assert_eq!(help, "did you mean `E1.2-1.3`?");
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
fn each_fix_mends_what_it_is_about() {
    let texts = texts("catalog/smm");
    let mut fixed = std::collections::BTreeSet::new();
    for case in CASES {
        let example = case.read(&texts).unwrap();
        let own = example
            .texts
            .iter()
            .position(|text| text.name == example.wrong.name);
        let all: Vec<_> = example
            .findings
            .iter()
            .filter(|one| Some(one.text) == own)
            .collect();
        for one in all.iter().filter(|one| !one.diagnostic.fix.is_empty()) {
            let mended = source::edited(&example.wrong.text, &one.diagnostic.fix).unwrap();
            let left = case.read_as(mended, &texts).unwrap();
            let same = |other: &Located| {
                other.text == one.text && other.diagnostic.message == one.diagnostic.message
            };
            let count = all.iter().filter(|other| same(other)).count();
            assert!(
                left.findings.iter().filter(|other| same(other)).count() < count,
                "{case:?}: {one:?}"
            );
            fixed.insert(one.diagnostic.code);
        }
    }
    let fixed: Vec<_> = fixed.into_iter().collect();
    assert_eq!(
        fixed,
        [
            "bad-date",
            "unknown-field",
            "unknown-practice",
            "unknown-word"
        ]
    );
}

#[test]
fn every_fault_of_a_profile_is_found() {
    assert!(cases(&[Of::Profile, Of::Aspect]) >= 14);
}

#[test]
fn every_fault_of_a_crosswalk_is_found() {
    assert!(cases(&[Of::Crosswalk]) >= 9);
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
fn every_code_has_an_example_and_a_test_that_names_it() {
    let catalog = texts("catalog/smm");
    let too_large = ["too-many-faults", "too-much", "text-too-long"];
    let tests = [include_str!("project.rs"), include_str!("../src/fault.rs")].concat();
    for code in maturity::codes() {
        let Some(case) = example::of(code) else {
            assert!(too_large.contains(&code), "no example of {code}");
            assert!(tests.matches(&format!("\"{code}\"")).count() >= 3, "{code}");
            continue;
        };
        let example = case.read(&catalog).unwrap();
        let (text, said) = example.said(code);
        assert!(!said.is_empty(), "{code} in {}", text.name);
    }
}

#[test]
fn what_is_changed_in_the_examples_is_right_without_it() {
    let of = |code: &str| example::of(code).and_then(|case| case.read(&texts("catalog/smm")));
    let found = |code: &str| of(code).unwrap().right;
    assert_eq!(codes(&open(&found("own-approval")).findings), [""; 0]);
    assert_eq!(codes(&open(&found("bad-json")).findings), [""; 0]);
    for code in ["indicator-id", "empty-profile"] {
        let (profile, findings) = layer(&found(code));
        assert_eq!((profile.is_some(), codes(&findings)), (true, vec![]));
    }
    let text = Source::new("c", found("duplicate-mapping"));
    assert_eq!(codes(&crosswalk::read(&text, shipped()).1), [""; 0]);
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
