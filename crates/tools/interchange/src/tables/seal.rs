//! What was approved has a digest, so that an import sees when some of it is missing.

use maturity::ledger::Key;
use maturity::project::{Assessment, Evidence};
use record::Digest;
use std::collections::BTreeSet;

/// The digest of the answers and judgements of an assessment and of the evidence that it cites, whatever
/// their order.
pub(super) fn seal(assessment: &Assessment, evidence: &[Evidence]) -> Digest {
    let cited: BTreeSet<&str> = assessment.cited().collect();
    let cited = evidence
        .iter()
        .filter(|one| cited.contains(one.id.as_str()));
    let cited = cited.map(|one| {
        (
            Key::Evidence(one.id.clone()).to_string(),
            serde_json::to_string(one),
        )
    });
    let mut all: Vec<_> = inside(assessment).collect();
    all.extend(cited);
    digest(all)
}

/// Whether a digest is of an assessment as it is here. Earlier exports left out the evidence; where none
/// is cited, the two are one.
pub(super) fn holds(stated: Digest, assessment: &Assessment, evidence: &[Evidence]) -> bool {
    stated == seal(assessment, evidence) || stated == digest(inside(assessment).collect())
}

type Line = (String, serde_json::Result<String>);

fn inside(assessment: &Assessment) -> impl Iterator<Item = Line> {
    let answers = assessment.answers.iter();
    let answers = answers.map(|one| (Key::answer("", one).to_string(), serde_json::to_string(one)));
    let judgements = assessment.judgements.iter();
    let judgements = judgements.map(|one| {
        (
            Key::judgement("", one).to_string(),
            serde_json::to_string(one),
        )
    });
    answers.chain(judgements)
}

fn digest(all: Vec<Line>) -> Digest {
    // None of them has a map with other keys than texts or a number that JSON lacks.
    let all = all.into_iter();
    let mut all: Vec<_> = all
        .map(|(key, json)| (key, json.unwrap_or_default()))
        .collect();
    all.sort_unstable();
    let lines = all.iter().map(|(_, json)| format!("{json}\n"));
    Digest::of(lines.collect::<String>().as_bytes())
}
