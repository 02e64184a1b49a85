//! Breadth-first search of the flow graph, together with the mediators met so far.

use crate::graph::{Exhausted, NONE, Number, View};
use model::NodeId;

/// Most states (points times mediators of an order) of one search; 64 MiB of parents.
const STATES_MAX: usize = 1 << 24;

/// What excuses the paths of one search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Excuse {
    /// Nothing.
    Nothing,
    /// Any node for which this is set.
    AnyOf(Vec<bool>),
    /// All of these in this order; not empty.
    InOrder(Vec<NodeId>),
}

impl Excuse {
    /// The nodes whose touch excuses.
    pub fn any_of(nodes: impl IntoIterator<Item = NodeId>, node_count: usize) -> Self {
        let mut set = vec![false; node_count];
        let mut some = false;
        for node in nodes {
            if let Some(slot) = set.get_mut(node.index()) {
                *slot = true;
                some = true;
            }
        }
        if some {
            Self::AnyOf(set)
        } else {
            Self::Nothing
        }
    }

    /// How many counts of mediators met are told apart.
    pub fn layers(&self) -> usize {
        match self {
            Self::Nothing | Self::AnyOf(_) => 1,
            Self::InOrder(list) => list.len().max(1),
        }
    }

    /// Mediators met after a step, `None` once the path is excused.
    pub fn step(&self, met: usize, from: NodeId, to: NodeId) -> Option<usize> {
        match self {
            Self::Nothing => Some(met),
            Self::AnyOf(set) => (!set.get(to.index()).copied().unwrap_or(false)).then_some(met),
            Self::InOrder(list) if from != to && list.get(met) == Some(&to) => {
                (met + 1 < list.len()).then_some(met + 1)
            }
            Self::InOrder(_) => Some(met),
        }
    }
}

/// What a search reached. A state is `met * points + point`.
pub struct Reach {
    points: usize,
    parents: Vec<u32>,
    /// States in the order in which they were reached.
    pub states: Vec<u32>,
    /// The first end that was reached, if the search was for ends.
    pub hit: Option<u32>,
}

/// What a search is for.
#[derive(Clone, Copy)]
pub struct Goal<'a> {
    /// Ends by point number; empty to reach everything.
    pub ends: &'a [bool],
    /// Longest path that is of interest, in points.
    pub points_max: usize,
}

impl Goal<'static> {
    /// Everything.
    pub const EVERYTHING: Self = Self {
        ends: &[],
        points_max: usize::MAX,
    };
}

/// Everything reached unexcused from `starts`, up to the first end of the goal.
///
/// # Errors
/// Too much work.
pub fn search(
    view: View<'_>,
    starts: &[Number],
    excuse: &Excuse,
    goal: Goal<'_>,
) -> Result<Reach, Exhausted> {
    let graph = view.graph;
    let points = graph.len();
    let total = points
        .checked_mul(excuse.layers())
        .filter(|total| *total <= STATES_MAX);
    let total = total.ok_or(Exhausted)?;
    graph.spend(1 + total / 32)?;
    let mut reach = Reach {
        points,
        parents: vec![NONE; total],
        states: Vec::new(),
        hit: None,
    };
    for start in starts {
        if reach.add(*start, *start, goal.ends) {
            return Ok(reach);
        }
    }
    let (mut next, mut level_end, mut length) = (0, reach.states.len(), 1);
    while let Some(state) = reach.states.get(next).copied() {
        if next == level_end {
            (level_end, length) = (reach.states.len(), length + 1);
        }
        if length >= goal.points_max {
            break;
        }
        next += 1;
        let (met, from) = reach.split(state);
        let node = graph.node(from);
        graph.spend(1 + graph.row(from).len())?;
        for edge in view.edges(from) {
            let Some(met) = excuse.step(met, node, graph.node(edge.to)) else {
                continue;
            };
            let Ok(to) = u32::try_from(met * points + edge.to as usize) else {
                continue;
            };
            if reach.add(to, state, goal.ends) {
                return Ok(reach);
            }
        }
    }
    Ok(reach)
}

impl Reach {
    /// Adds a state unless it is there; true if it is an end.
    fn add(&mut self, state: u32, parent: u32, ends: &[bool]) -> bool {
        let (_, point) = self.split(state);
        let Some(slot) = self
            .parents
            .get_mut(state as usize)
            .filter(|slot| **slot == NONE)
        else {
            return false;
        };
        *slot = parent;
        self.states.push(state);
        let end = ends.get(point as usize).copied().unwrap_or(false);
        if end {
            self.hit = Some(state);
        }
        end
    }

    /// Mediators met and point of a state.
    pub fn split(&self, state: u32) -> (usize, Number) {
        let points = self.points.max(1);
        let (met, point) = (state as usize / points, state as usize % points);
        (met, Number::try_from(point).unwrap_or(NONE))
    }

    /// Whether a point was reached with so many mediators met.
    pub fn has(&self, met: usize, point: Number) -> bool {
        let state = met
            .checked_mul(self.points)
            .and_then(|base| base.checked_add(point as usize));
        state
            .and_then(|state| self.parents.get(state))
            .is_some_and(|parent| *parent != NONE)
    }

    /// Whether a point was reached at all.
    pub fn has_point(&self, point: Number) -> bool {
        let layers = self.parents.len().checked_div(self.points).unwrap_or(0);
        (0..layers).any(|met| self.has(met, point))
    }

    /// The points of the path by which a state was reached.
    pub fn path(&self, mut state: u32) -> Vec<Number> {
        let mut path = Vec::new();
        while let Some(parent) = self.parents.get(state as usize).copied() {
            path.push(self.split(state).1);
            if parent == state || parent == NONE {
                break;
            }
            state = parent;
        }
        path.reverse();
        path
    }
}

/// Where a search beyond known points starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Points of the path up to and with `point`.
    pub length: usize,
    /// Where it starts.
    pub point: Number,
    /// The known point before it.
    pub parent: Number,
}

/// Memory for many small searches of one graph.
#[derive(Default)]
pub struct Scratch {
    parents: Vec<Number>,
    queue: Vec<Number>,
}

impl Scratch {
    /// A shortest way from one of the sources, sorted, to an end, past nothing that `known` has
    /// reached; `known` has one layer and leads to no end. The way starts with the known point
    /// before the source.
    ///
    /// # Errors
    /// Too much work.
    pub fn beyond(
        &mut self,
        view: View<'_>,
        sources: &[Source],
        excuse: &Excuse,
        ends: &[bool],
        known: &Reach,
    ) -> Result<Option<Vec<Number>>, Exhausted> {
        self.parents.resize(view.graph.len(), NONE);
        let found = self.breadth_first(view, sources, excuse, ends, known);
        let path = found.map(|found| found.map(|end| self.path(end, known)));
        for point in self.queue.drain(..) {
            if let Some(slot) = self.parents.get_mut(point as usize) {
                *slot = NONE;
            }
        }
        path
    }

    fn breadth_first(
        &mut self,
        view: View<'_>,
        sources: &[Source],
        excuse: &Excuse,
        ends: &[bool],
        known: &Reach,
    ) -> Result<Option<Number>, Exhausted> {
        let graph = view.graph;
        let is_end = |point: Number| ends.get(point as usize).copied().unwrap_or(false);
        let mut sources = sources.iter().peekable();
        let (mut next, mut length) = (0, 0);
        loop {
            // Everything in the queue from `next` on has a path of `length` points.
            if next == self.queue.len() {
                let Some(source) = sources.peek() else {
                    return Ok(None);
                };
                length = source.length;
            }
            while let Some(source) = sources.next_if(|source| source.length <= length) {
                if self.add(source.point, source.parent) && is_end(source.point) {
                    return Ok(Some(source.point));
                }
            }
            let level_end = self.queue.len();
            while let Some(from) = self.queue.get(next).copied().filter(|_| next < level_end) {
                next += 1;
                let node = graph.node(from);
                graph.spend(1 + graph.row(from).len())?;
                for edge in view.edges(from) {
                    let excused = excuse.step(0, node, graph.node(edge.to)).is_none();
                    if excused || known.has(0, edge.to) || !self.add(edge.to, from) {
                        continue;
                    }
                    if is_end(edge.to) {
                        return Ok(Some(edge.to));
                    }
                }
            }
            length += 1;
        }
    }

    /// Adds a point; false if it is there.
    fn add(&mut self, point: Number, parent: Number) -> bool {
        match self.parents.get_mut(point as usize) {
            Some(slot) if *slot == NONE => *slot = parent,
            _ => return false,
        }
        self.queue.push(point);
        true
    }

    fn path(&self, mut point: Number, known: &Reach) -> Vec<Number> {
        let mut path = vec![point];
        while let Some(parent) = self.parents.get(point as usize).copied() {
            if parent == NONE {
                break;
            }
            path.push(parent);
            if known.has(0, parent) {
                break;
            }
            point = parent;
        }
        path.reverse();
        path
    }
}
