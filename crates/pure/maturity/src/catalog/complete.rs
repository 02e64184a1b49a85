//! What only the whole catalog shows: holes, doubles, names that mean two things.
//!
//! The hierarchy of 3 domains, 9 subdomains and 18 practices is that of the model; the ids are ours.

use super::draft::{Draft, Place};
use super::{LevelMeaning, Means, PracticeLevel};
use crate::fault;
use crate::words::{Level, Scope, Source, Word};
use source::{Diagnostic, Span, Worded};
use std::collections::BTreeMap;

/// The domains, in the model's order.
pub(super) const DOMAINS: [&str; 3] = ["G", "E", "H"];
const INDICATORS_MIN: usize = 3;
const INDICATORS_MAX: usize = 6;

pub(super) fn check(draft: &mut Draft) {
    let start = Place {
        text: 0,
        span: Span::default(),
    };
    let Some(at) = draft.at else {
        draft.report(&fault::NoCatalog, start);
        return;
    };
    let mut found = Found::default();
    meanings(draft, at, &mut found);
    parts(draft, at, &mut found);
    practices(draft, &mut found);
    names(draft, &mut found);
    texts(draft, &mut found);
    for (text, diagnostic) in found.0 {
        if let Some(faults) = draft.faults.get_mut(text) {
            faults.push(diagnostic);
        }
    }
}

/// What was found, each with the text it is in.
#[derive(Default)]
struct Found(Vec<(usize, Diagnostic)>);

impl Found {
    fn report(&mut self, fault: &dyn Worded, place: Place) {
        self.0.push((place.text, fault::found(fault, place.span)));
    }
}

fn place_of(draft: &Draft, id: &str, otherwise: Place) -> Place {
    draft.places.get(id).copied().unwrap_or(otherwise)
}

/// Reports levels that are missing or doubled among `given`.
fn levels(
    who: &str,
    needed: impl IntoIterator<Item = Level>,
    given: &[Level],
    place: Place,
    found: &mut Found,
) {
    for level in needed {
        match given.iter().filter(|other| **other == level).count() {
            0 => {
                let missing = fault::MissingLevel {
                    part: who,
                    level: &level.to_string(),
                };
                found.report(&missing, place);
            }
            1 => {}
            _ => found.report(
                &fault::DuplicateLevel {
                    level: &level.to_string(),
                },
                place,
            ),
        }
    }
}

fn meanings(draft: &Draft, at: Place, found: &mut Found) {
    let catalog = &draft.catalog;
    let given: Vec<Level> = catalog
        .levels
        .iter()
        .map(|LevelMeaning { level, .. }| *level)
        .collect();
    let all = std::iter::once(Level::NONE).chain(Level::WITH_INDICATORS);
    levels(&catalog.id, all, &given, at, found);
    for scope in Scope::ALL {
        match catalog
            .scopes
            .iter()
            .filter(|meaning| meaning.scope == *scope)
            .count()
        {
            0 => found.report(
                &fault::MissingScope {
                    scope: scope.as_str(),
                },
                at,
            ),
            1 => {}
            _ => found.report(&fault::DuplicateId { id: scope.as_str() }, at),
        }
    }
}

fn parts(draft: &Draft, at: Place, found: &mut Found) {
    let catalog = &draft.catalog;
    for id in DOMAINS {
        let Some(domain) = catalog.domains.iter().find(|domain| domain.title.id == id) else {
            found.report(&fault::MissingDomain { domain: id }, at);
            continue;
        };
        let place = place_of(draft, id, at);
        for number in 1..=3 {
            let id = format!("{id}{number}");
            if !domain
                .subdomains
                .iter()
                .any(|subdomain| subdomain.title.id == id)
            {
                found.report(&fault::MissingSubdomain { subdomain: &id }, place);
                continue;
            }
            for number in 1..=2 {
                let practice = format!("{id}.{number}");
                if catalog.practice(&practice).is_none() {
                    found.report(
                        &fault::MissingPractice {
                            practice: &practice,
                        },
                        place_of(draft, &id, at),
                    );
                }
            }
        }
    }
    for domain in &catalog.domains {
        let id = &domain.title.id;
        let place = place_of(draft, id, at);
        if !DOMAINS.contains(&id.as_str()) {
            found.report(&fault::ForeignPart { part: id }, place);
        }
        part_levels(id, &domain.levels, place, found);
        for subdomain in &domain.subdomains {
            let below = &subdomain.title.id;
            let place = place_of(draft, below, at);
            if !["1", "2", "3"].contains(&below.strip_prefix(id.as_str()).unwrap_or("")) {
                found.report(&fault::ForeignPart { part: below }, place);
            }
            part_levels(below, &subdomain.levels, place, found);
        }
    }
}

fn part_levels(id: &str, given: &[Means], place: Place, found: &mut Found) {
    let given: Vec<Level> = given.iter().map(|means| means.level).collect();
    levels(id, Level::WITH_INDICATORS, &given, place, found);
}

fn practices(draft: &Draft, found: &mut Found) {
    for practice in &draft.catalog.practices {
        let id = &practice.title.id;
        let Some(place) = draft.places.get(id).copied() else {
            continue;
        };
        let under = id.strip_suffix(".1").or_else(|| id.strip_suffix(".2"));
        if under != Some(practice.subdomain.as_str())
            || draft.catalog.part(&practice.subdomain).is_none()
        {
            found.report(&fault::ForeignPart { part: id }, place);
        }
        let given: Vec<Level> = practice.levels.iter().map(|level| level.level).collect();
        levels(id, Level::WITH_INDICATORS, &given, place, found);
        for level in &practice.levels {
            practice_level(id, level, place, found);
        }
        for about in [Scope::Industry, Scope::System] {
            if !practice
                .examples
                .iter()
                .any(|example| example.about == about)
            {
                found.report(&fault::NoExample { practice: id }, place);
            }
        }
    }
}

fn practice_level(id: &str, level: &PracticeLevel, place: Place, found: &mut Found) {
    let count = level.indicators.len();
    if level.level == Level::NONE {
        let words = format!("`{id}` describes level 0, which asks for nothing");
        found.report(&fault::IndicatorCount { what: &words }, place);
    } else if !(INDICATORS_MIN..=INDICATORS_MAX).contains(&count) {
        let words = format!("level {} of `{id}` has {count} indicators", level.level);
        found.report(&fault::IndicatorCount { what: &words }, place);
    }
    let person = level
        .indicators
        .iter()
        .any(|indicator| indicator.source == Source::Person);
    if level.level >= Level::NEEDS_PERSON && count > 0 && !person {
        let alone = fault::ComputedAlone {
            level: &level.level.to_string(),
            practice: id,
        };
        found.report(&alone, place);
    }
}

fn names(draft: &Draft, found: &mut Found) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for practice in &draft.catalog.practices {
        let title = &practice.title;
        let Some(place) = draft.places.get(&title.id).copied() else {
            continue;
        };
        for name in std::iter::once(&title.name).chain(&title.aliases) {
            if !name.is_empty() && seen.insert(name.to_lowercase(), &title.id).is_some() {
                found.report(&fault::AmbiguousName { name }, place);
            }
        }
    }
}

fn texts(draft: &Draft, found: &mut Found) {
    let mut seen: BTreeMap<String, ()> = BTreeMap::new();
    for indicator in draft.catalog.indicators() {
        let Some(place) = draft.places.get(&indicator.id).copied() else {
            continue;
        };
        let plain: String = indicator
            .text
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect();
        if !plain.is_empty() && seen.insert(plain.to_lowercase(), ()).is_some() {
            found.report(
                &fault::DuplicateText {
                    indicator: &indicator.id,
                },
                place,
            );
        }
    }
}
