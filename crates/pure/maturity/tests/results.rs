//! From a project to what people see: levels with vouchers, gaps, explanations, projections, the
//! brief. Every expected number is worked out by hand from the sample.
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
mod support;

use maturity::compose::Effective;
use maturity::explain::{Deed, Obstacle, explain, explain_next};
use maturity::gap::{Gap, Stands, gaps};
use maturity::project::{self, Project};
use maturity::propose::propose;
use maturity::score::{Reach, Vouched, score, score_practice, vouched_to};
use maturity::settle::{Now, Settled, Standing, Voucher, settle};
use maturity::{Answer, Date, Found, Scope, agreement, brief, compare, interview, rollup};
use std::collections::BTreeSet;
use support::{date, level, of, open, shipped};

fn settled(project: &Project, table: &Effective, now: &Now) -> Settled {
    settle(project, &project.assessments[0], table, now)
}

/// All indicators of a practice up to a level and scope answered yes by a person.
fn fill(settled: &mut Settled, table: &Effective, practice: &str, number: i128, scope: Scope) {
    for row in table.rows_of(practice) {
        if row.what.level <= level(number) && row.what.scope <= scope {
            settled
                .standings
                .insert(row.what.id.clone(), Standing::Yes(Voucher::Attested));
        }
    }
}

#[test]
fn the_sample_scores_as_worked_out_by_hand() {
    let (project, table) = open("", "");
    let settled = settled(&project, &table, &Now::default());
    let scores = score(&table, &settled);
    assert_eq!(scores.len(), 18);
    let access = of(&scores, "E1.2");
    assert_eq!(
        (access.levels.general, access.levels.industry),
        (Some(level(1)), Some(level(1)))
    );
    assert_eq!(access.levels.system, None);
    assert!(access.judged.is_empty());
    let rows = table.rows_of("E1.2").len();
    let expected = Vouched {
        attested: 4,
        judged: 0,
        computed: 1,
        unsatisfied: 1,
        missing: rows - 7,
        not_applicable: 1,
        beyond: 0,
    };
    assert_eq!(access.vouched, expected);
    let threats = of(&scores, "G2.1");
    assert_eq!(threats.levels.general, Some(level(2)));
    assert_eq!(
        (threats.judged.len(), threats.judged[0].by[0].as_str()),
        (1, "ada")
    );
    assert_eq!(of(&scores, "H3.2").levels.general, Some(level(0)));
}

#[test]
fn level_0_is_a_finding_only_where_somebody_looked() {
    let answer = |id: &str, word: &str| {
        format!("answer {id} {word} by=bob method=test on=\"2026-03-05\"\n    judge G2.1")
    };
    let judge = |practice: &str, number: u8, scope: &str| {
        format!(
            "judge {practice} level={number} scope={scope} by=bob on=\"2026-03-05\" because=\"seen\"\n    judge G2.1"
        )
    };
    let nothing = "judge G2.1".to_owned();
    for (said, practice, expected) in [
        (nothing.clone(), "H3.2", "not judged at general scope"),
        (
            answer("H3.2-1.1", "yes"),
            "H3.2",
            "not judged at general scope",
        ),
        (answer("H3.2-1.1", "no"), "H3.2", "0 general"),
        (answer("H3.2-1.1", "unknown"), "H3.2", "0 general"),
        (
            answer("H3.2-2.1", "no"),
            "H3.2",
            "not judged at general scope",
        ),
        (judge("H3.2", 0, "general"), "H3.2", "0 general"),
        // The layer asks of E1.2 at industry scope too.
        (
            judge("E1.2", 2, "general"),
            "E1.2",
            "2 general, not judged at industry scope",
        ),
        (
            judge("E1.2", 0, "industry"),
            "E1.2",
            "not judged at general scope, 0 industry",
        ),
        (judge("E1.2", 0, "general"), "E1.2", "0 general, 0 industry"),
        (
            judge("E1.2", 1, "industry"),
            "E1.2",
            "1 general, 1 industry",
        ),
    ] {
        let (mut project, table) = open("judge G2.1", &said);
        let answers = &mut project.assessments[0].answers;
        answers.retain(|answer| !answer.indicator.contains("E1.2"));
        let settled = settled(&project, &table, &Now::default());
        let score = score_practice(&table, &settled, practice);
        assert_eq!(score.found_at_scopes().to_string(), expected, "{said}");
    }
}

#[test]
fn the_lowest_level_of_a_group_is_not_known_while_some_of_it_is_not_judged() {
    let minimum = |said: &[(&str, u8)]| {
        let lines = said.iter().map(|(practice, number)| {
            format!(
                "judge {practice} level={number} scope=general by=bob on=\"2026-03-05\" because=\"seen\"\n    "
            )
        });
        let (project, table) = open("judge G2.1", &(lines.collect::<String>() + "judge G2.1"));
        let scores = score(&table, &settled(&project, &table, &Now::default()));
        let rollup = rollup::rollup("H3", &scores, Scope::General);
        (rollup.minimum.to_string(), rollup.weakest, rollup.unjudged)
    };
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let one = ("not judged".to_owned(), ids(&["H3.2"]), 1);
    assert_eq!(minimum(&[("H3.1", 2)]), one);
    assert_eq!(minimum(&[("H3.1", 0)]), ("0".to_owned(), ids(&["H3.1"]), 1));
    let both = minimum(&[("H3.1", 2), ("H3.2", 1)]);
    assert_eq!(both, ("1".to_owned(), ids(&["H3.2"]), 0));
}

#[test]
fn an_answer_takes_the_place_of_a_judgement_and_yes_never_lowers_it() {
    for (answer, expected) in [("yes", 2), ("no", 1), ("unknown", 1), ("partly", 1)] {
        let line = format!(
            "answer G2.1-2.1 {answer} by=bob method=test on=\"2026-03-05\"\n    judge G2.1"
        );
        let (project, table) = open("judge G2.1", &line);
        let settled = settled(&project, &table, &Now::default());
        let score = score_practice(&table, &settled, "G2.1");
        assert_eq!(score.levels.general, Some(level(expected)), "{answer}");
        assert_eq!(score.judged.len(), 1);
    }
}

#[test]
fn of_two_judgements_the_lower_counts() {
    let line = "judge G2.1 level=1 scope=general by=bob on=\"2026-03-05\" because=\"no list\"\n    judge G2.1";
    let (project, table) = open("judge G2.1", line);
    let settled = settled(&project, &table, &Now::default());
    let score = score_practice(&table, &settled, "G2.1");
    assert_eq!(score.levels.general, Some(level(1)));
    assert_eq!(
        (score.judged[0].by.len(), score.judged[0].because.as_str()),
        (2, "no list")
    );
}

#[test]
fn computed_answers_fall_with_their_model_and_say_so() {
    let (project, table) = open("", "");
    let model = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        .parse()
        .unwrap();
    let same = settled(
        &project,
        &table,
        &Now {
            today: None,
            model: Some(model),
        },
    );
    assert_eq!(same.standing("E1.2-3.1"), Standing::Yes(Voucher::Computed));
    assert_eq!(same.dropped, []);
    let other = Some(record::Digest::of(b"edited"));
    let fallen = settled(
        &project,
        &table,
        &Now {
            today: None,
            model: other,
        },
    );
    assert_eq!(fallen.standing("E1.2-3.1"), Standing::Unknown);
    assert!(
        fallen.dropped[0].reason.contains("ba7816bf8f01"),
        "{:?}",
        fallen.dropped
    );
}

#[test]
fn an_answer_by_somebody_who_does_not_assess_counts_as_unknown() {
    let from = "answer E1.2-1.3 yes by=ada";
    let (project, table) = open(from, "answer E1.2-1.3 yes by=cleo");
    let settled = settled(&project, &table, &Now::default());
    assert_eq!(settled.standing("E1.2-1.3"), Standing::Unknown);
}

#[test]
fn answers_fall_when_all_their_evidence_has_expired() {
    let (project, table) = open(
        "answer E1.2-1.1 yes by=bob method=interview on=\"2026-03-02\"",
        "",
    );
    let at = |day: &str| {
        settled(
            &project,
            &table,
            &Now {
                today: Some(date(day)),
                model: None,
            },
        )
    };
    assert!(at("2027-02-01").standing("E1.2-1.1").is_yes());
    let late = at("2027-02-02");
    assert_eq!(late.standing("E1.2-1.1"), Standing::Unknown);
    assert!(
        late.standing("E1.2-1.2").is_yes(),
        "the scan of it does not expire"
    );
    assert_eq!(late.dropped.len(), 1);
    assert_eq!(
        score_practice(&table, &late, "E1.2").levels.general,
        Some(level(0))
    );
}

#[test]
fn a_practice_of_which_nothing_applies_is_excluded() {
    let (_, table) = open("", "");
    let mut settled = Settled::default();
    for row in table.rows_of("E2.2") {
        settled
            .standings
            .insert(row.what.id.clone(), Standing::NotApplicable);
    }
    let score = score_practice(&table, &settled, "E2.2");
    assert!(score.excluded && score.levels.general.is_none());
    let rollup = maturity::rollup::rollup("E2", &[score], Scope::General);
    assert_eq!(
        (rollup.excluded, rollup.minimum, rollup.distribution),
        (1, Found::Undefined, [0; 5])
    );
}

#[test]
fn not_applicable_without_reason_or_foreign_approval_counts_as_unknown() {
    for to in ["", "approved-by=ada", "approved-by=bob"] {
        let (project, table) = open("approved-by=cleo", to);
        let settled = settled(&project, &table, &Now::default());
        assert_eq!(settled.standing("E1.2-2.3"), Standing::Unknown, "{to}");
    }
    let (project, table) = open("", "");
    let settled = settled(&project, &table, &Now::default());
    assert_eq!(settled.standing("E1.2-2.3"), Standing::NotApplicable);
}

#[test]
fn a_program_cannot_answer_for_a_person() {
    let from = "answer E1.2-1.3 yes by=ada method=interview";
    let (project, table) = open(from, "answer E1.2-1.3 yes computed-by=x");
    let settled = settled(&project, &table, &Now::default());
    assert_eq!(settled.standing("E1.2-1.3"), Standing::Unknown);
}

#[test]
fn gap_surplus_and_scope_gap_are_kept_apart() {
    let (project, table) = open("", "");
    let check = |number: i128, scope: Scope, wanted: i128, at: Scope| -> Gap {
        let mut settled = Settled::default();
        fill(&mut settled, &table, "E1.2", number, scope);
        let mut set = project.targets[0].clone();
        set.practices[1].level = level(wanted);
        set.practices[1].scope = at;
        let scores = score(&table, &settled);
        gaps(&scores, &set)
            .into_iter()
            .find(|gap| gap.practice == "E1.2")
            .unwrap()
    };
    let show = |gap: Gap| (gap.met, gap.gap, gap.surplus, gap.scope_gap);
    use Scope::{General, Industry, System};
    assert_eq!(show(check(2, Industry, 2, Industry)), (true, 0, 0, false));
    assert_eq!(show(check(1, Industry, 2, Industry)), (false, 1, 0, false));
    assert_eq!(show(check(2, Industry, 1, Industry)), (true, 0, 1, false));
    assert_eq!(show(check(4, General, 1, General)), (true, 0, 3, false));
    // The number is reached, but only at a wider scope.
    assert_eq!(show(check(3, General, 2, Industry)), (false, 2, 0, true));
    // System scope has no layer: undefined, never met, counted from the nearest wider scope.
    assert_eq!(show(check(4, Industry, 2, System)), (false, 0, 0, true));
    assert_eq!(show(check(1, Industry, 2, System)), (false, 1, 0, false));
    assert_eq!(show(check(0, General, 4, General)), (false, 4, 0, false));
}

/// A target or minimum of level 0 asks for nothing: it is met where somebody looked, and elsewhere nothing
/// is met and nothing missing.
#[test]
fn where_nobody_looked_level_0_is_neither_met_nor_missing() {
    let (mut project, table) = open("", "");
    let today = date("2026-11-22");
    use Scope::{General, System};
    for (answer, scope, stands, reach) in [
        (None, General, Stands::NothingWanted, Reach::NothingAsked),
        (Some(Standing::No), General, Stands::Met, Reach::Reached),
        // No layer says what the system scope is: nothing is wanted there, and nothing is short by 0.
        (None, System, Stands::NothingWanted, Reach::NothingAsked),
        (
            Some(Standing::No),
            System,
            Stands::NothingWanted,
            Reach::NothingAsked,
        ),
    ] {
        let mut settled = Settled::default();
        if let Some(standing) = answer {
            settled.standings.insert("H2.2-1.1".to_owned(), standing);
        }
        let own = (project.targets[0].practices.iter_mut()).find(|own| own.practice == "H2.2");
        let own = own.unwrap();
        (own.level, own.scope) = (level(0), scope);
        let least = &mut project.obligations[0].minimums[0];
        (least.level, least.scope) = (level(0), scope);
        let (assessment, set) = (&project.assessments[0], &project.targets[0]);
        let page = brief::brief(&project, assessment, set, &table, &settled, today);
        let met = usize::from(stands == Stands::Met);
        assert_eq!(
            (page.counts.met, page.counts.nothing_wanted),
            (met, 1 - met)
        );
        assert!(page.short.iter().all(|short| short.gap.practice != "H2.2"));
        assert!(!page.planned.contains(&"H2.2".to_owned()));
        assert_eq!(page.duties, []);
        let scores = score(&table, &settled);
        assert_eq!(of(&scores, "H2.2").reach(level(0), scope), reach);
        let all = gaps(&scores, set);
        let gap = all.iter().find(|gap| gap.practice == "H2.2").unwrap();
        assert_eq!(
            (gap.stands, gap.met, gap.scope_gap),
            (stands, met == 1, false)
        );
    }
}

/// Whether the number is reached at a wider scope *only* is not known where nobody looked at the scope.
#[test]
fn a_scope_that_nobody_looked_at_is_not_judged_and_no_scope_gap() {
    let (project, table) = open("", "");
    let mut settled = Settled::default();
    fill(&mut settled, &table, "E1.2", 2, Scope::General);
    let standing = |settled: &Settled| {
        let all = gaps(&score(&table, settled), &project.targets[0]);
        all.into_iter()
            .find(|gap| gap.practice == "E1.2")
            .unwrap()
            .stands
    };
    assert_eq!(standing(&settled), Stands::NotJudged);
    let first = "FL-E1.2-1.1".to_owned();
    settled.standings.insert(first, Standing::No);
    assert_eq!(standing(&settled), Stands::ScopeOnly);
}

#[test]
fn what_does_not_apply_is_not_below_the_minimum_of_a_duty() {
    let (project, table) = open("", "");
    let mut settled = Settled::default();
    for row in table.rows_of("H2.2") {
        let id = row.what.id.clone();
        settled.standings.insert(id, Standing::NotApplicable);
    }
    let (assessment, set) = (&project.assessments[0], &project.targets[0]);
    let today = date("2026-11-22");
    let page = brief::brief(&project, assessment, set, &table, &settled, today);
    assert_eq!((page.counts.excluded, page.duties.len()), (1, 0));
}

#[test]
fn nothing_is_missing_without_a_target() {
    let (project, table) = open("", "");
    let settled = settled(&project, &table, &Now::default());
    let rows = table.rows_of("E1.2").len();
    let without = vouched_to(&table, &settled, "E1.2", None);
    // `E1.2-2.2` is answered, and not known.
    assert_eq!((without.missing, without.beyond), (1, rows - 8));
    let target = project.targets[0].of("E1.2");
    let with = vouched_to(&table, &settled, "E1.2", target.as_ref());
    assert_eq!(with.missing + with.beyond, without.missing + without.beyond);
    assert!(with.missing > 1);
}

#[test]
fn explain_names_the_indicators_and_the_obstacles() {
    let (project, table) = open("", "");
    let settled = settled(&project, &table, &Now::default());
    let found = explain(&table, &settled, "E1.2", level(2), Scope::Industry);
    let names: BTreeSet<&str> = found
        .blockers
        .iter()
        .map(|b| b.indicator.as_str())
        .collect();
    assert_eq!(
        names,
        BTreeSet::from(["E1.2-2.1", "E1.2-2.2", "E1.2-2.4", "FL-E1.2-2.1"])
    );
    assert!(found.obstacles.is_empty() && found.blockers.iter().all(|b| b.needs == Deed::Satisfy));
    let found = explain(&table, &settled, "E1.2", level(3), Scope::Industry);
    let obstacle = Obstacle::LevelUndefined {
        scope: Scope::Industry,
        level: level(3),
    };
    assert_eq!(found.obstacles, [obstacle]);
    let next = explain_next(&table, &settled, "E1.2", Scope::Industry).unwrap();
    assert_eq!(
        next,
        explain(&table, &settled, "E1.2", level(2), Scope::Industry)
    );
    let mut settled = settled;
    for blocker in &explain(&table, &settled, "E1.2", level(2), Scope::Industry).blockers {
        settled
            .standings
            .insert(blocker.indicator.clone(), Standing::Yes(Voucher::Attested));
    }
    let score = score_practice(&table, &settled, "E1.2");
    assert_eq!(score.levels.industry, Some(level(2)));
}

#[test]
fn rollups_show_minimum_and_distribution() {
    let (project, table) = open("", "");
    let scores = score(&table, &settled(&project, &table, &Now::default()));
    let all = maturity::rollup::rollups(shipped(), &scores, Scope::General);
    assert_eq!(all.len(), 13);
    assert_eq!(
        (all[0].minimum, all[0].unjudged, all[0].distribution),
        (Found::NotJudged, 16, [0, 1, 1, 0, 0])
    );
    assert_eq!((all[0].weakest.len(), all[0].judged), (16, 1));
    let part = all.iter().find(|rollup| rollup.part == "E1").unwrap();
    assert_eq!(
        (part.weakest.as_slice(), part.distribution),
        (&["E1.1".to_owned()][..], [0, 1, 0, 0, 0])
    );
    let industry = maturity::rollup::rollup("", &scores, Scope::Industry);
    assert_eq!(
        (industry.undefined, industry.distribution),
        (17, [0, 1, 0, 0, 0])
    );
}

#[test]
fn the_interview_goes_up_and_stops() {
    let (project, table) = open("", "");
    let set = &project.targets[0];
    let mut settled = Settled::default();
    let open = |settled: &Settled| -> Vec<String> {
        let rows = interview::open_in(&table, settled, Some(set), "E1.2");
        rows.iter().map(|row| row.what.id.clone()).collect()
    };
    assert_eq!(
        open(&settled),
        ["E1.2-1.1", "E1.2-1.2", "E1.2-1.3", "FL-E1.2-1.1"]
    );
    fill(&mut settled, &table, "E1.2", 1, Scope::Industry);
    assert!(open(&settled).iter().all(|id| id.contains("E1.2-2.")));
    // Target 2 at industry: one level above is still asked, the next is not.
    fill(&mut settled, &table, "E1.2", 2, Scope::Industry);
    assert!(open(&settled)[0].starts_with("E1.2-3."));
    fill(&mut settled, &table, "E1.2", 3, Scope::Industry);
    assert_eq!(open(&settled), Vec::<String>::new());
    settled
        .standings
        .insert("E1.2-1.2".to_owned(), Standing::No);
    settled.standings.retain(|id, _| !id.contains("-2."));
    assert_eq!(
        open(&settled),
        Vec::<String>::new(),
        "level 1 is not met: nothing above is asked"
    );
    let first = interview::open(&table, &Settled::default(), Some(set));
    assert!(first.iter().all(|row| row.what.level == level(1)));
}

#[test]
fn two_points_in_time_and_two_systems_are_compared() {
    let (project, table) = open("", "");
    let points = compare::history(&project, &table);
    assert_eq!((points.len(), points[0].assessment.as_str()), (1, "spring"));
    let before = score(&table, &Settled::default());
    let changes = compare::changes(&before, &points[0].scores);
    let names: Vec<&str> = changes
        .iter()
        .map(|change| change.practice.as_str())
        .collect();
    assert_eq!(names, ["G2.1", "E1.2"]);
    assert_eq!(changes[1].moves.len(), 2);
    // What is judged for the first time has not risen.
    assert!(!changes[1].moves.iter().any(compare::Move::rises));
    assert_eq!(compare::changes(&before, &before), []);
    let systems = [
        ("one".to_owned(), points[0].scores.clone()),
        ("two".to_owned(), before),
    ];
    let across = compare::portfolio(&systems, Scope::General);
    let row = across.iter().find(|row| row.practice == "G2.1").unwrap();
    assert_eq!(row.levels, [Found::Level(level(2)), Found::NotJudged]);
    assert_eq!(
        (row.rollup.weakest.as_slice(), row.rollup.minimum),
        (&["two".to_owned()][..], Found::NotJudged)
    );
}

#[test]
fn assessors_are_compared_on_what_all_of_them_answered() {
    let (project, _) = open("", "");
    let found = agreement::agreement(&project.assessments[0]);
    assert_eq!((found.assessors.len(), found.items), (2, 1));
    assert_eq!(
        (found.agreement, found.cohen, found.fleiss),
        (None, None, None),
        "one indicator is too few"
    );
    assert!(found.disputed.is_empty());
}

#[test]
fn agreement_has_figures_from_thirty_indicators_on() {
    let (project, _) = open("", "");
    let answered = |items: usize| {
        let mut assessment = project.assessments[0].clone();
        let one = assessment.answers[0].clone();
        assessment.answers.clear();
        for item in 0..items {
            for by in ["anna", "bert"] {
                let mut answer = one.clone();
                answer.indicator = format!("X-{item:02}");
                answer.by = Some(by.to_owned());
                answer.computed = None;
                answer.answer = match (item, by) {
                    (0, _) | (1, "bert") => Answer::No,
                    _ => Answer::Yes,
                };
                assessment.answers.push(answer);
            }
        }
        agreement::agreement(&assessment)
    };
    let few = answered(29);
    assert_eq!((few.items, few.disputed.len()), (29, 1));
    assert_eq!((few.agreement, few.cohen, few.fleiss), (None, None, None));
    let enough = answered(30);
    assert_eq!((enough.items, enough.agreement), (30, Some(29.0 / 30.0)));
    // Both chance shares by hand: (29 × 28 + 1 × 2) / 900, and (57² + 3²) / 60².
    let kappa = |chance: f64| (29.0 / 30.0 - chance) / (1.0 - chance);
    assert!((enough.cohen.unwrap() - kappa(814.0 / 900.0)).abs() < 1e-12);
    assert!((enough.fleiss.unwrap() - kappa(3258.0 / 3600.0)).abs() < 1e-12);
}

#[test]
fn the_brief_counts_what_the_gaps_say() {
    let (project, table) = open("", "");
    let settled = settled(&project, &table, &Now::default());
    let today = date("2026-11-22");
    let (assessment, set) = (&project.assessments[0], &project.targets[0]);
    let page = brief::brief(&project, assessment, set, &table, &settled, today);
    // Targets: six of domain G, E1.2, H2.2, E2.1; nothing is met, and only G2.1 and E1.2 are judged.
    assert_eq!((page.counts.met, page.counts.short), (0, 2));
    assert_eq!(page.counts.unjudged, 7);
    assert_eq!((page.counts.without_target, page.counts.judged), (9, 1));
    // A serious concern touches G2.1 and E1.2, and more is in the way of the first. Without a concern
    // H2.2 is below its duty, E2.1 lacks three levels; then by what is in the way.
    let order: Vec<&str> = (page.short.iter())
        .map(|short| short.gap.practice.as_str())
        .collect();
    assert_eq!(
        order,
        [
            "G2.1", "E1.2", "H2.2", "E2.1", "G2.2", "G3.1", "G3.2", "G1.1", "G1.2"
        ]
    );
    let rank = &page.short[2].rank;
    let duty = rank.duty.as_ref().unwrap();
    assert_eq!((duty.0.as_str(), duty.1), ("reporting", date("2026-09-11")));
    assert_eq!(page.cost["EUR"], (5000, 9000));
    assert_eq!(page.actions_without_cost, 1);
    assert_eq!(page.duties.len(), 1);
    assert_eq!(
        (page.duties[0].practice.as_str(), page.duties[0].current),
        ("H2.2", Found::NotJudged)
    );
    let before = brief::brief(
        &project,
        assessment,
        set,
        &table,
        &settled,
        date("2026-09-10"),
    );
    assert_eq!(before.duties, [], "the duty is not in force yet");
    // What nobody answered counts as missing up to the target alone, by hand row by row.
    let mut beyond = 0;
    for (practice, _) in &table.practices {
        for row in table.rows_of(practice) {
            let (level, scope) = (row.what.level, row.what.scope);
            let target = set.of(practice);
            let above = target.is_none_or(|t| level > t.level || scope > t.scope);
            if above && settled.standing(&row.what.id) == Standing::Missing {
                beyond += 1;
            }
        }
    }
    assert!(beyond > 0);
    let v = page.vouched;
    assert_eq!(v.beyond, beyond);
    assert_eq!(
        v.attested + v.judged + v.computed + v.unsatisfied + v.missing + v.not_applicable,
        table.rows.len() - beyond
    );
    assert!(serde_json::to_string(&page).is_ok());
}

#[test]
fn proposals_say_who_asks_and_how_the_number_arose() {
    let (project, table) = open("", "");
    let all = propose(&project, &table);
    let access = &all["E1.2"];
    assert!(access.is(level(2), Scope::Industry));
    let arose: Vec<String> = (access.reasons.iter())
        .map(|reason| format!("{}: {}", reason.from, reason.arose()))
        .collect();
    assert_eq!(
        arose,
        [
            "concern remote-stop: 2 is stated; serious consequence × low appetite would give 3",
            "profile filling-line: 2 is set by the profile"
        ]
    );
    let threats = &all["G2.1"];
    assert_eq!(
        threats.reasons[0].arose(),
        "serious consequence × low appetite → 3"
    );
    // A concern is the project's own; what a profile thinks is a question to this site.
    assert_eq!(threats.reasons[0].says(), "the paths must be known");
    assert!(
        access.reasons[1]
            .says()
            .starts_with("is it so at your site: ")
    );
}

#[test]
fn what_does_not_contain_each_other_is_proposed_apart() {
    let (mut project, table) = open("", "");
    let mut touch = project.concerns[0].touches[0].clone();
    touch.practice = "H3.2".to_owned();
    let mut asks = |pairs: &[(i128, Scope)]| {
        let touches = pairs.iter().map(|(number, scope)| {
            touch.level = Some(level(*number));
            touch.scope = *scope;
            touch.clone()
        });
        project.concerns[0].touches = touches.collect();
        propose(&project, &table)["H3.2"].says()
    };
    let (general, industry, system) = (Scope::General, Scope::Industry, Scope::System);
    assert_eq!(
        asks(&[(1, system), (3, general)]),
        "3 general and 1 system",
        "joined they would ask for (3, system), which nobody did"
    );
    assert_eq!(asks(&[(3, general), (3, system), (1, system)]), "3 system");
    assert_eq!(
        asks(&[(4, general), (2, industry), (2, general), (1, system)]),
        "4 general and 2 industry and 1 system"
    );
    assert_eq!(asks(&[(2, industry), (2, industry)]), "2 industry");
    // Whichever is chosen, somebody decides: without a recorded decision it is told.
    let target = project::PracticeTarget {
        practice: "H3.2".to_owned(),
        level: level(3),
        scope: general,
        ..project.targets[0].practices[0].clone()
    };
    touch.level = Some(level(3));
    touch.scope = general;
    let wide = touch.clone();
    touch.level = Some(level(1));
    touch.scope = system;
    project.concerns[0].touches = vec![wide, touch.clone()];
    project.targets[0].practices = vec![target];
    let found = project::check(&project, shipped(), &table, date("2026-11-22"));
    let told: Vec<&str> = (found.iter())
        .filter(|finding| finding.diagnostic.code == "override-without-justification")
        .map(|finding| finding.diagnostic.message.as_str())
        .collect();
    assert_eq!(
        told,
        ["`H3.2` is set to (3, general) and (3, general) and (1, system) was proposed"]
    );
}

#[test]
fn a_proposal_mentions_duties_that_demand_more() {
    let (mut project, table) = open("", "");
    project.obligations[0].minimums[0].practice = "E1.2".to_owned();
    for (number, scope, above) in [
        (2, Scope::Industry, 0),
        (1, Scope::General, 0),
        (3, Scope::General, 1),
        (2, Scope::System, 1),
    ] {
        let minimum = &mut project.obligations[0].minimums[0];
        (minimum.level, minimum.scope) = (level(number), scope);
        let proposal = &propose(&project, &table)["E1.2"];
        assert_eq!(proposal.demanded.len(), above, "({number}, {scope})");
        if let [demand] = proposal.demanded.as_slice() {
            assert_eq!(demand.obligation, "reporting");
            assert_eq!(demand.in_force, date("2026-09-11"));
        }
        // It stays what concerns and layers ask for.
        assert!(proposal.is(level(2), Scope::Industry));
    }
}

/// The order of what is missing does not follow from the order in which anything is written.
#[test]
fn what_is_missing_is_ranked_by_consequence_duty_width_and_blockers() {
    use maturity::Consequence::{Grave, Minor, Serious};
    let (mut project, table) = open("", "");
    let mut touch = project.concerns[0].touches[0].clone();
    let mut concern = project.concerns[0].clone();
    project.concerns.clear();
    for (name, consequence, practice) in [
        ("nuisance", Minor, "E2.1"),
        ("nuisance-too", Minor, "H2.2"),
        ("harm", Grave, "G3.2"),
        ("stop", Serious, "G3.2"),
        ("stop-too", Serious, "G2.1"),
    ] {
        touch.practice = practice.to_owned();
        concern.id = name.to_owned();
        concern.consequence = consequence;
        concern.touches = vec![touch.clone()];
        project.concerns.push(concern.clone());
    }
    for target in &mut project.targets[0].practices {
        target.concerns.clear();
    }
    let settled = settled(&project, &table, &Now::default());
    let order = |project: &Project| {
        let (assessment, set) = (&project.assessments[0], &project.targets[0]);
        let page = brief::brief(
            project,
            assessment,
            set,
            &table,
            &settled,
            date("2026-11-22"),
        );
        let all = page.short.iter();
        all.map(|short| (short.gap.practice.clone(), short.rank.clone()))
            .collect::<Vec<_>>()
    };
    let found = order(&project);
    let names: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    // Grave before serious; of the minor ones the duty of H2.2 goes before the width of E2.1.
    assert_eq!(names[..4], ["G3.2", "G2.1", "H2.2", "E2.1"]);
    assert_eq!(found[0].1.concerns, ["harm"]);
    // Said again, pair by pair.
    for pair in found.windows(2) {
        let (one, other) = (&pair[0].1, &pair[1].1);
        let day = |rank: &brief::Rank| rank.duty.as_ref().map_or(Date::LAST, |duty| duty.1);
        let agrees = if one.consequence != other.consequence {
            one.consequence > other.consequence
        } else if day(one) != day(other) {
            day(one) < day(other)
        } else if one.gap != other.gap {
            one.gap > other.gap
        } else {
            one.blockers >= other.blockers
        };
        assert!(agrees, "{pair:?}");
    }
    // Order of writing does not matter.
    project.concerns.reverse();
    project.targets[0].practices.reverse();
    let again: Vec<String> = order(&project).into_iter().map(|(id, _)| id).collect();
    assert_eq!(again, names);
}
