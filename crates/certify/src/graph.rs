//! The flow graph, built from the words of [`model::flow`] and from nothing else.

use model::flow::Point;
use model::{
    ChannelId, ClassId, Direction, Effect, GrantDirection, GrantId, Model, NodeId, NodeKind, Pass,
};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// Edges and pairs looked at before a file of verdicts is refused as too costly to check.
pub const WORK_MAX: u64 = 500_000_000;

/// Why an edge exists; the numbers are those of [`model::flow`].
#[derive(Clone, Copy, Debug)]
pub enum Why<'m> {
    /// 1.
    Channel(ChannelId),
    /// 2.
    Credit(ChannelId),
    /// 3.
    Grant(GrantId),
    /// 4 and 5: arrive and depart.
    Inside,
    /// 6, and for nodes without it, what switching their local policy or assumption off adds.
    Within,
    /// 7.
    Pass(&'m Pass),
}

/// What is switched off: trusted subjects whose local policy is void, and externals whose
/// assumption not to relay is dropped.
pub type Off = BTreeSet<NodeId>;

/// The flow graph of a model; points are numbered.
pub struct Graph<'m> {
    /// The model.
    pub model: &'m Model,
    points: Vec<(Point, NodeId, String)>,
    named: BTreeMap<String, usize>,
    numbers: BTreeMap<Point, usize>,
    edges: Vec<Vec<(usize, Why<'m>)>>,
    /// Nodes with *Within* whatever is assumed.
    open: BTreeSet<NodeId>,
    work: Cell<u64>,
}

impl<'m> Graph<'m> {
    /// Builds it.
    pub fn new(model: &'m Model) -> Self {
        let mut graph = Self {
            model,
            points: Vec::new(),
            named: BTreeMap::new(),
            numbers: BTreeMap::new(),
            edges: Vec::new(),
            open: BTreeSet::new(),
            work: Cell::new(0),
        };
        for (id, node) in model.nodes() {
            graph.add(Point::Enter(id), id, format!("enter:{}", node.name));
            graph.add(Point::Leave(id), id, format!("leave:{}", node.name));
            let quiet = matches!(node.kind, NodeKind::External) && model.does_not_relay(id);
            if model.trust(id).is_none() && !quiet {
                graph.open.insert(id);
            }
        }
        for (id, port) in model.ports() {
            let (name, side) = (model.port_name(id), side(port.direction));
            let credit = port.channel.and_then(|channel| model.channel(channel));
            graph.add(Point::Port(id), port.node, format!("{side}:{name}"));
            if credit.is_some_and(|channel| channel.kind.has_reverse_flow()) {
                graph.add(Point::Back(id), port.node, format!("back-{side}:{name}"));
            }
        }
        graph.connect();
        graph
    }

    fn add(&mut self, point: Point, node: NodeId, name: String) {
        self.named.insert(name.clone(), self.points.len());
        self.numbers.insert(point, self.points.len());
        self.points.push((point, node, name));
        self.edges.push(Vec::new());
    }

    fn connect(&mut self) {
        let model = self.model;
        let mut edge = |from: Point, to: Point, why: Why<'m>| {
            if let (Some(from), Some(to)) = (self.numbers.get(&from), self.numbers.get(&to))
                && let Some(edges) = self.edges.get_mut(*from)
            {
                edges.push((*to, why));
            }
        };
        for (index, channel) in model.channels.iter().enumerate() {
            let (from, to, id) = (channel.from, channel.to, ChannelId::of(index));
            edge(Point::Port(from), Point::Port(to), Why::Channel(id));
            if channel.kind.has_reverse_flow() {
                edge(Point::Back(to), Point::Back(from), Why::Credit(id));
            }
        }
        for (index, grant) in model.grants.iter().enumerate() {
            let why = Why::Grant(GrantId::of(index));
            if let (Some(port), false) = (grant.out_port, grant.direction == GrantDirection::In) {
                edge(Point::Port(port), Point::Enter(grant.peer), why);
            }
            if let (Some(port), false) = (grant.in_port, grant.direction == GrantDirection::Out) {
                edge(Point::Leave(grant.peer), Point::Port(port), why);
            }
        }
        for (id, port) in model.ports() {
            let (enter, leave) = (Point::Enter(port.node), Point::Leave(port.node));
            let (port, back) = match port.direction {
                Direction::In => ((Point::Port(id), enter), (leave, Point::Back(id))),
                Direction::Out => ((leave, Point::Port(id)), (Point::Back(id), enter)),
            };
            edge(port.0, port.1, Why::Inside);
            edge(back.0, back.1, Why::Inside);
        }
        for (id, _) in model.nodes() {
            edge(Point::Enter(id), Point::Leave(id), Why::Within);
            for pass in model.trust(id).iter().flat_map(|trust| &trust.passes) {
                edge(
                    Point::Port(pass.from),
                    Point::Port(pass.to),
                    Why::Pass(pass),
                );
            }
        }
    }

    /// The number of a point's name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.named.get(name).copied()
    }

    /// The number of a point.
    pub fn number(&self, point: Point) -> Option<usize> {
        self.numbers.get(&point).copied()
    }

    /// All points by number.
    pub fn points(&self) -> impl Iterator<Item = (usize, Point)> {
        (0..).zip(self.points.iter().map(|(point, ..)| *point))
    }

    /// The node a point belongs to.
    pub fn node(&self, point: usize) -> NodeId {
        self.points
            .get(point)
            .map_or(NodeId(u32::MAX), |(_, node, _)| *node)
    }

    /// A point's name.
    pub fn name(&self, point: usize) -> &str {
        self.points.get(point).map_or("", |(.., name)| name)
    }

    /// Edges that exist with `off` switched off, and that carry `class` if one is given.
    pub fn edges(
        &self,
        from: usize,
        off: &Off,
        class: Option<ClassId>,
    ) -> impl Iterator<Item = (usize, Why<'m>)> {
        let node = self.node(from);
        let edges = self.edges.get(from).map_or(&[][..], Vec::as_slice);
        self.spend(1 + edges.len() as u64);
        edges.iter().copied().filter(move |(_, why)| match why {
            Why::Within => self.open.contains(&node) || off.contains(&node),
            Why::Pass(pass) => match (pass.data, class) {
                (Some(lets_out), Some(class)) => class == lets_out,
                (None, _) | (_, None) => true,
            },
            Why::Channel(_) | Why::Credit(_) | Why::Grant(_) | Why::Inside => true,
        })
    }

    /// Everything reached from `starts`, these included.
    pub fn reach(
        &self,
        starts: impl IntoIterator<Item = usize>,
        off: &Off,
        class: Option<ClassId>,
    ) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut todo: Vec<usize> = starts.into_iter().collect();
        while let Some(point) = todo.pop() {
            if reached.insert(point) {
                todo.extend(self.edges(point, off, class).map(|(to, _)| to));
            }
        }
        reached
    }

    /// Where data of a class originates.
    pub fn origins(&self, class: ClassId, off: &Off) -> BTreeSet<usize> {
        let model = self.model;
        let mut origins = Vec::new();
        for (id, node) in model.nodes() {
            let trust = model.trust(id);
            if node.holds.contains(&class) && (trust.is_none() || off.contains(&id)) {
                origins.push(Point::Leave(id));
            }
            let passes = trust.iter().flat_map(|trust| &trust.passes);
            let out = passes.filter(|pass| pass.data == Some(class));
            origins.extend(out.map(|pass| Point::Port(pass.to)));
        }
        for (id, port) in model.ports() {
            if port.emits.contains(&class) && port.direction == Direction::Out {
                origins.push(Point::Port(id));
            }
        }
        origins
            .into_iter()
            .filter_map(|point| self.number(point))
            .collect()
    }

    /// What is switched off when only the assumptions `listed` may be relied upon.
    pub fn off_unless(&self, listed: &BTreeSet<&str>) -> Off {
        let nodes = self.model.nodes().map(|(id, _)| id);
        let (trusted, others): (Vec<NodeId>, Vec<NodeId>) =
            nodes.partition(|id| self.model.trust(*id).is_some());
        let obeys = |id: &NodeId| {
            let name = format!("obeys.{}", self.model.node_name(*id));
            listed.contains(name.as_str())
        };
        let quiet = |id: &NodeId| {
            self.model.assumptions.iter().any(|assumption| {
                matches!(&assumption.effect, Effect::DoesNotRelay(nodes) if nodes.contains(id))
                    && listed.contains(assumption.name.as_str())
            })
        };
        let relaying = others.into_iter().filter(|id| !quiet(id));
        trusted
            .into_iter()
            .filter(|id| !obeys(id))
            .chain(relaying)
            .collect()
    }

    /// Counts work done.
    pub fn spend(&self, work: u64) {
        self.work.set(self.work.get().saturating_add(work));
    }

    /// Whether more work was asked for than any honest file needs.
    pub fn exhausted(&self) -> bool {
        self.work.get() > WORK_MAX
    }
}

fn side(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}
