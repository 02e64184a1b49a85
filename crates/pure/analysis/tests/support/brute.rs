//! The definition of what may flow, taken literally: names, lists, and every simple path.

use model::verdict::{Axis, Certificate, ClosedPart};
use model::*;
use std::collections::{BTreeMap, BTreeSet};

pub type Off = BTreeSet<NodeId>;

/// What a flow must bring along.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Load {
    Signal,
    Content,
    Data(ClassId),
}

impl Load {
    pub fn of(class: Option<ClassId>) -> Self {
        class.map_or(Self::Signal, Self::Data)
    }
}

/// Edge, and the class a pass lets out.
pub type Edges = BTreeMap<String, Vec<(String, Option<ClassId>)>>;

pub struct Brute<'m> {
    pub model: &'m Model,
    pub off: Off,
    pub edges: Edges,
    pub node_of: BTreeMap<String, NodeId>,
    /// Points at which only something happens.
    signals: BTreeSet<String>,
    /// Readers of queues with credit are hostile: a credit carries what its reader has.
    wide: bool,
}

fn side(port: &Port) -> &'static str {
    if port.direction == Direction::In {
        "in"
    } else {
        "out"
    }
}

impl<'m> Brute<'m> {
    pub fn new(model: &'m Model, off: &Off) -> Self {
        let mut brute = Self {
            model,
            off: off.clone(),
            edges: Edges::new(),
            node_of: BTreeMap::new(),
            signals: BTreeSet::new(),
            wide: false,
        };
        let port = |id: PortId| {
            let port = model.port(id).unwrap();
            format!("{}:{}", side(port), model.port_name(id))
        };
        let back = |id: PortId| format!("back-{}", port(id));
        let enter = |id: NodeId| format!("enter:{}", model.node_name(id));
        let leave = |id: NodeId| format!("leave:{}", model.node_name(id));
        let mut edge = |from: String, to: String, class| {
            brute.edges.entry(from).or_default().push((to, class));
        };
        for (id, node) in model.nodes() {
            let trust = model.trust(id);
            let quiet = matches!(node.kind, NodeKind::External)
                && model.assumptions.iter().any(|own| match &own.effect {
                    Effect::DoesNotRelay(nodes) => nodes.contains(&id),
                    Effect::Stated => false,
                });
            if off.contains(&id) || trust.is_none() && !quiet {
                edge(enter(id), leave(id), None);
            }
            for pass in trust.iter().flat_map(|trust| &trust.passes) {
                edge(port(pass.from), port(pass.to), pass.data);
            }
            brute.node_of.insert(enter(id), id);
            brute.node_of.insert(leave(id), id);
        }
        for (id, own) in model.ports() {
            let reverse = own.channel.is_some_and(|id| {
                matches!(model.channel(id).unwrap().kind, ChannelKind::Credit { .. })
            });
            brute.node_of.insert(port(id), own.node);
            if own.direction == Direction::In {
                edge(port(id), enter(own.node), None);
            } else {
                edge(leave(own.node), port(id), None);
            }
            if reverse {
                brute.node_of.insert(back(id), own.node);
                if own.direction == Direction::In {
                    edge(leave(own.node), back(id), None);
                } else {
                    edge(back(id), enter(own.node), None);
                }
            }
        }
        for channel in &model.channels {
            let event = channel.kind == ChannelKind::Event;
            let credit = matches!(channel.kind, ChannelKind::Credit { .. });
            for end in [channel.from, channel.to] {
                brute.signals.extend(event.then(|| port(end)));
                brute.signals.extend(credit.then(|| back(end)));
            }
            edge(port(channel.from), port(channel.to), None);
            if credit {
                edge(back(channel.to), back(channel.from), None);
            }
        }
        for grant in &model.grants {
            if let Some(out) = grant.out_port {
                edge(port(out), enter(grant.peer), None);
            }
            if let Some(input) = grant.in_port {
                edge(leave(grant.peer), port(input), None);
            }
        }
        brute
    }

    /// The same where a credit carries content.
    pub fn with_hostile_readers(mut self) -> Self {
        self.signals.retain(|point| !point.starts_with("back-"));
        self.wide = true;
        self
    }

    pub fn next(&self, from: &str, load: Load) -> Vec<String> {
        let carried = |(to, out): &&(String, Option<ClassId>)| match load {
            Load::Signal => true,
            _ if self.signals.contains(from) || self.signals.contains(to) => false,
            Load::Content => true,
            Load::Data(class) => out.is_none_or(|out| out == class),
        };
        let edges = self.edges.get(from).map_or(&[][..], Vec::as_slice);
        edges
            .iter()
            .filter(carried)
            .map(|(to, _)| to.clone())
            .collect()
    }

    fn origins(&self, class: ClassId) -> BTreeSet<String> {
        let mut origins = BTreeSet::new();
        for (id, node) in self.model.nodes() {
            let trust = self.model.trust(id);
            if node.holds.contains(&class) && (trust.is_none() || self.off.contains(&id)) {
                origins.insert(format!("leave:{}", node.name));
            }
            for pass in trust.iter().flat_map(|trust| &trust.passes) {
                let held = pass.data.is_none() && node.holds.contains(&class);
                if held || pass.data == Some(class) {
                    origins.insert(format!("out:{}", self.model.port_name(pass.to)));
                }
            }
        }
        for (id, port) in self.model.ports() {
            if port.emits.contains(&class) {
                origins.insert(format!("out:{}", self.model.port_name(id)));
            }
        }
        origins
    }

    pub fn reach(&self, starts: &BTreeSet<String>, load: Load) -> BTreeSet<String> {
        let mut reached = starts.clone();
        loop {
            let more: BTreeSet<String> = reached
                .iter()
                .flat_map(|point| self.next(point, load))
                .collect();
            let before = reached.len();
            reached.extend(more);
            if reached.len() == before {
                return reached;
            }
        }
    }

    /// The points of an end, each with the end's name: of what departs there, or arrives.
    fn end_points(&self, end: EndPoint, departs: bool) -> Vec<(String, String)> {
        let names = match end {
            EndPoint::Node(id) => {
                let name = self.model.node_name(id);
                vec![format!(
                    "{}:{name}",
                    if departs { "leave" } else { "enter" }
                )]
            }
            EndPoint::Port(id) => {
                let port = self.model.port(id).unwrap();
                let name = format!("{}:{}", side(port), self.model.port_name(id));
                let back = format!("back-{name}");
                // Credit departs from in-ports and arrives at out-ports.
                let has_back = self.node_of.contains_key(&back);
                match (port.direction, departs) {
                    (Direction::In, true) | (Direction::Out, false) if has_back => vec![name, back],
                    _ => vec![name],
                }
            }
        };
        let named = |point| (self.model.end_name(end), point);
        names.into_iter().map(named).collect()
    }

    /// Where data of a class that an end of a claim sends on may leave it.
    fn exits(&self, end: EndPoint) -> Vec<(String, String)> {
        let mut exits = self.end_points(end, true);
        if let EndPoint::Node(id) = end {
            for (port, own) in self.model.ports() {
                if own.node == id && own.direction == Direction::Out {
                    let point = format!("out:{}", self.model.port_name(port));
                    exits.push((self.model.end_name(end), point));
                }
                let back = format!("back-in:{}", self.model.port_name(port));
                if self.wide && own.node == id && self.node_of.contains_key(&back) {
                    exits.push((self.model.end_name(end), back));
                }
            }
        }
        exits
    }

    /// Starts and ends of a claim: name in the claim and point.
    pub fn pairs(
        &self,
        from: &[EndPoint],
        to: &[EndPoint],
        class: Option<ClassId>,
    ) -> Vec<((String, String), (String, String))> {
        let origins = class.map(|class| self.origins(class)).unwrap_or_default();
        let starts: BTreeSet<_> = match class {
            None => from
                .iter()
                .flat_map(|end| self.end_points(*end, true))
                .collect(),
            Some(_) if from.is_empty() => origins
                .iter()
                .map(|point| (point.clone(), point.clone()))
                .collect(),
            Some(class) => {
                let there = self.reach(&origins, Load::Data(class));
                let exits = from.iter().flat_map(|end| self.exits(*end));
                exits.filter(|(_, point)| there.contains(point)).collect()
            }
        };
        let ends: BTreeSet<_> = to
            .iter()
            .flat_map(|end| self.end_points(*end, false))
            .collect();
        let mut pairs = Vec::new();
        for start in &starts {
            for end in &ends {
                if self.node_of[&start.1] != self.node_of[&end.1] {
                    pairs.push((start.clone(), end.clone()));
                }
            }
        }
        pairs
    }

    /// The mediators between two nodes; `None` if nothing excuses.
    fn rest(&self, through: &Through, first: NodeId, last: NodeId) -> Option<Through> {
        let void = |id: &NodeId| self.off.contains(id) && is_obliged(self.model, *id);
        let inner = |id: &NodeId| *id != first && *id != last;
        match through {
            Through::Nothing => None,
            Through::AnyOf(list) => {
                let list: Vec<_> = list
                    .iter()
                    .copied()
                    .filter(|id| inner(id) && !void(id))
                    .collect();
                (!list.is_empty()).then_some(Through::AnyOf(list))
            }
            Through::InOrder(list) => {
                let all = !list.is_empty() && list.iter().all(|id| inner(id) && !void(id));
                all.then(|| Through::InOrder(list.clone()))
            }
        }
    }

    pub fn excused(&self, path: &[String], through: &Through) -> bool {
        let nodes: Vec<NodeId> = path.iter().map(|point| self.node_of[point]).collect();
        let rest = self.rest(through, nodes[0], nodes[nodes.len() - 1]);
        touches(nodes, rest.as_ref())
    }

    /// Steps and points of a shortest unexcused path, by looking at every simple path.
    pub fn shortest(&self, claim: &Claim) -> Option<(usize, usize)> {
        let Claim::Never {
            from,
            to,
            data,
            through,
        } = claim
        else {
            panic!("not a never")
        };
        let names: Vec<&String> = self.node_of.keys().collect();
        let number = |name: &String| names.binary_search(&name).unwrap();
        let mut walk = Walk {
            nodes: self.node_of.values().copied().collect(),
            next: names
                .iter()
                .map(|name| {
                    self.next(name, Load::of(*data))
                        .iter()
                        .map(number)
                        .collect()
                })
                .collect(),
            on_path: vec![false; names.len()],
            rest: None,
            best: None,
        };
        for (start, end) in self.pairs(from, to, *data) {
            let nodes = (self.node_of[&start.1], self.node_of[&end.1]);
            walk.rest = self.rest(through, nodes.0, nodes.1);
            walk.walk(&mut vec![number(&start.1)], 0, number(&end.1));
        }
        walk.best
    }

    /// The label of a point.
    pub fn label(&self, point: &str, axis: Axis) -> Option<LabelId> {
        let id = self.node_of[point];
        let node = self.model.node(id).unwrap();
        let (side, name) = point.split_once(':').unwrap();
        let (secrecy, integrity) = if ["enter", "leave"].contains(&side) {
            if self.model.trust(id).is_some() {
                return None;
            }
            (node.secrecy, node.integrity)
        } else {
            let direction = if side.ends_with("in") {
                Direction::In
            } else {
                Direction::Out
            };
            let own = |(id, port): &(PortId, &Port)| {
                port.direction == direction && self.model.port_name(*id) == name
            };
            let (_, port) = self.model.ports().find(own).unwrap();
            (port.secrecy, port.integrity)
        };
        if axis == Axis::Secrecy {
            secrecy
        } else {
            integrity
        }
    }

    pub fn permits(&self, from: LabelId, to: LabelId, axis: Axis) -> bool {
        match axis {
            Axis::Secrecy => self.model.secrecy.le(from, to),
            Axis::Integrity => self.model.integrity.le(to, from),
        }
    }

    /// Whether a pass with these points states that it changes the label, and none denies it.
    fn stated(&self, from: &str, to: &str, axis: Axis) -> bool {
        let id = self.node_of[from];
        let passes = self
            .model
            .trust(id)
            .into_iter()
            .flat_map(|trust| &trust.passes);
        let mut own = passes.filter(|pass| {
            format!("in:{}", self.model.port_name(pass.from)) == from
                && format!("out:{}", self.model.port_name(pass.to)) == to
        });
        !self.off.contains(&id)
            && own.all(|pass| match axis {
                Axis::Secrecy => pass.lowers_secrecy,
                Axis::Integrity => pass.raises_integrity,
            })
    }

    /// All pairs of labelled points between which labels break.
    pub fn breaks(&self, axis: Axis) -> BTreeSet<(String, String)> {
        let mut breaks = BTreeSet::new();
        for from in self.node_of.keys() {
            let Some(label) = self.label(from, axis) else {
                continue;
            };
            let mut todo: Vec<(String, String)> = self
                .next(from, Load::Signal)
                .into_iter()
                .map(|to| (from.clone(), to))
                .collect();
            let mut seen = BTreeSet::new();
            while let Some((before, to)) = todo.pop() {
                match self.label(&to, axis) {
                    None if seen.insert(to.clone()) => {
                        todo.extend(
                            self.next(&to, Load::Signal)
                                .into_iter()
                                .map(|next| (to.clone(), next)),
                        );
                    }
                    None => {}
                    Some(own) => {
                        let kept = self.permits(label, own, axis)
                            || before == *from
                                && self.is_pass(from, &to)
                                && self.stated(from, &to, axis);
                        if !kept {
                            breaks.insert((from.clone(), to));
                        }
                    }
                }
            }
        }
        breaks
    }

    fn is_pass(&self, from: &str, to: &str) -> bool {
        self.node_of[from] == self.node_of[to] && from.starts_with("in:") && to.starts_with("out:")
    }

    /// Points too low for a class that its data reaches.
    pub fn low(&self, class: ClassId) -> BTreeSet<String> {
        let reached = self.reach(&self.origins(class), Load::Data(class));
        let secrecy = self.model.class(class).unwrap().secrecy.unwrap();
        let low = |point: &String| {
            self.label(point, Axis::Secrecy)
                .is_some_and(|label| !self.permits(secrecy, label, Axis::Secrecy))
        };
        reached.into_iter().filter(low).collect()
    }

    /// Steps and points of a shortest path from an origin to a point too low.
    pub fn shortest_low(&self, class: ClassId) -> Option<(usize, usize)> {
        let low = self.low(class).into_iter();
        let everywhere = |_: &String| true;
        let best = self.shortest_to_all(self.origins(class), everywhere, Load::Data(class));
        low.filter_map(|point| best.get(&point).copied()).min()
    }

    /// Steps and points of a shortest path to each point: every path is made longer, point by point,
    /// as long as that finds a shorter one.
    fn shortest_to_all(
        &self,
        starts: impl IntoIterator<Item = String>,
        is_left: impl Fn(&String) -> bool,
        load: Load,
    ) -> BTreeMap<String, (usize, usize)> {
        let starts = starts.into_iter().map(|point| (point, (0, 1)));
        let mut best: BTreeMap<String, (usize, usize)> = starts.collect();
        loop {
            let mut shorter = BTreeMap::new();
            for (point, (steps, length)) in &best {
                for next in self.next(point, load).into_iter().filter(&is_left) {
                    let step = usize::from(self.node_of[point] != self.node_of[&next]);
                    let cost = (steps + step, length + 1);
                    let known = shorter.get(&next).or(best.get(&next));
                    if known.is_none_or(|known| cost < *known) {
                        shorter.insert(next, cost);
                    }
                }
            }
            if shorter.is_empty() {
                return best;
            }
            best.extend(shorter);
        }
    }

    /// Steps and points of a shortest path that keeps a flow.
    pub fn kept(&self, claim: &Claim) -> Option<(usize, usize)> {
        let Claim::Keep {
            lost,
            from,
            to,
            signals,
        } = claim
        else {
            panic!("not a keep")
        };
        let load = if *signals {
            Load::Signal
        } else {
            Load::Content
        };
        let is_left = |point: &String| !lost.contains(&self.node_of[point]);
        let points = |end, departs| {
            let points = self.end_points(end, departs).into_iter();
            points.map(|(_, point)| point).filter(is_left)
        };
        let best = self.shortest_to_all(points(*from, true), is_left, load);
        points(*to, false)
            .filter_map(|point| best.get(&point).copied())
            .min()
    }

    /// Why a path is no counterexample.
    pub fn refute(&self, claim: &Claim, path: &[String]) -> Option<String> {
        let Claim::Never {
            from,
            to,
            data,
            through,
        } = claim
        else {
            panic!("not a never")
        };
        let ends = |pair: &((String, String), (String, String))| {
            pair.0.1 == path[0] && pair.1.1 == path[path.len() - 1]
        };
        if !self.pairs(from, to, *data).iter().any(ends) {
            return Some("wrong ends".to_owned());
        }
        for step in path.windows(2) {
            if !self.next(&step[0], Load::of(*data)).contains(&step[1]) {
                return Some(format!("no edge {step:?}"));
            }
        }
        self.excused(path, through).then(|| "excused".to_owned())
    }

    /// Why closed sets are no proof: for each pair, the set of its part.
    pub fn doubt(&self, claim: &Claim, certificate: &Certificate) -> Option<String> {
        let Claim::Never {
            from,
            to,
            data,
            through,
        } = claim
        else {
            panic!("not a never")
        };
        let Certificate::Closed { parts } = certificate else {
            return Some("no closed sets".to_owned());
        };
        for (start, end) in self.pairs(from, to, *data) {
            let covers =
                |part: &&ClosedPart| part.from.contains(&start.0) && part.to.contains(&end.0);
            let Some(part) = parts.iter().find(covers) else {
                return Some(format!("no part for {start:?} {end:?}"));
            };
            if let Some(doubt) = self.doubt_part(part, &start.1, &end.1, *data, through) {
                return Some(format!("{start:?} to {end:?}: {doubt}"));
            }
        }
        None
    }

    fn doubt_part(
        &self,
        part: &ClosedPart,
        start: &str,
        end: &str,
        class: Option<ClassId>,
        through: &Through,
    ) -> Option<String> {
        let rest = self.rest(through, self.node_of[start], self.node_of[end]);
        let entry = |met: usize, point: &str| match &rest {
            Some(Through::InOrder(_)) => format!("{met}|{point}"),
            _ => point.to_owned(),
        };
        let has = |met: usize, point: &str| part.points.contains(&entry(met, point));
        if !has(0, start) {
            return Some("start is missing".to_owned());
        }
        for text in &part.points {
            let (met, point) = match text.split_once('|') {
                Some((met, point)) => (met.parse().unwrap(), point),
                None => (0, text.as_str()),
            };
            if point == end {
                return Some("end is in the set".to_owned());
            }
            for next in self.next(point, Load::of(class)) {
                let (from, to) = (self.node_of[point], self.node_of[&next]);
                let met = match &rest {
                    Some(Through::AnyOf(list)) if list.contains(&to) => continue,
                    Some(Through::InOrder(list)) if from != to && list[met] == to => met + 1,
                    _ => met,
                };
                let done = matches!(&rest, Some(Through::InOrder(list)) if met == list.len());
                if !done && !has(met, &next) {
                    return Some(format!("{point} flows to {next}"));
                }
            }
        }
        None
    }
}

/// Whether the nodes of a path touch what excuses it.
fn touches(mut nodes: Vec<NodeId>, rest: Option<&Through>) -> bool {
    match rest {
        None | Some(Through::Nothing) => false,
        Some(Through::AnyOf(list)) => nodes.iter().any(|node| list.contains(node)),
        Some(Through::InOrder(list)) => {
            nodes.dedup();
            let mut nodes = nodes.into_iter();
            list.iter().all(|wanted| nodes.any(|node| node == *wanted))
        }
    }
}

/// Every simple path between two points.
struct Walk {
    nodes: Vec<NodeId>,
    next: Vec<Vec<usize>>,
    on_path: Vec<bool>,
    rest: Option<Through>,
    best: Option<(usize, usize)>,
}

impl Walk {
    fn walk(&mut self, path: &mut Vec<usize>, steps: usize, end: usize) {
        let last = path[path.len() - 1];
        if self.best.is_some_and(|best| (steps, path.len()) >= best) {
            return;
        }
        if last == end {
            let nodes = path.iter().map(|point| self.nodes[*point]).collect();
            if !touches(nodes, self.rest.as_ref()) {
                self.best = Some((steps, path.len()));
            }
            return;
        }
        self.on_path[last] = true;
        for index in 0..self.next[last].len() {
            let next = self.next[last][index];
            if !self.on_path[next] {
                path.push(next);
                let step = usize::from(self.nodes[last] != self.nodes[next]);
                self.walk(path, steps + step, end);
                path.pop();
            }
        }
        self.on_path[last] = false;
    }
}

/// Whether a subject can be compromised: it is trusted, or some claim wants it between.
pub fn is_obliged(model: &Model, id: NodeId) -> bool {
    let mediates = model.requirements.iter().any(|requirement| {
        requirement.claims.iter().any(|(claim, _)| match claim {
            Claim::Never { through, .. } => match through {
                Through::Nothing => false,
                Through::AnyOf(list) | Through::InOrder(list) => list.contains(&id),
            },
            _ => false,
        })
    });
    match &model.node(id).unwrap().kind {
        NodeKind::Subject(subject) => subject.trust.is_some() || mediates,
        NodeKind::Object | NodeKind::External => false,
    }
}
