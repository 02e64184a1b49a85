//! Claims that something does not flow, and claims that something still does, which are the same
//! with proof and counterexample exchanged.

use crate::graph::{Graph, Load, NOWHERE, Nodes, Off, Points, Proof, Why, require};
use model::flow::Point;
use model::verdict::ClosedPart;
use model::{ClassId, Direction, EndPoint, NodeId, Through};
use std::collections::{BTreeMap, BTreeSet};

/// What it costs to remember a pair of a start and an end, in steps of work.
const PAIR_WORK: usize = 10;

/// The points of each end of a claim, under the end's name in the claim.
pub type Ends = BTreeMap<String, Points>;

/// "Nothing flows from `starts` to `ends` of another node, unless excused."
pub struct Flows<'a> {
    /// The graph.
    pub graph: &'a Graph<'a>,
    /// What is switched off.
    pub off: &'a Off,
    /// Only flows that carry this count.
    pub load: Load,
    /// What excuses a path.
    pub through: Through,
    /// Where paths start.
    pub starts: Ends,
    /// Where they end.
    pub ends: Ends,
    /// Ends are places, not nodes: they count at the start's node too, and each part of a proof
    /// speaks about all of them.
    pub places: bool,
}

/// What excuses the paths between certain ends: any one of some nodes, or all in order.
struct Excuse {
    ordered: bool,
    nodes: Vec<NodeId>,
}

impl Excuse {
    /// Mediators met after a step from node to node, having met `met`; `None` once excused.
    fn step(&self, met: usize, from: NodeId, to: NodeId) -> Option<usize> {
        match self.ordered {
            false if self.nodes.contains(&to) => None,
            true if from != to && self.nodes.get(met) == Some(&to) => {
                Some(met + 1).filter(|met| *met < self.nodes.len())
            }
            _ => Some(met),
        }
    }
}

/// Points under their own names.
pub fn by_name(graph: &Graph<'_>, points: Points) -> Ends {
    points.into_iter().map(|point| (graph.name(point), BTreeSet::from([point]))).collect()
}

/// The starts of a claim, or its ends. A back point, if there is one, is a start with an in-port,
/// and an end with an out-port.
pub fn ends(graph: &Graph<'_>, ends: &[EndPoint], start: bool) -> Ends {
    let mut points = Ends::new();
    for end in ends {
        let named = points.entry(graph.model.end_name(*end)).or_default();
        match *end {
            EndPoint::Node(node) if start => named.extend([Point::Leave(node)]),
            EndPoint::Node(node) => named.extend([Point::Enter(node)]),
            EndPoint::Port(port) => {
                let is_in =
                    graph.model.port(port).is_some_and(|own| own.direction == Direction::In);
                let back = Some(Point::Back(port)).filter(|back| graph.exists(*back));
                named
                    .extend([Point::Port(port)].into_iter().chain(back.filter(|_| start == is_in)));
            }
        }
    }
    points
}

/// Where paths that carry a class start: at those starts of `from`, and at those out-ports of nodes
/// in `from`, to which its data comes; or, with no `from`, at every origin.
pub fn carrying(graph: &Graph<'_>, off: &Off, from: &[EndPoint], class: ClassId) -> Ends {
    let origins = graph.origins(class, off);
    if from.is_empty() {
        return by_name(graph, origins);
    }
    let carried = graph.reach(&origins, off, Load::Data(class));
    let mut starts = ends(graph, from, true);
    for points in starts.values_mut() {
        let edges = points.iter().flat_map(|point| graph.edges(*point, off, Load::Signal));
        let inside = |(to, why)| matches!((to, why), (Point::Port(_), Why::Inside)).then_some(to);
        let exits: Points = edges.filter_map(inside).collect();
        points.extend(exits);
        points.retain(|point| carried.contains(point));
    }
    starts
}

impl Flows<'_> {
    fn nodes<'p>(&self, points: impl IntoIterator<Item = &'p Point>) -> Nodes {
        let node = |point: &Point| self.graph.node(*point);
        points.into_iter().map(node).collect()
    }

    /// Whether a start and an end are of different nodes.
    fn counts(&self, from: &Points, to: &Points) -> bool {
        let node = |point: &Point| self.graph.node(*point);
        from.iter().any(|from| to.iter().any(|to| self.places || node(from) != node(to)))
    }

    /// What excuses every path between ends of some nodes: not these themselves, nor a subject
    /// whose local policy is void, nor an order with one of them.
    fn excuse(&self, firsts: &Nodes, lasts: &Nodes) -> Excuse {
        let (ordered, list) = match &self.through {
            Through::Nothing => (false, &[][..]),
            Through::AnyOf(list) => (false, list.as_slice()),
            Through::InOrder(list) => (true, list.as_slice()),
        };
        let no_excuse =
            |id: &NodeId| firsts.contains(id) || lasts.contains(id) || self.off.contains(id);
        let nothing = ordered && list.iter().any(no_excuse);
        let counts = |id: &&NodeId| !nothing && !no_excuse(id);
        Excuse { ordered, nodes: list.iter().filter(counts).copied().collect() }
    }

    /// Whether the parts prove the claim.
    ///
    /// # Errors
    /// The first thing that is not as it must be.
    pub fn check_closed(&self, parts: &[ClosedPart]) -> Proof {
        // A row for each start, a column for each end; all places are one.
        let column =
            |(name, at): (&'_ String, usize)| (name.clone(), at * usize::from(!self.places));
        let columns: BTreeMap<String, usize> = self.ends.keys().zip(0..).map(column).collect();
        let width = columns.values().max().map_or(0, |last| last + 1);
        self.graph.spend(self.starts.len().saturating_mul(width).saturating_mul(PAIR_WORK))?;
        let mut covered: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
        for part in parts {
            let from = pick(&self.starts, part.from.iter())?;
            let to = match self.places {
                true => pick(&self.ends, self.ends.keys())?,
                false => pick(&self.ends, part.to.iter())?,
            };
            self.graph.spend(from.len().saturating_mul(to.len()))?;
            self.check_part(&from, &to, &part.points)?;
            let to: Vec<usize> = to.keys().filter_map(|to| columns.get(*to).copied()).collect();
            for from in from.into_keys() {
                let row = covered.entry(from).or_insert_with(|| vec![false; width]);
                let mut cover =
                    |at: &usize| row.get_mut(*at).into_iter().for_each(|own| *own = true);
                to.iter().for_each(&mut cover);
            }
        }
        for (from, starts) in &self.starts {
            let row = covered.get(from.as_str()).map_or(&[][..], Vec::as_slice);
            for ((to, ends), at) in self.ends.iter().zip(columns.values()) {
                if row.get(*at) != Some(&true) && self.counts(starts, ends) {
                    return Err(format!("no part speaks about `{from}` and `{to}`"));
                }
            }
        }
        Ok(())
    }

    fn check_part(&self, from: &Listed, to: &Listed, points: &[String]) -> Proof {
        let graph = self.graph;
        let starts: Points = from.values().copied().flatten().copied().collect();
        let ends: Points = to.values().copied().flatten().copied().collect();
        let (firsts, lasts) = (self.nodes(&starts), self.nodes(&ends));
        let excuse = self.excuse(&firsts, &lasts);
        let mut set = BTreeSet::new();
        for entry in points {
            let (met, name) = entry.split_once('|').unwrap_or(("0", entry));
            let met: usize = met.parse().map_err(|_| format!("`{entry}` is no point"))?;
            set.insert((met, graph.point(name)?));
        }
        let steps = |(met, from): &(usize, Point)| -> Vec<(usize, NodeId, Point)> {
            let edges = graph.edges(*from, self.off, self.load);
            edges.map(|(to, _)| (*met, graph.node(*from), to)).collect()
        };
        let arrivals = starts.iter().map(|start| (0, NOWHERE, *start));
        for (met, from, to) in arrivals.chain(set.iter().flat_map(steps)) {
            let met = excuse.step(met, from, graph.node(to));
            if met.is_some_and(|met| !set.contains(&(met, to))) {
                return Err(format!("`{}` is reached and not in the set", graph.name(to)));
            }
        }
        for (_, point) in set.iter().filter(|(_, point)| ends.contains(point)) {
            if self.counts(&starts, &BTreeSet::from([*point])) {
                return Err(format!("end `{}` is in the set", graph.name(*point)));
            }
        }
        Ok(())
    }

    /// Whether the points are a path that contradicts the claim.
    ///
    /// # Errors
    /// Why not.
    pub fn check_path(&self, points: &[Point]) -> Proof {
        let ends = points.first().zip(points.last());
        let (first, last) = ends.ok_or("the path is empty")?;
        let one_of = |ends: &Ends, point| ends.values().any(|points| points.contains(point));
        let joins = one_of(&self.starts, first) && one_of(&self.ends, last);
        require(joins, "the path does not join a start and an end of the claim")?;
        let (firsts, lasts) = (self.nodes([first]), self.nodes([last]));
        let counts = self.places || firsts != lasts;
        require(counts, "the path ends at the node where it starts")?;
        let (graph, excuse) = (self.graph, self.excuse(&firsts, &lasts));
        let mut met = excuse.step(0, NOWHERE, graph.node(*first));
        for (from, to) in points.iter().zip(points.iter().skip(1)) {
            graph.spend(0)?;
            let mut edges = graph.edges(*from, self.off, self.load);
            if !edges.any(|(next, _)| next == *to) {
                let (from, to) = (graph.name(*from), graph.name(*to));
                return Err(format!("`{from}` does not flow to `{to}`"));
            }
            met = met.and_then(|met| excuse.step(met, graph.node(*from), graph.node(*to)));
        }
        require(met.is_some(), "the path is excused")
    }

    /// Whether there is nothing the claim speaks about: no pair of a start and an end; of a
    /// mediation, no path at all; of a flow that is kept, nothing that is lost.
    pub fn is_vacuous(&self) -> bool {
        let starts: Points = self.starts.values().flatten().copied().collect();
        let ends: Points = self.ends.values().flatten().copied().collect();
        let nothing_lost = self.places && self.through == Through::AnyOf(Vec::new());
        if self.places || matches!(self.through, Through::Nothing) {
            return nothing_lost || !self.counts(&starts, &ends);
        }
        let meets = |starts: &Points| {
            let reached = self.graph.reach(starts, self.off, self.load);
            self.counts(starts, &reached.intersection(&ends).copied().collect())
        };
        let of = |node| starts.iter().copied().filter(move |start| self.graph.node(*start) == node);
        let mut nodes = self.nodes(&starts).into_iter();
        !meets(&starts) || !nodes.any(|node| meets(&of(node).collect()))
    }
}

/// The ends that a part lists.
type Listed<'e> = BTreeMap<&'e str, &'e Points>;

fn pick<'e>(ends: &'e Ends, names: impl Iterator<Item = &'e String>) -> Result<Listed<'e>, String> {
    let pick = |name: &String| match ends.get_key_value(name) {
        Some((name, points)) => Ok((name.as_str(), points)),
        None => Err(format!("`{name}` is no end of the claim")),
    };
    names.map(pick).collect()
}
