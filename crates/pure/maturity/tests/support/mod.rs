//! A project that uses everything, with its layer and the shipped catalog.

use super::common::{show, texts};
use maturity::catalog::{self, Catalog};
use maturity::compose::Effective;
use maturity::project::{self, Project};
use maturity::score::PracticeScore;
use maturity::{Date, Level, profile};
use source::Source;
use std::sync::OnceLock;

const PROJECT: &str = include_str!("../data/project.kdl");
const LAYER: &str = include_str!("../data/layer.kdl");

pub fn shipped() -> &'static Catalog {
    static SHIPPED: OnceLock<Catalog> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let texts = texts("catalog/smm");
        let (catalog, findings) = catalog::read(&texts);
        assert_eq!(show(&texts, &findings), "");
        catalog
    })
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn level(number: i128) -> Level {
    Level::new(number).unwrap()
}

/// The sample with one place changed.
pub fn open(from: &str, to: &str) -> (Project, Effective) {
    assert!(PROJECT.contains(from), "the sample has no {from}");
    let layer = profile::read(&Source::new("layer", LAYER), shipped()).0;
    let text = Source::new("project", PROJECT.replacen(from, to, 1));
    let opened = project::open(&text, shipped(), &[layer.unwrap()], date("2026-11-22"));
    (opened.project.unwrap(), opened.table)
}

pub fn of<'s>(scores: &'s [PracticeScore], practice: &str) -> &'s PracticeScore {
    let mut scores = scores.iter();
    scores.find(|score| score.practice == practice).unwrap()
}
