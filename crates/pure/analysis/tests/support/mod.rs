//! Builds models in a few words.
#![expect(dead_code, reason = "each test file uses some of it")]

use model::*;

/// A model under construction.
#[derive(Default)]
pub struct Build {
    pub model: Model,
}

/// Splits `node.port`.
fn split(name: &str) -> (&str, &str) {
    name.split_once('.')
        .unwrap_or_else(|| panic!("`{name}` is no port"))
}

impl Build {
    pub fn new() -> Self {
        let mut build = Self::default();
        build.model.name = "test".to_owned();
        build
    }

    /// Two chains of labels, low to high.
    pub fn labels(mut self, secrecy: &[&str], integrity: &[&str]) -> Self {
        let chain = |names: &[&str]| {
            let pairs: Vec<_> = (1..names.len())
                .map(|i| (LabelId::of(i - 1), LabelId::of(i)))
                .collect();
            Order::new(names.iter().map(|name| name.to_string()).collect(), &pairs).unwrap()
        };
        self.model.secrecy = chain(secrecy);
        self.model.integrity = chain(integrity);
        self
    }

    fn add(&mut self, name: &str, kind: NodeKind) {
        assert!(self.model.find_node(name).is_none(), "`{name}` twice");
        self.model.nodes.push(Node {
            name: name.to_owned(),
            kind,
            domain: None,
            zones: Vec::new(),
            secrecy: (!self.model.secrecy.is_empty()).then_some(LabelId(0)),
            integrity: (!self.model.integrity.is_empty()).then_some(LabelId(0)),
            holds: Vec::new(),
            origin: Origin(0),
        });
    }

    pub fn subjects(mut self, names: &str) -> Self {
        for name in names.split_whitespace() {
            self.add(name, NodeKind::Subject(Box::default()));
        }
        self
    }

    pub fn trusted(mut self, names: &str) -> Self {
        for name in names.split_whitespace() {
            let trust = Some(Trust::default());
            let subject = Subject {
                trust,
                ..Subject::default()
            };
            self.add(name, NodeKind::Subject(Box::new(subject)));
        }
        self
    }

    pub fn externals(mut self, names: &str) -> Self {
        for name in names.split_whitespace() {
            self.add(name, NodeKind::External);
        }
        self
    }

    pub fn objects(mut self, names: &str) -> Self {
        for name in names.split_whitespace() {
            self.add(name, NodeKind::Object);
        }
        self
    }

    pub fn node(&self, name: &str) -> NodeId {
        self.model
            .find_node(name)
            .unwrap_or_else(|| panic!("no node `{name}`"))
    }

    /// Labels of a node and of those of its ports that exist already.
    pub fn at(mut self, names: &str, secrecy: &str, integrity: &str) -> Self {
        let (s, i) = (
            self.model.secrecy.find(secrecy),
            self.model.integrity.find(integrity),
        );
        for name in names.split_whitespace() {
            if name.contains('.') {
                for direction in [Direction::In, Direction::Out] {
                    if let Some(id) = self.find_port(name, direction) {
                        let port = &mut self.model.ports[id.index()];
                        (port.secrecy, port.integrity) = (s, i);
                    }
                }
                continue;
            }
            let id = self.node(name);
            let node = &mut self.model.nodes[id.index()];
            (node.secrecy, node.integrity) = (s, i);
        }
        self
    }

    pub fn zone(mut self, zone: &str, names: &str) -> Self {
        let id = ZoneId::of(self.model.zones.len());
        self.model.zones.push(Zone {
            name: zone.to_owned(),
            target_level: 1,
            parent: None,
            origin: Origin(0),
        });
        for name in names.split_whitespace() {
            let node = self.node(name);
            self.model.nodes[node.index()].zones.push(id);
        }
        self
    }

    /// Puts a zone into another.
    pub fn inside(mut self, inner: &str, outer: &str) -> Self {
        let find = |name: &str| {
            let zones = self.model.zones.iter();
            zones.clone().position(|zone| zone.name == name).unwrap()
        };
        let (inner, outer) = (find(inner), find(outer));
        self.model.zones[inner].parent = Some(ZoneId::of(outer));
        self
    }

    fn find_port(&self, name: &str, direction: Direction) -> Option<PortId> {
        let (node, name) = split(name);
        let node = self.node(node);
        let found =
            |port: &Port| port.node == node && port.name == name && port.direction == direction;
        self.model.ports.iter().position(found).map(PortId::of)
    }

    pub fn port(&mut self, name: &str, direction: Direction) -> PortId {
        if let Some(id) = self.find_port(name, direction) {
            return id;
        }
        let (node, port) = split(name);
        let id = self.node(node);
        let (secrecy, integrity) = {
            let node = &self.model.nodes[id.index()];
            (node.secrecy, node.integrity)
        };
        self.model.ports.push(Port {
            node: id,
            name: port.to_owned(),
            direction,
            message: None,
            secrecy,
            integrity,
            max_age_us: None,
            on_stale: None,
            role: PortRole::Data,
            emits: Vec::new(),
            grant: None,
            channel: None,
            origin: Origin(0),
        });
        PortId::of(self.model.ports.len() - 1)
    }

    pub fn channel_of(mut self, from: &str, to: &str, kind: ChannelKind) -> Self {
        let id = ChannelId::of(self.model.channels.len());
        let (from, to) = (
            self.port(from, Direction::Out),
            self.port(to, Direction::In),
        );
        for port in [from, to] {
            let port = &mut self.model.ports[port.index()];
            assert!(
                port.channel.replace(id).is_none(),
                "port `{}` twice",
                port.name
            );
        }
        self.model.channels.push(Channel {
            from,
            to,
            kind,
            origin: Origin(0),
        });
        self
    }

    pub fn channel(self, from: &str, to: &str) -> Self {
        self.channel_of(from, to, ChannelKind::Sampling)
    }

    pub fn credit(self, from: &str, to: &str) -> Self {
        self.channel_of(from, to, ChannelKind::Credit { depth: 4 })
    }

    /// Channels `a -> b` through ports named after the other end.
    pub fn flows(mut self, pairs: &str) -> Self {
        for pair in pairs.split_whitespace() {
            let (from, to) = pair.split_once('>').unwrap();
            self = self.channel(&format!("{from}.{to}"), &format!("{to}.{from}"));
        }
        self
    }

    pub fn grant(mut self, name: &str, peer: &str, direction: GrantDirection) -> Self {
        let id = GrantId::of(self.model.grants.len());
        let in_port = (direction != GrantDirection::Out).then(|| self.port(name, Direction::In));
        let out_port = (direction != GrantDirection::In).then(|| self.port(name, Direction::Out));
        for port in in_port.into_iter().chain(out_port) {
            self.model.ports[port.index()].grant = Some(id);
        }
        let (subject, name) = split(name);
        self.model.grants.push(Grant {
            name: name.to_owned(),
            subject: self.node(subject),
            peer: self.node(peer),
            direction,
            in_port,
            out_port,
            resource: Resource::Device {
                path: "/dev/null".to_owned(),
            },
            origin: Origin(0),
        });
        self
    }

    pub fn class(mut self, name: &str, secrecy: Option<&str>) -> Self {
        let secrecy = secrecy.and_then(|name| self.model.secrecy.find(name));
        self.model.classes.push(DataClass {
            name: name.to_owned(),
            secrecy,
            origin: Origin(0),
        });
        self
    }

    fn class_id(&self, name: &str) -> ClassId {
        ClassId::of(
            self.model
                .classes
                .iter()
                .position(|class| class.name == name)
                .unwrap(),
        )
    }

    pub fn holds(mut self, node: &str, class: &str) -> Self {
        let (node, class) = (self.node(node), self.class_id(class));
        self.model.nodes[node.index()].holds.push(class);
        self
    }

    pub fn emits(mut self, port: &str, class: &str) -> Self {
        let (port, class) = (self.port(port, Direction::Out), self.class_id(class));
        self.model.ports[port.index()].emits.push(class);
        self
    }

    pub fn role(mut self, port: &str, role: PortRole) -> Self {
        let port = self.port(port, Direction::In);
        self.model.ports[port.index()].role = role;
        self
    }

    /// A pass, e.g. `pass("guard", "in>out", Some("set-point"), "raise")`.
    pub fn pass(mut self, node: &str, ports: &str, data: Option<&str>, change: &str) -> Self {
        let (from, to) = ports.split_once('>').unwrap();
        let pass = Pass {
            from: self.port(&format!("{node}.{from}"), Direction::In),
            to: self.port(&format!("{node}.{to}"), Direction::Out),
            data: data.map(|name| self.class_id(name)),
            lowers_secrecy: change.contains("lower"),
            raises_integrity: change.contains("raise"),
            verified_by: None,
            origin: Origin(0),
        };
        let id = self.node(node);
        let NodeKind::Subject(subject) = &mut self.model.nodes[id.index()].kind else {
            panic!("`{node}` is no subject")
        };
        subject.trust.as_mut().unwrap().passes.push(pass);
        self
    }

    pub fn does_not_relay(mut self, name: &str, nodes: &str) -> Self {
        let nodes = nodes
            .split_whitespace()
            .map(|name| self.node(name))
            .collect();
        self.model.assumptions.push(Assumption {
            name: name.to_owned(),
            text: String::new(),
            effect: Effect::DoesNotRelay(nodes),
            origin: Origin(0),
        });
        self
    }

    pub fn require(mut self, name: &str, claim: Claim) -> Self {
        self.model.requirements.push(Requirement {
            name: name.to_owned(),
            characteristics: vec![Characteristic::Security],
            source: None,
            owner: None,
            claims: vec![(claim, Origin(0))],
            origin: Origin(0),
        });
        self
    }

    /// A node, or an existing port.
    fn end(&self, name: &str) -> EndPoint {
        if !name.contains('.') {
            return EndPoint::Node(self.node(name));
        }
        let port = self
            .find_port(name, Direction::Out)
            .or(self.find_port(name, Direction::In));
        EndPoint::Port(port.unwrap_or_else(|| panic!("no port `{name}`")))
    }

    pub fn ends(&self, names: &str) -> Vec<EndPoint> {
        names
            .split_whitespace()
            .map(|name| self.end(name))
            .collect()
    }

    /// `never from to`, of a class if not empty, except `through`: `a|b` any, `a;b` in order.
    pub fn never(self, name: &str, from: &str, to: &str, data: &str, through: &str) -> Self {
        let nodes = |separator| {
            through
                .split(separator)
                .filter(|name| !name.is_empty())
                .map(|name| self.node(name))
        };
        let claim = Claim::Never {
            from: self.ends(from),
            to: self.ends(to),
            data: (!data.is_empty()).then(|| self.class_id(data)),
            through: match through {
                "" => Through::Nothing,
                _ if through.contains(';') => Through::InOrder(nodes(';').collect()),
                _ => Through::AnyOf(nodes('|').collect()),
            },
        };
        self.require(name, claim)
    }
}
