//! Answers and judgements as observations, and the programs that computed some of them.

use super::metadata::{evidence_uuid, instant, party_uuids};
use super::props::{item, line};
use super::types::{Actor, Component, ComponentStatus, Observation, Origin, RelevantEvidence};
use super::{Subject, uuid};
use maturity::Method;
use maturity::project::{Assessment, GivenAnswer, Judgement};
use std::collections::{BTreeMap, BTreeSet};

/// All observations: first answers, then judgements, in the order of the assessment.
pub(super) fn observations(of: &Subject<'_>, assessment: &Assessment) -> Vec<Observation> {
    let titles: BTreeMap<&str, &str> = of
        .project
        .evidence
        .iter()
        .map(|one| (one.id.as_str(), one.title.as_str()))
        .collect();
    let answers = assessment.answers.iter().enumerate();
    let answers = answers.map(|(at, answer)| from_answer(of, assessment, at, answer, &titles));
    let judgements = assessment.judgements.iter().enumerate();
    let judgements = judgements.map(|(at, judged)| from_judgement(of, assessment, at, judged));
    answers.chain(judgements).collect()
}

/// The UUIDs of the observations about one practice.
pub(super) fn observations_of(
    of: &Subject<'_>,
    assessment: &Assessment,
    practice: &str,
) -> Vec<String> {
    let rows: BTreeSet<&str> = of
        .table
        .rows_of(practice)
        .iter()
        .map(|row| row.what.id.as_str())
        .collect();
    let answers = assessment.answers.iter().enumerate();
    let answers = answers.filter(|(_, answer)| rows.contains(answer.indicator.as_str()));
    let answers = answers.map(|(at, _)| observation_uuid(of, assessment, "answer", at));
    let judgements = assessment.judgements.iter().enumerate();
    let judgements = judgements.filter(|(_, judged)| judged.practice == practice);
    let judgements = judgements.map(|(at, _)| observation_uuid(of, assessment, "judgement", at));
    answers.chain(judgements).collect()
}

/// The practices with an answer or a judgement, in the order of the table.
pub(super) fn practices_of<'a>(of: &Subject<'a>, assessment: &Assessment) -> Vec<&'a str> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for answer in &assessment.answers {
        if let Some(row) = of.table.row(&answer.indicator) {
            seen.insert(row.what.practice.as_str());
        }
    }
    seen.extend(
        assessment
            .judgements
            .iter()
            .map(|judged| judged.practice.as_str()),
    );
    let practices = of.table.practices.iter().map(|(id, _)| id.as_str());
    practices.filter(|id| seen.contains(id)).collect()
}

/// The checks that computed answers, each once, as components.
pub(super) fn components(of: &Subject<'_>, assessment: &Assessment) -> Vec<Component> {
    let computed = assessment
        .answers
        .iter()
        .filter_map(|answer| answer.computed.as_ref());
    let checks: BTreeSet<&str> = computed.map(|computed| computed.check.as_str()).collect();
    checks
        .into_iter()
        .map(|check| Component {
            uuid: check_uuid(of, check),
            r#type: "validation",
            title: line(check),
            description: "A check that a program makes; the catalog names it.".to_owned(),
            status: ComponentStatus {
                state: "operational",
            },
        })
        .collect()
}

fn check_uuid(of: &Subject<'_>, check: &str) -> String {
    uuid::of(&["check", &of.project.id, check])
}

fn observation_uuid(of: &Subject<'_>, assessment: &Assessment, kind: &str, at: usize) -> String {
    uuid::of(&[kind, &of.project.id, &assessment.id, &at.to_string()])
}

/// OSCAL knows three methods; ours stands exactly in a property.
fn method(answer: &GivenAnswer) -> &'static str {
    match (answer.method, &answer.computed) {
        (_, Some(_)) | (Some(Method::Test), None) => "TEST",
        (Some(Method::Interview), None) => "INTERVIEW",
        (Some(Method::Document | Method::Observation), None) => "EXAMINE",
        (None, None) => "UNKNOWN",
    }
}

fn from_answer(
    of: &Subject<'_>,
    assessment: &Assessment,
    at: usize,
    answer: &GivenAnswer,
    titles: &BTreeMap<&str, &str>,
) -> Observation {
    let mut actors = persons(of, answer.by.as_deref());
    if let Some(computed) = &answer.computed {
        actors.push(Actor {
            r#type: "tool",
            actor_uuid: check_uuid(of, &computed.check),
        });
    }
    let cited = answer.evidence.iter().filter_map(|id| {
        Some(RelevantEvidence {
            href: format!("#{}", evidence_uuid(of.project, id)),
            description: (*titles.get(id.as_str())?).to_owned(),
        })
    });
    let text = of
        .table
        .row(&answer.indicator)
        .map(|row| row.what.text.as_str());
    let remarks = [&answer.note, &answer.because].into_iter().flatten();
    let remarks: Vec<&str> = remarks.map(String::as_str).collect();
    Observation {
        uuid: observation_uuid(of, assessment, "answer", at),
        title: line(&format!("{}: {}", answer.indicator, answer.answer)),
        description: text
            .unwrap_or("An indicator that the catalog does not have")
            .to_owned(),
        props: item("answer", Some(at), answer, &[]),
        methods: vec![method(answer)],
        origins: origins(actors),
        relevant_evidence: cited.collect(),
        collected: instant(answer.on.unwrap_or(assessment.to)),
        remarks: (!remarks.is_empty()).then(|| remarks.join("\n\n")),
    }
}

fn from_judgement(
    of: &Subject<'_>,
    assessment: &Assessment,
    at: usize,
    judged: &Judgement,
) -> Observation {
    Observation {
        uuid: observation_uuid(of, assessment, "judgement", at),
        title: line(&format!("{}: judged from the table", judged.practice)),
        description: format!(
            "Judged as a whole: level {} at {} scope.",
            judged.level, judged.scope
        ),
        props: item("judgement", Some(at), judged, &[]),
        methods: vec!["INTERVIEW"],
        origins: origins(persons(of, Some(&judged.by))),
        relevant_evidence: Vec::new(),
        collected: instant(judged.on),
        remarks: Some(judged.because.clone()),
    }
}

fn persons(of: &Subject<'_>, by: Option<&str>) -> Vec<Actor> {
    let uuids = by.map(|by| party_uuids(of, &[by])).unwrap_or_default();
    let actor = |actor_uuid| Actor {
        r#type: "party",
        actor_uuid,
    };
    uuids.into_iter().map(actor).collect()
}

fn origins(actors: Vec<Actor>) -> Vec<Origin> {
    match actors.is_empty() {
        true => Vec::new(),
        false => vec![Origin { actors }],
    }
}
