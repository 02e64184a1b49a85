//! What is shown equals what the engine says, and every level leads to its answers.

use crate::data::{Case, EXAMPLES, Shipped, today};
use maturity::project::{GivenAnswer, Project};
use maturity::settle::{Now, settle};
use maturity::{Answer, Found, Level, Scope, State, Word, brief, gap, rollup, score};
use report::view::{Fault, PracticeView, Request, Stands, Verdict, View};
use std::collections::BTreeSet;

fn with_project(case: &Case, project: Project) -> Case {
    Case {
        project,
        table: case.table.clone(),
    }
}

#[test]
fn levels_gaps_and_roll_ups_are_those_of_the_engine() {
    let shipped = Shipped::read();
    for name in EXAMPLES {
        let case = shipped.example(name);
        let view = shipped.view(&case);
        let project = &case.project;
        let assessment = project
            .assessment(&view.assessment.as_ref().unwrap().id)
            .unwrap();
        let set = project.target(&view.target.as_ref().unwrap().id).unwrap();
        let now = Now {
            today: Some(today()),
            model: None,
        };
        let settled = settle(project, assessment, &case.table, &now);
        let scores = score::score(&case.table, &settled);
        let gaps = gap::gaps(&scores, set);
        assert_eq!((view.practices.len(), scores.len()), (18, 18));
        for ((practice, score), gap) in view.practices.iter().zip(&scores).zip(&gaps) {
            assert_eq!(practice.id, score.practice);
            for scope in Scope::ALL {
                assert_eq!(practice.levels.at(*scope), score.found(*scope));
            }
            assert_eq!((practice.gap, practice.surplus), (gap.gap, gap.surplus));
            assert_eq!(practice.current, score.found(practice.scope));
            let judged = gap.current.filter(|_| !gap.unjudged);
            assert_eq!(practice.current.level(), judged);
            assert_eq!(practice.verdict == Verdict::Met, gap.met);
            assert_eq!(practice.judged, !score.judged.is_empty());
            let target = practice.target.as_ref().map(|t| (t.level, t.scope));
            assert_eq!(target, gap.target.as_ref().map(|t| (t.level, t.scope)));
            let open = gap.target.is_some() && !gap.met && !gap.excluded;
            assert_eq!(practice.to_target.is_some(), open);
        }
        for scope in Scope::ALL {
            let own: Vec<_> = view.parts.iter().filter(|p| p.scope == *scope).collect();
            let engine = rollup::rollups(&shipped.catalog, &scores, *scope);
            assert_eq!(own.len(), engine.len());
            for (part, rollup) in own.iter().zip(&engine) {
                assert_eq!((&part.id, part.minimum), (&rollup.part, rollup.minimum));
                assert_eq!(part.weakest, rollup.weakest);
                assert_eq!(part.distribution, rollup.distribution);
            }
        }
        let brief = brief::brief(project, assessment, set, &case.table, &settled, today());
        assert_eq!(view.summary.met, brief.counts.met);
        assert_eq!(view.summary.gaps.len(), brief.short.len());
        assert_eq!(view.history.len(), project.assessments.len());
    }
}

/// Scores from the rows of the view alone, by the five conditions of the documentation.
fn level_by_hand(view: &View, practice: usize, scope: Scope) -> Option<u8> {
    let rows = &view.practices[practice].indicators;
    let scopes: Vec<Scope> = Scope::ALL
        .iter()
        .copied()
        .filter(|s| *s <= scope && rows.iter().any(|row| row.scope == *s))
        .collect();
    if scopes.last() != Some(&scope) || rows.iter().all(|r| r.stands == Stands::NotApplicable) {
        return None;
    }
    let holds = |level: u8, scope: Scope| {
        let mut own = rows
            .iter()
            .filter(|row| row.level.number() == level && row.scope <= scope)
            .filter(|row| row.stands != Stands::NotApplicable)
            .peekable();
        let mut person = level < 3;
        let any = own.peek().is_some();
        let all = own.all(|row| {
            person |= matches!(row.stands, Stands::Attested | Stands::Judged);
            matches!(
                row.stands,
                Stands::Attested | Stands::Judged | Stands::Computed
            )
        });
        let vouched = rows.iter().any(|row| {
            row.scope == scope && row.level.number() >= level && row.stands != Stands::NotApplicable
        });
        any && all && person && vouched
    };
    let mut level = 0;
    while level < 4 && scopes.iter().all(|scope| holds(level + 1, *scope)) {
        level += 1;
    }
    Some(level)
}

/// True if what is said of level 1 is missing or yes, and nobody judged level 0.
fn nobody_looked(practice: &PracticeView, scope: Scope) -> bool {
    let rows = practice.indicators.iter();
    let first: Vec<Stands> = rows
        .filter(|row| row.level.number() == 1 && row.scope <= scope)
        .map(|row| row.stands)
        .filter(|stands| *stands != Stands::NotApplicable)
        .collect();
    let open = |stands: &Stands| *stands == Stands::Missing;
    let mut judged = practice.judgements.iter();
    first.iter().any(open)
        && first.iter().all(|stands| open(stands) || stands.is_yes())
        && !judged.any(|one| one.level == Level::NONE && one.scope <= scope)
}

#[test]
fn every_level_follows_from_the_rows_that_are_shown_beside_it() {
    let shipped = Shipped::read();
    let mut reached = BTreeSet::new();
    for name in EXAMPLES {
        let view = shipped.view(&shipped.example(name));
        for (at, practice) in view.practices.iter().enumerate() {
            for scope in Scope::ALL {
                let shown = practice.levels.at(*scope);
                let by_hand = match level_by_hand(&view, at, *scope) {
                    Some(0) if nobody_looked(practice, *scope) => "not judged".to_owned(),
                    Some(level) => level.to_string(),
                    None => "undefined".to_owned(),
                };
                assert_eq!(shown.to_string(), by_hand, "{name} {} {scope}", practice.id);
                reached.insert(by_hand);
            }
        }
    }
    assert!(reached.len() >= 6, "the examples cover {reached:?}");
}

#[test]
fn every_standing_leads_to_an_answer_or_a_judgement() {
    let shipped = Shipped::read();
    let mut seen = 0;
    for name in EXAMPLES {
        let case = shipped.example(name);
        let view = shipped.view(&case);
        let assessment = view.assessment.as_ref().unwrap();
        let given = &case.project.assessment(&assessment.id).unwrap().answers;
        for practice in &view.practices {
            for row in &practice.indicators {
                let own: Vec<&GivenAnswer> =
                    given.iter().filter(|a| a.indicator == row.id).collect();
                assert_eq!(row.answers.len(), own.len());
                for (shown, own) in row.answers.iter().zip(own) {
                    assert_eq!(&given[shown.number - 1], own);
                    assert_eq!(shown.answer, own.answer);
                    assert_eq!(shown.by.as_ref().map(|who| &who.id), own.by.as_ref());
                }
                match row.stands {
                    Stands::Missing => assert!(row.answers.is_empty()),
                    Stands::Judged => assert!(practice.judgements.iter().any(|judgement| {
                        judgement.level >= row.level && judgement.scope >= row.scope
                    })),
                    Stands::Attested => {
                        assert!(row.answers.iter().any(|a| a.answer == Answer::Yes));
                        seen += 1;
                    }
                    _ => assert!(!row.answers.is_empty()),
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn anchors_are_unique_and_plain() {
    let shipped = Shipped::read();
    let view = shipped.view(&shipped.example("bottling-line"));
    let mut seen = BTreeSet::new();
    for practice in &view.practices {
        let rows = practice.indicators.iter().map(|row| &row.anchor);
        for anchor in rows.chain([&practice.anchor]) {
            assert!(seen.insert(anchor.clone()), "{anchor} is there twice");
            assert!(
                anchor
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-.".contains(c))
            );
        }
        for way in practice.to_target.iter().chain(&practice.to_next) {
            for blocker in &way.blockers {
                let row = practice
                    .indicators
                    .iter()
                    .find(|r| r.id == blocker.indicator);
                assert_eq!(row.unwrap().anchor, blocker.anchor);
                assert_eq!(row.unwrap().stands, blocker.stands);
            }
        }
    }
}

#[test]
fn the_latest_frozen_assessment_and_the_nearest_target_are_taken() {
    let shipped = Shipped::read();
    let case = shipped.example("bottling-line");
    let chosen = |request: Request<'_>| {
        let view = View::of(request).unwrap();
        (view.assessment.unwrap().id, view.target.unwrap().id)
    };
    let usual = shipped.request(&case);
    let text = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(chosen(usual), text("interview-2026", "first-year"));
    let later = Request {
        today: "2027-06-01".parse().unwrap(),
        ..usual
    };
    assert_eq!(chosen(later), text("interview-2026", "law-in-full"));
    let past = Request {
        today: "2030-06-01".parse().unwrap(),
        ..usual
    };
    assert_eq!(chosen(past), text("interview-2026", "law-in-full"));
    let asked = Request {
        assessment: Some("workshop-2025"),
        target: Some("law-in-full"),
        ..usual
    };
    assert_eq!(chosen(asked), text("workshop-2025", "law-in-full"));

    let mut project = case.project.clone();
    for assessment in &mut project.assessments {
        if assessment.id == "interview-2026" {
            assessment.state = State::Draft;
        }
    }
    let draft = with_project(&case, project);
    assert_eq!(
        chosen(shipped.request(&draft)),
        text("workshop-2025", "first-year")
    );

    let fault = View::of(Request {
        assessment: Some("spring"),
        ..usual
    });
    let fault = fault.unwrap_err();
    assert_eq!(fault.to_string(), "there is no assessment `spring`");
    assert!(fault.help().contains("`workshop-2025`, `interview-2026`"));
    let fault = View::of(Request {
        target: Some("5"),
        ..usual
    });
    assert!(matches!(fault, Err(Fault::NoTarget { .. })));
}

#[test]
fn a_project_without_assessment_and_target_is_shown_too() {
    let shipped = Shipped::read();
    let case = shipped.example("bottling-line");
    let mut project = case.project.clone();
    project.assessments.clear();
    project.targets.clear();
    let view = shipped.view(&with_project(&case, project));
    assert!(view.assessment.is_none() && view.target.is_none());
    assert_eq!(view.summary.without_target, 18);
    for practice in &view.practices {
        assert_eq!(practice.levels.general, Found::NotJudged);
        assert_eq!(practice.verdict, Verdict::NoTarget);
    }
}

#[test]
fn an_answer_that_no_longer_counts_says_why_and_only_that_one() {
    let shipped = Shipped::read();
    let case = shipped.example("bottling-line");
    let mut project = case.project.clone();
    for evidence in &mut project.evidence {
        if evidence.id == "audit-report" {
            evidence.valid_until = Some("2026-11-01".parse().unwrap());
        }
    }
    let view = shipped.view(&with_project(&case, project));
    let practice = view.practices.iter().find(|p| p.id == "H2.1").unwrap();
    let row = practice.indicators.iter().find(|r| r.id == "H2.1-3.2");
    let row = row.unwrap();
    // Ines cites the expired report; Jonas saw it himself.
    let reasons: Vec<_> = row.answers.iter().map(|a| a.dropped.is_some()).collect();
    assert_eq!((reasons, row.stands), (vec![true, false], Stands::Unknown));
    let shown = view.evidence.iter().find(|e| e.id == "audit-report");
    assert!(shown.unwrap().expired && shown.unwrap().cited > 0);
    let fallen = view.practices.iter().flat_map(|p| &p.indicators);
    let fallen = fallen.flat_map(|row| &row.answers);
    let fallen = fallen.filter(|answer| answer.dropped.is_some()).count();
    assert_eq!(view.assessment.unwrap().dropped, fallen);
}

#[test]
fn actions_steps_and_duties_are_joined_with_their_practices() {
    let shipped = Shipped::read();
    let case = shipped.example("bottling-line");
    let view = shipped.view(&case);
    for task in &view.actions {
        let step = view
            .projection
            .iter()
            .find(|s| s.actions.contains(&task.id));
        assert_eq!(step.map(|step| step.on), task.effect);
        assert!(task.effect.unwrap() >= task.due);
        for closes in &task.closes {
            let practice = view.practices.iter().find(|p| p.id == closes.practice);
            let practice = practice.unwrap();
            assert!(practice.actions.contains(&task.id));
            let row = practice
                .indicators
                .iter()
                .find(|r| r.id == closes.indicator);
            assert!(row.unwrap().actions.contains(&task.id));
        }
    }
    let risen: usize = view.projection.iter().map(|step| step.rises.len()).sum();
    assert!(risen > 0);
    let (binding, coming): (Vec<_>, Vec<_>) = view.obligations.iter().partition(|o| o.binds);
    assert!(!binding.is_empty() && !coming.is_empty());
    assert!(binding.iter().all(|one| one.in_force <= view.about.today));
    assert!(coming.iter().all(|one| one.in_force > view.about.today));
    for obliged in &view.obligations {
        for due in &obliged.minimums {
            let practice = view.practices.iter().find(|p| p.id == due.practice);
            let reached = practice.unwrap().levels.at(due.scope);
            assert_eq!(due.current, reached);
            assert_eq!(
                due.met,
                reached.level().is_some_and(|level| level >= due.level)
            );
        }
    }
}

#[test]
fn the_json_form_is_deterministic() {
    let shipped = Shipped::read();
    let case = shipped.example("vehicle-gateway");
    let json = |view: &View| serde_json::to_string(view).unwrap();
    assert_eq!(json(&shipped.view(&case)), json(&shipped.view(&case)));
}
