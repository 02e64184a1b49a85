//! The events between two projects.

use super::event::{AssessmentHead, Event, Header, SetHead};
use super::fold::Named;
use super::key::Key;
use crate::project::{Assessment, Project, Signed, TargetSet};
use crate::words::State as Stage;
use std::collections::{BTreeMap, BTreeSet};

/// The events that make `after` out of `before`: what is new or different in the order of `after`, then
/// what is gone. Folding them gives `after`, apart from the order of what was there before. An assessment
/// that goes back a stage, or differs although it is frozen, itself or in evidence that it cites, is
/// opened again first.
pub fn difference(before: Option<&Project>, after: &Project) -> Vec<Event> {
    let (before, after) = (before.map(without_places), without_places(after));
    let (before, after) = (before.as_ref(), &after);
    let mut events = Vec::new();
    let header = Header::of(after);
    if before.map(Header::of).as_ref() != Some(&header) {
        events.push(Event::HeaderSet { header });
    }
    let mut gone = Vec::new();
    macro_rules! list {
        ($field:ident, $variant:ident, $name:ident) => {{
            let old: &[_] = before.map_or(&[], |before| &before.$field);
            let changed = changed(old, &after.$field);
            events.extend(changed.map(|$name| Event::$variant {
                $name: $name.clone(),
            }));
            let wrap = |$name| Event::$variant { $name };
            gone.extend(lost(old, &after.$field).map(|item| wrap(item.clone()).key()));
        }};
    }
    list!(people, PersonSet, person);
    list!(goals, GoalSet, goal);
    list!(concerns, ConcernSet, concern);
    list!(obligations, ObligationSet, obligation);
    list!(evidence, EvidenceAttached, evidence);
    // What was there and is now another, or gone.
    let old: &[_] = before.map_or(&[], |before| &before.evidence);
    let other: BTreeSet<&str> = changed(&after.evidence, old).map(Named::own_name).collect();
    for set in &after.targets {
        let old = before.and_then(|before| before.target(&set.id));
        target_set(old, set, &mut events, &mut gone);
    }
    for assessment in &after.assessments {
        let old = before.and_then(|before| before.assessment(&assessment.id));
        let rests_on_other = old.is_some_and(|old| old.cited().any(|id| other.contains(id)));
        events.extend(self::assessment(old, assessment, rests_on_other));
    }
    list!(actions, ActionSet, action);
    if let Some(before) = before {
        let sets = lost(&before.targets, &after.targets);
        gone.extend(sets.map(|set| Key::Targets(set.id.clone())));
        for one in lost(&before.assessments, &after.assessments) {
            if one.state == Stage::Frozen {
                let assessment = one.id.clone();
                events.push(Event::Reopened { assessment });
            }
            gone.push(Key::Assessment(one.id.clone()));
        }
    }
    events.extend(gone.into_iter().map(|what| Event::Removed { what }));
    events
}

/// A project as it is stored: where things were written does not matter.
fn without_places(project: &Project) -> Project {
    let stored = serde_json::to_value(project).and_then(serde_json::from_value);
    // A project always has a JSON form; with its places it would only differ in too much.
    stored.unwrap_or_else(|_| project.clone())
}

fn changed<'p, T: Named + PartialEq>(
    before: &'p [T],
    after: &'p [T],
) -> impl Iterator<Item = &'p T> {
    let old: BTreeMap<&str, &T> = before.iter().map(|item| (item.own_name(), item)).collect();
    after
        .iter()
        .filter(move |item| old.get(item.own_name()) != Some(item))
}

fn lost<'p, T: Named>(before: &'p [T], after: &'p [T]) -> impl Iterator<Item = &'p T> {
    let kept: BTreeSet<&str> = after.iter().map(Named::own_name).collect();
    before
        .iter()
        .filter(move |item| !kept.contains(item.own_name()))
}

fn target_set(
    before: Option<&TargetSet>,
    after: &TargetSet,
    events: &mut Vec<Event>,
    gone: &mut Vec<Key>,
) {
    let head = SetHead::of(after);
    if before.map(SetHead::of).as_ref() != Some(&head) {
        events.push(Event::TargetSetOpened { set: head });
    }
    let set = &after.id;
    let drafts: &[_] = before.map_or(&[], |before| &before.drafts);
    events.extend(changed(drafts, &after.drafts).map(|draft| Event::DraftSet {
        set: set.clone(),
        draft: draft.clone(),
    }));
    let practices: &[_] = before.map_or(&[], |before| &before.practices);
    events.extend(
        changed(practices, &after.practices).map(|target| Event::TargetSet {
            set: set.clone(),
            target: target.clone(),
        }),
    );
    let names = lost(drafts, &after.drafts).map(Named::own_name);
    let names = names.chain(lost(practices, &after.practices).map(Named::own_name));
    gone.extend(names.map(|name| Key::Target {
        set: set.clone(),
        part: name.to_owned(),
    }));
}

/// The events of one assessment: opened again if need be, then its content, then its stages, because a
/// frozen one takes in nothing more.
fn assessment(before: Option<&Assessment>, after: &Assessment, rests_on_other: bool) -> Vec<Event> {
    let mut content = Vec::new();
    let head = AssessmentHead::of(after);
    if before.map(AssessmentHead::of).as_ref() != Some(&head) {
        content.push(Event::AssessmentOpened { assessment: head });
    }
    let keyed = |one: Option<&Assessment>| -> BTreeMap<Key, Event> {
        let inside = one.into_iter().flat_map(inside);
        inside.map(|event| (event.key(), event)).collect()
    };
    let (old, new) = (keyed(before), keyed(Some(after)));
    content.extend(inside(after).filter(|event| old.get(&event.key()) != Some(event)));
    let gone = old.into_keys().filter(|key| !new.contains_key(key));
    content.extend(gone.map(|what| Event::Removed { what }));

    let stage = |one: &Assessment| (one.state, one.reviewed.clone(), one.approved.clone());
    let (was, is) = (
        before.map_or((Stage::Draft, None, None), stage),
        stage(after),
    );
    let back = is.0 < was.0 || (was.1.is_some() && is.1.is_none());
    let differs = was != is || !content.is_empty() || rests_on_other;
    let reopened = back || (was.0 == Stage::Frozen && differs);
    let mut events = Vec::new();
    if reopened {
        let assessment = after.id.clone();
        events.push(Event::Reopened { assessment });
    }
    events.append(&mut content);
    if reopened || was != is {
        events.extend(stages(&after.id, after));
    }
    events
}

/// Answers and judgements as events.
fn inside(one: &Assessment) -> impl Iterator<Item = Event> {
    let answers = one.answers.iter().map(|answer| Event::AnswerGiven {
        assessment: one.id.clone(),
        answer: answer.clone(),
    });
    let judgements = one.judgements.iter().map(|judgement| Event::LevelJudged {
        assessment: one.id.clone(),
        judgement: judgement.clone(),
    });
    answers.chain(judgements)
}

/// How far an assessment is, as events.
fn stages(id: &str, after: &Assessment) -> Vec<Event> {
    let mut events = Vec::new();
    let signed = |signed: &Option<Signed>| signed.clone();
    let assessment = id.to_owned();
    match (after.state, signed(&after.reviewed)) {
        (Stage::Draft, _) => {}
        (_, Some(signed)) => events.push(Event::Reviewed { assessment, signed }),
        (_, None) => events.push(Event::ReviewBegun { assessment }),
    }
    if let Some(signed) = signed(&after.approved) {
        let assessment = id.to_owned();
        events.push(Event::Approved { assessment, signed });
    }
    events
}
