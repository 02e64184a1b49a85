//! A target set as a profile: the practices that have a target, each with level, scope, reason and
//! whose it is. And the demands: a profile of what obligations ask for, with what else the project
//! says beside its targets and assessments.
//!
//! OSCAL has no place for goals, concerns and actions outside a system security plan; they are
//! resources of the back matter.

use super::Subject;
use super::metadata::{back_matter, catalog_uuid, evidence, metadata, resource};
use super::props::{item, shown, token};
use super::types::{Add, Alter, Document, Import, Merge, Modify, Profile, Prop, Resource, WithIds};
use maturity::project::{Minimum, PracticeTarget, TargetSet};
use maturity::{Level, Scope, Word};
use std::collections::BTreeSet;

/// Id and title of a role, and who has it.
type Role<'a> = (&'static str, &'static str, Vec<&'a str>);

/// A target set as a profile. Goals, concerns and obligations go with it, because they are its
/// reasons.
pub fn profile(of: &Subject<'_>, set: &TargetSet) -> String {
    document(of, set).text()
}

/// The profile of what is demanded from outside: every practice that an obligation names, with the
/// minimum. Its back matter holds goals, concerns, obligations, actions and the evidence that no
/// assessment cites; its parties are all people.
pub fn demands(of: &Subject<'_>) -> String {
    demands_document(of).text()
}

pub(super) fn document(of: &Subject<'_>, set: &TargetSet) -> Document {
    let mut alters = Vec::new();
    for (at, target) in set.practices.iter().enumerate() {
        let mut props = item("target", Some(at), target, &[]);
        props.extend(level_and_scope(target.level, target.scope));
        props.extend(minimums(of, &target.practice));
        alters.push(alter(&target.practice, props));
    }
    for (practice, _) in &of.table.practices {
        let own = |target: &PracticeTarget| target.practice == *practice;
        let Some(target) = set.of(practice).filter(|_| !set.practices.iter().any(own)) else {
            continue;
        };
        let mut props = level_and_scope(target.level, target.scope);
        props.push(shown("set-at", &target.set_at));
        props.push(shown("because", &target.because));
        props.extend(minimums(of, practice));
        alters.push(alter(practice, props));
    }
    let name = set.title.as_deref().unwrap_or(&set.id);
    let title = format!("Target of {}: {name}, by {}", of.project.title, set.by);
    let respondents = set
        .practices
        .iter()
        .filter_map(|one| one.respondent.as_deref());
    let owners = set.practices.iter().filter_map(|one| one.owner.as_deref());
    let decided = set
        .practices
        .iter()
        .filter_map(|one| one.override_of.as_ref());
    let roles = [
        (
            "respondent",
            "Can answer for a practice",
            respondents.collect(),
        ),
        ("owner", "Pays and decides", owners.collect()),
        (
            "decider",
            "Decided against a proposal",
            decided.map(|one| one.by.as_str()).collect(),
        ),
    ];
    let named: BTreeSet<&str> = roles
        .iter()
        .flat_map(|(_, _, people): &Role<'_>| people)
        .copied()
        .collect();
    let position = of.project.targets.iter().position(|other| other == set);
    let header = item("target-set", position, set, &["practices"]);
    Document::Profile(Profile {
        uuid: String::new(),
        metadata: metadata(of, &title, header, &roles, &|id| named.contains(id)),
        imports: vec![import(of, &alters)],
        merge: Merge { as_is: true },
        modify: (!alters.is_empty()).then_some(Modify { alters }),
        back_matter: back_matter(of, reasons(of)),
    })
}

pub(super) fn demands_document(of: &Subject<'_>) -> Document {
    let named = |practice: &str| {
        let duties = &mut of.project.obligations.iter();
        duties.any(|duty| duty.minimums.iter().any(|least| least.practice == practice))
    };
    let practices = of.table.practices.iter().filter(|(id, _)| named(id));
    let alters: Vec<Alter> = practices
        .map(|(id, _)| alter(id, minimums(of, id)))
        .collect();
    let mut resources = reasons(of);
    for (at, action) in of.project.actions.iter().enumerate() {
        let about = format!("To be done by {}", action.due);
        let texts = (action.title.as_str(), about.as_str());
        resources.push(resource(of, "action", at, &action.id, texts, action));
    }
    let assessments = of.project.assessments.iter();
    let answers = assessments.flat_map(|assessment| &assessment.answers);
    let cited: BTreeSet<&str> = answers
        .flat_map(|answer| &answer.evidence)
        .map(String::as_str)
        .collect();
    resources.extend(evidence(of, &|id| !cited.contains(id)));
    let title = format!("Demands on {}", of.project.title);
    let owners = of
        .project
        .actions
        .iter()
        .filter_map(|one| one.owner.as_deref());
    let roles = [("owner", "Does what is planned", owners.collect())];
    let metadata = metadata(of, &title, Vec::new(), &roles, &|_| true);
    Document::Profile(Profile {
        uuid: String::new(),
        metadata,
        imports: vec![import(of, &alters)],
        merge: Merge { as_is: true },
        modify: (!alters.is_empty()).then_some(Modify { alters }),
        back_matter: back_matter(of, resources),
    })
}

fn alter(practice: &str, props: Vec<Prop>) -> Alter {
    Alter {
        control_id: token(practice),
        adds: vec![Add {
            position: "ending",
            props,
        }],
    }
}

/// `target-level` and `target-scope`: what other tools look at, and what is read from theirs.
pub(super) fn level_and_scope(level: Level, scope: Scope) -> Vec<Prop> {
    vec![
        shown("target-level", &level.to_string()),
        shown("target-scope", scope.as_str()),
    ]
}

/// What obligations ask of a practice, for others to see.
fn minimums(of: &Subject<'_>, practice: &str) -> Vec<Prop> {
    let mut props = Vec::new();
    for duty in &of.project.obligations {
        let asked = |least: &&Minimum| least.practice == practice;
        for least in duty.minimums.iter().filter(asked) {
            let words = format!(
                "level {} at {} scope since {}",
                least.level, least.scope, duty.in_force
            );
            let mut prop = shown("minimum", &words);
            let because = format!("{}: {}", duty.source, least.because);
            prop.remarks = Some(because);
            props.push(prop);
        }
    }
    props
}

/// The controls that are changed, or all of them if none is: an import cannot name nothing.
fn import(of: &Subject<'_>, alters: &[Alter]) -> Import {
    let mut with_ids: Vec<String> = Vec::new();
    for alter in alters {
        if !with_ids.contains(&alter.control_id) {
            with_ids.push(alter.control_id.clone());
        }
    }
    let none = with_ids.is_empty();
    Import {
        href: format!("#{}", catalog_uuid(of)),
        include_all: none.then(serde_json::Map::new),
        include_controls: if none {
            Vec::new()
        } else {
            vec![WithIds { with_ids }]
        },
    }
}

/// Goals, concerns and obligations.
fn reasons(of: &Subject<'_>) -> Vec<Resource> {
    let project = of.project;
    let mut all = Vec::new();
    for (at, goal) in project.goals.iter().enumerate() {
        let texts = (goal.says.as_str(), "A goal of the business");
        all.push(resource(of, "goal", at, &goal.id, texts, goal));
    }
    for (at, concern) in project.concerns.iter().enumerate() {
        let about = format!(
            "A concern; the consequence would be {}",
            concern.consequence
        );
        let texts = (concern.says.as_str(), about.as_str());
        all.push(resource(of, "concern", at, &concern.id, texts, concern));
    }
    for (at, duty) in project.obligations.iter().enumerate() {
        let about = format!("An obligation that applies from {}", duty.in_force);
        let texts = (duty.source.as_str(), about.as_str());
        all.push(resource(of, "obligation", at, &duty.id, texts, duty));
    }
    all
}
