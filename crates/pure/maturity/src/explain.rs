//! The smallest set of indicators that stands between a practice and a level.
//!
//! Reaching a level is a conjunction, so every applicable indicator on the way that is not satisfied
//! belongs to every blocking set; a level of 3 or more of which a program vouches for everything
//! needs one person's word more. A test compares the result with all subsets.

use crate::compose::Effective;
use crate::score::{Cell, cells, score_practice};
use crate::settle::{Settled, Standing, Voucher};
use crate::words::{Level, Scope, Word};
use serde::Serialize;

/// What is needed of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// It must become satisfied.
    Satisfy,
    /// It is satisfied by computation; a person must vouch for it, or for another of its level.
    Attest,
}

/// An indicator in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blocker {
    /// Id of the indicator.
    pub indicator: String,
    /// Where it stands.
    pub standing: Standing,
    /// What is needed.
    pub needs: Deed,
}

/// Why no answer can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "obstacle", rename_all = "kebab-case")]
pub enum Obstacle {
    /// No indicator is of this scope: a profile is needed.
    ScopeUndefined {
        /// The scope.
        scope: Scope,
    },
    /// The indicators of this scope say nothing about this level or a higher one.
    LevelUndefined {
        /// The scope.
        scope: Scope,
        /// The level.
        level: Level,
    },
    /// All indicators of this level are not applicable.
    NothingApplicable {
        /// The scope.
        scope: Scope,
        /// The level.
        level: Level,
    },
}

/// What stands between a practice and a level at a scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Id of the practice.
    pub practice: String,
    /// The level asked about.
    pub level: Level,
    /// The scope asked about.
    pub scope: Scope,
    /// The smallest set of indicators to be satisfied or attested; empty if the level is reached or
    /// only obstacles remain.
    pub blockers: Vec<Blocker>,
    /// What answers cannot change.
    pub obstacles: Vec<Obstacle>,
}

/// Positions of the cells in the way, and what answers cannot change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocking {
    /// Positions and deeds, upwards.
    pub cells: Vec<(usize, Deed)>,
    /// Obstacles, in order.
    pub obstacles: Vec<Obstacle>,
}

/// Explains a level of a practice.
pub fn explain(
    table: &Effective,
    settled: &Settled,
    practice: &str,
    level: Level,
    scope: Scope,
) -> Explanation {
    let cells = cells(table, settled, practice);
    let Blocking {
        cells: found,
        obstacles,
    } = blocking(&cells, level, scope);
    let rows = table.rows_of(practice);
    let blocker = |(at, needs): (usize, Deed)| {
        let (row, cell) = (rows.get(at)?, cells.get(at)?);
        Some(Blocker {
            indicator: row.what.id.clone(),
            standing: cell.standing,
            needs,
        })
    };
    let blockers = found.into_iter().filter_map(blocker).collect();
    Explanation {
        practice: practice.to_owned(),
        level,
        scope,
        blockers,
        obstacles,
    }
}

/// Explains the level above the one that is reached at a scope; `None` if it is the highest.
pub fn explain_next(
    table: &Effective,
    settled: &Settled,
    practice: &str,
    scope: Scope,
) -> Option<Explanation> {
    let reached = score_practice(table, settled, practice).levels.at(scope);
    let next = reached.unwrap_or_default().next()?;
    Some(explain(table, settled, practice, next, scope))
}

/// The pure part: what blocks a level at a scope.
pub fn blocking(cells: &[Cell], level: Level, scope: Scope) -> Blocking {
    let mut blocking = Blocking::default();
    let defined = |scope: &Scope| cells.iter().any(|cell| cell.scope == *scope);
    if level == Level::NONE && defined(&scope) {
        return blocking;
    }
    if !defined(&scope) {
        blocking.obstacles.push(Obstacle::ScopeUndefined { scope });
    }
    for (at, cell) in cells.iter().enumerate() {
        let asked = cell.level <= level && cell.scope <= scope;
        if asked && cell.standing.applies() && !cell.standing.is_yes() {
            blocking.cells.push((at, Deed::Satisfy));
        }
    }
    for scope in Scope::ALL
        .iter()
        .copied()
        .filter(|other| *other <= scope && defined(other))
    {
        let own = cells
            .iter()
            .filter(|cell| cell.scope == scope && cell.standing.applies());
        if own
            .map(|cell| cell.level)
            .max()
            .is_none_or(|most| most < level)
        {
            blocking
                .obstacles
                .push(Obstacle::LevelUndefined { scope, level });
        }
        for level in Level::WITH_INDICATORS
            .into_iter()
            .filter(|other| *other <= level)
        {
            attest(cells, level, scope, &mut blocking);
        }
    }
    blocking.cells.sort_by_key(|(at, _)| *at);
    blocking.obstacles.sort();
    blocking
}

/// Vacuity, and the word of a person, at one level and scope.
fn attest(cells: &[Cell], level: Level, scope: Scope, blocking: &mut Blocking) {
    let asked = |cell: &Cell| cell.level == level && cell.scope <= scope && cell.standing.applies();
    let mut applicable = cells.iter().enumerate().filter(|(_, cell)| asked(cell));
    let Some((first, _)) = applicable.next() else {
        blocking
            .obstacles
            .push(Obstacle::NothingApplicable { scope, level });
        return;
    };
    let attested = cells.iter().any(|cell| {
        asked(cell) && cell.standing != Standing::Yes(Voucher::Computed) && cell.standing.is_yes()
    });
    let will_be = |(at, _): &(usize, Deed)| cells.get(*at).is_some_and(asked);
    if level >= Level::NEEDS_PERSON && !attested && !blocking.cells.iter().any(will_be) {
        blocking.cells.push((first, Deed::Attest));
    }
}
