//! What to ask next. For each practice the interview goes upwards and stops at the first level that
//! is not satisfied, or one level above the target, so that a first pass takes half an hour.

use crate::catalog::Indicator;
use crate::compose::{Effective, From};
use crate::project::TargetSet;
use crate::settle::{Settled, Standing, Voucher};
use crate::words::{Level, Scope};

/// The questions that are open now, in the order of practice and level: of each practice those of its
/// lowest level that is not fully answered. After an answer, ask again.
pub fn open<'t>(
    table: &'t Effective,
    settled: &Settled,
    targets: Option<&TargetSet>,
) -> Vec<&'t From<Indicator>> {
    let practices = table.practices.iter();
    practices
        .flat_map(|(practice, _)| open_in(table, settled, targets, practice))
        .collect()
}

/// The open questions of one practice. Without a target, levels are asked at general scope up to the
/// first unmet one.
pub fn open_in<'t>(
    table: &'t Effective,
    settled: &Settled,
    targets: Option<&TargetSet>,
    practice: &str,
) -> Vec<&'t From<Indicator>> {
    let target = targets.and_then(|set| set.of(practice));
    let scope = target
        .as_ref()
        .map_or(Scope::General, |target| target.scope);
    let last = target.map_or(Level::MAX, |target| {
        target.level.next().unwrap_or(Level::MAX)
    });
    for level in Level::WITH_INDICATORS
        .into_iter()
        .filter(|level| *level <= last)
    {
        let rows = table.rows_of(practice).iter();
        let asked = rows.filter(|row| row.what.level == level && row.what.scope <= scope);
        let standing = |row: &&From<Indicator>| settled.standing(&row.what.id);
        let unmet = |row: &From<Indicator>| {
            matches!(
                standing(&row),
                Standing::Partly | Standing::No | Standing::Unknown
            )
        };
        let open: Vec<_> = asked
            .clone()
            .filter(|row| unanswered(standing(row)))
            .collect();
        if !open.is_empty() {
            return open;
        }
        if asked.clone().any(unmet) {
            return Vec::new();
        }
    }
    Vec::new()
}

/// A judged level presumes answers; it does not give them.
fn unanswered(standing: Standing) -> bool {
    matches!(standing, Standing::Missing | Standing::Yes(Voucher::Judged))
}
