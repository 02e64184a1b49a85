//! Claims that something does not flow.
//!
//! A claim speaks about pairs of a start and an end whose nodes differ. Pairs are put together in
//! parts, each with starts and ends at different nodes and with the same mediators, so that one
//! breadth-first search answers a part: with the shortest unexcused path, or with a closed set.

use crate::compromise::Base;
use crate::graph::{Exhausted, Graph, Number, View};
use crate::search::{Excuse, Goal, Length, Reach, Scratch, search};
use model::flow::Point;
use model::invariant::Dense;
use model::{ClassId, Direction, EndPoint, Model, NodeId, Through};
use std::collections::{BTreeMap, BTreeSet};

/// One end of a claim.
#[derive(Clone, Debug)]
pub struct End {
    /// As the claim writes it; for every origin of a class: the point.
    pub name: String,
    /// Its node.
    pub node: NodeId,
    /// Its points, sorted.
    pub points: Vec<Number>,
}

/// Ends, and the closed set that proves that no path between them counts.
pub struct Part {
    /// Names of the starts.
    pub from: Vec<String>,
    /// Names of the ends.
    pub to: Vec<String>,
    /// Mediators met, and the point; mediators are counted only in an order.
    pub set: Vec<(Option<usize>, Number)>,
    /// Nodes that keep the set closed by letting through only what they list, by relaying
    /// nothing, or by mediating.
    pub relied: BTreeSet<NodeId>,
}

/// What to do with closed sets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Keep them.
    Keep,
    /// Only the outcome is of interest.
    Drop,
}

/// The answer to a question.
pub enum Answer {
    /// A shortest path that contradicts the claim.
    Path(Vec<Number>),
    /// Nothing contradicts it. If one search shows that, it is the base of further questions.
    Closed(Vec<Part>, Option<Base>),
}

/// "Nothing flows from any of `from` to any different node of `to`, except as `through` says".
pub struct Never<'a> {
    /// The graph.
    pub graph: &'a Graph<'a>,
    /// Only flows that carry it.
    pub class: Option<ClassId>,
    /// Starts as stated.
    pub from: &'a [EndPoint],
    /// Ends as stated.
    pub to: &'a [EndPoint],
    /// What excuses.
    pub through: &'a Through,
}

impl<'a> Never<'a> {
    /// What this question sees with the local policy of one subject void.
    pub fn view(&self, void: Option<NodeId>) -> View<'a> {
        View {
            graph: self.graph,
            void,
            carries: self.class.into(),
        }
    }

    /// The answer with the local policy of one subject void.
    ///
    /// # Errors
    /// Too much work.
    pub fn answer(&self, void: Option<NodeId>, proof: Proof) -> Result<Answer, Exhausted> {
        let (starts, ends) = (self.starts(void)?, self.ends());
        let list = self.mediators(void);
        let nodes: BTreeSet<NodeId> = starts.iter().chain(&ends).map(|end| end.node).collect();
        let entangled: BTreeSet<NodeId> = list
            .iter()
            .copied()
            .filter(|id| nodes.contains(id))
            .collect();
        let mut solver = Solver {
            never: self,
            void,
            proof,
            best: None,
            parts: Vec::new(),
            base: None,
        };
        if entangled.is_empty() && disjoint(&starts, &ends) {
            solver.part(starts, ends, &entangled)?;
            let base = solver.base.take();
            return Ok(solver.answer(base));
        }
        let ends = solver.unreached_first(&starts, ends, &entangled)?;
        for from in groups(self.graph, &starts, &entangled) {
            for to in groups(self.graph, &ends, &entangled) {
                let inner = from.iter().chain(&to).map(|end| end.node);
                let not_inner = inner.filter(|node| entangled.contains(node)).collect();
                for (from, to) in disjoint_pairs(self.graph, &from, &to) {
                    solver.part(from, to, &not_inner)?;
                }
            }
        }
        Ok(solver.answer(None))
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
        let in_order = matches!(self.through, Through::InOrder(list) if list.contains(&id));
        let moves_starts = self
            .class
            .is_some_and(|class| !self.from.is_empty() || holds(self.graph.model, id, class));
        if let Some(base) = base.filter(|_| !in_order && !moves_starts) {
            return base.path_with(self.view(Some(id)), id, scratch);
        }
        Ok(match self.answer(Some(id), Proof::Drop)? {
            Answer::Path(path) => Some(path),
            Answer::Closed(..) => None,
        })
    }

    /// Whether there is a pair of a start and an end at different nodes.
    ///
    /// # Errors
    /// Too much work.
    pub fn speaks(&self) -> Result<bool, Exhausted> {
        let (starts, ends) = (self.starts(None)?, self.ends());
        let nodes: BTreeSet<NodeId> = starts.iter().chain(&ends).map(|end| end.node).collect();
        Ok(!starts.is_empty() && !ends.is_empty() && nodes.len() > 1)
    }

    /// What data of the class reaches, if the claim is about some of it.
    ///
    /// # Errors
    /// Too much work.
    pub fn carried(&self, void: Option<NodeId>) -> Result<Option<Reach>, Exhausted> {
        if self.class.is_none() || self.from.is_empty() {
            return Ok(None);
        }
        let view = self.view(void);
        search(view, &view.origins(), &Excuse::Nothing, Goal::EVERYTHING).map(Some)
    }

    /// The way on which data of the class comes to where a path begins, its beginning included; none if
    /// the claim is not about where some of it leaves.
    ///
    /// # Errors
    /// Too much work.
    pub fn way_to(&self, path: &[Number]) -> Result<Option<Vec<Number>>, Exhausted> {
        let carried = self.carried(None)?.zip(path.first());
        let carried = carried.filter(|(reach, start)| reach.has_point(**start));
        Ok(carried.map(|(reach, start)| reach.path(*start)))
    }

    fn starts(&self, void: Option<NodeId>) -> Result<Vec<End>, Exhausted> {
        let graph = self.graph;
        let origins = self.view(void).origins();
        if self.class.is_some() && self.from.is_empty() {
            let end = |point: Number| End {
                name: graph.name(point).to_owned(),
                node: graph.node(point),
                points: vec![point],
            };
            return Ok(origins.into_iter().map(end).collect());
        }
        let Some(carried) = self.carried(void)? else {
            return Ok(self.named(self.from, |end| start_points(graph, end)));
        };
        Ok(self.named(self.from, |end| {
            let mut points = start_points(graph, end);
            if let EndPoint::Node(node) = end {
                points.extend(graph.out_ports(node));
            }
            points.retain(|point| carried.has_point(*point));
            points
        }))
    }

    fn ends(&self) -> Vec<End> {
        self.named(self.to, |end| end_points(self.graph, end))
    }

    /// Ends by name; those without points are left out.
    fn named(&self, ends: &[EndPoint], points: impl Fn(EndPoint) -> Vec<Number>) -> Vec<End> {
        let mut named: BTreeMap<String, BTreeSet<Number>> = BTreeMap::new();
        for end in ends {
            let name = self.graph.model.end_name(*end);
            named.entry(name).or_default().extend(points(*end));
        }
        let end = |(name, points): (String, BTreeSet<Number>)| {
            let node = self.graph.node(*points.first()?);
            Some(End {
                name,
                node,
                points: points.into_iter().collect(),
            })
        };
        named.into_iter().filter_map(end).collect()
    }

    /// The mediators that can still excuse when the local policy of one subject is void.
    fn mediators(&self, void: Option<NodeId>) -> Vec<NodeId> {
        match self.through {
            Through::Nothing => Vec::new(),
            Through::AnyOf(nodes) => nodes
                .iter()
                .copied()
                .filter(|id| Some(*id) != void)
                .collect(),
            Through::InOrder(list) if list.iter().any(|id| Some(*id) == void) => Vec::new(),
            Through::InOrder(list) => list.clone(),
        }
    }

    /// What excuses paths of which no node of `not_inner` is an inner one.
    fn excuse(&self, void: Option<NodeId>, not_inner: &BTreeSet<NodeId>) -> Excuse {
        let list = self.mediators(void);
        let mediates = |id: &NodeId| !not_inner.contains(id);
        match self.through {
            Through::InOrder(_) if list.is_empty() || !list.iter().all(mediates) => Excuse::Nothing,
            Through::InOrder(_) => Excuse::InOrder(list),
            Through::Nothing | Through::AnyOf(_) => {
                let rest = list.into_iter().filter(mediates);
                Excuse::any_of(rest, self.graph.model.nodes.len())
            }
        }
    }
}

struct Solver<'a> {
    never: &'a Never<'a>,
    void: Option<NodeId>,
    proof: Proof,
    best: Option<Vec<Number>>,
    parts: Vec<Part>,
    /// What proved the last part.
    base: Option<Base>,
}

impl Solver<'_> {
    fn answer(self, base: Option<Base>) -> Answer {
        match self.best {
            Some(path) => Answer::Path(path),
            None => Answer::Closed(self.parts, base),
        }
    }

    /// One search for a part whose starts and ends are at different nodes.
    fn part(
        &mut self,
        from: Vec<End>,
        to: Vec<End>,
        not_inner: &BTreeSet<NodeId>,
    ) -> Result<(), Exhausted> {
        if from.is_empty() || to.is_empty() {
            return Ok(());
        }
        let excuse = self.never.excuse(self.void, not_inner);
        let graph = self.never.graph;
        let mut ends = vec![false; graph.len()];
        for point in to.iter().flat_map(|end| &end.points) {
            *ends.of_mut(*point as usize) = true;
        }
        let best = self.best.as_ref();
        let goal = Goal {
            ends: &ends,
            below: best.map_or(Length::MAX, |best| Length::of(graph, best)),
        };
        let reach = search(self.never.view(self.void), &points_of(&from), &excuse, goal)?;
        match reach.hit {
            Some(hit) => self.best = Some(reach.path(hit)),
            None if self.best.is_some() => {}
            None => {
                self.prove(&from, &to, &reach, &excuse)?;
                let view = self.never.view(self.void);
                let keep = self.proof == Proof::Keep && excuse.layers() == 1;
                self.base = keep.then(|| Base::new(view, reach, ends, excuse));
            }
        }
        Ok(())
    }

    /// Keeps a closed set as proof.
    fn prove(
        &mut self,
        from: &[End],
        to: &[End],
        reach: &Reach,
        excuse: &Excuse,
    ) -> Result<(), Exhausted> {
        if self.proof == Proof::Drop {
            return Ok(());
        }
        let graph = self.never.graph;
        graph.fill(reach.states.len() + from.len() + to.len())?;
        let counts = excuse.layers() > 1 || matches!(excuse, Excuse::InOrder(_));
        let entry = |state: &u32| {
            let (met, point) = reach.split(*state);
            (counts.then_some(met), point)
        };
        let mut set: Vec<(Option<usize>, Number)> = reach.states.iter().map(entry).collect();
        set.sort_unstable();
        let names = |ends: &[End]| ends.iter().map(|end| end.name.clone()).collect();
        let relied = relied(self.never.view(self.void), reach, excuse);
        self.parts.push(Part {
            from: names(from),
            to: names(to),
            set,
            relied,
        });
        Ok(())
    }

    /// One search for all pairs at once with the fewest mediators any pair has. Ends it does not
    /// reach are done; the others are returned.
    fn unreached_first(
        &mut self,
        starts: &[End],
        ends: Vec<End>,
        entangled: &BTreeSet<NodeId>,
    ) -> Result<Vec<End>, Exhausted> {
        // A set excuses less without some mediators. An order without one is no order: ends that
        // are none of its mediators have a proof of another form than those that are.
        let ordered = matches!(self.never.through, Through::InOrder(_));
        if starts.is_empty() || ends.is_empty() || ordered && !entangled.is_empty() {
            return Ok(ends);
        }
        let excuse = self.never.excuse(self.void, entangled);
        let view = self.never.view(self.void);
        let reach = search(view, &points_of(starts), &excuse, Goal::EVERYTHING)?;
        let reached = |end: &End| end.points.iter().any(|point| reach.has_point(*point));
        let (left, done): (Vec<End>, Vec<End>) = ends.into_iter().partition(reached);
        if !done.is_empty() {
            self.prove(starts, &done, &reach, &excuse)?;
        }
        Ok(left)
    }
}

/// Where an end starts.
pub fn start_points(graph: &Graph<'_>, end: EndPoint) -> Vec<Number> {
    match end {
        EndPoint::Node(node) => graph.number(Point::Leave(node)).into_iter().collect(),
        EndPoint::Port(port) => graph.port_points(port, Direction::In),
    }
}

/// Where an end ends.
pub fn end_points(graph: &Graph<'_>, end: EndPoint) -> Vec<Number> {
    match end {
        EndPoint::Node(node) => graph.number(Point::Enter(node)).into_iter().collect(),
        EndPoint::Port(port) => graph.port_points(port, Direction::Out),
    }
}

/// Nodes without which a closed set might not be closed: those at which something arrives that may
/// not leave, mediators of a set that are touched, and all mediators of an order.
pub fn relied(view: View<'_>, reach: &Reach, excuse: &Excuse) -> BTreeSet<NodeId> {
    let graph = view.graph;
    let mut relied = BTreeSet::new();
    if let Excuse::InOrder(list) = excuse {
        relied.extend(list.iter().copied());
    }
    for state in &reach.states {
        let (met, point) = reach.split(*state);
        let node = graph.node(point);
        if graph.point(point) == Some(Point::Enter(node))
            && !view.is_open(node)
            && graph
                .number(Point::Leave(node))
                .is_some_and(|leave| !reach.has(met, leave))
        {
            relied.insert(node);
        }
        if let Excuse::AnyOf(set) = excuse {
            let next = view.edges(point).map(|edge| graph.node(edge.to));
            relied.extend(next.filter(|node| *set.of(node.index())));
        }
    }
    relied
}

/// Whether data of a class originates at a node unless it obeys its local policy.
pub fn holds(model: &Model, id: NodeId, class: ClassId) -> bool {
    model
        .node(id)
        .is_some_and(|node| node.holds.contains(&class))
}

fn points_of(ends: &[End]) -> Vec<Number> {
    let mut points: Vec<Number> = ends.iter().flat_map(|end| &end.points).copied().collect();
    points.sort_unstable();
    points.dedup();
    points
}

fn nodes_of(ends: &[End]) -> BTreeSet<NodeId> {
    ends.iter().map(|end| end.node).collect()
}

fn disjoint(starts: &[End], ends: &[End]) -> bool {
    nodes_of(starts).is_disjoint(&nodes_of(ends))
}

/// Ends that see the same mediators: all that are none themselves, then each that is one.
fn groups(graph: &Graph<'_>, ends: &[End], entangled: &BTreeSet<NodeId>) -> Vec<Vec<End>> {
    let mut groups: BTreeMap<Option<Number>, Vec<End>> = BTreeMap::new();
    for end in ends {
        let own = entangled.get(&end.node);
        let own = own.and_then(|node| graph.number(Point::Enter(*node)));
        groups.entry(own).or_default().push(end.clone());
    }
    groups.into_values().collect()
}

/// All pairs with different nodes, as few pairs of lists without a common node: nodes in both
/// lists are told apart by the bits of their position.
fn disjoint_pairs(graph: &Graph<'_>, from: &[End], to: &[End]) -> Vec<(Vec<End>, Vec<End>)> {
    let (starts, ends) = (nodes_of(from), nodes_of(to));
    let mut common: Vec<NodeId> = starts.intersection(&ends).copied().collect();
    // Names decide, not where something was written.
    let rank = |node: &NodeId| graph.number(Point::Enter(*node));
    common.sort_by_key(rank);
    let position = |end: &End| {
        let found = common.binary_search_by_key(&rank(&end.node), rank);
        found.ok()
    };
    let pick = |ends: &[End], wanted: &dyn Fn(Option<usize>) -> bool| -> Vec<End> {
        ends.iter()
            .filter(|end| wanted(position(end)))
            .cloned()
            .collect()
    };
    let mut pairs = vec![
        (from.to_vec(), pick(to, &|position| position.is_none())),
        (
            pick(from, &|position| position.is_none()),
            pick(to, &|position| position.is_some()),
        ),
    ];
    let bits = usize::BITS - common.len().saturating_sub(1).leading_zeros();
    for bit in 0..bits {
        for value in [0, 1] {
            let is = |position: Option<usize>, value: usize| {
                position.is_some_and(|position| position >> bit & 1 == value)
            };
            pairs.push((
                pick(from, &|position| is(position, value)),
                pick(to, &|position| is(position, 1 - value)),
            ));
        }
    }
    pairs
}
