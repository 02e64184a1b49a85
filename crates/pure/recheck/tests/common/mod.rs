//! Random small models, and slow, literal readings of the definitions to compare the checker with.

pub mod oracle;
pub mod prover;

use model::*;

/// A small deterministic generator of numbers (xorshift64*, Marsaglia 2003 and Vigna 2016).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// A random part of some items, in order.
    pub fn some<T: Clone>(&mut self, items: &[T], percent: usize) -> Vec<T> {
        items.iter().filter(|_| self.below(100) < percent).cloned().collect()
    }
}

fn order(dice: &mut Dice, names: [&str; 4]) -> Order {
    let pairs: &[(u32, u32)] = match dice.below(3) {
        0 => return Order::default(),
        1 => &[(0, 1), (1, 2), (2, 3)],
        _ => &[(0, 1), (0, 2), (1, 3), (2, 3)],
    };
    let pairs: Vec<_> = pairs.iter().map(|(a, b)| (LabelId(*a), LabelId(*b))).collect();
    Order::new(names.map(String::from).to_vec(), &pairs).unwrap()
}

fn label(dice: &mut Dice, order: &Order) -> Option<LabelId> {
    // Mostly one label, so that some models keep them.
    (!order.is_empty()).then(|| LabelId(if dice.chance(70) { 1 } else { dice.below(4) as u32 }))
}

/// A random model with two to six nodes.
pub fn random_model(dice: &mut Dice) -> Model {
    let mut model = Model {
        name: "random".to_owned(),
        secrecy: order(dice, ["public", "plant", "person", "secret"]),
        integrity: order(dice, ["none", "office", "remote", "line"]),
        ..Model::default()
    };
    for name in ["recipe", "image"].iter().take(dice.below(3)) {
        let secrecy = label(dice, &model.secrecy);
        let (name, origin) = ((*name).to_owned(), Origin::default());
        model.classes.push(DataClass { name, secrecy, origin });
    }
    let classes: Vec<ClassId> = (0..model.classes.len()).map(ClassId::of).collect();
    for index in 0..2 + dice.below(5) {
        let kind = match dice.below(6) {
            0 if index > 0 => NodeKind::External,
            1 if index > 0 => NodeKind::Object,
            2 | 3 => NodeKind::Subject(Box::new(Subject {
                trust: Some(Trust::default()),
                ..Subject::default()
            })),
            _ => NodeKind::Subject(Box::default()),
        };
        let node = Node {
            name: format!("n{index}"),
            kind,
            domain: None,
            zones: Vec::new(),
            secrecy: label(dice, &model.secrecy),
            integrity: label(dice, &model.integrity),
            holds: dice.some(&classes, 25),
            origin: Origin::default(),
        };
        model.nodes.push(node);
    }
    let subjects: Vec<NodeId> = model.subjects().map(|(id, ..)| id).collect();
    let others: Vec<NodeId> =
        model.nodes().map(|(id, _)| id).filter(|id| !subjects.contains(id)).collect();
    for index in 0..dice.below(7) {
        let (Some(from), Some(to)) = (dice.pick(&subjects).copied(), dice.pick(&subjects).copied())
        else {
            continue;
        };
        if from != to {
            add_channel(&mut model, dice, index, from, to);
        }
    }
    for index in 0..dice.below(4) {
        if let (Some(subject), Some(peer)) =
            (dice.pick(&subjects).copied(), dice.pick(&others).copied())
        {
            add_grant(&mut model, dice, index, subject, peer);
        }
    }
    add_trust(&mut model, dice, &classes);
    let externals: Vec<NodeId> = others.clone();
    for (name, effect) in [
        ("quiet", Effect::DoesNotRelay(dice.some(&externals, 50))),
        ("hushed", Effect::DoesNotRelay(dice.some(&externals, 20))),
        ("clamped", Effect::Stated),
    ] {
        if dice.chance(60) {
            let (name, text, origin) = (name.to_owned(), String::new(), Origin::default());
            model.assumptions.push(Assumption { name, text, effect, origin });
        }
    }
    add_requirements(&mut model, dice);
    add_platform(&mut model, dice);
    model
}

fn add_port(
    model: &mut Model,
    dice: &mut Dice,
    node: NodeId,
    name: &str,
    direction: Direction,
) -> PortId {
    let owner = model.node(node).unwrap().clone();
    let (mut secrecy, mut integrity) = (owner.secrecy, owner.integrity);
    if dice.chance(20) {
        (secrecy, integrity) = (label(dice, &model.secrecy), label(dice, &model.integrity));
    }
    let classes: Vec<ClassId> = (0..model.classes.len()).map(ClassId::of).collect();
    let emits = match direction {
        Direction::Out => dice.some(&classes, 15),
        Direction::In => Vec::new(),
    };
    model.ports.push(Port {
        node,
        name: name.to_owned(),
        direction,
        message: None,
        secrecy,
        integrity,
        max_age_us: dice.chance(50).then(|| dice.below(3) as u64 * 100),
        on_stale: dice.chance(50).then_some(OnStale::Stop),
        role: PortRole::Data,
        emits,
        grant: None,
        channel: None,
        origin: Origin::default(),
    });
    PortId::of(model.ports.len() - 1)
}

fn add_channel(model: &mut Model, dice: &mut Dice, index: usize, from: NodeId, to: NodeId) {
    let from = add_port(model, dice, from, &format!("o{index}"), Direction::Out);
    let to = add_port(model, dice, to, &format!("i{index}"), Direction::In);
    let kind = match dice.below(4) {
        0 => ChannelKind::Sampling,
        1 => ChannelKind::DropOldest { depth: 4 },
        2 => ChannelKind::Event,
        _ => ChannelKind::Credit { depth: 4 },
    };
    let id = ChannelId::of(model.channels.len());
    let origin = Origin::default();
    model.channels.push(Channel { from, to, kind, origin });
    for port in [from, to] {
        model.ports[port.index()].channel = Some(id);
    }
}

fn add_grant(model: &mut Model, dice: &mut Dice, index: usize, subject: NodeId, peer: NodeId) {
    let (direction, name) = (dice.below(3), format!("g{index}"));
    let direction = [GrantDirection::In, GrantDirection::Out, GrantDirection::Both][direction];
    let in_port = (direction != GrantDirection::Out)
        .then(|| add_port(model, dice, subject, &name, Direction::In));
    let out_port = (direction != GrantDirection::In)
        .then(|| add_port(model, dice, subject, &name, Direction::Out));
    let id = GrantId::of(model.grants.len());
    for port in [in_port, out_port].into_iter().flatten() {
        model.ports[port.index()].grant = Some(id);
    }
    model.grants.push(Grant {
        name,
        subject,
        peer,
        direction,
        in_port,
        out_port,
        resource: Resource::TcpConnect("192.0.2.1:502".parse().unwrap()),
        origin: Origin::default(),
    });
}

fn add_trust(model: &mut Model, dice: &mut Dice, classes: &[ClassId]) {
    let ports: Vec<(NodeId, Direction, PortId)> =
        model.ports().map(|(id, port)| (port.node, port.direction, id)).collect();
    for (index, node) in model.nodes.iter_mut().enumerate() {
        let NodeKind::Subject(subject) = &mut node.kind else {
            continue;
        };
        let Some(trust) = &mut subject.trust else {
            continue;
        };
        let of = |wanted: Direction| -> Vec<PortId> {
            let own = ports
                .iter()
                .filter(|(node, direction, _)| node.index() == index && *direction == wanted);
            own.map(|(.., id)| *id).collect()
        };
        let (inputs, outputs) = (of(Direction::In), of(Direction::Out));
        for _ in 0..dice.below(3) {
            if let (Some(from), Some(to)) = (dice.pick(&inputs), dice.pick(&outputs)) {
                trust.passes.push(Pass {
                    from: *from,
                    to: *to,
                    data: if dice.chance(50) { dice.pick(classes).copied() } else { None },
                    lowers_secrecy: dice.chance(50),
                    raises_integrity: dice.chance(50),
                    verified_by: None,
                    origin: Origin::default(),
                });
            }
        }
    }
}

fn add_platform(model: &mut Model, dice: &mut Dice) {
    for node in &mut model.nodes {
        if let (NodeKind::Subject(subject), true) = (&mut node.kind, dice.chance(20)) {
            subject.criticality = Some("SIL2".to_owned());
        }
    }
    let levels = ["SIL1".to_owned(), "SIL2".to_owned()];
    model.platforms.push(Platform {
        name: "box".to_owned(),
        cores: 2,
        memory_bytes: 1 << 30,
        enforce_memory: Strength::Best,
        enforce_processor: Strength::Best,
        qualified: dice.some(&levels, 50),
        devices: Vec::new(),
        origin: Origin::default(),
    });
    let subjects: Vec<NodeId> = model.subjects().map(|(id, ..)| id).collect();
    model.deployments.push(Deployment {
        platform: 0,
        subjects: dice.some(&subjects, 80),
        origin: Origin::default(),
    });
}

fn add_requirements(model: &mut Model, dice: &mut Dice) {
    let nodes: Vec<NodeId> = model.nodes().map(|(id, _)| id).collect();
    let mut ends: Vec<EndPoint> = nodes.iter().map(|id| EndPoint::Node(*id)).collect();
    ends.extend(model.ports().map(|(id, _)| EndPoint::Port(id)));
    let classes: Vec<ClassId> = (0..model.classes.len()).map(ClassId::of).collect();
    let in_ports: Vec<PortId> = model
        .ports()
        .filter(|(_, port)| port.direction == Direction::In)
        .map(|(id, _)| id)
        .collect();
    for index in 0..4 {
        let mut claims = Vec::new();
        for _ in 0..1 + dice.below(2) {
            let data = dice.chance(35).then(|| dice.pick(&classes).copied()).flatten();
            let mut from: Vec<EndPoint> = Vec::new();
            if data.is_none() || dice.chance(50) {
                from = (0..1 + dice.below(2)).map(|_| *dice.pick(&ends).unwrap()).collect();
            }
            let to = (0..1 + dice.below(2)).map(|_| *dice.pick(&ends).unwrap()).collect();
            let list: Vec<NodeId> =
                (0..1 + dice.below(2)).map(|_| *dice.pick(&nodes).unwrap()).collect();
            let through = match dice.below(3) {
                0 => Through::Nothing,
                1 => Through::AnyOf(list),
                _ => Through::InOrder(list),
            };
            claims.push(Claim::Never { from, to, data, through });
        }
        if dice.chance(40) {
            let (from, to) = (*dice.pick(&ends).unwrap(), *dice.pick(&ends).unwrap());
            let lost = dice.some(&nodes, 20);
            let signals = dice.chance(40);
            claims.push(Claim::Keep { lost, from, to, signals });
        }
        if let (Some(port), true) = (dice.pick(&in_ports).copied(), dice.chance(30)) {
            claims.push(Claim::Fresh {
                port,
                max_age_us: dice.below(3) as u64 * 100,
                reaction: dice.chance(50).then_some(OnStale::Stop),
            });
        }
        model.requirements.push(Requirement {
            name: format!("r{index}"),
            characteristics: Vec::new(),
            source: None,
            owner: None,
            claims: claims.into_iter().map(|claim| (claim, Origin::default())).collect(),
            origin: Origin::default(),
        });
    }
}
