//! What follows from actions, compared with a scorer that knows nothing of it: for every day it asks
//! which indicators count, sets them to yes and scores anew.
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
use maturity::project::{Action, Project};
use maturity::projection::{Counts, Projection, project as projected};
use maturity::score::score;
use maturity::settle::{Now, Settled, Standing, Voucher, settle};
use maturity::{Date, LooksBack, Status, brief};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use support::{date, level, of, open};

/// The day of asking.
fn today() -> Date {
    date("2026-04-15")
}

struct Sample {
    project: Project,
    table: Effective,
    settled: Settled,
}

fn sample() -> Sample {
    let (project, table) = open("", "");
    let settled = settle(&project, &project.assessments[0], &table, &Now::default());
    Sample {
        project,
        table,
        settled,
    }
}

impl Sample {
    fn projected(&self) -> Projection {
        let assessment = &self.project.assessments[0];
        projected(
            &self.project,
            assessment,
            &self.table,
            &self.settled,
            today(),
        )
    }

    fn counts(&self, indicator: &str) -> Counts {
        let closed = self.projected().closed;
        let mut closed = closed.into_iter();
        closed
            .find(|one| one.indicator == indicator)
            .unwrap()
            .counts
    }
}

#[test]
fn actions_take_effect_after_what_they_wait_for() {
    let mut sample = sample();
    let points = sample.projected().points;
    assert_eq!(points.len(), 1);
    assert_eq!(
        (points[0].on, points[0].actions.len()),
        (date("2026-09-01"), 2)
    );
    let level_3 = sample
        .table
        .rows_of("G2.1")
        .iter()
        .filter(|row| row.what.level == level(3));
    sample.project.actions[1].closes = level_3.map(|row| row.what.id.clone()).collect();
    let points = sample.projected().points;
    // Every row of level 3 but one counts at once; a review at every change of twelve months does not.
    assert_eq!(of(&points[0].scores, "G2.1").levels.general, Some(level(2)));
    assert_eq!((points.len(), points[1].on), (2, date("2027-09-01")));
    assert_eq!(points[1].counts, ["G2.1-3.6"]);
    assert_eq!(of(&points[1].scores, "G2.1").levels.general, Some(level(3)));
    sample.project.actions[0].status = Status::Cancelled;
    let nothing = sample.projected();
    assert_eq!(nothing.points, []);
    assert!(nothing.closed.iter().all(|one| one.counts == Counts::Never));
}

#[test]
fn a_cycle_of_actions_never_takes_effect() {
    let mut sample = sample();
    sample.project.actions[0].after = vec!["review".to_owned()];
    assert_eq!(sample.projected().points, []);
}

#[test]
fn a_period_counts_from_the_due_day_or_from_earlier_evidence_that_is_named() {
    let mut sample = sample();
    let action = &mut sample.project.actions[0];
    action.closes = ["G1.1-3.6", "E1.2-4.3", "E1.2-2.4", "E1.2-2.1"]
        .map(str::to_owned)
        .to_vec();
    action.due = date("2026-08-31");
    let due = action.due;
    for (indicator, day) in [
        ("G1.1-3.6", date("2027-08-31")), // four quarters after
        ("E1.2-4.3", date("2026-11-29")), // 90 days after
        ("E1.2-2.4", due),                // one review is enough
        ("E1.2-2.1", due),                // looks at no past
    ] {
        assert_eq!(sample.counts(indicator), Counts::From(day), "{indicator}");
    }
    // A day without evidence is no evidence.
    sample.project.actions[0].since = Some(date("2026-01-01"));
    let without = sample.counts("G1.1-3.6");
    assert_eq!(without, Counts::From(date("2027-08-31")));
    sample.project.actions[0].evidence = vec!["keys".to_owned()];
    let with = sample.counts("G1.1-3.6");
    assert_eq!(with, Counts::From(date("2027-01-01")));
    // But not before the action itself.
    sample.project.actions[0].since = Some(date("2024-01-01"));
    assert_eq!(sample.counts("G1.1-3.6"), Counts::From(due));
}

#[test]
fn what_is_late_does_not_take_effect_in_the_past() {
    let mut sample = sample();
    sample.project.actions[0].due = date("2026-02-01");
    sample.project.actions[1].due = date("2026-03-01");
    let points = sample.projected().points;
    assert_eq!((points.len(), points[0].on), (1, today()));
    for action in &mut sample.project.actions {
        action.status = Status::Done;
    }
    let points = sample.projected().points;
    assert_eq!(points[0].on, date("2026-02-01"));
}

/// `E1.2-2.1` was answered otherwise in March; an action that was done before closes it no more.
#[test]
fn a_finding_goes_before_an_action_that_was_done_before_it() {
    let mut sample = sample();
    let standing = Standing::No;
    let id = "E1.2-2.1".to_owned();
    sample.settled.standings.insert(id.clone(), standing);
    let action = &mut sample.project.actions[0];
    action.closes = vec![id.clone()];
    action.status = Status::Done;
    action.due = date("2026-03-01");
    assert_eq!(sample.counts(&id), Counts::FoundOtherwise);
    let points = sample.projected().points;
    assert!(points.iter().all(|point| point.counts != [id.clone()]));
    // Done after the assessment: the next one decides.
    sample.project.actions[0].due = date("2026-04-01");
    assert_eq!(sample.counts(&id), Counts::From(date("2026-04-01")));
    // Nobody looked at it: nothing was found.
    sample.project.actions[0].due = date("2026-03-01");
    sample.settled.standings.remove(&id);
    assert_eq!(sample.counts(&id), Counts::From(date("2026-03-01")));
}

#[test]
fn nothing_is_projected_on_an_assessment_older_than_what_the_actions_answer() {
    let mut sample = sample();
    let mut newer = sample.project.assessments[0].clone();
    newer.id = "autumn".to_owned();
    (newer.from, newer.to) = (date("2026-10-01"), date("2026-10-31"));
    sample.project.assessments.push(newer.clone());
    let found = sample.projected();
    assert_eq!(found.answers_newer, ["autumn"]);
    assert_eq!(found.points, []);
    let (project, set) = (&sample.project, &sample.project.targets[0]);
    let (table, settled) = (&sample.table, &sample.settled);
    let page = brief::brief(
        project,
        &project.assessments[0],
        set,
        table,
        settled,
        today(),
    );
    assert_eq!((page.planned.len(), page.later.len()), (0, 0));
    assert_eq!(page.answers_newer, ["autumn"]);
    // On the newer one itself it is projected.
    let own = projected(project, &newer, table, settled, today());
    assert!(own.answers_newer.is_empty() && !own.points.is_empty());
    // One that says nothing about what the actions close does not matter.
    let other = sample.project.assessments.last_mut().unwrap();
    other
        .answers
        .retain(|answer| answer.indicator.starts_with("H"));
    other.judgements.clear();
    assert!(sample.projected().answers_newer.is_empty());
}

/// The brief names what comes after its day, when, and what it waits for.
#[test]
fn the_brief_says_which_targets_come_later() {
    let mut sample = sample();
    sample.settled = Settled::default();
    let row = |id: &String| sample.table.row(id).unwrap().what.clone();
    let set = &mut sample.project.targets[0];
    set.practices.retain(|target| target.practice == "G2.1");
    set.drafts.clear();
    set.practices[0].level = level(3);
    set.by = date("2026-12-31");
    let all = sample.table.rows_of("G2.1").iter();
    let all = all.filter(|row| row.what.level <= level(3));
    let closes: Vec<String> = all.map(|row| row.what.id.clone()).collect();
    assert!(closes.iter().any(|id| row(id).looks_back.is_some()));
    sample.project.actions.truncate(1);
    sample.project.actions[0].closes = closes;
    sample.project.actions[0].due = date("2026-09-01");
    let page = |sample: &Sample| {
        brief::brief(
            &sample.project,
            &sample.project.assessments[0],
            &sample.project.targets[0],
            &sample.table,
            &sample.settled,
            today(),
        )
    };
    let found = page(&sample);
    assert_eq!(found.planned, Vec::<String>::new());
    assert_eq!(found.later.len(), 1);
    let later = &found.later[0];
    assert_eq!(
        (later.practice.as_str(), later.on),
        ("G2.1", date("2027-09-01"))
    );
    let waits: Vec<(&str, String)> = later
        .waits
        .iter()
        .map(|wait| (wait.indicator.as_str(), wait.covers.to_string()))
        .collect();
    assert_eq!(waits, [("G2.1-3.6", "12 months".to_owned())]);
    // With a day that leaves the time, it is planned and nothing comes later.
    sample.project.targets[0].by = date("2027-09-01");
    let found = page(&sample);
    assert_eq!(
        (found.planned.as_slice(), found.later.len()),
        (&["G2.1".to_owned()][..], 0)
    );
}

/// When an indicator counts, said again: due day, what comes first, today, and the period.
fn day_by_hand(
    actions: &[Action],
    at: usize,
    indicator: &str,
    table: &Effective,
    seen: &mut BTreeSet<usize>,
) -> Option<Date> {
    let effect = effect_by_hand(actions, at, seen)?;
    let action = &actions[at];
    let Some(LooksBack::Covers(length)) = table.row(indicator)?.what.looks_back else {
        return Some(effect);
    };
    let begun = match action.evidence.is_empty() {
        true => effect,
        false => action.since.unwrap_or(effect),
    };
    Some(length.after(begun).max(effect))
}

fn effect_by_hand(actions: &[Action], at: usize, seen: &mut BTreeSet<usize>) -> Option<Date> {
    let action = &actions[at];
    if action.status == Status::Cancelled || !seen.insert(at) {
        return None;
    }
    let mut day = action.due;
    if action.status != Status::Done {
        day = day.max(today());
    }
    for name in &action.after {
        let first = actions.iter().position(|other| other.id == *name)?;
        day = day.max(effect_by_hand(actions, first, &mut seen.clone())?);
    }
    Some(day)
}

fn any_action(at: usize, ids: &'static [String]) -> impl Strategy<Value = Action> {
    let day = (2026_u16..=2028, 1_u8..=12, 1_u8..=28);
    let status = prop::sample::select(vec![
        Status::Planned,
        Status::Started,
        Status::Done,
        Status::Cancelled,
    ]);
    let parts = (
        prop::collection::vec(prop::sample::select(ids), 1..12),
        day,
        prop::option::of(0_usize..6),
        prop::option::of((2025_u16..=2026, 1_u8..=4)),
        any::<bool>(),
        status,
    );
    parts.prop_map(
        move |(closes, (y, m, d), after, since, shown, status)| Action {
            id: format!("a{at}"),
            title: "x".to_owned(),
            closes,
            owner: None,
            due: Date::new(y, m, d).unwrap(),
            cost: None,
            after: after.map(|other| format!("a{other}")).into_iter().collect(),
            since: since.map(|(y, m)| Date::new(y, m, 1).unwrap()),
            evidence: if shown {
                vec!["keys".to_owned()]
            } else {
                Vec::new()
            },
            status,
            at: source::Span::default(),
        },
    )
}

fn ids() -> &'static [String] {
    static IDS: OnceLock<Vec<String>> = OnceLock::new();
    IDS.get_or_init(|| {
        let rows = sample().table.rows;
        let near = |id: &&String| id.contains("G2.1-") || id.contains("E1.2-");
        let all: Vec<String> = rows.into_iter().map(|row| row.what.id).collect();
        all.iter().filter(near).cloned().collect()
    })
}

fn any_actions() -> impl Strategy<Value = Vec<Action>> {
    (0..6).map(|at| any_action(at, ids())).collect::<Vec<_>>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_day_agrees_with_a_scorer_that_knows_nothing_of_it(actions in any_actions()) {
        let mut sample = sample();
        sample.settled = Settled::default();
        sample.project.actions = actions;
        let found = sample.projected();
        let actions = &sample.project.actions;
        let mut days = BTreeSet::new();
        let mut counts: Vec<(Date, String)> = Vec::new();
        for (at, action) in actions.iter().enumerate() {
            days.extend(effect_by_hand(actions, at, &mut BTreeSet::new()));
            for id in &action.closes {
                if let Some(day) = day_by_hand(actions, at, id, &sample.table, &mut BTreeSet::new()) {
                    counts.push((day, id.clone()));
                    days.insert(day);
                }
            }
        }
        let points: Vec<Date> = found.points.iter().map(|point| point.on).collect();
        prop_assert_eq!(points, days.into_iter().collect::<Vec<_>>());
        for point in &found.points {
            let mut settled = Settled::default();
            for (_, id) in counts.iter().filter(|(day, _)| *day <= point.on) {
                settled.standings.insert(id.clone(), Standing::Yes(Voucher::Attested));
            }
            prop_assert_eq!(&point.scores, &score(&sample.table, &settled), "{}", point.on);
        }
    }
}
