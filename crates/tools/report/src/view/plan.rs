//! Actions, and what would follow from them.

use super::anchor::anchor;
use super::parts::no_assessment;
use super::{Anchor, Ground, Money, Stands, Who, shown};
use maturity::projection::{self, Counts, Projection};
use maturity::{Date, LooksBack, ScopeFound, Status, compare, gap};
use serde::Serialize;

shown! {
    /// Something to be done.
    Task {
        /// Short name.
        id: String,
        /// Where a document shows it.
        anchor: Anchor,
        /// What.
        title: String,
        /// How far it is.
        status: Status,
        /// Who does it.
        owner: Option<Who>,
        /// By when.
        due: Date,
        /// When it takes effect, after what it waits for; none if it never does.
        effect: Option<Date>,
        /// True if it is neither done nor cancelled and its day has passed.
        late: bool,
        /// What it costs.
        cost: Option<Money>,
        /// Short names of the actions that come first.
        after: Vec<String>,
        /// The day from which evidence shows that it was done already.
        since: Option<Date>,
        /// Short names of that evidence.
        evidence: Vec<String>,
        /// The indicators it is meant to satisfy.
        closes: Vec<Closes>,
    }
    /// An indicator that an action is meant to satisfy.
    Closes {
        /// Id of the indicator.
        indicator: String,
        /// Id of its practice; empty if no catalog or layer has it.
        practice: String,
        /// What it says.
        text: String,
        /// Where it stands now.
        stands: Stands,
        /// The period it covers, if it counts only when a period has passed.
        covers: Option<String>,
        /// When it counts; none if it never does.
        counts: Option<Date>,
        /// True if the action was done when the assessment looked, and the assessment found otherwise.
        found_otherwise: bool,
    }
    /// What would be reached on a day.
    Step {
        /// The day.
        on: Date,
        /// The actions that take effect on it, by short name.
        actions: Vec<String>,
        /// The indicators that count from it on.
        counts: Vec<String>,
        /// What rises on that day.
        rises: Vec<Rise>,
        /// How many targets of the set would be met from then on; 0 without a set.
        met: usize,
        /// Each practice that is not excluded, by id, in the order of the catalog.
        practices: Vec<(String, ScopeFound)>,
    }
    /// A practice that rises.
    Rise {
        /// Id of the practice.
        practice: String,
        /// Its name.
        name: String,
        /// Before.
        before: ScopeFound,
        /// After.
        after: ScopeFound,
    }
}

impl Step {
    /// The indicators that count only on this day because a period had to pass; those that an action of
    /// the day closes at once are not among them.
    pub fn waited(&self, tasks: &[Task]) -> Vec<&str> {
        let at_once = |id: &str| {
            let mut own = tasks.iter().filter(|task| self.actions.contains(&task.id));
            own.any(|task| task.closes.iter().any(|closes| closes.indicator == id))
        };
        let all = self.counts.iter().map(String::as_str);
        all.filter(|id| !at_once(id)).collect()
    }
}

impl Task {
    /// True if nothing is left to do: it is done or cancelled.
    pub fn closed(&self) -> bool {
        matches!(self.status, Status::Done | Status::Cancelled)
    }
}

/// What the plan leads to.
pub(super) fn projection(ground: &Ground<'_>) -> Projection {
    let none = no_assessment(ground.today);
    projection::project(
        ground.project,
        ground.assessment.unwrap_or(&none),
        ground.table,
        &ground.settled,
        ground.today,
    )
}

/// One step for each day on which something changes.
pub(super) fn steps(ground: &Ground<'_>, projection: &Projection) -> Vec<Step> {
    let points = &projection.points;
    let mut before = &ground.scores;
    let mut all = Vec::new();
    for point in points {
        let rise = |change: compare::Change| {
            Some(Rise {
                name: ground.name(&change.practice),
                practice: change.practice,
                before: change.before?,
                after: change.after?,
            })
        };
        let gaps = ground.set.map(|set| gap::gaps(&point.scores, set));
        let met = gaps.into_iter().flatten().filter(|gap| gap.met);
        let practices = point.scores.iter().filter(|score| !score.excluded);
        all.push(Step {
            on: point.on,
            actions: point.actions.clone(),
            counts: point.counts.clone(),
            rises: (compare::changes(before, &point.scores).into_iter())
                .filter_map(rise)
                .collect(),
            met: met.count(),
            practices: practices
                .map(|score| (score.practice.clone(), score.found_at_scopes()))
                .collect(),
        });
        before = &point.scores;
    }
    all
}

/// All actions, in the order of the project.
pub(super) fn tasks(ground: &Ground<'_>, projection: &Projection) -> Vec<Task> {
    let effects = projection::effective_days(&ground.project.actions, ground.today);
    let counts = |action: &str, indicator: &str| {
        let mut closed = projection.closed.iter();
        closed.find(|closed| closed.action == action && closed.indicator == indicator)
    };
    let closes = |action: &str, indicator: &String| {
        let row = ground.table.row(indicator);
        let looks_back = row.and_then(|row| row.what.looks_back);
        let counts = counts(action, indicator).map(|closed| closed.counts);
        Closes {
            indicator: indicator.clone(),
            practice: row.map(|row| row.what.practice.clone()).unwrap_or_default(),
            text: row.map(|row| row.what.text.clone()).unwrap_or_default(),
            stands: ground.settled.standing(indicator).into(),
            covers: looks_back
                .and_then(LooksBack::must_pass)
                .map(|covers| covers.to_string()),
            counts: match counts {
                Some(Counts::From(day)) => Some(day),
                _ => None,
            },
            found_otherwise: counts == Some(Counts::FoundOtherwise),
        }
    };
    let task = |action: &maturity::project::Action| Task {
        id: action.id.clone(),
        anchor: anchor("action", &action.id),
        title: action.title.clone(),
        status: action.status,
        owner: action.owner.as_ref().map(|id| ground.who(id)),
        due: action.due,
        effect: effects.get(action.id.as_str()).copied(),
        late: !matches!(action.status, Status::Done | Status::Cancelled)
            && action.due < ground.today,
        cost: action.cost.as_ref().map(|cost| Money {
            least: cost.least,
            most: cost.most,
            currency: cost.currency.clone(),
        }),
        after: action.after.clone(),
        since: action.since,
        evidence: action.evidence.clone(),
        closes: (action.closes.iter())
            .map(|indicator| closes(&action.id, indicator))
            .collect(),
    };
    ground.project.actions.iter().map(task).collect()
}
