//! Every field of a plan, changed one at a time, is found.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use model::*;
use plan::{ImagePlan, Plan};
use planner::linux::Program;
use recheck::lint;
use record::Digest;
use serde_json::Value;
use std::net::SocketAddr;

fn subject(name: &str, subject: Subject) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeKind::Subject(Box::new(subject)),
        domain: None,
        zones: Vec::new(),
        secrecy: None,
        integrity: None,
        holds: Vec::new(),
        origin: Origin::default(),
    }
}

fn port(model: &mut Model, node: u32, name: &str, direction: Direction) -> PortId {
    let reader = direction == Direction::In;
    model.ports.push(Port {
        node: NodeId(node),
        name: name.to_owned(),
        direction,
        message: (name == "level").then_some(TypeId(0)),
        secrecy: None,
        integrity: None,
        max_age_us: (reader && name == "level").then_some(200_000),
        on_stale: (reader && name == "level").then_some(OnStale::SafeValue),
        role: PortRole::Data,
        emits: Vec::new(),
        grant: None,
        channel: None,
        origin: Origin::default(),
    });
    PortId::of(model.ports.len() - 1)
}

fn channel(model: &mut Model, from: (u32, &str), to: (u32, &str), kind: ChannelKind) {
    let from = port(model, from.0, from.1, Direction::Out);
    let to = port(model, to.0, to.1, Direction::In);
    let (id, origin) = (ChannelId::of(model.channels.len()), Origin::default());
    model.channels.push(Channel { from, to, kind, origin });
    for port in [from, to] {
        model.ports[port.index()].channel = Some(id);
    }
}

fn grant(
    model: &mut Model,
    subject: u32,
    name: &str,
    direction: GrantDirection,
    resource: Resource,
) {
    let in_port =
        (direction != GrantDirection::Out).then(|| port(model, subject, name, Direction::In));
    let out_port =
        (direction != GrantDirection::In).then(|| port(model, subject, name, Direction::Out));
    model.grants.push(Grant {
        name: name.to_owned(),
        subject: NodeId(subject),
        peer: NodeId(3),
        direction,
        in_port,
        out_port,
        resource,
        origin: Origin::default(),
    });
}

/// One of everything a plan can say.
fn rich_model() -> Model {
    let mut model = Model { name: "line".to_owned(), ..Model::default() };
    let field = |name: &str, kind| Field { name: name.to_owned(), kind, unit: None, range: None };
    model.messages.push(MessageType {
        name: "Level".to_owned(),
        fields: vec![field("level", FieldKind::Unsigned(2)), field("at", FieldKind::Unsigned(8))],
        origin: Origin::default(),
    });
    let budget = Some(Budget { budget_us: 2_000, period_us: 10_000 });
    model.nodes = vec![
        subject(
            "filler",
            Subject {
                program: Some("programs/filler".to_owned()),
                memory_bytes: Some(16 << 20),
                budget,
                heartbeat_ms: Some(250),
                period_us: 10_000,
                settings: vec![
                    ("rate".to_owned(), "5".to_owned()),
                    ("unit".to_owned(), "ml".to_owned()),
                ],
                on_failure: OnFailure::Restart {
                    delay_ms: 50,
                    count_max: 3,
                    window_ms: 1_000,
                    then_halt: true,
                },
                ..Subject::default()
            },
        ),
        subject(
            "historian",
            Subject {
                program: Some("historian".to_owned()),
                period_us: 20_000,
                on_failure: OnFailure::Stop,
                ..Subject::default()
            },
        ),
        subject(
            "gate",
            Subject {
                program: Some("gate".to_owned()),
                period_us: 5_000,
                on_failure: OnFailure::Halt,
                ..Subject::default()
            },
        ),
        Node { kind: NodeKind::External, ..subject("plc", Subject::default()) },
    ];
    channel(&mut model, (0, "level"), (1, "level"), ChannelKind::Sampling);
    channel(&mut model, (0, "log"), (1, "log"), ChannelKind::DropOldest { depth: 8 });
    channel(&mut model, (1, "order"), (2, "order"), ChannelKind::Credit { depth: 4 });
    channel(&mut model, (2, "alarm"), (0, "alarm"), ChannelKind::Event);
    let address = "192.0.2.10:502".parse().unwrap();
    let path = |text: &str| text.to_owned();
    let append = Resource::FileAppend { path: path("store.log"), quota_bytes: 1 << 20 };
    grant(&mut model, 2, "modbus", GrantDirection::Both, Resource::TcpConnect(address));
    grant(&mut model, 2, "panel", GrantDirection::Both, Resource::TcpListen(address));
    grant(&mut model, 2, "samples", GrantDirection::In, Resource::UdpReceive(address));
    grant(&mut model, 2, "trends", GrantDirection::Out, Resource::UdpSend(address));
    grant(&mut model, 1, "recipe", GrantDirection::In, Resource::FileRead { path: path("r.kdl") });
    grant(&mut model, 1, "store", GrantDirection::Both, append);
    let device = Resource::Device { path: path("/dev/ttyS0") };
    grant(&mut model, 0, "serial", GrantDirection::Both, device);
    model.platforms.push(Platform {
        name: "edge-box".to_owned(),
        cores: 2,
        memory_bytes: 1 << 30,
        enforce_memory: Strength::Hard,
        enforce_processor: Strength::Best,
        qualified: Vec::new(),
        devices: Vec::new(),
        origin: Origin::default(),
    });
    model.deployments.push(Deployment {
        platform: 0,
        subjects: vec![NodeId(0), NodeId(1), NodeId(2)],
        origin: Origin::default(),
    });
    model
}

fn plan_of(model: &Model) -> Plan {
    let program = |name: &str| Program {
        path: format!("/opt/programs/{name}"),
        image: ImagePlan { size_bytes: 4096, sha256: Digest::of(name.as_bytes()) },
    };
    let names = ["filler", "gate", "historian"];
    let programs = names.iter().map(|name| ((*name).to_owned(), program(name))).collect();
    planner::linux::plan(model, &programs).unwrap()
}

/// Whether bytes are refused as a plan, or found to be another than the model's.
fn is_found(model: &Model, bytes: &[u8]) -> bool {
    Plan::parse(bytes).map_or(true, |plan| !lint(model, &plan).is_empty())
}

fn spelled(value: &Value) -> Vec<u8> {
    // Through the type where possible, so that a mutation is not refused for its spelling alone.
    match serde_json::from_value::<Plan>(value.clone()) {
        Ok(plan) => plan.bytes(),
        Err(_) => serde_json::to_vec_pretty(value).unwrap(),
    }
}

/// All places in a value: leaves and elements of lists, as JSON pointers.
fn places(value: &Value, at: &str, leaves: &mut Vec<String>, elements: &mut Vec<(String, usize)>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                places(value, &format!("{at}/{key}"), leaves, elements);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                elements.push((at.to_owned(), index));
                places(value, &format!("{at}/{index}"), leaves, elements);
            }
        }
        _ => leaves.push(at.to_owned()),
    }
}

/// Other values of a leaf's kind that its field may have.
fn others(leaf: &Value) -> Vec<Value> {
    match leaf {
        Value::Bool(value) => vec![Value::Bool(!value)],
        Value::Number(number) => {
            let number = number.as_u64().unwrap();
            let near =
                [number.checked_add(1), number.checked_sub(1), Some(0), number.checked_mul(2)];
            let near = near.into_iter().flatten().filter(|other| *other != number);
            near.map(Value::from).collect()
        }
        Value::String(text) => {
            let words = [
                "best",
                "hard",
                "restart",
                "stop",
                "halt",
                "in",
                "out",
                "both",
                "hold",
                "safe-value",
                "sampling",
                "drop-oldest",
                "credit",
                "event",
                "tcp-connect",
                "tcp-listen",
                "udp-receive",
                "udp-send",
                "file-read",
                "192.0.2.11:502",
                "192.0.2.10:503",
                "filler",
                "gate",
                "plc",
                "level",
                "0000000000000001",
                "/dev/ttyS1",
                "other",
            ];
            let mut others: Vec<String> = words.map(str::to_owned).to_vec();
            others.extend([format!("{text}x"), String::new()]);
            others.push(text.replace(['a', 'e'], "o"));
            if text.len() == 64 {
                others.push(Digest::of(b"another").to_string());
            }
            others.retain(|other| other != text);
            others.into_iter().map(Value::from).collect()
        }
        _ => Vec::new(),
    }
}

/// Fields that neither bear on a flow nor are a limit, and that the model cannot tell.
fn is_beyond_the_model(place: &str, original: &Value, other: &Value) -> bool {
    let file = |value: &Value| value.as_str().unwrap().rsplit('/').next().map(str::to_owned);
    place.ends_with("/image/sha256")
        || place.ends_with("/image/size_bytes")
        || (place.ends_with("/program") && file(original) == file(other))
}

#[test]
fn the_plan_of_the_model_has_no_findings() {
    let model = rich_model();
    let plan = plan_of(&model);
    assert_eq!(lint(&model, &plan), []);
    assert!(!is_found(&model, &plan.bytes()));
}

#[test]
fn every_changed_field_is_found() {
    let model = rich_model();
    let good: Value = serde_json::from_slice(&plan_of(&model).bytes()).unwrap();
    let (mut leaves, mut elements) = (Vec::new(), Vec::new());
    places(&good, "", &mut leaves, &mut elements);
    let (mut found, mut beyond) = (0, 0);
    for place in &leaves {
        let original = good.pointer(place).unwrap();
        for other in others(original) {
            let mut bad = good.clone();
            *bad.pointer_mut(place).unwrap() = other.clone();
            if is_beyond_the_model(place, original, &other) {
                beyond += 1;
            } else {
                assert!(is_found(&model, &spelled(&bad)), "{place} = {other}");
                found += 1;
            }
        }
    }
    assert!(found > 3000 && beyond > 0 && leaves.len() > 150, "{found} {beyond} {}", leaves.len());
}

#[test]
fn every_removed_or_doubled_element_is_found() {
    let model = rich_model();
    let good: Value = serde_json::from_slice(&plan_of(&model).bytes()).unwrap();
    let (mut leaves, mut elements) = (Vec::new(), Vec::new());
    places(&good, "", &mut leaves, &mut elements);
    assert!(elements.len() > 20);
    for (list, index) in elements {
        let edit = |change: &dyn Fn(&mut Vec<Value>)| {
            let mut bad = good.clone();
            change(bad.pointer_mut(&list).unwrap().as_array_mut().unwrap());
            bad
        };
        let removed = edit(&|items| drop(items.remove(index)));
        assert!(is_found(&model, &spelled(&removed)), "{list} without {index}");
        let doubled = edit(&|items| items.insert(index, items[index].clone()));
        assert!(is_found(&model, &spelled(&doubled)), "{list} with {index} twice");
    }
}

#[test]
fn exchanged_programs_and_users_are_found() {
    let model = rich_model();
    let mut plan = plan_of(&model);
    let subjects = &mut plan.linux_mut().subjects;
    let user = subjects[0].user;
    subjects[0].user = subjects[1].user;
    subjects[1].user = user;
    assert!(lint(&model, &plan).iter().any(|finding| finding.code == "wrong-user"));
    let mut plan = plan_of(&model);
    let subjects = &mut plan.linux_mut().subjects;
    let program = subjects[0].program.clone();
    subjects[0].program = subjects[1].program.clone();
    subjects[1].program = program;
    assert!(lint(&model, &plan).iter().any(|finding| finding.code == "wrong-program"));
}

#[test]
fn what_any_platform_enforces_is_judged_without_knowing_one() {
    let model = rich_model();
    let mut plan = plan_of(&model);
    plan.linux_mut().subjects.clear();
    plan.linux_mut().channels[0].data_address += 1;
    assert!(!lint(&model, &plan).is_empty());
    assert_eq!(recheck::lint_core(&model, &plan.core), []);
    plan.core.channels.pop();
    let findings = recheck::lint_core(&model, &plan.core);
    assert!(findings.iter().any(|finding| finding.code == "unplanned-flow"), "{findings:?}");
}

#[test]
fn too_much_memory_or_processor_for_the_platform() {
    let mut model = rich_model();
    let plan = plan_of(&model);
    model.platforms[0].memory_bytes = 1 << 20;
    let codes = |model: &Model| -> Vec<&str> {
        lint(model, &plan).iter().map(|finding| finding.code).collect()
    };
    assert!(codes(&model).contains(&"too-little-memory"));
    model = rich_model();
    model.platforms[0].cores = 0;
    assert!(codes(&model).contains(&"too-little-processor"));
}

#[test]
fn every_difference_is_said_in_the_words_of_the_plan() {
    let model = rich_model();
    let said = |change: &dyn Fn(&mut Plan)| -> Vec<String> {
        let mut plan = plan_of(&model);
        change(&mut plan);
        let say = |finding: recheck::Finding| {
            format!("{} {}: {}", finding.code, finding.place, finding.message)
        };
        lint(&model, &plan).into_iter().map(say).collect()
    };
    let changed = said(&|plan| {
        plan.core.subjects[0].on_failure.delay_ms = 51;
        plan.core.subjects[0].heartbeat_ms = 0;
        let port =
            plan.core.subjects[2].ports.iter_mut().find(|port| port.name == "level").unwrap();
        port.max_age_us += 1;
        plan.core.subjects[0].settings.remove(0);
        let channel = plan.core.channels.iter_mut().find(|own| own.name.contains("log")).unwrap();
        channel.depth = 9;
        plan.core.platform.enforce.memory = plan::Strength::Best;
    });
    assert_eq!(
        changed,
        [
            "wrong-platform edge-box: `enforce.memory` is planned as `best`, the model says `hard`",
            "wrong-limit filler: `heartbeat_ms` is planned as `0`, the model says `250`",
            "wrong-limit filler: `on_failure.delay_ms` is planned as `51`, the model says `50`",
            "wrong-setting filler: `settings[rate]` is in the model, the plan lacks it",
            "wrong-port historian: `ports[level in].max_age_us` is planned as `200001`, the model \
             says `200000`",
            "wrong-channel filler.log -> historian.log: `depth` is planned as `9`, the model says `8`",
        ]
    );
    let reordered = said(&|plan| plan.core.subjects[0].settings.reverse());
    assert_eq!(reordered[1..], ["wrong-order filler: its lists are planned in another order"]);
    let renamed = said(&|plan| plan.core.system = "other".to_owned());
    assert_eq!(renamed, ["wrong-system plan: it is planned for `other`, the model is `line`"]);
}

#[test]
fn the_plan_of_another_model() {
    let model = rich_model();
    let mut other = rich_model();
    other.channels.pop();
    other.ports.pop();
    other.ports.retain(|port| port.name != "alarm");
    let plan = plan_of(&model);
    let codes: Vec<&str> = lint(&other, &plan).iter().map(|finding| finding.code).collect();
    for code in ["wrong-model", "surplus-channel", "undrawn-flow", "wrong-port"] {
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
}

#[test]
fn a_resource_in_an_unusual_form() {
    let unusual = |resource: Resource| {
        let mut model = rich_model();
        let direction = match resource {
            Resource::UdpSend(_) => GrantDirection::Out,
            _ => GrantDirection::Both,
        };
        grant(&mut model, 1, "more", direction, resource);
        let findings = lint(&model, &plan_of(&model));
        let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
        assert!(codes.iter().all(|code| *code == "unusual-form"), "{findings:?}");
        assert!(findings.iter().all(|finding| finding.place == "historian.more"));
        !findings.is_empty()
    };
    for (address, expected) in [
        ("127.0.0.1:1", false),
        ("[::ffff:127.0.0.1]:1", true),
        ("[::]:1", false),
        ("[::1%7]:1", true),
        ("[fe80::1%7]:1", false),
        ("[ff02::1%7]:1", false),
        ("[2001:db8::1%7]:1", true),
    ] {
        let address: SocketAddr = address.parse().unwrap();
        let found = unusual(match address.ip() {
            ip if ip.is_unspecified() => Resource::TcpListen(address),
            ip if ip.is_multicast() => Resource::UdpSend(address),
            _ => Resource::TcpConnect(address),
        });
        assert_eq!(found, expected, "{address}");
    }
    for (path, expected) in
        [("a/b", false), ("/a/.b", false), ("a//b", true), ("./a", true), ("/a/./b", true)]
    {
        let found = unusual(Resource::FileAppend { path: path.to_owned(), quota_bytes: 1 });
        assert_eq!(found, expected, "{path}");
        if path.starts_with('/') {
            assert_eq!(unusual(Resource::Device { path: path.to_owned() }), expected, "{path}");
        }
    }
}
