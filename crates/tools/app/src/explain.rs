//! Verdicts and plan faults as diagnostics that point into the model's text.

use crate::check::Checked;
use crate::model_file::ModelFile;
use crate::names::{BREAKS, few, node_of};
use crate::remedy::{self, Remedies};
use model::verdict::{Claim, Outcome, Step, Verdict, Witness};
use model::{Direction, Model, NodeId, Origin, PortId};
use source::{Diagnostic, Span};
use std::collections::HashMap;

/// Nodes shown of the beginning and of the end of a path.
const HEAD: usize = 8;
const TAIL: usize = 4;

/// Where a subject names its program.
pub fn program_span(file: &ModelFile, subject: NodeId, program: &str) -> Span {
    let whole = file
        .model
        .node(subject)
        .map(|node| file.origins.span(node.origin));
    let whole = whole.unwrap_or_default();
    let quoted = format!("\"{program}\"");
    match file.source.slice(whole).find(&quoted) {
        Some(at) => {
            let start = whole.start as usize + at;
            Span::new(start, start + quoted.len())
        }
        None => file.head(whole),
    }
}

/// Verdicts that do not hold, each as an error at its claim with the witness's steps beside it.
pub fn verdicts(file: &ModelFile, checked: &Checked) -> Vec<Diagnostic> {
    let names = Names::new(&file.model);
    let remedies = Remedies::new(file, checked);
    let verdicts = checked.verdicts.verdicts.iter();
    let diagnostic = |own: &Verdict| verdict(file, &names, own, &remedies);
    verdicts.filter_map(diagnostic).collect()
}

fn verdict(
    file: &ModelFile,
    names: &Names<'_>,
    verdict: &Verdict,
    remedies: &Remedies<'_>,
) -> Option<Diagnostic> {
    let (code, message, help) = match &verdict.outcome {
        Outcome::Holds { .. } => return None,
        Outcome::Violated { witness } => (
            "violated",
            format!(
                "`{}` is violated: {}",
                verdict.id,
                say(&verdict.claim, witness)
            ),
            remedies.of(&verdict.id, &verdict.claim, witness),
        ),
        Outcome::Unknown { reason } => (
            "unknown",
            format!("`{}` is unknown: {reason}", verdict.id),
            remedy::of_unknown(&verdict.claim),
        ),
    };
    let mut labels: Vec<(Span, String)> = Vec::new();
    if let Some(origin) = names.claim_origin(&verdict.id) {
        labels.push((file.head(file.origins.span(origin)), String::new()));
    }
    if let Outcome::Violated { witness } = &verdict.outcome {
        labels.extend(places(file, names, witness));
    }
    // A built-in claim is written nowhere: then the first step is the main place.
    let mut labels = labels.into_iter();
    let (main, text) = labels.next().unwrap_or_default();
    let mut diagnostic = Diagnostic::error(code, main, message)
        .at_main(text)
        .help(help);
    for (span, text) in labels {
        diagnostic = diagnostic.label(span, text);
    }
    Some(diagnostic)
}

/// Where the edges of a witness were drawn, each with what happens there.
fn places(file: &ModelFile, names: &Names<'_>, witness: &Witness) -> Vec<(Span, String)> {
    if let Witness::LabelBreak {
        points,
        steps,
        from_label,
        to_label,
        others,
    } = witness
    {
        let place = |points: &[String], steps: &[Step], from: &str, to: &str| {
            let ends = match steps {
                [] => way(points),
                steps => ladder(steps),
            };
            let text = format!("{ends}: `{from}` to `{to}`");
            Some((edge_place(file, names, points)?, text))
        };
        let others = others.iter().take(BREAKS - 1);
        let others =
            others.filter_map(|own| place(&own.points, &own.steps, &own.from_label, &own.to_label));
        let first = place(points, steps, from_label, to_label);
        return first.into_iter().chain(others).collect();
    }
    let (points, steps) = path(witness);
    let mut places = Vec::new();
    let mut number = 0;
    for pair in points.windows(2) {
        let [from, to] = pair else { continue };
        let Some((origin, passes)) = names.edge_origin(from, to) else {
            continue;
        };
        let text = if passes {
            "passed on by its stated policy".to_owned()
        } else {
            number += 1;
            steps.get(number - 1).map_or_else(
                || format!("step {number}"),
                |step| {
                    let credit = step.bytes.map_or_else(String::new, |bytes| {
                        format!(" by its credit, a page of {bytes} bytes, not one position")
                    });
                    format!("step {number}: {} → {}{credit}", step.from, step.to)
                },
            )
        };
        places.push((file.head(file.origins.span(origin)), text));
    }
    if places.is_empty() {
        // It stays within one node: where that was drawn.
        let origin = points
            .iter()
            .rev()
            .find_map(|point| names.point_origin(point));
        places.extend(origin.map(|own| (file.head(file.origins.span(own)), "here".to_owned())));
    }
    // Whoever needs every step of a long path takes the witness itself.
    if let Some(tail) = places.len().checked_sub(TAIL).filter(|tail| *tail > HEAD) {
        places.drain(HEAD..tail);
    }
    places
}

/// Where an edge was drawn, or else where the last of its points was.
fn edge_place(file: &ModelFile, names: &Names<'_>, points: &[String]) -> Option<Span> {
    let [from, to] = points else { return None };
    let edge = names.edge_origin(from, to).map(|(origin, _)| origin);
    let mut points = points.iter().rev();
    let origin = edge.or_else(|| points.find_map(|point| names.point_origin(point)))?;
    Some(file.head(file.origins.span(origin)))
}

/// A witness against a claim in one line.
pub fn say(claim: &Claim, witness: &Witness) -> String {
    match witness {
        Witness::Path { points, steps } if steps.is_empty() => match claim {
            Claim::ClassLabel { class } => {
                format!(
                    "{class} originates in {}, where secrecy is too low",
                    way(points)
                )
            }
            _ => format!("within {}", way(points)),
        },
        Witness::Path { steps, .. } => ladder(steps),
        Witness::LabelBreak {
            points,
            steps,
            from_label,
            to_label,
            others,
        } => {
            let first = broken(points, steps, from_label, to_label);
            match others.len() {
                0 => first,
                1 => format!("{first}; 1 other flow breaks the labels"),
                more => format!("{first}; {more} other flows break the labels"),
            }
        }
        Witness::Disconnected { .. } => match claim {
            Claim::Keep {
                lost,
                from,
                to,
                signals,
            } => {
                let lost = match lost.is_empty() {
                    true => "nothing".to_owned(),
                    false => few(lost),
                };
                let what = match signals {
                    true => "nothing",
                    false => "nothing with content",
                };
                format!("with {lost} lost, {what} flows from {from} to {to}")
            }
            _ => "nothing connects the ends".to_owned(),
        },
        Witness::Mismatch { rows } => mismatch(claim, rows),
    }
}

/// A flow that breaks the labels.
fn broken(points: &[String], steps: &[Step], from_label: &str, to_label: &str) -> String {
    let place = match steps {
        [] => format!("within {}, {}", way(points), points.join(" => ")),
        steps => ladder(steps),
    };
    format!("{place} carries `{from_label}` to `{to_label}`")
}

/// What an in-port states about old data beside what is required.
fn mismatch(claim: &Claim, rows: &[(String, String)]) -> String {
    let row = |wanted: &str| {
        let row = rows.iter().find(|(key, _)| key == wanted);
        row.map_or("-", |(_, value)| value.as_str())
    };
    let Claim::Fresh {
        port,
        max_age_us,
        reaction,
    } = claim
    else {
        let rows: Vec<String> = rows
            .iter()
            .map(|(key, own)| format!("{key} {own}"))
            .collect();
        return rows.join(", ");
    };
    let age = match row("max-age-us").parse() {
        Ok(age_us) => format!("data at {port} is stale from {} on", time(age_us)),
        Err(_) => format!("data at {port} is never stale"),
    };
    let then = match row("on-stale") {
        "-" => "then nothing is stated",
        then => then,
    };
    let wanted = reaction.as_deref().unwrap_or("any stated reaction");
    let most = time(*max_age_us);
    format!("{age} ({then}), required is {most} at most ({wanted})")
}

/// A duration in the largest unit in which it is whole.
fn time(us: u64) -> String {
    match us {
        us if us % 1_000_000 == 0 => format!("{} s", us / 1_000_000),
        us if us % 1000 == 0 => format!("{} ms", us / 1000),
        us => format!("{us} us"),
    }
}

/// The nodes of a path of points, as `a › b › c`.
pub fn way(points: &[String]) -> String {
    let mut nodes: Vec<&str> = points.iter().map(|point| node_of(point)).collect();
    nodes.dedup();
    shortened(nodes)
}

/// `a › b › c`; of a long path the beginning and the end.
pub fn ladder(steps: &[Step]) -> String {
    let first = steps.first().map(|step| step.from.as_str());
    let nodes = first
        .into_iter()
        .chain(steps.iter().map(|step| step.to.as_str()));
    shortened(nodes.collect())
}

/// Nodes in a row; of many the first and the last.
fn shortened(nodes: Vec<&str>) -> String {
    let between = " › ";
    match (nodes.get(..HEAD), nodes.len().checked_sub(TAIL)) {
        (Some(head), Some(tail)) if tail > HEAD + 1 => {
            let (head, rest) = (head.join(between), nodes.get(tail..).unwrap_or_default());
            format!("{head} › … {} more … › {}", tail - HEAD, rest.join(between))
        }
        _ => nodes.join(between),
    }
}

fn path(witness: &Witness) -> (&[String], &[Step]) {
    match witness {
        Witness::Path { points, steps } => (points, steps),
        Witness::LabelBreak { .. } | Witness::Disconnected { .. } | Witness::Mismatch { .. } => {
            (&[], &[])
        }
    }
}

/// A port by the names of its node and itself.
type PortName<'m> = (&'m str, &'m str, Direction);

/// What verdicts name, found again in the model.
struct Names<'m> {
    model: &'m Model,
    requirements: HashMap<&'m str, &'m model::Requirement>,
    ports: HashMap<PortName<'m>, PortId>,
}

impl<'m> Names<'m> {
    fn new(model: &'m Model) -> Self {
        let port = |(id, port): (PortId, &'m model::Port)| {
            let name = (model.node_name(port.node), port.name.as_str());
            ((name.0, name.1, port.direction), id)
        };
        let requirements = model.requirements.iter();
        Self {
            model,
            requirements: requirements.map(|own| (own.name.as_str(), own)).collect(),
            ports: model.ports().map(port).collect(),
        }
    }

    /// Where the claim of a verdict was written.
    fn claim_origin(&self, id: &str) -> Option<Origin> {
        let (name, index) = match id.split_once('#') {
            Some((name, number)) => (name, number.parse::<usize>().ok()?.checked_sub(1)?),
            None => (id, 0),
        };
        if let Some(requirement) = self.requirements.get(name) {
            return requirement.claims.get(index).map(|(_, origin)| *origin);
        }
        let model = self.model;
        match id.split_once('.')? {
            ("class", name) => {
                let class = model.classes.iter().find(|class| class.name == name);
                class.map(|class| class.origin)
            }
            ("criticality", name) => {
                let node = model.find_node(name).and_then(|node| model.node(node));
                node.map(|node| node.origin)
            }
            _ => None,
        }
    }

    /// Where the edge between two points was drawn, and whether it is a trusted subject's pass.
    fn edge_origin(&self, from: &str, to: &str) -> Option<(Origin, bool)> {
        let model = self.model;
        let origin = |port: PortId| {
            let port = model.port(port)?;
            let channel = port
                .channel
                .and_then(|id| model.channel(id))
                .map(|c| c.origin);
            channel.or_else(|| port.grant.and_then(|id| model.grant(id)).map(|g| g.origin))
        };
        let same_channel =
            |a, b| Some(model.port(a)?.channel == model.port(b)?.channel).filter(|same| *same);
        match (self.parse(from)?, self.parse(to)?) {
            (End::Out(from), End::In(to)) | (End::Back(from), End::Back(to)) => {
                same_channel(from, to)?;
                Some((origin(from)?, false))
            }
            (End::Out(port), End::Inner) | (End::Inner, End::In(port))
                if model.port(port)?.grant.is_some() && !same_node(from, to) =>
            {
                Some((origin(port)?, false))
            }
            (End::In(from), End::Out(to)) => {
                let trust = model.trust(model.port(from)?.node)?;
                let pass = trust
                    .passes
                    .iter()
                    .find(|pass| pass.from == from && pass.to == to)?;
                Some((pass.origin, true))
            }
            _ => None,
        }
    }

    /// Where a point was drawn: a port where it was declared or made; what originates at an out-port
    /// by a pass, there; an inner point where its node was declared.
    fn point_origin(&self, point: &str) -> Option<Origin> {
        let model = self.model;
        match self.parse(point)? {
            End::In(port) | End::Out(port) | End::Back(port) => {
                let port = (port, model.port(port)?);
                let trust = model.trust(port.1.node);
                let mut passes = trust.into_iter().flat_map(|trust| &trust.passes);
                let pass = passes.find(|pass| pass.to == port.0 && pass.data.is_some());
                Some(pass.map_or(port.1.origin, |pass| pass.origin))
            }
            End::Inner => {
                let node = model.find_node(node_of(point))?;
                model.node(node).map(|node| node.origin)
            }
        }
    }

    fn parse(&self, point: &str) -> Option<End> {
        let (kind, name) = point.split_once(':')?;
        let port = |direction| {
            let (node, port) = name.split_once('.')?;
            self.ports.get(&(node, port, direction)).copied()
        };
        match kind {
            "in" => port(Direction::In).map(End::In),
            "out" => port(Direction::Out).map(End::Out),
            "back-in" => port(Direction::In).map(End::Back),
            "back-out" => port(Direction::Out).map(End::Back),
            "enter" | "leave" => Some(End::Inner),
            _ => None,
        }
    }
}

fn same_node(from: &str, to: &str) -> bool {
    node_of(from) == node_of(to)
}

enum End {
    In(PortId),
    Out(PortId),
    Back(PortId),
    Inner,
}
