//! Models that mean different things have different canonical forms; the form of a model with every
//! variant of everything is pinned in `canonical.expect`.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from files"
)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failing test may panic"
)]

use model::*;
use std::collections::BTreeMap;
use std::net::{SocketAddr, SocketAddrV6};

const AT: Origin = Origin(0);

/// Texts that an unthinking way of writing facts down would mix up, among each other, with the keys
/// of facts, or with the absence of a text.
const TEXTS: [Option<&str>; 12] = [
    None,
    Some(""),
    Some("-"),
    Some("a"),
    Some("a b"),
    Some("a\tb"),
    Some("a\nb"),
    Some("a\\tb"),
    Some("from"),
    Some("criticality\ta"),
    Some("None"),
    Some("Some(\"a\")"),
];

fn node(name: &str, kind: NodeKind) -> Node {
    Node {
        name: name.to_owned(),
        kind,
        domain: None,
        zones: Vec::new(),
        secrecy: Some(LabelId(0)),
        integrity: None,
        holds: Vec::new(),
        origin: AT,
    }
}

fn port(node: u32, name: &str, direction: Direction) -> Port {
    Port {
        node: NodeId(node),
        name: name.to_owned(),
        direction,
        message: None,
        secrecy: None,
        integrity: None,
        max_age_us: None,
        on_stale: None,
        role: PortRole::Data,
        emits: Vec::new(),
        grant: None,
        channel: None,
        origin: AT,
    }
}

fn field(name: &str, kind: FieldKind) -> Field {
    Field {
        name: name.to_owned(),
        kind,
        unit: None,
        range: None,
    }
}

fn order(names: [&str; 2]) -> Order {
    let names = names.map(str::to_owned).to_vec();
    Order::new(names, &[(LabelId(0), LabelId(1))]).unwrap()
}

fn grant(index: usize, direction: GrantDirection, resource: Resource) -> Grant {
    let has = |way| direction == GrantDirection::Both || direction == way;
    Grant {
        name: format!("g{index}"),
        subject: NodeId(0),
        peer: NodeId(2),
        direction,
        in_port: has(GrantDirection::In).then_some(PortId(0)),
        out_port: has(GrantDirection::Out).then_some(PortId(1)),
        resource,
        origin: AT,
    }
}

fn v6(flow: u32, scope: u32) -> SocketAddr {
    SocketAddrV6::new("fe80::1".parse().unwrap(), 80, flow, scope).into()
}

fn resources() -> Vec<Resource> {
    let at: SocketAddr = "192.0.2.1:502".parse().unwrap();
    let path = || "a".to_owned();
    vec![
        Resource::TcpConnect(at),
        Resource::TcpListen(at),
        Resource::UdpReceive(at),
        Resource::UdpSend(at),
        Resource::UdpSend(v6(0, 0)),
        Resource::UdpSend(v6(1, 0)),
        Resource::UdpSend(v6(0, 1)),
        Resource::FileRead { path: path() },
        Resource::FileAppend {
            path: path(),
            quota_bytes: 1,
        },
        Resource::FileAppend {
            path: "a 1".to_owned(),
            quota_bytes: 0,
        },
        Resource::Device { path: path() },
    ]
}

fn kinds() -> [ChannelKind; 5] {
    [
        ChannelKind::Sampling,
        ChannelKind::DropOldest { depth: 1 },
        ChannelKind::Credit { depth: 1 },
        ChannelKind::Credit { depth: 2 },
        ChannelKind::Event,
    ]
}

fn failures() -> Vec<OnFailure> {
    let restart = |delay_ms, count_max, window_ms, then_halt| OnFailure::Restart {
        delay_ms,
        count_max,
        window_ms,
        then_halt,
    };
    vec![
        restart(1, 2, 3, false),
        restart(1, 2, 3, true),
        restart(2, 2, 3, false),
        restart(1, 3, 3, false),
        restart(1, 2, 4, false),
        OnFailure::Stop,
        OnFailure::Halt,
    ]
}

fn claims() -> Vec<Claim> {
    let (a, b) = (EndPoint::Node(NodeId(0)), EndPoint::Node(NodeId(1)));
    let (input, output) = (EndPoint::Port(PortId(0)), EndPoint::Port(PortId(1)));
    let (x, y) = (NodeId(1), NodeId(2));
    let never = |from: &[EndPoint], to: &[EndPoint], data, through| Claim::Never {
        from: from.to_vec(),
        to: to.to_vec(),
        data,
        through,
    };
    let keep = |lost: &[NodeId], from, to, signals| Claim::Keep {
        lost: lost.to_vec(),
        from,
        to,
        signals,
    };
    let fresh = |port, max_age_us, reaction| Claim::Fresh {
        port: PortId(port),
        max_age_us,
        reaction,
    };
    let latency = |from, to, max_us| Claim::Latency { from, to, max_us };
    vec![
        never(&[a], &[b], None, Through::Nothing),
        never(&[b], &[a], None, Through::Nothing),
        never(&[a, b], &[b], None, Through::Nothing),
        never(&[a], &[a, b], None, Through::Nothing),
        never(&[], &[b], Some(ClassId(0)), Through::Nothing),
        never(&[a], &[b], Some(ClassId(0)), Through::Nothing),
        never(&[input], &[b], None, Through::Nothing),
        never(&[output], &[b], None, Through::Nothing),
        never(&[a], &[input], None, Through::Nothing),
        never(&[a], &[b], None, Through::AnyOf(vec![])),
        never(&[a], &[b], None, Through::AnyOf(vec![x])),
        never(&[a], &[b], None, Through::AnyOf(vec![x, y])),
        never(&[a], &[b], None, Through::InOrder(vec![])),
        never(&[a], &[b], None, Through::InOrder(vec![x])),
        never(&[a], &[b], None, Through::InOrder(vec![x, y])),
        never(&[a], &[b], None, Through::InOrder(vec![y, x])),
        keep(&[], a, b, false),
        keep(&[], a, b, true),
        keep(&[], b, a, false),
        keep(&[], output, b, false),
        keep(&[x], a, b, false),
        keep(&[x, y], a, b, false),
        fresh(0, 1, None),
        fresh(1, 1, None),
        fresh(0, 2, None),
        fresh(0, 1, Some(OnStale::Hold)),
        fresh(0, 1, Some(OnStale::SafeValue)),
        fresh(0, 1, Some(OnStale::Stop)),
        latency(a, b, 1),
        latency(a, b, 2),
        latency(b, a, 1),
    ]
}

fn fields() -> Vec<Field> {
    use FieldKind::*;
    let kinds = [Bytes(1), Text(1), Text(2), Blob(1), Bool];
    let numbers = [1, 2, 4, 8].map(|width| [Unsigned(width), Signed(width), Float(width)]);
    let kinds = kinds.into_iter().chain(numbers.into_iter().flatten());
    let ranges = [
        Range::Integer(0, 1),
        Range::Integer(-1, 1),
        Range::Integer(i128::MIN, i128::MAX),
        Range::Float(0.0, 1.0),
        Range::Float(-0.0, 1.0),
        Range::Float(0.1, 1e300),
    ];
    let mut fields: Vec<Field> = kinds.map(|kind| field("f", kind)).collect();
    fields.extend(ranges.map(|range| Field {
        range: Some(range),
        ..field("f", Bool)
    }));
    fields.extend(TEXTS.into_iter().skip(1).map(|unit| Field {
        unit: unit.map(str::to_owned),
        ..field("f", Bool)
    }));
    fields
}

fn small() -> Model {
    let subject = Subject {
        trust: Some(Trust {
            passes: vec![Pass {
                from: PortId(0),
                to: PortId(1),
                data: None,
                lowers_secrecy: false,
                raises_integrity: false,
                verified_by: None,
                origin: AT,
            }],
            because: None,
        }),
        period_us: 1,
        ..Subject::default()
    };
    let named = |name: &str| (name.to_owned(), AT);
    let (class, domain, zone) = (named("red"), named("field"), named("cell"));
    Model {
        name: "small".to_owned(),
        secrecy: order(["low", "high"]),
        integrity: order(["bad", "good"]),
        classes: vec![DataClass {
            name: class.0,
            secrecy: None,
            origin: AT,
        }],
        domains: vec![Domain {
            name: domain.0,
            secrecy: None,
            integrity: None,
            origin: AT,
        }],
        zones: vec![
            Zone {
                name: zone.0,
                target_level: 1,
                parent: None,
                origin: AT,
            },
            Zone {
                name: "site".to_owned(),
                target_level: 1,
                parent: None,
                origin: AT,
            },
        ],
        messages: vec![MessageType {
            name: "T".to_owned(),
            fields: vec![field("f", FieldKind::Bool), field("g", FieldKind::Bool)],
            origin: AT,
        }],
        nodes: vec![
            node("a", NodeKind::Subject(Box::new(subject))),
            node("b", NodeKind::Subject(Box::default())),
            node("e", NodeKind::External),
        ],
        ports: vec![
            port(0, "x", Direction::In),
            port(0, "x", Direction::Out),
            port(1, "y", Direction::In),
        ],
        channels: vec![Channel {
            from: PortId(1),
            to: PortId(2),
            kind: ChannelKind::Sampling,
            origin: AT,
        }],
        grants: vec![grant(0, GrantDirection::Both, resources().remove(0))],
        assumptions: vec![Assumption {
            name: "quiet".to_owned(),
            text: "t".to_owned(),
            effect: Effect::Stated,
            origin: AT,
        }],
        non_goals: vec![NonGoal {
            name: "n".to_owned(),
            text: "t".to_owned(),
            origin: AT,
        }],
        requirements: vec![Requirement {
            name: "r".to_owned(),
            characteristics: Vec::new(),
            source: None,
            owner: None,
            claims: vec![(claims().remove(0), AT)],
            origin: AT,
        }],
        platforms: vec![Platform {
            name: "box".to_owned(),
            cores: 1,
            memory_bytes: 1,
            enforce_memory: Strength::Best,
            enforce_processor: Strength::Best,
            qualified: Vec::new(),
            devices: Vec::new(),
            origin: AT,
        }],
        deployments: vec![Deployment {
            platform: 0,
            subjects: Vec::new(),
            origin: AT,
        }],
    }
}

/// Something that can be chosen in a model, with as many choices as it says; choice 0 is that of
/// [`small`].
type Choice = (&'static str, usize, Box<dyn Fn(&mut Model, usize)>);

fn subject(model: &mut Model) -> &mut Subject {
    match &mut model.nodes[0].kind {
        NodeKind::Subject(subject) => subject,
        _ => panic!("the first node is a subject"),
    }
}

fn trust(model: &mut Model) -> &mut Trust {
    subject(model).trust.as_mut().unwrap()
}

/// Every field of a model, one by one. References are chosen among what there is.
fn choices() -> Vec<Choice> {
    let mut all: Vec<Choice> = Vec::new();
    macro_rules! choice {
        ($name:literal, $values:expr, |$model:ident, $value:ident| $set:expr) => {{
            let values: Vec<_> = $values.into_iter().collect();
            all.push((
                $name,
                values.len(),
                Box::new(move |$model: &mut Model, index: usize| {
                    let $value = values[index].clone();
                    $set;
                }),
            ));
        }};
    }
    macro_rules! text {
        ($name:literal, |$model:ident| $slot:expr) => {
            choice!($name, TEXTS, |$model, value| $slot =
                value.map(str::to_owned))
        };
    }
    macro_rules! label {
        ($name:literal, |$model:ident| $slot:expr) => {
            choice!(
                $name,
                [None, Some(LabelId(0)), Some(LabelId(1))],
                |$model, value| $slot = value
            )
        };
    }
    let numbers = || [None, Some(0_u64), Some(1), Some(11)];
    let lists = || {
        let lists: [&[&str]; 6] = [&[], &["A DAL"], &["A", "DAL"], &["A"], &["-"], &[""]];
        lists.map(|list| list.iter().map(|word| word.to_string()).collect::<Vec<_>>())
    };
    let sure = || TEXTS.into_iter().skip(1).flatten().map(str::to_owned);
    choice!(
        "name",
        ["small".to_owned()].into_iter().chain(sure()),
        |m, v| m.name = v
    );
    choice!(
        "secrecy",
        [["low", "high"], ["high", "low"], ["low high", "-"]],
        |m, v| m.secrecy = order(v)
    );
    choice!("integrity", [["bad", "good"], ["good", "bad"]], |m, v| m
        .integrity =
        order(v));
    choice!(
        "class name",
        ["red".to_owned()].into_iter().chain(sure()),
        |m, v| m.classes[0].name = v
    );
    label!("class secrecy", |m| m.classes[0].secrecy);
    choice!("domain name", ["field", "x y"], |m, v| m.domains[0].name =
        v.to_owned());
    label!("domain secrecy", |m| m.domains[0].secrecy);
    label!("domain integrity", |m| m.domains[0].integrity);
    choice!("zone name", ["cell", "x y"], |m, v| m.zones[0].name =
        v.to_owned());
    choice!("zone level", [1, 0, 2, 3, 4], |m, v| m.zones[0]
        .target_level = v);
    choice!("zone parent", [None, Some(ZoneId(1))], |m, v| m.zones[0]
        .parent =
        v);
    choice!("type name", ["T", "U"], |m, v| m.messages[0].name =
        v.to_owned());
    choice!("field name", ["f", "f2"], |m, v| m.messages[0].fields[0]
        .name = v.to_owned());
    choice!(
        "field",
        [field("f", FieldKind::Bool)].into_iter().chain(
            fields()
                .into_iter()
                .filter(|own| own.kind != FieldKind::Bool)
        ),
        |m, v| m.messages[0].fields[0].kind = v.kind
    );
    text!("unit", |m| m.messages[0].fields[0].unit);
    choice!(
        "range",
        [None]
            .into_iter()
            .chain(fields().into_iter().filter_map(|own| own.range.map(Some))),
        |m, v| m.messages[0].fields[0].range = v
    );
    choice!("order of fields", [false, true], |m, v| if v {
        m.messages[0].fields.reverse();
    });
    choice!("node name", ["e", "e2"], |m, v| m.nodes[2].name =
        v.to_owned());
    choice!(
        "node kind",
        [NodeKind::External, NodeKind::Object],
        |m, v| m.nodes[2].kind = v
    );
    choice!("node domain", [None, Some(DomainId(0))], |m, v| m.nodes
        [2]
    .domain = v);
    choice!(
        "node zones",
        [
            vec![],
            vec![ZoneId(0)],
            vec![ZoneId(1)],
            vec![ZoneId(0), ZoneId(1)]
        ],
        |m, v| m.nodes[2].zones = v
    );
    choice!(
        "node secrecy",
        [Some(LabelId(0)), None, Some(LabelId(1))],
        |m, v| m.nodes[2].secrecy = v
    );
    label!("node integrity", |m| m.nodes[2].integrity);
    choice!("holds", [vec![], vec![ClassId(0)]], |m, v| m.nodes[2]
        .holds = v);
    text!("program", |m| subject(m).program);
    choice!("supplier", [None, Some(NodeId(2))], |m, v| subject(m)
        .program_from =
        v);
    text!("criticality", |m| subject(m).criticality);
    choice!("memory", numbers(), |m, v| subject(m).memory_bytes = v);
    choice!(
        "budget",
        [None, Some((1, 2)), Some((2, 2)), Some((1, 3))],
        |m, v| {
            subject(m).budget = v.map(|(budget_us, period_us)| Budget {
                budget_us,
                period_us,
            })
        }
    );
    choice!(
        "on failure",
        [OnFailure::default()].into_iter().chain(failures()),
        |m, v| subject(m).on_failure = v
    );
    choice!("heartbeat", numbers(), |m, v| subject(m).heartbeat_ms = v);
    choice!("period", [1, 2, 12], |m, v| subject(m).period_us = v);
    choice!(
        "settings",
        [
            vec![],
            vec![("a", "b c")],
            vec![("a b", "c")],
            vec![("a", ""), ("b", "-")]
        ],
        |m, v| {
            let own = v
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.to_owned()));
            subject(m).settings = own.collect();
        }
    );
    text!("because", |m| trust(m).because);
    choice!("pass data", [None, Some(ClassId(0))], |m, v| trust(m)
        .passes[0]
        .data = v);
    choice!("lowers", [false, true], |m, v| trust(m).passes[0]
        .lowers_secrecy = v);
    choice!("raises", [false, true], |m, v| trust(m).passes[0]
        .raises_integrity = v);
    text!("verified by", |m| trust(m).passes[0].verified_by);
    choice!(
        "trust of another",
        [None, Some(Trust::default())],
        |m, v| {
            if let NodeKind::Subject(subject) = &mut m.nodes[1].kind {
                subject.trust = v;
            }
        }
    );
    choice!("port name", ["y", "y2"], |m, v| m.ports[2].name =
        v.to_owned());
    choice!("port node", [NodeId(1), NodeId(0)], |m, v| m.ports[2]
        .node = v);
    choice!("port type", [None, Some(TypeId(0))], |m, v| m.ports[2]
        .message =
        v);
    label!("port secrecy", |m| m.ports[2].secrecy);
    label!("port integrity", |m| m.ports[2].integrity);
    choice!("max age", numbers(), |m, v| m.ports[2].max_age_us = v);
    let stale = [
        None,
        Some(OnStale::Hold),
        Some(OnStale::SafeValue),
        Some(OnStale::Stop),
    ];
    choice!("on stale", stale, |m, v| m.ports[2].on_stale = v);
    let roles = [PortRole::Data, PortRole::Limits, PortRole::Configuration];
    choice!("role", roles, |m, v| m.ports[2].role = v);
    choice!("emits", [vec![], vec![ClassId(0)]], |m, v| m.ports[1]
        .emits = v);
    choice!("channel kind", kinds(), |m, v| m.channels[0].kind = v);
    choice!("channel end", [PortId(2), PortId(0)], |m, v| m.channels
        [0]
    .to = v);
    choice!("channels", [1, 0], |m, v| m.channels.truncate(v));
    choice!("grant name", ["g0", "g"], |m, v| m.grants[0].name =
        v.to_owned());
    choice!("grant subject", [NodeId(0), NodeId(1)], |m, v| m.grants
        [0]
    .subject = v);
    choice!("grant peer", [NodeId(2), NodeId(1)], |m, v| m.grants[0]
        .peer = v);
    let ways = [
        GrantDirection::Both,
        GrantDirection::In,
        GrantDirection::Out,
    ];
    choice!("grant direction", ways, |m, v| m.grants[0].direction = v);
    choice!("grant in-port", [Some(PortId(0)), None], |m, v| m.grants
        [0]
    .in_port =
        v);
    choice!("grant out-port", [Some(PortId(1)), None], |m, v| m.grants
        [0]
    .out_port =
        v);
    choice!("resource", resources(), |m, v| m.grants[0].resource = v);
    choice!("assumption name", ["quiet", "q t"], |m, v| m.assumptions
        [0]
    .name =
        v.to_owned());
    choice!(
        "assumption text",
        ["t".to_owned()].into_iter().chain(sure()),
        |m, v| { m.assumptions[0].text = v }
    );
    let effects = [
        Effect::Stated,
        Effect::DoesNotRelay(vec![]),
        Effect::DoesNotRelay(vec![NodeId(2)]),
        Effect::DoesNotRelay(vec![NodeId(1), NodeId(2)]),
    ];
    choice!("effect", effects, |m, v| m.assumptions[0].effect = v);
    choice!("non-goal name", ["n", "n t"], |m, v| m.non_goals[0].name =
        v.to_owned());
    choice!("non-goal text", ["t", "-"], |m, v| m.non_goals[0].text =
        v.to_owned());
    choice!("requirement name", ["r", "r 0"], |m, v| m.requirements[0]
        .name =
        v.to_owned());
    let characteristics = [
        vec![],
        vec![Characteristic::Safety],
        vec![Characteristic::Security],
        vec![Characteristic::Reliability],
        vec![Characteristic::Resilience],
        vec![Characteristic::Privacy],
        vec![Characteristic::Safety, Characteristic::Security],
    ];
    choice!("characteristics", characteristics, |m, v| m.requirements
        [0]
    .characteristics =
        v);
    text!("source", |m| m.requirements[0].source);
    text!("owner", |m| m.requirements[0].owner);
    choice!("claim", claims(), |m, v| m.requirements[0].claims[0].0 = v);
    choice!("claims", [1, 0, 2], |m, v| {
        let first = m.requirements[0].claims[0].clone();
        m.requirements[0].claims = vec![first; v];
    });
    choice!("platform name", ["box", "b x"], |m, v| m.platforms[0]
        .name =
        v.to_owned());
    choice!("cores", [1, 11], |m, v| m.platforms[0].cores = v);
    choice!("platform memory", [1, 11], |m, v| m.platforms[0]
        .memory_bytes = v);
    let strengths = [Strength::Best, Strength::Hard];
    choice!("enforce memory", strengths, |m, v| m.platforms[0]
        .enforce_memory = v);
    choice!("enforce processor", strengths, |m, v| m.platforms[0]
        .enforce_processor =
        v);
    choice!("qualified", lists(), |m, v| m.platforms[0].qualified = v);
    choice!(
        "devices",
        [
            vec![],
            vec![("a", true)],
            vec![("a", false)],
            vec![("a true", false)]
        ],
        |m, v| {
            let own = v.into_iter().map(|(name, dma)| (name.to_owned(), dma));
            m.platforms[0].devices = own.collect();
        }
    );
    choice!(
        "deployed",
        [vec![], vec![NodeId(0)], vec![NodeId(0), NodeId(1)]],
        |m, v| { m.deployments[0].subjects = v }
    );
    choice!("deployments", [1, 0], |m, v| m.deployments.truncate(v));
    all
}

#[test]
fn a_change_of_anything_changes_the_digest() {
    let mut seen = BTreeMap::from([(small().digest(), "nothing 0".to_owned())]);
    for (name, count, set) in choices() {
        for index in 0..count {
            let mut model = small();
            set(&mut model, index);
            let what = format!("{name} {index}");
            match seen.insert(model.digest(), what.clone()) {
                Some(other) if index > 0 => panic!("{what} is written like {other}"),
                Some(_) => {}
                // `small` has a default on-failure and a name of its own; all else is choice 0.
                None => assert!(index > 0, "{what} is not what `small` says"),
            }
        }
    }
    assert!(seen.len() > 280, "{}", seen.len());
}

#[test]
fn different_choices_have_different_digests() {
    // A generator of numbers (SplitMix64, Steele et al. 2014).
    let mut state = 1_u64;
    let mut below = |limit: usize| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit as u64) as usize
    };
    let choices = choices();
    let mut seen: BTreeMap<record::Digest, Vec<usize>> = BTreeMap::new();
    for _ in 0..5_000 {
        // Mostly near to each other: few things differ from `small`. What others overwrite or take
        // away is left as it is.
        let mut chosen = vec![0; choices.len()];
        for _ in 0..1 + below(4) {
            let at = below(choices.len());
            let kept = [
                "channels",
                "claims",
                "deployments",
                "channel kind",
                "channel end",
            ];
            if !kept.contains(&choices[at].0) {
                chosen[at] = below(choices[at].1);
            }
        }
        let mut model = small();
        for ((_, _, set), index) in choices.iter().zip(&chosen) {
            set(&mut model, *index);
        }
        let digest = model.digest();
        let before = seen.entry(digest).or_insert_with(|| chosen.clone());
        let named = |chosen: &[usize]| -> Vec<(&str, usize)> {
            let names = choices.iter().map(|(name, ..)| *name);
            names
                .zip(chosen.iter().copied())
                .filter(|(_, index)| *index > 0)
                .collect()
        };
        assert_eq!(named(before), named(&chosen));
    }
    assert!(seen.len() > 2_000, "{}", seen.len());
}

#[test]
fn a_schema_tells_all_fields_apart() {
    let schema = |fields: Vec<Field>| {
        let name = "T".to_owned();
        MessageType {
            name,
            fields,
            origin: AT,
        }
        .schema()
    };
    let mut seen = BTreeMap::new();
    for (index, one) in fields().into_iter().enumerate() {
        let two = vec![field("a", FieldKind::Bool), one.clone()];
        let turned = vec![one.clone(), field("a", FieldKind::Bool)];
        for fields in [vec![one], two, turned] {
            let other = seen.insert(schema(fields), index);
            assert_eq!(other, None, "{index}");
        }
    }
    assert_eq!(seen.len(), 3 * fields().len());
}

/// A model with every variant of everything.
fn everything() -> Model {
    let mut model = small();
    model.classes[0].secrecy = Some(LabelId(1));
    model.domains[0].secrecy = Some(LabelId(0));
    model.domains[0].integrity = Some(LabelId(1));
    model.zones[0].parent = Some(ZoneId(1));
    model.messages[0].fields = fields();
    model.nodes.push(node("o", NodeKind::Object));
    model.nodes[2].domain = Some(DomainId(0));
    model.nodes[2].zones = vec![ZoneId(0), ZoneId(1)];
    model.nodes[2].integrity = Some(LabelId(0));
    model.nodes[2].holds = vec![ClassId(0)];
    *subject(&mut model) = Subject {
        program: Some("run".to_owned()),
        program_from: Some(NodeId(2)),
        memory_bytes: Some(1),
        budget: Some(Budget {
            budget_us: 1,
            period_us: 2,
        }),
        heartbeat_ms: Some(3),
        settings: vec![("key".to_owned(), "a\tb\nc\\".to_owned())],
        criticality: Some("SIL2".to_owned()),
        ..subject(&mut model).clone()
    };
    trust(&mut model).because = Some("-".to_owned());
    let plain = trust(&mut model).passes[0].clone();
    trust(&mut model).passes.push(Pass {
        data: Some(ClassId(0)),
        lowers_secrecy: true,
        raises_integrity: true,
        verified_by: Some("test".to_owned()),
        ..plain
    });
    for (index, on_failure) in failures().into_iter().enumerate() {
        let own = Subject {
            on_failure,
            ..Subject::default()
        };
        let kind = NodeKind::Subject(Box::new(own));
        model.nodes.push(node(&format!("f{index}"), kind));
    }
    let roles = [PortRole::Data, PortRole::Limits, PortRole::Configuration];
    let reactions = [OnStale::Hold, OnStale::SafeValue, OnStale::Stop];
    for (index, (role, reaction)) in roles.into_iter().zip(reactions).enumerate() {
        model.ports.push(Port {
            message: Some(TypeId(0)),
            secrecy: Some(LabelId(0)),
            integrity: Some(LabelId(1)),
            max_age_us: Some(5),
            on_stale: Some(reaction),
            role,
            ..port(1, &format!("p{index}"), Direction::In)
        });
    }
    model.ports[1].emits = vec![ClassId(0)];
    let channel = model.channels[0].clone();
    model.channels = kinds()
        .map(|kind| Channel {
            kind,
            ..channel.clone()
        })
        .to_vec();
    let ways = [
        GrantDirection::Both,
        GrantDirection::In,
        GrantDirection::Out,
    ];
    let grants = resources().into_iter().enumerate();
    model.grants = grants
        .map(|(index, resource)| grant(index, ways[index % 3], resource))
        .collect();
    let relay = model.assumptions[0].clone();
    model.assumptions.push(Assumption {
        name: "relay".to_owned(),
        effect: Effect::DoesNotRelay(vec![NodeId(2), NodeId(1)]),
        ..relay
    });
    let requirement = &mut model.requirements[0];
    requirement.characteristics = Characteristic::ALL.to_vec();
    requirement.source = Some("law".to_owned());
    requirement.owner = Some("us".to_owned());
    requirement.claims = claims().into_iter().map(|claim| (claim, AT)).collect();
    let platform = &mut model.platforms[0];
    platform.enforce_memory = Strength::Hard;
    platform.qualified = vec!["A DAL".to_owned(), "B".to_owned()];
    platform.devices = vec![("eth0".to_owned(), true), ("tty".to_owned(), false)];
    model.deployments[0].subjects = vec![NodeId(0), NodeId(1)];
    model
}

#[test]
fn the_form_and_the_digest_of_everything_are_pinned() {
    let file = format!("{}/tests/canonical.expect", env!("CARGO_MANIFEST_DIR"));
    let facts = String::from_utf8(everything().facts().bytes()).unwrap();
    // Tabs are shown, since some editors change them.
    let found = format!("{}\n{}", everything().digest(), facts.replace('\t', " | "));
    if std::env::var_os("BULKHEAD_WRITE_EXPECTED").is_some() {
        std::fs::write(&file, &found).unwrap();
    }
    let pinned = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == pinned,
        "the canonical form is another than that of {file}:\n{found}"
    );
}
