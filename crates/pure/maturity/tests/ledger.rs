//! The ledger: a project is the fold of its events; two people at once lose nothing and see it.
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
use maturity::ledger::{Entry, Event, Key, Reason, State, difference};
use maturity::project::{GivenAnswer, Project, Signed, read, read_json, write_json};
use maturity::{Answer, Date, Level, State as Stage, catalog};
use proptest::prelude::*;
use source::Source;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// The sample of the project tests, with its assessment still open.
fn sample() -> Project {
    let (catalog, _) = catalog::read(&texts("catalog/smm"));
    let text = Source::new("project.kdl", include_str!("data/project.kdl"));
    let (project, findings) = read(&text, &catalog);
    assert_eq!(show(&[text], &findings), "");
    let mut project = plain(&project.unwrap());
    for assessment in &mut project.assessments {
        assessment.state = Stage::Draft;
        (assessment.reviewed, assessment.approved) = (None, None);
    }
    project
}

/// A project as it is stored.
fn plain(project: &Project) -> Project {
    read_json(&Source::new("p.json", write_json(project)))
        .0
        .unwrap()
}

/// Somebody records events after having read up to `base`.
fn record(state: &mut State, author: &str, base: u64, events: Vec<Event>) {
    let at_ns = state.read + 1;
    for event in events {
        let stream = state.read + 1;
        state.apply(&Entry {
            stream,
            at_ns,
            author: author.to_owned(),
            base,
            event,
        });
    }
}

fn begun() -> State {
    let mut state = State::default();
    record(&mut state, "ada", 0, difference(None, &sample()));
    assert_eq!(state.conflicts, []);
    state
}

fn target(set: &Project, level: u8) -> Event {
    let mut target = set.targets[0].practices[0].clone();
    target.level = Level::new(level.into()).unwrap();
    let set = set.targets[0].id.clone();
    Event::TargetSet { set, target }
}

fn answer(project: &Project, by: &str, answer: Answer) -> Event {
    let given = project.assessments[0].answers.iter();
    let mut given: GivenAnswer = given
        .clone()
        .find(|a| a.computed.is_none())
        .unwrap()
        .clone();
    given.by = Some(by.to_owned());
    given.answer = answer;
    Event::AnswerGiven {
        assessment: project.assessments[0].id.clone(),
        answer: given,
    }
}

#[test]
fn a_project_is_the_fold_of_its_events() {
    let state = begun();
    assert_eq!(state.project, Some(sample()));
    assert_eq!(difference(state.project.as_ref(), &sample()), []);
}

#[test]
fn two_people_at_two_things_both_stand() {
    let mut state = begun();
    let (base, project) = (state.read, sample());
    record(&mut state, "ada", base, vec![target(&project, 1)]);
    record(
        &mut state,
        "bo",
        base,
        vec![answer(&project, "bo", Answer::No)],
    );
    assert_eq!(state.conflicts, []);
    let now = state.project.unwrap();
    assert_eq!(now.targets[0].practices[0].level, Level::new(1).unwrap());
    let given = &now.assessments[0].answers;
    assert!(given.iter().any(|one| one.by.as_deref() == Some("bo")));
}

#[test]
fn two_people_at_one_thing_lose_nothing_and_see_it() {
    let mut state = begun();
    let (base, project) = (state.read, sample());
    record(&mut state, "ada", base, vec![target(&project, 1)]);
    let stands = state.read;
    record(&mut state, "bo", base, vec![target(&project, 4)]);
    let conflict = state.conflicts[0].clone();
    assert_eq!(conflict.reason, Reason::SetMeanwhile);
    assert_eq!(
        (conflict.standing, conflict.entry.author.as_str()),
        (stands, "bo")
    );
    assert_eq!(conflict.entry.event, target(&project, 4));
    let level = |state: &State| {
        state.project.as_ref().unwrap().targets[0].practices[0]
            .level
            .number()
    };
    assert_eq!(level(&state), 1);
    // Somebody who has seen only the first does not decide.
    record(&mut state, "cy", stands, vec![target(&project, 2)]);
    assert_eq!((level(&state), state.conflicts.len()), (2, 1));
    // Somebody who has seen all decides.
    let all = state.read;
    record(&mut state, "ada", all, vec![target(&project, 4)]);
    assert_eq!((level(&state), state.conflicts.len()), (4, 0));
}

#[test]
fn a_conflict_may_be_settled_for_what_stands() {
    let mut state = begun();
    let (base, project) = (state.read, sample());
    record(&mut state, "ada", base, vec![target(&project, 1)]);
    record(&mut state, "bo", base, vec![target(&project, 4)]);
    let (read, entry) = (state.read, state.conflicts[0].entry.stream);
    record(&mut state, "ada", read, vec![Event::Settled { entry }]);
    assert_eq!(state.conflicts, []);
    let now = state.project.unwrap();
    assert_eq!(now.targets[0].practices[0].level.number(), 1);
}

#[test]
fn the_same_said_twice_is_no_conflict() {
    let mut state = begun();
    let (base, project) = (state.read, sample());
    record(&mut state, "ada", base, vec![target(&project, 1)]);
    record(&mut state, "bo", base, vec![target(&project, 1)]);
    assert_eq!(state.conflicts, []);
}

#[test]
fn what_reaches_a_frozen_assessment_is_kept_beside_it() {
    let mut state = begun();
    let project = sample();
    let id = project.assessments[0].id.clone();
    let signed = |by: &str| signed(by, "2026-04-01");
    let before = state.read;
    let review = Event::Reviewed {
        assessment: id.clone(),
        signed: signed("cleo"),
    };
    let approve = Event::Approved {
        assessment: id.clone(),
        signed: signed("cleo"),
    };
    record(&mut state, "cleo", before, vec![review, approve]);
    let frozen = state.project.clone();
    assert_eq!(frozen.as_ref().unwrap().assessments[0].state, Stage::Frozen);
    for base in [before, state.read] {
        record(
            &mut state,
            "bo",
            base,
            vec![answer(&project, "bo", Answer::No)],
        );
        assert_eq!(state.conflicts.last().unwrap().reason, Reason::Frozen);
    }
    let what = Key::Assessment(id.to_owned());
    let read = state.read;
    record(&mut state, "bo", read, vec![Event::Removed { what }]);
    assert_eq!(state.conflicts.len(), 3);
    assert_eq!(state.project, frozen);
}

#[test]
fn what_holds_nothing_is_not_frozen() {
    let mut state = begun();
    let mut project = sample();
    project.assessments[0].answers.clear();
    project.assessments[0].judgements.clear();
    let read = state.read;
    record(
        &mut state,
        "cleo",
        read,
        difference(Some(&sample()), &project),
    );
    let assessment = project.assessments[0].id.clone();
    let signed = signed("cleo", "2026-04-01");
    let read = state.read;
    record(
        &mut state,
        "cleo",
        read,
        vec![Event::Approved { assessment, signed }],
    );
    assert_eq!(state.conflicts[0].reason, Reason::Empty);
    assert_eq!(state.project, Some(project));
}

fn signed(by: &str, on: &str) -> Signed {
    Signed {
        by: by.to_owned(),
        on: date(on),
        at: Default::default(),
    }
}

/// The sample, reviewed and approved.
fn approved() -> Project {
    let mut project = sample();
    let one = &mut project.assessments[0];
    one.state = Stage::Frozen;
    one.reviewed = Some(signed("cleo", "2026-04-01"));
    one.approved = Some(signed("cleo", "2026-04-01"));
    project
}

#[test]
fn what_was_approved_is_repaired_by_somebody_who_did_not_assess_it() {
    let mut half = approved();
    half.assessments[0].answers.truncate(1);
    let mut state = State::default();
    record(&mut state, "cleo", 0, difference(None, &half));
    assert_eq!(state.project, Some(half.clone()));
    let repair = difference(Some(&half), &approved());
    let assessor = half.assessments[0].assessors[0].clone();
    let mut own = state.clone();
    let read = own.read;
    record(&mut own, &assessor, read, repair.clone());
    assert_eq!(own.conflicts[0].reason, Reason::OwnWork);
    assert_eq!(own.project, Some(half.clone()));
    record(&mut state, "cleo", read, repair);
    assert_eq!(state.conflicts, []);
    assert_eq!(state.project, Some(approved()));
    // Gone altogether, and back to a draft.
    let mut none = approved();
    none.assessments.clear();
    for after in [none, sample()] {
        let mut state = state.clone();
        record(
            &mut state,
            "cleo",
            read + 100,
            difference(Some(&approved()), &after),
        );
        assert_eq!(state.conflicts, []);
        assert_eq!(state.project, Some(after));
    }
}

#[test]
fn every_step_between_stages_is_recorded() {
    let stage = |at: usize| {
        let mut project = sample();
        let one = &mut project.assessments[0];
        if at > 0 {
            one.state = Stage::FactualReview;
        }
        if at > 1 {
            one.reviewed = Some(signed("cleo", "2026-04-01"));
        }
        if at > 2 {
            one.state = Stage::Frozen;
            one.approved = Some(signed("cleo", &format!("2026-04-0{}", at - 1)));
        }
        project
    };
    for (from, to) in (0..5).flat_map(|from| (0..5).map(move |to| (from, to))) {
        let mut state = State::default();
        record(&mut state, "cleo", 0, difference(None, &stage(from)));
        assert_eq!(state.project, Some(stage(from)), "{from}");
        let events = difference(Some(&stage(from)), &stage(to));
        assert_eq!(events.is_empty(), from == to, "{from} {to}");
        let read = state.read;
        record(&mut state, "cleo", read, events);
        assert_eq!(state.conflicts, [], "{from} {to}");
        assert_eq!(state.project, Some(stage(to)), "{from} {to}");
    }
}

#[test]
fn what_belongs_to_something_removed_is_kept() {
    let mut state = begun();
    let project = sample();
    let base = state.read;
    let what = Key::Assessment(project.assessments[0].id.clone());
    record(&mut state, "ada", base, vec![Event::Removed { what }]);
    record(
        &mut state,
        "bo",
        base,
        vec![answer(&project, "bo", Answer::No)],
    );
    assert_eq!(state.conflicts[0].reason, Reason::Nowhere);
}

#[test]
fn keys_name_the_assessor_so_that_disagreement_is_no_conflict() {
    let project = sample();
    let one = answer(&project, "ada", Answer::Yes).key();
    let other = answer(&project, "bo", Answer::No).key();
    assert_ne!(one, other);
}

#[test]
fn stored_entries_are_read_back() {
    for (at, event) in difference(None, &sample()).into_iter().enumerate() {
        let entry = Entry {
            stream: at as u64 + 1,
            at_ns: 5,
            author: "ada".into(),
            base: 0,
            event,
        };
        let text = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
    }
    let state = begun();
    let text = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state);
}

/// The sample with parts left out and levels changed.
fn variant(seed: u64) -> Project {
    let mut project = sample();
    let mut bits = seed;
    let mut keep = || {
        bits = bits
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        !(bits >> 33).is_multiple_of(3)
    };
    project.people.retain(|_| keep());
    project.goals.retain(|_| keep());
    project.concerns.retain(|_| keep());
    project.obligations.retain(|_| keep());
    project.evidence.retain(|_| keep());
    project.actions.retain(|_| keep());
    for set in &mut project.targets {
        set.practices.retain(|_| keep());
        set.drafts.retain(|_| keep());
        if !keep() {
            set.title = Some("another".to_owned());
        }
    }
    for assessment in &mut project.assessments {
        assessment.answers.retain(|_| keep());
        assessment.judgements.retain(|_| keep());
        for answer in &mut assessment.answers {
            if !keep() {
                answer.note = Some("seen again".to_owned());
            }
        }
    }
    project.targets.retain(|_| keep());
    project.assessments.retain(|_| keep());
    if !keep() {
        project.title = "another".to_owned();
    }
    project
}

/// A variant with its assessments at some stage.
fn staged(seed: u64) -> Project {
    let mut project = variant(seed);
    for (at, assessment) in project.assessments.iter_mut().enumerate() {
        let stage = (seed >> (at * 4)) % 5;
        if stage > 1 {
            assessment.state = Stage::FactualReview;
        }
        if stage > 2 {
            assessment.reviewed = Some(signed("cleo", "2026-04-01"));
        }
        if stage > 3 && !assessment.is_empty() {
            assessment.state = Stage::Frozen;
            assessment.approved = Some(signed("cleo", "2026-04-02"));
        }
    }
    project
}

/// Lists in an order of their own, because a difference does not move what was there.
fn sorted(mut project: Project) -> Project {
    project.people.sort_by(|a, b| a.id.cmp(&b.id));
    project.goals.sort_by(|a, b| a.id.cmp(&b.id));
    project.concerns.sort_by(|a, b| a.id.cmp(&b.id));
    project.obligations.sort_by(|a, b| a.id.cmp(&b.id));
    project.evidence.sort_by(|a, b| a.id.cmp(&b.id));
    project.actions.sort_by(|a, b| a.id.cmp(&b.id));
    project.targets.sort_by(|a, b| a.id.cmp(&b.id));
    project.assessments.sort_by(|a, b| a.id.cmp(&b.id));
    for set in &mut project.targets {
        set.practices.sort_by(|a, b| a.practice.cmp(&b.practice));
        set.drafts.sort_by(|a, b| a.part.cmp(&b.part));
    }
    for one in &mut project.assessments {
        one.answers.sort_by_key(|answer| Key::answer("", answer));
        one.judgements
            .sort_by_key(|judged| Key::judgement("", judged));
    }
    project
}

proptest! {
    #[test]
    fn a_difference_leads_from_one_to_the_other(one in any::<u64>(), other in any::<u64>()) {
        let (one, other) = (staged(one), staged(other));
        let mut state = State::default();
        record(&mut state, "cleo", 0, difference(None, &one));
        prop_assert_eq!(state.project.as_ref(), Some(&one));
        let read = state.read;
        record(&mut state, "cleo", read, difference(Some(&one), &other));
        prop_assert_eq!(&state.conflicts, &vec![]);
        let now = state.project.clone().unwrap();
        prop_assert_eq!(difference(Some(&now), &other), vec![]);
        prop_assert_eq!(sorted(now), sorted(other));
    }

    #[test]
    fn nothing_is_lost_whoever_comes_first(one in any::<u64>(), other in any::<u64>()) {
        // Two people change the sample without having seen each other's change.
        let mut state = begun();
        let base = state.read;
        let begun = state.project.clone().unwrap();
        let (mine, theirs) = (difference(Some(&begun), &variant(one)), difference(Some(&begun), &variant(other)));
        record(&mut state, "ada", base, mine);
        record(&mut state, "bo", base, theirs.clone());
        for event in theirs {
            let key = event.key();
            let stands = state.held.get(&key).is_some_and(|held| held.author == "bo");
            let kept = state.conflicts.iter().any(|one| one.entry.event == event);
            prop_assert!(stands || kept, "{key}");
        }
    }
}
