//! The checker of certificates against literal, slow readings of the definitions.
#![expect(
    clippy::indexing_slicing,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod common;

use common::oracle::{Off, Oracle};
use common::{Dice, prover, random_model};
use model::verdict::{Certificate, Outcome, Verdict, Verdicts, Witness};
use model::*;
use recheck::{Ruling, certificates};

fn check(model: &Model, verdicts: &Verdicts) -> Vec<Ruling> {
    let report = certificates(model, &serde_json::to_vec(verdicts).unwrap());
    assert_eq!(report.fault, None);
    report.claims.into_iter().map(|claim| claim.result).collect()
}

#[test]
fn what_a_naive_prover_says_is_accepted() {
    let (mut proved, mut refuted, mut falls) = (0, 0, 0);
    for seed in 0..350 {
        let model = random_model(&mut Dice::new(seed));
        let verdicts = prover::judge(&model);
        let rulings = check(&model, &verdicts);
        assert_eq!(rulings.len(), verdicts.verdicts.len());
        for (ruling, verdict) in rulings.iter().zip(&verdicts.verdicts) {
            match (ruling, &verdict.outcome) {
                (Ruling::Proved, Outcome::Holds { .. }) => proved += 1,
                (Ruling::Refuted, Outcome::Violated { .. }) => refuted += 1,
                (Ruling::Unproven { .. }, Outcome::Unknown { .. }) => {}
                _ => panic!("seed {seed}: {ruling:?} of {verdict:#?}"),
            }
            falls += verdict.violated_if.len();
        }
    }
    assert!(proved > 1000 && refuted > 300 && falls > 100, "{proved} {refuted} {falls}");
}

#[test]
fn what_the_analysis_says_is_accepted_and_agrees_with_the_oracle() {
    let mut paths = 0;
    for seed in 0..300 {
        let model = random_model(&mut Dice::new(seed));
        let verdicts = analysis::judge(&model, "test");
        let naive = prover::judge(&model);
        let rulings = check(&model, &verdicts);
        assert_eq!(rulings.len(), naive.verdicts.len(), "seed {seed}");
        let gist = |verdict: &Verdict| {
            let falls = verdict.violated_if.iter().map(|fall| fall.subject.clone());
            let falls: Vec<String> = falls.collect();
            let outcome = std::mem::discriminant(&verdict.outcome);
            (verdict.id.clone(), outcome, verdict.vacuous, falls)
        };
        for ((ruling, verdict), naive) in
            rulings.iter().zip(&verdicts.verdicts).zip(&naive.verdicts)
        {
            let refused = matches!(ruling, Ruling::Refused { .. } | Ruling::Missing);
            assert!(!refused, "seed {seed}: {ruling:?} of {verdict:#?}");
            assert_eq!(gist(verdict), gist(naive), "seed {seed}");
            assert_eq!(lengths(verdict), lengths(naive), "seed {seed}: {verdict:#?}");
            paths += lengths(verdict).len();
        }
    }
    assert!(paths > 500, "{paths}");
}

/// Steps from node to node and points of every path in a verdict.
fn lengths(verdict: &Verdict) -> Vec<(usize, usize)> {
    let of = |points: &Vec<String>| {
        let node = |point: &String| {
            let (_, place) = point.split_once(':').unwrap();
            place.split_once('.').map_or(place.to_owned(), |(node, _)| node.to_owned())
        };
        let nodes: Vec<String> = points.iter().map(node).collect();
        (nodes.windows(2).filter(|pair| pair[0] != pair[1]).count(), points.len())
    };
    let witness = |witness: &Witness| match witness {
        Witness::Path { points, .. } => Some(of(points)),
        _ => None,
    };
    let shown = match &verdict.outcome {
        Outcome::Violated { witness: own } => witness(own),
        Outcome::Holds { certificate: Certificate::Path { points } } => Some(of(points)),
        _ => None,
    };
    shown
        .into_iter()
        .chain(verdict.violated_if.iter().filter_map(|own| witness(&own.witness)))
        .collect()
}

/// Whether a verdict is right, by a literal reading: an accepted one must be.
fn is_right(model: &Model, verdict: &Verdict) -> bool {
    let listed = |name: &str| verdict.assumptions.iter().any(|own| own == name);
    let quiet = |id: NodeId| {
        model.assumptions.iter().any(|own| {
            let quiets = matches!(&own.effect, Effect::DoesNotRelay(ids) if ids.contains(&id));
            quiets && listed(&own.name)
        })
    };
    let plain = Oracle::new(model, Off::new());
    let off: Off = model
        .nodes()
        .filter(|(id, node)| match plain.obliged(*id) {
            true => !listed(&format!("local-policy.{}", node.name)),
            false => matches!(node.kind, NodeKind::External) && !quiet(*id),
        })
        .map(|(id, _)| id)
        .collect();
    let stated = |own: &&Assumption| own.effect == Effect::Stated;
    if !listed("platform") || !model.assumptions.iter().filter(stated).all(|own| listed(&own.name))
    {
        return false;
    }
    match &verdict.outcome {
        Outcome::Holds { certificate } => {
            let oracle = Oracle::new(model, off);
            prover::proves(&oracle, &verdict.id, certificate)
                && verdict.violated_if.iter().all(|fall| {
                    let id = model.find_node(&fall.subject);
                    id.is_some_and(|id| {
                        let void = Oracle::new(model, Off::from([id]));
                        void.obliged(id) && prover::shows(&void, &verdict.id, &fall.witness)
                    })
                })
        }
        Outcome::Violated { witness } => {
            prover::shows(&Oracle::new(model, Off::new()), &verdict.id, witness)
                && verdict.violated_if.is_empty()
        }
        Outcome::Unknown { .. } => verdict.violated_if.is_empty(),
    }
}

/// Spoils verdicts in one place and says whether it found one to spoil.
fn spoil(dice: &mut Dice, model: &Model, verdicts: &mut Verdicts) -> bool {
    let names: Vec<String> = {
        let oracle = Oracle::new(model, Off::new());
        let points = oracle.points();
        points.into_iter().map(|point| oracle.name(point)).collect()
    };
    let some_name = dice.pick(&names).cloned().unwrap_or_default();
    let count = verdicts.verdicts.len();
    let other = verdicts.verdicts[dice.below(count)].clone();
    let at = dice.below(count);
    let verdict = &mut verdicts.verdicts[at];
    match dice.below(8) {
        0 if !verdict.assumptions.is_empty() => {
            let at = dice.below(verdict.assumptions.len());
            verdict.assumptions.remove(at);
            return true;
        }
        1 => {
            verdict.claim = other.claim;
            return true;
        }
        2 => {
            verdict.outcome = other.outcome;
            return true;
        }
        3 => {
            verdict.vacuous = !verdict.vacuous;
            return true;
        }
        4 if !other.violated_if.is_empty() => {
            verdict.violated_if.clone_from(&other.violated_if);
            return true;
        }
        _ => {}
    }
    let fall = verdict.violated_if.first_mut().map(|fall| &mut fall.witness);
    let list = match (&mut verdict.outcome, fall) {
        (_, Some(Witness::Path { points, .. })) if dice.chance(30) => points,
        (Outcome::Violated { witness: Witness::Path { points, steps } }, _) => {
            if dice.chance(10) {
                return steps.pop().is_some();
            }
            points
        }
        (Outcome::Violated { witness: Witness::Disconnected { points } }, _)
        | (Outcome::Holds { certificate: Certificate::Path { points } }, _) => points,
        (Outcome::Holds { certificate: Certificate::Closed { parts } }, _) if !parts.is_empty() => {
            let at = dice.below(parts.len());
            match dice.below(6) {
                0 => {
                    parts.remove(at);
                    return true;
                }
                1 => {
                    parts[at].from = parts[dice.below(parts.len())].to.clone();
                    return true;
                }
                2 => {
                    let more = parts.remove(dice.below(parts.len()));
                    if let Some(part) = parts.first_mut() {
                        part.from.extend(more.from);
                        part.to.extend(more.to);
                        part.points.extend(more.points);
                    }
                    return true;
                }
                _ => &mut parts[at].points,
            }
        }
        (Outcome::Holds { certificate: Certificate::Invariant { labels, stated_passes } }, _) => {
            if dice.chance(50) {
                return stated_passes.pop().is_some();
            }
            if let Some((_, label)) = labels.first_mut() {
                "x".clone_into(label);
            }
            return !labels.is_empty();
        }
        _ => return false,
    };
    let at = dice.below(list.len());
    match dice.below(3) {
        0 => list.push(some_name),
        1 if !list.is_empty() => drop(list.remove(at)),
        _ if !list.is_empty() => list[at] = some_name,
        _ => return false,
    }
    true
}

#[test]
fn a_spoiled_verdict_is_accepted_only_if_it_is_still_right() {
    let (mut spoiled, mut refused) = (0, 0);
    for seed in 0..150 {
        let mut dice = Dice::new(seed ^ 0x5eed);
        let model = random_model(&mut dice);
        let good = prover::judge(&model);
        for _ in 0..25 {
            let mut bad = good.clone();
            if bad.verdicts.is_empty() || !spoil(&mut dice, &model, &mut bad) || bad == good {
                continue;
            }
            spoiled += 1;
            let rulings = check(&model, &bad);
            for ((ruling, verdict), original) in
                rulings.iter().zip(&bad.verdicts).zip(&good.verdicts)
            {
                if verdict == original {
                    continue;
                }
                match ruling {
                    Ruling::Refused { .. } | Ruling::Missing => refused += 1,
                    _ => {
                        let told = verdict.claim == original.claim
                            && verdict.vacuous == original.vacuous
                            && is_right(&model, verdict);
                        assert!(told, "seed {seed}: {ruling:?} of {verdict:#?}");
                    }
                }
            }
        }
    }
    assert!(spoiled > 2000 && refused * 2 > spoiled, "{refused} of {spoiled}");
}

#[test]
fn verdicts_of_another_model_are_accepted_only_where_they_are_right() {
    let (mut right, mut refused) = (0, 0);
    for seed in 0..300 {
        let old = random_model(&mut Dice::new(seed));
        let mut new = old.clone();
        let mut dice = Dice::new(seed ^ 0xfeed);
        match dice.below(3) {
            0 => new.assumptions.clear(),
            1 => new.nodes.iter_mut().for_each(|node| {
                if let NodeKind::Subject(subject) = &mut node.kind {
                    subject.trust = None;
                }
            }),
            _ => new.channels.iter_mut().for_each(|channel| {
                channel.kind = ChannelKind::Credit { depth: 1 };
            }),
        }
        let mut verdicts = prover::judge(&old);
        if new.digest() == old.digest() {
            continue;
        }
        let bytes = serde_json::to_vec(&verdicts).unwrap();
        let report = certificates(&new, &bytes);
        assert_eq!(report.fault.as_deref(), Some("the verdicts are about another model"));
        verdicts.model = new.digest();
        for (ruling, verdict) in check(&new, &verdicts).iter().zip(&verdicts.verdicts) {
            match ruling {
                Ruling::Refused { .. } | Ruling::Missing => refused += 1,
                _ => {
                    assert!(is_right(&new, verdict), "seed {seed}: {ruling:?} of {verdict:#?}");
                    right += 1;
                }
            }
        }
    }
    assert!(right > 300 && refused > 300, "{right} {refused}");
}

#[test]
fn an_excused_path_is_no_counterexample() {
    let mut excused = 0;
    for seed in 0..1000 {
        let model = random_model(&mut Dice::new(seed));
        let mut verdicts = prover::judge(&model);
        let oracle = Oracle::new(&model, Off::new());
        let mut changed = Vec::new();
        let claims = model.requirements.iter().flat_map(|own| {
            let ids = (1..).map(|number| match number {
                1 => own.name.clone(),
                _ => format!("{}#{number}", own.name),
            });
            ids.zip(&own.claims)
        });
        for (id, (claim, _)) in claims {
            let Some(mut question) = prover::never(&oracle, claim) else {
                continue;
            };
            if oracle.violation(&question).is_some() {
                continue;
            }
            question.through = Through::Nothing;
            if let Some(path) = oracle.violation(&question) {
                let mut all = verdicts.verdicts.iter_mut();
                let verdict = all.find(|verdict| verdict.id == id).unwrap();
                let witness = prover::path_witness(&oracle, &path);
                verdict.outcome = Outcome::Violated { witness };
                verdict.violated_if.clear();
                changed.push(id);
            }
        }
        for (ruling, verdict) in check(&model, &verdicts).iter().zip(&verdicts.verdicts) {
            if changed.contains(&verdict.id) {
                let reason = "the path is excused".to_owned();
                assert_eq!(*ruling, Ruling::Refused { reason }, "seed {seed}");
                excused += 1;
            }
        }
    }
    assert!(excused > 20, "{excused}");
}

#[test]
fn only_with_an_obliged_subject_can_a_claim_fall() {
    let (model, mut verdicts) = small();
    let holds = |verdict: &&mut Verdict| matches!(verdict.outcome, Outcome::Holds { .. });
    let verdict = verdicts.verdicts.iter_mut().find(holds).unwrap();
    let id = verdict.id.clone();
    let (points, steps) = (Vec::new(), Vec::new());
    let witness = Witness::Path { points, steps };
    let subject = "nobody".to_owned();
    verdict.violated_if = vec![model::verdict::Compromise { subject, witness }];
    let rulings = check(&model, &verdicts);
    let at = verdicts.verdicts.iter().position(|verdict| verdict.id == id).unwrap();
    let reason = "its compromise cannot violate anything".to_owned();
    assert_eq!(rulings[at], Ruling::Refused { reason });
}

fn small() -> (Model, Verdicts) {
    let find = |seed| {
        let model = random_model(&mut Dice::new(seed));
        let verdicts = prover::judge(&model);
        let proved = |verdict: &&Verdict| matches!(verdict.outcome, Outcome::Holds { .. });
        (verdicts.verdicts.iter().filter(proved).count() > 4).then_some((model, verdicts))
    };
    (0..).find_map(find).unwrap()
}

fn fault(bytes: &[u8]) -> String {
    certificates(&small().0, bytes).fault.unwrap()
}

#[test]
fn bytes_that_are_no_verdicts() {
    assert!(fault(b"").starts_with("not verdicts"));
    assert!(fault(b"{}").starts_with("not verdicts"));
    assert!(fault(&b"[".repeat(100_000)).starts_with("not verdicts"));
    assert!(fault(&[0xff; 64]).starts_with("not verdicts"));
}

#[test]
fn a_subject_listed_twice_is_refused() {
    let model = side_by_side(2, 1);
    let mut verdicts = prover::judge(&model);
    let refused = |verdicts: &Verdicts| {
        let report = certificates(&model, &serde_json::to_vec(verdicts).unwrap());
        report.claims.iter().any(|claim| {
            matches!(&claim.result, Ruling::Refused { reason } if reason.contains("listed twice"))
        })
    };
    assert!(!refused(&verdicts));
    let mut verdict = verdicts.verdicts.iter_mut();
    let falls = &mut verdict.find(|own| !own.violated_if.is_empty()).unwrap().violated_if;
    falls.push(falls[0].clone());
    assert!(refused(&verdicts));
}

#[test]
fn a_part_that_is_repeated_very_often_is_too_much_work() {
    // 1000 starts and 1000 ends, and every pair of them again in each part.
    let mut model = side_by_side(0, 1);
    for name in 0..1998 {
        model.nodes.push(Node {
            name: format!("e{name}"),
            kind: NodeKind::External,
            ..model.nodes[0].clone()
        });
    }
    let end = |index: u32| EndPoint::Node(NodeId(index + 2));
    model.requirements[0].claims[0].0 = Claim::Never {
        from: (0..999).map(end).collect(),
        to: (999..1998).map(end).collect(),
        data: None,
        through: Through::Nothing,
    };
    let mut verdicts = analysis::judge(&model, "test");
    let Outcome::Holds { certificate: Certificate::Closed { parts } } =
        &mut verdicts.verdicts[0].outcome
    else {
        panic!("nothing flows")
    };
    let repeated = parts[0].clone();
    parts.extend(std::iter::repeat_n(repeated, 6000));
    let report = certificates(&model, &serde_json::to_vec(&verdicts).unwrap());
    let reason = "it takes too much work to check".to_owned();
    assert_eq!(report.claims[0].result, Ruling::Refused { reason });
}

#[test]
fn too_many_names() {
    let bytes = vec![b'"'; 41_000_000];
    assert!(fault(&bytes).starts_with("more names than"));
}

#[test]
fn too_many_bytes() {
    let bytes = vec![0; recheck::VERDICTS_BYTES_MAX + 1];
    assert!(fault(&bytes).starts_with("larger than any"));
}

/// Trusted subjects that pass nothing stand side by side between two others, `count` requirements say
/// so, and the compromise of each of them violates each.
fn side_by_side(trusted: u32, count: usize) -> Model {
    let origin = Origin::default;
    let mut model = Model { name: "side-by-side".to_owned(), ..Model::default() };
    for index in 0..trusted + 2 {
        let trust = (index > 1).then(Trust::default);
        model.nodes.push(Node {
            name: format!("subject-{index}"),
            kind: NodeKind::Subject(Box::new(Subject { trust, ..Subject::default() })),
            domain: None,
            zones: Vec::new(),
            secrecy: None,
            integrity: None,
            holds: Vec::new(),
            origin: origin(),
        });
    }
    let ends = (2..trusted + 2).flat_map(|index| [(0, index), (index, 1)]);
    for (index, (from, to)) in ends.enumerate() {
        let channel = ChannelId::of(index);
        let [from, to] = [(from, Direction::Out), (to, Direction::In)].map(|(node, direction)| {
            model.ports.push(Port {
                node: NodeId(node),
                name: format!("port-{index}"),
                direction,
                message: None,
                secrecy: None,
                integrity: None,
                max_age_us: None,
                on_stale: None,
                role: PortRole::Data,
                emits: Vec::new(),
                grant: None,
                channel: Some(channel),
                origin: origin(),
            });
            PortId::of(model.ports.len() - 1)
        });
        model.channels.push(Channel { from, to, kind: ChannelKind::Sampling, origin: origin() });
    }
    let (from, to) = (vec![EndPoint::Node(NodeId(0))], vec![EndPoint::Node(NodeId(1))]);
    let claim = Claim::Never { from, to, data: None, through: Through::Nothing };
    model.requirements = (0..count)
        .map(|index| Requirement {
            name: format!("requirement-{index}"),
            characteristics: Vec::new(),
            source: None,
            owner: None,
            claims: vec![(claim.clone(), origin())],
            origin: origin(),
        })
        .collect();
    model
}

/// What the analysis says about subjects side by side is accepted; gives its size in bytes.
fn is_accepted(trusted: u32, count: usize) {
    let model = side_by_side(trusted, count);
    let verdicts = analysis::judge(&model, "test");
    let falls = verdicts.verdicts.iter().all(|own| own.violated_if.len() == trusted as usize);
    assert!(falls && verdicts.verdicts.len() == count);
    let bytes = serde_json::to_vec(&verdicts).unwrap();
    drop(verdicts);
    let report = certificates(&model, &bytes);
    assert!(report.proved, "{} bytes: {:?}", bytes.len(), report.fault);
}

#[test]
fn many_subjects_to_fall_with() {
    is_accepted(30, 100);
}

#[test]
fn another_format() {
    let (_, mut verdicts) = small();
    verdicts.format = "bulkhead.verdicts/3".to_owned();
    assert!(
        fault(&serde_json::to_vec(&verdicts).unwrap()).starts_with("verdicts of another format")
    );
}

#[test]
fn an_unknown_field_is_refused() {
    let (_, verdicts) = small();
    let text = serde_json::to_string(&verdicts).unwrap();
    let text = text.replacen("\"vacuous\"", "\"proved\":true,\"vacuous\"", 1);
    assert!(fault(text.as_bytes()).starts_with("not verdicts"));
}

#[test]
fn missing_surplus_and_doubled_verdicts() {
    let (model, mut verdicts) = small();
    let first = verdicts.verdicts.remove(0);
    let mut strange = verdicts.verdicts[0].clone();
    verdicts.verdicts.push(verdicts.verdicts[0].clone());
    strange.id = "no-such-claim".to_owned();
    verdicts.verdicts.push(strange);
    let report = certificates(&model, &serde_json::to_vec(&verdicts).unwrap());
    assert!(!report.accepted && !report.proved);
    let of = |id: &str| {
        let claim = report.claims.iter().find(|claim| claim.id == id).unwrap();
        claim.result.clone()
    };
    assert_eq!(of(&first.id), Ruling::Missing);
    assert!(matches!(of(&verdicts.verdicts[0].id), Ruling::Refused { .. }));
    assert!(matches!(of("no-such-claim"), Ruling::Refused { .. }));
}
