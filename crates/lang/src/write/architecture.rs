//! An architecture in names, as the language has it: what [`super::write`] lays out as text.
//!
//! What is left out is `None` or empty, and means what it means in the language. Durations and sizes
//! are numbers in the unit that their names end with.

use model::{Characteristic, Direction, OnStale, PortRole, Strength};

/// The name of an element, or of an element inside another as `subject.port`.
pub(crate) type Name = String;

/// A whole system.
pub(crate) struct Architecture {
    pub(crate) name: Name,
    pub(crate) labels: Labels,
    pub(crate) domains: Vec<Domain>,
    pub(crate) zones: Vec<Zone>,
    pub(crate) data: Vec<DataClass>,
    pub(crate) types: Vec<MessageType>,
    pub(crate) externals: Vec<Outside>,
    pub(crate) objects: Vec<Outside>,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) assumptions: Vec<Assumption>,
    pub(crate) non_goals: Vec<NonGoal>,
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) platforms: Vec<Platform>,
    pub(crate) deployments: Vec<Deployment>,
}

/// The labels of both axes.
pub(crate) struct Labels {
    pub(crate) secrecy: Vec<Label>,
    pub(crate) integrity: Vec<Label>,
}

/// A label and those it lies directly above.
pub(crate) struct Label {
    pub(crate) name: Name,
    pub(crate) above: Vec<Name>,
}

pub(crate) struct Domain {
    pub(crate) name: Name,
    pub(crate) secrecy: Option<Name>,
    pub(crate) integrity: Option<Name>,
}

pub(crate) struct Zone {
    pub(crate) name: Name,
    pub(crate) sl_t: u8,
    pub(crate) inside: Option<Name>,
    pub(crate) members: Vec<Name>,
}

pub(crate) struct DataClass {
    pub(crate) name: Name,
    pub(crate) secrecy: Option<Name>,
}

pub(crate) struct MessageType {
    pub(crate) name: Name,
    pub(crate) fields: Vec<Field>,
}

pub(crate) struct Field {
    pub(crate) name: Name,
    /// `u16`, `text` and so on.
    pub(crate) kind: String,
    pub(crate) unit: Option<String>,
    /// `LOW..HIGH`.
    pub(crate) range: Option<String>,
    /// Most bytes, of a text or blob.
    pub(crate) max: Option<u32>,
    /// Bytes, of a byte string.
    pub(crate) size: Option<u32>,
}

/// An external or object.
pub(crate) struct Outside {
    pub(crate) name: Name,
    pub(crate) domain: Option<Name>,
    pub(crate) secrecy: Option<Name>,
    pub(crate) integrity: Option<Name>,
    pub(crate) holds: Vec<Name>,
}

pub(crate) struct Subject {
    pub(crate) name: Name,
    pub(crate) domain: Option<Name>,
    pub(crate) secrecy: Option<Name>,
    pub(crate) integrity: Option<Name>,
    pub(crate) criticality: Option<String>,
    pub(crate) run: Option<Program>,
    pub(crate) ports: Vec<Port>,
    pub(crate) holds: Vec<Name>,
    /// Key and value.
    pub(crate) settings: Vec<(Name, String)>,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) budget: Option<Budget>,
    pub(crate) period_us: Option<u64>,
    pub(crate) heartbeat_ms: Option<u64>,
    pub(crate) on_failure: Option<OnFailure>,
    pub(crate) trusted: Option<Trusted>,
}

pub(crate) struct Program {
    pub(crate) program: String,
    pub(crate) from: Option<Name>,
}

pub(crate) struct Budget {
    pub(crate) budget_us: u64,
    pub(crate) every_us: u64,
}

pub(crate) enum OnFailure {
    Restart {
        within_ms: u64,
        max: u32,
        per_ms: u64,
        then_halt: bool,
    },
    Stop,
    Halt,
}

pub(crate) struct Trusted {
    pub(crate) passes: Vec<Pass>,
    pub(crate) because: Option<String>,
}

pub(crate) struct Pass {
    pub(crate) from: Name,
    pub(crate) to: Name,
    pub(crate) data: Option<Name>,
    pub(crate) lower_secrecy: bool,
    pub(crate) raise_integrity: bool,
    pub(crate) verified_by: Option<String>,
}

pub(crate) struct Port {
    pub(crate) name: Name,
    pub(crate) direction: Direction,
    pub(crate) message: Option<Name>,
    pub(crate) secrecy: Option<Name>,
    pub(crate) integrity: Option<Name>,
    pub(crate) max_age_us: Option<u64>,
    pub(crate) on_stale: Option<OnStale>,
    pub(crate) role: PortRole,
    pub(crate) emits: Vec<Name>,
}

pub(crate) struct Grant {
    pub(crate) subject: Name,
    pub(crate) name: Name,
    /// `<-`, `->` or `<->`.
    pub(crate) arrow: &'static str,
    pub(crate) peer: Name,
    pub(crate) resource: Resource,
    pub(crate) emits: Vec<Name>,
    pub(crate) role: PortRole,
    /// Labels of the in-port, where they are not the subject's.
    pub(crate) incoming: PortLabels,
    /// Labels of the out-port, likewise.
    pub(crate) outgoing: PortLabels,
}

#[derive(Default)]
pub(crate) struct PortLabels {
    pub(crate) secrecy: Option<Name>,
    pub(crate) integrity: Option<Name>,
}

pub(crate) enum Resource {
    Tcp(String),
    TcpListen(String),
    UdpIn(String),
    UdpOut(String),
    File {
        path: String,
        quota_bytes: Option<u64>,
    },
    Device(String),
}

pub(crate) struct Channel {
    pub(crate) from: Name,
    pub(crate) to: Name,
    pub(crate) kind: ChannelKind,
}

pub(crate) enum ChannelKind {
    Sampling,
    Queuing { depth: u32, credit: bool },
    Event,
}

pub(crate) struct Assumption {
    pub(crate) name: Name,
    pub(crate) text: String,
    pub(crate) does_not_relay: Vec<Name>,
}

pub(crate) struct NonGoal {
    pub(crate) name: Name,
    pub(crate) text: String,
}

pub(crate) struct Requirement {
    pub(crate) name: Name,
    pub(crate) characteristics: Vec<Characteristic>,
    pub(crate) source: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) claims: Vec<Claim>,
}

pub(crate) enum Claim {
    Never(Never),
    IfLost {
        lost: Vec<Name>,
        keep: Vec<Kept>,
    },
    Fresh {
        port: Name,
        max_us: u64,
        reaction: Option<OnStale>,
    },
    Latency {
        from: Name,
        to: Name,
        max_us: u64,
    },
}

pub(crate) struct Never {
    pub(crate) from: Vec<Name>,
    pub(crate) to: Vec<Name>,
    pub(crate) data: Option<Name>,
    pub(crate) except_through: Vec<Name>,
    pub(crate) then: Vec<Name>,
}

pub(crate) struct Kept {
    pub(crate) from: Name,
    pub(crate) to: Name,
    pub(crate) signals: bool,
}

pub(crate) struct Platform {
    pub(crate) name: Name,
    pub(crate) cores: u32,
    pub(crate) memory_bytes: u64,
    pub(crate) devices: Vec<(Name, bool)>,
    pub(crate) enforce_memory: Strength,
    pub(crate) enforce_processor: Strength,
    pub(crate) qualified: Vec<String>,
}

pub(crate) struct Deployment {
    pub(crate) platform: Name,
    pub(crate) subjects: Vec<Name>,
}
