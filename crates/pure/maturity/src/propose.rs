//! Targets proposed from concerns and layers, each with its reasons. A proposal decides nothing.
//!
//! A concern proposes the level that [`usual`] gives for its consequence and the risk appetite,
//! unless it states another. Of several reasons for one practice those count that no other contains:
//! (3, system) contains (3, general) and (1, system), but these two do not contain each other, and
//! joining them to (3, system) would ask for what nobody asked for. They stay apart, and a person
//! decides. A duty is no reason: it is mentioned where it demands more.

use crate::compose::Effective;
use crate::date::Date;
use crate::project::Project;
use crate::words::{Appetite, Consequence, Level, Scope};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// What is proposed for a practice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// What is asked for, the widest scope first; none contains another. Usually one.
    pub asks: Vec<Ask>,
    /// Why; at least one.
    pub reasons: Vec<Reason>,
    /// Duties that demand what nothing here contains.
    pub demanded: Vec<Demand>,
}

/// A level at a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ask {
    /// The level.
    pub level: Level,
    /// The scope.
    pub scope: Scope,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Who asks.
    pub from: Asker,
    /// What this reason asks for.
    pub ask: Ask,
    /// In words.
    pub because: String,
}

/// Who asks for a level, and how the number arose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Asker {
    /// A concern, by the rule for its consequence and the appetite.
    Concern {
        /// Its name.
        name: String,
        /// How bad it would be.
        consequence: Consequence,
        /// How much risk the business bears.
        appetite: Appetite,
        /// True if the concern states the level itself, whatever the rule gives.
        stated: bool,
    },
    /// A layer: what its author thinks right for systems of the kind, to be asked of this one.
    Profile {
        /// Its name.
        name: String,
    },
}

/// A duty that demands more than is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Demand {
    /// Name of the obligation.
    pub obligation: String,
    /// Law, contract or standard.
    pub source: String,
    /// In force from this day.
    pub in_force: Date,
    /// The least it demands.
    pub least: Ask,
}

impl Ask {
    /// True if whoever reaches this reaches the other too.
    pub fn contains(self, other: Self) -> bool {
        self.level >= other.level && self.scope >= other.scope
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.level, self.scope)
    }
}

impl fmt::Display for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Concern { name, .. } => write!(f, "concern {name}"),
            Self::Profile { name } => write!(f, "profile {name}"),
        }
    }
}

impl Reason {
    /// How the number arose, in words.
    pub fn arose(&self) -> String {
        let level = self.ask.level;
        match &self.from {
            Asker::Concern {
                consequence,
                appetite,
                stated: false,
                ..
            } => format!("{consequence} consequence × {appetite} appetite → {level}"),
            Asker::Concern {
                consequence,
                appetite,
                stated: true,
                ..
            } => format!(
                "{level} is stated; {consequence} consequence × {appetite} appetite would give {}",
                usual(*consequence, *appetite)
            ),
            Asker::Profile { .. } => format!("{level} is set by the profile"),
        }
    }

    /// The reason in words. What a profile says of systems of its kind is a question to this one.
    pub fn says(&self) -> String {
        match &self.from {
            Asker::Concern { .. } => self.because.clone(),
            Asker::Profile { .. } => format!("is it so at your site: {}?", self.because),
        }
    }
}

impl Proposal {
    /// True if exactly this is asked for.
    pub fn is(&self, level: Level, scope: Scope) -> bool {
        self.asks == [Ask { level, scope }]
    }

    /// What is asked for, in words: `3 general and 1 system`.
    pub fn says(&self) -> String {
        let asks: Vec<String> = self.asks.iter().map(ToString::to_string).collect();
        asks.join(" and ")
    }
}

/// The usual level for a consequence and an appetite. The table is ours: what can hurt people or end
/// the business is worth consistency unless much risk is wanted; level 4 is never proposed by rule,
/// because its cost needs a reason of its own.
pub fn usual(consequence: Consequence, appetite: Appetite) -> Level {
    let [one, two, three, _] = Level::WITH_INDICATORS;
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
        let (consequence, appetite) = (concern.consequence, project.appetite);
        for touch in &concern.touches {
            let reason = Reason {
                from: Asker::Concern {
                    name: concern.id.clone(),
                    consequence,
                    appetite,
                    stated: touch.level.is_some(),
                },
                ask: Ask {
                    level: touch.level.unwrap_or_else(|| usual(consequence, appetite)),
                    scope: touch.scope,
                },
                because: touch.because.clone(),
            };
            all.entry(touch.practice.clone())
                .or_default()
                .reasons
                .push(reason);
        }
    }
    for target in &table.targets {
        let reason = Reason {
            from: Asker::Profile {
                name: target.origin.name.clone(),
            },
            ask: Ask {
                level: target.what.level,
                scope: target.what.scope,
            },
            because: target.what.because.clone(),
        };
        all.entry(target.what.practice.clone())
            .or_default()
            .reasons
            .push(reason);
    }
    for (practice, proposal) in &mut all {
        proposal.asks = widest(&proposal.reasons);
        proposal.demanded = demanded(project, practice, &proposal.asks);
    }
    all
}

/// What no other reason contains.
fn widest(reasons: &[Reason]) -> Vec<Ask> {
    let all = reasons.iter().map(|reason| reason.ask);
    let contained = |ask: &Ask| {
        let mut others = all.clone().filter(|other| other != ask);
        others.any(|other| other.contains(*ask))
    };
    let mut asks: Vec<Ask> = all.clone().filter(|ask| !contained(ask)).collect();
    asks.sort_by_key(|ask| (ask.scope, ask.level));
    asks.dedup();
    asks
}

/// The duties on a practice that demand what none of these contains, by the day they bind.
pub fn demanded(project: &Project, practice: &str, asks: &[Ask]) -> Vec<Demand> {
    let mut all = Vec::new();
    for obligation in &project.obligations {
        let own = obligation.minimums.iter();
        for minimum in own.filter(|minimum| minimum.practice == practice) {
            let least = Ask {
                level: minimum.level,
                scope: minimum.scope,
            };
            if !asks.iter().any(|ask| ask.contains(least)) {
                all.push(Demand {
                    obligation: obligation.id.clone(),
                    source: obligation.source.clone(),
                    in_force: obligation.in_force,
                    least,
                });
            }
        }
    }
    all.sort_by_key(|demand| demand.in_force);
    all
}
