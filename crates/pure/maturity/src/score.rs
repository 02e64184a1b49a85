//! From standings to levels: the only place where a level is made.
//!
//! A level is reached at a scope if and only if
//! 1. the level below is reached there, and the level itself at every defined wider scope;
//! 2. at least one indicator of the level, of this scope or a wider one, is applicable;
//! 3. every applicable indicator of the level, of this scope or a wider one, is satisfied;
//! 4. some indicator of exactly this scope is applicable at this level or a higher one, so that a
//!    layer does not vouch for levels it says nothing about;
//! 5. from level 3 on, a person vouches for at least one of the satisfied indicators.
//!
//! A scope without any indicator of its own is undefined, and so never met. A practice of which no
//! indicator is applicable is excluded. Level 0 for which nobody looked is shown as not judged.

use crate::compose::Effective;
use crate::found::{Found, ScopeFound};
use crate::project::TargetAt;
use crate::settle::{Judged, Settled, Standing, Voucher};
use crate::words::{Level, Scope, Word};
use serde::Serialize;
use std::collections::BTreeMap;

/// What scoring needs to know of one indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The level it belongs to; 1 to 4.
    pub level: Level,
    /// The scope it belongs to.
    pub scope: Scope,
    /// Where it stands.
    pub standing: Standing,
}

/// A level for each scope; `None` where the scope is undefined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScopeLevels {
    /// At general scope.
    pub general: Option<Level>,
    /// At industry scope.
    pub industry: Option<Level>,
    /// At system scope.
    pub system: Option<Level>,
}

impl ScopeLevels {
    /// The level at a scope.
    pub fn at(&self, scope: Scope) -> Option<Level> {
        match scope {
            Scope::General => self.general,
            Scope::Industry => self.industry,
            Scope::System => self.system,
        }
    }

    fn set(&mut self, scope: Scope, level: Option<Level>) {
        match scope {
            Scope::General => self.general = level,
            Scope::Industry => self.industry = level,
            Scope::System => self.system = level,
        }
    }
}

/// The levels reached by some cells of one practice. Pure; the order of the cells does not matter.
pub fn levels(cells: &[Cell]) -> ScopeLevels {
    let mut reached = ScopeLevels::default();
    let mut wider: Option<Level> = None;
    for scope in Scope::ALL {
        let own = cells.iter().filter(|cell| cell.scope == *scope);
        if own.clone().next().is_none() {
            continue;
        }
        let ceiling = own
            .filter(|cell| cell.standing.applies())
            .map(|cell| cell.level)
            .max();
        let mut level = Level::NONE;
        // Nothing bounds the widest scope, and where nothing applies no level is reached.
        let most = wider
            .unwrap_or(Level::MAX)
            .min(ceiling.unwrap_or(Level::NONE));
        for next in Level::WITH_INDICATORS {
            if next > most || !holds(cells, next, *scope) {
                break;
            }
            level = next;
        }
        reached.set(*scope, Some(level));
        wider = Some(level);
    }
    reached
}

/// Conditions 2, 3 and 5 for one level and scope.
fn holds(cells: &[Cell], level: Level, scope: Scope) -> bool {
    let asked = cells
        .iter()
        .filter(|cell| cell.level == level && cell.scope <= scope);
    let mut applicable = asked.filter(|cell| cell.standing.applies()).peekable();
    let vacuous = applicable.peek().is_none();
    let mut person = level < Level::NEEDS_PERSON;
    for cell in applicable {
        match cell.standing {
            Standing::Yes(Voucher::Attested | Voucher::Judged) => person = true,
            Standing::Yes(Voucher::Computed) => {}
            Standing::Partly
            | Standing::No
            | Standing::NotApplicable
            | Standing::Unknown
            | Standing::Missing => return false,
        }
    }
    !vacuous && person
}

/// Who vouches for the indicators of a practice, counted over those that apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Vouched {
    /// Satisfied, and a person says so.
    pub attested: usize,
    /// Presumed satisfied, because a person judged the level as a whole.
    pub judged: usize,
    /// Satisfied, and only a program says so.
    pub computed: usize,
    /// Answered, but not with yes.
    pub unsatisfied: usize,
    /// Not answered, unknown, or no longer backed.
    pub missing: usize,
    /// Not applicable, with approval.
    pub not_applicable: usize,
    /// Not answered, and beyond every target: nothing that is wanted rests on them.
    pub beyond: usize,
}

/// How a practice stands to a level that is wanted or demanded at a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The practice does not apply.
    Excluded,
    /// The level was found at the scope, or a higher one.
    Reached,
    /// Level 0 asks for nothing, and nobody looked: there is nothing to reach and nothing to miss.
    NothingAsked,
    /// The level was not found at the scope.
    Missed,
}

/// The current state of a practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PracticeScore {
    /// Id of the practice.
    pub practice: String,
    /// True if none of its indicators is applicable; it then counts nowhere.
    pub excluded: bool,
    /// The level at each scope.
    pub levels: ScopeLevels,
    /// The scopes at which level 0 is no finding, because nothing was said that decides level 1.
    pub unjudged: Vec<Scope>,
    /// The judgements behind it, if any indicator rests on nothing else: to be shown as judged.
    pub judged: Vec<Judged>,
    /// Who vouches.
    pub vouched: Vouched,
}

impl PracticeScore {
    /// What was found at a scope.
    pub fn found(&self, scope: Scope) -> Found {
        match self.levels.at(scope) {
            _ if self.unjudged.contains(&scope) => Found::NotJudged,
            Some(level) => Found::Level(level),
            None => Found::Undefined,
        }
    }

    /// How it stands to a level that is wanted or demanded at a scope. Nothing is reached where nobody
    /// looked, and not even level 0 where the scope is undefined.
    pub fn reach(&self, level: Level, scope: Scope) -> Reach {
        match self.found(scope) {
            _ if self.excluded => Reach::Excluded,
            Found::Level(found) if found >= level => Reach::Reached,
            Found::NotJudged | Found::Undefined if level == Level::NONE => Reach::NothingAsked,
            Found::Level(_) | Found::NotJudged | Found::Undefined => Reach::Missed,
        }
    }

    /// What was found at each scope.
    pub fn found_at_scopes(&self) -> ScopeFound {
        ScopeFound {
            general: self.found(Scope::General),
            industry: self.found(Scope::Industry),
            system: self.found(Scope::System),
        }
    }
}

/// The cells of a practice under some standings; what is not settled is missing.
pub fn cells(effective: &Effective, settled: &Settled, practice: &str) -> Vec<Cell> {
    let rows = effective.rows_of(practice).iter();
    rows.map(|row| Cell {
        level: row.what.level,
        scope: row.what.scope,
        standing: settled.standing(&row.what.id),
    })
    .collect()
}

/// Scores every practice of the table, in its order.
pub fn score(effective: &Effective, settled: &Settled) -> Vec<PracticeScore> {
    let practices = effective.practices.iter();
    practices
        .map(|(practice, _)| score_practice(effective, settled, practice))
        .collect()
}

/// Scores one practice.
pub fn score_practice(effective: &Effective, settled: &Settled, practice: &str) -> PracticeScore {
    let cells = cells(effective, settled, practice);
    let vouched = vouched(&cells);
    let excluded = !cells.iter().any(|cell| cell.standing.applies());
    let levels = if excluded {
        ScopeLevels::default()
    } else {
        levels(&cells)
    };
    let judged = settled.judged.get(practice).map_or(&[][..], Vec::as_slice);
    let unjudged = Scope::ALL.iter().copied();
    let unjudged = unjudged
        .filter(|scope| levels.at(*scope) == Some(Level::NONE) && is_open(&cells, judged, *scope));
    let unjudged = unjudged.collect();
    let judged = match vouched.judged {
        0 => Vec::new(),
        _ => judged.to_vec(),
    };
    PracticeScore {
        practice: practice.to_owned(),
        excluded,
        levels,
        unjudged,
        judged,
        vouched,
    }
}

/// True if level 1 is missing at a scope only because nobody said anything about it: somebody who
/// says *no*, *partly* or *unknown*, or judges level 0 there or at a wider scope, has decided it.
fn is_open(cells: &[Cell], judged: &[Judged], scope: Scope) -> bool {
    let first = Level::WITH_INDICATORS[0];
    let mut deciding = cells
        .iter()
        .filter(|cell| cell.level == first && cell.scope <= scope)
        .map(|cell| cell.standing);
    let said = |standing: Standing| {
        matches!(
            standing,
            Standing::No | Standing::Partly | Standing::Unknown
        )
    };
    let none = |judged: &Judged| judged.level == Level::NONE && judged.scope <= scope;
    deciding
        .clone()
        .any(|standing| standing == Standing::Missing)
        && !deciding.any(said)
        && !judged.iter().any(none)
}

/// Who vouches for a practice on the way to its target. What has no answer and lies above the target
/// is not missing, and without a target nothing is.
pub fn vouched_to(
    effective: &Effective,
    settled: &Settled,
    practice: &str,
    target: Option<&TargetAt>,
) -> Vouched {
    let (open, wanted): (Vec<Cell>, Vec<Cell>) = cells(effective, settled, practice)
        .into_iter()
        .partition(|cell| {
            let above =
                target.is_none_or(|target| cell.level > target.level || cell.scope > target.scope);
            above && cell.standing == Standing::Missing
        });
    Vouched {
        beyond: open.len(),
        ..vouched(&wanted)
    }
}

fn vouched(cells: &[Cell]) -> Vouched {
    let mut count = Vouched::default();
    for cell in cells {
        match cell.standing {
            Standing::Yes(Voucher::Attested) => count.attested += 1,
            Standing::Yes(Voucher::Judged) => count.judged += 1,
            Standing::Yes(Voucher::Computed) => count.computed += 1,
            Standing::Partly | Standing::No => count.unsatisfied += 1,
            Standing::Unknown | Standing::Missing => count.missing += 1,
            Standing::NotApplicable => count.not_applicable += 1,
        }
    }
    count
}

/// Scores by practice id.
pub fn by_practice(scores: &[PracticeScore]) -> BTreeMap<&str, &PracticeScore> {
    scores
        .iter()
        .map(|score| (score.practice.as_str(), score))
        .collect()
}
