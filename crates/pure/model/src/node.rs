//! Nodes of the drawing: subjects, objects, externals, and their ports.

use crate::{
    ChannelId, ClassId, DomainId, GrantId, LabelId, NodeId, Origin, PortId, TypeId, ZoneId,
};

/// A subject, object or external.
#[derive(Clone, Debug)]
pub struct Node {
    /// Name, unique among all nodes, domains, zones and data classes.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// Domain it belongs to; a trusted subject may belong to none.
    pub domain: Option<DomainId>,
    /// Zones that list it, sorted; one in several zones, such as a firewall, is the conduit between
    /// them.
    pub zones: Vec<ZoneId>,
    /// Secrecy where no port says otherwise. Always set unless the model declares no labels or
    /// each port of a trusted subject has its own.
    pub secrecy: Option<LabelId>,
    /// Integrity, likewise.
    pub integrity: Option<LabelId>,
    /// Data classes that originate here.
    pub holds: Vec<ClassId>,
    /// Where it was written.
    pub origin: Origin,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// An active component that runs in a partition.
    Subject(Box<Subject>),
    /// A passive store or file: what goes in can come out.
    Object,
    /// Something outside the platform: device, service, network, person. What goes in can come
    /// out unless an assumption says that it does not relay.
    External,
}

/// What is particular to subjects.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// The program as written: a bare name or a path.
    pub program: Option<String>,
    /// External or object that supplies the program's code, if drawn.
    pub program_from: Option<NodeId>,
    /// Set for a trusted subject.
    pub trust: Option<Trust>,
    /// Memory limit in bytes.
    pub memory_bytes: Option<u64>,
    /// Processor budget.
    pub budget: Option<Budget>,
    /// What happens when it fails.
    pub on_failure: OnFailure,
    /// Longest silence before it counts as failed, in milliseconds.
    pub heartbeat_ms: Option<u64>,
    /// Period at which it polls its ports, in microseconds.
    pub period_us: u64,
    /// Constants handed to the program, sorted by key.
    pub settings: Vec<(String, String)>,
    /// Claimed capability, e.g. `SIL2`.
    pub criticality: Option<String>,
}

/// Processor time `budget_us` in every `period_us`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Microseconds of processor time.
    pub budget_us: u64,
    /// Length of the interval in microseconds.
    pub period_us: u64,
}

/// What happens when a subject exits, crashes, is denied a call or falls silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// Start it again.
    Restart {
        /// Pause before the start, in milliseconds.
        delay_ms: u64,
        /// More restarts than this within the window leave it stopped (or halt, see `then_halt`).
        count_max: u32,
        /// The window, in milliseconds.
        window_ms: u64,
        /// When the count is exceeded: halt the system instead of leaving the subject stopped.
        then_halt: bool,
    },
    /// Leave it stopped.
    Stop,
    /// Halt the whole system.
    Halt,
}

impl Default for OnFailure {
    fn default() -> Self {
        Self::Restart {
            delay_ms: 100,
            count_max: 10,
            window_ms: 60_000,
            then_halt: false,
        }
    }
}

/// The local policy of a trusted subject: what is not listed is not passed.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// What it passes.
    pub passes: Vec<Pass>,
    /// Rationale, prose.
    pub because: Option<String>,
}

/// One thing a trusted subject passes.
#[derive(Clone, Debug)]
pub struct Pass {
    /// An in-port of the subject.
    pub from: PortId,
    /// An out-port of the subject.
    pub to: PortId,
    /// The class of what comes out; `None` lets every class through unchanged.
    pub data: Option<ClassId>,
    /// It may lower secrecy (a downgrader, a filter).
    pub lowers_secrecy: bool,
    /// It may raise integrity (a guard, a validator).
    pub raises_integrity: bool,
    /// What evidence supports that it does so, as written.
    pub verified_by: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// Direction of a port, seen from its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Receives.
    In,
    /// Sends.
    Out,
}

/// What a port is for; matters to the question who can influence a trusted subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PortRole {
    /// Ordinary data.
    #[default]
    Data,
    /// Limits the subject judges by.
    Limits,
    /// Configuration it works by.
    Configuration,
}

/// What a reader does when data is older than `max_age_us`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnStale {
    /// Keep the last value.
    Hold,
    /// Use the safe value.
    SafeValue,
    /// Stop acting.
    Stop,
}

impl OnStale {
    /// As texts and verdicts write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::SafeValue => "safe-value",
            Self::Stop => "stop",
        }
    }
}

/// A port of a subject. A two-way grant gives its subject two ports of one name.
#[derive(Clone, Debug)]
pub struct Port {
    /// The subject.
    pub node: NodeId,
    /// Name, unique in the subject and direction.
    pub name: String,
    /// Direction.
    pub direction: Direction,
    /// Message type; grants and untyped ports have none (untyped ports carry up to 256 bytes).
    pub message: Option<TypeId>,
    /// Secrecy label; always set if the model declares labels.
    pub secrecy: Option<LabelId>,
    /// Integrity label, likewise.
    pub integrity: Option<LabelId>,
    /// In-ports: age from which data is stale, in microseconds.
    pub max_age_us: Option<u64>,
    /// In-ports: what the reader then does.
    pub on_stale: Option<OnStale>,
    /// What it is for.
    pub role: PortRole,
    /// Out-ports: data classes that originate here.
    pub emits: Vec<ClassId>,
    /// The grant that made this port, if any.
    pub grant: Option<GrantId>,
    /// The channel at this port, if any; a port has at most one.
    pub channel: Option<ChannelId>,
    /// Where it was written.
    pub origin: Origin,
}
