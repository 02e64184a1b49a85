//! The flows of the live system, rebuilt from mappings and descriptors.

use crate::compare::{ACCESS, READ, WRITE, accepts};
use crate::expect::{Granted, Role, Segment};
use crate::seen::{Descriptor, Mapping, Observation};
use plan::{ConnectionPlan, FlowGraph, FlowKind, GrantDirection, Kind, Plan};
use record::difference::Deviation;
use std::collections::BTreeSet;

/// One partition as it was observed.
#[derive(Clone, Debug)]
pub struct Live<'a> {
    /// The subject.
    pub subject: &'a str,
    /// Its processes: the keeper and the subject's.
    pub processes: Vec<&'a Observation>,
    /// Grants as they were handed over.
    pub grants: &'a [Granted],
    /// Descriptors that the loader closes before the subject runs.
    pub control: &'a [i32],
}

/// The flows that mappings and descriptors make possible. Who can write to a shared file flows to
/// everyone else who maps it, whatever the plan says; an end without a planned name is
/// `subject.?`. The directions of a file are its descriptor's; those of a socket, which the kernel
/// opens both ways and the filter fences, are the plan's.
pub fn graph(plan: &Plan, segments: &[Segment], partitions: &[Live<'_>]) -> FlowGraph {
    let mut graph = FlowGraph::default();
    let mut files: BTreeSet<((u32, u32), u64)> = BTreeSet::new();
    for mapping in partitions.iter().flat_map(shared) {
        files.insert((mapping.device, mapping.inode));
    }
    for file in files {
        let segment = segments
            .iter()
            .find(|s| (s.file.device_numbers(), s.file.inode) == file);
        let holders = |right: char| -> BTreeSet<&str> {
            let maps = |live: &&Live<'_>| {
                shared(live)
                    .any(|seen| (seen.device, seen.inode) == file && seen.rights.contains(right))
            };
            partitions
                .iter()
                .filter(maps)
                .map(|live| live.subject)
                .collect()
        };
        let (kind, ends) = kind_and_ends(plan, segment);
        let name = |subject: &str| {
            let mut ends = ends.iter().flatten();
            // Whoever is at no end of it gets a port that no plan has: its flow is a difference.
            let port = ends
                .find(|end| end.subject == subject)
                .map_or("?", |end| &end.port);
            format!("{subject}.{port}")
        };
        for writer in holders('w') {
            for reader in holders('r').into_iter().filter(|reader| *reader != writer) {
                graph.add(name(writer), name(reader), kind);
            }
        }
    }
    for live in partitions {
        let control = |seen: &&Descriptor| live.control.contains(&seen.number);
        let descriptors = live.processes.iter().flat_map(|seen| &seen.descriptors);
        for seen in descriptors.filter(|seen| !control(seen)) {
            descriptor(plan, live, seen, &mut graph);
        }
    }
    graph
}

/// How the live flows differ from the plan's.
pub fn graph_differences(plan: &Plan, live: &FlowGraph) -> Vec<Deviation> {
    let planned = plan.core.flows().flows;
    let differing = planned.symmetric_difference(&live.flows);
    differing
        .map(|flow| Deviation::Flow {
            from: flow.from.clone(),
            to: flow.to.clone(),
            flow: format!("{:?}", flow.kind),
            planned: planned.contains(flow),
        })
        .collect()
}

fn shared<'a>(live: &Live<'a>) -> impl Iterator<Item = &'a Mapping> {
    let processes = live.processes.clone();
    let maps = processes.into_iter().flat_map(|seen| &seen.maps);
    maps.filter(|mapping| mapping.rights.ends_with('s'))
}

/// What carries a flow through a shared file, and the planned ends. A file that is no segment of a
/// channel counts as a sampling channel between nameless ends.
fn kind_and_ends<'p>(
    plan: &'p Plan,
    segment: Option<&Segment>,
) -> (FlowKind, Option<[&'p ConnectionPlan; 2]>) {
    let channel = segment.and_then(|segment| {
        let channel = plan
            .core
            .channels
            .iter()
            .find(|channel| channel.name == segment.name);
        Some((segment.role, channel?))
    });
    let Some((role, channel)) = channel else {
        return (FlowKind::Sampling, None);
    };
    let kind = match (role, channel.kind) {
        (Role::Credit, _) => FlowKind::CreditReturn,
        (_, Kind::Sampling) => FlowKind::Sampling,
        (_, Kind::DropOldest) => FlowKind::DropOldest,
        (_, Kind::Credit) => FlowKind::Credit,
        (_, Kind::Event) => FlowKind::Event,
    };
    (kind, Some([&channel.writer, &channel.reader]))
}

fn descriptor(plan: &Plan, live: &Live<'_>, seen: &Descriptor, graph: &mut FlowGraph) {
    let name = live.grants.iter().find(|grant| grant.number == seen.number);
    let socket = seen.target.starts_with("socket:[");
    let own = plan
        .core
        .subjects
        .iter()
        .find(|own| own.name == live.subject);
    let grant = own.and_then(|own| match name {
        Some(handed) => own.grants.iter().find(|grant| grant.name == handed.name),
        // A connection is of the listener that accepted it.
        None => own.grants.iter().find(|grant| socket && accepts(grant)),
    });
    let (port, peer) = match grant {
        Some(grant) => (
            format!("{}.{}", live.subject, grant.name),
            grant.peer.as_str(),
        ),
        None => (format!("{}.?", live.subject), seen.target.as_str()),
    };
    let (arrives, leaves) = match (socket, grant.map(|grant| grant.direction)) {
        (true, Some(direction)) => (
            direction != GrantDirection::Out,
            direction != GrantDirection::In,
        ),
        _ => (seen.flags & ACCESS != WRITE, seen.flags & ACCESS != READ),
    };
    if leaves {
        graph.add(&port, peer, FlowKind::Grant);
    }
    if arrives {
        graph.add(peer, port, FlowKind::Grant);
    }
}
