//! Whose compromise alone violates a claim about flows, and along which path.
//!
//! What is compromised only adds ways: across the subject, from where everything arrives at it to
//! where everything departs, and into it, if it was a mediator. A path that was not there before
//! takes such a way. It is a shortest path to there, known from the proof that the claim holds,
//! and a shortest way from there past everything the proof has reached, since nothing leads from
//! that to an end.

use crate::graph::{Exhausted, Number, View};
use crate::search::{Excuse, Length, Reach, Scratch, Source};
use model::NodeId;
use model::flow::Point;
use model::invariant::Dense;
use std::collections::BTreeMap;

/// What proves that a claim holds, if one search with one layer does.
pub struct Base {
    reach: Reach,
    ends: Vec<bool>,
    excuse: Excuse,
    /// Edges from what is reached to mediators of a set.
    frontier: BTreeMap<NodeId, Vec<(Number, Number)>>,
}

impl Base {
    /// What was reached, none of the ends, and what excused.
    pub fn new(view: View<'_>, reach: Reach, ends: Vec<bool>, excuse: Excuse) -> Self {
        let graph = view.graph;
        let mut frontier: BTreeMap<NodeId, Vec<(Number, Number)>> = BTreeMap::new();
        if let Excuse::AnyOf(set) = &excuse {
            for state in &reach.states {
                let (_, from) = reach.split(*state);
                for edge in view.edges(from) {
                    let node = graph.node(edge.to);
                    if *set.of(node.index()) {
                        frontier.entry(node).or_default().push((from, edge.to));
                    }
                }
            }
        }
        Self {
            reach,
            ends,
            excuse,
            frontier,
        }
    }

    /// A shortest path that appears when `id` is compromised, which is no mediator of an order and
    /// whose compromise adds no start. The view has its local policy void.
    ///
    /// # Errors
    /// Too much work.
    pub fn path_with(
        &self,
        view: View<'_>,
        id: NodeId,
        scratch: &mut Scratch,
    ) -> Result<Option<Vec<Number>>, Exhausted> {
        let enter = view.graph.number(Point::Enter(id));
        let across = enter.zip(view.graph.number(Point::Leave(id)));
        let across =
            across.filter(|(enter, leave)| self.reach.has(0, *enter) && !self.reach.has(0, *leave));
        // A mediator to which nothing leads has no entry.
        let into = self.frontier.get(&id).map_or(&[][..], Vec::as_slice);
        let graph = view.graph;
        let source = |(parent, state): (Number, Number)| Source {
            length: Length::of(graph, &self.reach.path(parent))
                .then(graph.node(parent) != graph.node(state)),
            state,
            parent,
        };
        let mut sources: Vec<Source> = across
            .into_iter()
            .chain(into.iter().copied())
            .map(source)
            .collect();
        sources.sort_unstable();
        let excuse = match &self.excuse {
            Excuse::AnyOf(set) => {
                let mut set = set.clone();
                *set.of_mut(id.index()) = false;
                Excuse::AnyOf(set)
            }
            other @ (Excuse::Nothing | Excuse::InOrder(_)) => other.clone(),
        };
        let rest = scratch.beyond(view, &sources, &excuse, &self.ends, &self.reach)?;
        Ok(rest.map(|rest| {
            let mut rest = rest.into_iter();
            let mut path = rest
                .next()
                .map_or_else(Vec::new, |known| self.reach.path(known));
            path.extend(rest);
            path
        }))
    }
}
