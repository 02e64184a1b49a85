//! An architecture in names, as the language has it: what is laid out as text, and what stands in
//! documents of the format `bulkhead.architecture/1`.
//!
//! What is left out is absent or empty, and means what it means in the language. Durations and sizes
//! are numbers in the unit that their names end with. Nothing is checked here but that names are
//! names; all else is the reader's.

pub use super::name::{End, Name, NotAName};
pub use super::words::{
    Arrow, ChannelKind, Characteristic, Direction, Format, Kind, OnStale, Overflow, Role, Strength,
    Then,
};
use serde::{Deserialize, Serialize};

/// A whole system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// `bulkhead.architecture/1`.
    pub format: Format,
    /// The system.
    pub name: Name,
    /// Labels of both axes.
    #[serde(default)]
    pub labels: Labels,
    /// Groups of nodes under one label.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<Domain>,
    /// Groups of nodes under one security level target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<Zone>,
    /// Classes of data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<DataClass>,
    /// Types of messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<MessageType>,
    /// What is outside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub externals: Vec<Outside>,
    /// Passive stores.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<Outside>,
    /// What runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Subject>,
    /// Pieces of the outside that subjects are handed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
    /// Flows between subjects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// What is relied upon and not checked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<Assumption>,
    /// What is not promised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub non_goals: Vec<NonGoal>,
    /// What must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<Requirement>,
    /// Machines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<Platform>,
    /// What runs where; this version knows one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<Deployment>,
}

/// The labels of both axes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// Of secrecy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrecy: Vec<Label>,
    /// Of integrity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub integrity: Vec<Label>,
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Its name.
    pub name: Name,
    /// The labels it lies directly above.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub above: Vec<Name>,
}

/// A group of nodes under one label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// Its name.
    pub name: Name,
    /// Secrecy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrecy: Option<Name>,
    /// Integrity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrity: Option<Name>,
}

/// A zone of IEC 62443-3-2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Its name.
    pub name: Name,
    /// Security level target, 0 to 4.
    pub sl_t: u8,
    /// The zone around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<Name>,
    /// Nodes in it and in no zone inside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Name>,
}

/// A class of data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DataClass {
    /// Its name.
    pub name: Name,
    /// Secrecy that every place it reaches must have at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrecy: Option<Name>,
}

/// A type of messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MessageType {
    /// Its name.
    pub name: Name,
    /// Its fields, in the order on the wire.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// A field of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its kind.
    pub kind: Kind,
    /// Physical unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Permitted values as `LOW..HIGH`, ends included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// Most bytes of a text or blob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// Bytes of a byte string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
}

/// An external or object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Outside {
    /// Its name.
    pub name: Name,
    /// Domain it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Name>,
    /// Secrecy, if not the domain's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrecy: Option<Name>,
    /// Integrity, if not the domain's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrity: Option<Name>,
    /// Classes of data that originate here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Name>,
}

/// A subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its name.
    pub name: Name,
    /// Domain it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Name>,
    /// Secrecy, if not the domain's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrecy: Option<Name>,
    /// Integrity, if not the domain's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrity: Option<Name>,
    /// Capability it claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criticality: Option<String>,
    /// Its program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Program>,
    /// Its ports, but for those that grants make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Port>,
    /// Classes of data that originate here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Name>,
    /// Constants for the program.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
    /// Most memory, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Most processor time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// How often it polls its ports, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_us: Option<u64>,
    /// Longest silence before it counts as failed, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeat_ms: Option<u64>,
    /// What happens when it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<OnFailure>,
    /// Its local policy, if it is trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted: Option<Trusted>,
}

/// The program of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// A bare name or a path.
    pub program: String,
    /// The external or object that supplies its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Name>,
}

/// A constant for a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Its key.
    pub key: Name,
    /// Its value, as the program gets it.
    pub value: String,
}

/// Processor time in each interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// The time, in microseconds.
    pub budget_us: u64,
    /// The interval, in microseconds.
    pub every_us: u64,
}

/// What happens when a subject fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "rule", rename_all = "kebab-case", deny_unknown_fields)]
pub enum OnFailure {
    /// It is started again.
    Restart {
        /// Pause before the start, in milliseconds.
        within_ms: u64,
        /// Most restarts per interval.
        max: u32,
        /// The interval, in milliseconds.
        per_ms: u64,
        /// What happens after more.
        then: Then,
    },
    /// It stays stopped.
    Stop {},
    /// The whole system halts.
    Halt {},
}

/// The local policy of a trusted subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Trusted {
    /// What it passes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passes: Vec<Pass>,
    /// Why, in prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// What a trusted subject passes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pass {
    /// An in-port of the subject.
    pub from: Name,
    /// An out-port of the subject.
    pub to: Name,
    /// Class of what comes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Name>,
    /// It may lower secrecy.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lower_secrecy: bool,
    /// It may raise integrity.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub raise_integrity: bool,
    /// Evidence that it does what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<String>,
}

/// A port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// Its name.
    pub name: Name,
    /// Its direction.
    pub direction: Direction,
    /// Type of its messages.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub type_name: Option<Name>,
    /// Secrecy, if not the subject's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrecy: Option<Name>,
    /// Integrity, if not the subject's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrity: Option<Name>,
    /// Age from which data is stale, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_us: Option<u64>,
    /// What the program then does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_stale: Option<OnStale>,
    /// What an in-port is for; ordinary data if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Classes of data that originate at an out-port.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emits: Vec<Name>,
}

/// A piece of the outside that a subject is handed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The subject.
    pub subject: Name,
    /// Name of the grant and its ports.
    pub name: Name,
    /// Directions.
    pub arrow: Arrow,
    /// The external or object.
    pub peer: Name,
    /// What is opened.
    pub opens: Resource,
    /// Classes of data that originate at the out-port.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emits: Vec<Name>,
    /// What the in-port is for; ordinary data if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Secrecy of the in-port, if not the subject's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_secrecy: Option<Name>,
    /// Integrity of the in-port, if not the subject's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_integrity: Option<Name>,
    /// Secrecy of the out-port, if not the subject's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_secrecy: Option<Name>,
    /// Integrity of the out-port, if not the subject's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_integrity: Option<Name>,
}

/// What a grant opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Resource {
    /// A TCP connection.
    Tcp {
        /// To this address.
        address: String,
    },
    /// A TCP listener.
    TcpListen {
        /// At this address.
        address: String,
    },
    /// A UDP socket that only receives.
    UdpIn {
        /// At this address.
        address: String,
    },
    /// A UDP socket that only sends.
    UdpOut {
        /// To this address.
        address: String,
    },
    /// A file.
    File {
        /// Its path.
        path: String,
        /// Most bytes it may have, if it is written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quota_bytes: Option<u64>,
    },
    /// A device node.
    Device {
        /// Its path.
        path: String,
    },
}

/// A flow between two subjects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// The writer's port, `SUBJECT.PORT`.
    pub from: End,
    /// The reader's port.
    pub to: End,
    /// How it behaves.
    pub kind: ChannelKind,
    /// Messages that a queue keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<u32>,
    /// What a full queue does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overflow: Option<Overflow>,
}

/// Something relied upon and not checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// Its name.
    pub name: Name,
    /// In words.
    pub text: String,
    /// Externals that do not pass on what arrives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub does_not_relay: Vec<Name>,
}

/// Something that is not promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NonGoal {
    /// Its name.
    pub name: Name,
    /// In words.
    pub text: String,
}

/// Something that must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its name.
    pub name: Name,
    /// What it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub characteristics: Vec<Characteristic>,
    /// Hazard, threat or law it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What is claimed; all must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
}

/// What is claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "claim", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Claim {
    /// Nothing flows.
    Never {
        /// From any of these; from wherever the class originates if absent.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        from: Vec<End>,
        /// To any of these.
        to: Vec<End>,
        /// Only flows that carry this class count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<Name>,
        /// A path through any one of these is excused; with `then`, through this one first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        except_through: Vec<Name>,
        /// Through all of these afterwards, in this order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        then: Vec<Name>,
    },
    /// With nodes lost together, something still flows.
    IfLost {
        /// What is lost; a domain or zone stands for its nodes.
        lost: Vec<Name>,
        /// What still flows.
        keep: Vec<Kept>,
    },
    /// A reader takes data for stale in time.
    Fresh {
        /// The in-port.
        port: End,
        /// The longest age, in microseconds.
        max_us: u64,
        /// What it then does, if that matters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reaction: Option<OnStale>,
    },
    /// End-to-end latency.
    Latency {
        /// Start.
        from: End,
        /// End.
        to: End,
        /// The bound, in microseconds.
        max_us: u64,
    },
}

/// A flow that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Start.
    pub from: End,
    /// End.
    pub to: End,
    /// Events and credits are enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signals: bool,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Its name.
    pub name: Name,
    /// Processor cores.
    pub cores: u32,
    /// Memory, in bytes.
    pub memory_bytes: u64,
    /// Its devices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
    /// How memory limits are enforced; by the best mechanism if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforce_memory: Option<Strength>,
    /// How processor budgets are enforced, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforce_processor: Option<Strength>,
    /// Capabilities it is qualified for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualified: Vec<String>,
}

/// A device of a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Its name.
    pub name: Name,
    /// It can write memory by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dma: bool,
}

/// What runs on a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// The platform.
    pub platform: Name,
    /// Its subjects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Name>,
}
