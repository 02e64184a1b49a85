//! What a model claims, in the names that verdicts use, and what it states about it outright.

use model::verdict::{Axis, Claim};
use model::{Direction, EndPoint, Model, NodeId, OnStale, Order, Through};

/// One claim of a model.
pub struct Own<'m> {
    /// As [`model::verdict::Verdict::id`].
    pub id: String,
    /// In names.
    pub text: Claim,
    /// As the requirement states it; `None` for a built-in one.
    pub stated: Option<&'m model::Claim>,
}

/// All claims of a model: those of the requirements, then the built-in ones.
pub fn own_claims(model: &Model) -> Vec<Own<'_>> {
    let mut claims = Vec::new();
    let mut add = |id, text, stated| claims.push(Own { id, text, stated });
    for requirement in &model.requirements {
        for ((claim, _), number) in requirement.claims.iter().zip(1..) {
            let further = if number > 1 {
                format!("#{number}")
            } else {
                String::new()
            };
            let id = format!("{}{further}", requirement.name);
            add(id, text(model, claim), Some(claim));
        }
    }
    for (axis, name) in [(Axis::Secrecy, "secrecy"), (Axis::Integrity, "integrity")] {
        if !order(model, axis).is_empty() {
            add(format!("labels.{name}"), Claim::Labels { axis }, None);
        }
    }
    for class in model.classes.iter().filter(|class| class.secrecy.is_some()) {
        let class = class.name.clone();
        add(format!("class.{class}"), Claim::ClassLabel { class }, None);
    }
    for (_, node, subject) in model.subjects() {
        if let Some(level) = subject.criticality.clone() {
            let subject = node.name.clone();
            add(
                format!("criticality.{subject}"),
                Claim::Criticality { subject, level },
                None,
            );
        }
    }
    claims
}

/// The labels of an axis.
pub fn order(model: &Model, axis: Axis) -> &Order {
    match axis {
        Axis::Secrecy => &model.secrecy,
        Axis::Integrity => &model.integrity,
    }
}

/// An end as a claim writes it.
pub fn end_text(model: &Model, end: EndPoint) -> String {
    match end {
        EndPoint::Node(node) => model.node_name(node).to_owned(),
        EndPoint::Port(port) => model.port_name(port),
    }
}

fn reaction_text(reaction: OnStale) -> String {
    let text = match reaction {
        OnStale::Hold => "hold",
        OnStale::SafeValue => "safe-value",
        OnStale::Stop => "stop",
    };
    text.to_owned()
}

fn text(model: &Model, claim: &model::Claim) -> Claim {
    let sorted = |mut names: Vec<String>| {
        names.sort_unstable();
        names.dedup();
        names
    };
    let end = |end: &EndPoint| end_text(model, *end);
    let ends = |ends: &[EndPoint]| sorted(ends.iter().map(end).collect());
    let nodes = |ids: &[NodeId]| -> Vec<String> {
        ids.iter()
            .map(|id| model.node_name(*id).to_owned())
            .collect()
    };
    match claim {
        model::Claim::Never {
            from,
            to,
            data,
            through,
        } => Claim::Never {
            from: ends(from),
            to: ends(to),
            data: data.and_then(|id| Some(model.class(id)?.name.clone())),
            except_through: match through {
                Through::AnyOf(ids) => sorted(nodes(ids)),
                Through::Nothing | Through::InOrder(_) => Vec::new(),
            },
            except_in_order: match through {
                Through::InOrder(ids) => nodes(ids),
                Through::Nothing | Through::AnyOf(_) => Vec::new(),
            },
        },
        model::Claim::Keep { lost, from, to } => Claim::Keep {
            lost: sorted(nodes(lost)),
            from: end(from),
            to: end(to),
        },
        model::Claim::Fresh {
            port,
            max_age_us,
            reaction,
        } => Claim::Fresh {
            port: model.port_name(*port),
            max_age_us: *max_age_us,
            reaction: reaction.map(reaction_text),
        },
        model::Claim::Latency { from, to, max_us } => Claim::Latency {
            from: end(from),
            to: end(to),
            max_us: *max_us,
        },
    }
}

/// Whether what the model states fulfils a claim about freshness or capability, and the rows that
/// say so; `None` for other claims.
pub fn stated_facts(model: &Model, claim: &Claim) -> Option<(bool, Vec<(String, String)>)> {
    let rows = |rows: &[(&str, String)]| {
        rows.iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect()
    };
    match claim {
        Claim::Fresh {
            port,
            max_age_us,
            reaction,
        } => {
            let is_it = |id, own: &model::Port| {
                own.direction == Direction::In && model.port_name(id) == *port
            };
            let (_, own) = model.ports().find(|(id, own)| is_it(*id, own))?;
            let does = own.on_stale.map(reaction_text);
            let fits = own.max_age_us.is_some_and(|age_us| age_us <= *max_age_us)
                && does.is_some()
                && (reaction.is_none() || *reaction == does);
            let age = own
                .max_age_us
                .map_or("-".to_owned(), |age_us| age_us.to_string());
            let does = does.unwrap_or_else(|| "-".to_owned());
            Some((
                fits,
                rows(&[
                    ("max-age-us", age),
                    ("on-stale", does),
                    ("port", port.clone()),
                ]),
            ))
        }
        Claim::Criticality { subject, level } => {
            let id = model.find_node(subject)?;
            let here = model
                .deployments
                .iter()
                .filter(|own| own.subjects.contains(&id));
            let platforms = here.filter_map(|own| model.platforms.get(own.platform));
            let (mut names, mut fits) = (Vec::new(), true);
            for platform in platforms {
                names.push(platform.name.as_str());
                fits &= platform.qualified.contains(level);
            }
            let deployed = !names.is_empty();
            let rows = rows(&[("level", level.clone()), ("platform", names.join(" "))]);
            Some((fits && deployed, rows))
        }
        _ => None,
    }
}
