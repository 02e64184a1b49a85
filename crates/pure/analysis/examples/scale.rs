//! Times all verdicts and the survey of a large random plant: 10 000 nodes in 20 cells of one
//! direction, 100 000 channels, 200 guards, labels, data classes, 24 requirements.
//!
//! `cargo run --release --example scale -p analysis [NODES [CHANNELS]]`
#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "what is measured is printed"
)]
#![expect(clippy::indexing_slicing, reason = "the model is made here")]

use model::verdict::{Certificate, Outcome};
use model::{
    Channel, ChannelId, ChannelKind, Claim, ClassId, DataClass, Direction, EndPoint, LabelId,
    Model, Node, NodeId, NodeKind, Order, Origin, Pass, Port, PortId, PortRole, Requirement,
    Subject, Through, Trust,
};
use std::time::Instant;

const CELLS: usize = 20;
const GUARDS_PER_CELL: usize = 10;

/// SplitMix64 (Steele et al. 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).unwrap_or(0)
    }
}

/// Node `index` of a cell; the first ones are guards.
fn node(cells: usize, cell: usize, index: usize) -> NodeId {
    NodeId::of(index * cells + cell)
}

fn port(model: &mut Model, node: NodeId, direction: Direction, channel: usize) -> PortId {
    let own = &model.nodes[node.index()];
    let (secrecy, integrity) = (own.secrecy, own.integrity);
    model.ports.push(Port {
        node,
        name: format!("p{channel}"),
        direction,
        message: None,
        secrecy,
        integrity,
        max_age_us: None,
        on_stale: None,
        role: PortRole::Data,
        emits: Vec::new(),
        grant: None,
        channel: Some(ChannelId::of(channel)),
        origin: Origin(0),
    });
    PortId::of(model.ports.len() - 1)
}

fn channel(model: &mut Model, from: NodeId, to: NodeId) -> PortId {
    let index = model.channels.len();
    let from = port(model, from, Direction::Out, index);
    let to = port(model, to, Direction::In, index);
    let kind = ChannelKind::Sampling;
    model.channels.push(Channel {
        from,
        to,
        kind,
        origin: Origin(0),
    });
    to
}

fn plant(nodes: usize, channels: usize) -> Model {
    let mut random = Random(1);
    let mut model = Model {
        name: "scale".to_owned(),
        ..Model::default()
    };
    let names = |prefix: &str| {
        (0..CELLS)
            .map(|cell| format!("{prefix}{cell:02}"))
            .collect()
    };
    let chain: Vec<(LabelId, LabelId)> = (1..CELLS)
        .map(|cell| (LabelId::of(cell - 1), LabelId::of(cell)))
        .collect();
    model.secrecy = Order::new(names("s"), &chain).unwrap_or_default();
    let size = nodes / CELLS;
    for index in 0..size * CELLS {
        let (cell, trusted) = (index % CELLS, index / CELLS < GUARDS_PER_CELL);
        let trust = trusted.then(Trust::default);
        model.nodes.push(Node {
            name: format!("{}{index}", if trusted { "guard" } else { "node" }),
            kind: NodeKind::Subject(Box::new(Subject {
                trust,
                ..Subject::default()
            })),
            domain: None,
            zones: Vec::new(),
            secrecy: Some(LabelId::of(cell)),
            integrity: None,
            holds: if index / CELLS == GUARDS_PER_CELL {
                vec![ClassId::of(cell)]
            } else {
                vec![]
            },
            origin: Origin(0),
        });
    }
    for cell in 0..CELLS {
        let secrecy = Some(LabelId::of(cell));
        model.classes.push(DataClass {
            name: format!("c{cell:02}"),
            secrecy,
            origin: Origin(0),
        });
    }
    // Most channels stay in their cell or lead to the next; some lead back, through a guard.
    while model.channels.len() + 1 < channels {
        let cell = random.below(CELLS);
        let plain = |random: &mut Random| GUARDS_PER_CELL + random.below(size - GUARDS_PER_CELL);
        let (a, b) = (plain(&mut random), plain(&mut random));
        match random.below(20) {
            0 if cell > 0 => {
                let guard = node(CELLS, cell - 1, random.below(GUARDS_PER_CELL));
                let from = channel(&mut model, node(CELLS, cell, a), guard);
                channel(&mut model, guard, node(CELLS, cell - 1, b));
                let to = PortId::of(model.ports.len() - 2);
                if let NodeKind::Subject(subject) = &mut model.nodes[guard.index()].kind
                    && let Some(trust) = &mut subject.trust
                {
                    trust.passes.push(Pass {
                        from,
                        to,
                        data: Some(ClassId::of(cell - 1)),
                        lowers_secrecy: true,
                        raises_integrity: false,
                        verified_by: None,
                        origin: Origin(0),
                    });
                }
                model.ports[from.index()].secrecy = Some(LabelId::of(cell));
            }
            1..5 if cell + 1 < CELLS => {
                channel(&mut model, node(CELLS, cell, a), node(CELLS, cell + 1, b));
            }
            _ => {
                channel(&mut model, node(CELLS, cell, a), node(CELLS, cell, b));
            }
        }
    }
    for cell in 1..CELLS {
        let members = |cell: usize| -> Vec<EndPoint> {
            let plain = (GUARDS_PER_CELL..size).map(|index| node(CELLS, cell, index));
            plain.map(EndPoint::Node).collect()
        };
        let guards = (0..GUARDS_PER_CELL)
            .map(|index| node(CELLS, cell - 1, index))
            .collect();
        let through = Through::AnyOf(guards);
        let (from, to) = (members(cell), members(cell - 1));
        add(
            &mut model,
            Claim::Never {
                from,
                to,
                data: None,
                through,
            },
        );
    }
    for cell in 2..7 {
        let guard = |cell: usize| node(CELLS, cell, 0);
        add(
            &mut model,
            Claim::Never {
                from: vec![EndPoint::Node(node(CELLS, cell, GUARDS_PER_CELL))],
                to: vec![EndPoint::Node(node(CELLS, cell - 2, GUARDS_PER_CELL))],
                data: None,
                through: Through::InOrder(vec![guard(cell - 1), guard(cell - 2)]),
            },
        );
    }
    model
}

fn add(model: &mut Model, claim: Claim) {
    model.requirements.push(Requirement {
        name: format!("r{:03}", model.requirements.len()),
        characteristics: Vec::new(),
        source: None,
        owner: None,
        claims: vec![(claim, Origin(0))],
        origin: Origin(0),
    });
}

/// Milliseconds this thread has been on a processor, if the system says.
fn on_processor_ms() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let ns = text
        .split_whitespace()
        .next()
        .and_then(|text| text.parse::<u64>().ok());
    ns.unwrap_or(0) / 1_000_000
}

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse::<usize>().ok());
    let nodes = numbers
        .next()
        .unwrap_or(10_000)
        .max(CELLS * (GUARDS_PER_CELL + 2));
    let channels = numbers.next().unwrap_or(100_000);
    let model = plant(nodes, channels);
    println!(
        "{} nodes, {} channels",
        model.nodes.len(),
        model.channels.len()
    );
    for _ in 0..3 {
        let ms = on_processor_ms();
        let digest = model.digest();
        println!("digest {} ms: {digest}", on_processor_ms() - ms);
        let (start, ms) = (Instant::now(), on_processor_ms());
        let verdicts = analysis::judge(&model, "scale");
        let (judged, judged_ms) = (start.elapsed(), on_processor_ms() - ms);
        let mut counts = [0; 3];
        let (mut entries, mut falls) = (0, 0);
        for verdict in &verdicts.verdicts {
            falls += verdict.violated_if.len();
            match &verdict.outcome {
                Outcome::Holds { certificate } => {
                    counts[0] += 1;
                    if let Certificate::Closed { parts } = certificate {
                        entries += parts.iter().map(|part| part.points.len()).sum::<usize>();
                    }
                }
                Outcome::Violated { .. } => counts[1] += 1,
                Outcome::Unknown { .. } => counts[2] += 1,
            }
        }
        let [holds, violated, unknown] = counts;
        println!(
            "judge {judged_ms} ms ({judged:?} on the clock): {holds} hold, {violated} violated, {unknown} unknown; \
             {falls} falls, {entries} points in certificates"
        );
        let (start, ms) = (Instant::now(), on_processor_ms());
        let survey = analysis::survey_with(&model, &verdicts);
        println!(
            "survey {} ms ({:?} on the clock): complete {}",
            on_processor_ms() - ms,
            start.elapsed(),
            survey.complete
        );
    }
}
