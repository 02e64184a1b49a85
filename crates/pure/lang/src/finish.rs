//! What only the whole shows: labels that are missing or inherited, ports without a channel,
//! trusted subjects in company.

use crate::context::{Axis, Context};
use crate::fault::{MissingLabel, MissingPortLabel, TrustedSharesDomain, UnconnectedPort};
use model::{DomainId, LabelId, Node, NodeId, Port, PortId};
use std::collections::{BTreeMap, BTreeSet};

fn of_node(node: &Node, axis: Axis) -> Option<LabelId> {
    match axis {
        Axis::Secrecy => node.secrecy,
        Axis::Integrity => node.integrity,
    }
}

fn of_port(port: &Port, axis: Axis) -> Option<LabelId> {
    match axis {
        Axis::Secrecy => port.secrecy,
        Axis::Integrity => port.integrity,
    }
}

impl Context<'_> {
    /// Gives nodes the labels of their domains and ports those of their nodes; reports what then
    /// has none.
    pub(crate) fn inherit_labels(&mut self) {
        let axes: Vec<Axis> = Axis::BOTH
            .into_iter()
            .filter(|axis| !self.order(*axis).is_empty())
            .collect();
        let mut nodes: BTreeMap<NodeId, Vec<&'static str>> = BTreeMap::new();
        let mut domains: BTreeMap<DomainId, BTreeSet<&'static str>> = BTreeMap::new();
        for axis in &axes {
            self.node_labels(*axis, &mut nodes, &mut domains);
        }
        for (id, axes) in domains {
            let name = self
                .model
                .domain(id)
                .map_or("", |domain| &domain.name)
                .to_owned();
            let span = self
                .domain_spans
                .get(id.index())
                .copied()
                .unwrap_or_default();
            for axis in axes {
                self.report(&MissingLabel { node: &name, axis }, span);
            }
        }
        for (id, axes) in nodes {
            let (name, span) = (self.model.node_name(id).to_owned(), self.node_span(id));
            for axis in axes {
                self.report(&MissingLabel { node: &name, axis }, span);
            }
        }
        for axis in axes {
            self.port_labels(axis);
        }
    }

    fn node_labels(
        &mut self,
        axis: Axis,
        nodes: &mut BTreeMap<NodeId, Vec<&'static str>>,
        domains: &mut BTreeMap<DomainId, BTreeSet<&'static str>>,
    ) {
        for index in 0..self.model.nodes.len() {
            let id = NodeId::of(index);
            let Some(node) = self.model.node(id) else {
                continue;
            };
            if of_node(node, axis).is_some() || self.labels_excused.contains(&(id, axis)) {
                continue;
            }
            let domain = node
                .domain
                .and_then(|id| Some((id, self.model.domain(id)?)));
            let inherited = domain.and_then(|(_, domain)| match axis {
                Axis::Secrecy => domain.secrecy,
                Axis::Integrity => domain.integrity,
            });
            if let Some(label) = inherited {
                if let Some(node) = self.model.nodes.get_mut(index) {
                    match axis {
                        Axis::Secrecy => node.secrecy = Some(label),
                        Axis::Integrity => node.integrity = Some(label),
                    }
                }
                continue;
            }
            if let Some((domain, _)) = domain
                && self.domains_excused.contains(&(domain, axis))
            {
                self.labels_excused.insert((id, axis));
                continue;
            }
            if self.model.trust(id).is_some() {
                // Its ports speak for it.
                continue;
            }
            match domain {
                Some((domain, _)) => {
                    domains.entry(domain).or_default().insert(axis.name());
                }
                None => nodes.entry(id).or_default().push(axis.name()),
            }
        }
    }

    fn port_labels(&mut self, axis: Axis) {
        for index in 0..self.model.ports.len() {
            let id = PortId::of(index);
            let Some(port) = self.model.port(id) else {
                continue;
            };
            if of_port(port, axis).is_some() {
                continue;
            }
            let node = port.node;
            let inherited = self.model.node(node).and_then(|node| of_node(node, axis));
            if let Some(port) = self.model.ports.get_mut(index) {
                match axis {
                    Axis::Secrecy => port.secrecy = inherited,
                    Axis::Integrity => port.integrity = inherited,
                }
            }
            let excused = self.port_labels_excused.contains(&(id, axis))
                || self.labels_excused.contains(&(node, axis));
            if inherited.is_none() && !excused && self.model.trust(node).is_some() {
                let (name, span) = (self.model.port_name(id), self.port_span(id));
                self.report(
                    &MissingPortLabel {
                        port: &name,
                        axis: axis.name(),
                    },
                    span,
                );
            }
        }
    }

    /// Warns of what is well formed and still deserves a look.
    pub(crate) fn remarks(&mut self) {
        let loose: Vec<PortId> = self
            .model
            .ports()
            .filter(|(id, port)| {
                port.channel.is_none()
                    && port.grant.is_none()
                    && !self.channels_excused.contains(id)
                    && !self.is_faulty_port(port.node, &port.name)
            })
            .map(|(id, _)| id)
            .collect();
        let said = self.made_ports(&loose);
        for id in loose.into_iter().filter(|id| !said.contains(id)) {
            let (name, span) = (self.model.port_name(id), self.port_span(id));
            self.report(&UnconnectedPort { port: &name }, span);
        }
        let mut company: BTreeMap<DomainId, usize> = BTreeMap::new();
        for (_, node, _) in self.model.subjects() {
            if let Some(domain) = node.domain {
                *company.entry(domain).or_default() += 1;
            }
        }
        let shared = |node: &Node| {
            let domain = node.domain?;
            let name = self.model.domain(domain)?.name.clone();
            company
                .get(&domain)
                .is_some_and(|count| *count > 1)
                .then_some(name)
        };
        let in_company: Vec<(NodeId, String)> = self
            .model
            .subjects()
            .filter(|(_, _, subject)| subject.trust.is_some())
            .filter_map(|(id, node, _)| Some((id, shared(node)?)))
            .collect();
        for (id, domain) in in_company {
            let (name, span) = (self.model.node_name(id).to_owned(), self.node_span(id));
            self.report(
                &TrustedSharesDomain {
                    subject: &name,
                    domain: &domain,
                },
                span,
            );
        }
    }
}
