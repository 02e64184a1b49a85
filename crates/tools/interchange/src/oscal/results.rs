//! An assessment as assessment results: what was reviewed, answers and judgements as observations,
//! practices against their targets as findings, and the words of those who reviewed and approved.

use super::metadata::{back_matter, evidence, instant, metadata, party_uuids};
use super::profile::level_and_scope;
use super::props::{item, line, shown, token};
use super::results_parts::{components, observations, practices_of};
use super::types::{
    AssessmentPart, AssessmentResults, Attestation, ControlId, ControlSelection, Document, Finding,
    ImportAp, LocalDefinitions, Prop, RelatedObservation, Resource, ResponsibleParty, Result,
    ReviewedControls, Status, Target,
};
use super::{NS, Subject, uuid};
use maturity::gap::{Gap, Stands, gap};
use maturity::project::{Assessment, Signed, TargetSet};
use maturity::score::{PracticeScore, Vouched, score, vouched_to};
use maturity::settle::{Now, settle};
use maturity::{Found, Scope, Word};
use std::collections::BTreeSet;

/// An assessment as assessment results, compared with a target set if there is one. Levels are those
/// of the assessment as it was: no evidence has expired and no model has changed since.
pub fn assessment_results(
    of: &Subject<'_>,
    assessment: &Assessment,
    set: Option<&TargetSet>,
) -> String {
    document(of, assessment, set).text()
}

pub(super) fn document(
    of: &Subject<'_>,
    assessment: &Assessment,
    set: Option<&TargetSet>,
) -> Document {
    let project = of.project;
    let title = format!("Assessment `{}` of {}", assessment.id, project.title);
    let assessors = assessment.assessors.iter().map(String::as_str).collect();
    let roles = [
        ("assessor", "Assesses", assessors),
        (
            "reviewer",
            "Reviewed the facts",
            signer(&assessment.reviewed),
        ),
        (
            "approver",
            "Approved the result",
            signer(&assessment.approved),
        ),
    ];
    let cited: BTreeSet<&str> = assessment
        .answers
        .iter()
        .flat_map(|one| &one.evidence)
        .map(String::as_str)
        .collect();
    let named = people(assessment);
    let plan = plan(of, assessment);
    let import_ap = ImportAp {
        href: format!("#{}", plan.uuid),
        remarks: "There is no assessment plan apart from the catalog.",
    };
    let mut resources = vec![plan];
    resources.extend(evidence(of, &|id| cited.contains(id)));
    Document::AssessmentResults(AssessmentResults {
        uuid: String::new(),
        metadata: metadata(of, &title, Vec::new(), &roles, &|id| named.contains(id)),
        import_ap,
        results: vec![result(of, assessment, set, title)],
        back_matter: back_matter(of, resources),
    })
}

/// Everybody whom an assessment names.
fn people(assessment: &Assessment) -> BTreeSet<&str> {
    let mut named: BTreeSet<&str> = assessment.assessors.iter().map(String::as_str).collect();
    named.extend(signer(&assessment.reviewed));
    named.extend(signer(&assessment.approved));
    for answer in &assessment.answers {
        named.extend(answer.by.as_deref());
        named.extend(answer.approved_by.as_deref());
    }
    named.extend(
        assessment
            .judgements
            .iter()
            .map(|judged| judged.by.as_str()),
    );
    named
}

fn signer(signed: &Option<Signed>) -> Vec<&str> {
    signed.iter().map(|signed| signed.by.as_str()).collect()
}

/// OSCAL wants a plan; ours is the catalog with its indicators.
fn plan(of: &Subject<'_>, assessment: &Assessment) -> Resource {
    Resource {
        uuid: uuid::of(&["plan", &of.project.id, &assessment.id]),
        title: "No separate assessment plan".to_owned(),
        description: "What is asked are the indicators of the catalog and of the profiles named in the metadata; an assessor stops at the first level that is not reached.".to_owned(),
        props: Vec::new(),
        rlinks: Vec::new(),
    }
}

fn result(
    of: &Subject<'_>,
    assessment: &Assessment,
    set: Option<&TargetSet>,
    title: String,
) -> Result {
    let position = of
        .project
        .assessments
        .iter()
        .position(|other| other == assessment);
    let mut props = item(
        "assessment",
        position,
        assessment,
        &["answers", "judgements"],
    );
    let settled = settle(of.project, assessment, of.table, &Now::default());
    let scores = score(of.table, &settled);
    let mut findings = Vec::new();
    if let Some(set) = set {
        props.push(shown("target-set", &set.id));
    }
    for (score, (_, name)) in scores.iter().zip(&of.table.practices) {
        let target = set.and_then(|set| set.of(&score.practice));
        if target.is_some() {
            let gap = gap(score, target);
            let vouched = vouched_to(of.table, &settled, &score.practice, gap.target.as_ref());
            findings.push(finding(of, assessment, score, &gap, vouched, name));
        } else {
            // Without a target there is nothing to be satisfied or not; the level is still told.
            props.extend(levels(score).into_iter().map(|mut prop| {
                prop.name = format!("{}.{}", token(&score.practice), prop.name);
                prop
            }));
        }
    }
    let components = components(of, assessment);
    let boundary = assessment.boundary.as_ref().unwrap_or(&of.project.boundary);
    Result {
        uuid: uuid::of(&["result", &of.project.id, &assessment.id]),
        title: line(&title),
        description: format!("What was looked at: {boundary}"),
        start: instant(assessment.from),
        end: instant(assessment.to),
        props,
        local_definitions: (!components.is_empty()).then_some(LocalDefinitions { components }),
        reviewed_controls: reviewed(of, assessment),
        attestations: attestations(of, assessment),
        observations: observations(of, assessment),
        findings,
    }
}

fn reviewed(of: &Subject<'_>, assessment: &Assessment) -> ReviewedControls {
    let practices = practices_of(of, assessment);
    let selection = if practices.is_empty() {
        ControlSelection {
            description: "Nothing was answered.".to_owned(),
            include_all: Some(serde_json::Map::new()),
            include_controls: Vec::new(),
        }
    } else {
        let one = |practice: &str| ControlId {
            control_id: token(practice),
        };
        ControlSelection {
            description: "Practices with an answer or a judgement.".to_owned(),
            include_all: None,
            include_controls: practices.into_iter().map(one).collect(),
        }
    };
    ReviewedControls {
        control_selections: vec![selection],
    }
}

fn attestations(of: &Subject<'_>, assessment: &Assessment) -> Vec<Attestation> {
    let signed = [
        (
            &assessment.reviewed,
            "reviewer",
            "review",
            "The facts are right.",
        ),
        (
            &assessment.approved,
            "approver",
            "approval",
            "The result is approved.",
        ),
    ];
    let signed = signed
        .into_iter()
        .filter_map(|(signed, role_id, name, says)| {
            let signed = signed.as_ref()?;
            let party_uuids = party_uuids(of, &[&signed.by]);
            let known = !party_uuids.is_empty();
            let responsible = ResponsibleParty {
                role_id,
                party_uuids,
            };
            known.then(|| Attestation {
                responsible_parties: vec![responsible],
                parts: vec![AssessmentPart {
                    name,
                    ns: NS,
                    title: format!("By {} on {}", line(&signed.by), signed.on),
                    prose: says.to_owned(),
                }],
            })
        });
    signed.collect()
}

/// A practice against its target: satisfied if and only if the target is met.
fn finding(
    of: &Subject<'_>,
    assessment: &Assessment,
    score: &PracticeScore,
    gap: &Gap,
    vouched: Vouched,
    name: &str,
) -> Finding {
    let id = score.practice.as_str();
    let mut props = Vec::new();
    let mut description = String::new();
    if let Some(target) = &gap.target {
        props.extend(level_and_scope(target.level, target.scope));
        description = format!("Wanted: level {} at {} scope.", target.level, target.scope);
    }
    for scope in Scope::ALL {
        match score.found(*scope) {
            Found::Level(level) => {
                description.push_str(&format!(" Found: level {level} at {scope} scope."));
            }
            Found::NotJudged => description.push_str(&format!(" Not judged at {scope} scope.")),
            Found::Undefined => {}
        }
    }
    if score.excluded {
        description.push_str(" Nothing of this practice applies here.");
    }
    props.extend(levels(score));
    props.extend(standing(score, gap, vouched));
    let own = super::results_parts::observations_of(of, assessment, id);
    let related = own
        .into_iter()
        .map(|observation_uuid| RelatedObservation { observation_uuid });
    let other = |words| ("not-satisfied", "other", Some(words));
    let (state, reason, remarks) = match gap.stands {
        Stands::Met => ("satisfied", "pass", None),
        Stands::Short | Stands::ScopeOnly | Stands::NoTarget => ("not-satisfied", "fail", None),
        Stands::Excluded => other("The practice is excluded: it counts nowhere."),
        Stands::NotJudged => other("The practice is not judged at this scope."),
        Stands::NothingWanted => other("Nothing is wanted of the practice, and nobody looked."),
    };
    Finding {
        uuid: uuid::of(&["finding", &of.project.id, &assessment.id, id]),
        title: line(&format!("{id} {name}")),
        description,
        props,
        target: Target {
            r#type: "objective-id",
            target_id: objective(id),
            status: Status {
                state,
                reason,
                remarks,
            },
        },
        related_observations: related.collect(),
    }
}

/// The id of the part of a practice's control that says what is to be reached.
pub(super) fn objective(practice: &str) -> String {
    format!("{}_obj", token(practice))
}

/// The level at each scope; `not-judged` where nothing was said that decides level 1, `undefined` where
/// a scope has no indicator.
fn levels(score: &PracticeScore) -> Vec<Prop> {
    let level = |scope: &Scope| {
        let found = score.found(*scope).to_string().replace(' ', "-");
        shown(&format!("level-{scope}"), &found)
    };
    Scope::ALL.iter().map(level).collect()
}

/// Gap, surplus, and who vouches on the way to the target.
fn standing(score: &PracticeScore, gap: &Gap, vouched: Vouched) -> Vec<Prop> {
    let truth = |truth: bool| if truth { "yes" } else { "no" }.to_owned();
    let values = [
        ("surplus", gap.surplus.to_string()),
        ("scope-gap", truth(gap.scope_gap)),
        ("excluded", truth(score.excluded)),
        ("attested", vouched.attested.to_string()),
        ("judged", vouched.judged.to_string()),
        ("computed", vouched.computed.to_string()),
        ("unsatisfied", vouched.unsatisfied.to_string()),
        ("missing", vouched.missing.to_string()),
        ("not-applicable", vouched.not_applicable.to_string()),
    ];
    // Where nobody looked nobody knows how much is missing.
    let missing = (gap.stands != Stands::NotJudged).then(|| ("gap", gap.gap.to_string()));
    let values = missing.iter().chain(&values);
    values.map(|(name, value)| shown(name, value)).collect()
}
