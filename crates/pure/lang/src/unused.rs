//! What is written and used by nothing: most likely something was forgotten.

use crate::context::Context;
use crate::fault::{ClassNowhere, IdleAssumption, MadePort, UntypedChannel, Unused, found};
use model::{
    ChannelId, ChannelKind, Claim, ClassId, Direction, Effect, LabelId, Model, NodeId, NodeKind,
    Origin, Port, PortId,
};
use std::collections::{BTreeMap, BTreeSet};

impl Context<'_> {
    /// Warns of what is used by nothing. Only in a text without errors can that be told.
    pub(crate) fn unused(&mut self) {
        if self.faults.has_errors() {
            return;
        }
        self.unused_types();
        self.unused_classes();
        self.unused_groups();
        self.unused_labels();
        self.unused_outside();
        self.idle_assumptions();
        self.unused_platforms();
        self.untyped_channels();
    }

    fn say_unused(&mut self, kind: &str, name: &str, origin: Origin, help: &str) {
        if self.empty_ends.contains(name) {
            return;
        }
        let span = self.head_of(origin);
        self.report(&Unused { kind, name, help }, span);
    }

    fn unused_types(&mut self) {
        let used: BTreeSet<_> = self
            .model
            .ports
            .iter()
            .filter_map(|port| port.message)
            .collect();
        let types: Vec<(String, Origin)> = self
            .model
            .messages
            .iter()
            .enumerate()
            .filter(|(index, _)| !used.contains(&model::TypeId::of(*index)))
            .map(|(_, own)| (own.name.clone(), own.origin))
            .collect();
        for (name, origin) in types {
            let help = format!("write `type={name}` on a port or channel, or remove it");
            self.say_unused("type", &name, origin, &help);
        }
    }

    fn unused_classes(&mut self) {
        let arises = self.model.arising();
        let claimed = claimed(&self.model);
        let classes: Vec<(ClassId, String, Origin, bool)> = self
            .model
            .classes
            .iter()
            .enumerate()
            .map(|(index, own)| {
                (
                    ClassId::of(index),
                    own.name.clone(),
                    own.origin,
                    own.secrecy.is_some(),
                )
            })
            .filter(|(id, ..)| !arises.contains(id))
            .collect();
        for (id, name, origin, has_label) in classes {
            if claimed.contains(&id) || has_label {
                let span = self.head_of(origin);
                self.report(&ClassNowhere { class: &name }, span);
            } else {
                let help = format!(
                    "write `holds {name}` or `data={name}` where it originates, or remove it"
                );
                self.say_unused("data class", &name, origin, &help);
            }
        }
    }

    fn unused_groups(&mut self) {
        let nodes = &self.model.nodes;
        let domains: BTreeSet<_> = nodes.iter().filter_map(|node| node.domain).collect();
        let zones: BTreeSet<_> = nodes
            .iter()
            .flat_map(|node| &node.zones)
            .flat_map(|zone| self.model.zone_chain(*zone))
            .collect();
        let domains = self
            .model
            .domains
            .iter()
            .enumerate()
            .filter(|(index, _)| !domains.contains(&model::DomainId::of(*index)))
            .map(|(_, own)| ("domain", own.name.clone(), own.origin));
        let zones = self
            .model
            .zones
            .iter()
            .enumerate()
            .filter(|(index, _)| !zones.contains(&model::ZoneId::of(*index)))
            .map(|(_, own)| ("zone", own.name.clone(), own.origin));
        let groups: Vec<_> = domains.chain(zones).collect();
        for (kind, name, origin) in groups {
            let help = match kind {
                "domain" => format!("put nodes into it with `in={name}`, or remove it"),
                _ => "list nodes in it, or remove it".to_owned(),
            };
            self.say_unused(kind, &name, origin, &help);
        }
    }

    fn unused_labels(&mut self) {
        let model = &self.model;
        let mut secrecy: BTreeSet<LabelId> = BTreeSet::new();
        let mut integrity: BTreeSet<LabelId> = BTreeSet::new();
        let nodes = model.nodes.iter().map(|own| (own.secrecy, own.integrity));
        let ports = model.ports.iter().map(|own| (own.secrecy, own.integrity));
        let domains = model.domains.iter().map(|own| (own.secrecy, own.integrity));
        let classes = model.classes.iter().map(|own| (own.secrecy, None));
        for (s, i) in nodes.chain(ports).chain(domains).chain(classes) {
            secrecy.extend(s);
            integrity.extend(i);
        }
        let unused = |order: &model::Order, used: &BTreeSet<LabelId>| -> Vec<String> {
            let labels = order.labels().filter(|label| !used.contains(label));
            labels.map(|label| order.name(label).to_owned()).collect()
        };
        let all = [
            ("secrecy label", unused(&model.secrecy, &secrecy)),
            ("integrity label", unused(&model.integrity, &integrity)),
        ];
        for (kind, names) in all {
            for name in names {
                let axis = kind.split(' ').next().unwrap_or("");
                let help = format!("write `{axis}={name}` on what has it, or remove it");
                let span = self
                    .label_spans
                    .get(&(kind.starts_with('s'), name.clone()))
                    .copied();
                self.report(
                    &Unused {
                        kind,
                        name: &name,
                        help: &help,
                    },
                    span.unwrap_or_default(),
                );
            }
        }
    }

    fn unused_outside(&mut self) {
        let model = &self.model;
        let mut used: BTreeSet<NodeId> = model.grants.iter().map(|grant| grant.peer).collect();
        used.extend(
            model
                .subjects()
                .filter_map(|(_, _, subject)| subject.program_from),
        );
        let idle: Vec<(NodeId, &str, String)> = model
            .nodes()
            .filter(|(id, _)| !used.contains(id))
            .filter_map(|(id, node)| {
                let kind = match node.kind {
                    NodeKind::External => "external",
                    NodeKind::Object => "object",
                    NodeKind::Subject(_) => return None,
                };
                Some((id, kind, node.name.clone()))
            })
            .collect();
        for (id, kind, name) in idle {
            let help = "grant it to a subject, or remove it; what is not drawn does not flow";
            let span = self.node_span(id);
            self.report(
                &Unused {
                    kind,
                    name: &name,
                    help,
                },
                span,
            );
        }
    }

    /// Assumptions that externals do not relay which could not anyway: nothing goes in, or nothing
    /// comes out.
    fn idle_assumptions(&mut self) {
        let model = &self.model;
        let ways = |pick: fn(&model::Grant) -> bool| -> BTreeSet<NodeId> {
            let grants = model.grants.iter().filter(|grant| pick(grant));
            grants.map(|grant| grant.peer).collect()
        };
        let (inward, outward) = (
            ways(|grant| grant.out_port.is_some()),
            ways(|grant| grant.in_port.is_some()),
        );
        let idle: Vec<(String, Origin)> = model
            .assumptions
            .iter()
            .filter(|own| match &own.effect {
                Effect::DoesNotRelay(nodes) => !nodes
                    .iter()
                    .any(|id| inward.contains(id) && outward.contains(id)),
                Effect::Stated => false,
            })
            .map(|own| (own.name.clone(), own.origin))
            .collect();
        for (name, origin) in idle {
            let span = self.head_of(origin);
            self.report(&IdleAssumption { name: &name }, span);
        }
    }

    fn unused_platforms(&mut self) {
        let used: BTreeSet<usize> = self
            .model
            .deployments
            .iter()
            .map(|own| own.platform)
            .collect();
        let idle: Vec<(String, Origin)> = self
            .model
            .platforms
            .iter()
            .enumerate()
            .filter(|(index, _)| !used.contains(index))
            .map(|(_, own)| (own.name.clone(), own.origin))
            .collect();
        for (name, origin) in idle {
            self.say_unused("platform", &name, origin, "deploy on it, or remove it");
        }
    }

    /// Where a model has types, a channel of content without one was most likely forgotten.
    fn untyped_channels(&mut self) {
        if self.model.messages.is_empty() {
            return;
        }
        let untyped: Vec<(String, Origin)> = self
            .model
            .channels
            .iter()
            .enumerate()
            .filter(|(_, own)| own.kind != ChannelKind::Event)
            .filter(|(_, own)| {
                self.model
                    .port(own.from)
                    .is_some_and(|port| port.message.is_none())
            })
            .map(|(index, own)| (self.model.channel_name(ChannelId::of(index)), own.origin))
            .collect();
        for (name, origin) in untyped {
            let span = self.head_of(origin);
            self.report(&UntypedChannel { channel: &name }, span);
        }
    }

    /// Warns of ports that a channel made although one that joins nothing was declared; those are
    /// returned: what is wrong with them has been said.
    pub(crate) fn made_ports(&mut self, loose: &[PortId]) -> BTreeSet<PortId> {
        let made = |port: &Port| {
            let channel = port.channel.and_then(|id| self.model.channel(id));
            channel.is_some_and(|channel| channel.origin == port.origin)
        };
        let made: Vec<(NodeId, Direction, String, Origin)> = self
            .model
            .ports
            .iter()
            .filter(|port| made(port))
            .map(|port| (port.node, port.direction, port.name.clone(), port.origin))
            .collect();
        let mut idle: BTreeMap<(NodeId, Direction), Vec<PortId>> = BTreeMap::new();
        for id in loose.iter().rev() {
            if let Some(port) = self.model.port(*id) {
                let own = idle.entry((port.node, port.direction)).or_default();
                own.push(*id);
            }
        }
        let mut said = BTreeSet::new();
        for (node, direction, name, origin) in made {
            let Some(near) = idle.get_mut(&(node, direction)).and_then(Vec::pop) else {
                continue;
            };
            let declared = self.model.port_name(near);
            let made = format!("{}.{name}", self.model.node_name(node));
            let fault = found(
                &MadePort {
                    made: &made,
                    declared: &declared,
                },
                self.head_of(origin),
            );
            let place = self.port_span(near);
            self.faults.push(fault.label(place, "joins no channel"));
            said.insert(near);
        }
        said
    }

    /// The first line of what was written.
    fn head_of(&self, origin: Origin) -> source::Span {
        let span = self.origins.span(origin);
        let text = self.source.get(span.range()).unwrap_or("");
        let line = text.lines().next().unwrap_or("");
        let line = line.split('{').next().unwrap_or("").trim_end();
        let start = span.range().start;
        source::Span::new(start, start + line.len())
    }
}

/// The classes of data that a claim names.
fn claimed(model: &Model) -> BTreeSet<ClassId> {
    let claims = model.requirements.iter().flat_map(|own| &own.claims);
    let data = claims.filter_map(|(claim, _)| match claim {
        Claim::Never { data, .. } => *data,
        Claim::Keep { .. } | Claim::Fresh { .. } | Claim::Latency { .. } => None,
    });
    data.collect()
}
