//! From collected items to a project; and a project for documents of other tools alone.

use super::at::{At, Report};
use super::collect::Collected;
use maturity::catalog::Catalog;
use maturity::ledger::Header;
use maturity::profile::Profile;
use maturity::project::{Project, Versioned};
use maturity::{Appetite, Perspective};
use std::collections::{BTreeMap, BTreeSet};

/// The project that our documents hold, if there are any.
pub(super) fn project(collected: Collected) -> Option<Project> {
    let mut project = collected.headers.into_vec().into_iter().next()?;
    project.people = collected.people.into_vec();
    project.goals = collected.goals.into_vec();
    project.concerns = collected.concerns.into_vec();
    project.obligations = collected.obligations.into_vec();
    project.targets = collected.targets.into_vec();
    project.evidence = collected.evidence.into_vec();
    project.assessments = collected.assessments.into_vec();
    project.actions = collected.actions.into_vec();
    Some(project)
}

/// Says what [`around`] assumed.
pub(super) fn assumed(project: &Project, report: &mut Report) {
    report.warning(
        "oscal-assumed",
        format!("no document says boundary, perspective and risk appetite of `{}`", project.title),
        "look through the first lines of the project: perspective `operator` and appetite `moderate` were assumed",
    );
}

/// A project around the document of another tool. What such a document does not say is assumed.
pub(super) fn around(document: &At<'_>, catalog: &Catalog, layers: &[Profile]) -> Project {
    let metadata = document.get("metadata");
    let title = metadata
        .and_then(|metadata| metadata.text("title"))
        .unwrap_or("Imported");
    let layer = |layer: &Profile| Versioned {
        name: layer.id.clone(),
        version: layer.version.clone(),
    };
    let header = Header {
        id: slug(title),
        title: title.to_owned(),
        boundary: "As in the imported documents".to_owned(),
        perspective: Perspective::Operator,
        appetite: Appetite::Moderate,
        notes: vec!["Imported from documents of another tool.".to_owned()],
        catalog: Versioned {
            name: catalog.id.clone(),
            version: catalog.version.clone(),
        },
        profiles: layers.iter().map(layer).collect(),
    };
    header.into()
}

/// Short names, each given once.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
    /// The number that the last of those with the same beginning got.
    last: BTreeMap<String, usize>,
}

impl Names {
    /// Begins with the names that are taken.
    pub(super) fn new<'n>(taken: impl Iterator<Item = &'n str>) -> Self {
        Self {
            taken: taken.map(str::to_owned).collect(),
            last: BTreeMap::new(),
        }
    }

    /// A new name made from words.
    pub(super) fn give(&mut self, words: &str) -> String {
        let name = slug(words);
        let mut free = name.clone();
        let last = self.last.entry(name.clone()).or_insert(1);
        while !self.taken.insert(free.clone()) {
            *last += 1;
            free = format!("{name}-{last}");
        }
        free
    }
}

/// A short name made from words.
fn slug(words: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let text: String = words.chars().map(plain).collect();
    let parts = text.split('-').filter(|part| !part.is_empty()).take(6);
    let mut name = parts.collect::<Vec<_>>().join("-");
    name.truncate(48);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name = format!("x-{name}");
    }
    name.trim_end_matches('-').to_owned()
}
