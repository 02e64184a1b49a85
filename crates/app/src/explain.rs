//! Verdicts and plan faults as diagnostics that point into the model's text.

use crate::model_file::ModelFile;
use model::verdict::{Outcome, Step, Verdict, Witness};
use model::{Direction, Model, NodeId, Origin, PortId};
use source::{Diagnostic, Span};

/// The first line of a span that may cover a whole block.
pub fn head(file: &ModelFile, span: Span) -> Span {
    let text = file.source.slice(span);
    let line = text
        .lines()
        .next()
        .unwrap_or("")
        .trim_end()
        .trim_end_matches('{')
        .trim_end();
    Span::new(span.start as usize, span.start as usize + line.len())
}

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
        None => head(file, whole),
    }
}

/// A verdict that does not hold, as an error at its claim with the witness's steps beside it.
pub fn verdict(file: &ModelFile, verdict: &Verdict) -> Option<Diagnostic> {
    let (code, message, help) = match &verdict.outcome {
        Outcome::Holds { .. } => return None,
        Outcome::Violated { witness } => (
            "violated",
            format!("`{}` is violated: {}", verdict.id, say(witness)),
            remedy(witness),
        ),
        Outcome::Unknown { reason } => (
            "unknown",
            format!("`{}` is unknown: {reason}", verdict.id),
            "take the claim out, or show it by other means; unknown is never taken for yes",
        ),
    };
    let mut labels: Vec<(Span, String)> = Vec::new();
    if let Some(origin) = claim_origin(&file.model, &verdict.id) {
        labels.push((head(file, file.origins.span(origin)), String::new()));
    }
    if let Outcome::Violated { witness } = &verdict.outcome {
        labels.extend(places(file, witness));
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
fn places(file: &ModelFile, witness: &Witness) -> Vec<(Span, String)> {
    let (points, steps) = path(witness);
    let mut places = Vec::new();
    let mut number = 0;
    for pair in points.windows(2) {
        let [from, to] = pair else { continue };
        let Some((origin, passes)) = edge_origin(&file.model, from, to) else {
            continue;
        };
        let text = if passes {
            "passed on by its stated policy".to_owned()
        } else {
            number += 1;
            steps.get(number - 1).map_or_else(
                || format!("step {number}"),
                |step| format!("step {number}: {} → {}", step.from, step.to),
            )
        };
        places.push((head(file, file.origins.span(origin)), text));
    }
    places
}

/// A witness in one line.
pub fn say(witness: &Witness) -> String {
    match witness {
        Witness::Path { steps, .. } => ladder(steps),
        Witness::LabelBreak {
            steps,
            from_label,
            to_label,
            ..
        } => {
            format!("{} carries `{from_label}` to `{to_label}`", ladder(steps))
        }
        Witness::Disconnected { .. } => "nothing connects the ends any more".to_owned(),
        Witness::Mismatch { rows } => {
            let rows: Vec<String> = rows
                .iter()
                .map(|(key, value)| format!("{key} is {value}"))
                .collect();
            rows.join(", ")
        }
    }
}

/// `a › b › c`.
pub fn ladder(steps: &[Step]) -> String {
    let mut text = steps
        .first()
        .map_or_else(String::new, |step| step.from.clone());
    for step in steps {
        text.push_str(" › ");
        text.push_str(&step.to);
    }
    text
}

fn remedy(witness: &Witness) -> &'static str {
    match witness {
        Witness::Path { .. } => "remove one of the steps, or put a mediator on the path",
        Witness::LabelBreak { .. } => {
            "change a label, or let a trusted subject pass it and say what it changes"
        }
        Witness::Disconnected { .. } => "draw another way between the ends",
        Witness::Mismatch { .. } => "state what the claim requires",
    }
}

fn path(witness: &Witness) -> (&[String], &[Step]) {
    match witness {
        Witness::Path { points, steps } | Witness::LabelBreak { points, steps, .. } => {
            (points, steps)
        }
        Witness::Disconnected { .. } | Witness::Mismatch { .. } => (&[], &[]),
    }
}

/// Where the claim of a verdict was written.
pub fn claim_origin(model: &Model, id: &str) -> Option<Origin> {
    let (name, index) = match id.split_once('#') {
        Some((name, number)) => (name, number.parse::<usize>().ok()?.checked_sub(1)?),
        None => (id, 0),
    };
    let requirement = model
        .requirements
        .iter()
        .find(|requirement| requirement.name == name);
    match requirement {
        Some(requirement) => requirement.claims.get(index).map(|(_, origin)| *origin),
        None => {
            let (_, subject) = id.split_once('.')?;
            let class = model.classes.iter().find(|class| class.name == subject);
            let node = model.find_node(subject).and_then(|node| model.node(node));
            class
                .map(|class| class.origin)
                .or(node.map(|node| node.origin))
        }
    }
}

/// Where the edge between two points was drawn, and whether it is a trusted subject's pass.
fn edge_origin(model: &Model, from: &str, to: &str) -> Option<(Origin, bool)> {
    let origin = |port: PortId| {
        let port = model.port(port)?;
        let channel = port
            .channel
            .and_then(|id| model.channel(id))
            .map(|c| c.origin);
        channel.or_else(|| port.grant.and_then(|id| model.grant(id)).map(|g| g.origin))
    };
    match (parse(model, from)?, parse(model, to)?) {
        (End::Out(from), End::In(to)) if model.port(from)?.channel == model.port(to)?.channel => {
            Some((origin(from)?, false))
        }
        (End::Back(from), End::Back(to))
            if model.port(from)?.channel == model.port(to)?.channel =>
        {
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

fn same_node(from: &str, to: &str) -> bool {
    let node = |point: &str| {
        let name = point.split_once(':').map_or(point, |(_, name)| name);
        name.split('.').next().unwrap_or("").to_owned()
    };
    node(from) == node(to)
}

enum End {
    In(PortId),
    Out(PortId),
    Back(PortId),
    Inner,
}

fn parse(model: &Model, point: &str) -> Option<End> {
    let (kind, name) = point.split_once(':')?;
    let port = |direction| {
        let (node, port) = name.split_once('.')?;
        let node = model.find_node(node)?;
        let fits = |p: &model::Port| p.node == node && p.name == port && p.direction == direction;
        model.ports().find(|(_, p)| fits(p)).map(|(id, _)| id)
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
