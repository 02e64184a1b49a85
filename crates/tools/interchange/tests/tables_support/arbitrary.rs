//! Arbitrary projects that the check accepts: every field in every state, warnings allowed.

use super::catalog;
use maturity::project::{
    Action, Assessment, Computed, Concern, Cost, DraftTarget, Evidence, FORMAT, GivenAnswer, Goal,
    Judgement, Minimum, Obligation, Override, Person, PracticeTarget, Project, Signed, TargetSet,
    Touch, Versioned,
};
use maturity::{
    Answer, AssessmentType, Date, Kind, Level, Method, Party, Scope, State, Status, Word,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use record::Digest;
use source::Span;
use std::collections::BTreeSet;

/// A text that says something; with everything that spreadsheets and CSV stumble over.
fn text() -> impl Strategy<Value = String> {
    let hostile = select(vec![
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "'=x",
        "'plain",
        "a;b",
        "a,b",
        "\"q\"",
        "a\nb",
        "a\r\nb",
        " padded ",
        "_x000D_",
        "_x0041_",
        "<r><t>x</t></r>",
        "<r></r>",
        "http://example.com/",
        "mailto:a@example.com",
        "1.0",
        "1e5",
        "2026-03-02",
        "TRUE",
        "#N/A",
        "ä€😀",
        "\u{1}bell\u{7f}",
        "{=x}",
        "]]>",
        "&amp;",
    ]);
    let free = "\\PC{1,12}".prop_filter("says something", |text| !text.trim().is_empty());
    prop_oneof![
        hostile.prop_map(str::to_owned),
        free,
        "[a-z ]{1,20}[a-z]".prop_map(|text| text)
    ]
}

fn word<W: Word + std::fmt::Debug>() -> impl Strategy<Value = W> {
    select(W::ALL.to_vec())
}

fn level() -> impl Strategy<Value = Level> {
    (0i128..=4).prop_map(|number| Level::new(number).unwrap())
}

/// A day that is not after today, some before spreadsheets begin to count.
fn past() -> impl Strategy<Value = Date> {
    (1u16..=2025, 1u8..=12, 1u8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn any_day() -> impl Strategy<Value = Date> {
    let year = prop_oneof![1u16..=9999, 1899u16..=1905, 2020u16..2030];
    (year, 1u8..=12, 1u8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

/// Different short names.
fn ids(most: usize) -> impl Strategy<Value = Vec<String>> {
    vec("[a-zA-Z][a-zA-Z0-9._:-]{0,8}", 0..=most).prop_map(|ids| {
        let mut seen = BTreeSet::new();
        ids.into_iter()
            .filter(|id| seen.insert(id.clone()))
            .collect()
    })
}

fn some_of(ids: &[String]) -> BoxedStrategy<Vec<String>> {
    subsequence(ids.to_vec(), 0..=ids.len().min(3)).boxed()
}

fn maybe_one(ids: &[String]) -> BoxedStrategy<Option<String>> {
    match ids.is_empty() {
        true => Just(None).boxed(),
        false => option::of(select(ids.to_vec())).boxed(),
    }
}

fn practices() -> Vec<String> {
    let all = catalog().practices.iter();
    all.map(|practice| practice.title.id.clone()).collect()
}

fn indicators() -> Vec<String> {
    catalog().indicators().map(|one| one.id.clone()).collect()
}

/// The names that other parts refer to.
#[derive(Clone, Debug)]
struct Names {
    people: Vec<String>,
    goals: Vec<String>,
    concerns: Vec<String>,
    evidence: Vec<String>,
    actions: Vec<String>,
}

const AT: Span = Span { start: 0, end: 0 };

fn concern(id: String, names: &Names) -> impl Strategy<Value = Concern> + use<> {
    let touch = (select(practices()), word(), option::of(level()), text());
    let touch = touch.prop_map(|(practice, scope, level, because)| Touch {
        practice,
        scope,
        level,
        because,
        at: AT,
    });
    let all = (text(), some_of(&names.goals), word(), vec(touch, 0..3));
    all.prop_map(move |(says, goals, consequence, touches)| Concern {
        id: id.clone(),
        says,
        goals,
        consequence,
        touches,
        at: AT,
    })
}

fn obligation(id: String) -> impl Strategy<Value = Obligation> {
    let minimum = (select(practices()), level(), word(), text());
    let minimum = minimum.prop_map(|(practice, level, scope, because)| Minimum {
        practice,
        level,
        scope,
        because,
        at: AT,
    });
    let all = (text(), any_day(), vec(minimum, 0..3));
    all.prop_map(move |(source, in_force, minimums)| Obligation {
        id: id.clone(),
        source,
        in_force,
        minimums,
        at: AT,
    })
}

fn decision(people: &[String]) -> BoxedStrategy<Option<Override>> {
    if people.is_empty() {
        return Just(None).boxed();
    }
    let made = (select(people.to_vec()), past(), text());
    option::of(made.prop_map(|(by, on, because)| Override {
        by,
        on,
        because,
        at: AT,
    }))
    .boxed()
}

fn target(practice: String, names: &Names) -> impl Strategy<Value = PracticeTarget> + use<> {
    let who = (maybe_one(&names.people), maybe_one(&names.people));
    let parties = subsequence(Party::ALL.to_vec(), 0..=Party::ALL.len());
    let why = (some_of(&names.concerns), decision(&names.people));
    (level(), word(), text(), who, parties, why).prop_map(move |found| {
        let (level, scope, because, (respondent, owner), responsible, why) = found;
        PracticeTarget {
            practice: practice.clone(),
            level,
            scope,
            because: Some(because),
            concerns: why.0,
            respondent,
            owner,
            responsible,
            override_of: why.1,
            at: AT,
        }
    })
}

fn target_set(id: String, names: &Names) -> impl Strategy<Value = TargetSet> + use<> {
    let parts: Vec<String> = ["G", "G1", "E", "E3", "H2"].map(str::to_owned).into();
    let draft = |part: String| {
        (level(), word(), text()).prop_map(move |(level, scope, because)| DraftTarget {
            part: part.clone(),
            level,
            scope,
            because,
            at: AT,
        })
    };
    let drafts = subsequence(parts, 0..3)
        .prop_flat_map(move |parts| parts.into_iter().map(draft).collect::<Vec<_>>());
    let names = names.clone();
    let practices = subsequence(practices(), 0..4).prop_flat_map(move |all| {
        let one = |practice| target(practice, &names);
        all.into_iter().map(one).collect::<Vec<_>>()
    });
    let all = (option::of(text()), any_day(), drafts, practices);
    all.prop_map(move |(title, by, drafts, practices)| TargetSet {
        id: id.clone(),
        title,
        by,
        drafts,
        practices,
        at: AT,
    })
}

fn evidence(id: String) -> impl Strategy<Value = Evidence> {
    let all = (
        text(),
        option::of(word::<Kind>()),
        option::of(text()),
        option::of(digest()),
        option::of(past()),
        any::<bool>(),
    );
    all.prop_map(
        move |(title, kind, location, digest, dated, ends)| Evidence {
            id: id.clone(),
            title,
            kind,
            location,
            digest,
            dated,
            valid_until: ends.then(|| Date::new(2026, 12, 31).unwrap()),
            at: AT,
        },
    )
}

fn answer(
    indicator: String,
    by: &str,
    names: &Names,
) -> impl Strategy<Value = GivenAnswer> + use<> {
    let row = catalog().indicators().find(|row| row.id == indicator);
    let check = row.and_then(|row| row.check.clone());
    let (by, people) = (by.to_owned(), names.people.clone());
    let parts = (
        word::<Answer>(),
        word::<Method>(),
        past(),
        some_of(&names.evidence),
        (option::of(text()), text()),
        (any::<bool>(), digest(), any::<Index>()),
    );
    parts.prop_map(
        move |(answer, method, on, evidence, (note, because), made)| {
            let (computed, model, approver) = made;
            let check = check.clone().filter(|_| computed);
            // Approved by somebody who does not assess, as the check demands.
            let others: Vec<&String> = people.iter().skip(1).collect();
            let excused = answer == Answer::NotApplicable;
            let answer = match excused && others.is_empty() {
                true => Answer::Unknown,
                false => answer,
            };
            let excused = answer == Answer::NotApplicable;
            GivenAnswer {
                indicator: indicator.clone(),
                answer,
                by: check.is_none().then(|| by.clone()),
                method: check.is_none().then_some(method),
                on: Some(on),
                evidence,
                note,
                because: excused.then_some(because),
                approved_by: excused.then(|| (*approver.get(&others)).clone()),
                computed: check.map(|check| Computed {
                    check,
                    model: Some(model),
                    at: AT,
                }),
                at: AT,
            }
        },
    )
}

fn assessment(id: String, names: &Names) -> BoxedStrategy<Assessment> {
    // The first person assesses, others approve.
    let (Some(assessor), other) = (names.people.first().cloned(), names.people.get(1).cloned())
    else {
        return Just(None::<Assessment>)
            .prop_filter_map("needs a person", |none| none)
            .boxed();
    };
    let by = assessor.clone();
    let names = names.clone();
    let answers = subsequence(indicators(), 0..8).prop_flat_map(move |all| {
        let one = |indicator| answer(indicator, &by, &names);
        all.into_iter().map(one).collect::<Vec<_>>()
    });
    let by = assessor.clone();
    let judged = subsequence(practices(), 0..3).prop_flat_map(move |all| {
        let by = by.clone();
        let one = move |practice: String| {
            let by = by.clone();
            (level(), past(), text()).prop_map(move |(level, on, because)| Judgement {
                practice: practice.clone(),
                level,
                scope: Scope::General,
                by: by.clone(),
                on,
                because,
                at: AT,
            })
        };
        all.into_iter().map(one).collect::<Vec<_>>()
    });
    let parts = (
        (word::<AssessmentType>(), word::<State>(), any::<bool>()),
        past(),
        option::of(text()),
        answers,
        judged,
    );
    let made = parts.prop_map(
        move |((kind, state, reviewed), from, boundary, answers, judgements)| {
            let signed = |by: &String, day: u8| Signed {
                by: by.clone(),
                on: Date::new(2026, 2, day).unwrap(),
                at: AT,
            };
            let content = !(answers.is_empty() && judgements.is_empty());
            let frozen = state == State::Frozen && other.is_some() && content;
            let state = match (state, frozen) {
                (State::Frozen, false) => State::FactualReview,
                (state, _) => state,
            };
            Assessment {
                id: id.clone(),
                kind,
                from,
                to: Date::new(2026, 1, 31).unwrap(),
                boundary,
                assessors: vec![assessor.clone()],
                state,
                reviewed: (frozen || reviewed && state != State::Draft)
                    .then(|| signed(&assessor, 1)),
                approved: other.as_ref().filter(|_| frozen).map(|by| signed(by, 2)),
                answers,
                judgements,
                at: AT,
            }
        },
    );
    made.boxed()
}

fn action(at: usize, names: &Names) -> impl Strategy<Value = Action> + use<> {
    let id = names.actions.get(at).cloned().unwrap();
    // Only what comes before it, so that nothing waits for itself.
    let before: Vec<String> = names.actions.iter().take(at).cloned().collect();
    let cost = (0u64..5, any::<u64>(), "[A-Z]{3}").prop_map(|(least, more, currency)| Cost {
        least,
        most: least.saturating_add(more),
        currency,
        at: AT,
    });
    let parts = (
        text(),
        subsequence(indicators(), 1..4),
        maybe_one(&names.people),
        past(),
        option::of(cost),
        some_of(&before),
        option::of(past()),
        some_of(&names.evidence),
        word::<Status>(),
    );
    parts.prop_map(
        move |(title, closes, owner, due, cost, after, since, evidence, status)| Action {
            id: id.clone(),
            title,
            closes,
            owner,
            due,
            cost,
            after,
            since: since.filter(|_| !evidence.is_empty()),
            evidence,
            status,
            at: AT,
        },
    )
}

/// Any valid project for the shipped catalog, without profiles.
pub fn project() -> impl Strategy<Value = Project> {
    let names = (ids(4), ids(3), ids(3), ids(4), ids(4));
    let own = (ids(2), ids(2), ids(2));
    (names, own).prop_flat_map(|((people, goals, concerns, evidence, actions), own)| {
        let names = Names {
            people,
            goals,
            concerns,
            evidence,
            actions,
        };
        whole(names, own)
    })
}

fn whole(
    names: Names,
    (duties, sets, assessments): (Vec<String>, Vec<String>, Vec<String>),
) -> impl Strategy<Value = Project> {
    let all_people = names.people.clone();
    let people = vec((text(), option::of(text())), all_people.len());
    let all_goals = names.goals.clone();
    let goals = vec(text(), all_goals.len());
    let concerns = names.concerns.iter().cloned();
    let concerns: Vec<_> = concerns.map(|id| concern(id, &names)).collect();
    let duties: Vec<_> = duties.into_iter().map(obligation).collect();
    let sets: Vec<_> = sets.into_iter().map(|id| target_set(id, &names)).collect();
    let shown = names.evidence.iter().cloned();
    let shown: Vec<_> = shown.map(evidence).collect();
    let assessed = assessments.into_iter().filter(|_| !names.people.is_empty());
    let assessed: Vec<_> = assessed.map(|id| assessment(id, &names)).collect();
    let actions = (0..names.actions.len()).map(|at| action(at, &names));
    let actions: Vec<_> = actions.collect();
    let about = (text(), text(), word(), word(), vec(text(), 0..3));
    let lists = (concerns, duties, sets, shown, assessed, actions);
    (about, people, goals, lists).prop_map(move |(about, people, goals, lists)| {
        let (title, boundary, perspective, appetite, notes) = about;
        let people = all_people.iter().zip(people);
        let goals = all_goals.iter().zip(goals);
        Project {
            format: FORMAT.to_owned(),
            id: "any".to_owned(),
            title,
            boundary,
            perspective,
            appetite,
            notes,
            catalog: Versioned {
                name: catalog().id.clone(),
                version: catalog().version.clone(),
            },
            profiles: Vec::new(),
            people: people
                .map(|(id, (name, role))| Person {
                    id: id.clone(),
                    name,
                    role,
                    at: AT,
                })
                .collect(),
            goals: goals
                .map(|(id, says)| Goal {
                    id: id.clone(),
                    says,
                    at: AT,
                })
                .collect(),
            concerns: lists.0,
            obligations: lists.1,
            targets: lists.2,
            evidence: lists.3,
            assessments: lists.4,
            actions: lists.5,
            at: AT,
        }
    })
}
