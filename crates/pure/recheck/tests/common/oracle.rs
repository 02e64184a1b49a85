//! `model::flow`, read literally and slowly: edges by scanning the model, paths by enumeration.

use model::flow::Point;
use model::*;
use std::collections::{BTreeMap, BTreeSet};

pub type Off = BTreeSet<NodeId>;

/// What is asked to go along an edge: that something happened, content, or data of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    Happens,
    Content,
    Data(ClassId),
}

impl Ask {
    pub fn of(data: Option<ClassId>) -> Self {
        data.map_or(Self::Happens, Self::Data)
    }
}

/// A claim about flows in one form.
pub struct Question {
    pub starts: Vec<(String, Point)>,
    pub ends: Vec<(String, Point)>,
    pub ask: Ask,
    pub through: Through,
    pub places: bool,
}

pub struct Oracle<'m> {
    pub model: &'m Model,
    pub off: Off,
    next: BTreeMap<(Ask, Point), Vec<Point>>,
}

impl<'m> Oracle<'m> {
    pub fn new(model: &'m Model, off: Off) -> Self {
        let mut oracle = Self { model, off, next: BTreeMap::new() };
        let classes = (0..model.classes.len()).map(|index| Ask::Data(ClassId::of(index)));
        let points = oracle.points();
        for ask in classes.chain([Ask::Happens, Ask::Content]) {
            for from in &points {
                let to = points.iter().copied();
                let next = to.filter(|to| oracle.edge(*from, *to, ask)).collect();
                oracle.next.insert((ask, *from), next);
            }
        }
        oracle
    }

    pub fn points(&self) -> Vec<Point> {
        let mut points = Vec::new();
        for (id, _) in self.model.nodes() {
            points.extend([Point::Enter(id), Point::Leave(id)]);
        }
        for (id, port) in self.model.ports() {
            points.push(Point::Port(id));
            let channel = port.channel.and_then(|id| self.model.channel(id));
            if matches!(channel, Some(Channel { kind: ChannelKind::Credit { .. }, .. })) {
                points.push(Point::Back(id));
            }
        }
        points
    }

    pub fn node(&self, point: Point) -> NodeId {
        match point {
            Point::Enter(node) | Point::Leave(node) => node,
            Point::Port(port) | Point::Back(port) => self.model.ports[port.index()].node,
        }
    }

    pub fn name(&self, point: Point) -> String {
        let name = |id: PortId| {
            let port = &self.model.ports[id.index()];
            let node = &self.model.nodes[port.node.index()].name;
            let side = match port.direction {
                Direction::In => "in",
                Direction::Out => "out",
            };
            format!("{side}:{node}.{}", port.name)
        };
        match point {
            Point::Enter(id) => format!("enter:{}", self.model.nodes[id.index()].name),
            Point::Leave(id) => format!("leave:{}", self.model.nodes[id.index()].name),
            Point::Port(id) => name(id),
            Point::Back(id) => format!("back-{}", name(id)),
        }
    }

    pub fn trusted(&self, id: NodeId) -> bool {
        self.model.trust(id).is_some()
    }

    /// Whether it can be compromised: a subject that is trusted, or wanted between by some claim.
    pub fn obliged(&self, id: NodeId) -> bool {
        let mediates = self.model.requirements.iter().any(|requirement| {
            requirement.claims.iter().any(|(claim, _)| match claim {
                Claim::Never { through: Through::AnyOf(list), .. }
                | Claim::Never { through: Through::InOrder(list), .. } => list.contains(&id),
                _ => false,
            })
        });
        let is_subject = matches!(self.model.nodes[id.index()].kind, NodeKind::Subject(_));
        self.trusted(id) || is_subject && mediates
    }

    fn within(&self, id: NodeId) -> bool {
        let node = &self.model.nodes[id.index()];
        let quiet = self.model.assumptions.iter().any(|assumption| {
            matches!(&assumption.effect, Effect::DoesNotRelay(nodes) if nodes.contains(&id))
        });
        self.off.contains(&id)
            || match &node.kind {
                NodeKind::Subject(subject) => subject.trust.is_none(),
                NodeKind::Object => true,
                NodeKind::External => !quiet,
            }
    }

    /// Whether a point is a port of an event, or a back point.
    fn only_signals(&self, point: Point) -> bool {
        match point {
            Point::Back(_) => true,
            Point::Port(p) => self
                .model
                .channels
                .iter()
                .any(|own| own.kind == ChannelKind::Event && (own.from == p || own.to == p)),
            Point::Enter(_) | Point::Leave(_) => false,
        }
    }

    /// Whether there is an edge, by rule, that brings along what is asked.
    pub fn edge(&self, from: Point, to: Point, ask: Ask) -> bool {
        use Direction::{In, Out};
        if ask != Ask::Happens && (self.only_signals(from) || self.only_signals(to)) {
            return false;
        }
        let direction = |id: PortId| self.model.ports[id.index()].direction;
        let of = |id: PortId| self.model.ports[id.index()].node;
        match (from, to) {
            (Point::Enter(a), Point::Leave(b)) => a == b && self.within(a),
            (Point::Port(p), Point::Enter(n)) => {
                (of(p) == n && direction(p) == In)
                    || self.model.grants.iter().any(|grant| {
                        grant.out_port == Some(p)
                            && grant.peer == n
                            && grant.direction != GrantDirection::In
                    })
            }
            (Point::Leave(n), Point::Port(p)) => {
                (of(p) == n && direction(p) == Out)
                    || self.model.grants.iter().any(|grant| {
                        grant.in_port == Some(p)
                            && grant.peer == n
                            && grant.direction != GrantDirection::Out
                    })
            }
            (Point::Back(p), Point::Enter(n)) => of(p) == n && direction(p) == Out,
            (Point::Leave(n), Point::Back(p)) => of(p) == n && direction(p) == In,
            (Point::Port(p), Point::Port(q)) => {
                let channel = self.model.channels.iter().any(|c| c.from == p && c.to == q);
                let pass = self.model.trust(of(p)).is_some_and(|trust| {
                    trust.passes.iter().any(|pass| {
                        let carries = match (ask, pass.data) {
                            (Ask::Data(asked), Some(own)) => asked == own,
                            _ => true,
                        };
                        pass.from == p && pass.to == q && carries
                    })
                });
                channel || pass
            }
            (Point::Back(p), Point::Back(q)) => {
                self.model.channels.iter().any(|c| {
                    c.to == p && c.from == q && matches!(c.kind, ChannelKind::Credit { .. })
                })
            }
            _ => false,
        }
    }

    pub fn next(&self, from: Point, ask: Ask) -> Vec<Point> {
        self.next[&(ask, from)].clone()
    }

    pub fn reach(&self, starts: &[Point], ask: Ask) -> BTreeSet<Point> {
        let mut set: BTreeSet<Point> = starts.iter().copied().collect();
        loop {
            let more: Vec<Point> = set
                .iter()
                .flat_map(|point| self.next(*point, ask))
                .filter(|point| !set.contains(point))
                .collect();
            if more.is_empty() {
                return set;
            }
            set.extend(more);
        }
    }

    pub fn origins(&self, class: ClassId) -> Vec<Point> {
        let is_origin = |point: &Point| match *point {
            Point::Leave(n) => {
                let holds = self.model.nodes[n.index()].holds.contains(&class);
                holds && (!self.trusted(n) || self.off.contains(&n))
            }
            Point::Port(p) => {
                let port = &self.model.ports[p.index()];
                let holds = self.model.nodes[port.node.index()].holds.contains(&class);
                let passed = self.model.trust(port.node).is_some_and(|trust| {
                    let mut passes = trust.passes.iter().filter(|pass| pass.to == p);
                    passes.any(|pass| pass.data == Some(class) || holds && pass.data.is_none())
                });
                port.direction == Direction::Out && (port.emits.contains(&class) || passed)
            }
            Point::Enter(_) | Point::Back(_) => false,
        };
        self.points().into_iter().filter(is_origin).collect()
    }

    /// Start points with the names a claim gives them.
    pub fn starts(&self, from: &[EndPoint], data: Option<ClassId>) -> Vec<(String, Point)> {
        let Some(class) = data else {
            return self.ends_where(from, |end, point| match end {
                EndPoint::Node(node) => point == Point::Leave(node),
                EndPoint::Port(port) => {
                    point == Point::Port(port)
                        || point == Point::Back(port) && self.is(port, Direction::In)
                }
            });
        };
        let origins = self.origins(class);
        if from.is_empty() {
            return origins.iter().map(|point| (self.name(*point), *point)).collect();
        }
        let there = self.reach(&origins, Ask::Data(class));
        self.ends_where(from, |end, point| {
            let exit = match (end, point) {
                (EndPoint::Node(node), Point::Leave(own)) => node == own,
                (EndPoint::Node(node), Point::Port(port)) => {
                    self.node(point) == node && self.is(port, Direction::Out)
                }
                (EndPoint::Port(port), own) => own == Point::Port(port),
                _ => false,
            };
            exit && there.contains(&point)
        })
    }

    fn is(&self, port: PortId, direction: Direction) -> bool {
        self.model.ports[port.index()].direction == direction
    }

    fn ends_where(
        &self,
        ends: &[EndPoint],
        is_point: impl Fn(EndPoint, Point) -> bool,
    ) -> Vec<(String, Point)> {
        let mut found = Vec::new();
        for end in ends {
            let points = self.points().into_iter().filter(|point| is_point(*end, *point));
            found.extend(points.map(|point| (self.end_name(*end), point)));
        }
        found
    }

    pub fn ends(&self, to: &[EndPoint]) -> Vec<(String, Point)> {
        self.ends_where(to, |end, point| match end {
            EndPoint::Node(node) => point == Point::Enter(node),
            EndPoint::Port(port) => {
                point == Point::Port(port)
                    || point == Point::Back(port) && self.is(port, Direction::Out)
            }
        })
    }

    pub fn end_name(&self, end: EndPoint) -> String {
        match end {
            EndPoint::Node(node) => self.model.nodes[node.index()].name.clone(),
            EndPoint::Port(port) => {
                let port = &self.model.ports[port.index()];
                format!("{}.{}", self.model.nodes[port.node.index()].name, port.name)
            }
        }
    }

    /// The mediators that may excuse paths between two nodes.
    pub fn mediators(&self, through: &Through, first: NodeId, last: NodeId) -> (bool, Vec<NodeId>) {
        let inner = |list: &[NodeId]| -> Vec<NodeId> {
            list.iter().copied().filter(|id| *id != first && *id != last).collect()
        };
        let void = |id: &NodeId| self.obliged(*id) && self.off.contains(id);
        match through {
            Through::Nothing => (false, Vec::new()),
            Through::AnyOf(list) => {
                let mut rest = inner(list);
                rest.retain(|id| !void(id));
                (false, rest)
            }
            Through::InOrder(list) if list.iter().any(void) => (true, Vec::new()),
            Through::InOrder(list) if inner(list) != *list => (true, Vec::new()),
            Through::InOrder(list) => (true, list.clone()),
        }
    }

    pub fn excused(&self, path: &[Point], through: &Through) -> bool {
        let (first, last) = (self.node(path[0]), self.node(*path.last().unwrap()));
        let (ordered, mediators) = self.mediators(through, first, last);
        let mut nodes: Vec<NodeId> = path.iter().map(|point| self.node(*point)).collect();
        nodes.dedup();
        if !ordered {
            return nodes.iter().any(|node| mediators.contains(node));
        }
        let mut rest = mediators.as_slice();
        for node in nodes {
            if rest.first() == Some(&node) {
                rest = &rest[1..];
            }
        }
        !mediators.is_empty() && rest.is_empty()
    }

    /// A shortest path among all simple ones that contradicts a claim, by enumeration.
    pub fn violation(&self, question: &Question) -> Option<Vec<Point>> {
        let mut best: Option<Vec<Point>> = None;
        for (_, start) in &question.starts {
            let mut stack = vec![vec![*start]];
            while let Some(path) = stack.pop() {
                let last = *path.last().unwrap();
                let arrived = question.ends.iter().any(|(_, end)| *end == last);
                let shorter = best.as_ref().is_none_or(|best| self.cost(&path) < self.cost(best));
                let counts = self.node(last) != self.node(*start) || question.places;
                if arrived && shorter && counts && !self.excused(&path, &question.through) {
                    best = Some(path.clone());
                }
                for next in self.next(last, question.ask) {
                    if !path.contains(&next) {
                        let mut longer = path.clone();
                        longer.push(next);
                        stack.push(longer);
                    }
                }
            }
        }
        best
    }

    /// Steps from node to node, and points.
    pub fn cost(&self, path: &[Point]) -> (usize, usize) {
        let steps = path.windows(2).filter(|pair| self.node(pair[0]) != self.node(pair[1]));
        (steps.count(), path.len())
    }

    pub fn label(&self, point: Point, secrecy: bool) -> Option<LabelId> {
        match point {
            Point::Port(id) | Point::Back(id) => {
                let port = &self.model.ports[id.index()];
                if secrecy { port.secrecy } else { port.integrity }
            }
            Point::Enter(id) | Point::Leave(id) if !self.trusted(id) => {
                let node = &self.model.nodes[id.index()];
                if secrecy { node.secrecy } else { node.integrity }
            }
            Point::Enter(_) | Point::Leave(_) => None,
        }
    }

    pub fn permits(&self, from: LabelId, to: LabelId, secrecy: bool) -> bool {
        if secrecy { self.model.secrecy.le(from, to) } else { self.model.integrity.le(to, from) }
    }

    /// Pairs of labelled points between which information goes against the labels, with whether
    /// an obeying pass says that it may.
    pub fn label_breaks(&self, secrecy: bool) -> Vec<(Point, Point, bool)> {
        let mut breaks = Vec::new();
        for from in self.points() {
            let Some(low) = self.label(from, secrecy) else {
                continue;
            };
            let mut todo: Vec<(Point, bool)> =
                self.next(from, Ask::Happens).into_iter().map(|to| (to, true)).collect();
            let mut seen = BTreeSet::new();
            while let Some((to, direct)) = todo.pop() {
                match self.label(to, secrecy) {
                    Some(high) if self.permits(low, high, secrecy) => {}
                    Some(_) => breaks.push((from, to, direct && self.stated(from, to, secrecy))),
                    None if seen.insert(to) => {
                        let next = self.next(to, Ask::Happens).into_iter();
                        todo.extend(next.map(|to| (to, false)));
                    }
                    None => {}
                }
            }
        }
        breaks
    }

    /// Whether the passes between two points, of which there is one at least, all state it.
    fn stated(&self, from: Point, to: Point, secrecy: bool) -> bool {
        let node = self.node(from);
        let passes = self.model.trust(node).map_or(&[][..], |trust| &trust.passes);
        let mut between = passes
            .iter()
            .filter(|pass| Point::Port(pass.from) == from && Point::Port(pass.to) == to)
            .map(|pass| if secrecy { pass.lowers_secrecy } else { pass.raises_integrity })
            .peekable();
        !self.off.contains(&node) && between.peek().is_some() && between.all(|states| states)
    }

    pub fn low_points(&self, secrecy: LabelId) -> Vec<(String, Point)> {
        let low = |point: &Point| {
            self.label(*point, true).is_some_and(|label| !self.permits(secrecy, label, true))
        };
        let points = self.points().into_iter().filter(low);
        points.map(|point| (self.name(point), point)).collect()
    }
}
