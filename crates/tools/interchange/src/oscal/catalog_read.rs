//! A catalog of this model, read back.

use super::at::{At, Report};
use super::catalog::{Additions, PROSE, document};
use super::compare;
use maturity::catalog::{
    Catalog, Domain, Example, Indicator, Means, Practice, PracticeLevel, Subdomain, Title,
};
use maturity::compose::{From, Origin};
use maturity::{Date, Level};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A catalog and what layers add to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogDocument {
    /// The catalog.
    pub catalog: Catalog,
    /// What layers add.
    pub added: Additions,
}

/// Reads a catalog into `found`; of several the first is kept. A catalog of another model is lost.
pub(super) fn take(document: &At<'_>, found: &mut Option<CatalogDocument>, report: &mut Report) {
    let Some(metadata) = document.get("metadata").filter(|at| at.has("catalog")) else {
        report.lose(format!("{}: a catalog of another model", document.path));
        return;
    };
    if found.is_some() {
        let message = format!("`{}` is a second catalog", document.path);
        report.error("oscal-conflict", message, "read one catalog at a time");
        return;
    }
    let empty = |name: &str| (name.to_owned(), Value::Array(Vec::new()));
    let more = [empty("domains"), empty("practices")].into_iter().collect();
    let Some((_, catalog)) = metadata.item::<Catalog>("catalog", more, report) else {
        return;
    };
    let mut reading = Reading {
        catalog,
        ..Reading::default()
    };
    for group in document.list("groups") {
        reading.domain(&group, report);
    }
    for control in document.list("controls") {
        reading.practice(&control, report);
    }
    let read = reading.finish();
    let on = metadata
        .day("last-modified")
        .or_else(|| Date::new(1970, 1, 1));
    if let Some(on) = on {
        let ours = self::document(&read.catalog, &read.added, on).value();
        if let Some(ours) = ours.get("catalog") {
            compare::losses(&document.path, document.value, ours, report);
        }
    }
    *found = Some(read);
}

#[derive(Default)]
struct Reading {
    catalog: Catalog,
    practices: BTreeMap<usize, Practice>,
    indicators: BTreeMap<usize, From<Indicator>>,
    considerations: BTreeMap<usize, From<maturity::profile::Consideration>>,
    targets: BTreeMap<usize, From<maturity::profile::LayerTarget>>,
}

/// Where a practice belongs.
#[derive(Deserialize)]
struct Place {
    subdomain: String,
}

/// A level as an item.
#[derive(Deserialize)]
struct AtLevel {
    level: Level,
}

impl Reading {
    fn finish(mut self) -> CatalogDocument {
        self.catalog.practices = self.practices.into_values().collect();
        CatalogDocument {
            catalog: self.catalog,
            added: Additions {
                indicators: self.indicators.into_values().collect(),
                considerations: self.considerations.into_values().collect(),
                targets: self.targets.into_values().collect(),
            },
        }
    }

    fn domain(&mut self, group: &At<'_>, report: &mut Report) {
        let Some((_, title, levels)) = part_of_the_model(group, report) else {
            return;
        };
        let mut domain = Domain {
            title,
            levels,
            subdomains: Vec::new(),
        };
        for below in group.list("groups") {
            if let Some((_, title, levels)) = part_of_the_model(&below, report) {
                domain.subdomains.push(Subdomain { title, levels });
            }
            for control in below.list("controls") {
                self.practice(&control, report);
            }
        }
        self.catalog.domains.push(domain);
    }

    fn practice(&mut self, control: &At<'_>, report: &mut Report) {
        let Some((position, title)) = title(control, "statement", report) else {
            return;
        };
        let place = control.item::<Place>("place", Map::new(), report);
        let subdomain = place.map(|(_, place)| place.subdomain).unwrap_or_default();
        let mut practice = Practice {
            title,
            subdomain,
            levels: Vec::new(),
            examples: Vec::new(),
        };
        for part in control.list("parts") {
            match part.text("name") {
                Some("example") => {
                    let more = prose("situation", &part);
                    let example = part.item::<Example>("example", more, report);
                    practice
                        .examples
                        .extend(example.map(|(_, example)| example));
                }
                Some("proposed-target") => {
                    let more = prose("because", &part);
                    added(&mut self.targets, &part, "layer-target", more, report);
                }
                Some("assessment-objective") => {
                    for part in part.list("parts") {
                        if part.has("level") {
                            self.level(&part, &mut practice, report);
                        } else {
                            self.addition(&part, report);
                        }
                    }
                }
                _ => {}
            }
        }
        let next = self.practices.len();
        self.practices
            .entry(position.unwrap_or(next))
            .or_insert(practice);
    }

    fn level(&mut self, part: &At<'_>, practice: &mut Practice, report: &mut Report) {
        let Some((_, at)) = part.item::<AtLevel>("level", Map::new(), report) else {
            return;
        };
        let mut level = PracticeLevel {
            level: at.level,
            means: part.text("prose").unwrap_or_default().to_owned(),
            tasks: Vec::new(),
            indicators: Vec::new(),
        };
        for part in part.list("parts") {
            if part.text("name") == Some("task") {
                level.tasks.extend(part.text("prose").map(str::to_owned));
            } else if part.has("indicator") {
                let indicator = part.item::<Indicator>("indicator", texts(&part), report);
                level
                    .indicators
                    .extend(indicator.map(|(_, indicator)| indicator));
            } else {
                self.addition(&part, report);
            }
        }
        practice.levels.push(level);
    }

    fn addition(&mut self, part: &At<'_>, report: &mut Report) {
        if part.has("added") {
            added(&mut self.indicators, part, "added", texts(part), report);
        } else if part.has("consideration") {
            let more = prose("text", part);
            added(
                &mut self.considerations,
                part,
                "consideration",
                more,
                report,
            );
        }
    }
}

/// Something that a layer adds, with its origin.
fn added<T: DeserializeOwned>(
    into: &mut BTreeMap<usize, From<T>>,
    part: &At<'_>,
    group: &str,
    more: Map<String, Value>,
    report: &mut Report,
) {
    let what = part.item::<T>(group, more, report);
    // The catalog crate writes origins only.
    #[derive(Deserialize)]
    struct Named {
        name: String,
        version: String,
    }
    let origin = part.item::<Named>("origin", Map::new(), report);
    if let (Some((position, what)), Some((_, Named { name, version }))) = (what, origin) {
        let origin = Origin { name, version };
        let next = into.len();
        into.entry(position.unwrap_or(next))
            .or_insert(From { what, origin });
    }
}

/// Position, title and levels of a domain or subdomain.
fn part_of_the_model(
    group: &At<'_>,
    report: &mut Report,
) -> Option<(Option<usize>, Title, Vec<Means>)> {
    let (position, title) = title(group, "overview", report)?;
    let levels = group
        .list("parts")
        .into_iter()
        .filter(|part| part.has("level"));
    let levels = levels.filter_map(|part| {
        let means = part.item::<Means>("level", prose("means", &part), report);
        means.map(|(_, means)| means)
    });
    Some((position, title, levels.collect()))
}

/// The title, whose aim is the prose of the part with a given name.
fn title(at: &At<'_>, aim: &str, report: &mut Report) -> Option<(Option<usize>, Title)> {
    if !at.has("title") {
        return None;
    }
    let parts = at.list("parts").into_iter();
    let mut aims = parts.filter(|part| part.text("name") == Some(aim));
    let more = aims
        .next()
        .map(|part| prose("aim", &part))
        .unwrap_or_default();
    at.item("title", more, report)
}

/// The prose of a part as a field.
fn prose(field: &str, part: &At<'_>) -> Map<String, Value> {
    let text = part.text("prose").unwrap_or_default();
    [(field.to_owned(), Value::from(text))]
        .into_iter()
        .collect()
}

/// The texts of an indicator, in the order of [`PROSE`].
fn texts(part: &At<'_>) -> Map<String, Value> {
    let below = |name: &str| -> Vec<Value> {
        let parts = part.list("parts").into_iter();
        let parts = parts.filter(|below| below.text("name") == Some(name));
        parts
            .map(|below| Value::from(below.text("prose").unwrap_or_default()))
            .collect()
    };
    let ask = below("question").into_iter().next().unwrap_or_default();
    let text = Value::from(part.text("prose").unwrap_or_default());
    let values = [text, ask, Value::Array(below("evidence"))];
    PROSE
        .iter()
        .map(|name| (*name).to_owned())
        .zip(values)
        .collect()
}
