//! Crosswalks: how practice levels relate to requirements of other models, and what results under
//! those suggest here. A suggestion is never an answer.

use crate::catalog::Catalog;
use crate::date::Date;
use crate::fault::{self, Faults, Located};
use crate::form::{Fields, only, texts};
use crate::resolve;
use crate::words::{Answer, Basis, Confidence, Level, Party, Relation};
use kdl::Node;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The mapping to one edition of one standard, for one role where the standard is by role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crosswalk {
    /// `iec62443-2-1:2024`: standard and edition.
    pub id: String,
    /// Version of our mapping.
    pub version: String,
    /// Whose duties the requirements are, if the set is by role.
    pub role: Option<Party>,
    /// Name of the standard.
    pub standard: String,
    /// Its edition.
    pub edition: String,
    /// What this mapping is and is not; at least one.
    pub notes: Vec<String>,
    /// The lines.
    pub mappings: Vec<Mapping>,
}

/// One line: a practice level and a requirement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mapping {
    /// Id of the practice.
    pub practice: String,
    /// The level from which the requirement is mostly addressed.
    pub level: Level,
    /// `iec62443-2-1:2024/ORG-1.1`.
    pub to: String,
    /// Reads: the demand of the practice level is … of the requirement.
    pub relation: Relation,
    /// How sure the reading is.
    pub confidence: Confidence,
    /// What was read.
    pub basis: Basis,
    /// Why.
    pub why: String,
    /// From when the requirement binds, if it is law.
    pub in_force: Option<Date>,
}

/// What was found under another model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The requirement is met.
    Met,
    /// It is met in part.
    Partly,
    /// It is not met.
    NotMet,
}

/// What a result elsewhere suggests about the indicators of a practice level. An assessor decides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// Id of the practice.
    pub practice: String,
    /// The level whose indicators it is about.
    pub level: Level,
    /// What the assessor may expect to find.
    pub expect: Answer,
    /// The requirement.
    pub from: String,
    /// Relation of the practice level to it.
    pub relation: Relation,
    /// How sure the mapping is.
    pub confidence: Confidence,
    /// Why.
    pub because: String,
}

/// Reads one crosswalk. `None` if the text has none that can be named.
pub fn read(text: &source::Source, catalog: &Catalog) -> (Option<Crosswalk>, Vec<Located>) {
    let parse = kdl::parse(&text.text);
    let mut faults = Faults::new(parse.diagnostics);
    only(&parse.document.nodes, &["crosswalk"], &mut faults);
    let mut nodes = parse
        .document
        .nodes
        .iter()
        .filter(|node| node.name.text == "crosswalk");
    let crosswalk = match nodes.next() {
        Some(node) => crosswalk(node, catalog, &mut faults),
        None => {
            faults.report(&fault::NoCrosswalk, source::Span::default());
            None
        }
    };
    for node in nodes {
        faults.report(
            &fault::DuplicateField { field: "crosswalk" },
            node.head_span(),
        );
    }
    let found = faults.into_diagnostics().into_iter();
    (
        crosswalk,
        found
            .map(|diagnostic| Located {
                text: 0,
                diagnostic,
            })
            .collect(),
    )
}

fn crosswalk(node: &Node<'_>, catalog: &Catalog, faults: &mut Faults) -> Option<Crosswalk> {
    let mut fields = Fields::new(node, faults);
    let id = fields.argument();
    let version = fields.text("version").text;
    let role = fields.word_opt("role");
    let notes = texts(fields.list("note"));
    if notes.is_empty() {
        fields.report(&fault::MissingField { field: "note" });
    }
    let standard = fields.children("standard");
    let maps = fields.children("map");
    if standard.is_empty() {
        fields.report(&fault::MissingField { field: "standard" });
    }
    fields.finish();
    if !id.text.is_empty() && !versioned(&id.text) {
        faults.report(&fault::UnversionedKey { key: &id.text }, id.span);
    }
    let mut names = (String::new(), String::new());
    for (index, node) in standard.into_iter().enumerate() {
        if index > 0 {
            faults.report(
                &fault::DuplicateField { field: "standard" },
                node.head_span(),
            );
        }
        let mut fields = Fields::new(node, faults);
        names = (fields.argument().text, fields.text("edition").text);
        fields.finish();
    }
    let mut seen = BTreeSet::new();
    let mut mappings = Vec::new();
    for node in maps {
        let Some(mapping) = mapping(node, &id.text, catalog, faults) else {
            continue;
        };
        let key = (mapping.practice.clone(), mapping.level, mapping.to.clone());
        if !seen.insert(key) {
            faults.report(
                &fault::DuplicateMapping { key: &mapping.to },
                node.head_span(),
            );
        }
        mappings.push(mapping);
    }
    let (standard, edition) = names;
    let id = id.text;
    (!id.is_empty()).then_some(Crosswalk {
        id,
        version,
        role,
        standard,
        edition,
        notes,
        mappings,
    })
}

/// `standard:edition`, neither empty.
fn versioned(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(standard, edition)| !standard.is_empty() && !edition.is_empty())
}

fn mapping(node: &Node<'_>, set: &str, catalog: &Catalog, faults: &mut Faults) -> Option<Mapping> {
    let mut fields = Fields::new(node, faults);
    let practice = fields.argument();
    let level = fields.level("level");
    let to = fields.text("to");
    let relation = fields.word("relation");
    let confidence = fields.word("confidence");
    let basis = fields.word("basis");
    let why = fields.text("why").text;
    let in_force = fields.date_opt("in-force");
    fields.finish();
    let practice = resolve::practice(&practice, catalog, faults)?;
    match to.text.split_once('/') {
        _ if to.text.is_empty() => return None,
        Some((standard, requirement)) if versioned(standard) && !requirement.is_empty() => {
            if standard != set {
                faults.report(&fault::KeyOfOtherStandard { key: &to.text }, to.span);
            }
        }
        _ => faults.report(&fault::UnversionedKey { key: &to.text }, to.span),
    }
    let (level, relation, confidence, basis) = (level?, relation?, confidence?, basis?);
    if level == Level::NONE {
        faults.report(&fault::LevelOutOfRange { level: "0" }, node.head_span());
        return None;
    }
    Some(Mapping {
        practice,
        level,
        to: to.text,
        relation,
        confidence,
        basis,
        why,
        in_force,
    })
}

impl Crosswalk {
    /// What results under this standard suggest; `results` are fully qualified keys and outcomes.
    /// Results that say nothing about a practice level suggest nothing.
    pub fn suggest<'r>(
        &self,
        results: impl IntoIterator<Item = (&'r str, Outcome)>,
    ) -> Vec<Suggestion> {
        let mut all = Vec::new();
        for (key, outcome) in results {
            for mapping in self.mappings.iter().filter(|mapping| mapping.to == key) {
                let Some(expect) = expect(mapping.relation, outcome) else {
                    continue;
                };
                all.push(Suggestion {
                    practice: mapping.practice.clone(),
                    level: mapping.level,
                    expect,
                    from: key.to_owned(),
                    relation: mapping.relation,
                    confidence: mapping.confidence,
                    because: mapping.why.clone(),
                });
            }
        }
        all
    }
}

/// What follows for the practice level from a result about the requirement. If the level asks for a
/// part of it (subset), meeting the whole meets the part, and missing the whole says little. If it
/// asks for more (superset), missing the part misses the whole.
fn expect(relation: Relation, outcome: Outcome) -> Option<Answer> {
    match (relation, outcome) {
        (Relation::Equal | Relation::Subset, Outcome::Met) => Some(Answer::Yes),
        (Relation::Superset | Relation::Intersects, Outcome::Met) => Some(Answer::Partly),
        (Relation::Equal | Relation::Superset | Relation::Intersects, Outcome::Partly) => {
            Some(Answer::Partly)
        }
        (Relation::Equal | Relation::Superset, Outcome::NotMet) => Some(Answer::No),
        (Relation::Subset, Outcome::Partly | Outcome::NotMet)
        | (Relation::Intersects, Outcome::NotMet) => None,
    }
}
