//! Makes a [`Survey`].

use crate::graph::{Budget, Carries, Edge, Exhausted, Graph, Number, View, Why};
use crate::judge::judge;
use crate::labels::trusted_by_name;
use crate::never::{Answer, Never, Proof, end_points, start_points};
use crate::rules;
use crate::search::{Excuse, Goal, search};
use crate::stated::kept;
use crate::survey::{
    Conduit, Exposure, ExposureRow, Influence, NAMES_MAX, PassReview, ReverseFlow, SURVEY_FORMAT,
    SinglePoint, Size, Steering, Survey, TrustedSubject, Unneeded, Unzoned,
};
use crate::words::{grant_name, pass_name, point_names, sorted};
use model::flow::Point;
use model::invariant::Dense;
use model::verdict::{Outcome, Verdicts};
use model::{
    CREDIT_BYTES, ChannelId, Claim, EndPoint, Model, NodeId, NodeKind, PortRole, Subject, Through,
    Trust, ZoneId,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is spent on one survey at most; the edges are some seconds of work. Most of it goes into
/// the ways around each pass, one search of the graph each.
const BUDGET: Budget = Budget {
    edges: 1_000_000_000,
    entries: 1_000_000,
};

/// Surveys a model; judges it first.
pub fn survey(model: &Model) -> Survey {
    survey_with(model, &judge(model, ""))
}

/// Surveys a model about which there are verdicts already.
pub fn survey_with(model: &Model, verdicts: &Verdicts) -> Survey {
    let graph = Graph::new(model, BUDGET);
    let back = Backward::new(&graph);
    let violated = violated(verdicts);
    let mut complete = true;
    let mut trusted = Vec::new();
    for id in trusted_by_name(&graph) {
        // A subject whose compromise violates nothing has no entry.
        let carries = violated
            .get(model.node_name(id))
            .cloned()
            .unwrap_or_default();
        match trusted_subject(&graph, &back, id, carries) {
            Ok(Some(subject)) => trusted.push(subject),
            Ok(None) => {}
            Err(Exhausted) => complete = false,
        }
    }
    let unneeded = unneeded(&graph, &back).unwrap_or_else(|Exhausted| {
        complete = false;
        Unneeded::Open
    });
    let (conduits, unzoned) = zoning(&graph, &back).unwrap_or_else(|Exhausted| {
        complete = false;
        Default::default()
    });
    Survey {
        format: SURVEY_FORMAT.to_owned(),
        system: model.name.clone(),
        model: model.digest().to_string(),
        complete,
        trusted,
        single_points_of_trust: single_points(&violated),
        conduits,
        unzoned,
        unneeded,
        reverse_flows: reverse_flows(model),
        exposure: exposure(model, verdicts, &violated),
    }
}

/// Claims that are violated if a subject is compromised, by subject.
fn violated(verdicts: &Verdicts) -> BTreeMap<String, Vec<String>> {
    let mut violated: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for verdict in &verdicts.verdicts {
        for own in &verdict.violated_if {
            violated
                .entry(own.subject.clone())
                .or_default()
                .push(verdict.id.clone());
        }
    }
    violated
}

fn single_points(violated: &BTreeMap<String, Vec<String>>) -> Vec<SinglePoint> {
    let point = |(subject, claims): (&String, &Vec<String>)| SinglePoint {
        subject: subject.clone(),
        claims: claims.clone(),
    };
    let mut points: Vec<SinglePoint> = violated.iter().map(point).collect();
    points.sort_by_key(|point| std::cmp::Reverse(point.claims.len()));
    points
}

fn exposure(
    model: &Model,
    verdicts: &Verdicts,
    violated: &BTreeMap<String, Vec<String>>,
) -> Exposure {
    let holds = verdicts
        .verdicts
        .iter()
        .filter(|verdict| matches!(verdict.outcome, Outcome::Holds { .. }));
    let row = |(_, node, subject): (NodeId, &model::Node, &Subject)| ExposureRow {
        subject: node.name.clone(),
        trusted: subject.trust.is_some(),
        // A subject whose compromise violates nothing has no entry.
        violated: violated.get(&node.name).cloned().unwrap_or_default(),
    };
    let mut rows: Vec<ExposureRow> = model.subjects().map(row).collect();
    rows.sort_by(|a, b| a.subject.cmp(&b.subject));
    Exposure {
        claims: holds.map(|verdict| verdict.id.clone()).collect(),
        rows,
    }
}

/// Where edges come from.
struct Backward {
    rows: Vec<Vec<(Number, Why)>>,
}

impl Backward {
    fn new(graph: &Graph<'_>) -> Self {
        let mut rows = vec![Vec::new(); graph.len()];
        for (from, _, _) in graph.points() {
            for edge in graph.row(from) {
                rows.of_mut(edge.to as usize).push((from, edge.why));
            }
        }
        Self { rows }
    }

    /// All points from which a path leads to one of `ends`, these included.
    fn reach(&self, view: View<'_>, ends: &[Number]) -> Result<Vec<bool>, Exhausted> {
        let graph = view.graph;
        let mut reached = vec![false; graph.len()];
        let mut todo = ends.to_vec();
        while let Some(point) = todo.pop() {
            if std::mem::replace(reached.of_mut(point as usize), true) {
                continue;
            }
            let row = self.rows.of(point as usize);
            graph.spend(1 + row.len())?;
            let from = row.iter().filter(|(from, why)| {
                let edge = Edge {
                    to: point,
                    why: *why,
                };
                view.has(*from, edge)
            });
            todo.extend(from.map(|(from, _)| *from));
        }
        Ok(reached)
    }

    /// Nodes other than `but` from which a path leads to `end`.
    fn influence(
        &self,
        graph: &Graph<'_>,
        end: Number,
        but: NodeId,
    ) -> Result<Influence, Exhausted> {
        let reached = self.reach(View::plain(graph), &[end])?;
        let mut nodes: Vec<NodeId> = graph
            .points()
            .filter(|(point, _, node)| *node != but && *reached.of(*point as usize))
            .map(|(_, _, node)| node)
            .collect();
        nodes.dedup();
        let name = |id: &NodeId| graph.model.node_name(*id).to_owned();
        let untrusted = nodes.iter().filter(|id| graph.model.trust(**id).is_none());
        Ok(Influence {
            node_count: nodes.len(),
            nodes: nodes.iter().map(name).take(NAMES_MAX).collect(),
            untrusted: untrusted.map(name).take(NAMES_MAX).collect(),
        })
    }
}

fn trusted_subject(
    graph: &Graph<'_>,
    back: &Backward,
    id: NodeId,
    carries: Vec<String>,
) -> Result<Option<TrustedSubject>, Exhausted> {
    let model = graph.model;
    let Some(NodeKind::Subject(subject)) = model.node(id).map(|node| &node.kind) else {
        return Ok(None);
    };
    let Some(trust) = &subject.trust else {
        return Ok(None);
    };
    let passes = pass_reviews(graph, back, id, trust)?;
    let supplier = subject.program_from;
    let code = supplier.and_then(|id| graph.number(Point::Leave(id)));
    Ok(Some(TrustedSubject {
        subject: model.node_name(id).to_owned(),
        non_bypassable: passes.iter().all(|pass| pass.bypass.is_empty()),
        passes,
        size: size(graph, back, id, trust),
        code_from: supplier.map(|id| model.node_name(id).to_owned()),
        code_influence: match code {
            Some(code) => back.influence(graph, code, id)?,
            None => Influence::default(),
        },
        steering: steering(graph, back, id)?,
        carries,
    }))
}

fn own_points(graph: &Graph<'_>, id: NodeId) -> Vec<(Number, Point)> {
    graph.own_points(id).collect()
}

fn size(graph: &Graph<'_>, back: &Backward, id: NodeId, trust: &Trust) -> Size {
    let own = own_points(graph, id);
    let others = |nodes: &mut dyn Iterator<Item = Number>| {
        nodes
            .map(|point| graph.node(point))
            .filter(|node| *node != id)
            .collect::<BTreeSet<_>>()
    };
    let row = |point: &Number| back.rows.of(*point as usize).as_slice();
    let numbers: Vec<Number> = own.iter().map(|(number, _)| *number).collect();
    let mut into = numbers.iter().flat_map(row).map(|(from, _)| *from);
    let mut out = numbers
        .iter()
        .flat_map(|point| graph.row(*point))
        .map(|edge| edge.to);
    Size {
        ports: own
            .iter()
            .filter(|(_, point)| matches!(point, Point::Port(_)))
            .count(),
        passes: trust.passes.len(),
        nodes_in: others(&mut into).len(),
        nodes_out: others(&mut out).len(),
    }
}

/// For each pass, whether something gets from the nodes that feed its in-port to the nodes that
/// its out-port feeds without the subject: whether "never from these to those except through it"
/// is violated.
fn pass_reviews(
    graph: &Graph<'_>,
    back: &Backward,
    id: NodeId,
    trust: &Trust,
) -> Result<Vec<PassReview>, Exhausted> {
    let through = Through::AnyOf(vec![id]);
    let others = |points: &mut dyn Iterator<Item = Number>| -> Vec<EndPoint> {
        let nodes: BTreeSet<NodeId> = points.map(|point| graph.node(point)).collect();
        let others = nodes.into_iter().filter(|node| *node != id);
        others.map(EndPoint::Node).collect()
    };
    let mut reviews = Vec::new();
    for pass in &trust.passes {
        let ports = (
            graph.number(Point::Port(pass.from)),
            graph.number(Point::Port(pass.to)),
        );
        let (Some(from), Some(to)) = ports else {
            continue;
        };
        let feeding = back.rows.of(from as usize);
        let around = Never {
            graph,
            class: None,
            from: &others(&mut feeding.iter().map(|(point, _)| *point)),
            to: &others(&mut graph.row(to).iter().map(|edge| edge.to)),
            through: &through,
        };
        let bypass = match around.answer(None, Proof::Drop)? {
            Answer::Path(path) => path,
            Answer::Closed(..) => Vec::new(),
        };
        reviews.push(PassReview {
            pass: pass_name(graph, from, to),
            bypass: point_names(graph, bypass),
        });
    }
    Ok(reviews)
}

fn steering(graph: &Graph<'_>, back: &Backward, id: NodeId) -> Result<Vec<Steering>, Exhausted> {
    let mut steering = Vec::new();
    for (number, point) in own_points(graph, id) {
        let Point::Port(port) = point else {
            continue;
        };
        let role = match graph.model.port(port).map(|port| port.role) {
            Some(PortRole::Limits) => "limits",
            Some(PortRole::Configuration) => "configuration",
            Some(PortRole::Data) | None => continue,
        };
        let influence = back.influence(graph, number, id)?;
        let port = graph.model.port_name(port);
        steering.push(Steering {
            port,
            role,
            influence,
        });
    }
    Ok(steering)
}

fn reverse_flows(model: &Model) -> Vec<ReverseFlow> {
    let name = |port: model::PortId| {
        model
            .node_name(model.ports.of(port.index()).node)
            .to_owned()
    };
    let credit = model.channels.iter().enumerate();
    let credit = credit.filter(|(_, channel)| rules::has_credit(channel));
    let mut flows: Vec<ReverseFlow> = credit
        .map(|(index, channel)| ReverseFlow {
            from: name(channel.to),
            to: name(channel.from),
            channel: model.channel_name(ChannelId::of(index)),
            bytes: CREDIT_BYTES,
        })
        .collect();
    flows.sort_by(|a, b| a.channel.cmp(&b.channel));
    flows
}

/// Flows between zones and flows of nodes in no zone.
fn zoning(graph: &Graph<'_>, back: &Backward) -> Result<(Vec<Conduit>, Vec<Unzoned>), Exhausted> {
    let model = graph.model;
    let zones = |point| -> &[ZoneId] { &model.nodes.of(graph.node(point).index()).zones };
    let mut conduits: BTreeMap<(&str, &str), Conduit> = BTreeMap::new();
    let mut between = |from: ZoneId, to: ZoneId, add: &mut dyn FnMut(&mut Conduit)| {
        let (Some(from), Some(to)) = (model.zone(from), model.zone(to)) else {
            return;
        };
        let conduit = conduits.entry((&from.name, &to.name));
        add(conduit.or_insert_with(|| Conduit {
            from: from.name.clone(),
            to: to.name.clone(),
            channels: Vec::new(),
            grants: Vec::new(),
            through: Vec::new(),
        }));
    };
    let unzoned = model.unzoned();
    let mut unzoned: BTreeMap<NodeId, BTreeSet<String>> = unzoned
        .into_iter()
        .map(|id| (id, BTreeSet::new()))
        .collect();
    for (from, _, node) in graph.points() {
        for edge in graph.row(from) {
            if matches!(edge.why, Why::Inside | Why::Within | Why::Pass(..)) {
                continue;
            }
            for end in [node, graph.node(edge.to)] {
                if let Some(flows) = unzoned.get_mut(&end) {
                    flows.insert(flow_name(model, edge.why));
                }
            }
            let (here, there) = (zones(from), zones(edge.to));
            graph.spend(1 + here.len() * there.len())?;
            // What stays in a zone that both ends share crosses no border.
            if here.iter().any(|zone| there.contains(zone)) {
                continue;
            }
            for (here, there) in here
                .iter()
                .flat_map(|a| there.iter().map(move |b| (*a, *b)))
            {
                between(here, there, &mut |conduit| match edge.why {
                    Why::Channel(id) => conduit.channels.push(model.channel_name(id)),
                    Why::Credit(_) => conduit.channels.push(flow_name(model, edge.why)),
                    Why::Grant(id) => conduit.grants.push(grant_name(model, id)),
                    Why::Inside | Why::Within | Why::Pass(..) => {}
                });
            }
        }
    }
    for (id, node) in model.nodes().filter(|(_, node)| node.zones.len() > 1) {
        for (from, to) in crossings(graph, back, id)? {
            between(from, to, &mut |conduit| {
                conduit.through.push(node.name.clone())
            });
        }
    }
    let mut conduits: Vec<Conduit> = conduits.into_values().collect();
    for conduit in &mut conduits {
        conduit.channels.sort_unstable();
        // A grant is two edges where it has two ways.
        conduit.grants.sort_unstable();
        conduit.through.sort_unstable();
    }
    let unzoned = unzoned.into_iter().map(|(id, flows)| Unzoned {
        node: model.node_name(id).to_owned(),
        flows: flows.into_iter().collect(),
    });
    let mut unzoned: Vec<Unzoned> = unzoned.collect();
    unzoned.sort_by(|a, b| a.node.cmp(&b.node));
    Ok((conduits, unzoned))
}

/// From which to which of its zones a node in several passes something on: what comes from a node of
/// the one leaves it to a node of the other.
fn crossings(
    graph: &Graph<'_>,
    back: &Backward,
    id: NodeId,
) -> Result<BTreeSet<(ZoneId, ZoneId)>, Exhausted> {
    let model = graph.model;
    let view = View::plain(graph);
    let zones = |node: NodeId| -> &[ZoneId] { &model.nodes.of(node.index()).zones };
    let own = zones(id);
    let mut arrivals: BTreeMap<ZoneId, BTreeSet<Number>> = BTreeMap::new();
    for (point, _) in own_points(graph, id) {
        let row = back.rows.of(point as usize);
        let others = row.iter().map(|(from, _)| graph.node(*from));
        for node in others.filter(|node| *node != id) {
            graph.spend(1 + zones(node).len() * own.len())?;
            for zone in zones(node).iter().filter(|zone| own.contains(zone)) {
                arrivals.entry(*zone).or_default().insert(point);
            }
        }
    }
    let mut crossings = BTreeSet::new();
    for (from, starts) in arrivals {
        let mut seen = starts.clone();
        let mut todo: Vec<Number> = starts.into_iter().collect();
        while let Some(point) = todo.pop() {
            graph.spend(1 + graph.row(point).len())?;
            for edge in view.edges(point) {
                let next = graph.node(edge.to);
                if next == id {
                    if seen.insert(edge.to) {
                        todo.push(edge.to);
                    }
                    continue;
                }
                let reached = zones(next)
                    .iter()
                    .filter(|to| own.contains(to) && **to != from);
                crossings.extend(reached.map(|to| (from, *to)));
            }
        }
    }
    Ok(crossings)
}

fn flow_name(model: &Model, why: Why) -> String {
    match why {
        Why::Channel(id) => format!("channel {}", model.channel_name(id)),
        Why::Credit(id) => format!("credit of {}", model.channel_name(id)),
        Why::Grant(id) => grant_name(model, id),
        Why::Inside | Why::Within | Why::Pass(..) => String::new(),
    }
}

/// Start and end points of all flows that requirements demand, and what they must carry.
fn required_flows(graph: &Graph<'_>) -> BTreeSet<(Vec<Number>, Vec<Number>, Carries)> {
    let claims = graph
        .model
        .requirements
        .iter()
        .flat_map(|requirement| &requirement.claims);
    let flow = |claim: &Claim| {
        let (from, to, carries) = match claim {
            Claim::Keep {
                from, to, signals, ..
            } => (from, to, kept(*signals)),
            Claim::Latency { from, to, .. } => (from, to, Carries::Anything),
            Claim::Never { .. } | Claim::Fresh { .. } => return None,
        };
        Some((start_points(graph, *from), end_points(graph, *to), carries))
    };
    claims.filter_map(|(claim, _)| flow(claim)).collect()
}

fn unneeded(graph: &Graph<'_>, back: &Backward) -> Result<Unneeded, Exhausted> {
    let flows = required_flows(graph);
    if flows.is_empty() {
        return Ok(Unneeded::NoFlowRequired);
    }
    let mut needed = vec![false; graph.model.channels.len()];
    for (from, to, carries) in &flows {
        let view = View {
            carries: *carries,
            ..View::plain(graph)
        };
        let forward = search(view, from, &Excuse::Nothing, Goal::EVERYTHING)?;
        let backward = back.reach(view, to)?;
        for (start, _, _) in graph
            .points()
            .filter(|(start, ..)| forward.has_point(*start))
        {
            for edge in view.edges(start) {
                if let Why::Channel(id) | Why::Credit(id) = edge.why
                    && *backward.of(edge.to as usize)
                {
                    *needed.of_mut(id.index()) = true;
                }
            }
        }
    }
    let unneeded = needed.iter().enumerate().filter(|(_, needed)| !**needed);
    let names = unneeded.map(|(index, _)| graph.model.channel_name(ChannelId::of(index)));
    Ok(Unneeded::Channels {
        channels: sorted(names),
        required_flows: flows.len(),
    })
}
