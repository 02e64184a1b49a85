//! Catalog and layers to one table. Layers add; none removes or replaces. What they disagree on is
//! reported and stays visible. The order in which layers are given does not matter.

use crate::catalog::{Catalog, Indicator, add_indicator};
use crate::profile::{Consideration, LayerTarget, Profile};
use crate::words::{Level, Perspective, Scope};
use record::Digest;
use record::facts::Facts;
use serde::Serialize;
use std::collections::BTreeMap;

/// Where a row comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Origin {
    /// Name of the catalog or profile.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Something with its origin.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct From<T> {
    /// The thing.
    pub what: T,
    /// Who says so.
    pub origin: Origin,
}

/// Two layers that do not agree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "conflict", rename_all = "kebab-case")]
pub enum Conflict {
    /// Two layers give the same id to different indicators; the first by kind and name is kept.
    SameId {
        /// The id.
        indicator: String,
        /// Whose indicator is used.
        kept: Origin,
        /// Whose is not.
        left_out: Origin,
    },
    /// Two layers want different targets for a practice; both remain proposals.
    Targets {
        /// Id of the practice.
        practice: String,
        /// One layer and what it wants.
        one: (Origin, Level, Scope),
        /// The other.
        other: (Origin, Level, Scope),
    },
    /// Two layers that carry targets are seen from different perspectives.
    Perspectives {
        /// One layer.
        one: (Origin, Perspective),
        /// The other.
        other: (Origin, Perspective),
    },
    /// The same layer was given in two versions; the first is kept.
    Versions {
        /// The one that is used.
        kept: Origin,
        /// The one that is not.
        left_out: Origin,
    },
}

/// The effective table: every indicator that counts, with its origin.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effective {
    /// The catalog.
    pub catalog: Origin,
    /// The layers, in the order of kind and name.
    pub layers: Vec<Origin>,
    /// Practices in the order of the catalog, with their names.
    pub practices: Vec<(String, String)>,
    /// Indicators, ordered by practice, level, scope and id.
    pub rows: Vec<From<Indicator>>,
    /// Considerations of the layers.
    pub considerations: Vec<From<Consideration>>,
    /// Targets that the layers propose.
    pub targets: Vec<From<LayerTarget>>,
    /// What the layers disagree on.
    pub conflicts: Vec<Conflict>,
    ranges: BTreeMap<String, (usize, usize)>,
    index: BTreeMap<String, usize>,
}

/// Puts layers on a catalog.
pub fn compose(catalog: &Catalog, layers: &[Profile]) -> Effective {
    let mut layers: Vec<&Profile> = layers.iter().collect();
    layers.sort_by_key(|layer| (layer.kind, &layer.id, &layer.version));
    layers.dedup_by(|a, b| a == b);
    let base = Origin {
        name: catalog.id.clone(),
        version: catalog.version.clone(),
    };
    let mut conflicts = Vec::new();
    let mut used: Vec<(&Profile, Origin)> = Vec::new();
    for layer in layers {
        let origin = Origin {
            name: layer.id.clone(),
            version: layer.version.clone(),
        };
        match used.iter().find(|(other, _)| other.id == layer.id) {
            Some((_, kept)) => {
                conflicts.push(Conflict::Versions {
                    kept: kept.clone(),
                    left_out: origin,
                });
            }
            None => used.push((layer, origin)),
        }
    }
    let rows = rows(catalog, &base, &used, &mut conflicts);
    let targets = targets(&used, &mut conflicts);
    let considerations = used.iter().flat_map(|(layer, origin)| {
        let own = |what: &Consideration| From {
            what: what.clone(),
            origin: origin.clone(),
        };
        layer.considerations.iter().map(own)
    });
    let considerations = considerations.collect();
    conflicts.sort();
    let mut ranges: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut index = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        ranges
            .entry(row.what.practice.clone())
            .or_insert((at, at))
            .1 = at + 1;
        index.insert(row.what.id.clone(), at);
    }
    let titles = catalog.practices.iter().map(|practice| &practice.title);
    Effective {
        catalog: base,
        practices: titles
            .map(|title| (title.id.clone(), title.name.clone()))
            .collect(),
        rows,
        considerations,
        targets,
        conflicts,
        layers: used.into_iter().map(|(_, origin)| origin).collect(),
        ranges,
        index,
    }
}

fn rows(
    catalog: &Catalog,
    base: &Origin,
    layers: &[(&Profile, Origin)],
    conflicts: &mut Vec<Conflict>,
) -> Vec<From<Indicator>> {
    let mut by_id: BTreeMap<&str, (&Indicator, &Origin)> = BTreeMap::new();
    for indicator in catalog.indicators() {
        by_id.entry(&indicator.id).or_insert((indicator, base));
    }
    for (layer, origin) in layers {
        for indicator in &layer.indicators {
            match by_id.get(indicator.id.as_str()) {
                None => {
                    by_id.insert(&indicator.id, (indicator, origin));
                }
                Some((same, _)) if *same == indicator => {}
                Some((_, kept)) => conflicts.push(Conflict::SameId {
                    indicator: indicator.id.clone(),
                    kept: (*kept).clone(),
                    left_out: origin.clone(),
                }),
            }
        }
    }
    let place: BTreeMap<&str, usize> = catalog
        .practices
        .iter()
        .enumerate()
        .map(|(at, p)| (p.title.id.as_str(), at))
        .collect();
    let known = by_id
        .into_values()
        .filter(|(row, _)| place.contains_key(row.practice.as_str()));
    let mut rows: Vec<From<Indicator>> = known
        .map(|(what, origin)| From {
            what: what.clone(),
            origin: origin.clone(),
        })
        .collect();
    rows.sort_by(|a, b| {
        let key = |row: &From<Indicator>| {
            (
                place.get(row.what.practice.as_str()).copied(),
                row.what.level,
                row.what.scope,
            )
        };
        key(a).cmp(&key(b)).then_with(|| a.what.id.cmp(&b.what.id))
    });
    rows
}

fn targets(layers: &[(&Profile, Origin)], conflicts: &mut Vec<Conflict>) -> Vec<From<LayerTarget>> {
    let mut all: Vec<From<LayerTarget>> = Vec::new();
    let mut seen: Option<(&Origin, Perspective)> = None;
    for (layer, origin) in layers.iter().filter(|(layer, _)| !layer.targets.is_empty()) {
        match seen {
            Some((other, perspective)) if perspective != layer.perspective => {
                conflicts.push(Conflict::Perspectives {
                    one: (other.clone(), perspective),
                    other: (origin.clone(), layer.perspective),
                });
            }
            _ => seen = Some((origin, layer.perspective)),
        }
        for target in &layer.targets {
            let differs = all.iter().find(|other| {
                let same = (other.what.level, other.what.scope) == (target.level, target.scope);
                other.what.practice == target.practice && !same
            });
            if let Some(other) = differs {
                conflicts.push(Conflict::Targets {
                    practice: target.practice.clone(),
                    one: (other.origin.clone(), other.what.level, other.what.scope),
                    other: (origin.clone(), target.level, target.scope),
                });
            }
            all.push(From {
                what: target.clone(),
                origin: origin.clone(),
            });
        }
    }
    all
}

impl Effective {
    /// The indicators of a practice, ordered by level, scope and id.
    pub fn rows_of(&self, practice: &str) -> &[From<Indicator>] {
        let range = self.ranges.get(practice);
        // A practice without a range has no indicators.
        range
            .and_then(|(start, end)| self.rows.get(*start..*end))
            .unwrap_or(&[])
    }

    /// The indicator with that id.
    pub fn row(&self, id: &str) -> Option<&From<Indicator>> {
        self.index.get(id).and_then(|at| self.rows.get(*at))
    }

    /// The highest level for which a practice has an indicator at exactly that scope; `None` if the
    /// scope has no layer there.
    pub fn defined(&self, practice: &str, scope: Scope) -> Option<Level> {
        let rows = self
            .rows_of(practice)
            .iter()
            .filter(|row| row.what.scope == scope);
        rows.map(|row| row.what.level).max()
    }

    /// The digest of all rows: two assessments can be compared line by line if theirs are equal.
    pub fn digest(&self) -> Digest {
        let mut facts = Facts::default();
        for row in &self.rows {
            add_indicator(&mut facts, &row.what);
        }
        facts.digest()
    }
}
