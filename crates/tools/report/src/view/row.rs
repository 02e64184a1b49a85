//! An indicator with the answers behind its standing.

use super::anchor::anchor;
use super::{Anchor, Ground, Layer, Stands, Task, Who, shown};
use maturity::compose::From;
use maturity::project::GivenAnswer;
use maturity::{Answer, Date, Kind, Level, Method, Scope, Source};
use record::Digest;
use serde::Serialize;
use std::collections::BTreeMap;

shown! {
    /// An indicator with everything behind its standing.
    Row {
        /// Id.
        id: String,
        /// Where a document shows it.
        anchor: Anchor,
        /// The level it belongs to.
        level: Level,
        /// The scope it belongs to.
        scope: Scope,
        /// Design, as-built or operating.
        kind: Kind,
        /// The past it speaks of, e.g. `covers 12 months`.
        looks_back: Option<String>,
        /// The statement.
        text: String,
        /// The question.
        ask: String,
        /// Typical evidence.
        evidence: Vec<String>,
        /// Who or what can answer.
        source: Source,
        /// What is computed, if not a person answers.
        check: Option<String>,
        /// The catalog or layer it comes from.
        origin: Layer,
        /// True if it comes from a layer.
        from_layer: bool,
        /// Where it stands.
        stands: Stands,
        /// The answers, in the order in which they were given.
        answers: Vec<Given>,
        /// Short names of the actions that close it.
        actions: Vec<String>,
    }
    /// An answer as it was given.
    Given {
        /// Its place among the answers of the assessment, from 1.
        number: usize,
        /// The answer.
        answer: Answer,
        /// The assessor; none if it was computed.
        by: Option<Who>,
        /// How it was found.
        method: Option<Method>,
        /// When.
        on: Option<Date>,
        /// The evidence: short name and title.
        evidence: Vec<(String, String)>,
        /// What was seen or said.
        note: Option<String>,
        /// Why it does not apply.
        because: Option<String>,
        /// Who approved that.
        approved_by: Option<Who>,
        /// The check that found it, if a program did.
        check: Option<String>,
        /// Digest of the model it was computed from.
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        model: Option<Digest>,
        /// Why it no longer counts.
        dropped: Option<String>,
    }
}

/// The actions that close something.
pub(super) fn closing(tasks: &[Task], wanted: impl Fn(&super::Closes) -> bool) -> Vec<String> {
    let closing = tasks.iter().filter(|task| task.closes.iter().any(&wanted));
    closing.map(|task| task.id.clone()).collect()
}

/// The answers of the assessment by indicator, and what belongs to them.
pub(super) struct Answers<'a> {
    given: BTreeMap<&'a str, Vec<(usize, &'a GivenAnswer)>>,
    /// Why answers no longer count, by their number.
    dropped: BTreeMap<usize, &'a str>,
    /// Titles of evidence.
    evidence: BTreeMap<&'a str, &'a str>,
}

impl<'a> Answers<'a> {
    pub(super) fn of(ground: &'a Ground<'_>) -> Self {
        let mut given: BTreeMap<&str, Vec<(usize, &GivenAnswer)>> = BTreeMap::new();
        let answers = ground.assessment.into_iter().flat_map(|one| &one.answers);
        for (at, answer) in answers.enumerate() {
            let number = at + 1;
            given
                .entry(&answer.indicator)
                .or_default()
                .push((number, answer));
        }
        let dropped = ground.settled.dropped.iter();
        let evidence = ground.project.evidence.iter();
        Self {
            given,
            dropped: dropped
                .map(|one| (one.number, one.reason.as_str()))
                .collect(),
            evidence: evidence
                .map(|one| (one.id.as_str(), one.title.as_str()))
                .collect(),
        }
    }
}

pub(super) fn row_of(
    ground: &Ground<'_>,
    answers: &Answers<'_>,
    tasks: &[Task],
    row: &From<maturity::catalog::Indicator>,
) -> Row {
    let what = &row.what;
    Row {
        id: what.id.clone(),
        anchor: anchor("indicator", &what.id),
        level: what.level,
        scope: what.scope,
        kind: what.kind,
        looks_back: what.looks_back.map(|looks_back| looks_back.to_string()),
        text: what.text.clone(),
        ask: what.ask.clone(),
        evidence: what.evidence.clone(),
        source: what.source,
        check: what.check.clone(),
        origin: Layer {
            name: row.origin.name.clone(),
            version: row.origin.version.clone(),
        },
        from_layer: row.origin != ground.table.catalog,
        stands: ground.settled.standing(&what.id).into(),
        answers: given(ground, answers, &what.id),
        actions: closing(tasks, |closes| closes.indicator == what.id),
    }
}

fn given(ground: &Ground<'_>, answers: &Answers<'_>, indicator: &str) -> Vec<Given> {
    let own = answers.given.get(indicator);
    let evidence = |id: &String| {
        let title = answers.evidence.get(id.as_str());
        (id.clone(), title.copied().unwrap_or_default().to_owned())
    };
    let one = |(number, answer): &(usize, &GivenAnswer)| Given {
        number: *number,
        answer: answer.answer,
        by: answer.by.as_ref().map(|id| ground.who(id)),
        method: answer.method,
        on: answer.on,
        evidence: answer.evidence.iter().map(evidence).collect(),
        note: answer.note.clone(),
        because: answer.because.clone(),
        approved_by: answer.approved_by.as_ref().map(|id| ground.who(id)),
        check: (answer.computed.as_ref()).map(|computed| computed.check.clone()),
        model: answer.computed.as_ref().and_then(|computed| computed.model),
        dropped: answers
            .dropped
            .get(number)
            .map(|reason| (*reason).to_owned()),
    };
    own.into_iter().flatten().map(one).collect()
}
