//! Assessment results of other tools: findings about indicators become answers, the rest is listed
//! as lost.

use super::at::{At, Report};
use super::merge::Names;
use maturity::compose::Effective;
use maturity::ledger::AssessmentHead;
use maturity::project::{Assessment, Evidence, GivenAnswer, Person, Project};
use maturity::{Answer, AssessmentType, Method};
use source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Adds the results of a document, each as an assessment.
pub(super) fn results(
    document: &At<'_>,
    table: &Effective,
    project: &mut Project,
    report: &mut Report,
) {
    document.rest(
        &["uuid", "metadata", "import-ap", "results", "back-matter"],
        report,
    );
    let mut known = Known::new(project);
    if let Some(metadata) = document.get("metadata") {
        for party in metadata.list("parties") {
            known.person(&party, project);
        }
        for party in metadata.list("responsible-parties") {
            if matches!(
                party.text("role-id"),
                Some("assessor" | "assessment-team" | "assessment-lead")
            ) {
                let uuids = party.list("party-uuids");
                let people = uuids
                    .iter()
                    .filter_map(|uuid| known.people.get(uuid.value.as_str()?));
                known.assessors.extend(people.cloned());
            }
        }
    }
    let resources = document.get("back-matter").map(|at| at.list("resources"));
    for resource in resources.unwrap_or_default() {
        known.evidence(&resource, project);
    }
    for result in document.list("results") {
        one(&result, &known, table, project, report);
    }
}

/// What the UUIDs of a document stand for.
struct Known<'v> {
    people: BTreeMap<&'v str, String>,
    evidence: BTreeMap<&'v str, String>,
    assessors: BTreeSet<String>,
    /// Short names of people by their full names.
    by_name: BTreeMap<String, String>,
    people_names: Names,
    evidence_names: Names,
}

impl<'v> Known<'v> {
    fn new(project: &Project) -> Self {
        let people = project.people.iter();
        Self {
            people: BTreeMap::new(),
            evidence: BTreeMap::new(),
            assessors: BTreeSet::new(),
            by_name: people
                .map(|one| (one.name.clone(), one.id.clone()))
                .collect(),
            people_names: Names::new(project.people.iter().map(|one| one.id.as_str())),
            evidence_names: Names::new(project.evidence.iter().map(|one| one.id.as_str())),
        }
    }

    fn person(&mut self, party: &At<'v>, project: &mut Project) {
        let Some(uuid) = party.text("uuid") else {
            return;
        };
        let name = party.text("name").unwrap_or("Somebody");
        if let Some(id) = self.by_name.get(name) {
            self.people.insert(uuid, id.clone());
            return;
        }
        let id = self.people_names.give(name);
        self.by_name.insert(name.to_owned(), id.clone());
        self.people.insert(uuid, id.clone());
        project.people.push(Person {
            id,
            name: name.to_owned(),
            role: None,
            at: Span::default(),
        });
    }

    fn evidence(&mut self, resource: &At<'v>, project: &mut Project) {
        let Some(uuid) = resource.text("uuid") else {
            return;
        };
        let title = resource
            .text("title")
            .or_else(|| resource.text("description"));
        let title = title.unwrap_or("Imported evidence");
        let links = resource.list("rlinks");
        let hashes = links.iter().flat_map(|link| link.list("hashes"));
        let hashes = hashes.filter(|hash| hash.text("algorithm") == Some("SHA-256"));
        let mut digests = hashes.filter_map(|hash| hash.text("value")?.to_lowercase().parse().ok());
        let id = self.evidence_names.give(title);
        self.evidence.insert(uuid, id.clone());
        project.evidence.push(Evidence {
            id,
            title: title.to_owned(),
            kind: None,
            location: links
                .iter()
                .find_map(|link| link.text("href"))
                .map(str::to_owned),
            digest: digests.next(),
            dated: None,
            valid_until: None,
            at: Span::default(),
        });
    }
}

const UNDERSTOOD: [&str; 8] = [
    "uuid",
    "title",
    "description",
    "start",
    "end",
    "reviewed-controls",
    "observations",
    "findings",
];

fn one(
    result: &At<'_>,
    known: &Known<'_>,
    table: &Effective,
    project: &mut Project,
    report: &mut Report,
) {
    result.rest(&UNDERSTOOD, report);
    let Some(from) = result.day("start") else {
        let message = format!("`{}.start` is no day", result.path);
        report.error(
            "oscal-bad-item",
            message,
            "write a date and time such as `2026-03-31T00:00:00Z`",
        );
        return;
    };
    let seen = result.list("observations");
    let mut observations: BTreeMap<&str, &At<'_>> = BTreeMap::new();
    for observation in &seen {
        if let Some(uuid) = observation.text("uuid") {
            observations.insert(uuid, observation);
        }
    }
    let mut used = BTreeSet::new();
    let mut answers = Vec::new();
    for finding in result.list("findings") {
        let answer = answer(&finding, &observations, &mut used, known, table, report);
        answers.extend(answer);
    }
    for observation in &seen {
        if !observation
            .text("uuid")
            .is_some_and(|uuid| used.contains(uuid))
        {
            report.lose(format!(
                "{}: belongs to no finding about an indicator",
                observation.path
            ));
        }
    }
    if answers.is_empty() {
        report.lose(format!("{}: no finding is about an indicator", result.path));
        return;
    }
    let title = result.text("title").unwrap_or("imported");
    let by = answers.iter().filter_map(|answer| answer.by.clone());
    let assessors: BTreeSet<String> = by.chain(known.assessors.iter().cloned()).collect();
    report.warning(
        "oscal-assumed",
        format!("`{}` does not say who assesses whom", result.path),
        "correct the type of the assessment: a self-assessment in draft was assumed",
    );
    let mut names = Names::new(project.assessments.iter().map(|one| one.id.as_str()));
    let mut assessment = Assessment::from(AssessmentHead {
        id: names.give(title),
        kind: AssessmentType::OwnParty,
        from,
        to: result.day("end").unwrap_or(from),
        boundary: result.text("description").map(str::to_owned),
        assessors: assessors.into_iter().collect(),
    });
    assessment.answers = answers;
    project.assessments.push(assessment);
}

fn answer<'v>(
    finding: &At<'v>,
    observations: &BTreeMap<&str, &At<'v>>,
    used: &mut BTreeSet<&'v str>,
    known: &Known<'_>,
    table: &Effective,
    report: &mut Report,
) -> Option<GivenAnswer> {
    let target = finding.get("target")?;
    let id = target.text("target-id").unwrap_or_default();
    let Some(row) = table.row(id) else {
        report.lose(format!(
            "{}: `{id}` is no indicator; levels of practices are not taken over",
            target.path
        ));
        return None;
    };
    let status = target.get("status");
    let answer = match status.as_ref().and_then(|status| status.text("state")) {
        Some("satisfied") => Answer::Yes,
        Some("not-satisfied") => Answer::No,
        other => {
            report.lose(format!(
                "{}: state `{}` is not understood",
                target.path,
                other.unwrap_or_default()
            ));
            return None;
        }
    };
    finding.rest(
        &[
            "uuid",
            "title",
            "description",
            "origins",
            "target",
            "related-observations",
        ],
        report,
    );
    let related = finding.list("related-observations");
    let related = related
        .iter()
        .filter_map(|one| one.text("observation-uuid"));
    let mut seen: Vec<&&At<'v>> = Vec::new();
    for uuid in related {
        match observations.get(uuid) {
            Some(found) => seen.push(found),
            None => report.error(
                "oscal-incomplete",
                format!(
                    "`{}` rests on observation `{uuid}`, which is not in the document",
                    finding.path
                ),
                "give the document as it was written, with all its observations",
            ),
        }
    }
    used.extend(seen.iter().filter_map(|seen| seen.text("uuid")));
    let origins = std::iter::once(finding).chain(seen.iter().map(|seen| **seen));
    let actors = origins
        .flat_map(|at| at.list("origins"))
        .flat_map(|origin| origin.list("actors"));
    let mut by = actors.filter_map(|actor| known.people.get(actor.text("actor-uuid")?).cloned());
    let only = known
        .assessors
        .iter()
        .next()
        .filter(|_| known.assessors.len() == 1);
    let cited = seen.iter().flat_map(|seen| seen.list("relevant-evidence"));
    let cited = cited.filter_map(|at| {
        known
            .evidence
            .get(at.text("href")?.strip_prefix('#')?)
            .cloned()
    });
    let evidence: BTreeSet<String> = cited.collect();
    let methods = seen.iter().flat_map(|seen| seen.list("methods"));
    let mut methods = methods.filter_map(|method| match method.value.as_str()? {
        "INTERVIEW" => Some(Method::Interview),
        "EXAMINE" => Some(Method::Document),
        "TEST" | "TEST-AUTOMATED" | "TEST-MANUAL" => Some(Method::Test),
        _ => None,
    });
    Some(GivenAnswer {
        indicator: row.what.id.clone(),
        answer,
        by: by.next().or_else(|| only.cloned()),
        method: methods.next(),
        on: seen.iter().find_map(|seen| seen.day("collected")),
        evidence: evidence.into_iter().collect(),
        note: finding.text("description").map(str::to_owned),
        because: None,
        approved_by: None,
        computed: None,
        at: Span::default(),
    })
}
