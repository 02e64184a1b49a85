//! Many practices at a glance: the minimum and the distribution, never a mean.

use crate::catalog::Catalog;
use crate::found::Found;
use crate::score::PracticeScore;
use crate::words::{Level, Scope};
use serde::Serialize;

/// The levels of a group of practices at one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rollup {
    /// Id of the domain or subdomain; empty for all practices.
    pub part: String,
    /// The lowest level; not judged if it cannot be known because some practice is not judged and none
    /// is known to be at 0; undefined if no practice is defined at the scope.
    pub minimum: Found,
    /// The practices at that level, or those that are not judged.
    pub weakest: Vec<String>,
    /// How many practices are at level 0, 1, 2, 3, 4.
    pub distribution: [usize; 5],
    /// How many are not judged at the scope.
    pub unjudged: usize,
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
        let found = score.found(scope);
        match found {
            Found::Level(level) => {
                if let Some(count) = rollup.distribution.get_mut(usize::from(level.number())) {
                    *count += 1;
                }
                rollup.judged += usize::from(!score.judged.is_empty());
            }
            Found::NotJudged => rollup.unjudged += 1,
            Found::Undefined => {
                rollup.undefined += 1;
                continue;
            }
        }
        if height(found) < height(rollup.minimum) {
            rollup.minimum = found;
            rollup.weakest.clear();
        }
        if found == rollup.minimum {
            rollup.weakest.push(score.practice.clone());
        }
    }
    rollup
}

/// The lower the more it holds a group down: what is not judged may turn out to be anything, so it lies
/// between what is known to be 0 and the rest.
fn height(found: Found) -> (u8, bool) {
    match found {
        Found::Level(level) => (level.number(), false),
        Found::NotJudged => (Level::NONE.number(), true),
        Found::Undefined => (u8::MAX, true),
    }
}
