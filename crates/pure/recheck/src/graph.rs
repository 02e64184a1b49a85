//! The flow graph, built from the words of [`model::flow`] and from nothing else.

use model::flow::Point;
use model::{
    Assumption, ChannelId, ChannelKind, Claim, ClassId, Direction, Effect, Grant, GrantDirection,
    Model, NodeId, NodeKind, Pass, Through,
};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// Edges and pairs looked at before verdicts are refused as too costly to check: as many as are
/// looked at to reach them at most.
const WORK_MAX: u64 = 5_000_000_000;

/// A node that does not exist.
pub const NOWHERE: NodeId = NodeId(u32::MAX);

/// Why an edge exists; the numbers are those of [`model::flow`].
#[derive(Clone, Copy, Debug)]
pub enum Why<'m> {
    /// 1.
    Channel(ChannelId),
    /// 2.
    Credit(ChannelId),
    /// 3.
    Grant(&'m Grant),
    /// 4 and 5: arrive and depart.
    Inside,
    /// 6, and for nodes without it, what switching their local policy or assumption off adds.
    Within,
    /// 7.
    Pass(&'m Pass),
}

/// Some points.
pub type Points = BTreeSet<Point>;
/// An edge, seen from where it starts.
pub type Edge<'m> = (Point, Why<'m>);
/// What must go along an edge for it to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// That something happened is enough.
    Signal,
    /// Content of any kind.
    Content,
    /// Data of a class.
    Data(ClassId),
}
/// Some nodes.
pub type Nodes = BTreeSet<NodeId>;
/// What is switched off: subjects whose local policy is void, and externals whose assumption not to
/// relay is dropped.
pub type Off = Nodes;

/// The flow graph of a model.
pub struct Graph<'m> {
    /// The model.
    pub model: &'m Model,
    names: BTreeMap<String, Point>,
    edges: BTreeMap<Point, Vec<Edge<'m>>>,
    /// Nodes without *Within* as long as they are not switched off.
    closed: Nodes,
    /// Ports of events.
    events: Points,
    /// Subjects that can be compromised.
    pub obliged: Nodes,
    work: Cell<u64>,
}

impl<'m> Graph<'m> {
    /// Builds it.
    pub fn new(model: &'m Model) -> Self {
        let (names, edges, closed, events, work) = Default::default();
        let mut graph = Self { model, names, edges, closed, events, obliged: obliged(model), work };
        for (id, node) in model.nodes() {
            graph.edge(Point::Enter(id), Point::Leave(id), Why::Within);
            let within = match &node.kind {
                NodeKind::Subject(subject) => subject.trust.is_none(),
                NodeKind::Object => true,
                NodeKind::External => !model.assumptions.iter().any(|own| stops(own, id)),
            };
            if !within {
                graph.closed.insert(id);
            }
            for pass in model.trust(id).iter().flat_map(|trust| &trust.passes) {
                let (from, to) = (Point::Port(pass.from), Point::Port(pass.to));
                graph.edge(from, to, Why::Pass(pass));
            }
        }
        for (id, port) in model.ports() {
            let channel = port.channel.and_then(|channel| model.channel(channel));
            let back = channel.is_some_and(|channel| returns_credit(channel.kind));
            let (enter, leave) = (Point::Enter(port.node), Point::Leave(port.node));
            let (arrives, departs) = match port.direction {
                Direction::In => (Point::Port(id), Point::Back(id)),
                Direction::Out => (Point::Back(id), Point::Port(id)),
            };
            if back || port.direction == Direction::In {
                graph.edge(arrives, enter, Why::Inside);
            }
            if back || port.direction == Direction::Out {
                graph.edge(leave, departs, Why::Inside);
            }
        }
        for (index, channel) in model.channels.iter().enumerate() {
            let (from, to, id) = (channel.from, channel.to, ChannelId::of(index));
            graph.edge(Point::Port(from), Point::Port(to), Why::Channel(id));
            if channel.kind == ChannelKind::Event {
                graph.events.extend([Point::Port(from), Point::Port(to)]);
            }
            if returns_credit(channel.kind) {
                graph.edge(Point::Back(to), Point::Back(from), Why::Credit(id));
            }
        }
        for grant in &model.grants {
            let why = Why::Grant(grant);
            if let (Some(port), false) = (grant.out_port, grant.direction == GrantDirection::In) {
                graph.edge(Point::Port(port), Point::Enter(grant.peer), why);
            }
            if let (Some(port), false) = (grant.in_port, grant.direction == GrantDirection::Out) {
                graph.edge(Point::Leave(grant.peer), Point::Port(port), why);
            }
        }
        graph
    }

    fn edge(&mut self, from: Point, to: Point, why: Why<'m>) {
        for point in [from, to] {
            self.names.insert(self.name(point), point);
        }
        self.edges.entry(from).or_default().push((to, why));
    }

    /// A point's name.
    pub fn name(&self, point: Point) -> String {
        let side = |port| match self.model.port(port).map(|port| port.direction) {
            Some(Direction::In) => "in",
            Some(Direction::Out) | None => "out",
        };
        match point {
            Point::Enter(node) => format!("enter:{}", self.model.node_name(node)),
            Point::Leave(node) => format!("leave:{}", self.model.node_name(node)),
            Point::Port(port) => format!("{}:{}", side(port), self.model.port_name(port)),
            Point::Back(port) => format!("back-{}:{}", side(port), self.model.port_name(port)),
        }
    }

    /// The point of a name.
    ///
    /// # Errors
    /// There is none.
    pub fn point(&self, name: &str) -> Result<Point, String> {
        let point = self.names.get(name).copied();
        point.ok_or_else(|| format!("`{name}` is no point"))
    }

    /// Whether there is such a point.
    pub fn exists(&self, point: Point) -> bool {
        self.names.contains_key(&self.name(point))
    }

    /// All points.
    pub fn all_points(&self) -> impl Iterator<Item = Point> {
        self.names.values().copied()
    }

    /// The node a point belongs to.
    pub fn node(&self, point: Point) -> NodeId {
        match point {
            Point::Enter(node) | Point::Leave(node) => node,
            Point::Port(id) | Point::Back(id) => self.model.port(id).map_or(NOWHERE, |p| p.node),
        }
    }

    /// Edges that exist with `off` switched off, and that carry `load`.
    pub fn edges(&self, from: Point, off: &Off, load: Load) -> impl Iterator<Item = Edge<'m>> {
        let node = self.node(from);
        let edges = self.edges.get(&from).map_or(&[][..], Vec::as_slice);
        // Whoever goes on for long asks.
        let _ = self.spend(1 + edges.len());
        let is_signal = |point| matches!(point, Point::Back(_)) || self.events.contains(&point);
        edges.iter().copied().filter(move |(to, why)| match why {
            _ if load != Load::Signal && (is_signal(from) || is_signal(*to)) => false,
            Why::Within => !self.closed.contains(&node) || off.contains(&node),
            Why::Pass(Pass { data: Some(own), .. }) => match load {
                Load::Data(class) => class == *own,
                Load::Signal | Load::Content => true,
            },
            Why::Channel(_) | Why::Credit(_) | Why::Grant(_) | Why::Inside | Why::Pass(_) => true,
        })
    }

    /// Everything reached from some points, these included.
    pub fn reach(&self, from: &Points, off: &Off, load: Load) -> Points {
        let mut reached = from.clone();
        let mut todo: Vec<Point> = from.iter().copied().collect();
        while let Some(point) = todo.pop() {
            let next = self.edges(point, off, load).map(|(to, _)| to);
            todo.extend(next.filter(|to| reached.insert(*to)));
        }
        reached
    }

    /// Where data of a class originates.
    pub fn origins(&self, class: ClassId, off: &Off) -> Points {
        let mut origins = BTreeSet::new();
        for (id, node) in self.model.nodes() {
            let trust = self.model.trust(id);
            if node.holds.contains(&class) && (trust.is_none() || off.contains(&id)) {
                origins.insert(Point::Leave(id));
            }
            let passes = trust.iter().flat_map(|trust| &trust.passes);
            let held = node.holds.contains(&class);
            let letting_out = passes.filter(|pass| pass.data.map_or(held, |data| data == class));
            origins.extend(letting_out.map(|pass| Point::Port(pass.to)));
        }
        let ports = self.model.ports();
        let emits = ports.filter(|(_, port)| port.emits.contains(&class));
        origins.extend(emits.map(|(id, _)| Point::Port(id)));
        origins
    }

    /// What must be switched off when only the assumptions `listed` are relied upon.
    pub fn off_unless(&self, listed: &BTreeSet<String>) -> Off {
        let relied_on = |id: &&NodeId| {
            if self.obliged.contains(id) {
                return listed.contains(&format!("local-policy.{}", self.model.node_name(**id)));
            }
            let listed = |own: &&Assumption| listed.contains(&own.name);
            self.model.assumptions.iter().filter(listed).any(|own| stops(own, **id))
        };
        self.closed.union(&self.obliged).filter(|id| !relied_on(id)).copied().collect()
    }

    /// Counts work done.
    ///
    /// # Errors
    /// More work was asked for than any honest file needs.
    pub fn spend(&self, work: usize) -> Proof {
        self.work.set(self.work.get().saturating_add(work as u64));
        require(self.work.get() <= WORK_MAX, "it takes too much work to check")
    }
}

/// Whether the reader of a channel of this kind tells its writer something.
fn returns_credit(kind: ChannelKind) -> bool {
    match kind {
        ChannelKind::Credit { .. } => true,
        ChannelKind::Sampling | ChannelKind::DropOldest { .. } | ChannelKind::Event => false,
    }
}

/// Whether an assumption says that an external does not relay.
fn stops(assumption: &Assumption, external: NodeId) -> bool {
    match &assumption.effect {
        Effect::DoesNotRelay(nodes) => nodes.contains(&external),
        Effect::Stated => false,
    }
}

/// Subjects that can be compromised: trusted ones, and those that a claim wants in between.
pub fn obliged(model: &Model) -> Nodes {
    let stated = model.requirements.iter().flat_map(|own| &own.claims);
    let between = stated.flat_map(|(claim, _)| match claim {
        Claim::Never { through: Through::AnyOf(ids) | Through::InOrder(ids), .. } => &ids[..],
        Claim::Never { through: Through::Nothing, .. } => &[],
        Claim::Keep { .. } | Claim::Fresh { .. } | Claim::Latency { .. } => &[],
    });
    let between: Nodes = between.copied().collect();
    let subjects = model.subjects();
    let can = subjects.filter(|(id, _, own)| own.trust.is_some() || between.contains(id));
    can.map(|(id, ..)| id).collect()
}

/// Whether something is as it must be, or the first reason why not.
pub type Proof = Result<(), String>;

/// # Errors
/// The reason, unless it holds.
pub fn require(holds: bool, reason: &str) -> Proof {
    if holds { Ok(()) } else { Err(reason.to_owned()) }
}
