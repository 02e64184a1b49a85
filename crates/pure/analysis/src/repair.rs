//! The fewest flows whose removal makes a violated claim hold.
//!
//! Something of every violating path must go, hence something of a shortest one: it is taken away,
//! step by step, and the question asked again. Whether one or two removals are enough is decided
//! exactly that way; beyond two nothing is proposed, and that is said. Where data is carried to a start, its way there
//! counts as a part of the path.

use crate::graph::{Budget, Exhausted, Graph, Number, Why};
use crate::judge::stated_claims;
use crate::labels::{ClassLabel, Labels};
use crate::never::{Answer, Never, Proof};
use crate::words::{grant_name, sorted};
use model::verdict::{Axis, Outcome, Verdicts};
use model::{Claim, ClassId, Model};
use serde::Serialize;
use std::collections::BTreeSet;

/// What is spent on the proposals for one model at most; a claim that is not done by then stays open.
const BUDGET: Budget = Budget {
    edges: 30_000_000,
    entries: 0,
};

/// Most proposals for one claim.
pub const PROPOSALS_MAX: usize = 16;

/// How a violated claim could be made to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Repair {
    /// Verdict id.
    pub id: String,
    /// What the search came to.
    pub search: Search,
    /// Each is enough by itself, and nothing smaller is: channels (`channel a.x -> b.y`), credits
    /// (`credit of a.x -> b.y`: a queue that drops has none) and grants (with their arrows, as `grant a.g <-> e`). The
    /// first 16, in order of their names; none unless some were found.
    pub remove: Vec<Vec<String>>,
}

/// What a search for removals came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Search {
    /// One or two removals are enough.
    Found,
    /// No one or two are.
    MoreThanTwo,
    /// No removal is: what is forbidden happens within one node.
    NoRemoval,
    /// Not decided within the work that is spent on one model.
    Open,
}

/// Proposals for the violated claims about flows, in the order of the verdicts. What else such a
/// removal would do is not looked at.
pub fn repairs(model: &Model, verdicts: &Verdicts) -> Vec<Repair> {
    let violated = verdicts.verdicts.iter();
    let violated = violated.filter(|verdict| matches!(verdict.outcome, Outcome::Violated { .. }));
    let violated: BTreeSet<&str> = violated.map(|verdict| verdict.id.as_str()).collect();
    if violated.is_empty() {
        return Vec::new();
    }
    let mut graph = Graph::new(model, BUDGET);
    let mut repairs = Vec::new();
    for (id, claim) in stated_claims(model) {
        let Claim::Never {
            from,
            to,
            data,
            through,
        } = claim
        else {
            continue;
        };
        if violated.contains(id.as_str()) {
            let ask = |graph: &Graph<'_>| {
                let never = Never {
                    graph,
                    class: *data,
                    from,
                    to,
                    through,
                };
                let Answer::Path(path) = never.answer(None, Proof::Drop)? else {
                    return Ok(None);
                };
                let carried = never.way_to(&path)?;
                // Data that originates where the path begins came no way.
                let carried = carried.map(|way| flows(graph, &way)).unwrap_or_default();
                Ok(Some([carried, flows(graph, &path)].concat()))
            };
            repairs.push(proposal(&mut graph, id, ask));
        }
    }
    for (index, class) in model.classes.iter().enumerate() {
        let id = format!("class.{}", class.name);
        if let Some(label) = class.secrecy.filter(|_| violated.contains(id.as_str())) {
            let ask = |graph: &Graph<'_>| {
                let secrecy = Labels::new(graph, Axis::Secrecy);
                let label = ClassLabel::new(&secrecy, ClassId::of(index), label);
                Ok(match label.answer(None, Proof::Drop)? {
                    Answer::Path(path) => Some(flows(graph, &path)),
                    Answer::Closed(..) => None,
                })
            };
            repairs.push(proposal(&mut graph, id, ask));
        }
    }
    repairs
}

fn proposal(
    graph: &mut Graph<'_>,
    id: String,
    ask: impl Fn(&Graph<'_>) -> Result<Option<Vec<Why>>, Exhausted>,
) -> Repair {
    let (search, found) = match smallest(graph, &ask) {
        Ok(Some(found)) if found.is_empty() => (Search::MoreThanTwo, found),
        Ok(Some(found)) => (Search::Found, found),
        Ok(None) => (Search::NoRemoval, BTreeSet::new()),
        Err(Exhausted) => (Search::Open, BTreeSet::new()),
    };
    graph.cut.clear();
    let mut remove: Vec<Vec<String>> = found.into_iter().collect();
    remove.truncate(PROPOSALS_MAX);
    Repair { id, search, remove }
}

/// All smallest sets of one or two flows without which the claim holds. Asked, `ask` names the flows
/// of a shortest path that contradicts it, if one does. `None` if some such path has no flow that
/// could be removed.
fn smallest(
    graph: &mut Graph<'_>,
    ask: &impl Fn(&Graph<'_>) -> Result<Option<Vec<Why>>, Exhausted>,
) -> Result<Option<BTreeSet<Vec<String>>>, Exhausted> {
    let (mut alone, mut pairs) = (BTreeSet::new(), BTreeSet::new());
    let mut left = Vec::new();
    // A claim without such a path is not asked about; one whose path has no flow is not repaired.
    let first = ask(graph)?.unwrap_or_default();
    if first.is_empty() {
        return Ok(None);
    }
    for flow in first {
        graph.cut = with_credit(flow);
        match ask(graph)? {
            None => drop(alone.insert(vec![name(graph.model, flow)])),
            Some(flows) => left.push((flow, flows)),
        }
    }
    if !alone.is_empty() {
        return Ok(Some(alone));
    }
    for (flow, others) in left {
        for other in others {
            graph.cut = [with_credit(flow), with_credit(other)].concat();
            if ask(graph)?.is_none() {
                let names = [flow, other].map(|flow| name(graph.model, flow));
                pairs.insert(sorted(names));
            }
        }
    }
    Ok(Some(pairs))
}

/// What goes with a flow that is removed: a channel's credit with the channel.
fn with_credit(flow: Why) -> Vec<Why> {
    match flow {
        Why::Channel(id) => vec![flow, Why::Credit(id)],
        Why::Credit(_) | Why::Grant(_) | Why::Inside | Why::Within | Why::Pass(..) => vec![flow],
    }
}

/// What on a path can be removed from the drawing: a credit alone, or with its channel.
fn flows(graph: &Graph<'_>, path: &[Number]) -> Vec<Why> {
    let pairs = path.iter().zip(path.iter().skip(1));
    let edge = |(from, to): (&Number, &Number)| {
        let row = graph.row(*from).iter().filter(|edge| edge.to == *to);
        let drawn = |why: &Why| matches!(why, Why::Channel(_) | Why::Credit(_) | Why::Grant(_));
        row.map(|edge| edge.why)
            .find(|why| drawn(why) && !graph.cut.contains(why))
    };
    let ways = |flow: Why| match flow {
        Why::Credit(id) => vec![flow, Why::Channel(id)],
        Why::Channel(_) | Why::Grant(_) | Why::Inside | Why::Within | Why::Pass(..) => vec![flow],
    };
    pairs.filter_map(edge).flat_map(ways).collect()
}

fn name(model: &Model, flow: Why) -> String {
    match flow {
        Why::Channel(id) => format!("channel {}", model.channel_name(id)),
        Why::Credit(id) => format!("credit of {}", model.channel_name(id)),
        Why::Grant(id) => grant_name(model, id),
        Why::Inside | Why::Within | Why::Pass(..) => String::new(),
    }
}
