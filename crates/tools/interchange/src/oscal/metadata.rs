//! What all documents about a project share: who is in it, what it is about, what they refer to.

use super::props::{item, line, shown};
use super::types::{
    BackMatter, Hash, Metadata, Party, Prop, Resource, ResponsibleParty, Rlink, Role,
};
use super::{CATALOG_FILE, Subject, VERSION, uuid};
use maturity::Date;
use maturity::project::{Evidence, Project, write_json};
use record::Digest;
use serde::Serialize;
use std::collections::BTreeSet;

/// The fields of a project that are lists of items of their own.
pub(super) const LISTS: [&str; 8] = [
    "people",
    "goals",
    "concerns",
    "obligations",
    "targets",
    "evidence",
    "assessments",
    "actions",
];

/// The property that holds the digest of the project's JSON form.
pub(super) const DIGEST: &str = "project-digest";

/// The property that says how much there is of everything, in all documents together.
pub(super) const CONTENTS: &str = "project-contents";

/// How much there is of everything: `people=3 goals=1 …`.
pub(super) fn contents(project: &Project) -> String {
    let counts = counts(project);
    let each = counts.iter().map(|(what, count)| format!("{what}={count}"));
    each.collect::<Vec<_>>().join(" ")
}

/// How much there is of everything.
pub(super) fn counts(project: &Project) -> [(&'static str, usize); 11] {
    let assessments = project.assessments.iter();
    let practices = project.targets.iter().map(|set| set.practices.len());
    [
        ("people", project.people.len()),
        ("goals", project.goals.len()),
        ("concerns", project.concerns.len()),
        ("obligations", project.obligations.len()),
        ("targets", project.targets.len()),
        ("practice-targets", practices.sum()),
        ("evidence", project.evidence.len()),
        ("assessments", project.assessments.len()),
        (
            "answers",
            assessments.clone().map(|one| one.answers.len()).sum(),
        ),
        (
            "judgements",
            assessments.map(|one| one.judgements.len()).sum(),
        ),
        ("actions", project.actions.len()),
    ]
}

/// Midnight (UTC) of a day. OSCAL knows the years 1900 to 2999; other days become its first or last,
/// and the exact day stands in a property.
pub(super) fn instant(day: Date) -> String {
    let day = day.to_string();
    let day = if day.as_str() < "1900" {
        "1900-01-01"
    } else if day.as_str() >= "3000" {
        "2999-12-31"
    } else {
        day.as_str()
    };
    format!("{day}T00:00:00Z")
}

/// The digest of all that a project says.
pub(super) fn digest(project: &Project) -> String {
    Digest::of(write_json(project).as_bytes()).to_string()
}

/// Metadata of a document about a project: `more` are properties, `roles` say who does what,
/// `named` are the people it is about.
pub(super) fn metadata(
    of: &Subject<'_>,
    title: &str,
    more: Vec<Prop>,
    roles: &[(&'static str, &'static str, Vec<&str>)],
    named: &dyn Fn(&str) -> bool,
) -> Metadata {
    let project = of.project;
    let mut props = item("project", None, project, &LISTS);
    props.push(shown(DIGEST, &of.digest));
    props.push(shown(CONTENTS, &contents(of.project)));
    props.extend(more);
    let mut responsible = Vec::new();
    let mut present = Vec::new();
    for (id, title, people) in roles {
        let party_uuids = party_uuids(of, people);
        if party_uuids.is_empty() {
            continue;
        }
        responsible.push(ResponsibleParty {
            role_id: id,
            party_uuids,
        });
        present.push(Role {
            id: (*id).to_owned(),
            title: (*title).to_owned(),
        });
    }
    let people = project.people.iter().enumerate();
    let parties = people.filter(|(_, person)| named(&person.id));
    let parties = parties.map(|(at, person)| Party {
        uuid: party_uuid(project, &person.id),
        r#type: "person",
        name: line(&person.name),
        props: item("person", Some(at), person, &[]),
    });
    let notes = project.notes.join("\n\n");
    Metadata {
        title: line(title),
        last_modified: instant(of.on),
        version: of.on.to_string(),
        oscal_version: VERSION.to_owned(),
        props,
        roles: present,
        parties: parties.collect(),
        responsible_parties: responsible,
        remarks: (!notes.trim().is_empty()).then_some(notes),
    }
}

/// The UUID of a person.
pub(super) fn party_uuid(project: &Project, id: &str) -> String {
    uuid::of(&["party", &project.id, id])
}

/// The UUIDs of those among some names who are known, each once, in the order of the names.
pub(super) fn party_uuids(of: &Subject<'_>, names: &[&str]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let known = names.iter().filter(|name| of.people.contains(**name));
    let once = known.filter(|name| seen.insert(**name));
    once.map(|name| party_uuid(of.project, name)).collect()
}

/// What a document refers to: first the catalog.
pub(super) fn back_matter(of: &Subject<'_>, more: Vec<Resource>) -> BackMatter {
    let catalog = Resource {
        uuid: catalog_uuid(of),
        title: line(&of.catalog.name),
        description: format!(
            "Catalog `{}`, version {}",
            of.catalog.id, of.catalog.version
        ),
        props: Vec::new(),
        rlinks: vec![Rlink {
            href: CATALOG_FILE.to_owned(),
            media_type: Some("application/oscal+json"),
            hashes: Vec::new(),
        }],
    };
    let mut resources = vec![catalog];
    resources.extend(more);
    BackMatter { resources }
}

/// The UUID of the reference to the catalog.
pub(super) fn catalog_uuid(of: &Subject<'_>) -> String {
    uuid::of(&["catalog", &of.catalog.id, &of.catalog.version])
}

/// An item of the project as something that is referred to.
pub(super) fn resource(
    of: &Subject<'_>,
    kind: &str,
    at: usize,
    id: &str,
    (title, description): (&str, &str),
    what: &impl Serialize,
) -> Resource {
    Resource {
        uuid: uuid::of(&[kind, &of.project.id, id]),
        title: line(title),
        description: line(description),
        props: item(kind, Some(at), what, &[]),
        rlinks: Vec::new(),
    }
}

/// The evidence that is wanted.
pub(super) fn evidence(of: &Subject<'_>, wanted: &dyn Fn(&str) -> bool) -> Vec<Resource> {
    let all = of.project.evidence.iter().enumerate();
    let wanted = all.filter(|(_, one)| wanted(&one.id));
    wanted
        .map(|(at, one)| {
            let about = one.location.as_deref().unwrap_or("evidence");
            let texts = (one.title.as_str(), about);
            let mut resource = resource(of, "evidence", at, &one.id, texts, one);
            resource.rlinks = rlinks(one, &resource.uuid);
            resource
        })
        .collect()
}

/// The UUID of a piece of evidence.
pub(super) fn evidence_uuid(project: &Project, id: &str) -> String {
    uuid::of(&["evidence", &project.id, id])
}

/// Where evidence is, with the digest of its bytes. A place that is no reference, such as `cabinet
/// 4`, stands in a property; the digest then hangs on a reference to the resource itself.
fn rlinks(evidence: &Evidence, own: &str) -> Vec<Rlink> {
    let location = evidence.location.as_deref();
    let href = location.filter(|place| is_reference(place));
    if href.is_none() && evidence.digest.is_none() {
        return Vec::new();
    }
    let hash = |digest: &Digest| Hash {
        algorithm: "SHA-256",
        value: digest.to_string(),
    };
    vec![Rlink {
        href: href.map_or_else(|| format!("#{own}"), str::to_owned),
        media_type: None,
        hashes: evidence.digest.iter().map(hash).collect(),
    }]
}

/// True for what is certainly a URI or a relative path and not words about a place.
fn is_reference(place: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    let path = place
        .strip_prefix("https://")
        .or_else(|| place.strip_prefix("http://"));
    let path = path.unwrap_or(place);
    place.contains('/') && !path.is_empty() && !path.starts_with("//") && path.bytes().all(plain)
}
