//! Claims that something does not flow, and claims that something still does, which are the same
//! with proof and counterexample exchanged.

use crate::claims::end_text;
use crate::graph::{Graph, Off};
use model::flow::Point;
use model::verdict::ClosedPart;
use model::{ClassId, EndPoint, NodeId, Through};
use std::collections::{BTreeMap, BTreeSet};

/// The points of each end of a claim, under the end's name in the claim.
pub type Ends = BTreeMap<String, BTreeSet<Point>>;

/// "Nothing flows from `starts` to `ends` of another node, unless excused."
pub struct Flows<'a> {
    /// The graph.
    pub graph: &'a Graph<'a>,
    /// What is switched off.
    pub off: &'a Off,
    /// Only flows that carry this class count.
    pub class: Option<ClassId>,
    /// What excuses a path.
    pub through: Through,
    /// Where paths start.
    pub starts: Ends,
    /// Where they end.
    pub ends: Ends,
    /// The ends are places, not nodes: they count at the start's node too, and each part of a
    /// proof speaks about all of them.
    pub places: bool,
}

/// What excuses the paths between certain ends.
enum Excuse {
    Nothing,
    AnyOf(BTreeSet<NodeId>),
    InOrder(Vec<NodeId>),
}

impl Excuse {
    /// Mediators met after a step from node to node, having met `met`; `None` once excused.
    fn step(&self, met: usize, from: NodeId, to: NodeId) -> Option<usize> {
        match self {
            Self::AnyOf(nodes) if nodes.contains(&to) => None,
            Self::InOrder(list) if from != to && list.get(met) == Some(&to) => {
                Some(met + 1).filter(|met| *met < list.len())
            }
            Self::Nothing | Self::AnyOf(_) | Self::InOrder(_) => Some(met),
        }
    }
}

/// Points under their own names.
pub fn by_name(graph: &Graph<'_>, points: BTreeSet<Point>) -> Ends {
    let named = |point| (graph.name(point), BTreeSet::from([point]));
    points.into_iter().map(named).collect()
}

/// Where paths of a claim start: with a class, where its data is, that is at origins in the nodes
/// of `from` and at those points of `from` that it reaches, or at every origin.
pub fn starts(graph: &Graph<'_>, off: &Off, from: &[EndPoint], class: Option<ClassId>) -> Ends {
    let origins = class
        .map(|class| graph.origins(class, off))
        .unwrap_or_default();
    if from.is_empty() {
        return by_name(graph, origins);
    }
    let carried = graph.reach(origins.iter().copied(), off, class);
    let mut starts = Ends::new();
    for end in from {
        let (point, whole) = match *end {
            EndPoint::Node(node) => (Point::Leave(node), Some(node)),
            EndPoint::Port(port) => (Point::Port(port), None),
        };
        let points = starts.entry(end_text(graph.model, *end)).or_default();
        points.extend(
            origins
                .iter()
                .filter(|origin| Some(graph.node(**origin)) == whole),
        );
        if class.is_none() || carried.contains(&point) {
            points.insert(point);
        }
    }
    starts
}

/// Where paths of a claim end.
pub fn ends(graph: &Graph<'_>, to: &[EndPoint]) -> Ends {
    let mut ends = Ends::new();
    for end in to {
        let point = match *end {
            EndPoint::Node(node) => Point::Enter(node),
            EndPoint::Port(port) => Point::Port(port),
        };
        ends.entry(end_text(graph.model, *end))
            .or_default()
            .insert(point);
    }
    ends
}

impl Flows<'_> {
    fn nodes<'p>(&self, points: impl IntoIterator<Item = &'p Point>) -> BTreeSet<NodeId> {
        points
            .into_iter()
            .map(|point| self.graph.node(*point))
            .collect()
    }

    /// Whether a start and an end are of different nodes.
    fn counts(&self, from: &BTreeSet<Point>, to: &BTreeSet<Point>) -> bool {
        let node = |point: &Point| self.graph.node(*point);
        from.iter()
            .any(|from| to.iter().any(|to| self.places || node(from) != node(to)))
    }

    /// What excuses every path between some ends: neither an end point nor a subject whose local
    /// policy is void.
    fn excuse(
        &self,
        firsts: &BTreeSet<NodeId>,
        lasts: &BTreeSet<NodeId>,
    ) -> Result<Excuse, String> {
        let void = |id: &NodeId| self.off.contains(id) && self.graph.model.trust(*id).is_some();
        let inner = |id: &NodeId| !firsts.contains(id) && !lasts.contains(id);
        match &self.through {
            Through::Nothing => Ok(Excuse::Nothing),
            // Without the mediators that are an end of some path, fewer paths are excused.
            Through::AnyOf(nodes) => {
                let nodes = nodes.iter().filter(|id| inner(id) && !void(id));
                Ok(Excuse::AnyOf(nodes.copied().collect()))
            }
            // Without them a list is met sooner: all paths must drop the same.
            Through::InOrder(list) => {
                let only = |ends: &BTreeSet<NodeId>, id| ends.len() == 1 && ends.contains(id);
                let mut dropped = list.iter().filter(|id| !inner(id));
                if !dropped.all(|id| only(firsts, id) || only(lasts, id)) {
                    return Err("a part mixes ends that are mediators with others".to_owned());
                }
                let rest: Vec<NodeId> = list.iter().copied().filter(inner).collect();
                let nothing = rest.is_empty() || list.iter().any(void);
                Ok(if nothing {
                    Excuse::Nothing
                } else {
                    Excuse::InOrder(rest)
                })
            }
        }
    }

    /// Whether the parts prove the claim.
    ///
    /// # Errors
    /// The first thing that is not as it must be.
    pub fn check_closed(&self, parts: &[ClosedPart]) -> Result<(), String> {
        let mut covered = BTreeSet::new();
        for part in parts {
            let from = pick(&self.starts, part.from.iter())?;
            let to = match self.places {
                true => pick(&self.ends, self.ends.keys())?,
                false => pick(&self.ends, part.to.iter())?,
            };
            self.graph.spend(from.len().saturating_mul(to.len()));
            if self.graph.exhausted() {
                return Err("it takes too much work to check".to_owned());
            }
            self.check_part(&from, &to, &part.points)?;
            for from in from.keys() {
                covered.extend(to.keys().map(|to| (*from, *to)));
            }
        }
        for (from, starts) in &self.starts {
            for (to, ends) in &self.ends {
                if self.counts(starts, ends) && !covered.contains(&(from.as_str(), to.as_str())) {
                    return Err(format!("no part speaks about `{from}` and `{to}`"));
                }
            }
        }
        Ok(())
    }

    fn check_part(&self, from: &Listed, to: &Listed, points: &[String]) -> Result<(), String> {
        let graph = self.graph;
        let firsts = self.nodes(from.values().copied().flatten());
        let excuse = self.excuse(&firsts, &self.nodes(to.values().copied().flatten()))?;
        let mut set = BTreeSet::new();
        for entry in points {
            let (met, name) = entry.split_once('|').unwrap_or(("0", entry));
            let met: usize = met.parse().map_err(|_| format!("`{entry}` is no point"))?;
            let points = graph.points(&[name.to_owned()])?;
            set.extend(points.into_iter().map(|point| (met, point)));
        }
        if let Some(start) = from
            .values()
            .copied()
            .flatten()
            .find(|start| !set.contains(&(0, **start)))
        {
            return Err(format!("start `{}` is not in the set", graph.name(*start)));
        }
        for (met, point) in &set {
            for (next, _) in graph.edges(*point, self.off, self.class) {
                let met = excuse.step(*met, graph.node(*point), graph.node(next));
                if met.is_some_and(|met| !set.contains(&(met, next))) {
                    let (from, to) = (graph.name(*point), graph.name(next));
                    return Err(format!("`{from}` flows to `{to}`, which is not in the set"));
                }
            }
        }
        let reached: BTreeSet<Point> = set.into_iter().map(|(_, point)| point).collect();
        for end in to
            .values()
            .copied()
            .flatten()
            .filter(|end| reached.contains(end))
        {
            let node = graph.node(*end);
            if self.places || firsts.iter().any(|first| *first != node) {
                return Err(format!("end `{}` is in the set", graph.name(*end)));
            }
        }
        Ok(())
    }

    /// Whether the points are a path that contradicts the claim.
    ///
    /// # Errors
    /// Why not.
    pub fn check_path(&self, points: &[Point]) -> Result<(), String> {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return Err("the path is empty".to_owned());
        };
        let graph = self.graph;
        let one_of = |ends: &Ends, point| ends.values().any(|points| points.contains(point));
        if !one_of(&self.starts, first) || !one_of(&self.ends, last) {
            return Err("the path does not join a start and an end of the claim".to_owned());
        }
        let (firsts, lasts) = (self.nodes([first]), self.nodes([last]));
        if firsts == lasts && !self.places {
            return Err("the path ends at the node where it starts".to_owned());
        }
        let excuse = self.excuse(&firsts, &lasts)?;
        let mut met = Some(0);
        for (from, to) in points.iter().zip(points.iter().skip(1)) {
            if !graph
                .edges(*from, self.off, self.class)
                .any(|(next, _)| next == *to)
            {
                let (from, to) = (graph.name(*from), graph.name(*to));
                return Err(format!("`{from}` does not flow to `{to}`"));
            }
            met = met.and_then(|met| excuse.step(met, graph.node(*from), graph.node(*to)));
        }
        met.map(|_| ())
            .ok_or_else(|| "the path is excused".to_owned())
    }

    /// Whether there is nothing the claim speaks about: no pair of a start and an end, or, of a
    /// mediation, no path at all.
    pub fn is_vacuous(&self) -> bool {
        if self.places {
            return self.starts.is_empty() || self.ends.is_empty();
        }
        let mediated = !matches!(self.through, Through::Nothing);
        let mut by_node: BTreeMap<NodeId, BTreeSet<Point>> = BTreeMap::new();
        for start in self.starts.values().flatten() {
            by_node
                .entry(self.graph.node(*start))
                .or_default()
                .insert(*start);
        }
        let meets = |starts: &BTreeSet<Point>, but: Option<NodeId>| {
            let reach = || {
                self.graph
                    .reach(starts.iter().copied(), self.off, self.class)
            };
            let reached = mediated.then(reach);
            self.ends.values().flatten().any(|end| {
                let path = reached.as_ref().is_none_or(|reached| reached.contains(end));
                path && Some(self.graph.node(*end)) != but
            })
        };
        let all = by_node.values().flatten().copied().collect();
        !meets(&all, None)
            || !by_node
                .iter()
                .any(|(node, starts)| meets(starts, Some(*node)))
    }
}

/// The ends that a part lists.
type Listed<'e> = BTreeMap<&'e str, &'e BTreeSet<Point>>;

fn pick<'e>(ends: &'e Ends, names: impl Iterator<Item = &'e String>) -> Result<Listed<'e>, String> {
    let pick = |name: &String| match ends.get_key_value(name) {
        Some((name, points)) => Ok((name.as_str(), points)),
        None => Err(format!("`{name}` is no end of the claim")),
    };
    names.map(pick).collect()
}
