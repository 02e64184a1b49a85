//! Shortest paths in the flow graph, together with the mediators met so far.
//!
//! A path is the shorter the fewer steps from node to node it has, and of equally many steps, the
//! fewer points. So everything is reached level by level, a level being what takes equally many
//! steps, and within a level breadth first.

use crate::graph::{Exhausted, Graph, NONE, Number, View};
use model::NodeId;
use model::invariant::{Dense, broken};
use std::collections::BTreeMap;

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
            Self::AnyOf(set) => (!*set.of(to.index())).then_some(met),
            Self::InOrder(list) if from != to && list.get(met) == Some(&to) => {
                (met + 1 < list.len()).then_some(met + 1)
            }
            Self::InOrder(_) => Some(met),
        }
    }
}

/// How long a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length {
    /// Steps from node to node.
    pub steps: usize,
    /// Points.
    pub points: usize,
}

impl Length {
    /// That of a path of one point.
    pub const POINT: Self = Self {
        steps: 0,
        points: 1,
    };
    /// Longer than any path.
    pub const MAX: Self = Self {
        steps: usize::MAX,
        points: usize::MAX,
    };

    /// That of a path.
    pub fn of(graph: &Graph<'_>, path: &[Number]) -> Self {
        let pairs = path.iter().zip(path.iter().skip(1));
        let steps = pairs.filter(|(from, to)| graph.node(**from) != graph.node(**to));
        Self {
            steps: steps.count(),
            points: path.len(),
        }
    }

    /// With one point more, at another node or at the same.
    pub fn then(self, crosses: bool) -> Self {
        Self {
            steps: self.steps.saturating_add(usize::from(crosses)),
            points: self.points.saturating_add(1),
        }
    }
}

/// Where a search starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Length of the path up to and with `state`.
    pub length: Length,
    /// Where it starts.
    pub state: u32,
    /// What is before it; itself if nothing is.
    pub parent: u32,
}

/// What became of a state.
enum Added {
    /// It was there before.
    Known,
    /// It is new.
    New,
    /// It is new, and an end.
    End,
}

/// What is searched.
trait Space {
    /// Adds a state unless it is there.
    fn add(&mut self, state: u32, parent: u32) -> Added;

    /// Writes down the states after one that are not there, each with whether it is at another
    /// node.
    fn after(&self, state: u32, next: &mut Vec<(u32, bool)>) -> Result<(), Exhausted>;
}

/// Adds everything that is reached from the sources, shortest paths first, up to the first end or
/// to paths as long as `below`; gives the end.
fn spread(
    space: &mut impl Space,
    sources: impl IntoIterator<Item = Source>,
    below: Length,
) -> Result<Option<u32>, Exhausted> {
    let mut levels: BTreeMap<usize, Vec<Source>> = BTreeMap::new();
    for source in sources {
        let level = levels.entry(source.length.steps).or_default();
        level.push(source);
    }
    let (mut queue, mut next) = (Vec::new(), Vec::new());
    while let Some((steps, mut sources)) = levels.pop_first() {
        sources.sort_by_key(|source| source.length.points);
        let mut sources = sources.into_iter().peekable();
        let mut crossing = Vec::new();
        queue.clear();
        let (mut at, mut points) = (0, 0);
        loop {
            // Everything in the queue from `at` on has a path of `points` points.
            if at == queue.len() {
                let Some(source) = sources.peek() else { break };
                points = source.length.points;
            }
            let length = Length { steps, points };
            if length >= below {
                return Ok(None);
            }
            while let Some(source) = sources.next_if(|source| source.length <= length) {
                match space.add(source.state, source.parent) {
                    Added::Known => {}
                    Added::New => queue.push(source.state),
                    Added::End => return Ok(Some(source.state)),
                }
            }
            let end = queue.len();
            while let Some(from) = queue.get(at).copied().filter(|_| at < end) {
                at += 1;
                next.clear();
                space.after(from, &mut next)?;
                for (state, crosses) in next.drain(..) {
                    let length = length.then(crosses);
                    if crosses {
                        crossing.push(Source {
                            length,
                            state,
                            parent: from,
                        });
                        continue;
                    }
                    if length >= below {
                        continue;
                    }
                    match space.add(state, from) {
                        Added::Known => {}
                        Added::New => queue.push(state),
                        Added::End => return Ok(Some(state)),
                    }
                }
            }
            points += 1;
        }
        levels.entry(steps + 1).or_default().append(&mut crossing);
        levels.retain(|_, sources| !sources.is_empty());
    }
    Ok(None)
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
    /// Only shorter paths are of interest.
    pub below: Length,
}

impl Goal<'static> {
    /// Everything.
    pub const EVERYTHING: Self = Self {
        ends: &[],
        below: Length::MAX,
    };
}

/// The whole graph, with the mediators met.
struct Whole<'a> {
    view: View<'a>,
    excuse: &'a Excuse,
    ends: &'a [bool],
    reach: Reach,
}

impl Space for Whole<'_> {
    fn add(&mut self, state: u32, parent: u32) -> Added {
        let (_, point) = self.reach.split(state);
        let slot = self.reach.parents.of_mut(state as usize);
        if *slot != NONE {
            return Added::Known;
        }
        *slot = parent;
        self.reach.states.push(state);
        match self.ends.get(point as usize) {
            Some(true) => Added::End,
            Some(false) | None => Added::New,
        }
    }

    fn after(&self, state: u32, next: &mut Vec<(u32, bool)>) -> Result<(), Exhausted> {
        let (met, from) = self.reach.split(state);
        let graph = self.view.graph;
        let node = graph.node(from);
        graph.spend(1 + graph.row(from).len())?;
        for edge in self.view.edges(from) {
            let to = graph.node(edge.to);
            let Some(met) = self.excuse.step(met, node, to) else {
                continue;
            };
            let state = met * self.reach.points + edge.to as usize;
            if *self.reach.parents.of(state) != NONE {
                continue;
            }
            let Ok(state) = u32::try_from(state) else {
                broken("more states than numbers: there is a number for each");
            };
            next.push((state, node != to));
        }
        Ok(())
    }
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
    let mut whole = Whole {
        view,
        excuse,
        ends: goal.ends,
        reach: Reach {
            points,
            parents: vec![NONE; total],
            states: Vec::new(),
            hit: None,
        },
    };
    let source = |start: &Number| Source {
        length: Length::POINT,
        state: *start,
        parent: *start,
    };
    let hit = spread(&mut whole, starts.iter().map(source), goal.below)?;
    let mut reach = whole.reach;
    reach.hit = hit;
    Ok(reach)
}

impl Reach {
    /// Mediators met and point of a state.
    pub fn split(&self, state: u32) -> (usize, Number) {
        let split = (state as usize)
            .checked_div(self.points)
            .zip((state as usize).checked_rem(self.points));
        match split.map(|(met, point)| (met, Number::try_from(point))) {
            Some((met, Ok(point))) => (met, point),
            Some((_, Err(_))) | None => broken("a state of no point"),
        }
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
        // Nothing was reached in a graph without points.
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

/// Memory for many small searches of one graph.
#[derive(Default)]
pub struct Scratch {
    parents: Vec<Number>,
    /// Points that have a parent.
    added: Vec<Number>,
}

/// What a known search has not reached.
struct Beyond<'a> {
    view: View<'a>,
    excuse: &'a Excuse,
    ends: &'a [bool],
    known: &'a Reach,
    scratch: &'a mut Scratch,
}

impl Space for Beyond<'_> {
    fn add(&mut self, state: u32, parent: u32) -> Added {
        let slot = self.scratch.parents.of_mut(state as usize);
        if *slot != NONE {
            return Added::Known;
        }
        *slot = parent;
        self.scratch.added.push(state);
        match self.ends.get(state as usize) {
            Some(true) => Added::End,
            Some(false) | None => Added::New,
        }
    }

    fn after(&self, state: u32, next: &mut Vec<(u32, bool)>) -> Result<(), Exhausted> {
        let graph = self.view.graph;
        let node = graph.node(state);
        graph.spend(1 + graph.row(state).len())?;
        for edge in self.view.edges(state) {
            let to = graph.node(edge.to);
            let excused = self.excuse.step(0, node, to).is_none();
            let is_new = *self.scratch.parents.of(edge.to as usize) == NONE;
            if !excused && is_new && !self.known.has(0, edge.to) {
                next.push((edge.to, node != to));
            }
        }
        Ok(())
    }
}

impl Scratch {
    /// A shortest way from one of the sources to an end, past nothing that `known` has reached;
    /// `known` has one layer and leads to no end. The way starts with the known point before the
    /// source.
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
        let mut beyond = Beyond {
            view,
            excuse,
            ends,
            known,
            scratch: &mut *self,
        };
        let found = spread(&mut beyond, sources.iter().copied(), Length::MAX);
        let path = found.map(|found| found.map(|end| self.path(end, known)));
        for point in self.added.drain(..) {
            *self.parents.of_mut(point as usize) = NONE;
        }
        path
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
