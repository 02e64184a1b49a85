//! A model in names.

use super::architecture::{
    Architecture, Arrow, Assumption, Budget, Channel, ChannelKind, Characteristic, Claim,
    DataClass, Deployment, Device, Direction, Domain, End, Field, Format, Grant, Kept, Kind, Label,
    Labels, MessageType, Name, NonGoal, OnFailure, OnStale, Outside, Overflow, Pass, Platform,
    Port, Program, Requirement, Resource, Role, Setting, Strength, Subject, Then, Trusted, Zone,
};
use crate::subject::PERIOD_DEFAULT_US;
use model::{
    ClassId, DomainId, EndPoint, FieldKind, LabelId, Model, Node, NodeId, NodeKind, Order, Origin,
    PortId, Range, Through, ZoneId,
};
use std::collections::{BTreeMap, BTreeSet};

/// A model, and what is looked up in it often. An id that does not resolve, of which a complete model
/// has none, becomes an empty name, which the reader refuses.
pub(crate) struct Named<'m> {
    model: &'m Model,
    /// Ports that no grant made, by subject.
    ports: BTreeMap<NodeId, Vec<PortId>>,
    /// Nodes by zone.
    members: BTreeMap<ZoneId, Vec<NodeId>>,
    /// A domain or zone that no node is in.
    empty_place: Option<&'m str>,
    /// A data class that originates nowhere.
    empty_class: Option<&'m str>,
}

impl<'m> Named<'m> {
    /// The model in names.
    pub(crate) fn architecture(model: &'m Model) -> Architecture {
        let named = Self::of(model);
        let outside = |is: fn(&NodeKind) -> bool| -> Vec<Outside> {
            let nodes = model.nodes.iter().filter(|node| is(&node.kind));
            nodes.map(|node| named.outside(node)).collect()
        };
        let nodes = model.subjects();
        let subjects = nodes.map(|(id, node, own)| named.subject(id, node, own));
        Architecture {
            format: Format::One,
            name: Name::of(&model.name),
            labels: Labels {
                secrecy: labels(&model.secrecy),
                integrity: labels(&model.integrity),
            },
            domains: named.domains(),
            zones: named.zones(),
            data: named.data(),
            types: model.messages.iter().map(message).collect(),
            externals: outside(|kind| matches!(kind, NodeKind::External)),
            objects: outside(|kind| matches!(kind, NodeKind::Object)),
            subjects: subjects.collect(),
            grants: model.grants.iter().map(|own| named.grant(own)).collect(),
            channels: model
                .channels
                .iter()
                .map(|own| named.channel(own))
                .collect(),
            assumptions: model
                .assumptions
                .iter()
                .map(|own| named.assumption(own))
                .collect(),
            non_goals: model.non_goals.iter().map(non_goal).collect(),
            requirements: model
                .requirements
                .iter()
                .map(|own| named.requirement(own))
                .collect(),
            platforms: model.platforms.iter().map(platform).collect(),
            deployments: model
                .deployments
                .iter()
                .map(|own| named.deployment(own))
                .collect(),
        }
    }

    fn of(model: &'m Model) -> Self {
        let mut ports: BTreeMap<NodeId, Vec<PortId>> = BTreeMap::new();
        for (id, port) in model.ports().filter(|(_, port)| port.grant.is_none()) {
            ports.entry(port.node).or_default().push(id);
        }
        let mut members: BTreeMap<ZoneId, Vec<NodeId>> = BTreeMap::new();
        let mut domains = BTreeSet::new();
        let mut zones = BTreeSet::new();
        for (id, node) in model.nodes() {
            domains.extend(node.domain);
            for zone in &node.zones {
                members.entry(*zone).or_default().push(id);
                zones.extend(model.zone_chain(*zone));
            }
        }
        let idle_domain = (0..).zip(&model.domains);
        let mut idle_domain = idle_domain.filter(|(id, _)| !domains.contains(&DomainId(*id)));
        let idle_zone = (0..).zip(&model.zones);
        let mut idle_zone = idle_zone.filter(|(id, _)| !zones.contains(&ZoneId(*id)));
        let arising = model.arising();
        let idle_class = (0..).zip(&model.classes);
        let mut idle_class = idle_class.filter(|(id, _)| !arising.contains(&ClassId(*id)));
        let empty_place = match idle_domain.next() {
            Some((_, domain)) => Some(domain.name.as_str()),
            None => idle_zone.next().map(|(_, zone)| zone.name.as_str()),
        };
        Self {
            model,
            ports,
            members,
            empty_place,
            empty_class: idle_class.next().map(|(_, class)| class.name.as_str()),
        }
    }

    /// The place of a node among those that are written: what is outside comes first.
    fn node_rank(&self, id: NodeId) -> (u8, NodeId) {
        let kind = self.model.node(id).map(|node| &node.kind);
        let kind = match kind {
            Some(NodeKind::External) => 0,
            Some(NodeKind::Object) => 1,
            Some(NodeKind::Subject(_)) | None => 2,
        };
        (kind, id)
    }

    /// The place of a port among those that are written: grants come after all subjects.
    fn port_rank(&self, id: PortId) -> (bool, Option<(u8, NodeId)>, PortId) {
        let port = self.model.port(id);
        let granted = port.is_some_and(|port| port.grant.is_some());
        let node = port.map(|port| self.node_rank(port.node));
        (granted, node.filter(|_| !granted), id)
    }

    fn node(&self, id: NodeId) -> Name {
        Name::of(self.model.node_name(id))
    }

    /// Nodes whose order means nothing.
    fn nodes(&self, ids: &[NodeId]) -> Vec<Name> {
        let mut ids = ids.to_vec();
        ids.sort_by_key(|id| self.node_rank(*id));
        ids.into_iter().map(|id| self.node(id)).collect()
    }

    /// A port without its subject.
    fn port_in_subject(&self, id: PortId) -> Name {
        resolved(self.model.port(id).map(|port| &port.name))
    }

    fn class(&self, id: ClassId) -> Name {
        resolved(self.model.class(id).map(|class| &class.name))
    }

    fn classes(&self, ids: &[ClassId]) -> Vec<Name> {
        ids.iter().map(|id| self.class(*id)).collect()
    }

    fn secrecy(&self, label: Option<LabelId>) -> Option<Name> {
        label.map(|label| Name::of(self.model.secrecy.name(label)))
    }

    fn integrity(&self, label: Option<LabelId>) -> Option<Name> {
        label.map(|label| Name::of(self.model.integrity.name(label)))
    }

    fn domains(&self) -> Vec<Domain> {
        let domains = self.model.domains.iter().map(|own| Domain {
            name: Name::of(&own.name),
            secrecy: self.secrecy(own.secrecy),
            integrity: self.integrity(own.integrity),
        });
        domains.collect()
    }

    fn zones(&self) -> Vec<Zone> {
        let zones = self.model.zones.iter().enumerate().map(|(index, own)| {
            let parent = own.parent.map(|id| self.model.zone(id));
            let members = self.members.get(&ZoneId::of(index));
            Zone {
                name: Name::of(&own.name),
                sl_t: own.target_level,
                inside: parent.map(|zone| resolved(zone.map(|zone| &zone.name))),
                members: members.map_or_else(Vec::new, |ids| self.nodes(ids)),
            }
        });
        zones.collect()
    }

    fn data(&self) -> Vec<DataClass> {
        let classes = self.model.classes.iter().map(|own| DataClass {
            name: Name::of(&own.name),
            secrecy: self.secrecy(own.secrecy),
        });
        classes.collect()
    }

    /// The name of a node's domain, and the labels that the node does not have from it.
    fn place(&self, node: &Node) -> (Option<Name>, Option<Name>, Option<Name>) {
        let domain = node.domain.and_then(|id| self.model.domain(id));
        let secrecy = domain.and_then(|domain| domain.secrecy);
        let integrity = domain.and_then(|domain| domain.integrity);
        let name = node.domain.map(|_| resolved(domain.map(|own| &own.name)));
        let own_secrecy = self.secrecy(node.secrecy.filter(|_| node.secrecy != secrecy));
        let own_integrity = self.integrity(node.integrity.filter(|_| node.integrity != integrity));
        (name, own_secrecy, own_integrity)
    }

    fn outside(&self, node: &Node) -> Outside {
        let (domain, secrecy, integrity) = self.place(node);
        Outside {
            name: Name::of(&node.name),
            domain,
            secrecy,
            integrity,
            holds: self.classes(&node.holds),
        }
    }

    fn subject(&self, id: NodeId, node: &Node, own: &model::Subject) -> Subject {
        let (domain, secrecy, integrity) = self.place(node);
        let program = own.program.as_ref().map(|program| Program {
            program: program.clone(),
            from: own.program_from.map(|id| self.node(id)),
        });
        let ports = self.ports.get(&id).into_iter().flatten();
        Subject {
            name: Name::of(&node.name),
            domain,
            secrecy,
            integrity,
            criticality: own.criticality.clone(),
            run: program,
            ports: ports.filter_map(|id| self.port(*id)).collect(),
            holds: self.classes(&node.holds),
            settings: own.settings.iter().map(setting).collect(),
            memory_bytes: own.memory_bytes,
            budget: own.budget.map(|budget| Budget {
                budget_us: budget.budget_us,
                every_us: budget.period_us,
            }),
            period_us: Some(own.period_us).filter(|period| *period != PERIOD_DEFAULT_US),
            heartbeat_ms: own.heartbeat_ms,
            on_failure: on_failure(own.on_failure),
            trusted: own.trust.as_ref().map(|trust| self.trusted(trust)),
        }
    }

    /// Labels of a port that it does not have from its subject.
    fn port_labels(&self, port: &model::Port) -> (Option<Name>, Option<Name>) {
        let node = self.model.node(port.node);
        let secrecy = node.and_then(|node| node.secrecy);
        let integrity = node.and_then(|node| node.integrity);
        (
            self.secrecy(port.secrecy.filter(|_| port.secrecy != secrecy)),
            self.integrity(port.integrity.filter(|_| port.integrity != integrity)),
        )
    }

    fn port(&self, id: PortId) -> Option<Port> {
        let own = self.model.port(id)?;
        let message = own.message.map(|id| self.model.message(id));
        let (secrecy, integrity) = self.port_labels(own);
        Some(Port {
            name: Name::of(&own.name),
            direction: match own.direction {
                model::Direction::In => Direction::In,
                model::Direction::Out => Direction::Out,
            },
            type_name: message.map(|message| resolved(message.map(|message| &message.name))),
            secrecy,
            integrity,
            max_age_us: own.max_age_us,
            on_stale: own.on_stale.map(on_stale),
            role: role(own.role),
            emits: self.classes(&own.emits),
        })
    }

    fn trusted(&self, trust: &model::Trust) -> Trusted {
        let passes = trust.passes.iter().map(|pass| Pass {
            from: self.port_in_subject(pass.from),
            to: self.port_in_subject(pass.to),
            data: pass.data.map(|id| self.class(id)),
            lower_secrecy: pass.lowers_secrecy,
            raise_integrity: pass.raises_integrity,
            verified_by: pass.verified_by.clone(),
        });
        Trusted {
            passes: passes.collect(),
            because: trust.because.clone(),
        }
    }

    fn grant(&self, own: &model::Grant) -> Grant {
        let incoming = own.in_port.and_then(|id| self.model.port(id));
        let outgoing = own.out_port.and_then(|id| self.model.port(id));
        let (in_secrecy, in_integrity) =
            incoming.map_or((None, None), |port| self.port_labels(port));
        let (out_secrecy, out_integrity) =
            outgoing.map_or((None, None), |port| self.port_labels(port));
        Grant {
            subject: self.node(own.subject),
            name: Name::of(&own.name),
            arrow: match own.direction {
                model::GrantDirection::In => Arrow::In,
                model::GrantDirection::Out => Arrow::Out,
                model::GrantDirection::Both => Arrow::Both,
            },
            peer: self.node(own.peer),
            opens: resource(&own.resource),
            emits: outgoing.map_or_else(Vec::new, |port| self.classes(&port.emits)),
            role: incoming.and_then(|port| role(port.role)),
            in_secrecy,
            in_integrity,
            out_secrecy,
            out_integrity,
        }
    }

    fn channel(&self, own: &model::Channel) -> Channel {
        let (kind, queue) = match own.kind {
            model::ChannelKind::Sampling => (ChannelKind::Sampling, None),
            model::ChannelKind::DropOldest { depth } => {
                (ChannelKind::Queuing, Some((depth, Overflow::DropOldest)))
            }
            model::ChannelKind::Credit { depth } => {
                (ChannelKind::Queuing, Some((depth, Overflow::Credit)))
            }
            model::ChannelKind::Event => (ChannelKind::Event, None),
        };
        Channel {
            from: End::of(self.model.port_name(own.from)),
            to: End::of(self.model.port_name(own.to)),
            kind,
            depth: queue.map(|(depth, _)| depth),
            overflow: queue.map(|(_, overflow)| overflow),
        }
    }

    fn assumption(&self, own: &model::Assumption) -> Assumption {
        Assumption {
            name: Name::of(&own.name),
            text: own.text.clone(),
            does_not_relay: match &own.effect {
                model::Effect::DoesNotRelay(nodes) => self.nodes(nodes),
                model::Effect::Stated => Vec::new(),
            },
        }
    }

    fn requirement(&self, own: &model::Requirement) -> Requirement {
        Requirement {
            name: Name::of(&own.name),
            characteristics: own.characteristics.iter().map(characteristic).collect(),
            source: own.source.clone(),
            owner: own.owner.clone(),
            claims: self.claims(&own.claims),
        }
    }

    /// The claims in their order; those that follow each other and lose the same are one.
    fn claims(&self, own: &[(model::Claim, Origin)]) -> Vec<Claim> {
        let mut claims: Vec<Claim> = Vec::new();
        for (claim, _) in own {
            match (claims.last_mut(), self.claim(claim)) {
                (
                    Some(Claim::IfLost { lost: before, keep }),
                    Claim::IfLost { lost, keep: more },
                ) if *before == lost => keep.extend(more),
                (_, claim) => claims.push(claim),
            }
        }
        claims
    }

    fn claim(&self, claim: &model::Claim) -> Claim {
        match claim {
            model::Claim::Never {
                from,
                to,
                data,
                through,
            } => {
                let (except_through, then) = match through {
                    Through::Nothing => (Vec::new(), Vec::new()),
                    Through::AnyOf(nodes) => (self.nodes(nodes), Vec::new()),
                    Through::InOrder(nodes) => {
                        let mut names = nodes.iter().map(|id| self.node(*id));
                        (names.next().into_iter().collect(), names.collect())
                    }
                };
                let starts = match (from.as_slice(), data) {
                    // Wherever the class originates.
                    ([], Some(_)) => Vec::new(),
                    (from, _) => self.ends(from),
                };
                Claim::Never {
                    from: starts,
                    to: self.ends(to),
                    data: data.map(|id| self.class(id)),
                    except_through,
                    then,
                }
            }
            model::Claim::Keep {
                lost,
                from,
                to,
                signals,
            } => Claim::IfLost {
                lost: match lost.as_slice() {
                    [] => self.empty_place.map(Name::of).into_iter().collect(),
                    lost => self.nodes(lost),
                },
                keep: vec![Kept {
                    from: End::of(self.model.end_name(*from)),
                    to: End::of(self.model.end_name(*to)),
                    signals: *signals,
                }],
            },
            model::Claim::Fresh {
                port,
                max_age_us,
                reaction,
            } => Claim::Fresh {
                port: End::of(self.model.port_name(*port)),
                max_us: *max_age_us,
                reaction: reaction.map(on_stale),
            },
            model::Claim::Latency { from, to, max_us } => Claim::Latency {
                from: End::of(self.model.end_name(*from)),
                to: End::of(self.model.end_name(*to)),
                max_us: *max_us,
            },
        }
    }

    /// Ends of a claim. If there are none, a group that stands for none: only naming one can have led
    /// to a claim about nothing.
    fn ends(&self, ends: &[EndPoint]) -> Vec<End> {
        if ends.is_empty() {
            let empty = self.empty_place.or(self.empty_class);
            return empty
                .map(|name| End::of(name.to_owned()))
                .into_iter()
                .collect();
        }
        let mut nodes = Vec::new();
        let mut ports = Vec::new();
        for end in ends {
            match *end {
                EndPoint::Node(id) => nodes.push(id),
                EndPoint::Port(id) => ports.push(id),
            }
        }
        ports.sort_by_key(|id| self.port_rank(*id));
        nodes.sort_by_key(|id| self.node_rank(*id));
        let nodes = nodes
            .into_iter()
            .map(|id| self.model.node_name(id).to_owned());
        let ports = ports.into_iter().map(|id| self.model.port_name(id));
        nodes.chain(ports).map(End::of).collect()
    }

    fn deployment(&self, own: &model::Deployment) -> Deployment {
        let platform = self.model.platforms.get(own.platform);
        Deployment {
            platform: resolved(platform.map(|platform| &platform.name)),
            subjects: self.nodes(&own.subjects),
        }
    }
}

/// The name of what an id stands for; empty if it stands for nothing.
fn resolved(name: Option<&String>) -> Name {
    Name::of(name.map_or("", String::as_str))
}

/// The labels of an axis: from low to high where the order is total, else as they were declared.
fn labels(order: &Order) -> Vec<Label> {
    let mut labels: Vec<LabelId> = order.labels().collect();
    let below = |high: LabelId| order.labels().filter(move |low| order.le(*low, high));
    let is_total = labels
        .iter()
        .all(|a| labels.iter().all(|b| order.le(*a, *b) || order.le(*b, *a)));
    if is_total {
        labels.sort_by_key(|label| below(*label).count());
    }
    let direct = |high: LabelId| {
        let lower = below(high).filter(move |low| *low != high);
        lower.filter(move |low| {
            let mut between = below(high).filter(|own| own != low && *own != high);
            !between.any(|own| order.le(*low, own))
        })
    };
    let name = |label: LabelId| Name::of(order.name(label));
    let labels = labels.into_iter().map(|label| Label {
        name: name(label),
        above: direct(label).map(name).collect(),
    });
    labels.collect()
}

fn message(own: &model::MessageType) -> MessageType {
    MessageType {
        name: Name::of(&own.name),
        fields: own.fields.iter().map(field).collect(),
    }
}

fn field(own: &model::Field) -> Field {
    let (max, size) = match own.kind {
        FieldKind::Unsigned(_) | FieldKind::Signed(_) | FieldKind::Float(_) | FieldKind::Bool => {
            (None, None)
        }
        FieldKind::Bytes(length) => (None, Some(length)),
        FieldKind::Text(room) => (Some(u32::from(room)), None),
        FieldKind::Blob(room) => (Some(room), None),
    };
    Field {
        name: Name::of(&own.name),
        kind: kind(own.kind),
        unit: own.unit.clone(),
        range: own.range.map(|range| match range {
            Range::Integer(low, high) => format!("{low}..{high}"),
            Range::Float(low, high) => format!("{low}..{high}"),
        }),
        max,
        size,
    }
}

/// The kind of a field; a width that the language has no word for is that of the next wider kind.
fn kind(own: FieldKind) -> Kind {
    match own {
        FieldKind::Unsigned(..=1) => Kind::U8,
        FieldKind::Unsigned(2) => Kind::U16,
        FieldKind::Unsigned(3..=4) => Kind::U32,
        FieldKind::Unsigned(5..) => Kind::U64,
        FieldKind::Signed(..=1) => Kind::I8,
        FieldKind::Signed(2) => Kind::I16,
        FieldKind::Signed(3..=4) => Kind::I32,
        FieldKind::Signed(5..) => Kind::I64,
        FieldKind::Float(..=4) => Kind::F32,
        FieldKind::Float(5..) => Kind::F64,
        FieldKind::Bool => Kind::Bool,
        FieldKind::Bytes(_) => Kind::Bytes,
        FieldKind::Text(_) => Kind::Text,
        FieldKind::Blob(_) => Kind::Blob,
    }
}

fn on_stale(own: model::OnStale) -> OnStale {
    match own {
        model::OnStale::Hold => OnStale::Hold,
        model::OnStale::SafeValue => OnStale::SafeValue,
        model::OnStale::Stop => OnStale::Stop,
    }
}

/// What a port is for, unless it is for ordinary data.
fn role(own: model::PortRole) -> Option<Role> {
    match own {
        model::PortRole::Data => None,
        model::PortRole::Limits => Some(Role::Limits),
        model::PortRole::Configuration => Some(Role::Configuration),
    }
}

/// How strictly a limit is enforced, unless it is by the best mechanism.
fn strength(own: model::Strength) -> Option<Strength> {
    match own {
        model::Strength::Best => None,
        model::Strength::Hard => Some(Strength::Hard),
    }
}

fn characteristic(own: &model::Characteristic) -> Characteristic {
    match own {
        model::Characteristic::Safety => Characteristic::Safety,
        model::Characteristic::Security => Characteristic::Security,
        model::Characteristic::Reliability => Characteristic::Reliability,
        model::Characteristic::Resilience => Characteristic::Resilience,
        model::Characteristic::Privacy => Characteristic::Privacy,
    }
}

fn setting((key, value): &(String, String)) -> Setting {
    Setting {
        key: Name::of(key),
        value: value.clone(),
    }
}

/// The failure rule, unless it is that of a subject that states none.
fn on_failure(own: model::OnFailure) -> Option<OnFailure> {
    if own == model::OnFailure::default() {
        return None;
    }
    Some(match own {
        model::OnFailure::Restart {
            delay_ms,
            count_max,
            window_ms,
            then_halt,
        } => OnFailure::Restart {
            within_ms: delay_ms,
            max: count_max,
            per_ms: window_ms,
            then: if then_halt { Then::Halt } else { Then::Stop },
        },
        model::OnFailure::Stop => OnFailure::Stop {},
        model::OnFailure::Halt => OnFailure::Halt {},
    })
}

fn resource(own: &model::Resource) -> Resource {
    match own {
        model::Resource::TcpConnect(own) => Resource::Tcp {
            address: own.to_string(),
        },
        model::Resource::TcpListen(own) => Resource::TcpListen {
            address: own.to_string(),
        },
        model::Resource::UdpReceive(own) => Resource::UdpIn {
            address: own.to_string(),
        },
        model::Resource::UdpSend(own) => Resource::UdpOut {
            address: own.to_string(),
        },
        model::Resource::FileRead { path } => Resource::File {
            path: path.clone(),
            quota_bytes: None,
        },
        model::Resource::FileAppend { path, quota_bytes } => Resource::File {
            path: path.clone(),
            quota_bytes: Some(*quota_bytes),
        },
        model::Resource::Device { path } => Resource::Device { path: path.clone() },
    }
}

fn non_goal(own: &model::NonGoal) -> NonGoal {
    NonGoal {
        name: Name::of(&own.name),
        text: own.text.clone(),
    }
}

fn platform(own: &model::Platform) -> Platform {
    Platform {
        name: Name::of(&own.name),
        cores: own.cores,
        memory_bytes: own.memory_bytes,
        devices: own.devices.iter().map(device).collect(),
        enforce_memory: strength(own.enforce_memory),
        enforce_processor: strength(own.enforce_processor),
        qualified: own.qualified.clone(),
    }
}

fn device((name, dma): &(String, bool)) -> Device {
    Device {
        name: Name::of(name),
        dma: *dma,
    }
}
