//! Claims decided by what the model states, and claims that a flow is kept.

use crate::graph::{Carries, Exhausted, Graph, View};
use crate::never::{end_points, start_points};
use crate::search::{Excuse, Goal, Length, search};
use crate::words::point_names;
use model::invariant::Dense;
use model::verdict::{Certificate, Outcome, Witness};
use model::{Direction, EndPoint, Model, NodeId, OnStale, PortId, Subject};
use std::collections::BTreeSet;

/// What a flow that is kept must carry.
pub fn kept(signals: bool) -> Carries {
    if signals {
        Carries::Anything
    } else {
        Carries::Content
    }
}

/// With `lost` removed, something still flows. Also the trusted subjects that must pass it on.
/// There is nothing left to show if an end itself is lost: the set of what is reached is empty.
///
/// # Errors
/// Too much work.
pub fn keep(
    graph: &Graph<'_>,
    lost: &[NodeId],
    from: EndPoint,
    to: EndPoint,
    carries: Carries,
) -> Result<(Outcome, BTreeSet<NodeId>), Exhausted> {
    let violated = |points| Outcome::Violated {
        witness: Witness::Disconnected { points },
    };
    let (from, to) = (start_points(graph, from), end_points(graph, to));
    let (Some(first), Some(last)) = (from.first(), to.first()) else {
        let reason = "an end of the claim does not exist".to_owned();
        return Ok((Outcome::Unknown { reason }, BTreeSet::new()));
    };
    if lost.contains(&graph.node(*first)) || lost.contains(&graph.node(*last)) {
        return Ok((violated(Vec::new()), BTreeSet::new()));
    }
    let excuse = Excuse::any_of(lost.iter().copied(), graph.model.nodes.len());
    let mut ends = vec![false; graph.len()];
    for to in to {
        *ends.of_mut(to as usize) = true;
    }
    let goal = Goal {
        ends: &ends,
        below: Length::MAX,
    };
    let view = View {
        carries,
        ..View::plain(graph)
    };
    let reach = search(view, &from, &excuse, goal)?;
    let Some(hit) = reach.hit else {
        graph.fill(reach.states.len())?;
        let mut set: Vec<u32> = reach
            .states
            .iter()
            .map(|state| reach.split(*state).1)
            .collect();
        set.sort_unstable();
        return Ok((violated(point_names(graph, set)), BTreeSet::new()));
    };
    let path = reach.path(hit);
    let crossed = path.iter().map(|point| graph.node(*point));
    let passing = crossed
        .filter(|id| graph.model.trust(*id).is_some())
        .collect();
    let certificate = Certificate::Path {
        points: point_names(graph, path),
    };
    Ok((Outcome::Holds { certificate }, passing))
}

/// The reader at an in-port states that it treats old data as stale and how it reacts.
pub fn fresh(model: &Model, id: PortId, max_age_us: u64, reaction: Option<OnStale>) -> Outcome {
    let Some(port) = model
        .port(id)
        .filter(|port| port.direction == Direction::In)
    else {
        let reason = "the claim is not about an in-port".to_owned();
        return Outcome::Unknown { reason };
    };
    let rows = vec![
        (
            "max-age-us".to_owned(),
            port.max_age_us
                .map_or("-".to_owned(), |age| age.to_string()),
        ),
        (
            "on-stale".to_owned(),
            port.on_stale.map_or("-", OnStale::name).to_owned(),
        ),
        ("port".to_owned(), model.port_name(id)),
    ];
    let in_time = port.max_age_us.is_some_and(|age_us| age_us <= max_age_us);
    let reacts = match (port.on_stale, reaction) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(stated), Some(wanted)) => stated == wanted,
    };
    if in_time && reacts {
        Outcome::Holds {
            certificate: Certificate::Table { rows },
        }
    } else {
        Outcome::Violated {
            witness: Witness::Mismatch { rows },
        }
    }
}

/// Every platform the subject is deployed on is qualified for the capability it claims.
pub fn criticality(model: &Model, id: NodeId, level: &str) -> Outcome {
    let here = model
        .deployments
        .iter()
        .filter(|deployment| deployment.subjects.contains(&id));
    let platforms: Vec<&model::Platform> = here
        .filter_map(|deployment| model.platforms.get(deployment.platform))
        .collect();
    let mut short = platforms
        .iter()
        .filter(|platform| !platform.qualified.iter().any(|offered| offered == level));
    if let Some(platform) = short.next() {
        let reason = format!(
            "platform `{}` is not qualified for `{level}`; nothing vouches that a subject of this \
             capability can rely on it",
            platform.name
        );
        return Outcome::Unknown { reason };
    }
    if platforms.is_empty() {
        let reason = format!(
            "no platform is stated on which `{}` runs",
            model.node_name(id)
        );
        return Outcome::Unknown { reason };
    }
    let names: Vec<&str> = platforms
        .iter()
        .map(|platform| platform.name.as_str())
        .collect();
    let rows = vec![
        ("level".to_owned(), level.to_owned()),
        ("platform".to_owned(), names.join(" ")),
    ];
    Outcome::Holds {
        certificate: Certificate::Table { rows },
    }
}

/// The capability a subject claims.
pub fn claimed(subject: &Subject) -> Option<&str> {
    subject.criticality.as_deref()
}
