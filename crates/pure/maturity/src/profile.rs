//! Profiles: layers that add indicators and considerations, or carry targets with their reasons,
//! seen from a stated perspective.

use crate::catalog::{Catalog, Indicator, indicator};
use crate::fault::{self, Faults, Located};
use crate::form::{Fields, Placed, is_id, level_of, only, word_of};
use crate::resolve;
use crate::words::{LayerKind, Level, Party, Perspective, Scope};
use kdl::Node;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Industry, system, device class or aspect.
    pub kind: LayerKind,
    /// From where it is seen.
    pub perspective: Perspective,
    /// Title.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// The scopes it is meant for.
    pub applies: Vec<Scope>,
    /// Indicators it adds, with their practice, level and scope.
    pub indicators: Vec<Indicator>,
    /// What is to be kept in mind.
    pub considerations: Vec<Consideration>,
    /// Targets it carries.
    pub targets: Vec<LayerTarget>,
}

/// Something to keep in mind at a level; nobody answers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Consideration {
    /// Id of the practice.
    pub practice: String,
    /// The level.
    pub level: Level,
    /// The scope.
    pub scope: Scope,
    /// What.
    pub text: String,
}

/// A target that a layer proposes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerTarget {
    /// Id of the practice.
    pub practice: String,
    /// The level.
    pub level: Level,
    /// The scope.
    pub scope: Scope,
    /// Whose practice it is.
    pub who: Vec<Party>,
    /// Why.
    pub because: String,
}

/// Reads one profile. `None` if the text has none that can be named.
pub fn read(text: &source::Source, catalog: &Catalog) -> (Option<Profile>, Vec<Located>) {
    let parse = kdl::parse(&text.text);
    let mut faults = Faults::new(parse.diagnostics);
    only(&parse.document.nodes, &["profile"], &mut faults);
    let mut nodes = parse
        .document
        .nodes
        .iter()
        .filter(|node| node.name.text == "profile");
    let profile = match nodes.next() {
        Some(node) => profile(node, catalog, &mut faults),
        None => {
            faults.report(&fault::NoProfile, source::Span::default());
            None
        }
    };
    for node in nodes {
        faults.report(
            &fault::DuplicateField { field: "profile" },
            node.head_span(),
        );
    }
    let found = faults.into_diagnostics().into_iter();
    (
        profile,
        found
            .map(|diagnostic| Located {
                text: 0,
                diagnostic,
            })
            .collect(),
    )
}

fn profile(node: &Node<'_>, catalog: &Catalog, faults: &mut Faults) -> Option<Profile> {
    let mut fields = Fields::new(node, faults);
    let id = fields.argument();
    let version = fields.text("version").text;
    let kind = fields.word("kind");
    let perspective = fields.word("perspective");
    let title = fields.text("title").text;
    let about = fields.text("about").text;
    let applies = fields.children("applies");
    let adds = fields.children("add");
    let considers = fields.children("consider");
    let wants = fields.children("target");
    fields.finish();
    if !id.text.is_empty() && !is_id(&id.text) {
        faults.report(&fault::BadId { id: &id.text }, id.span);
    }
    let applies = applies.into_iter().filter_map(|node| {
        let mut fields = Fields::new(node, faults);
        let scope = fields.word("scope");
        fields.finish();
        scope
    });
    let applies: Vec<Scope> = applies.collect();
    let mut seen = BTreeSet::new();
    let mut indicators = Vec::new();
    for node in adds {
        for (indicator, span) in add(node, catalog, faults) {
            let taken = catalog.indicators().any(|other| other.id == indicator.id);
            if taken || !seen.insert(indicator.id.clone()) {
                faults.report(&fault::DuplicateId { id: &indicator.id }, span);
            } else {
                indicators.push(indicator);
            }
        }
    }
    let considerations: Vec<_> = considers
        .into_iter()
        .filter_map(|node| consider(node, catalog, faults))
        .collect();
    let mut targets: Vec<LayerTarget> = Vec::new();
    for node in wants {
        let Some(target) = target(node, catalog, faults) else {
            continue;
        };
        let id = &target.practice;
        if targets.iter().any(|other| other.practice == *id) {
            faults.report(&fault::DuplicateId { id }, node.head_span());
        } else {
            targets.push(target);
        }
    }
    if indicators.is_empty() && considerations.is_empty() && targets.is_empty() {
        faults.report(&fault::EmptyProfile { profile: &id.text }, node.head_span());
    }
    let (kind, perspective) = (kind?, perspective?);
    let id = id.text;
    (!id.is_empty()).then_some(Profile {
        id,
        version,
        kind,
        perspective,
        title,
        about,
        applies,
        indicators,
        considerations,
        targets,
    })
}

fn add(node: &Node<'_>, catalog: &Catalog, faults: &mut Faults) -> Vec<(Indicator, source::Span)> {
    let mut fields = Fields::new(node, faults);
    let at = cell(&mut fields, catalog);
    let nodes = fields.children("indicator");
    if nodes.is_empty() {
        fields.report(&fault::MissingField { field: "indicator" });
    }
    fields.finish();
    let Some((practice, level, scope)) = at else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for node in nodes {
        let Some(indicator) = indicator(node, &practice, level, scope, faults) else {
            continue;
        };
        let number = indicator.id.rsplit_once(&format!("-{practice}-{level}."));
        let well_formed = number.is_some_and(|(prefix, number)| {
            is_id(prefix) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
        });
        if !well_formed {
            let help =
                format!("begin with letters of the profile's own: `XY-{practice}-{level}.1`");
            faults.report_with(
                &fault::IndicatorId {
                    indicator: &indicator.id,
                },
                node.head_span(),
                help,
            );
        }
        all.push((indicator, node.head_span()));
    }
    all
}

/// The fields `practice`, `level` and `scope`.
fn cell(fields: &mut Fields<'_, '_, '_>, catalog: &Catalog) -> Option<(String, Level, Scope)> {
    let practice = fields.text("practice");
    let level = fields.text("level");
    let scope = fields.text("scope");
    let level = if level.text.is_empty() {
        None
    } else {
        level_of(&level, fields.faults)
    };
    let scope = if scope.text.is_empty() {
        None
    } else {
        word_of(&scope, fields.faults)
    };
    let practice = resolve::practice(&practice, catalog, fields.faults);
    if level == Some(Level::NONE) {
        fields.report(&fault::LevelOutOfRange { level: "0" });
        return None;
    }
    Some((practice?, level?, scope?))
}

fn consider(node: &Node<'_>, catalog: &Catalog, faults: &mut Faults) -> Option<Consideration> {
    let mut fields = Fields::new(node, faults);
    let at = cell(&mut fields, catalog);
    let text = fields.argument().text;
    fields.finish();
    let (practice, level, scope) = at?;
    Some(Consideration {
        practice,
        level,
        scope,
        text,
    })
}

fn target(node: &Node<'_>, catalog: &Catalog, faults: &mut Faults) -> Option<LayerTarget> {
    let mut fields = Fields::new(node, faults);
    let at = cell(&mut fields, catalog);
    let who = parties(fields.list("who"), fields.faults);
    let because = fields.text("because").text;
    fields.finish();
    let (practice, level, scope) = at?;
    Some(LayerTarget {
        practice,
        level,
        scope,
        who,
        because,
    })
}

/// Parties, several joined by `+` or given one by one.
pub(crate) fn parties(given: Vec<Placed>, faults: &mut Faults) -> Vec<Party> {
    let mut all = Vec::new();
    for placed in given {
        for text in placed.text.split('+') {
            let one = Placed {
                text: text.to_owned(),
                span: placed.span,
            };
            all.extend(word_of::<Party>(&one, faults));
        }
    }
    all
}
