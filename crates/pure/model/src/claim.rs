//! Requirements and what they claim.

use crate::{ClassId, NodeId, OnStale, Origin, PortId};

/// The five characteristics of trustworthiness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Characteristic {
    /// Safety.
    Safety,
    /// Security.
    Security,
    /// Reliability.
    Reliability,
    /// Resilience.
    Resilience,
    /// Privacy.
    Privacy,
}

impl Characteristic {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Safety,
        Self::Security,
        Self::Reliability,
        Self::Resilience,
        Self::Privacy,
    ];

    /// As written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Safety => "safety",
            Self::Security => "security",
            Self::Reliability => "reliability",
            Self::Resilience => "resilience",
            Self::Privacy => "privacy",
        }
    }
}

/// A requirement: one or more claims with the reason they are made.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Name, unique among requirements.
    pub name: String,
    /// Characteristics it serves; may be several.
    pub characteristics: Vec<Characteristic>,
    /// Hazard, threat or law it comes from.
    pub source: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What is claimed; all must hold.
    pub claims: Vec<(Claim, Origin)>,
    /// Where it was written.
    pub origin: Origin,
}

/// One end of a claim, expanded: a domain, zone or data class has become its nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EndPoint {
    /// A whole node: what leaves it, or what arrives at it.
    Node(NodeId),
    /// One port.
    Port(PortId),
}

/// Which nodes excuse a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Through {
    /// Nothing does.
    Nothing,
    /// Any one of these, as an inner node of the path.
    AnyOf(Vec<NodeId>),
    /// All of these, as a subsequence of the path's nodes; none of them is one of its ends.
    InOrder(Vec<NodeId>),
}

/// What is claimed.
#[derive(Clone, Debug)]
pub enum Claim {
    /// Nothing flows from any of `from` to any different node of `to`, except as `through` says.
    Never {
        /// Where it starts. With `data` and nothing written: every origin of that class; with
        /// `data`, a node here also stands for what it only passes on.
        from: Vec<EndPoint>,
        /// Where it must not arrive.
        to: Vec<EndPoint>,
        /// Only flows that still carry this class count.
        data: Option<ClassId>,
        /// What excuses a path.
        through: Through,
    },
    /// With `lost` removed, something with content still flows from `from` to `to`.
    Keep {
        /// Nodes lost together.
        lost: Vec<NodeId>,
        /// Start.
        from: EndPoint,
        /// End.
        to: EndPoint,
        /// Events and credits are enough: it need not have content.
        signals: bool,
    },
    /// The reader at an in-port treats data older than `max_age_us` as stale, and then does
    /// `reaction`.
    Fresh {
        /// In-port.
        port: PortId,
        /// Bound in microseconds.
        max_age_us: u64,
        /// Required reaction; `None` accepts any stated one.
        reaction: Option<OnStale>,
    },
    /// End-to-end latency; stated, and answered `unknown` by this version.
    Latency {
        /// Start.
        from: EndPoint,
        /// End.
        to: EndPoint,
        /// Bound in microseconds.
        max_us: u64,
    },
}
