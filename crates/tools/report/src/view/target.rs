//! The target of a practice: who wants it and why, what was proposed, who decided otherwise.

use super::{Ground, Who, shown};
use maturity::propose::{self, Ask, Asker, Proposal};
use maturity::{Date, Level, Party, Scope};
use serde::Serialize;

shown! {
    /// The target of a practice.
    Target {
        /// The level.
        level: Level,
        /// The scope.
        scope: Scope,
        /// Id of the practice, subdomain or domain where it was set.
        set_at: String,
        /// Why.
        because: String,
        /// The concerns behind it: short name and words.
        concerns: Vec<(String, String)>,
        /// Who can answer for it.
        respondent: Option<Who>,
        /// Who pays and decides.
        owner: Option<Who>,
        /// Whose practice it is.
        responsible: Vec<Party>,
        /// The recorded decision against the proposal.
        decision: Option<Decision>,
    }
    /// A recorded decision against a proposal.
    Decision {
        /// Who decided.
        by: Who,
        /// When.
        on: Date,
        /// Why.
        because: String,
    }
    /// What concerns and layers propose.
    Proposed {
        /// What is asked for; several if none of them contains the others.
        asks: Vec<Ask>,
        /// True if the target is another one.
        differs: bool,
        /// Why.
        reasons: Vec<Reason>,
        /// Duties that demand what nothing proposed contains, in words.
        demanded: Vec<String>,
    }
    /// One reason of a proposal.
    Reason {
        /// `concern NAME` or `profile NAME`.
        from: String,
        /// The level it asks for.
        level: Level,
        /// The scope it asks for.
        scope: Scope,
        /// How the number arose, in words.
        arose: String,
        /// In words.
        because: String,
        /// True if it is what a profile thinks of systems of its kind: a question to this one.
        asks_site: bool,
    }
}

impl Proposed {
    /// What is asked for, in words.
    pub fn says(&self) -> String {
        let asks: Vec<String> = self.asks.iter().map(ToString::to_string).collect();
        asks.join(" and ")
    }
}

/// The target of a practice in the chosen set.
pub(super) fn target(ground: &Ground<'_>, practice: &str) -> Option<Target> {
    let set = ground.set?;
    let at = set.of(practice)?;
    let own = set.practices.iter().find(|own| own.practice == practice);
    let concerns = own.into_iter().flat_map(|own| &own.concerns);
    let concern = |id: &String| {
        let found = (ground.project.concerns.iter()).find(|concern| concern.id == *id);
        let says = found.map(|concern| concern.says.clone());
        (id.clone(), says.unwrap_or_default())
    };
    let person = |id: &String| ground.who(id);
    let decision = own.and_then(|own| own.override_of.as_ref());
    Some(Target {
        level: at.level,
        scope: at.scope,
        set_at: at.set_at,
        because: at.because,
        concerns: concerns.map(concern).collect(),
        respondent: own.and_then(|own| own.respondent.as_ref()).map(person),
        owner: own.and_then(|own| own.owner.as_ref()).map(person),
        responsible: own.map(|own| own.responsible.clone()).unwrap_or_default(),
        decision: decision.map(|decision| Decision {
            by: ground.who(&decision.by),
            on: decision.on,
            because: decision.because.clone(),
        }),
    })
}

/// A proposal beside the target.
pub(super) fn proposed(proposal: &Proposal, target: Option<&Target>) -> Proposed {
    let reason = |reason: &propose::Reason| Reason {
        from: reason.from.to_string(),
        level: reason.ask.level,
        scope: reason.ask.scope,
        arose: reason.arose(),
        because: reason.because.clone(),
        asks_site: matches!(reason.from, Asker::Profile { .. }),
    };
    let demand = |demand: &propose::Demand| {
        let propose::Demand {
            obligation,
            in_force,
            least,
            ..
        } = demand;
        format!("{obligation} demands {least} from {in_force}")
    };
    Proposed {
        asks: proposal.asks.clone(),
        differs: target.is_some_and(|target| !proposal.is(target.level, target.scope)),
        reasons: proposal.reasons.iter().map(reason).collect(),
        demanded: proposal.demanded.iter().map(demand).collect(),
    }
}
