//! Claims about labels: that every edge keeps them, and that a data class stays where it may be.

use crate::compromise::Base;
use crate::graph::{Carries, Exhausted, Graph, Number, View, Why};
use crate::never::{Answer, Part, Proof, holds, relied};
use crate::search::{Excuse, Goal, Length, Scratch, search};
use crate::words::{pass_name, point_names, steps};
use model::flow::Point;
use model::verdict::{Axis, Break, Certificate, Witness};
use model::{ClassId, LabelId, NodeId, Order};
use std::collections::BTreeSet;

/// "Information goes only to places of at least its secrecy" or "of at most its integrity".
pub struct Labels<'a> {
    graph: &'a Graph<'a>,
    axis: Axis,
    labels: Vec<Option<LabelId>>,
}

/// Whether labels are kept.
pub enum Kept {
    /// They are, with what some passes state.
    Yes {
        /// From and to of passes that change labels as they state.
        stated: BTreeSet<(Number, Number)>,
    },
    /// They are not, from the one point to the other: every such flow, one at least.
    No(Vec<(Number, Number)>),
}

impl<'a> Labels<'a> {
    /// The labels of one axis.
    pub fn new(graph: &'a Graph<'a>, axis: Axis) -> Self {
        let model = graph.model;
        let of = |secrecy, integrity| match axis {
            Axis::Secrecy => secrecy,
            Axis::Integrity => integrity,
        };
        let label = |(_, point, _): (Number, Point, NodeId)| match point {
            Point::Port(id) | Point::Back(id) => model
                .port(id)
                .and_then(|port| of(port.secrecy, port.integrity)),
            Point::Enter(id) | Point::Leave(id) if model.trust(id).is_some() => None,
            Point::Enter(id) | Point::Leave(id) => model
                .node(id)
                .and_then(|node| of(node.secrecy, node.integrity)),
        };
        Self {
            graph,
            axis,
            labels: graph.points().map(label).collect(),
        }
    }

    /// The labels and their order.
    pub fn order(&self) -> &'a Order {
        match self.axis {
            Axis::Secrecy => &self.graph.model.secrecy,
            Axis::Integrity => &self.graph.model.integrity,
        }
    }

    /// The name of a node.
    pub fn node_name(&self, id: NodeId) -> String {
        self.graph.model.node_name(id).to_owned()
    }

    fn label(&self, point: Number) -> Option<LabelId> {
        self.labels.get(point as usize).copied().flatten()
    }

    fn permits(&self, from: LabelId, to: LabelId) -> bool {
        match self.axis {
            Axis::Secrecy => self.order().le(from, to),
            Axis::Integrity => self.order().le(to, from),
        }
    }

    /// Whether every point has a label but for the inner ones of trusted subjects. Then what is
    /// between two labelled points lies in one subject, and subjects can be looked at one by one.
    fn complete(&self) -> bool {
        self.graph.points().all(|(number, point, node)| {
            let inner = matches!(point, Point::Enter(_) | Point::Leave(_));
            self.label(number).is_some() || inner && self.graph.model.trust(node).is_some()
        })
    }

    /// Whether labels are kept on all edges with the local policy of `void` void.
    ///
    /// # Errors
    /// Too much work.
    pub fn kept(&self, void: Option<NodeId>) -> Result<Kept, Exhausted> {
        let view = View {
            void,
            ..View::plain(self.graph)
        };
        let mut stated = BTreeSet::new();
        let mut broken = Vec::new();
        for (from, _, _) in self.graph.points() {
            if let Some(label) = self.label(from) {
                let to = self.breaks(view, from, label, &mut stated)?;
                broken.extend(to.into_iter().map(|to| (from, to)));
            }
        }
        Ok(match broken.is_empty() {
            true => Kept::Yes { stated },
            false => Kept::No(broken),
        })
    }

    /// The labelled points after `from` to which its label must not go; passes that state that it
    /// may are noted instead.
    fn breaks(
        &self,
        view: View<'_>,
        from: Number,
        label: LabelId,
        stated: &mut BTreeSet<(Number, Number)>,
    ) -> Result<Vec<Number>, Exhausted> {
        let mut broken = Vec::new();
        let mut known = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut todo = vec![from];
        while let Some(point) = todo.pop() {
            self.graph.spend(1 + self.graph.row(point).len())?;
            for edge in view.edges(point) {
                let Some(to) = self.label(edge.to) else {
                    if seen.insert(edge.to) {
                        todo.push(edge.to);
                    }
                    continue;
                };
                if self.permits(label, to) {
                    continue;
                }
                match self.is_stated(view, point, edge.why) {
                    true => drop(stated.insert((from, edge.to))),
                    false if known.insert(edge.to) => broken.push(edge.to),
                    false => {}
                }
            }
        }
        broken.sort_unstable();
        Ok(broken)
    }

    fn is_stated(&self, view: View<'_>, from: Number, why: Why) -> bool {
        let node = self.graph.node(from);
        let Why::Pass(position, _) = why else {
            return false;
        };
        let trust = self.graph.model.trust(node);
        let pass = trust.and_then(|trust| trust.passes.get(position as usize));
        view.void != Some(node)
            && pass.is_some_and(|pass| match self.axis {
                Axis::Secrecy => pass.lowers_secrecy,
                Axis::Integrity => pass.raises_integrity,
            })
    }

    /// Trusted subjects whose compromise alone breaks the labels, with where.
    ///
    /// # Errors
    /// Too much work.
    pub fn compromises(&self) -> Result<Vec<(NodeId, Number, Number)>, Exhausted> {
        let mut compromises = Vec::new();
        let complete = self.complete();
        for id in trusted_by_name(self.graph) {
            let found = if complete {
                self.void_breaks(id)?
            } else {
                match self.kept(Some(id))? {
                    Kept::No(broken) => broken.first().copied(),
                    Kept::Yes { .. } => None,
                }
            };
            compromises.extend(found.map(|(from, to)| (id, from, to)));
        }
        Ok(compromises)
    }

    /// Where the labels break at one subject once its local policy is void.
    fn void_breaks(&self, id: NodeId) -> Result<Option<(Number, Number)>, Exhausted> {
        let view = View {
            void: Some(id),
            ..View::plain(self.graph)
        };
        let enter = self.graph.enter(id);
        let mut seen = BTreeSet::new();
        for (from, _) in self.graph.own_points(id) {
            let mut row = self.graph.row(from).iter();
            let arrives = row.any(|edge| edge.to == enter);
            if let Some(label) = self.label(from).filter(|_| arrives)
                && seen.insert(label)
                && let Some(to) = self
                    .breaks(view, from, label, &mut BTreeSet::new())?
                    .first()
            {
                return Ok(Some((from, *to)));
            }
        }
        Ok(None)
    }

    /// Nodes on whose obedience the labels rest: those whose compromise violates one, or all that could matter if some
    /// points have no label.
    pub fn relied(&self, compromises: &[(NodeId, Number, Number)]) -> BTreeSet<NodeId> {
        if self.complete() {
            return compromises.iter().map(|(id, ..)| *id).collect();
        }
        self.graph.model.nodes().map(|(id, _)| id).collect()
    }

    /// The labels of all points as a proof.
    ///
    /// # Errors
    /// Too many points.
    pub fn certificate(
        &self,
        stated: &BTreeSet<(Number, Number)>,
    ) -> Result<Certificate, Exhausted> {
        self.graph.fill(self.labels.len() + stated.len())?;
        let row = |(point, label): (Number, &Option<LabelId>)| {
            let name = self.order().name((*label)?).to_owned();
            Some((self.graph.name(point).to_owned(), name))
        };
        let mut stated_passes: Vec<String> = stated
            .iter()
            .map(|(from, to)| pass_name(self.graph, *from, *to))
            .collect();
        stated_passes.sort_unstable();
        let mut labels: Vec<(String, String)> = (0..).zip(&self.labels).filter_map(row).collect();
        labels.sort_unstable();
        Ok(Certificate::Invariant {
            labels,
            stated_passes,
        })
    }

    /// Where labels break as a counterexample; the first flow stands for all others.
    ///
    /// # Errors
    /// Too many flows.
    pub fn witness(&self, broken: &[(Number, Number)]) -> Result<Witness, Exhausted> {
        let mut all: Vec<Break> = Vec::new();
        for (from, to) in broken {
            self.graph.fill(2 + 3)?;
            all.push(self.broken(*from, *to, None));
        }
        let mut all = all.into_iter();
        let first = all.next().unwrap_or_else(|| self.broken(0, 0, None));
        Ok(witness(first, all.collect()))
    }

    /// Where labels break once the local policy of `void` is void.
    pub fn witness_of(&self, from: Number, to: Number, void: NodeId) -> Witness {
        witness(self.broken(from, to, Some(void)), Vec::new())
    }

    fn broken(&self, from: Number, to: Number, void: Option<NodeId>) -> Break {
        let view = View {
            void,
            ..View::plain(self.graph)
        };
        let name = |point| {
            self.label(point)
                .map_or_else(String::new, |label| self.order().name(label).to_owned())
        };
        Break {
            points: point_names(self.graph, [from, to]),
            steps: steps(view, &[from, to]),
            from_label: name(from),
            to_label: name(to),
        }
    }
}

fn witness(first: Break, others: Vec<Break>) -> Witness {
    Witness::LabelBreak {
        points: first.points,
        steps: first.steps,
        from_label: first.from_label,
        to_label: first.to_label,
        others,
    }
}

/// Trusted subjects in the order of their names.
pub fn trusted_by_name(graph: &Graph<'_>) -> Vec<NodeId> {
    let model = graph.model;
    let enters = graph
        .points()
        .filter(|(_, point, node)| *point == Point::Enter(*node));
    enters
        .map(|(_, _, node)| node)
        .filter(|id| model.trust(*id).is_some())
        .collect()
}

/// "Data of `class` reaches no place whose secrecy is not at least the class's"; the place where
/// it originates counts as well.
pub struct ClassLabel<'a> {
    graph: &'a Graph<'a>,
    class: ClassId,
    low: Vec<bool>,
}

impl<'a> ClassLabel<'a> {
    /// The claim of a class with this secrecy.
    pub fn new(secrecy: &Labels<'a>, class: ClassId, label: LabelId) -> Self {
        let low = |own: &Option<LabelId>| own.is_some_and(|own| !secrecy.permits(label, own));
        Self {
            graph: secrecy.graph,
            class,
            low: secrecy.labels.iter().map(low).collect(),
        }
    }

    /// What the claim sees with the local policy of one subject void.
    pub fn view(&self, void: Option<NodeId>) -> View<'a> {
        View {
            graph: self.graph,
            void,
            carries: Carries::Class(self.class),
        }
    }

    /// The answer with the local policy of one subject void.
    ///
    /// # Errors
    /// Too much work.
    pub fn answer(&self, void: Option<NodeId>, proof: Proof) -> Result<Answer, Exhausted> {
        let view = self.view(void);
        let origins = view.origins();
        let goal = Goal {
            ends: &self.low,
            below: Length::MAX,
        };
        let reach = search(view, &origins, &Excuse::Nothing, goal)?;
        if let Some(hit) = reach.hit {
            return Ok(Answer::Path(reach.path(hit)));
        }
        if proof == Proof::Drop || origins.is_empty() {
            return Ok(Answer::Closed(Vec::new(), None));
        }
        self.graph.fill(reach.states.len() + origins.len())?;
        let mut set: Vec<(Option<usize>, Number)> = reach
            .states
            .iter()
            .map(|state| (None, reach.split(*state).1))
            .collect();
        set.sort_unstable();
        let part = Part {
            from: point_names(self.graph, origins),
            to: Vec::new(),
            set,
            relied: relied(view, &reach, &Excuse::Nothing),
        };
        let base = Base::new(view, reach, self.low.clone(), Excuse::Nothing);
        Ok(Answer::Closed(vec![part], Some(base)))
    }

    /// A shortest path that contradicts the claim, which holds, when `id` is compromised.
    ///
    /// # Errors
    /// Too much work.
    pub fn path_with(
        &self,
        id: NodeId,
        base: Option<&Base>,
        scratch: &mut Scratch,
    ) -> Result<Option<Vec<Number>>, Exhausted> {
        let adds_origin = holds(self.graph.model, id, self.class);
        if let Some(base) = base.filter(|_| !adds_origin) {
            return base.path_with(self.view(Some(id)), id, scratch);
        }
        Ok(match self.answer(Some(id), Proof::Drop)? {
            Answer::Path(path) => Some(path),
            Answer::Closed(..) => None,
        })
    }

    /// Whether data of the class originates anywhere, and any place is too low for it.
    pub fn speaks(&self) -> bool {
        !self.view(None).origins().is_empty() && self.low.contains(&true)
    }
}
