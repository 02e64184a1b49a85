//! The catalog as a catalog: domains and subdomains as groups, practices as controls. What a level
//! means, asks to be done and to be shown are parts; an indicator is an assessment objective, so
//! that other tools can refer to it by its id.
//!
//! Here OSCAL has a place for most; properties hold ids, levels, scopes, kinds, sources and checks.

use super::metadata::instant;
use super::props::{item, line, token};
use super::types::{Catalog as Written, Control, Document, Group, Metadata, Part, Prop};
use super::{NS, VERSION};
use maturity::catalog::{Catalog, Example, Indicator, Means, Practice, PracticeLevel, Title};
use maturity::compose::{Effective, From, Origin};
use maturity::profile::{Consideration, LayerTarget};
use maturity::{Date, Level};
use serde::Serialize;

/// What layers add to a catalog, each with its origin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Additions {
    /// Indicators.
    pub indicators: Vec<From<Indicator>>,
    /// Considerations.
    pub considerations: Vec<From<Consideration>>,
    /// Targets that layers propose.
    pub targets: Vec<From<LayerTarget>>,
}

impl Additions {
    /// What the layers of a table add.
    pub fn of(table: &Effective) -> Self {
        let added = table.rows.iter().filter(|row| row.origin != table.catalog);
        Self {
            indicators: added.cloned().collect(),
            considerations: table.considerations.clone(),
            targets: table.targets.clone(),
        }
    }
}

/// The catalog with what layers add to it. `on` is the day that the document bears.
pub fn catalog(catalog: &Catalog, added: &Additions, on: Date) -> String {
    document(catalog, added, on).text()
}

pub(super) fn document(catalog: &Catalog, added: &Additions, on: Date) -> Document {
    let write = Write { catalog, added };
    let groups = catalog.domains.iter().enumerate().map(|(at, domain)| {
        let subdomains = domain.subdomains.iter().enumerate();
        let subdomains = subdomains.map(|(at, subdomain)| Group {
            controls: write.controls(|practice| practice.subdomain == subdomain.title.id),
            ..group("subdomain", at, &subdomain.title, &subdomain.levels)
        });
        Group {
            groups: subdomains.collect(),
            ..group("domain", at, &domain.title, &domain.levels)
        }
    });
    let placed = |practice: &Practice| {
        let mut subdomains = catalog.domains.iter().flat_map(|domain| &domain.subdomains);
        subdomains.any(|subdomain| subdomain.title.id == practice.subdomain)
    };
    Document::Catalog(Written {
        uuid: String::new(),
        metadata: Metadata {
            title: line(&catalog.name),
            last_modified: instant(on),
            version: line(&catalog.version),
            oscal_version: VERSION.to_owned(),
            props: item("catalog", None, catalog, &["domains", "practices"]),
            remarks: Some(catalog.notice.clone()),
            ..Metadata::default()
        },
        groups: groups.collect(),
        controls: write.controls(|practice| !placed(practice)),
    })
}

struct Write<'c> {
    catalog: &'c Catalog,
    added: &'c Additions,
}

fn group(class: &'static str, at: usize, title: &Title, levels: &[Means]) -> Group {
    let id = token(&title.id);
    let mut parts = vec![part("overview", &title.aim, Vec::new())];
    for means in levels {
        parts.push(Part {
            id: Some(format!("{id}_l{}", means.level)),
            ..ours(
                "level",
                &means.means,
                item("level", None, means, &["means"]),
            )
        });
    }
    Group {
        id,
        class,
        title: line(&title.name),
        props: item("title", Some(at), title, &["aim"]),
        parts,
        groups: Vec::new(),
        controls: Vec::new(),
    }
}

/// A part in OSCAL's own vocabulary.
fn part(name: &'static str, prose: &str, props: Vec<Prop>) -> Part {
    Part {
        name,
        prose: prose.to_owned(),
        props,
        ..Part::default()
    }
}

/// A part in our vocabulary.
fn ours(name: &'static str, prose: &str, props: Vec<Prop>) -> Part {
    Part {
        ns: Some(NS),
        ..part(name, prose, props)
    }
}

impl Write<'_> {
    fn controls(&self, wanted: impl Fn(&Practice) -> bool) -> Vec<Control> {
        let practices = self.catalog.practices.iter().enumerate();
        let wanted = practices.filter(|(_, practice)| wanted(practice));
        wanted
            .map(|(at, practice)| self.control(at, practice))
            .collect()
    }

    fn control(&self, at: usize, practice: &Practice) -> Control {
        let id = token(&practice.title.id);
        let mut props = item("title", Some(at), &practice.title, &["aim"]);
        props.extend(item(
            "place",
            None,
            practice,
            &["title", "levels", "examples"],
        ));
        let levels = practice.levels.iter();
        let mut objective = Part {
            id: Some(super::results::objective(&practice.title.id)),
            ..part(
                "assessment-objective",
                "The target level is reached at its scope.",
                Vec::new(),
            )
        };
        objective.parts = levels.map(|level| self.level(&id, level)).collect();
        objective.parts.extend(self.elsewhere(practice));
        let statement = Part {
            id: Some(format!("{id}_smt")),
            ..part("statement", &practice.title.aim, Vec::new())
        };
        let mut parts = vec![statement, objective];
        parts.extend(practice.examples.iter().map(|example: &Example| {
            let props = item("example", None, example, &["situation"]);
            ours("example", &example.situation, props)
        }));
        for (at, target) in self.added.targets.iter().enumerate() {
            if target.what.practice == practice.title.id {
                let props = with_origin("layer-target", at, target, &["because"]);
                parts.push(ours("proposed-target", &target.what.because, props));
            }
        }
        Control {
            id,
            class: "practice",
            title: line(&practice.title.name),
            props,
            parts,
        }
    }

    fn level(&self, practice: &str, level: &PracticeLevel) -> Part {
        let tasks = level
            .tasks
            .iter()
            .map(|task| ours("task", task, Vec::new()));
        let own = level.indicators.iter();
        let own =
            own.map(|indicator| objective(indicator, item("indicator", None, indicator, &PROSE)));
        let mut parts: Vec<Part> = tasks.chain(own).collect();
        parts.extend(self.additions(|id, at| at == level.level && token(id) == practice));
        Part {
            id: Some(format!("{practice}_l{}", level.level)),
            parts,
            ..ours(
                "level",
                &level.means,
                item("level", None, &At { level: level.level }, &[]),
            )
        }
    }

    /// What layers add at levels that the catalog does not describe.
    fn elsewhere(&self, practice: &Practice) -> Vec<Part> {
        let described = |at: Level| practice.levels.iter().any(|level| level.level == at);
        self.additions(|id, at| id == practice.title.id && !described(at))
    }

    fn additions(&self, wanted: impl Fn(&str, Level) -> bool) -> Vec<Part> {
        let mut parts = Vec::new();
        for (at, row) in self.added.indicators.iter().enumerate() {
            if wanted(&row.what.practice, row.what.level) {
                parts.push(objective(&row.what, with_origin("added", at, row, &PROSE)));
            }
        }
        for (at, row) in self.added.considerations.iter().enumerate() {
            if wanted(&row.what.practice, row.what.level) {
                let props = with_origin("consideration", at, row, &["text"]);
                parts.push(ours("consideration", &row.what.text, props));
            }
        }
        parts
    }
}

/// The fields of an indicator that are parts.
pub(super) const PROSE: [&str; 3] = ["text", "ask", "evidence"];

/// A level as an item.
#[derive(Serialize)]
struct At {
    level: Level,
}

fn objective(indicator: &Indicator, props: Vec<Prop>) -> Part {
    let mut parts = vec![ours("question", &indicator.ask, Vec::new())];
    let evidence = indicator.evidence.iter();
    parts.extend(evidence.map(|one| ours("evidence", one, Vec::new())));
    Part {
        id: Some(token(&indicator.id)),
        parts,
        ..part("assessment-objective", &indicator.text, props)
    }
}

fn with_origin(group: &str, at: usize, row: &From<impl Serialize>, but: &[&str]) -> Vec<Prop> {
    let mut props = item(group, Some(at), &row.what, but);
    let origin: &Origin = &row.origin;
    props.extend(item("origin", None, origin, &[]));
    props
}
