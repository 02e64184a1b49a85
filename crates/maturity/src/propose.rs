//! Targets proposed from concerns and layers, each with its reasons. A proposal decides nothing.
//!
//! A concern proposes the level that [`usual`] gives for its consequence and the risk appetite,
//! unless it states another. Several reasons for one practice are joined: the highest level and the
//! narrowest scope that any of them asks for.

use crate::compose::Effective;
use crate::project::Project;
use crate::words::{Appetite, Consequence, Level, Scope};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is proposed for a practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The level.
    pub level: Level,
    /// The scope.
    pub scope: Scope,
    /// Why; at least one.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// `concern NAME` or `profile NAME`.
    pub from: String,
    /// The level this reason asks for.
    pub level: Level,
    /// The scope this reason asks for.
    pub scope: Scope,
    /// In words.
    pub because: String,
}

/// The usual level for a consequence and an appetite. The table is ours: what can hurt people or end
/// the business is worth consistency unless much risk is wanted; level 4 is never proposed by rule,
/// because its cost needs a reason of its own.
pub fn usual(consequence: Consequence, appetite: Appetite) -> Level {
    let [_, one, two, three, _] = [0, 1, 2, 3, 4].map(|n| Level::new(n).unwrap_or_default());
    match (consequence, appetite) {
        (Consequence::Minor, Appetite::Low) => two,
        (Consequence::Minor, _) => one,
        (Consequence::Serious, Appetite::Low) => three,
        (Consequence::Serious, _) | (Consequence::Grave, Appetite::High) => two,
        (Consequence::Grave, _) => three,
    }
}

/// Proposals by practice id.
pub fn propose(project: &Project, table: &Effective) -> BTreeMap<String, Proposal> {
    let mut all: BTreeMap<String, Proposal> = BTreeMap::new();
    for concern in &project.concerns {
        for touch in &concern.touches {
            let level = touch
                .level
                .unwrap_or_else(|| usual(concern.consequence, project.appetite));
            let from = format!("concern {}", concern.id);
            let because = touch.because.clone();
            let reason = Reason {
                from,
                level,
                scope: touch.scope,
                because,
            };
            join(&mut all, &touch.practice, reason);
        }
    }
    for target in &table.targets {
        let from = format!("profile {}", target.origin.name);
        let (level, scope) = (target.what.level, target.what.scope);
        let reason = Reason {
            from,
            level,
            scope,
            because: target.what.because.clone(),
        };
        join(&mut all, &target.what.practice, reason);
    }
    all
}

fn join(all: &mut BTreeMap<String, Proposal>, practice: &str, reason: Reason) {
    let proposal = all.entry(practice.to_owned()).or_insert_with(|| Proposal {
        level: reason.level,
        scope: reason.scope,
        reasons: Vec::new(),
    });
    proposal.level = proposal.level.max(reason.level);
    proposal.scope = proposal.scope.max(reason.scope);
    proposal.reasons.push(reason);
}
