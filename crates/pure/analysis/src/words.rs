//! Names of points, paths, claims and assumptions as [`model::verdict`] writes them.

use crate::graph::{Graph, Number, View, Why};
use model::verdict::{Claim, Step, Witness};
use model::{CREDIT_BYTES, EndPoint, GrantId, Model, NodeId, Through};

/// Names of points.
pub fn point_names(graph: &Graph<'_>, points: impl IntoIterator<Item = Number>) -> Vec<String> {
    points
        .into_iter()
        .map(|point| graph.name(point).to_owned())
        .collect()
}

/// A pass as `in:… => out:…`.
pub fn pass_name(graph: &Graph<'_>, from: Number, to: Number) -> String {
    format!("{} => {}", graph.name(from), graph.name(to))
}

/// A path as a witness.
pub fn path_witness(view: View<'_>, path: &[Number]) -> Witness {
    Witness::Path {
        points: point_names(view.graph, path.iter().copied()),
        steps: steps(view, path),
    }
}

/// A path for people: its steps from node to node.
pub fn steps(view: View<'_>, path: &[Number]) -> Vec<Step> {
    let graph = view.graph;
    let model = graph.model;
    let name = |point: Number| model.node_name(graph.node(point)).to_owned();
    let mut steps = Vec::new();
    let mut passed = None;
    for (from, to) in path.iter().copied().zip(path.iter().copied().skip(1)) {
        let mut bytes = None;
        let by = match view
            .edges(from)
            .find(|edge| edge.to == to)
            .map(|edge| edge.why)
        {
            Some(Why::Channel(id)) => format!("channel {}", model.channel_name(id)),
            Some(Why::Credit(id)) => {
                bytes = Some(CREDIT_BYTES);
                format!("credit of {}", model.channel_name(id))
            }
            Some(Why::Grant(id)) => grant_name(model, id),
            Some(Why::Pass(..)) => {
                passed = Some(pass_name(graph, from, to));
                continue;
            }
            Some(Why::Within) => {
                passed = model.trust(graph.node(from)).map(|_| "void".to_owned());
                continue;
            }
            Some(Why::Inside) | None => continue,
        };
        steps.push(Step {
            from: name(from),
            to: name(to),
            by,
            bytes,
            passed: passed.take(),
        });
    }
    steps
}

/// A grant with its arrow, such as `grant a.g <-> e`.
pub fn grant_name(model: &Model, id: GrantId) -> String {
    model.grant(id).map_or_else(String::new, |grant| {
        let (subject, peer) = (model.node_name(grant.subject), model.node_name(grant.peer));
        let arrow = grant.direction.arrow();
        format!("grant {subject}.{} {arrow} {peer}", grant.name)
    })
}

/// Names sorted, each once.
pub fn sorted(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A claim in names.
pub fn claim_text(model: &Model, claim: &model::Claim) -> Claim {
    let end = |end: &EndPoint| model.end_name(*end);
    let node = |id: &NodeId| model.node_name(*id).to_owned();
    match claim {
        model::Claim::Never {
            from,
            to,
            data,
            through,
        } => Claim::Never {
            from: sorted(from.iter().map(end)),
            to: sorted(to.iter().map(end)),
            data: data
                .and_then(|id| model.class(id))
                .map(|class| class.name.clone()),
            except_through: match through {
                Through::AnyOf(nodes) => sorted(nodes.iter().map(node)),
                Through::Nothing | Through::InOrder(_) => Vec::new(),
            },
            except_in_order: match through {
                Through::InOrder(nodes) => nodes.iter().map(node).collect(),
                Through::Nothing | Through::AnyOf(_) => Vec::new(),
            },
        },
        model::Claim::Keep {
            lost,
            from,
            to,
            signals,
        } => Claim::Keep {
            lost: sorted(lost.iter().map(node)),
            from: end(from),
            to: end(to),
            signals: *signals,
        },
        model::Claim::Fresh {
            port,
            max_age_us,
            reaction,
        } => Claim::Fresh {
            port: model.port_name(*port),
            max_age_us: *max_age_us,
            reaction: reaction.map(|reaction| reaction.name().to_owned()),
        },
        model::Claim::Latency { from, to, max_us } => Claim::Latency {
            from: end(from),
            to: end(to),
            max_us: *max_us,
        },
    }
}
