//! A practice: its level at each scope, and what stands between it and its target.

use super::anchor::anchor;
use super::row::{Answers, closing, row_of};
use super::{
    Anchor, Course, DutyOf, Ground, Proposed, Row, Seen, Stands, Target, Task, Verdict, Vouched,
    Who, duties, history, shown, target,
};
use maturity::explain::{self, Deed, Explanation, explain, explain_next};
use maturity::{Date, Found, Level, Scope, ScopeFound, gap, propose, score};
use serde::Serialize;

shown! {
    /// A practice.
    PracticeView {
        /// Id.
        id: String,
        /// Official name.
        name: String,
        /// What it is for.
        aim: String,
        /// Id of its domain.
        domain: String,
        /// Id of its subdomain.
        subdomain: String,
        /// Where a document shows it.
        anchor: Anchor,
        /// The target in the chosen set.
        target: Option<Target>,
        /// What concerns and layers propose.
        proposed: Option<Proposed>,
        /// The level at each scope.
        levels: ScopeFound,
        /// The scope of the target; general without a target.
        scope: Scope,
        /// The level at that scope; an excluded practice counts as undefined.
        current: Found,
        /// How it stands to its target.
        verdict: Verdict,
        /// Levels missing; counted from 0 where nobody looked, so that it is the most that can be.
        gap: u8,
        /// Levels beyond the target at its scope: not merit.
        surplus: u8,
        /// True if a level rests on a judgement and not on answers.
        judged: bool,
        /// Who vouches for its indicators.
        vouched: Vouched,
        /// What stands between it and its target; none if it is met or there is none.
        to_target: Option<Way>,
        /// What stands between it and the next level at the scope of its target.
        to_next: Option<Way>,
        /// How much of each level 1 to 4 is satisfied, over the indicators of the scope of the target
        /// and wider ones.
        progress: Vec<Progress>,
        /// The judgements given, each as it was given.
        judgements: Vec<Judgement>,
        /// Its indicators, ordered by level, scope and id.
        indicators: Vec<Row>,
        /// What duties demand of it.
        duties: Vec<DutyOf>,
        /// Short names of the actions that close some of its indicators.
        actions: Vec<String>,
        /// Found, wanted and demanded over time.
        course: Course,
    }
    /// How much of a level is satisfied. A count for the reader, never a level.
    Progress {
        /// The level.
        level: Level,
        /// How many indicators are satisfied.
        satisfied: usize,
        /// How many apply.
        applicable: usize,
    }
    /// What stands between a practice and a level.
    Way {
        /// The level.
        level: Level,
        /// The scope.
        scope: Scope,
        /// The smallest set of indicators that must change.
        blockers: Vec<Blocker>,
        /// What no answer can change.
        obstacles: Vec<Obstacle>,
    }
    /// An indicator in the way.
    Blocker {
        /// Id of the indicator.
        indicator: String,
        /// Where a document shows it.
        anchor: Anchor,
        /// What it says.
        text: String,
        /// Where it stands.
        stands: Stands,
        /// True if it is satisfied by computation and only lacks a person's word.
        lacks_person: bool,
        /// Short names of the open actions that close it.
        actions: Vec<String>,
    }
    /// What no answer can change.
    Obstacle {
        /// What kind.
        kind: ObstacleKind,
        /// At which scope.
        scope: Scope,
        /// At which level, if it is about one.
        level: Option<Level>,
        /// In words.
        says: String,
    }
    /// A level judged from the table, as it was given.
    Judgement {
        /// The level.
        level: Level,
        /// The scope.
        scope: Scope,
        /// Who judged.
        by: Who,
        /// When.
        on: Date,
        /// Why.
        because: String,
    }
}

impl PracticeView {
    /// How it stands to its target, in words, with the levels that are missing or more.
    pub fn says_verdict(&self) -> String {
        let words = self.verdict.label();
        match self.verdict {
            Verdict::Met if self.surplus > 0 => format!("{words}, {} above", self.surplus),
            Verdict::Short => format!("{words} by {}", self.gap),
            _ => words.to_owned(),
        }
    }
}

/// What kind of obstacle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ObstacleKind {
    /// No indicator is of the scope.
    ScopeUndefined,
    /// The indicators of the scope say nothing about the level or a higher one.
    LevelUndefined,
    /// All indicators of the level do not apply.
    NothingApplicable,
}

/// All practices.
pub(super) fn practices(ground: &Ground<'_>, seen: &[Seen], tasks: &[Task]) -> Vec<PracticeView> {
    let proposals = propose::propose(ground.project, ground.table);
    let obligations = duties::obligations(ground);
    let given = Answers::of(ground);
    let scores = ground.scores.iter();
    let practice = |score: &maturity::score::PracticeScore| {
        let id = score.practice.as_str();
        let target = target::target(ground, id);
        let gap = gap::gap(score, ground.set.and_then(|set| set.of(id)));
        let scope = target
            .as_ref()
            .map_or(Scope::General, |target| target.scope);
        let open = target.as_ref().filter(|_| gap.stands.is_open());
        let to_target = open.map(|target| way(ground, tasks, id, target.level, target.scope));
        let to_next = explain_next(ground.table, &ground.settled, id, scope);
        let to_next = to_next.filter(|_| !score.excluded);
        let duties = duties::of_practice(&obligations, id);
        let found = ground.catalog.practice(id);
        let subdomain = found
            .map(|found| found.subdomain.clone())
            .unwrap_or_default();
        let rows = ground.table.rows_of(id).iter();
        PracticeView {
            id: id.to_owned(),
            name: ground.name(id),
            aim: found
                .map(|found| found.title.aim.clone())
                .unwrap_or_default(),
            domain: domain_of(ground, &subdomain),
            subdomain,
            anchor: anchor("practice", id),
            proposed: (proposals.get(id))
                .map(|proposal| target::proposed(proposal, target.as_ref())),
            levels: score.found_at_scopes(),
            scope,
            current: score.found(scope),
            verdict: gap.stands.into(),
            gap: gap.gap,
            surplus: gap.surplus,
            judged: !score.judged.is_empty(),
            vouched: score::vouched_to(ground.table, &ground.settled, id, gap.target.as_ref())
                .into(),
            to_target,
            to_next: to_next.map(|way| way_of(ground, tasks, way)),
            progress: progress(ground, id, scope),
            judgements: judgements(ground, id),
            indicators: rows.map(|row| row_of(ground, &given, tasks, row)).collect(),
            actions: closing(tasks, |closes| closes.practice == id),
            course: history::course(ground, seen, &duties, id, scope),
            duties,
            target,
        }
    };
    scores.map(practice).collect()
}

/// Id of the domain of a subdomain.
fn domain_of(ground: &Ground<'_>, subdomain: &str) -> String {
    let mut domains = ground.catalog.domains.iter();
    let domain = domains.find(|domain| {
        let mut own = domain.subdomains.iter();
        own.any(|own| own.title.id == subdomain)
    });
    domain
        .map(|domain| domain.title.id.clone())
        .unwrap_or_default()
}

/// What stands between a practice and a level at a scope.
pub(super) fn way(
    ground: &Ground<'_>,
    tasks: &[Task],
    practice: &str,
    level: Level,
    scope: Scope,
) -> Way {
    let way = explain(ground.table, &ground.settled, practice, level, scope);
    way_of(ground, tasks, way)
}

fn way_of(ground: &Ground<'_>, tasks: &[Task], way: Explanation) -> Way {
    let blocker = |blocker: explain::Blocker| {
        let row = ground.table.row(&blocker.indicator);
        let open = (tasks.iter()).filter(|task| task.status != maturity::Status::Cancelled);
        let closing = open.filter(|task| {
            let mut closes = task.closes.iter();
            closes.any(|closes| closes.indicator == blocker.indicator)
        });
        Blocker {
            anchor: anchor("indicator", &blocker.indicator),
            text: row.map(|row| row.what.text.clone()).unwrap_or_default(),
            stands: blocker.standing.into(),
            lacks_person: blocker.needs == Deed::Attest,
            actions: closing.map(|task| task.id.clone()).collect(),
            indicator: blocker.indicator,
        }
    };
    Way {
        level: way.level,
        scope: way.scope,
        blockers: way.blockers.into_iter().map(blocker).collect(),
        obstacles: way.obstacles.into_iter().map(obstacle).collect(),
    }
}

fn obstacle(obstacle: explain::Obstacle) -> Obstacle {
    let (kind, scope, level, says) = match obstacle {
        explain::Obstacle::ScopeUndefined { scope } => (
            ObstacleKind::ScopeUndefined,
            scope,
            None,
            format!("no profile says what the {scope} scope means here: one is needed"),
        ),
        explain::Obstacle::LevelUndefined { scope, level } => (
            ObstacleKind::LevelUndefined,
            scope,
            Some(level),
            format!("the indicators of the {scope} scope end below level {level}"),
        ),
        explain::Obstacle::NothingApplicable { scope, level } => (
            ObstacleKind::NothingApplicable,
            scope,
            Some(level),
            format!("no indicator of level {level} applies at the {scope} scope"),
        ),
    };
    Obstacle {
        kind,
        scope,
        level,
        says,
    }
}

fn progress(ground: &Ground<'_>, practice: &str, scope: Scope) -> Vec<Progress> {
    let cells = score::cells(ground.table, &ground.settled, practice);
    let of = |level: Level| {
        let own = (cells.iter()).filter(|cell| cell.level == level && cell.scope <= scope);
        let own = own.filter(|cell| cell.standing.applies());
        Progress {
            level,
            satisfied: own.clone().filter(|cell| cell.standing.is_yes()).count(),
            applicable: own.count(),
        }
    };
    Level::WITH_INDICATORS.into_iter().map(of).collect()
}

fn judgements(ground: &Ground<'_>, practice: &str) -> Vec<Judgement> {
    let all = ground
        .assessment
        .into_iter()
        .flat_map(|one| &one.judgements);
    let own = all.filter(|judgement| judgement.practice == practice);
    own.map(|judgement| Judgement {
        level: judgement.level,
        scope: judgement.scope,
        by: ground.who(&judgement.by),
        on: judgement.on,
        because: judgement.because.clone(),
    })
    .collect()
}
