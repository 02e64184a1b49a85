//! Many practices at a glance: the minimum and the distribution, never a mean.

use crate::catalog::Catalog;
use crate::score::PracticeScore;
use crate::words::{Level, Scope};
use serde::Serialize;

/// The levels of a group of practices at one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rollup {
    /// Id of the domain or subdomain; empty for all practices.
    pub part: String,
    /// The lowest level of those that have one.
    pub minimum: Option<Level>,
    /// The practices at that level.
    pub weakest: Vec<String>,
    /// How many practices are at level 0, 1, 2, 3, 4.
    pub distribution: [usize; 5],
    /// How many are undefined at the scope.
    pub undefined: usize,
    /// How many are excluded.
    pub excluded: usize,
    /// How many of those with a level rest on a judgement.
    pub judged: usize,
}

/// All practices, then each domain followed by its subdomains.
pub fn rollups(catalog: &Catalog, scores: &[PracticeScore], scope: Scope) -> Vec<Rollup> {
    let mut all = vec![rollup("", scores, scope)];
    for domain in &catalog.domains {
        all.push(rollup(&domain.title.id, scores, scope));
        for subdomain in &domain.subdomains {
            all.push(rollup(&subdomain.title.id, scores, scope));
        }
    }
    all
}

/// The practices whose id begins with `part`.
pub fn rollup(part: &str, scores: &[PracticeScore], scope: Scope) -> Rollup {
    let mut rollup = Rollup {
        part: part.to_owned(),
        ..Rollup::default()
    };
    for score in scores
        .iter()
        .filter(|score| score.practice.starts_with(part))
    {
        if score.excluded {
            rollup.excluded += 1;
            continue;
        }
        let Some(level) = score.levels.at(scope) else {
            rollup.undefined += 1;
            continue;
        };
        if let Some(count) = rollup.distribution.get_mut(usize::from(level.number())) {
            *count += 1;
        }
        rollup.judged += usize::from(!score.judged.is_empty());
        if rollup.minimum.is_none_or(|minimum| level < minimum) {
            rollup.minimum = Some(level);
            rollup.weakest.clear();
        }
        if rollup.minimum == Some(level) {
            rollup.weakest.push(score.practice.clone());
        }
    }
    rollup
}
