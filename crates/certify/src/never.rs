//! Claims that something does not flow: [`model::Claim::Never`] and the label of a data class.

use crate::claims::end_text;
use crate::graph::{Graph, Off};
use model::flow::Point;
use model::verdict::ClosedPart;
use model::{ClassId, EndPoint, NodeId, Through};
use std::collections::{BTreeMap, BTreeSet};

/// The points of each end of a claim, under the end's name in the claim.
type Ends = BTreeMap<String, BTreeSet<usize>>;

/// "Nothing flows from `starts` to `ends` unless excused."
pub struct Never<'a> {
    graph: &'a Graph<'a>,
    off: &'a Off,
    class: Option<ClassId>,
    through: &'a Through,
    starts: Ends,
    ends: Ends,
    /// Each part speaks about all ends, whatever it lists.
    to_all: bool,
}

/// What excuses the paths between certain ends.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl<'a> Never<'a> {
    /// A stated claim. With `data`, paths start where its data is: at origins in the nodes of
    /// `from` and at those points of `from` that it reaches; with no `from`, at every origin.
    pub fn stated(
        graph: &'a Graph<'a>,
        off: &'a Off,
        (from, to): (&[EndPoint], &[EndPoint]),
        class: Option<ClassId>,
        through: &'a Through,
    ) -> Self {
        let mut starts = Ends::new();
        let mut ends = Ends::new();
        let add = |set: &mut Ends, end: &EndPoint, points: Vec<usize>| {
            set.entry(end_text(graph.model, *end))
                .or_default()
                .extend(points);
        };
        let origins = class
            .map(|class| graph.origins(class, off))
            .unwrap_or_default();
        let carried = graph.reach(origins.iter().copied(), off, class);
        for end in from {
            let (point, node) = match *end {
                EndPoint::Node(node) => (Point::Leave(node), Some(node)),
                EndPoint::Port(port) => (Point::Port(port), None),
            };
            let here = graph.number(point).into_iter();
            let mut points: Vec<usize> = here
                .filter(|point| class.is_none() || carried.contains(point))
                .collect();
            points.extend(
                origins
                    .iter()
                    .filter(|origin| Some(graph.node(**origin)) == node),
            );
            add(&mut starts, end, points);
        }
        if from.is_empty() {
            starts = by_name(graph, origins);
        }
        for end in to {
            let point = match *end {
                EndPoint::Node(node) => Point::Enter(node),
                EndPoint::Port(port) => Point::Port(port),
            };
            add(&mut ends, end, graph.number(point).into_iter().collect());
        }
        Self {
            graph,
            off,
            class,
            through,
            starts,
            ends,
            to_all: false,
        }
    }

    /// "Data of `class` does not flow to `low`", the points whose secrecy is too low for it.
    pub fn class_label(
        graph: &'a Graph<'a>,
        off: &'a Off,
        class: ClassId,
        low: BTreeSet<usize>,
    ) -> Self {
        let starts = by_name(graph, graph.origins(class, off));
        let (ends, class) = (by_name(graph, low), Some(class));
        Self {
            graph,
            off,
            class,
            through: &Through::Nothing,
            starts,
            ends,
            to_all: true,
        }
    }

    /// Whether a pair of sets of points has different nodes.
    fn counts(&self, from: &BTreeSet<usize>, to: &BTreeSet<usize>) -> bool {
        let node = |point: &usize| self.graph.node(*point);
        from.iter()
            .any(|from| to.iter().any(|to| node(from) != node(to)))
    }

    /// What excuses paths from `first` to `last`: end points are never mediators, and neither are
    /// subjects whose local policy is void.
    fn excuse(&self, ends: &BTreeSet<NodeId>) -> Excuse {
        let void = |id: &NodeId| self.off.contains(id) && self.graph.model.trust(*id).is_some();
        let inner = |id: &NodeId| !ends.contains(id);
        match self.through {
            Through::Nothing => Excuse::Nothing,
            Through::AnyOf(nodes) => {
                let nodes = nodes.iter().copied().filter(|id| inner(id) && !void(id));
                Excuse::AnyOf(nodes.collect())
            }
            Through::InOrder(list) => {
                let rest: Vec<NodeId> = list.iter().copied().filter(inner).collect();
                if list.iter().any(void) || rest.is_empty() {
                    return Excuse::Nothing;
                }
                Excuse::InOrder(rest)
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
            let from = pick(&self.starts, &part.from)?;
            let mut to = pick(&self.ends, &part.to)?;
            if self.to_all {
                to = self
                    .ends
                    .iter()
                    .map(|(name, points)| (name.as_str(), points))
                    .collect();
            }
            self.graph
                .spend((from.len() as u64).saturating_mul(to.len() as u64));
            if self.graph.exhausted() {
                return Err("it takes too much work to check".to_owned());
            }
            self.check_part(&from, &to, &part.points)?;
            covered.extend(
                from.iter()
                    .flat_map(|from| to.iter().map(move |to| (from.0, to.0))),
            );
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

    fn check_part(
        &self,
        from: &[(&str, &BTreeSet<usize>)],
        to: &[(&str, &BTreeSet<usize>)],
        points: &[String],
    ) -> Result<(), String> {
        let graph = self.graph;
        let excuse = self.common_excuse(from, to)?;
        let met_max = if let Excuse::InOrder(list) = &excuse {
            list.len() - 1
        } else {
            0
        };
        let mut set = BTreeSet::new();
        for entry in points {
            let (met, name) = match entry.split_once('|') {
                Some((met, name)) => (met.parse().unwrap_or(usize::MAX), name),
                None => (0, entry.as_str()),
            };
            match graph.find(name) {
                Some(point) if met <= met_max => set.insert((met, point)),
                _ => return Err(format!("`{entry}` is no point")),
            };
        }
        for start in from.iter().flat_map(|(_, starts)| *starts) {
            if !set.contains(&(0, *start)) {
                return Err(format!("start `{}` is not in the set", graph.name(*start)));
            }
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
        let reached: BTreeSet<usize> = set.iter().map(|(_, point)| *point).collect();
        for (name, ends) in to {
            let counts = from.iter().any(|(_, starts)| self.counts(starts, ends));
            if counts && ends.iter().any(|end| reached.contains(end)) {
                return Err(format!("end `{name}` is in the set"));
            }
        }
        Ok(())
    }

    /// What excuses every path between the ends of a part. Fewer mediators in a set, but not in an
    /// order, excuse less: a part with an order must have one order for all its pairs.
    fn common_excuse(
        &self,
        from: &[(&str, &BTreeSet<usize>)],
        to: &[(&str, &BTreeSet<usize>)],
    ) -> Result<Excuse, String> {
        let nodes = |ends: &[(&str, &BTreeSet<usize>)]| -> BTreeSet<NodeId> {
            ends.iter()
                .flat_map(|(_, points)| *points)
                .map(|point| self.graph.node(*point))
                .collect()
        };
        let (firsts, lasts) = (nodes(from), nodes(to));
        let Through::InOrder(_) = self.through else {
            return Ok(self.excuse(&firsts.union(&lasts).copied().collect()));
        };
        let mut common = None;
        for first in &firsts {
            for last in lasts.iter().filter(|last| *last != first) {
                let excuse = self.excuse(&BTreeSet::from([*first, *last]));
                if common.get_or_insert_with(|| excuse.clone()) != &excuse {
                    return Err("a part mixes ends that are mediators with others".to_owned());
                }
            }
        }
        Ok(common.unwrap_or(Excuse::Nothing))
    }

    /// Whether the points are a path that contradicts the claim.
    ///
    /// # Errors
    /// Why not.
    pub fn check_path(&self, points: &[usize]) -> Result<(), String> {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return Err("the path is empty".to_owned());
        };
        let graph = self.graph;
        let one_of = |ends: &Ends, point| ends.values().any(|points| points.contains(point));
        if !one_of(&self.starts, first) || !one_of(&self.ends, last) {
            return Err("the path does not join a start and an end of the claim".to_owned());
        }
        let (first, last) = (graph.node(*first), graph.node(*last));
        if first == last {
            return Err("the path ends at the node where it starts".to_owned());
        }
        let excuse = self.excuse(&BTreeSet::from([first, last]));
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
        let mediated = !matches!(self.through, Through::Nothing);
        let mut by_node: BTreeMap<NodeId, BTreeSet<usize>> = BTreeMap::new();
        for start in self.starts.values().flatten() {
            by_node
                .entry(self.graph.node(*start))
                .or_default()
                .insert(*start);
        }
        let meets = |starts: &BTreeSet<usize>, but: Option<NodeId>| {
            let reached = mediated.then(|| {
                self.graph
                    .reach(starts.iter().copied(), self.off, self.class)
            });
            self.ends.values().flatten().any(|end| {
                Some(self.graph.node(*end)) != but
                    && reached.as_ref().is_none_or(|reached| reached.contains(end))
            })
        };
        let all = by_node.values().flatten().copied().collect();
        !meets(&all, None)
            || !by_node
                .iter()
                .any(|(node, starts)| meets(starts, Some(*node)))
    }
}

fn by_name(graph: &Graph<'_>, points: BTreeSet<usize>) -> Ends {
    let named = |point: usize| (graph.name(point).to_owned(), BTreeSet::from([point]));
    points.into_iter().map(named).collect()
}

/// The ends that a part lists.
fn pick<'e>(
    ends: &'e Ends,
    names: &[String],
) -> Result<Vec<(&'e str, &'e BTreeSet<usize>)>, String> {
    let names: BTreeSet<&String> = names.iter().collect();
    let pick = |name: &String| match ends.get_key_value(name) {
        Some((name, points)) => Ok((name.as_str(), points)),
        None => Err(format!("`{name}` is no end of the claim")),
    };
    names.into_iter().map(pick).collect()
}
