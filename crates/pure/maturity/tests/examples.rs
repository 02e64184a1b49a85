//! The worked projects under `examples/`: they open with the shipped catalog and profiles without a
//! finding, and give what was worked out by hand from their answers.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod common;

use common::{show, texts};
use maturity::agreement::agreement;
use maturity::brief::brief;
use maturity::catalog::{self, Catalog};
use maturity::compose::Effective;
use maturity::explain::explain_next;
use maturity::gap::{Gap, gaps};
use maturity::profile::{self, Profile};
use maturity::project::{self, Project};
use maturity::score::{PracticeScore, score};
use maturity::settle::{Now, Settled, settle};
use maturity::{Date, Scope, crosswalk, projection, reading};
use std::sync::OnceLock;

/// The shipped catalog and all shipped profiles.
fn shipped() -> &'static (Catalog, Vec<Profile>) {
    static SHIPPED: OnceLock<(Catalog, Vec<Profile>)> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let (catalog, _) = catalog::read(&texts("catalog/smm"));
        let layers = texts("catalog/profiles");
        let read = |text| profile::read(text, &catalog).0.unwrap();
        let layers = layers.iter().map(read).collect();
        (catalog, layers)
    })
}

/// A worked project with its table; it has no finding on the day it was finished.
struct Worked {
    project: Project,
    table: Effective,
}

fn open(example: &str) -> Worked {
    let (catalog, layers) = shipped();
    let texts = texts(&format!("examples/{example}/maturity"));
    assert_eq!(texts.len(), 1, "{example}");
    let opened = project::open(&texts[0], catalog, layers, today());
    assert_eq!(show(&texts, &opened.findings), "", "{example}");
    Worked {
        project: opened.project.unwrap(),
        table: opened.table,
    }
}

impl Worked {
    fn settled(&self, assessment: &str) -> Settled {
        let assessment = self.project.assessment(assessment).unwrap();
        settle(&self.project, assessment, &self.table, &Now::default())
    }

    fn scores(&self, assessment: &str) -> Vec<PracticeScore> {
        score(&self.table, &self.settled(assessment))
    }

    fn gaps(&self, assessment: &str, target: &str) -> Vec<Gap> {
        let set = self.project.target(target).unwrap();
        gaps(&self.scores(assessment), set)
    }

    /// What the plan leads to on the day the project was finished: the targets reached by their day,
    /// those reached later with the day, and those no action reaches.
    fn plan(&self, assessment: &str, target: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
        let settled = self.settled(assessment);
        let set = self.project.target(target).unwrap();
        let assessment = self.project.assessment(assessment).unwrap();
        let (project, table) = (&self.project, &self.table);
        let page = brief(project, assessment, set, table, &settled, today());
        let later = page.later.iter();
        let later: Vec<(&str, Date)> = later
            .map(|later| (later.practice.as_str(), later.on))
            .collect();
        let practices = page.short.iter().map(|short| short.gap.practice.clone());
        let planned =
            |id: &String| page.planned.contains(id) || later.iter().any(|(later, _)| later == id);
        let never = practices.filter(|id| !planned(id)).collect();
        let later = later.iter().map(|(id, on)| format!("{id} {on}")).collect();
        (page.planned.clone(), later, never)
    }
}

fn today() -> Date {
    "2026-11-25".parse().unwrap()
}

/// Levels at general, industry and system scope; `-` where a scope is undefined.
fn levels(scores: &[PracticeScore], practice: &str) -> String {
    let score = scores.iter().find(|one| one.practice == practice).unwrap();
    let at = |scope| match score.levels.at(scope) {
        Some(level) => level.to_string(),
        None => "-".to_owned(),
    };
    [Scope::General, Scope::Industry, Scope::System]
        .map(at)
        .join(" ")
}

fn assert_levels(scores: &[PracticeScore], expected: &[(&str, &str)]) {
    for (practice, expected) in expected {
        assert_eq!(levels(scores, practice), *expected, "{practice}");
    }
}

/// What is reached in time, what later, and what no action reaches.
fn assert_plan(
    (planned, later, never): &(Vec<String>, Vec<String>, Vec<String>),
    in_time: &[&str],
    after: &[&str],
    unplanned: &[&str],
) {
    assert_eq!(planned, in_time);
    assert_eq!(later, after);
    assert_eq!(never, unplanned);
}

/// The practices for which something holds, in the order of the catalog.
fn those(gaps: &[Gap], holds: impl Fn(&Gap) -> bool) -> Vec<&str> {
    let found = gaps.iter().filter(|gap| gap.target.is_some() && holds(gap));
    found.map(|gap| gap.practice.as_str()).collect()
}

fn of<'g>(gaps: &'g [Gap], practice: &str) -> &'g Gap {
    gaps.iter().find(|gap| gap.practice == practice).unwrap()
}

fn blockers(worked: &Worked, assessment: &str, practice: &str, scope: Scope) -> Vec<String> {
    let settled = worked.settled(assessment);
    let explanation = explain_next(&worked.table, &settled, practice, scope).unwrap();
    let blockers = explanation.blockers.into_iter();
    blockers.map(|blocker| blocker.indicator).collect()
}

#[test]
fn every_target_of_the_cases_can_be_met_and_has_reason_respondent_owner_and_party() {
    for (example, targets) in [
        ("bottling-line", 37),
        ("vehicle-gateway", 36),
        ("home-camera", 18),
        ("key-fob", 8),
    ] {
        let worked = open(example);
        let rows = worked.project.targets.iter().flat_map(|set| &set.practices);
        let mut count = 0;
        for row in rows {
            count += 1;
            let defined = worked.table.defined(&row.practice, row.scope);
            assert!(defined >= Some(row.level), "{example} {}", row.practice);
            assert!(row.because.is_some() && row.respondent.is_some());
            assert!(row.owner.is_some() && !row.responsible.is_empty());
        }
        assert_eq!(count, targets, "{example}");
        assert_eq!(worked.project.assessments.len(), 2, "{example}");
    }
}

/// The first talk set the domains, one subdomain and one practice; the nearest of them counts.
#[test]
fn the_first_talk_about_the_bottling_line_drafted_from_the_top() {
    let worked = open("bottling-line");
    let set = worked.project.target("first-talk").unwrap();
    for (practice, level, scope, set_at) in [
        ("G1.1", 2, Scope::General, "G"),
        ("G2.1", 3, Scope::System, "G2.1"),
        ("E1.2", 3, Scope::General, "E1"),
        ("E2.1", 2, Scope::General, "E"),
        ("H3.2", 2, Scope::General, "H"),
    ] {
        let target = set.of(practice).unwrap();
        let found = (target.level.number(), target.scope, target.set_at.as_str());
        assert_eq!(found, (level, scope, set_at), "{practice}");
    }
    // In the workshop only what was judged (2, general) or better met its draft of 2.
    let gaps = worked.gaps("workshop-2025", "first-talk");
    assert_eq!(
        those(&gaps, |gap| gap.met),
        ["G1.1", "G3.2", "E2.1", "E2.2", "H3.2"]
    );
}

/// Judged in a workshop: a judgement at a scope stands for all indicators up to its level of that
/// scope and of wider ones, and says nothing about narrower ones.
#[test]
fn the_bottling_line_as_judged_in_the_workshop() {
    let worked = open("bottling-line");
    let scores = worked.scores("workshop-2025");
    assert_levels(
        &scores,
        &[
            ("G1.1", "2 - -"), // (2, general); the profile has no rows for it
            ("G3.1", "1 0 -"), // (1, general); the industry rows were not judged
            ("E1.2", "2 - 0"), // (2, general); the system rows were not judged
            ("E2.2", "2 - -"), // (2, general)
            ("E3.1", "1 - 1"), // (1, system) covers the general rows
            ("H2.2", "0 0 -"), // (0, general)
            ("H3.2", "2 2 -"), // (2, industry) covers the general rows
        ],
    );
    let gaps = worked.gaps("workshop-2025", "first-year");
    assert_eq!(those(&gaps, |gap| gap.met), ["E2.2"]);
    // Target (3, system): nothing was judged there, so three levels are missing.
    assert_eq!(of(&gaps, "E1.2").gap, 3);
    assert_eq!(of(&gaps, "H3.2").gap, 1);
}

#[test]
fn the_bottling_line_as_answered_a_year_later() {
    let worked = open("bottling-line");
    let scores = worked.scores("interview-2026");
    assert_levels(
        &scores,
        &[
            ("G1.1", "2 - -"), // no budget (3.2), no figures (3.6)
            ("G1.2", "1 1 -"), // never checked against the list (2.3)
            ("G2.1", "2 - 2"), // the capper is not in the model (3.6)
            ("G2.2", "2 2 -"), // all of 1 and 2; 3 was not asked
            ("G3.1", "2 0 -"), // all of 1 and 2; the industry rows were not asked
            ("G3.2", "2 - 2"), // vendor without hours (3.1), no shift alone (FB-3.2)
            ("E1.1", "2 2 -"), // no second factor (3.5), leavers unknown (FB-3.3)
            ("E1.2", "3 - 3"), // all of 1 to 3 at both scopes; 4 was not asked
            ("H1.1", "1 1 -"), // never examined (2.1)
            ("H2.1", "2 - 2"), // drives (3.1); the assessors differ on the list (3.5)
        ],
    );
    let gaps = worked.gaps("interview-2026", "first-year");
    assert_eq!(
        those(&gaps, |gap| gap.met),
        ["G2.2", "G3.1", "E1.2", "E2.2", "E3.1", "H1.2"]
    );
    // All others lack one level, but for the reports that the law asks for since September; none is
    // short of its scope only.
    assert_eq!(those(&gaps, |gap| gap.gap == 2), ["H2.2"]);
    assert_eq!(those(&gaps, |gap| gap.gap > 2), [""; 0]);
    assert!(those(&gaps, |gap| gap.scope_gap || gap.surplus > 0).is_empty());
    // When the law applies in full, two targets are higher: (3, industry) for both.
    let law = worked.gaps("interview-2026", "law-in-full");
    assert_eq!((of(&law, "G1.2").gap, of(&law, "G3.1").gap), (2, 3));
    // The check that did not happen does not make its findings inapplicable: nobody follows them up.
    assert_eq!(
        blockers(&worked, "interview-2026", "G1.2", Scope::Industry),
        ["G1.2-2.3", "G1.2-2.4", "FB-G1.2-2.2"]
    );
    assert_plan(
        &worked.plan("interview-2026", "first-year"),
        &["G1.2", "G3.2", "H2.1", "H3.2"],
        &[
            "E2.1 2027-05-01", // disposal is on record since May 2026, as its evidence shows
            "E1.1 2028-01-15",
            "G1.1 2028-01-31",
            "G2.1 2028-01-31",
            "E3.2 2028-02-15",
            "H1.1 2028-02-15",
            "H2.2 2028-02-28",
            "H3.1 2028-03-15",
        ],
        &[],
    );
}

/// Both answered four indicators: on 3.1 no and partly, on 3.5 partly and yes, on 3.2 and 3.3 both yes.
#[test]
fn two_assessors_of_the_bottling_line_differ_on_two_of_four() {
    let worked = open("bottling-line");
    let found = agreement(worked.project.assessment("interview-2026").unwrap());
    assert_eq!(found.assessors, ["ines", "jonas"]);
    assert_eq!((found.items, found.agreement), (4, None), "too few");
    assert_eq!(found.disputed, ["H2.1-3.1", "H2.1-3.5"]);
}

#[test]
fn the_plan_of_the_vehicle_gateway_is_not_projected_on_the_assessment_before_it() {
    let worked = open("vehicle-gateway");
    let (planned, later, never) = worked.plan("self-2025", "start-of-production");
    assert!(planned.is_empty() && later.is_empty() && !never.is_empty());
    let project = &worked.project;
    let found = projection::project(
        project,
        project.assessment("self-2025").unwrap(),
        &worked.table,
        &worked.settled("self-2025"),
        today(),
    );
    assert_eq!(found.answers_newer, ["maker-2026"]);
}

#[test]
fn the_vehicle_gateway_judged_and_answered() {
    let worked = open("vehicle-gateway");
    assert_levels(
        &worked.scores("self-2025"),
        &[
            ("G2.1", "3 - 3"), // (3, system)
            ("H1.1", "3 - 0"), // (3, general): the gateway itself was never attacked
            ("H2.2", "1 1 -"), // (1, industry)
        ],
    );
    let before = worked.gaps("self-2025", "start-of-production");
    // Three levels exist, but at general scope: target (3, system) is a scope gap.
    assert_eq!(those(&before, |gap| gap.scope_gap), ["H1.1"]);
    assert_eq!(of(&before, "H1.1").gap, 3);

    assert_levels(
        &worked.scores("maker-2026"),
        &[
            ("G1.1", "3 3 -"), // all of 1 to 3
            ("G2.1", "3 - 3"), // the model lags (4.3), 50 days (AG-4.1)
            ("G2.2", "2 2 -"), // zones (3.5), limits not signed (AG-3.1)
            ("G3.2", "3 2 -"), // only the industry row fails: never a week alone
            ("E1.2", "3 - 3"), // no independent checker (4.2)
            ("E2.2", "3 - 2"), // one key opens all early units (AG-3.1)
            ("H1.1", "3 - 3"), // the attack test has taken place
            ("H3.1", "3 2 -"), // no joint exercise (AG-3.1)
        ],
    );
    let gaps = worked.gaps("maker-2026", "start-of-production");
    assert_eq!(
        those(&gaps, |gap| gap.met),
        ["G1.1", "G1.2", "G3.1", "E2.1", "H1.1"]
    );
    assert_eq!(
        those(&gaps, |gap| gap.scope_gap),
        ["G3.2", "E2.2", "E3.1", "H2.1", "H3.1", "H3.2"]
    );
    assert_plan(
        &worked.plan("maker-2026", "start-of-production"),
        &[
            "G2.2", "G3.2", "E1.1", "E1.2", "E2.2", "E3.1", "E3.2", "H2.1", "H2.2", "H3.1", "H3.2",
        ],
        &["G2.1 2028-01-31", "H1.2 2028-04-15"],
        &[],
    );
    // The next line asks for (4, system) of G3.1: reached is 3.
    assert_eq!(of(&worked.gaps("maker-2026", "next-line"), "G3.1").gap, 1);
}

#[test]
fn the_cameras_show_surplus_and_what_nobody_can_see() {
    let worked = open("home-camera");
    for (assessment, met) in [
        ("first-look", &["G1.1", "E2.1", "E2.2"][..]),
        ("second-look", &["G1.1", "G2.2", "E2.1", "E2.2", "H2.1"]),
    ] {
        let gaps = worked.gaps(assessment, "keep-or-replace");
        assert_eq!(those(&gaps, |gap| gap.met), met, "{assessment}");
        // Indoors in a locked flat: judged (2, system) against a target of (1, system).
        assert_eq!(those(&gaps, |gap| gap.surplus > 0), ["E2.2"]);
        assert_eq!(of(&gaps, "E2.2").surplus, 1);
    }
    assert_levels(
        &worked.scores("second-look"),
        &[
            ("G1.2", "2 1 -"), // no end of support (RC-2.2)
            ("G2.1", "2 - 1"), // unknown what the maker thought of (RC-2.1)
            ("E1.1", "3 2 -"), // unknown whether keys are unique (RC-3.2)
            ("E1.2", "3 - 2"), // eleven minutes after removal (RC-3.1)
            ("H2.1", "1 - 0"), // nobody sees who watched (RC-1.2)
            ("H3.2", "1 - 1"), // (1, general) judged, the system row of 1 answered
        ],
    );
    assert_eq!(
        blockers(&worked, "second-look", "G3.1", Scope::Industry),
        ["RC-G3.1-2.1", "RC-G3.1-2.2"]
    );
    assert_plan(
        &worked.plan("second-look", "keep-or-replace"),
        &[
            "G1.2", "G2.1", "G3.1", "G3.2", "E1.1", "E1.2", "E3.1", "E3.2", "H1.1", "H1.2", "H3.2",
        ],
        &[],
        &["H2.2", "H3.1"], // what the law asks of the maker, a household cannot bring about
    );
    // Asking reaches nothing: no action is about asking.
    let asks = |action: &&project::Action| action.title.to_lowercase().contains("ask");
    assert_eq!(worked.project.actions.iter().filter(asks).count(), 0);
}

#[test]
fn the_key_fob_met_its_first_target_and_not_the_one_that_the_kits_brought() {
    let worked = open("key-fob");
    let met = |assessment, target| {
        let gaps = worked.gaps(assessment, target);
        let met = those(&gaps, |gap| gap.met).into_iter();
        met.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(met("before-launch", "launch"), ["G2.1", "E1.1", "H1.1"]);
    assert!(met("before-launch", "after-kits").is_empty());
    // Test fobs on no list (E1.1-2.4); one assessor says partly on ratings (H1.1-2.2).
    assert_eq!(met("after-kits", "after-kits"), ["G2.1"]);
    assert_levels(
        &worked.scores("after-kits"),
        &[("G2.1", "2 - -"), ("E1.1", "1 - -"), ("H1.1", "1 - -")],
    );
    let (old, new) = (
        worked.project.target("launch").unwrap(),
        worked.project.target("after-kits").unwrap(),
    );
    let level = |set: &project::TargetSet| set.of("G2.1").unwrap().level.number();
    assert_eq!((level(old), level(new)), (1, 2));
    let decision = old.practices[0].override_of.as_ref().unwrap();
    assert_eq!(
        (decision.by.as_str(), decision.on.to_string().as_str()),
        ("bela", "2025-03-04")
    );
    assert_plan(
        &worked.plan("after-kits", "after-kits"),
        &["E1.1", "H1.1", "H3.1"],
        &["H2.2 2027-12-20"],
        &[],
    );
}

/// The law is read once: where projects name the same article, they set the same minimums, and none
/// of any project lies below what the shipped crosswalk reads.
#[test]
fn the_worked_projects_read_a_law_in_the_same_way_and_as_the_crosswalks_do() {
    let (catalog, _) = shipped();
    let sets: Vec<_> = texts("catalog/crosswalks")
        .iter()
        .map(|text| crosswalk::read(text, catalog).0.unwrap())
        .collect();
    let mut article: Vec<(String, u8)> = Vec::new();
    let mut named = 0;
    for example in ["bottling-line", "home-camera", "key-fob", "vehicle-gateway"] {
        for obligation in &open(example).project.obligations {
            let minimums = obligation.minimums.iter();
            let own: Vec<(String, u8)> = minimums
                .map(|least| (least.practice.clone(), least.level.number()))
                .collect();
            for least in &obligation.minimums {
                let above = reading::above(obligation, least, &sets);
                assert_eq!(
                    above, None,
                    "{example} {} {}",
                    obligation.id, least.practice
                );
            }
            if obligation.source.ends_with("2024/2847, Article 14") {
                named += 1;
                if named > 1 {
                    assert_eq!(own, article, "{example}");
                }
                article = own;
            }
        }
    }
    assert_eq!(named, 3);
    let expected = [("H2.2".to_owned(), 3), ("H3.1".to_owned(), 3)];
    assert_eq!(article, expected);
}

/// A row that falls with its neighbour is not inapplicable: nothing was checked, so nothing follows.
#[test]
fn no_row_is_made_inapplicable_by_a_failed_neighbour() {
    for example in ["bottling-line", "home-camera", "key-fob", "vehicle-gateway"] {
        let project = open(example).project;
        let all = project.assessments.iter().flat_map(|one| &one.answers);
        let inapplicable = all.filter(|answer| answer.answer == maturity::Answer::NotApplicable);
        let reasons: Vec<&str> = inapplicable
            .filter_map(|answer| answer.because.as_deref())
            .collect();
        let expected: &[&str] = match example {
            "key-fob" => &["nobody has left in the last twelve months"],
            _ => &[],
        };
        assert_eq!(reasons, expected, "{example}");
    }
}
