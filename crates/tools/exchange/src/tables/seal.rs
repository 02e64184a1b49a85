//! What was approved has a digest, so that an import sees when some of it is missing.

use maturity::ledger::key;
use maturity::project::Assessment;
use record::Digest;

/// The digest of the answers and judgements of an assessment, whatever their order.
pub(super) fn seal(assessment: &Assessment) -> Digest {
    let answers = assessment.answers.iter();
    let answers = answers.map(|one| (key::answer("", one), serde_json::to_string(one)));
    let judgements = assessment.judgements.iter();
    let judgements = judgements.map(|one| (key::judgement("", one), serde_json::to_string(one)));
    let mut all: Vec<(String, String)> = answers
        .chain(judgements)
        // An answer has no map with other keys than texts and no number that JSON lacks.
        .map(|(key, json)| (key, json.unwrap_or_default()))
        .collect();
    all.sort_unstable();
    let lines = all.iter().map(|(_, json)| format!("{json}\n"));
    Digest::of(lines.collect::<String>().as_bytes())
}
