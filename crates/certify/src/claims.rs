//! What a model claims, in the names that verdicts use.

use model::verdict::{Axis, Claim};
use model::{EndPoint, Model, NodeId, OnStale, Order, Through};

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
    for requirement in &model.requirements {
        for ((claim, _), number) in requirement.claims.iter().zip(1..) {
            let id = match number {
                1 => requirement.name.clone(),
                _ => format!("{}#{number}", requirement.name),
            };
            let (text, stated) = (text(model, claim), Some(claim));
            claims.push(Own { id, text, stated });
        }
    }
    let mut built_in = |id: String, text: Claim| {
        let stated = None;
        claims.push(Own { id, text, stated });
    };
    for (axis, name) in [(Axis::Secrecy, "secrecy"), (Axis::Integrity, "integrity")] {
        if !order(model, axis).is_empty() {
            built_in(format!("labels.{name}"), Claim::Labels { axis });
        }
    }
    for class in model.classes.iter().filter(|class| class.secrecy.is_some()) {
        let (id, class) = (format!("class.{}", class.name), class.name.clone());
        built_in(id, Claim::ClassLabel { class });
    }
    for (_, node, subject) in model.subjects() {
        if let Some(level) = subject.criticality.clone() {
            let (id, subject) = (format!("criticality.{}", node.name), node.name.clone());
            built_in(id, Claim::Criticality { subject, level });
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

/// A reaction as a claim writes it.
pub fn reaction_text(reaction: OnStale) -> &'static str {
    match reaction {
        OnStale::Hold => "hold",
        OnStale::SafeValue => "safe-value",
        OnStale::Stop => "stop",
    }
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names.dedup();
    names
}

fn text(model: &Model, claim: &model::Claim) -> Claim {
    let end = |end: &EndPoint| end_text(model, *end);
    let ends = |ends: &[EndPoint]| sorted(ends.iter().map(end).collect());
    let node = |id: &NodeId| model.node_name(*id).to_owned();
    match claim {
        model::Claim::Never {
            from,
            to,
            data,
            through,
        } => {
            let (except_through, except_in_order) = match through {
                Through::Nothing => (Vec::new(), Vec::new()),
                Through::AnyOf(nodes) => (sorted(nodes.iter().map(node).collect()), Vec::new()),
                Through::InOrder(nodes) => (Vec::new(), nodes.iter().map(node).collect()),
            };
            let class = data.and_then(|id| model.class(id));
            Claim::Never {
                from: ends(from),
                to: ends(to),
                data: class.map(|class| class.name.clone()),
                except_through,
                except_in_order,
            }
        }
        model::Claim::Keep { lost, from, to } => Claim::Keep {
            lost: sorted(lost.iter().map(node).collect()),
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
            reaction: reaction.map(|reaction| reaction_text(reaction).to_owned()),
        },
        model::Claim::Latency { from, to, max_us } => Claim::Latency {
            from: end(from),
            to: end(to),
            max_us: *max_us,
        },
    }
}
