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

use brute::{Brute, Off};
use model::verdict::{Outcome, Verdict, Witness};
use model::*;
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
            build = match random.below(4) {
                0 => build.credit(&from, &to),
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
        Some(path.len()),
        "seed {seed}: {claim:?} {path:?}"
    );
}

fn check(model: &Model, claim: &Claim, verdict: &Verdict, seed: u64) -> [usize; 4] {
    let none = Off::new();
    let brute = Brute::new(model, &none);
    let shortest = brute.shortest(claim);
    let certificate = match &verdict.outcome {
        Outcome::Violated { witness } => {
            check_witness(model, claim, witness, &none, seed);
            assert!(
                verdict.falls_with.is_empty() && !verdict.vacuous,
                "seed {seed}"
            );
            return [1, 0, 0, 0];
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

    let mut falls = Vec::new();
    let mut off = Off::new();
    for (id, node) in model.nodes() {
        let listed = verdict
            .assumptions
            .contains(&format!("obeys.{}", node.name));
        let quiet = verdict.assumptions.iter().any(|name| name == "quiet");
        match node.kind {
            NodeKind::Subject(_) if model.trust(id).is_some() => {
                let void = Off::from([id]);
                if Brute::new(model, &void).shortest(claim).is_some() {
                    falls.push(node.name.clone());
                }
                if !listed {
                    off.insert(id);
                }
            }
            NodeKind::External if !quiet => {
                off.insert(id);
            }
            NodeKind::Subject(_) | NodeKind::Object | NodeKind::External => {}
        }
    }
    falls.sort();
    let said: Vec<String> = verdict
        .falls_with
        .iter()
        .map(|fall| fall.subject.clone())
        .collect();
    assert_eq!(said, falls, "seed {seed}: {claim:?}");
    for fall in &verdict.falls_with {
        let void = Off::from([model.find_node(&fall.subject).unwrap()]);
        check_witness(model, claim, &fall.witness, &void, seed);
    }
    let unlisted = Brute::new(model, &off);
    assert_eq!(
        unlisted.doubt(claim, certificate),
        None,
        "seed {seed}: unlisted {off:?} {claim:?}"
    );
    [0, 1, usize::from(vacuous), falls.len()]
}

#[test]
fn verdicts_agree_with_every_simple_path() {
    let mut seen = [0; 4];
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
    let [violated, holds, vacuous, falls] = seen;
    assert!(
        violated > 1000 && holds > 1000 && vacuous > 100 && falls > 500,
        "{seen:?}"
    );
    assert!(holds - vacuous > 1000, "{seen:?}");
}
