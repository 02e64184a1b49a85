//! What only the whole catalog shows: holes, doubles, names that mean two things.
//!
//! The hierarchy of 3 domains, 9 subdomains and 18 practices is that of the model; the ids are ours.

use super::draft::{Draft, Place};
use super::{LevelMeaning, Means, PracticeLevel};
use crate::fault::{self, Rule};
use crate::words::{Level, Scope, Source, Word};
use source::Span;
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
        draft.report(&fault::NO_CATALOG, start, "");
        return;
    };
    let mut found = Vec::new();
    meanings(draft, at, &mut found);
    parts(draft, at, &mut found);
    practices(draft, &mut found);
    names(draft, &mut found);
    texts(draft, &mut found);
    for (rule, place, words) in found {
        draft.report(rule, place, &words);
    }
}

type Found = Vec<(&'static Rule, Place, String)>;

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
                let words = format!("`{who}` does not say what level {level} means");
                found.push((&fault::MISSING_LEVEL, place, words));
            }
            1 => {}
            _ => found.push((&fault::DUPLICATE_LEVEL, place, level.to_string())),
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
            0 => found.push((&fault::MISSING_SCOPE, at, scope.to_string())),
            1 => {}
            _ => found.push((&fault::DUPLICATE_ID, at, scope.to_string())),
        }
    }
}

fn parts(draft: &Draft, at: Place, found: &mut Found) {
    let catalog = &draft.catalog;
    for id in DOMAINS {
        let Some(domain) = catalog.domains.iter().find(|domain| domain.title.id == id) else {
            found.push((&fault::MISSING_DOMAIN, at, id.to_owned()));
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
                found.push((&fault::MISSING_SUBDOMAIN, place, id));
                continue;
            }
            for number in 1..=2 {
                let practice = format!("{id}.{number}");
                if catalog.practice(&practice).is_none() {
                    found.push((&fault::MISSING_PRACTICE, place_of(draft, &id, at), practice));
                }
            }
        }
    }
    for domain in &catalog.domains {
        let id = &domain.title.id;
        let place = place_of(draft, id, at);
        if !DOMAINS.contains(&id.as_str()) {
            found.push((&fault::FOREIGN_PART, place, id.clone()));
        }
        part_levels(id, &domain.levels, place, found);
        for subdomain in &domain.subdomains {
            let below = &subdomain.title.id;
            let place = place_of(draft, below, at);
            if !["1", "2", "3"].contains(&below.strip_prefix(id.as_str()).unwrap_or("")) {
                found.push((&fault::FOREIGN_PART, place, below.clone()));
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
            found.push((&fault::FOREIGN_PART, place, id.clone()));
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
                found.push((&fault::NO_EXAMPLE, place, id.clone()));
            }
        }
    }
}

fn practice_level(id: &str, level: &PracticeLevel, place: Place, found: &mut Found) {
    let count = level.indicators.len();
    if level.level == Level::NONE {
        let words = format!("`{id}` describes level 0, which asks for nothing");
        found.push((&fault::INDICATOR_COUNT, place, words));
    } else if !(INDICATORS_MIN..=INDICATORS_MAX).contains(&count) {
        let words = format!("level {} of `{id}` has {count} indicators", level.level);
        found.push((&fault::INDICATOR_COUNT, place, words));
    }
    let person = level
        .indicators
        .iter()
        .any(|indicator| indicator.source == Source::Person);
    if level.level >= Level::NEEDS_PERSON && count > 0 && !person {
        let words = format!(
            "level {} of `{id}` could be reached without any person",
            level.level
        );
        found.push((&fault::COMPUTED_ALONE, place, words));
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
                found.push((&fault::AMBIGUOUS_NAME, place, name.clone()));
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
            found.push((&fault::DUPLICATE_TEXT, place, indicator.id.clone()));
        }
    }
}
