//! The flow graph of [`model::flow`] over dense numbers.
//!
//! Points are numbered in the order of their names (node, then port), so that whatever goes through
//! them in order depends on names only and not on where something was written.

use crate::rules;
use model::flow::Point;
use model::invariant::{Dense, broken};
use model::{
    ChannelId, ChannelKind, ClassId, Direction, GrantDirection, GrantId, Model, NodeId, NodeKind,
    PortId,
};
use std::cell::{Cell, OnceCell};
use std::collections::BTreeSet;

/// Number of a point.
pub type Number = u32;

/// What no number equals.
pub const NONE: Number = Number::MAX;

/// Why an edge exists: the rules of [`model::flow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Rule 1.
    Channel(ChannelId),
    /// Rule 2.
    Credit(ChannelId),
    /// Rule 3.
    Grant(GrantId),
    /// Rules 4 and 5.
    Inside,
    /// Rule 6; in force only where the node is open or its local policy is void.
    Within,
    /// Rule 7: position in the subject's list, and the class that comes out.
    Pass(u32, Option<ClassId>),
}

/// An edge without its start.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// Where it leads.
    pub to: Number,
    /// Why it exists.
    pub why: Why,
}

/// What must go along an edge for it to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carries {
    /// That something happened is enough.
    Anything,
    /// Content of any kind.
    Content,
    /// Data of a class.
    Class(ClassId),
}

impl From<Option<ClassId>> for Carries {
    fn from(class: Option<ClassId>) -> Self {
        class.map_or(Self::Anything, Self::Class)
    }
}

/// More work than the limit: the question stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted;

/// The flow graph in compressed rows.
pub struct Graph<'m> {
    /// What it is the graph of.
    pub model: &'m Model,
    points: Vec<(Point, NodeId)>,
    /// Points that no content comes to or goes from.
    bare: Vec<bool>,
    /// Number of `Enter` of each node; `Leave` follows it.
    inner: Vec<Number>,
    /// Number of each port; its back point, if any, follows it.
    ports: Vec<Number>,
    rows: Vec<u32>,
    edges: Vec<Edge>,
    open: Vec<bool>,
    /// Subjects that can be compromised.
    pub obliged: BTreeSet<NodeId>,
    /// Channels, credits and grants that are taken away for a question.
    pub cut: Vec<Why>,
    work: Cell<u64>,
    room: Cell<u64>,
    names: OnceCell<Vec<String>>,
}

/// What may be spent on all questions about one model.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Edges looked at.
    pub edges: u64,
    /// Entries of certificates.
    pub entries: u64,
}

impl<'m> Graph<'m> {
    /// Builds it; when the budget is spent, questions stay open.
    pub fn new(model: &'m Model, budget: Budget) -> Self {
        let open = model.nodes().map(|(_, node)| match &node.kind {
            NodeKind::Subject(subject) => subject.trust.is_none(),
            NodeKind::Object | NodeKind::External => true,
        });
        let mut graph = Self {
            model,
            points: Vec::new(),
            bare: Vec::new(),
            inner: vec![NONE; model.nodes.len()],
            ports: vec![NONE; model.ports.len()],
            rows: Vec::new(),
            edges: Vec::new(),
            open: open.collect(),
            obliged: rules::obliged(model),
            cut: Vec::new(),
            work: Cell::new(budget.edges),
            room: Cell::new(budget.entries),
            names: OnceCell::new(),
        };
        graph.close_non_relaying();
        graph.number_points();
        graph.lay_edges();
        graph
    }

    fn close_non_relaying(&mut self) {
        for id in rules::non_relaying(self.model) {
            *self.open.of_mut(id.index()) = false;
        }
    }

    fn number_points(&mut self) {
        let model = self.model;
        let mut nodes: Vec<NodeId> = model.nodes().map(|(id, _)| id).collect();
        nodes.sort_by_key(|id| model.node_name(*id));
        let mut ports: Vec<Vec<PortId>> = vec![Vec::new(); model.nodes.len()];
        for (id, port) in model.ports() {
            ports.of_mut(port.node.index()).push(id);
        }
        for node in nodes {
            let number = self.push(Point::Enter(node), node, false);
            self.push(Point::Leave(node), node, false);
            *self.inner.of_mut(node.index()) = number;
            let mut own = std::mem::take(ports.of_mut(node.index()));
            own.sort_by_key(|id| model.port(*id).map(|port| (&port.name, port.direction)));
            for id in own {
                let channel = model.port(id).and_then(|port| port.channel);
                let channel = channel.and_then(|channel| model.channel(channel));
                let event = channel.is_some_and(|own| own.kind == ChannelKind::Event);
                let number = self.push(Point::Port(id), node, event);
                if channel.is_some_and(rules::has_credit) {
                    self.push(Point::Back(id), node, true);
                }
                *self.ports.of_mut(id.index()) = number;
            }
        }
    }

    fn push(&mut self, point: Point, node: NodeId, bare: bool) -> Number {
        let Ok(number) = Number::try_from(self.points.len()) else {
            broken("more points than numbers: the reader bounds a model to fewer")
        };
        self.points.push((point, node));
        self.bare.push(bare);
        number
    }

    fn lay_edges(&mut self) {
        let model = self.model;
        let mut all: Vec<(Number, Edge)> = Vec::new();
        let mut edge = |from: Point, to: Point, why: Why| {
            if let (Some(from), Some(to)) = (self.number(from), self.number(to)) {
                all.push((from, Edge { to, why }));
            }
        };
        for (index, channel) in model.channels.iter().enumerate() {
            let id = ChannelId::of(index);
            let (from, to) = (channel.from, channel.to);
            edge(Point::Port(from), Point::Port(to), Why::Channel(id));
            if rules::has_credit(channel) {
                edge(Point::Back(to), Point::Back(from), Why::Credit(id));
            }
        }
        for (index, grant) in model.grants.iter().enumerate() {
            let why = Why::Grant(GrantId::of(index));
            if let Some(port) = grant
                .out_port
                .filter(|_| grant.direction != GrantDirection::In)
            {
                edge(Point::Port(port), Point::Enter(grant.peer), why);
            }
            if let Some(port) = grant
                .in_port
                .filter(|_| grant.direction != GrantDirection::Out)
            {
                edge(Point::Leave(grant.peer), Point::Port(port), why);
            }
        }
        for (id, port) in model.ports() {
            let (enter, leave) = (Point::Enter(port.node), Point::Leave(port.node));
            match port.direction {
                Direction::In => {
                    edge(Point::Port(id), enter, Why::Inside);
                    edge(leave, Point::Back(id), Why::Inside);
                }
                Direction::Out => {
                    edge(leave, Point::Port(id), Why::Inside);
                    edge(Point::Back(id), enter, Why::Inside);
                }
            }
        }
        for (id, _) in model.nodes() {
            edge(Point::Enter(id), Point::Leave(id), Why::Within);
            let passes = model.trust(id).map_or(&[][..], |trust| &trust.passes);
            for (position, pass) in (0..).zip(passes) {
                let why = Why::Pass(position, pass.data);
                edge(Point::Port(pass.from), Point::Port(pass.to), why);
            }
        }
        self.compress(all);
    }

    fn compress(&mut self, mut all: Vec<(Number, Edge)>) {
        all.sort_unstable_by_key(|(from, edge)| (*from, edge.to, edge.why));
        self.rows = vec![0; self.points.len() + 1];
        for (from, _) in &all {
            *self.rows.of_mut(*from as usize + 1) += 1;
        }
        let mut sum = 0;
        for row in &mut self.rows {
            sum += *row;
            *row = sum;
        }
        self.edges = all.into_iter().map(|(_, edge)| edge).collect();
    }

    /// The number of a point.
    pub fn number(&self, point: Point) -> Option<Number> {
        let number = match point {
            Point::Enter(node) => *self.inner.get(node.index())?,
            Point::Leave(node) => self.inner.get(node.index())?.checked_add(1)?,
            Point::Port(port) => *self.ports.get(port.index())?,
            Point::Back(port) => self.ports.get(port.index())?.checked_add(1)?,
        };
        (self.points.get(number as usize)?.0 == point).then_some(number)
    }

    /// The point of a port, and its back point if the port has this direction and one.
    pub fn port_points(&self, port: PortId, with_back: Direction) -> Vec<Number> {
        let own = self.model.port(port);
        let back = own.is_some_and(|own| own.direction == with_back);
        let back = back.then(|| self.number(Point::Back(port))).flatten();
        let port = self.number(Point::Port(port));
        port.into_iter().chain(back).collect()
    }

    /// Where what arrives at a node is.
    pub fn enter(&self, node: NodeId) -> Number {
        *self.inner.of(node.index())
    }

    /// Where what leaves a node is.
    pub fn leave(&self, node: NodeId) -> Number {
        self.enter(node) + 1
    }

    /// The points of a node, by number.
    pub fn own_points(&self, node: NodeId) -> impl Iterator<Item = (Number, Point)> {
        let first = self.enter(node);
        let points = self.points.iter().skip(first as usize);
        let own = points.take_while(move |(_, of)| *of == node);
        (first..).zip(own.map(|(point, _)| *point))
    }

    /// The out-ports of a node.
    pub fn out_ports(&self, node: NodeId) -> impl Iterator<Item = Number> {
        let row = self.row(self.leave(node)).iter();
        let inside = row.filter(|edge| edge.why == Why::Inside);
        let ports = inside.filter(|edge| matches!(self.point(edge.to), Some(Point::Port(_))));
        ports.map(|edge| edge.to)
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// All points by number.
    pub fn points(&self) -> impl Iterator<Item = (Number, Point, NodeId)> {
        (0..)
            .zip(&self.points)
            .map(|(number, (point, node))| (number, *point, *node))
    }

    /// The point of a number.
    pub fn point(&self, number: Number) -> Option<Point> {
        self.points.get(number as usize).map(|(point, _)| *point)
    }

    /// A point's name.
    pub fn name(&self, number: Number) -> &str {
        let make = || {
            self.points
                .iter()
                .map(|(point, _)| self.make_name(*point))
                .collect()
        };
        let names: &Vec<String> = self.names.get_or_init(make);
        names.of(number as usize)
    }

    fn make_name(&self, point: Point) -> String {
        let model = self.model;
        let side = |port| match model.port(port).map(|port| port.direction) {
            Some(Direction::In) => "in",
            Some(Direction::Out) | None => "out",
        };
        match point {
            Point::Enter(node) => format!("enter:{}", model.node_name(node)),
            Point::Leave(node) => format!("leave:{}", model.node_name(node)),
            Point::Port(port) => format!("{}:{}", side(port), model.port_name(port)),
            Point::Back(port) => format!("back-{}:{}", side(port), model.port_name(port)),
        }
    }

    /// The node a point belongs to.
    pub fn node(&self, number: Number) -> NodeId {
        self.points.of(number as usize).1
    }

    /// Whether content comes to a point and goes from it.
    fn has_content(&self, point: Number) -> bool {
        !*self.bare.of(point as usize)
    }

    /// Whether what arrives at a node may leave it without being on a list.
    pub fn is_open(&self, node: NodeId) -> bool {
        *self.open.of(node.index())
    }

    /// The edges that start at a point, in force or not.
    pub fn row(&self, from: Number) -> &[Edge] {
        let at = |index: usize| *self.rows.of(index) as usize;
        let (first, end) = (at(from as usize), at(from as usize + 1));
        match self.edges.get(first..end) {
            Some(row) => row,
            None => broken("a row beyond the edges"),
        }
    }

    /// Counts work done, in edges.
    ///
    /// # Errors
    /// The budget is spent.
    pub fn spend(&self, edges: usize) -> Result<(), Exhausted> {
        take(&self.work, edges)
    }

    /// Counts entries of certificates.
    ///
    /// # Errors
    /// The budget is spent.
    pub fn fill(&self, entries: usize) -> Result<(), Exhausted> {
        take(&self.room, entries)
    }
}

fn take(left: &Cell<u64>, wanted: usize) -> Result<(), Exhausted> {
    let rest = left.get().checked_sub(wanted as u64);
    // Whoever spends more than there is has spent it all.
    left.set(rest.unwrap_or(0));
    rest.map(|_| ()).ok_or(Exhausted)
}

/// The graph as one question sees it.
#[derive(Clone, Copy)]
pub struct View<'g> {
    /// The graph.
    pub graph: &'g Graph<'g>,
    /// The subject whose local policy is void.
    pub void: Option<NodeId>,
    /// What flows must carry.
    pub carries: Carries,
}

impl<'g> View<'g> {
    /// Everything that may flow while all obey.
    pub fn plain(graph: &'g Graph<'g>) -> Self {
        Self {
            graph,
            void: None,
            carries: Carries::Anything,
        }
    }

    /// Whether what arrives at a node may leave it without being on a list.
    pub fn is_open(&self, node: NodeId) -> bool {
        self.void == Some(node) || self.graph.is_open(node)
    }

    /// Whether an edge is in force and carries what it must.
    pub fn has(&self, from: Number, edge: Edge) -> bool {
        let graph = self.graph;
        let bare = !graph.has_content(from) || !graph.has_content(edge.to);
        if bare && self.carries != Carries::Anything {
            return false;
        }
        let why = edge.why;
        match why {
            Why::Within => self.is_open(graph.node(from)),
            Why::Pass(_, Some(out)) => match self.carries {
                Carries::Class(class) => class == out,
                Carries::Anything | Carries::Content => true,
            },
            Why::Pass(_, None) | Why::Inside => true,
            Why::Channel(_) | Why::Credit(_) | Why::Grant(_) => {
                let cut = &self.graph.cut;
                cut.is_empty() || !cut.contains(&why)
            }
        }
    }

    /// The edges from a point.
    pub fn edges(&self, from: Number) -> impl Iterator<Item = Edge> + use<'g> {
        let view = *self;
        let row = self.graph.row(from).iter().copied();
        row.filter(move |edge| view.has(from, *edge))
    }

    /// Where data of the class originates, sorted; nothing without a class.
    pub fn origins(&self) -> Vec<Number> {
        let model = self.graph.model;
        let Carries::Class(class) = self.carries else {
            return Vec::new();
        };
        let mut origins = Vec::new();
        for (id, node) in model.nodes() {
            let trust = model.trust(id);
            if node.holds.contains(&class) && (trust.is_none() || self.void == Some(id)) {
                origins.push(Point::Leave(id));
            }
            // A pass without a class lets out whatever the subject holds.
            let lets_out = |data: Option<ClassId>| match data {
                Some(data) => data == class,
                None => node.holds.contains(&class),
            };
            let passes = trust.map_or(&[][..], |trust| &trust.passes);
            let out = passes.iter().filter(|pass| lets_out(pass.data));
            origins.extend(out.map(|pass| Point::Port(pass.to)));
        }
        for (id, port) in model.ports() {
            if port.direction == Direction::Out && port.emits.contains(&class) {
                origins.push(Point::Port(id));
            }
        }
        let mut numbers: Vec<Number> = origins
            .into_iter()
            .filter_map(|point| self.graph.number(point))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}
