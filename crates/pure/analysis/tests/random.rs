//! Verdicts on thousands of small random models against every simple path.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

#[path = "support/brute.rs"]
mod brute;
#[path = "support/mod.rs"]
mod support;

use brute::{Brute, Load, Off, is_obliged};
use model::verdict::{Axis, Outcome, Verdict, Witness};
use model::*;
use std::collections::BTreeSet;
use support::Build;

/// A small pseudo-random generator (SplitMix64, Steele et al. 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

const CLASSES: [&str; 2] = ["red", "blue"];

fn random_model(random: &mut Random) -> Model {
    let mut build = Build::new().labels(&["low", "mid", "high"], &["bad", "good"]);
    for class in CLASSES {
        let secrecy = random
            .one_in(2)
            .then(|| *random.pick(&["low", "mid", "high"]));
        build = build.class(class, secrecy);
    }
    let count = 2 + random.below(6);
    let names: Vec<String> = ["d", "b", "g", "a", "c", "h", "e", "f"][..count]
        .iter()
        .map(|s| s.to_string())
        .collect();
    for name in &names {
        build = match random.below(8) {
            0..3 => build.subjects(name),
            3..6 => build.trusted(name),
            6 => build.externals(name),
            _ => build.objects(name),
        };
        let secrecy = *random.pick(&["low", "low", "mid", "high"]);
        let integrity = *random.pick(&["bad", "bad", "good"]);
        build = build.at(name, secrecy, integrity);
    }
    let (active, passive): (Vec<String>, Vec<String>) = names.iter().cloned().partition(|name| {
        let node = build.model.node(build.node(name)).unwrap();
        matches!(node.kind, NodeKind::Subject(_))
    });
    if !active.is_empty() {
        for index in 0..random.below(12) {
            let (a, b) = (random.pick(&active).clone(), random.pick(&active).clone());
            let (from, to) = (format!("{a}.o{index}"), format!("{b}.i{index}"));
            build = match random.below(5) {
                0 => build.credit(&from, &to),
                1 => build.channel_of(&from, &to, ChannelKind::Event),
                _ => build.channel(&from, &to),
            };
        }
        for index in 0..passive.len() * random.below(3) {
            let (a, b) = (random.pick(&active).clone(), random.pick(&passive).clone());
            let direction = *random.pick(&[
                GrantDirection::In,
                GrantDirection::Out,
                GrantDirection::Both,
            ]);
            build = build.grant(&format!("{a}.g{index}"), &b, direction);
        }
    }
    if !passive.is_empty() && random.one_in(2) {
        let quiet = random.pick(&passive).clone();
        build = build.does_not_relay("quiet", &quiet);
    }
    random_passes(random, build)
}

fn random_passes(random: &mut Random, mut build: Build) -> Model {
    let ports: Vec<(String, String, Direction)> = build
        .model
        .ports()
        .map(|(_, port)| {
            let node = build.model.node_name(port.node).to_owned();
            (node, port.name.clone(), port.direction)
        })
        .collect();
    for (node, name, direction) in &ports {
        if *direction == Direction::Out && random.one_in(6) {
            build = build.emits(&format!("{node}.{name}"), CLASSES[random.below(2)]);
        }
        if build.model.trust(build.node(node)).is_none() || *direction == Direction::Out {
            continue;
        }
        for (other, out, direction) in &ports {
            if other == node && *direction == Direction::Out && random.one_in(2) {
                let data = random.one_in(2).then(|| *random.pick(&CLASSES));
                let change = *random.pick(&["", "lower", "raise", "lower raise"]);
                build = build.pass(node, &format!("{name}>{out}"), data, change);
            }
        }
    }
    for index in 0..build.model.nodes.len() {
        if random.one_in(4) {
            build.model.nodes[index]
                .holds
                .push(ClassId::of(random.below(2)));
        }
    }
    build.model
}

fn random_ends(random: &mut Random, model: &Model) -> Vec<EndPoint> {
    (0..=random.below(3))
        .map(|_| {
            if !model.ports.is_empty() && random.one_in(4) {
                EndPoint::Port(PortId::of(random.below(model.ports.len())))
            } else {
                EndPoint::Node(NodeId::of(random.below(model.nodes.len())))
            }
        })
        .collect()
}

fn random_claim(random: &mut Random, model: &Model) -> Claim {
    let data = random.one_in(3).then(|| ClassId::of(random.below(2)));
    let mut from = random_ends(random, model);
    if data.is_some() && random.one_in(2) {
        from.clear();
    }
    let mut list: Vec<NodeId> = (0..=random.below(3))
        .map(|_| NodeId::of(random.below(model.nodes.len())))
        .collect();
    let through = match random.below(3) {
        0 => Through::Nothing,
        1 => Through::AnyOf(list),
        _ => {
            if random.one_in(8) {
                list.push(list[0]);
            }
            Through::InOrder(list)
        }
    };
    Claim::Never {
        from,
        to: random_ends(random, model),
        data,
        through,
    }
}

fn path_of(witness: &Witness) -> Vec<String> {
    match witness {
        Witness::Path { points, .. } => points.clone(),
        other => panic!("not a path: {other:?}"),
    }
}

fn check_witness(model: &Model, claim: &Claim, witness: &Witness, off: &Off, seed: u64) {
    let brute = Brute::new(model, off);
    let path = path_of(witness);
    assert_eq!(
        brute.refute(claim, &path),
        None,
        "seed {seed}: {claim:?} {path:?}"
    );
    assert_eq!(
        brute.shortest(claim),
        Some(cost(&brute, &path)),
        "seed {seed}: {claim:?} {path:?}"
    );
}

fn check(model: &Model, claim: &Claim, verdict: &Verdict, seed: u64) -> [usize; 5] {
    let none = Off::new();
    let brute = Brute::new(model, &none);
    let shortest = brute.shortest(claim);
    let certificate = match &verdict.outcome {
        Outcome::Violated { witness } => {
            check_witness(model, claim, witness, &none, seed);
            assert!(
                verdict.violated_if.is_empty() && !verdict.vacuous,
                "seed {seed}"
            );
            return [1, 0, 0, 0, 0];
        }
        Outcome::Holds { certificate } => certificate,
        Outcome::Unknown { reason } => panic!("seed {seed}: {reason}"),
    };
    assert_eq!(shortest, None, "seed {seed}: {claim:?}");
    assert_eq!(
        brute.doubt(claim, certificate),
        None,
        "seed {seed}: {claim:?}"
    );

    let Claim::Never {
        from,
        to,
        data,
        through,
    } = claim
    else {
        panic!("not a never")
    };
    let nothing = Through::Nothing;
    let bare = Claim::Never {
        from: from.clone(),
        to: to.clone(),
        data: *data,
        through: nothing,
    };
    let vacuous = brute.pairs(from, to, *data).is_empty()
        || *through != Through::Nothing && brute.shortest(&bare).is_none();
    assert_eq!(verdict.vacuous, vacuous, "seed {seed}: {claim:?}");

    let falls = fallen(model, |brute| brute.shortest(claim).is_some());
    assert_eq!(said(verdict), falls, "seed {seed}: {claim:?}");
    for fall in &verdict.violated_if {
        let void = Off::from([model.find_node(&fall.subject).unwrap()]);
        check_witness(model, claim, &fall.witness, &void, seed);
    }
    let off = unlisted(model, verdict);
    let strict = Brute::new(model, &off);
    assert_eq!(
        strict.doubt(claim, certificate),
        None,
        "seed {seed}: unlisted {off:?} {claim:?}"
    );
    let is_trusted = |name: &&String| {
        let id = model.find_node(name).unwrap();
        model.trust(id).is_some()
    };
    let trusted = falls.iter().filter(is_trusted).count();
    [0, 1, usize::from(vacuous), trusted, falls.len() - trusted]
}

#[test]
fn verdicts_agree_with_every_simple_path() {
    let mut seen = [0; 5];
    for seed in 0..2000 {
        let mut random = Random(seed);
        let mut model = random_model(&mut random);
        let claims: Vec<Claim> = (0..4).map(|_| random_claim(&mut random, &model)).collect();
        for (index, claim) in claims.iter().enumerate() {
            model.requirements.push(Requirement {
                name: format!("r{index}"),
                characteristics: Vec::new(),
                source: None,
                owner: None,
                claims: vec![(claim.clone(), Origin(0))],
                origin: Origin(0),
            });
        }
        let verdicts = analysis::judge(&model, "test").verdicts;
        for (claim, verdict) in claims.iter().zip(&verdicts) {
            let result = check(&model, claim, verdict, seed);
            seen.iter_mut()
                .zip(result)
                .for_each(|(sum, one)| *sum += one);
        }
    }
    let [violated, holds, vacuous, falls, falls_untrusted] = seen;
    assert!(
        violated > 1000 && holds > 1000 && vacuous > 100 && falls > 250 && falls_untrusted > 30,
        "{seen:?}"
    );
    assert!(holds - vacuous > 700, "{seen:?}");
}

#[test]
fn kept_flows_agree_with_the_definition() {
    let mut seen = [0; 3];
    for seed in 60_000..62_000 {
        let mut random = Random(seed);
        let mut model = random_model(&mut random);
        let (from, to) = (
            random_ends(&mut random, &model)[0],
            random_ends(&mut random, &model)[0],
        );
        let lost: Vec<NodeId> = (0..random.below(3))
            .map(|_| NodeId::of(random.below(model.nodes.len())))
            .collect();
        let keep = |signals| Claim::Keep {
            lost: lost.clone(),
            from,
            to,
            signals,
        };
        for signals in [false, true] {
            model.requirements.push(Requirement {
                name: format!("keep-{signals}"),
                characteristics: Vec::new(),
                source: None,
                owner: None,
                claims: vec![(keep(signals), Origin(0))],
                origin: Origin(0),
            });
        }
        let brute = Brute::new(&model, &Off::new());
        let verdicts = analysis::judge(&model, "test").verdicts;
        let found = [false, true].map(|signals| {
            let verdict = &verdicts[usize::from(signals)];
            let expected = brute.kept(&keep(signals));
            let holds = match &verdict.outcome {
                Outcome::Holds {
                    certificate: model::verdict::Certificate::Path { points },
                } => Some(cost(&brute, points)),
                _ => None,
            };
            assert_eq!(holds, expected, "seed {seed}: {:?}", verdict.outcome);
            holds.is_some()
        });
        seen[usize::from(found[0]) + usize::from(found[1])] += 1;
    }
    // Kept by nothing, by signals alone, by content.
    assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
}

/// Whatever way the start of data is written: a node is a source of what leaves by its out-ports, of
/// what it makes and of what it passes on, and all nodes together of what originates anywhere.
#[test]
fn starts_written_in_different_ways_agree() {
    let mut seen = [0; 3];
    for seed in 70_000..71_500 {
        let mut random = Random(seed);
        let mut model = random_model(&mut random);
        let class = ClassId::of(random.below(2));
        let (at, to) = (
            NodeId::of(random.below(model.nodes.len())),
            NodeId::of(random.below(model.nodes.len())),
        );
        if at == to {
            continue;
        }
        let own = model.ports().filter(|(_, port)| port.node == at);
        let out_ports: Vec<EndPoint> = own
            .filter(|(_, port)| port.direction == Direction::Out)
            .map(|(id, _)| EndPoint::Port(id))
            .collect();
        let everywhere = model.nodes().map(|(id, _)| EndPoint::Node(id)).collect();
        let starts = [
            vec![EndPoint::Node(at)],
            out_ports.clone(),
            everywhere,
            Vec::new(),
        ];
        for (index, from) in starts.into_iter().enumerate() {
            let claim = Claim::Never {
                from,
                to: vec![EndPoint::Node(to)],
                data: Some(class),
                through: Through::Nothing,
            };
            model.requirements.push(Requirement {
                name: format!("r{index}"),
                characteristics: Vec::new(),
                source: None,
                owner: None,
                claims: vec![(claim, Origin(0))],
                origin: Origin(0),
            });
        }
        let verdicts = analysis::judge(&model, "test").verdicts;
        let violated = |index: usize| matches!(verdicts[index].outcome, Outcome::Violated { .. });
        // With no out-port the second claim is about every origin.
        let is_subject = matches!(model.node(at).unwrap().kind, NodeKind::Subject(_));
        if is_subject && !out_ports.is_empty() {
            assert_eq!(violated(0), violated(1), "seed {seed}");
            seen[0] += usize::from(violated(0));
        }
        assert!(violated(2) || !violated(0), "seed {seed}");
        assert!(violated(2) || !violated(3), "seed {seed}");
        let passes_on = violated(0) && !violated(3);
        seen[1] += usize::from(violated(3));
        // Only what goes from the end through another node and back to it.
        seen[2] += usize::from(passes_on);
    }
    assert!(seen[0] > 50 && seen[1] > 100 && seen[2] > 0, "{seen:?}");
}

/// Steps from node to node, and points.
fn cost(brute: &Brute<'_>, path: &[String]) -> (usize, usize) {
    let nodes: Vec<NodeId> = path.iter().map(|point| brute.node_of[point]).collect();
    let steps = nodes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    (steps, path.len())
}

/// What must be switched off for an independent check: all but what is listed as assumed.
fn unlisted(model: &Model, verdict: &Verdict) -> Off {
    let listed = |name: &str| verdict.assumptions.iter().any(|own| own == name);
    let off = model.nodes().filter(|(id, node)| match node.kind {
        NodeKind::Subject(_) => {
            is_obliged(model, *id) && !listed(&format!("local-policy.{}", node.name))
        }
        NodeKind::External => !listed("quiet"),
        NodeKind::Object => false,
    });
    off.map(|(id, _)| id).collect()
}

/// Subjects whose compromise alone violates a claim.
fn fallen(model: &Model, falls: impl Fn(&Brute<'_>) -> bool) -> Vec<String> {
    let obliged = model.nodes().filter(|(id, _)| is_obliged(model, *id));
    let fallen = obliged.filter(|(id, _)| falls(&Brute::new(model, &Off::from([*id]))));
    let mut names: Vec<String> = fallen.map(|(_, node)| node.name.clone()).collect();
    names.sort();
    names
}

fn said(verdict: &Verdict) -> Vec<String> {
    verdict
        .violated_if
        .iter()
        .map(|fall| fall.subject.clone())
        .collect()
}

/// A witness lists every break, that of a fall one.
fn check_break(brute: &Brute<'_>, axis: Axis, witness: &Witness, all: bool, seed: u64) {
    let Witness::LabelBreak { points, others, .. } = witness else {
        panic!("not a break")
    };
    let listed = [points]
        .into_iter()
        .chain(others.iter().map(|own| &own.points));
    let listed: Vec<(String, String)> = listed
        .map(|points| (points[0].clone(), points[1].clone()))
        .collect();
    let breaks = brute.breaks(axis);
    match all {
        true => {
            assert_eq!(listed.len(), breaks.len(), "seed {seed}: {listed:?}");
            assert_eq!(
                listed.into_iter().collect::<BTreeSet<_>>(),
                breaks,
                "seed {seed}"
            );
        }
        false => assert!(
            listed.len() == 1 && breaks.contains(&listed[0]),
            "seed {seed}"
        ),
    }
}

/// A residual is told of exactly the claims about data that hold, and would not if credits carried what
/// their readers have; its way is a shortest one of those.
#[test]
fn residuals_agree_with_every_simple_path() {
    let mut seen = [0; 5];
    for seed in 80_000..83_000 {
        let mut random = Random(seed);
        let mut model = random_model(&mut random);
        for index in 0..2 {
            let mut claim = || loop {
                let claim = random_claim(&mut random, &model);
                if matches!(claim, Claim::Never { data: Some(_), .. }) {
                    return (claim, Origin(0));
                }
            };
            let claims = vec![claim(), claim()];
            model.requirements.push(Requirement {
                name: format!("r{index}"),
                characteristics: Vec::new(),
                source: None,
                owner: None,
                claims,
                origin: Origin(0),
            });
        }
        let none = Off::new();
        let plain = Brute::new(&model, &none);
        let hostile = Brute::new(&model, &none).with_hostile_readers();
        let residuals = analysis::residuals(&model, &analysis::judge(&model, "test"));
        let mut brought = 0;
        let mut check = |id: &str, honest: Option<(usize, usize)>, wide: Option<(usize, usize)>| {
            let found = residuals.iter().find(|residual| residual.id == id);
            let due = wide.filter(|_| honest.is_none());
            let kind = match (honest, wide) {
                (Some(_), _) => 0,
                (None, None) => 1,
                (None, Some(_)) => 2,
            };
            seen[kind] += 1;
            let Some(residual) = found else {
                assert_eq!(due, None, "seed {seed}: {id}");
                return;
            };
            assert!(residual.decided, "seed {seed}: {id}");
            let between: Vec<bool> = residual
                .steps
                .iter()
                .filter(|step| step.from != step.to)
                .map(|step| step.bytes.is_some())
                .collect();
            let due = due
                .unwrap_or_else(|| panic!("seed {seed}: {id} {:?}", residual.steps))
                .0;
            let (before, own) = between.split_at(between.len() - due);
            assert_eq!(
                before.is_empty(),
                own.contains(&true),
                "seed {seed}: {id} {:?}",
                residual.steps
            );
            brought += usize::from(!before.is_empty());
            let joined = residual
                .steps
                .windows(2)
                .all(|pair| pair[0].to == pair[1].from);
            assert!(joined, "seed {seed}: {id} {:?}", residual.steps);
            for step in &residual.steps {
                let credit = step.by.starts_with("credit of ");
                assert_eq!(step.bytes, credit.then_some(CREDIT_BYTES), "{step:?}");
                let channel = (0..model.channels.len()).map(ChannelId::of).any(|id| {
                    let own = model.channel(id).unwrap();
                    let node = |port| model.node_name(model.port(port).unwrap().node);
                    let (word, from, to) = match credit {
                        true => ("credit of", own.to, own.from),
                        false => ("channel", own.from, own.to),
                    };
                    let ends = (node(from), node(to));
                    step.by == format!("{word} {}", model.channel_name(id))
                        && ends == (step.from.as_str(), step.to.as_str())
                });
                assert!(channel || step.by.starts_with("grant "), "{step:?}");
            }
            assert!(
                residual.steps.iter().any(|step| step.bytes.is_some()),
                "seed {seed}: {id} {:?}",
                residual.steps
            );
        };
        for requirement in &model.requirements {
            for (index, (claim, _)) in requirement.claims.iter().enumerate() {
                let id = match index {
                    0 => requirement.name.clone(),
                    _ => format!("{}#{}", requirement.name, index + 1),
                };
                check(&id, plain.shortest(claim), hostile.shortest(claim));
            }
        }
        for (index, class) in model.classes.iter().enumerate() {
            if class.secrecy.is_some() {
                let (id, class) = (format!("class.{}", class.name), ClassId::of(index));
                check(&id, plain.shortest_low(class), hostile.shortest_low(class));
            }
        }
        seen[4] += brought;
        seen[3] += residuals
            .iter()
            .filter(|own| own.id.ends_with("#2"))
            .count();
    }
    assert!(seen.iter().all(|count| *count > 10), "{seen:?}");
}

/// Gives untrusted neighbours one label and each port of a trusted subject that of its peer.
fn harmonise(random: &mut Random, model: &mut Model) {
    let mut labels: Vec<LabelId> = model
        .nodes
        .iter()
        .map(|_| LabelId::of(random.below(2)))
        .collect();
    let node = |port: PortId| model.ports[port.index()].node;
    let channels = model
        .channels
        .iter()
        .map(|own| (node(own.from), node(own.to)));
    let pairs: Vec<(NodeId, NodeId)> = channels
        .chain(model.grants.iter().map(|own| (own.subject, own.peer)))
        .collect();
    for _ in 0..model.nodes.len() {
        for (a, b) in &pairs {
            if model.trust(*a).is_none() && model.trust(*b).is_none() {
                let low = labels[a.index()].min(labels[b.index()]);
                (labels[a.index()], labels[b.index()]) = (low, low);
            }
        }
    }
    let peer = |port: &Port| {
        let channel = port.channel.map(|id| &model.channels[id.index()]);
        let ends = channel.map(|own| (node(own.from), node(own.to)));
        let grant = port.grant.map(|id| &model.grants[id.index()]);
        let other = ends.map(|(a, b)| if a == port.node { b } else { a });
        other
            .or(grant.map(|own| own.peer))
            .filter(|id| model.trust(*id).is_none())
    };
    let of_port = |port: &Port| match model.trust(port.node) {
        None => labels[port.node.index()],
        Some(_) => peer(port).map_or(LabelId(0), |id| labels[id.index()]),
    };
    let ports: Vec<LabelId> = model.ports.iter().map(of_port).collect();
    for (node, label) in model.nodes.iter_mut().zip(&labels) {
        (node.secrecy, node.integrity) = (Some(*label), Some(*label));
    }
    for (port, label) in model.ports.iter_mut().zip(&ports) {
        (port.secrecy, port.integrity) = (Some(*label), Some(*label));
    }
}

#[test]
fn labels_agree_with_the_definition() {
    let mut seen = [0; 3];
    for seed in 0..2000 {
        let mut random = Random(seed);
        let mut model = random_model(&mut random);
        if random.one_in(2) {
            harmonise(&mut random, &mut model);
        }
        let none = Off::new();
        let brute = Brute::new(&model, &none);
        for verdict in analysis::judge(&model, "test").verdicts {
            let model::verdict::Claim::Labels { axis } = verdict.claim else {
                continue;
            };
            let breaks = brute.breaks(axis);
            match &verdict.outcome {
                Outcome::Violated { witness } => {
                    check_break(&brute, axis, witness, true, seed);
                    seen[0] += 1;
                }
                Outcome::Holds { .. } => {
                    assert!(breaks.is_empty(), "seed {seed}: {breaks:?}");
                    let falls = fallen(&model, |brute| !brute.breaks(axis).is_empty());
                    assert_eq!(said(&verdict), falls, "seed {seed}");
                    for fall in &verdict.violated_if {
                        let void = Off::from([model.find_node(&fall.subject).unwrap()]);
                        let void = Brute::new(&model, &void);
                        check_break(&void, axis, &fall.witness, false, seed);
                    }
                    let unlisted = Brute::new(&model, &unlisted(&model, &verdict));
                    assert!(unlisted.breaks(axis).is_empty(), "seed {seed}");
                    seen[1] += 1;
                    seen[2] += falls.len();
                }
                Outcome::Unknown { reason } => panic!("seed {seed}: {reason}"),
            }
        }
    }
    assert!(seen[0] > 1000 && seen[1] > 200 && seen[2] > 100, "{seen:?}");
}

#[test]
fn class_labels_agree_with_the_definition() {
    let mut seen = [0; 3];
    for seed in 0..3000 {
        let mut random = Random(seed);
        let mut model = random_model(&mut random);
        if random.one_in(2) {
            harmonise(&mut random, &mut model);
        }
        let none = Off::new();
        for verdict in analysis::judge(&model, "test").verdicts {
            let model::verdict::Claim::ClassLabel { class } = &verdict.claim else {
                continue;
            };
            let class = ClassId::of(
                model
                    .classes
                    .iter()
                    .position(|own| own.name == *class)
                    .unwrap(),
            );
            let check = |witness: &Witness, off: &Off| {
                let (brute, path) = (Brute::new(&model, off), path_of(witness));
                assert_eq!(
                    brute.shortest_low(class),
                    Some(cost(&brute, &path)),
                    "seed {seed}: {path:?}"
                );
                assert!(
                    brute.low(class).contains(&path[path.len() - 1]),
                    "seed {seed}"
                );
                for step in path.windows(2) {
                    assert!(
                        brute.next(&step[0], Load::Data(class)).contains(&step[1]),
                        "seed {seed}"
                    );
                }
            };
            match &verdict.outcome {
                Outcome::Violated { witness } => {
                    check(witness, &none);
                    seen[0] += 1;
                }
                Outcome::Holds { .. } => {
                    assert!(
                        Brute::new(&model, &none).low(class).is_empty(),
                        "seed {seed}"
                    );
                    let falls = fallen(&model, |brute| !brute.low(class).is_empty());
                    assert_eq!(said(&verdict), falls, "seed {seed}");
                    for fall in &verdict.violated_if {
                        let id = model.find_node(&fall.subject).unwrap();
                        check(&fall.witness, &Off::from([id]));
                    }
                    let off = unlisted(&model, &verdict);
                    assert!(
                        Brute::new(&model, &off).low(class).is_empty(),
                        "seed {seed}"
                    );
                    seen[1] += 1;
                    seen[2] += falls.len();
                }
                Outcome::Unknown { reason } => panic!("seed {seed}: {reason}"),
            }
        }
    }
    assert!(seen[0] > 500 && seen[1] > 500 && seen[2] > 40, "{seen:?}");
}

#[test]
fn a_subject_is_named_exactly_if_without_its_policy_a_claim_is_violated() {
    let mut seen = [0; 3];
    for seed in 40_000..42_000 {
        let mut random = Random(seed);
        let mut model = random_model(&mut random);
        for index in 0..3 {
            let claim = random_claim(&mut random, &model);
            model.requirements.push(Requirement {
                name: format!("r{index}"),
                characteristics: Vec::new(),
                source: None,
                owner: None,
                claims: vec![(claim, Origin(0))],
                origin: Origin(0),
            });
        }
        let verdicts = analysis::judge(&model, "test").verdicts;
        let violated = |verdict: &Verdict| matches!(verdict.outcome, Outcome::Violated { .. });
        for name in analysis::droppable(&model) {
            let less = analysis::without(&model, &name).unwrap();
            let left = analysis::judge(&less, "test").verdicts;
            for (before, after) in verdicts.iter().zip(&left) {
                assert_eq!(before.id, after.id, "seed {seed}");
                if violated(before) {
                    // What falls away only adds flows.
                    assert!(violated(after), "seed {seed}: {} without {name}", before.id);
                } else if let Some(subject) = name.strip_prefix("local-policy.") {
                    let fall = before
                        .violated_if
                        .iter()
                        .find(|fall| fall.subject == subject);
                    assert_eq!(
                        violated(after),
                        fall.is_some(),
                        "seed {seed}: {} without {name}",
                        before.id
                    );
                    if let (
                        Some(Witness::Path { steps: fallen, .. }),
                        Outcome::Violated {
                            witness: Witness::Path { steps, .. },
                        },
                    ) = (fall.map(|fall| &fall.witness), &after.outcome)
                    {
                        // Both show a shortest path, found in different ways.
                        assert_eq!(fallen.len(), steps.len(), "seed {seed}: {}", before.id);
                    }
                    seen[0] += usize::from(fall.is_some());
                    seen[1] += 1;
                } else if !before.assumptions.contains(&name) {
                    assert!(
                        !violated(after),
                        "seed {seed}: {} without {name}",
                        before.id
                    );
                } else {
                    seen[2] += usize::from(violated(after));
                }
            }
        }
        assert_eq!(analysis::without(&model, "platform").map(|_| ()), None);
    }
    assert!(seen[0] > 200 && seen[1] > 1000 && seen[2] > 3, "{seen:?}");
}

/// The model without some channels and grants, named as a repair names them.
fn less(model: &Model, names: &[String]) -> Model {
    let mut less = model.clone();
    let kept = |name: String| !names.contains(&name);
    for (index, channel) in less.channels.iter_mut().enumerate() {
        let id = ChannelId::of(index);
        let name = model.channel_name(id);
        if !kept(format!("credit of {name}")) {
            channel.kind = ChannelKind::DropOldest { depth: 1 };
        }
        if !kept(format!("channel {name}")) {
            channel.from = PortId(u32::MAX);
            channel.to = PortId(u32::MAX);
        }
    }
    less.grants.retain(|grant| {
        let (subject, peer) = (model.node_name(grant.subject), model.node_name(grant.peer));
        kept(format!(
            "grant {subject}.{} {} {peer}",
            grant.name,
            grant.direction.arrow()
        ))
    });
    less
}

#[test]
fn repairs_are_enough_and_nothing_smaller_is() {
    let mut seen = [0; 4];
    for seed in 50_000..54_000 {
        let mut random = Random(seed);
        let mut model = random_model(&mut random);
        let claim = random_claim(&mut random, &model);
        let is_carried =
            matches!(&claim, Claim::Never { from, data, .. } if data.is_some() && !from.is_empty());
        model.requirements.push(Requirement {
            name: "r".to_owned(),
            characteristics: Vec::new(),
            source: None,
            owner: None,
            claims: vec![(claim, Origin(0))],
            origin: Origin(0),
        });
        let verdicts = analysis::judge(&model, "test");
        let holds = |model: &Model| {
            let verdicts = analysis::judge(model, "test").verdicts;
            matches!(verdicts[0].outcome, Outcome::Holds { .. })
        };
        let mut flows: Vec<String> = (0..model.channels.len())
            .map(|index| format!("channel {}", model.channel_name(ChannelId::of(index))))
            .collect();
        let credit = |(index, own): (usize, &Channel)| {
            let name = model.channel_name(ChannelId::of(index));
            matches!(own.kind, ChannelKind::Credit { .. }).then(|| format!("credit of {name}"))
        };
        flows.extend(model.channels.iter().enumerate().filter_map(credit));
        flows.extend(model.grants.iter().map(|grant| {
            let (subject, peer) = (model.node_name(grant.subject), model.node_name(grant.peer));
            format!(
                "grant {subject}.{} {} {peer}",
                grant.name,
                grant.direction.arrow()
            )
        }));
        let all = |size: usize| -> Vec<Vec<String>> {
            let sets: Vec<Vec<String>> = match size {
                1 => flows.iter().map(|flow| vec![flow.clone()]).collect(),
                _ => (0..flows.len())
                    .flat_map(|a| (a + 1..flows.len()).map(move |b| (a, b)))
                    .map(|(a, b)| vec![flows[a].clone(), flows[b].clone()])
                    .collect(),
            };
            let mut enough: Vec<Vec<String>> = sets
                .into_iter()
                .filter(|set| holds(&less(&model, set)))
                .collect();
            enough.iter_mut().for_each(|set| set.sort());
            enough.sort();
            enough
        };
        let repairs = analysis::repairs(&model, &verdicts);
        let repair = repairs.iter().find(|repair| repair.id == "r");
        if holds(&model) {
            assert_eq!(repair, None, "seed {seed}");
            seen[0] += 1;
            continue;
        }
        let mut expected = all(1);
        if expected.is_empty() {
            expected = all(2);
            seen[2] += usize::from(!expected.is_empty());
        }
        expected.truncate(16);
        let repair = repair.unwrap();
        let search = match expected.is_empty() {
            true => analysis::Search::MoreThanTwo,
            false => analysis::Search::Found,
        };
        let found = repair.remove.clone();
        assert_eq!((&found, repair.search), (&expected, search), "seed {seed}");
        seen[1] += 1;
        seen[3] += usize::from(is_carried && !found.is_empty());
    }
    assert!(seen.iter().all(|count| *count > 20), "{seen:?}");
}
