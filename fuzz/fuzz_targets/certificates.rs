//! Any bytes as verdicts about a small model: no panic, and nothing false is accepted.
//!
//! In the model `a -> guard -> b` the guard passes nothing, so of its claims one holds and one does
//! not; the built-in claim about secrecy does not hold either.
#![no_main]

use recheck::{Ruling, certificates};
use libfuzzer_sys::fuzz_target;
use model::*;
use std::sync::LazyLock;

static MODEL: LazyLock<Model> = LazyLock::new(small_model);

fn small_model() -> Model {
    let origin = Origin::default();
    let names = ["public", "secret"].map(String::from).to_vec();
    let mut model = Model {
        name: "s".to_owned(),
        secrecy: Order::new(names, &[(LabelId(0), LabelId(1))]).unwrap(),
        ..Model::default()
    };
    for (name, secrecy) in [("a", 1), ("guard", 1), ("b", 0)] {
        let trust = (name == "guard").then(Trust::default);
        let subject = Subject { trust, ..Subject::default() };
        model.nodes.push(Node {
            name: name.to_owned(),
            kind: NodeKind::Subject(Box::new(subject)),
            domain: None,
            zones: Vec::new(),
            secrecy: Some(LabelId(secrecy)),
            integrity: None,
            holds: Vec::new(),
            origin,
        });
    }
    for (channel, (from, to)) in [(0, 1), (1, 2)].into_iter().enumerate() {
        for (node, direction) in [(from, Direction::Out), (to, Direction::In)] {
            let secrecy = model.nodes[node].secrecy;
            model.ports.push(Port {
                node: NodeId::of(node),
                name: "p".to_owned(),
                direction,
                message: None,
                secrecy,
                integrity: None,
                max_age_us: None,
                on_stale: None,
                role: PortRole::Data,
                emits: Vec::new(),
                grant: None,
                channel: Some(ChannelId::of(channel)),
                origin,
            });
        }
        let (from, to) = (PortId::of(2 * channel), PortId::of(2 * channel + 1));
        let kind = ChannelKind::Sampling;
        model.channels.push(Channel { from, to, kind, origin });
    }
    let never = |from, to| Claim::Never {
        from: vec![EndPoint::Node(NodeId(from))],
        to: vec![EndPoint::Node(NodeId(to))],
        data: None,
        through: Through::Nothing,
    };
    for (name, claim) in [("holds", never(0, 2)), ("violated", never(0, 1))] {
        model.requirements.push(Requirement {
            name: name.to_owned(),
            characteristics: Vec::new(),
            source: None,
            owner: None,
            claims: vec![(claim, origin)],
            origin,
        });
    }
    model
}

fuzz_target!(|bytes: &[u8]| {
    // The fuzzer need not guess the digest.
    let digest = MODEL.digest().to_string();
    let text = String::from_utf8_lossy(bytes).replace("DIGEST", &digest);
    for claim in certificates(&MODEL, text.as_bytes()).claims {
        match (claim.id.as_str(), claim.result) {
            ("holds", Ruling::Refuted) | ("violated" | "labels.secrecy", Ruling::Proved) => {
                panic!("false and accepted: {}", claim.id)
            }
            _ => {}
        }
    }
});
