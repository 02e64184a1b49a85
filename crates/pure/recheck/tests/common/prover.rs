//! A naive prover, and a literal reading of what makes a certificate a proof.

use super::oracle::{Ask, Off, Oracle, Question};
use model::flow::Point;
use model::verdict::{
    self, Axis, Certificate, ClosedPart, FORMAT, Outcome, Step, Verdict, Verdicts, Witness,
};
use model::*;
use std::collections::BTreeSet;

pub fn never(oracle: &Oracle<'_>, claim: &Claim) -> Option<Question> {
    let Claim::Never { from, to, data, through } = claim else {
        return None;
    };
    Some(Question {
        starts: oracle.starts(from, *data),
        ends: oracle.ends(to),
        ask: Ask::of(*data),
        through: through.clone(),
        places: false,
    })
}

pub fn class_label(oracle: &Oracle<'_>, class: ClassId) -> Option<Question> {
    let secrecy = oracle.model.classes[class.index()].secrecy?;
    let origins = oracle.origins(class).into_iter();
    Some(Question {
        starts: origins.map(|point| (oracle.name(point), point)).collect(),
        ends: oracle.low_points(secrecy),
        ask: Ask::Data(class),
        through: Through::Nothing,
        places: true,
    })
}

fn step(
    oracle: &Oracle<'_>,
    (ordered, mediators): &(bool, Vec<NodeId>),
    (met, from): (usize, Point),
    to: Point,
) -> Option<usize> {
    let (from, to) = (oracle.node(from), oracle.node(to));
    if !ordered {
        return (!mediators.contains(&to)).then_some(0);
    }
    if from != to && mediators.get(met) == Some(&to) {
        return (met + 1 < mediators.len()).then_some(met + 1);
    }
    Some(met)
}

fn texts(list: &[(String, Point)]) -> BTreeSet<&String> {
    list.iter().map(|(name, _)| name).collect()
}

fn points_of<'a>(list: &'a [(String, Point)], name: &'a str) -> impl Iterator<Item = Point> + 'a {
    let named = list.iter().filter(move |(text, _)| text == name);
    named.map(|(_, point)| *point)
}

/// One part for each pair of names.
pub fn prove(oracle: &Oracle<'_>, question: &Question) -> Vec<ClosedPart> {
    let mut parts = Vec::new();
    for from in texts(&question.starts) {
        for to in texts(&question.ends) {
            let starts: Vec<Point> = points_of(&question.starts, from).collect();
            let ends: Vec<Point> = points_of(&question.ends, to).collect();
            let (first, last) = (oracle.node(starts[0]), oracle.node(ends[0]));
            if first == last && !question.places {
                continue;
            }
            let excuse = oracle.mediators(&question.through, first, last);
            let mut set: BTreeSet<(usize, Point)> =
                starts.iter().map(|start| (0, *start)).collect();
            let mut todo: Vec<(usize, Point)> = set.iter().copied().collect();
            while let Some(at) = todo.pop() {
                for next in oracle.next(at.1, question.ask) {
                    if let Some(met) = step(oracle, &excuse, at, next)
                        && set.insert((met, next))
                    {
                        todo.push((met, next));
                    }
                }
            }
            let ordered = matches!(question.through, Through::InOrder(_));
            let entry = |(met, point): &(usize, Point)| match ordered {
                true => format!("{met}|{}", oracle.name(*point)),
                false => oracle.name(*point),
            };
            let to = if question.places { Vec::new() } else { vec![to.clone()] };
            parts.push(ClosedPart {
                from: vec![from.clone()],
                to,
                points: set.iter().map(entry).collect(),
            });
        }
    }
    parts
}

/// Whether every pair of a start and an end is covered by a set that proves it for that pair.
pub fn is_proof(oracle: &Oracle<'_>, question: &Question, parts: &[ClosedPart]) -> bool {
    let points = oracle.points();
    let find = |name: &str| points.iter().copied().find(|point| oracle.name(*point) == name);
    let read = |entry: &String| -> Option<(usize, Point)> {
        match entry.split_once('|') {
            Some((met, name)) => Some((met.parse().ok()?, find(name)?)),
            None => Some((0, find(entry)?)),
        }
    };
    let sets: Vec<Option<BTreeSet<(usize, Point)>>> =
        parts.iter().map(|part| part.points.iter().map(read).collect()).collect();
    let proves = |from: &(String, Point), to: &(String, Point), at: usize| {
        let (part, Some(set)) = (&parts[at], &sets[at]) else {
            return false;
        };
        let lists = part.from.contains(&from.0) && (question.places || part.to.contains(&to.0));
        let excuse = oracle.mediators(&question.through, oracle.node(from.1), oracle.node(to.1));
        let closed = set.iter().all(|at| {
            oracle.next(at.1, question.ask).into_iter().all(|next| {
                step(oracle, &excuse, *at, next).is_none_or(|met| set.contains(&(met, next)))
            })
        });
        lists && closed && set.contains(&(0, from.1)) && !set.iter().any(|(_, at)| *at == to.1)
    };
    question.starts.iter().all(|from| {
        question.ends.iter().all(|to| {
            (oracle.node(from.1) == oracle.node(to.1) && !question.places)
                || (0..parts.len()).any(|at| proves(from, to, at))
        })
    })
}

pub fn steps(oracle: &Oracle<'_>, path: &[Point]) -> Vec<Step> {
    let model = oracle.model;
    let mut steps = Vec::new();
    let mut passed = None;
    for pair in path.windows(2) {
        let (from, to) = (oracle.node(pair[0]), oracle.node(pair[1]));
        let mut by = String::new();
        match (pair[0], pair[1]) {
            (Point::Port(p), Point::Port(q)) if from == to => {
                passed = Some(format!(
                    "{} => {}",
                    oracle.name(Point::Port(p)),
                    oracle.name(Point::Port(q))
                ));
            }
            (Point::Enter(n), Point::Leave(_)) => {
                passed = oracle.trusted(n).then(|| "void".to_owned());
            }
            (Point::Port(p), Point::Port(q)) => {
                let name = |id| oracle.end_name(EndPoint::Port(id));
                by = format!("channel {} -> {}", name(p), name(q));
            }
            (Point::Back(p), Point::Back(q)) => {
                let name = |id| oracle.end_name(EndPoint::Port(id));
                by = format!("credit of {} -> {}", name(q), name(p));
            }
            (Point::Port(p), _) | (_, Point::Port(p)) if from != to => {
                let grant = model.ports[p.index()].grant.unwrap();
                let grant = &model.grants[grant.index()];
                let peer = &model.nodes[grant.peer.index()].name;
                let arrow = match (grant.in_port.is_some(), grant.out_port.is_some()) {
                    (true, true) => "<->",
                    (true, false) => "<-",
                    _ => "->",
                };
                by = format!("grant {} {arrow} {peer}", oracle.end_name(EndPoint::Port(p)));
            }
            _ => {}
        }
        if from != to {
            let name = |id: NodeId| model.nodes[id.index()].name.clone();
            let (from, to, passed) = (name(from), name(to), passed.take());
            let bytes = by.starts_with("credit").then_some(4096);
            steps.push(Step { from, to, by, bytes, passed });
        }
    }
    steps
}

pub fn path_witness(oracle: &Oracle<'_>, path: &[Point]) -> Witness {
    Witness::Path {
        points: path.iter().map(|point| oracle.name(*point)).collect(),
        steps: steps(oracle, path),
    }
}

fn violation(oracle: &Oracle<'_>, question: &Question) -> Option<Vec<Point>> {
    oracle.violation(question)
}

/// The verdict about a claim that something does not flow.
fn flow_outcome(
    model: &Model,
    ask: &dyn Fn(&Oracle<'_>) -> Option<Question>,
) -> (Outcome, bool, Vec<verdict::Compromise>) {
    let oracle = Oracle::new(model, Off::new());
    let question = ask(&oracle).unwrap();
    if let Some(path) = violation(&oracle, &question) {
        let witness = path_witness(&oracle, &path);
        return (Outcome::Violated { witness }, false, Vec::new());
    }
    let plain = Question { through: Through::Nothing, ..ask(&oracle).unwrap() };
    let mediated = !matches!(question.through, Through::Nothing);
    let pairs = question.starts.iter().any(|(_, from)| {
        let mut ends = question.ends.iter();
        ends.any(|(_, to)| oracle.node(*from) != oracle.node(*to))
    });
    let vacuous = if question.places {
        question.starts.is_empty() || question.ends.is_empty()
    } else {
        !pairs || (mediated && violation(&oracle, &plain).is_none())
    };
    let mut falls = Vec::new();
    for (id, node, _) in model.subjects() {
        if !oracle.obliged(id) {
            continue;
        }
        let void = Oracle::new(model, Off::from([id]));
        if let Some(path) = violation(&void, &ask(&void).unwrap()) {
            falls.push(verdict::Compromise {
                subject: node.name.clone(),
                witness: path_witness(&void, &path),
            });
        }
    }
    let parts = prove(&oracle, &question);
    let certificate = Certificate::Closed { parts };
    (Outcome::Holds { certificate }, vacuous, falls)
}

fn label_outcome(model: &Model, axis: Axis) -> (Outcome, bool, Vec<verdict::Compromise>) {
    let secrecy = axis == Axis::Secrecy;
    let order = if secrecy { &model.secrecy } else { &model.integrity };
    let witness = |oracle: &Oracle<'_>, from: Point, to: Point| {
        let label = |point| order.name(oracle.label(point, secrecy).unwrap()).to_owned();
        Witness::LabelBreak {
            points: vec![oracle.name(from), oracle.name(to)],
            steps: steps(oracle, &[from, to]),
            from_label: label(from),
            to_label: label(to),
            others: Vec::new(),
        }
    };
    let oracle = Oracle::new(model, Off::new());
    let breaks = oracle.label_breaks(secrecy);
    let unstated: BTreeSet<(Point, Point)> =
        breaks.iter().filter(|(.., stated)| !stated).map(|(from, to, _)| (*from, *to)).collect();
    if let Some((from, to)) = unstated.first() {
        let mut witness = witness(&oracle, *from, *to);
        if let Witness::LabelBreak { others, .. } = &mut witness {
            let label = |point| order.name(oracle.label(point, secrecy).unwrap()).to_owned();
            others.extend(unstated.iter().skip(1).map(|(from, to)| verdict::Break {
                points: vec![oracle.name(*from), oracle.name(*to)],
                steps: steps(&oracle, &[*from, *to]),
                from_label: label(*from),
                to_label: label(*to),
            }));
        }
        return (Outcome::Violated { witness }, false, Vec::new());
    }
    let mut falls = Vec::new();
    for (id, node, subject) in model.subjects() {
        let void = Oracle::new(model, Off::from([id]));
        let breaks = void.label_breaks(secrecy);
        let found = breaks.iter().find(|(.., stated)| !stated);
        if let (Some(_), Some((from, to, _))) = (&subject.trust, found) {
            let (subject, witness) = (node.name.clone(), witness(&void, *from, *to));
            falls.push(verdict::Compromise { subject, witness });
        }
    }
    let label = |point: &Point| {
        let label = oracle.label(*point, secrecy)?;
        Some((oracle.name(*point), order.name(label).to_owned()))
    };
    let mut labels: Vec<(String, String)> = oracle.points().iter().filter_map(label).collect();
    labels.sort();
    let pass = |(from, to, _): &(Point, Point, bool)| {
        format!("{} => {}", oracle.name(*from), oracle.name(*to))
    };
    let stated: BTreeSet<String> = breaks.iter().map(pass).collect();
    let stated_passes = stated.into_iter().collect();
    let certificate = Certificate::Invariant { labels, stated_passes };
    (Outcome::Holds { certificate }, false, falls)
}

fn keep_outcome(model: &Model, claim: &Claim) -> (Outcome, bool, Vec<verdict::Compromise>) {
    let Claim::Keep { lost, from, to, signals } = claim else {
        unreachable!("only asked about `Keep`")
    };
    let oracle = Oracle::new(model, Off::new());
    let starts = oracle.starts(&[*from], None);
    let ends = oracle.ends(&[*to]);
    let (first, last) = (oracle.node(starts[0].1), oracle.node(ends[0].1));
    let gone = lost.contains(&first) || lost.contains(&last);
    let through = Through::AnyOf(lost.clone());
    let ask = if *signals { Ask::Happens } else { Ask::Content };
    let question = Question { starts, ends, ask, through, places: true };
    let path = oracle.violation(&question);
    let outcome = match path {
        Some(path) if !gone => {
            let points = path.iter().map(|point| oracle.name(*point)).collect();
            let certificate = Certificate::Path { points };
            Outcome::Holds { certificate }
        }
        _ => {
            let parts = prove(&oracle, &question);
            let points = parts[0].points.clone();
            let witness = Witness::Disconnected { points };
            Outcome::Violated { witness }
        }
    };
    let vacuous = lost.is_empty() && matches!(outcome, Outcome::Holds { .. });
    (outcome, vacuous, Vec::new())
}

fn fresh_outcome(model: &Model, claim: &Claim) -> (Outcome, bool, Vec<verdict::Compromise>) {
    let Claim::Fresh { port, max_age_us, reaction } = claim else {
        unreachable!("only asked about `Fresh`")
    };
    let port = &model.ports[port.index()];
    let age = port.max_age_us.map_or("-".to_owned(), |age| age.to_string());
    let stale = port.on_stale.map_or("-", |_| "stop").to_owned();
    let name = format!("{}.{}", model.nodes[port.node.index()].name, port.name);
    let rows = vec![
        ("max-age-us".to_owned(), age),
        ("on-stale".to_owned(), stale),
        ("port".to_owned(), name),
    ];
    let fresh = port.max_age_us.is_some_and(|age| age <= *max_age_us);
    let reacts = port.on_stale.is_some() && (reaction.is_none() || *reaction == port.on_stale);
    let outcome = if fresh && reacts {
        let certificate = Certificate::Table { rows };
        Outcome::Holds { certificate }
    } else {
        let witness = Witness::Mismatch { rows };
        Outcome::Violated { witness }
    };
    (outcome, false, Vec::new())
}

fn claim_text(oracle: &Oracle<'_>, claim: &Claim) -> verdict::Claim {
    let sorted = |names: Vec<String>| -> Vec<String> {
        names.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
    };
    let ends = |ends: &[EndPoint]| sorted(ends.iter().map(|end| oracle.end_name(*end)).collect());
    let node = |id: &NodeId| oracle.model.nodes[id.index()].name.clone();
    match claim {
        Claim::Never { from, to, data, through } => {
            let mut any = Vec::new();
            let mut order = Vec::new();
            match through {
                Through::Nothing => {}
                Through::AnyOf(list) => any = sorted(list.iter().map(node).collect()),
                Through::InOrder(list) => order = list.iter().map(node).collect(),
            }
            verdict::Claim::Never {
                from: ends(from),
                to: ends(to),
                data: data.map(|id| oracle.model.classes[id.index()].name.clone()),
                except_through: any,
                except_in_order: order,
            }
        }
        Claim::Keep { lost, from, to, signals } => verdict::Claim::Keep {
            lost: sorted(lost.iter().map(node).collect()),
            from: oracle.end_name(*from),
            to: oracle.end_name(*to),
            signals: *signals,
        },
        Claim::Fresh { port, max_age_us, reaction } => verdict::Claim::Fresh {
            port: oracle.end_name(EndPoint::Port(*port)),
            max_age_us: *max_age_us,
            reaction: reaction.map(|_| "stop".to_owned()),
        },
        Claim::Latency { .. } => unreachable!("no such claim is made"),
    }
}

/// Everything that can be said about a random model, with all assumptions listed.
pub fn judge(model: &Model) -> Verdicts {
    let oracle = Oracle::new(model, Off::new());
    let mut assumptions = vec!["platform".to_owned()];
    assumptions.extend(model.assumptions.iter().map(|own| own.name.clone()));
    let obliged = model.nodes().filter(|(id, _)| oracle.obliged(*id));
    assumptions.extend(obliged.map(|(_, node)| format!("local-policy.{}", node.name)));
    let mut verdicts = Vec::new();
    let mut add =
        |id: String, claim: verdict::Claim, judged: (Outcome, bool, Vec<verdict::Compromise>)| {
            verdicts.push(Verdict {
                id,
                claim,
                outcome: judged.0,
                vacuous: judged.1,
                notion: "as tested".to_owned(),
                assumptions: assumptions.clone(),
                violated_if: judged.2,
            });
        };
    for requirement in &model.requirements {
        for (index, (claim, _)) in requirement.claims.iter().enumerate() {
            let id = match index {
                0 => requirement.name.clone(),
                _ => format!("{}#{}", requirement.name, index + 1),
            };
            let judged = match claim {
                Claim::Keep { .. } => keep_outcome(model, claim),
                Claim::Fresh { .. } => fresh_outcome(model, claim),
                _ => flow_outcome(model, &|oracle| never(oracle, claim)),
            };
            add(id, claim_text(&oracle, claim), judged);
        }
    }
    for (axis, name, order) in [
        (Axis::Secrecy, "secrecy", &model.secrecy),
        (Axis::Integrity, "integrity", &model.integrity),
    ] {
        if !order.is_empty() {
            let claim = verdict::Claim::Labels { axis };
            add(format!("labels.{name}"), claim, label_outcome(model, axis));
        }
    }
    for (index, class) in model.classes.iter().enumerate() {
        if class.secrecy.is_some() {
            let judged = flow_outcome(model, &|oracle| class_label(oracle, ClassId::of(index)));
            let claim = verdict::Claim::ClassLabel { class: class.name.clone() };
            add(format!("class.{}", class.name), claim, judged);
        }
    }
    for (id, node, subject) in model.subjects() {
        let Some(level) = &subject.criticality else {
            continue;
        };
        let deployed = model.deployments[0].subjects.contains(&id);
        let outcome = if deployed && model.platforms[0].qualified.contains(level) {
            let rows = vec![
                ("level".to_owned(), level.clone()),
                ("platform".to_owned(), "box".to_owned()),
            ];
            let certificate = Certificate::Table { rows };
            Outcome::Holds { certificate }
        } else {
            let reason = "not offered".to_owned();
            Outcome::Unknown { reason }
        };
        let (subject, level) = (node.name.clone(), level.clone());
        let claim = verdict::Claim::Criticality { subject, level };
        add(format!("criticality.{}", node.name), claim, (outcome, false, Vec::new()));
    }
    Verdicts {
        format: FORMAT.to_owned(),
        system: model.name.clone(),
        model: model.digest(),
        tool: "test".to_owned(),
        verdicts,
    }
}

/// The claim of an id as the model states it, and as a question about flows if it is one.
fn question(oracle: &Oracle<'_>, id: &str) -> Option<Question> {
    if let Some(name) = id.strip_prefix("class.") {
        let index = oracle.model.classes.iter().position(|class| class.name == name)?;
        return class_label(oracle, ClassId::of(index));
    }
    match stated(oracle.model, id)? {
        Claim::Keep { lost, from, to, signals } => Some(Question {
            starts: oracle.starts(&[*from], None),
            ends: oracle.ends(&[*to]),
            ask: if *signals { Ask::Happens } else { Ask::Content },
            through: Through::AnyOf(lost.clone()),
            places: true,
        }),
        claim => never(oracle, claim),
    }
}

fn stated<'m>(model: &'m Model, id: &str) -> Option<&'m Claim> {
    let (name, number) = id.split_once('#').unwrap_or((id, "1"));
    let number: usize = number.parse().ok()?;
    let requirement = model.requirements.iter().find(|own| own.name == name)?;
    Some(&requirement.claims.get(number - 1)?.0)
}

fn gone(oracle: &Oracle<'_>, id: &str) -> bool {
    let Some(Claim::Keep { lost, from, to, .. }) = stated(oracle.model, id) else {
        return false;
    };
    let start = oracle.node(oracle.starts(&[*from], None)[0].1);
    lost.contains(&start) || lost.contains(&oracle.node(oracle.ends(&[*to])[0].1))
}

fn is_violation(oracle: &Oracle<'_>, question: &Question, names: &[String]) -> bool {
    let points = oracle.points();
    let find = |name: &String| points.iter().copied().find(|point| oracle.name(*point) == *name);
    let Some(path) = names.iter().map(find).collect::<Option<Vec<Point>>>() else {
        return false;
    };
    let (Some(first), Some(last)) = (path.first(), path.last()) else {
        return false;
    };
    let joined = path.windows(2).all(|pair| oracle.next(pair[0], question.ask).contains(&pair[1]));
    joined
        && question.starts.iter().any(|(_, start)| start == first)
        && question.ends.iter().any(|(_, end)| end == last)
        && (question.places || oracle.node(*first) != oracle.node(*last))
        && !oracle.excused(&path, &question.through)
}

/// Whether a certificate is a proof of the claim of an id.
pub fn proves(oracle: &Oracle<'_>, id: &str, certificate: &Certificate) -> bool {
    match certificate {
        Certificate::Closed { parts } => {
            question(oracle, id).is_some_and(|question| is_proof(oracle, &question, parts))
        }
        Certificate::Path { points } => {
            let plain = Oracle::new(oracle.model, Off::new());
            let question = question(&plain, id);
            !gone(oracle, id) && question.is_some_and(|own| is_violation(&plain, &own, points))
        }
        Certificate::Invariant { labels, stated_passes } => {
            let secrecy = id == "labels.secrecy";
            let order = if secrecy { &oracle.model.secrecy } else { &oracle.model.integrity };
            let label = |point: Point| Some(order.name(oracle.label(point, secrecy)?).to_owned());
            let own = oracle.points().into_iter();
            let own: BTreeSet<(String, String)> =
                own.filter_map(|point| Some((oracle.name(point), label(point)?))).collect();
            let breaks = oracle.label_breaks(secrecy);
            let passes: BTreeSet<String> = breaks
                .iter()
                .map(|(from, to, _)| format!("{} => {}", oracle.name(*from), oracle.name(*to)))
                .collect();
            labels.iter().cloned().collect::<BTreeSet<_>>() == own
                && stated_passes.iter().cloned().collect::<BTreeSet<_>>() == passes
                && breaks.iter().all(|(.., stated)| *stated)
        }
        // The rows are compared with the model's in the tests about such claims.
        Certificate::Table { .. } => {
            matches!(stated(oracle.model, id), Some(Claim::Fresh { .. }))
                || id.starts_with("criticality.")
        }
    }
}

/// Whether a witness contradicts the claim of an id.
pub fn shows(oracle: &Oracle<'_>, id: &str, witness: &Witness) -> bool {
    let keep = matches!(stated(oracle.model, id), Some(Claim::Keep { .. }));
    match witness {
        Witness::Path { points, .. } => {
            let question = question(oracle, id);
            !keep && question.is_some_and(|own| is_violation(oracle, &own, points))
        }
        Witness::LabelBreak { points, others, .. } => {
            let breaks = oracle.label_breaks(id == "labels.secrecy");
            let is_break = |points: &[String]| {
                breaks.iter().any(|(from, to, stated)| {
                    !stated && *points == [oracle.name(*from), oracle.name(*to)]
                })
            };
            let mut all: Vec<_> = others.iter().map(|own| &own.points).chain([points]).collect();
            let count = all.len();
            all.sort();
            all.dedup();
            all.len() == count && all.iter().all(|points| is_break(points))
        }
        Witness::Disconnected { points } => {
            let question = question(oracle, id);
            let parts = |question: &Question| ClosedPart {
                from: vec![question.starts[0].0.clone()],
                to: vec![question.ends[0].0.clone()],
                points: points.clone(),
            };
            keep && question
                .is_some_and(|own| gone(oracle, id) || is_proof(oracle, &own, &[parts(&own)]))
        }
        Witness::Mismatch { .. } => matches!(stated(oracle.model, id), Some(Claim::Fresh { .. })),
    }
}
