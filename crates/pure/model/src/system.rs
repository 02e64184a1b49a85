//! The whole policy architecture.

use crate::{
    ClassId, DomainId, EndPoint, LabelId, MessageType, Node, NodeId, NodeKind, Order, Origin, Port,
    PortId, Requirement, Subject,
};
use std::collections::BTreeSet;
use std::net::SocketAddr;

/// A policy architecture.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// System name.
    pub name: String,
    /// Secrecy labels; empty if none are declared.
    pub secrecy: Order,
    /// Integrity labels; empty if none are declared.
    pub integrity: Order,
    /// Data classes.
    pub classes: Vec<DataClass>,
    /// Domains.
    pub domains: Vec<Domain>,
    /// Zones.
    pub zones: Vec<Zone>,
    /// Message types.
    pub messages: Vec<MessageType>,
    /// Subjects, objects and externals.
    pub nodes: Vec<Node>,
    /// Ports of all subjects, those made by grants and channels included.
    pub ports: Vec<Port>,
    /// Channels.
    pub channels: Vec<Channel>,
    /// Grants.
    pub grants: Vec<Grant>,
    /// Assumptions.
    pub assumptions: Vec<Assumption>,
    /// Non-goals; stated, never judged.
    pub non_goals: Vec<NonGoal>,
    /// Requirements.
    pub requirements: Vec<Requirement>,
    /// Platforms.
    pub platforms: Vec<Platform>,
    /// What runs where.
    pub deployments: Vec<Deployment>,
}

/// A class of data, e.g. `recipe`.
#[derive(Clone, Debug)]
pub struct DataClass {
    /// Name.
    pub name: String,
    /// Wherever data of this class flows, the place's secrecy must be at least this.
    pub secrecy: Option<LabelId>,
    /// Where it was written.
    pub origin: Origin,
}

/// A group of nodes under one label.
#[derive(Clone, Debug)]
pub struct Domain {
    /// Name.
    pub name: String,
    /// Secrecy of its members.
    pub secrecy: Option<LabelId>,
    /// Integrity of its members.
    pub integrity: Option<LabelId>,
    /// Where it was written.
    pub origin: Origin,
}

/// A zone (IEC 62443-3-2): nodes with common requirements and a target security level.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Name.
    pub name: String,
    /// SL-T, 0 to 4.
    pub target_level: u8,
    /// The zone around it.
    pub parent: Option<crate::ZoneId>,
    /// Where it was written.
    pub origin: Origin,
}

/// How a channel behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// The newest value; no way back.
    Sampling,
    /// A queue that overwrites when the reader is slow; the reader counts losses; no way back.
    DropOldest {
        /// Messages kept.
        depth: u32,
    },
    /// A queue that tells the writer it is full: a reverse flow, drawn as such.
    Credit {
        /// Messages kept.
        depth: u32,
    },
    /// A counter of occurrences; no payload; no way back.
    Event,
}

/// What the reader of a queue with credit can write and its writer can read: a whole page, of which
/// an honest reader uses one 64-bit position.
pub const CREDIT_BYTES: u64 = 4096;

/// A permitted, directed flow between two ports.
#[derive(Clone, Debug)]
pub struct Channel {
    /// The writer's out-port.
    pub from: PortId,
    /// The reader's in-port.
    pub to: PortId,
    /// How it behaves.
    pub kind: ChannelKind,
    /// Where it was written.
    pub origin: Origin,
}

/// Directions a grant permits, seen from the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantDirection {
    /// Only towards the subject.
    In,
    /// Only away from the subject.
    Out,
    /// Both.
    Both,
}

impl GrantDirection {
    /// The arrow from the subject to the peer, as the language writes it.
    pub fn arrow(self) -> &'static str {
        match self {
            Self::In => "<-",
            Self::Out => "->",
            Self::Both => "<->",
        }
    }
}

/// A piece of the outside world handed to a subject as an open descriptor.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Name, unique in the subject; its ports carry it.
    pub name: String,
    /// The subject.
    pub subject: NodeId,
    /// The external or object at the other end.
    pub peer: NodeId,
    /// Directions.
    pub direction: GrantDirection,
    /// Port through which things arrive, if any.
    pub in_port: Option<PortId>,
    /// Port through which things leave, if any.
    pub out_port: Option<PortId>,
    /// What is opened.
    pub resource: Resource,
    /// Where it was written.
    pub origin: Origin,
}

/// What a grant opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// A TCP connection to an address; two-way by nature.
    TcpConnect(SocketAddr),
    /// A TCP listener; two-way by nature.
    TcpListen(SocketAddr),
    /// A bound UDP socket that only receives.
    UdpReceive(SocketAddr),
    /// A connected UDP socket that only sends.
    UdpSend(SocketAddr),
    /// A file opened for reading.
    FileRead {
        /// Path as written, relative to the run's state directory unless absolute.
        path: String,
    },
    /// A file opened for appending (and reading back, if the grant is two-way): how a subject
    /// remembers.
    FileAppend {
        /// Path as written.
        path: String,
        /// Most bytes the file may have.
        quota_bytes: u64,
    },
    /// A device node.
    Device {
        /// Path as written.
        path: String,
    },
}

/// What an assumption changes in the flow graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// What arrives at these externals does not leave them again.
    DoesNotRelay(Vec<NodeId>),
    /// Nothing that this tool computes; it is printed with every verdict.
    Stated,
}

/// Something relied upon and not checked.
#[derive(Clone, Debug)]
pub struct Assumption {
    /// Name, unique among assumptions.
    pub name: String,
    /// In words.
    pub text: String,
    /// What it changes.
    pub effect: Effect,
    /// Where it was written.
    pub origin: Origin,
}

/// Something that is not promised.
#[derive(Clone, Debug)]
pub struct NonGoal {
    /// Name.
    pub name: String,
    /// In words.
    pub text: String,
    /// Where it was written.
    pub origin: Origin,
}

/// How strictly a limit must be enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Strength {
    /// The strongest mechanism present; which one is printed and recorded.
    #[default]
    Best,
    /// Refuse to run without an exact mechanism.
    Hard,
}

/// A machine the system runs on.
#[derive(Clone, Debug)]
pub struct Platform {
    /// Name.
    pub name: String,
    /// Processor cores available to the system.
    pub cores: u32,
    /// Memory available to the system, in bytes.
    pub memory_bytes: u64,
    /// How memory limits must be enforced.
    pub enforce_memory: Strength,
    /// How processor budgets must be enforced.
    pub enforce_processor: Strength,
    /// Capabilities the platform is qualified for, e.g. `SIL2`. The Linux runtime: none.
    pub qualified: Vec<String>,
    /// Devices by name and whether they can write memory by themselves.
    pub devices: Vec<(String, bool)>,
    /// Where it was written.
    pub origin: Origin,
}

/// Which subjects run on a platform.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Position of the platform in [`Model::platforms`].
    pub platform: usize,
    /// Subjects, sorted.
    pub subjects: Vec<NodeId>,
    /// Where it was written.
    pub origin: Origin,
}

macro_rules! lookups {
    ($($(#[$doc:meta])* $name:ident: $field:ident[$id:ty] -> $item:ty),* $(,)?) => {$(
        $(#[$doc])*
        pub fn $name(&self, id: $id) -> Option<&$item> {
            self.$field.get(id.index())
        }
    )*};
}

impl Model {
    lookups! {
        /// A node.
        node: nodes[NodeId] -> Node,
        /// A port.
        port: ports[PortId] -> Port,
        /// A channel.
        channel: channels[crate::ChannelId] -> Channel,
        /// A grant.
        grant: grants[crate::GrantId] -> Grant,
        /// A data class.
        class: classes[ClassId] -> DataClass,
        /// A domain.
        domain: domains[DomainId] -> Domain,
        /// A zone.
        zone: zones[crate::ZoneId] -> Zone,
        /// A message type.
        message: messages[crate::TypeId] -> MessageType,
    }

    /// All nodes with their ids.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes
            .iter()
            .enumerate()
            .map(|(index, node)| (NodeId::of(index), node))
    }

    /// All ports with their ids.
    pub fn ports(&self) -> impl Iterator<Item = (PortId, &Port)> {
        self.ports
            .iter()
            .enumerate()
            .map(|(index, port)| (PortId::of(index), port))
    }

    /// All subjects with their ids.
    pub fn subjects(&self) -> impl Iterator<Item = (NodeId, &Node, &Subject)> {
        self.nodes().filter_map(|(id, node)| match &node.kind {
            NodeKind::Subject(subject) => Some((id, node, subject.as_ref())),
            NodeKind::Object | NodeKind::External => None,
        })
    }

    /// The node of a name.
    pub fn find_node(&self, name: &str) -> Option<NodeId> {
        self.nodes
            .iter()
            .position(|node| node.name == name)
            .map(NodeId::of)
    }

    /// A node's name; empty for one that does not exist.
    pub fn node_name(&self, id: NodeId) -> &str {
        self.node(id).map_or("", |node| node.name.as_str())
    }

    /// A port as `subject.port`; empty for one that does not exist.
    pub fn port_name(&self, id: PortId) -> String {
        self.port(id).map_or_else(String::new, |port| {
            format!("{}.{}", self.node_name(port.node), port.name)
        })
    }

    /// An end of a claim as `node` or `subject.port`.
    pub fn end_name(&self, end: EndPoint) -> String {
        match end {
            EndPoint::Node(node) => self.node_name(node).to_owned(),
            EndPoint::Port(port) => self.port_name(port),
        }
    }

    /// A channel as `a.x -> b.y`; empty for one that does not exist.
    pub fn channel_name(&self, id: crate::ChannelId) -> String {
        self.channel(id).map_or_else(String::new, |channel| {
            format!(
                "{} -> {}",
                self.port_name(channel.from),
                self.port_name(channel.to)
            )
        })
    }

    /// The local policy of a trusted subject.
    pub fn trust(&self, id: NodeId) -> Option<&crate::Trust> {
        match &self.node(id)?.kind {
            NodeKind::Subject(subject) => subject.trust.as_ref(),
            NodeKind::Object | NodeKind::External => None,
        }
    }

    /// A zone and those around it, from the inside out.
    pub fn zone_chain(&self, id: crate::ZoneId) -> Vec<crate::ZoneId> {
        let mut chain = vec![id];
        let mut next = self.zone(id).and_then(|zone| zone.parent);
        // A chain without a circle is no longer than the list.
        while let Some(id) = next.filter(|_| chain.len() < self.zones.len()) {
            chain.push(id);
            next = self.zone(id).and_then(|zone| zone.parent);
        }
        chain
    }

    /// Nodes in no zone, if any zone is declared: then the zoning is not complete.
    pub fn unzoned(&self) -> Vec<NodeId> {
        let nodes = self.nodes().filter(|(_, node)| node.zones.is_empty());
        let nodes = nodes.filter(|_| !self.zones.is_empty());
        nodes.map(|(id, _)| id).collect()
    }

    /// Classes of data that originate anywhere: held by a node, emitted at an out-port, made by a pass.
    pub fn arising(&self) -> BTreeSet<ClassId> {
        let held = self.nodes.iter().flat_map(|node| &node.holds).copied();
        let emitted = self.ports.iter().flat_map(|port| &port.emits).copied();
        let trusted = self.subjects().filter_map(|(_, _, own)| own.trust.as_ref());
        let passed = trusted.flat_map(|trust| trust.passes.iter().filter_map(|pass| pass.data));
        held.chain(emitted).chain(passed).collect()
    }

    /// Bytes of one message on a channel: of its type, 0 for an event, 256 if untyped.
    pub fn message_bytes(&self, channel: &Channel) -> u64 {
        if channel.kind == ChannelKind::Event {
            return 0;
        }
        let message = self.port(channel.from).and_then(|port| port.message);
        message
            .and_then(|id| self.message(id))
            .map_or(256, MessageType::bytes)
    }

    /// The schema hash guarding a channel; 0 if untyped.
    pub fn schema(&self, channel: &Channel) -> u64 {
        let message = self.port(channel.from).and_then(|port| port.message);
        message
            .and_then(|id| self.message(id))
            .map_or(0, MessageType::schema)
    }
}
